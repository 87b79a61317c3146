//! Exposure: what silent faults cost tenants, the later they are detected.

use super::names::kind_words;
use super::told::Told;
use crate::ids::TierId;
use crate::model::Failing;
use crate::plan::sweep::{GrayLoss, GraySweep};
use crate::report::charts::ExposureChart;
use crate::report::charts::exposure::{Detected, TierExposure};
use crate::report::grammar::short;
use crate::report::numbers;

/// Minutes of a month of 30 days.
const MONTH: f64 = 30.0 * 1440.0;

/// Detections that are looked at, as parts of the one that was asked about.
const DETECTIONS: [f64; 5] = [0.25, 0.5, 1.0, 2.0, 4.0];

/// Minutes that are the same.
const SAME: f64 = 1e-9;

impl Told<'_> {
    /// The chart of exposure; `None` where nothing gray was asked about, or nobody has users.
    pub(super) fn exposure(&self) -> Option<ExposureChart> {
        let gray = self.sweep.gray.as_ref().filter(|gray| gray.minutes > 0.0)?;
        let tiers = (0..self.inventory.tiers.len()).map(TierId::new);
        let mut tiers: Vec<(u32, TierExposure)> = tiers
            .filter_map(|tier| {
                let rank = self.inventory.tiers[tier.index()].rank;
                Some((rank, self.exposed(gray, tier)?))
            })
            .collect();
        tiers.sort_by_key(|(rank, _)| *rank);
        let tiers: Vec<TierExposure> = tiers.into_iter().map(|(_, own)| own).collect();
        let asked = |own: &TierExposure| {
            let all = own.detected.iter();
            let asked = all.filter(|own| (own.minutes - gray.minutes).abs() <= SAME);
            asked.map(|own| own.within).next()
        };
        let told = tiers
            .iter()
            .find(|own| asked(own).is_some_and(|within| within < own.tenants))
            .or(tiers.first())?;
        let within = asked(told)?;
        let noun = self.noun_of_gray(gray);
        let what = match gray.most {
            1 => format!("one gray {noun}"),
            most => format!("{most} gray {noun}s"),
        };
        let costs = if gray.most == 1 { "costs" } else { "cost" };
        let title = if within < told.tenants {
            format!(
                "Noticed after {} minutes, {what} {costs} {} of {} tenants of {} more than a month allows",
                numbers::amount(gray.minutes),
                numbers::users((told.tenants - within) as f64),
                numbers::users(told.tenants as f64),
                short(&told.tier)
            )
        } else {
            format!(
                "Noticed after {} minutes, {what} {costs} no tenant more than a month allows",
                numbers::amount(gray.minutes)
            )
        };
        let mut about = self.about(None);
        about.push(format!(
            "{} of the work through it is lost",
            numbers::short_percent_up(gray.severity)
        ));
        Some(ExposureChart {
            title,
            about,
            tiers,
        })
    }

    /// What turns gray: `site`; `component` where it is of several kinds.
    fn noun_of_gray(&self, gray: &GraySweep) -> &'static str {
        let mut nouns = gray.members.iter().map(|own| match own {
            Failing::Component(component) => kind_words(self.inventory.component_kind(*component)),
            Failing::RiskGroup(_) => "risk group",
        });
        let first = nouns.next().unwrap_or("component");
        if nouns.all(|own| own == first) {
            first
        } else {
            "component"
        }
    }

    /// What the tenants of a tier lose.
    fn exposed(&self, gray: &GraySweep, tier: TierId) -> Option<TierExposure> {
        let own = &self.inventory.tiers[tier.index()];
        let losses = gray.losses.iter().filter(|loss| loss.tier == tier);
        let losses: Vec<&GrayLoss> = losses.collect();
        // What arithmetic leaves of a difference from 1 is none of it.
        let allowed = ((1.0 - own.availability) * MONTH * 1e6).round() / 1e6;
        let worst = losses.iter().map(|loss| loss.share()).fold(0.0, f64::max);
        let detected = DETECTIONS.map(|part| {
            let minutes = part * gray.minutes;
            let within = losses
                .iter()
                .filter(|loss| loss.share() * minutes <= allowed + SAME);
            Detected {
                minutes,
                within: within.count(),
                worst_minutes: worst * minutes,
            }
        });
        (!losses.is_empty()).then(|| TierExposure {
            tier: own.id.clone(),
            tenants: losses.len(),
            allowed_minutes: allowed,
            detected: detected.to_vec(),
        })
    }
}
