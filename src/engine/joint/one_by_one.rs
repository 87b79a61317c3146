//! Shards that leave the plan at hand one by one, as long as every row keeps what it has to.
//!
//! Nothing is solved here: a shard takes another of its class's trajectories with the paths that the joint program found,
//! and all other users stay on the paths of the plan at hand. What fits so fits all the better once steering is settled
//! again.

use super::homes::{SitesByPeriod, homes_at_hand, largest_first};
use crate::formulation::goals::Level;
use crate::formulation::joint::{Counts, JointClassId, JointProblem, Trajectory};
use crate::formulation::rows::{RowId, hard_limit, target_limit};
use crate::ids::{ShardId, SiteId};
use crate::solve::JointShare;
use crate::units::NUMERICAL_NOISE;

/// What a share of a class comes to, by period.
#[derive(Debug, Clone)]
struct Amounts {
    counts: Vec<Counts>,
    latency: Vec<f64>,
    loads: Vec<Vec<(RowId, f64)>>,
}

impl Amounts {
    fn moved(&self) -> f64 {
        self.counts.iter().map(|counts| counts.moved).sum()
    }
}

/// A shard that could take another trajectory.
struct HomeCandidate {
    shard: ShardId,
    amounts: Amounts,
    other: Amounts,
    homes: Vec<Option<SiteId>>,
}

impl HomeCandidate {
    fn saved(&self) -> f64 {
        self.amounts.moved() - self.other.moved()
    }
}

/// What all shards together come to, and what they may come to.
struct FreeCapacity<'p, 'a> {
    problem: &'p JointProblem<'a>,
    /// By period, then load row.
    used: Vec<Vec<f64>>,
    /// The same: at most.
    limits: Vec<Vec<f64>>,
    counts: Vec<Counts>,
    at_hand: Vec<Counts>,
}

/// Where every shard is to be where shards leave the plan at hand one by one, those that spare most moves first.
pub(super) fn one_by_one(
    problem: &JointProblem<'_>,
    shares: &[Vec<JointShare>],
    at_hand: &SitesByPeriod,
) -> SitesByPeriod {
    let mut candidates: Vec<HomeCandidate> = Vec::new();
    for (class, shares) in shares.iter().enumerate() {
        for (shard, share) in largest_first(problem, class) {
            let homes = homes_at_hand(problem, class, at_hand, shard);
            let Some(one_amounts) = amounts_at_hand(problem, class, &homes, share) else {
                continue;
            };
            for other in shares.iter().filter(|other| other.homes != homes) {
                let candidate = HomeCandidate {
                    shard,
                    amounts: one_amounts.clone(),
                    other: amounts(problem, class, &other.trajectory, share),
                    homes: other.homes.clone(),
                };
                if candidate.saved() > 0.0 {
                    candidates.push(candidate);
                }
            }
        }
    }
    candidates.sort_by(|a, b| {
        let by_saved = b.saved().total_cmp(&a.saved());
        by_saved.then(a.shard.cmp(&b.shard))
    });
    let mut spare = FreeCapacity::new(problem);
    let mut sites = at_hand.clone();
    let mut has_left: Vec<ShardId> = Vec::new();
    // Users who leave free capacity, so that others fit in a later round.
    loop {
        let before = has_left.len();
        for candidate in &candidates {
            if !has_left.contains(&candidate.shard) && spare.fits(candidate) {
                spare.take(candidate);
                sites.set(candidate.shard, &candidate.homes);
                has_left.push(candidate.shard);
            }
        }
        if has_left.len() == before {
            return sites;
        }
    }
}

fn amounts(
    problem: &JointProblem<'_>,
    class: JointClassId,
    trajectory: &Trajectory,
    share: f64,
) -> Amounts {
    let counts = problem.counts(class, &trajectory.homes).into_iter();
    let users = &problem.classes[class].users;
    let routes = trajectory.routes.iter().zip(users);
    let periods = 0..problem.periods.len();
    Amounts {
        counts: counts.map(|counts| counts.times(share)).collect(),
        latency: routes
            .map(|(route, users)| {
                let latency = route.as_ref().map_or(0.0, |route| route.latency);
                latency * users * share
            })
            .collect(),
        loads: periods
            .map(|period| {
                let mut loads = problem.loads(class, period, trajectory);
                for (_, load) in &mut loads {
                    *load *= share;
                }
                loads
            })
            .collect(),
    }
}

