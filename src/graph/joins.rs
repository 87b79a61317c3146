//! Joins: a path to an access point and a path on from there, chosen as a pair.

use super::halves::{Goal, Onward, Start};
use crate::ids::SiteId;

/// A chosen pair of halves.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    pub(super) price: f64,
    pub(super) latency: f64,
    pub(super) steps: u32,
    pub(super) access_point: usize,
    pub(super) first: u32,
    pub(super) second: u32,
    /// Whether `first` and `second` are positions among the labels under limits.
    pub(super) is_limited: bool,
}

impl Choice {
    pub(super) fn join(entry: f64, first: &Goal, second: &Goal) -> Self {
        Self {
            price: first.price + entry + second.price,
            latency: first.latency + second.latency,
            steps: first.steps + second.steps,
            access_point: first.position,
            first: first.label,
            second: second.label,
            is_limited: false,
        }
    }

    pub(super) fn is_before(&self, other: &Self) -> bool {
        self.price
            .total_cmp(&other.price)
            .then(self.latency.total_cmp(&other.latency))
            .then(self.steps.cmp(&other.steps))
            .is_lt()
    }
}

/// The cheapest halves over each access point that leads to a site; `entry` is by access point.
pub(super) fn joins<'b>(
    starts: &'b Start,
    onward: &'b Onward,
    entry: Option<&'b [f64]>,
    site_count: usize,
    site: SiteId,
) -> impl Iterator<Item = Choice> + 'b {
    starts.goals.iter().filter_map(move |first| {
        let last = onward.goals[first.position * site_count + site.index()].as_ref()?;
        let entry = entry.map_or(0.0, |entry| entry[first.position]);
        Some(Choice::join(entry, first, last))
    })
}

/// The first of the best of them.
pub(super) fn best_join(
    starts: &Start,
    onward: &Onward,
    entry: Option<&[f64]>,
    site_count: usize,
    site: SiteId,
) -> Option<Choice> {
    let onward_costs = onward.costs_to(site);
    let mut best: Option<Choice> = None;
    for first in &starts.goals {
        let entry = entry.map_or(0.0, |entry| entry[first.position]);
        let (price, latency) = onward_costs[first.position];
        // Most are dearer or longer, which is seen without their steps, and mostly by the first comparison.
        if let Some(best) = &best
            && (best.price < first.price + entry + price
                || (best.price.total_cmp(&(first.price + entry + price)))
                    .then(best.latency.total_cmp(&(first.latency + latency)))
                    .is_lt())
        {
            continue;
        }
        if let Some(last) = &onward.goals[first.position * site_count + site.index()] {
            let choice = Choice::join(entry, first, last);
            if best.as_ref().is_none_or(|best| choice.is_before(best)) {
                best = Some(choice);
            }
        }
    }
    best
}
