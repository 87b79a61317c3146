//! The finding of the chart of ranked failures is true of all cases, and the chart has a row for what it names.

use super::made::{Made, Mood, Wish, made};
use plimsoll::ids::{ComponentId, RiskGroupId};
use plimsoll::model::{CaseKind, Recovery, RiskGroup};
use plimsoll::plan::sweep::CaseResult;
use plimsoll::report::html::Figure;

fn impact(made: &Made) -> Figure {
    let drawings = made.reported().drawings().expect("charts are drawn");
    let mut drawings = drawings.into_iter();
    drawings
        .find(|figure| figure.name == "impact")
        .expect("it is drawn")
}

fn found(made: &mut Made, case: usize, recovery: Recovery) -> &mut CaseResult {
    let mut all = made.sweep.tally.found.iter_mut();
    all.find(|case_result| (case_result.case, case_result.recovery) == (case, recovery))
        .expect("it was looked at")
}

#[test]
fn a_risk_group_that_is_worse_is_named_and_has_a_row() {
    let mut made = made(&Wish::of(8, 1));
    let name = "ridge".to_owned();
    made.inventory.risk_groups.push(RiskGroup {
        id: name.clone(),
        components: vec![ComponentId::new(0), ComponentId::new(1)],
    });
    let group = RiskGroupId::new(made.inventory.risk_groups.len() - 1);
    let cases = made.sweep.contingencies.clone();
    let case = cases.count();
    made.sweep.contingencies = cases.with_groups(vec![group]);
    made.sweep.cases = 0..case + 1;
    made.extent.asked = case + 1;
    made.extent.done = case + 1;
    assert_eq!(made.sweep.contingencies.kind(case), CaseKind::RiskGroup);
    let mut worst = made.sweep.tally.found[1].clone();
    worst.case = case;
    worst.unserved[0] = 98_765_432.0;
    let all: f64 = worst.unserved.iter().sum();
    made.sweep.tally.found.push(worst);
    let figure = impact(&made);
    let users = plimsoll::report::numbers::users_up(all);
    let expected = format!("Without {name}, {users} users stay unserved");
    assert!(figure.title.starts_with(&expected), "{}", figure.title);
    assert!(figure.wide.contains(">Risk groups</text>"));
    assert!(
        figure.wide.contains(&format!(">{name}</text>")),
        "{}",
        figure.wide
    );
}

#[test]
fn the_case_that_the_finding_names_has_a_row_however_low_it_ranks() {
    let mut made = made(&Wish {
        recoveries: vec![Recovery::Rescale, Recovery::Replan],
        mood: Mood::Fails,
        ..Wish::of(60, 1)
    });
    // Planning again serves everyone in one case of sixty, so that under it every other case is worse.
    let case = 40;
    found(&mut made, case, Recovery::Rescale).unserved[0] = 98_765_432.0;
    let again = found(&mut made, case, Recovery::Replan);
    again.unserved.fill(0.0);
    again.missing = None;
    let figure = impact(&made);
    assert!(
        figure.title.contains(", planning again 0"),
        "{}",
        figure.title
    );
    let name = figure.title.strip_prefix("Without ");
    let name = name.and_then(|rest| rest.split_once(", "));
    let (name, _) = name.unwrap_or_else(|| panic!("{}", figure.title));
    // The pointer tells the numbers of its row: they are those of the case.
    let tip = format!("<title>{}: rescale ", plimsoll::report::text::xml(name));
    let mut lines = figure.wide.lines();
    let row = lines.find(|line| line.contains(&tip));
    let users = plimsoll::report::numbers::users_up(98_765_432.0);
    assert!(
        row.is_some_and(|row| row.contains(&users)),
        "{}",
        figure.wide
    );
}

#[test]
fn without_planning_again_the_worst_of_all_recoveries_is_named() {
    let mut made = made(&Wish {
        recoveries: vec![Recovery::Rescale, Recovery::Replicas],
        ..Wish::of(8, 1)
    });
    found(&mut made, 3, Recovery::Replicas).unserved[0] = 98_765_432.0;
    let figure = impact(&made);
    assert!(
        figure.title.contains(" under replicas") && figure.title.contains("98,7"),
        "{}",
        figure.title
    );
}
