//! The change list leads from the state before to every period, and the way back to the state before again: done row
//! by row as somebody would who has nothing but the files.

use crate::draw::{Size, draw};
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use crate::written_tables::{Tables, TextRow, number};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What stands in the systems that somebody types into.
#[derive(Debug, Clone, Default, PartialEq)]
struct State {
    /// Access points that take users.
    open: BTreeSet<String>,
    /// Client region: share of its users by access point.
    weights: BTreeMap<String, BTreeMap<String, f64>>,
    /// Shard: share of it by site.
    homes: BTreeMap<String, BTreeMap<String, f64>>,
}

/// Users as shares of their sum, without those that are nobody.
fn shares(users: BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let total: f64 = users.values().sum();
    let some = users.into_iter().filter(|(_, users)| *users > 0.0);
    some.map(|(key, users)| (key, users / total)).collect()
}

/// Shares by client region of steering rows.
fn weights<'a>(rows: impl Iterator<Item = &'a TextRow>) -> BTreeMap<String, BTreeMap<String, f64>> {
    let mut users: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for row in rows {
        let of_region = users.entry(row["client_region"].clone()).or_default();
        *of_region.entry(row["access_point"].clone()).or_default() += number(row, "users");
    }
    let all = users.into_iter();
    all.map(|(region, users)| (region, shares(users))).collect()
}

impl State {
    /// What the inventory and before.csv say.
    fn before(tables: &Tables) -> Self {
        let standby = |row: &&TextRow| row.get("state").is_some_and(|state| state == "standby");
        let access_points = tables.rows("access_points.csv").iter();
        let homes = tables.rows("shards.csv").iter().map(|row| {
            let site = Some(row["site"].clone()).filter(|site| !site.is_empty());
            let home = site.map(|site| (site, 1.0)).into_iter().collect();
            (row["shard"].clone(), home)
        });
        Self {
            open: access_points
                .filter(|row| !standby(row))
                .map(|row| row["access_point"].clone())
                .collect(),
            weights: weights(tables.rows("plan/before.csv").iter()),
            homes: homes.collect(),
        }
    }

    /// What the tables of a period say, after this one.
    fn after(&self, tables: &Tables, period: usize) -> Self {
        let takes_users = |row: &&TextRow| {
            let state = row["state_after"].as_str();
            state == "active" || state == "opened"
        };
        let open = tables.of_period("plan/access_points.csv", period);
        let mut served: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
        for row in tables.of_period("plan/assignment.csv", period) {
            if !row["to_site"].is_empty() {
                let of_shard = served.entry(row["shard"].clone()).or_default();
                *of_shard.entry(row["to_site"].clone()).or_default() += number(row, "users");
            }
        }
        let mut homes = self.homes.clone();
        for (shard, mut users) in served {
            if users.values().any(|users| *users > 1e-6) {
                users.retain(|_, users| *users > 1e-6);
                homes.insert(shard, shares(users));
            } else if let Some(site) = users.into_keys().next() {
                homes.insert(shard, BTreeMap::from([(site, 1.0)]));
            }
        }
        Self {
            open: open
                .filter(takes_users)
                .map(|row| row["access_point"].clone())
                .collect(),
            weights: weights(tables.of_period("plan/steering.csv", period)),
            homes,
        }
    }

    /// Does what one row says; what it says of before must be so.
    fn apply(&mut self, row: &TextRow, label: &str) {
        let (access_point, shard) = (row["access_point"].clone(), row["shard"].clone());
        match row["action"].as_str() {
            "open_access_point" => assert!(self.open.insert(access_point), "{label} {row:?}"),
            "close_access_point" => assert!(self.open.remove(&access_point), "{label} {row:?}"),
            "weight" => {
                let weights = self
                    .weights
                    .entry(row["client_region"].clone())
                    .or_default();
                let weight = weights.entry(access_point).or_default();
                let before = number(row, "before");
                assert!((*weight - before).abs() < 1e-6, "{label} {row:?}: {weight}");
                *weight = number(row, "after");
            }
            // Pools and who is served are walked in laws/steps.rs.
            "take_out" | "put_back" | "shed" | "let_in" | "begins" | "detected" | "ends" => {}
            _ => {
                let share = number(row, "share");
                let homes = self.homes.entry(shard).or_default();
                let (from, to) = (&row["from_site"], &row["to_site"]);
                if from.is_empty() {
                    let placed: f64 = homes.values().sum();
                    let is_room = placed + share < 1.0 + 1e-6;
                    assert!(is_room, "{label} {row:?}: {homes:?}");
                } else {
                    *homes
                        .get_mut(from)
                        .unwrap_or_else(|| panic!("{label} {row:?}")) -= share;
                }
                if !to.is_empty() {
                    *homes.entry(to.clone()).or_default() += share;
                }
            }
        }
    }

