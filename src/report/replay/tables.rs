//! Long because every table of a replay is here, for the terminal, the page and the CSV files, and replay.json.

use super::facts::{DOWN_SHARE, ReplayReport, RunFacts, share_down};
use super::shortage::{PassageShortage, QueuePeak, told_steps};
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
            let felt = |tier| run.tiers.iter().find(|own| own.0 == tier).map(|own| &own.1);
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
        let listing = Listing::of(shown.map(|own| (run, own)))
            .words(heading, |(_, own)| self.component(own.passage.component));
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
        let time =
            |seconds: Option<f64>| Cell::maybe(seconds.filter(|own| is_page || *own > 0.0), length);
        let peak = |own: &PassageShortage<'_>, of: fn(&QueuePeak) -> Option<f64>| {
            own.peak.as_ref().and_then(of)
        };
        listing
            .words(either("of what", "of"), |(_, own)| {
                self.short_words(own.passage.short)
            })
            .whole("from", |(run, own)| {
                let first = run.run.moments.get(own.first);
                first.map_or_else(String::new, |own| clock.moment(own.start))
            })
            .number("above capacity for", |(_, own)| {
                time(Some(own.beyond_seconds).filter(|own| *own > 0.0))
            })
            .number(on_page("largest load"), |(_, own)| {
                let unit = self.unit(own.passage.short);
                let offered = own.most_flow().map(|own| own.offered);
                Cell::maybe(offered, |own| numbers::quantity(own, unit))
            })
            .number(on_page("capacity then"), |(_, own)| {
                let capacity = own.most_flow().map(|own| own.capacity);
                Cell::maybe(capacity.filter(|own| own.is_finite()), numbers::amount)
            })
            .number("largest queue", |(_, own)| match &own.peak {
                Some(peak) => {
                    let unit = self.unit_of_queue(own.passage.short);
                    Cell::number(numbers::quantity(peak.queued, &unit), peak.queued)
                        .detailed(&format!("at {}", clock.moment(peak.at)))
                }
                None => Cell::none(),
            })
            .number("clears in", |(_, own)| match &own.peak {
                Some(peak) if peak.clearing.is_none() => {
                    Cell::words("not by the end").judged(State::Full)
                }
                _ => time(peak(own, |own| own.clearing)),
            })
            .number(on_page("last item waits"), |(_, own)| {
                time(peak(own, |own| own.last_wait))
            })
            .number("longest wait", |(_, own)| {
                time(own.peak.as_ref().map(|_| own.longest_of_all()))
            })
            .number(either("lost of the load", "lost of it"), |(_, own)| {
                Cell::maybe(own.lost_share(), share_words)
            })
    }

    pub(super) fn page_tables(&self) -> Vec<Table> {
        let run = |run: &RunFacts<'_>| heading(run.run.conduct);
        let components = Listing::selected(self.shortages(), "first", "components.csv")
            .words("run", |own| run(own.0))
            .words("where", |(_, own)| {
                let component = own.passage.component;
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
            .words("run", |own| run(own.0))
            .words("tier", |own| own.1)
            .number("user minutes lost", |(.., felt)| {
                let lost = felt.down_minutes();
                let is_any = share_down(felt).is_some_and(|own| own > NUMERICAL_NOISE);
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
            .words("known from", |(own, span)| match own.kind {
                EventKind::Maintenance(_) => "planned".to_owned(),
                _ if span.known >= span.end => "never".to_owned(),
                _ => clock.moment(span.known),
            })
            .table("events", "Events")
    }

    /// The tenants that lost anything, the lowest uptime of each run first.
    fn tenants_table(&self) -> Table {
        let has_lost = |own: &Account| own.uptime().is_some_and(|own| own < 1.0 - NUMERICAL_NOISE);
        let lost = self.accounts().into_iter().filter(|own| has_lost(own.1));
        let tier = |own: &Account| &self.inventory.tiers[own.tier.index()];
        Listing::selected(lost.collect(), "first", "tenants.csv")
            .words("run", |(run, _)| heading(run.conduct))
            .words("tenant", |(_, own)| {
                &self.inventory.tenants[own.tenant.index()]
            })
            .words("tier", |(_, own)| &tier(own).id)
            .words("month", |(_, own)| own.month.strftime("%b %Y").to_string())
            .number("users", |(_, own)| Cell::users(own.users()))
            .number("user minutes lost", |(_, own)| {
                let lost = own.felt.down_minutes();
                Cell::number(numbers::about(lost), lost)
            })
            .number("uptime", |(_, own)| {
                let uptime = own.uptime();
                let is_broken = uptime.is_some_and(|uptime| uptime < tier(own).availability);
                Cell::maybe(uptime, numbers::availability).judged_if(is_broken, State::Full)
            })
            .number("promised", |(_, own)| {
                let promised = tier(own).availability;
                Cell::number(numbers::availability(promised), promised)
            })
            .number("credit", |(_, own)| match own.credit {
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
        let all = runs.flat_map(|run| run.shortages.iter().map(move |own| (run, own)));
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
            accounts.map(move |own| (run.run, own))
        });
        all.collect()
    }

    /// replay.json and the tables of the folder.
    ///
    /// # Errors
    /// `Error::Internal` if one cannot be written.
    pub fn files(&self) -> Result<Vec<WrittenFile>> {
        let run = |own: &ShortIn<'_>| own.0.run.conduct.word();
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

    /// Ids of where and of what, for files: of a resource, or the column that says how many sessions are accepted.
    fn ids(&self, passage: &Passage) -> [&'a str; 2] {
        let what = match passage.short {
            Short::Sessions => "accepts_per_second",
            Short::Resource(own) => &self.resource(own).id,
        };
        [self.inventory.component_name(passage.component), what]
    }

    /// One row for everything that was short at any component in any run, the worst first.
    fn shortage_records<'r>(&self, records: Records<ShortIn<'r>>) -> Records<ShortIn<'r>> {
        let clock = self.clock();
        let instant = |run: &RunFacts<'_>, step: usize| {
            let moment = run.run.moments.get(step);
            moment.map(|own| clock.instant(own.start))
        };
        let flow = |of: fn(&PassageFlow) -> f64| {
            move |(_, own): &ShortIn<'_>| own.most_flow().map(of).filter(|own| own.is_finite())
        };
        let peak = |of: fn(&PassageShortage<'_>, &QueuePeak) -> Option<f64>| {
            move |(_, own): &ShortIn<'_>| of(own, own.peak.as_ref()?)
        };
        records
            .column("component", |(_, own)| self.ids(own.passage)[0])
            .column("what", |(_, own)| self.ids(own.passage)[1])
            .column("unit", |(_, own)| self.unit(own.passage.short))
            .column("first_short", |(run, own)| instant(run, own.first))
            .column("minutes_beyond_capacity", |(_, own)| {
                own.beyond_seconds / 60.0
            })
            .column("minutes_waiting", |(_, own)| own.waiting_seconds / 60.0)
            .column("most_offered", flow(|own| own.offered))
            .column("capacity_then", flow(|own| own.capacity))
            .column("most_offered_at", |(run, own)| instant(run, own.most))
            .column("queue_unit", |(_, own)| {
                self.unit_of_queue(own.passage.short)
            })
            .column("most_queued", peak(|_, own| Some(own.queued)))
            .column("most_queued_at", |(_, own)| {
                own.peak.as_ref().map(|own| clock.instant(own.at))
            })
            .column("clearing_seconds", peak(|_, own| own.clearing))
            .column("last_wait_seconds", peak(|_, own| own.last_wait))
            .column(
                "longest_wait_seconds",
                peak(|own, _| Some(own.longest_wait)),
            )
            .column("oldest_seconds", peak(|own, _| Some(own.oldest)))
            .column("lost", |(_, own)| own.lost)
            .column("stale", |(_, own)| own.stale)
            .column("queued_at_end", |(_, own)| Some(own.left()?.0))
            .column("clearing_seconds_at_end", |(_, own)| own.left()?.1)
    }

    /// One row for each step in which a component is short of something, and for those before and after.
    fn queues_file(&self) -> Result<WrittenFile> {
        let clock = self.clock();
        let rows = self.shortages().into_iter().flat_map(|(run, own)| {
            let flows = &own.passage.flows;
            told_steps(flows).filter_map(move |step| {
                let (moment, flow) = (run.run.moments.get(step)?, flows.get(step)?);
                Some((run.run.conduct, own.passage, moment, flow))
            })
        });
        Records::of(rows)
            .column("run", |(conduct, ..)| conduct.word())
            .column("component", |(_, own, ..)| self.ids(own)[0])
            .column("what", |(_, own, ..)| self.ids(own)[1])
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
        let tier = |own: &Account| &self.inventory.tiers[own.tier.index()];
        Records::of(self.accounts())
            .column("run", |(run, _)| run.conduct.word())
            .column("month", |(_, own)| CalendarMonth(own.month).to_string())
            .column("tenant", |(_, own)| {
                self.inventory.tenants[own.tenant.index()].clone()
            })
            .column("tier", |(_, own)| tier(own).id.clone())
            .column("users", |(_, own)| own.users())
            .column("month_user_minutes", |(_, own)| own.month_user_minutes)
            .column("down_minutes", |(_, own)| own.felt.down_minutes())
            .column("uptime", |(_, own)| own.uptime())
            .column("promised", |(_, own)| tier(own).availability)
            .column("kept", |(_, own)| {
                own.uptime().map(|uptime| uptime >= tier(own).availability)
            })
            .column("credit", |(_, own)| own.uptime().map(|_| own.credit))
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
        let plan = self.carried.as_ref().map(|own| {
            json!({
                "made_here": own.is_made_here,
                "rules_broken": own.broken,
                "refused": own.refused,
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
        if let (Some(said), Some(own)) = (self.not_checked(), all.as_object_mut()) {
            own.insert("not_checked".to_owned(), said.into());
        }
        all
    }

    fn run_records(&self) -> Records<&RunFacts<'a>> {
        let clock = self.clock();
        let instant = |at: Option<Timestamp>| at.map(|own| clock.instant(own));
        let worst = |own: &Moment| {
            json!({
                "start": clock.instant(own.start),
                "end": clock.instant(own.end),
                "users": own.users,
                "users_down": own.down,
                "most_users_down": own.most_down,
            })
        };
        let tiers = |own: &RunFacts<'_>| {
            let tiers = Records::of(own.tiers.iter()).column("tier", |(tier, _)| {
                self.inventory.tiers[tier.index()].id.as_str()
            });
            felt_records(tiers, |(_, felt)| felt, true).objects()
        };
        let credits = |own: &RunFacts<'_>| {
            let credits = Records::of(own.credits.iter().copied());
            let credits = credits.column("credit", |(share, _)| *share);
            credits.column("tenants", |(_, count)| *count).objects()
        };
        let components = |own: &RunFacts<'_>| {
            let components = own.shortages.iter().take(MOST_COMPONENTS);
            let components = Records::of(components.map(|short| (own, short)));
            self.shortage_records(components).objects()
        };
        let records = Records::of(&self.runs)
            .column("run", |own| own.run.conduct.word())
            .column("start", |own| {
                instant(own.run.moments.first().map(|own| own.start))
            })
            .column("end", |own| {
                instant(own.run.moments.last().map(|own| own.end))
            })
            .column("steps", |own| own.run.moments.len())
            .column("coarse_steps", |own| own.run.coarse.len())
            .column("coarse_from", |own| instant(own.coarse().map(|own| own[0])))
            .column("coarse_until", |own| {
                instant(own.coarse().map(|own| own[1]))
            });
        felt_records(records, |own| &own.run.totals, true)
            .column("worst_moment", |own| own.worst.map(worst))
            .column("down_from", |own| instant(own.down.map(|own| own[0])))
            .column("down_until", |own| instant(own.down.map(|own| own[1])))
            .column("down_at_end", |own| own.is_down_at_end)
            .column("waiting_user_seconds_at_end", |own| {
                own.run.moments.last().map_or(0.0, |own| own.in_flight)
            })
            .column("unsafe_turns", |own| -> Vec<String> {
                let turns = self.unsafe_turns(own).iter();
                turns.map(|own| clock.instant(own.at)).collect()
            })
            .column("tiers", |own| tiers(own))
            .column("credits", |own| credits(own))
            .column("components", |own| own.shortages.len())
            .column("worst_components", |own| components(own))
            .column("slow_work", |own| -> Vec<Value> {
                let slow = own.run.slow.iter();
                slow.map(|own| self.slow_value(own)).collect()
            })
    }

    fn slow_value(&self, own: &SlowWork) -> Value {
        let resource = self.resource(own.resource);
        let event = self.scenario.events.get(own.event);
        json!({
            "start": event.map(|own| self.clock().instant(own.start)),
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

/// What some users felt, maybe with the shares of their time.
fn felt_records<T>(
    records: Records<T>,
    felt: impl Fn(&T) -> &Felt,
    has_shares: bool,
) -> Records<T> {
    let felt = &felt;
    let minutes = |of: fn(&Felt) -> f64| move |own: &T| of(felt(own)) / 60.0;
    let mut records = records
        .column("user_minutes", minutes(|own| own.user_seconds))
        .column("down_minutes", |own| felt(own).down_minutes());
    if has_shares {
        records = records
            .column("uptime", |own| share_down(felt(own)).map(|own| 1.0 - own))
            .column("down_share", |own| share_down(felt(own)));
    }
    records
        .column("sent", minutes(|own| own.sent))
        .column("served", minutes(|own| own.served))
        .column("failed", minutes(|own| own.failed))
        .column("late", minutes(|own| own.late))
        .column("mean_wait_seconds", |own| felt(own).mean_wait())
        .column("longest_wait_seconds", |own| {
            felt(own).mean_wait().map(|_| felt(own).longest)
        })
}

fn wait(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{} s", numbers::amount((seconds * 100.0).round() / 100.0))
    } else {
        length(seconds)
    }
}
