//! The tables in the folder of a replay.

use super::shortage::{Shortage, told_steps};
use super::told::Told;
use crate::error::{Error, Result};
use crate::plan::replay::{Account, Moment, Run};
use crate::plan_files::{Month, REPLAY_FILE, decimal};
use crate::report::csv::{failed, inert, number};
use crate::report::written::WrittenFile;

/// The tables in the folder.
pub const REPLAY_TABLES: [&str; 5] = [
    "timeline.csv",
    "components.csv",
    "queues.csv",
    "tiers.csv",
    "tenants.csv",
];

/// One row for each step of each run.
const TIMELINE: [&str; 16] = [
    "run",
    "start",
    "end",
    "users",
    "users_down",
    "sent",
    "again",
    "served",
    "failed",
    "late",
    "without_session",
    "sessions_ended_per_second",
    "sessions_accepted_per_second",
    "waiting_user_seconds",
    "users_nowhere",
    "most_users_down",
];

/// One row for everything that was short at any component in any run, the worst first.
const COMPONENTS: [&str; 21] = [
    "run",
    "component",
    "what",
    "unit",
    "first_short",
    "minutes_beyond_capacity",
    "minutes_waiting",
    "most_offered",
    "capacity_then",
    "most_offered_at",
    "queue_unit",
    "most_queued",
    "most_queued_at",
    "clearing_seconds",
    "last_wait_seconds",
    "longest_wait_seconds",
    "oldest_seconds",
    "lost",
    "stale",
    "queued_at_end",
    "clearing_seconds_at_end",
];

/// One row for each step in which a component is short of something, and for those before and after.
const QUEUES: [&str; 12] = [
    "run",
    "component",
    "what",
    "start",
    "end",
    "offered",
    "capacity",
    "worked",
    "lost",
    "queued",
    "oldest_seconds",
    "clearing_seconds",
];

/// One row for each tier of each run.
const TIERS: [&str; 10] = [
    "run",
    "tier",
    "user_minutes",
    "down_minutes",
    "sent",
    "served",
    "failed",
    "late",
    "mean_wait_seconds",
    "longest_wait_seconds",
];

/// One row for each month, tenant and tier of each run, the lowest uptime first.
const TENANTS: [&str; 11] = [
    "run",
    "month",
    "tenant",
    "tier",
    "users",
    "month_user_minutes",
    "down_minutes",
    "uptime",
    "promised",
    "kept",
    "credit",
];

