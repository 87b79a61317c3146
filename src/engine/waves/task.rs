//! Task: what the waves of a transition are made for, those waves with something changed, and all laid into time in the
//! order that needs fewest of them.

use super::context::{WaveChange, WaveContext};
use super::orders::others;
use super::passage::WavePassage;
use super::schedule::{Beginning, Schedule};
use super::stand::{Stayers, SteeringTurn};
use super::touched::{Holding, Under, shifted};
use super::wave::PlannedWave;
use crate::plan::{Flow, Mover, Plan, Staying, Undo, Wave};
use jiff::Timestamp;
use std::cell::OnceCell;
use std::cmp::Ordering;
use std::rc::Rc;

/// A schedule under some cases, with what it was made from.
pub(super) struct Made<'a> {
    pub(super) passage: Rc<WavePassage<'a>>,
    pub(super) schedule: Schedule,
    /// Gates included; `None` if it has no end.
    pub(super) seconds: Option<f64>,
}

impl Made<'_> {
    /// Steering as far as it turns in all waves: what is left to the period's start is not done before it. Where there is
    /// no end, as a whole.
    pub(super) fn turn(&self, task: &Task<'_>) -> SteeringTurn {
        let ended = self
            .schedule
            .waves
            .last()
            .map_or(0.0, |planned_wave| planned_wave.turn.to);
        SteeringTurn {
            to: if self.seconds.is_some() { ended } else { 1.0 },
            ..task.whole_turn()
        }
    }

    /// How many waves there are at least: by what fits in one, and by what passes in the time of one. `proven` is what
    /// every transition goes through, if that is less than these waves do.
    pub(super) fn waves_at_least(
        &self,
        task: &Task<'_>,
        proven: Option<&WavePassage<'_>>,
    ) -> usize {
        let passage = proven.unwrap_or(&*self.passage);
        let seconds = |planned_wave: &PlannedWave| planned_wave.seconds.iter().sum::<f64>();
        let longest = task.longest();
        // A wave that is longer than waves should be lets more pass than the length of waves says.
        let is_any_long = self
            .schedule
            .waves
            .iter()
            .any(|wave| seconds(wave) > longest.ceil());
        let paces = passage.paces_at_best(self.turn(task));
        let least = paces.first().and_then(|pace| pace.seconds);
        let by_pace = match least {
            Some(least) if !is_any_long => (least / longest - 1e-9).ceil(),
            _ => 1.0,
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of waves from 1 on"
        )]
        let waves = by_pace.max(passage.waves_at_least()) as usize;
        waves
    }
}

/// What a schedule is made for.
pub(super) struct Task<'a> {
    pub(super) context: WaveContext<'a>,
    pub(super) unders: Vec<Under<'a, 'a>>,
    /// What holds in the period to which it leads.
    pub(super) inside: Vec<Under<'a, 'a>>,
    /// Who stays for all timings, and who stays for this one alone.
    pub(super) staying: (&'a [Staying], Vec<Staying>),
    /// The same summed up, once that was needed.
    pub(super) stayers: OnceCell<Stayers<'a>>,
    pub(super) movers: Vec<Mover>,
    pub(super) beginning: Beginning,
    pub(super) gate: f64,
}

impl<'a> Task<'a> {
    /// How long the gates of this many waves take, in seconds.
    pub(super) fn gate_seconds(&self, waves: usize) -> f64 {
        self.gate * waves as f64
    }

    /// Steering as a whole, from where it is when the waves begin.
    pub(super) fn whole_turn(&self) -> SteeringTurn {
        SteeringTurn {
            from: self.beginning.steering,
            to: 1.0,
            is_first_after_loss: self.beginning.is_after_loss,
        }
    }

    /// The longest wave, in seconds.
    pub(super) fn longest(&self) -> f64 {
        self.beginning.longest
    }

    /// What the waves touch, and what holds in the period to which they lead.
    fn all_unders(&self) -> Vec<Under<'a, 'a>> {
        let mut all = self.unders.clone();
        all.extend(&self.inside);
        all
    }

