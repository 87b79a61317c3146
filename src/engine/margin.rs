//! Error margin of a period: the fractional optimum is the bound; what is claimed was found with whole shards
//! (`docs/model.md` §11).

use super::relocations::MANY_SHARDS;
use super::whole_shards::rounded;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::formulation::rows::Side;
use crate::formulation::{
    Detail, Narrowed, Problem, Rigour, Scaling, is_symmetric, pursues_targets,
};
use crate::ids::ShardId;
use crate::model::Holds;
use crate::plan::{ErrorMargin, Limit, PeriodPlan, Sites};
use crate::solve::{LeastScale, Outcome, Start, Stop, least_scale, least_scale_and_outcome};
use crate::units::{FEASIBILITY, NOBODY, SOLVER_TOLERANCE, WORTH_A_TRY};

/// Scales below this are none: demand could be ten thousand times as large.
pub(super) const NO_SCALE: f64 = 0.0001;

/// The period whose margin is asked.
pub(super) struct MarginRequest<'a> {
    /// With every home that the rules permit.
    pub(super) problem: &'a Problem<'a>,
    pub(super) fractional: &'a Outcome,
    /// The problem narrowed down to the plan's homes and how its users are served; `None` if the fractional optimum
    /// splits nobody, or may. It is large: it goes once nothing is asked of it any more.
    pub(super) whole: Option<(Problem<'a>, Outcome)>,
    /// Where every shard is in it, if the plan does not say so: of the unserved it says no site.
    pub(super) sites: Option<Sites>,
    pub(super) plan: &'a PeriodPlan,
    /// What is to hold; `None` is what the plan keeps.
    pub(super) holds: Option<Holds>,
}

/// The margin of a period; `None` if at no factor everyone is served who has an open site, or if a stop was raised.
pub(super) fn error_margin(
    mut subject: MarginRequest<'_>,
    stop: &Stop,
) -> Result<Option<ErrorMargin>> {
    if stop.is_raised() {
        // What was not settled cannot be held.
        return Ok(None);
    }
    let problem = subject.problem;
    let totals = &subject.plan.totals;
    let left_out = problem.trapped_users();
    let is_served = totals.unserved - left_out <= NOBODY;
    let are_met = is_served && totals.worst_shortfall <= FEASIBILITY;
    let kept = if are_met && pursues_targets(&problem.setting.policy.goals) {
        Holds::Targets
    } else {
        Holds::Service
    };
    let holds = subject.holds.unwrap_or(kept);
    let is_symmetric = is_symmetric(problem);
    let mut search = MarginSearch {
        whole: subject.whole.take(),
        sides_left: if is_symmetric { 1 } else { 2 },
        subject: &subject,
        holds,
        is_served,
        stop,
    };
    let Some(demand) = search.side(Side::Demand, subject.fractional)? else {
        return Ok(None);
    };
    let capacity = if is_symmetric {
        demand.clone()
    } else {
        match search.side(Side::Capacity, &demand.free)? {
            Some(capacity) => capacity,
            None => return Ok(None),
        }
    };
    Ok(Some(ErrorMargin {
        holds,
        left_out,
        homes: [demand.homes.clone(), capacity.homes.clone()],
        demand: demand.limit(problem, |scale| 1.0 / scale),
        capacity: capacity.limit(problem, |scale| 1.0 - scale),
    }))
}

struct MarginSearch<'a> {
    subject: &'a MarginRequest<'a>,
    /// That of the subject, until no side is left.
    whole: Option<(Problem<'a>, Outcome)>,
    sides_left: usize,
    holds: Holds,
    /// Everyone is served as it is who can be.
    is_served: bool,
    stop: &'a Stop,
}

/// The least scale that was found with whole shards, and the one that no plan can go below.
#[derive(Clone)]
struct FoundMargin {
    whole: LeastScale,
    bound: f64,
    /// Where every shard is at the former, if not where the plan has it.
    homes: Option<Sites>,
    /// How everyone is served at the bound.
    free: Outcome,
}

