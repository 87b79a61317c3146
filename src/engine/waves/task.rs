//! Task: what the waves of a transition are made for, and those waves with something changed.

use super::cells::Steering;
use super::context::{Change, Footing};
use super::passage::{Crowd, Passage};
use super::schedule::{Beginning, Schedule};
use super::stand::Turn;
use super::stayers::Stayers;
use super::touched::{Holding, Under, shifted};
use super::wave::Planned;
use crate::plan::{Flow, Mover, Plan, Staying, Wave};
use std::cell::OnceCell;
use std::rc::Rc;

/// A schedule under some cases, with what it was made from.
pub(super) struct Made<'a> {
    pub(super) passage: Rc<Passage<'a>>,
    pub(super) schedule: Schedule,
    /// Gates included; `None` if it has no end.
    pub(super) seconds: Option<f64>,
}

impl Made<'_> {
    /// Steering as far as it turns in all waves: what is left to the period's start is not done ahead of it. Where there is
    /// no end, as a whole.
    pub(super) fn turn(&self, task: &Task<'_>) -> Turn {
        let ended = self.schedule.waves.last().map_or(0.0, |own| own.turn.to);
        Turn {
            to: if self.seconds.is_some() { ended } else { 1.0 },
            ..task.whole_turn()
        }
    }

    /// How many waves there are at least: by what fits in one, and by what passes in the time of one. `proven` is what
    /// every way goes through, if that is less than these waves do.
    pub(super) fn waves_at_least(&self, task: &Task<'_>, proven: Option<&Passage<'_>>) -> usize {
        let passage = proven.unwrap_or(&*self.passage);
        let seconds = |own: &Planned| own.seconds.iter().sum::<f64>();
        let longest = task.longest();
        // A wave that is longer than waves should be lets more pass than the length of waves says.
        let is_any_long = self
            .schedule
            .waves
            .iter()
            .any(|own| seconds(own) > longest.ceil());
        let paces = passage.paces_at_best(self.turn(task));
        let least = paces.first().and_then(|own| own.seconds);
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
    pub(super) footing: Footing<'a>,
    pub(super) steering: Steering<'a>,
    /// What the waves touch.
    pub(super) unders: Vec<Under<'a, 'a>>,
    /// What holds in the period to which it leads.
    pub(super) own: Vec<Under<'a, 'a>>,
    /// Who stays for all timings, and who stays for this one alone.
    pub(super) staying: (&'a [Staying], Vec<Staying>),
    /// The same summed up, once that was needed.
    pub(super) stayers: OnceCell<Stayers<'a>>,
    pub(super) movers: Vec<Mover>,
    pub(super) beginning: Beginning,
    pub(super) gate: f64,
}

impl<'a> Task<'a> {
    /// How long so many gates take, in seconds.
    pub(super) fn gate_seconds(&self, waves: usize) -> f64 {
        self.gate * waves as f64
    }

    /// Steering as a whole, from where it is when the waves begin.
    pub(super) fn whole_turn(&self) -> Turn {
        Turn {
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
        all.extend(&self.own);
        all
    }

    /// Who is where while users move.
    fn crowd(&self) -> Crowd<'_, 'a> {
        let staying = self.stayers.get_or_init(|| {
            let (inventory, groups) = (self.footing.inventory, self.steering.groups);
            let staying = self.staying.0.iter().chain(&self.staying.1);
            Stayers::new(inventory, groups, &self.all_unders(), staying)
        });
        Crowd {
            staying,
            movers: &self.movers,
        }
    }

    /// One wave of everybody, under what holds ahead of the period and in it.
    pub(super) fn at_once(&self) -> (Passage<'a>, Turn) {
        let unders = self.all_unders();
        let change = Change::default();
        let passage = Passage::new(
            &self.footing,
            &self.steering,
            &unders,
            self.crowd(),
            &change,
        );
        (passage, self.whole_turn())
    }

    /// What waves are made from, with something changed.
    pub(super) fn passage(&self, change: &Change) -> Passage<'a> {
        let crowd = self.crowd();
        let Some(opened) = change.opened else {
            return Passage::new(&self.footing, &self.steering, &self.unders, crowd, change);
        };
        // Nobody has planned the period with it: what holds there is kept too.
        let mut unders: Vec<Under<'a, '_>> = self.all_unders();
        let (inventory, network) = (self.footing.inventory, self.steering.network);
        let flows = unders
            .iter()
            .map(|own| opened.steering(inventory, network, own.flows[1]));
        let flows: Vec<Option<Vec<Flow>>> = flows.collect();
        for (under, flows) in unders.iter_mut().zip(&flows) {
            if let Some(flows) = flows {
                under.flows[1] = flows;
            }
        }
        Passage::new(&self.footing, &self.steering, &unders, crowd, change)
    }

    /// The waves, with something changed.
    pub(super) fn made(&self, change: &Change) -> Made<'a> {
        self.made_through(Rc::new(self.passage(change)), change)
    }

    /// Waves that were made for more cases, measured under these: who moves in each, and when, stays.
    pub(super) fn measured(&self, change: &Change, made: Made<'a>) -> Made<'a> {
        let passage = Rc::new(self.passage(change));
        let schedule = passage.measured_again(self.beginning(change), made.schedule);
        Made {
            passage,
            schedule,
            seconds: made.seconds,
        }
    }

    fn beginning(&self, change: &Change) -> Beginning {
        let mut beginning = self.beginning;
        if let Some(minutes) = change.minutes {
            beginning.longest = minutes * 60.0;
        }
        beginning.order = change.order;
        beginning
    }

    /// The waves through a passage, with another length or order of them.
    pub(super) fn made_through(&self, passage: Rc<Passage<'a>>, change: &Change) -> Made<'a> {
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
    /// Completes its waves, once they have their times.
    pub(super) fn date(&self, plan: &Plan, task: &Task<'_>, waves: &mut [Wave]) {
        let unders: Vec<&Under<'_, '_>> = task.unders.iter().chain(&task.own).collect();
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
            let is_met = |ground| holding.before(ground, gate_end).is_some();
            wave.watched = passage.fullest(stand, is_met);
            wave.overloaded = passage.overloaded(stand, (&holding, gate_end));
        }
    }
}
