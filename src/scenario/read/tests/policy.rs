//! The policy: defaults, words, goals.

use super::*;
use crate::model::{
    After, Drain, ExistingShortfall, Failover, Goal, Movers, PlannedDemand, PlannedPeriods, Policy,
};
use crate::units::Milliseconds;

#[test]
fn empty_policy_is_the_documented_one() {
    assert_eq!(
        scenario_of("").policy,
        Policy::standard(2, Failover::Anywhere)
    );
}

#[test]
fn failover_is_from_replicas_where_the_inventory_has_some() {
    let mut inventory = tiny::inventory();
    inventory.has_replicas = true;
    let layer = ScenarioText {
        name: "base.toml".to_owned(),
        text: SPAN.to_owned(),
    };
    let scenario = read(&[layer], &inventory).scenario.expect("no finding");
    assert_eq!(scenario.policy, Policy::standard(2, Failover::Replicas));
}

#[test]
fn defaults_of_the_schema_are_those_of_the_model() {
    let mut text = String::from("[policy]\n");
    for key in schema::keys_of("policy") {
        let is_toml = key.default.starts_with(['"', '[', 't', 'f', '0']);
        if is_toml && !key.default.contains(" if ") {
            text.extend([&key.name, " = ", &key.default, "\n"]);
        }
    }
    assert_eq!(text.lines().count(), 13);
    assert_eq!(scenario_of(&text), scenario_of(""));
    let mut replay = String::from("[replay]\n");
    for key in schema::keys_of("replay") {
        replay.extend([&key.name, " = ", &key.default, "\n"]);
    }
    assert_eq!(scenario_of(&replay), scenario_of(""));
    let protect = "[protect]\nfailures = 1\nover = \"sites\"\nrecovery = \"replicas\"\n";
    let written = reading(&[&format!("{protect}{SPAN}")]).scenario;
    assert_eq!(written, reading(&[&format!("[protect]\n{SPAN}")]).scenario);
}

#[test]
fn every_key_of_the_policy_is_read() {
    let text = r#"
[policy]
max_latency_ms = 150
existing_shortfall = "repair"
movers = "affected"
drain = "anywhere"
failover = "replicas"
after = "stay"
demand = "hourly"
periods = "sequential"
reaction_minutes = 7.5
freeze_onboarding = true
open_standby = false
max_moved_users = 2_000_000
split_shards = true
require_stable = true
goals = ["unserved", "latency", "moves"]
[policy.headroom]
cpu = 0.15
"#;
    assert_eq!(
        scenario_of(text).policy,
        Policy {
            max_latency: Some(Milliseconds(150.0)),
            headroom: vec![None, Some(0.15)],
            existing_shortfall: ExistingShortfall::Repair,
            movers: Movers::Affected,
            drain: Drain::Anywhere,
            failover: Failover::Replicas,
            after: After::Stay,
            demand: PlannedDemand::Hourly,
            periods: PlannedPeriods::Sequential,
            reaction_minutes: 7.5,
            freeze_onboarding: true,
            open_standby: false,
            max_moved_users: Some(2e6),
            split_shards: true,
            require_stable: true,
            goals: vec![Goal::Unserved, Goal::Latency, Goal::Moves],
        }
    );
}

#[test]
fn every_word_of_the_schema_has_a_meaning() {
    // Kinds of events need more than their word: `every_kind_of_event_is_read` has them.
    for key in schema::keys().iter().filter(|key| key.table != "event") {
        let (schema::Shape::Word(words) | schema::Shape::Words(words)) = &key.shape else {
            continue;
        };
        let mut meanings: Vec<String> = Vec::new();
        for word in words {
            let value = match &key.shape {
                schema::Shape::Words(_) if word == "unserved" => "[\"unserved\"]".to_owned(),
                schema::Shape::Words(_) => format!("[\"unserved\", \"{word}\"]"),
                _ => format!("\"{word}\""),
            };
            // What is said of gray members needs some.
            let beside = match key.name.as_str() {
                "gray_over" => "gray = 1\n",
                _ => "",
            };
            let text = format!("[{}]\n{beside}{} = {value}\n{SPAN}", key.table, key.name);
            let scenario = reading(&[&text]).scenario;
            meanings.push(format!("{scenario:?}"));
        }
        meanings.sort();
        meanings.dedup();
        assert_eq!(meanings.len(), words.len(), "{key:?}");
    }
}
