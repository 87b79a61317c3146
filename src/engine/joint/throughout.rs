//! Shards at one site throughout: what rounding the joint program's shares may miss where shards are large.

use super::begin::homes_at_hand;
use super::homes::{SitesByPeriod, largest_first};
use crate::formulation::joint::{JointClassId, JointProblem, Stood};
use crate::ids::{ShardId, SiteId};

/// A shard that could be at one site in all periods in which it is anywhere.
pub(super) struct Throughout {
    pub(super) shard: ShardId,
    homes: Vec<Option<SiteId>>,
    /// By how many users fewer move.
    saved: f64,
}

impl Throughout {
    /// The same sites but for the shard.
    pub(super) fn applied(&self, sites: &SitesByPeriod) -> SitesByPeriod {
        let mut own = sites.clone();
        own.set(self.shard, &self.homes);
        own
    }
}

/// Shards that move in the plan at hand, each with every site at which it may be throughout, so that fewer users move;
/// those that spare most first.
pub(super) fn throughout(problem: &JointProblem<'_>, at_hand: &SitesByPeriod) -> Vec<Throughout> {
    let moved = |class: JointClassId, homes: &[Option<SiteId>]| -> f64 {
        let counts = problem.counts(class, homes).into_iter();
        counts.map(|own| own.moved).sum()
    };
    let mut all = Vec::new();
    for class in 0..problem.classes.len() {
        for (shard, share) in largest_first(problem, class) {
            let own = moved(class, &homes_at_hand(problem, class, at_hand, shard));
            if own <= 0.0 {
                continue;
            }
            for homes in at_one_site(problem, class) {
                let saved = share * (own - moved(class, &homes));
                all.extend((saved > 0.0).then_some(Throughout {
                    shard,
                    homes,
                    saved,
                }));
            }
        }
    }
    all.sort_by(|a, b| b.saved.total_cmp(&a.saved).then(a.shard.cmp(&b.shard)));
    all
}

/// The homes of a class at each site at which it may be in all periods in which it is not at rest.
fn at_one_site(problem: &JointProblem<'_>, class: JointClassId) -> Vec<Vec<Option<SiteId>>> {
    let periods = 0..problem.periods.len();
    let Some(first) = periods.clone().find(|own| !problem.is_at_rest(class, *own)) else {
        return Vec::new();
    };
    let start = problem.classes[class].start;
    let Some(reached) = problem.reaches.get(class, first, start) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for &site in reached.sites.iter() {
        let mut stood = Stood::first(start);
        let mut is_allowed = true;
        let homes = periods.clone().map(|period| {
            if problem.is_at_rest(class, period) {
                let after = problem.after_nobody(period, stood);
                stood = problem.stands(period, stood, after);
                return None;
            }
            let current = problem.current(period, stood);
            let reached = problem.reaches.get(class, period, current);
            is_allowed &= reached.is_some_and(|own| own.sites.contains(&site));
            stood = problem.stands(period, stood, Some(site));
            Some(site)
        });
        let homes: Vec<Option<SiteId>> = homes.collect();
        if is_allowed {
            all.push(homes);
        }
    }
    all
}
