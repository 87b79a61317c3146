//! Long because every table of a replay is here, for the terminal, the page and the CSV files, and replay.json.

use super::facts::{DOWN_SHARE, ReplayReport, RunFacts, share_down};
use super::shortage::{PassageShortage, QueuePeak, reported_steps};
use super::words::{heading, length, share_words};
use crate::error::Result;
use crate::ids::TierId;
use crate::model::EventKind;
use crate::plan::replay::{
    Account, Conduct, Felt, Moment, Passage, PassageFlow, Run, Short, SlowWork,
};
use crate::plan_files::{CalendarMonth, REPLAY_FILE, REPLAY_FORMAT};
use crate::report::csv::Records;
use crate::report::document::{Cell, Listing, Table};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::text;
use crate::report::written::{WrittenFile, internal};
use crate::units::NUMERICAL_NOISE;
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

pub(super) const COMPONENTS_ID: &str = "components";
pub(super) const TIERS_ID: &str = "tiers";
pub(super) const TENANTS_ID: &str = "tenants";

/// Components that the terminal lists; components.csv has all.
const SHORT_COMPONENTS: usize = 5;

/// Components that replay.json has of a run; components.csv has all.
const MOST_COMPONENTS: usize = 20;

type ShortIn<'r> = (&'r RunFacts<'r>, &'r PassageShortage<'r>);

impl<'a> ReplayReport<'a> {
    /// User minutes lost by tier, run by run; `None` with one tier, or where no users are down.
    pub(super) fn tier_table(&self) -> Option<Table> {
        let is_any = self.runs.iter().any(RunFacts::is_anybody_down);
        let first = self.runs.first()?;
        if !is_any || first.tiers.len() < 2 {
            return None;
        }
        let tiers = first.tiers.iter().map(|(tier, _)| *tier);
        let mut listing = Listing::of(tiers).words("user minutes lost", |tier| {
            &self.inventory.tiers[tier.index()].id
        });
        for run in &self.runs {
            let felt = |tier| {
                run.tiers
                    .iter()
                    .find(|pair| pair.0 == tier)
                    .map(|pair| &pair.1)
            };
            listing = listing
                .number(heading(run.run.conduct), |tier| {
                    let lost = felt(*tier).map(Felt::down_minutes);
                    Cell::maybe(lost, numbers::about)
                })
                .number("of all", |tier| {
                    Cell::maybe(felt(*tier).and_then(share_down), share_words)
                });
        }
        Some(listing.plain())
    }

    pub(super) fn shortage_table(&self, run: &RunFacts<'_>) -> Table {
        let shown = run.shortages.iter().take(SHORT_COMPONENTS);
        let heading = format!("short {}", heading(run.run.conduct));
        let listing = Listing::of(shown.map(|passage_shortage| (run, passage_shortage)))
            .words(heading, |(_, passage_shortage)| {
                self.component(passage_shortage.passage.component)
            });
        let table = self.with_shortages(listing, false).plain();
        match run.shortages.len().saturating_sub(SHORT_COMPONENTS) {
            0 => table,
            more => table.noted(format!(
                "… and {} more in components.csv",
                numbers::whole(more)
            )),
        }
    }

