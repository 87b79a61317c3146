//! Access points: whether `access_points.csv` says what the steering makes of them.

use super::ground::Ground;
use super::judge::{Expected, Judged, judge, number};
use super::load::Loads;
use super::period::Situation;
use super::report::{Report, Rule};
use crate::ids::AccessPointId;
use crate::model::AccessPointState;
use crate::plan_files::{AccessPointRow, AccessPointUse, Lined};
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
    [before, after]: [&[AccessPointUse]; 2],
    rows: &[&Lined<AccessPointRow>],
    report: &mut Report,
) {
    let expected = ground.inventory.access_points.iter().enumerate();
    let expected = expected.map(|(index, access_point)| {
        let id = AccessPointId::new(index);
        let component = ground.inventory.access_point_component(id).index();
        let row = AccessPointRow {
            period: number(period),
            access_point: access_point.id.clone(),
            state_before: before[index],
            state_after: after[index],
            users: loads.crossing[component],
            reason: None,
        };
        (id, Expected::from(row))
    });
    let key = |row: &AccessPointRow| ground.access_points.get(&*row.access_point).copied();
    judge(rows.iter().copied(), key, expected, report);
}

impl Judged for AccessPointRow {
    const STRAY: Rule = Rule::new("P7801", "keep one row for every access point");
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
