//! Settling a case: who is unserved and what headroom is missing at best, and a plan that shows it.

use super::instant::{Asking, Instant, WhoIsAffected, is_plain};
use super::parts::{SettledPart, settle_by_parts};
use super::settled::{Depth, Displaced, SettledCase};
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::formulation::rows::target_limit;
use crate::formulation::{Detail, Problem, Setting};
use crate::model::{Case, ExistingShortfall, Movers, Policy};
use crate::plan_files::SettledBy;
use crate::solve::{
    LevelOutcome, Outcome, Proof, Stop, Unless, solve, solve_if_served, solve_unless_short,
};

/// Settles a case and tells of it what `then` takes from it; `parts` are smaller cases that may settle it without a
/// solver, `None` leaves all that its default paths do not settle to the solver.
pub(super) fn settle<T>(
    asking: Asking<'_>,
    case: &Case,
    depth: Depth,
    parts: Option<&[&SettledPart]>,
    then: impl FnOnce(&SettledCase<'_, '_>) -> T,
) -> Result<T> {
    let settled = settle_until(asking, case, (depth, SettledUntil::Best), parts, then)?;
    settled.ok_or_else(|| Error::Internal("a case was given up".into()))
}

/// The same where it is asked whether everybody is served, and to a deeper depth also whether every target is met: `None` if it
/// is proven that the best plan leaves users unserved who are not trapped, or misses a target.
pub(super) fn settle_unless_short<T>(
    asking: Asking<'_>,
    case: &Case,
    depth: Depth,
    parts: Option<&[&SettledPart]>,
    then: impl FnOnce(&SettledCase<'_, '_>) -> T,
) -> Result<Option<T>> {
    settle_until(asking, case, (depth, SettledUntil::Short), parts, then)
}

/// Until when a case is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SettledUntil {
    /// Until nothing is better.
    Best,
    /// Until it is proven that somebody is unserved who is not trapped, or that a target is missed.
    Short,
}

fn settle_until<T>(
    asking: Asking<'_>,
    case: &Case,
    until: (Depth, SettledUntil),
    parts: Option<&[&SettledPart]>,
    then: impl FnOnce(&SettledCase<'_, '_>) -> T,
) -> Result<Option<T>> {
    let folded = asking.folded(case);
    asking.in_setting(case, &folded, WhoIsAffected::Touched, |setting| {
        settle_in(setting, asking.instant, until, parts, then)
    })
}

