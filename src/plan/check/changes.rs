//! Changes: whether changes.csv leads from each period to the next, and `changes_back.csv` back again, each in the order in
//! which its steps are done.

use super::clock::{ListDirection, cell, is_mark, is_of_pool, time_is_true};
use super::context::RefereeContext;
use super::judge::{Expected, judge_cells_of};
use super::report::{At, Report, Rule};
use super::turn::{ExpectedStep, Subject, Turn, Wanted, subject, wanted};
use crate::plan_files::{Action, ChangeBackRow, ChangeRow, Lined, Row, Timing};
use std::collections::{BTreeMap, BTreeSet};

/// Checks the rows of one period in both files.
pub(super) fn check(
    context: &RefereeContext,
    turn: &Turn<'_>,
    changes: Option<&[&Lined<ChangeRow>]>,
    back: Option<&[&Lined<ChangeRow>]>,
    report: &mut Report,
) {
    let period = turn.start.period;
    // Marks, members of pools, and without waves.csv users who are shed and let in are not judged here.
    let is_own = |row: &&&Lined<ChangeRow>| {
        let is_served = matches!(row.row.action, Action::Shed | Action::LetIn);
        let is_told = !is_served || turn.is_known();
        !is_mark(row.row.action) && !is_of_pool(row.row.action) && is_told
    };
    let mut lists = Vec::new();
    for (direction, rows) in [(ListDirection::There, changes), (ListDirection::Back, back)] {
        let Some(rows) = rows else { continue };
        let change_rows: Vec<&Lined<ChangeRow>> = rows.iter().filter(is_own).copied().collect();
        rows_are_the_changes(
            period,
            wanted(context, turn, direction),
            &change_rows,
            report,
        );
        let steps = rows.iter().filter(|row| !is_mark(row.row.action));
        let steps: Vec<&Lined<ChangeRow>> = steps.copied().collect();
        steps_are_in_order(direction.file(), (turn, direction), &steps, report);
        lists.push(change_rows);
    }
    if let [changes, back] = lists.as_slice() {
        steps_are_those_undone(changes, back, report);
    }
}

/// Compares the rows of a file with what they should be.
fn rows_are_the_changes(
    period: usize,
    mut wanted: Wanted,
    rows: &[&Lined<ChangeRow>],
    report: &mut Report,
) {
    let file = wanted.file;
    for row in rows {
        if row.row.action == Action::Weight && !wanted.has_weights {
            continue;
        }
        if let Some(expected) = row_changes_something(&mut wanted, row, report) {
            if let Some(when) = expected.when {
                time_is_true(wanted.direction, when, row, report);
            }
            let [before, after] = expected
                .settings
                .map_or([None; 2], |step_settings| step_settings.map(Some));
            let row_of_it = ChangeRow {
                action: expected.action,
                share: expected.share,
                before,
                after,
                users: expected.users.unwrap_or_default(),
                ..row.row.clone()
            };
            let unknown = expected.users.is_none();
            let expected = Expected::from(row_of_it).unless(unknown, &["users"]);
            judge_cells_of(file, (row, None), &expected, report);
        }
    }
    let missing = wanted
        .rows
        .iter()
        .filter(|(_, expected_step)| expected_step.is_needed);
    for (subject, expected) in missing {
        change_is_missing(file, period, subject, expected, report);
    }
}

/// The words for a subject.
fn words(action: Action, subject: &Subject) -> String {
    let named = subject.0.iter().flatten();
    let names: Vec<String> = named.map(|name| format!("`{name}`")).collect();
    format!("`{}` of {}", action.word(), names.join(", "))
}

/// P7961: each row is a change that the plan makes, once.
fn row_changes_something(
    wanted: &mut Wanted,
    row: &Lined<ChangeRow>,
    report: &mut Report,
) -> Option<ExpectedStep> {
    const RULE: Rule = Rule::new(
        "P7961",
        "remove the row, or make the change in the plan; leave cells blank that the action does not need",
    );
    let is_bare = row.row.pool.is_none()
        && row.row.member.is_none()
        && row.row.component.is_none()
        && row.row.event.is_none();
    let subject = subject(&row.row);
    let stays = row.row.before.is_some() && row.row.before == row.row.after;
    let expected = wanted.rows.remove(&subject);
    let expected =
        expected.filter(|expected_step| (!stays || expected_step.is_of_paths) && is_bare);
    if expected.is_none() {
        let column = match row.row.action {
            Action::Weight => "client_region",
            Action::OpenAccessPoint | Action::CloseAccessPoint => "access_point",
            _ => "shard",
        };
        let found = words(row.row.action, &subject);
        report.add(
            RULE,
            cell(wanted.file, row, column),
            found,
            "a change that the plan makes in the period, once",
        );
    }
    expected
}

/// P7962: every change has a row.
fn change_is_missing(
    file: &'static str,
    period: usize,
    subject: &Subject,
    expected: &ExpectedStep,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new("P7962", "add the row");
    let words = words(expected.action, subject);
    let found = format!("no {words} in period {period}");
    report.add(RULE, At::file(file), found, "a row for every change");
}

/// What is done first: before a period, at its start, after it; what of each is done first; and by which wave.
type Place = (u32, u32, u32);

