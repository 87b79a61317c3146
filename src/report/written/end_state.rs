//! Until when the end of a plan holds, as summary.json has it.

use crate::plan::runway::{Condition, Day};
use crate::plan::{EndStateDates, EndStateRunway};
use crate::plan_files::EndStateSummary;
use jiff::tz::TimeZone;

/// The dates of a plan's end.
pub(super) fn end_state(runway: &EndStateRunway) -> EndStateSummary {
    let date = |day: Day| {
        let begins = runway.begins(day).to_zoned(TimeZone::UTC);
        begins.date().to_string()
    };
    let fails_from = |condition: Condition| {
        let dates = runway.found.ok();
        dates.and_then(|dates: EndStateDates| dates.fails_from(condition))
    };
    let through = |condition: Condition| {
        runway.found.ok()?;
        let end = fails_from(condition).unwrap_or(runway.days);
        end.checked_sub(1).map(date)
    };
    EndStateSummary {
        from: date(0),
        until: date(runway.days),
        in_force: runway.in_force.iter().map(|event| *event as u64).collect(),
        newcomers_from: runway.newcomers.map(date),
        targets_met_through: through(Condition::Target),
        targets_missed_from: fails_from(Condition::Target).map(date),
        served_through: through(Condition::Served),
        unserved_from: fails_from(Condition::Served).map(date),
        not_checked: runway.found.err().map(|gap| gap.word().to_owned()),
    }
}
