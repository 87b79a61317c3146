//! What the written whole-shard plan has at every level, beside the optimum and its bound.

use super::headroom::Margin;
use super::state::{Flow, Part};
use crate::formulation::Problem;
use crate::formulation::goals::{Level, counts_mover, tier_label};
use crate::model::Measure;
use crate::solve::{LevelProof, Outcome, SetPrices};
use crate::units::{NOBODY, PROVEN};

/// One level of one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Which.
    pub level: Level,
    /// Its tiers by name, for an unserved level.
    pub tier: Option<String>,
    /// Its optimum over fractional homes.
    pub value: f64,
    /// What is proven for it.
    pub bound: f64,
    /// What plans of whole shards do not go below that have this plan's values at all levels before; `None` where that is not
    /// known, or shards may be split.
    pub whole_bound: Option<f64>,
    /// `value − bound`, relative.
    pub gap: f64,
    /// What the written plan has.
    pub plan: f64,
    /// `true` if nothing had to be solved.
    pub is_skipped: bool,
    /// What proves the bound.
    pub proof: LevelProof,
    /// What shows that no other set of as many openings does better.
    pub other_sets: Vec<SetPrices>,
}

/// The levels of a period: optimum and bound from the fractional outcome, `plan` counted from the plan itself. What bounds whole
/// shards is the fractional bound or the one that a search found for the level, if whole shards are asked for.
pub fn stages(
    problem: &Problem<'_>,
    (fractional, whole_bounds): (&Outcome, Option<&[f64]>),
    parts: &[Part],
    flows: &[Flow],
    margins: &[Margin],
    entering: &[f64],
) -> Vec<Stage> {
    let mut is_reached = whole_bounds.is_some();
    let of_whole = whole_bounds.unwrap_or_default();
    let levels = fractional.levels.iter().enumerate();
    levels
        .map(|(at, outcome)| {
            let plan = measure(problem, outcome.level, parts, flows, margins, entering);
            // Where split shards do better at an earlier level, their bound does not hold for whole ones.
            let searched = of_whole.get(at).copied();
            let of_level = if of_whole.is_empty() {
                Some(outcome.bound)
            } else {
                searched
            };
            // Within tolerances a plan may be a little worse before, and better here for it.
            let whole_bound = of_level.filter(|_| is_reached).map(|value| value.min(plan));
            let scale = outcome.value.abs().max(1.0);
            is_reached &= whole_bound.is_some_and(|value| plan - value <= PROVEN * scale);
            Stage {
                level: outcome.level,
                tier: tier(problem, outcome.level),
                value: outcome.value,
                bound: outcome.bound,
                gap: outcome.gap(),
                plan,
                whole_bound,
                is_skipped: outcome.is_skipped,
                proof: outcome.proof.clone(),
                other_sets: outcome.other_sets.clone(),
            }
        })
        .collect()
}

/// How a level is called in `price_stage` and in tables: its goal, then tier or measure.
///
/// ```
/// use plimsoll::formulation::goals::Level;
/// use plimsoll::plan::stage_name;
/// assert_eq!(stage_name(Level::Worst, None), "headroom worst");
/// assert_eq!(stage_name(Level::Unserved(0), Some("gold")), "unserved gold");
/// ```
pub fn stage_name(level: Level, tier: Option<&str>) -> String {
    let goal = level.goal().word();
    match tier.or(level.terms().measure.map(Measure::word)) {
        Some(part) => format!("{goal} {part}"),
        None => goal.to_owned(),
    }
}

/// The names of the tiers of a level; `None` if it is of no tiers.
pub(super) fn tier(problem: &Problem<'_>, level: Level) -> Option<String> {
    let Level::Unserved(rank) = level else {
        return None;
    };
    let rank = problem.classes.ranks[rank];
    Some(tier_label(&problem.setting.inventory.tiers, rank))
}

/// One level of the plan, counted.
fn measure(
    problem: &Problem<'_>,
    level: Level,
    parts: &[Part],
    flows: &[Flow],
    margins: &[Margin],
    entering: &[f64],
) -> f64 {
    let inventory = problem.setting.inventory;
    match level {
        Level::Unserved(rank) => parts
            .iter()
            .filter(|part| part.site.is_none())
            .filter(|part| {
                let tier = inventory.shards[part.shard.index()].tier;
                inventory.tiers[tier.index()].rank == problem.classes.ranks[rank]
            })
            .map(|part| part.users)
            .sum(),
        // No plan that is handed on counts it.
        Level::Lost => 0.0,
        Level::Relief | Level::Moved | Level::Copied => movers(problem, level, parts),
        Level::Worst => margins
            .iter()
            .map(|margin| margin.row.shortfall)
            .fold(0.0, f64::max),
        Level::Total => margins.iter().map(|margin| margin.shortfall_users).sum(),
        Level::AccessPoints => inventory
            .access_points
            .iter()
            .zip(entering)
            .filter(|(row, users)| row.state.is_on_standby() && **users > NOBODY)
            .count() as f64,
        Level::Latency => flows
            .iter()
            .map(|flow| {
                flow.users * flow.path.latency * problem.setting.case.hours.weight(flow.slice)
            })
            .sum(),
    }
}

/// Users served at another site than their current one that a level counts.
fn movers(problem: &Problem<'_>, level: Level, parts: &[Part]) -> f64 {
    parts
        .iter()
        .filter(|part| part.has_left())
        .filter_map(|part| {
            let site = part.site?;
            let class = problem.class(problem.classes.class_of.get(part.home())?);
            counts_mover(level, class, site).then_some(part.users)
        })
        .sum()
}
