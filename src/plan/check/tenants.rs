//! Tenants: whether tenants.csv says what every tenant has of the scenario.

use super::ground::Ground;
use super::judge::{Expected, Judged, by_key, judge};
use super::leg::Steered;
use super::moves::Move;
use super::parts::Assignment;
use super::period::Situation;
use super::report::{Report, Rule};
use super::tenant_months::{ByMonth, OfMonth, month_is_true};
use crate::ids::{ComponentId, SiteId, TenantId, TierId};
use crate::model::Shard;
use crate::plan_files::{Lined, Signed, TenantRow};
use crate::units::{AGREEMENT, NOBODY};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Tenant and tier.
type Key = (TenantId, TierId);

/// What a tenant's users of one tier have.
#[derive(Debug, Clone, Copy, Default)]
struct Account {
    users: f64,
    unserved: f64,
    moved: f64,
    unserved_minutes: f64,
    hurt_minutes: f64,
    user_minutes: f64,
}

impl Account {
    /// Share of their time without service; `None` without users.
    fn lost(&self) -> Option<f64> {
        let lost = self.unserved_minutes + self.hurt_minutes;
        (self.user_minutes > 0.0).then(|| lost / self.user_minutes)
    }
}

/// What every tenant has of the periods so far.
pub(super) struct Accounts {
    /// Tenants and tiers with shards, ascending.
    keys: Vec<Key>,
    /// By tenant and tier.
    of: Vec<Account>,
    /// Shards: the position of their tenant and tier.
    position: Vec<u32>,
    /// Shards of which users change site: how many, in the period in which most do.
    moved: BTreeMap<usize, f64>,
    minutes: f64,
    months: ByMonth,
}

/// What happens to users in one period.
pub(super) struct Happened<'a> {
    pub(super) start: Timestamp,
    pub(super) minutes: f64,
    pub(super) assignment: &'a Assignment,
    pub(super) steered: &'a [Steered],
    pub(super) moves: &'a [Move],
    /// Components that nobody answers for: the share of those who cross them who are hurt.
    pub(super) hurt: &'a BTreeMap<ComponentId, f64>,
    /// By slice of the hours: its share of the period's time.
    pub(super) of_time: &'a [f64],
}

/// Shards of which somebody joins: user-minutes of a period in which those who join are not there yet. They come evenly over
/// a day from the row's date on, if that lies behind the scenario's start; more than there are, `users` of a shard, are never
/// missing.
fn absent_minutes(
    ground: &Ground<'_>,
    start: Timestamp,
    minutes: f64,
    users: impl Fn(usize) -> f64,
) -> BTreeMap<usize, f64> {
    const DAY: f64 = 1440.0;
    let scenario = ground.scenario;
    let mut coming: BTreeMap<usize, Vec<(f64, f64)>> = BTreeMap::new();
    for row in &ground.inventory.onboarding {
        let is_new = scenario.start < row.date && row.date <= start && row.users > 0;
        let since = start.duration_since(row.date).as_secs_f64() / 60.0;
        if is_new && !scenario.policy.freeze_onboarding && since < DAY {
            let own = coming.entry(row.shard.index()).or_default();
            own.push((row.users as f64, DAY - since));
        }
    }
    let of_shard = |(shard, rows): (usize, Vec<(f64, f64)>)| {
        let all = users(shard);
        let missing = |after: f64| -> f64 {
            let left = rows
                .iter()
                .map(|(own, left)| own * (left - after).max(0.0) / DAY);
            left.sum()
        };
        let mut ends: Vec<f64> = rows.iter().map(|own| own.1.min(minutes)).collect();
        ends.extend([0.0, minutes]);
        ends.sort_by(f64::total_cmp);
        let absent = ends.windows(2).map(|pair| {
            let [first, last] = [pair[0], pair[1]].map(missing);
            let length = pair[1] - pair[0];
            if first <= all {
                length * f64::midpoint(first, last)
            } else if last >= all {
                length * all
            } else {
                // All are missing up to some instant, and fewer and fewer from then on.
                let whole = length * (first - all) / (first - last);
                whole * all + (length - whole) * f64::midpoint(all, last)
            }
        });
        (shard, absent.sum())
    };
    coming.into_iter().map(of_shard).collect()
}

