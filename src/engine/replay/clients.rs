//! Clients: what they send, and what they do about what has failed.

use super::amount::Amount;
use super::attempts::Sent;
use super::items::{Kind, MOST};
use super::queue::Gone;
use super::simulation::{Simulation, Step};
use super::tally::{OfStream, Tally};
use crate::model::Profile;

/// How many seconds after it was first sent a profile's work is late.
pub(super) fn late_after(profile: &Profile) -> f64 {
    let late = profile.late_seconds.or(profile.timeout_seconds);
    late.unwrap_or(f64::INFINITY)
}

/// How a client learns that an attempt has failed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Failure {
    /// Nobody answers: he waits until he gives up; it was sent so many seconds ago.
    Silent(f64),
    /// He is told, or has given up already.
    Told,
}

impl Simulation<'_> {
    /// What is sent: work of whoever has a session, and what is tried again.
    pub(super) fn attempt(&mut self, step: &Step<'_>, tally: &mut Tally) {
        for stream in 0..self.field.streams.len() {
            let work = Amount::of(self.sending[stream].number() * step.seconds);
            self.attempts.add(Sent {
                item: self.items.first(stream, Kind::Work),
                amount: work,
                age: 0.0,
                at: step.middle(),
                at_once: false,
            });
            let own = &mut tally.streams[stream];
            own.sent += work;
        }
        let mut again = Vec::new();
        let end = step.start + step.seconds;
        self.pending.take_until(end, |own| again.push(own));
        for mut own in again {
            let (stream, kind) = self.items.whose(own.item);
            if kind == Kind::Session {
                // Who has gone meanwhile does not try again.
                let outstanding = self.outstanding[stream];
                let wanted = self.apart[stream].number() / outstanding.number();
                let left = own.amount - own.amount.share(wanted);
                self.outstanding[stream] -= left;
                own.amount -= left;
            } else {
                tally.streams[stream].again += own.amount;
            }
            self.attempts.add(own);
        }
    }

    /// An attempt has got to its end at an instant, so many seconds after its work was first sent on average, and at most.
    pub(super) fn served(
        &mut self,
        step: &Step<'_>,
        (item, amount, at): (usize, Amount, f64),
        [mean, longest]: [f64; 2],
        tally: &mut Tally,
    ) {
        let (stream, kind) = self.items.whose(item);
        match kind {
            Kind::Work => {
                let own: &mut OfStream = &mut tally.streams[stream];
                own.served += amount;
                own.waited += amount.number() * mean;
                own.longest = own.longest.max(longest);
            }
            Kind::Session => {
                let outstanding = self.outstanding[stream].number();
                let wanted = self.apart[stream].number() / outstanding;
                let back = amount.share(wanted).min(self.apart[stream]);
                self.outstanding[stream] -= amount;
                self.apart[stream] -= back;
                self.connected[stream] += back;
                let own = &mut tally.streams[stream];
                own.connected += back.number();
                own.apart += back.number() * (at - step.start);
            }
        }
    }

    /// Work has become late: its users are down for it, and no further time, whatever comes of it.
    pub(super) fn late(&mut self, item: usize, amount: Amount, tally: &mut Tally) {
        let own = &mut tally.streams[self.items.whose(item).0];
        own.late += amount;
        own.down += amount.number();
    }

    /// An attempt has failed: it is tried again, or that was the last of it.
    pub(super) fn failed(&mut self, step: &Step<'_>, gone: Gone, how: Failure, tally: &mut Tally) {
        let Gone { item, amount, age } = gone;
        if amount.is_none() {
            return;
        }
        let (stream, _) = self.items.whose(item);
        let attempt = self.items.attempt(item);
        let profile = &self.inventory.profiles[self.field.streams[stream].profile.index()];
        let again = amount.share((profile.retries.min(MOST) - attempt as f64).clamp(0.0, 1.0));
        let noticed = match how {
            Failure::Silent(since) => (profile.timeout_seconds.unwrap_or(0.0) - since).max(0.0),
            Failure::Told => 0.0,
        };
        if !again.is_none() {
            let exponent = i32::try_from(attempt).unwrap_or(i32::MAX);
            let wait = self.policy.backoff_seconds * self.policy.backoff_factor.powi(exponent);
            let window = self.window(step, noticed, wait);
            let age = age + noticed + wait;
            // It will be late before it is sent again.
            let is_late = self.items.may_be_late(item) && age >= late_after(profile);
            let next = if is_late {
                self.late(item, again, tally);
                self.items.next(self.items.once_late(item))
            } else {
                self.items.next(item)
            };
            self.pending.add(window, next, again, age);
        }
        let end = amount - again;
        if !end.is_none() {
            self.lost_after(step, noticed, item, end, tally);
        }
    }

    /// A request has failed with all its attempts.
    pub(super) fn lost_for_good(
        &mut self,
        step: &Step<'_>,
        item: usize,
        amount: Amount,
        tally: &mut Tally,
    ) {
        if !amount.is_none() {
            self.lost_after(step, 0.0, item, amount, tally);
        }
    }

    fn lost_after(
        &mut self,
        step: &Step<'_>,
        noticed: f64,
        item: usize,
        amount: Amount,
        tally: &mut Tally,
    ) {
        let (stream, kind) = self.items.whose(item);
        match kind {
            Kind::Work => {
                let own = &mut tally.streams[stream];
                own.failed += amount;
                if self.items.may_be_late(item) {
                    own.down += amount.number();
                }
            }
            Kind::Session => {
                let window = self.window(step, noticed, self.policy.return_seconds);
                let first = self.items.first(stream, Kind::Session);
                self.pending.add(window, first, amount, 0.0);
            }
        }
    }

    /// When what has failed in a step is sent again after so long a wait: never before the step is over, and if there is any
    /// time left then as much later as keeps the mean.
    fn window(&self, step: &Step<'_>, noticed: f64, wait: f64) -> [f64; 2] {
        let end = step.start + step.seconds;
        let [least, most] = [-1.0, 1.0].map(|side| wait * (1.0 + side * self.policy.jitter));
        let (from, to) = (step.start + noticed + least, end + noticed + most);
        if from >= end {
            return [from, to];
        }
        let shortened = from + to - end;
        if shortened > end {
            [end, shortened]
        } else {
            [end, end + step.seconds]
        }
    }
}
