//! Rules of onboarding.csv.

use crate::diagnostic::Code;
use crate::inventory::findings::{Findings, Message, place};
use crate::inventory::rows::Located;
use crate::inventory::table::{Column, Row};
use crate::model::{Onboarding, Shard};

/// A range whose low end lies above its high end.
pub(crate) const NO_RANGE: Code = Code("P2203");
/// Expected users outside the range of the forecast (a warning).
pub(crate) const OUTSIDE_RANGE: Code = Code("P2204");
/// More users leave than there are (a warning: 0 are left).
pub(crate) const MORE_LEAVE_THAN_ARE: Code = Code("P3301");

/// The low end of a forecast is at most its high end.
pub(crate) fn has_a_range(row: &mut Row<'_, '_>, column: Column, onboarding: &Onboarding) {
    if onboarding.low > onboarding.high {
        row.error(
            column,
            NO_RANGE,
            Message {
                found: format!("{}, above the high end {}", onboarding.low, onboarding.high),
                expected: "a low end of at most the high end".to_owned(),
                hint: "swap the two; with users that leave, the low end is the more negative one"
                    .to_owned(),
            },
        );
    }
}

/// What is expected lies within the range of the forecast.
pub(crate) fn is_within_its_range(row: &mut Row<'_, '_>, column: Column, onboarding: &Onboarding) {
    let is_range = onboarding.low <= onboarding.high;
    if is_range && !(onboarding.low..=onboarding.high).contains(&onboarding.users) {
        row.warning(
            column,
            OUTSIDE_RANGE,
            Message {
                found: format!(
                    "{}, outside {} to {}",
                    onboarding.users, onboarding.low, onboarding.high
                ),
                expected: "users between low and high".to_owned(),
                hint: "check the three numbers".to_owned(),
            },
        );
    }
}

/// Nobody leaves who is not there: all rows up to an instant count at it.
pub(crate) fn leaves_nobody_below_zero(
    shards: &[Shard],
    rows: &[Located<Onboarding>],
    findings: &mut Findings,
) {
    let mut by_shard: Vec<&Located<Onboarding>> = rows.iter().collect();
    by_shard.sort_by_key(|row| (row.value.shard, row.value.date, row.line));
    for of_shard in by_shard.chunk_by(|a, b| a.value.shard == b.value.shard) {
        let Some(shard) = of_shard
            .first()
            .and_then(|row| shards.get(row.value.shard.index()))
        else {
            continue;
        };
        let mut users = i128::from(shard.users);
        for at_instant in of_shard.chunk_by(|a, b| a.value.date == b.value.date) {
            let before = users.max(0);
            users += at_instant
                .iter()
                .map(|row| i128::from(row.value.users))
                .sum::<i128>();
            let last = at_instant.iter().rfind(|row| row.value.users < 0);
            if let (true, Some(row)) = (users < 0, last) {
                findings.warning(
                    MORE_LEAVE_THAN_ARE,
                    place("onboarding.csv", row.line, Some("users")),
                    Message {
                        found: format!("{} of {before} users", row.value.users),
                        expected: "at most as many leaving as there are".to_owned(),
                        hint: "check the users of the shard and its earlier rows; 0 users are left"
                            .to_owned(),
                    },
                );
            }
        }
    }
}
