//! Default paths: where everybody stays unless a column moves them (`docs/design.md`).

use super::class::Class;
use super::column::{PathId, PathTable};
use super::demand::Group;
use crate::graph::PricedPaths;
use crate::ids::SiteId;

/// The default path of a class: the least-latency open path to its current site, or, if that is not to be had,
/// to the nearest allowed site. Standby access points are passed only where nothing else leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultPath {
    /// The path.
    pub path: PathId,
    /// Where it ends.
    pub site: SiteId,
}

impl DefaultPath {
    /// The default path of a class; `None` if it is trapped.
    ///
    /// `without_standby` and `with_standby` are the least-latency paths of the group's profile.
    pub fn of(
        class: &Class,
        group: &Group,
        without_standby: &PricedPaths<'_>,
        with_standby: &PricedPaths<'_>,
        table: &mut PathTable,
    ) -> Option<Self> {
        let is_home_allowed = |site: &SiteId| class.sites.binary_search(site).is_ok();
        let home = class.current.filter(is_home_allowed);
        for paths in [without_standby, with_standby] {
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
            if let Some(site) = site
                && let Some(path) = paths.path(group.client_region, site, group.max_latency)
            {
                return Some(Self {
                    path: table.intern(path),
                    site,
                });
            }
        }
        None
    }
}
