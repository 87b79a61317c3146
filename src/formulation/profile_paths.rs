//! `Ways`: what may be used in a case, and the least-latency paths over it, by profile.
//!
//! They depend on neither homes nor prices, so that all problems of one period share them.

use super::fixed::FixedLoads;
use super::pool::members_in;
use super::setting::{Setting, StandbyUse};
use crate::graph::{FoundPaths, Network, PathsThrough, PlaceId, PricedPaths, Prices, Usable};
use crate::ids::{ComponentId, LinkId, PoolId, ProfileId};
use crate::model::{Inventory, LinkEnd, Scope};
use std::sync::Arc;

/// What may be used, and the least-latency paths over it. Vectors are by profile; profiles that may use the same
/// share one entry.
#[derive(Default)]
pub struct ProfilePaths<'a> {
    /// With every access point that may be open.
    pub usable: Vec<Arc<Usable>>,
    /// The paths over that.
    pub with_standby: Vec<Arc<PricedPaths<'a>>>,
    /// Paths that pass no standby access point.
    pub without_standby: Vec<Arc<PricedPaths<'a>>>,
    /// The longest latency limit of any group.
    pub longest: f64,
}

impl<'a> ProfilePaths<'a> {
    /// What a setting leaves usable; what was found in an earlier one is used again where it still holds.
    pub fn new(
        setting: &Setting<'a>,
        fixed: &FixedLoads,
        found: Option<&FoundProfilePaths>,
    ) -> Self {
        let longest = longest_limit(setting);
        let profiles = (0..setting.inventory.profiles.len()).map(ProfileId::new);
        let lacks = Lack::of_all(setting);
        let usable: Vec<Usable> = profiles
            .map(|profile| usable_in(setting, fixed, &lacks, profile))
            .collect();
        let active: Vec<Usable> = usable
            .iter()
            .map(|usable| without_standby(setting, usable))
            .collect();
        let usable = shared(usable);
        let with_standby = least_latency(setting, &usable, longest, found);
        let is_same = active
            .iter()
            .zip(&usable)
            .all(|(active, all)| *active == **all);
        let without_standby = if is_same {
            with_standby.clone()
        } else {
            least_latency(setting, &shared(active), longest, found)
        };
        Self {
            usable,
            with_standby,
            without_standby,
            longest,
        }
    }
}

/// The paths of a setting, kept for later ones, and with them what is known of the paths through components.
#[derive(Debug, Clone)]
pub struct FoundProfilePaths {
    found: Vec<FoundPaths>,
    through: Arc<PathsThrough>,
}

impl FoundProfilePaths {
    /// The paths of these `Ways`.
    pub fn of(routes: &ProfilePaths<'_>) -> Self {
        let mut all: Vec<&Arc<PricedPaths<'_>>> = Vec::new();
        for paths in routes.without_standby.iter().chain(&routes.with_standby) {
            if !all.iter().any(|known| Arc::ptr_eq(known, paths)) {
                all.push(paths);
            }
        }
        Self::of_paths(all.into_iter().map(Arc::as_ref))
    }

    /// These paths, as far as they are remembered.
    pub(super) fn of_paths<'p>(paths: impl Iterator<Item = &'p PricedPaths<'p>>) -> Self {
        Self {
            found: paths.filter_map(PricedPaths::found).collect(),
            through: Arc::default(),
        }
    }

    /// What is known of the paths through components, by all that share these paths.
    pub fn through(&self) -> &PathsThrough {
        &self.through
    }
}

/// Equal entries become one.
pub(super) fn shared(all: Vec<Usable>) -> Vec<Arc<Usable>> {
    let mut shared: Vec<Arc<Usable>> = Vec::with_capacity(all.len());
    for usable in all {
        let known = shared.iter().find(|known| ***known == usable).cloned();
        shared.push(known.unwrap_or_else(|| Arc::new(usable)));
    }
    shared
}

/// The least-latency paths of each entry, searched once for those that are one.
fn least_latency<'a>(
    setting: &Setting<'a>,
    usable: &[Arc<Usable>],
    longest: f64,
    found: Option<&FoundProfilePaths>,
) -> Vec<Arc<PricedPaths<'a>>> {
    let network = setting.network;
    let mut paths: Vec<Arc<PricedPaths<'a>>> = Vec::with_capacity(usable.len());
    for (index, one_usable) in usable.iter().enumerate() {
        let known = usable[..index]
            .iter()
            .position(|known| Arc::ptr_eq(known, one_usable));
        paths.push(known.map_or_else(
            || Arc::new(paths_over(network, one_usable, longest, found)),
            |known| Arc::clone(&paths[known]),
        ));
    }
    paths
}

