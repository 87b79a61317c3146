//! Resume: the inventory and the instant at which a plan goes on from another, after one of its waves.

mod course;
mod wave_of_plan;

pub use wave_of_plan::WaveOfPlan;

use self::course::WaveCourse;
use super::plan::state_before;
use super::planning_context::LoadedInventory;
use crate::error::{Error, Result};
use crate::graph::Network;
use crate::ids::{AccessPointId, ShardId, SiteId};
use crate::model::{
    AccessPointState, CurrentWeight, Inventory, Replica, ReplicaState, Resumed, Scenario,
};
use crate::plan::SteeringGroups;
use crate::plan_files::WrittenPlan;
use crate::solve::Stop;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Where a plan has come to after a wave.
#[derive(Debug)]
pub struct ResumedPlan {
    /// The inventory as it is then: sites of shards, copies, access points, and what [`Resumed`] has.
    pub inventory: Inventory,
    /// When the wave and its gate are over, or what happens in addition begins: no wave begins before.
    pub now: Timestamp,
    /// When the scenario begins: then, or with the period to which the wave leads.
    pub start: Timestamp,
    /// Why the weights are not taken over, if they are not: some component could not carry them before any event.
    pub without_weights: Option<String>,
}

/// Where a written plan has come to once a wave and its gate are over; `events_from` is when what else happens begins, if
/// something does.
///
/// # Errors
/// [`Error::Refused`] if the plan has no such wave, moves shards in parts, or ends then; [`Error::Unfit`] if a table names what
/// the inventory does not have.
pub fn resume_after(
    (inventory, scenario): (&Inventory, &Scenario),
    written: &WrittenPlan,
    (after, events_from): (WaveOfPlan, Option<Timestamp>),
    stop: &Stop,
) -> Result<ResumedPlan> {
    let course = WaveCourse::new(inventory, scenario, written);
    let end = course.end_of(after)?;
    let over = course.gate_end_of(after)?;
    let now = events_from.map_or(over, |from| from.max(over));
    // Waves before a period lead on to its start, unless something happens before.
    let ahead = course
        .starts_after(after)
        .filter(|start| events_from.is_none() && now < *start);
    let start = ahead.unwrap_or(now);
    if start >= scenario.end {
        return Err(Error::Refused(format!(
            "--resume-after {after}: the first wave may begin at {}, and the scenario ends at {}: nothing is left to plan",
            now.display_with_offset(scenario.offset),
            scenario.end.display_with_offset(scenario.offset)
        )));
    }
    let homes = course.homes(|wave| course.is_over(wave, end))?;
    let weights = course.weights(after, over)?;
    let mut at_hand = inventory.clone();
    open(&mut at_hand, &course.opened(over), &weights);
    keep_copies(&mut at_hand, &homes);
    let shards: &mut [crate::model::Shard] = &mut at_hand.shards;
    for (shard, site) in shards.iter_mut().zip(&homes) {
        shard.site = *site;
    }
    if scenario.policy.freeze_onboarding {
        at_hand.onboarding.retain(|row| row.date < scenario.start);
        let rates = at_hand.growth.iter_mut();
        rates.for_each(|rate| rate.end_by(scenario.start));
    }
    at_hand.resumed = Resumed {
        returns: course.returns(after, &homes)?,
        weights,
        reference: course.reference(),
    };
    let later = Scenario {
        start,
        ..scenario.clone()
    };
    let without_weights = match too_much(&at_hand, &later, stop)? {
        None => None,
        Some(why) => {
            at_hand.resumed.weights = Vec::new();
            Some(why)
        }
    };
    Ok(ResumedPlan {
        inventory: at_hand,
        now,
        start,
        without_weights,
    })
}

/// Why a component cannot carry the weights before any event; `None` if all can.
fn too_much(inventory: &Inventory, scenario: &Scenario, stop: &Stop) -> Result<Option<String>> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let loaded = LoadedInventory::alone(inventory, &network);
    match state_before(&loaded, &groups, scenario, stop) {
        Ok(_) => Ok(None),
        Err(Error::Unfit(findings)) => Ok(findings.first().map(|finding| finding.found.clone())),
        Err(error) => Err(error),
    }
}

/// Says of the access points on standby which of them are open: those that steps have opened, and those over which weights lead.
fn open(inventory: &mut Inventory, opened: &BTreeSet<AccessPointId>, weights: &[CurrentWeight]) {
    let used = weights.iter().filter(|weight| weight.weight > 0.0);
    let used: BTreeSet<AccessPointId> = used
        .map(|current_weight| current_weight.access_point)
        .collect();
    for (index, access_point) in inventory.access_points.iter_mut().enumerate() {
        let id = AccessPointId::new(index);
        if access_point.state.is_on_standby() {
            access_point.state = if opened.contains(&id) || used.contains(&id) {
                AccessPointState::Opened
            } else {
                AccessPointState::Standby
            };
        }
    }
}

/// Copies as they are once shards have moved: a shard with replicas leaves one at its site, after all others, and has only
/// itself at the new one.
fn keep_copies(inventory: &mut Inventory, homes: &[Option<SiteId>]) {
    let moved = |shard: ShardId| {
        let before = inventory.shards[shard.index()].site;
        before.filter(|site| homes[shard.index()] != Some(*site))
    };
    let mut all: Vec<Replica> = Vec::with_capacity(inventory.replicas.len());
    for of_shard in inventory.replicas.chunk_by(|a, b| a.shard == b.shard) {
        let shard = of_shard[0].shard;
        let home = homes[shard.index()];
        all.extend(
            of_shard
                .iter()
                .filter(|replica| Some(replica.site) != home)
                .cloned(),
        );
        let last = of_shard
            .iter()
            .map(|replica| replica.preference)
            .max()
            .unwrap_or(0);
        all.extend(moved(shard).map(|site| Replica {
            shard,
            site,
            preference: last.saturating_add(1),
            state: ReplicaState::Ready,
        }));
    }
    inventory.replicas = all.into();
}
