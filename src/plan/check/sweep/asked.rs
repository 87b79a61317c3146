//! Asked: which cases a sweep is about, and whether sweep.json says so.

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule};
use crate::ids::RiskGroupId;
use crate::model::{After, Case, Contingencies, Event, Failing, FailureSet, GrayMembers, Recovery};
use crate::plan_files::{GraySummary, SWEEP_FILE, SweepFrom, SweepStatus, SweepSummary, decimal};
use crate::scenario::{
    Band, BaseDemand, Knowledge, Period, case_at, case_of_events, in_force, periods,
};
use jiff::Timestamp;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Which cases a sweep is about.
pub(super) struct Asked {
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

impl Asked {
    /// What sweep.json asks; `None` if that cannot be told, which is noted.
    pub(super) fn new(
        ground: &Ground<'_>,
        summary: &SweepSummary,
        report: &mut Report,
    ) -> Option<Self> {
        scenario_is_the_one(ground, summary, report);
        let period = period_is_the_scenarios(ground, summary, report)?;
        let over = set_is_known("over", &summary.over, report)?;
        let recoveries = recoveries_are_known(summary, report)?;
        let (inventory, scenario) = (ground.inventory, ground.scenario);
        let (knowledge, band) = (Knowledge::Believed, Band::Expected);
        let mut quiet = case_at(inventory, scenario, period.start, knowledge, band);
        quiet.share(&ground.before);
        let may_fail = |member: &Failing| {
            let components = member.components(inventory);
            components.iter().any(|own| !quiet.gone[own.index()])
        };
        let members_of = |set: FailureSet| {
            let mut members = set.members(inventory);
            members.retain(may_fail);
            members
        };
        let most = usize::try_from(summary.failures).unwrap_or(usize::MAX);
        let groups = (0..inventory.risk_groups.len()).map(RiskGroupId::new);
        let is_besides = |group: &RiskGroupId| {
            over != FailureSet::RiskGroups && may_fail(&Failing::RiskGroup(*group))
        };
        let groups = groups.filter(is_besides).collect();
        let cases = Contingencies::new(members_of(over), most);
        let cases = cases.map(|cases| cases.with_groups(groups));
        let cases = match &summary.gray {
            Some(gray) => {
                let members = members_of(set_is_known("gray.over", &gray.over, report)?);
                let gray = gray_is_some(gray, members, report)?;
                cases.and_then(|cases| cases.with_gray(gray))
            }
            None => cases,
        };
        let mut cases = cases_are_those_of_the_members(cases, summary, report)?;
        cases.gone.clone_from(&quiet.gone);
        let done = cases_are_those_of_the_part(&cases, summary, report)?;
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
    pub(super) fn is_returning(&self, ground: &Ground<'_>) -> bool {
        ground.scenario.policy.after == After::Return && !self.quiet.is_event_in_force
    }

    /// What is available and demanded in a case: failures change no demand.
    pub(super) fn case(&self, ground: &Ground<'_>, case: usize) -> Case {
        let (inventory, scenario) = (ground.inventory, ground.scenario);
        let at = self.period.start;
        let asked = self.cases.events(inventory, case).into_iter();
        let asked: Vec<Event> = asked
            .map(|kind| Event {
                kind,
                start: at,
                end: scenario.end,
                detected: at,
                drain_minutes: None,
            })
            .collect();
        if asked.is_empty() {
            return self.quiet.clone();
        }
        let events = scenario.events.iter();
        let reduces = |own: &&Event| own.surge().is_none();
        let known: Vec<Cow<'_, Event>> = events
            .filter(reduces)
            .filter_map(|own| in_force(own, scenario, at, Knowledge::Believed))
            .collect();
        let known = known.iter().map(Cow::as_ref);
        let events: Vec<&Event> = known.chain(&asked).collect();
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

    /// The most failures at once all cases of which are here, and all cases of fewer.
    pub(super) fn most_done(&self) -> Option<usize> {
        let is_done = |size: &usize| self.cases.of_size(*size).end <= self.done.end;
        let sizes = (0..=self.cases.most()).take_while(is_done);
        sizes.last().filter(|_| self.done.start == 0)
    }
}

const OF_SOMETHING_ELSE: Rule = Rule {
    code: "P7830",
    hint: "verify the sweep with the inventory and the scenario that it was made for",
};

/// P7830: the sweep is of this scenario.
fn scenario_is_the_one(ground: &Ground<'_>, summary: &SweepSummary, report: &mut Report) {
    let expected = &ground.scenario.name;
    if summary.scenario != *expected {
        let found = format!("`{}`", summary.scenario);
        let at = At::cell(SWEEP_FILE, 0, "scenario");
        report.add(OF_SOMETHING_ELSE, at, found, format!("`{expected}`"));
    }
}

/// P7830: its period is one of the scenario, with its start.
fn period_is_the_scenarios(
    ground: &Ground<'_>,
    summary: &SweepSummary,
    report: &mut Report,
) -> Option<Period> {
    let all = periods(ground.inventory, ground.scenario);
    let period = usize::try_from(summary.period).ok();
    let period = period.and_then(|period| all.get(period).copied());
    let Some(period) = period else {
        let at = At::cell(SWEEP_FILE, 0, "period");
        let expected = format!("a period from 0 to {}", all.len().saturating_sub(1));
        report.add(OF_SOMETHING_ELSE, at, summary.period.to_string(), expected);
        return None;
    };
    if summary.start.parse::<Timestamp>().ok() != Some(period.start) {
        let at = At::cell(SWEEP_FILE, 0, "start");
        let expected = format!("the instant {}", period.start);
        let found = format!("\"{}\"", summary.start);
        report.add(OF_SOMETHING_ELSE, at, found, expected);
    }
    Some(period)
}

const NOT_KNOWN: Rule = Rule {
    code: "P7831",
    hint: "take all files of the sweep as they were written, with its inventory and its scenario",
};

/// P7831: what fails, or turns gray, is a set that this version knows.
fn set_is_known(column: &str, word: &str, report: &mut Report) -> Option<FailureSet> {
    let mut all = FailureSet::ALL.into_iter();
    let known = all.find(|own| own.word() == word);
    if known.is_none() {
        let at = At::cell(SWEEP_FILE, 0, column);
        let words: Vec<&str> = FailureSet::ALL.iter().map(|own| own.word()).collect();
        let expected = format!("one of {}", words.join(", "));
        report.add(NOT_KNOWN, at, format!("`{word}`"), expected);
    }
    known
}

/// P7831: so many of the members may turn gray at once, and something of each is lost.
fn gray_is_some(
    gray: &GraySummary,
    members: Vec<Failing>,
    report: &mut Report,
) -> Option<GrayMembers> {
    let most = usize::try_from(gray.most).unwrap_or(usize::MAX);
    if gray.severity > 0.0 && gray.severity <= 1.0 {
        return Some(GrayMembers {
            members,
            most,
            severity: gray.severity,
        });
    }
    let at = At::cell(SWEEP_FILE, 0, "gray.severity");
    report.add(NOT_KNOWN, at, decimal(gray.severity), "above 0 up to 1");
    None
}

/// P7831: recoveries are known, each once, in their order.
fn recoveries_are_known(summary: &SweepSummary, report: &mut Report) -> Option<Vec<Recovery>> {
    let of_word = |word: &String| Recovery::ALL.into_iter().find(|own| own.word() == word);
    let known: Option<Vec<Recovery>> = summary.recoveries.iter().map(of_word).collect();
    let is_ascending = |all: &Vec<Recovery>| all.windows(2).all(|pair| pair[0] < pair[1]);
    let known = known.filter(|all| !all.is_empty() && is_ascending(all));
    if known.is_none() {
        let at = At::cell(SWEEP_FILE, 0, "recoveries");
        let found = format!("`{}`", summary.recoveries.join("`, `"));
        let expected = "some of rescale, replicas, replan, in this order";
        report.add(NOT_KNOWN, at, found, expected);
    }
    known
}

/// P7831: there are as many cases as the members have.
fn cases_are_those_of_the_members(
    cases: Option<Contingencies>,
    summary: &SweepSummary,
    report: &mut Report,
) -> Option<Contingencies> {
    let Some(cases) = cases else {
        let found = format!("{} at once", summary.failures);
        let expected = "as many as have cases that can be counted";
        let at = At::cell(SWEEP_FILE, 0, "failures");
        report.add(NOT_KNOWN, at, found, expected);
        return None;
    };
    let numbers = [
        ("failures", u64::from(summary.failures), cases.most()),
        ("cases", summary.cases, cases.count()),
    ];
    for (column, found, expected) in numbers {
        if usize::try_from(found) != Ok(expected) {
            let at = At::cell(SWEEP_FILE, 0, column);
            report.add(NOT_KNOWN, at, found.to_string(), expected.to_string());
        }
    }
    Some(cases)
}

/// P7831: the cases that are here are all of them, those of the part, or the first of those.
fn cases_are_those_of_the_part(
    cases: &Contingencies,
    summary: &SweepSummary,
    report: &mut Report,
) -> Option<Range<usize>> {
    let mut wrong = |column: &str, found: String, expected: String| {
        report.add(NOT_KNOWN, At::cell(SWEEP_FILE, 0, column), found, expected);
    };
    let all = cases.count();
    let of_part = match &summary.part {
        None => Some(0..all),
        Some(part) => {
            let numbers = part.split_once('/');
            let numbers = numbers.and_then(|(own, of)| Some((own.parse().ok()?, of.parse().ok()?)));
            numbers
                .filter(|(own, of)| (1..=*of).contains(own))
                .map(|(own, of): (u64, u64)| {
                    let end = |own: u64| {
                        let end = all as u128 * u128::from(own) / u128::from(of);
                        usize::try_from(end).unwrap_or(all)
                    };
                    end(own - 1)..end(own)
                })
        }
    };
    let Some(of_part) = of_part else {
        let found = summary.part.clone().unwrap_or_default();
        wrong("part", format!("\"{found}\""), "such as \"2/8\"".to_owned());
        return None;
    };
    let status = match (summary.status, &summary.part) {
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
    let done = usize::try_from(summary.cases_done).unwrap_or(usize::MAX);
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
