//! All periods planned together: from the plan of period after period to one in which fewer users move, if there is.

use super::begin::begin;
use super::homes::{Leaving, SitesByPeriod, fill, move_once, settled, shared_out};
use super::one_by_one::one_by_one;
use super::posed::{JointPosed, is_better, is_hopeless, is_of_program, moved};
use crate::engine::planning_context::PlanningContext;
use crate::error::{Error, Result};
use crate::formulation::Problem;
use crate::formulation::joint::JointProblem;
use crate::ids::ShardId;
use crate::model::{After, Goal, PlannedPeriods, Scenario};
use crate::plan::{JointSummary, PeriodPlan};
use crate::solve::{JointOutcome, solve_joint};
use crate::units::{NOBODY, WORTH_A_TRY};

/// `true` if the periods of a scenario are to be planned together, so that a plan of some of them depends on them all.
///
/// Promises of what survives are made for homes that were sought for it, period by period, and split shards have no
/// home to keep: neither is planned together.
pub(in crate::engine) fn looks_ahead(scenario: &Scenario) -> bool {
    let policy = &scenario.policy;
    policy.periods == PlannedPeriods::Joint
        && policy.goals.contains(&Goal::Moves)
        && scenario.protect.is_none()
        && !policy.split_shards
}

/// `true` if planning the periods of a scenario together may move fewer users than a plan of period after period does.
///
/// From one period in which everybody is at home to the next, users must move in two periods for that, or be placed, or move
/// for good, in one and move in another: where they move in one alone, moved users have to be elsewhere in it, and no plan
/// that has them elsewhere spares the move.
pub(in crate::engine) fn may_move_less(scenario: &Scenario, periods: &[PeriodPlan]) -> bool {
    let is_returning = |period: &PeriodPlan| {
        scenario.policy.after == After::Return && !period.case.is_event_in_force
    };
    let places_anybody = |period: &PeriodPlan| {
        let mut served = period.parts.iter().filter(|part| part.site.is_some());
        served.any(|part| part.users > NOBODY && period.current.main(part.shard).is_none())
    };
    let mut moving = 0;
    let mut most = 0;
    let mut has_settled = false;
    for period in periods {
        let has_moved = period.totals.moved > NOBODY;
        if has_moved {
            moving += 1;
        } else if is_returning(period) {
            moving = 0;
        }
        most = most.max(moving + usize::from(has_settled && moving > 0));
        // Users who are placed, or move while nothing is in force, stay there when the others have returned.
        has_settled |= places_anybody(period) || has_moved && is_returning(period);
    }
    looks_ahead(scenario) && most > 1
}

/// From this many shards on only what surely fits is tried: every trial plans all periods again.
const MANY_SHARDS: usize = 20_000;

/// Up to this many shards other homes of each are tried, where rounding shares leaves moves that a split shard spares.
const FEW_SHARDS: usize = 500;

/// The most plans that are tried for that.
const MOST_TRIALS: usize = 24;

/// After this many of them in a row that are no better no other is tried.
const MOST_IN_VAIN: usize = 8;

/// `true` of periods from the first on that no plan of all begins with which is better than that at hand.
pub(in crate::engine) type Hopeless<'h> = &'h dyn Fn(&[PeriodPlan]) -> bool;

/// What planning together comes to, and the plan of all periods together if it is the better one.
pub(in crate::engine) type Together<P> = (JointSummary, Option<P>);

