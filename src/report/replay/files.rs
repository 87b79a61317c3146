//! The files of a replay: its tables and replay.json.

use super::report::ReplayReport;
use super::report::{DOWN_SHARE, RunFacts, share_down};
use super::shortage::{Shortage, told_steps};
use crate::error::{Error, Result};
use crate::plan::replay::{Account, Conduct, Felt, Moment, SlowWork};
use crate::plan_files::{CalendarMonth, REPLAY_FILE, REPLAY_FORMAT};
use crate::report::csv::Records;
use crate::report::text;
use crate::report::written::WrittenFile;
use serde_json::{Map, Value, json};

/// The tables in the folder.
pub const REPLAY_TABLES: [&str; 5] = [
    "timeline.csv",
    "components.csv",
    "queues.csv",
    "tiers.csv",
    "tenants.csv",
];

impl ReplayReport<'_> {
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
            .column("month", |(_, own)| CalendarMonth(own.month).to_string())
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

/// Components that replay.json has of a run; components.csv has all.
const MOST_COMPONENTS: usize = 20;

impl ReplayReport<'_> {
    /// replay.json as text, ended by a line feed.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be written.
    pub fn json(&self) -> Result<String> {
        let written = serde_json::to_string_pretty(&self.value())
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(text::json(&written).into_owned() + "\n")
    }

    fn value(&self) -> Value {
        let policy = &self.replay.policy;
        let runs: Vec<Value> = self.runs().iter().map(|own| self.run_value(own)).collect();
        let plan = self.carried.as_ref().map(|own| {
            json!({
                "made_here": own.is_made_here,
                "rules_broken": own.broken,
                "refused": own.refused,
            })
        });
        json!({
            "format": REPLAY_FORMAT,
            "plimsoll": env!("CARGO_PKG_VERSION"),
            "scenario": self.scenario.name,
            "inputs": {
                "inventory": self.inputs.inventory,
                "scenario": self.inputs.scenario,
            },
            "plan": plan,
            "assumed": {
                "step_seconds": policy.step_seconds,
                "backoff_seconds": policy.backoff_seconds,
                "backoff_factor": policy.backoff_factor,
                "jitter": policy.jitter,
                "return_seconds": policy.return_seconds,
                "accept_queue_seconds": policy.accept_queue_seconds,
            },
            "down_share": DOWN_SHARE,
            "finding": self.finding(),
            "difference": self.difference(),
            "runs": runs,
        })
    }

    /// What the plan spares; null without both runs.
    fn difference(&self) -> Value {
        let both = self.of(Conduct::Plan).zip(self.of(Conduct::Nothing));
        both.map_or(Value::Null, |(plan, nothing)| {
            json!({
                "down_minutes_spared": nothing.down_minutes() - plan.down_minutes(),
                "share_spared": self.spared(),
            })
        })
    }

    fn run_value(&self, own: &RunFacts<'_>) -> Value {
        let clock = self.clock();
        let moments = &own.run.moments;
        let (first, last) = (moments.first(), moments.last());
        let tiers = own.tiers.iter().map(|(tier, felt)| {
            let mut all = Map::new();
            let id = self.inventory.tiers[tier.index()].id.as_str();
            all.insert("tier".to_owned(), json!(id));
            all.extend(felt_values(felt));
            Value::Object(all)
        });
        let credits = own.credits.shares.iter();
        let credits =
            credits.map(|(share, tenants)| json!({ "credit": share, "tenants": tenants }));
        let components = own.shortages.iter().take(MOST_COMPONENTS);
        let components = Records::of(components.map(|short| (own, short)));
        let worst_components = self.shortages(components).objects();
        let mut all = Map::new();
        let mut put = |name: &str, value: Value| {
            all.insert(name.to_owned(), value);
        };
        put("run", json!(own.run.conduct.word()));
        put("start", json!(first.map(|own| clock.instant(own.start))));
        put("end", json!(last.map(|own| clock.instant(own.end))));
        put("steps", json!(moments.len()));
        let [coarse_from, coarse_until] = own
            .coarse()
            .map_or([None, None], |own| own.map(|at| Some(clock.instant(at))));
        put("coarse_steps", json!(own.run.coarse.len()));
        put("coarse_from", json!(coarse_from));
        put("coarse_until", json!(coarse_until));
        for (name, value) in felt_values(&own.run.totals) {
            put(&name, value);
        }
        let worst = own.worst.map(|own| {
            json!({
                "start": clock.instant(own.start),
                "end": clock.instant(own.end),
                "users": own.users,
                "users_down": own.down,
                "most_users_down": own.most_down,
            })
        });
        put("worst_moment", json!(worst));
        let [begins, ends] = own
            .down
            .map_or([None, None], |own| own.map(|at| Some(clock.instant(at))));
        put("down_from", json!(begins));
        put("down_until", json!(ends));
        put("down_at_end", json!(own.is_down_at_end));
        let waits = last.map_or(0.0, |own| own.in_flight);
        put("waiting_user_seconds_at_end", json!(waits));
        put("unsafe_turns", self.unsafe_turns_value(own));
        put("tiers", tiers.collect());
        put("credits", credits.collect());
        put("components", json!(own.shortages.len()));
        put("worst_components", json!(worst_components));
        let slow: Vec<Value> = own
            .run
            .slow
            .iter()
            .map(|own| self.slow_value(own))
            .collect();
        put("slow_work", json!(slow));
        Value::Object(all)
    }

    fn slow_value(&self, own: &SlowWork) -> Value {
        let resource = &self.inventory.resources[own.resource.index()];
        json!({
            "start": self.scenario.events.get(own.event).map(|own| self.clock().instant(own.start)),
            "component": self.inventory.component_name(own.component),
            "resource": resource.id,
            "unit": resource.unit,
            "load": own.load,
            "capacity": own.capacity,
            "inflation": own.inflation,
            "falls_behind": own.falls_behind(),
            "longest_timeout_seconds": own.longest_timeout,
            "most_retries": own.most_retries,
            "least_quarantine": own.least_quarantine,
        })
    }
}

/// What some users felt, by name.
fn felt_values(felt: &Felt) -> Map<String, Value> {
    let share = share_down(felt);
    let all = [
        ("user_minutes", json!(felt.user_seconds / 60.0)),
        ("down_minutes", json!(felt.down_minutes())),
        ("uptime", json!(share.map(|own| 1.0 - own))),
        ("down_share", json!(share)),
        ("sent", json!(felt.sent / 60.0)),
        ("served", json!(felt.served / 60.0)),
        ("failed", json!(felt.failed / 60.0)),
        ("late", json!(felt.late / 60.0)),
        ("mean_wait_seconds", json!(felt.mean_wait())),
        (
            "longest_wait_seconds",
            json!(felt.mean_wait().map(|_| felt.longest)),
        ),
    ];
    all.map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}
