//! Judge: the transition to one period, from who was where before it to who is where in it.

use super::super::context::RefereeContext;
use super::super::path::Steered;
use super::super::period::PeriodState;
use super::super::report::Report;
use super::causes::Causes;
use super::changes::{BoundaryChange, Connecting, Done, is_accepted, moved};
use super::loads::{WaveLimits, WaveMoment};
use super::order;
use super::pieces::{Idle, PieceFate, PieceGroup, WasServed, pieces};
use super::rules::JudgedWave;
use super::shares::{SteeringState, WaveCase};
use super::summary::{JudgedStretch, summary_is_true};
use super::tables::{WaveTables, check_ramp};
use super::transition::{TransitionToPeriod, WaveReferee};
use super::written::{WrittenWave, seconds, waves};
use crate::ids::{ShardId, SiteId};
use crate::plan_files::Timing;
use crate::scenario::{Band, case_before};
use crate::units::{NOBODY, NUMERICAL_NOISE, SAME_INSTANT};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Judges the transition to a period. Whether it takes longer than it may before the next change is known with that one.
pub(in crate::plan::check) fn judge(
    context: &RefereeContext<'_>,
    change: &TransitionToPeriod<'_>,
    report: &mut Report,
) -> BoundaryChange {
    let written = waves(context, &change.rows.waves, report);
    let wave_of = order::waves_of_moves(context, change, &written, report);
    let shards = context.inventory.shards.len();
    let case = case_before(context.inventory, context.scenario, Band::Expected);
    let quiet = PeriodState::new(context, case);
    let steered_before = if let Some(past) = change.past.last() {
        past.steered_at_end()
    } else {
        let first = quiet.case.hours.slice_at(context.scenario.start);
        change.before.steered.of(first)
    };
    let last = change.past.last();
    let assigned = last.and_then(|past| Some((past.assignment.as_ref()?, &past.situation.case)));
    let at_home = served_at_home(context, change, steered_before);
    let none = Idle::new();
    let before = match assigned {
        Some((assignment, case)) => {
            let idle = change
                .changes
                .last()
                .map_or(&none, |boundary_change| &boundary_change.idle);
            WasServed::In(assignment, case, idle)
        }
        None => WasServed::AtHome(change.homes, &at_home),
    };
    let now = (change.assignment, &change.situation.case);
    let earlier = last.map_or(&quiet, |past| &past.situation);
    let steering = [
        (steered_before, earlier),
        (change.steered_at_start(), change.situation),
    ];
    let mut referee = WaveReferee {
        context,
        transition: change,
        quiet: &quiet,
        earlier,
        causes: Causes::new(
            context,
            [&earlier.case, &change.situation.case],
            change.period.start,
            last.map(|past| past.period.start),
        ),
        pieces: pieces(&before, now, change.moves, shards),
        timing: Vec::new(),
        wave_of,
        steered: steering.map(|(rows, situation)| SteeringState {
            rows,
            members: &situation.members,
        }),
        steering: Timing::After,
        cut_off: 0.0,
        is_connecting: false,
        left: None,
        opens_late: false,
        reachable_from: None,
        is_moving: false,
    };
    referee.timing = referee.timings();
    referee.cut_off = referee.cut_off();
    referee.opens_late = referee.opens_late();
    if !referee.opens_late {
        referee.steering = referee.causes.of_steering();
    }
    referee.is_connecting = referee.connects_somebody(referee.steering);
    referee.reachable_from = referee.reachable_from();
    referee.is_moving = referee.moves_users();
    let mut stretches = Vec::new();
    let mut judged = Vec::new();
    let mut tables = WaveTables::new(change);
    for timing in [Timing::Ahead, Timing::After] {
        let written_waves: Vec<&WrittenWave<'_>> = written
            .iter()
            .filter(|written_wave| written_wave.timing == timing)
            .collect();
        let of_timing = (timing, &written_waves[..]);
        stretches.extend(referee.stretch(of_timing, (&mut judged, &mut tables), report));
    }
    tables.check_rest(context, report);
    is_accepted(context, &judged, report);
    check_ramp(context, change, &judged, report);
    summary_is_true(change, &written, &stretches, report);
    let after = written
        .iter()
        .rfind(|written_wave| written_wave.timing == Timing::After);
    let start = change.period.start;
    let is_unjudged = !written.is_empty() && stretches.iter().any(|stretch| !stretch.is_whole);
    let is_told_refused = change.is_reported_refused();
    BoundaryChange {
        period: change.period.index,
        start,
        is_moving: referee.is_moving,
        is_anything: [Timing::Ahead, Timing::After].map(|timing| referee.has(timing)),
        judged,
        moved: moved(context, change.moves, &referee.wave_of),
        end: after.map_or(start, |written_wave| written_wave.gate_end.max(start)),
        is_refused: stretches.iter().any(|stretch| !stretch.is_whole || stretch.is_late),
        is_reported_refused: is_told_refused,
        unjudged: is_unjudged.then(|| {
            format!(
                "waves of period {} in waves.csv, moves.csv, ramp.csv, wave_weights.csv and wave_loads.csv (refused: \
                 some users have no wave)",
                change.period.index
            )
        }),
        waiting: referee.waiting(&written),
        cuts_short: referee.cuts_short(),
        done: Done::new(
            &referee.pieces,
            &referee.wave_of,
            &written,
            is_told_refused,
            before.refilled(change.homes, now, shards),
        ),
        idle: before.idle(now, shards),
    }
}

