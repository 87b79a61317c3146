//! Judge: the way to one period, from who was where before it to who is where in it.

use super::super::before::Before as StateBefore;
use super::super::ground::Ground;
use super::super::homes::Homes;
use super::super::leg::Steered;
use super::super::moves::Move;
use super::super::parts::Assignment;
use super::super::period::Situation;
use super::super::report::Report;
use super::pieces::{Before, Fate, Piece, pieces};
use super::ramp::{self, Judged};
use super::rules::{self, Limits};
use super::sequence;
use super::shares::{Ends, is_open};
use super::state::{Crowd, Moment, Under};
use super::stops::Stops;
use super::timing::Causes;
use super::written::{WrittenWave, waves};
use crate::ids::SiteId;
use crate::model::Case;
use crate::plan_files::{Lined, MoveRow, PeriodSummary, RampRow, Timing, WaveRow};
use crate::scenario::{Band, Knowledge, Period, case_at, case_before};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A period that was judged.
pub(in crate::plan::check) struct Past {
    pub(in crate::plan::check) period: Period,
    pub(in crate::plan::check) situation: Situation,
    pub(in crate::plan::check) steered: Vec<Steered>,
    /// Of the last one only.
    pub(in crate::plan::check) assignment: Option<Assignment>,
}

/// What leads to a period.
pub(in crate::plan::check) struct Way<'a> {
    pub(in crate::plan::check) period: &'a Period,
    /// All periods of the scenario.
    pub(in crate::plan::check) periods: &'a [Period],
    pub(in crate::plan::check) past: &'a [Past],
    pub(in crate::plan::check) before: &'a StateBefore,
    /// Where shards were.
    pub(in crate::plan::check) homes: &'a Homes,
    pub(in crate::plan::check) situation: &'a Situation,
    pub(in crate::plan::check) steered: &'a [Steered],
    pub(in crate::plan::check) assignment: &'a Assignment,
    pub(in crate::plan::check) moves: &'a [Move],
    pub(in crate::plan::check) move_rows: &'a [&'a Lined<MoveRow>],
    pub(in crate::plan::check) wave_rows: &'a [&'a Lined<WaveRow>],
    pub(in crate::plan::check) ramp_rows: &'a [&'a Lined<RampRow>],
    pub(in crate::plan::check) summary: Option<&'a PeriodSummary>,
    /// Before this instant another change is under way.
    pub(in crate::plan::check) free_from: Option<Timestamp>,
    /// A limit ended the planning: what nobody looked at is not told.
    pub(in crate::plan::check) is_stopped: bool,
}

/// Judges the way to a period; gives back from when on the next change may begin, if this one moves anybody.
pub(in crate::plan::check) fn judge(
    ground: &Ground<'_>,
    way: &Way<'_>,
    report: &mut Report,
) -> Option<Timestamp> {
    let written = waves(ground, way.wave_rows, report);
    let shards = ground.inventory.shards.len();
    let steered_before = way
        .past
        .last()
        .map_or(&way.before.steered, |own| &own.steered);
    let carried = carried(steered_before);
    let homed = homed(ground, way);
    let at_home = |shard: usize, site: SiteId| {
        let key = (ground.group_of(shard), site);
        let (homed, users) = (homed.get(&key), carried.get(&key));
        let (homed, users) = (homed.copied().unwrap_or(0.0), users.copied().unwrap_or(0.0));
        if users >= homed * (1.0 - 1e-9) {
            1.0
        } else {
            users / homed
        }
    };
    let last = way.past.last();
    let assigned = last.and_then(|own| Some((own.assignment.as_ref()?, &own.situation.case)));
    let before = match assigned {
        Some((assignment, case)) => Before::In(assignment, case),
        None => Before::AtHome(way.homes, &at_home),
    };
    let now = (way.assignment, &way.situation.case);
    let pieces = pieces(&before, now, way.moves, shards);
    let quiet = Situation::new(
        ground,
        case_before(ground.inventory, ground.scenario, Band::Expected),
    );
    let earlier = last.map_or(&quiet, |own| &own.situation);
    let causes = Causes::new(ground, way.period.start, last.map(|own| own.period.start));
    let timing = timings(ground, way, &causes, earlier, &pieces);
    let cut_off = cut_off(ground, way, &pieces, steered_before);
    let wave_of = sequence::waves_of_moves(ground, way, &written, report);
    let of_way = OfWay {
        ground,
        way,
        quiet: &quiet,
        pieces: &pieces,
        timing: &timing,
        wave_of: &wave_of,
        steered: [steered_before, way.steered],
        steering: causes.of_steering(),
        cut_off,
    };
    let mut refused = Vec::new();
    let mut judged = Vec::new();
    for timing in [Timing::Ahead, Timing::Behind] {
        if !of_way.has(timing) {
            sequence::no_wave_without_need(way, &written, timing, report);
            continue;
        }
        let own: Vec<&WrittenWave<'_>> =
            written.iter().filter(|own| own.timing == timing).collect();
        if own.is_empty() && !of_way.has_movers(timing) {
            // Steering alone may be left to the period's start.
            continue;
        }
        let is_whole = of_way.is_whole(timing, &own);
        if is_whole {
            judged.extend(of_way.judge(timing, &own, report));
        }
        let stops = Stops {
            ground,
            way,
            wave_of: &wave_of,
            steered: of_way.steered,
            timing,
        };
        stops.are_true(&own, report);
        let allowed = match timing {
            Timing::Ahead => {
                let free = way
                    .free_from
                    .map(|from| seconds(from, way.period.start).max(0.0));
                let drain = causes.drain_seconds();
                free.into_iter().chain(drain).min_by(f64::total_cmp)
            }
            Timing::Behind => None,
        };
        let takes = own
            .iter()
            .map(|own| own.seconds() + own.gate())
            .sum::<f64>();
        let is_late = allowed.is_some_and(|allowed| takes > allowed + 1e-6);
        refused.push((timing, !is_whole || is_late));
    }
    ramp::ramp_is_true(ground, way, &judged, report);
    ramp::summary_is_true(way, &written, &refused, report);
    of_way.is_moving(earlier).then(|| {
        let behind = written.iter().rfind(|own| own.timing == Timing::Behind);
        let end = behind.map(|own| own.end.as_second() as f64 + own.gate());
        let start = way.period.start;
        let later = end.filter(|end| *end > start.as_second() as f64);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole seconds of the calendar"
        )]
        let later = later.and_then(|end| Timestamp::from_second(end as i64).ok());
        later.unwrap_or(start)
    })
}

