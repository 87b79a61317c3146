//! Days: on which days it has to be shown that a condition holds, so that it holds on all days before it fails.

use super::super::report::{At, Report, Rule};
use super::asked::AskedRunway;
use super::referee::RunwayVerdict;
use super::rows::date;
use crate::model::{Adjustment, Band, Inventory, Movers, PlannedDemand, Recovery};
use crate::plan_files::{Lined, Row as _, RunwayRow, WrittenRunway};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

const SHOWN: Rule = Rule::new(
    "P7875",
    "say `proven` only with a sweep of the last day before every change, and of the first day that fails",
);

/// Days within a stretch in which users both join and leave that are shown one by one, at most.
pub(super) const MOST_DAYS: usize = 32;

/// By row, from 1: the days on which it is shown to hold, and those on which it is shown to fail.
pub(super) type ShownDays = BTreeMap<u32, [BTreeSet<Date>; 2]>;

/// Days in a row between changes, and how users change in them.
struct Segment {
    first: Date,
    last: Date,
    /// No shard's users fall.
    rises: bool,
    /// No shard's users rise.
    falls: bool,
}

/// P7875: the dates of rows that are said to be proven are shown on both sides.
pub(super) fn check(
    asked: &AskedRunway<'_>,
    written: &WrittenRunway,
    shown: &ShownDays,
    verdict: &mut RunwayVerdict,
    report: &mut Report,
) {
    let nothing = Default::default();
    let (mut not_shown, mut of_rules) = (Vec::new(), Vec::new());
    for (number, lined) in (1..).zip(&written.rows) {
        if !needs_sweeps(&lined.row) {
            if !is_recomputed(&lined.row) {
                of_rules.push(lined.line.to_string());
            }
            continue;
        }
        verdict.dates[1] += 1;
        if !lined.row.proven {
            continue;
        }
        let [holds, fails] = shown.get(&number).unwrap_or(&nothing);
        let needed = holding(asked, &lined.row);
        let is_written = written.summary.complete && has_sweeps(asked, &lined.row, needed.len());
        if holds.is_empty() && fails.is_empty() && !is_written {
            not_shown.push(lined.line.to_string());
            as_long_as_is(written, lined, report);
            continue;
        }
        if is_shown(lined, (&needed, holds, fails), report) {
            verdict.dates[0] += 1;
        }
    }
    if !not_shown.is_empty() {
        verdict.not_checked.push(format!(
            "the dates of {} rows of {}, for which there are no proofs: lines {}",
            not_shown.len(),
            RunwayRow::FILE,
            not_shown.join(", ")
        ));
    }
    if !of_rules.is_empty() {
        verdict.not_checked.push(format!(
            "dates as is with events, and of recoveries by rule: lines {} of {}",
            of_rules.join(", "),
            RunwayRow::FILE
        ));
    }
    let unproven = written
        .rows
        .iter()
        .filter(|lined| !lined.row.proven)
        .count();
    if unproven > 0 {
        verdict.not_checked.push(format!(
            "the dates of {unproven} rows of {}, which are not proven",
            RunwayRow::FILE
        ));
    }
}

/// `true` for rows whose loads as is are recomputed from the paths of the first day.
pub(super) fn is_recomputed(row: &RunwayRow) -> bool {
    let is_normal = !row.condition.is_under_failures();
    is_normal && row.moves == Adjustment::AsIs && row.events.is_none()
}

/// Whether sweeps of a row's days are written: not with events that take homes away which shards keep, nor where a capacity of 0
/// closes a site, nor of more days.
fn has_sweeps(asked: &AskedRunway<'_>, row: &RunwayRow, days: usize) -> bool {
    let is_planned = if row.condition.is_under_failures() {
        row.moves == Adjustment::AsIs
    } else {
        row.events.is_none() || row.moves == Adjustment::Rebalanced
    };
    is_planned && days <= MOST_DAYS && !asked.may_close()
}

/// P7875: what is proven of users who are rebalanced before a failure, without sweeps, is what is proven as is.
fn as_long_as_is(written: &WrittenRunway, lined: &Lined<RunwayRow>, report: &mut Report) {
    let row = &lined.row;
    if !row.condition.is_under_failures() || row.moves != Adjustment::Rebalanced {
        return;
    }
    let of = |row: &RunwayRow| (row.condition, row.events.clone(), row.recovery, row.band);
    let mut as_is = written.rows.iter().map(|lined| &lined.row);
    let as_is = as_is.find(|other| of(other) == of(row) && other.moves == Adjustment::AsIs);
    if let Some(as_is) = as_is
        && as_is.fails_from != row.fails_from
    {
        let words = |date: &Option<String>| date.clone().unwrap_or_else(|| "no day".to_owned());
        let at = At::cell(RunwayRow::FILE, lined.line, "proven");
        let found = format!("`yes`, and it fails from {} on", words(&row.fails_from));
        let expected = format!("the date as is, {}, or sweeps", words(&as_is.fails_from));
        report.add(SHOWN, at, found, expected);
    }
}

