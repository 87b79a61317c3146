//! What is consumed, and by which users: resources.csv, profiles.csv, tiers.csv and `load_curves.csv`.

use super::Located;
use crate::diagnostic::Code;
use crate::inventory::findings::{Findings, place, quoted};
use crate::inventory::named::{Entry, Named};
use crate::inventory::schema::{PER_RESOURCE, TABLES};
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Row};
use crate::model::{LoadCurve, Overload, Profile, Resource, Tier};
use std::collections::BTreeMap;

/// A resource called like a column that means something else.
pub(crate) const NAMED_LIKE_A_COLUMN: Code = Code("P3004");
/// A longest wait where nothing waits.
pub(crate) const NOTHING_WAITS: Code = Code("P3501");
/// What becomes of work under overload, for data that is stored (a warning).
pub(crate) const STORED_DATA: Code = Code("P3502");
/// Work that counts as late only after it was given up (a warning).
pub(crate) const LATE_TOO_LATE: Code = Code("P3503");
/// Work that is given up before it can be done (a warning).
pub(crate) const TOO_LITTLE_TIME: Code = Code("P3504");
/// A curve without all 168 hours, or the first 24; or with an hour twice.
pub(crate) const BAD_HOURS: Code = Code("P2202");

const HOURS_OF_DAY: usize = 24;
const HOURS_OF_WEEK: usize = 168;

/// The resources, sorted.
pub(crate) fn resources(folder: &Folder<'_>, findings: &mut Findings) -> Named<Resource> {
    let none = Resources::default();
    let resources = Named::read(folder, "resources.csv", &none, findings, |row, id| {
        let scope = row.choice("scope");
        let value = Resource {
            id: id.to_owned(),
            unit: row.text("unit").to_owned(),
            scope,
            headroom: row.number("headroom"),
            event_headroom: row.optional("event_headroom"),
            varies: row.choice("varies"),
            replica_share: row.number("replica_share"),
            moving_share: row.number("moving_share"),
            overload: row
                .optional_choice("overload")
                .unwrap_or(Overload::standard(scope)),
            queue_seconds: row.optional("queue_seconds"),
            is_sessions: false,
        };
        queues_only_where_work_waits(row, &value);
        says_overload_of_what_varies(row, &value);
        value
    });
    are_not_named_like_columns(&resources, findings);
    resources
}

/// Where work beyond the capacity is lost, none waits, however long.
fn queues_only_where_work_waits(row: &mut Row<'_, '_>, resource: &Resource) {
    if resource.overload == Overload::Lose && resource.queue_seconds.is_some() {
        let found = format!("{:?} where overload is `lose`", row.raw("queue_seconds"));
        row.error(
            "queue_seconds",
            NOTHING_WAITS,
            found,
            "a longest wait only where overload is `queue`",
            "write `queue` in the column overload, or leave this cell blank",
        );
    }
}

/// Stored data neither waits nor is lost: what is said of it changes nothing.
fn says_overload_of_what_varies(row: &mut Row<'_, '_>, resource: &Resource) {
    let is_lost = resource.overload == Overload::Lose && resource.queue_seconds.is_some();
    if resource.varies || is_lost {
        return;
    }
    let mut columns = ["overload", "queue_seconds"].into_iter();
    let written = columns.find(|text| !row.raw(*text).is_empty());
    if let Some(column) = written {
        let found = format!("{:?} of a resource that does not vary", row.raw(column));
        row.warning(
            column,
            STORED_DATA,
            found,
            "nothing: stored data neither waits nor is lost",
            "leave the cell blank, or write `yes` in the column varies",
        );
    }
}

/// A resource is a column of other files, so it is not called like one that they have already.
fn are_not_named_like_columns(resources: &Named<Resource>, findings: &mut Findings) {
    for entry in &resources.entries {
        let taken = TABLES.iter().find(|table| {
            let has = |name: &str| table.columns.iter().any(|column| column.name == name);
            has(PER_RESOURCE) && has(&entry.id)
        });
        if let Some(table) = taken {
            findings.error(
                NAMED_LIKE_A_COLUMN,
                place(resources.file, entry.line, Some("resource")),
                format!("`{}`, a column of {} already", entry.id, table.file),
                "an id that no column of the other files has",
                "give the resource another id, such as the name of its measure",
            );
        }
    }
}

/// The profiles, sorted.
pub(crate) fn profiles(
    folder: &Folder<'_>,
    resources: &Resources,
    findings: &mut Findings,
) -> Named<Profile> {
    Named::read(folder, "profiles.csv", resources, findings, |row, id| {
        let work = row.demands();
        let value = Profile {
            id: id.to_owned(),
            demand: work.clone(),
            work,
            retries: row.number("retries"),
            sessions_per_hour: row.number("sessions_per_hour"),
            timeout_seconds: row.optional("timeout_seconds"),
            late_seconds: row.optional("late_seconds"),
            service_seconds: row.optional("service_seconds"),
            session_cost: row.number("session_cost"),
        };
        is_late_before_it_is_given_up(row, &value);
        has_time_for_its_work(row, &value);
        value
    })
}

