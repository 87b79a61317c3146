//! Proofs: the sweeps of single days, each judged as a sweep, and what they show of a row.

use super::super::report::{At, Report, Rule, is_same_count};
use super::super::sweep::check_sweep;
use super::asked::AskedRunway;
use super::days::{ShownDays, needs_sweeps};
use super::referee::{ProofSweep, RunwayVerdict};
use super::rows::event_words;
use crate::model::{Band, Condition, Recovery};
use crate::plan_files::{
    FailureRow, Lined, RUNWAY_FILE, RUNWAY_PROOFS, Row as _, RunwayProof, RunwayRow, WrittenRunway,
    WrittenSweep, decimal,
};
use crate::scenario::{Knowledge, case_at};
use crate::units::{NOBODY, SOLVER_TOLERANCE};
use std::collections::BTreeMap;

const SHOWS: Rule = Rule::new(
    "P7873",
    "write the sweep of the day of a proof: on the last day that holds no case fails, on the first that fails one does",
);

/// P7873, and the rules of sweeps: what the proofs show, row by row.
pub(super) fn check(
    asked: &AskedRunway<'_>,
    written: &WrittenRunway,
    proofs: Vec<ProofSweep>,
    verdict: &mut RunwayVerdict,
    report: &mut Report,
) -> ShownDays {
    let mut sweeps: BTreeMap<String, Option<WrittenSweep>> = proofs.into_iter().collect();
    let mut shown = ShownDays::new();
    for (position, proof) in written.summary.proofs.iter().enumerate() {
        verdict.days[1] += 1;
        let key = format!("proofs[{position}]");
        let at = At::cell(RUNWAY_FILE, 0, &key);
        let row = proof
            .row
            .checked_sub(1)
            .and_then(|row| written.rows.get(row as usize));
        let Some(row) = row.filter(|row| needs_sweeps(&row.row)) else {
            let found = format!("a proof of row {}", proof.row);
            report.add(SHOWS, at, found, "a row of runway.csv that is planned");
            continue;
        };
        let Some(Some(sweep)) = sweeps.remove(&proof.name) else {
            let found = format!("no sweep in {RUNWAY_PROOFS}/{}", proof.name);
            report.add(SHOWS, at, found, "the sweep of the day");
            continue;
        };
        if judge((asked, written), (proof, row), sweep, (verdict, report))
            && let Ok(date) = proof.date.parse()
        {
            let [holds, fails] = shown.entry(proof.row).or_default();
            if proof.holds { holds } else { fails }.insert(date);
        }
    }
    shown
}

/// Judges the sweep of a day, and whether it shows what the proof says.
fn judge(
    (asked, written): (&AskedRunway<'_>, &WrittenRunway),
    (proof, row): (&RunwayProof, &Lined<RunwayRow>),
    sweep: WrittenSweep,
    (verdict, report): (&mut RunwayVerdict, &mut Report),
) -> bool {
    let Ok(date) = proof.date.parse() else {
        let at = At::cell(RUNWAY_FILE, 0, "proofs");
        report.add(SHOWS, at, format!("`{}`", proof.date), "a date");
        return false;
    };
    let (condition, moves, band) = (row.row.condition, row.row.moves, row.row.band);
    let failures = if condition.is_under_failures() {
        asked.failures
    } else {
        0
    };
    let rows: Vec<FailureRow> = sweep
        .failures
        .iter()
        .map(|lined| lined.row.clone())
        .collect();
    let events = events_of(written, &row.row);
    let inventory = asked.inventory(condition, moves, band);
    let scenario = asked.scenario(condition, date, &events);
    let case = case_at(
        &inventory,
        &scenario,
        scenario.start,
        Knowledge::Believed,
        Band::Expected,
    );
    // No more can fail at once than the events leave.
    let most = asked.over.left_in(&inventory, &case).len().min(failures);
    let is_of = sweep.summary.over == asked.over.word()
        && sweep.summary.failures as usize == most
        && sweep.summary.recoveries == [Recovery::Replan.word()];
    let judged = check_sweep(&inventory, &scenario, sweep);
    let is_sound = judged.holds();
    let prefix = format!("{RUNWAY_PROOFS}/{}/", proof.name);
    report
        .broken
        .extend(judged.broken.into_iter().map(|mut finding| {
            finding.place.file.insert_str(0, &prefix);
            finding
        }));
    if judged.cases < judged.replanned {
        verdict.not_checked.push(format!("{prefix}: some cases"));
        return false;
    }
    let needed = if condition.is_under_failures() {
        judged.extent[1]
    } else {
        1
    };
    let at = At::cell(
        RunwayRow::FILE,
        row.line,
        if proof.holds {
            "holds_through"
        } else {
            "fails_from"
        },
    );
    if !is_of || judged.cases < needed {
        let found = format!("a proof in {prefix} of other cases");
        report.add(SHOWS, at, found, "all cases that were asked about");
        return false;
    }
    verdict.days[0] += 1;
    let failing = rows.iter().find(|case| fails(condition, case));
    match (proof.holds, failing) {
        (true, Some(case)) => {
            let found = format!(
                "{date}, on which case {} leaves {} users unserved",
                case.case,
                decimal(case.unserved_users)
            );
            report.add(SHOWS, at, found, "a day on which no case fails");
            false
        }
        (false, None) => {
            let found = format!("{date}, on which no case fails in {prefix}");
            report.add(SHOWS, at, found, "a day on which a case fails");
            false
        }
        (false, Some(_)) if !named_case_is_worst(row, &rows, report) => false,
        _ => is_sound && rows.iter().all(|case| case.proven),
    }
}

/// The events that are in force on the days of a row, by position in the scenario.
fn events_of(written: &WrittenRunway, row: &RunwayRow) -> Vec<usize> {
    let Some(events) = &row.events else {
        return Vec::new();
    };
    let mut sets = written.summary.events.iter();
    let set = sets.find(|set| event_words(set) == events.as_ref());
    let numbers = set.into_iter().flatten().map(|event| event.number);
    numbers
        .filter_map(|number| usize::try_from(number).ok()?.checked_sub(1))
        .collect()
}

/// P7876: the case that a row names leaves as many users unserved as the row says, and no case leaves more.
fn named_case_is_worst(row: &Lined<RunwayRow>, cases: &[FailureRow], report: &mut Report) -> bool {
    const WORST: Rule = Rule::new(
        "P7876",
        "name the case that leaves most users unserved on the first day that fails, with how many",
    );
    let unserved = |case: &FailureRow| case.unserved_users - case.no_site_users.unwrap_or(0.0);
    let most = cases.iter().map(unserved).fold(0.0, f64::max);
    let named = cases.iter().find(|case| case.failing == row.row.failing);
    let users = row.row.users_unserved.unwrap_or(0.0);
    let is_true = named.is_some_and(|case| {
        is_same_count(unserved(case), users) && (is_same_count(users, most) || users >= most)
    });
    if !is_true {
        let at = At::cell(RunwayRow::FILE, row.line, "users_unserved");
        let failing = row.row.failing.as_ref().map_or("no failure", AsRef::as_ref);
        let found = format!("{} users in the case {failing}", decimal(users));
        report.add(
            WORST,
            at,
            found,
            format!("{} in the worst case", decimal(most)),
        );
    }
    is_true
}

/// Whether a condition fails in a case: users are unserved who have a site in it, or a target is missed.
fn fails(condition: Condition, case: &FailureRow) -> bool {
    let unserved = case.unserved_users - case.no_site_users.unwrap_or(0.0);
    unserved > NOBODY || condition == Condition::Target && case.worst_shortfall > SOLVER_TOLERANCE
}
