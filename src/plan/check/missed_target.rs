//! A missed headroom target: of which component and resource, how much is free there, and how much should be.

use crate::ids::{ComponentId, ResourceId};
use std::collections::BTreeSet;

/// A headroom target that a written plan misses in some period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MissedTarget {
    /// Position of the period.
    pub period: usize,
    /// The component.
    pub component: ComponentId,
    /// The resource.
    pub resource: ResourceId,
    /// The share of the capacity that is free; negative in an overload.
    pub free: f64,
    /// The share that should be free.
    pub target: f64,
    /// The share of the target that is missing, beyond what is known to have been missing before.
    pub shortfall: f64,
}

/// The worst first; of a component and resource that is missed in several periods, its worst one alone.
pub(super) fn worst_first(mut all: Vec<MissedTarget>) -> Vec<MissedTarget> {
    // The sort is stable: of equal ones the first period, then the first component, stays first.
    all.sort_by(|a, b| {
        let by_share = b.shortfall.total_cmp(&a.shortfall);
        by_share.then(a.free.total_cmp(&b.free))
    });
    let mut known = BTreeSet::new();
    all.retain(|missed| known.insert((missed.component, missed.resource)));
    all
}
