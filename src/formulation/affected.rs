//! Which shards an event or growth touches (`model.md` §1).

use crate::graph::{Network, Reach, Usable};
use crate::ids::{ClientRegionId, ComponentId, ProfileId, SiteId};
use crate::model::{ByHome, Case, Component, ExistingShortfall, Homes, Inventory, LinkEnd, Policy};
use std::collections::BTreeMap;

/// By current home, whether a known event in force touches the site, the shard's users, or a component on some path
/// between them; or growth has lowered the free share of the site (`lowered`, by site); with
/// `existing_shortfall = "repair"` every home is.
pub fn affected_shards(
    inventory: &Inventory,
    network: &Network,
    case: &Case,
    policy: &Policy,
    current: &Homes,
    lowered: &[bool],
) -> ByHome<bool> {
    if policy.existing_shortfall == ExistingShortfall::Repair {
        return ByHome::of(current, |_| true);
    }
    let usable: Vec<Usable> = (0..inventory.profiles.len())
        .map(|profile| Usable::of_profile(network, ProfileId::new(profile)))
        .collect();
    let mut paths = TouchedPaths::new(inventory, network, &usable, case);
    ByHome::of(current, |home| {
        let shard = &inventory.shards[home.shard.index()];
        case.surged[home.shard.index()]
            || home.site.is_some_and(|site| {
                let limit = shard
                    .max_latency
                    .or(policy.max_latency)
                    .map(|limit| limit.0);
                case.touched[site.index()]
                    || lowered[site.index()]
                    || paths.touches(shard.profile, shard.client_region, site, limit)
            })
    })
}

/// What lies before and behind the touched components that are no sites, by profile.
struct TouchedPaths<'a> {
    reaches: Vec<Vec<Reach<'a>>>,
    known: BTreeMap<(ProfileId, ClientRegionId, SiteId, Option<u64>), bool>,
}

impl<'a> TouchedPaths<'a> {
    fn new(inventory: &Inventory, network: &'a Network, usable: &'a [Usable], case: &Case) -> Self {
        let touched: Vec<ComponentId> = (inventory.sites.len()..inventory.component_count())
            .filter(|&component| case.touched[component])
            .map(ComponentId::new)
            .collect();
        let reaches = usable
            .iter()
            .map(|usable| {
                touched
                    .iter()
                    .map(|&component| reach_of(inventory, network, usable, component))
                    .collect()
            })
            .collect();
        Self {
            reaches,
            known: BTreeMap::new(),
        }
    }

    /// `true` if some path of that kind of user passes a touched component, whether or not it is open now.
    fn touches(
        &mut self,
        profile: ProfileId,
        region: ClientRegionId,
        site: SiteId,
        limit: Option<f64>,
    ) -> bool {
        let reaches = &self.reaches[profile.index()];
        if reaches.is_empty() {
            return false;
        }
        *self
            .known
            .entry((profile, region, site, limit.map(f64::to_bits)))
            .or_insert_with(|| {
                reaches
                    .iter()
                    .any(|reach| reach.is_between(region, site, limit))
            })
    }
}

fn reach_of<'a>(
    inventory: &Inventory,
    network: &'a Network,
    usable: &'a Usable,
    component: ComponentId,
) -> Reach<'a> {
    let end = match inventory.component(component) {
        Component::Link(link) => return Reach::of_link(network, usable, link),
        Component::Site(site) => LinkEnd::Site(site),
        Component::AccessPoint(access_point) => LinkEnd::AccessPoint(access_point),
        Component::Element(element) => match inventory.elements[element.index()].pool {
            Some(pool) => LinkEnd::Pool(pool),
            None => LinkEnd::Element(element),
        },
    };
    Reach::of_place(network, usable, network.place(end))
}
