//! The tables of a replay, for the terminal and the page.

use super::facts::{ReplayReport, RunFacts, share_down};
use super::shortage::{PassageShortage, QueuePeak};
use super::words::{heading, length, share_words};
use crate::ids::TierId;
use crate::model::EventKind;
use crate::plan::replay::{Account, Felt, Run};
use crate::report::document::{Cell, Listing, Table};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::NUMERICAL_NOISE;

pub(super) const COMPONENTS_ID: &str = "components";
pub(super) const TIERS_ID: &str = "tiers";
pub(super) const TENANTS_ID: &str = "tenants";

/// Components that the terminal lists; components.csv has all.
const SHORT_COMPONENTS: usize = 5;

/// A run, and what it lacks somewhere.
pub(super) type ShortIn<'r> = (&'r RunFacts<'r>, &'r PassageShortage<'r>);

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

    pub(super) fn shortages(&self) -> Vec<ShortIn<'_>> {
        let runs = self.runs.iter();
        let all = runs.flat_map(|run| run.shortages.iter().map(move |shortage| (run, shortage)));
        all.collect()
    }

    pub(super) fn tiers(&self) -> Vec<(&RunFacts<'a>, &str, &Felt)> {
        let name = |tier: TierId| self.inventory.tiers[tier.index()].id.as_str();
        let all = self.runs.iter().flat_map(|run| {
            let tiers = run.tiers.iter();
            tiers.map(move |(tier, felt)| (run, name(*tier), felt))
        });
        all.collect()
    }

    /// What each tenant's users of a tier got in a month of each run, the lowest uptime first.
    pub(super) fn accounts(&self) -> Vec<(&'a Run, &'a Account)> {
        let all = self.runs.iter().flat_map(|run| {
            let accounts = run.worst_accounts().into_iter();
            accounts.map(move |account| (run.run, account))
        });
        all.collect()
    }
}

fn wait(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{} s", numbers::amount((seconds * 100.0).round() / 100.0))
    } else {
        length(seconds)
    }
}
