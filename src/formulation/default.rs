//! Default paths: where everybody stays unless a column moves them (`docs/design.md`).

use super::class::Class;
use super::column::PathTable;
use super::demand::Group;
use super::ids::{GroupId, PathId};
use super::route::Route;
use crate::graph::PricedPaths;
use crate::ids::{AccessPointId, SiteId};
use rustc_hash::FxHashMap;

/// The default path of a class: the least-latency open path to its current site, or, if that is not to be had,
/// to the nearest allowed site, the same at all hours. Standby access points are passed only where nothing else leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DefaultPath {
    /// The path.
    pub path: PathId,
    /// Where it ends.
    pub site: SiteId,
    /// Where it enters.
    pub access_point: AccessPointId,
    /// Its round trip in milliseconds.
    pub latency: f64,
}

/// Default paths by group and site, and whether they were found without standby access points.
pub(super) type KnownDefaults = FxHashMap<(GroupId, SiteId), (DefaultPath, bool)>;

impl DefaultPath {
    /// The default path of a class; `None` if it is trapped.
    ///
    /// `without_standby` and `with_standby` are the least-latency paths of the group's profile; `known` are default
    /// paths of the same group by site, and `table` has them.
    pub(super) fn of(
        class: &Class,
        group: &Group,
        without_standby: &PricedPaths<'_>,
        with_standby: &PricedPaths<'_>,
        known: &mut KnownDefaults,
        table: &mut PathTable,
    ) -> Option<Self> {
        let is_home_allowed = |site: &SiteId| class.sites.binary_search(site).is_ok();
        let home = class.current.filter(is_home_allowed);
        // A path home that needs no standby access point is the default path of all who are there.
        if let Some(Some((known, true))) = home.map(|site| known.get(&(class.group, site))) {
            return Some(*known);
        }
        for (paths, is_without) in [(without_standby, true), (with_standby, false)] {
            let latency = |site: SiteId| {
                paths
                    .cost(group.client_region, site, group.max_latency)
                    .map(|cost| cost.latency)
            };
            let nearest = || {
                class
                    .sites
                    .iter()
                    .filter_map(|&site| latency(site).map(|latency| (latency, site)))
                    .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
                    .map(|(_, site)| site)
            };
            let site = home
                .filter(|&site| latency(site).is_some())
                .or_else(nearest);
            let Some(site) = site else {
                continue;
            };
            if let Some((known, _)) = known.get(&(class.group, site)) {
                return Some(*known);
            }
            if let Some(path) = paths.path(group.client_region, site, group.max_latency) {
                let found = Self {
                    site,
                    access_point: path.access_point,
                    latency: path.latency,
                    path: table.intern(Route::steady(path)),
                };
                known.insert((class.group, site), (found, is_without));
                return Some(found);
            }
        }
        None
    }
}
