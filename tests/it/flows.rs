//! Who moves where, and who enters where: what the charts show is what the written tables say.

use crate::folders::folder;
use crate::levels::{planned, written};
use crate::tables::Cells;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use plimsoll::report::drawn::drawings;
use plimsoll::report::moves::move_rows;
use plimsoll::report::steering::steering;
use plimsoll::scenario::ScenarioText;
use std::collections::BTreeMap;
use std::path::Path;

/// A shipped inventory, one of its scenarios, and the plan.
fn shipped(inventory: &str, scenario: &str) -> (Inventory, Scenario, Plan) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(inventory);
    let text = ScenarioText {
        name: scenario.to_owned(),
        text: std::fs::read_to_string(path.join(scenario)).expect("it is shipped"),
    };
    let inventory = plimsoll::inventory::read(&folder(&path))
        .inventory
        .expect("what is shipped is sound");
    let scenario = plimsoll::scenario::read(&[text], &inventory)
        .scenario
        .expect("what is shipped is sound");
    let plan = planned(&inventory, &scenario);
    (inventory, scenario, plan)
}

const SHIPPED: [(&str, &str); 4] = [
    ("tiny", "drain-chicago.toml"),
    ("tiny", "drain-amsterdam.toml"),
    ("americas-2012", "13-november-2012.toml"),
    ("americas-2012", "drain-gru.toml"),
];

/// The rows of a written table as maps from column to cell.
fn rows_of(inventory: &Inventory, scenario: &Scenario, plan: &Plan, name: &str) -> Vec<Row> {
    let files = written(inventory, scenario, plan);
    let file = files.iter().find(|file| file.name == name);
    let bytes = &file.expect("every plan has it").bytes;
    let cells = Cells::of(std::str::from_utf8(bytes).expect("a table is text"));
    let header = cells.header.clone();
    let row = |row: Vec<String>| header.iter().cloned().zip(row).collect();
    cells.rows.into_iter().map(row).collect()
}

type Row = BTreeMap<String, String>;

fn users(row: &Row) -> f64 {
    row["users"].parse().expect("a number")
}

/// Sums by key; those of nobody are left out.
fn summed<K: Ord>(parts: impl Iterator<Item = (K, f64)>) -> BTreeMap<K, f64> {
    let mut sums = BTreeMap::new();
    for (key, users) in parts {
        *sums.entry(key).or_insert(0.0) += users;
    }
    sums.retain(|_, users: &mut f64| users.abs() > 1e-6);
    sums
}

/// Fails unless both have the same keys and nearly the same numbers.
fn assert_agree<K: Ord + std::fmt::Debug>(
    values: &BTreeMap<K, f64>,
    counted: &BTreeMap<K, f64>,
    name: &str,
) {
    for key in values.keys().chain(counted.keys()) {
        let [value, counted] = [values, counted].map(|sums| sums.get(key).copied().unwrap_or(0.0));
        assert!(
            (value - counted).abs() <= 1e-6 * counted.abs().max(1.0),
            "{name}, {key:?}: {value} is told, {counted} is written"
        );
    }
}

#[test]
fn moves_reported_by_site_are_the_rows_of_the_written_tables() {
    for (folder, name) in SHIPPED {
        let (inventory, scenario, plan) = shipped(folder, name);
        let moves = rows_of(&inventory, &scenario, &plan, "moves.csv");
        let assignment = rows_of(&inventory, &scenario, &plan, "assignment.csv");
        for period in &plan.periods {
            let index = period.period.index.to_string();
            let of_period = |row: &&Row| row["period"] == index;
            let moved = moves.iter().filter(of_period).map(|row| {
                let cell = |column: &str| row[column].clone();
                let path = ["from_site", "to_site", "reason", "how"].map(cell);
                (path, users(row))
            });
            let unserved = assignment
                .iter()
                .filter(of_period)
                .filter(|row| row["to_site"].is_empty())
                .map(|row| {
                    let from = row["from_site"].clone();
                    let path = [from, String::new(), "unserved".to_owned(), String::new()];
                    (path, users(row))
                });
            let counted = summed(moved.chain(unserved));
            let values = summed(move_rows(&inventory, period).into_iter().map(|row| {
                let id =
                    |site: Option<plimsoll::report::Named>| site.map_or(String::new(), |s| s.id);
                let how = row.how.map_or("", |how| how.word()).to_owned();
                let reason = row.reason.word().to_owned();
                ([id(row.from), id(row.to), reason, how], row.users)
            }));
            assert_agree(&values, &counted, &format!("{name}, period {index}"));
            let mut parts = period.parts.iter();
            let has_unserved = parts.any(|part| part.site.is_none() && part.users > 1e-6);
            let is_still = period.moves.is_empty() && !has_unserved;
            assert_eq!(is_still, move_rows(&inventory, period).is_empty());
        }
    }
}

