//! Assignment: who is served where in one period as assignment.csv says, and whether every shard is accounted for.

use super::context::RefereeContext;
use super::period::PeriodState;
use super::report::{At, Report, Rule, is_same, is_same_count};
use super::tables::period_of;
use crate::diagnostic::amounts::rounded;
use crate::ids::{ShardId, SiteId};
use crate::model::{Case, Homes};
use crate::plan::{Origin, Part as PlannedPart, reason, settle_shard};
use crate::plan_files::{AssignmentRow, Lined, Reason, Row};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// A row of assignment.csv whose names exist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    line: u32,
    pub(super) from: Option<SiteId>,
    pub(super) to: Option<SiteId>,
    pub(super) users: f64,
    pub(super) share: f64,
    pub(super) reason: Reason,
}

impl Part {
    /// What a row says, at the sites that it names.
    pub(super) fn of(
        lined: &Lined<AssignmentRow>,
        from: Option<SiteId>,
        to: Option<SiteId>,
    ) -> Self {
        let row = &lined.row;
        Self {
            line: u32::try_from(lined.line).unwrap_or(u32::MAX),
            from,
            to,
            users: row.users,
            share: row.share,
            reason: row.reason,
        }
    }

    /// Users who stand at their home, served there or not: of no file.
    pub(super) fn standing(home: Option<SiteId>, is_served: bool, users: f64, share: f64) -> Self {
        Self {
            line: 0,
            from: home,
            to: home.filter(|_| is_served),
            users,
            share,
            reason: if is_served {
                Reason::Home
            } else {
                Reason::Unserved
            },
        }
    }

    /// The same as the planner has it.
    pub(super) fn of_shard(&self, shard: usize) -> PlannedPart {
        PlannedPart {
            shard: ShardId::new(shard),
            current: self.from,
            site: self.to,
            users: self.users,
        }
    }

    /// Where the row stands in its file; of a file of billions of lines the last one that can be named.
    pub(super) fn line(&self) -> u64 {
        u64::from(self.line)
    }
}

/// Users served at a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Served {
    pub(super) site: SiteId,
    pub(super) users: f64,
}

/// The rows of one period, by shard.
pub(super) struct Assignment {
    parts: Vec<Part>,
    /// Shards: the first of its parts; one more entry closes the last.
    starts: Vec<u32>,
}

impl Assignment {
    /// Parts with the shard of each, in the order of the file.
    pub(super) fn new(shards: usize, mut parts: Vec<Part>, mut shard_of: Vec<ShardId>) -> Self {
        // Rows mostly follow shards.csv already.
        if !shard_of.is_sorted() {
            let mut order: Vec<usize> = (0..parts.len()).collect();
            order.sort_by_key(|position| shard_of[*position]);
            parts = order.iter().map(|position| parts[*position]).collect();
            shard_of = order.iter().map(|position| shard_of[*position]).collect();
        }
        let mut starts = Vec::with_capacity(shards + 1);
        let mut start = 0;
        for shard in (0..=shards).map(ShardId::new) {
            let rest = shard_of[start as usize..].iter();
            start += rest
                .map_while(|other| (*other < shard).then_some(1))
                .sum::<u32>();
            starts.push(start);
        }
        Self { parts, starts }
    }

    /// The parts of a shard, in the order of the file.
    pub(super) fn of(&self, shard: usize) -> &[Part] {
        &self.parts[self.starts[shard] as usize..self.starts[shard + 1] as usize]
    }

    /// The parts of a shard as the planner has them, put in place of what was in `parts`.
    pub(super) fn planned(&self, shard: usize, parts: &mut Vec<PlannedPart>) {
        parts.clear();
        parts.extend(self.of(shard).iter().map(|part| part.of_shard(shard)));
    }

    /// Where shards are after the period, which were at these homes.
    pub(super) fn homes_after(&self, homes: &Homes) -> Homes {
        let mut homes = homes.clone();
        let mut parts = Vec::new();
        for shard in 0..homes.shard_count() {
            self.planned(shard, &mut parts);
            settle_shard(&mut homes, &parts);
        }
        homes
    }

    /// All parts with their shards.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &Part)> {
        (0..self.starts.len() - 1)
            .flat_map(|shard| self.of(shard).iter().map(move |part| (shard, part)))
    }

    /// `true` if nobody is unserved.
    pub(super) fn is_served(&self) -> bool {
        let mut parts = self.parts.iter();
        parts.all(|part| part.to.is_some() || part.users <= NOBODY)
    }

    /// The parts that are served.
    pub(super) fn served(&self) -> impl Iterator<Item = (usize, Served)> {
        self.all().filter_map(|(shard, part)| {
            let users = part.users;
            Some((shard, part.to.map(|site| Served { site, users })?))
        })
    }
}

