//! The charts of a sweep: which there are, drawn for the output folder and for its page.

use super::survival::Survival;
use super::told::Told;
use crate::error::Result;
use crate::report::charts::tenants::TierBars;
use crate::report::charts::{Chart, TenantsChart};
use crate::report::drawn::{Drawing, drawing};
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
        if let Some(chart) = self.exposure() {
            charts.push(("exposure", "Silent faults", Box::new(chart)));
        }
        let charts = charts.into_par_iter();
        charts
            .map(|(name, subject, chart)| drawing(name.to_owned(), subject, None, chart.as_ref()))
            .collect()
    }

    /// The chart of survivability; `None` where no failure was looked at, or nobody has users.
    fn survivability(&self) -> Option<TenantsChart> {
        let recovery = self.recovery();
        let survival = self.survival(recovery);
        let sizes: Vec<usize> = self.sizes(recovery).collect();
        let is_hurt = |own: &&Survival| sizes.iter().any(|size| own.survive[*size] < own.tenants);
        let told = survival.iter().find(is_hurt).or(survival.first())?;
        let last = *sizes.iter().max().filter(|size| **size > 0)?;
        let title = if is_hurt(&told) {
            self.survival_words(told)?
        } else {
            format!(
                "Every tenant survives the failure of any {}",
                self.case_of_size(last)
            )
        };
        let bar = |own: &Survival, size: usize| {
            let case = match size {
                0 => "no failure".to_owned(),
                size => format!("any {}", self.case_of_size(size)),
            };
            (case, own.survive[size])
        };
        let tiers = survival.iter().map(|own| TierBars {
            tier: self.inventory.tiers[own.tier.index()].id.clone(),
            tenants: own.tenants,
            bars: sizes.iter().map(|size| bar(own, *size)).collect(),
        });
        let about = self.about(Some(recovery));
        Some(TenantsChart::survivability(title, about, tiers.collect()))
    }
}
