//! Changes: whether changes.csv leads from each period to the next, and `changes_back.csv` back again.

use super::clock::{Way, cell, is_mark, is_of_pool, time_is_true};
use super::ground::Ground;
use super::report::{At, Report, Rule, cell_text, is_same, is_same_difference};
use super::steps::{steps_are_in_order, steps_are_those_undone};
use super::turn::{Expected, Subject, Turn, Wanted, subject, wanted};
use crate::plan_files::{Action, ChangeBackRow, ChangeRow, Lined, Row, Setting, decimal};
use crate::units::NOBODY;

/// Checks the rows of one period in both files.
pub(super) fn check<'r>(
    ground: &Ground<'_>,
    turn: &Turn<'_>,
    changes: Option<&[&'r Lined<ChangeRow>]>,
    back: Option<&[&'r Lined<ChangeRow>]>,
    report: &mut Report,
) {
    let period = turn.start.period;
    // Marks, members of pools, and without waves.csv users who are shed and let in are not judged here.
    let is_own = |row: &&&Lined<ChangeRow>| {
        let is_served = matches!(row.row.action, Action::Shed | Action::LetIn);
        let is_told = !is_served || turn.is_told();
        !is_mark(row.row.action) && !is_of_pool(row.row.action) && is_told
    };
    let own = |rows: &[&'r Lined<ChangeRow>]| rows.iter().filter(is_own).copied().collect();
    let of_steps = |rows: &[&'r Lined<ChangeRow>]| {
        let steps = rows.iter().filter(|row| !is_mark(row.row.action));
        steps.copied().collect::<Vec<_>>()
    };
    let (all, all_back) = (changes.map(of_steps), back.map(of_steps));
    let changes: Option<Vec<&Lined<ChangeRow>>> = changes.map(own);
    let back: Option<Vec<&Lined<ChangeRow>>> = back.map(own);
    if let (Some(rows), Some(all)) = (&changes, &all) {
        let wanted = wanted(ground, turn, Way::There);
        rows_are_the_changes(period, wanted, rows, report);
        steps_are_in_order(ChangeRow::FILE, (turn, Way::There), all, report);
    }
    if let (Some(rows), Some(all)) = (&back, &all_back) {
        let wanted = wanted(ground, turn, Way::Back);
        rows_are_the_changes(period, wanted, rows, report);
        steps_are_in_order(ChangeBackRow::FILE, (turn, Way::Back), all, report);
    }
    if let (Some(changes), Some(back)) = (&changes, &back) {
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
        let expected = row_changes_something(&mut wanted, row, report);
        if let Some(expected) = expected {
            if let Some(when) = expected.when {
                time_is_true(wanted.way, when, row, report);
            }
            action_is_true(file, &expected, row, report);
            amounts_are_true(file, &expected, row, report);
            users_are_true(file, &expected, row, report);
        }
    }
    let missing = wanted.rows.iter().filter(|(_, own)| own.is_needed);
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
) -> Option<Expected> {
    const RULE: Rule = Rule {
        code: "P7961",
        hint: "remove the row, or make the change in the plan; cells that an action does not need are blank",
    };
    let is_bare = row.row.pool.is_none()
        && row.row.member.is_none()
        && row.row.component.is_none()
        && row.row.event.is_none();
    let subject = subject(&row.row);
    let stays = row.row.before.is_some() && row.row.before == row.row.after;
    let expected = wanted.rows.remove(&subject);
    let expected = expected.filter(|own| (!stays || own.is_of_paths) && is_bare);
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
    expected: &Expected,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7962",
        hint: "add the row",
    };
    let words = words(expected.action, subject);
    let found = format!("no {words} in period {period}");
    report.add(RULE, At::file(file), found, "a row for every change");
}

/// P7963: the action is what has to be done.
fn action_is_true(
    file: &'static str,
    expected: &Expected,
    row: &Lined<ChangeRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7963",
        hint: "`takeover` if the new site holds a copy, else `copy`; `place` without a home before; `return` for who \
               goes home, and on the way back for who goes where he came from; `shed` and `let_in` for users who are \
               served no more, or again",
    };
    if row.row.action != expected.action {
        let (found, expected) = (row.row.action.word(), expected.action.word());
        report.add(
            RULE,
            cell(file, row, "action"),
            format!("`{found}`"),
            format!("`{expected}`"),
        );
    }
}

/// The words for a setting.
fn setting_text(setting: Option<Setting>) -> String {
    match setting {
        Some(Setting::Use(put_to)) => format!("`{}`", put_to.word()),
        Some(Setting::Share(share)) => decimal(share),
        None => cell_text(None),
    }
}

/// P7964: the share of the shard, and what is before and after, are true.
fn amounts_are_true(
    file: &'static str,
    expected: &Expected,
    row: &Lined<ChangeRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7964",
        hint: "share: of the shard, 1 unless it is split; before and after: what the access point does, or the share \
               of the client region's users who enter there",
    };
    let agrees = match (row.row.share, expected.share) {
        (Some(found), Some(share)) => is_same_difference(found, share, 1.0),
        (None, None) => true,
        _ => false,
    };
    if !agrees {
        report.add(
            RULE,
            cell(file, row, "share"),
            cell_text(row.row.share),
            cell_text(expected.share),
        );
    }
    for (column, found, expected) in [
        (
            "before",
            row.row.before,
            expected.settings.map(|own| own[0]),
        ),
        ("after", row.row.after, expected.settings.map(|own| own[1])),
    ] {
        let agrees = match (found, expected) {
            (Some(Setting::Share(found)), Some(Setting::Share(share))) => {
                is_same_difference(found, share, 1.0)
            }
            (found, expected) => found == expected,
        };
        if !agrees {
            report.add(
                RULE,
                cell(file, row, column),
                setting_text(found),
                setting_text(expected),
            );
        }
    }
}

/// P7965: the users are those of the change.
fn users_are_true(
    file: &'static str,
    expected: &Expected,
    row: &Lined<ChangeRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7965",
        hint: "access points: who enters while it is open; shards: who is served × share, without those who are let in with \
               it; weights: who enters afterwards",
    };
    let found = row.row.users;
    if let Some(users) = expected.users
        && !is_same(found, users, 1.0)
        && (found - users).abs() > NOBODY
    {
        report.add(
            RULE,
            cell(file, row, "users"),
            decimal(found),
            decimal(users),
        );
    }
}
