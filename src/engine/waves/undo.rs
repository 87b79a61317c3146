//! Undo: what undoing a wave takes, if everybody of it goes back before steering does.
//!
//! Whatever part of a wave has moved is safe under its steering, so its moves are undone under it, and fewer than all of
//! them undone are such a part. Once all are, nothing has moved under the steering of the wave, and steering goes back
//! through the states through which it came.

use super::cells::Pair;
use super::fill::Filled;
use super::passage::{Item, WavePassage};
use super::stand::{SteeringTurn, WaveState};
use super::touched::{Holding, shifted};
use super::wave::Measured;
use crate::ids::{ComponentId, SiteId};
use crate::plan::{Barred, Pace, Undo};
use crate::units::FEASIBILITY;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What takes longer is never done, in seconds: a year. What arithmetic leaves of nothing takes longer still.
const LONGEST: f64 = 31_536_000.0;

/// The same, never where it takes too long.
fn ended(mut paces: Vec<Pace>) -> Vec<Pace> {
    for pace in &mut paces {
        pace.seconds = pace.seconds.filter(|seconds| *seconds <= LONGEST);
    }
    paces
}

impl WavePassage<'_> {
    /// What undoing a wave takes that begins at a stand.
    pub(super) fn undo(
        &self,
        (stand, turn): (&WaveState, SteeringTurn),
        (filled, measured): (&Filled, &Measured),
        (holding, [end, gate_end]): (&Holding, [Timestamp; 2]),
    ) -> Undo {
        let mut sites: BTreeMap<SiteId, Pair> = BTreeMap::new();
        let mut lost: BTreeMap<SiteId, Timestamp> = BTreeMap::new();
        let mut passing: Vec<Pair> = measured
            .passing
            .iter()
            .map(|values| [0.0, values[1]])
            .collect();
        for &item in &filled.items {
            let one_item = self.items[item];
            let kind = &self.kinds[one_item.kind];
            // Who is new has nowhere to go back to.
            let Some(from) = kind.from else { continue };
            if let Some(at) = self.lost_from(one_item, from, (holding, end)) {
                let earliest = lost.entry(from).or_insert(at);
                *earliest = at.min(*earliest);
            }
            let users = one_item.leaving.max(one_item.users);
            sites.entry(kind.to).or_default()[0] += users;
            sites.entry(from).or_default()[1] += users;
            for brought in &kind.gates {
                passing[brought.at][0] += users * brought.old.at(turn.to);
            }
        }
        let back = SteeringTurn {
            from: turn.to,
            to: turn.from,
            is_first_after_loss: false,
        };
        let steered = back.arrivals(self, stand).into_iter().enumerate();
        let steered: Vec<Pair> = steered
            .map(|(gate, arrivals)| [arrivals, stand.background(gate, turn)])
            .collect();
        let mut undo = Undo {
            steering_share: turn.from,
            moves: ended(self.paces_through(&passing, &sites)),
            steering: ended(self.paces_through(&steered, &BTreeMap::new())),
            ..Undo::default()
        };
        let lost = lost.values().min().map(|at| {
            let its = lost.iter().filter(|(_, from)| *from == at);
            (*at, Barred::Lost(its.map(|(site, _)| *site).collect()))
        });
        let overloads = self.overloaded_again((stand, turn), filled, holding);
        let overloads = overloads.map(|(at, component)| (at, Barred::Overloads(component)));
        // Of two at once who cannot go back comes first.
        let first = lost.into_iter().chain(overloads).min_by_key(|pair| pair.0);
        let Some((at, barred)) = first else {
            return undo;
        };
        if at == holding.begins {
            undo.barred = Some(barred);
        } else if undo
            .seconds()
            .is_none_or(|value| at < shifted(gate_end, value))
        {
            undo.barred_later = Some((at, barred));
        }
        undo
    }

    /// What a fault leaves too little of unless the wave relieves it, and from when on: what it is first, the fullest of them.
    fn overloaded_again(
        &self,
        (stand, turn): (&WaveState, SteeringTurn),
        filled: &Filled,
        holding: &Holding,
    ) -> Option<(Timestamp, ComponentId)> {
        let begun = |limit: usize| stand.load(limit, turn.from);
        let limits = self.limits.rows.iter().enumerate();
        let full: Vec<usize> = limits
            .filter(|(limit, load_limit)| {
                !load_limit.row.with_retries && begun(*limit) > load_limit.most
            })
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
        let dated = relieved.filter_map(|limit| {
            let row = &self.limits.rows[limit];
            Some((holding.from(row.case)?, limit))
        });
        let first = dated.min_by(|(from, a), (other, b)| {
            let fuller = share(b).total_cmp(&share(a)).then(a.cmp(b));
            from.cmp(other).then(fuller)
        });
        first.map(|(from, limit)| (from, self.limits.rows[limit].row.component))
    }

    /// From when on somebody cannot be served where they were, under some case in which they may have been there. Users who
    /// were unserved are so again.
    fn lost_from(
        &self,
        item: Item,
        from: SiteId,
        (holding, end): (&Holding, Timestamp),
    ) -> Option<Timestamp> {
        let kind = &self.kinds[item.kind];
        let is_gone = |case: usize| self.limits.cases[case].case.gone[from.index()];
        let cases = 0..self.limits.cases.len();
        if !item.was_served {
            let mut met = cases.filter(|case| holding.before(*case, end).is_some());
            return met.all(is_gone).then_some(holding.begins);
        }
        let lost = cases.filter(|case| {
            let is_open = |cell: usize| self.cells.all[cell].is_open[*case];
            let has_path = kind.from_cell.is_some_and(is_open) || item.comes.is_some();
            is_gone(*case) || !has_path
        });
        lost.filter_map(|case| holding.from(case)).min()
    }
}
