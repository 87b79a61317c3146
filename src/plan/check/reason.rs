//! Reasons: whether a row says truly why users stand where they stand.

use super::homes::Start;
use super::parts::Part;
use super::parts::cell;
use super::period::Situation;
use super::report::{Report, Rule};
use crate::plan_files::Reason;

/// Why the users of a part stand where they stand.
pub(super) fn true_reason(
    situation: &Situation,
    start: &Start<'_>,
    shard: usize,
    part: &Part,
) -> Reason {
    match (part.from, part.to) {
        (_, None) => Reason::Unserved,
        (None, Some(_)) => Reason::Placed,
        (Some(from), Some(to)) if from == to => {
            if start.is_going_home(shard) {
                Reason::Returned
            } else {
                Reason::Home
            }
        }
        (Some(from), Some(_)) if situation.case.failed[from.index()] => Reason::Failed,
        (Some(from), Some(_)) if situation.case.gone[from.index()] => Reason::Drained,
        (Some(_), Some(_)) => Reason::Relief,
    }
}

/// P7110: the reason is the true one.
pub(super) fn reason_is_true(
    situation: &Situation,
    start: &Start<'_>,
    shard: usize,
    part: &Part,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7110",
        hint: "docs/errors.md says which reason belongs to which row",
    };
    let expected = true_reason(situation, start, shard, part);
    if part.reason != expected {
        let found = format!("`{}`", part.reason.word());
        report.add(
            RULE,
            cell(part.line(), "reason"),
            found,
            format!("`{}`", expected.word()),
        );
    }
}
