//! The charts of a sweep: which there are, drawn for the output folder and for its page.

use super::told::Told;
use crate::error::Result;
use crate::report::charts::survivability::TierSurvival;
use crate::report::charts::{Chart, SurvivabilityChart};
use crate::report::drawn::{Drawing, drawing};
use crate::report::numbers;
use crate::report::words::short;
use rayon::prelude::*;

impl Told<'_> {
    /// Every chart that has something to show, in the order in which they are to be read.
    ///
    /// # Errors
    /// `Error::Internal` if a picture cannot be drawn.
    pub fn drawings(&self) -> Result<Vec<Drawing>> {
        let names = self.names();
        let mut charts: Vec<(&str, &'static str, Box<dyn Chart>)> = Vec::new();
        if let Some(chart) = self.impact(&names) {
            charts.push(("impact", "Worst failures", Box::new(chart)));
        }
        if let Some(chart) = self.utilization(&names) {
            charts.push(("utilization", "Sites in every failure", Box::new(chart)));
        }
        if let Some(chart) = self.pairs(&names) {
            charts.push(("pairs", "Pairs of failures", Box::new(chart)));
        }
        if let Some(chart) = self.survivability() {
            charts.push(("survivability", "Survivability", Box::new(chart)));
        }
        let charts = charts.into_par_iter();
        charts
            .map(|(name, subject, chart)| drawing(name.to_owned(), subject, None, chart.as_ref()))
            .collect()
    }

    /// The chart of survivability; `None` where no failure was looked at, or nobody has users.
    fn survivability(&self) -> Option<SurvivabilityChart> {
        let recovery = self.recovery();
        let survival = self.survival(recovery);
        if survival.is_empty() || self.most() == 0 {
            return None;
        }
        let cases = (0..=self.most()).map(|size| match size {
            0 => "no failure".to_owned(),
            size => format!("any {}", self.case_of_size(size)),
        });
        let cases: Vec<String> = cases.collect();
        let tiers: Vec<TierSurvival> = survival
            .into_iter()
            .map(|own| TierSurvival {
                tier: self.inventory.tiers[own.tier.index()].id.clone(),
                tenants: own.tenants,
                survive: own.survive,
            })
            .collect();
        Some(SurvivabilityChart {
            title: survivability_title(&cases, &tiers),
            about: self.about(Some(recovery)),
            cases,
            tiers,
        })
    }
}

/// `288 of 300 tenants of gold survive any single site, 201 any pair of sites`.
fn survivability_title(cases: &[String], tiers: &[TierSurvival]) -> String {
    let last = cases.len() - 1;
    let is_hurt = |own: &&TierSurvival| own.survive[last] < own.tenants;
    let Some(own) = tiers.iter().find(is_hurt) else {
        return format!("Every tenant survives {}", cases[last]);
    };
    let number = |count: usize| numbers::users(count as f64);
    let from = if own.survive[0] < own.tenants { 0 } else { 1 };
    let counts = cases.iter().zip(&own.survive).enumerate().skip(from);
    let counts: Vec<String> = counts
        .map(|(size, (cases, survive))| {
            if size == from {
                let tenants = if own.tenants == 1 {
                    "tenant"
                } else {
                    "tenants"
                };
                let survive = number(*survive);
                let all = number(own.tenants);
                let tier = short(&own.tier);
                let verb = if size == 0 {
                    "are served with"
                } else {
                    "survive"
                };
                format!("{survive} of {all} {tenants} of {tier} {verb} {cases}")
            } else {
                format!("{} {cases}", number(*survive))
            }
        })
        .collect();
    counts.join(", ")
}