/// Seconds from one instant to another.
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

/// Users of every group steered to every site.
fn carried(steered: &[Steered]) -> BTreeMap<(usize, SiteId), f64> {
    let mut all = BTreeMap::new();
    for row in steered {
        *all.entry((row.group, row.route.site)).or_insert(0.0) += row.users;
    }
    all
}

/// Users of every group homed at every site in the state before.
fn homed(ground: &Ground<'_>, way: &Way<'_>) -> BTreeMap<(usize, SiteId), f64> {
    let mut all = BTreeMap::new();
    if way.past.is_empty() {
        for shard in 0..ground.inventory.shards.len() {
            if let Some(site) = way.homes.main(shard) {
                let users = ground.before.users(shard);
                *all.entry((ground.group_of(shard), site)).or_insert(0.0) += users;
            }
        }
    }
    all
}

/// By piece, when it moves if it does.
fn timings(
    ground: &Ground<'_>,
    way: &Way<'_>,
    causes: &Causes<'_>,
    earlier: &Situation,
    pieces: &[Piece],
) -> Vec<Timing> {
    let mut open: BTreeMap<(usize, SiteId), bool> = BTreeMap::new();
    for row in way.steered {
        *open.entry((row.group, row.route.site)).or_default() |= is_open(ground, earlier, row);
    }
    let cases = [&earlier.case, &way.situation.case];
    let of_piece = |piece: &Piece| match piece.fate {
        Fate::Moves(index) => {
            let moved = &way.moves[index];
            let key = (ground.group_of(piece.shard), moved.to);
            let has_way = open.get(&key).copied().unwrap_or(false);
            causes.of_move(moved, cases, has_way)
        }
        _ => Timing::Behind,
    };
    pieces.iter().map(of_piece).collect()
}

/// Users who stay and whose path is gone.
fn cut_off(ground: &Ground<'_>, way: &Way<'_>, pieces: &[Piece], before: &[Steered]) -> f64 {
    let mut lost: BTreeMap<(usize, SiteId), [f64; 2]> = BTreeMap::new();
    for row in before {
        let own = lost.entry((row.group, row.route.site)).or_default();
        own[0] += row.users;
        if !is_open(ground, way.situation, row) {
            own[1] += row.users;
        }
    }
    let stays = pieces.iter().filter(|own| own.fate == Fate::Stays);
    let of_piece = stays.filter_map(|piece| {
        let (site, share) = piece.old?;
        let [all, lost] = lost.get(&(ground.group_of(piece.shard), site)).copied()?;
        let users = way.situation.case.users(piece.shard) * share;
        (all > 0.0).then(|| users * lost / all)
    });
    of_piece.sum()
}

