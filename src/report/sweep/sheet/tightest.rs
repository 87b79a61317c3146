//! Which components stand in the sheet of a sweep: the tightest over all cases.

use super::super::told::Told;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{CaseKind, ComponentKind, Recovery};
use crate::report::headroom::Tightness;
use std::collections::BTreeMap;

/// Most components of the sheet.
const MOST: usize = 12;

impl Told<'_> {
    /// The tightest components over all cases with their tightest resource, the tightest first, as [`Tightness`] has it. Sites and
    /// the network have half of the lines each, as far as they need them.
    pub(super) fn tightest(&self, recovery: Recovery) -> Vec<(ComponentId, ResourceId)> {
        let mut tightest = BTreeMap::<ComponentId, (Tightness, ResourceId)>::new();
        for ((of, kind, component, resource), own) in &self.sweep.tally.worst_by_kind {
            // Nobody is at what is never used.
            if *of != recovery || own.utilization <= 0.0 {
                continue;
            }
            let target = self.target((*component, *resource), *kind != CaseKind::Failures(0));
            let tightness = Tightness::of(1.0 - own.utilization, [target; 2]);
            let known = tightest.entry(*component).or_insert((tightness, *resource));
            if tightness.order(&known.0).is_lt() {
                *known = (tightness, *resource);
            }
        }
        let mut all: Vec<_> = tightest.into_iter().collect();
        all.sort_by(|(left, (of_left, _)), (right, (of_right, _))| {
            of_left.order(of_right).then(left.cmp(right))
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