/// When a row may be done, the earliest first: what is on standby opens before all waves and closes after them, what an
/// event gives or takes does so when the period begins.
fn turns(turn: &Turn<'_>, direction: ListDirection, row: &ChangeRow) -> Vec<Place> {
    let action = match (row.action, direction) {
        (Action::OpenAccessPoint, ListDirection::Back) => Action::CloseAccessPoint,
        (Action::CloseAccessPoint, ListDirection::Back) => Action::OpenAccessPoint,
        (Action::Shed, ListDirection::Back) => Action::LetIn,
        (Action::LetIn, ListDirection::Back) => Action::Shed,
        (action, _) => action,
    };
    let place = match action {
        Action::Shed => 0,
        Action::OpenAccessPoint => 1,
        Action::TakeOut | Action::PutBack => 2,
        Action::Weight if row.wave.is_some() => 3,
        Action::LetIn => 5,
        Action::Weight => 6,
        Action::CloseAccessPoint => 7,
        _ => 4,
    };
    let done = turn.changes.last().map(|stepped| &stepped.done);
    let wave = row.wave.and_then(|number| done?.wave(number));
    match (wave, action) {
        (Some(wave), _) if wave.timing == Timing::Ahead => vec![(1, wave.number, place)],
        (Some(wave), _) => vec![(3, wave.number, place)],
        (None, Action::OpenAccessPoint) => vec![(0, 0, place), (2, 0, place)],
        (None, Action::CloseAccessPoint) => vec![(2, 0, place), (4, 0, place)],
        (None, _) => vec![(2, 0, place)],
    }
}

/// P7966: steps count from 1 without gaps, in the order in which it is done; only the weights of a client region are
/// set at once, and the members of a pool.
fn steps_are_in_order(
    file: &'static str,
    (turn, direction): (&Turn<'_>, ListDirection),
    rows: &[&Lined<ChangeRow>],
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7966",
        "order steps so: waves before the period's start, steps at its start, waves after it. Within each, access \
         points open first and close last, and pools and weights (one step a client region) change before shards move. \
         A rollback has the reverse order",
    );
    let mut sorted: Vec<&Lined<ChangeRow>> = rows.to_vec();
    sorted.sort_by_key(|row| row.row.step);
    let mut last: Option<&Lined<ChangeRow>> = None;
    let mut done: Place = (0, 0, 0);
    let mut regions = BTreeSet::new();
    for row in sorted {
        let region = row.row.client_region.as_deref();
        let is_at_once = last.is_some_and(|last| {
            let both = [&last.row, &row.row];
            let are_weights = both
                .iter()
                .all(|change_row| change_row.action == Action::Weight);
            let are_members = both.iter().all(|change_row| is_of_pool(change_row.action));
            are_weights && last.row.client_region == row.row.client_region
                || are_members
                    && (&last.row.pool, last.row.wave, &last.row.at)
                        == (&row.row.pool, row.row.wave, &row.row.at)
        });
        let step = last.map_or(0, |last| last.row.step);
        // Without times two steps of a pool look like one.
        let may_follow = direction == ListDirection::Back
            && is_of_pool(row.row.action)
            && row.row.step == step + 1;
        let wanted = if is_at_once && !may_follow {
            step
        } else {
            step.saturating_add(1)
        };
        let mut next = turns(turn, direction, &row.row).into_iter();
        let next = next.find(|entry| *entry >= done);
        let is_late = next.is_none();
        done = next.unwrap_or(done);
        let is_apart = row.row.action == Action::Weight && !is_at_once && !regions.insert(region);
        if row.row.step != wanted || is_late || is_apart {
            let expected = if is_late || is_apart {
                "the next place in the order of steps".to_owned()
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

/// P7966: rows stand in the order in which they are done; in the rollback the last stands first, except for access points that
/// open and members of pools, which may stand before all else of their period.
pub(super) fn rows_stand_in_order(
    direction: ListDirection,
    rows: &[Lined<ChangeRow>],
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7966",
        "changes.csv has the earliest step of the first period first, changes_back.csv the last step of the last period",
    );
    let file = direction.file();
    let is_first = |change_row: &ChangeRow| {
        direction == ListDirection::Back
            && (change_row.action == Action::OpenAccessPoint || is_of_pool(change_row.action))
    };
    let mut last: Option<u32> = None;
    let mut done: Option<u32> = None;
    for row in rows.iter().filter(|row| row.row.step > 0) {
        let (period, step) = (row.row.period, row.row.step);
        let is_early = |number: u32, last: u32| match direction {
            ListDirection::There => number < last,
            ListDirection::Back => number > last,
        };
        let is_other = last.is_some_and(|last| is_early(period, last));
        if last != Some(period) {
            done = None;
        }
        let is_judged = !is_first(&row.row);
        let is_late = is_judged && done.is_some_and(|done| is_early(step, done));
        if is_other || is_late {
            let (column, found) = if is_other {
                ("period", period)
            } else {
                ("step", step)
            };
            report.add(
                RULE,
                cell(file, row, column),
                found.to_string(),
                "rows in the order of steps",
            );
        }
        last = Some(period);
        if is_judged {
            done = Some(step);
        }
    }
}

/// P7967: a row of the rollback has the step that it undoes.
fn steps_are_those_undone(
    changes: &[&Lined<ChangeRow>],
    back: &[&Lined<ChangeRow>],
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7967",
        "write the step of the row in changes.csv that this row undoes",
    );
    let steps: BTreeMap<Subject, u32> = changes
        .iter()
        .map(|row| (subject(&row.row), row.row.step))
        .collect();
    for row in back {
        let mut undone = subject(&row.row);
        undone.0.swap(3, 4);
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
