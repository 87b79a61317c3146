//! Tenants: what each tenant's users have of a scenario, tier by tier; the list of who must be notified.

use super::affected_users::AffectedPlaces;
use super::by_group_and_site::ByGroupAndSite;
use super::downtime::Downtime;
use super::moves::Move;
use super::plan::Plan;
use super::replay::Account;
use super::state::Part;
use super::steering_groups::SteeringGroups;
use super::tenant_account::{TenantAccount, TenantMonth};
use crate::ids::{LinkId, ShardId, SiteId, TenantId, TierId};
use crate::model::{Inventory, PerShard, Scenario, Shard};
use crate::plan_files::Counted;
use crate::scenario::{MonthPart, Period, minutes_of_month, months, shares_there};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What every tenant has of a plan, tier by tier: broken promises first, then those who lose most user·minutes,
/// then those with most moved users, then by id.
pub fn tenants(
    inventory: &Inventory,
    scenario: &Scenario,
    groups: &SteeringGroups,
    plan: &Plan,
) -> Vec<TenantAccount> {
    let mut ledger = TenantLedger::new(inventory, scenario);
    for period_plan in &plan.periods {
        let places = AffectedPlaces::of_period(inventory, period_plan);
        let flows = period_plan.flows.iter().filter_map(|flow| {
            let group = groups.of(&flow.group)?;
            Some((
                group,
                &flow.path.links[..],
                flow.path.site,
                flow.users,
                flow.slice,
            ))
        });
        let affected =
            affected_by_group(&places, groups.len(), flows, &period_plan.shares_of_time());
        let share = |part: &Part, site: SiteId| {
            let affected = affected.as_ref()?;
            affected.get(groups.of_shard(part.shard), site).copied()
        };
        ledger.add(
            &period_plan.period,
            &period_plan.case.base_users,
            period_plan.parts.iter().copied(),
            share,
        );
        ledger.count_moves(&period_plan.moves);
    }
    let accounts = ledger.finish().into_iter();
    let mut accounts: Vec<TenantAccount> = accounts
        .map(|(account, months)| TenantAccount {
            month: worst(months.into_iter()),
            ..account
        })
        .collect();
    sort(&mut accounts);
    accounts
}

/// What every tenant has of the periods so far, tier by tier.
///
/// A user who crosses several affected components is affected once: where of the users one loses the share `a` of their work and
/// another the share `b`, `1 − (1 − a)·(1 − b)` are affected. Steering cannot tell tenants apart within a group and
/// site, so each has their part in proportion to their users there.
///
/// Minutes count of users who join those who are there: they come evenly over their first 24 hours.
pub(super) struct TenantLedger<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    /// Ascending by tenant, then tier.
    accounts: Vec<TenantAccount>,
    /// By shard, the position of its account.
    account_of: Vec<u32>,
    months: Vec<MonthPart>,
    /// By account, then month: all user minutes, and those lost.
    by_month: Vec<[f64; 2]>,
    /// By shard, the most users who change site in one period.
    moved: BTreeMap<ShardId, f64>,
    minutes: f64,
}

impl<'a> TenantLedger<'a> {
    /// Nothing has happened yet.
    pub(super) fn new(inventory: &'a Inventory, scenario: &'a Scenario) -> Self {
        let tiers = tiers_of_tenants(inventory);
        let mut first = Vec::with_capacity(tiers.len());
        let mut accounts: Vec<TenantAccount> = Vec::new();
        for (tenant, tiers) in tiers.iter().enumerate() {
            first.push(accounts.len());
            accounts.extend(tiers.iter().map(|&tier| TenantAccount {
                tenant: TenantId::new(tenant),
                tier,
                users: 0.0,
                unserved: 0.0,
                moved: 0.0,
                unserved_minutes: 0.0,
                affected_minutes: 0.0,
                user_minutes: 0.0,
                minutes: 0.0,
                promised: inventory.tiers[tier.index()].availability,
                month: None,
            }));
        }
        let account_of = |row: &Shard| {
            let tenant = row.tenant.index();
            let position = first[tenant] + tiers[tenant].partition_point(|tier| *tier < row.tier);
            u32::try_from(position).expect("invariant: no more of them than shards")
        };
        let months = months(scenario.offset, [scenario.start, scenario.end]);
        Self {
            inventory,
            scenario,
            account_of: inventory.shards.iter().map(account_of).collect(),
            by_month: vec![[0.0; 2]; accounts.len() * months.len()],
            months,
            accounts,
            moved: BTreeMap::new(),
            minutes: 0.0,
        }
    }