impl WaveReferee<'_> {
    /// Judges the waves of one timing; nothing if nobody moves or is steered then.
    fn stretch(
        &mut self,
        (timing, waves): (Timing, &[&WrittenWave<'_>]),
        (judged, tables): (&mut Vec<Connecting>, &mut WaveTables<'_>),
        report: &mut Report,
    ) -> Option<JudgedStretch> {
        let transition = self.transition;
        let is_ahead = timing == Timing::Ahead;
        let is_left = !is_ahead && self.left.is_some();
        if !(self.has(timing) || is_left && self.connects_somebody(timing)) {
            order::no_wave_without_need(transition, waves, timing, report);
            return None;
        }
        if self.opens_late && is_ahead {
            order::steering_waits(waves, report);
        }
        if waves.is_empty() && !self.has_movers(timing) && is_ahead {
            // Steering alone may be left to the period's start.
            self.left = Some(0.0);
            return None;
        }
        let is_whole = self.is_whole(timing, waves);
        // What is left to the period's start is not done before it.
        let last = waves.last().filter(|_| is_whole);
        let turned = last.map_or(1.0, |written_wave| written_wave.steering);
        if is_whole && is_ahead {
            self.left = Some(turned).filter(|turned| *turned < 1.0);
        }
        let spans = self.spans(timing);
        let count = self.gone_through(&spans, timing, waves);
        let cases = self.cases(&spans[..count], timing);
        let groups = self.groups(timing, &cases);
        let first = judged.len();
        if is_whole {
            let tables = Some(tables).filter(|_| !transition.is_reported_refused());
            judged.extend(self.judge((timing, waves), (&cases, &groups), tables, report));
        }
        self.stops_are_true(timing, waves, report);
        let turning = waves.iter().map(|wave| wave.seconds()).sum::<f64>();
        let takes = waves.iter().map(|wave| wave.seconds() + wave.gate());
        let is_late = if is_ahead {
            let free = self.earliest();
            let free = free.map(|from| seconds(from, transition.period.start).max(0.0));
            let allowed = free.into_iter().chain(self.causes.drain_seconds());
            let allowed = allowed.min_by(f64::total_cmp);
            allowed.is_some_and(|allowed| takes.sum::<f64>() > allowed + SAME_INSTANT)
                || self.is_early(waves)
        } else {
            self.is_caught(turning) || turning > 0.0 && self.is_overloaded(judged.get(first))
        };
        Some(JudgedStretch {
            is_whole,
            is_late,
            least: self.proven(&spans, timing, turned, (count, &cases, &groups)),
        })
    }

    /// Somebody with users before moves, somebody moves after its start, or users are shed, or come to other members of a pool.
    fn moves_users(&self) -> bool {
        let mut pieces = self.pieces.iter().zip(&self.timing);
        let moves = pieces.any(|(piece, timing)| {
            let is_placed = *timing == Timing::Ahead
                && matches!(piece.fate, PieceFate::Moves(index) if self.transition.moves[index].from.is_none());
            let users = self.earlier.case.users(piece.shard);
            match piece.fate {
                PieceFate::Stays => false,
                PieceFate::Moves(_) | PieceFate::Restored => !is_placed || users > 0.0,
                PieceFate::Shed => piece.old.is_some_and(|pair| pair.1 * users > NOBODY),
            }
        });
        let changes_members =
            self.is_connecting && self.steered[0].members != self.steered[1].members;
        self.cut_off > NOBODY || changes_members || moves
    }

    /// `true` if a wave begins before somebody of it has any users; who has none until the period begins moves nobody.
    fn is_early(&self, waves: &[&WrittenWave<'_>]) -> bool {
        let before = &self.earlier.case;
        let users = waves.iter().flat_map(|wave| {
            let mut past = self.transition.past.iter().rev();
            let holds = past.find(|past| past.period.start <= wave.start);
            let case = holds.map_or(&self.quiet.case, |past| &past.situation.case);
            let moves = self.transition.moves.iter().zip(&self.wave_of);
            let filter = moves.filter(|(moved, number)| {
                let shard = moved.shard.index();
                let is_there =
                    moved.from.is_none() || case.users(shard) > 0.0 || before.users(shard) <= 0.0;
                **number == Some(wave.number) && !is_there
            });
            filter.map(|(moved, _)| moved.users)
        });
        users.sum::<f64>() > NOBODY
    }

    /// `true` if everybody has a wave, users who come back are back at the end, and steering has turned once the period has
    /// begun.
    fn is_whole(&self, timing: Timing, waves: &[&WrittenWave<'_>]) -> bool {
        let is_all = |share: f64| share >= 1.0 - NUMERICAL_NOISE;
        let Some(last) = waves.last() else {
            return false;
        };
        let mut filter = (0..self.pieces.len()).filter(|index| self.is_of(*index, timing));
        (timing == Timing::Ahead || is_all(last.steering))
            && filter.all(|index| match self.pieces[index].fate {
                PieceFate::Moves(moved) => self.wave_of[moved].is_some(),
                _ => is_all(last.restored),
            })
    }

    /// Judges waves one by one.
    fn judge(
        &self,
        (timing, waves): (Timing, &[&WrittenWave<'_>]),
        (cases, groups): (&[WaveCase<'_>], &[PieceGroup]),
        mut tables: Option<&mut WaveTables<'_>>,
        report: &mut Report,
    ) -> Vec<Connecting> {
        order::times_are_right(self.transition, timing, waves, report);
        let turn = self.whole_turn(timing);
        let has_restored = (0..self.pieces.len()).any(|index| {
            self.is_of(index, timing) && self.pieces[index].fate == PieceFate::Restored
        });
        let mut steering = turn.from;
        let mut restored = if has_restored { 0.0 } else { 1.0 };
        let limits = WaveLimits::new(self.context, cases);
        order::steering_goes_on(waves, (steering, restored), report);
        let mut judged = Vec::new();
        for wave in waves {
            let moment = WaveMoment {
                context: self.context,
                groups,
                wave: wave.number,
                steering: [steering, wave.steering],
                restored: [restored, wave.restored],
                is_after_loss: turn.is_after_loss && judged.is_empty(),
            };
            let loads = cases.par_iter().enumerate();
            let loads = loads.map(|(number, case)| moment.loads(case, number));
            let judged_wave = JudgedWave {
                referee: self,
                limits: &limits,
                cases,
                groups,
                wave,
                steering: moment.steering,
                restored: moment.restored,
                loads: loads.collect(),
            };
            judged_wave.check(report);
            if let Some(tables) = &mut tables {
                tables.check_wave(&judged_wave, report);
            }
            judged.push(judged_wave.connecting());
            (steering, restored) = (wave.steering, wave.restored);
        }
        judged
    }
}

/// The share of a shard's users who are served at their home in the state before; of nobody once a period was judged.
fn served_at_home<'g>(
    context: &'g RefereeContext<'_>,
    transition: &TransitionToPeriod<'_>,
    steered: &[Steered],
) -> impl Fn(usize, SiteId) -> f64 + 'g {
    // Those who are at home, and those who are led there.
    let mut users: FxHashMap<(usize, SiteId), [f64; 2]> = FxHashMap::default();
    for row in steered {
        users.entry(row.cell()).or_default()[1] += row.users;
    }
    let shards = 0..context.inventory.shards.len();
    for shard in shards.filter(|_| transition.past.is_empty()) {
        if let Some(site) = transition.homes.main(ShardId::new(shard)) {
            let homed = users.entry((context.group_of(shard), site)).or_default();
            homed[0] += context.before.users(shard);
        }
    }
    move |shard, site| {
        let known = users.get(&(context.group_of(shard), site)).copied();
        let [homed, led] = known.unwrap_or_default();
        if led >= homed * (1.0 - NUMERICAL_NOISE) {
            1.0
        } else {
            led / homed
        }
    }
}
