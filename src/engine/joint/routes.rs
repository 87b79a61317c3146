//! How users of a group get to a site in a planned period: the shares of its steering.

use crate::formulation::Route;
use crate::graph::Path;
use crate::ids::SiteId;
use crate::model::Hours;
use crate::plan::{PeriodPlan, SteeringGroups};
use crate::units::ROUNDING;
use std::collections::BTreeMap;
use std::sync::Arc;

/// By steering group and site, the routes of a period with the share of the users who take each; shares sum to 1.
pub(super) struct SteeredRoutes(BTreeMap<(usize, SiteId), Shares<Arc<Route>>>);

/// Choices with the share of the users who take each.
pub(super) type Shares<T> = Vec<(T, f64)>;

impl SteeredRoutes {
    /// The routes of a period.
    pub(super) fn of(plan: &PeriodPlan, groups: &SteeringGroups, hours: &Hours) -> Self {
        let slices = hours.slice_count();
        let mut flows: BTreeMap<(usize, SiteId), Vec<Shares<Path>>> = BTreeMap::new();
        for flow in &plan.flows {
            if let Some(group) = groups.of(&flow.group) {
                let by_slice = flows
                    .entry((group, flow.path.site))
                    .or_insert_with(|| vec![Vec::new(); slices]);
                if let Some(slice) = by_slice.get_mut(flow.slice) {
                    slice.push((flow.path.clone(), flow.users));
                }
            }
        }
        let routes = flows.into_iter().map(|(key, by_slice)| {
            let legs = merged(&by_slice);
            let routes = legs
                .into_iter()
                .filter_map(|(legs, share)| Some((Arc::new(Route::by_slice(legs, hours)?), share)));
            (key, routes.collect())
        });
        Self(routes.collect())
    }

    /// The routes of a group to a site.
    pub(super) fn get(&self, group: usize, site: SiteId) -> Option<&[(Arc<Route>, f64)]> {
        let routes = self.0.get(&(group, site))?;
        (!routes.is_empty()).then_some(routes.as_slice())
    }
}

/// One choice of each list for everybody, so that of every list each choice is taken by its share: lists of choices
/// with amounts become choices of one of each with shares that sum to 1; none where a list is empty.
pub(super) fn merged<T: Clone>(lists: &[Shares<T>]) -> Shares<Vec<T>> {
    let totals: Vec<f64> = lists
        .iter()
        .map(|list| list.iter().map(|(_, amount)| amount).sum())
        .collect();
    if lists.is_empty() || totals.iter().any(|total| *total <= 0.0) {
        return Vec::new();
    }
    let mut at = vec![0; lists.len()];
    let mut left: Vec<f64> = lists
        .iter()
        .zip(&totals)
        .map(|(list, total)| list[0].1 / total)
        .collect();
    let mut all: Shares<Vec<T>> = Vec::new();
    let mut taken = 0.0;
    loop {
        let share = left.iter().copied().fold(f64::INFINITY, f64::min);
        if share > ROUNDING {
            let choice = lists.iter().zip(&at);
            let choice = choice.map(|(list, at)| list[*at].0.clone()).collect();
            all.push((choice, share));
            taken += share;
        }
        for (index, list) in lists.iter().enumerate() {
            left[index] -= share;
            while left[index] <= ROUNDING {
                at[index] += 1;
                let Some((_, amount)) = list.get(at[index]) else {
                    for (_, share) in &mut all {
                        *share /= taken;
                    }
                    return all;
                };
                left[index] += amount / totals[index];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_of_two_lists_are_paired_off_by_their_shares() {
        let lists = [vec![("a", 1.0), ("b", 3.0)], vec![("x", 10.0), ("y", 10.0)]];
        let merged = merged(&lists);
        let expected = [(["a", "x"], 0.25), (["b", "x"], 0.25), (["b", "y"], 0.5)];
        assert_eq!(merged.len(), expected.len());
        for ((choice, share), (own, of)) in merged.iter().zip(expected) {
            assert_eq!(choice.as_slice(), own.as_slice());
            assert!((share - of).abs() < 1e-12);
        }
        assert_eq!(super::merged::<&str>(&[Vec::new()]), []);
    }
}
