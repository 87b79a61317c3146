//! Cases: through which hours of which cases a transition goes, from the period's start outwards, which steerings hold there, and
//! how many are where: pieces that move alike together.

use super::super::path::Steered;
use super::super::period::PeriodState;
use super::super::period::carrying_after;
use super::pieces::{Piece, PieceFate, PieceGroup};
use super::shares::{PathShares, SteeringState, WaveCase};
use super::transition::WaveReferee;
use super::written::{WrittenWave, seconds};
use crate::ids::SiteId;
use crate::model::Case;
use crate::plan_files::Timing;
use crate::scenario::{Band, Knowledge, Period, case_at};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// One slice of the hours of a case, for as long as it holds without a break.
pub(super) struct CaseSpan<'a> {
    /// Transitions that take longer than this many seconds go through it.
    beyond: f64,
    /// Of which case, and which slice: positions from 0 are periods, and none is what holds before the scenario.
    key: (Option<usize>, usize),
    steered: [&'a [Steered]; 2],
}

/// How many spans a transition goes through that takes so long; the one next to the period's start always.
pub(super) fn within(spans: &[CaseSpan<'_>], seconds: f64) -> usize {
    let later = spans.iter().skip(1);
    1 + later
        .take_while(|case_span| case_span.beyond < seconds)
        .count()
}

impl<'a> WaveReferee<'a> {
    /// All spans of a timing, the one next to the period's start first.
    pub(super) fn spans(&self, timing: Timing) -> Vec<CaseSpan<'a>> {
        match timing {
            Timing::Ahead => self.spans_ahead(),
            Timing::After => self.spans_after(),
        }
    }

    /// In a slice of an earlier period before is its own steering in the slice, and waves turn to that with which the
    /// period begins. Before the scenario that slice of the state before counts with which it begins, and, if a transition
    /// takes any time there, all of them.
    fn spans_ahead(&self) -> Vec<CaseSpan<'a>> {
        let transition = self.transition;
        let start = transition.period.start;
        let turned = transition.steered_at_start();
        let mut all = Vec::new();
        for (index, past) in transition.past.iter().enumerate().rev() {
            let hours = &past.situation.case.hours;
            let stretches = hours.stretches_within(past.period.start, past.period.end);
            all.extend(stretches.rev().map(|stretch| CaseSpan {
                beyond: seconds(stretch.end, start),
                key: (Some(index), stretch.slice),
                steered: [past.steered.of(stretch.slice), turned],
            }));
        }
        let begin = transition
            .periods
            .first()
            .map_or(start, |period| period.start);
        let hours = &self.quiet.case.hours;
        let mut slices: Vec<usize> = (0..hours.slice_count()).collect();
        let first = hours.slice_at(begin);
        slices.sort_by_key(|slice| (*slice != first, *slice));
        all.extend(slices.into_iter().map(|slice| CaseSpan {
            beyond: seconds(begin, start),
            key: (None, slice),
            steered: [transition.before.steered.of(slice), turned],
        }));
        all
    }

    /// In a slice of the period before is the steering with which the one before it ended, and waves turn to its own in
    /// the slice; in later periods to the one with which it ends.
    fn spans_after(&self) -> Vec<CaseSpan<'a>> {
        let transition = self.transition;
        let mut all = Vec::new();
        for later in &transition.periods[transition.period.index..] {
            let is_own = later.index == transition.period.index;
            let of_later = (!is_own).then(|| self.case_of(later).hours);
            let hours = of_later
                .as_ref()
                .unwrap_or(&transition.situation.case.hours);
            let stretches = hours.stretches_within(later.start, later.end);
            all.extend(stretches.map(|stretch| CaseSpan {
                beyond: seconds(transition.period.start, stretch.start),
                key: (Some(later.index), stretch.slice),
                steered: [
                    self.steered[0].rows,
                    if is_own {
                        transition.steered.of(stretch.slice)
                    } else {
                        transition.steered_at_end()
                    },
                ],
            }));
        }
        all
    }

    fn case_of(&self, period: &Period) -> Case {
        let (inventory, scenario) = (self.context.inventory, self.context.scenario);
        let believed = Knowledge::Believed;
        let mut case = case_at(inventory, scenario, period.start, believed, Band::Expected);
        case.share(&self.transition.situation.case);
        case
    }

    /// How many spans written waves go through.
    pub(super) fn gone_through(
        &self,
        spans: &[CaseSpan<'_>],
        timing: Timing,
        waves: &[&WrittenWave<'_>],
    ) -> usize {
        let start = self.transition.period.start;
        let reached = match timing {
            Timing::Ahead => waves
                .first()
                .map(|written_wave| seconds(written_wave.start, start)),
            Timing::After => waves
                .last()
                .map(|written_wave| seconds(start, written_wave.end) + written_wave.gate()),
        };
        self.reached(spans, timing, reached.unwrap_or(0.0))
    }

    /// How many spans a transition goes through that takes so long; nothing is done before an earlier change is.
    pub(super) fn reached(&self, spans: &[CaseSpan<'_>], timing: Timing, takes: f64) -> usize {
        let free = self.earliest().filter(|_| timing == Timing::Ahead);
        let most = free.map(|from| seconds(from, self.transition.period.start).max(0.0));
        within(spans, takes.min(most.unwrap_or(f64::INFINITY))).min(spans.len())
    }

    /// What holds in some spans, and who passes where in it.
    pub(super) fn cases(&self, spans: &[CaseSpan<'a>], timing: Timing) -> Vec<WaveCase<'a>> {
        let mut first: Vec<&CaseSpan<'_>> = Vec::new();
        for span in spans {
            if !first.iter().any(|case_span| case_span.key == span.key) {
                first.push(span);
            }
        }
        let case = |span: &&CaseSpan<'a>| {
            let situation = self.situation(span.key, timing);
            let steered = [0, 1].map(|end: usize| SteeringState {
                rows: span.steered[end],
                ..self.steered[end]
            });
            WaveCase {
                key: span.key,
                shares: PathShares::new(&situation, steered),
                situation,
                steered: span.steered,
            }
        };
        first.par_iter().map(case).collect()
    }

    fn situation(
        &self,
        (period, slice): (Option<usize>, usize),
        timing: Timing,
    ) -> PeriodState<'a> {
        let transition = self.transition;
        let mut situation = match period.map(|index| (index, index.cmp(&transition.period.index))) {
            None => self.quiet.in_slice(slice),
            Some((index, Ordering::Less)) => transition.past[index].situation.in_slice(slice),
            Some((_, Ordering::Equal)) => transition.situation.in_slice(slice),
            Some((index, Ordering::Greater)) => {
                let later =
                    PeriodState::new(self.context, self.case_of(&transition.periods[index]));
                later.in_slice(slice)
            }
        };
        if timing == Timing::After {
            let states = self.steered.map(|steering_state| steering_state.members);
            let gone = [&*transition.situation.case.gone, &*situation.case.gone];
            situation.members = carrying_after(self.context, states, gone, &situation.members);
        }
        situation
    }
}

/// What tells groups apart: group and sites, copies there, the number of their factors of demand under all cases, the bits of
/// how many there were for each who is there, fate and wave, and where they are for the whole transition.
type GroupKey = (
    (usize, [Option<SiteId>; 2], [bool; 2]),
    (usize, u64),
    (u8, Option<u32>, Option<usize>),
);

impl WaveReferee<'_> {
    /// Pieces of one timing, those together that bring the same.
    pub(super) fn groups(&self, timing: Timing, cases: &[WaveCase<'_>]) -> Vec<PieceGroup> {
        let mut known: FxHashMap<GroupKey, usize> = FxHashMap::default();
        let mut factors: FxHashMap<Vec<u64>, usize> = FxHashMap::default();
        let mut bits: Vec<u64> = Vec::with_capacity(cases.len());
        // Each with whether somebody is served at both places under each case.
        let mut all: Vec<(PieceGroup, Vec<[bool; 2]>)> = Vec::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            bits.clear();
            let of_case = cases.iter().map(|case| &case.situation.case);
            bits.extend(of_case.map(|case| case.factor[piece.shard].to_bits()));
            let factor = factors.get(&bits).copied().unwrap_or_else(|| {
                factors.insert(bits.clone(), factors.len());
                factors.len() - 1
            });
            let sites = [piece.old, piece.new].map(|pair| pair.map(|(site, _)| site));
            let shares = [piece.old, piece.new].map(|pair| pair.map_or(0.0, |(_, share)| share));
            let has_copy = |site| self.context.has_copy(piece.shard, site);
            let group = self.context.group_of(piece.shard);
            let (fate, wave) = match piece.fate {
                PieceFate::Stays => (0, None),
                PieceFate::Moves(moved) => (1, self.wave_of[moved]),
                PieceFate::Restored => (2, None),
                PieceFate::Shed => (3, None),
            };
            let is_own = self.is_of(index, timing);
            let settled = match (piece.fate, timing) {
                (PieceFate::Stays, _) | (PieceFate::Shed | PieceFate::Restored, Timing::Ahead) => {
                    Some(0)
                }
                (PieceFate::Moves(_), Timing::Ahead) if !is_own => Some(0),
                (PieceFate::Moves(_), Timing::After) if !is_own => Some(1),
                _ => None,
            };
            let key = (
                (group, sites, sites.map(|site| site.is_some_and(has_copy))),
                (factor, (shares[0] / shares[1]).to_bits()),
                (fate, wave, settled),
            );
            let at = *known.entry(key).or_insert_with(|| {
                let is_served = cases.iter().map(|case| {
                    sites.map(|one_site| {
                        one_site.is_some_and(|site| case.shares.of(group, site).is_some())
                    })
                });
                let piece_group = PieceGroup {
                    fate: piece.fate,
                    wave,
                    settled,
                    ..PieceGroup::new(piece.shard, sites, cases.len())
                };
                all.push((piece_group, is_served.collect()));
                all.len() - 1
            });
            let (piece_group, is_served) = &mut all[at];
            self.count((piece, shares), (cases, is_served), piece_group);
        }
        all.into_iter().map(|pair| pair.0).collect()
    }

    /// Adds a piece to its group, of which somebody is served at both places under each case or is not. Rates count the most
    /// that its users are; who is placed counts once they have users.
    fn count(
        &self,
        (piece, shares): (&Piece, [f64; 2]),
        (cases, is_served): (&[WaveCase<'_>], &[[bool; 2]]),
        group: &mut PieceGroup,
    ) {
        let mut counted = match piece.fate {
            PieceFate::Moves(index) if self.transition.moves[index].from.is_some() => {
                self.transition.moves[index].users
            }
            PieceFate::Restored => self.transition.situation.case.users(piece.shard) * shares[1],
            _ => 0.0,
        };
        let mut leaving: f64 = 0.0;
        for ((case, is_served), users) in cases.iter().zip(is_served).zip(&mut group.users) {
            let of_shard = case.situation.case.users(piece.shard);
            let values = [0, 1].map(|end: usize| {
                if is_served[end] {
                    of_shard * shares[end]
                } else {
                    0.0
                }
            });
            users[0] += values[0];
            users[1] += values[1];
            counted = counted.max(values[1]);
            leaving = leaving.max(values[0]);
        }
        group.counted += counted;
        if leaving > 0.0 {
            group.leaving += leaving.max(counted);
        }
    }
}