/// Looks for a plan of all periods together that is better than `sequential`. `plan` plans every period with each shard
/// at its one site, unless its first periods are hopeless, and `periods` looks at what came of it.
///
/// `None` if the joint program has no answer: a stop was raised, or every attempt of the solver failed.
///
/// # Errors
/// Those of `plan`, and `Error::Internal` if the solver's interface fails.
pub(in crate::engine) fn together<P>(
    context: &PlanningContext<'_>,
    sequential: &[PeriodPlan],
    plan: impl FnMut(&SitesByPeriod, Hopeless<'_>) -> Result<Option<P>>,
    periods: impl Fn(&P) -> &[PeriodPlan],
) -> Result<Option<Together<P>>> {
    let posed = JointPosed::all(context, sequential);
    let problems: Vec<Problem<'_>> = posed.iter().map(|posed| posed.problem(context)).collect();
    let of_periods = posed.iter().zip(&problems);
    let of_periods = of_periods.map(|(posed, problem)| posed.period(context, problem));
    let Some((problem, at_hand)) = begin(context, sequential, of_periods.collect()) else {
        return Ok(None);
    };
    let Some(outcome) = solve_joint(&problem, context.stop)? else {
        return Ok(None);
    };
    let mut joint = JointSummary {
        moved_users: moved(sequential),
        sequential_users: moved(sequential),
        bound: outcome.bound.min(moved(sequential)),
    };
    if outcome.moved > joint.sequential_users * (1.0 - WORTH_A_TRY) {
        return Ok(Some((joint, None)));
    }
    let shared = |leaving: Leaving| shared_out(&problem, &outcome.shares, &at_hand, leaving);
    let mut candidates = vec![one_by_one(&problem, &outcome.shares, &at_hand)];
    if context.inventory.shards.len() < MANY_SHARDS {
        candidates.push(shared(fill));
        candidates.push(shared(move_once));
    }
    candidates.sort_by(|a, b| a.moved(&problem).total_cmp(&b.moved(&problem)));
    let mut search = Search {
        context,
        sequential,
        plan,
        periods,
        tried: vec![at_hand.clone()],
        best: None,
    };
    for sites in candidates {
        if search.best.is_none() {
            search.attempt(&sites)?;
        }
    }
    if context.inventory.shards.len() <= FEW_SHARDS {
        search.settle((&problem, &outcome), &at_hand)?;
    }
    if let Some((plan, _)) = &search.best {
        let periods = (search.periods)(plan);
        joint.moved_users = moved(periods);
        if !is_of_program(context.scenario.policy.after, periods, sequential) {
            // The program has no such plan, and its bound says nothing of it.
            joint.bound = 0.0;
        }
    }
    let plan = search.best.map(|(plan, _)| plan);
    Ok(Some((joint, plan)))
}

struct Search<'s, P, F, G> {
    context: &'s PlanningContext<'s>,
    sequential: &'s [PeriodPlan],
    plan: F,
    periods: G,
    tried: Vec<SitesByPeriod>,
    /// The best of them that is better than the sequential plan, and its sites.
    best: Option<(P, SitesByPeriod)>,
}

impl<P, F, G> Search<'_, P, F, G>
where
    F: FnMut(&SitesByPeriod, Hopeless<'_>) -> Result<Option<P>>,
    G: Fn(&P) -> &[PeriodPlan],
{
    /// Plans every shard at these sites; `true` if that is the best plan so far.
    fn attempt(&mut self, sites: &SitesByPeriod) -> Result<bool> {
        let stop = self.context.stop;
        if self.tried.contains(sites) || stop.is_raised() {
            return Ok(false);
        }
        self.tried.push(sites.clone());
        let best = self.best.as_ref();
        let best = best.map_or(self.sequential, |(item, _)| (self.periods)(item));
        let found = match (self.plan)(sites, &|first| is_hopeless(first, best)) {
            Ok(Some(found)) => found,
            // The plan at hand stands.
            Ok(None) | Err(Error::StoppedEarly | Error::Solver { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        if stop.is_raised() {
            return Ok(false);
        }
        let is_best = is_better((self.periods)(&found), best);
        if is_best {
            self.best = Some((found, sites.clone()));
        }
        Ok(is_best)
    }

    /// Where more users move than the joint program is proven to need, other homes of shards are tried, one shard after the other.
    fn settle(
        &mut self,
        (problem, outcome): (&JointProblem<'_>, &JointOutcome),
        at_hand: &SitesByPeriod,
    ) -> Result<()> {
        let mut done: Vec<ShardId> = Vec::new();
        let mut sites = self.sites_or(at_hand);
        let all = settled(problem, &outcome.shares, &sites);
        let mut in_vain = 0;
        for settled_shard in all.into_iter().take(MOST_TRIALS) {
            let best = self.best.as_ref();
            let best = best.map_or(self.sequential, |(item, _)| (self.periods)(item));
            if moved(best) <= outcome.bound * (1.0 + WORTH_A_TRY) + NOBODY {
                break;
            }
            if done.contains(&settled_shard.shard) {
                continue;
            }
            if self.attempt(&settled_shard.applied(&sites))? {
                done.push(settled_shard.shard);
                sites = self.sites_or(at_hand);
                in_vain = 0;
            } else {
                in_vain += 1;
                if in_vain == MOST_IN_VAIN {
                    break;
                }
            }
        }
        Ok(())
    }

    fn sites_or(&self, at_hand: &SitesByPeriod) -> SitesByPeriod {
        let best = self.best.as_ref();
        best.map_or(at_hand, |(_, sites)| sites).clone()
    }
}
