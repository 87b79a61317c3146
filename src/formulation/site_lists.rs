//! Site lists: equal lists of sites become one, which all who have it share.

use crate::ids::SiteId;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Lists of sites, each once, in the order in which they were first met.
#[derive(Debug, Clone, Default)]
pub(super) struct SiteLists {
    all: Vec<Arc<[SiteId]>>,
    positions: FxHashMap<Arc<[SiteId]>, u32>,
}

impl SiteLists {
    /// The position of a list, which is added if it is new.
    pub(super) fn of(&mut self, sites: &[SiteId]) -> u32 {
        if let Some(&known) = self.positions.get(sites) {
            return known;
        }
        let position = u32::try_from(self.all.len())
            .expect("invariant: no more lists than shards, of which there are fewer than 2^32");
        let sites: Arc<[SiteId]> = sites.into();
        self.all.push(Arc::clone(&sites));
        self.positions.insert(sites, position);
        position
    }

    /// The list at a position.
    pub(super) fn get(&self, position: u32) -> &Arc<[SiteId]> {
        &self.all[position as usize]
    }
}
