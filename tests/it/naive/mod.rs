//! The second opinion: the LP of `docs/model.md` written out from its text, nothing aggregated.
//!
//! One class per shard, every simple path enumerated, standby access points tried set by set, levels
//! solved one after the other by a solver of one's choice. Exact on small instances, useless on large ones.
//! It shares nothing with the planner but the domain types.
//!
//! Decisions where the text leaves room stand as comments that begin with "Decision:".

pub(crate) mod affected;
pub(crate) mod at_instant;
mod cuts;
pub(crate) mod growth;
pub(crate) mod hours;
mod joint;
mod ladder;
mod lp;
mod margin;
pub(crate) mod paths;
pub(crate) mod pools;
pub(crate) mod replay;
mod rows;
pub(crate) mod rules;
mod split;
mod statement;

pub(crate) use cuts::Facts;
pub(crate) use joint::fewest_moves;
pub(crate) use lp::{Lp, Solver};
pub(crate) use margin::stretched;

use at_instant::{Believed, at_instant};
use jiff::Timestamp;
use ndarray::Array2;
use plimsoll::ids::SiteId;
use plimsoll::model::{ExistingShortfall, Inventory, Scenario};

/// Which end of the onboarding forecast is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Band {
    Expected,
    Low,
    High,
}

/// What is asked: the value of every level at one instant.
pub(crate) struct Question<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) scenario: &'a Scenario,
    /// The plan in force at this instant is meant: what is not known and reacted to yet is not in it.
    pub(crate) at: Timestamp,
    /// The current site of every shard, with `after = "return"` already applied.
    pub(crate) current: &'a [Option<SiteId>],
    /// What of split shards is elsewhere than at `current`: each is asked as a shard of its own.
    pub(crate) elsewhere: &'a [Elsewhere],
    /// Component × resource load of the state before; `None` asks the written-out LP for it.
    pub(crate) before_load: Option<&'a Array2<f64>>,
    pub(crate) band: Band,
}

/// What of a split shard is at another site than its first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Elsewhere {
    pub(crate) shard: usize,
    pub(crate) site: SiteId,
    /// Share of the shard's users.
    pub(crate) share: f64,
}

/// The sites of shards.csv: the current sites of the first period.
pub(crate) fn homes(inventory: &Inventory) -> Vec<Option<SiteId>> {
    inventory.shards.iter().map(|shard| shard.site).collect()
}

/// The value of every level in the scenario's order of goals, under the names of `tests/cases`.
pub(crate) fn levels(question: &Question, solver: Solver) -> Vec<(String, f64)> {
    levels_of(question, false, solver)
}

/// The same where nobody's shard is split: an integer program.
pub(crate) fn whole_levels(question: &Question, solver: Solver) -> Vec<(String, f64)> {
    levels_of(question, true, solver)
}

fn levels_of(question: &Question, is_whole: bool, solver: Solver) -> Vec<(String, f64)> {
    let inventory = question.inventory;
    let scenario = question.scenario;
    let mut before = before_instant(inventory, scenario, question.band);
    let mut now = at_instant(inventory, scenario, question.at, question.band);
    let met_before = match scenario.policy.existing_shortfall {
        ExistingShortfall::Repair => Array2::zeros(now.target.dim()),
        ExistingShortfall::Keep => {
            let load = question.before_load.map_or_else(
                || before_loads(inventory, scenario, question.band, solver),
                Clone::clone,
            );
            statement::missing_before(&load, &before, &now)
        }
    };
    let apart = split::apart(inventory, question.elsewhere);
    let current = split::current(question.current, question.elsewhere);
    for believed in [&mut before, &mut now] {
        split::divide(believed, question.elsewhere);
    }
    let question = Question {
        inventory: &apart,
        current: &current,
        ..*question
    };
    let mut statement = statement::during(&question, &before, now, met_before);
    statement.is_whole = is_whole;
    ladder::climb(&statement, solver).values
}

/// Component × resource: `true` where copies and background exceed what is left, so that they had to be cut.
pub(crate) fn has_cut_load(question: &Question) -> Array2<bool> {
    let before = before_instant(question.inventory, question.scenario, question.band);
    let now = at_instant(
        question.inventory,
        question.scenario,
        question.at,
        question.band,
    );
    let nothing_missing = Array2::zeros(now.target.dim());
    rows::cut_load(&statement::during(question, &before, now, nothing_missing))
}

/// Component × resource load of the state before, fixed load included.
pub(crate) fn before_loads(
    inventory: &Inventory,
    scenario: &Scenario,
    band: Band,
    solver: Solver,
) -> Array2<f64> {
    let now = before_instant(inventory, scenario, band);
    // Decision: that of the hour with which the scenario starts, or of the one as which it is planned.
    let second = jiff::SignedDuration::from_secs(1);
    let start = hours::hours(
        inventory,
        scenario,
        (scenario.start, scenario.start + second),
    );
    let made_for = &now.hours.factor;
    let planned = hours::planned_as(inventory, made_for, &start.factor);
    let slice = made_for
        .iter()
        .position(|values| Some(values) == planned.as_ref());
    let statement = statement::before(inventory, scenario, now);
    let mut load = ladder::climb(&statement, solver).load;
    load.swap_remove(slice.expect("an hour of the scenario"))
}

/// Users and capacities of the scenario's start, no event in force.
pub(crate) fn before_instant(inventory: &Inventory, scenario: &Scenario, band: Band) -> Believed {
    let quiet = Scenario {
        events: Vec::new(),
        ..scenario.clone()
    };
    Believed {
        hours: hours::hours(inventory, scenario, (scenario.start, scenario.end)),
        ..at_instant(inventory, &quiet, scenario.start, band)
    }
}
