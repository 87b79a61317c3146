//! Steps: whether the rows of a change list are numbered in the order in which they are done.

use super::changes::cell;
use super::report::{Report, Rule};
use super::turn::{Subject, Way, subject};
use crate::plan_files::{Action, ChangeBackRow, ChangeRow, Lined, Row};
use std::collections::{BTreeMap, BTreeSet};

/// P7966: steps count from 1 without gaps, in the order in which it is done; only the weights of a client region are
/// set at once.
pub(super) fn steps_are_in_order(
    file: &'static str,
    way: Way,
    rows: &[&Lined<ChangeRow>],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7966",
        hint: "open access points, then move shards, then set the weights, all of a client region in one step, then \
               close access points; on the way back from the last step to the first",
    };
    let turn = |action: Action| match (action, way) {
        (Action::OpenAccessPoint, Way::There) | (Action::CloseAccessPoint, Way::Back) => 0,
        (Action::Weight, _) => 2,
        (Action::CloseAccessPoint, Way::There) | (Action::OpenAccessPoint, Way::Back) => 3,
        _ => 1,
    };
    let mut sorted: Vec<&Lined<ChangeRow>> = rows.to_vec();
    sorted.sort_by_key(|row| row.row.step);
    let mut last: Option<&Lined<ChangeRow>> = None;
    let mut regions = BTreeSet::new();
    for row in sorted {
        let region = row.row.client_region.as_deref();
        let is_at_once = last.is_some_and(|last| {
            last.row.action == Action::Weight
                && row.row.action == Action::Weight
                && last.row.client_region == row.row.client_region
        });
        let step = last.map_or(0, |last| last.row.step);
        let wanted = if is_at_once {
            step
        } else {
            step.saturating_add(1)
        };
        let is_late = last.is_some_and(|last| turn(last.row.action) > turn(row.row.action));
        let is_apart = row.row.action == Action::Weight && !is_at_once && !regions.insert(region);
        if row.row.step != wanted || is_late || is_apart {
            let expected = if is_late || is_apart {
                "the order in which it is done".to_owned()
            } else {
                wanted.to_string()
            };
            report.add(
                RULE,
                cell(file, row, "step"),
                row.row.step.to_string(),
                expected,
            );
        }
        last = Some(row);
    }
}

/// P7967: a row of the way back has the step that it undoes.
pub(super) fn steps_are_those_undone(
    changes: &[&Lined<ChangeRow>],
    back: &[&Lined<ChangeRow>],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7967",
        hint: "write the step of the row of changes.csv that is undone",
    };
    let steps: BTreeMap<Subject, u32> = changes
        .iter()
        .map(|row| (subject(&row.row), row.row.step))
        .collect();
    for row in back {
        let mut undone = subject(&row.row);
        undone.swap(3, 4);
        if let Some(step) = steps.get(&undone)
            && *step != row.row.step
        {
            report.add(
                RULE,
                cell(ChangeBackRow::FILE, row, "step"),
                row.row.step.to_string(),
                step.to_string(),
            );
        }
    }
}
