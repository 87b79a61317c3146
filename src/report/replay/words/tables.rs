//! Tables of a replay for the terminal.

use super::finding::length;
use super::share_words;
use crate::plan::replay::Conduct;
use crate::report::document::{Cell, Listing, Table};
use crate::report::numbers;
use crate::report::replay::Told;
use crate::report::replay::run::{RunFacts, share_down};

/// Components that a table lists; components.csv has all.
const LISTED: usize = 5;

impl Told<'_> {
    /// User minutes lost by tier, run by run; `None` with one tier, or where nobody is down.
    pub(super) fn tier_table(&self) -> Option<Table> {
        let is_any = self.runs().iter().any(RunFacts::is_anybody_down);
        let first = self.runs().first()?;
        if !is_any || first.tiers.len() < 2 {
            return None;
        }
        let tiers = first.tiers.iter().map(|(tier, _)| *tier);
        let mut listing = Listing::of(tiers).words("user minutes lost", |tier| {
            &self.inventory.tiers[tier.index()].id
        });
        for run in self.runs() {
            let felt = |tier| run.tiers.iter().find(|own| own.0 == tier).map(|own| &own.1);
            listing = listing
                .number(heading(run.run.conduct), |tier| {
                    let lost = felt(*tier).map(|own| own.down_minutes());
                    Cell::maybe(lost, numbers::about)
                })
                .number("of all", |tier| {
                    Cell::maybe(felt(*tier).and_then(share_down), share_words)
                });
        }
        Some(listing.plain())
    }

    /// What was short in a run, the worst first.
    pub(super) fn shortage_table(&self, run: &RunFacts<'_>) -> Table {
        let time = |seconds: Option<f64>| Cell::maybe(seconds.filter(|own| *own > 0.0), length);
        let table = Listing::of(run.shortages.iter().take(LISTED))
            .words(format!("short {}", heading(run.run.conduct)), |own| {
                self.component(own.passage.component)
            })
            .words("of", |own| self.short_words(own.passage.short))
            .whole("from", |own| match run.run.moments.get(own.first) {
                Some(from) => Cell::words(&self.clock().moment(from.start)),
                None => Cell::none(),
            })
            .number("above capacity for", |own| time(Some(own.beyond_seconds)))
            .number("most that waits", |own| {
                let unit = self.unit_of_queue(own.passage.short);
                let queued = own.peak.as_ref().map(|own| own.queued);
                Cell::maybe(queued, |own| numbers::quantity(own, &unit))
            })
            .number("clears in", |own| match &own.peak {
                Some(peak) if peak.clearing.is_none() => Cell::words("not by the end"),
                peak => time(peak.as_ref().and_then(|own| own.clearing)),
            })
            .number("longest wait", |own| {
                time(own.peak.as_ref().map(|_| own.longest_of_all()))
            })
            .number("lost of it", |own| {
                Cell::maybe(own.lost_share(), share_words)
            })
            .plain();
        match run.shortages.len().saturating_sub(LISTED) {
            0 => table,
            more => table.noted(format!(
                "… and {} more in components.csv",
                numbers::whole(more)
            )),
        }
    }
}

/// `with the plan`, `if nobody acts`.
pub(in crate::report) fn heading(conduct: Conduct) -> &'static str {
    match conduct {
        Conduct::Plan => "with the plan",
        Conduct::Nothing => "if nobody acts",
    }
}
