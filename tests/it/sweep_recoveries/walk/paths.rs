//! Which ways users may take in a case, and which the plan used.

use super::{DOUBT, Notes, Walk};
use crate::naive::paths::Path;
use plimsoll::ids::{AccessPointId, ComponentId, ShardId, SiteId};
use plimsoll::model::Scope;
use plimsoll::plan::GroupKey;
use plimsoll::units::NOBODY;

impl Walk<'_> {
    /// The flows of a shard's group.
    pub(super) fn flows(&self, shard: ShardId) -> Vec<(&Path, f64)> {
        let key = GroupKey::of(self.inventory, &self.scenario.policy, shard);
        let flows = self.period.flows.iter();
        let filter = flows.filter(|flow| flow.group == key && flow.users > NOBODY);
        filter
            .map(|flow| {
                let links = flow.path.links.iter();
                let links: Vec<ComponentId> = links
                    .map(|link| self.inventory.link_component(*link))
                    .collect();
                let is_it = |path: &&Path| {
                    let first = path
                        .components
                        .iter()
                        .position(|component| *component == links[0]);
                    first.is_some_and(|first| path.components[first..].starts_with(&links))
                        && path.site == flow.path.site
                };
                let path = self.paths[shard.index()].iter().find(is_it);
                (path.expect("users are steered over paths"), flow.users)
            })
            .collect()
    }

    /// The flows that are left and end where `is_there` says, each with its share of their users.
    pub(super) fn over_flows<'w>(
        &self,
        shard: ShardId,
        flows: &[(&'w Path, f64)],
        is_there: impl Fn(SiteId) -> bool,
    ) -> Vec<(&'w Path, f64)> {
        let left = flows.iter();
        let left = left.filter(|(path, _)| is_there(path.site) && self.is_whole(shard, path));
        let left: Vec<(&Path, f64)> = left.copied().collect();
        let all: f64 = left.iter().map(|(_, users)| users).sum();
        left.into_iter()
            .map(|(path, users)| (path, users / all))
            .collect()
    }

    /// The fastest open path to where `is_there` says.
    pub(super) fn fastest(
        &self,
        shard: ShardId,
        is_there: impl Fn(SiteId) -> bool,
        notes: &mut Notes,
    ) -> Option<&Path> {
        let paths = self.paths[shard.index()].iter();
        let mut open: Vec<&Path> = paths
            .filter(|path| is_there(path.site) && self.is_whole(shard, path))
            .collect();
        open.sort_by(|a, b| a.latency.total_cmp(&b.latency));
        if let [first, second, ..] = open[..] {
            notes.is_in_doubt |= second.latency - first.latency < DOUBT;
        }
        open.first().copied()
    }

    /// `true` if users of a shard may take a path: all of it is open, and something is left of what they demand.
    pub(super) fn is_whole(&self, shard: ShardId, path: &Path) -> bool {
        let demand = self.demand(shard);
        let site = self.inventory.site_component(path.site);
        let has_room = |component: ComponentId| {
            let e = component.index();
            let resources = self.inventory.resources.iter().enumerate();
            !self.now.gone[e]
                && resources.clone().all(|(r, resource)| {
                    let is_asked = component == site || resource.scope == Scope::Network;
                    let is_empty = self.now.left(e, r).is_some_and(|left| left <= 0.0);
                    !(is_asked && is_empty && demand[r] > 0.0)
                })
        };
        let is_open = |component: ComponentId| {
            let first = self.inventory.access_point_component(AccessPointId::new(0));
            let position = component.index().checked_sub(first.index());
            position.is_none_or(|index| self.is_open.get(index) != Some(&false))
        };
        let mut pools = path.pools.iter().map(|pool| &self.members[pool.index()]);
        path.components
            .iter()
            .all(|component| has_room(*component) && is_open(*component))
            && pools.all(|members| {
                !members.is_empty() && members.iter().all(|component| has_room(*component))
            })
    }

    pub(super) fn demand(&self, shard: ShardId) -> &[f64] {
        let profile = self.inventory.shards[shard.index()].profile;
        &self.inventory.profiles[profile.index()].demand
    }
}
