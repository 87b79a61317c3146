//! Undo: what undoing a wave takes, if everybody of it goes back before steering does.
//!
//! Whatever part of a wave has moved is safe under its steering, so its moves are undone under it, and fewer than all of
//! them undone are such a part. Once all are, nothing has moved under the steering of the wave, and steering goes back
//! through the states through which it came.

use super::cells::Pair;
use super::fill::Filled;
use super::passage::{Item, Passage};
use super::stand::{Stand, Turn};
use super::wave::Measured;
use crate::ids::{ComponentId, SiteId};
use crate::plan::{Pace, Undo};
use crate::units::FEASIBILITY;
use std::collections::{BTreeMap, BTreeSet};

/// What takes longer is never done, in seconds: a year. What arithmetic leaves of nothing takes longer still.
const LONGEST: f64 = 31_536_000.0;

/// The same, never where it takes too long.
fn ended(mut paces: Vec<Pace>) -> Vec<Pace> {
    for pace in &mut paces {
        pace.seconds = pace.seconds.filter(|seconds| *seconds <= LONGEST);
    }
    paces
}

impl Passage<'_> {
    /// What undoing a wave takes that begins at a stand.
    pub(super) fn undo(
        &self,
        stand: &Stand,
        turn: Turn,
        filled: &Filled,
        measured: &Measured,
    ) -> Undo {
        let mut sites: BTreeMap<SiteId, Pair> = BTreeMap::new();
        let mut lost: BTreeSet<SiteId> = BTreeSet::new();
        let mut passing: Vec<Pair> = measured.passing.iter().map(|own| [0.0, own[1]]).collect();
        for &item in &filled.items {
            let own = self.items[item];
            let kind = &self.kinds[own.kind];
            // Who is new has nowhere to go back to.
            let Some(from) = kind.from else { continue };
            if self.is_lost(own, from) {
                lost.insert(from);
            }
            let users = own.leaving.max(own.users);
            sites.entry(kind.to).or_default()[0] += users;
            sites.entry(from).or_default()[1] += users;
            for brought in &kind.gates {
                passing[brought.at][0] += users * brought.old.at(turn.to);
            }
        }
        let back = Turn {
            from: turn.to,
            to: turn.from,
            is_first_after_loss: false,
        };
        let steered = back.arrivals(self, stand).into_iter().enumerate();
        let steered: Vec<Pair> = steered
            .map(|(gate, arrivals)| [arrivals, stand.background(gate, turn)])
            .collect();
        Undo {
            steering_share: turn.from,
            lost: lost.into_iter().collect(),
            overloads: self.overloaded_again(stand, turn, filled),
            moves: ended(self.paces_through(&passing, &sites)),
            steering: ended(self.paces_through(&steered, &BTreeMap::new())),
        }
    }

    /// What a fault had left too little of when a wave began, that the wave has relieved: the fullest of them.
    fn overloaded_again(&self, stand: &Stand, turn: Turn, filled: &Filled) -> Option<ComponentId> {
        let begun = |limit: usize| stand.load(limit, turn.from);
        let limits = self.limits.rows.iter().enumerate();
        let full: Vec<usize> = limits
            .filter(|(limit, own)| !own.with_retries && begun(*limit) > own.most)
            .map(|(limit, _)| limit)
            .collect();
        if full.is_empty() {
            return None;
        }
        let mut end = stand.clone();
        for &item in &filled.items {
            end.go(self, item);
        }
        let relieved = full.into_iter().filter(|limit| {
            let least = begun(*limit) * (1.0 - FEASIBILITY);
            end.load(*limit, turn.to) < least
        });
        let share = |limit: &usize| {
            let most = self.limits.rows[*limit].most;
            begun(*limit) / most.max(f64::MIN_POSITIVE)
        };
        let fullest = relieved.max_by(|a, b| share(a).total_cmp(&share(b)).then(b.cmp(a)));
        fullest.map(|limit| self.limits.rows[limit].component)
    }

    /// `true` if somebody cannot be served where he was, under some case in which he may have been there. Who was served nowhere
    /// is so again.
    fn is_lost(&self, item: Item, from: SiteId) -> bool {
        let kind = &self.kinds[item.kind];
        let mut grounds = self.limits.grounds.iter().enumerate();
        if !item.was_served {
            return grounds.all(|(_, own)| own.case.gone[from.index()]);
        }
        grounds.any(|(ground, own)| {
            let is_open = |cell: usize| self.cells.all[cell].is_open[ground];
            let has_way = kind.from_cell.is_some_and(is_open) || item.comes.is_some();
            own.case.gone[from.index()] || !has_way
        })
    }
}
