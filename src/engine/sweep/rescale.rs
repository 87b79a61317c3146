//! Rescale: no controller; the flows that are left keep their weights, renormalised (`docs/model.md` §10).
//!
//! ```text
//! to site d:  Σ_{p→d left} f[g,p] / Σ_{d' permitted} Σ_{p→d' left} f[g,p]
//! ```
//!
//! over the permitted sites d where flows of the group g are left; where there are none, the nearest permitted site.

use super::survivors::Survivors;
use super::takeovers::{Permitted, TakeoverRule};
use crate::formulation::{KindId, SiteSet};
use crate::ids::SiteId;

/// The rule in one case.
pub(super) struct Rescale<'s, 'a> {
    survivors: &'s Survivors<'a>,
    permitted: Permitted<'s, 'a>,
}

impl<'s, 'a> Rescale<'s, 'a> {
    /// The rule in a case.
    pub(super) fn new(survivors: &'s Survivors<'a>) -> Self {
        Self {
            survivors,
            permitted: Permitted::new(survivors),
        }
    }
}

impl TakeoverRule for Rescale<'_, '_> {
    /// The position of the set of permitted sites.
    type Key = usize;

    fn key(&mut self, kind: KindId, _: usize) -> usize {
        self.permitted.of(kind)
    }

    fn sites(&self, set: usize, group: usize) -> Vec<(SiteId, f64)> {
        sites(self.survivors, group, self.permitted.get(set))
    }
}

/// Where users of a group go who may go to these sites.
fn sites(survivors: &Survivors<'_>, group: usize, permitted: &SiteSet) -> Vec<(SiteId, f64)> {
    let cells = &survivors.base.cells;
    let of_group = cells.of_group(group);
    let left = of_group.filter(|&cell| permitted.contains(cells.all[cell].site.index()));
    let mut sites: Vec<(SiteId, f64)> = left
        .map(|cell| (cells.all[cell].site, survivors.left[cell]))
        .filter(|(_, users)| *users > 0.0)
        .collect();
    let all: f64 = sites.iter().map(|(_, users)| users).sum();
    for (_, share) in &mut sites {
        *share /= all;
    }
    if sites.is_empty() {
        sites.extend(nearest(survivors, group, permitted).map(|site| (site, 1.0)));
    }
    sites
}

/// The one of these sites with the least latency, if any is reached.
fn nearest(survivors: &Survivors<'_>, group: usize, permitted: &SiteSet) -> Option<SiteId> {
    let reached = permitted.ones().map(SiteId::new).filter_map(|site| {
        let latency = survivors.latency(group, site)?;
        Some((latency, site))
    });
    let nearest = reached.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    nearest.map(|(_, site)| site)
}
