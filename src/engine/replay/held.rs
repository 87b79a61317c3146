//! Held: a scenario played forward while nobody changes anything of a period's plan.

use super::play::Play;
use super::run::{Ground, Played};
use super::script::Script;
use crate::error::Result;
use crate::graph::Network;
use crate::model::{Inventory, Scenario};
use crate::plan::replay::Conduct;
use crate::plan::{PeriodPlan, SteeringGroups};
use crate::solve::Stop;
use jiff::Timestamp;

/// What of a plan is held, and from when on it is played.
pub(in crate::engine) struct Held<'a> {
    pub(in crate::engine) period: &'a PeriodPlan,
    pub(in crate::engine) start: Timestamp,
    pub(in crate::engine) play: Play,
}

/// Plays a scenario forward while homes, steering and pools stay as a period of a plan has them.
///
/// # Errors
/// Those of [`super::replay_plan`].
pub(in crate::engine) fn held(
    inventory: &Inventory,
    scenario: &Scenario,
    held: &Held<'_>,
    stop: &Stop,
) -> Result<Played> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let script = Script::of_period(held.period);
    let ground = Ground {
        inventory,
        scenario,
        network: &network,
        groups: &groups,
        play: held.play,
        tells_crowds: false,
        is_accounted: false,
    };
    ground.run(Conduct::Plan, &script, held.start, stop)
}
