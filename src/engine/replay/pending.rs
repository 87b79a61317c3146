//! Attempts, numbered: what is sent in a step, and what clients will send again, and when.

use super::amount::Amount;
use crate::units::SAME_INSTANT;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Attempts that are made evenly from one instant to another.
#[derive(Debug, Clone)]
struct AttemptWindow {
    from: f64,
    to: f64,
    amounts: Vec<Again>,
}

impl AttemptWindow {
    fn is_at_once(&self) -> bool {
        self.to - self.from < SAME_INSTANT
    }
}

/// Attempts of one number that will be made.
#[derive(Debug, Clone, Copy)]
struct Again {
    item: usize,
    amount: Amount,
    /// Seconds since their work was first sent, when they are, times how many they are.
    aged: f64,
}

/// Attempts that are still to be made.
#[derive(Debug, Clone, Default)]
pub(super) struct Pending {
    windows: Vec<AttemptWindow>,
    /// By the bits of both ends: windows that were added in this step. There may be as many as parts of what waits.
    added: HashMap<[u64; 2], usize>,
}

impl Pending {
    /// Adds attempts that are made evenly between two instants, in seconds.
    ///
    /// `age` is how long ago their work was first sent by then.
    pub(super) fn add(&mut self, [from, to]: [f64; 2], item: usize, amount: Amount, age: f64) {
        if amount.is_none() {
            return;
        }
        let again = Again {
            item,
            amount,
            aged: amount.number() * age,
        };
        match self.added.entry([from, to].map(f64::to_bits)) {
            Entry::Occupied(known) => self.windows[*known.get()].amounts.push(again),
            Entry::Vacant(place) => {
                place.insert(self.windows.len());
                self.windows.push(AttemptWindow {
                    from,
                    to,
                    amounts: vec![again],
                });
            }
        }
    }

    /// Takes out what is made up to an instant.
    pub(super) fn take_until(&mut self, end: f64, mut made: impl FnMut(Sent)) {
        for window in &mut self.windows {
            if window.from >= end - SAME_INSTANT {
                continue;
            }
            let at_once = window.is_at_once();
            let share = if window.to <= end + SAME_INSTANT {
                1.0
            } else {
                (end - window.from) / (window.to - window.from)
            };
            window.amounts.sort_by_key(|again| again.item);
            window.amounts.dedup_by(|next, first| {
                let is_same = next.item == first.item;
                if is_same {
                    first.amount += next.amount;
                    first.aged += next.aged;
                }
                is_same
            });
            for again in &mut window.amounts {
                let now = again.amount.share(share);
                if now.is_none() {
                    continue;
                }
                let age = again.aged / again.amount.number();
                again.amount -= now;
                again.aged = again.amount.number() * age;
                made(Sent {
                    item: again.item,
                    amount: now,
                    age,
                    at: f64::midpoint(window.from, window.to.min(end)),
                    at_once,
                });
            }
            window.from = end;
            window.amounts.retain(|again| !again.amount.is_none());
        }
        self.windows.retain(|window| !window.amounts.is_empty());
        self.added.clear();
    }

    /// When the next attempts are made that are made all at once, not before an instant.
    pub(super) fn next_at_once(&self, at: f64) -> Option<f64> {
        let at_once = self.windows.iter().filter(|window| window.is_at_once());
        let next = at_once
            .map(|attempt_window| attempt_window.from)
            .filter(|value| *value >= at - SAME_INSTANT);
        next.reduce(f64::min)
    }

    /// All of it.
    pub(super) fn amounts(&self) -> impl Iterator<Item = (usize, Amount)> + '_ {
        self.windows.iter().flat_map(|window| {
            window
                .amounts
                .iter()
                .map(|again| (again.item, again.amount))
        })
    }
}

/// Attempts of one number that are sent together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sent {
    pub(super) item: usize,
    pub(super) amount: Amount,
    /// Seconds since their work was first sent, on average.
    pub(super) age: f64,
    /// When they are sent, in seconds, on average.
    pub(super) at: f64,
    /// All of them are sent when the step begins; else evenly.
    pub(super) at_once: bool,
}

/// Sums of some attempts: how many, and that times their ages and times.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    amount: Amount,
    aged: f64,
    at: f64,
}

/// What is sent in a step.
#[derive(Debug, Clone)]
pub(super) struct Attempts {
    /// By item: what is sent evenly.
    evenly: Vec<Sum>,
    /// Items that have any of it, in the order in which they were added first.
    made: Vec<usize>,
    /// What is sent when the step begins.
    at_once: Vec<Sent>,
}

impl Attempts {
    pub(super) fn new(items: usize) -> Self {
        Self {
            evenly: vec![Sum::default(); items],
            made: Vec::new(),
            at_once: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, sent: Sent) {
        let Sent { item, amount, .. } = sent;
        if amount.is_none() {
            return;
        }
        if sent.at_once {
            self.at_once.push(sent);
            return;
        }
        let sum = &mut self.evenly[item];
        if sum.amount.is_none() {
            self.made.push(item);
        }
        sum.amount += amount;
        sum.aged += amount.number() * sent.age;
        sum.at += amount.number() * sent.at;
    }

    pub(super) fn amounts(&self) -> impl Iterator<Item = (usize, Amount)> + '_ {
        let evenly = self.made.iter();
        let evenly = evenly.map(|item| (*item, self.evenly[*item].amount));
        evenly.chain(self.at_once().map(|sent| (sent.item, sent.amount)))
    }

    pub(super) fn at_once(&self) -> impl Iterator<Item = &Sent> {
        self.at_once.iter()
    }

    /// Takes all of it out.
    pub(super) fn take(&mut self) -> Vec<Sent> {
        let mut all = std::mem::take(&mut self.at_once);
        for item in std::mem::take(&mut self.made) {
            let sum = std::mem::take(&mut self.evenly[item]);
            let number = sum.amount.number();
            all.push(Sent {
                item,
                amount: sum.amount,
                age: sum.aged / number,
                at: sum.at / number,
                at_once: false,
            });
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::{Amount, Pending};

    fn made(pending: &mut Pending, end: f64) -> Vec<(usize, f64)> {
        let mut all = Vec::new();
        pending.take_until(end, |sent| {
            assert_eq!(sent.age.total_cmp(&4.0), std::cmp::Ordering::Equal);
            all.push((sent.item, sent.amount.number()));
        });
        all
    }

    #[test]
    fn attempts_are_made_evenly_between_their_ends() {
        let mut pending = Pending::default();
        pending.add([10.0, 30.0], 7, Amount::of(40.0), 3.0);
        pending.add([10.0, 30.0], 7, Amount::of(20.0), 6.0);
        assert!(made(&mut pending, 10.0).is_empty());
        assert_eq!(made(&mut pending, 15.0), [(7, 15.0)]);
        assert_eq!(made(&mut pending, 25.0), [(7, 30.0)]);
        assert_eq!(made(&mut pending, 60.0), [(7, 15.0)]);
        assert_eq!(pending.amounts().count(), 0);
    }
}
