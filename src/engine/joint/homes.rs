//! From shares of joint classes to one home of every shard in every period.

use crate::formulation::joint::{JointClassId, JointProblem};
use crate::ids::{ShardId, SiteId};
use crate::solve::JointShare;
use crate::units::NUMERICAL_NOISE;

/// By period, then shard, the one site where it is to be.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine) struct SitesByPeriod(pub(super) Vec<Vec<Option<SiteId>>>);

impl SitesByPeriod {
    /// These: by period, then shard.
    pub(in crate::engine) fn new(sites: Vec<Vec<Option<SiteId>>>) -> Self {
        Self(sites)
    }

    /// The site of a shard in a period.
    pub(super) fn get(&self, period: usize, shard: ShardId) -> Option<SiteId> {
        self.0[period][shard.index()]
    }

    /// The sites of all shards in a period.
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
                share * counts.iter().map(|own| own.moved).sum::<f64>()
            });
            of_shard.sum()
        };
        classes.map(of_class).sum()
    }

    /// Homes a shard where it is not at rest.
    pub(super) fn set(&mut self, shard: ShardId, homes: &[Option<SiteId>]) {
        for (sites, home) in self.0.iter_mut().zip(homes) {
            if home.is_some() {
                sites[shard.index()] = *home;
            }
        }
    }
}

/// Who may leave the plan at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// Every shard of a joint class.
    All,
    /// Shards that move in two periods of it or more, where they move less on what the joint program found.
    WhoMovesTwice,
}

/// Where every shard is to be: the shares of every class are filled with its shards, largest first; a shard stays with
/// the plan at hand where its share has room for it, else it goes where most room is.
pub(super) fn shared_out(
    problem: &JointProblem<'_>,
    shares: &[Vec<JointShare>],
    at_hand: &SitesByPeriod,
    leaving: Leaving,
) -> SitesByPeriod {
    let mut sites = at_hand.clone();
    for (class, shares) in shares.iter().enumerate() {
        match leaving {
            Leaving::All => fill(problem, class, shares, at_hand, &mut sites),
            Leaving::WhoMovesTwice => move_once(problem, class, shares, at_hand, &mut sites),
        }
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

/// The shards of a class, largest first, with their share of its users.
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

fn fill(
    problem: &JointProblem<'_>,
    class: JointClassId,
    shares: &[JointShare],
    at_hand: &SitesByPeriod,
    sites: &mut SitesByPeriod,
) {
    let mut room: Vec<f64> = shares.iter().map(|own| own.share).collect();
    for (shard, share) in largest_first(problem, class) {
        let own = homes_at_hand(problem, class, at_hand, shard);
        let fits = |room: f64| share <= room + NUMERICAL_NOISE;
        let stays = (0..room.len()).find(|&index| shares[index].homes == own && fits(room[index]));
        let most = || {
            let all = 0..room.len();
            all.max_by(|&a, &b| room[a].total_cmp(&room[b]).then(b.cmp(&a)))
        };
        if let Some(index) = stays.or_else(most) {
            room[index] -= share;
            sites.set(shard, &shares[index].homes);
        }
    }
}

fn move_once(
    problem: &JointProblem<'_>,
    class: JointClassId,
    shares: &[JointShare],
    at_hand: &SitesByPeriod,
    sites: &mut SitesByPeriod,
) {
    let mut room: Vec<f64> = shares.iter().map(|own| own.share).collect();
    let moved = |homes: &[Option<SiteId>]| -> (usize, f64) {
        let counts = problem.counts(class, homes);
        let times = counts.iter().filter(|own| own.moved > 0.0).count();
        (times, counts.iter().map(|own| own.moved).sum())
    };
    for (shard, share) in largest_first(problem, class) {
        let own = homes_at_hand(problem, class, at_hand, shard);
        let (times, users) = moved(&own);
        if times < 2 {
            continue;
        }
        let less = (0..room.len())
            .filter(|&index| moved(&shares[index].homes).1 < users - NUMERICAL_NOISE * users)
            .max_by(|&a, &b| room[a].total_cmp(&room[b]).then(b.cmp(&a)));
        if let Some(index) = less {
            room[index] -= share;
            sites.set(shard, &shares[index].homes);
        }
    }
}
