//! By group: values of groups at sites, group by group, since most groups are at few sites.

use crate::ids::SiteId;
use std::collections::BTreeMap;

/// Values of groups at sites.
pub(super) struct ByGroup<T> {
    groups: Vec<BTreeMap<SiteId, T>>,
}

impl<T: Clone + Default> ByGroup<T> {
    /// None for as many groups.
    pub(super) fn new(groups: usize) -> Self {
        Self {
            groups: vec![BTreeMap::new(); groups],
        }
    }

    /// The value of a group at a site, which it has from now on.
    pub(super) fn entry(&mut self, group: usize, site: SiteId) -> &mut T {
        self.groups[group].entry(site).or_default()
    }

    /// The value of a group at a site.
    pub(super) fn get(&self, group: usize, site: SiteId) -> Option<&T> {
        self.groups[group].get(&site)
    }

    /// All values, ascending by group, then site.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, SiteId, &T)> {
        let groups = self.groups.iter().enumerate();
        groups.flat_map(|(group, at)| at.iter().map(move |(site, value)| (group, *site, value)))
    }
}
