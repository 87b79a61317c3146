//! Unserved: whether unserved.csv names everybody who is served nowhere.

use super::affected::Affected;
use super::assignment::Assignment;
use super::certificate::{Roads, Rules};
use super::ground::Ground;
use super::judge::{Expected, Judged, by_key, judge, number};
use super::period::Situation;
use super::report::{Report, Rule};
use crate::ids::{ShardId, SiteId};
use crate::plan_files::{Cause, Lined, Text, UnservedRow, decimal};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// Shards: users served nowhere.
pub(super) fn unserved(assignment: &Assignment) -> BTreeMap<usize, f64> {
    let mut all = BTreeMap::new();
    for (shard, part) in assignment.all().filter(|(_, part)| part.to.is_none()) {
        *all.entry(shard).or_insert(0.0) += part.users;
    }
    all.retain(|_, users| *users > 0.0);
    all
}

/// Shards: of the users served nowhere, those for whom no site is open and reached by a path where they may be.
fn without_a_site(
    (ground, situation): (&Ground<'_>, &Situation),
    assignment: &Assignment,
    affected: &mut Affected<'_>,
) -> BTreeMap<usize, f64> {
    let roads = Roads::new(ground, situation);
    let mut all = BTreeMap::new();
    for (shard, part) in assignment.all().filter(|(_, part)| part.to.is_none()) {
        let is_affected = part
            .from
            .is_some_and(|site| affected.is_affected(shard, site));
        let rules = Rules::new(ground, situation, shard, part.from, is_affected);
        let group = &ground.groups[ground.group_of(shard)];
        let reached = roads.reached(group.profile, group.client_region.index(), group.limit);
        let mut sites = (0..ground.inventory.sites.len()).map(SiteId::new);
        let has_site = sites.any(|site| {
            !situation.case.gone[site.index()]
                && rules.permit(site)
                && reached.contains(site.index())
        });
        if !has_site {
            *all.entry(shard).or_insert(0.0) += part.users;
        }
    }
    all
}

/// Checks the rows of one period, of which `unserved` has the users of every shard. Files written before there were causes tell none.
pub(super) fn check(
    (ground, situation): (&Ground<'_>, &Situation),
    period: usize,
    (assignment, unserved): (&Assignment, &BTreeMap<usize, f64>),
    affected: &mut Affected<'_>,
    (rows, tells_causes): (&[&Lined<UnservedRow>], bool),
    report: &mut Report,
) {
    let key = |row: &UnservedRow| ground.shards.get(&row.shard).map(ShardId::index);
    let written = by_key(rows.iter().copied(), key);
    let without = tells_causes.then(|| without_a_site((ground, situation), assignment, affected));
    let expected = unserved.iter().map(|(&shard, &users)| {
        let inventory = ground.inventory;
        let of_shard = &inventory.shards[shard];
        let told = written.get(&shard).and_then(|row| row.cause);
        let without = without.as_ref().and_then(|all| all.get(&shard));
        let row = UnservedRow {
            period: number(period),
            shard: Text::from(ground.shard_name(shard)),
            tenant: Text::from(&*inventory.tenants[of_shard.tenant.index()]),
            tier: Text::from(&*inventory.tiers[of_shard.tier.index()].id),
            users,
            reason: String::new(),
            cause: Some(cause(ground, without.copied().unwrap_or(0.0), users, told)),
        };
        let row = Expected::from(row).unless(!tells_causes, &["cause"]);
        (shard, row.optional(users <= NOBODY))
    });
    judge(rows.iter().copied(), key, expected, report);
}

/// The cause: users have no site where none of those where they may be is open and reached by a path, and only there; a limit of
/// moves keeps nobody where there is none. What is told is believed if it may be.
fn cause(ground: &Ground<'_>, without: f64, users: f64, told: Option<Cause>) -> Cause {
    // Of a shard with several homes some may have a site, and others none.
    let may_have_site = without < users - NOBODY;
    let may_have_none = without > NOBODY;
    let is_limited = ground.scenario.policy.max_moved_users.is_some();
    match told {
        Some(Cause::NoSite) if may_have_none => Cause::NoSite,
        Some(Cause::MoveLimit) if may_have_site && is_limited => Cause::MoveLimit,
        _ if may_have_site => Cause::NoCapacity,
        _ => Cause::NoSite,
    }
}

impl Judged for UnservedRow {
    const STRAY: Rule = Rule::new(
        "P7811",
        "keep one row for every shard that has unserved users in assignment.csv, and no other",
    );
    const MISSING: Rule = Rule::new("P7812", "add the row, with the reason in words");
    const NAMED_IN: &'static str = "shard";

    fn stray(&self, _: Option<u64>) -> [String; 2] {
        [
            format!("`{}`", self.shard),
            "a shard with unserved users, once".to_owned(),
        ]
    }

    fn missing(&self) -> [String; 2] {
        [
            format!("no row of shard `{}` in period {}", self.shard, self.period),
            format!("its {} unserved users", decimal(self.users)),
        ]
    }
}
