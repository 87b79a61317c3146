//! What every shard needs, where it may go and on which ways: facts that a cut is derived from again.

use super::pools::carrying_members;
use super::rows::{fixed_load, gone};
use super::rules::has_copy;
use super::statement;
use super::{Question, at_instant, before_instant};
use ndarray::Array2;
use plimsoll::ids::{ComponentId, SiteId};
use plimsoll::model::Scope;

/// An open path of a shard: its site, and what it passes with the members of its pools.
pub(crate) struct Path {
    pub(crate) site: SiteId,
    pub(crate) passes: Vec<ComponentId>,
}

/// The facts of one instant.
pub(crate) struct Facts {
    /// By shard.
    pub(crate) users: Vec<f64>,
    /// By shard: all its open paths to sites where it may be.
    pub(crate) paths: Vec<Vec<Path>>,
    /// Shards × resources: demand of one user.
    pub(crate) demand: Array2<f64>,
    /// Components × resources: capacity left less copies and background; `None` is not limited.
    pub(crate) spare: Array2<Option<f64>>,
    /// Components: how many carry an equal share of what passes their pool; 1 outside pools.
    pub(crate) sharing: Vec<f64>,
    /// By component: its pool.
    pub(crate) pool: Vec<Option<usize>>,
    /// Sites × resources: `true` where copies take nothing off a user's demand, as they were cut.
    pub(crate) is_cut: Array2<bool>,
}

impl Facts {
    pub(crate) fn new(question: &Question) -> Self {
        let (inventory, scenario) = (question.inventory, question.scenario);
        let before = before_instant(inventory, scenario, question.band);
        let now = at_instant::at_instant(inventory, scenario, question.at, question.band);
        let nothing = Array2::zeros(now.target.dim());
        let statement = statement::during(question, &before, now, nothing);
        let open: Vec<bool> = (0..inventory.access_points.len())
            .map(|index| statement.open_sets.iter().any(|set| set[index]))
            .collect();
        let gone = gone(&statement, &open);
        let (fixed, is_cut) = fixed_load(&statement, &gone, 0);
        let believed = &statement.believed;
        let members = carrying_members(inventory, believed, &fixed);
        let resources = inventory.resources.len();
        let demand = Array2::from_shape_fn((inventory.shards.len(), resources), |(shard, r)| {
            believed.demand(inventory, shard, r)
        });
        let mut sharing = vec![1.0; inventory.component_count()];
        let mut pool = vec![None; inventory.component_count()];
        for (index, members) in members.iter().enumerate() {
            for member in members {
                sharing[member.index()] = members.len() as f64;
                pool[member.index()] = Some(index);
            }
        }
        let routes = statement
            .paths
            .iter()
            .enumerate()
            .map(|(shard, paths)| {
                let of_path = |path: &super::paths::Path| {
                    let pooled = path.pools.iter().flat_map(|pool| &members[pool.index()]);
                    Path {
                        site: path.site,
                        passes: path.components.iter().chain(pooled).copied().collect(),
                    }
                };
                let has_pools = |path: &&super::paths::Path| {
                    path.pools
                        .iter()
                        .all(|pool| !members[pool.index()].is_empty())
                };
                let is_open = |path: &Path| {
                    path.passes.iter().all(|component| {
                        let e = component.index();
                        let is_site = *component == inventory.site_component(path.site);
                        let has_some = (0..resources).all(|r| {
                            let is_asked =
                                is_site || inventory.resources[r].scope == Scope::Network;
                            !is_asked
                                || demand[[shard, r]] <= 0.0
                                || believed.left(e, r).is_none_or(|left| left > 0.0)
                        });
                        !gone[e] && has_some
                    })
                };
                let routes = paths.iter().filter(has_pools).map(of_path);
                routes.filter(is_open).collect()
            })
            .collect();
        Self {
            users: statement.users.clone(),
            paths: routes,
            demand,
            spare: Array2::from_shape_fn(fixed.dim(), |(e, r)| {
                believed
                    .left(e, r)
                    .map(|left| (left - fixed[[e, r]]).max(0.0))
            }),
            sharing,
            pool,
            is_cut,
        }
    }

    /// Where a shard may be and get to, ascending.
    pub(crate) fn sites(&self, shard: usize) -> Vec<SiteId> {
        let mut sites: Vec<SiteId> = self.paths[shard].iter().map(|path| path.site).collect();
        sites.sort_unstable();
        sites.dedup();
        sites
    }

    /// The least that a shard needs of a resource at any site where it may be.
    pub(crate) fn least_need(&self, question: &Question, shard: usize, resource: usize) -> f64 {
        let inventory = question.inventory;
        let share = self
            .sites(shard)
            .into_iter()
            .map(|site| {
                let e = inventory.site_component(site).index();
                let is_limited = self.spare[[e, resource]].is_some();
                if has_copy(inventory, shard, site) && is_limited && !self.is_cut[[e, resource]] {
                    1.0 - inventory.resources[resource].replica_share
                } else {
                    1.0
                }
            })
            .fold(1.0, f64::min);
        self.users[shard] * self.demand[[shard, resource]] * share
    }
}
