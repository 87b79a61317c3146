//! Touched: through which hours of which cases a way goes, from the period's start outwards, which steerings hold there, and
//! how many are where: pieces that move alike together.

use super::super::leg::Steered;
use super::super::period::Situation;
use super::super::pools::carrying_behind;
use super::pieces::{Crowd, Fate, Piece};
use super::shares::{Ends, Steering, Under};
use super::way::OfWay;
use super::written::{WrittenWave, seconds};
use crate::ids::SiteId;
use crate::model::{Case, Hours};
use crate::plan_files::Timing;
use crate::scenario::{Band, Knowledge, Period, case_at};
use jiff::Timestamp;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// One slice of the hours of a case, for as long as it holds without a break.
struct Span<'a> {
    /// Ways that take longer than so many seconds go through it.
    beyond: f64,
    /// Of which case: positions from 0 are periods, and none is what holds ahead of the scenario.
    period: Option<usize>,
    slice: usize,
    steered: [&'a [Steered]; 2],
}

/// The spans of one timing, the one next to the period's start first.
pub(super) struct Spans<'a> {
    timing: Timing,
    all: Vec<Span<'a>>,
}

/// Slices of a period in their time: slice, from when, until when.
pub(super) fn slices_in(hours: &Hours, period: &Period) -> Vec<(usize, Timestamp, Timestamp)> {
    let own = hours.stretches().iter().map(|stretch| {
        let from = stretch.start.max(period.start);
        (stretch.slice, from, stretch.end.min(period.end))
    });
    own.filter(|(_, from, to)| from < to).collect()
}

impl Span<'_> {
    fn key(&self) -> (Option<usize>, usize) {
        (self.period, self.slice)
    }
}

impl Spans<'_> {
    /// How many of them a way goes through that takes so long; the one next to the start always.
    pub(super) fn within(&self, seconds: f64) -> usize {
        let mut reached = 1;
        while self
            .all
            .get(reached)
            .is_some_and(|own| own.beyond < seconds)
        {
            reached += 1;
        }
        reached
    }
}

