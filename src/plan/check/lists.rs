//! Lists: whether moves.csv, `access_points.csv` and unserved.csv have a row for all that they should, and no other.

use super::affected::Affected;
use super::assignment::{Assignment, Start};
use super::certificate::{Roads, Rules};
use super::context::RefereeContext;
use super::judge::{Expected, Judged, by_key, judge, judge_things, number};
use super::period::PeriodState;
use super::report::{At, Report, Rule};
use crate::diagnostic::amounts::rounded;
use crate::ids::{ShardId, SiteId};
use crate::plan::{AccessPointChange, Move, moves as planned_moves};
use crate::plan_files::{
    AccessPointRow, AccessPointUse, Cause, Lined, MoveRow, Row, Text, UnservedRow,
};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// The changes of site of one period, in the order of the shards.
pub(super) fn moves(
    situation: &PeriodState,
    start: &Start<'_>,
    assignment: &Assignment,
) -> Vec<Move> {
    let inventory = situation.context.inventory;
    let origin = start.origin(&situation.case);
    let mut parts = Vec::new();
    let of_shard = |shard: usize| {
        assignment.planned(shard, &mut parts);
        planned_moves(inventory, &origin, &parts)
    };
    (0..inventory.shards.len()).flat_map(of_shard).collect()
}

/// Checks the rows of moves.csv of one period.
pub(super) fn check_moves(
    context: &RefereeContext,
    period: usize,
    moves: &[Move],
    rows: &[&Lined<MoveRow>],
    report: &mut Report,
) {
    let known = rows.iter().copied();
    let known: Vec<&Lined<MoveRow>> = known
        .filter(|row| names_exist(context, row, report))
        .collect();
    let key = |row: &MoveRow| {
        let site = |name: &str| context.sites.get(name).copied();
        let from = row.from_site.as_deref().map(site);
        let shard = context.shards.get(&row.shard)?;
        Some((shard, from.flatten(), site(&row.to_site)?))
    };
    let things = moves
        .iter()
        .map(|moved| ((moved.shard, moved.from, moved.to), moved));
    let expected = |moved: &Move| {
        let row = MoveRow {
            period: number(period),
            wave: None,
            shard: Text::from(context.shard_name(moved.shard.index())),
            users: moved.users,
            from_site: moved
                .from
                .map(|site| Text::from(context.site_name(Some(site)))),
            to_site: Text::from(context.site_name(Some(moved.to))),
            how: moved.how,
            reason: moved.reason,
        };
        Expected::from(row)
    };
    judge_things(known, key, things, expected, report);
}

/// P7701: shard and sites exist.
fn names_exist(context: &RefereeContext, row: &Lined<MoveRow>, report: &mut Report) -> bool {
    const RULE: Rule = Rule::new("P7701", "name shards and sites of the inventory");
    let (shard, to) = (&row.row.shard, &row.row.to_site);
    let from = row.row.from_site.as_deref();
    let is_site = |name: &str| context.sites.contains_key(name);
    let mut all_exist = true;
    for (column, name, exists) in [
        ("shard", &**shard, context.shards.get(shard).is_some()),
        (
            "from_site",
            from.unwrap_or_default(),
            from.is_none_or(is_site),
        ),
        ("to_site", &**to, is_site(to)),
    ] {
        if !exists {
            let at = At::cell(MoveRow::FILE, row.line, column);
            report.add(RULE, at, format!("`{name}`"), "a name of the inventory");
        }
        all_exist &= exists;
    }
    all_exist
}

impl Judged for MoveRow {
    const STRAY: Rule = Rule::new(
        "P7704",
        "remove the row, or move the shard in assignment.csv",
    );
    const AGAIN: Rule = Rule::new("P7702", "join the rows");
    const MISSING: Rule = Rule::new("P7703", "add the row");
    const NAMED_IN: &'static str = "shard";

    fn stray(&self, first: Option<u64>) -> [String; 2] {
        let shard = &self.shard;
        let both = match first {
            Some(first) => (format!("the move of line {first}"), "one row for it"),
            None => (
                format!("a move of shard `{shard}` that assignment.csv does not make"),
                "only changes from one period to the next",
            ),
        };
        [both.0, both.1.to_owned()]
    }

    fn missing(&self) -> [String; 2] {
        let from = self.from_site.as_deref().unwrap_or("a blank cell");
        [
            format!(
                "no move of shard `{}` from `{from}` to `{}` in period {}",
                self.shard, self.to_site, self.period
            ),
            "a row for every change of site".to_owned(),
        ]
    }
}

/// Names of the standby access points that are open.
pub(super) fn opened<'a>(
    context: &RefereeContext<'a>,
    states: &[AccessPointChange],
) -> Vec<&'a str> {
    let rows = context.inventory.access_points.iter().zip(states);
    rows.filter(|(_, state)| state.after == AccessPointUse::Opened)
        .map(|(row, _)| row.id.as_str())
        .collect()
}

