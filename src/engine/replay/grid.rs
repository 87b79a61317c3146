//! Grid: the steps of a replay, how far it is played, and how finely it is reported.

use crate::model::{Inventory, Scenario};
use crate::scenario::{acted_on, even_spans, months};
use crate::units::SAME_INSTANT;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Instants at which something changes that every step has to end at: the first of the replay, those of events, of the
/// hours and of months, `others`, and the last.
pub(super) fn changes(
    inventory: &Inventory,
    scenario: &Scenario,
    start: Timestamp,
    others: impl Iterator<Item = Timestamp>,
) -> Vec<Timestamp> {
    let end = scenario.end;
    let mut all: BTreeSet<Timestamp> = others.collect();
    for event in &scenario.events {
        all.extend([
            event.start,
            event.end,
            event.detected,
            acted_on(event, &scenario.policy),
        ]);
    }
    let spans = even_spans(inventory, start, end);
    all.extend(spans.into_iter().map(|(start, _)| start));
    let dated = inventory
        .capacity_changes
        .iter()
        .map(|capacity_change| capacity_change.date);
    all.extend(dated);
    let months = months(scenario.offset, [start, end]).into_iter();
    all.extend(months.map(|month| month.span[0]));
    all.insert(scenario.start);
    all.retain(|at| start < *at && *at < end);
    all.insert(start);
    all.insert(end);
    all.into_iter().collect()
}

/// No part is shorter, in seconds, if nothing changes within it; what comes all at once comes within that.
const INSTANT: f64 = 1.0;

/// Of how far it is from a jolt, the share that a part may take.
const OF_DISTANCE: f64 = 0.3;

/// Of how long clients wait before they try again, the share that a part may take.
const OF_WAIT: f64 = 0.1;

/// Why a part must not be long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Haste {
    /// After how many seconds clients try again what the last part had no capacity for; endless if it had enough.
    pub(super) soonest: f64,
    /// Seconds in which many come all at once, if any do.
    pub(super) at_once: Option<f64>,
    /// Users move or are turned evenly: parts of different lengths would bring more of them in the shorter ones.
    pub(super) is_even: bool,
    /// No part is shorter, in seconds, for there is no work left for more of them.
    pub(super) affordable: f64,
}

/// How a replay cuts time.
pub(super) struct Grid {
    /// The longest step, in seconds.
    longest: f64,
    /// The shortest part for the sake of who tries again, in seconds.
    shortest: f64,
    /// Instants at which what comes or what can be taken jumps, in order.
    jolts: Vec<Timestamp>,
}

impl Grid {
    pub(super) fn new(scenario: &Scenario, dated: impl Iterator<Item = Timestamp>) -> Self {
        let mut jolts: BTreeSet<Timestamp> = dated.collect();
        for event in &scenario.events {
            jolts.extend([
                event.start,
                event.end,
                event.detected,
                acted_on(event, &scenario.policy),
            ]);
        }
        if !scenario.queued.is_empty() {
            jolts.insert(scenario.start);
        }
        // Nothing follows the end.
        jolts.retain(|jolt| *jolt < scenario.end);
        Self {
            longest: scenario.replay.step_seconds,
            shortest: scenario.replay.shortest_seconds(),
            jolts: jolts.into_iter().collect(),
        }
    }

    /// The same with parts of no less than a tenth of the longest step for the sake of who tries again.
    pub(super) fn roughly(self) -> Self {
        Self {
            shortest: self.shortest.max(self.longest / 10.0),
            ..self
        }
    }

