//! What is worth telling of one run: how much, whom, from when to when, and what was short.

use super::credits::Credits;
use super::shortage::{Measure, Shortage};
use crate::ids::TierId;
use crate::model::Inventory;
use crate::plan::replay::{Account, Felt, Moment, Run};
use crate::units::NEGLIGIBLE_SHARE;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Users are told to be down from the first instant on at which more than this share of them is, until the last.
pub(in crate::report) const DOWN_SHARE: f64 = 0.001;

/// Of what the worst shortage weighs, the share from which on another one matters.
const WEIGHTY: f64 = 0.01;

/// What is worth telling of a run.
pub(in crate::report) struct RunFacts<'a> {
    pub(in crate::report) run: &'a Run,
    /// The step in which most users are down, if any are.
    pub(in crate::report) worst: Option<&'a Moment>,
    /// The first instant at which more than [`DOWN_SHARE`] of all are down, and the end of the last step in which they are.
    pub(in crate::report) down: Option<[Timestamp; 2]>,
    /// They still are when it ends.
    pub(in crate::report) is_down_at_end: bool,
    /// By tier, in the order of ranks.
    pub(in crate::report) tiers: Vec<(TierId, Felt)>,
    /// The worst first.
    pub(in crate::report) shortages: Vec<Shortage<'a>>,
    pub(in crate::report) credits: Credits,
}

impl<'a> RunFacts<'a> {
    pub(in crate::report) fn new(
        inventory: &Inventory,
        measure: &Measure<'_>,
        run: &'a Run,
    ) -> Self {
        let moments = run.moments.iter();
        let worst = moments.filter(|own| own.down > crate::units::NOBODY);
        // Of equals the first.
        let worst = worst.reduce(|most, own| {
            if own.most_down > most.most_down {
                own
            } else {
                most
            }
        });
        let is_down = |own: &&Moment| own.down > DOWN_SHARE * own.users;
        let first = run.moments.iter().find(is_down);
        let last = run.moments.iter().rfind(is_down);
        let mut shortages: Vec<Shortage<'a>> = (run.passages.iter())
            .filter_map(|own| Shortage::new(measure, &run.moments, own))
            .collect();
        shortages.sort_by(|a, b| {
            let key = |own: &Shortage<'_>| (own.passage.component, own.passage.short);
            b.weight.total_cmp(&a.weight).then(key(a).cmp(&key(b)))
        });
        Self {
            run,
            worst,
            down: first.zip(last).map(|(first, last)| [first.start, last.end]),
            is_down_at_end: run.moments.last().as_ref().is_some_and(is_down),
            tiers: tiers(inventory, &run.accounts),
            shortages,
            credits: Credits::new(run),
        }
    }

    /// From when to when some steps are played in longer parts than is exact; `None` if none is.
    pub(in crate::report) fn coarse(&self) -> Option<[Timestamp; 2]> {
        let (first, last) = self.run.coarse.first().zip(self.run.coarse.last())?;
        Some([first[0], last[1]])
    }

    /// Users × minutes.
    pub(in crate::report) fn user_minutes(&self) -> f64 {
        self.run.totals.user_seconds / 60.0
    }

    /// Users × minutes in which they are down.
    pub(in crate::report) fn down_minutes(&self) -> f64 {
        self.run.totals.down_minutes()
    }

    /// `true` if users are down beyond a millionth of all their minutes.
    pub(in crate::report) fn is_anybody_down(&self) -> bool {
        is_any(self.down_minutes(), self.user_minutes())
    }

    /// The share of users' minutes in which they are down; `None` without users.
    pub(in crate::report) fn down_share(&self) -> Option<f64> {
        share_down(&self.run.totals)
    }

    /// Who has users, the lowest uptime first; who has none behind them.
    pub(in crate::report) fn worst_accounts(&self) -> Vec<&'a Account> {
        let mut all: Vec<&Account> = self.run.accounts.iter().collect();
        all.sort_by(|a, b| {
            let (left, right) = (a.uptime(), b.uptime());
            let uptime = match (left, right) {
                (Some(left), Some(right)) => left.total_cmp(&right),
                _ => left.is_none().cmp(&right.is_none()),
            };
            let key = |own: &Account| (own.month, own.tenant, own.tier);
            uptime.then(key(a).cmp(&key(b)))
        });
        all
    }

    /// What is over capacity, loses or holds up work for the first time, of what weighs so much that it matters; of several
    /// the one that weighs most.
    pub(in crate::report) fn first_shortage(&self) -> Option<&Shortage<'a>> {
        let least = self.shortages.first()?.weight * WEIGHTY;
        self.shortages
            .iter()
            .filter(|own| own.weight >= least)
            .reduce(|first, own| if own.first < first.first { own } else { first })
    }
}

/// The share of some users' minutes in which they are down; `None` without users.
pub(in crate::report) fn share_down(felt: &Felt) -> Option<f64> {
    let all = felt.user_seconds;
    (all > 0.0).then(|| (felt.down_seconds / all).clamp(0.0, 1.0))
}

/// What users felt, by tier, in the order of ranks.
fn tiers(inventory: &Inventory, accounts: &[Account]) -> Vec<(TierId, Felt)> {
    let mut all: BTreeMap<(u32, TierId), Felt> = BTreeMap::new();
    for own in accounts {
        let rank = inventory.tiers[own.tier.index()].rank;
        all.entry((rank, own.tier)).or_default().add(&own.felt);
    }
    let all = all.into_iter();
    all.map(|((_, tier), felt)| (tier, felt)).collect()
}

/// `true` if so many of so many are more than arithmetic leaves of nothing.
pub(in crate::report) fn is_any(down: f64, all: f64) -> bool {
    down > NEGLIGIBLE_SHARE * all
}
