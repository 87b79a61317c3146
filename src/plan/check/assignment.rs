//! Assignment: whether every shard is accounted for in every period.

use super::ground::Ground;
use super::homes::Start;
use super::moves::true_reason;
use super::parts::{Assignment, Part, cell};
use super::period::Situation;
use super::report::{At, Report, Rule, is_same, is_same_count};
use super::tables::period_of;
use crate::ids::{ShardId, SiteId};
use crate::plan_files::{AssignmentRow, Lined, Row, decimal};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// The rows of one period whose names exist.
pub(super) struct Named {
    pub(super) assignment: Assignment,
    /// What is wrong with the names.
    pub(super) found: Report,
}

/// The rows of every period, checked by their names: from here on the file's rows are of no use.
pub(super) fn named(
    ground: &Ground<'_>,
    rows: Vec<Lined<AssignmentRow>>,
    periods: usize,
    report: &mut Report,
) -> Vec<Named> {
    let shards = ground.inventory.shards.len();
    let mut parts: Vec<Vec<Part>> = vec![Vec::new(); periods];
    let mut shards_of: Vec<Vec<ShardId>> = vec![Vec::new(); periods];
    let mut found: Vec<Report> = Vec::new();
    found.resize_with(periods, Report::default);
    let mut last = None;
    for lined in &rows {
        let Some(period) =
            period_of::<AssignmentRow>(lined.line, lined.row.period, periods, report)
        else {
            continue;
        };
        let report = &mut found[period];
        let (shard, sites) = names(ground, last, lined, report);
        last = shard.or(last);
        if let (Some(shard), Some([from, to])) = (shard, sites) {
            let (parts, shards_of) = (&mut parts[period], &mut shards_of[period]);
            if parts.is_empty() {
                // Nearly every shard has one part in every period.
                parts.reserve_exact(shards.min(rows.len()));
                shards_of.reserve_exact(shards.min(rows.len()));
            }
            parts.push(Part::of(lined, from, to));
            shards_of.push(shard);
        }
    }
    drop(rows);
    let by_period = parts.into_iter().zip(shards_of).zip(found);
    by_period
        .map(|((parts, shards_of), found)| Named {
            assignment: Assignment::new(shards, parts, shards_of),
            found,
        })
        .collect()
}

/// Checks the parts of one period.
pub(super) fn check(
    ground: &Ground<'_>,
    situation: &Situation,
    start: &Start<'_>,
    assignment: &Assignment,
    report: &mut Report,
) {
    for shard in 0..ground.inventory.shards.len() {
        let parts = assignment.of(shard);
        let users = situation.case.users(shard);
        if parts.is_empty() {
            let name = ground.shard_name(shard);
            let found = format!("no row of shard `{name}` in period {}", start.period);
            let at = At::file(AssignmentRow::FILE);
            report.add(MISSING, at, found, "every shard in every period");
            continue;
        }
        parts_sum_to_the_users(ground, shard, parts, users, report);
        no_part_stands_twice(ground, shard, parts, report);
        shard_is_whole(ground, shard, parts, report);
        parts_start_at_the_current_site(ground, start, shard, parts, users, report);
    }
}

/// P7110: why users stand where they stand in one period is the true reason.
pub(super) fn reasons_are_true(
    situation: &Situation,
    start: &Start<'_>,
    assignment: &Assignment,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7110",
        "docs/errors.md says which reason belongs to which row",
    );
    for (shard, part) in assignment.all() {
        let expected = true_reason(situation, start, shard, part);
        if part.reason != expected {
            let words = [part.reason, expected].map(|own| format!("`{}`", own.word()));
            let [found, expected] = words;
            report.add(RULE, cell(part.line(), "reason"), found, expected);
        }
    }
}

/// P7101: the shard exists.
const SHARD: Rule = Rule::new("P7101", "assign the shards of shards.csv");
/// P7102: every shard stands in every period, also one without users.
const MISSING: Rule = Rule::new(
    "P7102",
    "add a row for the shard; one that is served nowhere has a blank to_site",
);
/// P7103: the tenant is the shard's.
const TENANT: Rule = Rule::new("P7103", "write the tenant of shards.csv");
/// P7104: a site that is named exists.
const SITE: Rule = Rule::new("P7104", "name a site of sites.csv, or leave the cell blank");
/// P7105: the parts of a shard sum to its users in the period, and none of several is empty.
const SUM: Rule = Rule::new(
    "P7105",
    "users × onboarding × surges must be served or unserved, none twice and none left out",
);
/// P7106: "share" is of the shard's users; of a shard without users it is 1.
const SHARE: Rule = Rule::new(
    "P7106",
    "divide the users of the row by the users of the shard in the period",
);

