//! Certificates held against other inputs: what they prove there is true there, or they prove nothing.

use super::Made;
use crate::levels::{assert_none, homes, values};
use crate::naive::{self, Question, Solver};
use plimsoll::model::{ExistingShortfall, Inventory, Policy};
use plimsoll::plan::check::{ProvenLevel, check};

/// Drawn instances that are altered.
const SEEDS: u64 = 40;

/// Under "repair" nothing depends on the state before, which the written plan has from the inputs as they were.
fn repair(policy: &mut Policy) {
    policy.existing_shortfall = ExistingShortfall::Repair;
}

/// Bounds above what the written-out LP has on the altered inventory, as far as its levels before are no worse than
/// those that the certificate keeps.
fn false_bounds(made: &Made, altered: &Inventory, label: &str) -> Vec<String> {
    let verdict = check(altered, &made.scenario, made.written.clone());
    let mut all = Vec::new();
    for period in &made.plan.periods {
        let (current, elsewhere) = homes(&period.current);
        let optima = naive::levels(
            &Question {
                inventory: altered,
                scenario: &made.scenario,
                at: period.period.start,
                current: &current,
                elsewhere: &elsewhere,
                before_load: Some(&made.plan.before.load),
                band: naive::Band::Expected,
            },
            Solver::Highs,
        );
        let names = values(&made.inventory, period, |stage| stage.value);
        let levels = verdict.proven.levels.iter();
        let levels: Vec<&ProvenLevel> = levels
            .filter(|level| level.period == period.period.index)
            .collect();
        for level in levels {
            let name = &names[level.position].0;
            let Some((_, optimum)) = optima.iter().find(|(text, _)| text == name) else {
                break;
            };
            let slack = 1e-5 * optimum.abs().max(1.0) + 1e-3;
            if level.bound > optimum + slack {
                all.push(format!("{label}: {level:?}, the best is {optimum}"));
            }
            // Beyond this level the certificate speaks of plans that are at least as good here.
            if *optimum > level.value + 1e-9 * level.value.abs().max(1.0) {
                break;
            }
        }
    }
    all
}

/// Every alteration of every draw.
fn found(alter: impl Fn(&mut Inventory, usize), label: &str) -> Vec<String> {
    (0..SEEDS)
        .flat_map(|seed| {
            let made = Made::of_seed(seed, repair);
            let mut altered = made.inventory.clone();
            alter(&mut altered, usize::try_from(seed).expect("a small number"));
            false_bounds(&made, &altered, &format!("seed {seed}, {label}"))
        })
        .collect()
}

#[test]
fn on_the_inventory_itself_every_bound_is_true() {
    assert_none(&found(|_, _| {}, "as it is"));
}

#[test]
fn with_more_capacity_no_bound_is_false() {
    let doubled = |inventory: &mut Inventory, _| {
        inventory
            .capacity
            .mapv_inplace(|value| value.map(|value| 2.0 * value));
    };
    assert_none(&found(doubled, "twice the capacity"));
    let one = |inventory: &mut Inventory, seed: usize| {
        let limited = inventory.capacity.iter_mut().flatten();
        let mut limited: Vec<&mut f64> = limited.collect();
        let count = limited.len().max(1);
        if let Some(value) = limited.get_mut(seed % count) {
            **value *= 1.5;
        }
    };
    assert_none(&found(one, "more at one place"));
}

#[test]
fn with_less_capacity_no_bound_is_false() {
    let less = |inventory: &mut Inventory, _| {
        inventory
            .capacity
            .mapv_inplace(|value| value.map(|value| 0.8 * value));
    };
    assert_none(&found(less, "less capacity"));
}

#[test]
fn with_shards_emptied_or_grown_no_bound_is_false() {
    let emptied = |inventory: &mut Inventory, seed: usize| {
        let count = inventory.shards.len();
        inventory.shards[seed % count].users = 0;
    };
    assert_none(&found(emptied, "a shard without users"));
    let halved = |inventory: &mut Inventory, _| {
        for shard in &mut inventory.shards {
            shard.users /= 2;
        }
    };
    assert_none(&found(halved, "half the users"));
}
