//! Shards that stay as a given plan has them: what they load, on the ways of their group.

use super::Asked;
use crate::naive::paths::Path;
use ndarray::Array2;
use plimsoll::ids::ComponentId;
use plimsoll::model::Inventory;
use plimsoll::plan::{Flow, Plan};

/// Shards: `true` if some period splits them or leaves users of them unserved.
pub(super) fn left_out(inventory: &Inventory, plan: &Plan) -> Vec<bool> {
    let mut left_out = vec![false; inventory.shards.len()];
    for period in &plan.periods {
        for of_shard in period.parts.chunk_by(|a, b| a.shard == b.shard) {
            let is_whole = of_shard.len() == 1
                && of_shard
                    .iter()
                    .all(|part| part.site.is_some() || part.users <= 0.0);
            left_out[of_shard[0].shard.index()] |= !is_whole;
        }
    }
    left_out
}

impl Asked<'_> {
    /// What shards that stay as they are load in a slice.
    pub(super) fn loads_of_others(
        &self,
        slice: usize,
        left_out: &[bool],
        paths: &[Vec<Path>],
    ) -> Array2<f64> {
        let inventory = self.statement.inventory;
        let mut load = Array2::zeros(self.fixed[0].dim());
        for (shard, flow, users) in self.flows_of_others(slice, left_out) {
            let links: Vec<ComponentId> = (flow.path.links.iter())
                .map(|link| inventory.link_component(*link))
                .collect();
            let of_flow = |path: &&Path| {
                path.site == flow.path.site
                    && links.iter().all(|link| path.components.contains(link))
            };
            let path = (paths[shard].iter())
                .filter(of_flow)
                .min_by_key(|path| path.components.len())
                .expect("a path of the plan is one of all");
            for (at, demand) in self.loads(slice, shard, path) {
                load[at] += demand * users;
            }
        }
        load
    }

    /// Their user-milliseconds in a slice.
    pub(super) fn latency_of_others(&self, slice: usize, left_out: &[bool]) -> f64 {
        let of_time = self.statement.believed.hours.weight[slice];
        let flows = self.flows_of_others(slice, left_out).into_iter();
        flows
            .map(|(_, flow, users)| of_time * flow.path.latency * users)
            .sum()
    }

    /// Their users in a slice, who are steered like the rest of their group.
    fn flows_of_others(&self, slice: usize, left_out: &[bool]) -> Vec<(usize, &Flow, f64)> {
        let inventory = self.statement.inventory;
        let parts = self.plan.parts.iter();
        let mut all = Vec::new();
        for part in parts.filter(|part| left_out[part.shard.index()] && part.users > 0.0) {
            let Some(site) = part.site else { continue };
            let shard = &inventory.shards[part.shard.index()];
            let is_own = |flow: &&Flow| {
                let value = shard.max_latency.map(|limit| limit.0);
                let key = &flow.group;
                (key.client_region, key.profile) == (shard.client_region, shard.profile)
                    && value.or(self.max_latency) == key.max_latency
                    && (flow.slice, flow.path.site) == (slice, site)
            };
            let flows: Vec<&Flow> = self.plan.flows.iter().filter(is_own).collect();
            let whole: f64 = flows.iter().map(|flow| flow.users).sum();
            let shares = flows.into_iter().map(|flow| {
                let users = part.users * flow.users / whole;
                (part.shard.index(), flow, users)
            });
            all.extend(shares);
        }
        all
    }
}