/// What a period starts from.
pub(super) struct Start<'a> {
    /// The period's number.
    pub(super) period: usize,
    /// Where shards were, whatever their current site.
    pub(super) previous: &'a Homes,
    /// Their current sites (`model.md` §4).
    pub(super) current: &'a Homes,
}

impl<'a> Start<'a> {
    /// Where the shards of a case come from.
    pub(super) fn origin(&self, case: &'a Case) -> Origin<'a> {
        Origin {
            case,
            previous: self.previous,
            current: self.current,
        }
    }

    /// `true` if users go home and a shard was elsewhere, in whole or in part, in the period before.
    pub(super) fn is_going_home(&self, shard: usize) -> bool {
        !self.previous.is_same(self.current, ShardId::new(shard))
    }
}

/// The sites of a shard, each with its share of it; `None` for a shard without a home.
pub(super) fn shares(homes: &Homes, shard: usize) -> Vec<(Option<SiteId>, f64)> {
    let all = homes.of(ShardId::new(shard));
    all.map(|home| (home.site, homes.share(home))).collect()
}

/// The rows of one period whose names exist.
pub(super) struct Named {
    pub(super) assignment: Assignment,
    /// What is wrong with the names.
    pub(super) found: Report,
}

/// The rows of every period, checked by their names: from here on the file's rows are of no use.
pub(super) fn named(
    context: &RefereeContext,
    rows: Vec<Lined<AssignmentRow>>,
    periods: usize,
    report: &mut Report,
) -> Vec<Named> {
    let shards = context.inventory.shards.len();
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
        let (shard, sites) = names(context, last, lined, report);
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
    situation: &PeriodState,
    start: &Start<'_>,
    assignment: &Assignment,
    report: &mut Report,
) {
    let context = situation.context;
    for shard in 0..context.inventory.shards.len() {
        let parts = assignment.of(shard);
        let users = situation.case.users(shard);
        if parts.is_empty() {
            let name = context.shard_name(shard);
            let found = format!("no row of shard `{name}` in period {}", start.period);
            let at = At::file(AssignmentRow::FILE);
            report.add(MISSING, at, found, "every shard in every period");
            continue;
        }
        parts_sum_to_the_users(context, shard, parts, users, report);
        no_part_stands_twice(context, shard, parts, report);
        shard_is_whole(context, shard, parts, report);
        parts_start_at_the_current_site(context, start, shard, parts, users, report);
    }
}

/// P7110: why users stand where they stand in one period is the true reason.
pub(super) fn reasons_are_true(
    situation: &PeriodState,
    start: &Start<'_>,
    assignment: &Assignment,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7110",
        "give the reason that docs/errors.md lists for such a row",
    );
    let origin = start.origin(&situation.case);
    for (shard, part) in assignment.all() {
        let expected = reason(&origin, &part.of_shard(shard));
        if part.reason != expected {
            let words = [part.reason, expected].map(|reason| format!("`{}`", reason.word()));
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
    "add a row for the shard; a shard served nowhere has a blank to_site",
);
/// P7103: the tenant is the shard's.
const TENANT: Rule = Rule::new("P7103", "write the tenant of shards.csv");
/// P7104: a site that is named exists.
const SITE: Rule = Rule::new("P7104", "name a site of sites.csv, or leave the cell blank");
/// P7105: the parts of a shard sum to its users in the period, and none of several is empty.
const SUM: Rule = Rule::new(
    "P7105",
    "count every user of users × onboarding × surges once, as served or as unserved",
);
/// P7106: "share" is of the shard's users; of a shard without users it is 1.
const SHARE: Rule = Rule::new(
    "P7106",
    "divide the users of the row by the users of the shard in the period",
);

/// The shard, and the sites from which and to which it goes, if these names exist.
fn names(
    context: &RefereeContext,
    last: Option<ShardId>,
    lined: &Lined<AssignmentRow>,
    report: &mut Report,
) -> (Option<ShardId>, Option<[Option<SiteId>; 2]>) {
    let row = &lined.row;
    let Some(shard) = context.shards.get_near(last, &row.shard) else {
        let found = format!("`{}`", row.shard);
        let at = cell(lined.line, "shard");
        report.add(SHARD, at, found, "a shard of the inventory");
        return (None, None);
    };
    let inventory = context.inventory;
    let tenant = &inventory.tenants[inventory.shards[shard.index()].tenant.index()];
    if row.tenant != *tenant {
        let [found, expected] = [&*row.tenant, tenant].map(|text| format!("`{text}`"));
        report.add(TENANT, cell(lined.line, "tenant"), found, expected);
    }
    let mut sites = Some([None; 2]);
    let columns = [("from_site", &row.from_site), ("to_site", &row.to_site)];
    for (position, (column, name)) in columns.into_iter().enumerate() {
        let Some(name) = name.as_deref() else {
            continue;
        };
        let site = context.sites.get(name).copied();
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
    context: &RefereeContext,
    shard: usize,
    parts: &[Part],
    users: f64,
    report: &mut Report,
) {
    let sum: f64 = parts.iter().map(|part| part.users).sum();
    if !is_same_count(sum, users) {
        let name = context.shard_name(shard);
        let found = format!("{} users of shard `{name}`", rounded(sum));
        let at = cell(parts[0].line(), "users");
        report.add(SUM, at, found, format!("its {}", rounded(users)));
    }
    for part in parts
        .iter()
        .filter(|part| parts.len() > 1 && part.users <= 0.0)
    {
        let name = context.shard_name(shard);
        let found = format!("a part of shard `{name}` without users");
        report.add(SUM, cell(part.line(), "users"), found, "a part with users");
    }
    for part in parts {
        let expected = if users > 0.0 { part.users / users } else { 1.0 };
        if !is_same(part.share, expected, 1.0) {
            let at = cell(part.line(), "share");
            report.add(SHARE, at, rounded(part.share), rounded(expected));
        }
    }
}

/// P7107: one row for each pair of sites.
fn no_part_stands_twice(
    context: &RefereeContext,
    shard: usize,
    parts: &[Part],
    report: &mut Report,
) {
    const RULE: Rule = Rule::new("P7107", "join the rows");
    for (position, part) in parts.iter().enumerate() {
        let same = |other: &&Part| other.from == part.from && other.to == part.to;
        if let Some(first) = parts[..position].iter().find(same) {
            let name = context.shard_name(shard);
            let found = format!("shard `{name}` at the site of line {}", first.line());
            report.add(RULE, cell(part.line(), "shard"), found, "one row for it");
        }
    }
}

/// P7108: a shard is homed at one site unless the policy splits shards.
fn shard_is_whole(context: &RefereeContext, shard: usize, parts: &[Part], report: &mut Report) {
    const RULE: Rule = Rule::new(
        "P7108",
        "serve it at one of them, or set split_shards = true in the scenario",
    );
    if context.scenario.policy.split_shards {
        return;
    }
    let mut served = parts.iter().filter(|part| part.to.is_some());
    let first = served.next();
    for part in served.filter(|part| Some(part.to) != first.map(|first| first.to)) {
        let found = format!(
            "shard `{}` at `{}` and `{}`",
            context.shard_name(shard),
            context.site_name(first.and_then(|first| first.to)),
            context.site_name(part.to),
        );
        report.add(RULE, cell(part.line(), "to_site"), found, "one site");
    }
}

/// P7109: `from_site` is the current site; of a split shard each site has its share.
fn parts_start_at_the_current_site(
    context: &RefereeContext,
    start: &Start<'_>,
    shard: usize,
    parts: &[Part],
    users: f64,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7109",
        "the current site is that of shards.csv at first, later that of the period before. After the events it is that \
         of shards.csv again, unless users stay",
    );
    let id = ShardId::new(shard);
    let home = start.current.main(id);
    if !start.current.is_split(id) && parts.iter().all(|part| part.from == home) {
        return;
    }
    let shares = shares(start.current, shard);
    for part in parts {
        if !shares.iter().any(|(site, _)| *site == part.from) {
            let found = format!("`{}`", context.site_name(part.from));
            let sites: Vec<String> = shares
                .iter()
                .map(|(site, _)| format!("`{}`", context.site_name(*site)))
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
            let found = format!(
                "{} users from `{}`",
                rounded(found),
                context.site_name(site)
            );
            let expected = rounded(share * users);
            report.add(RULE, cell(parts[0].line(), "from_site"), found, expected);
        }
    }
}

/// A cell of assignment.csv.
pub(super) fn cell(line: u64, column: &str) -> At<'_> {
    At::cell(AssignmentRow::FILE, line, column)
}