impl MarginSearch<'_> {
    /// One side; `start` is an outcome of the problem from which the search begins.
    fn side(&mut self, side: Side, start: &Outcome) -> Result<Option<FoundMargin>> {
        let subject = self.subject;
        let problem = subject.problem;
        let open = open_background(problem, subject.plan);
        let scaling =
            |rigour| Scaling::new(problem, side, self.holds, rigour, relieved(subject.plan));
        let relaxed = scaling(if self.is_served {
            Rigour::MoreDemand
        } else {
            Rigour::LessDemand
        });
        let exact = scaling(Rigour::Exact(&open));
        let is_split = problem.setting.policy.split_shards;
        let start = Start {
            problem,
            outcome: start,
        };
        let trapped = problem.trapped_users();
        let least = |homed: &Problem<'_>, scaling: &Scaling, start: Start<'_>| {
            least_scale_of_homes(homed, trapped, (scaling, start), self.stop)
        };
        let is_cut = problem.rows.rows.iter().any(|row| row.is_cut);
        let free = || {
            let found = least_scale_and_outcome(problem, &relaxed, start, self.stop)?;
            let Some((mut free, served)) = found else {
                return Ok(None);
            };
            if !self.is_served && is_cut && free.bound <= 1.0 + SOLVER_TOLERANCE {
                // With no less demand copies are cut further, which the rows of less demand do not know.
                let more = scaling(Rigour::MoreDemand);
                let more = least_scale(problem, &more, start, self.stop)?;
                free.bound = more.map_or(free.bound, |more| free.bound.min(more.bound));
            }
            Ok::<_, Error>(Some((free, served)))
        };
        let fixed = || match &self.whole {
            Some((problem, outcome)) => {
                let start = Start { problem, outcome };
                Ok((least(problem, &exact, start)?, subject.sites.clone()))
            }
            None if is_split => Ok((least(problem, &exact, start)?, None)),
            None => {
                let narrowed = rounded(problem, subject.fractional);
                let homed = problem.narrowed(&narrowed, Detail::Values);
                // Who is unserved in the plan has a home here.
                Ok((least(&homed, &exact, start)?, sites_of(problem, &narrowed)))
            }
        };
        let (free, fixed) = rayon::join(free, fixed);
        self.sides_left -= 1;
        if self.sides_left == 0 {
            self.whole = None;
        }
        let Some((free, served)) = free? else {
            return Ok(None);
        };
        let (mut best, mut homes) = fixed?;
        let is_worth_rounding = |best: &Option<LeastScale>| {
            best.as_ref()
                .is_none_or(|best| best.value > free.value * (1.0 + WORTH_A_TRY))
        };
        if !is_split && is_worth_rounding(&best) {
            let narrowed = rounded(problem, &served);
            let near = Start {
                problem,
                outcome: &served,
            };
            let homed = problem.narrowed(&narrowed, Detail::Values);
            let other = least(&homed, &exact, near)?;
            let is_better = match (&best, &other) {
                (Some(best), Some(other)) => other.value < best.value,
                (best, _) => best.is_none(),
            };
            if is_better {
                best = other;
                homes = sites_of(problem, &narrowed);
            }
        }
        Ok(best.map(|mut whole| {
            let cautious = whole.value * (1.0 + SOLVER_TOLERANCE);
            // The plan itself is the proof of what holds as it stands.
            whole.value = if self.is_served {
                cautious.min(1.0)
            } else {
                cautious.max(1.0)
            };
            FoundMargin {
                bound: free.bound.min(whole.value),
                whole,
                homes,
                free: served,
            }
        }))
    }
}

/// The least scale with some homes; `None` if these leave more users without a home than nobody can serve, or at no scale
/// everybody is served.
pub(super) fn least_scale_of_homes(
    homed: &Problem<'_>,
    trapped: f64,
    (scaling, start): (&Scaling, Start<'_>),
    stop: &Stop,
) -> Result<Option<LeastScale>> {
    if homed.trapped_users() > trapped + NOBODY {
        return Ok(None);
    }
    least_scale(homed, scaling, start, stop)
}

/// Where every shard is; `None` of many shards.
pub(super) fn sites_of(problem: &Problem<'_>, homes: &Narrowed) -> Option<Sites> {
    let current = problem.setting.current;
    let shards = (0..current.shard_count()).map(ShardId::new);
    let site = |shard| match homes.left_to_shard(problem, shard) {
        Some(left) => left.first().copied(),
        None => current.main(shard),
    };
    (current.shard_count() <= MANY_SHARDS).then(|| shards.map(site).collect())
}

/// Users of unaffected shards that a plan moves.
pub(super) fn relieved(plan: &PeriodPlan) -> f64 {
    let stages = plan.stages.iter();
    stages
        .filter(|stage| stage.level == Level::Relief)
        .map(|stage| stage.plan)
        .sum()
}

/// By access point: the standby ones that a plan enters by.
pub(super) fn open_background(problem: &Problem<'_>, plan: &PeriodPlan) -> Vec<bool> {
    let rows = &problem.setting.inventory.access_points;
    rows.iter()
        .zip(&plan.access_points)
        .map(|(row, change)| row.state.is_on_standby() && change.users > NOBODY)
        .collect()
}

impl FoundMargin {
    /// As a limit; `None` if nothing limits it.
    fn limit(&self, problem: &Problem<'_>, amount: impl Fn(f64) -> f64) -> Option<Limit> {
        let scale = self.whole.value;
        (scale >= NO_SCALE).then(|| Limit {
            verified: amount(scale),
            bound: (self.bound >= NO_SCALE).then(|| amount(self.bound)),
            first: self.whole.first.map(|row| {
                let row = &problem.rows.rows[row];
                (row.component, row.resource)
            }),
        })
    }
}
