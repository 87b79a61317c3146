//! Which components stand in the sheet of a sweep: the fullest over all cases.

use super::super::told::Told;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{ComponentKind, Recovery};
use std::collections::BTreeMap;

/// Most components of the sheet.
const MOST: usize = 12;

impl Told<'_> {
    /// The fullest components over all cases with their fullest resource, the fullest first. Sites and the network have
    /// half of the lines each, as far as they need them.
    pub(super) fn tightest(&self, recovery: Recovery) -> Vec<(ComponentId, ResourceId)> {
        let mut fullest = BTreeMap::<ComponentId, (f64, ResourceId)>::new();
        for ((of, _, component, resource), own) in &self.sweep.tally.worst_by_kind {
            if *of != recovery {
                continue;
            }
            let known = fullest
                .entry(*component)
                .or_insert((own.utilization, *resource));
            if own.utilization > known.0 {
                *known = (own.utilization, *resource);
            }
        }
        // Nobody is at what is never used.
        fullest.retain(|_, (utilization, _)| *utilization > 0.0);
        let mut all: Vec<_> = fullest.into_iter().collect();
        all.sort_by(|(left, (of_left, _)), (right, (of_right, _))| {
            of_right.total_cmp(of_left).then(left.cmp(right))
        });
        let is_site = |component: ComponentId| {
            self.inventory.component_kind(component) == ComponentKind::Site
        };
        let sites = all
            .iter()
            .filter(|(component, _)| is_site(*component))
            .count();
        let others = all.len() - sites;
        let for_sites = sites.min((MOST / 2).max(MOST.saturating_sub(others)));
        let mut left = [for_sites, MOST - for_sites];
        all.retain(|(component, _)| {
            let left = &mut left[usize::from(!is_site(*component))];
            let is_kept = *left > 0;
            *left = left.saturating_sub(1);
            is_kept
        });
        let shown = all.into_iter();
        shown
            .map(|(component, (_, resource))| (component, resource))
            .collect()
    }
}
