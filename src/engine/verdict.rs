//! Verdict: who would be unserved and what headroom would be missing, without saying who goes where.

use super::kept::kept_shortfall;
use crate::error::Result;
use crate::formulation::goals::{Level, Objective, tier_label};
use crate::formulation::rows::target_limit;
use crate::formulation::{
    Affected, Detail, Folded, FoundWays, Narrowing, Problem, Setting, Spared, Standby,
    UsableByProfile,
};
use crate::graph::Network;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Event, ExistingShortfall, Goal, Homes, Inventory, Movers, Policy, Scenario};
use crate::plan::Before;
use crate::scenario::case_of_events;
use crate::solve::{LevelOutcome, Proof, Stop, solve, solve_if_served};

/// Who would be unserved and what headroom would be missing, over fractional homes: the values of the levels
/// `unserved` and `headroom` (worst) of a plan, which whole shards come near.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// By rank of tiers that have users, first rank first.
    pub unserved: Vec<Unserved>,
    /// What is missing at worst; `None` if no headroom target is missed, or headroom is no goal.
    pub missing: Option<Missing>,
    /// How far the values are proven.
    pub proof: Proof,
}

/// Unserved users of one rank.
#[derive(Debug, Clone, PartialEq)]
pub struct Unserved {
    /// The rank; 1 is served first.
    pub rank: u32,
    /// Its tiers by name, joined by `+`.
    pub tiers: String,
    /// How many users.
    pub users: f64,
}

/// The worst missing share of a headroom target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Missing {
    /// The share of the target that is missing beyond what was missing before, above 0 up to 1.
    pub share: f64,
    /// A component that misses so much; where several do, the one where more capacity would help most.
    pub component: ComponentId,
    /// Of which resource.
    pub resource: ResourceId,
}

impl Verdict {
    /// Unserved users of all ranks.
    pub fn unserved_users(&self) -> f64 {
        self.unserved.iter().map(|own| own.users).sum()
    }

    /// `true` if everybody is served and no headroom target is missed.
    pub fn holds(&self) -> bool {
        self.missing.is_none() && self.unserved.iter().all(|own| own.users <= 0.0)
    }
}

/// A case, and what is known before it is looked at.
pub(super) struct Question<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) network: &'a Network,
    /// What profiles may use while nothing is gone.
    pub(super) usable: &'a UsableByProfile,
    pub(super) scenario: &'a Scenario,
    pub(super) before: &'a Before,
    /// Where shards are: at the sites of shards.csv.
    pub(super) homes: &'a Homes,
    /// The demand of the scenario's start without events, at these homes.
    pub(super) folded: &'a Folded,
    /// The paths while nothing is lost.
    pub(super) found: &'a FoundWays,
    /// What stays as it is where nobody but the affected moves, if that is known.
    pub(super) spared: Option<&'a Spared>,
    /// All events that are in force.
    pub(super) events: &'a [&'a Event],
}

/// The verdict on a case; what is missing is counted from the state before, so it is no better proven than that.
pub(super) fn answer(question: &Question<'_>) -> Result<Verdict> {
    let mut verdict = answer_from(question)?;
    if verdict.proof == Proof::Proven {
        verdict.proof = question.before.proof;
    }
    Ok(verdict)
}

fn answer_from(question: &Question<'_>) -> Result<Verdict> {
    let &Question {
        inventory,
        network,
        usable,
        scenario,
        before,
        homes,
        folded,
        found,
        spared: _,
        events,
    } = question;
    let policy = &scenario.policy;
    let case = case_of_events(
        inventory,
        scenario,
        scenario.start,
        folded.base_users(),
        events,
    );
    let surged;
    let is_of_base_demand = folded.has_surges_of(&case);
    let folded = if is_of_base_demand {
        folded
    } else {
        surged = Folded::new(inventory, &case, homes);
        &surged
    };
    // Nothing has grown since the scenario's start.
    let lowered = vec![false; inventory.sites.len()];
    let kinds = &folded.kinds;
    let is_affected = Affected::beside(inventory, network, usable, &case, policy, kinds, &lowered);
    let kept = kept_shortfall(&case, &before.case, &before.load, policy.existing_shortfall);
    let setting = Setting {
        inventory,
        network,
        case: &case,
        policy,
        current: homes,
        folded,
        is_affected: &is_affected,
        kept_shortfall: &kept,
        standby: Standby::of(policy),
        narrowed: Narrowing::Rules,
    };
    if is_plain(policy) {
        let spared = Policy {
            movers: Movers::Affected,
            ..policy.clone()
        };
        let while_spared = Setting {
            policy: &spared,
            ..setting
        };
        let problem = match question.spared {
            Some(known)
                if is_of_base_demand && policy.existing_shortfall == ExistingShortfall::Keep =>
            {
                up_to_headroom(Problem::beside_spared(while_spared, found, known))
            }
            _ => first_levels(while_spared, found, Detail::Values),
        };
        if is_as_trapped_as_ever(&problem) {
            if meets_targets_by_default(&problem) {
                return Ok(said_by_default(&problem));
            }
            if let Some((levels, proof)) = solve_if_served(&problem, &Stop::default())? {
                return Ok(said(&problem, &levels, proof));
            }
        }
    }
    let detail = if is_plain(policy) {
        Detail::Values
    } else {
        Detail::Plan
    };
    let problem = first_levels(setting, found, detail);
    let outcome = solve(&problem, &Stop::default())?;
    Ok(said(&problem, &outcome.levels, outcome.proof))
}

