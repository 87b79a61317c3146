//! Plays: a scenario played forward with the files of a plan, with a plan in memory, or with nobody doing anything.

use super::enacted::{self, Enacted};
use super::grid::Play;
use super::run::{Played, RunContext};
use super::script::Script;
use crate::diagnostic::Finding;
use crate::engine::plan::state_before;
use crate::engine::planning_context::LoadedInventory;
use crate::engine::recall::RecallNames;
use crate::engine::waves::{in_progress, unsafe_turns_before};
use crate::error::{Error, Result};
use crate::graph::Network;
use crate::model::{Inventory, Scenario};
use crate::plan::replay::{Conduct, Replay, Run};
use crate::plan::{Before, Plan, SteeringGroups};
use crate::plan_files::WrittenPlan;
use crate::scenario::Period;
use crate::solve::Stop;
use rayon::prelude::*;

/// Plays a scenario forward: with a written plan, if there is one, and with nobody doing anything, if that is asked.
///
/// # Errors
/// A finding if the plan names what the inventory does not have; an [`Error`] if the state before cannot be found, a stop
/// is raised, or work is lost or made up during the run, which would be a bug.
pub fn replay(
    inventory: &Inventory,
    scenario: &Scenario,
    written: Option<&WrittenPlan>,
    with_nothing: bool,
    stop: &Stop,
) -> std::result::Result<Result<Replay>, Box<Finding>> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let loaded = LoadedInventory::alone(inventory, &network);
    let before = match state_before(&loaded, &groups, scenario, stop) {
        Ok(before) => before,
        Err(error) => return Ok(Err(error)),
    };
    let mut scripts = Vec::new();
    if let Some(written) = written {
        let script = script_of_files(inventory, scenario, &groups, &before, written)?;
        scripts.push((Conduct::Plan, script));
    }
    let mut unsafe_turns = Vec::new();
    if with_nothing {
        let script = Script::of_nothing(inventory, scenario, &network, &groups, &before);
        scripts.push((Conduct::Nothing, script));
        let of = (inventory, scenario);
        unsafe_turns = unsafe_turns_before(of, &network, &groups, &before);
    }
    let conditions = RunContext {
        inventory,
        scenario,
        network: &network,
        groups: &groups,
        play: Play::Whole,
        reports_crowds: false,
        is_accounted: true,
    };
    // Both are looked at from the same instant on.
    let starts = scripts
        .iter()
        .map(|(_, script)| script.first_change(scenario.start));
    let start = starts.min().unwrap_or(scenario.start);
    let runs = scripts
        .into_par_iter()
        .map(|(conduct, script)| Ok(conditions.run(conduct, &script, start, stop)?.run))
        .collect::<Result<Vec<Run>>>();
    Ok(runs.map(|runs| Replay {
        policy: scenario.replay,
        runs,
        unsafe_turns,
    }))
}

/// Plays a plan forward that is in memory: the same as [`replay`] of its files.
///
/// # Errors
/// An [`Error`] if a stop is raised, or work is lost or made up during the run, which would be a bug.
pub fn replay_plan(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    stop: &Stop,
) -> Result<Run> {
    Ok(played(inventory, scenario, plan, Play::Whole, stop)?.run)
}

/// What the files of a plan do; a finding if they name what the inventory does not have.
fn script_of_files(
    inventory: &Inventory,
    scenario: &Scenario,
    groups: &SteeringGroups,
    before: &Before,
    written: &WrittenPlan,
) -> std::result::Result<Script, Box<Finding>> {
    let names = RecallNames::new(inventory);
    let spans = enacted::in_progress(written);
    let enacted = |period: &Period| Enacted::of_written(inventory, &names, written, period);
    Script::of_plan(inventory, scenario, groups, before, &spans, enacted)
}

/// Plays the files of a plan forward as the plan in memory was played; `None` if they name what the inventory does not have.
pub(in crate::engine) fn played_files(
    inventory: &Inventory,
    scenario: &Scenario,
    written: &WrittenPlan,
    play: Play,
    stop: &Stop,
) -> Result<Option<Played>> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let loaded = LoadedInventory::alone(inventory, &network);
    let before = state_before(&loaded, &groups, scenario, stop)?;
    let Ok(script) = script_of_files(inventory, scenario, &groups, &before, written) else {
        return Ok(None);
    };
    let conditions = RunContext {
        inventory,
        scenario,
        network: &network,
        groups: &groups,
        play,
        reports_crowds: false,
        is_accounted: true,
    };
    let start = script.first_change(scenario.start);
    conditions
        .run(Conduct::Plan, &script, start, stop)
        .map(Some)
}

/// Plays a plan forward that is in memory.
pub(in crate::engine) fn played(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    play: Play,
    stop: &Stop,
) -> Result<Played> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let enacted = |period: &Period| {
        let missing = || Error::Internal("a plan lacks a period of its scenario".to_owned());
        Enacted::of_plan(plan, period).ok_or_else(missing)
    };
    let script = Script::of_plan(
        inventory,
        scenario,
        &groups,
        &plan.before,
        &in_progress(plan),
        enacted,
    )?;
    let conditions = RunContext {
        inventory,
        scenario,
        network: &network,
        groups: &groups,
        play,
        reports_crowds: true,
        is_accounted: !matches!(play, Play::Roughly(_)),
    };
    let start = script.first_change(scenario.start);
    conditions.run(Conduct::Plan, &script, start, stop)
}
