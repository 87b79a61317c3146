//! Elsewhere: what it costs a class to be served at another site than its current one.

use super::closed::Closed;
use super::options::{COST_OF_MILLISECOND, WORTH_ADDING};
use crate::formulation::Class;
use crate::formulation::goals::{Level, Objective};
use crate::ids::SiteId;

/// What one user of a class costs for being served at another site than their current one.
pub(super) struct LeavingPrice {
    /// At any other site; nothing if that is closed.
    moved: Option<f64>,
    /// What comes to it without a copy there; nothing if that is closed.
    copied: Option<f64>,
}

impl LeavingPrice {
    /// What it costs a class under an objective.
    pub(super) fn of(class: &Class, objective: &Objective, closed: &Closed) -> Self {
        let is_relief = !class.is_affected;
        let relief = if is_relief {
            objective.levels[Level::Relief]
        } else {
            0.0
        };
        let is_closed = closed.levels[Level::Moved] || closed.levels[Level::Relief] && is_relief;
        Self {
            moved: (!is_closed).then_some(relief + objective.levels[Level::Moved]),
            copied: (!closed.levels[Level::Copied]).then_some(objective.levels[Level::Copied]),
        }
    }

    /// The sites that are open to a class and may cost less than so much, and some that are not.
    pub(super) fn sites<'c>(&self, class: &'c Class, less_than: f64) -> &'c [SiteId] {
        let moved = self.moved.filter(|moved| *moved < less_than);
        match (moved, class.current) {
            (None, Some(current)) => {
                let stays = class.sites.binary_search(&current);
                stays.map_or(&[], |at| &class.sites[at..=at])
            }
            _ => &class.sites,
        }
    }

    /// The same at one site; nothing where the class may not go.
    pub(super) fn cost(&self, class: &Class, site: SiteId, has_copy: bool) -> Option<f64> {
        if class.current.is_none_or(|current| current == site) {
            return Some(0.0);
        }
        let moved = self.moved?;
        if has_copy {
            Some(moved)
        } else {
            Some(moved + self.copied?)
        }
    }
}

/// The two sites that are best for a class, as they are found.
pub(super) struct BestSites {
    of_millisecond: f64,
    best: [Option<(f64, SiteId)>; 2],
    /// What those cost with a little for their latency.
    ranked: [f64; 2],
    /// Whatever its latency.
    cheapest: Option<(f64, SiteId)>,
}

impl BestSites {
    /// None so far; in a large problem the nearer of two that cost the same is better.
    pub(super) fn new(is_large: bool) -> Self {
        Self {
            of_millisecond: if is_large { COST_OF_MILLISECOND } else { 0.0 },
            best: [None; 2],
            ranked: [f64::INFINITY; 2],
            cheapest: None,
        }
    }

    /// `true` if whatever costs at least so much is none of them.
    pub(super) fn is_beyond(&self, at_least: f64) -> bool {
        at_least > self.ranked[1]
    }

    /// Looks at one more.
    pub(super) fn add(&mut self, cost: f64, site: SiteId, latency: f64) {
        if self
            .cheapest
            .is_none_or(|(least, first)| is_before((cost, site), (least, first)))
        {
            self.cheapest = Some((cost, site));
        }
        let with_latency = cost + self.of_millisecond * latency;
        if self.is_better(with_latency, site, 0) {
            self.best = [Some((cost, site)), self.best[0]];
            self.ranked = [with_latency, self.ranked[0]];
        } else if self.is_better(with_latency, site, 1) {
            self.best[1] = Some((cost, site));
            self.ranked[1] = with_latency;
        }
    }

    /// `true` if a site is better than the one at a position; of equals the first is.
    fn is_better(&self, with_latency: f64, site: SiteId, position: usize) -> bool {
        self.best[position].is_none_or(|(_, one_site)| {
            is_before((with_latency, site), (self.ranked[position], one_site))
        })
    }

    /// Both with their costs. A bound counts on the cheapest, so that is one of them where it is cheaper by more than
    /// arithmetic leaves.
    pub(super) fn into_best(mut self) -> impl Iterator<Item = (f64, SiteId)> {
        let costs = self.best.iter().flatten().map(|(cost, _)| *cost);
        let least = costs.fold(f64::INFINITY, f64::min);
        if self
            .cheapest
            .is_some_and(|(cost, _)| cost < least + WORTH_ADDING)
        {
            self.best[1] = self.cheapest;
        }
        self.best.into_iter().flatten()
    }
}

/// `true` if a site costs less than another, or as much and is the first of the two.
fn is_before(one: (f64, SiteId), other: (f64, SiteId)) -> bool {
    one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)).is_lt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_of_equals_and_the_cheapest_by_far_are_chosen() {
        let chosen = |is_large: bool, all: &[(f64, usize, f64)]| {
            let mut choice = BestSites::new(is_large);
            for &(cost, site, latency) in all {
                choice.add(cost, SiteId::new(site), latency);
            }
            let sites = choice.into_best().map(|(_, site)| site.index());
            sites.collect::<Vec<_>>()
        };
        let alike = [(0.5, 0, 300.0), (0.5, 1, 10.0), (0.5, 2, 20.0)];
        assert_eq!(chosen(true, &alike), [1, 2]);
        assert_eq!(chosen(false, &alike), [0, 1]);
        let far = [(0.5, 0, 10.0), (0.5, 1, 10.0), (0.5 - 1e-7, 2, 210.0)];
        assert_eq!(chosen(true, &far), [0, 2]);
        assert_eq!(chosen(false, &far), [2, 0]);
        assert!(chosen(true, &[]).is_empty());
    }
}
