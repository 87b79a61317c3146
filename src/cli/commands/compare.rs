//! `plimsoll compare`: two plans side by side, or a plan beside the state before it; two runways are in `compare_runways.rs`.

use super::compare_runways::{self, where_it_is};
use crate::cli::args::{CompareArgs, Format};
use crate::cli::clock::run_on;
use crate::cli::stored::{Stored, StoredInputs};
use crate::cli::terminal::Terminal;
use crate::cli::{by_hand, exit, folder, render};
use crate::error::Result;
use crate::plan::compare::{Comparison, PlayedPlan, broken_promises, moment_before, moments};
use crate::plan_files::ErrorMargin;
use crate::report::comparison::{ComparedPlan, ComparisonReport, Labels, PlannedFor, absent_files};
use std::collections::BTreeMap;
use std::path::Path;

/// Reads two written plans, or two runways, and says how they differ.
pub(crate) fn run(args: &CompareArgs, terminal: &mut Terminal) -> Result<u8> {
    run_on(None)?;
    if let Some(runways) = compare_runways::two_runways(args)? {
        return compare_runways::run(args, runways, terminal);
    }
    if let Some(out) = &args.out {
        folder::COMPARISON.may_be_written(out)?;
    }
    let comparison_report = match &args.b {
        None => compared(
            None,
            (&args.a, &Stored::read(&args.a, terminal)?),
            [false; 2],
        ),
        Some(path) => {
            let (a, is_a_by_hand) = by_hand::read(&args.a, path, terminal)?;
            let (b, is_b_by_hand) = by_hand::read(path, &args.a, terminal)?;
            let by_hand = [is_a_by_hand, is_b_by_hand];
            compared(Some((&args.a, &a)), (path, &b), by_hand)
        }
    };
    if let Some(out) = &args.out {
        let drawings = comparison_report.drawings()?;
        let page = comparison_report.page(drawings.clone())?;
        let mut files = comparison_report.files(drawings)?;
        files.push(page);
        folder::COMPARISON.write(out, &files)?;
    }
    terminal.print(&match args.output.format() {
        Format::Quiet => String::new(),
        Format::Json => render::pretty(&comparison_report.json()),
        Format::Text => comparison_report.text(terminal.width) + &where_it_is(args, terminal.width),
    })?;
    Ok(exit::SOUND)
}

/// A plan beside another one, or beside the state before it; `by_hand` says of which the values were computed.
fn compared(
    a: Option<(&Path, &Stored)>,
    (path, b): (&Path, &Stored),
    by_hand: [bool; 2],
) -> ComparisonReport {
    let before = || ComparedPlan {
        name: "the state before".to_owned(),
        ..ComparedPlan::default()
    };
    let mut labels = Labels {
        sides: [
            a.map_or_else(before, |(path, plan)| side(path, plan)),
            side(path, b),
        ],
        names: BTreeMap::new(),
    };
    for (side, is_by_hand) in labels.sides.iter_mut().zip(by_hand) {
        if is_by_hand {
            // The scenario is that of the other plan.
            side.scenario.clear();
        }
    }
    let [name_a, name_b] = labels
        .sides
        .each_mut()
        .map(|compared_plan| &mut compared_plan.name);
    if let Some((path_a, _)) = a.filter(|_| name_a == name_b) {
        // Folders of one name are distinguished by their paths.
        *name_a = path_a.display().to_string();
        *name_b = path.display().to_string();
    }
    let a = a.map(|(_, plan)| plan);
    for plan in a.into_iter().chain([b]) {
        let inputs = plan.inputs.as_ref();
        if let Some(inventory) = inputs.and_then(StoredInputs::inventory) {
            labels.add_names(&inventory);
        }
    }
    let inputs = a
        .and_then(|stored| stored.inputs.as_ref())
        .zip(b.inputs.as_ref());
    let task = |plan: &Stored| {
        let inventory = plan.inputs.as_ref()?.inventory()?;
        let scenario = plan.inputs.as_ref()?.scenario(&inventory)?;
        Some(PlannedFor::of(&inventory, &scenario))
    };
    // Which users reconnect follows from steps that a plan made by hand does not have.
    let moments = |plan: &Stored, is_by_hand: bool| {
        let mut all = moments(&plan.plan);
        for moment in &mut all {
            moment.has_totals &= !is_by_hand;
        }
        all
    };
    let before = a.map_or_else(
        || vec![moment_before(&b.plan)],
        |stored| moments(stored, by_hand[0]),
    );
    ComparisonReport {
        labels,
        comparison: Comparison::new(before, moments(b, by_hand[1])),
        tables: inputs.map(|(a, b)| crate::inventory::differences(&a.tables, &b.tables)),
        keys: inputs.map(|(a, b)| crate::scenario::differences(&a.layers, &b.layers)),
        margins: [a.and_then(margin), margin(b)],
        played: [
            a.map(|stored| PlayedPlan::of(&stored.plan)),
            Some(PlayedPlan::of(&b.plan)),
        ],
        promises: a.and_then(|stored| broken_promises(&stored.plan, &b.plan)),
        explanations: [
            a.and_then(|stored| stored.explanations.clone()),
            b.explanations.clone(),
        ],
        absent: [
            a.map_or_else(Vec::new, |stored| absent_files(&stored.plan)),
            absent_files(&b.plan),
        ],
        tasks: [a.and_then(task), task(b)],
        by_hand,
    }
}

fn margin(plan: &Stored) -> Option<ErrorMargin> {
    plan.plan.summary.as_ref()?.margin.clone()
}

fn side(path: &Path, plan: &Stored) -> ComparedPlan {
    let summary = plan.plan.summary.as_ref();
    ComparedPlan {
        name: render::folder_name(path),
        scenario: summary.map_or_else(String::new, |summary| summary.scenario.clone()),
    }
}
