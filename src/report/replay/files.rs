//! The files of a replay: replay.json and the tables of its folder.

use super::facts::{DOWN_SHARE, ReplayReport, RunFacts, share_down};
use super::shortage::{PassageShortage, QueuePeak, reported_steps};
use super::tables::ShortIn;
use crate::error::Result;
use crate::plan::replay::{Account, Conduct, Felt, Moment, Passage, PassageFlow, Short, SlowWork};
use crate::plan_files::{CalendarMonth, REPLAY_FILE, REPLAY_FORMAT};
use crate::report::csv::Records;
use crate::report::text;
use crate::report::written::{WrittenFile, internal};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The tables in the folder.
pub const REPLAY_TABLES: [&str; 5] = [
    "timeline.csv",
    "components.csv",
    "queues.csv",
    "tiers.csv",
    "tenants.csv",
];

/// Components that replay.json has of a run; components.csv has all.
const MOST_COMPONENTS: usize = 20;

impl<'a> ReplayReport<'a> {
    /// replay.json and the tables of the folder.
    ///
    /// # Errors
    /// `Error::Internal` if one cannot be written.
    pub fn files(&self) -> Result<Vec<WrittenFile>> {
        let run = |pair: &ShortIn<'_>| pair.0.run.conduct.word();
        let components = Records::of(self.shortages()).column("run", run);
        let tiers = Records::of(self.tiers())
            .column("run", |(run, ..)| run.run.conduct.word())
            .column("tier", |(_, tier, _)| *tier);
        Ok(vec![
            WrittenFile::new(REPLAY_FILE, self.json()?.into_bytes()),
            self.timeline_file()?,
            self.shortage_records(components).file("components.csv")?,
            self.queues_file()?,
            felt_records(tiers, |(.., felt)| felt, false).file("tiers.csv")?,
            self.tenants_file()?,
        ])
    }

