//! Access points: whether `access_points.csv` says what the steering makes of them.

use super::ground::Ground;
use super::judge::{Expected, Judged, judge, number};
use super::report::{Report, Rule};
use crate::plan::AccessPointChange;
use crate::plan_files::{AccessPointRow, AccessPointUse, Lined};

/// Names of the standby access points that are open.
pub(super) fn opened<'a>(ground: &Ground<'a>, states: &[AccessPointChange]) -> Vec<&'a str> {
    let rows = ground.inventory.access_points.iter().zip(states);
    rows.filter(|(_, state)| state.after == AccessPointUse::Opened)
        .map(|(row, _)| row.id.as_str())
        .collect()
}

/// Checks the rows of one period.
pub(super) fn check(
    ground: &Ground<'_>,
    period: usize,
    states: &[AccessPointChange],
    rows: &[&Lined<AccessPointRow>],
    report: &mut Report,
) {
    let expected = states.iter().map(|own| {
        let row = own.row(ground.inventory, number(period));
        (own.access_point, Expected::from(row))
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