/// The problem of a setting as far as the last of the levels that a verdict tells.
fn first_levels<'a>(setting: Setting<'a>, found: &FoundWays, detail: Detail) -> Problem<'a> {
    up_to_headroom(Problem::beside(setting, Some(found), detail))
}

/// The problem with its levels as far as the last of those that a verdict tells.
fn up_to_headroom(mut problem: Problem<'_>) -> Problem<'_> {
    let last = problem
        .levels
        .iter()
        .rposition(|level| matches!(level, Level::Unserved(_) | Level::Worst));
    problem.levels.truncate(last.map_or(0, |last| last + 1));
    problem
}

/// `true` if unserved users, then moves of the unaffected, then headroom come first, and moves have no limit.
///
/// Then it is enough, where everybody can be served so, to look at plans that move nobody but the affected: no other
/// plan has better values of these levels.
pub(super) fn is_plain(policy: &Policy) -> bool {
    let first = [Goal::Unserved, Goal::Relief, Goal::Headroom];
    policy.max_moved_users.is_none() && policy.goals.starts_with(&first)
}

/// `true` if nobody is trapped only because nobody but the affected may move.
fn is_as_trapped_as_ever(problem: &Problem<'_>) -> bool {
    let classes = problem.classes.classes.iter().zip(&problem.defaults);
    classes
        .filter(|(_, default)| default.is_none())
        .all(|(class, _)| class.is_affected || class.current.is_none())
}

/// `true` if no target is missed while everybody is on his default path: a plan that proves itself.
fn meets_targets_by_default(problem: &Problem<'_>) -> bool {
    let rows = problem.rows.rows.iter().zip(&problem.default_loads);
    rows.into_iter()
        .all(|(row, load)| *load <= target_limit(row.target, row.kept) * row.capacity)
}

/// What that plan says: nobody is unserved but the trapped.
fn said_by_default(problem: &Problem<'_>) -> Verdict {
    let entries = problem.setting.inventory.access_points.len();
    let ranks = &problem.classes.ranks;
    let trapped = |index: usize| {
        problem.constant(&Objective::of(Level::Unserved(index), ranks.len(), entries))
    };
    Verdict {
        unserved: unserved(problem, trapped),
        missing: None,
        proof: Proof::Proven,
    }
}

/// Unserved users by rank; `users` are by its position.
fn unserved(problem: &Problem<'_>, users: impl Fn(usize) -> f64) -> Vec<Unserved> {
    let ranks = problem.classes.ranks.iter().enumerate();
    ranks
        .map(|(index, &rank)| Unserved {
            rank,
            tiers: tier_label(&problem.setting.inventory.tiers, rank),
            users: users(index),
        })
        .collect()
}

/// What settled levels say.
fn said(problem: &Problem<'_>, levels: &[LevelOutcome], proof: Proof) -> Verdict {
    let value = |level: Level| levels.iter().find(|own| own.level == level);
    Verdict {
        unserved: unserved(problem, |index| {
            value(Level::Unserved(index)).map_or(0.0, |level| level.value)
        }),
        missing: value(Level::Worst)
            .filter(|level| level.value > 0.0)
            .and_then(|level| {
                let first = (0..level.gains.len())
                    .max_by(|&a, &b| level.gains[a].total_cmp(&level.gains[b]).then(b.cmp(&a)))?;
                let row = &problem.rows.rows[first];
                Some(Missing {
                    share: level.value,
                    component: row.component,
                    resource: row.resource,
                })
            }),
        proof,
    }
}