    /// What waves go through under some of its cases.
    fn through(&self, unders: &[Under<'a, '_>], change: &WaveChange) -> WavePassage<'a> {
        let stayers = self.stayers.get_or_init(|| {
            let transitions = self.context.inputs;
            let staying = self.staying.0.iter().chain(&self.staying.1);
            Stayers::new(
                transitions.inventory,
                transitions.groups,
                &self.all_unders(),
                staying,
            )
        });
        WavePassage::new(&self.context, unders, stayers, &self.movers, change)
    }

    /// One wave of all users, under what holds before the period and in it.
    pub(super) fn at_once(&self) -> (WavePassage<'a>, SteeringTurn) {
        let passage = self.through(&self.all_unders(), &WaveChange::default());
        (passage, self.whole_turn())
    }

    pub(super) fn passage(&self, change: &WaveChange) -> WavePassage<'a> {
        let Some(opened) = change.opened else {
            return self.through(&self.unders, change);
        };
        // Nobody has planned the period with it: what holds there is kept too.
        let mut unders: Vec<Under<'a, '_>> = self.all_unders();
        let transitions = self.context.inputs;
        let flows = unders
            .iter()
            .map(|under| opened.steering(transitions, under.flows[1]));
        let flows: Vec<Option<Vec<Flow>>> = flows.collect();
        for (under, flows) in unders.iter_mut().zip(&flows) {
            if let Some(flows) = flows {
                under.flows[1] = flows;
            }
        }
        self.through(&unders, change)
    }

    /// The waves, with something changed.
    pub(super) fn made(&self, change: &WaveChange) -> Made<'a> {
        self.made_through(Rc::new(self.passage(change)), change)
    }

    pub(super) fn measured(&self, change: &WaveChange, made: Made<'a>) -> Made<'a> {
        let passage = Rc::new(self.passage(change));
        let schedule = passage.measured_again(self.beginning(change), made.schedule);
        Made {
            passage,
            schedule,
            seconds: made.seconds,
        }
    }

    fn beginning(&self, change: &WaveChange) -> Beginning {
        let mut beginning = self.beginning;
        if let Some(minutes) = change.minutes {
            beginning.longest = minutes * 60.0;
        }
        beginning.order = change.order;
        beginning
    }

    pub(super) fn made_through(
        &self,
        passage: Rc<WavePassage<'a>>,
        change: &WaveChange,
    ) -> Made<'a> {
        let beginning = self.beginning(change);
        let schedule = passage.schedule(beginning);
        let gates = self.gate_seconds(schedule.waves.len());
        let seconds = schedule.seconds().map(|seconds| seconds + gates);
        Made {
            passage,
            schedule,
            seconds,
        }
    }
}

impl Made<'_> {
    pub(super) fn date(&self, plan: &Plan, task: &Task<'_>, waves: &mut [Wave]) {
        let unders: Vec<&Under<'_, '_>> = task.unders.iter().chain(&task.inside).collect();
        let passage = &*self.passage;
        let mut work = passage.work(task.beginning);
        for (wave, planned) in waves.iter_mut().zip(&self.schedule.waves) {
            let (turn, filled) = (planned.turn, &planned.filled);
            let gate_end = shifted(wave.end, task.gate);
            let holding = Holding::new(plan, &unders, (wave.start, gate_end));
            let measured = passage.measured(&work.stand, turn, filled, &work.returning);
            let ends = [wave.end, gate_end];
            wave.undo = passage.undo((&work.stand, turn), (filled, &measured), (&holding, ends));
            work.take(passage, turn, filled);
            let stand = (&measured, &work.stand, turn.to);
            let is_met = |case| holding.before(case, gate_end).is_some();
            wave.watched = passage.fullest(stand, is_met);
            wave.overloaded = passage.overloaded(stand, (&holding, gate_end));
        }
    }
}

/// Waves as they are laid, with how many stretches of time they touch.
pub(super) struct Laid<'a> {
    pub(super) count: usize,
    pub(super) task: Task<'a>,
    pub(super) made: Made<'a>,
}

