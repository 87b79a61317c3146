//! What every runbook of a shipped scenario has: short sentences, who must know, a rollback, and a reading after every move.

use super::files;
use crate::laws::steps::read;
use crate::levels::planned;
use crate::tidy::long_sentences;
use plimsoll::inventory;
use plimsoll::scenario::{self, ScenarioText};
use std::path::Path;

/// Shipped scenarios: one of every inventory, small ones, and the flagship.
const SHIPPED: [(&str, &str); 11] = [
    ("data/tiny", "drain-chicago.toml"),
    ("data/tiny", "drain-amsterdam.toml"),
    ("data/keep-room", "drain-ams.toml"),
    ("data/keep-room", "drain-ams-protected.toml"),
    ("data/keep-room", "drain-ams-commands.toml"),
    ("data/rolling-drains", "two-drains.toml"),
    ("data/incidents/12-may-2011", "with-the-plan.toml"),
    ("data/incidents/22-january-2026", "with-the-plan.toml"),
    ("data/incidents/23-june-2014", "with-the-plan.toml"),
    ("data/incidents/8-november-2012", "with-the-plan.toml"),
    ("data/americas-2012", "13-november-2012.toml"),
];

#[test]
fn a_shipped_runbook_has_short_sentences_contacts_a_rollback_and_readings() {
    for (folder, name) in SHIPPED {
        let (inventory, scenario) = read(folder, &[name]);
        let plan = planned(&inventory, &scenario);
        let files = files(&inventory, &scenario, &plan);
        let text = &files["runbook.md"];
        let long = long_sentences(text);
        assert!(long.is_empty(), "{folder}/{name}: {long:#?}");
        assert!(text.contains("\nWho must know"), "{folder}/{name}: {text}");
        if plan.is_refused() {
            continue;
        }
        let back = text.split("\n## Rollback after the last step\n").nth(1);
        let is_any_step = text.contains("\n**Step 1.** ");
        assert!(back.is_some() || !is_any_step, "{folder}/{name}: {text}");
        for row in text.lines().filter(|line| line.contains(" | move | ")) {
            assert!(!row.ends_with("|  |"), "{folder}/{name}: {row}");
        }
        let mut csv = csv::Reader::from_reader(files["runbook.csv"].as_bytes());
        for row in csv.records() {
            let row = row.expect("a row");
            assert!(&row[5] != "move" || !row[8].is_empty(), "{name}: {row:?}");
        }
    }
}

/// No rate limits the moves, so all 100,000 users go to Dublin in one wave, beside the 100,000 there: its 200 vCPU are in use.
#[test]
fn a_move_says_what_its_source_and_target_carry_after_it() {
    let (inventory, scenario) = read("data/keep-room", &["drain-ams-commands.toml"]);
    let plan = planned(&inventory, &scenario);
    let text = &files(&inventory, &scenario, &plan)["runbook.csv"];
    let said = "Dublin (dub) cpu: at most 100.0 %";
    let row = text.lines().find(|line| line.contains(",move,"));
    let row = row.expect("a move");
    assert!(row.contains(said), "{row}");
}

/// No user moves, half of a load balancer is gone: the tenants whose users cross it, and its operators, must know.
#[test]
fn a_runbook_without_moves_says_who_must_know() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tiny");
    let inventory = inventory::read(&crate::folders::folder(&path)).inventory;
    let inventory = inventory.expect("what is shipped is sound");
    let text = "[scenario]\nname = \"lying load balancer\"\nstart = 2026-11-28T08:00:00-06:00\n\
        end = 2026-11-28T14:00:00-06:00\n[[event]]\nkind = \"gray\"\ncomponent = \"lb-sat-1\"\n\
        capacity = 0.25\nstart = 2026-11-28T09:20:00-06:00\ndetected = 2026-11-28T10:42:00-06:00\n";
    let layer = ScenarioText {
        name: "gray.toml".to_owned(),
        text: text.to_owned(),
    };
    let scenario = scenario::read(&[layer], &inventory).scenario;
    let scenario = scenario.expect("it is sound");
    let plan = planned(&inventory, &scenario);
    let text = &files(&inventory, &scenario, &plan)["runbook.md"];
    let (_, known) = text
        .split_once(
            "\nWho must know, before the first step and after the last, most affected first:\n",
        )
        .unwrap_or_else(|| panic!("{text}"));
    let known = known.split("\n## ").next().unwrap_or_default();
    assert!(
        known.contains("- operators of San Antonio load balancer 1 (lb-sat-1)\n"),
        "{known}"
    );
    assert!(known.contains("- tenant "), "{known}");
}