impl Accounts {
    /// Nothing has happened.
    pub(super) fn new(ground: &Ground<'_>) -> Self {
        let shards = &ground.inventory.shards;
        let mut tiers: Vec<Vec<TierId>> = vec![Vec::new(); ground.inventory.tenants.len()];
        for row in shards {
            let own = &mut tiers[row.tenant.index()];
            if !own.contains(&row.tier) {
                own.push(row.tier);
            }
        }
        let mut keys: Vec<Key> = Vec::new();
        let mut first: Vec<usize> = Vec::with_capacity(tiers.len());
        for (tenant, own) in tiers.iter_mut().enumerate() {
            own.sort_unstable();
            first.push(keys.len());
            keys.extend(own.iter().map(|tier| (TenantId::new(tenant), *tier)));
        }
        let position = |row: &Shard| {
            let tenant = row.tenant.index();
            let position = first[tenant] + tiers[tenant].partition_point(|tier| *tier < row.tier);
            u32::try_from(position).expect("invariant: no more of them than shards")
        };
        Self {
            of: vec![Account::default(); keys.len()],
            position: shards.iter().map(position).collect(),
            moved: BTreeMap::new(),
            minutes: 0.0,
            months: ByMonth::default(),
            keys,
        }
    }

    /// Adds a period.
    pub(super) fn add(
        &mut self,
        ground: &Ground<'_>,
        situation: &Situation,
        happened: &Happened<'_>,
    ) {
        self.minutes += happened.minutes;
        let start = happened.start;
        let base = |shard: usize| situation.case.base_users[shard];
        let absent = absent_minutes(ground, start, happened.minutes, base);
        let hurt = hurt_shares(ground, situation, happened);
        let mut of_period = vec![(0.0, 0.0); self.of.len()];
        let mut minutes_of_period = vec![OfMonth::default(); self.of.len()];
        for (shard, part) in happened.assignment.all() {
            let account = &mut self.of[self.position[shard] as usize];
            let sums = &mut of_period[self.position[shard] as usize];
            sums.0 += part.users;
            let minutes = match absent.get(&shard) {
                Some(absent) => {
                    let all = situation.case.base_users[shard];
                    if all > 0.0 {
                        (happened.minutes - absent / all).max(0.0)
                    } else {
                        happened.minutes
                    }
                }
                None => happened.minutes,
            };
            account.user_minutes += part.users * minutes;
            let own = &mut minutes_of_period[self.position[shard] as usize];
            own.user_minutes += part.users * minutes;
            match part.to {
                None => {
                    sums.1 += part.users;
                    account.unserved_minutes += part.users * minutes;
                    own.lost_minutes += part.users * minutes;
                }
                Some(site) if !hurt.is_empty() => {
                    let share = hurt.get(&(ground.group_of(shard), site));
                    let users = part.users * share.copied().unwrap_or_default();
                    account.hurt_minutes += users * minutes;
                    own.lost_minutes += users * minutes;
                }
                Some(_) => {}
            }
        }
        for (account, (users, unserved)) in self.of.iter_mut().zip(of_period) {
            account.users = account.users.max(users);
            account.unserved = account.unserved.max(unserved);
        }
        let span = (happened.start, happened.minutes);
        self.months.add(ground, span, &minutes_of_period);
        for of_shard in happened.moves.chunk_by(|one, next| one.shard == next.shard) {
            let moved = of_shard.iter().filter(|own| own.from.is_some());
            let users = moved.map(|own| own.users).sum();
            let most = self.moved.entry(of_shard[0].shard).or_default();
            *most = most.max(users);
        }
    }

    /// Checks the rows; `is_played` if summary.json says that all of the plan was played as exactly as a replay.
    pub(super) fn check(
        mut self,
        ground: &Ground<'_>,
        (rows, is_played): (&[Lined<TenantRow>], bool),
        report: &mut Report,
    ) {
        for (shard, moved) in &self.moved {
            self.of[self.position[*shard] as usize].moved += moved;
        }
        let key = |row: &TenantRow| ground.tenant_and_tier(&row.tenant, &row.tier);
        let written = by_key(rows, key);
        let keys = self.keys.iter().copied();
        let expected = keys.zip(&self.of).map(|(key, account)| {
            let row = account.row(ground, key, self.minutes, written.get(&key).copied());
            let dust =
                |row: Expected<TenantRow>, column| row.scaled(column, 1e9 * NOBODY * self.minutes);
            (key, MINUTES.into_iter().fold(Expected::from(row), dust))
        });
        judge(rows, key, expected, report);
        if rows.iter().all(|own| own.row.month_counted.is_none()) {
            return;
        }
        let position: BTreeMap<Key, usize> = self.keys.iter().copied().zip(0..).collect();
        for row in rows {
            if let Some(key) = key(&row.row)
                && let Some(position) = position.get(&key)
            {
                let promised = ground.inventory.tiers[key.1.index()].availability;
                let months = self.months.of(*position);
                month_is_true(&months, (promised, is_played), row, report);
            }
        }
    }
}

