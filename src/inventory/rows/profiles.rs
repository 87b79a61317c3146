//! profiles.csv: what one user demands.

use crate::inventory::findings::Findings;
use crate::inventory::named::{Entry, Named};
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::inventory::validate::profiles as rules;
use crate::model::Profile;

const FILE: &str = "profiles.csv";

/// The profiles, sorted.
pub(crate) fn read(
    folder: &Folder<'_>,
    resources: &Resources,
    findings: &mut Findings,
) -> Named<Profile> {
    let mut entries = Vec::new();
    if let Some(table) = Table::open(folder, FILE, resources, findings) {
        let profile = table.column("profile");
        let retries = table.column("retries");
        let sessions_per_hour = table.column("sessions_per_hour");
        let timeout_seconds = table.column("timeout_seconds");
        let late_seconds = table.column("late_seconds");
        let service_seconds = table.column("service_seconds");
        let session_cost = table.column("session_cost");
        let demands = table.resource_columns();
        table.for_each(findings, |row| {
            let id = row.id(profile);
            let work: Vec<f64> = demands
                .iter()
                .map(|(_, column)| row.number(*column))
                .collect();
            let value = Profile {
                id: id.unwrap_or_default().to_owned(),
                demand: work.clone(),
                work,
                retries: row.number(retries),
                sessions_per_hour: row.number(sessions_per_hour),
                timeout_seconds: row.optional(timeout_seconds),
                late_seconds: row.optional(late_seconds),
                service_seconds: row.optional(service_seconds),
                session_cost: row.number(session_cost),
            };
            rules::is_late_before_it_is_given_up(row, late_seconds, &value);
            rules::has_time_for_its_work(row, timeout_seconds, &value);
            if let Some(id) = id {
                entries.push(Entry {
                    id: id.to_owned(),
                    line: row.line,
                    value,
                });
            }
        });
    }
    Named::sort(FILE, "profile", entries, findings)
}
