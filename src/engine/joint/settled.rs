//! Shards that stay where they are from some move on: what rounding the joint program's shares may miss where shards are large.

use super::homes::{SitesByPeriod, homes_at_hand, largest_first};
use crate::formulation::joint::{JointClassId, JointProblem, StoodBefore};
use crate::ids::{ShardId, SiteId};
use crate::solve::JointShare;

/// A shard, and homes of it so that fewer users move.
pub(super) struct Settled {
    pub(super) shard: ShardId,
    homes: Vec<Option<SiteId>>,
    /// By how many users fewer move.
    saved: f64,
}

impl Settled {
    /// The same sites but for the shard.
    pub(super) fn applied(&self, sites: &SitesByPeriod) -> SitesByPeriod {
        let mut own = sites.clone();
        own.set(self.shard, &self.homes);
        own
    }
}

/// Shards that move in the plan at hand, each with the homes that it could have instead so that fewer users move: those that
/// the joint program found for its class, and each site at which it may be from some move on. Those that spare most first.
pub(super) fn settled(
    problem: &JointProblem<'_>,
    shares: &[Vec<JointShare>],
    at_hand: &SitesByPeriod,
) -> Vec<Settled> {
    let moved = |class: JointClassId, homes: &[Option<SiteId>]| -> f64 {
        let counts = problem.counts(class, homes).into_iter();
        counts.map(|own| own.moved).sum()
    };
    let mut all: Vec<Settled> = Vec::new();
    for (class, shares) in shares.iter().enumerate() {
        for (shard, share) in largest_first(problem, class) {
            let now = homes_at_hand(problem, class, at_hand, shard);
            let own = moved(class, &now);
            if own <= 0.0 {
                continue;
            }
            let first = all.len();
            let found = shares.iter().map(|own| own.homes.clone());
            for homes in found.chain(settled_from(problem, class, &now)) {
                let saved = share * (own - moved(class, &homes));
                let is_known = all[first..].iter().any(|own| own.homes == homes);
                if saved > 0.0 && !is_known {
                    all.push(Settled {
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
            .flat_map(|own| own.sites.iter())
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
                is_allowed &= reached.is_some_and(|own| own.sites.contains(&site));
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
