//! Tenants: what each tenant's users have of a scenario, tier by tier; the list of who must be told.

use super::by_group_and_site::ByGroupAndSite;
use super::downtime::Downtime;
use super::hurt_users::hurt_shares;
use super::plan::{PeriodPlan, Plan};
use super::replay::Account;
use super::steering_groups::SteeringGroups;
use super::tenant_account::{TenantAccount, TenantMonth};
use crate::ids::{ShardId, TenantId, TierId};
use crate::model::{Inventory, Scenario};
use crate::plan_files::Counted;
use crate::scenario::{MonthPart, minutes_of_month, months, shares_there};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What every tenant has of a plan, tier by tier: broken promises first, then those who lose most user·minutes,
/// then those of whom most users move, then by id.
///
/// Who crosses several hurt components is hurt once: of users of whom one loses the share `a` of their work and
/// another the share `b`, `1 − (1 − a)·(1 − b)` are hurt. Steering cannot tell tenants apart within a group and
/// site, so each has his part in proportion to his users there.
///
/// Minutes count of users who join those who are there: they come evenly over their first 24 hours.
pub fn tenants(
    inventory: &Inventory,
    scenario: &Scenario,
    groups: &SteeringGroups,
    plan: &Plan,
) -> Vec<TenantAccount> {
    let minutes = plan.periods.iter().map(|own| own.period.minutes()).sum();
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
            hurt_minutes: 0.0,
            user_minutes: 0.0,
            minutes,
            promised: inventory.tiers[tier.index()].availability,
            month: None,
        }));
    }
    let account_of = |shard: ShardId| {
        let row = &inventory.shards[shard.index()];
        let tenant = row.tenant.index();
        first[tenant] + tiers[tenant].partition_point(|tier| *tier < row.tier)
    };
    let months = months(scenario.offset, [scenario.start, scenario.end]);
    // By account and month: all user minutes, and those lost.
    let mut by_month = vec![[0.0; 2]; accounts.len() * months.len()];
    for period in &plan.periods {
        let hurt = hurt_by_group(inventory, groups, period);
        let span = (period.period.start, period.period.end);
        let in_months: Vec<f64> = months
            .iter()
            .map(|part| minutes_within(part, span))
            .collect();
        let there = shares_there(inventory, scenario, span, &period.case.base_users);
        let mut sums = vec![[0.0; 5]; accounts.len()];
        for part in &period.parts {
            let [users, unserved, there_of_all, there_unserved, hurt_users] =
                &mut sums[account_of(part.shard)];
            let users_there = part.users * there.get(&part.shard).copied().unwrap_or(1.0);
            *users += part.users;
            *there_of_all += users_there;
            match part.site {
                None => {
                    *unserved += part.users;
                    *there_unserved += users_there;
                }
                Some(site) => {
                    if let Some(hurt) = &hurt {
                        let share = hurt.get(groups.of_shard(part.shard), site);
                        *hurt_users += users_there * share.copied().unwrap_or(0.0);
                    }
                }
            }
        }
        let minutes = period.period.minutes();
        let of_accounts = by_month.chunks_mut(months.len().max(1));
        for ((account, sums), of_months) in accounts.iter_mut().zip(sums).zip(of_accounts) {
            let [users, unserved, there_of_all, there_unserved, hurt_users] = sums;
            account.users = account.users.max(users);
            account.unserved = account.unserved.max(unserved);
            account.user_minutes += there_of_all * minutes;
            account.unserved_minutes += there_unserved * minutes;
            account.hurt_minutes += hurt_users * minutes;
            for (sums, minutes) in of_months.iter_mut().zip(&in_months) {
                sums[0] += there_of_all * minutes;
                sums[1] += (there_unserved + hurt_users) * minutes;
            }
        }
    }
    let of_accounts = by_month.chunks(months.len().max(1));
    for (account, of_months) in accounts.iter_mut().zip(of_accounts) {
        let all = months
            .iter()
            .zip(of_months)
            .map(|(part, sums)| TenantMonth {
                month: part.month,
                user_minutes: sums[0] / part.minutes() * minutes_of_month(part.month),
                down_minutes: sums[1],
                counted: Counted::Plan,
            });
        account.month = worst(all);
    }
    for (shard, users) in moved_users(plan) {
        accounts[account_of(shard)].moved += users;
    }
    sort(&mut accounts);
    accounts
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
        let own = &mut tiers[row.tenant.index()];
        if let Err(position) = own.binary_search(&row.tier) {
            own.insert(position, row.tier);
        }
    }
    tiers
}

/// By shard, the most users who change site in one period.
fn moved_users(plan: &Plan) -> BTreeMap<ShardId, f64> {
    let mut most: BTreeMap<ShardId, f64> = BTreeMap::new();
    for period in &plan.periods {
        for of_shard in period.moves.chunk_by(|a, b| a.shard == b.shard) {
            let moved = of_shard.iter().filter(|own| own.from.is_some());
            let users = moved.map(|own| own.users).sum();
            let most = most.entry(of_shard[0].shard).or_default();
            *most = most.max(users);
        }
    }
    most
}

/// By group and site, the share of the users who are hurt while nobody acts; `None` if nobody is.
fn hurt_by_group(
    inventory: &Inventory,
    groups: &SteeringGroups,
    period: &PeriodPlan,
) -> Option<ByGroupAndSite<f64>> {
    let shares = hurt_shares(inventory, period);
    let of_time = period.shares_of_time();
    if shares.iter().all(|share| *share <= 0.0) {
        return None;
    }
    let mut sums: ByGroupAndSite<(f64, f64)> = ByGroupAndSite::new(groups.len());
    for (flow, share) in period.flows.iter().zip(shares) {
        if let Some(group) = groups.of(&flow.group) {
            let (hurt, users) = sums.entry(group, flow.path.site);
            let of_flow = flow.users * of_time[flow.slice];
            *hurt += of_flow * share;
            *users += of_flow;
        }
    }
    let mut all = ByGroupAndSite::new(groups.len());
    for (group, site, (hurt, users)) in sums.iter() {
        if *hurt > 0.0 && *users > 0.0 {
            *all.entry(group, site) = hurt / users;
        }
    }
    Some(all)
}
