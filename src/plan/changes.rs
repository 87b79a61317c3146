//! Changes: what has to be done from period to period, in the order in which it is done, and the way back.

use super::access_points::AccessPointChange;
use super::homes::homes_after;
use super::moves::has_copy;
use super::plan::{Flow, PeriodPlan, Plan};
use crate::ids::{AccessPointId, ClientRegionId, ShardId, SiteId};
use crate::model::{Homes, Inventory};
use crate::plan_files::{AccessPointUse, Action};
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// Weights that differ by less are the same: what arithmetic leaves of no change.
const SAME_WEIGHT: f64 = 1e-9;

/// What a step changes, from what to what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// What an access point does.
    AccessPoint {
        /// Which.
        access_point: AccessPointId,
        /// What it did.
        before: AccessPointUse,
        /// What it does.
        after: AccessPointUse,
        /// Users who enter there while it is open.
        users: f64,
    },
    /// Where a shard is.
    Home {
        /// Which.
        shard: ShardId,
        /// Where it was; `None` was nowhere.
        from: Option<SiteId>,
        /// Where it is; `None` is nowhere.
        to: Option<SiteId>,
        /// How much of it: 1 unless it is split. Of a split shard it is the net change.
        share: f64,
        /// Users of that part who are served in the period.
        users: f64,
    },
    /// Which share of a client region's users enter at an access point.
    Weight {
        /// Whose.
        client_region: ClientRegionId,
        /// Where.
        access_point: AccessPointId,
        /// The share that entered there, and its users.
        before: [f64; 2],
        /// The share that enters there, and its users.
        after: [f64; 2],
    },
}

/// One step of a change list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The period at whose start it is done; on the way back, the period that it undoes.
    pub period: usize,
    /// Counts from 1 in the period. All weights of a client region have one number: they are set at once.
    pub number: u32,
    /// What is done.
    pub action: Action,
    /// To what.
    pub change: Change,
}

/// Everything that has to be done, in the order in which it is done: in each period access points open first, then
/// shards change site (copies, then places, takeovers, returns), then weights change, then access points close.
///
/// From the state before, the steps of each period lead to its plan. What stays as it was has no step, so a period
/// in which the plan of before goes on has none.
pub fn changes(inventory: &Inventory, plan: &Plan) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut flows = plan.flows_until(0);
    for (index, period) in plan.periods.iter().enumerate() {
        let last;
        let homes = if let Some(next) = plan.periods.get(index + 1) {
            &next.previous
        } else {
            last = homes_after(&period.previous, &period.parts);
            &last
        };
        let entered = entering(inventory, flows);
        let enter = entering(inventory, period.first_flows());
        let (open, close): (Vec<_>, Vec<_>) = period
            .access_points
            .iter()
            .filter(|own| is_open(own.before) != is_open(own.after))
            .map(|own| access_point(own, &entered, &enter))
            .partition(|(action, _)| *action == Action::OpenAccessPoint);
        let moves = home_changes(inventory, period, homes);
        let weights = weight_changes(flows, period.first_flows());
        let mut number = 0;
        let mut region = None;
        for (action, change) in [open, moves, weights, close].concat() {
            let of_region = match change {
                Change::Weight { client_region, .. } => Some(client_region),
                _ => None,
            };
            if of_region.is_none() || of_region != region {
                number += 1;
            }
            region = of_region;
            steps.push(Step {
                period: period.period.index,
                number,
                action,
                change,
            });
        }
        flows = period.last_flows();
    }
    steps
}

/// The steps that undo these, in the order in which they are done: the last first, each with the period and number
/// of the step that it undoes, so that one can turn back at any step.
///
/// What was opened is closed, whoever took over goes back, what was placed is removed; who had gone home goes away
/// again, by a copy there or by copying.
pub fn way_back(inventory: &Inventory, steps: &[Step]) -> Vec<Step> {
    let undone = |step: &Step| match step.change {
        Change::AccessPoint {
            access_point,
            before,
            after,
            users,
        } => {
            let action = match step.action {
                Action::OpenAccessPoint => Action::CloseAccessPoint,
                _ => Action::OpenAccessPoint,
            };
            let change = Change::AccessPoint {
                access_point,
                before: after,
                after: before,
                users,
            };
            (action, change)
        }
        Change::Home {
            shard,
            from,
            to,
            share,
            users,
        } => {
            let action = match (step.action, from) {
                (_, None) => Action::Remove,
                (Action::Return, Some(away)) if has_copy(inventory, shard, away) => {
                    Action::Takeover
                }
                (Action::Return, Some(_)) => Action::Copy,
                (_, Some(_)) => Action::Return,
            };
            let change = Change::Home {
                shard,
                from: to,
                to: from,
                share,
                users,
            };
            (action, change)
        }
        Change::Weight {
            client_region,
            access_point,
            before,
            after,
        } => {
            let change = Change::Weight {
                client_region,
                access_point,
                before: after,
                after: before,
            };
            (Action::Weight, change)
        }
    };
    let back = steps.iter().rev().map(|step| {
        let (action, change) = undone(step);
        Step {
            action,
            change,
            ..*step
        }
    });
    back.collect()
}