    /// Every share that is more than nothing.
    fn rounded(&self) -> Vec<(&str, &str, f64)> {
        let both = self.weights.iter().chain(&self.homes);
        both.flat_map(|(whose, shares)| {
            let some = shares.iter().filter(|(_, share)| share.abs() > 1e-5);
            some.map(|(place, share)| (whose.as_str(), place.as_str(), *share))
        })
        .collect()
    }

    #[track_caller]
    fn assert_is(&self, expected: &Self, label: &str) {
        assert_eq!(self.open, expected.open, "{label}");
        let (found, expected) = (self.rounded(), expected.rounded());
        assert_eq!(
            found.len(),
            expected.len(),
            "{label}: {found:?} {expected:?}"
        );
        for (found, expected) in found.iter().zip(&expected) {
            let is_same = (found.0, found.1) == (expected.0, expected.1);
            let is_close = (found.2 - expected.2).abs() < 1e-5;
            assert!(is_same && is_close, "{label}: {found:?}, not {expected:?}");
        }
    }
}

/// `true` for a shard that changes site.
fn is_move(action: &str) -> bool {
    matches!(action, "copy" | "takeover" | "place" | "return")
}

/// `true` for what is no step.
fn is_mark(action: &str) -> bool {
    matches!(action, "begins" | "detected" | "ends")
}

/// Does everything there and back; gives back how often each action stood in either list.
fn there_and_back(tables: &Tables, label: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut states = vec![State::before(tables)];
    let mut state = states[0].clone();
    for period in 0..tables.minutes.len() {
        let label = format!("{label} period {period}");
        let mut last = 0;
        for row in tables.of_period("plan/changes.csv", period) {
            let step: u32 = row["step"].parse().expect("a number");
            assert_eq!(step == 0, is_mark(&row["action"]), "{label} {row:?}");
            if step > 0 {
                assert!(last <= step && step - last <= 1, "{label} {row:?}");
                last = step;
            }
            state.apply(row, &label);
            *counts.entry(row["action"].clone()).or_default() += 1;
        }
        let expected = states[period].after(tables, period);
        state.assert_is(&expected, &label);
        for (region, weights) in &state.weights {
            let sum: f64 = weights.values().sum();
            let is_whole = (sum - 1.0).abs() < 1e-6 || sum.abs() < 1e-6;
            assert!(is_whole, "{label} {region}: {sum}");
        }
        states.push(expected);
    }
    let mut back = tables.rows("plan/changes_back.csv").iter().peekable();
    for period in (0..tables.minutes.len()).rev() {
        let number = period.to_string();
        let mut last = u32::MAX;
        let mut is_ahead = true;
        while let Some(row) = back.next_if(|row| row["period"] == number) {
            let step: u32 = row["step"].parse().expect("a number");
            // What users come back over is there before they do.
            is_ahead &= matches!(row["action"].as_str(), "open_access_point" | "put_back");
            assert!(is_ahead || step <= last, "{label} {row:?}");
            if !is_ahead {
                last = step;
            }
            state.apply(row, &format!("{label} back from {period}"));
            *counts.entry(format!("back {}", row["action"])).or_default() += 1;
        }
        state.assert_is(&states[period], &format!("{label} back before {period}"));
    }
    assert_eq!(back.next(), None, "{label}");
    counts
}

/// Adds counts.
fn add(all: &mut BTreeMap<String, usize>, more: BTreeMap<String, usize>) {
    for (action, count) in more {
        *all.entry(action).or_default() += count;
    }
}

