//! Clients: what they send again, when they come back, and what they felt in a step.

use super::parcel::{Errand, Parcel, Patience, middle};
use plimsoll::model::{Profile, ReplayPolicy};

/// What is to be sent again.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) stream: usize,
    pub(super) errand: Errand,
    pub(super) attempt: i32,
    pub(super) amount: f64,
    /// When.
    pub(super) span: [f64; 2],
    /// When it was sent first, on average.
    first: f64,
    is_late: bool,
    /// All of it comes at one instant.
    is_at_once: bool,
}

/// Two instants nearer to each other are one.
const INSTANT: f64 = 1e-6;

/// What became of a stream's work and sessions in a step: user-seconds, and users.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) sent: f64,
    pub(super) again: f64,
    pub(super) served: f64,
    pub(super) failed: f64,
    /// Of these, what has not been late before.
    pub(super) failed_in_time: f64,
    pub(super) late: f64,
    /// Accepted, and that times the time left in the step.
    pub(super) accepted: f64,
    pub(super) accepted_seconds: f64,
}

/// How an attempt fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// Turned away: noticed at once.
    Away,
    /// Without an answer: noticed after the timeout.
    Lost,
    /// The client has given up: noticed now.
    GivenUp,
}

/// How long clients of a profile wait.
pub(super) fn patience(profile: &Profile, errand: Errand) -> Patience {
    let timeout = profile.timeout_seconds.unwrap_or(f64::INFINITY);
    Patience {
        timeout,
        late: match errand {
            Errand::Work => profile.late_seconds.unwrap_or(timeout),
            Errand::Connect => f64::INFINITY,
        },
    }
}

/// Everything that clients have in mind.
#[derive(Debug, Default)]
pub(super) struct Clients {
    pub(super) pending: Vec<Pending>,
}

impl Clients {
    /// What is sent again between two instants.
    pub(super) fn due(&mut self, [start, end]: [f64; 2]) -> Vec<Parcel> {
        let mut due = Vec::new();
        for pending in &mut self.pending {
            let [from, to] = pending.span;
            if from >= end - INSTANT {
                continue;
            }
            let until = to.min(end);
            let share = if to > from {
                (until - from) / (to - from)
            } else {
                1.0
            };
            let age = middle([from, until]) - pending.first;
            let span = [from, until];
            let amount = pending.amount * share;
            let parcel = Parcel {
                stream: pending.stream,
                errand: pending.errand,
                attempt: pending.attempt,
                amount,
                // Decision: what is sent again in a step comes evenly, unless all of it comes at one instant.
                sent: if pending.is_at_once {
                    span
                } else {
                    [start, end]
                },
                age: age.max(0.0),
                is_late: pending.is_late,
                is_new: false,
                hop: 0,
                is_at_once: pending.is_at_once,
                at: span.map(|at| at.max(start)),
            };
            send_together(&mut due, parcel);
            pending.amount -= amount;
            pending.span[0] = until;
            if share >= 1.0 {
                pending.amount = 0.0;
            }
        }
        self.pending.retain(|pending| pending.amount > 1e-12);
        due
    }

    /// An attempt fails in a step.
    pub(super) fn fail(
        &mut self,
        parcel: &Parcel,
        failure: Failure,
        step: [f64; 2],
        (profile, policy): (&Profile, &ReplayPolicy),
        tally: &mut Tally,
    ) {
        let patience = patience(profile, parcel.errand);
        let noticed = match failure {
            Failure::Lost if patience.timeout.is_finite() => {
                parcel.sent.map(|sent| sent + patience.timeout)
            }
            _ => parcel.at,
        };
        // Decision: what fails at one instant comes at one instant.
        let is_one = noticed[1] <= noticed[0];
        let again = (profile.retries - f64::from(parcel.attempt)).clamp(0.0, 1.0);
        let first = middle(parcel.sent) - parcel.age;
        if again > 0.0 {
            let wait = policy.backoff_seconds * policy.backoff_factor.powi(parcel.attempt);
            let span = later(noticed, wait, policy.jitter, step);
            let is_at_once = is_one && span[1] <= span[0];
            // Decision: time by which the step puts it off does not count.
            let first = first + middle(span) - (middle(noticed) + wait);
            let amount = parcel.amount * again;
            let is_work = parcel.errand == Errand::Work;
            let comes_late = is_work && middle(span) - first >= patience.late - 1e-9;
            if comes_late && !parcel.is_late {
                tally.late += amount;
            }
            self.pending.push(Pending {
                stream: parcel.stream,
                errand: parcel.errand,
                attempt: parcel.attempt + 1,
                amount,
                span,
                first,
                is_late: parcel.is_late || comes_late,
                is_at_once,
            });
        }
        let amount = parcel.amount * (1.0 - again);
        if amount <= 0.0 {
            return;
        }
        match parcel.errand {
            Errand::Work => {
                tally.failed += amount;
                if !parcel.is_late {
                    tally.failed_in_time += amount;
                }
            }
            Errand::Connect => {
                let span = later(noticed, policy.return_seconds, policy.jitter, step);
                self.pending.push(Pending {
                    stream: parcel.stream,
                    errand: Errand::Connect,
                    attempt: 0,
                    amount,
                    span,
                    first,
                    is_late: false,
                    is_at_once: is_one && span[1] <= span[0],
                });
            }
        }
    }
}

/// What is tried again together, evenly or at one instant, was first sent as long ago as it was on average.
fn send_together(due: &mut Vec<Parcel>, next: Parcel) {
    let is_alike = |other: &&mut Parcel| {
        (other.stream, other.errand, other.attempt, other.is_late)
            == (next.stream, next.errand, next.attempt, next.is_late)
            && other.is_at_once == next.is_at_once
            && (!next.is_at_once || (other.sent[0] - next.sent[0]).abs() < INSTANT)
    };
    let Some(other) = due.iter_mut().find(is_alike) else {
        due.push(next);
        return;
    };
    let share = next.amount / (next.amount + other.amount);
    let mean = |a: f64, b: f64| a * (1.0 - share) + b * share;
    for side in 0..2 {
        other.sent[side] = mean(other.sent[side], next.sent[side]);
        other.at[side] = mean(other.at[side], next.at[side]);
    }
    other.age = mean(other.age, next.age);
    other.amount += next.amount;
}

/// After a wait, spread to both sides; what would come before the step is over comes after it, as much later as keeps the
/// mean if there is any such time, and else as if the step began when it ends.
///
/// Decision: waits that are spread and the span in which attempts fail add up to one span, all times of it alike.
fn later(noticed: [f64; 2], wait: f64, jitter: f64, [start, end]: [f64; 2]) -> [f64; 2] {
    let from = noticed[0] + wait * (1.0 - jitter);
    let to = noticed[1] + wait * (1.0 + jitter);
    if from >= end {
        return [from, to];
    }
    let until = from + to - end;
    if until > end {
        return [end, until];
    }
    // Decision: what came at once goes on doing so.
    let length = if noticed[1] > noticed[0] {
        end - start
    } else {
        0.0
    };
    [end, end + length]
}
