//! Clients: what they send, and what they do about what has failed.

use super::accounts::{OfStream, StepTally};
use super::amount::Amount;
use super::crowds::{AttemptKind, MOST_RETRIES};
use super::pending::Sent;
use super::queue::{Gone, QueueEntry};
use super::simulation::{PlayedStep, Simulation};
use crate::model::Profile;

/// How many seconds after it was first sent a profile's work is late.
pub(in crate::engine) fn late_after(profile: &Profile) -> f64 {
    let late = profile.late_seconds.or(profile.timeout_seconds);
    late.unwrap_or(f64::INFINITY)
}

impl Simulation<'_> {
    /// What is sent: work of users who have a session, and what is tried again.
    pub(super) fn attempt(&mut self, step: &PlayedStep<'_>, tally: &mut StepTally) {
        for stream in 0..self.field.streams.len() {
            let work = Amount::of(self.sending[stream].number() * step.seconds);
            self.attempts.add(Sent {
                item: self.items.first(stream, AttemptKind::Work),
                amount: work,
                age: 0.0,
                at: step.middle(),
                at_once: false,
            });
            let of_stream = &mut tally.streams[stream];
            of_stream.sent += work;
        }
        let mut again = Vec::new();
        let end = step.start + step.seconds;
        self.pending.take_until(end, |sent| again.push(sent));
        for mut sent in again {
            let (stream, kind) = self.items.whose(sent.item);
            if kind == AttemptKind::Session {
                // Who has gone meanwhile does not try again.
                let outstanding = self.outstanding[stream];
                let wanted = self.apart[stream].number() / outstanding.number();
                let left = sent.amount - sent.amount.share(wanted);
                self.outstanding[stream] -= left;
                sent.amount -= left;
                self.tried[stream][1] += sent.amount.number();
            } else {
                tally.streams[stream].again += sent.amount;
            }
            self.attempts.add(sent);
        }
    }

    /// An attempt has got to its end at an instant: `mean` seconds after its work was first sent on average, `longest` at most;
    /// `lag` is how long ago it was made on average, if that was in this step.
    pub(super) fn served(
        &mut self,
        step: &PlayedStep<'_>,
        (item, amount, at): (usize, Amount, f64),
        [mean, longest]: [f64; 2],
        lag: f64,
        tally: &mut StepTally,
    ) {
        let (stream, kind) = self.items.whose(item);
        match kind {
            AttemptKind::Work => {
                let of_stream: &mut OfStream = &mut tally.streams[stream];
                of_stream.served += amount;
                of_stream.waited += amount.number() * mean;
                of_stream.longest = of_stream.longest.max(longest);
            }
            AttemptKind::Session => {
                let outstanding = self.outstanding[stream].number();
                let wanted = self.apart[stream].number() / outstanding;
                let back = amount.share(wanted).min(self.apart[stream]);
                self.outstanding[stream] -= amount;
                self.apart[stream] -= back;
                self.connected[stream] += back;
                let of_stream = &mut tally.streams[stream];
                of_stream.connected += back.number();
                of_stream.apart += back.number() * (at - step.start);
                // A new session that is accepted in the step in which it is tried leaves nobody without one.
                let [again, all] = self.tried[stream];
                if lag > 0.0 && all > 0.0 {
                    of_stream.apart -= back.number() * lag * (again / all);
                }
            }
        }
    }

    /// Work has become late: its users are down for it, and no further time, whatever comes of it.
    pub(super) fn late(&mut self, item: usize, amount: Amount, tally: &mut StepTally) {
        let of_stream = &mut tally.streams[self.items.whose(item).0];
        of_stream.late += amount;
        of_stream.down += amount.number();
    }

    /// Part of an attempt that gets no answer, since nothing passes or it does not fit: its sender waits until they give up,
    /// if ever they do. What came all at once does not come again all at once if `is_spread`.
    pub(super) fn unanswered(
        &self,
        step: &PlayedStep<'_>,
        entry: &QueueEntry,
        amount: Amount,
        is_spread: bool,
    ) -> Gone {
        let stream = self.items.whose(entry.item).0;
        let profile = &self.inventory.profiles[self.field.streams[stream].profile.index()];
        let is_spread = is_spread && entry.at_once;
        let (since_sent, noticed) = match profile.timeout_seconds {
            Some(timeout) => {
                let sent = if is_spread { step.span() } else { entry.sent };
                (timeout, sent.map(|value| value + timeout))
            }
            None if entry.at_once && !is_spread => (entry.lag, [entry.at; 2]),
            None => (entry.lag, step.span()),
        };
        Gone {
            item: entry.item,
            amount,
            age: entry.age + since_sent,
            noticed,
        }
    }

    /// An attempt has failed, for lack of spare capacity if `is_crowded`: it is tried again, or that was the last of it.
    pub(super) fn failed(
        &mut self,
        step: &PlayedStep<'_>,
        gone: Gone,
        is_crowded: bool,
        tally: &mut StepTally,
    ) {
        let Gone {
            item,
            amount,
            age,
            noticed,
        } = gone;
        if amount.is_none() {
            return;
        }
        let (stream, kind) = self.items.whose(item);
        let attempt = self.items.attempt(item);
        let profile = &self.inventory.profiles[self.field.streams[stream].profile.index()];
        let again =
            amount.share((profile.retries.min(MOST_RETRIES) - attempt as f64).clamp(0.0, 1.0));
        let unnoticed = (f64::midpoint(noticed[0], noticed[1]) - step.middle()).max(0.0);
        if !again.is_none() {
            let exponent = i32::try_from(attempt).unwrap_or(i32::MAX);
            let wait = self.policy.backoff_seconds * self.policy.backoff_factor.powi(exponent);
            let window = self.window(step, noticed, wait);
            if is_crowded {
                self.soonest = self.soonest.min(unnoticed + wait);
            }
            let age = age + wait;
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
            if is_crowded && kind == AttemptKind::Session {
                let wait = unnoticed + self.policy.return_seconds;
                self.soonest = self.soonest.min(wait);
            }
            self.lost_for_good(step, (item, end), noticed, tally);
        }
    }

    /// A request has failed with all its attempts, as is noticed between two instants.
    pub(super) fn lost_for_good(
        &mut self,
        step: &PlayedStep<'_>,
        (item, amount): (usize, Amount),
        noticed: [f64; 2],
        tally: &mut StepTally,
    ) {
        if amount.is_none() {
            return;
        }
        let (stream, kind) = self.items.whose(item);
        match kind {
            AttemptKind::Work => {
                let of_stream = &mut tally.streams[stream];
                of_stream.failed += amount;
                if self.items.may_be_late(item) {
                    of_stream.down += amount.number();
                }
            }
            AttemptKind::Session => {
                let window = self.window(step, noticed, self.policy.return_seconds);
                let first = self.items.first(stream, AttemptKind::Session);
                self.pending.add(window, first, amount, 0.0);
            }
        }
    }

    /// When what has failed in a step, as is noticed between two instants, is sent again after so long a wait: never before
    /// the step is over, and if there is any time left then as much later as keeps the mean. What fails at one instant comes
    /// at one instant, unless waits are spread.
    fn window(&self, step: &PlayedStep<'_>, noticed: [f64; 2], wait: f64) -> [f64; 2] {
        let end = step.start + step.seconds;
        let [least, most] = [-1.0, 1.0].map(|side| wait * (1.0 + side * self.policy.jitter));
        let from = noticed[0] + least;
        let to = noticed[1] + most;
        if from >= end {
            return [from, to];
        }
        let shortened = from + to - end;
        if shortened > end {
            [end, shortened]
        } else if noticed[1] > noticed[0] {
            [end, end + step.seconds]
        } else {
            [end; 2]
        }
    }
}