    /// Adds a period: who is served where, and the share of those of a part who are affected at a site.
    pub(super) fn add(
        &mut self,
        period: &Period,
        base_users: &PerShard<f64>,
        parts: impl Iterator<Item = Part>,
        affected: impl Fn(&Part, SiteId) -> Option<f64>,
    ) {
        let span = (period.start, period.end);
        let there = shares_there(self.inventory, self.scenario, span, base_users);
        let mut sums = vec![[0.0; 5]; self.accounts.len()];
        for part in parts {
            let [users, unserved, there_of_all, there_unserved, hurt_users] =
                &mut sums[self.account_of[part.shard.index()] as usize];
            let users_there = part.users * there.get(&part.shard).copied().unwrap_or(1.0);
            *users += part.users;
            *there_of_all += users_there;
            match part.site {
                None => {
                    *unserved += part.users;
                    *there_unserved += users_there;
                }
                Some(site) => *hurt_users += users_there * affected(&part, site).unwrap_or(0.0),
            }
        }
        let months = self.months.iter();
        let in_months: Vec<f64> = months.map(|part| minutes_within(part, span)).collect();
        let minutes = period.minutes();
        self.minutes += minutes;
        let of_accounts = self.by_month.chunks_mut(self.months.len().max(1));
        for ((account, sums), of_months) in self.accounts.iter_mut().zip(sums).zip(of_accounts) {
            let [users, unserved, there_of_all, there_unserved, hurt_users] = sums;
            account.users = account.users.max(users);
            account.unserved = account.unserved.max(unserved);
            account.user_minutes += there_of_all * minutes;
            account.unserved_minutes += there_unserved * minutes;
            account.affected_minutes += hurt_users * minutes;
            for (sums, minutes) in of_months.iter_mut().zip(&in_months) {
                sums[0] += there_of_all * minutes;
                sums[1] += (there_unserved + hurt_users) * minutes;
            }
        }
    }

    /// Counts who changes site in a period.
    pub(super) fn count_moves(&mut self, moves: &[Move]) {
        for of_shard in moves.chunk_by(|a, b| a.shard == b.shard) {
            let moved = of_shard.iter().filter(|moved| moved.from.is_some());
            let users = moved.map(|moved| moved.users).sum();
            let most = self.moved.entry(of_shard[0].shard).or_default();
            *most = most.max(users);
        }
    }

    /// The accounts, each with its calendar months in order of time.
    pub(super) fn finish(mut self) -> Vec<(TenantAccount, Vec<TenantMonth>)> {
        for (shard, users) in &self.moved {
            self.accounts[self.account_of[shard.index()] as usize].moved += users;
        }
        let (months, minutes) = (&self.months, self.minutes);
        let of_accounts = self.by_month.chunks(months.len().max(1));
        let month = |(part, sums): (&MonthPart, &[f64; 2])| TenantMonth {
            month: part.month,
            user_minutes: sums[0] / part.minutes() * minutes_of_month(part.month),
            down_minutes: sums[1],
            counted: Counted::Plan,
        };
        let both = self.accounts.into_iter().zip(of_accounts);
        both.map(|(account, sums)| {
            let account = TenantAccount { minutes, ..account };
            (account, months.iter().zip(sums).map(month).collect())
        })
        .collect()
    }
}

