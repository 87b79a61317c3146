//! Rules of profiles.csv.

use crate::diagnostic::Code;
use crate::inventory::findings::Message;
use crate::inventory::table::{Column, Row};
use crate::model::Profile;

/// Work that counts as late only after it was given up (a warning).
pub(crate) const LATE_TOO_LATE: Code = Code("P3503");
/// Work that is given up before it can be done (a warning).
pub(crate) const TOO_LITTLE_TIME: Code = Code("P3504");

/// Work that is not tried again counts as late before it is given up: given up, its user is down already.
pub(crate) fn is_late_before_it_is_given_up(
    row: &mut Row<'_, '_>,
    late_seconds: Column,
    profile: &Profile,
) {
    let (Some(late), Some(timeout)) = (profile.late_seconds, profile.timeout_seconds) else {
        return;
    };
    if late > timeout && profile.retries <= 0.0 {
        row.warning(
            late_seconds,
            LATE_TOO_LATE,
            Message {
                found: format!("{late} s, after it is given up at {timeout} s"),
                expected: format!("at most the timeout of {timeout} s"),
                hint: "nothing is ever late: lower it, or leave the cell blank for the timeout"
                    .to_owned(),
            },
        );
    }
}

/// Work is not given up before it can be done.
pub(crate) fn has_time_for_its_work(
    row: &mut Row<'_, '_>,
    timeout_seconds: Column,
    profile: &Profile,
) {
    let (Some(timeout), Some(service)) = (profile.timeout_seconds, profile.service_seconds) else {
        return;
    };
    if timeout < service {
        row.warning(
            timeout_seconds,
            TOO_LITTLE_TIME,
            Message {
                found: format!("{timeout} s for work that takes {service} s"),
                expected: format!("at least the {service} s of service_seconds"),
                hint: "compare the units: work that is given up before it can be done never is"
                    .to_owned(),
            },
        );
    }
}
