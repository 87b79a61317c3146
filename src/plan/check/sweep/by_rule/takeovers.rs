//! Takeovers: where users go who have lost their site.

use super::super::super::affected::Affected;
use super::super::super::certificate::Permissions;
use super::left::Left;
use crate::ids::SiteId;
use crate::model::{Recovery, ReplicaState};
use rustc_hash::FxHashMap;

/// Sites, each with its share of the users; nowhere if there are none.
pub(super) type To = Vec<(usize, f64)>;

/// Where users go who have lost their site, asked once for all who are alike.
pub(super) struct Takeovers<'l, 'c, 'w, 'a> {
    left: &'l Left<'c, 'w, 'a>,
    recovery: Recovery,
    permissions: Permissions<'l>,
    known: FxHashMap<usize, To>,
}

impl<'l, 'c, 'w, 'a> Takeovers<'l, 'c, 'w, 'a> {
    /// Nobody was asked about yet.
    pub(super) fn new(left: &'l Left<'c, 'w, 'a>, recovery: Recovery) -> Self {
        Self {
            permissions: Permissions::new(&left.ways.basis.crowds),
            left,
            recovery,
            known: FxHashMap::default(),
        }
    }

    /// Where those go who are alike.
    pub(super) fn of(&mut self, alike: usize, affected: &mut Affected<'_>) -> &To {
        if !self.known.contains_key(&alike) {
            let to = self.found(alike, affected);
            self.known.insert(alike, to);
        }
        &self.known[&alike]
    }

    fn found(&mut self, id: usize, affected: &mut Affected<'_>) -> To {
        let left = self.left;
        let basis = left.ways.basis;
        let alike = &basis.alike.all[id];
        let is_affected = alike
            .current
            .is_some_and(|site| affected.is_affected(alike.shard, site));
        let (ground, situation) = (basis.ground, left.ways.situation);
        let permitted = self
            .permissions
            .of(ground, situation, (id, alike), is_affected);
        let permitted = &permitted.sites;
        let group = ground.group_of(alike.shard);
        if self.recovery == Recovery::Replicas {
            let replicas = ground.replicas_of(alike.shard);
            let home = ground.inventory.shards[alike.shard].site;
            let home = home.filter(|_| !replicas.is_empty());
            let ready = replicas.iter();
            let ready = ready.filter(|own| own.state == ReplicaState::Ready);
            let sites = ready.map(|own| own.site).chain(home).map(SiteId::index);
            let first = sites.into_iter().find(|site| {
                permitted.contains(site)
                    && (left.steered_to(group, *site).is_some()
                        || left.latency(group, *site).is_some())
            });
            return first.map(|site| (site, 1.0)).into_iter().collect();
        }
        let steered = permitted.iter();
        let steered = steered.filter_map(|site| Some((*site, left.steered_to(group, *site)?)));
        let steered: To = steered
            .map(|(site, cell)| (site, left.on_ways[cell]))
            .collect();
        if steered.is_empty() {
            let reached = permitted.iter();
            let reached = reached.filter_map(|site| Some((left.latency(group, *site)?, *site)));
            let nearest = reached.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            return nearest.map(|(_, site)| (site, 1.0)).into_iter().collect();
        }
        let all: f64 = steered.iter().map(|(_, users)| users).sum();
        let shares = steered.into_iter().map(|(site, users)| (site, users / all));
        shares.collect()
    }
}