/// The columns of user-minutes: nobody, all the time, is nothing.
const MINUTES: [&str; 3] = ["unserved_user_minutes", "hurt_user_minutes", "user_minutes"];

impl Account {
    /// The row of a tenant and a tier. Whether a promise is kept is believed where that is a matter of arithmetic.
    fn row(
        &self,
        ground: &Ground<'_>,
        (tenant, tier): Key,
        minutes: f64,
        told: Option<&TenantRow>,
    ) -> TenantRow {
        let tier = &ground.inventory.tiers[tier.index()];
        let (lost, allowed) = (self.lost(), 1.0 - tier.availability);
        let of_allowance = lost.filter(|_| allowed > 0.0);
        let (down, may_be) = (
            self.unserved_minutes + self.hurt_minutes,
            allowed * self.user_minutes,
        );
        let is_close = (down - may_be).abs() <= NOBODY * minutes + AGREEMENT * down.max(may_be);
        let kept = told.and_then(|told| told.kept).filter(|_| is_close);
        TenantRow {
            tenant: ground.inventory.tenants[tenant.index()].clone(),
            tier: tier.id.clone(),
            users: self.users,
            unserved_users: self.unserved,
            moved_users: self.moved,
            unserved_user_minutes: self.unserved_minutes,
            hurt_user_minutes: self.hurt_minutes,
            user_minutes: self.user_minutes,
            availability: lost.map(|lost| Signed(1.0 - lost)),
            promised: tier.availability,
            kept: lost.map(|_| kept.unwrap_or(down <= may_be)),
            lost_minutes: lost.map(|lost| lost * minutes),
            allowance_days: of_allowance.map(|lost| lost * minutes / allowed / 1440.0),
            month: None,
            month_user_minutes: None,
            month_down_user_minutes: None,
            month_uptime: None,
            month_kept: None,
            month_counted: None,
        }
    }
}

impl Judged for TenantRow {
    const STRAY: Rule = Rule::new(
        "P7951",
        "keep one row for every tenant and tier of shards.csv",
    );
    const MISSING: Rule = Rule::new("P7952", "add the row");
    const NAMED_IN: &'static str = "tenant";

    fn stray(&self, _: Option<u64>) -> [String; 2] {
        [
            format!("`{}` and `{}`", self.tenant, self.tier),
            "a tenant with shards of the tier, once".to_owned(),
        ]
    }

    fn missing(&self) -> [String; 2] {
        [
            format!(
                "no row of tenant `{}` and tier `{}`",
                self.tenant, self.tier
            ),
            "every tenant and tier of shards.csv".to_owned(),
        ]
    }
}

/// Groups and sites: the share of the users there who are hurt. Who crosses several hurt components is hurt once.
fn hurt_shares(
    ground: &Ground<'_>,
    situation: &Situation,
    happened: &Happened<'_>,
) -> BTreeMap<(usize, SiteId), f64> {
    let mut sums: BTreeMap<(usize, SiteId), (f64, f64)> = BTreeMap::new();
    if happened.hurt.is_empty() {
        return BTreeMap::new();
    }
    let share = |id: ComponentId| happened.hurt.get(&id).copied().unwrap_or_default();
    for row in happened.steered {
        let site = ground.inventory.site_component(row.route.site);
        let mut spared = 1.0 - share(site);
        for id in row.route.components(ground) {
            spared *= 1.0 - share(id);
        }
        for pool in row.route.pools() {
            let members = &situation.members[pool.index()];
            let hurt: f64 = members.iter().map(|member| share(*member)).sum();
            if !members.is_empty() {
                spared *= 1.0 - hurt / members.len() as f64;
            }
        }
        let (hurt, users) = sums.entry((row.group, row.route.site)).or_default();
        let row_users = row.users * happened.of_time[row.slice];
        *hurt += row_users * (1.0 - spared);
        *users += row_users;
    }
    sums.into_iter()
        .filter(|(_, (_, users))| *users > 0.0)
        .map(|(key, (hurt, users))| (key, hurt / users))
        .collect()
}