    /// The reported steps between two changes, none longer than the longest, all of one length.
    pub(super) fn reported_steps(
        &self,
        start: Timestamp,
        end: Timestamp,
    ) -> Vec<(Timestamp, Timestamp)> {
        let whole = end.duration_since(start).as_secs_f64();
        let count = (whole / self.longest).ceil().max(1.0);
        let at = |number: f64| after(start, whole * number / count).unwrap_or(end);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 1, and no more than there is memory for is asked"
        )]
        let numbers = (0..count as u64).map(|number| number as f64);
        let mut steps: Vec<(Timestamp, Timestamp)> = numbers
            .map(|number| (at(number), at(number + 1.0)))
            .collect();
        if let Some(last) = steps.last_mut() {
            last.1 = end;
        }
        steps
    }

    /// When a part of a reported step ends, given the instant at which it begins; and whether it is longer than it should be,
    /// because shorter ones are not affordable.
    ///
    /// Parts end at seconds of the step, or at what is next to seconds and divides it evenly: what comes at an instant and
    /// comes again at others would cut time ever finer.
    /// What fails in a part comes again in a later one, and what comes in it comes evenly.
    /// Both are wrong for a while where anything jumps, the less the further away that is; and for as long as more comes
    /// than passes because clients try again.
    pub(super) fn next(
        &self,
        at: Timestamp,
        (begin, end): (Timestamp, Timestamp),
        haste: Haste,
    ) -> (Timestamp, bool) {
        let next = self.jolts.partition_point(|jolt| *jolt <= at);
        let ahead = self.jolts.get(next);
        let is_after = next.checked_sub(1).and_then(|index| self.jolts.get(index));
        let near = ahead.into_iter().chain(is_after);
        let distance = near.map(|instant| instant.duration_since(at).abs().as_secs_f64());
        let distance = distance.fold(f64::INFINITY, f64::min);
        let near = if haste.is_even {
            f64::INFINITY
        } else {
            (OF_DISTANCE * distance).max(INSTANT)
        };
        let hasty = (OF_WAIT * haste.soonest).max(self.shortest);
        let exact = near.min(hasty).min(self.longest);
        let most = exact.max(haste.affordable.min(self.longest));
        let [since, whole] = [at, end].map(|instant| instant.duration_since(begin).as_secs_f64());
        let count = (whole / INSTANT).ceil().max(1.0);
        let second = whole / count;
        let done = (since / second).round();
        let left = count - done;
        // What is left is divided evenly.
        let even = |most: f64| {
            let most = (most / second + SAME_INSTANT).floor().max(1.0);
            (left / (left / most).ceil()).ceil()
        };
        // A part begins where anything comes at once, and is short.
        let short = |within: f64| (within / second + SAME_INSTANT).floor().max(1.0);
        let within = |most: f64, at_once: Option<f64>| match at_once {
            Some(within) => even(most).min(short(within)),
            None => even(most),
        };
        let at_once = haste.at_once.map(|value| value.max(haste.affordable));
        let length = within(most, at_once);
        let is_coarse = length > within(exact, haste.at_once);
        if length >= left {
            return (end, is_coarse);
        }
        let until = after(begin, second * (done + length)).map_or(end, |instant| instant.min(end));
        (until, is_coarse)
    }
}

/// An instant a number of seconds later, to the nearest billionth.
fn after(at: Timestamp, seconds: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates by intent")]
    let whole = SignedDuration::from_nanos((seconds * 1e9).round() as i64);
    at.checked_add(whole).ok()
}

/// About this many pieces of work are available for exact parts of a whole run; beyond them every step gets a part or two.
pub(super) const WHOLE: f64 = 40e6;

/// A step may take this many times its even share of the work that is left.
const UNEVEN: f64 = 2.0;

/// How far a run is played, and how finely it is reported.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine) enum Play {
    /// To its end, step by step; in longer parts where [`WHOLE`] pieces of work would not go so far.
    Whole,
    /// As far as this many pieces of work go; a time in which nothing happens is reported as one step.
    Within(f64),
    /// The same in longer parts where clients try again soon.
    Roughly(f64),
}

impl Play {
    /// Pieces of work that are spent at most.
    pub(super) fn most_work(self) -> Option<f64> {
        match self {
            Self::Whole => None,
            Self::Within(most) | Self::Roughly(most) => Some(most),
        }
    }

    /// Pieces of work that a step is played with, given those that are done and the number of steps that are left.
    pub(super) fn of_step(self, done: f64, steps_left: usize) -> f64 {
        match self {
            Self::Whole => {
                let share = (UNEVEN / steps_left.max(1) as f64).min(1.0);
                (WHOLE - done).max(0.0) * share
            }
            Self::Within(_) | Self::Roughly(_) => f64::INFINITY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Play, WHOLE};

    #[test]
    fn steps_take_no_more_than_there_is() {
        for steps in [1, 2, 480, 100_000] {
            let mut done = 0.0;
            for left in (1..=steps).rev() {
                let most = Play::Whole.of_step(done, left);
                assert!(most >= 0.0 && done + most <= WHOLE * (1.0 + 1e-9));
                // The last ones still have a part of what is even.
                assert!(left == 1 || most > 0.0, "{left} of {steps}");
                done += most;
            }
        }
        let even = WHOLE / 480.0;
        assert!((Play::Whole.of_step(0.0, 480) - 2.0 * even).abs() < 1.0);
        assert!(Play::Whole.of_step(2.0 * WHOLE, 480) <= 0.0);
        assert!(Play::Within(1.0).of_step(5.0, 2).is_infinite());
    }
}