    /// The columns of a shortage: component, resource, time and amount; the page has more of them.
    fn with_shortages<'r>(
        &self,
        listing: Listing<ShortIn<'r>>,
        is_page: bool,
    ) -> Listing<ShortIn<'r>> {
        let clock = self.clock();
        let on_page = |heading: &'static str| is_page.then_some(heading);
        let either = |page, terminal| if is_page { page } else { terminal };
        // The page also shows a wait of nothing.
        let time = |seconds: Option<f64>| {
            Cell::maybe(seconds.filter(|value| is_page || *value > 0.0), length)
        };
        let peak = |passage_shortage: &PassageShortage<'_>, of: fn(&QueuePeak) -> Option<f64>| {
            passage_shortage.peak.as_ref().and_then(of)
        };
        listing
            .words(either("of what", "of"), |(_, passage_shortage)| {
                self.short_words(passage_shortage.passage.short)
            })
            .whole("from", |(run, passage_shortage)| {
                let first = run.run.moments.get(passage_shortage.first);
                first.map_or_else(String::new, |moment| clock.moment(moment.start))
            })
            .number("above capacity for", |(_, passage_shortage)| {
                time(Some(passage_shortage.beyond_seconds).filter(|value| *value > 0.0))
            })
            .number(on_page("largest load"), |(_, passage_shortage)| {
                let unit = self.unit(passage_shortage.passage.short);
                let offered = passage_shortage
                    .most_flow()
                    .map(|passage_flow| passage_flow.offered);
                Cell::maybe(offered, |value| numbers::quantity(value, unit))
            })
            .number(on_page("capacity then"), |(_, passage_shortage)| {
                let capacity = passage_shortage
                    .most_flow()
                    .map(|passage_flow| passage_flow.capacity);
                Cell::maybe(capacity.filter(|value| value.is_finite()), numbers::amount)
            })
            .number(
                "largest queue",
                |(_, passage_shortage)| match &passage_shortage.peak {
                    Some(peak) => {
                        let unit = self.unit_of_queue(passage_shortage.passage.short);
                        Cell::number(numbers::quantity(peak.queued, &unit), peak.queued)
                            .detailed(&format!("at {}", clock.moment(peak.at)))
                    }
                    None => Cell::none(),
                },
            )
            .number(
                "clears in",
                |(_, passage_shortage)| match &passage_shortage.peak {
                    Some(peak) if peak.clearing.is_none() => {
                        Cell::words("not by the end").judged(State::Full)
                    }
                    _ => time(peak(passage_shortage, |queue_peak| queue_peak.clearing)),
                },
            )
            .number(on_page("last item waits"), |(_, passage_shortage)| {
                time(peak(passage_shortage, |queue_peak| queue_peak.last_wait))
            })
            .number("longest wait", |(_, passage_shortage)| {
                time(
                    passage_shortage
                        .peak
                        .as_ref()
                        .map(|_| passage_shortage.longest_of_all()),
                )
            })
            .number(
                either("lost of the load", "lost of it"),
                |(_, passage_shortage)| Cell::maybe(passage_shortage.lost_share(), share_words),
            )
    }

    pub(super) fn page_tables(&self) -> Vec<Table> {
        let run = |run: &RunFacts<'_>| heading(run.run.conduct);
        let components = Listing::selected(self.shortages(), "first", "components.csv")
            .words("run", |pair| run(pair.0))
            .words("where", |(_, passage_shortage)| {
                let component = passage_shortage.passage.component;
                let name = self.inventory.component_name(component);
                Cell::named(&self.component(component), name)
            });
        let components = self
            .with_shortages(components, true)
            .table(COMPONENTS_ID, "Shortages")
            .sortable()
            .noted_too(
                "The worst of each run first. \"Clears in\": from the queue's peak to empty. \"Last item waits\": wait of the last item in the queue at its peak.",
            );
        let of_sent = |felt: &Felt, amount: f64| {
            let share = (felt.sent > 0.0).then(|| amount / felt.sent);
            Cell::maybe(share, share_words)
        };
        let tiers = Listing::of(self.tiers())
            .words("run", |entry| run(entry.0))
            .words("tier", |entry| entry.1)
            .number("user minutes lost", |(.., felt)| {
                let lost = felt.down_minutes();
                let is_any = share_down(felt).is_some_and(|value| value > NUMERICAL_NOISE);
                Cell::number(numbers::about(lost), lost).judged_if(is_any, State::Full)
            })
            .number("of all", |(.., felt)| {
                Cell::maybe(share_down(felt), share_words)
            })
            .number("work that fails", |(.., felt)| of_sent(felt, felt.failed))
            .number("work that is late", |(.., felt)| of_sent(felt, felt.late))
            .number("mean wait", |(.., felt)| {
                Cell::maybe(felt.mean_wait(), wait)
            })
            .number("longest wait", |(.., felt)| {
                Cell::maybe(felt.mean_wait().map(|_| felt.longest), wait)
            })
            .table(TIERS_ID, "By tier");
        vec![self.events_table(), components, tiers, self.tenants_table()]
    }

    fn events_table(&self) -> Table {
        let clock = self.clock();
        Listing::of(self.events())
            .words("from", |(_, span)| clock.moment(span.start))
            .words("to", |(_, span)| clock.moment(span.end))
            .words("subject", |(_, span)| span.subject.clone())
            .words("effect", |(_, span)| span.what.clone())
            .words("known from", |(event, span)| match event.kind {
                EventKind::Maintenance(_) => "planned".to_owned(),
                _ if span.known >= span.end => "never".to_owned(),
                _ => clock.moment(span.known),
            })
            .table("events", "Events")
    }

    /// The tenants that lost anything, the lowest uptime of each run first.
    fn tenants_table(&self) -> Table {
        let has_lost = |account: &Account| {
            account
                .uptime()
                .is_some_and(|value| value < 1.0 - NUMERICAL_NOISE)
        };
        let lost = self
            .accounts()
            .into_iter()
            .filter(|account| has_lost(account.1));
        let tier = |account: &Account| &self.inventory.tiers[account.tier.index()];
        Listing::selected(lost.collect(), "first", "tenants.csv")
            .words("run", |(run, _)| heading(run.conduct))
            .words("tenant", |(_, account)| {
                &self.inventory.tenants[account.tenant.index()]
            })
            .words("tier", |(_, account)| &tier(account).id)
            .words("month", |(_, account)| account.month.strftime("%b %Y").to_string())
            .number("users", |(_, account)| Cell::users(account.users()))
            .number("user minutes lost", |(_, account)| {
                let lost = account.felt.down_minutes();
                Cell::number(numbers::about(lost), lost)
            })
            .number("uptime", |(_, account)| {
                let uptime = account.uptime();
                let is_broken = uptime.is_some_and(|uptime| uptime < tier(account).availability);
                Cell::maybe(uptime, numbers::availability).judged_if(is_broken, State::Full)
            })
            .number("promised", |(_, account)| {
                let promised = tier(account).availability;
                Cell::number(numbers::availability(promised), promised)
            })
            .number("credit", |(_, account)| match account.credit {
                credit if credit > 0.0 => Cell::number(numbers::short_percent(credit), credit),
                _ => Cell::words("none"),
            })
            .table(TENANTS_ID, "By tenant")
            .sortable()
            .noted_too(
                "The lowest uptime of each run first, without those that lost nothing; uptime is that of the calendar month if nothing else happens in it.",
            )
    }

    fn shortages(&self) -> Vec<ShortIn<'_>> {
        let runs = self.runs.iter();
        let all = runs.flat_map(|run| run.shortages.iter().map(move |shortage| (run, shortage)));
        all.collect()
    }

    fn tiers(&self) -> Vec<(&RunFacts<'a>, &str, &Felt)> {
        let name = |tier: TierId| self.inventory.tiers[tier.index()].id.as_str();
        let all = self.runs.iter().flat_map(|run| {
            let tiers = run.tiers.iter();
            tiers.map(move |(tier, felt)| (run, name(*tier), felt))
        });
        all.collect()
    }

    /// What each tenant's users of a tier got in a month of each run, the lowest uptime first.
    fn accounts(&self) -> Vec<(&'a Run, &'a Account)> {
        let all = self.runs.iter().flat_map(|run| {
            let accounts = run.worst_accounts().into_iter();
            accounts.map(move |account| (run.run, account))
        });
        all.collect()
    }

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

fn wait(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{} s", numbers::amount((seconds * 100.0).round() / 100.0))
    } else {
        length(seconds)
    }
}
