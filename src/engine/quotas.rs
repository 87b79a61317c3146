//! Quotas: how the shards of a split class are shared out among its sites, and which of them stay in doubt.
//!
//! Repairs: the least capacity that is missing in a case, each amount tried by planning again (`docs/model.md` §11).

use super::instant::Asking;
use super::settle::settle;
use super::settled::{Depth, SettledCase};
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::formulation::{ClassId, Narrowed, Problem};
use crate::ids::{ComponentId, ResourceId, ShardId, SiteId};
use crate::model::Case;
use crate::plan::Relaxed;
use crate::plan::explain::sayable;
use crate::plan::sweep::Repair;
use crate::solve::{Stop, least_capacity};
use crate::units::{NOBODY, NUMERICAL_NOISE};
use std::collections::BTreeMap;

/// The nearest assignments on either side of a quota that are tried for a class of few shards.
const NEAREST: usize = 2;

/// A class has few shards if there are at most this many assignments of homes to them.
const NEAREST_OF: usize = 4096;

/// Shards in doubt: the assignments of homes that are possible, the likeliest first.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    pub(super) moves: Vec<Vec<(ShardId, SiteId)>>,
}

impl Doubt {
    /// Narrows its shards down to one of its assignments.
    pub(super) fn settle(&self, problem: &Problem<'_>, path: usize, narrowed: &mut Narrowed) {
        for &(shard, site) in &self.moves[path] {
            narrowed.leave_to_shard(problem, shard, &[site]);
        }
    }
}

/// Homes the shards of a split class: by the nearest sums if they are few, else by filling the quotas. `leave` is
/// given the sites that are left to a shard.
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
            moves: nearest_sums(&shards, &quotas),
        });
    } else {
        fill(row.current, &shards, quotas, doubts, leave);
    }
}

/// The assignments of homes to a few shards whose sums are nearest to the quotas: on either side of the first quota.
fn nearest_sums(
    shards: &[(ShardId, f64)],
    quotas: &[(SiteId, f64)],
) -> Vec<Vec<(ShardId, SiteId)>> {
    let count = shards.iter().fold(1_usize, |count, _| count * quotas.len());
    let mut paths: Vec<(f64, bool, usize)> = (0..count)
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
    paths.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    let mut taken = [0; 2];
    paths.retain(|(_, is_over, _)| {
        let taken = &mut taken[usize::from(*is_over)];
        *taken += 1;
        *taken <= NEAREST
    });
    paths
        .into_iter()
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
    mut spare: Vec<(SiteId, f64)>,
    doubts: &mut Vec<Doubt>,
    leave: &mut impl FnMut(ShardId, &[SiteId]),
) {
    for &(shard, users) in shards {
        let fits = |spare: f64| users <= spare * (1.0 + NUMERICAL_NOISE);
        let home = spare
            .iter()
            .position(|(site, spare)| Some(*site) == current && fits(*spare));
        let best = home.or_else(|| {
            (0..spare.len())
                .filter(|&index| fits(spare[index].1))
                .max_by(|&a, &b| spare[a].1.total_cmp(&spare[b].1).then(b.cmp(&a)))
        });
        if let Some(index) = best {
            spare[index].1 -= users;
            leave(shard, &[spare[index].0]);
            continue;
        }
        let mut sites = spare.clone();
        sites.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let left: Vec<SiteId> = sites.iter().map(|(site, _)| *site).collect();
        leave(shard, &left);
        doubts.push(Doubt {
            moves: sites.iter().map(|(site, _)| vec![(shard, *site)]).collect(),
        });
    }
}

/// How much more capacity, ascending by component and resource, in the resource's unit.
pub(super) type Missing = Vec<(ComponentId, ResourceId, f64)>;

/// Who stays unserved in a case.
pub(super) struct ShortUsers {
    pub(super) unserved: f64,
    /// Those among them that nobody can serve, however much capacity there is.
    pub(super) trapped: f64,
    /// The least capacity that is missing; empty where only rules keep users from being served, `None` if it was not
    /// found.
    pub(super) missing: Option<Missing>,
}

/// Who stays unserved in a settled case, and the least capacity that would serve them.
pub(super) fn short(settled: &SettledCase<'_, '_>) -> Result<ShortUsers> {
    let problem = settled.problem;
    let ranks = 0..problem.classes.ranks.len();
    let unserved = ranks.map(|rank| settled.value(Level::Unserved(rank))).sum();
    let trapped = problem.amounts_by_default().levels.unserved.iter().sum();
    let missing = if unserved - trapped > NOBODY {
        let rows = least_capacity(problem, &Stop::default())?;
        rows.map(|rows| {
            // What several hours lack is lacked once: as much as the hour that lacks most.
            let mut most: BTreeMap<(ComponentId, ResourceId), f64> = BTreeMap::new();
            for (row, amount) in rows {
                let row = &problem.rows.rows[row];
                let value = most.entry((row.component, row.resource)).or_default();
                *value = value.max(amount);
            }
            let named = most.into_iter();
            named
                .map(|((component, resource), amount)| (component, resource, amount))
                .collect()
        })
    } else {
        Some(Vec::new())
    };
    Ok(ShortUsers {
        unserved,
        trapped,
        missing,
    })
}

/// Capacity that is missing, by component and resource.
type MissingCapacity = [(ComponentId, ResourceId, f64)];

/// A repair of these rules and this capacity, as planning again finds it, where `unserved_before` users are unserved without it;
/// `None` if the capacity is not known.
pub(super) fn tried(
    asking: Asking<'_>,
    case: &Case,
    rules: Vec<Relaxed>,
    (missing, unserved_before): (Option<&MissingCapacity>, f64),
) -> Result<Option<Repair>> {
    let Some(missing) = missing else {
        return Ok(None);
    };
    let mut raised = case.clone();
    let mut capacity = Vec::with_capacity(missing.len());
    for &(component, resource, amount) in missing {
        let at = [component.index(), resource.index()];
        let available = case.available[at];
        if available <= 0.0 {
            return Ok(None);
        }
        // What can be said, which is a little more than what is needed at least.
        let amount = sayable(amount / available);
        if let Some(value) = &mut raised.nominal[at] {
            *value += amount;
        }
        capacity.push((component, resource, amount));
    }
    let (unserved_after, capacity_users) =
        settle(asking, &raised, Depth::Verdict, None, |settled| {
            let ranks = 0..settled.problem.classes.ranks.len();
            let unserved: f64 = ranks.map(|rank| settled.value(Level::Unserved(rank))).sum();
            let mean = &settled.problem.mean_demand;
            let users = capacity.iter().map(|(_, resource, amount)| {
                let of_user = mean[resource.index()];
                if of_user > 0.0 { amount / of_user } else { 0.0 }
            });
            (unserved, users.sum())
        })?;
    Ok(Some(Repair {
        rules,
        capacity,
        capacity_users,
        unserved_before,
        unserved_after,
    }))
}
