//! The tables in the folder of a replay.

use super::run::RunFacts;
use super::shortage::{Shortage, told_steps};
use super::told::Told;
use crate::error::Result;
use crate::plan::replay::{Account, Moment};
use crate::plan_files::{Month, REPLAY_FILE};
use crate::report::csv::Records;
use crate::report::written::WrittenFile;

/// The tables in the folder.
pub const REPLAY_TABLES: [&str; 5] = [
    "timeline.csv",
    "components.csv",
    "queues.csv",
    "tiers.csv",
    "tenants.csv",
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

    /// One row for each step of each run.
    fn timeline(&self) -> Result<WrittenFile> {
        let clock = self.clock();
        let runs = self.runs().iter();
        let rows = runs.flat_map(|run| run.run.moments.iter().map(move |own| (run, own)));
        Records::<(&RunFacts<'_>, &Moment)>::of(rows)
            .column("run", |(run, _)| run.run.conduct.word())
            .column("start", |(_, own)| clock.instant(own.start))
            .column("end", |(_, own)| clock.instant(own.end))
            .column("users", |(_, own)| own.users)
            .column("users_down", |(_, own)| own.down)
            .column("sent", |(_, own)| own.sent)
            .column("again", |(_, own)| own.again)
            .column("served", |(_, own)| own.served)
            .column("failed", |(_, own)| own.failed)
            .column("late", |(_, own)| own.late)
            .column("without_session", |(_, own)| own.apart)
            .column("sessions_ended_per_second", |(_, own)| own.ended)
            .column("sessions_accepted_per_second", |(_, own)| own.connected)
            .column("waiting_user_seconds", |(_, own)| own.in_flight)
            .column("users_nowhere", |(_, own)| own.nowhere)
            .column("most_users_down", |(_, own)| own.most_down)
            .file("timeline.csv")
    }

    /// One row for everything that was short at any component in any run, the worst first.
    fn components(&self) -> Result<WrittenFile> {
        let runs = self.runs().iter();
        let rows = runs.flat_map(|run| run.shortages.iter().map(move |own| (run, own)));
        let records = Records::of(rows).column("run", |(run, _)| run.run.conduct.word());
        self.shortages(records).file("components.csv")
    }

    /// What was short, with when and how much.
    pub(super) fn shortages<'r>(
        &self,
        records: Records<(&'r RunFacts<'r>, &'r Shortage<'r>)>,
    ) -> Records<(&'r RunFacts<'r>, &'r Shortage<'r>)> {
        let clock = self.clock();
        let instant = |run: &RunFacts<'_>, step: usize| {
            let moment = run.run.moments.get(step);
            moment.map(|own| clock.instant(own.start))
        };
        let names = |own: &Shortage<'_>| self.names(own.passage);
        records
            .column("component", |(_, own)| names(own)[0])
            .column("what", |(_, own)| names(own)[1])
            .column("unit", |(_, own)| self.unit(own.passage.short))
            .column("first_short", |(run, own)| instant(run, own.first))
            .column("minutes_beyond_capacity", |(_, own)| {
                own.beyond_seconds / 60.0
            })
            .column("minutes_waiting", |(_, own)| own.waiting_seconds / 60.0)
            .column("most_offered", |(_, own)| {
                own.most_flow().map(|own| own.offered)
            })
            .column("capacity_then", |(_, own)| {
                let capacity = own.most_flow().map(|own| own.capacity);
                capacity.filter(|own| own.is_finite())
            })
            .column("most_offered_at", |(run, own)| instant(run, own.most))
            .column("queue_unit", |(_, own)| {
                self.unit_of_queue(own.passage.short)
            })
            .column("most_queued", |(_, own)| {
                own.peak.as_ref().map(|own| own.queued)
            })
            .column("most_queued_at", |(_, own)| {
                own.peak.as_ref().map(|own| clock.instant(own.at))
            })
            .column("clearing_seconds", |(_, own)| {
                own.peak.as_ref().and_then(|own| own.clearing)
            })
            .column("last_wait_seconds", |(_, own)| {
                own.peak.as_ref().and_then(|own| own.last_wait)
            })
            .column("longest_wait_seconds", |(_, own)| {
                own.peak.as_ref().map(|_| own.longest_wait)
            })
            .column("oldest_seconds", |(_, own)| {
                own.peak.as_ref().map(|_| own.oldest)
            })
            .column("lost", |(_, own)| own.lost)
            .column("stale", |(_, own)| own.stale)
            .column("queued_at_end", |(_, own)| own.left().map(|own| own.0))
            .column("clearing_seconds_at_end", |(_, own)| {
                own.left().and_then(|own| own.1)
            })
    }

    /// One row for each step in which a component is short of something, and for those before and after.
    fn queues(&self) -> Result<WrittenFile> {
        let clock = self.clock();
        let runs = self.runs().iter();
        let shortages = runs.flat_map(|run| run.shortages.iter().map(move |own| (run.run, own)));
        let rows = shortages.flat_map(|(run, own)| {
            let flows = &own.passage.flows;
            told_steps(flows).filter_map(move |step| {
                Some((run, own.passage, run.moments.get(step)?, flows.get(step)?))
            })
        });
        Records::of(rows)
            .column("run", |(run, ..)| run.conduct.word())
            .column("component", |(_, own, ..)| self.names(own)[0])
            .column("what", |(_, own, ..)| self.names(own)[1])
            .column("start", |(.., moment, _)| clock.instant(moment.start))
            .column("end", |(.., moment, _)| clock.instant(moment.end))
            .column("offered", |(.., flow)| flow.offered)
            .column("capacity", |(.., flow)| flow.capacity)
            .column("worked", |(.., flow)| flow.worked)
            .column("lost", |(.., flow)| flow.lost)
            .column("queued", |(.., flow)| flow.queued)
            .column("oldest_seconds", |(.., flow)| {
                (flow.queued > 0.0).then_some(flow.oldest)
            })
            .column("clearing_seconds", |(.., flow)| {
                flow.clearing().filter(|_| flow.queued > 0.0)
            })
            .file("queues.csv")
    }

    /// One row for each tier of each run.
    fn tiers(&self) -> Result<WrittenFile> {
        let runs = self.runs().iter();
        let rows = runs.flat_map(|run| run.tiers.iter().map(move |own| (run.run, own.0, own.1)));
        Records::of(rows)
            .column("run", |(run, ..)| run.conduct.word())
            .column("tier", |(_, tier, _)| {
                self.inventory.tiers[tier.index()].id.clone()
            })
            .column("user_minutes", |(.., felt)| felt.user_seconds / 60.0)
            .column("down_minutes", |(.., felt)| felt.down_minutes())
            .column("sent", |(.., felt)| felt.sent / 60.0)
            .column("served", |(.., felt)| felt.served / 60.0)
            .column("failed", |(.., felt)| felt.failed / 60.0)
            .column("late", |(.., felt)| felt.late / 60.0)
            .column("mean_wait_seconds", |(.., felt)| felt.mean_wait())
            .column("longest_wait_seconds", |(.., felt)| {
                felt.mean_wait().map(|_| felt.longest)
            })
            .file("tiers.csv")
    }

    /// One row for each month, tenant and tier of each run, the lowest uptime first.
    fn tenants(&self) -> Result<WrittenFile> {
        let rows = self.runs().iter().flat_map(|run| {
            let accounts = run.worst_accounts().into_iter();
            accounts.map(move |own| (run.run, own))
        });
        let promised = |own: &Account| self.inventory.tiers[own.tier.index()].availability;
        Records::of(rows)
            .column("run", |(run, _)| run.conduct.word())
            .column("month", |(_, own)| Month(own.month).to_string())
            .column("tenant", |(_, own)| {
                self.inventory.tenants[own.tenant.index()].clone()
            })
            .column("tier", |(_, own)| {
                self.inventory.tiers[own.tier.index()].id.clone()
            })
            .column("users", |(_, own)| own.users())
            .column("month_user_minutes", |(_, own)| own.month_user_minutes)
            .column("down_minutes", |(_, own)| own.felt.down_minutes())
            .column("uptime", |(_, own)| own.uptime())
            .column("promised", |(_, own)| promised(own))
            .column("kept", |(_, own)| {
                own.uptime().map(|uptime| uptime >= promised(own))
            })
            .column("credit", |(_, own)| own.uptime().map(|_| own.credit))
            .file("tenants.csv")
    }
}
