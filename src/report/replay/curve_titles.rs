//! Titles of the charts of load and queue in a replay: how long the load is above its limit, and how long the queue is.

use super::document::{ALIKE, ShortByRun};
use super::facts::ReplayReport;
use super::words::length;
use crate::report::grammar::capitalised;
use crate::report::numbers;
use jiff::SignedDuration;
use std::fmt::Write as _;

impl ReplayReport<'_> {
    /// The beginning of a title where the plan is refused or does not hold.
    pub(super) fn stamp(&self) -> &'static str {
        match &self.carried {
            Some(carried_plan) if carried_plan.refused.is_some() => "Refused: ",
            Some(carried_plan) if carried_plan.broken > 0 => "Does not hold: ",
            _ => "",
        }
    }

    /// `lb-iad-2: above its limit for 1 h 38 min with the plan, 4 h 43 min without action`.
    pub(super) fn offered_title(&self, both: &ShortByRun<'_, '_>) -> String {
        let name = self.stamped_name(both);
        let beyond = both.there().filter(|pair| pair.1.beyond_seconds > 0.0);
        let parts = beyond.map(|(position, passage_shortage)| {
            let (time, run) = (
                length(passage_shortage.beyond_seconds),
                &self.runs[position],
            );
            format!("{time} {}", self.run_name(run))
        });
        let parts = parts.collect::<Vec<_>>().join(", ");
        if parts.is_empty() {
            return format!("{name}: the load stays within its limit, and the queue clears");
        }
        format!("{name}: above its limit for {parts}")
    }

    /// The component of a chart, which begins its title where the plan is neither refused nor broken.
    fn stamped_name(&self, both: &ShortByRun<'_, '_>) -> String {
        let name = self.component(both.component);
        match self.stamp() {
            "" => capitalised(&name),
            stamp => format!("{stamp}{name}"),
        }
    }

    /// `lb-iad-2: queue up to 18,000 sessions (oldest 5 min) from 05:57 to 07:13 with the plan; 20,000 without action`.
    pub(super) fn queue_title(&self, both: &ShortByRun<'_, '_>) -> String {
        let name = self.stamped_name(both);
        let unit = self.unit_of_queue(both.short);
        let peaks = both.there();
        let peaks = peaks.filter_map(|(position, passage_shortage)| {
            Some((position, passage_shortage, passage_shortage.peak.as_ref()?))
        });
        let mut alike = (0.0, String::new());
        let (mut first, mut others) = (String::new(), String::new());
        for (position, passage_shortage, peak) in peaks {
            let run = &self.runs[position];
            let (amount, conduct) = (numbers::amount(peak.queued), self.run_name(run));
            let from = run
                .run
                .moments
                .get(passage_shortage.first)
                .map(|moment| moment.start);
            let from = from.map_or_else(String::new, |instant| self.clock().moment(instant));
            let seconds = peak.clearing.map(SignedDuration::try_from_secs_f64);
            let end = seconds.and_then(|duration| peak.at.checked_add(duration.ok()?).ok());
            let end = end.map_or_else(
                || "the end".to_owned(),
                |instant| self.clock().moment(instant),
            );
            let when = format!("from {from} to {end}");
            if first.is_empty() {
                let queue = numbers::quantity(peak.queued, &unit);
                let oldest = waited(passage_shortage.oldest);
                first = format!("queue up to {queue} (oldest {oldest}) {when} {conduct}");
                alike = (peak.queued, when);
            } else if (peak.queued - alike.0).abs() <= ALIKE * alike.0 && when == alike.1 {
                others.push_str(", and without it");
            } else if (peak.queued - alike.0).abs() <= ALIKE * alike.0 {
                let _ = write!(others, "; {when} {conduct}");
            } else if when == alike.1 {
                let _ = write!(others, "; {amount} {conduct}");
            } else {
                let _ = write!(others, "; {amount} {when} {conduct}");
            }
        }
        format!("{name}: {first}{others}")
    }
}

/// The longest wait in words: below 10 s with the digits that the axis has.
fn waited(seconds: f64) -> String {
    if seconds < 10.0 {
        numbers::quantity(seconds, "s")
    } else {
        length(seconds)
    }
}
