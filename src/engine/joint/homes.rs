//! From shares of joint classes to one home of every shard in every period.
//!
//! Large shards may stay where they are from some move on: rounding the shares may miss that.

use crate::formulation::joint::{JointClassId, JointProblem, StoodBefore};
use crate::ids::{ShardId, SiteId};
use crate::solve::JointShare;
use crate::units::NUMERICAL_NOISE;

/// By period, then shard, the one site where it is to be.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine) struct SitesByPeriod(pub(super) Vec<Vec<Option<SiteId>>>);

impl SitesByPeriod {
    pub(in crate::engine) fn new(sites: Vec<Vec<Option<SiteId>>>) -> Self {
        Self(sites)
    }

    pub(super) fn get(&self, period: usize, shard: ShardId) -> Option<SiteId> {
        self.0[period][shard.index()]
    }

    pub(in crate::engine) fn in_period(&self, period: usize) -> Option<&[Option<SiteId>]> {
        self.0.get(period).map(Vec::as_slice)
    }

    /// Users of the joint classes who move in all periods.
    pub(super) fn moved(&self, problem: &JointProblem<'_>) -> f64 {
        let classes = 0..problem.classes.len();
        let of_class = |class: JointClassId| -> f64 {
            let shards = largest_first(problem, class).into_iter();
            let of_shard = shards.map(|(shard, share)| {
                let homes = homes_at_hand(problem, class, self, shard);
                let counts = problem.counts(class, &homes);
                share * counts.iter().map(|counts| counts.moved).sum::<f64>()
            });
            of_shard.sum()
        };
        classes.map(of_class).sum()
    }

    pub(super) fn set(&mut self, shard: ShardId, homes: &[Option<SiteId>]) {
        for (sites, home) in self.0.iter_mut().zip(homes) {
            if home.is_some() {
                sites[shard.index()] = *home;
            }
        }
    }
}

