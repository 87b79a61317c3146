//! Quotas: how the shards of a split class are shared out among its sites, and which of them stay in doubt.

use crate::formulation::{ClassId, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use crate::units::NUMERICAL_NOISE;

/// The nearest ways on either side of a quota that are tried for a class of few shards.
const NEAREST: usize = 2;

/// A class has few shards if they can be homed in at most so many ways.
const NEAREST_OF: usize = 4096;

/// Shards in doubt: the ways in which they may be homed, the likeliest first.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    pub(super) ways: Vec<Vec<(ShardId, SiteId)>>,
}

impl Doubt {
    /// Narrows its shards down to one of its ways.
    pub(super) fn settle(&self, problem: &Problem<'_>, way: usize, narrowed: &mut Narrowed) {
        for &(shard, site) in &self.ways[way] {
            narrowed.leave_to_shard(problem, shard, &[site]);
        }
    }
}

/// Homes the shards of a split class: by the nearest sums if they are few, else by filling the quotas. `leave` is
/// told which sites are left to a shard.
pub(super) fn split(
    problem: &Problem<'_>,
    class: ClassId,
    homes: &[(SiteId, f64)],
    doubts: &mut Vec<Doubt>,
    leave: &mut impl FnMut(ShardId, &[SiteId]),
) {
    let row = problem.class(class);
    let served: f64 = homes.iter().map(|(_, users)| users).sum();
    let quotas: Vec<(SiteId, f64)> = homes
        .iter()
        .map(|(site, users)| (*site, users * row.users / served))
        .collect();
    let users_of = |shard: ShardId| problem.setting.users(row.home(shard));
    let mut shards: Vec<(ShardId, f64)> = row
        .shards
        .iter()
        .map(|&shard| (shard, users_of(shard)))
        .collect();
    shards.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let sites: Vec<SiteId> = homes.iter().map(|home| home.0).collect();
    let is_few = u32::try_from(shards.len())
        .ok()
        .and_then(|count| sites.len().checked_pow(count))
        .is_some_and(|count| count <= NEAREST_OF);
    if is_few {
        for (shard, _) in &shards {
            leave(*shard, &sites);
        }
        doubts.push(Doubt {
            ways: nearest_sums(&shards, &quotas),
        });
    } else {
        fill(row.current, &shards, quotas, doubts, leave);
    }
}

/// The ways to home a few shards whose sums are nearest to the quotas: on either side of the first quota.
fn nearest_sums(
    shards: &[(ShardId, f64)],
    quotas: &[(SiteId, f64)],
) -> Vec<Vec<(ShardId, SiteId)>> {
    let count = shards.iter().fold(1_usize, |count, _| count * quotas.len());
    let mut ways: Vec<(f64, bool, usize)> = (0..count)
        .map(|number| {
            let mut left: Vec<f64> = quotas.iter().map(|(_, quota)| *quota).collect();
            let mut rest = number;
            for (_, users) in shards {
                left[rest % quotas.len()] -= users;
                rest /= quotas.len();
            }
            let distance: f64 = left.iter().map(|left| left.abs()).sum();
            (distance, left[0] < 0.0, number)
        })
        .collect();
    ways.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    let mut taken = [0; 2];
    ways.retain(|(_, is_over, _)| {
        let taken = &mut taken[usize::from(*is_over)];
        *taken += 1;
        *taken <= NEAREST
    });
    ways.into_iter()
        .map(|(_, _, number)| {
            let mut rest = number;
            shards
                .iter()
                .map(|(shard, _)| {
                    let site = quotas[rest % quotas.len()].0;
                    rest /= quotas.len();
                    (*shard, site)
                })
                .collect()
        })
        .collect()
}

/// Fills quotas with many shards, largest first, staying at home preferred; who fits nowhere is in doubt.
fn fill(
    current: Option<SiteId>,
    shards: &[(ShardId, f64)],
    mut room: Vec<(SiteId, f64)>,
    doubts: &mut Vec<Doubt>,
    leave: &mut impl FnMut(ShardId, &[SiteId]),
) {
    for &(shard, users) in shards {
        let fits = |room: f64| users <= room * (1.0 + NUMERICAL_NOISE);
        let home = room
            .iter()
            .position(|(site, room)| Some(*site) == current && fits(*room));
        let best = home.or_else(|| {
            (0..room.len())
                .filter(|&index| fits(room[index].1))
                .max_by(|&a, &b| room[a].1.total_cmp(&room[b].1).then(b.cmp(&a)))
        });
        if let Some(index) = best {
            room[index].1 -= users;
            leave(shard, &[room[index].0]);
            continue;
        }
        let mut sites = room.clone();
        sites.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let left: Vec<SiteId> = sites.iter().map(|(site, _)| *site).collect();
        leave(shard, &left);
        doubts.push(Doubt {
            ways: sites.iter().map(|(site, _)| vec![(shard, *site)]).collect(),
        });
    }
}