impl<'a> OfWay<'a> {
    /// All spans of a timing.
    pub(super) fn spans(&self, timing: Timing) -> Spans<'a> {
        let all = match timing {
            Timing::Ahead => self.spans_ahead(),
            Timing::Behind => self.spans_behind(),
        };
        Spans { timing, all }
    }

    /// "In a slice of an earlier period before is its own steering in the slice, and waves turn to that with which the
    /// period begins. Ahead of the scenario that slice of the state before counts with which it begins, and, if a way
    /// takes any time there, all of them."
    fn spans_ahead(&self) -> Vec<Span<'a>> {
        let way = self.way;
        let start = way.period.start;
        let turned = way.steered_at_start();
        let mut all = Vec::new();
        for (index, past) in way.past.iter().enumerate().rev() {
            let mut slices = slices_in(&past.situation.case.hours, &past.period);
            slices.reverse();
            all.extend(slices.into_iter().map(|(slice, _, to)| Span {
                beyond: seconds(to, start),
                period: Some(index),
                slice,
                steered: [past.steered.of(slice), turned],
            }));
        }
        let begin = way.periods.first().map_or(start, |own| own.start);
        let hours = &self.quiet.case.hours;
        let mut slices: Vec<usize> = (0..hours.slice_count()).collect();
        let first = hours.slice_at(begin);
        slices.sort_by_key(|slice| (*slice != first, *slice));
        all.extend(slices.into_iter().map(|slice| Span {
            beyond: seconds(begin, start),
            period: None,
            slice,
            steered: [way.before.steered.of(slice), turned],
        }));
        all
    }

    /// "In a slice of the period before is the steering with which the one before it ended, and waves turn to its own in
    /// the slice; in later periods to the one with which it ends."
    fn spans_behind(&self) -> Vec<Span<'a>> {
        let way = self.way;
        let start = way.period.start;
        let before = self.steered[0].rows;
        let mut all = Vec::new();
        for later in &way.periods[way.period.index..] {
            let is_own = later.index == way.period.index;
            let of_later = (!is_own).then(|| self.case_of(later).hours);
            let hours = of_later.as_ref().unwrap_or(&way.situation.case.hours);
            all.extend(slices_in(hours, later).into_iter().map(|(slice, from, _)| {
                let turned = if is_own {
                    way.steered.of(slice)
                } else {
                    way.steered_at_end()
                };
                Span {
                    beyond: seconds(start, from),
                    period: Some(later.index),
                    slice,
                    steered: [before, turned],
                }
            }));
        }
        all
    }

    fn case_of(&self, period: &Period) -> Case {
        let (inventory, scenario) = (self.ground.inventory, self.ground.scenario);
        let believed = Knowledge::Believed;
        let mut case = case_at(inventory, scenario, period.start, believed, Band::Expected);
        case.share(&self.way.situation.case);
        case
    }

    /// How many spans written waves go through.
    pub(super) fn gone_through(
        &self,
        spans: &Spans<'_>,
        timing: Timing,
        waves: &[&WrittenWave<'_>],
    ) -> usize {
        let start = self.way.period.start;
        let reached = match timing {
            Timing::Ahead => waves.first().map(|own| seconds(own.start, start)),
            Timing::Behind => waves.last().map(|own| seconds(start, own.end) + own.gate()),
        };
        self.reached(spans, timing, reached.unwrap_or(0.0))
    }

    /// How many spans a way goes through that takes so long; nothing is done before an earlier change is.
    pub(super) fn reached(&self, spans: &Spans<'_>, timing: Timing, takes: f64) -> usize {
        let free = self.earliest().filter(|_| timing == Timing::Ahead);
        let most = free.map(|from| seconds(from, self.way.period.start).max(0.0));
        let within = spans.within(takes.min(most.unwrap_or(f64::INFINITY)));
        within.min(spans.all.len())
    }

    /// What holds in the first so many spans, and who passes where in it.
    pub(super) fn unders(&self, spans: &Spans<'a>, count: usize) -> Vec<Under<'a>> {
        let mut first: Vec<&Span<'_>> = Vec::new();
        for span in &spans.all[..count] {
            if !first.iter().any(|own| own.key() == span.key()) {
                first.push(span);
            }
        }
        let under = |span: &&Span<'a>| {
            let situation = self.situation(span, spans.timing);
            let [before, after] = self.steered;
            let [one, other] = span.steered;
            let steered = [
                Steering {
                    rows: one,
                    ..before
                },
                Steering {
                    rows: other,
                    ..after
                },
            ];
            Under {
                key: span.key(),
                ends: Ends::new(self.ground, &situation, steered),
                situation,
                steered: span.steered,
            }
        };
        first.par_iter().map(under).collect()
    }

    fn situation(&self, span: &Span<'_>, timing: Timing) -> Situation<'a> {
        let way = self.way;
        let own = way.period.index;
        let mut situation = match span.period {
            None => self.quiet.in_slice(span.slice),
            Some(index) if index < own => {
                let past = &way.past[index].situation;
                past.in_slice(span.slice)
            }
            Some(index) if index == own => way.situation.in_slice(span.slice),
            Some(index) => {
                let later = Situation::new(self.ground, self.case_of(&way.periods[index]));
                later.in_slice(span.slice)
            }
        };
        if timing == Timing::Behind {
            let states = self.steered.map(|own| own.members);
            let gone = [&*way.situation.case.gone, &*situation.case.gone];
            situation.members = carrying_behind(self.ground, states, gone, &situation.members);
        }
        situation
    }
}

/// What tells crowds apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    group: usize,
    sites: [Option<SiteId>; 2],
    copies: [bool; 2],
    /// The number of their factors of demand under all cases.
    factor: usize,
    /// Bits of how many there were for each who is there.
    ratio: u64,
    fate: u8,
    wave: Option<u32>,
    settled: Option<usize>,
}

