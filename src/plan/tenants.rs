//! Tenants: what each tenant's users have of a scenario, tier by tier; the list of who must be told.

use super::hurt_users::hurt_shares;
use super::plan::{GroupKey, OrderedGroup, PeriodPlan, Plan};
use crate::ids::{ShardId, SiteId, TenantId, TierId};
use crate::model::{Inventory, Policy, Shard};
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// Minutes of a day.
const DAY: f64 = 1440.0;

/// What a tenant's users of one tier have of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantAccount {
    /// Whose users.
    pub tenant: TenantId,
    /// Of which tier.
    pub tier: TierId,
    /// In the period with most of them, with growth and surges.
    pub users: f64,
    /// Unserved, in the period with most of them.
    pub unserved: f64,
    /// Of each shard those who change site in the period in which most do; being placed is no change.
    pub moved: f64,
    /// Unserved users × minutes.
    pub unserved_minutes: f64,
    /// Users × minutes in which what they cross is overloaded or loses their work, and nobody acts on it yet.
    pub hurt_minutes: f64,
    /// All users × minutes.
    pub user_minutes: f64,
    /// Length of the scenario in minutes.
    pub minutes: f64,
    /// Share of time that the tier promises.
    pub promised: f64,
}

impl TenantAccount {
    /// Users × minutes without service.
    pub fn lost_user_minutes(&self) -> f64 {
        self.unserved_minutes + self.hurt_minutes
    }

    /// Share of the users' time with service; `None` without users.
    ///
    /// ```
    /// use plimsoll::ids::{TenantId, TierId};
    /// use plimsoll::plan::TenantAccount;
    /// // 100 users for an hour; 20 of them were unserved for half of it.
    /// let account = TenantAccount {
    ///     tenant: TenantId(0), tier: TierId(0), users: 100.0, unserved: 20.0, moved: 0.0,
    ///     unserved_minutes: 600.0, hurt_minutes: 0.0, user_minutes: 6000.0, minutes: 60.0, promised: 0.99,
    /// };
    /// assert_eq!(account.availability(), Some(0.9));
    /// assert_eq!(account.is_kept(), Some(false));
    /// assert_eq!(account.lost_minutes(), Some(6.0));
    /// ```
    pub fn availability(&self) -> Option<f64> {
        (self.user_minutes > 0.0).then(|| 1.0 - self.lost_user_minutes() / self.user_minutes)
    }

    /// `true` if no more is lost than the tier's promise allows over the scenario; `None` without users.
    pub fn is_kept(&self) -> Option<bool> {
        let allowed = (1.0 - self.promised) * self.user_minutes + NOBODY * self.minutes;
        (self.user_minutes > 0.0).then(|| self.lost_user_minutes() <= allowed)
    }

    /// Minutes without service of a user, on average; `None` without users.
    pub fn lost_minutes(&self) -> Option<f64> {
        let share = (self.user_minutes > 0.0).then(|| self.lost_user_minutes() / self.user_minutes);
        share.map(|share| share * self.minutes)
    }

    /// Days in which the promise allows so many lost minutes; `None` without users or if it allows none.
    pub fn allowance_days(&self) -> Option<f64> {
        let allowed = 1.0 - self.promised;
        let lost = self.lost_minutes().filter(|_| allowed > 0.0);
        lost.map(|lost| lost / allowed / DAY)
    }
}

/// What every tenant has of a plan, tier by tier: broken promises first, then those who lose most user·minutes,
/// then those of whom most users move, then by id.
///
/// Who crosses several hurt components is hurt once: of users of whom one loses the share `a` of their work and
/// another the share `b`, `1 − (1 − a)·(1 − b)` are hurt. Steering cannot tell tenants apart within a group and
/// site, so each has his part in proportion to his users there.
pub fn tenants(inventory: &Inventory, policy: &Policy, plan: &Plan) -> Vec<TenantAccount> {
    let minutes = plan.periods.iter().map(|own| own.period.minutes()).sum();
    let whose = |row: &Shard| (row.tenant, row.tier);
    let keys: BTreeSet<(TenantId, TierId)> = inventory.shards.iter().map(whose).collect();
    let mut accounts: Vec<TenantAccount> = keys
        .into_iter()
        .map(|(tenant, tier)| TenantAccount {
            tenant,
            tier,
            users: 0.0,
            unserved: 0.0,
            moved: 0.0,
            unserved_minutes: 0.0,
            hurt_minutes: 0.0,
            user_minutes: 0.0,
            minutes,
            promised: inventory.tiers[tier.index()].availability,
        })
        .collect();
    let account_of: Vec<usize> = inventory
        .shards
        .iter()
        .map(|row| accounts.partition_point(|own| (own.tenant, own.tier) < whose(row)))
        .collect();
    for period in &plan.periods {
        let hurt = hurt_by_group(inventory, period);
        let mut sums = vec![[0.0; 3]; accounts.len()];
        for part in &period.parts {
            let [users, unserved, hurt_users] = &mut sums[account_of[part.shard.index()]];
            *users += part.users;
            match part.site {
                None => *unserved += part.users,
                Some(site) if !hurt.is_empty() => {
                    let group = GroupKey::of(inventory, policy, part.shard);
                    let share = hurt.get(&(group.ordered(), site)).copied().unwrap_or(0.0);
                    *hurt_users += part.users * share;
                }
                Some(_) => {}
            }
        }
        let minutes = period.period.minutes();
        for (account, [users, unserved, hurt_users]) in accounts.iter_mut().zip(sums) {
            account.users = account.users.max(users);
            account.unserved = account.unserved.max(unserved);
            account.user_minutes += users * minutes;
            account.unserved_minutes += unserved * minutes;
            account.hurt_minutes += hurt_users * minutes;
        }
    }
    for (shard, users) in moved_users(plan) {
        accounts[account_of[shard.index()]].moved += users;
    }
    accounts.sort_by(|a, b| {
        let is_broken = |account: &TenantAccount| account.is_kept() == Some(false);
        is_broken(b)
            .cmp(&is_broken(a))
            .then(b.lost_user_minutes().total_cmp(&a.lost_user_minutes()))
            .then(b.moved.total_cmp(&a.moved))
            .then((a.tenant, a.tier).cmp(&(b.tenant, b.tier)))
    });
    accounts
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

/// Group and site, as a key that can be ordered.
type Key = (OrderedGroup, SiteId);

/// By group and site, the share of the users who are hurt while nobody acts; empty if nobody is.
fn hurt_by_group(inventory: &Inventory, period: &PeriodPlan) -> BTreeMap<Key, f64> {
    let mut sums: BTreeMap<Key, (f64, f64)> = BTreeMap::new();
    for (flow, share) in period.flows.iter().zip(hurt_shares(inventory, period)) {
        let (hurt, users) = sums
            .entry((flow.group.ordered(), flow.path.site))
            .or_default();
        *hurt += flow.users * share;
        *users += flow.users;
    }
    sums.into_iter()
        .filter(|(_, (hurt, users))| *hurt > 0.0 && *users > 0.0)
        .map(|(key, (hurt, users))| (key, hurt / users))
        .collect()
}
