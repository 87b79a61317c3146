//! Asked: which cases a sweep is about, and whether sweep.json says so.

use super::super::context::RefereeContext;
use super::super::judge::Keys;
use super::super::report::{Report, Rule};
use crate::diagnostic::amounts::rounded;
use crate::model::{After, Case, Contingencies, Event, FailureSet, Recovery};
use crate::plan_files::{GraySummary, SWEEP_FILE, SweepFrom, SweepStatus, SweepSummary};
use crate::scenario::{
    Band, BaseDemand, Knowledge, Period, case_at, case_of_events, in_force, periods,
};
use jiff::Timestamp;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Which cases a sweep is about.
pub(super) struct AskedSweep {
    pub(super) period: Period,
    /// What is available and demanded without any failure.
    pub(super) quiet: Case,
    pub(super) cases: Contingencies,
    /// Those that are here.
    pub(super) done: Range<usize>,
    /// Ascending.
    pub(super) recoveries: Vec<Recovery>,
    /// Whether planning again begins at the homes of the scenario's own plan.
    pub(super) is_from_plan: bool,
    /// Whether all levels were settled.
    pub(super) is_full: bool,
}

impl AskedSweep {
    /// What sweep.json asks; `None` if that cannot be known, which is noted.
    pub(super) fn new(
        context: &RefereeContext<'_>,
        summary: &SweepSummary,
        report: &mut Report,
    ) -> Option<Self> {
        let (inventory, scenario) = (context.inventory, context.scenario);
        let keys = &mut Keys::new(SWEEP_FILE, "", report);
        if summary.scenario != scenario.name {
            let [found, expected] = [&*summary.scenario, &*scenario.name].map(quoted);
            keys.note(OF_SOMETHING_ELSE, "scenario", found, expected);
        }
        let period = period_is_the_scenarios(context, summary, keys)?;
        let over = set_is_known("over", &summary.over, keys)?;
        let recoveries = recoveries_are_known(summary, keys)?;
        let (knowledge, band) = (Knowledge::Believed, Band::Expected);
        let mut quiet = case_at(inventory, scenario, period.start, knowledge, band);
        quiet.share(&context.before);
        let gray = summary.gray.as_ref();
        let gray = gray.map(|gray| gray_is_some(gray, keys).ok_or(()));
        let gray = gray.transpose().ok()?;
        let most = count(summary.failures);
        let cases = Contingencies::left_in(inventory, &quiet, (over, most), true, gray);
        let cases = cases_are_those_of_the_members(cases, summary, keys)?;
        let done = cases_are_those_of_the_part(&cases, summary, keys)?;
        Some(Self {
            period,
            quiet,
            cases,
            done,
            recoveries,
            is_from_plan: summary.from == SweepFrom::Plan,
            is_full: summary.full,
        })
    }

    /// Whether users go back to their sites of shards.csv in the period, as nothing is in force.
    pub(super) fn is_returning(&self, context: &RefereeContext<'_>) -> bool {
        context.scenario.policy.after == After::Return && !self.quiet.is_event_in_force
    }

    /// What is available and demanded in a case: failures change no demand.
    pub(super) fn case(&self, context: &RefereeContext<'_>, case: usize) -> Case {
        let (inventory, scenario) = (context.inventory, context.scenario);
        let at = self.period.start;
        let asked = self.cases.events(inventory, case).into_iter();
        let asked = asked.map(|kind| Event {
            kind,
            start: at,
            end: scenario.end,
            detected: at,
            drain_minutes: None,
            is_end_assumed: false,
        });
        let asked: Vec<Event> = asked.collect();
        if asked.is_empty() {
            return self.quiet.clone();
        }
        let known = scenario
            .events
            .iter()
            .filter(|event| event.surge().is_none());
        let known = known.filter_map(|event| in_force(event, scenario, at, Knowledge::Believed));
        let known: Vec<Cow<'_, Event>> = known.collect();
        let events: Vec<&Event> = known.iter().map(Cow::as_ref).chain(&asked).collect();
        let demand = BaseDemand {
            base_users: self.quiet.base_users.clone(),
            hours: Arc::clone(&self.quiet.hours),
        };
        Case {
            factor: self.quiet.factor.clone(),
            surged: self.quiet.surged.clone(),
            ..case_of_events(inventory, scenario, at, &demand, &events)
        }
    }
}

const OF_SOMETHING_ELSE: Rule = Rule::new(
    "P7830",
    "verify the sweep with the inventory and the scenario that it was made for",
);

const NOT_KNOWN: Rule = Rule::new(
    "P7831",
    "use all files of the sweep as they were written, with its inventory and its scenario",
);

/// A name as findings have it.
fn quoted(name: &str) -> String {
    format!("`{name}`")
}

/// A count; as many as can be counted of more.
fn count(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(usize::MAX)
}

