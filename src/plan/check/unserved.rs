//! Unserved: whether unserved.csv names everybody who is served nowhere.

use super::affected::Affected;
use super::certificate::{Roads, Rules};
use super::ground::Ground;
use super::parts::Assignment;
use super::period::Situation;
use super::report::{At, Report, Rule, is_same_count};
use crate::ids::{ShardId, SiteId};
use crate::plan_files::{Cause, Lined, Row, UnservedRow, decimal};
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
    let mut left = unserved.clone();
    let without = tells_causes.then(|| without_a_site((ground, situation), assignment, affected));
    for row in rows {
        let Some((shard, users)) = row_is_of_an_unserved_shard(ground, &mut left, row, report)
        else {
            continue;
        };
        users_are_true(users, row, report);
        tenant_and_tier_are_the_shards(ground, shard, row, report);
        if let Some(without) = &without {
            let without = without.get(&shard).copied().unwrap_or(0.0);
            cause_is_true(ground, (without, users), row, report);
        }
    }
    for (shard, users) in left.into_iter().filter(|(_, users)| *users > NOBODY) {
        row_is_missing(ground, period, shard, users, report);
    }
}

/// A cell of unserved.csv.
fn cell<'a>(row: &Lined<UnservedRow>, column: &'a str) -> At<'a> {
    At::cell(UnservedRow::FILE, row.line, column)
}

/// P7811: each row is of a shard with unserved users, once.
fn row_is_of_an_unserved_shard(
    ground: &Ground<'_>,
    left: &mut BTreeMap<usize, f64>,
    row: &Lined<UnservedRow>,
    report: &mut Report,
) -> Option<(usize, f64)> {
    const RULE: Rule = Rule {
        code: "P7811",
        hint: "keep one row for every shard that has unserved users in assignment.csv, and no other",
    };
    let shard = ground
        .shards
        .get(row.row.shard.as_str())
        .map(ShardId::index);
    let entry = shard.and_then(|shard| left.remove_entry(&shard));
    if entry.is_none() {
        let found = format!("`{}`", row.row.shard);
        report.add(
            RULE,
            cell(row, "shard"),
            found,
            "a shard with unserved users, once",
        );
    }
    entry
}

/// P7812: every shard with unserved users has a row.
fn row_is_missing(
    ground: &Ground<'_>,
    period: usize,
    shard: usize,
    users: f64,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7812",
        hint: "add the row, with the reason in words",
    };
    let name = ground.shard_name(shard);
    let found = format!("no row of shard `{name}` in period {period}");
    let expected = format!("its {} unserved users", decimal(users));
    report.add(RULE, At::file(UnservedRow::FILE), found, expected);
}

/// P7813: the users are those without a site in assignment.csv.
fn users_are_true(expected: f64, row: &Lined<UnservedRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7813",
        hint: "write the users of the shard whose to_site is blank in assignment.csv",
    };
    if !is_same_count(row.row.users, expected) {
        report.add(
            RULE,
            cell(row, "users"),
            decimal(row.row.users),
            decimal(expected),
        );
    }
}

/// P7814: tenant and tier are the shard's.
fn tenant_and_tier_are_the_shards(
    ground: &Ground<'_>,
    shard: usize,
    row: &Lined<UnservedRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7814",
        hint: "write what shards.csv says",
    };
    let of_shard = &ground.inventory.shards[shard];
    let tenant = &ground.inventory.tenants[of_shard.tenant.index()];
    let tier = &ground.inventory.tiers[of_shard.tier.index()].id;
    for (column, found, expected) in [
        ("tenant", &row.row.tenant, tenant),
        ("tier", &row.row.tier, tier),
    ] {
        if found != expected {
            report.add(
                RULE,
                cell(row, column),
                format!("`{found}`"),
                format!("`{expected}`"),
            );
        }
    }
}

/// P7815: users have no site where none of those where they may be is open and reached by a path, and only there; a limit of moves
/// keeps nobody where there is none.
fn cause_is_true(
    ground: &Ground<'_>,
    (without, users): (f64, f64),
    row: &Lined<UnservedRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7815",
        hint: "write `no_site` where no site where they may be is open and reached by a path, else `no_capacity`, or `move_limit` where `max_moved_users` keeps them from one",
    };
    // Of a shard with several homes some may have a site, and others none.
    let may_have_site = without < users - NOBODY;
    let may_have_none = without > NOBODY;
    let is_limited = ground.scenario.policy.max_moved_users.is_some();
    let expected = if may_have_site {
        Cause::NoCapacity
    } else {
        Cause::NoSite
    };
    let is_true = match row.row.cause {
        None => false,
        Some(Cause::NoSite) => may_have_none,
        Some(Cause::NoCapacity) => may_have_site,
        Some(Cause::MoveLimit) => may_have_site && is_limited,
    };
    if !is_true {
        let found = row.row.cause.map_or("", Cause::word);
        let at = cell(row, "cause");
        report.add(
            RULE,
            at,
            format!("`{found}`"),
            format!("`{}`", expected.word()),
        );
    }
}