#[test]
fn change_lists_of_random_plans_lead_there_and_back() {
    let mut counts = BTreeMap::new();
    for seed in 0..150 {
        let drawn = draw(seed, Size::SMALL);
        let (inventory, scenario) = read(&drawn.files, &drawn.scenario);
        let tables = Tables::new(&drawn.files, &inventory, &scenario);
        add(
            &mut counts,
            there_and_back(&tables, &format!("seed {seed}")),
        );
    }
    let rare: Vec<_> = counts.iter().filter(|(_, count)| **count < 3).collect();
    assert!(counts.len() == 25 && rare.is_empty(), "{counts:?}");
}

#[test]
fn change_lists_of_split_shards_lead_there_and_back() {
    let mut split = 0;
    for seed in 0..100 {
        let drawn = draw(seed, Size::SMALL);
        let (inventory, mut scenario) = read(&drawn.files, &drawn.scenario);
        scenario.policy.split_shards = true;
        let tables = Tables::new(&drawn.files, &inventory, &scenario);
        let faults = crate::laws::steps::faults(&inventory, &scenario);
        assert!(faults.is_empty(), "seed {seed} {faults:#?}");
        let rows = tables.rows("plan/changes.csv").iter();
        split += rows
            .filter(|row| is_move(&row["action"]) && row["share"] != "1")
            .count();
    }
    assert!(split > 20, "{split}");
}

/// The shipped drain and the shipped incident.
#[test]
fn change_lists_of_shipped_scenarios_lead_there_and_back() {
    for (folder, scenario) in [
        ("data/tiny", "drain-chicago.toml"),
        ("data/americas-2012", "13-november-2012.toml"),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = csv_files(&folder);
        let (inventory, scenario) = read(&files, &text(&folder.join(scenario)));
        let tables = Tables::new(&files, &inventory, &scenario);
        there_and_back(&tables, &scenario.name);
        if tables.minutes.len() > 3 {
            // Nobody knows of the gray elements in period 3: the plan of before goes on.
            let steps = tables.of_period("plan/changes.csv", 3);
            assert_eq!(steps.filter(|row| !is_mark(&row["action"])).count(), 0);
        }
    }
}

/// Where no shard is split, the moves of the change list are those of moves.csv, with those who are let in with them.
#[test]
fn change_list_moves_who_moves_in_moves_csv() {
    for seed in 0..100 {
        let drawn = draw(seed, Size::SMALL);
        let (inventory, mut scenario) = read(&drawn.files, &drawn.scenario);
        scenario.policy.split_shards = false;
        let tables = Tables::new(&drawn.files, &inventory, &scenario);
        let users = |row: &TextRow| row["users"].parse::<f64>().expect("a number");
        let new = |row: &TextRow| ["period", "shard", "to_site"].map(|text| row[text].clone());
        let key =
            |row: &TextRow, action: &str| (new(row), row["from_site"].clone(), action.to_owned());
        let expected = tables.rows("plan/moves.csv").iter().map(|row| {
            let action = match row["reason"].as_str() {
                "returned" => "return",
                "placed" => "place",
                _ => &row["how"],
            };
            (key(row, action), users(row))
        });
        let expected: BTreeMap<_, f64> = expected.collect();
        let changes = || tables.rows("plan/changes.csv").iter();
        let mut let_in: BTreeMap<[String; 3], f64> = BTreeMap::new();
        for row in changes().filter(|row| row["action"] == "let_in") {
            *let_in.entry(new(row)).or_default() += users(row);
        }
        let moves = changes().filter(|row| is_move(&row["action"]));
        let found = moves.map(|row| {
            let others = let_in.get(&new(row)).copied().unwrap_or_default();
            (key(row, &row["action"]), users(row) + others)
        });
        let found: BTreeMap<_, f64> = found.filter(|pair| pair.1 > 0.0).collect();
        assert!(
            found.keys().eq(expected.keys()),
            "seed {seed}: {found:?} {expected:?}"
        );
        for (key, users) in &found {
            let all = expected[key];
            assert!(
                (users - all).abs() < 1e-6,
                "seed {seed}: {key:?} {users} of {all}"
            );
        }
    }
}
