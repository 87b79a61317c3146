//! Opened: steering of a period with one more access point open, through which half of those come who would pass
//! something that is too slow.

use crate::graph::{Network, PricedPaths, Prices, Usable};
use crate::ids::{AccessPointId, ComponentId, ProfileId};
use crate::model::{Inventory, LinkEnd};
use crate::plan::Flow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An access point that is opened, and what it relieves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Opened {
    pub(super) access_point: AccessPointId,
    pub(super) relieved: ComponentId,
}

impl Opened {
    /// The steering with it; `None` if no path of anybody who passes what is too slow leads over it.
    pub(super) fn steering(
        self,
        inventory: &Inventory,
        network: &Network,
        flows: &[Flow],
    ) -> Option<Vec<Flow>> {
        let limits = flows.iter().filter_map(|own| own.group.max_latency);
        let longest = limits.fold(0.0, f64::max);
        let mut paths: BTreeMap<ProfileId, PricedPaths<'_>> = BTreeMap::new();
        let mut all = Vec::with_capacity(flows.len());
        let mut is_of_use = false;
        for flow in flows {
            let group = flow.group;
            let through = self.passes(inventory, network, flow).then(|| {
                let own = paths.entry(group.profile).or_insert_with(|| {
                    let usable = Arc::new(self.usable(network, group.profile));
                    PricedPaths::new(network, usable, Prices::zero(network), longest)
                });
                own.path(group.client_region, flow.path.site, group.max_latency)
            });
            let other = through.flatten().map(|path| Flow {
                path,
                users: flow.users / 2.0,
                ..flow.clone()
            });
            let other = other.filter(|own| !self.passes(inventory, network, own));
            is_of_use |= other.is_some();
            let stays = if other.is_some() { 0.5 } else { 1.0 };
            all.push(Flow {
                users: flow.users * stays,
                ..flow.clone()
            });
            all.extend(other);
        }
        is_of_use.then_some(all)
    }

    /// Whatever a profile may use, with this access point alone.
    fn usable(self, network: &Network, profile: ProfileId) -> Usable {
        let mut usable = Usable::of_profile(network, profile);
        for index in 0..network.access_point_count() {
            let own = AccessPointId::new(index);
            let place = network.place(LinkEnd::AccessPoint(own));
            usable.places[place.index()] = own == self.access_point;
        }
        usable
    }

    fn passes(self, inventory: &Inventory, network: &Network, flow: &Flow) -> bool {
        let mut places = flow.path.places(network).into_iter();
        places.any(|place| {
            network
                .components_of(inventory, place)
                .contains(&self.relieved)
        })
    }
}