    fn timeline_file(&self) -> Result<WrittenFile> {
        let clock = self.clock();
        let runs = self.runs.iter();
        let rows = runs.flat_map(|run| run.run.moments.iter().map(move |moment| (run, moment)));
        Records::<(&RunFacts<'_>, &Moment)>::of(rows)
            .column("run", |(run, _)| run.run.conduct.word())
            .column("start", |(_, moment)| clock.instant(moment.start))
            .column("end", |(_, moment)| clock.instant(moment.end))
            .column("users", |(_, moment)| moment.users)
            .column("users_down", |(_, moment)| moment.down)
            .column("sent", |(_, moment)| moment.sent)
            .column("again", |(_, moment)| moment.again)
            .column("served", |(_, moment)| moment.served)
            .column("failed", |(_, moment)| moment.failed)
            .column("late", |(_, moment)| moment.late)
            .column("without_session", |(_, moment)| moment.apart)
            .column("sessions_ended_per_second", |(_, moment)| moment.ended)
            .column("sessions_accepted_per_second", |(_, moment)| {
                moment.connected
            })
            .column("waiting_user_seconds", |(_, moment)| moment.in_flight)
            .column("users_nowhere", |(_, moment)| moment.nowhere)
            .column("most_users_down", |(_, moment)| moment.most_down)
            .file("timeline.csv")
    }

    /// Ids of where and of what, for files: of a resource, or the column that says how many sessions are accepted.
    fn ids(&self, passage: &Passage) -> [&'a str; 2] {
        let what = match passage.short {
            Short::Sessions => "accepts_per_second",
            Short::Resource(resource) => &self.resource(resource).id,
        };
        [self.inventory.component_name(passage.component), what]
    }

    /// One row for everything that was short at any component in any run, the worst first.
    fn shortage_records<'r>(&self, records: Records<ShortIn<'r>>) -> Records<ShortIn<'r>> {
        let clock = self.clock();
        let instant = |run: &RunFacts<'_>, step: usize| {
            let moment = run.run.moments.get(step);
            moment.map(|moment| clock.instant(moment.start))
        };
        let flow = |of: fn(&PassageFlow) -> f64| {
            move |(_, passage_shortage): &ShortIn<'_>| {
                passage_shortage
                    .most_flow()
                    .map(of)
                    .filter(|value| value.is_finite())
            }
        };
        let peak = |of: fn(&PassageShortage<'_>, &QueuePeak) -> Option<f64>| {
            move |(_, passage_shortage): &ShortIn<'_>| {
                of(passage_shortage, passage_shortage.peak.as_ref()?)
            }
        };
        records
            .column("component", |(_, passage_shortage)| {
                self.ids(passage_shortage.passage)[0]
            })
            .column("what", |(_, passage_shortage)| {
                self.ids(passage_shortage.passage)[1]
            })
            .column("unit", |(_, passage_shortage)| {
                self.unit(passage_shortage.passage.short)
            })
            .column("first_short", |(run, passage_shortage)| {
                instant(run, passage_shortage.first)
            })
            .column("minutes_beyond_capacity", |(_, passage_shortage)| {
                passage_shortage.beyond_seconds / 60.0
            })
            .column("minutes_waiting", |(_, passage_shortage)| {
                passage_shortage.waiting_seconds / 60.0
            })
            .column("most_offered", flow(|passage_flow| passage_flow.offered))
            .column("capacity_then", flow(|passage_flow| passage_flow.capacity))
            .column("most_offered_at", |(run, passage_shortage)| {
                instant(run, passage_shortage.most)
            })
            .column("queue_unit", |(_, passage_shortage)| {
                self.unit_of_queue(passage_shortage.passage.short)
            })
            .column("most_queued", peak(|_, queue_peak| Some(queue_peak.queued)))
            .column("most_queued_at", |(_, passage_shortage)| {
                passage_shortage
                    .peak
                    .as_ref()
                    .map(|queue_peak| clock.instant(queue_peak.at))
            })
            .column(
                "clearing_seconds",
                peak(|_, queue_peak| queue_peak.clearing),
            )
            .column(
                "last_wait_seconds",
                peak(|_, queue_peak| queue_peak.last_wait),
            )
            .column(
                "longest_wait_seconds",
                peak(|passage_shortage, _| Some(passage_shortage.longest_wait)),
            )
            .column(
                "oldest_seconds",
                peak(|passage_shortage, _| Some(passage_shortage.oldest)),
            )
            .column("lost", |(_, passage_shortage)| passage_shortage.lost)
            .column("stale", |(_, passage_shortage)| passage_shortage.stale)
            .column("queued_at_end", |(_, passage_shortage)| {
                Some(passage_shortage.left()?.0)
            })
            .column("clearing_seconds_at_end", |(_, passage_shortage)| {
                passage_shortage.left()?.1
            })
    }

    /// One row for each step in which a component is short of something, and for those before and after.
    fn queues_file(&self) -> Result<WrittenFile> {
        let clock = self.clock();
        let rows = self
            .shortages()
            .into_iter()
            .flat_map(|(run, passage_shortage)| {
                let flows = &passage_shortage.passage.flows;
                reported_steps(flows).filter_map(move |step| {
                    let (moment, flow) = (run.run.moments.get(step)?, flows.get(step)?);
                    Some((run.run.conduct, passage_shortage.passage, moment, flow))
                })
            });
        Records::of(rows)
            .column("run", |(conduct, ..)| conduct.word())
            .column("component", |(_, passage, ..)| self.ids(passage)[0])
            .column("what", |(_, passage, ..)| self.ids(passage)[1])
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

    /// One row for each month, tenant and tier of each run, the lowest uptime first.
    fn tenants_file(&self) -> Result<WrittenFile> {
        let tier = |account: &Account| &self.inventory.tiers[account.tier.index()];
        Records::of(self.accounts())
            .column("run", |(run, _)| run.conduct.word())
            .column("month", |(_, account)| {
                CalendarMonth(account.month).to_string()
            })
            .column("tenant", |(_, account)| {
                self.inventory.tenants[account.tenant.index()].clone()
            })
            .column("tier", |(_, account)| tier(account).id.clone())
            .column("users", |(_, account)| account.users())
            .column("month_user_minutes", |(_, account)| {
                account.month_user_minutes
            })
            .column("down_minutes", |(_, account)| account.felt.down_minutes())
            .column("uptime", |(_, account)| account.uptime())
            .column("promised", |(_, account)| tier(account).availability)
            .column("kept", |(_, account)| {
                account
                    .uptime()
                    .map(|uptime| uptime >= tier(account).availability)
            })
            .column("credit", |(_, account)| {
                account.uptime().map(|_| account.credit)
            })
            .file("tenants.csv")
    }

    /// replay.json as text, ended by a line feed.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be written.
    pub fn json(&self) -> Result<String> {
        let written = serde_json::to_string_pretty(&self.value()).map_err(internal)?;
        Ok(text::json(&written).into_owned() + "\n")
    }

    fn value(&self) -> Value {
        let policy = &self.replay.policy;
        let plan = self.carried.as_ref().map(|carried_plan| {
            json!({
                "made_here": carried_plan.is_made_here,
                "rules_broken": carried_plan.broken,
                "refused": carried_plan.refused,
            })
        });
        // What the plan spares; null without both runs.
        let both = self.of(Conduct::Plan).zip(self.of(Conduct::Nothing));
        let difference = both.map(|(plan, nothing)| {
            json!({
                "down_minutes_spared": nothing.down_minutes() - plan.down_minutes(),
                "share_spared": self.spared(),
            })
        });
        let mut all = json!({
            "format": REPLAY_FORMAT,
            "plimsoll": env!("CARGO_PKG_VERSION"),
            "scenario": self.scenario.name,
            "inputs": self.inputs,
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
            "difference": difference,
            "runs": self.run_records().objects(),
        });
        // Files that were written before there was the key hold where there is nothing to say.
        if let (Some(said), Some(map)) = (self.not_checked(), all.as_object_mut()) {
            map.insert("not_checked".to_owned(), said.into());
        }
        all
    }

    fn run_records(&self) -> Records<&RunFacts<'a>> {
        let clock = self.clock();
        let instant = |at: Option<Timestamp>| at.map(|instant| clock.instant(instant));
        let worst = |moment: &Moment| {
            json!({
                "start": clock.instant(moment.start),
                "end": clock.instant(moment.end),
                "users": moment.users,
                "users_down": moment.down,
                "most_users_down": moment.most_down,
            })
        };
        let tiers = |run_facts: &RunFacts<'_>| {
            let tiers = Records::of(run_facts.tiers.iter()).column("tier", |(tier, _)| {
                self.inventory.tiers[tier.index()].id.as_str()
            });
            felt_records(tiers, |(_, felt)| felt, true).objects()
        };
        let credits = |run_facts: &RunFacts<'_>| {
            let credits = Records::of(run_facts.credits.iter().copied());
            let credits = credits.column("credit", |(share, _)| *share);
            credits.column("tenants", |(_, count)| *count).objects()
        };
        let components = |run_facts: &RunFacts<'_>| {
            let components = run_facts.shortages.iter().take(MOST_COMPONENTS);
            let components = Records::of(components.map(|short| (run_facts, short)));
            self.shortage_records(components).objects()
        };
        let records = Records::of(&self.runs)
            .column("run", |run_facts| run_facts.run.conduct.word())
            .column("start", |run_facts| {
                instant(run_facts.run.moments.first().map(|moment| moment.start))
            })
            .column("end", |run_facts| {
                instant(run_facts.run.moments.last().map(|moment| moment.end))
            })
            .column("steps", |run_facts| run_facts.run.moments.len())
            .column("coarse_steps", |run_facts| run_facts.run.coarse.len())
            .column("coarse_from", |run_facts| {
                instant(run_facts.coarse().map(|instants| instants[0]))
            })
            .column("coarse_until", |run_facts| {
                instant(run_facts.coarse().map(|instants| instants[1]))
            });
        felt_records(records, |run_facts| &run_facts.run.totals, true)
            .column("worst_moment", |run_facts| run_facts.worst.map(worst))
            .column("down_from", |run_facts| {
                instant(run_facts.down.map(|instants| instants[0]))
            })
            .column("down_until", |run_facts| {
                instant(run_facts.down.map(|instants| instants[1]))
            })
            .column("down_at_end", |run_facts| run_facts.is_down_at_end)
            .column("waiting_user_seconds_at_end", |run_facts| {
                run_facts
                    .run
                    .moments
                    .last()
                    .map_or(0.0, |moment| moment.in_flight)
            })
            .column("unsafe_turns", |run_facts| -> Vec<String> {
                let turns = self.unsafe_turns(run_facts).iter();
                turns.map(|turn| clock.instant(turn.at)).collect()
            })
            .column("tiers", |run_facts| tiers(run_facts))
            .column("credits", |run_facts| credits(run_facts))
            .column("components", |run_facts| run_facts.shortages.len())
            .column("worst_components", |run_facts| components(run_facts))
            .column("slow_work", |run_facts| -> Vec<Value> {
                let slow = run_facts.run.slow.iter();
                slow.map(|slow_work| self.slow_value(slow_work)).collect()
            })
    }

    fn slow_value(&self, slow_work: &SlowWork) -> Value {
        let resource = self.resource(slow_work.resource);
        let event = self.scenario.events.get(slow_work.event);
        json!({
            "start": event.map(|event| self.clock().instant(event.start)),
            "component": self.inventory.component_name(slow_work.component),
            "resource": resource.id,
            "unit": resource.unit,
            "load": slow_work.load,
            "capacity": slow_work.capacity,
            "inflation": slow_work.inflation,
            "falls_behind": slow_work.lags(),
            "longest_timeout_seconds": slow_work.longest_timeout,
            "most_retries": slow_work.most_retries,
            "least_quarantine": slow_work.least_quarantine,
        })
    }
}

/// What some users felt, maybe with the shares of their time.
fn felt_records<T>(
    records: Records<T>,
    felt: impl Fn(&T) -> &Felt,
    has_shares: bool,
) -> Records<T> {
    let felt = &felt;
    let minutes = |of: fn(&Felt) -> f64| move |item: &T| of(felt(item)) / 60.0;
    let mut records = records
        .column("user_minutes", minutes(|felt| felt.user_seconds))
        .column("down_minutes", |item| felt(item).down_minutes());
    if has_shares {
        records = records
            .column("uptime", |item| {
                share_down(felt(item)).map(|value| 1.0 - value)
            })
            .column("down_share", |item| share_down(felt(item)));
    }
    records
        .column("sent", minutes(|felt| felt.sent))
        .column("served", minutes(|felt| felt.served))
        .column("failed", minutes(|felt| felt.failed))
        .column("late", minutes(|felt| felt.late))
        .column("mean_wait_seconds", |item| felt(item).mean_wait())
        .column("longest_wait_seconds", |item| {
            felt(item).mean_wait().map(|_| felt(item).longest)
        })
}