impl Told<'_> {
    /// replay.json and the tables of the folder.
    ///
    /// # Errors
    /// `Error::Internal` if one cannot be written.
    pub fn files(&self) -> Result<Vec<WrittenFile>> {
        let mut files = vec![WrittenFile {
            name: REPLAY_FILE.to_owned(),
            bytes: self.json()?.into_bytes(),
        }];
        files.extend(self.tables()?);
        Ok(files)
    }

    /// The tables of the folder.
    ///
    /// # Errors
    /// `Error::Internal` if one cannot be written.
    pub fn tables(&self) -> Result<Vec<WrittenFile>> {
        Ok(vec![
            self.timeline()?,
            self.components()?,
            self.queues()?,
            self.tiers()?,
            self.tenants()?,
        ])
    }

    fn timeline(&self) -> Result<WrittenFile> {
        let clock = self.clock();
        let row = |run: &Run, own: &Moment| {
            [
                run.conduct.word().to_owned(),
                clock.instant(own.start),
                clock.instant(own.end),
                decimal(own.users),
                decimal(own.down),
                decimal(own.sent),
                decimal(own.again),
                decimal(own.served),
                decimal(own.failed),
                decimal(own.late),
                decimal(own.apart),
                decimal(own.ended),
                decimal(own.connected),
                decimal(own.in_flight),
                decimal(own.nowhere),
                decimal(own.most_down),
            ]
        };
        let runs = self.runs().iter().map(|own| own.run);
        let rows = runs.flat_map(|run| run.moments.iter().map(move |own| row(run, own)));
        table("timeline.csv", TIMELINE, rows)
    }

    fn components(&self) -> Result<WrittenFile> {
        let rows = self.runs().iter().flat_map(|run| {
            let shortages = run.shortages.iter();
            shortages.map(|own| self.component_row(run.run, own))
        });
        table("components.csv", COMPONENTS, rows)
    }

    fn component_row(&self, run: &Run, own: &Shortage<'_>) -> [String; COMPONENTS.len()] {
        let clock = self.clock();
        let instant = |step: usize| {
            let moment = run.moments.get(step);
            moment.map_or_else(String::new, |own| clock.instant(own.start))
        };
        let [component, what] = self.names(own.passage);
        let flow = own.most_flow();
        let peak = own.peak.as_ref();
        let left = own.left();
        [
            run.conduct.word().to_owned(),
            inert(component).into_owned(),
            inert(what).into_owned(),
            inert(self.unit(own.passage.short)).into_owned(),
            instant(own.first),
            decimal(own.beyond_seconds / 60.0),
            decimal(own.waiting_seconds / 60.0),
            number(flow.map(|own| own.offered)),
            number(flow.map(|own| own.capacity)),
            instant(own.most),
            inert(&self.unit_of_queue(own.passage.short)).into_owned(),
            number(peak.map(|own| own.queued)),
            peak.map_or_else(String::new, |own| clock.instant(own.at)),
            number(peak.and_then(|own| own.clearing)),
            number(peak.and_then(|own| own.last_wait)),
            number(peak.map(|_| own.longest_wait)),
            number(peak.map(|_| own.oldest)),
            decimal(own.lost),
            decimal(own.stale),
            number(left.map(|own| own.0)),
            number(left.and_then(|own| own.1)),
        ]
    }

    fn queues(&self) -> Result<WrittenFile> {
        let clock = self.clock();
        let runs = self.runs().iter();
        let shortages = runs.flat_map(|run| run.shortages.iter().map(move |own| (run.run, own)));
        let rows = shortages.flat_map(|(run, own)| {
            let [component, what] = self.names(own.passage).map(inert);
            let flows = &own.passage.flows;
            told_steps(flows).filter_map(move |step| {
                let (moment, flow) = (run.moments.get(step)?, flows.get(step)?);
                Some([
                    run.conduct.word().to_owned(),
                    component.clone().into_owned(),
                    what.clone().into_owned(),
                    clock.instant(moment.start),
                    clock.instant(moment.end),
                    decimal(flow.offered),
                    number(Some(flow.capacity)),
                    decimal(flow.worked),
                    decimal(flow.lost),
                    decimal(flow.queued),
                    number((flow.queued > 0.0).then_some(flow.oldest)),
                    number(flow.clearing().filter(|_| flow.queued > 0.0)),
                ])
            })
        });
        table("queues.csv", QUEUES, rows)
    }

    fn tiers(&self) -> Result<WrittenFile> {
        let rows = self.runs().iter().flat_map(|run| {
            run.tiers.iter().map(|(tier, felt)| {
                [
                    run.run.conduct.word().to_owned(),
                    inert(&self.inventory.tiers[tier.index()].id).into_owned(),
                    decimal(felt.user_seconds / 60.0),
                    decimal(felt.down_minutes()),
                    decimal(felt.sent / 60.0),
                    decimal(felt.served / 60.0),
                    decimal(felt.failed / 60.0),
                    decimal(felt.late / 60.0),
                    number(felt.mean_wait()),
                    number(felt.mean_wait().map(|_| felt.longest)),
                ]
            })
        });
        table("tiers.csv", TIERS, rows)
    }

    fn tenants(&self) -> Result<WrittenFile> {
        let rows = self.runs().iter().flat_map(|run| {
            let accounts = run.worst_accounts().into_iter();
            accounts.map(|own| self.tenant_row(run.run, own))
        });
        table("tenants.csv", TENANTS, rows)
    }

    fn tenant_row(&self, run: &Run, own: &Account) -> [String; TENANTS.len()] {
        let tier = &self.inventory.tiers[own.tier.index()];
        let is_kept = own.uptime().map(|uptime| uptime >= tier.availability);
        [
            run.conduct.word().to_owned(),
            Month(own.month).to_string(),
            inert(&self.inventory.tenants[own.tenant.index()]).into_owned(),
            inert(&tier.id).into_owned(),
            decimal(own.users()),
            decimal(own.month_user_minutes),
            decimal(own.felt.down_minutes()),
            number(own.uptime()),
            decimal(tier.availability),
            match is_kept {
                Some(true) => "yes".to_owned(),
                Some(false) => "no".to_owned(),
                None => String::new(),
            },
            number(own.uptime().map(|_| own.credit)),
        ]
    }
}

fn table<const N: usize>(
    name: &str,
    columns: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<WrittenFile> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table.write_record(columns).map_err(failed)?;
    for row in rows {
        table.write_record(row).map_err(failed)?;
    }
    Ok(WrittenFile {
        name: name.to_owned(),
        bytes: table
            .into_inner()
            .map_err(|error| Error::Internal(error.to_string()))?,
    })
}
