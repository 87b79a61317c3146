//! Who is unserved and why, grouped by reason.

use super::Briefing;
use crate::plan::PeriodPlan;
use crate::report::explained::{Teller, unserved_words};
use crate::report::grammar::{count, counted_with};
use crate::report::numbers;
use crate::report::text::visible;
use std::collections::{BTreeMap, BTreeSet};

/// Most reasons that are told.
const MOST: usize = 6;

/// Everybody who is unserved for one reason.
#[derive(Default)]
struct Group<'a> {
    periods: Vec<&'a PeriodPlan>,
    /// In the period with most of them.
    users: f64,
    /// In the period with most of them.
    shards: usize,
    tiers: BTreeSet<&'a str>,
}

impl Briefing<'_> {
    /// A sentence for every reason, that of most users first.
    pub(in crate::report) fn unserved(&self) -> Vec<String> {
        let teller = Teller {
            inventory: self.inventory,
        };
        let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
        for period in &self.plan.periods {
            let mut of_period: BTreeMap<String, (f64, usize)> = BTreeMap::new();
            for (shard, (users, reason)) in unserved_words(teller, period) {
                let sums = of_period.entry(reason.clone()).or_default();
                sums.0 += users;
                sums.1 += 1;
                let tier = self.inventory.shards[shard.index()].tier;
                let tier = self.inventory.tiers[tier.index()].id.as_str();
                groups.entry(reason).or_default().tiers.insert(tier);
            }
            for (reason, (users, shards)) in of_period {
                let group = groups.entry(reason).or_default();
                group.periods.push(period);
                group.users = group.users.max(users);
                group.shards = group.shards.max(shards);
            }
        }
        let mut groups: Vec<(String, Group<'_>)> = groups.into_iter().collect();
        groups.sort_by(|a, b| b.1.users.total_cmp(&a.1.users));
        let mut sentences: Vec<String> = groups
            .iter()
            .take(MOST)
            .map(|(reason, group)| self.sentence(reason, group))
            .collect();
        if let Some(more) = groups.len().checked_sub(MOST).filter(|more| *more > 0) {
            let reasons = counted_with(&more.to_string(), "more reason", ["is", "are"]);
            sentences.push(format!("{reasons} in unserved.csv."));
        }
        sentences
    }

    fn sentence(&self, reason: &str, group: &Group<'_>) -> String {
        let tiers: Vec<&str> = group.tiers.iter().copied().collect();
        let place = if self.plan.periods.len() > 1 {
            format!(" in {}", self.stretch(&group.periods))
        } else {
            String::new()
        };
        format!(
            "Unserved{place}: {} of {} ({}): {}.",
            numbers::lost_users(group.users),
            count(group.shards, "shard"),
            visible(&tiers.join(", ")),
            visible(reason)
        )
    }
}
