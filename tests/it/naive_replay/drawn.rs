//! Drawn inventories and scenarios.

use super::compared::{Near, differences};
use crate::draw::Size;
use crate::levels::{assert_none, found_in_changed_draws};
use plimsoll::model::{Inventory, Scenario};

#[test]
fn drawn_inventories_are_played_alike() {
    let change = |seed: u64, _: &mut Inventory, scenario: &mut Scenario| {
        scenario.replay.step_seconds = if seed % 2 == 0 { 60.0 } else { 300.0 };
    };
    let near: Near = 0.01;
    let found = |inventory: &Inventory, scenario: &Scenario| differences(inventory, scenario, near);
    assert_none(&found_in_changed_draws(Size::SMALL, 30, change, found));
}

#[test]
fn zz_print() {
    let seed: u64 = std::env::var("SEED").expect("seed").parse().expect("n");
    let draw = crate::draw::draw(seed, Size::SMALL);
    for (name, text) in &draw.files {
        eprintln!("## {name}\n{text}");
    }
    eprintln!("{}", draw.scenario);
}