impl OfWay<'_> {
    /// Pieces of one timing, those together that bring the same.
    pub(super) fn crowds(&self, timing: Timing, unders: &[Under<'_>]) -> Vec<Crowd> {
        let mut known: FxHashMap<Key, usize> = FxHashMap::default();
        let mut factors: FxHashMap<Vec<u64>, usize> = FxHashMap::default();
        let mut bits: Vec<u64> = Vec::with_capacity(unders.len());
        let mut all: Vec<(Crowd, Vec<[bool; 2]>)> = Vec::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            bits.clear();
            let of_case = unders.iter().map(|own| &own.situation.case);
            bits.extend(of_case.map(|case| case.factor[piece.shard].to_bits()));
            let factor = if let Some(known) = factors.get(&bits) {
                *known
            } else {
                factors.insert(bits.clone(), factors.len());
                factors.len() - 1
            };
            let key = self.key(timing, (index, piece), factor);
            let at = *known.entry(key).or_insert_with(|| {
                let of_site = |under: &Under<'_>, own: Option<SiteId>| {
                    own.is_some_and(|site| under.ends.of(key.group, site).is_some())
                };
                let is_served = unders
                    .iter()
                    .map(|under| key.sites.map(|own| of_site(under, own)));
                let crowd = Crowd {
                    shard: piece.shard,
                    old: key.sites[0],
                    new: key.sites[1],
                    users: vec![[0.0; 2]; unders.len()],
                    counted: 0.0,
                    leaving: 0.0,
                    fate: piece.fate,
                    wave: key.wave,
                    settled: key.settled,
                };
                all.push((crowd, is_served.collect()));
                all.len() - 1
            });
            let (crowd, is_served) = &mut all[at];
            self.count(piece, (unders, is_served), crowd);
        }
        all.into_iter().map(|own| own.0).collect()
    }

    fn key(&self, timing: Timing, (index, piece): (usize, &Piece), factor: usize) -> Key {
        let is_own = self.is_of(index, timing);
        let sites = [piece.old, piece.new].map(|own| own.map(|(site, _)| site));
        let has_copy = |site| self.ground.has_copy(piece.shard, site);
        let share = |own: Option<(SiteId, f64)>| own.map_or(0.0, |(_, share)| share);
        Key {
            group: self.ground.group_of(piece.shard),
            sites,
            copies: sites.map(|own| own.is_some_and(has_copy)),
            factor,
            ratio: (share(piece.old) / share(piece.new)).to_bits(),
            fate: match piece.fate {
                Fate::Stays => 0,
                Fate::Moves(_) => 1,
                Fate::Restored => 2,
                Fate::Shed => 3,
            },
            wave: match piece.fate {
                Fate::Moves(moved) => self.wave_of[moved],
                _ => None,
            },
            settled: match (piece.fate, timing) {
                (Fate::Stays, _) | (Fate::Shed | Fate::Restored, Timing::Ahead) => Some(0),
                (Fate::Moves(_), Timing::Ahead) if !is_own => Some(0),
                (Fate::Moves(_), Timing::Behind) if !is_own => Some(1),
                _ => None,
            },
        }
    }

    /// Adds a piece to its crowd, of which somebody is served at both places under each case or is not. Rates count the most
    /// that its users are; who is placed counts once he has users.
    fn count(
        &self,
        piece: &Piece,
        (unders, is_served): (&[Under<'_>], &[[bool; 2]]),
        crowd: &mut Crowd,
    ) {
        let case = &self.way.situation.case;
        let mut counted = match piece.fate {
            Fate::Moves(own) if self.way.moves[own].from.is_some() => self.way.moves[own].users,
            Fate::Restored => piece
                .new
                .map_or(0.0, |(_, share)| case.users(piece.shard) * share),
            _ => 0.0,
        };
        let mut leaving: f64 = 0.0;
        let shares = [piece.old, piece.new].map(|own| own.map_or(0.0, |(_, share)| share));
        for ((under, is_served), users) in unders.iter().zip(is_served).zip(&mut crowd.users) {
            let of_shard = under.situation.case.users(piece.shard);
            let [old, new] = [0, 1].map(|end: usize| {
                if is_served[end] {
                    of_shard * shares[end]
                } else {
                    0.0
                }
            });
            users[0] += old;
            users[1] += new;
            counted = counted.max(new);
            leaving = leaving.max(old);
        }
        crowd.counted += counted;
        if leaving > 0.0 {
            crowd.leaving += leaving.max(counted);
        }
    }
}
