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

fn inventory() -> Inventory {
    plimsoll::inventory::read(&folder(&americas()))
        .inventory
        .expect("what is shipped is sound")
}

fn scenario(inventory: &Inventory, layers: &[&str]) -> Scenario {
    let texts: Vec<ScenarioText> = layers
        .iter()
        .map(|name| ScenarioText {
            name: (*name).to_owned(),
            text: std::fs::read_to_string(americas().join(name)).expect("it is shipped"),
        })
        .collect();
    plimsoll::scenario::read(&texts, inventory)
        .scenario
        .expect("what is shipped is sound")
}

/// Scenarios that stand on their own.
fn scenarios() -> Vec<String> {
    let mut names: Vec<String> = folder(&americas())
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
    let names = scenarios();
    assert!(
        names.len() > 12,
        "a drain for every site, and the day itself"
    );
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
                    Level::Unserved(_) | Level::AccessPoints => 1e-3,
                    Level::Latency => 0.01 * stage.value,
                };
                assert!(
                    gap <= most,
                    "{name}, period {}: {stage:?}",
                    period.period.index
                );
                assert!(stage.gap <= 1e-6, "{name}: not proven: {stage:?}");
            }
            for part in period.parts.windows(2) {
                let is_split = part[0].shard == part[1].shard && part[1].site.is_some();
                assert!(!is_split, "{name}: a shard is homed twice: {part:?}");
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
            .filter(|hurt| hurt.component == gray)
            .filter_map(|hurt| hurt.amounts)
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
            margin.load <= margin.capacity * (1.0 + 1e-6) + 1e-9,
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
