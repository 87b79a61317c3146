//! Which access points open or close, when, and for how many.

use super::Briefing;
use crate::plan::PeriodPlan;
use crate::plan_files::AccessPointUse;
use crate::report::grammar::counted;
use crate::report::numbers;
use crate::report::text::visible;

/// Most access points that are named.
const MOST: usize = 6;

impl Briefing<'_> {
    /// A sentence for every access point that is opened or closed in any period, as far as there is room.
    pub(super) fn access_points(&self) -> Vec<String> {
        let sentences = self.access_point_sentences().into_iter();
        let mut sentences: Vec<String> = sentences.map(|(_, sentence)| sentence).collect();
        let more = sentences.len().saturating_sub(MOST);
        sentences.truncate(MOST);
        if more > 0 {
            sentences.push(format!("{more} more are in access_points.csv."));
        }
        sentences
    }

    /// The access points that are opened or closed in any period, by position, each with what is told of it.
    pub(in crate::report) fn access_point_sentences(&self) -> Vec<(usize, String)> {
        let mut sentences = Vec::new();
        for (index, access_point) in self.inventory.access_points.iter().enumerate() {
            let name = visible(&access_point.name);
            let open = self.periods_with(index, AccessPointUse::Opened);
            if !open.is_empty() {
                let entering = open
                    .iter()
                    .map(|period| period.access_points[index].users)
                    .fold(0.0, f64::max);
                let up_to = if open.len() > 1 { "up to " } else { "" };
                let words = format!(
                    "Access point {name} opens in {}: {up_to}{} enter there.",
                    self.stretch(&open),
                    counted(&numbers::users(entering), "user")
                );
                sentences.push((index, words));
            }
            let closed = self.periods_with(index, AccessPointUse::Closed);
            if !closed.is_empty() {
                let words = format!(
                    "Access point {name} is closed in {}.",
                    self.stretch(&closed)
                );
                sentences.push((index, words));
            }
        }
        sentences
    }

    /// The periods in which an access point is put to this use.
    fn periods_with(&self, index: usize, put_to: AccessPointUse) -> Vec<&PeriodPlan> {
        let periods = self.plan.periods.iter();
        periods
            .filter(|period| period.access_points[index].after == put_to)
            .collect()
    }
}