/// The shard, and the sites from which and to which it goes, if these names exist.
fn names(
    ground: &Ground<'_>,
    last: Option<ShardId>,
    lined: &Lined<AssignmentRow>,
    report: &mut Report,
) -> (Option<ShardId>, Option<[Option<SiteId>; 2]>) {
    let row = &lined.row;
    let Some(shard) = ground.shards.get_near(last, &row.shard) else {
        let found = format!("`{}`", row.shard);
        let at = cell(lined.line, "shard");
        report.add(SHARD, at, found, "a shard of the inventory");
        return (None, None);
    };
    let inventory = ground.inventory;
    let tenant = &inventory.tenants[inventory.shards[shard.index()].tenant.index()];
    if row.tenant != *tenant {
        let [found, expected] = [&*row.tenant, tenant].map(|own| format!("`{own}`"));
        report.add(TENANT, cell(lined.line, "tenant"), found, expected);
    }
    let mut sites = Some([None; 2]);
    let columns = [("from_site", &row.from_site), ("to_site", &row.to_site)];
    for (position, (column, name)) in columns.into_iter().enumerate() {
        let Some(name) = name.as_deref() else {
            continue;
        };
        let site = ground.sites.get(name).copied();
        if site.is_none() {
            let at = cell(lined.line, column);
            report.add(SITE, at, format!("`{name}`"), "a site of the inventory");
            sites = None;
        } else if let Some(sites) = &mut sites {
            sites[position] = site;
        }
    }
    (Some(shard), sites)
}

/// P7105, P7106: the users of the parts are those of the shard, and their shares those of its users.
fn parts_sum_to_the_users(
    ground: &Ground<'_>,
    shard: usize,
    parts: &[Part],
    users: f64,
    report: &mut Report,
) {
    let sum: f64 = parts.iter().map(|part| part.users).sum();
    if !is_same_count(sum, users) {
        let name = ground.shard_name(shard);
        let found = format!("{} users of shard `{name}`", decimal(sum));
        let at = cell(parts[0].line(), "users");
        report.add(SUM, at, found, format!("its {}", decimal(users)));
    }
    for part in parts
        .iter()
        .filter(|part| parts.len() > 1 && part.users <= 0.0)
    {
        let name = ground.shard_name(shard);
        let found = format!("a part of shard `{name}` with nobody in it");
        report.add(SUM, cell(part.line(), "users"), found, "a part with users");
    }
    for part in parts {
        let expected = if users > 0.0 { part.users / users } else { 1.0 };
        if !is_same(part.share, expected, 1.0) {
            let at = cell(part.line(), "share");
            report.add(SHARE, at, decimal(part.share), decimal(expected));
        }
    }
}

/// P7107: one row for each pair of sites.
fn no_part_stands_twice(ground: &Ground<'_>, shard: usize, parts: &[Part], report: &mut Report) {
    const RULE: Rule = Rule::new("P7107", "join the rows");
    for (position, part) in parts.iter().enumerate() {
        let same = |other: &&Part| other.from == part.from && other.to == part.to;
        if let Some(first) = parts[..position].iter().find(same) {
            let name = ground.shard_name(shard);
            let found = format!("the part of shard `{name}` on line {} again", first.line());
            report.add(RULE, cell(part.line(), "shard"), found, "one row for it");
        }
    }
}

/// P7108: a shard is homed at one site unless the policy splits shards.
fn shard_is_whole(ground: &Ground<'_>, shard: usize, parts: &[Part], report: &mut Report) {
    const RULE: Rule = Rule::new(
        "P7108",
        "serve it at one of them, or set split_shards = true in the scenario",
    );
    if ground.scenario.policy.split_shards {
        return;
    }
    let mut served = parts.iter().filter(|part| part.to.is_some());
    let first = served.next();
    for part in served.filter(|part| Some(part.to) != first.map(|first| first.to)) {
        let found = format!(
            "shard `{}` at `{}` and `{}`",
            ground.shard_name(shard),
            ground.site_name(first.and_then(|first| first.to)),
            ground.site_name(part.to),
        );
        report.add(RULE, cell(part.line(), "to_site"), found, "one site");
    }
}

/// P7109: `from_site` is the current site; of a split shard each site has its share.
fn parts_start_at_the_current_site(
    ground: &Ground<'_>,
    start: &Start<'_>,
    shard: usize,
    parts: &[Part],
    users: f64,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7109",
        "the current site is that of shards.csv first, then that of the period before; after the \
               events that of shards.csv again, unless users stay",
    );
    if let Some(site) = start.current.whole(shard)
        && parts.iter().all(|part| part.from == site)
    {
        return;
    }
    let shares = start.current.shares(shard);
    for part in parts {
        if !shares.iter().any(|(site, _)| *site == part.from) {
            let found = format!("`{}`", ground.site_name(part.from));
            let sites: Vec<String> = shares
                .iter()
                .map(|(site, _)| format!("`{}`", ground.site_name(*site)))
                .collect();
            report.add(
                RULE,
                cell(part.line(), "from_site"),
                found,
                sites.join(" or "),
            );
        }
    }
    if shares.len() < 2 {
        return;
    }
    let mut leaving: BTreeMap<Option<SiteId>, f64> = BTreeMap::new();
    for part in parts {
        *leaving.entry(part.from).or_default() += part.users;
    }
    for (site, share) in shares {
        let found = leaving.get(&site).copied().unwrap_or_default();
        if !is_same(found, share * users, 1.0) && (found - share * users).abs() > NOBODY {
            let found = format!("{} users from `{}`", decimal(found), ground.site_name(site));
            let expected = decimal(share * users);
            report.add(RULE, cell(parts[0].line(), "from_site"), found, expected);
        }
    }
}