/// Of some months, in order of time, the first in which users have least; `None` without users.
fn worst(months: impl Iterator<Item = TenantMonth>) -> Option<TenantMonth> {
    let with_users = months.filter(|month| month.user_minutes > 0.0);
    with_users.min_by(|a, b| a.uptime().total_cmp(&b.uptime()))
}

/// How much of a month's part lies in a time, in minutes.
fn minutes_within(part: &MonthPart, (start, end): (Timestamp, Timestamp)) -> f64 {
    let within = MonthPart {
        span: [part.span[0].max(start), part.span[1].min(end)],
        ..*part
    };
    within.minutes().max(0.0)
}

impl Plan {
    /// Keeps what users feel of it by its own replay, and what those of each tenant do.
    pub fn set_replayed(&mut self, replayed: Downtime) {
        count_as_played(&mut self.tenants, &replayed.accounts);
        self.replayed = Some(replayed);
    }
}

/// Puts what was felt in a plan's own replay in place of what the plan says of its periods; nothing if that was not played.
fn count_as_played(accounts: &mut [TenantAccount], felt: &[Account]) {
    if felt.is_empty() {
        return;
    }
    let mut by_key: BTreeMap<(TenantId, TierId), Vec<TenantMonth>> = BTreeMap::new();
    for account in felt {
        let months = by_key.entry((account.tenant, account.tier)).or_default();
        months.push(TenantMonth {
            month: account.month,
            user_minutes: account.month_user_minutes,
            down_minutes: account.felt.down_minutes(),
            counted: Counted::Replay,
        });
    }
    for account in &mut *accounts {
        let months = by_key.remove(&(account.tenant, account.tier));
        account.month = worst(months.unwrap_or_default().into_iter());
    }
    sort(accounts);
}

/// Sorts accounts: promises that are broken by the month first, then those broken over the scenario, then by what is lost.
fn sort(accounts: &mut [TenantAccount]) {
    accounts.sort_by(|a, b| {
        let is_broken = |account: &TenantAccount| {
            let kept = [account.is_kept_by_month(), account.is_kept()];
            kept.map(|is_kept| is_kept == Some(false))
        };
        is_broken(b)
            .cmp(&is_broken(a))
            .then(b.lost_user_minutes().total_cmp(&a.lost_user_minutes()))
            .then(b.moved.total_cmp(&a.moved))
            .then((a.tenant, a.tier).cmp(&(b.tenant, b.tier)))
    });
}

/// Tenants: the tiers of their shards, ascending.
fn tiers_of_tenants(inventory: &Inventory) -> Vec<Vec<TierId>> {
    let mut tiers: Vec<Vec<TierId>> = vec![Vec::new(); inventory.tenants.len()];
    for row in &inventory.shards {
        let one_tiers = &mut tiers[row.tenant.index()];
        if let Err(position) = one_tiers.binary_search(&row.tier) {
            one_tiers.insert(position, row.tier);
        }
    }
    tiers
}

/// By group and site, the share of affected users while nobody acts, of flows with their group, links, site, users and
/// slice; `None` if nobody is.
pub(super) fn affected_by_group<'f>(
    places: &AffectedPlaces<'_>,
    groups: usize,
    flows: impl Iterator<Item = (usize, &'f [LinkId], SiteId, f64, usize)>,
    shares_of_time: &[f64],
) -> Option<ByGroupAndSite<f64>> {
    if places.is_empty() {
        return None;
    }
    let mut sums: ByGroupAndSite<(f64, f64)> = ByGroupAndSite::new(groups);
    for (group, links, site, users, slice) in flows {
        let (affected, all) = sums.entry(group, site);
        let of_flow = users * shares_of_time[slice];
        *affected += of_flow * places.share(links);
        *all += of_flow;
    }
    let mut shares = ByGroupAndSite::new(groups);
    for (group, site, (affected, users)) in sums.iter() {
        if *affected > 0.0 && *users > 0.0 {
            *shares.entry(group, site) = affected / users;
        }
    }
    Some(shares)
}
