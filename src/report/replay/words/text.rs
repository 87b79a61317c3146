//! The text of the terminal: the finding, each run, credits, tables, and what is assumed.

use super::finding::{heading, length, share_words};
use super::run::premise;
use crate::plan::replay::Felt;
use crate::report::document::{Block, Cell, Document, Listing, Table};
use crate::report::grammar::{capital, count, counted_with};
use crate::report::numbers;
use crate::report::replay::ReplayReport;
use crate::report::replay::report::{RunFacts, share_down};
use crate::report::waves::duration;

impl ReplayReport<'_> {
    /// What a replay says on the terminal: the finding, each run, credits, tables, and what is assumed.
    pub fn text(&self, width: Option<u16>) -> String {
        let finding = format!("{}.", self.finding());
        let mut document = Document::of([vec![Block::sentences(
            [finding].into_iter().chain(self.of_plan()),
        )]]);
        for run in self.runs() {
            let sentences = self.sentences(run);
            if !sentences.is_empty() {
                let heading = Block::Heading("", premise(run.run.conduct).to_owned());
                document.add(vec![heading, Block::items(sentences)]);
            }
        }
        let heading = Block::Heading("", "Service credits".to_owned());
        document.add(vec![heading, Block::sentences([self.paid_back()])]);
        document.add(self.tier_table().map(Block::Table).into_iter().collect());
        for run in self.runs() {
            document.add(vec![Block::Table(self.shortage_table(run))]);
        }
        document.add(vec![Block::sentences(self.assumed())]);
        document.text(width)
    }

    /// What has to be known of the plan that is carried out.
    pub(in crate::report) fn of_plan(&self) -> Option<String> {
        let carried = self.carried.as_ref()?;
        let mut sentences = Vec::new();
        if let Some(reason) = &carried.refused {
            sentences.push(format!(
                "The plan is refused, not to be carried out: {reason}. This is what it would come to all the same."
            ));
        }
        if carried.broken > 0 {
            let rules = count(carried.broken, "rule");
            sentences.push(format!(
                "The plan does not hold, it breaks {rules}; this is what it would come to all the same."
            ));
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}

/// Components that a table lists; components.csv has all.
const LISTED: usize = 5;

impl ReplayReport<'_> {
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
                    let lost = felt(*tier).map(Felt::down_minutes);
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

impl ReplayReport<'_> {
    /// How many tenants get less than they were promised, and how many get how much back.
    pub(in crate::report) fn paid_back(&self) -> String {
        let parts: Vec<String> = self.runs().iter().map(|own| self.of_credits(own)).collect();
        let all = parts.join("; ");
        let told: Vec<bool> = self.runs().iter().map(|own| self.below(own) > 0).collect();
        let rest = if told.contains(&true) {
            " Uptime is that of the calendar month if nothing else happens in it."
        } else {
            ""
        };
        format!("{}.{rest}", capital(&all))
    }

    /// Tenants that get less than the tier of some of their users promises.
    pub(in crate::report) fn below(&self, run: &RunFacts<'_>) -> usize {
        let accounts = run.run.accounts.iter().filter(|own| {
            let promised = self.inventory.tiers[own.tier.index()].availability;
            own.uptime().is_some_and(|uptime| uptime < promised)
        });
        let mut tenants: Vec<_> = accounts.map(|own| own.tenant).collect();
        tenants.sort_unstable();
        tenants.dedup();
        tenants.len()
    }

    fn of_credits(&self, run: &RunFacts<'_>) -> String {
        let premise = premise(run.run.conduct).to_lowercase();
        let below = self.below(run);
        if below == 0 {
            return format!("{premise} every tenant gets what it was promised");
        }
        let mut parts: Vec<String> = Vec::new();
        for (share, tenants) in &run.credits.shares {
            let share = numbers::short_percent(*share);
            let tenants = who_get(*tenants);
            let of = if parts.is_empty() {
                " of the month's price back"
            } else {
                ""
            };
            parts.push(format!("{tenants} {share}{of}"));
        }
        let without = below.saturating_sub(run.credits.tenants());
        if without > 0 {
            let tenants = who_get(without);
            parts.push(format!("{tenants} less than promised and nothing back"));
        }
        format!("{premise} {}", parts.join(", "))
    }
}

fn who_get(tenants: usize) -> String {
    counted_with(&numbers::whole(tenants), "tenant", ["gets", "get"])
}

impl ReplayReport<'_> {
    /// What is assumed of clients, and how users are counted, a sentence each.
    pub(in crate::report) fn assumed(&self) -> Vec<String> {
        let own = &self.replay.policy;
        let mut wait = if own.backoff_seconds > 0.0 {
            format!("{} after a failure", duration(own.backoff_seconds))
        } else {
            "at once".to_owned()
        };
        if own.backoff_seconds > 0.0 && own.backoff_factor > 1.0 {
            let factor = numbers::amount(own.backoff_factor);
            wait = format!("{wait}, every further wait {factor} times as long");
        }
        let spread = if own.jitter > 0.0 {
            let jitter = numbers::short_percent(own.jitter);
            format!(", spread by {jitter} to both sides")
        } else {
            String::new()
        };
        if own.backoff_seconds > 0.0 {
            wait.push_str(&spread);
        }
        let mut all = vec![
            format!(
                "Played in steps of at most {}. Clients retry {wait}; whoever has given up connecting tries anew after {}{spread}; a new session waits at most {} to be accepted.",
                duration(own.step_seconds),
                duration(own.return_seconds),
                duration(own.accept_queue_seconds),
            ),
            "Users count as at the peak; those who are away at the hour are down as far as those who are there."
                .to_owned(),
        ];
        all.extend(self.too_coarse());
        all
    }

    /// That clients try again sooner than is played, if anything is tried again.
    fn too_coarse(&self) -> Option<String> {
        let own = &self.replay.policy;
        let mut moments = self.replay.runs.iter().flat_map(|run| &run.moments);
        let is_tried_again = moments.any(|own| own.again > 0.0);
        let profiles = self.inventory.profiles.iter();
        let soonest = profiles
            .filter(|profile| profile.retries > 0.0)
            .map(|profile| profile.timeout_seconds.unwrap_or(0.0) + own.backoff_seconds)
            .reduce(f64::min)
            .filter(|_| own.shortest_seconds() > 1.0)
            .filter(|soonest| is_tried_again && *soonest < own.shortest_seconds())?;
        let when = if soonest > 0.0 {
            format!("after {}", duration(soonest))
        } else {
            "at once".to_owned()
        };
        Some(format!(
            "Clients try again {when} where they are not answered, and here after {} at the soonest: a shorter --step tells more exactly what that does.",
            duration(own.shortest_seconds()),
        ))
    }
}
