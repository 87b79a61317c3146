//! Judge: the way to one period, from who was where before it to who is where in it.

use super::super::ground::Ground;
use super::super::leg::Steered;
use super::super::period::Situation;
use super::super::report::Report;
use super::accepted::{entering, is_accepted, moved};
use super::changes::{Change, Connecting, Done};
use super::limits::Limits;
use super::pieces::{Before, Crowd, Fate, Idle, pieces};
use super::shares::{Steering, Under};
use super::state::Moment;
use super::stops::Stops;
use super::summary::{Stretch, summary_is_true};
use super::tables::{WaveTables, check_ramp};
use super::timing::{Causes, timings};
use super::touched::Spans;
use super::turn::{Least, Turn, cut_off, least, opens_late};
use super::way::{OfWay, Way};
use super::written::{WrittenWave, seconds, waves};
use super::{rules, sequence};
use crate::ids::{ShardId, SiteId};
use crate::plan_files::Timing;
use crate::scenario::{Band, case_before};
use crate::units::NOBODY;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Judges the way to a period. Whether it takes longer than it may before the next change is known with that one.
pub(in crate::plan::check) fn judge(
    ground: &Ground<'_>,
    way: &Way<'_>,
    report: &mut Report,
) -> Change {
    let written = waves(ground, &way.rows.waves, report);
    let shards = ground.inventory.shards.len();
    let quiet = Situation::new(
        ground,
        case_before(ground.inventory, ground.scenario, Band::Expected),
    );
    let steered_before = if let Some(own) = way.past.last() {
        own.steered_at_end()
    } else {
        let first = quiet.case.hours.slice_at(ground.scenario.start);
        way.before.steered.of(first)
    };
    let at_home = served_at_home(ground, way, steered_before);
    let last = way.past.last();
    let assigned = last.and_then(|own| Some((own.assignment.as_ref()?, &own.situation.case)));
    let none = Idle::new();
    let before = match assigned {
        Some((assignment, case)) => {
            let idle = way.changes.last().map_or(&none, |own| &own.idle);
            Before::In(assignment, case, idle)
        }
        None => Before::AtHome(way.homes, &at_home),
    };
    let now = (way.assignment, &way.situation.case);
    let pieces = pieces(&before, now, way.moves, shards);
    let refilled = before.refilled(way.homes, now, shards);
    let earlier = last.map_or(&quiet, |own| &own.situation);
    let causes = Causes::new(ground, way.period.start, last.map(|own| own.period.start));
    let timing = timings(ground, way, &causes, earlier, &pieces);
    let cut_off = cut_off(ground, way, &pieces, (steered_before, earlier));
    let wave_of = sequence::waves_of_moves(ground, way, &written, report);
    let opens_late = opens_late(ground, way, earlier);
    let mut of_way = OfWay {
        ground,
        way,
        quiet: &quiet,
        pieces: &pieces,
        timing: &timing,
        wave_of: &wave_of,
        steered: [
            Steering {
                rows: steered_before,
                members: &earlier.members,
            },
            Steering {
                rows: way.steered_at_start(),
                members: &way.situation.members,
            },
        ],
        steering: if opens_late {
            Timing::Behind
        } else {
            causes.of_steering()
        },
        cut_off,
        is_connecting: false,
        left: None,
        opens_late,
        reachable_from: None,
        is_moving: false,
    };
    of_way.is_connecting = of_way.connects_somebody(of_way.steering);
    of_way.reachable_from = of_way.reachable_from();
    of_way.is_moving = of_way.is_moving(earlier);
    let mut stretches = Vec::new();
    let mut judged = Vec::new();
    let mut tables = WaveTables::default();
    let is_refused = way.is_told_refused();
    for timing in [Timing::Ahead, Timing::Behind] {
        let is_left = timing == Timing::Behind && of_way.left.is_some();
        if !(of_way.has(timing) || is_left && of_way.connects_somebody(timing)) {
            sequence::no_wave_without_need(way, &written, timing, report);
            continue;
        }
        let own: Vec<&WrittenWave<'_>> =
            written.iter().filter(|own| own.timing == timing).collect();
        if opens_late && timing == Timing::Ahead {
            sequence::steering_waits(&own, report);
        }
        if own.is_empty() && !of_way.has_movers(timing) && timing == Timing::Ahead {
            // Steering alone may be left to the period's start.
            of_way.left = Some(0.0);
            continue;
        }
        let is_whole = of_way.is_whole(timing, &own);
        // What is left to the period's start is not done ahead of it.
        let last = own.last().filter(|_| is_whole);
        let turned = last.map_or(1.0, |own| own.steering);
        if is_whole && timing == Timing::Ahead {
            of_way.left = Some(turned).filter(|turned| *turned < 1.0);
        }
        let spans = of_way.spans(timing);
        let count = of_way.gone_through(&spans, timing, &own);
        let unders = of_way.unders(&spans, count);
        let crowds = of_way.crowds(timing, &unders);
        let first = judged.len();
        if is_whole {
            let tables = Some(&mut tables).filter(|_| !is_refused);
            let under = (&unders[..], &crowds[..]);
            judged.extend(of_way.judge((timing, &own), under, tables, report));
        }
        let stops = Stops {
            ground,
            way,
            wave_of: &wave_of,
            steered: of_way.steered.map(|own| own.rows),
            timing,
        };
        stops.are_true(&own, report);
        let allowed = match timing {
            Timing::Ahead => {
                let free = of_way
                    .earliest()
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
        let turning = own.iter().map(|own| own.seconds()).sum::<f64>();
        stretches.push(Stretch {
            is_whole,
            is_late: allowed.is_some_and(|allowed| takes > allowed + 1e-6)
                || timing == Timing::Behind
                    && (of_way.is_caught(&causes, earlier, turning)
                        || turning > 0.0
                            && of_way.is_overloaded(&causes, earlier, judged.get(first)))
                || timing == Timing::Ahead && of_way.is_early(&own),
            least: of_way.proven(&spans, timing, turned, (count, &unders, &crowds)),
        });
    }
    tables.check(ground, way, report);
    is_accepted(ground, &judged, report);
    check_ramp(ground, way, &judged, report);
    summary_is_true(way, &written, &stretches, report);
    let behind = written.iter().rfind(|own| own.timing == Timing::Behind);
    let start = way.period.start;
    let is_unjudged = !written.is_empty() && stretches.iter().any(|own| !own.is_whole);
    Change {
        period: way.period.index,
        start,
        is_moving: of_way.is_moving,
        is_anything: [Timing::Ahead, Timing::Behind].map(|own| of_way.has(own)),
        judged,
        moved: moved(ground, way.moves, &wave_of),
        end: behind.map_or(start, |own| own.gate_end.max(start)),
        is_refused: stretches.iter().any(|own| !own.is_whole || own.is_late),
        is_told_refused: is_refused,
        unjudged: is_unjudged.then(|| {
            format!(
                "waves of period {} in waves.csv, moves.csv, ramp.csv, wave_weights.csv and wave_loads.csv (refused: not everybody has one)",
                way.period.index
            )
        }),
        waiting: of_way.waiting(&written),
        cuts_short: of_way.cuts_short(&causes, earlier),
        done: Done::new(&pieces, &wave_of, &written, is_refused, refilled),
        idle: before.idle(now, shards),
    }
}

impl OfWay<'_> {
    /// Somebody moves who had users before, or somebody moves behind, or users are shed, or come to other members of a pool.
    fn is_moving(&self, earlier: &Situation) -> bool {
        let moves = |index: usize| {
            let piece = &self.pieces[index];
            let is_placed = self.timing[index] == Timing::Ahead
                && matches!(piece.fate, Fate::Moves(own) if self.way.moves[own].from.is_none());
            let users = earlier.case.users(piece.shard);
            match piece.fate {
                Fate::Stays => false,
                Fate::Moves(_) | Fate::Restored => !is_placed || users > 0.0,
                Fate::Shed => piece.old.is_some_and(|own| own.1 * users > NOBODY),
            }
        };
        let changes_members =
            self.is_connecting && self.steered[0].members != self.steered[1].members;
        self.cut_off > NOBODY || changes_members || (0..self.pieces.len()).any(moves)
    }

    /// `true` if a wave begins before somebody of it has any users; who has none until the period begins moves nobody.
    fn is_early(&self, waves: &[&WrittenWave<'_>]) -> bool {
        let last = self.way.past.last();
        let before = last.map_or(&self.quiet.case, |own| &own.situation.case);
        let users = waves.iter().flat_map(|wave| {
            let mut past = self.way.past.iter().rev();
            let holds = past.find(|own| own.period.start <= wave.start);
            let case = holds.map_or(&self.quiet.case, |own| &own.situation.case);
            let moves = self.way.moves.iter().zip(self.wave_of);
            let own = moves.filter(|(moved, own)| {
                let is_there = moved.from.is_none()
                    || case.users(moved.shard.index()) > 0.0
                    || before.users(moved.shard.index()) <= 0.0;
                **own == Some(wave.number) && !is_there
            });
            own.map(|(moved, _)| moved.users)
        });
        users.sum::<f64>() > NOBODY
    }

    /// `true` if everybody has a wave, whoever comes back is back at the end, and steering has turned once the period has
    /// begun.
    fn is_whole(&self, timing: Timing, waves: &[&WrittenWave<'_>]) -> bool {
        let mut own = (0..self.pieces.len()).filter(|own| self.is_of(*own, timing));
        let turned = waves.last().map_or(0.0, |own| own.steering);
        !waves.is_empty()
            && (timing == Timing::Ahead || turned >= 1.0 - 1e-9)
            && own.all(|index| match self.pieces[index].fate {
                Fate::Moves(moved) => self.wave_of[moved].is_some(),
                _ => waves.last().is_some_and(|own| own.restored >= 1.0 - 1e-9),
            })
    }

    /// How long waves of one timing take at least: "the cases count that every way touches, the one next to the period's
    /// start, and as many more as a way of the length proven so far reaches."
    ///
    /// Of so many cases who passes where is known already.
    fn proven(
        &self,
        spans: &Spans<'_>,
        timing: Timing,
        turned: f64,
        (judged, unders, crowds): (usize, &[Under<'_>], &[Crowd]),
    ) -> Least {
        let turn = Turn {
            to: turned,
            ..self.turn(timing)
        };
        let mut known: BTreeMap<usize, Least> = BTreeMap::new();
        let mut closed = |bound: fn(&Least) -> f64| {
            let mut count = 1;
            loop {
                let least = *known.entry(count).or_insert_with(|| {
                    if count == judged {
                        return least(self.ground, unders, crowds, turn);
                    }
                    let unders = self.unders(spans, count);
                    let crowds = self.crowds(timing, &unders);
                    least(self.ground, &unders, &crowds, turn)
                });
                let seconds = bound(&least);
                let reached = self.reached(spans, timing, seconds);
                if seconds.is_infinite() || reached <= count {
                    return least;
                }
                count = reached;
            }
        };
        Least {
            from: closed(|own| own.from).from,
            to: closed(|own| own.to).to,
        }
    }

    fn judge(
        &self,
        (timing, waves): (Timing, &[&WrittenWave<'_>]),
        (unders, crowds): (&[Under<'_>], &[Crowd]),
        mut tables: Option<&mut WaveTables>,
        report: &mut Report,
    ) -> Vec<Connecting> {
        let ground = self.ground;
        sequence::times_are_right(self.way, timing, waves, report);
        let turn = self.turn(timing);
        let mut steering = turn.from;
        let has_restored = (0..self.pieces.len())
            .any(|own| self.is_of(own, timing) && self.pieces[own].fate == Fate::Restored);
        let mut restored = if has_restored { 0.0 } else { 1.0 };
        let mut is_after_loss = turn.is_after_loss;
        let limits = Limits::new(ground, unders);
        let mut judged = Vec::new();
        sequence::steering_goes_on(waves, (steering, restored), report);
        for wave in waves {
            let row = &wave.first.row;
            let moment = Moment {
                ground,
                crowds,
                wave: wave.number,
                steering: [steering, row.steering_share],
                restored: [restored, row.restored_share],
                is_after_loss,
            };
            let loaded = unders.par_iter().enumerate();
            let loaded = loaded.map(|(case, under)| moment.loaded(under, case));
            let loaded: Vec<_> = loaded.collect();
            rules::loads_fit(ground, &limits, wave, &loaded, report);
            rules::fullest_is_true(ground, &limits, wave, &loaded, report);
            let before = (self.way.before, self.way.told_before);
            rules::shortfall_is_true(ground, unders, before, wave, &loaded, report);
            rules::offers_fit(ground, &limits, wave, &loaded, report);
            if let Some(rows) = self.way.rows.stability_of(self.way.written) {
                let of_wave = (self.way.period.index, *wave);
                rules::stability_is_true(ground, &limits, of_wave, &loaded, rows, report);
            }
            rules::sites_are_true(ground, wave, crowds, moment.restored, report);
            if let Some(tables) = &mut tables {
                tables.add(self, wave, (unders, &limits, &loaded));
            }
            let entering = (!self.is_moving).then(|| entering(&limits, unders, moment.steering));
            judged.push(Connecting::of(
                &limits,
                wave,
                &loaded,
                entering.unwrap_or_default(),
            ));
            steering = row.steering_share;
            restored = row.restored_share;
            is_after_loss = false;
        }
        judged
    }
}

/// The share of a shard's users who are served at their home in the state before; of nobody once a period was judged.
fn served_at_home<'g>(
    ground: &'g Ground<'_>,
    way: &Way<'_>,
    steered: &[Steered],
) -> impl Fn(usize, SiteId) -> f64 + 'g {
    // Those who are at home, and those who are led there.
    let mut users: FxHashMap<(usize, SiteId), [f64; 2]> = FxHashMap::default();
    for row in steered {
        users.entry(row.cell()).or_default()[1] += row.users;
    }
    let shards = 0..ground.inventory.shards.len();
    for shard in shards.filter(|_| way.past.is_empty()) {
        if let Some(site) = way.homes.main(ShardId::new(shard)) {
            let homed = users.entry((ground.group_of(shard), site)).or_default();
            homed[0] += ground.before.users(shard);
        }
    }
    move |shard, site| {
        let known = users.get(&(ground.group_of(shard), site)).copied();
        let [homed, led] = known.unwrap_or_default();
        if led >= homed * (1.0 - 1e-9) {
            1.0
        } else {
            led / homed
        }
    }
}