/// What homes the shards of a joint class, given its shares: [`fill`] or [`move_once`].
pub(super) type Leaving =
    fn(&JointProblem<'_>, JointClassId, &[JointShare], &SitesByPeriod, &mut SitesByPeriod);

/// Where every shard is to be: the shares of every class are filled with its shards, largest first; a shard stays with
/// the plan at hand where its share has spare capacity for it, else it goes where most is spare.
pub(super) fn shared_out(
    problem: &JointProblem<'_>,
    shares: &[Vec<JointShare>],
    at_hand: &SitesByPeriod,
    leaving: Leaving,
) -> SitesByPeriod {
    let mut sites = at_hand.clone();
    for (class, shares) in shares.iter().enumerate() {
        leaving(problem, class, shares, at_hand, &mut sites);
    }
    sites
}

/// The trajectories over homes of the plan at hand, by class.
pub(super) fn homes_at_hand(
    problem: &JointProblem<'_>,
    class: JointClassId,
    sites: &SitesByPeriod,
    shard: ShardId,
) -> Vec<Option<SiteId>> {
    (0..problem.periods.len())
        .map(|period| {
            let is_at_rest = problem.is_at_rest(class, period);
            sites.get(period, shard).filter(|_| !is_at_rest)
        })
        .collect()
}

pub(super) fn largest_first(
    problem: &JointProblem<'_>,
    class: JointClassId,
) -> Vec<(ShardId, f64)> {
    let row = &problem.classes[class];
    let Some(period) = row.at.iter().position(Option::is_some) else {
        return Vec::new();
    };
    let case = problem.periods[period].problem.setting.case;
    let share = |shard: &ShardId| (*shard, case.users(shard.index()) / row.users[period]);
    let mut shards: Vec<(ShardId, f64)> = row.shards.iter().map(share).collect();
    shards.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    shards
}

/// Every shard of the class may leave the plan at hand.
pub(super) fn fill(
    problem: &JointProblem<'_>,
    class: JointClassId,
    shares: &[JointShare],
    at_hand: &SitesByPeriod,
    sites: &mut SitesByPeriod,
) {
    let mut spare: Vec<f64> = shares.iter().map(|share| share.share).collect();
    for (shard, share) in largest_first(problem, class) {
        let one_sites = homes_at_hand(problem, class, at_hand, shard);
        let fits = |spare: f64| share <= spare + NUMERICAL_NOISE;
        let stays =
            (0..spare.len()).find(|&index| shares[index].homes == one_sites && fits(spare[index]));
        let most = || {
            let all = 0..spare.len();
            all.max_by(|&a, &b| spare[a].total_cmp(&spare[b]).then(b.cmp(&a)))
        };
        if let Some(index) = stays.or_else(most) {
            spare[index] -= share;
            sites.set(shard, &shares[index].homes);
        }
    }
}

/// Shards may leave the plan at hand that move in two periods of it or more, where they move less on what the joint program
/// found.
pub(super) fn move_once(
    problem: &JointProblem<'_>,
    class: JointClassId,
    shares: &[JointShare],
    at_hand: &SitesByPeriod,
    sites: &mut SitesByPeriod,
) {
    let mut spare: Vec<f64> = shares.iter().map(|share| share.share).collect();
    let moved = |homes: &[Option<SiteId>]| -> (usize, f64) {
        let counts = problem.counts(class, homes);
        let times = counts.iter().filter(|counts| counts.moved > 0.0).count();
        (times, counts.iter().map(|counts| counts.moved).sum())
    };
    for (shard, share) in largest_first(problem, class) {
        let one_sites = homes_at_hand(problem, class, at_hand, shard);
        let (times, users) = moved(&one_sites);
        if times < 2 {
            continue;
        }
        let less = (0..spare.len())
            .filter(|&index| moved(&shares[index].homes).1 < users - NUMERICAL_NOISE * users)
            .max_by(|&a, &b| spare[a].total_cmp(&spare[b]).then(b.cmp(&a)));
        if let Some(index) = less {
            spare[index] -= share;
            sites.set(shard, &shares[index].homes);
        }
    }
}

/// A shard, and homes of it so that fewer users move.
pub(super) struct SettledShard {
    pub(super) shard: ShardId,
    homes: Vec<Option<SiteId>>,
    /// By how many users fewer move.
    saved: f64,
}

impl SettledShard {
    /// The same sites except for the shard.
    pub(super) fn applied(&self, sites: &SitesByPeriod) -> SitesByPeriod {
        let mut sites_by_period = sites.clone();
        sites_by_period.set(self.shard, &self.homes);
        sites_by_period
    }
}

/// Shards that move in the plan at hand, each with the homes that it could have instead so that fewer users move: those that
/// the joint program found for its class, and each site at which it may be from some move on. Those that spare most first.
pub(super) fn settled(
    problem: &JointProblem<'_>,
    shares: &[Vec<JointShare>],
    at_hand: &SitesByPeriod,
) -> Vec<SettledShard> {
    let moved = |class: JointClassId, homes: &[Option<SiteId>]| -> f64 {
        let counts = problem.counts(class, homes).into_iter();
        counts.map(|counts| counts.moved).sum()
    };
    let mut all: Vec<SettledShard> = Vec::new();
    for (class, shares) in shares.iter().enumerate() {
        for (shard, share) in largest_first(problem, class) {
            let now = homes_at_hand(problem, class, at_hand, shard);
            let value = moved(class, &now);
            if value <= 0.0 {
                continue;
            }
            let first = all.len();
            let found = shares.iter().map(|share| share.homes.clone());
            for homes in found.chain(settled_from(problem, class, &now)) {
                let saved = share * (value - moved(class, &homes));
                let is_known = all[first..]
                    .iter()
                    .any(|settled_shard| settled_shard.homes == homes);
                if saved > 0.0 && !is_known {
                    all.push(SettledShard {
                        shard,
                        homes,
                        saved,
                    });
                }
            }
        }
    }
    all.sort_by(|a, b| b.saved.total_cmp(&a.saved).then(a.shard.cmp(&b.shard)));
    all
}

/// The homes of a class that keeps those at hand up to some move of it and is at one site from then on, for every site where
/// it may be.
fn settled_from(
    problem: &JointProblem<'_>,
    class: JointClassId,
    at_hand: &[Option<SiteId>],
) -> Vec<Vec<Option<SiteId>>> {
    let periods = 0..problem.periods.len();
    let mut all = Vec::new();
    let mut stood = StoodBefore::first(problem.classes[class].start);
    for first in periods.clone() {
        let is_at_rest = problem.is_at_rest(class, first);
        let current = problem.current(first, stood);
        let is_move = !is_at_rest && at_hand[first] != current;
        let reached = problem.reaches.get(class, first, current);
        for &site in reached
            .iter()
            .filter(|_| is_move)
            .flat_map(|reached| reached.sites.iter())
        {
            let mut then = stood;
            let mut is_allowed = true;
            let homes = periods.clone().map(|period| {
                if period < first {
                    return at_hand[period];
                }
                if problem.is_at_rest(class, period) {
                    let after = problem.after_nobody(period, then);
                    then = problem.stands(period, then, after);
                    return None;
                }
                let current = problem.current(period, then);
                let reached = problem.reaches.get(class, period, current);
                is_allowed &= reached.is_some_and(|reached| reached.sites.contains(&site));
                then = problem.stands(period, then, Some(site));
                Some(site)
            });
            let homes: Vec<Option<SiteId>> = homes.collect();
            all.extend(is_allowed.then_some(homes));
        }
        let after = if is_at_rest {
            problem.after_nobody(first, stood)
        } else {
            at_hand[first]
        };
        stood = problem.stands(first, stood, after);
    }
    all
}
