//! Caught: who is still served over what works take away when they begin, and by nobody until he has moved or connected anew.

use super::boundary::Boundary;
use super::context::Ways;
use super::turned::Turned;
use crate::ids::{ComponentId, SiteId};
use crate::model::LinkEnd;
use crate::plan::{Flow, Fullness, PeriodPlan, Refusal, Timing, Wave};
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// What works meet when they begin.
pub(super) struct Met<'a> {
    pub(super) ways: &'a Ways<'a>,
    pub(super) boundary: Boundary<'a>,
    pub(super) turned: &'a Turned,
    /// Steering until the works begin.
    pub(super) before: &'a [Flow],
    pub(super) own: &'a PeriodPlan,
    /// How far steering has turned when they begin; `None` is as it should.
    pub(super) left: Option<f64>,
}

impl Met<'_> {
    /// Works wait until their site is left, and what else they take away, and until no more is carried than they leave: none of
    /// that waits for these waves after their start, in which users move or connect anew, if they take any time.
    pub(super) fn refusal(&self, waves: &[Wave]) -> Option<Refusal> {
        let takes_time = waves.iter().any(|own| own.start < own.end);
        let mut users = self.at_sites();
        if takes_time {
            users = users.max(self.on_paths(&self.boundary, &BTreeSet::new()));
        }
        if users > NOBODY {
            return Some(Refusal::Unfinished(users));
        }
        let first = waves.first().filter(|_| takes_time)?;
        let begun = first
            .overloaded
            .iter()
            .filter(|own| own.from == first.start);
        let mut overloaded = begun.map(|own| &own.full);
        let boundary = self.boundary;
        let is_of_works =
            |own: &&Fullness| boundary.is_reduced_by_works(own.component, own.resource);
        let found = overloaded.find(is_of_works).copied();
        found.map(Refusal::Overloaded)
    }

    /// Users who move once the works on their site have begun.
    fn at_sites(&self) -> f64 {
        let movers = self.turned.movers(Timing::Behind);
        let served = movers.filter(|own| own.shares[0] > 0.0);
        let is_caught = |from: SiteId| self.boundary.is_caught(from);
        let caught = served.filter(|own| own.from.is_some_and(is_caught));
        caught.map(|own| own.users).sum()
    }

    /// Users who move or stay, and whose path or member of a pool works take away before; without those who are steered
    /// `again` meanwhile.
    pub(super) fn on_paths(&self, works: &Boundary<'_>, again: &BTreeSet<(usize, SiteId)>) -> f64 {
        let turned = match (self.turned.steering, self.left) {
            (Timing::Behind, _) => 0.0,
            (Timing::Ahead, left) => left.unwrap_or(1.0),
        };
        let both = [self.before, self.own.first_flows()];
        let [before, after] = both.map(|flows| self.taken(works, flows));
        let groups = self.ways.groups;
        let lost = |shard, site: SiteId| {
            let cell = (groups.of_shard(shard), site);
            if again.contains(&cell) {
                return 0.0;
            }
            let first = before.get(&cell).copied();
            // Where steering ahead of the period leads nobody to a site, those who are still there are as they were.
            let last = after.get(&cell).copied().or(first).unwrap_or_default();
            (1.0 - turned) * first.unwrap_or_default() + turned * last
        };
        let case = &self.own.case;
        let staying = self.turned.shift.staying.iter();
        let staying = staying
            .map(|own| case.users(own.shard.index()) * own.share * lost(own.shard, own.site));
        let movers = self.turned.movers(Timing::Behind);
        let moving = movers.filter_map(|own| {
            let users = case.users(own.shard.index()) * own.shares[0];
            Some(users * lost(own.shard, own.from?))
        });
        let users: f64 = staying.chain(moving).sum();
        if users > NOBODY { users } else { 0.0 }
    }

    /// By group and site: of the users whom steering leads there, the share on what works take away.
    fn taken(&self, works: &Boundary<'_>, flows: &[Flow]) -> BTreeMap<(usize, SiteId), f64> {
        let mut users: BTreeMap<(usize, SiteId), [f64; 2]> = BTreeMap::new();
        for flow in flows {
            if let Some(group) = self.ways.groups.of(&flow.group) {
                let own = users.entry((group, flow.path.site)).or_default();
                own[0] += flow.users;
                own[1] += flow.users * (1.0 - self.kept(works, flow));
            }
        }
        let led = users.into_iter().filter(|(_, own)| own[0] > 0.0);
        led.map(|(cell, [all, taken])| (cell, taken / all))
            .collect()
    }

    /// The share of the users on a path who keep it and their members of pools.
    fn kept(&self, works: &Boundary<'_>, flow: &Flow) -> f64 {
        let (inventory, network) = (self.ways.inventory, self.ways.network);
        let is_taken = |own: &ComponentId| works.is_taken_by_works(*own);
        let mut links = flow
            .path
            .links
            .iter()
            .map(|own| inventory.link_component(*own));
        if links.any(|own| is_taken(&own)) {
            return 0.0;
        }
        let places = flow.path.places(network).into_iter();
        let kept = places.map(|place| {
            if let LinkEnd::Pool(pool) = network.end(place) {
                let carrying = &self.turned.members[0][pool.index()];
                let taken = carrying.iter().filter(|own| is_taken(own)).count();
                1.0 - taken as f64 / carrying.len().max(1) as f64
            } else {
                let components = network.components_of(inventory, place);
                f64::from(u8::from(!components.iter().any(is_taken)))
            }
        });
        kept.product()
    }
}