/// The least-latency paths over what may be used; what was found earlier is used again where it still holds.
pub(super) fn paths_over<'a>(
    network: &'a Network,
    usable: &Arc<Usable>,
    longest: f64,
    found: Option<&FoundProfilePaths>,
) -> PricedPaths<'a> {
    let mut earlier = found.iter().flat_map(|found| &found.found);
    let left =
        earlier.find_map(|found| PricedPaths::without(network, Arc::clone(usable), longest, found));
    left.unwrap_or_else(|| {
        PricedPaths::new(network, Arc::clone(usable), Prices::zero(network), longest)
    })
}

/// The longest latency limit that any shard has.
pub(super) fn longest_limit(setting: &Setting<'_>) -> f64 {
    let of_policy = setting.policy.max_latency.map_or(0.0, |limit| limit.0);
    setting.folded.longest_shard_limit().max(of_policy)
}

/// What a component has nothing left of.
pub(super) struct Lack {
    is_gone: bool,
    resources: Vec<usize>,
}

impl Lack {
    /// By component.
    pub(super) fn of_all(setting: &Setting<'_>) -> Vec<Self> {
        let case = setting.case;
        let nothing_left = |component: usize| {
            (0..setting.inventory.resources.len()).filter(move |&resource| {
                let left = case.capacity(component, resource);
                left.is_some_and(|left| left <= 0.0)
            })
        };
        (0..setting.inventory.component_count())
            .map(|component| Self {
                is_gone: case.gone[component],
                resources: nothing_left(component).collect(),
            })
            .collect()
    }
}

/// What users of a profile may use: open to them, not gone, and with something left of all that they demand.
pub(super) fn usable_in(
    setting: &Setting<'_>,
    fixed: &FixedLoads,
    lacks: &[Lack],
    profile: ProfileId,
) -> Usable {
    let inventory = setting.inventory;
    let mut usable = Usable::of_profile(setting.network, profile);
    let demand = &inventory.profiles[profile.index()].demand;
    let has_room = |component: ComponentId, is_site: bool| {
        let lack = &lacks[component.index()];
        !lack.is_gone
            && lack.resources.iter().all(|&resource| {
                let is_asked = is_site || inventory.resources[resource].scope == Scope::Network;
                !is_asked || demand[resource] <= 0.0
            })
    };
    for (link, is_usable) in usable.links.iter_mut().enumerate() {
        *is_usable &= has_room(inventory.link_component(LinkId::new(link)), false);
    }
    for place in (0..setting.network.place_count()).map(PlaceId::new) {
        usable.places[place.index()] = match setting.network.end(place) {
            LinkEnd::ClientRegion(_) => true,
            LinkEnd::Site(site) => has_room(inventory.site_component(site), true),
            LinkEnd::Element(element) => has_room(inventory.element_component(element), false),
            LinkEnd::AccessPoint(access_point) => {
                let is_open = setting.standby == StandbyUse::Openable
                    || setting
                        .standby
                        .is_open(inventory.access_points[access_point.index()].state);
                is_open && has_room(inventory.access_point_component(access_point), false)
            }
            LinkEnd::Pool(pool) => is_pool_usable(inventory, setting, fixed, pool, &has_room),
        };
    }
    usable
}

/// A pool may be used if it has members and each of them has something left.
fn is_pool_usable(
    inventory: &Inventory,
    setting: &Setting<'_>,
    fixed: &FixedLoads,
    pool: PoolId,
    has_room: &dyn Fn(ComponentId, bool) -> bool,
) -> bool {
    let members = members_in(inventory, setting.case, &fixed.background, pool);
    !members.is_empty()
        && members
            .iter()
            .all(|&member| has_room(inventory.element_component(member), false))
}

/// The same without standby access points.
fn without_standby(setting: &Setting<'_>, usable: &Usable) -> Usable {
    let mut active = usable.clone();
    for place in (0..setting.network.place_count()).map(PlaceId::new) {
        if let LinkEnd::AccessPoint(access_point) = setting.network.end(place)
            && setting.inventory.access_points[access_point.index()]
                .state
                .is_on_standby()
        {
            active.places[place.index()] = false;
        }
    }
    active
}