/// The same over these homes of the plan at hand, on its paths; `None` if no user of the class has them there.
fn amounts_at_hand(
    problem: &JointProblem<'_>,
    class: JointClassId,
    homes: &[Option<SiteId>],
    share: f64,
) -> Option<Amounts> {
    let begun = problem.begun.trajectories[class].iter();
    let pairs: Vec<_> = begun
        .filter(|(trajectory, _)| trajectory.homes == homes)
        .collect();
    let whole: f64 = pairs.iter().map(|(_, share)| share).sum();
    let mut parts = pairs
        .into_iter()
        .map(|(trajectory, part)| amounts(problem, class, trajectory, share * part / whole));
    let mut all = parts.next()?;
    for part in parts {
        for (sum, counts) in all.counts.iter_mut().zip(part.counts) {
            *sum = sum.plus(counts);
        }
        for (sum, value) in all.latency.iter_mut().zip(part.latency) {
            *sum += value;
        }
        for (loads, pairs) in all.loads.iter_mut().zip(part.loads) {
            loads.extend(pairs);
        }
    }
    Some(all)
}

impl<'p, 'a> FreeCapacity<'p, 'a> {
    /// What the plan at hand leaves; no row may be fuller than it is there or than its limit.
    fn new(problem: &'p JointProblem<'a>) -> Self {
        let (at_hand, loads) = problem.at_hand();
        let mut used = loads;
        let mut limits = Vec::with_capacity(used.len());
        for (period, used) in problem.periods.iter().zip(&mut used) {
            let fixed = &problem.begun.fixed[limits.len()];
            let rows = &period.problem.rows.rows;
            let mut of_period = Vec::with_capacity(rows.len());
            for ((row, used), fixed) in rows.iter().zip(used).zip(fixed) {
                *used += fixed;
                let share = if period.held[Level::Worst].is_some() {
                    target_limit(row.target, row.kept)
                } else {
                    hard_limit()
                };
                of_period.push((share * row.capacity).max(*used));
            }
            limits.push(of_period);
        }
        Self {
            problem,
            used,
            limits,
            counts: at_hand.clone(),
            at_hand,
        }
    }

    /// `true` if nothing becomes worse with a candidate on its other trajectory.
    fn fits(&self, candidate: &HomeCandidate) -> bool {
        let mut copied = 0.0;
        for (index, period) in self.problem.periods.iter().enumerate() {
            if period.is_going_on {
                continue;
            }
            let (counts, other) = (
                candidate.amounts.counts[index],
                candidate.other.counts[index],
            );
            let now = self.counts[index];
            let most = self.at_hand[index];
            let may_move = period.problem.setting.policy.max_moved_users.map(|most| {
                let others = self.problem.begun.others[index].moved;
                most - others
            });
            let moved = now.moved - counts.moved + other.moved;
            let relief = now.relief - counts.relief + other.relief;
            copied += now.copied - counts.copied + other.copied - most.copied;
            let is_kept = may_move.is_none_or(|most| moved <= most + NUMERICAL_NOISE)
                && (period.held[Level::Relief].is_none()
                    || relief <= most.relief + NUMERICAL_NOISE)
                && (period.held[Level::Latency].is_none()
                    || candidate.other.latency[index] <= candidate.amounts.latency[index]);
            if !is_kept || !self.has_spare(index, candidate) {
                return false;
            }
        }
        copied <= NUMERICAL_NOISE
    }

    fn has_spare(&self, period: usize, candidate: &HomeCandidate) -> bool {
        let rows = &self.problem.periods[period].problem.rows.rows;
        let pairs = &candidate.amounts.loads[period];
        let mut others = candidate.other.loads[period].iter();
        others.all(|(row, load)| {
            let filter = pairs.iter().filter(|(index, _)| index == row);
            let value: f64 = filter.map(|(_, load)| load).sum();
            let slack = NUMERICAL_NOISE * rows[*row].capacity;
            self.used[period][*row] - value + load <= self.limits[period][*row] + slack
        })
    }

    fn take(&mut self, candidate: &HomeCandidate) {
        for (index, used) in self.used.iter_mut().enumerate() {
            for (row, load) in &candidate.amounts.loads[index] {
                used[*row] -= load;
            }
            for (row, load) in &candidate.other.loads[index] {
                used[*row] += load;
            }
            let less = candidate.amounts.counts[index].times(-1.0);
            let more = candidate.other.counts[index];
            self.counts[index] = self.counts[index].plus(less).plus(more);
        }
    }
}
