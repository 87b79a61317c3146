//! Replicas: each shard's precomputed takeover, its most preferred ready replica that is left (`docs/model.md` §10).
//!
//! ```text
//! first site of (ready replicas in their order, site of shards.csv) that is open, permitted and reached
//! ```

use super::survivors::Survivors;
use super::takeovers::{Permitted, TakeoverRule};
use crate::formulation::{KindId, SiteSet};
use crate::ids::SiteId;

/// The rule in one case.
pub(super) struct Replicas<'s, 'a> {
    survivors: &'s Survivors<'a>,
    permitted: Permitted<'s, 'a>,
}

impl<'s, 'a> Replicas<'s, 'a> {
    /// The rule in a case.
    pub(super) fn new(survivors: &'s Survivors<'a>) -> Self {
        Self {
            survivors,
            permitted: Permitted::new(survivors),
        }
    }
}

impl TakeoverRule for Replicas<'_, '_> {
    /// The site that takes over.
    type Key = Option<SiteId>;

    fn key(&mut self, kind: KindId, group: usize) -> Option<SiteId> {
        let set = self.permitted.of(kind);
        replica(self.survivors, kind, group, self.permitted.get(set))
    }

    fn sites(&self, site: Option<SiteId>, _: usize) -> Vec<(SiteId, f64)> {
        site.into_iter().map(|site| (site, 1.0)).collect()
    }
}

/// The most preferred ready replica of a kind at one of these sites that its users reach; then its site of shards.csv,
/// which counts as a ready copy of a shard that has replicas.
fn replica(
    survivors: &Survivors<'_>,
    kind: KindId,
    group: usize,
    permitted: &SiteSet,
) -> Option<SiteId> {
    let kinds = &survivors.setting.folded.kinds;
    let standing = kinds.standing(kind);
    kinds.takeovers(standing).find(|site| {
        let is_reached = || {
            survivors.steered_to(group, *site).is_some()
                || survivors.latency(group, *site).is_some()
        };
        permitted.contains(site.index()) && is_reached()
    })
}
