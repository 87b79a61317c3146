//! What the shipped scenarios must show: small gaps of whole shards, the blind window, the cost of onboarding.

use crate::folders::folder;
use crate::levels::planned;
use plimsoll::formulation::goals::Level;
use plimsoll::model::{Inventory, Phase, Scenario};
use plimsoll::plan::{PeriodPlan, Plan};
use plimsoll::plan_files::AccessPointUse;
use plimsoll::scenario::ScenarioText;
use std::path::{Path, PathBuf};

fn americas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/americas-2012")
}

fn global() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/global")
}

fn inventory_of(path: &Path) -> Inventory {
    plimsoll::inventory::read(&folder(path))
        .inventory
        .expect("what is shipped is sound")
}

fn scenario_of(path: &Path, inventory: &Inventory, layers: &[&str]) -> Scenario {
    let texts: Vec<ScenarioText> = layers
        .iter()
        .map(|name| ScenarioText {
            name: (*name).to_owned(),
            text: std::fs::read_to_string(path.join(name)).expect("it is shipped"),
        })
        .collect();
    let reading = plimsoll::scenario::read(&texts, inventory);
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    reading.scenario.expect("what is shipped is sound")
}

fn inventory() -> Inventory {
    inventory_of(&americas())
}

fn scenario(inventory: &Inventory, layers: &[&str]) -> Scenario {
    scenario_of(&americas(), inventory, layers)
}

/// Scenarios that stand on their own.
fn scenarios(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = folder(path)
        .into_iter()
        .map(|file| file.name)
        .filter(|name| Path::new(name).extension() == Some("toml".as_ref()))
        .filter(|name| !name.contains("freeze"))
        .collect();
    names.sort();
    names
}

/// The period that begins when the gray elements are detected.
fn once_detected(plan: &Plan) -> &PeriodPlan {
    plan.periods
        .windows(2)
        .find(|pair| pair[0].period.phase == Phase::Blind && pair[1].period.phase == Phase::Known)
        .map(|pair| &pair[1])
        .expect("the scenario has a blind window")
}

#[test]
fn whole_shards_cost_under_one_percent_of_moves_and_one_shard_of_headroom() {
    let inventory = inventory();
    let names = scenarios(&americas());
    assert!(names.len() > 12, "every drain, and the day: {names:?}");
    for name in names {
        let plan = planned(&inventory, &scenario(&inventory, &[&name]));
        for period in &plan.periods {
            let largest = (0..inventory.shards.len())
                .map(|shard| period.case.users(shard))
                .fold(0.0, f64::max);
            for stage in &period.stages {
                let gap = stage.plan - stage.value;
                let most = match stage.level {
                    Level::Copied | Level::Moved => 0.01 * stage.value + 1e-3,
                    Level::Total | Level::Relief => largest,
                    Level::Worst => 0.01,
                    Level::Unserved(_) | Level::Lost | Level::AccessPoints => 1e-3,
                    Level::Latency => 0.01 * stage.value,
                };
                assert!(gap <= most, "{name}, {:?}: {stage:?}", period.period);
                assert!(stage.gap <= 1e-6, "{name}: not proven: {stage:?}");
            }
            for part in period.parts.windows(2) {
                let is_split = part[0].shard == part[1].shard && part[1].site.is_some();
                assert!(!is_split, "{name}: a shard is homed twice: {part:?}");
            }
        }
    }
}

/// In both, the shards that the linear program splits are the wrong ones: others fit better.
#[test]
fn whole_shards_cost_under_one_percent_of_moves_and_of_a_target_in_the_world() {
    let inventory = inventory_of(&global());
    for name in ["autumn-week.toml", "drain-sin.toml"] {
        let plan = planned(&inventory, &scenario_of(&global(), &inventory, &[name]));
        for period in &plan.periods {
            for stage in &period.stages {
                let most = match stage.level {
                    Level::Copied | Level::Moved | Level::Latency => 0.01 * stage.value + 1e-3,
                    Level::Worst => 0.01,
                    _ => 1e-3,
                };
                let index = period.period.index;
                let is_near = stage.plan - stage.value <= most;
                assert!(is_near, "{name}, period {index}: {stage:?}");
            }
        }
    }
}

