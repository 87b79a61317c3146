//! Moves: whether moves.csv has every change of site, and no other.

use super::assignment::{Assignment, Start};
use super::ground::Ground;
use super::judge::{Expected, Judged, judge_things, number};
use super::period::Situation;
use super::report::{At, Report, Rule};
use crate::plan::{Move, moves as planned_moves};
use crate::plan_files::{Lined, MoveRow, Row, Text};

/// The changes of site of one period, in the order of the shards.
pub(super) fn moves(
    situation: &Situation,
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

/// Checks the rows of one period.
pub(super) fn check(
    ground: &Ground<'_>,
    period: usize,
    moves: &[Move],
    rows: &[&Lined<MoveRow>],
    report: &mut Report,
) {
    let known = rows.iter().copied();
    let known: Vec<&Lined<MoveRow>> = known
        .filter(|row| names_exist(ground, row, report))
        .collect();
    let key = |row: &MoveRow| {
        let site = |name: &str| ground.sites.get(name).copied();
        let from = row.from_site.as_deref().map(site);
        let shard = ground.shards.get(&row.shard)?;
        Some((shard, from.flatten(), site(&row.to_site)?))
    };
    let things = moves.iter().map(|own| ((own.shard, own.from, own.to), own));
    let expected = |own: &Move| {
        let row = MoveRow {
            period: number(period),
            wave: None,
            shard: Text::from(ground.shard_name(own.shard.index())),
            users: own.users,
            from_site: own
                .from
                .map(|site| Text::from(ground.site_name(Some(site)))),
            to_site: Text::from(ground.site_name(Some(own.to))),
            how: own.how,
            reason: own.reason,
        };
        Expected::from(row)
    };
    judge_things(known, key, things, expected, report);
}

/// P7701: shard and sites exist.
fn names_exist(ground: &Ground<'_>, row: &Lined<MoveRow>, report: &mut Report) -> bool {
    const RULE: Rule = Rule::new("P7701", "name shards and sites of the inventory");
    let (shard, to) = (&row.row.shard, &row.row.to_site);
    let from = row.row.from_site.as_deref();
    let is_site = |name: &str| ground.sites.contains_key(name);
    let mut all_exist = true;
    for (column, name, exists) in [
        ("shard", &**shard, ground.shards.get(shard).is_some()),
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
            Some(first) => (format!("the move of line {first} again"), "one row for it"),
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