fn settle_in<T>(
    setting: Setting<'_>,
    instant: &Instant,
    (depth, until): (Depth, SettledUntil),
    parts: Option<&[&SettledPart]>,
    then: impl FnOnce(&SettledCase<'_, '_>) -> T,
) -> Result<Option<T>> {
    let then = |settled: &SettledCase<'_, '_>| Ok(Some(then(settled)));
    let (policy, found) = (setting.policy, &instant.found);
    let is_short = matches!(depth, Depth::Unserved | Depth::Verdict);
    if !is_plain(policy) || !is_short {
        let problem = Problem::beside(setting, Some(found), Detail::Plan);
        let problem = match depth {
            Depth::Unserved | Depth::Verdict => shortened(problem, depth),
            Depth::Moves => problem.up_to(Level::Moved),
            Depth::Full => problem,
        };
        let outcome = solve(&problem, &Stop::default())?;
        return then(&SettledCase {
            forgets_sites: false,
            ..solved(&problem, outcome, false)
        });
    }
    let anybody = || {
        let problem = Problem::beside(setting, Some(found), Detail::Values);
        shortened(problem, depth)
    };
    let spared = Policy {
        movers: Movers::Affected,
        ..policy.clone()
    };
    let while_spared = Setting {
        policy: &spared,
        ..setting
    };
    let problem = match &instant.spared {
        Some(known)
            if instant.folded.has_surges_of(setting.case)
                && policy.existing_shortfall == ExistingShortfall::Keep =>
        {
            shortened(Problem::beside_spared(while_spared, found, known), depth)
        }
        _ => shortened(
            Problem::beside(while_spared, Some(found), Detail::Values),
            depth,
        ),
    };
    let is_as_trapped = is_as_trapped_as_ever(&problem);
    if is_as_trapped && holds_by_default(&problem, depth) {
        return then(&SettledCase {
            problem: &problem,
            levels: Vec::new(),
            proof: Proof::Proven,
            displaced: Displaced::default(),
            by: SettledBy::Default,
            is_spared: true,
            forgets_sites: true,
        });
    }
    let is_known_to_move = parts.is_some_and(|parts| parts.iter().any(|part| part.moves_anybody));
    let of_anybody = is_known_to_move.then(anybody);
    if let (Some(problem), Some(parts)) = (&of_anybody, parts)
        && let Some((displaced, levels)) = settle_by_parts(problem, parts)
    {
        return then(&by_parts(problem, displaced, levels, false));
    }
    if is_as_trapped {
        if !is_known_to_move
            && let Some(parts) = parts
            && let Some((displaced, levels)) = settle_by_parts(&problem, parts)
        {
            return then(&by_parts(&problem, displaced, levels, true));
        }
        let served = match until {
            SettledUntil::Best => solve_if_served(&problem, &Stop::default())?,
            SettledUntil::Short => match solve_unless_short(&problem, &Stop::default())? {
                Unless::Settled(outcome) => Some(*outcome),
                // Where everybody can be served so, no other plan misses less.
                Unless::Missed => return Ok(None),
                Unless::Short => None,
            },
        };
        if let Some(outcome) = served {
            return then(&solved(&problem, outcome, true));
        }
    }
    drop(problem);
    let problem = of_anybody.unwrap_or_else(anybody);
    let outcome = match until {
        SettledUntil::Best => solve(&problem, &Stop::default())?,
        SettledUntil::Short => match solve_unless_short(&problem, &Stop::default())? {
            Unless::Settled(outcome) => *outcome,
            Unless::Missed | Unless::Short => return Ok(None),
        },
    };
    then(&solved(&problem, outcome, false))
}

/// What the solver makes of a case in which nobody but the affected moves, or anybody.
fn solved<'p, 'a>(
    problem: &'p Problem<'a>,
    mut outcome: Outcome,
    is_spared: bool,
) -> SettledCase<'p, 'a> {
    SettledCase {
        problem,
        levels: std::mem::take(&mut outcome.levels),
        proof: outcome.proof,
        displaced: Displaced::of(problem, outcome),
        by: SettledBy::Solver,
        is_spared,
        forgets_sites: true,
    }
}

fn by_parts<'p, 'a>(
    problem: &'p Problem<'a>,
    displaced: Displaced,
    levels: Vec<LevelOutcome>,
    is_spared: bool,
) -> SettledCase<'p, 'a> {
    SettledCase {
        problem,
        levels,
        proof: Proof::Proven,
        displaced,
        by: SettledBy::Parts,
        is_spared,
        forgets_sites: true,
    }
}

/// The problem with its levels as far as the last of those that are reported.
pub(super) fn shortened(mut problem: Problem<'_>, depth: Depth) -> Problem<'_> {
    let is_told = |level: &Level| match level {
        Level::Unserved(_) => true,
        Level::Worst => depth != Depth::Unserved,
        _ => false,
    };
    let last = problem.levels.iter().rposition(is_told);
    problem.levels.truncate(last.map_or(0, |last| last + 1));
    problem
}

/// `true` if nobody is trapped only because nobody but the affected may move.
fn is_as_trapped_as_ever(problem: &Problem<'_>) -> bool {
    let classes = problem.classes.classes.iter().zip(&problem.defaults);
    classes
        .filter(|(_, default)| default.is_none())
        .all(|(class, _)| class.is_affected || class.current.is_none())
}

/// `true` if nothing is overloaded, and no reported target is missed, while all users are on their default paths: a plan that
/// proves itself.
fn holds_by_default(problem: &Problem<'_>, depth: Depth) -> bool {
    let rows = problem.rows.rows.iter().zip(&problem.default_loads);
    rows.into_iter().all(|(row, load)| {
        let share = match depth {
            Depth::Unserved => 1.0,
            _ => target_limit(row.target, row.kept),
        };
        *load <= share * row.capacity
    })
}

#[cfg(test)]
mod tests;