#[test]
fn the_pool_of_the_gray_load_balancer_is_overloaded_until_the_plan_answers() {
    let inventory = inventory();
    let plan = planned(
        &inventory,
        &scenario(&inventory, &["13-november-2012.toml"]),
    );
    let gray = inventory
        .elements
        .iter()
        .position(|element| element.id == "lb-sat-2")
        .map(|index| inventory.element_component(plimsoll::ids::ElementId::new(index)))
        .expect("San Antonio has a second load balancer");
    let blind: Vec<&PeriodPlan> = plan
        .periods
        .iter()
        .filter(|period| period.period.phase == Phase::Blind)
        .collect();
    assert!(!blind.is_empty());
    for period in blind {
        let overload = period
            .blind
            .iter()
            .filter(|affected| affected.component == gray)
            .filter_map(|affected| affected.amounts)
            .map(|[_, _, _, overload]| overload)
            .fold(0.0, f64::max);
        assert!(overload > 0.0, "period {}", period.period.index);
    }
    let answered = once_detected(&plan);
    assert!(answered.blind.is_empty());
    assert!(answered.totals.moved > 0.0);
    assert!(
        answered
            .access_points
            .iter()
            .any(|change| change.after == AccessPointUse::Opened)
    );
    for margin in &answered.margins {
        assert!(
            margin.row.load <= margin.row.capacity * (1.0 + 1e-6) + 1e-9,
            "{margin:?}"
        );
    }
}

#[test]
fn without_onboarding_fewer_users_have_to_move() {
    let inventory = inventory();
    let day = planned(
        &inventory,
        &scenario(&inventory, &["13-november-2012.toml"]),
    );
    let layers = ["13-november-2012.toml", "13-november-2012-freeze.toml"];
    let frozen = planned(&inventory, &scenario(&inventory, &layers));
    let (with, without) = (once_detected(&day), once_detected(&frozen));
    assert!(without.totals.users < with.totals.users);
    assert!(without.totals.moved < with.totals.moved);
}

#[test]
fn global_inventory_is_as_large_as_its_page_says_and_read_without_a_finding() {
    let reading = plimsoll::inventory::read(&folder(&global()));
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    let inventory = reading.inventory.expect("what is shipped is sound");
    assert_eq!(inventory.sites.len(), 40);
    assert_eq!(inventory.access_points.len(), 100);
    assert_eq!(inventory.client_regions.len(), 1200);
    assert_eq!(inventory.shards.len(), 2400);
    let users = |counts: fn(&plimsoll::model::Shard) -> bool| -> f64 {
        let shards = inventory.shards.iter().filter(|shard| counts(shard));
        shards.map(|shard| shard.users as f64).sum()
    };
    let all = users(|_| true);
    assert!((59e6..61e6).contains(&all), "{all}");
    let residents = users(|shard| shard.jurisdiction.is_some()) / all;
    assert!((0.28..0.38).contains(&residents), "{residents}");
    let mut copied = [0; 3];
    for shard in (0..inventory.shards.len()).map(plimsoll::ids::ShardId::new) {
        copied[inventory.replicas_of(shard).len()] += 1;
    }
    assert_eq!(copied, [60, 557, 1783]);
    let names = scenarios(&global());
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        scenario_of(&global(), &inventory, &[&name]);
    }
}

#[test]
fn drain_of_zurich_leaves_nobody_unserved_but_those_who_have_only_geneva_left() {
    let inventory = inventory_of(&global());
    let plan = planned(
        &inventory,
        &scenario_of(&global(), &inventory, &["drain-zrh.toml"]),
    );
    let [period] = plan.periods.as_slice() else {
        panic!("one drain, one period");
    };
    // Onboarding is frozen and no row before has a range.
    assert!(period.band.is_none());
    // What tolerances leave of nobody is served nowhere: no shard is copied for it.
    for part in period.parts.iter().filter(|part| part.users > 0.0) {
        let of_shard = period.case.users(part.shard.index());
        assert!(part.users > 1e-6 * of_shard, "{part:?} of {of_shard}");
    }
    let unserved: Vec<_> = period
        .parts
        .iter()
        .filter(|part| part.site.is_none() && part.users > 0.0)
        .collect();
    assert!(!unserved.is_empty());
    for part in unserved {
        let must_stay = inventory.shards[part.shard.index()].jurisdiction;
        let is_resident = must_stay.is_some_and(|id| inventory.jurisdictions[id.index()] == "CH");
        let copies: Vec<&str> = inventory
            .replicas_of(part.shard)
            .iter()
            .map(|replica| inventory.sites[replica.site.index()].id.as_str())
            .collect();
        // A drained shard with copies goes to one of them.
        assert!(is_resident || copies == ["gva"], "{part:?}: {copies:?}");
    }
}

#[test]
fn drain_of_the_largest_site_of_the_world_keeps_every_target() {
    let inventory = inventory_of(&global());
    let plan = planned(
        &inventory,
        &scenario_of(&global(), &inventory, &["drain-iad.toml"]),
    );
    let totals = &plan.periods[0].totals;
    assert!(totals.unserved <= 0.0);
    assert!(totals.worst_shortfall <= 1e-6);
    assert!(totals.moved > 3e6);
}