/// `true` if users may enter.
fn is_open(put_to: AccessPointUse) -> bool {
    matches!(put_to, AccessPointUse::Active | AccessPointUse::Opened)
}

/// An access point that opens or closes, with those who enter there while it is open.
fn access_point(own: &AccessPointChange, entered: &[f64], enter: &[f64]) -> (Action, Change) {
    let opens = is_open(own.after);
    let action = if opens {
        Action::OpenAccessPoint
    } else {
        Action::CloseAccessPoint
    };
    let users = if opens {
        enter[own.access_point.index()]
    } else {
        entered[own.access_point.index()]
    };
    let change = Change::AccessPoint {
        access_point: own.access_point,
        before: own.before,
        after: own.after,
        users,
    };
    (action, change)
}

/// Access points: users who enter there.
fn entering(inventory: &Inventory, flows: &[Flow]) -> Vec<f64> {
    let mut users = vec![0.0; inventory.access_points.len()];
    for flow in flows {
        users[flow.path.access_point.index()] += flow.users;
    }
    users
}

/// The shards that are at another site after a period: copies first, since data travels longest.
fn home_changes(
    inventory: &Inventory,
    period: &PeriodPlan,
    homes: &Homes,
) -> Vec<(Action, Change)> {
    let mut all = Vec::new();
    for shard in (0..homes.shard_count()).map(ShardId::new) {
        if homes.is_same(&period.previous, shard) {
            continue;
        }
        let served = served_users(period, shard);
        let is_going_home = !period.previous.is_same(&period.current, shard);
        for (from, to, share) in transfers(&period.previous, homes, shard) {
            let users = share * served;
            if share < 1.0 && users <= NOBODY {
                continue;
            }
            let is_home = period.current.of(shard).any(|home| home.site == Some(to));
            let action = match from {
                None => Action::Place,
                Some(_) if is_going_home && is_home => Action::Return,
                Some(_) if has_copy(inventory, shard, to) => Action::Takeover,
                Some(_) => Action::Copy,
            };
            let change = Change::Home {
                shard,
                from,
                to: Some(to),
                share,
                users,
            };
            all.push((action, change));
        }
    }
    all.sort_by_key(|(action, _)| *action);
    all
}

/// Users of a shard who are served in a period.
fn served_users(period: &PeriodPlan, shard: ShardId) -> f64 {
    let parts = &period.parts;
    let first = parts.partition_point(|part| part.shard < shard);
    let of_shard = parts[first..].iter().take_while(|part| part.shard == shard);
    let served = of_shard.filter(|part| part.site.is_some());
    served.map(|part| part.users).sum()
}

/// What of a shard goes from where to where: sites with a smaller share than before give, those with a larger one
/// take, both in the order of the sites.
fn transfers(before: &Homes, after: &Homes, shard: ShardId) -> Vec<(Option<SiteId>, SiteId, f64)> {
    let missing = |home, here: &Homes, there: &Homes| -> f64 {
        let is_there = there.of(shard).any(|other| other == home);
        let kept = if is_there { there.share(home) } else { 0.0 };
        (here.share(home) - kept).max(0.0)
    };
    let mut giving: Vec<(Option<SiteId>, f64)> = before
        .of(shard)
        .map(|home| (home.site, missing(home, before, after)))
        .collect();
    let mut all = Vec::new();
    for home in after.of(shard) {
        let Some(to) = home.site else { continue };
        let mut wanted = missing(home, after, before);
        for (from, left) in &mut giving {
            let share = wanted.min(*left);
            if share > 0.0 {
                all.push((*from, to, share));
                *left -= share;
                wanted -= share;
            }
        }
    }
    all
}

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
fn weight_changes(before: &[Flow], after: &[Flow]) -> Vec<(Action, Change)> {
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
