//! Weights: which share of a client region's users enters at which access point.

use super::{Action, Change};
use crate::ids::{AccessPointId, ClientRegionId};
use crate::plan::Flow;
use std::collections::{BTreeMap, BTreeSet};

/// Weights that differ by less are the same: what arithmetic leaves of no change.
const SAME_WEIGHT: f64 = 1e-9;

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

/// The weights that change; those of a client region of which nobody enters are 0.
pub(super) fn weight_changes(before: &[Flow], after: &[Flow]) -> Vec<(Action, Change)> {
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
        .filter(|(_, before, after)| (before[0] - after[0]).abs() > SAME_WEIGHT)
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
