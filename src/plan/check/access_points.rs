//! Access points: whether `access_points.csv` says what the steering makes of them.

use super::ground::Ground;
use super::load::Loads;
use super::period::Situation;
use super::report::{At, Report, Rule, is_same};
use crate::ids::AccessPointId;
use crate::model::AccessPointState;
use crate::plan_files::{AccessPointRow, AccessPointUse, Lined, Row, decimal};
use crate::units::NOBODY;

/// What the inventory says of every access point.
pub(super) fn states_of_inventory(ground: &Ground<'_>) -> Vec<AccessPointUse> {
    let rows = ground.inventory.access_points.iter();
    rows.map(|row| match row.state {
        AccessPointState::Active => AccessPointUse::Active,
        AccessPointState::Standby => AccessPointUse::Standby,
    })
    .collect()
}

/// What every access point does: closed if nothing is left of it; one on standby is opened if it carries
/// somebody.
pub(super) fn states(
    ground: &Ground<'_>,
    situation: &Situation,
    loads: &Loads,
) -> Vec<AccessPointUse> {
    let rows = ground.inventory.access_points.iter().enumerate();
    rows.map(|(index, row)| {
        let component = ground
            .inventory
            .access_point_component(AccessPointId::new(index))
            .index();
        match row.state {
            _ if situation.case.gone[component] => AccessPointUse::Closed,
            AccessPointState::Active => AccessPointUse::Active,
            AccessPointState::Standby if loads.crossing[component] > NOBODY => {
                AccessPointUse::Opened
            }
            AccessPointState::Standby => AccessPointUse::Standby,
        }
    })
    .collect()
}

/// Names of the standby access points that are open.
pub(super) fn opened<'a>(ground: &Ground<'a>, states: &[AccessPointUse]) -> Vec<&'a str> {
    let rows = ground.inventory.access_points.iter().zip(states);
    rows.filter(|(_, state)| **state == AccessPointUse::Opened)
        .map(|(row, _)| row.id.as_str())
        .collect()
}

/// Checks the rows of one period.
pub(super) fn check(
    ground: &Ground<'_>,
    period: usize,
    loads: &Loads,
    before: &[AccessPointUse],
    after: &[AccessPointUse],
    rows: &[&Lined<AccessPointRow>],
    report: &mut Report,
) {
    let mut has_row = vec![false; after.len()];
    for row in rows {
        let Some(id) = row_is_of_an_access_point(ground, row, &mut has_row, report) else {
            continue;
        };
        state_before_is_true(before[id.index()], row, report);
        state_after_is_true(after[id.index()], row, report);
        let component = ground.inventory.access_point_component(id).index();
        users_are_true(loads.crossing[component], row, report);
    }
    for (index, _) in has_row.iter().enumerate().filter(|(_, has_row)| !**has_row) {
        row_is_missing(ground, period, index, report);
    }
}

/// A cell of `access_points.csv`.
fn cell<'a>(row: &Lined<AccessPointRow>, column: &'a str) -> At<'a> {
    At::cell(AccessPointRow::FILE, row.line, column)
}

/// P7801: each row is of an access point, and each has one.
fn row_is_of_an_access_point(
    ground: &Ground<'_>,
    row: &Lined<AccessPointRow>,
    has_row: &mut [bool],
    report: &mut Report,
) -> Option<AccessPointId> {
    const RULE: Rule = Rule {
        code: "P7801",
        hint: "keep one row for every access point",
    };
    let id = ground
        .access_points
        .get(row.row.access_point.as_str())
        .copied();
    let is_second = id.is_some_and(|id| std::mem::replace(&mut has_row[id.index()], true));
    if id.is_none() || is_second {
        let found = format!(
            "`{}`{}",
            row.row.access_point,
            if is_second { " again" } else { "" }
        );
        report.add(
            RULE,
            cell(row, "access_point"),
            found,
            "each access point of the inventory once",
        );
        return None;
    }
    id
}

/// P7802: every access point has a row in every period.
fn row_is_missing(ground: &Ground<'_>, period: usize, index: usize, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7802",
        hint: "add the row",
    };
    let name = &ground.inventory.access_points[index].id;
    let found = format!("no row of `{name}` in period {period}");
    report.add(
        RULE,
        At::file(AccessPointRow::FILE),
        found,
        "every access point in every period",
    );
}

/// P7803: the state before is that of the period before, first that of the inventory.
fn state_before_is_true(
    expected: AccessPointUse,
    row: &Lined<AccessPointRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7803",
        hint: "write the state after of the period before; first what access_points.csv of the inventory says",
    };
    if row.row.state_before != expected {
        let found = format!("`{}`", row.row.state_before.word());
        let expected = format!("`{}`", expected.word());
        report.add(RULE, cell(row, "state_before"), found, expected);
    }
}

/// P7804: the state after follows from the inventory, the events and the steering.
fn state_after_is_true(expected: AccessPointUse, row: &Lined<AccessPointRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7804",
        hint: "`closed` if nothing is left of it; one on standby is `opened` if users enter through it",
    };
    if row.row.state_after != expected {
        let found = format!("`{}`", row.row.state_after.word());
        let expected = format!("`{}`", expected.word());
        report.add(RULE, cell(row, "state_after"), found, expected);
    }
}

/// P7805: users are those steered through it.
fn users_are_true(expected: f64, row: &Lined<AccessPointRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7805",
        hint: "sum the users of steering.csv that pass it",
    };
    if !is_same(row.row.users, expected, 1.0) {
        report.add(
            RULE,
            cell(row, "users"),
            decimal(row.row.users),
            decimal(expected),
        );
    }
}