/// Users that are looked at, times waves, at most on behalf of other orders.
const EFFORT: usize = 100_000;

/// Parts of the length of waves that are tried where the longest take too long: users come more evenly in shorter ones.
const SHORTER: [f64; 4] = [2.0, 3.0, 4.0, 6.0];

/// What is wanted first of waves: that there are waves for everybody, that they are done in time, that they are few, that
/// they take little time. Where nothing is in time, time comes before few.
fn order(laid: &Laid<'_>, other: &Laid<'_>, is_in_time: &impl Fn(f64) -> bool) -> Ordering {
    let rank = |laid: &Laid<'_>| {
        let seconds = laid.made.seconds;
        let is_good = seconds.is_some_and(is_in_time);
        let waves = laid.made.schedule.waves.len();
        let few = if is_good { waves } else { 0 };
        (!is_good, seconds.is_none(), few, seconds.unwrap_or(0.0))
    };
    let (entry, other) = (rank(laid), rank(other));
    let known = (entry.0, entry.1, entry.2).cmp(&(other.0, other.1, other.2));
    known.then(entry.3.total_cmp(&other.3))
}

/// The fewest waves that are found where those that there are are refused, or more than have to be; of as many those that
/// take least time.
pub(super) fn fewest<'a>(
    mut best: Laid<'a>,
    laid: &impl Fn(&WaveChange, Option<&Laid<'a>>) -> Laid<'a>,
    is_in_time: impl Fn(f64) -> bool,
) -> Laid<'a> {
    let users = best.made.passage.items.len();
    let work = users * (best.made.schedule.waves.len() + 1);
    let tries = EFFORT / work.max(1);
    let minutes = best.task.longest() / 60.0;
    let orders = others().map(|order| WaveChange {
        order,
        ..WaveChange::default()
    });
    let shorter = SHORTER.map(|part| WaveChange {
        minutes: Some(minutes / part),
        ..WaveChange::default()
    });
    let is_good = |laid: &Laid<'_>| laid.made.seconds.is_some_and(&is_in_time);
    let orders = orders.map(|change| (change, users > 1));
    for (change, is_worth) in orders
        .chain(shorter.map(|wave_change| (wave_change, true)))
        .take(tries)
    {
        let waves = best.made.schedule.waves.len();
        let is_enough = waves <= 1 || waves <= best.made.waves_at_least(&best.task, None);
        if is_good(&best) && (is_enough || change.minutes.is_some()) {
            break;
        }
        if is_worth {
            let other = laid(&change, Some(&best));
            if order(&other, &best, &is_in_time) == Ordering::Less {
                best = other;
            }
        }
    }
    best
}

/// The waves of a schedule, one after the other from an instant on, numbered after those before. What they say of their time is
/// still to come.
pub(super) fn waves_from(
    schedule: &Schedule,
    begin: Timestamp,
    task: &Task<'_>,
    number: u32,
) -> Vec<Wave> {
    let mut at = begin;
    let numbers = number + 1..;
    schedule
        .waves
        .iter()
        .zip(numbers)
        .map(|(planned_wave, number)| {
            let start = at;
            let turned = shifted(start, planned_wave.seconds[0]);
            let end = shifted(turned, planned_wave.seconds[1]);
            at = shifted(end, task.gate);
            Wave {
                number,
                start,
                turned,
                end,
                steering_share: planned_wave.turn.to,
                restored_share: planned_wave.restored,
                moves: planned_wave.moves.clone(),
                sites: planned_wave.sites.clone(),
                ramp: planned_wave.ramp.clone(),
                fullest: planned_wave.fullest.clone(),
                watched: Vec::new(),
                overloaded: Vec::new(),
                stability: planned_wave.stability.clone(),
                stop_shortfall: planned_wave.stop_shortfall,
                unprotected: None,
                is_long: planned_wave.seconds.iter().sum::<f64>() > task.longest().ceil(),
                undo: Undo::default(),
                standing: Vec::new(),
            }
        })
        .collect()
}
