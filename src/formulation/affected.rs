//! Which shards an event or growth touches (`model.md` §1).

use super::interner::ListInterner;
use super::kinds::{Crowd, KindId, Kinds};
use crate::graph::{BackFromSites, Network, Reach, Usable};
use crate::ids::{ClientRegionId, ComponentId, ProfileId, SiteId};
use crate::model::{Case, Component, ExistingShortfall, Home, Inventory, LinkEnd, Policy};
use std::sync::{Arc, OnceLock};

/// By current home, whether an event or growth touches it.
#[derive(Debug, Clone)]
pub struct Affected {
    kinds: Arc<Kinds>,
    /// By spot.
    by_spot: Vec<bool>,
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
        let usable = UsableByProfile::default();
        Self::beside(inventory, network, &usable, case, policy, kinds, lowered)
    }

    /// The same beside other cases of the same inventory, which share what `usable` finds.
    pub fn beside(
        inventory: &Inventory,
        network: &Network,
        usable: &UsableByProfile,
        case: &Case,
        policy: &Policy,
        kinds: &Arc<Kinds>,
        lowered: &[bool],
    ) -> Self {
        let mut touches = Touches::new(
            (inventory, network),
            usable,
            case,
            policy,
            &kinds.crowds,
            lowered,
        );
        let spots = kinds.spots.iter();
        Self {
            by_spot: spots
                .map(|spot| touches.touches(spot.crowd, spot.current))
                .collect(),
            kinds: Arc::clone(kinds),
        }
    }

    /// No home is.
    pub fn none(kinds: &Arc<Kinds>) -> Self {
        Self {
            by_spot: vec![false; kinds.spots.len()],
            kinds: Arc::clone(kinds),
        }
    }

    /// Every home is.
    pub fn all(kinds: &Arc<Kinds>) -> Self {
        Self {
            by_spot: vec![true; kinds.spots.len()],
            kinds: Arc::clone(kinds),
        }
    }

    /// Whether a current home is.
    pub fn get(&self, home: Home) -> bool {
        self.of_kind(self.kinds.of(home))
    }

    /// Whether shards of a kind are.
    pub fn of_kind(&self, kind: KindId) -> bool {
        self.of_spot(self.kinds.kinds[kind as usize].spot)
    }

    /// Whether shards of a crowd at a site are; `spot` is a position in [`Kinds::spots`].
    pub(super) fn of_spot(&self, spot: u32) -> bool {
        self.by_spot[spot as usize]
    }
}

/// Whether an event or growth touches users, wherever they might be.
pub struct Touches<'a> {
    case: &'a Case,
    crowds: &'a [Crowd],
    /// By site.
    lowered: &'a [bool],
    /// Everybody counts as touched.
    is_all: bool,
    paths: Option<TouchedPaths<'a>>,
}

impl<'a> Touches<'a> {
    /// What a case touches; the rules are those of [`Affected::new`].
    pub fn new(
        (inventory, network): (&'a Inventory, &'a Network),
        usable: &'a UsableByProfile,
        case: &'a Case,
        policy: &Policy,
        crowds: &'a [Crowd],
        lowered: &'a [bool],
    ) -> Self {
        let is_all = policy.existing_shortfall == ExistingShortfall::Repair;
        let touched: Vec<ComponentId> = (inventory.sites.len()..inventory.component_count())
            .filter(|&component| case.touched[component] && !is_all)
            .map(ComponentId::new)
            .collect();
        let paths = (!touched.is_empty()).then(|| {
            let usable = usable.of(inventory, network);
            TouchedPaths::new(inventory, network, usable, &touched, policy, crowds)
        });
        Self {
            case,
            crowds,
            lowered,
            is_all,
            paths,
        }
    }

    /// Whether it touches a crowd that is at a site; the crowd is given by its position.
    pub fn touches(&mut self, crowd: u32, current: Option<SiteId>) -> bool {
        let crowd = crowd as usize;
        self.is_all
            || self.crowds[crowd].is_surged
            || current.is_some_and(|site| {
                self.case.touched[site.index()]
                    || self.lowered[site.index()]
                    || (self.paths.as_mut()).is_some_and(|paths| paths.touches(crowd, site))
            })
    }
}

