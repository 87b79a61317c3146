//! Promises: what a plan says of more capacity comes true when the cells are changed and all is planned again.

use crate::draw::{Draw, Size, draw};
use crate::levels::planned;
use crate::read::read;
use crate::tables::Cells;
use plimsoll::engine::explain;
use plimsoll::model::{Inventory, PlannedPeriods, Scenario};
use plimsoll::plan::Plan;
use plimsoll::plan_files::explanations::{Binding, Explanations, Promise, PromisedChange};
use plimsoll::report::explained::explanations;
use plimsoll::report::written::{AboutPlan, summary};
use plimsoll::solve::Stop;
use plimsoll::units::is_close;

/// Seeds whose promises are about components of `capacity_changes.csv`.
const WITH_CHANGES: [u64; 8] = [72, 82, 175, 245, 370, 375, 563, 589];

/// Seeds whose promises are about pools.
const WITH_POOLS: [u64; 3] = [417, 464, 475];

/// Relative agreement of what is promised and what comes true.
const TRUE: f64 = 1e-9;

/// What explanations.json has for a plan.
pub(crate) fn explained(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Explanations {
    let found = explain(inventory, scenario, plan, &Stop::default());
    explanations(inventory, scenario, plan, &found)
}

/// A number of a CSV cell with something added; `unlimited` stays.
fn raised(cell: &str, amount: f64) -> String {
    cell.parse::<f64>()
        .map_or_else(|_| cell.to_owned(), |number| (number + amount).to_string())
}

/// The files with what a binding adds: in the component's own table, and in `capacity_changes.csv`.
fn with_more(drawn: &Draw, binding: &Binding, amount: f64) -> Vec<(String, String)> {
    let own_file = match binding.kind.as_str() {
        "site" => "sites.csv",
        "access_point" => "access_points.csv",
        "element" => "elements.csv",
        _ => "links.csv",
    };
    let changed = |name: &str, text: &str| -> String {
        let mut cells = Cells::of(text);
        for row in &mut cells.rows {
            if name == own_file && binding.raised.contains(&row[0]) {
                let column = cells
                    .header
                    .iter()
                    .position(|text| *text == binding.resource);
                if let Some(column) = column {
                    row[column] = raised(&row[column], amount);
                }
            }
            // date, component, resource, capacity
            let is_same = name == "capacity_changes.csv"
                && binding.raised.contains(&row[1])
                && row[2] == binding.resource;
            if is_same {
                row[3] = raised(&row[3], amount);
            }
        }
        cells.text()
    };
    drawn
        .files
        .iter()
        .map(|(name, text)| (name.clone(), changed(name, text)))
        .collect()
}

/// What a period of summary.json comes to, under the names of a promise.
fn numbers(inventory: &Inventory, scenario: &Scenario, plan: &Plan, period: usize) -> [f64; 6] {
    let summary = summary(inventory, scenario, plan, &AboutPlan::default());
    let totals = &summary.periods[period].totals;
    let missing = plan.periods[period].margins.iter();
    [
        totals.unserved_users,
        totals.moved_users,
        totals.copied_users,
        totals.opened_access_points.len() as f64,
        totals.worst_shortfall,
        missing.map(|margin| margin.shortfall_users).sum(),
    ]
}

fn changes(promise: &Promise) -> [PromisedChange; 6] {
    [
        promise.unserved_users,
        promise.moved_users,
        promise.copied_users,
        promise.opened_access_points,
        promise.worst_shortfall,
        promise.shortfall_users,
    ]
}

/// How many promises spoke of each number, and changed it.
#[derive(Debug, Default)]
struct Seen {
    changed: [usize; 6],
    later_periods: usize,
    of_changed_capacity: usize,
    pools: usize,
}

fn broken_promises(seed: u64, seen: &mut Seen) -> Vec<String> {
    let drawn = draw(seed, Size::SMALL);
    let (inventory, scenario) = read(&drawn.files, &drawn.scenario);
    let plan = planned(&inventory, &scenario);
    let written = explained(&inventory, &scenario, &plan);
    assert!(written.complete, "seed {seed}");
    let mut broken = Vec::new();
    for binding in &written.bindings {
        let Some(amount) = binding.amount else {
            continue;
        };
        let (more, mut scenario_again) = read(&with_more(&drawn, binding, amount), &drawn.scenario);
        if written.quick {
            // Planning all periods together spared nothing, and was not tried again.
            scenario_again.policy.periods = PlannedPeriods::Sequential;
        }
        let again = planned(&more, &scenario_again);
        let of_text = drawn.files.iter().any(|(name, text)| {
            name == "capacity_changes.csv"
                && Cells::of(text)
                    .rows
                    .iter()
                    .any(|row| binding.raised.contains(&row[1]) && row[2] == binding.resource)
        });
        seen.of_changed_capacity += usize::from(of_text);
        seen.pools += usize::from(binding.raised.len() > 1);
        for promise in &binding.promises {
            let period = promise.period as usize;
            let was = numbers(&inventory, &scenario, &plan, period);
            let is = numbers(&more, &scenario_again, &again, period);
            for (index, change) in changes(promise).into_iter().enumerate() {
                let is_true = is_close(change.before, was[index], TRUE)
                    && is_close(change.after, is[index], TRUE);
                if !is_true {
                    broken.push(format!(
                        "seed {seed}: {} number {index} in period {period}: {change:?}, it is {} and then {}",
                        binding.sentence, was[index], is[index]
                    ));
                }
                let has_changed = (change.before - change.after).abs() > 1e-6;
                seen.changed[index] += usize::from(has_changed);
                seen.later_periods += usize::from(has_changed && period > 0);
            }
        }
        let of_period = binding
            .promises
            .iter()
            .any(|promise| promise.period == binding.period);
        assert!(of_period, "seed {seed}: {binding:?}");
    }
    broken
}

#[test]
fn every_promise_comes_true_when_the_cells_are_changed_and_all_is_planned_again() {
    let mut seen = Seen::default();
    let mut broken = Vec::new();
    for seed in (0..50).chain(WITH_CHANGES).chain(WITH_POOLS) {
        broken.extend(broken_promises(seed, &mut seen));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let enough = [20, 20, 5, 0, 20, 20];
    assert!(
        seen.changed
            .iter()
            .zip(enough)
            .all(|(seen, least)| *seen >= least)
            && seen.later_periods >= 20
            && seen.of_changed_capacity >= 8
            && seen.pools >= 3,
        "too few promises change something: {seen:?}"
    );
}