/// Work that is not tried again counts as late before it is given up: given up, its user is down already.
fn is_late_before_it_is_given_up(row: &mut Row<'_, '_>, profile: &Profile) {
    let (Some(late), Some(timeout)) = (profile.late_seconds, profile.timeout_seconds) else {
        return;
    };
    if late > timeout && profile.retries <= 0.0 {
        row.warning(
            "late_seconds",
            LATE_TOO_LATE,
            format!("{late} s, after it is given up at {timeout} s"),
            format!("at most the timeout of {timeout} s"),
            "lower it, or leave the cell blank for the timeout: such work is never late",
        );
    }
}

/// Work is not given up before it can be done.
fn has_time_for_its_work(row: &mut Row<'_, '_>, profile: &Profile) {
    let (Some(timeout), Some(service)) = (profile.timeout_seconds, profile.service_seconds) else {
        return;
    };
    if timeout < service {
        row.warning(
            "timeout_seconds",
            TOO_LITTLE_TIME,
            format!("{timeout} s for work that takes {service} s"),
            format!("at least the {service} s of service_seconds"),
            "compare the units: such work is given up before it can be done",
        );
    }
}

/// The tiers, sorted.
pub(crate) fn tiers(folder: &Folder<'_>, findings: &mut Findings) -> Named<Tier> {
    let none = Resources::default();
    Named::read(folder, "tiers.csv", &none, findings, |row, id| {
        let rank = row.whole(
            "rank",
            "start at rank 1, which is served first, and number the others from 2 on",
        );
        Tier {
            id: id.to_owned(),
            rank: rank.and_then(|rank| u32::try_from(rank).ok()).unwrap_or(1),
            availability: row.number("availability"),
        }
    })
}

/// The load curves, sorted.
pub(crate) fn load_curves(folder: &Folder<'_>, findings: &mut Findings) -> Named<LoadCurve> {
    const FILE: &str = "load_curves.csv";
    let mut curves: BTreeMap<String, Vec<Located<(usize, f64)>>> = BTreeMap::new();
    let mut has_gaps = false;
    let rows = super::located(folder, FILE, findings, |row| {
        let id = row.id("load_curve");
        let hint = "hour 0 is Monday 00:00 local, hour 167 is Sunday 23:00";
        let hour = row.whole("hour", hint);
        let hour = hour.and_then(|hour| usize::try_from(hour).ok());
        let factor = row.number("factor");
        let read = id.map(str::to_owned).zip(hour);
        has_gaps |= read.is_none();
        read.map(|(id, hour)| (id, (hour, factor)))
    });
    for Located { line, value } in rows {
        let (id, value) = value;
        curves.entry(id).or_default().push(Located { line, value });
    }
    let entries = curves
        .into_iter()
        .map(|(id, hours)| Entry {
            line: hours[0].line,
            value: LoadCurve {
                factors: factors(FILE, &id, &hours, has_gaps, findings),
                id: id.clone(),
            },
            id,
        })
        .collect();
    Named::sort(FILE, "load_curve", entries, findings)
}

/// The 168 factors of a curve; flat where an hour is missing, which is a finding unless it is already one.
fn factors(
    file: &str,
    id: &str,
    hours: &[Located<(usize, f64)>],
    has_gaps: bool,
    findings: &mut Findings,
) -> Vec<f64> {
    let mut by_hour: Vec<Option<f64>> = vec![None; HOURS_OF_WEEK];
    for hour in hours {
        let (at, factor) = hour.value;
        if by_hour[at].replace(factor).is_some() {
            findings.error(
                BAD_HOURS,
                place(file, hour.line, Some("hour")),
                format!("hour {at} of {} a second time", quoted(id)),
                "every hour once",
                "remove one of the two rows",
            );
        }
    }
    let is_daily = by_hour[HOURS_OF_DAY..].iter().all(Option::is_none);
    let length = if is_daily {
        HOURS_OF_DAY
    } else {
        HOURS_OF_WEEK
    };
    let missing: Vec<usize> = (0..length).filter(|at| by_hour[*at].is_none()).collect();
    if let (Some(first), false) = (missing.first(), has_gaps) {
        findings.error(
            BAD_HOURS,
            place(file, hours[0].line, Some("hour")),
            format!(
                "{} without hour {first} ({} of {length} are missing)",
                quoted(id),
                missing.len()
            ),
            "all hours from 0 to 167, or from 0 to 23 for every day the same",
            "add a row for every missing hour",
        );
    }
    (0..HOURS_OF_WEEK)
        .map(|at| by_hour[at % length].unwrap_or(1.0))
        .collect()
}
