//! `load_curves.csv`: demand by hour of the week.

use super::Located;
use crate::diagnostic::Code;
use crate::inventory::findings::{Findings, Message, place, quoted};
use crate::inventory::named::{Entry, Named};
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::model::LoadCurve;
use std::collections::BTreeMap;

const FILE: &str = "load_curves.csv";

/// A curve without all 168 hours, or the first 24; or with an hour twice.
pub(crate) const BAD_HOURS: Code = Code("P2202");

const HOURS_OF_DAY: usize = 24;
const HOURS_OF_WEEK: usize = 168;

/// The load curves, sorted.
pub(crate) fn read(folder: &Folder<'_>, findings: &mut Findings) -> Named<LoadCurve> {
    let mut curves: BTreeMap<String, Vec<Located<(usize, f64)>>> = BTreeMap::new();
    let mut has_gaps = false;
    if let Some(table) = Table::open(folder, FILE, &Resources::default(), findings) {
        let load_curve = table.column("load_curve");
        let hour = table.column("hour");
        let factor = table.column("factor");
        table.for_each(findings, |row| {
            let id = row.id(load_curve);
            let hour = row.whole(
                hour,
                "hour 0 is Monday 00:00 local, hour 167 is Sunday 23:00",
            );
            let factor = row.number(factor);
            match (id, hour.and_then(|hour| usize::try_from(hour).ok())) {
                (Some(id), Some(hour)) => {
                    curves.entry(id.to_owned()).or_default().push(Located {
                        line: row.line,
                        value: (hour, factor),
                    });
                }
                _ => has_gaps = true,
            }
        });
    }
    let entries = curves
        .into_iter()
        .map(|(id, hours)| Entry {
            line: hours.first().map_or(1, |hour| hour.line),
            value: LoadCurve {
                factors: factors(&id, &hours, has_gaps, findings),
                id: id.clone(),
            },
            id,
        })
        .collect();
    Named::sort(FILE, "load_curve", entries, findings)
}

/// The 168 factors of a curve; flat where an hour is missing, which is a finding unless it is already one.
fn factors(
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
                place(FILE, hour.line, Some("hour")),
                Message {
                    found: format!("hour {at} of {} a second time", quoted(id)),
                    expected: "every hour once".to_owned(),
                    hint: "remove one of the two rows".to_owned(),
                },
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
            place(
                FILE,
                hours.first().map_or(1, |hour| hour.line),
                Some("hour"),
            ),
            Message {
                found: format!(
                    "{} without hour {first} ({} of {length} are missing)",
                    quoted(id),
                    missing.len()
                ),
                expected: "all hours from 0 to 167, or from 0 to 23 for every day the same"
                    .to_owned(),
                hint: "add a row for every missing hour".to_owned(),
            },
        );
    }
    (0..HOURS_OF_WEEK)
        .map(|at| by_hour[at % length].unwrap_or(1.0))
        .collect()
}
