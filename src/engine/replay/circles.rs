//! Circles: ways that pass the same stages in opposite orders, so that some work meets one after its turn.

use super::field::Obstacle;
use super::queue::{Entry, cost_of};
use super::simulation::{CameBack, Simulation, Step};
use super::tally::Tally;

impl Simulation<'_> {
    /// What comes to a stage in so many seconds of what it had no time for before.
    pub(super) fn come_again(&mut self, stage: usize, seconds: f64) -> Vec<Entry> {
        let own = &mut self.came_back[stage];
        let taken = own.iter_mut().map(|own| own.take(seconds));
        let taken = taken.filter(|own| !own.amount.is_none()).collect();
        own.retain(|own| !own.entry.amount.is_none());
        taken
    }

    /// What a stage makes of what comes to it after its turn: as much passes as can still be worked, and takes that of what is
    /// `left`, in the resource's unit times seconds; the rest comes again as soon as it may. Returns what goes on.
    pub(super) fn against_the_order(
        &mut self,
        step: &Step<'_>,
        (stage, left): (usize, &mut f64),
        entries: Vec<Entry>,
        tally: &mut Tally,
    ) -> Vec<Entry> {
        if self.field.stages[stage].obstacle == Obstacle::Itself {
            return self.at_itself(step, stage, entries, tally);
        }
        let came = cost_of(&entries);
        let share = if self.exceeds(stage, (came, *left), step.seconds) {
            *left / came
        } else {
            1.0
        };
        let mut worked = Vec::with_capacity(entries.len());
        for entry in entries {
            let amount = entry.amount.share(share);
            let rest = Entry {
                amount: entry.amount - amount,
                ..entry
            };
            if !rest.amount.is_none() {
                self.came_back[stage].push(CameBack {
                    entry: rest,
                    seconds: step.seconds,
                });
            }
            if !amount.is_none() {
                worked.push(Entry { amount, ..entry });
            }
        }
        let cost = cost_of(&worked);
        *left = (*left - cost).max(0.0);
        tally.more(stage, cost / step.seconds);
        if self.field.stages[stage].queues {
            return self.after_work(step, stage, worked, tally);
        }
        worked
    }
}