/// What a way is judged by.
struct OfWay<'a> {
    ground: &'a Ground<'a>,
    way: &'a Way<'a>,
    quiet: &'a Situation,
    pieces: &'a [Piece],
    timing: &'a [Timing],
    /// By move.
    wave_of: &'a [Option<u32>],
    steered: [&'a [Steered]; 2],
    steering: Timing,
    cut_off: f64,
}

impl OfWay<'_> {
    fn is_of(&self, index: usize, timing: Timing) -> bool {
        let fate = self.pieces[index].fate;
        self.timing[index] == timing && matches!(fate, Fate::Moves(_) | Fate::Restored)
    }

    fn has(&self, timing: Timing) -> bool {
        let is_cut_off = self.cut_off > NOBODY && self.steering == timing;
        is_cut_off || (0..self.pieces.len()).any(|own| self.is_of(own, timing))
    }

    fn has_movers(&self, timing: Timing) -> bool {
        (0..self.pieces.len()).any(|own| self.is_of(own, timing))
    }

    /// Somebody moves who had users before, or somebody moves behind.
    fn is_moving(&self, earlier: &Situation) -> bool {
        let moves = |index: usize| {
            let piece = &self.pieces[index];
            let is_placed = self.timing[index] == Timing::Ahead
                && matches!(piece.fate, Fate::Moves(own) if self.way.moves[own].from.is_none());
            let is_mover = matches!(piece.fate, Fate::Moves(_) | Fate::Restored);
            is_mover && (!is_placed || earlier.case.users(piece.shard) > 0.0)
        };
        self.cut_off > NOBODY || (0..self.pieces.len()).any(moves)
    }

    /// `true` if everybody has a wave, and whoever comes back is back at the end.
    fn is_whole(&self, timing: Timing, waves: &[&WrittenWave<'_>]) -> bool {
        let mut own = (0..self.pieces.len()).filter(|own| self.is_of(*own, timing));
        !waves.is_empty()
            && own.all(|index| match self.pieces[index].fate {
                Fate::Moves(moved) => self.wave_of[moved].is_some(),
                _ => waves
                    .last()
                    .is_some_and(|own| own.first.row.restored_share >= 1.0 - 1e-9),
            })
    }

    /// The situations that waves of one timing touch.
    fn situations(&self, timing: Timing, waves: &[&WrittenWave<'_>]) -> Vec<Situation> {
        let ground = self.ground;
        let way = self.way;
        let case = |period: &Period| {
            let (inventory, scenario) = (ground.inventory, ground.scenario);
            let believed = Knowledge::Believed;
            let mut case = case_at(inventory, scenario, period.start, believed, Band::Expected);
            case.share(&way.situation.case);
            case
        };
        let again = |own: &Situation| match own.case.at_most() {
            Cow::Borrowed(case) => own.beside(ground, case.clone()),
            Cow::Owned(case) => Situation::new(ground, case),
        };
        match timing {
            Timing::Ahead => {
                let first = waves.first().map_or(way.period.start, |own| own.start);
                let begin = way.free_from.map_or(first, |from| first.max(from));
                let past = way.past.iter().rev().enumerate();
                let touched = past.take_while(|(at, own)| *at == 0 || own.period.end > begin);
                let mut all: Vec<Situation> =
                    touched.map(|(_, own)| again(&own.situation)).collect();
                let is_beyond = way.periods.first().is_some_and(|own| begin < own.start);
                if all.is_empty() || is_beyond {
                    all.push(again(self.quiet));
                }
                all
            }
            Timing::Behind => {
                let end = waves.last().map_or(way.period.start, |own| own.end);
                let gate = waves.last().map_or(0.0, |own| own.gate());
                let mut all = vec![again(way.situation)];
                let later = way.periods.iter().skip(way.period.index + 1);
                let touched = later.take_while(|own| seconds(own.start, end) + gate > 0.0);
                all.extend(
                    touched.map(|own| Situation::new(ground, case(own).at_most().into_owned())),
                );
                all
            }
        }
    }

    fn judge(
        &self,
        timing: Timing,
        waves: &[&WrittenWave<'_>],
        report: &mut Report,
    ) -> Vec<Judged> {
        let ground = self.ground;
        sequence::times_are_right(ground, self.way, timing, waves, report);
        let situations = self.situations(timing, waves);
        let unders: Vec<Under<'_>> = situations
            .iter()
            .map(|situation| Under {
                situation,
                ends: Ends::new(ground, situation, self.steered),
            })
            .collect();
        let crowds = self.crowds(timing, &unders);
        let is_steered = timing == Timing::Behind && self.has(Timing::Ahead);
        let mut steering = if is_steered { 1.0 } else { 0.0 };
        let has_restored = (0..self.pieces.len())
            .any(|own| self.is_of(own, timing) && self.pieces[own].fate == Fate::Restored);
        let mut restored = if has_restored { 0.0 } else { 1.0 };
        let mut is_after_loss =
            timing == Timing::Behind && self.cut_off > NOBODY && self.steering == timing;
        let limits = Limits::new(ground, &unders);
        let mut judged = Vec::new();
        sequence::steering_goes_on(waves, (steering, restored), report);
        for wave in waves {
            let row = &wave.first.row;
            let moment = Moment {
                ground,
                crowds: &crowds,
                wave: wave.number,
                steering: [steering, row.steering_share],
                restored: [restored, row.restored_share],
                is_after_loss,
            };
            let loaded = unders.iter().enumerate();
            let loaded: Vec<_> = loaded
                .map(|(case, under)| moment.loaded(under, case))
                .collect();
            rules::loads_fit(ground, &limits, wave, &loaded, report);
            rules::fullest_is_true(ground, &limits, wave, &loaded, report);
            let own = (situations.as_slice(), self.way.before);
            rules::shortfall_is_true(ground, own, wave, &loaded, report);
            rules::sites_are_true(ground, wave, &crowds, moment.restored, report);
            judged.push(Judged::of(&limits, wave, &loaded));
            steering = row.steering_share;
            restored = row.restored_share;
            is_after_loss = false;
        }
        judged
    }

    /// Pieces of one timing, those together that bring the same.
    fn crowds(&self, timing: Timing, unders: &[Under<'_>]) -> Vec<Crowd> {
        type Key = (
            usize,
            [Option<SiteId>; 2],
            [bool; 2],
            Vec<u64>,
            u8,
            Option<u32>,
            Option<usize>,
        );
        let ground = self.ground;
        let mut all: BTreeMap<Key, Crowd> = BTreeMap::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            let wave = match piece.fate {
                Fate::Moves(moved) => self.wave_of[moved],
                _ => None,
            };
            let is_own = self.is_of(index, timing);
            let settled = match (piece.fate, timing) {
                (Fate::Stays, _) | (Fate::Shed | Fate::Restored, Timing::Ahead) => Some(0),
                (Fate::Moves(_), Timing::Ahead) if !is_own => Some(0),
                (Fate::Moves(_), Timing::Behind) if !is_own => Some(1),
                _ => None,
            };
            let sites = [piece.old, piece.new].map(|own| own.map(|(site, _)| site));
            let group = ground.group_of(piece.shard);
            let copies =
                sites.map(|own| own.is_some_and(|site| ground.has_copy(piece.shard, site)));
            let mut bits: Vec<u64> = unders
                .iter()
                .map(|own| own.situation.case.factor[piece.shard].to_bits())
                .collect();
            let share = |own: Option<(SiteId, f64)>| own.map_or(0.0, |(_, share)| share);
            bits.push((share(piece.old) / share(piece.new)).to_bits());
            let fate = match piece.fate {
                Fate::Stays => 0,
                Fate::Moves(_) => 1,
                Fate::Restored => 2,
                Fate::Shed => 3,
            };
            let key = (group, sites, copies, bits, fate, wave, settled);
            let crowd = all.entry(key).or_insert_with(|| Crowd {
                shard: piece.shard,
                old: sites[0],
                new: sites[1],
                users: vec![[0.0; 2]; unders.len()],
                counted: 0.0,
                leaving: 0.0,
                fate: piece.fate,
                wave,
                settled,
            });
            self.count(piece, group, unders, crowd);
        }
        all.into_values().collect()
    }

    /// Adds a piece to its crowd. Rates count the most that its users are; who is placed counts once he has users.
    fn count(&self, piece: &Piece, group: usize, unders: &[Under<'_>], crowd: &mut Crowd) {
        let case = &self.way.situation.case;
        let mut counted = match piece.fate {
            Fate::Moves(own) if self.way.moves[own].from.is_some() => self.way.moves[own].users,
            Fate::Restored => piece
                .new
                .map_or(0.0, |(_, share)| case.users(piece.shard) * share),
            _ => 0.0,
        };
        let mut leaving: f64 = 0.0;
        for (index, under) in unders.iter().enumerate() {
            let case: &Case = &under.situation.case;
            let served = |place: Option<(SiteId, f64)>| {
                let (site, share) = place?;
                under.ends.of(group, site)?;
                Some(case.users(piece.shard) * share)
            };
            let [old, new] = [piece.old, piece.new].map(|own| served(own).unwrap_or(0.0));
            crowd.users[index][0] += old;
            crowd.users[index][1] += new;
            counted = counted.max(new);
            leaving = leaving.max(old);
        }
        crowd.counted += counted;
        if leaving > 0.0 {
            crowd.leaving += leaving.max(counted);
        }
    }
}
