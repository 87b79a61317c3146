//! Which shards an event or growth touches (`model.md` §1).

use super::interner::ListInterner;
use super::kinds::{Crowd, KindId, Kinds};
use crate::graph::{Network, PathsThrough, ThroughComponents};
use crate::ids::{ClientRegionId, ComponentId, ProfileId, SiteId};
use crate::model::{Case, ExistingShortfall, Home, Inventory, Policy};
use std::sync::Arc;

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
        let paths = PathsThrough::default();
        Self::beside(inventory, network, &paths, case, policy, kinds, lowered)
    }

    /// The same beside other cases of the same inventory, which share what `paths` remembers.
    pub fn beside(
        inventory: &Inventory,
        network: &Network,
        paths: &PathsThrough,
        case: &Case,
        policy: &Policy,
        kinds: &Arc<Kinds>,
        lowered: &[bool],
    ) -> Self {
        let mut touches = Touches::new(
            (inventory, network),
            paths,
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
        paths: &'a PathsThrough,
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
        let paths = (!touched.is_empty())
            .then(|| TouchedPaths::new((inventory, network), paths, &touched, policy, crowds));
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

/// Users that no path distinguishes: where they are, and by position what paths they may take.
type Start = (ClientRegionId, usize);

/// Which starts reach which sites through touched components that are no sites.
struct TouchedPaths<'a> {
    /// By what some users may take.
    through: Vec<ThroughComponents<'a>>,
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
        (inventory, network): (&'a Inventory, &'a Network),
        paths: &'a PathsThrough,
        touched: &[ComponentId],
        policy: &Policy,
        crowds: &[Crowd],
    ) -> Self {
        let mut starts: ListInterner<Start> = ListInterner::default();
        let mut limits: ListInterner<(ProfileId, Option<u64>)> = ListInterner::default();
        let start_of = crowds.iter().map(|crowd| {
            let value = crowd.max_latency();
            let limit = value.or(policy.max_latency.map(|limit| limit.0));
            let limit = (crowd.profile, limit.map(f64::to_bits));
            starts.of(&(crowd.client_region, limits.of(&limit) as usize)) as usize
        });
        let start_of = start_of.collect();
        let through = limits.into_all().into_iter().map(|(profile, limit)| {
            let limit = limit.map(f64::from_bits);
            paths.through((inventory, network), touched, (profile, limit))
        });
        let through = through.collect();
        let site_count = inventory.sites.len();
        Self {
            through,
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
            let (region, limit) = self.starts[start];
            self.through[limit].leads(region, site)
        })
    }
}
