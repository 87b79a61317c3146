//! Changes: what has to be done from period to period, in the order in which it is done, and the rollback.

mod homes;
mod marks;
mod step;
mod timeline;
mod weights;

use super::homes::homes_after;
use super::moves::has_copy;
use super::plan::Plan;
use super::pool_shares::planned_share_changes;
use super::steering_groups::SteeringGroups;
use crate::ids::PoolId;
use crate::model::{Inventory, Scenario};
use crate::plan_files::Action;
pub(super) use homes::is_open;
use jiff::Timestamp;
pub(super) use marks::marks;
use std::collections::BTreeMap;
pub use step::{Change, Step};
use timeline::PeriodTimeline;
pub use weights::are_paths_changed;

/// Everything that has to be done, in the order in which it is done, with the maintenance and faults between.
///
/// In each period access points open first and close last. In between stands what the waves before it do, then what is
/// done at its start, then what the waves after its start do: each first turns pools and weights, then moves shards
/// (copies, then places, takeovers, returns), then lets users in. What no wave does moves shards before weights are set.
///
/// From the state before, the steps of each period lead to its plan. What stays as it was has no step, so a period
/// in which the plan of before goes on has none.
pub fn changes(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Vec<Step> {
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let members = planned_share_changes(inventory, plan);
    let starts: Vec<Timestamp> = plan
        .periods
        .iter()
        .map(|period| period.period.start)
        .collect();
    let marks = marks(scenario, &starts);
    let mut steps = Vec::new();
    let mut flows = plan.flows_until(0);
    let mut closed = BTreeMap::new();
    for (index, period) in plan.periods.iter().enumerate() {
        let last;
        let homes = if let Some(next) = plan.periods.get(index + 1) {
            &next.previous
        } else {
            last = homes_after(&period.previous, &period.parts);
            &last
        };
        let timeline = PeriodTimeline::new(plan, index);
        let mut list = timeline::List::new(&timeline);
        list.access_points(inventory, plan, flows, &mut closed);
        list.members(inventory, period, &members);
        list.weights(flows);
        let shift = timeline.shift(inventory, &groups);
        list.homes(homes::home_changes(inventory, period, homes), &shift);
        list.served(&shift);
        let of_period = marks.iter().filter(|step| step.period == index);
        steps.extend(list.numbered(of_period));
        flows = period.last_flows();
    }
    steps
}

/// The steps that undo these, in the order in which they are done: the last first, each with the period, wave and number
/// of the step that it undoes, so that one can turn back at any step. Of a period what a fault took away, and users come back
/// over, is there before they do. Marks cannot be undone.
///
/// What was opened is closed, takeovers go back, what was placed is removed, what was taken out of a pool is put
/// back; who had gone home goes away again, by a copy there or by copying.
pub fn rollback(inventory: &Inventory, steps: &[Step]) -> Vec<Step> {
    let back = steps.iter().rev().filter_map(|step| {
        let (action, change) = undone(inventory, step)?;
        Some(Step {
            action,
            change,
            at: None,
            ..*step
        })
    });
    let back: Vec<Step> = back.collect();
    let periods = back.chunk_by(|a, b| a.period == b.period);
    periods.flat_map(opened_first).collect()
}

/// The same steps of a period, but what users come back over first: access points that open, and pools of which every member was
/// out.
fn opened_first(steps: &[Step]) -> Vec<Step> {
    let is_out = |pool: PoolId| {
        let mut of_pool = steps.iter().filter_map(|step| match step.change {
            Change::Member {
                pool: other,
                before,
                ..
            } if other == pool => Some((step.action, before)),
            _ => None,
        });
        of_pool.all(|(action, before)| action == Action::PutBack && before[0] <= 0.0)
    };
    let is_first = |step: &&Step| match step.change {
        Change::AccessPoint { .. } => step.action == Action::OpenAccessPoint,
        Change::Member { pool, .. } => is_out(pool),
        _ => false,
    };
    let (first, others): (Vec<&Step>, Vec<&Step>) = steps.iter().partition(is_first);
    first.into_iter().chain(others).copied().collect()
}

fn undone(inventory: &Inventory, step: &Step) -> Option<(Action, Change)> {
    let opposite = match step.action {
        Action::OpenAccessPoint => Action::CloseAccessPoint,
        Action::CloseAccessPoint => Action::OpenAccessPoint,
        Action::TakeOut => Action::PutBack,
        Action::PutBack => Action::TakeOut,
        Action::Shed => Action::LetIn,
        Action::LetIn => Action::Shed,
        other => other,
    };
    let undone = match step.change {
        Change::Mark { .. } => return None,
        Change::AccessPoint {
            access_point,
            before,
            after,
            users,
        } => {
            let change = Change::AccessPoint {
                access_point,
                before: after,
                after: before,
                users,
            };
            (opposite, change)
        }
        Change::Member {
            pool,
            member,
            before,
            after,
        } => {
            let change = Change::Member {
                pool,
                member,
                before: after,
                after: before,
            };
            (opposite, change)
        }
        Change::Home {
            shard,
            from,
            to,
            share,
            users,
        } => {
            let action = match (step.action, from) {
                (Action::Shed | Action::LetIn, _) => opposite,
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
    Some(undone)
}
