//! Names: what rows, dates and cases of two runways are called.

use super::RunwaysReport;
use crate::model::{Band, FailureSet, Recovery};
use crate::plan::compare::{DateChange, ReadRunway, RunwayDates, RunwayRowKey};
use crate::plan::runway::Condition;
use crate::plan_files::RunwayRow;
use crate::report::comparison::words::users_are;
use crate::report::grammar::{count, joined};
use crate::report::numbers::amount;
use crate::report::runway::{band, condition_title, failing_words};
use crate::report::sweep::noun;
use crate::report::text::visible;
use crate::units::NOBODY;
use jiff::civil::Date;

/// `14 Mar 2027`.
pub(super) fn spoken(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// The day before.
pub(super) fn day_before(date: Date) -> Date {
    date.yesterday().unwrap_or(date)
}

/// `+91 days`, `at least −12 days`, `the same`, `not compared`.
pub(super) fn change_words(change: DateChange) -> String {
    match change {
        DateChange::Days(0, _) => "the same".to_owned(),
        DateChange::Days(days, is_least) => {
            let least = if is_least { "at least " } else { "" };
            let sign = if days < 0 { "−" } else { "+" };
            format!("{least}{sign}{}", length(days))
        }
        DateChange::OnlyIn(_) | DateChange::NotComparable => "not compared".to_owned(),
    }
}

/// `91 days`, whichever the sign.
pub(super) fn length(days: i32) -> String {
    count(
        usize::try_from(days.unsigned_abs()).unwrap_or(usize::MAX),
        "day",
    )
}

/// What may fail in a runway: `one site`, `up to two sites`, `nothing`.
pub(super) fn fails_in(side: &ReadRunway) -> String {
    let summary = &side.summary;
    let noun = FailureSet::of_word(&summary.over).map_or("component", noun);
    match usize::try_from(summary.failures).unwrap_or(usize::MAX) {
        0 => "nothing".to_owned(),
        failures => failing_words(noun, failures),
    }
}

/// The last day that a runway asks about.
pub(super) fn last(side: &ReadRunway) -> String {
    spoken(day_before(side.until))
}

/// `until 1 Aug 2027`, `beyond 30 Dec 2029`, `on no day`.
pub(super) fn until(side: &ReadRunway, fails_from: Option<Date>) -> String {
    match fails_from {
        None => format!("beyond {}", last(side)),
        Some(date) if date <= side.from => "on no day".to_owned(),
        Some(date) => format!("until {}", spoken(day_before(date))),
    }
}

/// ` if a fails`, ` if a and b fail`; empty in normal operation.
fn in_case(row: &RunwayRow) -> String {
    let Some(failing) = row.failing.as_deref().filter(|text| !text.is_empty()) else {
        return String::new();
    };
    let ids: Vec<String> = failing
        .split('+')
        .map(|id| visible(id).into_owned())
        .collect();
    let verb = if ids.len() == 1 { "fails" } else { "fail" };
    format!(" if {} {verb}", joined(&ids))
}

impl RunwaysReport {
    /// `one site may fail`: what a condition lets happen.
    pub(super) fn lets(&self, side: usize, key: &RunwayRowKey) -> String {
        let fails = fails_in(self.sides()[side]);
        let words = match key.condition {
            Condition::Target => "headroom targets are met".to_owned(),
            Condition::Served => "everyone is served".to_owned(),
            Condition::ServedUnder => format!("{fails} may fail"),
            Condition::StableUnder => format!("{fails} may fail without a lasting overload"),
        };
        format!("{words}{}", during(key))
    }

    /// `served under one failure, replan`: the name of a row, apart from moves and from the end of the forecast.
    pub(super) fn title(&self, key: &RunwayRowKey) -> String {
        let [a, b] = self.sides().map(|side| side.summary.failures);
        let name = match key.condition {
            Condition::ServedUnder if a != b => "served under failures".to_owned(),
            Condition::StableUnder if a != b => "stable under failures".to_owned(),
            condition => condition_title(condition, usize::try_from(a).unwrap_or(usize::MAX)),
        };
        let recovery = key.recovery.filter(|_| self.has_recoveries());
        let recovery = recovery.map_or_else(String::new, |of| format!(", {}", of.word()));
        format!("{name}{recovery}{}", during(key))
    }

    /// Moves, and the end of the forecast where it is not the expected one.
    pub(super) fn how(moves: &[&str], of: Band) -> String {
        match of {
            Band::Expected => moves.join(", "),
            other => format!("{}; {}", moves.join(", "), band(other)),
        }
    }

    /// `true` if failures are answered in more than one manner.
    fn has_recoveries(&self) -> bool {
        let mut keys = self.comparison.rows.iter().filter_map(|row| {
            let recovery: Option<Recovery> = row.of.key.recovery;
            recovery
        });
        let first = keys.next();
        keys.any(|recovery| Some(recovery) != first)
    }

    /// The first day that fails of those that are compared.
    pub(super) fn fails_from(&self, dates: &RunwayDates) -> Option<Date> {
        if self.comparison.has_one_span() {
            dates.fails_from
        } else {
            self.comparison.first_in_common(&dates.failing)
        }
    }

    /// ` Then 1,000 users are unserved if a fails: b lacks 1 vCPU of cpu.` Empty where the row does not say it of that day.
    pub(super) fn then(&self, side: usize, dates: &RunwayDates) -> String {
        let row = &dates.row;
        if self.fails_from(dates) != dates.fails_from {
            return String::new();
        }
        let case = in_case(row);
        if row.condition == Condition::StableUnder {
            let component = row.component.as_deref().map(visible);
            return component.map_or_else(String::new, |component| {
                format!(" Then {component} does not recover by itself{case}.")
            });
        }
        let users = row.users_unserved.filter(|users| *users > NOBODY);
        let users = users.map(|users| format!("{} unserved{case}", users_are(users)));
        let lacks = self.lacks(side, row);
        let of_target = match row.condition {
            Condition::Target => " for its headroom target",
            _ => "",
        };
        match (users, lacks) {
            (Some(users), Some(lacks)) => format!(" Then {users}: {lacks}."),
            (Some(users), None) => format!(" Then {users}."),
            (None, Some(lacks)) => format!(" Then {lacks}{of_target}{case}."),
            (None, None) => String::new(),
        }
    }

    /// `b lacks 1 vCPU of cpu`.
    fn lacks(&self, side: usize, row: &RunwayRow) -> Option<String> {
        let (component, resource) = row.component.as_ref().zip(row.resource.as_ref())?;
        let unit = self.unit(side, component, resource);
        let short = amount(row.short?);
        let [component, resource, unit] =
            [component, resource, unit].map(|text| visible(text).into_owned());
        Some(format!("{component} lacks {short} {unit} of {resource}"))
    }

    fn unit<'a>(&'a self, side: usize, component: &'a str, resource: &'a str) -> &'a str {
        let units = &self.comparison.sides[side].units;
        let unit = units.get(&(component.to_owned(), resource.to_owned()));
        unit.map_or("units", String::as_str)
    }
}

fn during(key: &RunwayRowKey) -> String {
    if key.events.is_empty() {
        String::new()
    } else {
        format!(
            " with {}",
            visible(&key.events.split('+').collect::<Vec<_>>().join(" and "))
        )
    }
}
