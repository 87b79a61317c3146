//! What is said of service credits.

use super::of_run::premise;
use crate::report::grammar::{capital, counted_with};
use crate::report::numbers;
use crate::report::replay::Told;
use crate::report::replay::run::RunFacts;

impl Told<'_> {
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