/// `true` for rows whose dates sweeps show: loads as is are recomputed.
pub(super) fn needs_sweeps(row: &RunwayRow) -> bool {
    let is_as_is = !row.condition.is_under_failures() && row.moves == Adjustment::AsIs;
    !is_as_is && row.recovery.is_none_or(|of| of == Recovery::Replan)
}

fn is_shown(
    lined: &Lined<RunwayRow>,
    (needed, holds, fails): (&[Date], &BTreeSet<Date>, &BTreeSet<Date>),
    report: &mut Report,
) -> bool {
    let first = date(lined.row.fails_from.as_ref());
    let at = At::cell(RunwayRow::FILE, lined.line, "proven");
    if let Some(day) = needed.iter().find(|day| !holds.contains(*day)) {
        let found = format!("`yes`, and no proof that it holds on {day}");
        report.add(SHOWN, at, found, "a sweep of the day");
        return false;
    }
    if let Some(day) = first.filter(|day| !fails.contains(day)) {
        let found = format!("`yes`, and no proof that it fails on {day}");
        report.add(SHOWN, at, found, "a sweep of the day");
        return false;
    }
    true
}

/// The days on which a row has to hold, so that it holds on all days before it fails.
pub(super) fn holding(asked: &AskedRunway<'_>, row: &RunwayRow) -> Vec<Date> {
    let policy = &asked.scenario.policy;
    let is_monotone = policy.demand == PlannedDemand::Peak
        && policy.movers == Movers::All
        && policy.max_moved_users.is_none();
    let first = date(row.fails_from.as_ref());
    let mut needed: Vec<Date> = Vec::new();
    for segment in segments(asked, row.band, is_monotone) {
        let last = match first {
            Some(first) if first <= segment.first => break,
            Some(first) => first
                .yesterday()
                .map_or(segment.last, |day| day.min(segment.last)),
            None => segment.last,
        };
        if segment.rises {
            needed.push(last);
        } else if segment.falls {
            needed.push(segment.first);
        } else {
            let days = segment.first.series(jiff::Span::new().days(1));
            needed.extend(days.take_while(|day| *day <= last));
        }
    }
    needed
}

/// The days between changes of capacity, of rates, and of users who leave.
fn segments(asked: &AskedRunway<'_>, band: Band, is_monotone: bool) -> Vec<Segment> {
    let inventory = asked.inventory;
    if !is_monotone {
        let last = asked.until.yesterday().unwrap_or(asked.from);
        let (rises, falls) = (false, false);
        return vec![Segment {
            first: asked.from,
            last,
            rises,
            falls,
        }];
    }
    let leavers = inventory
        .onboarding
        .iter()
        .filter(|row| row.joining(band) < 0);
    let changes = inventory.capacity_changes.iter().map(|row| row.date);
    let rates = inventory.growth.iter();
    let ends = rates
        .flat_map(|rate| [Some(rate.start), rate.end])
        .flatten();
    let dates = leavers.map(|row| row.date).chain(changes).chain(ends);
    let mut starts: BTreeSet<Date> = dates.map(counts_from).collect();
    starts.retain(|date| asked.from < *date && *date < asked.until);
    starts.insert(asked.from);
    let starts: Vec<Date> = starts.into_iter().collect();
    let ends = starts.iter().skip(1).copied().chain([asked.until]);
    let all = starts.iter().zip(ends).map(|(first, end)| {
        let last = end.yesterday().unwrap_or(*first);
        let (rises, falls) = course(inventory, [*first, last], band);
        Segment {
            first: *first,
            last,
            rises,
            falls,
        }
    });
    all.collect()
}

/// The first day whose midnight is at an instant or after it.
fn counts_from(at: Timestamp) -> Date {
    let date = at.to_zoned(TimeZone::UTC).date();
    if AskedRunway::begins(date) >= at {
        date
    } else {
        date.tomorrow().unwrap_or(date)
    }
}

/// Whether no shard's users fall from the first day to the last, and whether none rise.
fn course(inventory: &Inventory, [first, last]: [Date; 2], band: Band) -> (bool, bool) {
    let [from, until] = [first, last].map(AskedRunway::begins);
    let mut rates = inventory.growth.iter();
    let mut rates = rates
        .by_ref()
        .filter(|rate| rate.start < until && rate.end.is_none_or(|end| end > from))
        .map(|rate| rate.rate(band))
        .collect::<Vec<f64>>()
        .into_iter();
    let any_falls = rates.clone().any(|rate| rate < 0.0);
    let any_rises = rates.any(|rate| rate > 0.0);
    let mut joining = inventory.onboarding.iter();
    let any_joins =
        joining.any(|row| row.date > from && row.date <= until && row.joining(band) > 0);
    (!any_falls, !any_rises && !any_joins)
}
