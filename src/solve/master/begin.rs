//! Where a search begins by prices that are near the right ones: all users where these send them, without a step of the
//! solver (`docs/design.md`).

use super::Master;
use crate::error::Result;
use crate::formulation::{ClassId, ColumnKey};
use crate::ids::SiteId;
use crate::solve::candidate::{Candidate, CandidateKind};
use crate::solve::closed::Closed;
use crate::solve::price::Pass;
use crate::solve::prices::DualPrices;
use std::collections::BTreeMap;

/// Where prices send a class.
#[derive(Default)]
struct SentAway {
    /// The cheapest site elsewhere with what is gained by going there.
    site: Option<(f64, SiteId)>,
    /// By rank, what is gained by staying unserved.
    unserved: Vec<(usize, f64)>,
}

impl Master<'_> {
    /// The prices of the last solution.
    pub(in crate::solve) fn last_tariff(&self) -> DualPrices {
        match &self.last_tariff {
            Some(tariff) => DualPrices::clone(tariff),
            None => self.tariff(&self.nothing()),
        }
    }

    /// Sends classes without a row where prices say, whether or not all of them fit there.
    pub(in crate::solve) fn begin_at(
        &mut self,
        tariff: &DualPrices,
        closed: &Closed,
    ) -> Result<()> {
        let one_closed = std::mem::replace(&mut self.closed, closed.clone());
        let mut pass = self.price(tariff);
        self.closed = one_closed;
        let mut sent: BTreeMap<ClassId, SentAway> = BTreeMap::new();
        for candidate in &pass.candidates {
            let class = candidate.class;
            if self.class_rows[class].is_none()
                && !self.anchors.has(class)
                && !self.parked.has(class)
            {
                sent.entry(class).or_default().take(candidate, self);
            }
        }
        for (&class, sent) in &sent {
            if !self.leave_tiers(class, sent)
                && let Some((_, site)) = sent.site
            {
                self.send(class, site, &mut pass);
            }
        }
        let anchors = self.anchors.len();
        tracing::debug!(sent = sent.len(), anchors, "begun at prices of a sample");
        self.shifts = self.shifts_of_anchors();
        self.apply_rows()?;
        self.apply_bounds()
    }

    /// Leaves tiers of a class unserved who gain by it more than by any site; `true` if nobody of it is left.
    fn leave_tiers(&mut self, class: ClassId, sent: &SentAway) -> bool {
        let least = sent.site.map_or(0.0, |(gain, _)| gain.min(0.0));
        let unserved = sent.unserved.iter().filter(|(_, gain)| *gain < least);
        let mut ranks: Vec<usize> = unserved.map(|(rank, _)| *rank).collect();
        ranks.sort_unstable();
        for &rank in &ranks {
            let key = ColumnKey::Unserved(class, rank);
            self.known.insert(key);
            if self.may_be_anchor(key) {
                self.anchors.insert(class, key);
                return true;
            }
        }
        if !ranks.is_empty() {
            self.parked.park(class, ranks);
        }
        false
    }

    /// Sends who is left of a class to a site.
    fn send(&mut self, class: ClassId, site: SiteId, pass: &mut Pass<'_>) {
        let Some(path) = pass.intern(self.problem, class, site, &mut self.paths) else {
            return;
        };
        let key = ColumnKey::Displaced(class, path);
        let is_default = self.problem.defaults[class]
            .is_some_and(|default| key == ColumnKey::Displaced(class, default.path));
        if !is_default && !self.known.contains(&key) && self.upper_bound(key) > 0.0 {
            self.known.insert(key);
            self.anchors.insert(class, key);
        }
    }
}

impl SentAway {
    fn take(&mut self, candidate: &Candidate, master: &Master<'_>) {
        let class = master.problem.class(candidate.class);
        match candidate.what {
            CandidateKind::Displaced(site) => {
                let gain = candidate.violation / class.users;
                if self.site.is_none_or(|pair| (gain, site) < pair) {
                    self.site = Some((gain, site));
                }
            }
            CandidateKind::Unserved(rank) => {
                let gain = candidate.violation / class.users_of_rank[rank];
                self.unserved.push((rank, gain));
            }
        }
    }
}
