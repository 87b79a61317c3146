//! Accounts: what the users of every shard felt, added up by tenant, tier and month.

use super::course::{Layout, Member};
use super::field::Field;
use super::tally::OfStream;
use crate::ids::{TenantId, TierId};
use crate::model::{Credit, Inventory};
use crate::plan::replay::{Account, Felt};
use crate::units::NOBODY;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What one user of a cell felt in a span.
#[derive(Debug, Clone, Copy, Default)]
struct OfUser {
    seconds: f64,
    felt: Felt,
}

/// By tenant, tier and month.
#[derive(Default)]
pub(super) struct Accounts {
    all: BTreeMap<(TenantId, TierId, Date), Felt>,
    /// By cell, in the span that goes on.
    of_user: Vec<OfUser>,
    /// What becomes of work where nobody is any more, by group.
    left_behind: BTreeMap<usize, Felt>,
    /// How long the span has gone on, in seconds.
    seconds: f64,
}

impl Accounts {
    /// Adds a step; `users` and `factor` are those of the streams in it, `in_cells` the users of every cell.
    pub(super) fn step(
        &mut self,
        field: &Field,
        cells: &[usize],
        streams: &[OfStream],
        (users, factor): (&[f64], &[f64]),
        seconds: f64,
    ) {
        self.of_user.resize(cells.len(), OfUser::default());
        self.seconds += seconds;
        let mut there = vec![0.0; cells.len()];
        let mut felt = vec![Felt::default(); cells.len()];
        for (stream, own) in streams.iter().enumerate() {
            let cell = field.streams[stream].cell;
            there[cell] += users[stream];
            let of_cell = &mut felt[cell];
            if own.down > 0.0 && factor[stream] > 0.0 {
                of_cell.down_seconds += own.down / factor[stream];
            }
            of_cell.sent += own.sent.number();
            of_cell.served += own.served.number();
            of_cell.failed += own.failed.number();
            of_cell.late += own.late.number();
            of_cell.waited += own.waited;
            of_cell.longest = of_cell.longest.max(own.longest);
        }
        for (cell, felt) in felt.into_iter().enumerate() {
            let users = there[cell];
            if users <= NOBODY {
                self.left_behind.entry(cells[cell]).or_default().add(&felt);
                continue;
            }
            let own = &mut self.of_user[cell];
            own.seconds += seconds;
            own.felt.add(&times(&felt, 1.0 / users));
        }
    }

    /// Ends a span within which users stay where they are; `share` is how far the layout has gone by then, `factor` by client
    /// region how many of the users are there.
    pub(super) fn close(
        &mut self,
        inventory: &Inventory,
        groups: &[usize],
        (layout, share): (&Layout, f64),
        (month, factor): (Date, &[f64]),
    ) {
        let seconds = std::mem::take(&mut self.seconds);
        let of_user = std::mem::take(&mut self.of_user);
        let left_behind = std::mem::take(&mut self.left_behind);
        let users_of = |own: &Member| own.users[0] + share * (own.users[1] - own.users[0]);
        let mut of_group: BTreeMap<usize, f64> = BTreeMap::new();
        if left_behind.values().any(|own| *own != Felt::default()) {
            for member in &layout.members {
                let group = groups[member.shard.index()];
                *of_group.entry(group).or_default() += users_of(member);
            }
        }
        for member in &layout.members {
            let users = users_of(member);
            let shard = &inventory.shards[member.shard.index()];
            let key = (shard.tenant, shard.tier, month);
            let felt = self.all.entry(key).or_default();
            felt.user_seconds += users * seconds;
            let group = groups[member.shard.index()];
            if let (Some(left), Some(all)) = (left_behind.get(&group), of_group.get(&group))
                && *all > NOBODY
            {
                felt.add(&times(left, users / all));
            }
            // Who is nowhere, or in a cell that has no way, is down while anybody is there.
            let mut without = seconds;
            if let Some(own) = member.cell.and_then(|cell| of_user.get(cell)) {
                without = (seconds - own.seconds).max(0.0);
                felt.add(&times(&own.felt, users));
            }
            if factor[shard.client_region.index()] > 0.0 {
                felt.down_seconds += users * without;
            }
        }
    }

    /// By tenant, tier and month, with what is paid back, and all together.
    pub(super) fn settled(
        self,
        inventory: &Inventory,
        lengths: &BTreeMap<Date, f64>,
    ) -> (Vec<Account>, Felt) {
        let mut totals = Felt::default();
        let mut accounts = Vec::with_capacity(self.all.len());
        for ((tenant, tier, month), felt) in self.all {
            totals.add(&felt);
            let of_replay = lengths.get(&month).copied().unwrap_or(0.0);
            let users = if of_replay > 0.0 {
                felt.user_seconds / of_replay
            } else {
                0.0
            };
            let days = f64::from(month.days_in_month());
            let mut account = Account {
                tenant,
                tier,
                month,
                month_user_minutes: users * days * 24.0 * 60.0,
                felt,
                credit: 0.0,
            };
            let promised = inventory.tiers[tier.index()].availability;
            let uptime = account.uptime().filter(|own| *own < promised);
            account.credit = uptime.map_or(0.0, |own| credit(&inventory.credits, own));
            accounts.push(account);
        }
        (accounts, totals)
    }
}

/// What so many users felt, each of whom felt this; the longest wait is anybody's.
fn times(felt: &Felt, users: f64) -> Felt {
    Felt {
        user_seconds: felt.user_seconds * users,
        down_seconds: felt.down_seconds * users,
        sent: felt.sent * users,
        served: felt.served * users,
        failed: felt.failed * users,
        late: felt.late * users,
        waited: felt.waited * users,
        longest: if users > 0.0 { felt.longest } else { 0.0 },
    }
}

/// What is paid back at an uptime: the most of what is below.
fn credit(credits: &[Credit], uptime: f64) -> f64 {
    let below = credits.iter().filter(|own| uptime < own.uptime_below);
    below.map(|own| own.share).fold(0.0, f64::max)
}