/// P7830: the period is one of the scenario, with its start.
fn period_is_the_scenarios(
    context: &RefereeContext<'_>,
    summary: &SweepSummary,
    keys: &mut Keys<'_>,
) -> Option<Period> {
    let all = periods(context.inventory, context.scenario);
    let Some(period) = all.get(count(summary.period)).copied() else {
        let expected = format!("a period from 0 to {}", all.len().saturating_sub(1));
        let found = summary.period.to_string();
        keys.note(OF_SOMETHING_ELSE, "period", found, expected);
        return None;
    };
    if summary.start.parse::<Timestamp>().ok() != Some(period.start) {
        let expected = format!("the instant {}", period.start);
        let found = format!("\"{}\"", summary.start);
        keys.note(OF_SOMETHING_ELSE, "start", found, expected);
    }
    Some(period)
}

/// P7831: what fails, or turns gray, is a set that this version knows.
fn set_is_known(key: &str, word: &str, keys: &mut Keys<'_>) -> Option<FailureSet> {
    let known = FailureSet::of_word(word);
    if known.is_none() {
        let words: Vec<&str> = FailureSet::ALL
            .iter()
            .map(|failure_set| failure_set.word())
            .collect();
        let expected = format!("one of {}", words.join(", "));
        keys.note(NOT_KNOWN, key, quoted(word), expected);
    }
    known
}

/// P7831: N members of a set may turn gray at once, and something of each is lost.
fn gray_is_some(gray: &GraySummary, keys: &mut Keys<'_>) -> Option<(FailureSet, usize, f64)> {
    let over = set_is_known("gray.over", &gray.over, keys)?;
    if gray.severity > 0.0 && gray.severity <= 1.0 {
        return Some((over, count(gray.most), gray.severity));
    }
    let found = rounded(gray.severity);
    keys.note(NOT_KNOWN, "gray.severity", found, "above 0 up to 1");
    None
}

/// P7831: recoveries are known, each once, in their order.
fn recoveries_are_known(summary: &SweepSummary, keys: &mut Keys<'_>) -> Option<Vec<Recovery>> {
    let of_word = |word: &String| {
        Recovery::ALL
            .into_iter()
            .find(|recovery| recovery.word() == word)
    };
    let known: Option<Vec<Recovery>> = summary.recoveries.iter().map(of_word).collect();
    let is_ascending = |all: &Vec<Recovery>| all.windows(2).all(|pair| pair[0] < pair[1]);
    let known = known.filter(|all| !all.is_empty() && is_ascending(all));
    if known.is_none() {
        let found = format!("`{}`", summary.recoveries.join("`, `"));
        let expected = "some of rescale, replicas, replan, in this order";
        keys.note(NOT_KNOWN, "recoveries", found, expected);
    }
    known
}

/// P7831: there are as many cases as the members have.
fn cases_are_those_of_the_members(
    cases: Option<Contingencies>,
    summary: &SweepSummary,
    keys: &mut Keys<'_>,
) -> Option<Contingencies> {
    if let Some(cases) = &cases {
        for (key, found, expected) in [
            ("failures", u64::from(summary.failures), cases.most()),
            ("cases", summary.cases, cases.count()),
        ] {
            if usize::try_from(found) != Ok(expected) {
                keys.note(NOT_KNOWN, key, found.to_string(), expected.to_string());
            }
        }
    } else {
        let found = format!("{} at once", summary.failures);
        let expected = "a number whose cases can be counted";
        keys.note(NOT_KNOWN, "failures", found, expected);
    }
    cases
}

/// The cases of a part such as `2/8` of this many.
fn cases_of_part(part: &str, all: usize) -> Option<Range<usize>> {
    let (text, of) = part.split_once('/')?;
    let (number, of): (u64, u64) = (text.parse().ok()?, of.parse().ok()?);
    let end = |number: u64| count(all as u128 * u128::from(number) / u128::from(of));
    (1..=of)
        .contains(&number)
        .then(|| end(number - 1)..end(number))
}

/// P7831: the cases that are here are all of them, those of the part, or the first of those.
fn cases_are_those_of_the_part(
    cases: &Contingencies,
    summary: &SweepSummary,
    keys: &mut Keys<'_>,
) -> Option<Range<usize>> {
    let mut wrong = |key: &str, found: String, expected: String| {
        keys.note(NOT_KNOWN, key, found, expected);
    };
    let all = cases.count();
    let part = summary.part.as_deref();
    let Some(of_part) = part.map_or(Some(0..all), |part| cases_of_part(part, all)) else {
        let found = format!("\"{}\"", part.unwrap_or_default());
        wrong("part", found, "such as \"2/8\"".to_owned());
        return None;
    };
    let status = match (summary.status, part) {
        (SweepStatus::Complete, Some(_)) => Some("part"),
        (SweepStatus::Part, None) => Some("complete"),
        _ => None,
    };
    if let Some(expected) = status {
        let found = format!("{:?}", summary.status).to_lowercase();
        wrong("status", found, expected.to_owned());
    }
    if usize::try_from(summary.first_case) != Ok(of_part.start) {
        let found = summary.first_case.to_string();
        wrong("first_case", found, of_part.start.to_string());
    }
    let most = of_part.len();
    let done = count(summary.cases_done);
    let is_partial = summary.status == SweepStatus::Partial;
    if done > most || (done < most) != is_partial {
        let expected = if is_partial {
            format!("fewer than {most}")
        } else {
            most.to_string()
        };
        wrong("cases_done", summary.cases_done.to_string(), expected);
    }
    Some(of_part.start..of_part.start + done.min(most))
}
