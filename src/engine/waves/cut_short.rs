//! Cut short: works of a later period that take away what users leave in waves that are still under way.

use super::boundary::Boundary;
use super::caught::Met;
use super::context::Ways;
use crate::ids::{LinkId, SiteId};
use crate::plan::{Flow, Plan};
use crate::units::{NOBODY, NUMERICAL_NOISE};
use std::collections::{BTreeMap, BTreeSet};

/// `true` if works that begin at `works` cut off users who leave what they take away in the waves after the start of an
/// earlier period. Users whose weights a period between changes do not wait for those waves.
pub(super) fn cuts_off(met: &Met<'_>, plan: &Plan, works: &Boundary<'_>) -> bool {
    if !works.begins_works() {
        return false;
    }
    let again = turned_again(met.ways, plan, met.own.period.index, works.period.index);
    met.on_paths(works, &again) > NOBODY
}

/// Groups and sites whose weights change with a period after `first`, up to `last`.
fn turned_again(
    ways: &Ways<'_>,
    plan: &Plan,
    first: usize,
    last: usize,
) -> BTreeSet<(usize, SiteId)> {
    let mut all = BTreeSet::new();
    for period in first + 1..=last {
        let before = mixes(ways, plan.flows_until(period));
        let after = mixes(ways, plan.periods[period].first_flows());
        all.extend(after.into_iter().filter_map(|(cell, mix)| {
            let was = before.get(&cell)?;
            let share = |of: &Mix<'_>, path| of.get(path).copied().unwrap_or_default();
            let mut paths = mix.keys().chain(was.keys());
            paths
                .any(|path| (share(&mix, path) - share(was, path)).abs() > NUMERICAL_NOISE)
                .then_some(cell)
        }));
    }
    all
}

/// Shares of users by the links of their path.
type Mix<'f> = BTreeMap<&'f [LinkId], f64>;

/// The shares of every group at every site that it is led to.
fn mixes<'f>(ways: &Ways<'_>, flows: &'f [Flow]) -> BTreeMap<(usize, SiteId), Mix<'f>> {
    let mut all: BTreeMap<(usize, SiteId), Mix<'f>> = BTreeMap::new();
    for flow in flows.iter().filter(|flow| flow.users > 0.0) {
        if let Some(group) = ways.groups.of(&flow.group) {
            let mix = all.entry((group, flow.path.site)).or_default();
            *mix.entry(&flow.path.links).or_default() += flow.users;
        }
    }
    for mix in all.values_mut() {
        let users: f64 = mix.values().sum();
        for share in mix.values_mut() {
            *share /= users;
        }
    }
    all
}
