//! What is not compared because a plan does not state it, or because the plans are for different events: it counts for neither
//! side, and is said first.

use super::facts::ComparisonReport;
use super::words::LETTERS;
use crate::plan::compare::{ComparedMoment, PeriodPair};
use crate::plan_files::{BlindRow, HeadroomRow, Row as _, TenantRow, WaveRow, WrittenPlan};
use crate::report::grammar::{at_most, by_count, count, joined};
use crate::report::text::visible;
use std::collections::BTreeSet;

/// Shards or periods that a sentence names.
const MOST_NAMED: usize = 3;

/// Events that a verdict lists of each plan.
const MOST_EVENTS: usize = 3;

/// The files that a plan lacks of those that say whether it is the worse one, each with what it would state.
pub fn absent_files(plan: &WrittenPlan) -> Vec<(&'static str, &'static str)> {
    let files = [
        (plan.waves.is_none(), WaveRow::FILE, "transitions"),
        (plan.blind.is_none(), BlindRow::FILE, "undetected faults"),
        (
            plan.tenants.is_none(),
            TenantRow::FILE,
            "promises to tenants",
        ),
        (plan.headroom.is_none(), HeadroomRow::FILE, "headroom"),
    ];
    let absent = files.into_iter().filter(|(is_absent, ..)| *is_absent);
    absent.map(|(_, file, what)| (file, what)).collect()
}

impl ComparisonReport {
    /// What is not compared, a sentence each: absent files, totals, periods, shards, tenants and inputs.
    pub fn gaps(&self) -> Vec<String> {
        if self.comparison.is_beside_before() {
            return Vec::new();
        }
        let mut gaps = Vec::new();
        for (letter, side) in LETTERS.into_iter().zip([0, 1]) {
            let moments = &self.comparison.sides[side];
            let is_by_hand = self.by_hand[side];
            if is_by_hand {
                gaps.push(format!(
                    "{letter} was made by hand: its values are computed for its homes, with the steering that is best for them. `verify` says whether it holds."
                ));
            }
            let has_none = moments.iter().all(|moment| !moment.has_totals);
            if is_by_hand {
                gaps.push(format!(
                    "Not stated by {letter}: users returned or reconnecting (no summary.json). They are not compared."
                ));
            } else if has_none && !moments.is_empty() {
                gaps.push(format!(
                    "Not stated by {letter}: users copied, returned or reconnecting, missing headroom, and access points to open (no summary.json). They are not compared."
                ));
            }
            let absent = self.absent[side].iter();
            let absent: Vec<String> = absent
                .map(|(file, what)| format!("{what} (no {file})"))
                .collect();
            if !absent.is_empty() {
                gaps.push(format!(
                    "Not stated by {letter}: {}. They are not compared.",
                    joined(&absent)
                ));
            }
            if self.tasks[side].is_none() && !is_by_hand {
                gaps.push(format!(
                    "Not stated by {letter}: the events that it is for (no inputs/ that can be read). They are not compared."
                ));
            }
        }
        gaps.extend(self.lone_periods());
        gaps.extend(self.lone_shards());
        gaps.extend(self.lone_tenants());
        gaps
    }

    /// Periods that belong to none of the other plan.
    fn lone_periods(&self) -> Vec<String> {
        let pairs = &self.comparison.pairs;
        let lone = |(side, letter): (usize, &str)| {
            let paired: BTreeSet<usize> = pairs.iter().map(|pair| pair.moments[side]).collect();
            let moments = self.comparison.sides[side].iter().enumerate();
            let lone = moments.filter(|(index, _)| !paired.contains(index));
            let lone: Vec<String> = lone
                .filter_map(|(_, compared_moment)| compared_moment.period)
                .map(|number| number.to_string())
                .collect();
            let other = LETTERS[1 - side];
            (!lone.is_empty() && !pairs.is_empty()).then(|| {
                let noun = by_count(&lone.len().to_string(), ["period", "periods"]);
                let lone = at_most(lone, MOST_NAMED, |more| format!("and {more} more"));
                format!(
                    "Not compared: {noun} {} of {letter}, which no period of {other} shares.",
                    lone.join(", ")
                )
            })
        };
        LETTERS.into_iter().enumerate().filter_map(lone).collect()
    }

    /// Shards that one plan places in a pair of periods, and the other does not name.
    fn lone_shards(&self) -> Vec<String> {
        let lone = |(side, letter): (usize, &str)| {
            let shards = |pair: &PeriodPair| -> Vec<String> {
                let moments = self.comparison.moments(pair);
                let [compared_moment, other]: [&ComparedMoment; 2] =
                    [moments[side], moments[1 - side]];
                let lone = compared_moment
                    .homes
                    .keys()
                    .filter(|id| !other.homes.contains_key(*id));
                lone.cloned().collect()
            };
            let shards: BTreeSet<String> = self.comparison.pairs.iter().flat_map(shards).collect();
            let other = LETTERS[1 - side];
            (!shards.is_empty()).then(|| {
                let all = count(shards.len(), "shard");
                let names = shards.iter().map(|shard| visible(shard).into_owned()).collect();
                let names = at_most(names, MOST_NAMED, |more| format!("and {more} more"));
                format!(
                    "Not stated by {other}: {all} that {letter} places ({}). The totals of users differ by them.",
                    names.join(", ")
                )
            })
        };
        LETTERS.into_iter().enumerate().filter_map(lone).collect()
    }

    /// Broken promises of tenants that the other plan does not name.
    fn lone_tenants(&self) -> Option<String> {
        let broken = self.promises.iter().flatten();
        let lone: BTreeSet<&str> = broken
            .filter(|broken_promise| !broken_promise.is_in_both())
            .map(|broken_promise| broken_promise.tenant.as_str())
            .collect();
        (!lone.is_empty()).then(|| {
            let all = count(lone.len(), "tenant");
            let names = lone.iter().map(|text| visible(text).into_owned()).collect();
            let names = at_most(names, MOST_NAMED, |more| format!("and {more} more"));
            format!(
                "Not compared: promises of {all} that only one tenants.csv states ({}).",
                names.join(", ")
            )
        })
    }
}

impl ComparisonReport {
    /// `true` unless the plans are known to be for different times or events.
    pub(super) fn is_one_task(&self) -> bool {
        self.other_tasks().is_none()
    }

    /// Which times and events differ; `None` if none do, if a plan does not state its own, or beside the state before.
    pub(super) fn other_tasks(&self) -> Option<String> {
        let [Some(a), Some(b)] = self.tasks.each_ref().map(Option::as_ref) else {
            return None;
        };
        let only = [a.only_here(b), b.only_here(a)];
        let has_other_events = only.iter().any(|texts| !texts.is_empty());
        let has_other_time = a.span != b.span;
        let what = match (has_other_events, has_other_time) {
            (false, false) => return None,
            (true, true) => "events and times",
            (true, false) => "events",
            (false, true) => "times",
        };
        let mut sentences = vec![format!(
            "A and B were planned for different {what}: neither is called better."
        )];
        if has_other_time {
            let [a, b] = [a.time(), b.time()];
            sentences.push(format!("A is for {a}, B for {b}."));
        }
        for (letter, events) in LETTERS.into_iter().zip(only) {
            if !events.is_empty() {
                let events = at_most(events, MOST_EVENTS, |more| {
                    format!("and {more} more events")
                });
                sentences.push(format!("Only in {letter}: {}.", events.join("; ")));
            }
        }
        Some(sentences.join(" "))
    }
}