/// What profiles may use while nothing is gone, found once and shared by all cases of an inventory.
#[derive(Debug, Default)]
pub struct UsableByProfile(OnceLock<Vec<UsableOfProfiles>>);

impl UsableByProfile {
    fn of(&self, inventory: &Inventory, network: &Network) -> &[UsableOfProfiles] {
        self.0
            .get_or_init(|| UsableOfProfiles::new(inventory, network))
    }
}

/// What some profiles may use.
#[derive(Debug)]
struct UsableOfProfiles {
    usable: Usable,
    back: BackFromSites,
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
                    back: BackFromSites::new(network),
                    profiles: vec![profile],
                }),
            }
        }
        all
    }
}

/// Users that no path distinguishes: where they are, by position what they may use, and their latency limit.
type Start = (ClientRegionId, usize, Option<u64>);

/// What lies upstream and downstream of touched components that are no sites.
struct TouchedPaths<'a> {
    /// By what some profiles may use.
    reaches: Vec<Vec<Reach<'a>>>,
    /// Different starts of paths.
    starts: Vec<Start>,
    /// By crowd, where its paths start.
    start_of: Vec<usize>,
    /// Starts × sites, once it is known.
    known: Vec<Option<bool>>,
    site_count: usize,
}

impl<'a> TouchedPaths<'a> {
    fn new(
        inventory: &Inventory,
        network: &'a Network,
        usable: &'a [UsableOfProfiles],
        touched: &[ComponentId],
        policy: &Policy,
        crowds: &[Crowd],
    ) -> Self {
        let mut usable_of = vec![0; inventory.profiles.len()];
        for (position, of) in usable.iter().enumerate() {
            for profile in &of.profiles {
                usable_of[profile.index()] = position;
            }
        }
        let mut starts: ListInterner<Start> = ListInterner::default();
        let start_of = crowds.iter().map(|crowd| {
            let value = crowd.max_latency();
            let limit = value.or(policy.max_latency.map(|limit| limit.0));
            let usable = usable_of[crowd.profile.index()];
            starts.of(&(crowd.client_region, usable, limit.map(f64::to_bits))) as usize
        });
        let start_of = start_of.collect();
        let reaches = usable.iter().map(|of| {
            let reach = |&component| reach_of(inventory, network, of, component);
            touched.iter().map(reach).collect()
        });
        let site_count = inventory.sites.len();
        Self {
            reaches: reaches.collect(),
            known: vec![None; starts.all().len() * site_count],
            starts: starts.into_all(),
            start_of,
            site_count,
        }
    }

    /// `true` if some path of a crowd to a site passes a touched component, whether or not it is open now.
    fn touches(&mut self, crowd: usize, site: SiteId) -> bool {
        let start = self.start_of[crowd];
        let known = &mut self.known[start * self.site_count + site.index()];
        *known.get_or_insert_with(|| {
            let (region, usable, limit) = self.starts[start];
            let limit = limit.map(f64::from_bits);
            let mut reaches = self.reaches[usable].iter();
            reaches.any(|reach| reach.is_between(region, site, limit))
        })
    }
}

fn reach_of<'a>(
    inventory: &Inventory,
    network: &'a Network,
    of: &'a UsableOfProfiles,
    component: ComponentId,
) -> Reach<'a> {
    let (usable, back) = (&of.usable, &of.back);
    let end = match inventory.component(component) {
        Component::Link(link) => return Reach::of_link(network, usable, back, link),
        Component::Site(site) => LinkEnd::Site(site),
        Component::AccessPoint(access_point) => LinkEnd::AccessPoint(access_point),
        Component::Element(element) => match inventory.elements[element.index()].pool {
            Some(pool) => LinkEnd::Pool(pool),
            None => LinkEnd::Element(element),
        },
    };
    Reach::of_place(network, usable, back, network.place(end))
}
