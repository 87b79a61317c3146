//! How far inputs may be off: the same statement with all demand, or all capacities, times a factor.

use super::lp::Solver;
use super::statement::{self, Level, Statement};
use super::{Question, at_instant, before_instant, ladder, rows};
use ndarray::Array2;

/// What a factor leaves: users unserved, the worst missing share, and where copies and background had to be cut.
pub(crate) struct Left {
    pub(crate) unserved: f64,
    pub(crate) relieved: f64,
    pub(crate) worst: f64,
    pub(crate) is_cut: Array2<bool>,
}

/// What is left with all demand times `demand` and all capacities times `capacity`; background, the targets in
/// force and who may move where stay as they are.
pub(crate) fn stretched(question: &Question, demand: f64, capacity: f64, solver: Solver) -> Left {
    let (inventory, scenario) = (question.inventory, question.scenario);
    let before = before_instant(inventory, scenario, question.band);
    let now = at_instant::at_instant(inventory, scenario, question.at, question.band);
    let load = question.before_load.expect("the state before is known");
    let missing = match scenario.policy.existing_shortfall {
        plimsoll::model::ExistingShortfall::Repair => Array2::zeros(now.target.dim()),
        plimsoll::model::ExistingShortfall::Keep => statement::missing_before(load, &before, &now),
    };
    let mut statement: Statement = statement::during(question, &before, now, missing);
    for users in statement
        .users
        .iter_mut()
        .chain(&mut statement.believed.base_users)
    {
        *users *= demand;
    }
    let nominal = &mut statement.believed.nominal;
    nominal.mapv_inplace(|value| value.map(|value| value * capacity));
    statement
        .levels
        .retain(|level| matches!(level, Level::Unserved(_)));
    let spares = plimsoll::formulation::spares_unaffected(&scenario.policy.goals);
    statement.levels.extend(spares.then_some(Level::Relief));
    statement.levels.push(Level::Worst);
    let values = ladder::climb(&statement, solver).values;
    let (worst, others) = values.split_last().expect("the worst level is there");
    let (relieved, unserved): (Vec<_>, Vec<_>) =
        others.iter().partition(|(name, _)| name == "relief");
    Left {
        unserved: unserved.iter().map(|(_, users)| users).sum(),
        relieved: relieved.iter().map(|(_, users)| users).sum(),
        worst: worst.1,
        is_cut: rows::cut_load(&statement),
    }
}
