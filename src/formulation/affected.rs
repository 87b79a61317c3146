//! Which shards an event or growth touches (`model.md` §1).

use super::kinds::{KindId, Kinds};
use crate::graph::{Network, Reach, Usable};
use crate::ids::{ClientRegionId, ComponentId, ProfileId, SiteId};
use crate::model::{Case, Component, ExistingShortfall, Home, Inventory, LinkEnd, Policy};
use std::collections::BTreeMap;
use std::sync::Arc;

/// By current home, whether an event or growth touches it.
#[derive(Debug, Clone)]
pub struct Affected {
    kinds: Arc<Kinds>,
    by_kind: Vec<bool>,
}

impl Affected {
    /// By current home, whether a known event in force touches the site, the shard's users, or a component on some
    /// path between them; or growth has lowered the free share of the site (`lowered`, by site); with
    /// `existing_shortfall = "repair"` every home is.
    pub fn new(
        inventory: &Inventory,
        network: &Network,
        case: &Case,
        policy: &Policy,
        kinds: &Arc<Kinds>,
        lowered: &[bool],
    ) -> Self {
        if policy.existing_shortfall == ExistingShortfall::Repair {
            return Self::all(kinds);
        }
        let usable: Vec<Usable> = (0..inventory.profiles.len())
            .map(|profile| Usable::of_profile(network, ProfileId::new(profile)))
            .collect();
        let mut paths = TouchedPaths::new(inventory, network, &usable, case);
        let mut is_affected = |kind: KindId| {
            let crowd = kinds.crowd(kind);
            crowd.is_surged
                || kinds.standing(kind).current.is_some_and(|site| {
                    let own = crowd.max_latency();
                    let limit = own.or(policy.max_latency.map(|limit| limit.0));
                    case.touched[site.index()]
                        || lowered[site.index()]
                        || paths.touches(crowd.profile, crowd.client_region, site, limit)
                })
        };
        Self {
            by_kind: kinds.ids().map(&mut is_affected).collect(),
            kinds: Arc::clone(kinds),
        }
    }

    /// Every home is.
    pub fn all(kinds: &Arc<Kinds>) -> Self {
        Self {
            by_kind: vec![true; kinds.kinds.len()],
            kinds: Arc::clone(kinds),
        }
    }

    /// Whether a current home is.
    pub fn get(&self, home: Home) -> bool {
        self.of_kind(self.kinds.of(home))
    }

    /// Whether shards of a kind are.
    pub fn of_kind(&self, kind: KindId) -> bool {
        self.by_kind[kind as usize]
    }
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
