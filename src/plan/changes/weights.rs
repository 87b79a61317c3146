//! Weights: which share of a client region's users enters at which access point, and which paths they take from there.

use super::step::Change;
use crate::ids::{AccessPointId, ClientRegionId, LinkId, SiteId};
use crate::plan::state::{Flow, GroupKey};
use crate::plan_files::Action;
use crate::units::{NOBODY, NUMERICAL_NOISE};
use std::collections::{BTreeMap, BTreeSet};

/// Client region and access point: users who enter there.
type Entering = BTreeMap<(ClientRegionId, AccessPointId), f64>;

/// Who enters where, and how many of each client region there are.
fn entering_by_region(flows: &[Flow]) -> (Entering, BTreeMap<ClientRegionId, f64>) {
    let mut users = Entering::new();
    let mut totals: BTreeMap<ClientRegionId, f64> = BTreeMap::new();
    for flow in flows {
        let region = flow.group.client_region;
        *users.entry((region, flow.path.access_point)).or_default() += flow.users;
        *totals.entry(region).or_default() += flow.users;
    }
    (users, totals)
}

/// A group of users as an ordered key.
type Group = (usize, usize, Option<u64>);

fn group(key: &GroupKey) -> Group {
    let limit = key.max_latency.map(f64::to_bits);
    (key.client_region.index(), key.profile.index(), limit)
}

/// By access point and links after it: users of one group at one site.
type Paths<'f> = BTreeMap<(AccessPointId, &'f [LinkId]), f64>;

fn by_path(flows: &[Flow]) -> BTreeMap<(Group, SiteId), Paths<'_>> {
    let mut all: BTreeMap<(Group, SiteId), Paths<'_>> = BTreeMap::new();
    for flow in flows.iter().filter(|flow| flow.users > 0.0) {
        let paths = all.entry((group(&flow.group), flow.path.site)).or_default();
        let path = (flow.path.access_point, flow.path.links.as_slice());
        *paths.entry(path).or_default() += flow.users;
    }
    all
}

/// Where weights of paths change: client regions, and access points that the paths lead through. Weights of a group at a
/// site that had none count where no wave sets them.
fn turned(
    before: &[Flow],
    after: &[Flow],
    by_wave: bool,
) -> BTreeSet<(ClientRegionId, AccessPointId)> {
    let known = by_path(before);
    let none = Paths::new();
    let mut all = BTreeSet::new();
    for (key, paths) in by_path(after) {
        let earlier = match known.get(&key) {
            Some(earlier) => earlier,
            None if by_wave => continue,
            None => &none,
        };
        let [users, users_before] = [&paths, earlier].map(|values| values.values().sum::<f64>());
        let region = ClientRegionId::new(key.0.0);
        let ends = earlier.keys().filter(|path| !paths.contains_key(*path));
        for path in paths.keys().chain(ends) {
            let share = |of: &Paths<'_>, all: f64| {
                let value = of.get(path).copied().unwrap_or_default();
                if all > 0.0 { value / all } else { 0.0 }
            };
            let change = (share(&paths, users) - share(earlier, users_before)).abs();
            if change > NUMERICAL_NOISE && change * users > NOBODY {
                all.insert((region, path.0));
            }
        }
    }
    all
}

/// Whether users who had weights for a site have others there.
pub fn are_paths_changed(before: &[Flow], after: &[Flow]) -> bool {
    !turned(before, after, true).is_empty()
}

/// The weights that change; those of a client region of which nobody enters are 0. Where before and after are the same,
/// only the paths from the access point on change. `by_wave` if a wave turns them.
pub(super) fn weight_changes(
    before: &[Flow],
    after: &[Flow],
    by_wave: bool,
) -> Vec<(Action, Change)> {
    let turned = turned(before, after, by_wave);
    let (before, totals_before) = entering_by_region(before);
    let (after, totals_after) = entering_by_region(after);
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let weight = |users: &Entering, totals: &BTreeMap<ClientRegionId, f64>, key| -> [f64; 2] {
        let (entering, all) = (users.get(&key), totals.get(&key.0));
        match (entering, all) {
            (Some(entering), Some(all)) if *all > 0.0 => [entering / all, *entering],
            _ => [0.0, 0.0],
        }
    };
    keys.into_iter()
        .map(|key| {
            let before = weight(&before, &totals_before, key);
            (key, before, weight(&after, &totals_after, key))
        })
        .filter(|(key, before, after)| {
            (before[0] - after[0]).abs() > NUMERICAL_NOISE || turned.contains(key)
        })
        .map(|((client_region, access_point), before, after)| {
            let change = Change::Weight {
                client_region,
                access_point,
                before,
                after,
            };
            (Action::Weight, change)
        })
        .collect()
}
