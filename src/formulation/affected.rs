//! Which shards an event or growth touches (`model.md` §1).

use super::kinds::{Crowd, KindId, Kinds};
use crate::graph::{Network, Reach, Usable};
use crate::ids::{ComponentId, ProfileId, SiteId};
use crate::model::{Case, Component, ExistingShortfall, Home, Inventory, LinkEnd, Policy};
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
        let touched: Vec<ComponentId> = (inventory.sites.len()..inventory.component_count())
            .filter(|&component| case.touched[component])
            .map(ComponentId::new)
            .collect();
        let usable = if touched.is_empty() {
            Vec::new()
        } else {
            UsableOfProfiles::new(inventory, network)
        };
        let paths = TouchedPaths::new(inventory, network, &usable, &touched);
        // By crowd and site, once it is known.
        let mut known: Vec<Option<bool>> = vec![None; kinds.crowds.len() * inventory.sites.len()];
        let mut is_affected = |kind: KindId| {
            let crowd = kinds.crowd(kind);
            crowd.is_surged
                || kinds.standing(kind).current.is_some_and(|site| {
                    case.touched[site.index()]
                        || lowered[site.index()]
                        || !touched.is_empty() && {
                            let crowd_id = kinds.kinds[kind as usize].crowd as usize;
                            *known[crowd_id * inventory.sites.len() + site.index()]
                                .get_or_insert_with(|| paths.touches(crowd, policy, site))
                        }
                })
        };
        Self {
            by_kind: kinds.ids().map(&mut is_affected).collect(),
            kinds: Arc::clone(kinds),
        }
    }

    /// No home is.
    pub fn none(kinds: &Arc<Kinds>) -> Self {
        Self {
            by_kind: vec![false; kinds.kinds.len()],
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

/// What some profiles may use.
struct UsableOfProfiles {
    usable: Usable,
    profiles: Vec<ProfileId>,
}

impl UsableOfProfiles {
    /// What every profile may use; profiles that may use the same stand together.
    fn new(inventory: &Inventory, network: &Network) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for profile in (0..inventory.profiles.len()).map(ProfileId::new) {
            let usable = Usable::of_profile(network, profile);
            match all.iter_mut().find(|known| known.usable == usable) {
                Some(known) => known.profiles.push(profile),
                None => all.push(Self {
                    usable,
                    profiles: vec![profile],
                }),
            }
        }
        all
    }
}

/// What lies before and behind touched components that are no sites.
struct TouchedPaths<'a> {
    reaches: Vec<(&'a [ProfileId], Vec<Reach<'a>>)>,
}

impl<'a> TouchedPaths<'a> {
    fn new(
        inventory: &Inventory,
        network: &'a Network,
        usable: &'a [UsableOfProfiles],
        touched: &[ComponentId],
    ) -> Self {
        let reaches = usable.iter().map(|of| {
            let reach = |&component| reach_of(inventory, network, &of.usable, component);
            (of.profiles.as_slice(), touched.iter().map(reach).collect())
        });
        Self {
            reaches: reaches.collect(),
        }
    }

    /// `true` if some path of a crowd to a site passes a touched component, whether or not it is open now.
    fn touches(&self, crowd: &Crowd, policy: &Policy, site: SiteId) -> bool {
        let own = crowd.max_latency();
        let limit = own.or(policy.max_latency.map(|limit| limit.0));
        self.reaches
            .iter()
            .filter(|(profiles, _)| profiles.contains(&crowd.profile))
            .flat_map(|(_, reaches)| reaches)
            .any(|reach| reach.is_between(crowd.client_region, site, limit))
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
