//! Onboarding, capacity changes, background and risk groups.

use super::random::Random;
use super::sketch::{Kind, Sketch};
use super::table::{Table, decimal, limit};
use std::collections::BTreeSet;

/// Before the scenario's start, at it, and after it.
const DATES: [&str; 6] = [
    "2030-02-01",
    "2030-03-01",
    "2030-03-01T02:00:00Z",
    "2030-03-01T03:00:00Z",
    "2030-03-01T04:00:00Z",
    "2030-03-01T05:00:00Z",
];

pub(super) fn draw(random: &mut Random, sketch: &Sketch, files: &mut Vec<(String, String)>) {
    let mut file = |name: &str, table: Table| files.push((name.to_owned(), table.text()));
    if random.chance(0.5) {
        file("onboarding.csv", onboarding(random, sketch));
    }
    if random.chance(0.35) {
        file("capacity_changes.csv", capacity_changes(random, sketch));
    }
    if random.chance(0.35) {
        file("background.csv", background(random, sketch));
    }
    file("risk_groups.csv", risk_groups(random, sketch));
}

fn onboarding(random: &mut Random, sketch: &Sketch) -> Table {
    let mut table = Table::new(&["date", "shard", "users", "low", "high"]);
    for shard in &sketch.shards {
        // Somebody who leaves may leave before others come, so that the total is never below 0.
        let is_empty = shard.users < 1.0;
        if !random.chance(if is_empty { 0.9 } else { 0.35 }) {
            continue;
        }
        let is_leaving = shard.users > 30.0 && random.chance(0.3);
        let users = random.between(5.0, 30.0).floor() * if is_leaving { -1.0 } else { 1.0 };
        let (low, high) = if random.chance(0.6) {
            let width = random.between(0.0, 5.0).floor();
            (
                decimal(users - width),
                decimal((users + width).min(users.abs() + width)),
            )
        } else {
            (String::new(), String::new())
        };
        let date = *random.one_of(&DATES);
        table.row(&[date.to_owned(), shard.id.clone(), decimal(users), low, high]);
    }
    table
}

fn capacity_changes(random: &mut Random, sketch: &Sketch) -> Table {
    let mut table = Table::new(&["date", "component", "resource", "capacity"]);
    let mut taken = BTreeSet::new();
    for _ in 0..random.whole(1, 4) {
        let component = random.one_of(&sketch.components);
        if component.capacity.is_empty() {
            continue;
        }
        let (resource, capacity) = random.one_of(&component.capacity);
        let date = *random.one_of(&DATES);
        if !taken.insert((date, component.id.clone(), resource.clone())) {
            continue;
        }
        let is_member = component.kind == Kind::Member;
        let amount = match capacity {
            Some(capacity) if is_member => Some((capacity * random.between(0.9, 1.1)).round()),
            Some(capacity) => Some((capacity * random.between(0.6, 1.6)).ceil()),
            None if is_member => None,
            None => Some((sketch.shards.len() as f64 * random.between(10.0, 80.0)).ceil()),
        };
        let amount = amount.filter(|_| is_member || !random.chance(0.05));
        table.row(&[
            date.to_owned(),
            component.id.clone(),
            resource.clone(),
            limit(amount),
        ]);
    }
    table
}

fn background(random: &mut Random, sketch: &Sketch) -> Table {
    let mut table = Table::new(&["component", "resource", "load"]);
    let mut taken = BTreeSet::new();
    for _ in 0..random.whole(1, 4) {
        let component = random.one_of(&sketch.components);
        if component.kind == Kind::Member || component.capacity.is_empty() {
            continue;
        }
        let (resource, capacity) = random.one_of(&component.capacity);
        if !taken.insert((component.id.clone(), resource.clone())) {
            continue;
        }
        let load = capacity.unwrap_or(50.0) * random.between(0.02, 0.25);
        table.row(&[component.id.clone(), resource.clone(), decimal(load)]);
    }
    table
}

fn risk_groups(random: &mut Random, sketch: &Sketch) -> Table {
    let mut table = Table::new(&["risk_group", "component"]);
    let count = random.whole(2, 3);
    let components = random.shuffled(&sketch.components);
    let alone = components
        .iter()
        .filter(|component| component.kind != Kind::Member);
    for component in alone.take(count) {
        table.row(&["conduit".to_owned(), component.id.clone()]);
    }
    table
}