/// Checks the rows of `access_points.csv` of one period.
pub(super) fn check_access_points(
    context: &RefereeContext,
    period: usize,
    states: &[AccessPointChange],
    rows: &[&Lined<AccessPointRow>],
    report: &mut Report,
) {
    let row = |access_point_change: &AccessPointChange| {
        access_point_change
            .row(context.inventory, number(period))
            .into()
    };
    let key = |row: &AccessPointRow| context.access_points.get(&*row.access_point).copied();
    judge(rows.iter().copied(), key, states.iter().map(row), report);
}

impl Judged for AccessPointRow {
    const STRAY: Rule = Rule::new("P7801", "write exactly one row for every access point");
    const MISSING: Rule = Rule::new("P7802", "add the row");
    const NAMED_IN: &'static str = "access_point";

    fn stray(&self, first: Option<u64>) -> [String; 2] {
        let again = first.map_or("", |_| " again");
        [
            format!("`{}`{again}", self.access_point),
            "each access point of the inventory once".to_owned(),
        ]
    }

    fn missing(&self) -> [String; 2] {
        [
            format!(
                "no row of `{}` in period {}",
                self.access_point, self.period
            ),
            "every access point in every period".to_owned(),
        ]
    }
}

/// Shards: users served nowhere.
pub(super) fn unserved(assignment: &Assignment) -> BTreeMap<usize, f64> {
    let mut all = BTreeMap::new();
    for (shard, part) in assignment.all().filter(|(_, part)| part.to.is_none()) {
        *all.entry(shard).or_insert(0.0) += part.users;
    }
    all.retain(|_, users| *users > 0.0);
    all
}

/// Shards: of the users served nowhere, those that have no site open and reached by a path where they may be.
fn without_a_site(
    situation: &PeriodState,
    assignment: &Assignment,
    affected: &mut Affected<'_>,
) -> BTreeMap<usize, f64> {
    let context = situation.context;
    let roads = Roads::new(context, situation);
    let mut all = BTreeMap::new();
    for (shard, part) in assignment.all().filter(|(_, part)| part.to.is_none()) {
        let is_affected = part
            .from
            .is_some_and(|site| affected.is_affected(shard, site));
        let rules = Rules::new(context, situation, shard, part.from, is_affected);
        let group = &context.groups[context.group_of(shard)];
        let reached = roads.reached(group.profile, group.client_region.index(), group.limit);
        let mut sites = (0..context.inventory.sites.len()).map(SiteId::new);
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

/// Checks the rows of unserved.csv of one period, of which `unserved` has the users of every shard. Files written before there were causes tell none.
pub(super) fn check_unserved(
    situation: &PeriodState,
    period: usize,
    (assignment, unserved): (&Assignment, &BTreeMap<usize, f64>),
    affected: &mut Affected<'_>,
    (rows, tells_causes): (&[&Lined<UnservedRow>], bool),
    report: &mut Report,
) {
    let context = situation.context;
    let key = |row: &UnservedRow| context.shards.get(&row.shard).map(ShardId::index);
    let written = by_key(rows.iter().copied(), key);
    let without = tells_causes.then(|| without_a_site(situation, assignment, affected));
    let expected = unserved.iter().map(|(&shard, &users)| {
        let inventory = context.inventory;
        let of_shard = &inventory.shards[shard];
        let one_cause = written.get(&shard).and_then(|row| row.cause);
        let without = without.as_ref().and_then(|all| all.get(&shard));
        let row = UnservedRow {
            period: number(period),
            shard: Text::from(context.shard_name(shard)),
            tenant: Text::from(&*inventory.tenants[of_shard.tenant.index()]),
            tier: Text::from(&*inventory.tiers[of_shard.tier.index()].id),
            users,
            reason: String::new(),
            cause: Some(cause(
                context,
                without.copied().unwrap_or(0.0),
                users,
                one_cause,
            )),
        };
        let row = Expected::from(row).unless(!tells_causes, &["cause"]);
        row.optional(users <= NOBODY)
    });
    judge(rows.iter().copied(), key, expected, report);
}

/// The cause: users have no site where none of those where they may be is open and reached by a path, and only there; a limit of
/// moves keeps nobody where there is none. What is written is believed if it may be.
fn cause(context: &RefereeContext, without: f64, users: f64, cause: Option<Cause>) -> Cause {
    // Of a shard with several homes some may have a site, and others none.
    let may_have_site = without < users - NOBODY;
    let may_have_none = without > NOBODY;
    let is_limited = context.scenario.policy.max_moved_users.is_some();
    match cause {
        Some(Cause::NoSite) if may_have_none => Cause::NoSite,
        Some(Cause::MoveLimit) if may_have_site && is_limited => Cause::MoveLimit,
        _ if may_have_site => Cause::NoCapacity,
        _ => Cause::NoSite,
    }
}

impl Judged for UnservedRow {
    const STRAY: Rule = Rule::new(
        "P7811",
        "write exactly one row for every shard with unserved users in assignment.csv",
    );
    const MISSING: Rule = Rule::new("P7812", "add the row, with its reason");
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
            format!("its {} unserved users", rounded(self.users)),
        ]
    }
}
