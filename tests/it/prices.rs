//! Shadow prices against finite differences.

use crate::draw::{Size, draw};
use crate::levels::planned;
use crate::read::read;
use plimsoll::formulation::goals::Level;
use plimsoll::model::{ExistingShortfall, Inventory, Scenario};
use plimsoll::plan::Stage;
use plimsoll::units::is_close;

/// The capacity is changed by this share of it.
const STEP: f64 = 1e-4;

/// Relative agreement of price and rate.
const PRICE: f64 = 1e-4;

/// What values of levels are exact to, relative to the larger of them and 1.
const NOISE: f64 = 1e-9;

/// The levels of the first period with one capacity changed by a share of it.
fn with_capacity(
    inventory: &Inventory,
    scenario: &Scenario,
    at: [usize; 2],
    share: f64,
) -> Vec<Stage> {
    let mut other = inventory.clone();
    for capacity in other.capacity.get_mut(at).into_iter().flatten() {
        *capacity *= 1.0 + share;
    }
    planned(&other, scenario).periods.swap_remove(0).stages
}

/// The value of a level if no earlier one differs from `than`.
fn value_of(level: Level, stages: &[Stage], than: &[Stage]) -> Option<f64> {
    let position = stages.iter().position(|stage| stage.level == level)?;
    let are_same = stages[..position]
        .iter()
        .zip(than)
        .all(|(a, b)| is_close(a.value, b.value, NOISE));
    are_same.then(|| stages[position].value)
}

/// With the earlier levels held, the price of a row lies between what one more unit gains and what one less
/// costs; both are rates of a small step.
#[test]
fn price_lies_between_the_rates_of_more_and_of_less_capacity() {
    let mut failures = Vec::new();
    let mut compared = 0;
    for seed in 400..440 {
        let drawn = draw(seed, Size::SMALL);
        let (inventory, mut scenario) = read(&drawn.files, &drawn.scenario);
        scenario.policy.existing_shortfall = ExistingShortfall::Repair;
        let plan = planned(&inventory, &scenario);
        let period = &plan.periods[0];
        for margin in &period.margins {
            let at = [margin.component.index(), margin.resource.index()];
            let has_changed = inventory
                .capacity_changes
                .iter()
                .any(|change| [change.component.index(), change.resource.index()] == at);
            let Some((price, level)) = margin.price().filter(|_| !has_changed) else {
                continue;
            };
            let now = period.stages.iter().find(|stage| stage.level == level);
            let now = now.expect("a priced level is a stage").value;
            let step = margin.row.nominal_capacity * STEP;
            let slack = PRICE * price + NOISE * now.abs().max(1.0) / step;
            let more = with_capacity(&inventory, &scenario, at, STEP);
            let less = with_capacity(&inventory, &scenario, at, -STEP);
            let gain = value_of(level, &more, &period.stages).map(|value| (now - value) / step);
            let cost = value_of(level, &less, &period.stages).map(|value| (value - now) / step);
            compared += usize::from(gain.is_some()) + usize::from(cost.is_some());
            let is_between = gain.is_none_or(|gain| gain <= price + slack)
                && cost.is_none_or(|cost| price <= cost + slack);
            if !is_between {
                failures.push(format!(
                    "seed {seed}: {} {}: price {price} of {level:?}, more gains {gain:?}, less costs {cost:?}",
                    inventory.component_name(margin.component),
                    inventory.resources[margin.resource.index()].id,
                ));
            }
        }
    }
    assert!(compared > 60, "{compared} rates only were compared");
    assert!(
        failures.is_empty(),
        "{} of {compared} rates\n{}",
        failures.len(),
        failures.join("\n")
    );
}