/// Group as steering.csv tells it, then access point: its users.
type Entering = BTreeMap<[String; 3], BTreeMap<String, f64>>;

fn entering<'a>(rows: impl Iterator<Item = &'a Row>) -> Entering {
    let mut all = Entering::new();
    for row in rows {
        let group = ["client_region", "profile", "max_latency_ms"].map(|cell| row[cell].clone());
        let access_point = row["access_point"].clone();
        let group = all.entry(group).or_default();
        *group.entry(access_point).or_default() += users(row);
    }
    all
}

#[test]
fn steering_reported_by_client_region_is_that_of_the_written_tables() {
    for (folder, name) in SHIPPED {
        let (inventory, scenario, plan) = shipped(folder, name);
        let rows = rows_of(&inventory, &scenario, &plan, "steering.csv");
        let mut previous = entering(rows_of(&inventory, &scenario, &plan, "before.csv").iter());
        let mut flows = &plan.before.flows;
        for period in &plan.periods {
            let index = period.period.index.to_string();
            let now = entering(rows.iter().filter(|row| row["period"] == index));
            let mut differences = Vec::new();
            for (group, of_group) in &now {
                let Some(was) = previous.get(group) else {
                    continue;
                };
                let all_now: f64 = of_group.values().sum();
                let all_before: f64 = was.values().sum();
                for access_point in was.keys().chain(of_group.keys()) {
                    let share = was
                        .get(access_point)
                        .map_or(0.0, |users| users / all_before);
                    let users = of_group.get(access_point).copied().unwrap_or(0.0);
                    let key = (access_point.clone(), group[0].clone());
                    // One that is in both comes twice.
                    let times =
                        if was.contains_key(access_point) && of_group.contains_key(access_point) {
                            2.0
                        } else {
                            1.0
                        };
                    differences.push((key, (users - all_now * share) / times));
                }
            }
            let one_steering = steering(&inventory, flows, period);
            let key = |row: &plimsoll::report::EntryRow| {
                (row.access_point.id.clone(), row.client_region.id.clone())
            };
            let entries = || one_steering.entries.iter();
            let gained = summed(entries().map(|row| (key(row), row.arriving - row.leaving)));
            let what = format!("{name}, period {index}");
            assert_agree(&gained, &summed(differences.into_iter()), &what);
            let users = |entering: &Entering| {
                let groups = entering.iter();
                summed(groups.flat_map(|(group, of_group)| {
                    let region = group[0].clone();
                    let of_group = of_group.iter();
                    of_group.map(move |(place, users)| ((place.clone(), region.clone()), *users))
                }))
            };
            let told_now = summed(entries().map(|row| (key(row), row.now)));
            let told_before = summed(entries().map(|row| (key(row), row.before)));
            assert_agree(&told_now, &users(&now), &what);
            assert_agree(&told_before, &users(&previous), &what);
            // Whoever leaves one access point arrives at another.
            let left: f64 = entries().map(|row| row.leaving).sum();
            let arrived = one_steering.redirected_users();
            assert!((left - arrived).abs() <= 1e-6 * arrived.max(1.0), "{what}");
            (previous, flows) = (now, &period.flows);
        }
    }
}

/// Names and titles of the charts of one kind.
fn titles(drawn: (&str, &str), kind: &str) -> Vec<(String, String)> {
    let (inventory, scenario, plan) = shipped(drawn.0, drawn.1);
    drawings(&inventory, &scenario, &plan)
        .expect("charts are drawn")
        .into_iter()
        .filter(|drawing| drawing.name.starts_with(kind))
        .map(|drawing| (drawing.name, drawing.title))
        .collect()
}

fn one(name: &str, title: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), title.to_owned())]
}

/// `data/tiny/README.md` derives them: the 90,000 users of Chicago have to leave, and Dallas carries 48,000 up to
/// its target, all of them from the South.
#[test]
fn the_drain_of_chicago_is_reported_as_its_derivation_has_it() {
    let chicago = ("tiny", "drain-chicago.toml");
    assert_eq!(
        titles(chicago, "moves"),
        one(
            "moves-0",
            "90,000 users leave Chicago: they go to San Antonio (78,000) and Amsterdam (12,000)"
        )
    );
    assert_eq!(
        titles(chicago, "steering"),
        one(
            "steering-0",
            "Dallas opens for 48,000 users; 1 client region changes its access point"
        )
    );
}

#[test]
fn users_left_without_a_place_have_a_chart_and_steering_that_stays_has_none() {
    let amsterdam = ("tiny", "drain-amsterdam.toml");
    assert_eq!(
        titles(amsterdam, "moves"),
        one(
            "moves-0",
            "30,000 users are unserved: their site is Amsterdam"
        )
    );
    assert_eq!(titles(amsterdam, "steering"), []);
}
