//! Paths through components: which users have a path to which site that passes a component, whether or not it is open.
//!
//! That does not depend on who is where, on capacities or on events. So it is found when it is first asked for, and remembered
//! for all cases and dates of a network.

use super::build::Network;
use super::reach::{BackFromSites, Reach};
use super::usable::Usable;
use crate::ids::{ClientRegionId, ComponentId, ProfileId, SiteId};
use crate::model::{Component, Inventory, LinkEnd};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What is known of the paths through the components of a network.
#[derive(Debug, Default)]
pub struct PathsThrough(OnceLock<Vec<PathsOfProfiles>>);

/// A component, and a latency limit in milliseconds as its bits.
type Asked = (ComponentId, Option<u64>);

/// Client regions × sites, once it is known.
type Answers = Arc<[OnceLock<bool>]>;

/// The paths of profiles that may use the same.
#[derive(Debug)]
struct PathsOfProfiles {
    usable: Usable,
    back: BackFromSites,
    profiles: Vec<ProfileId>,
    known: Mutex<FxHashMap<Asked, Answers>>,
}

/// The paths through some components that users of a profile may take within a latency limit.
pub struct ThroughComponents<'a> {
    inventory: &'a Inventory,
    network: &'a Network,
    paths: &'a PathsOfProfiles,
    limit: Option<f64>,
    components: Vec<ThroughComponent<'a>>,
}

struct ThroughComponent<'a> {
    component: ComponentId,
    answers: Answers,
    reach: OnceCell<Reach<'a>>,
}

impl PathsThrough {
    /// The paths through components that are no sites; the limit is in milliseconds.
    pub fn through<'a>(
        &'a self,
        (inventory, network): (&'a Inventory, &'a Network),
        components: &[ComponentId],
        (profile, limit): (ProfileId, Option<f64>),
    ) -> ThroughComponents<'a> {
        let all = self
            .0
            .get_or_init(|| PathsOfProfiles::new(inventory, network));
        let position = all.iter().position(|of| of.profiles.contains(&profile));
        let paths = &all[position.unwrap_or(0)];
        let count = inventory.client_regions.len() * inventory.sites.len();
        let components = components.iter().map(|component| ThroughComponent {
            component: *component,
            answers: paths.answers((*component, limit.map(f64::to_bits)), count),
            reach: OnceCell::new(),
        });
        ThroughComponents {
            inventory,
            network,
            paths,
            limit,
            components: components.collect(),
        }
    }
}

impl PathsOfProfiles {
    /// Those of every profile; profiles that may use the same stand together.
    fn new(inventory: &Inventory, network: &Network) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for profile in (0..inventory.profiles.len()).map(ProfileId::new) {
            let usable = Usable::of_profile(network, profile);
            match all.iter_mut().find(|known| known.usable == usable) {
                Some(known) => known.profiles.push(profile),
                None => all.push(Self {
                    usable,
                    back: BackFromSites::new(network),
                    profiles: vec![profile],
                    known: Mutex::default(),
                }),
            }
        }
        all
    }

    fn answers(&self, asked: Asked, count: usize) -> Answers {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let none = || (0..count).map(|_| OnceLock::new()).collect();
        Arc::clone(known.entry(asked).or_insert_with(none))
    }
}

impl<'a> ThroughComponents<'a> {
    /// `true` if some path from a client region to a site within the limit passes one of the components.
    pub fn leads(&self, region: ClientRegionId, site: SiteId) -> bool {
        let at = region.index() * self.inventory.sites.len() + site.index();
        self.components.iter().any(|through| {
            *through.answers[at].get_or_init(|| {
                let reach = through.reach.get_or_init(|| self.reach(through.component));
                reach.is_between(region, site, self.limit)
            })
        })
    }

    fn reach(&self, component: ComponentId) -> Reach<'a> {
        let (network, usable, back) = (self.network, &self.paths.usable, &self.paths.back);
        let end = match self.inventory.component(component) {
            Component::Link(link) => return Reach::of_link(network, usable, back, link),
            Component::Site(site) => LinkEnd::Site(site),
            Component::AccessPoint(access_point) => LinkEnd::AccessPoint(access_point),
            Component::Element(element) => match self.inventory.elements[element.index()].pool {
                Some(pool) => LinkEnd::Pool(pool),
                None => LinkEnd::Element(element),
            },
        };
        Reach::of_place(network, usable, back, network.place(end))
    }
}
