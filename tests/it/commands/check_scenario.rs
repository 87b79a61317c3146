//! `plimsoll check --scenario`: the scenario's findings beside the inventory's.

use super::{QUIET_HOUR, plimsoll, written};
use assert_cmd::Command;
use std::fs;
use std::path::Path;

const INVENTORY_VERDICT: &str = "`.`: no errors, 0 warnings; 1 site, 1 access point, 0 elements, \
                                 2 links, 1 client region, 1 shard, 10 users\n";

#[test]
fn a_sound_scenario_is_summed_up_after_its_inventory() {
    let folder = written(&[("hour.toml", QUIET_HOUR)]);
    plimsoll(&folder, &["check", ".", "--scenario", "hour.toml"])
        .assert()
        .code(0)
        .stderr("")
        .stdout(format!(
            "{INVENTORY_VERDICT}`hour.toml`: no errors, 0 warnings; `quiet`, \
             13 Nov 2012 09:00 to 10:00 (UTC-08:00): 0 events, 1 period\n"
        ));
}

#[test]
fn a_finding_of_a_scenario_shows_its_line() {
    let drain = format!("{QUIET_HOUR}[[event]]\nkind = \"maintenance\"\ncomponent = \"b\"\n");
    let folder = written(&[("drain.toml", &drain)]);
    plimsoll(&folder, &["check", ".", "--scenario", "drain.toml"])
        .assert()
        .code(2)
        .stderr("")
        .stdout(format!(
            "error: drain.toml:7: key event.component: found `\"b\"`, \
             expected a site, access point, element, link or pool [P5201]\n\
             \x20 7 | component = \"b\"\n\
             hint: sites.csv, access_points.csv, elements.csv and links.csv list them\n\
             \n\
             {INVENTORY_VERDICT}`drain.toml`: 1 error, 0 warnings; fix the errors before you plan\n"
        ));
}

#[test]
fn json_counts_the_findings_of_both() {
    let without_offset = QUIET_HOUR.replace("-08:00", "");
    let folder = written(&[("hour.toml", &without_offset), ("sits.csv", "")]);
    let assert = plimsoll(
        &folder,
        &["check", ".", "--scenario", "hour.toml", "--json"],
    )
    .assert()
    .code(0)
    .stderr("");
    let shown: serde_json::Value =
        serde_json::from_slice(&assert.get_output().stdout).expect("one JSON object");
    assert_eq!(shown["errors"], 0);
    let of_scenario = &shown["scenario"]["warnings"];
    assert_eq!(
        shown["warnings"],
        1 + of_scenario.as_u64().expect("a count")
    );
    assert!(of_scenario.as_u64() > Some(0), "{shown}");
    assert_eq!(
        shown["scenario"]["holds"],
        serde_json::json!({
            "name": "quiet",
            "start": "2012-11-13T09:00:00+00:00",
            "end": "2012-11-13T10:00:00+00:00",
            "events": 0,
            "periods": 1,
        })
    );
}

#[test]
fn a_scenario_waits_until_its_inventory_is_sound() {
    let folder = written(&[
        ("hour.toml", QUIET_HOUR),
        ("tiers.csv", "tier,rank,availability\ngold,0,0.999\n"),
    ]);
    let args = ["check", ".", "--scenario", "hour.toml"];
    let assert = plimsoll(&folder, &args).assert().code(2).stderr("");
    let shown = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert!(
        shown.ends_with(
            "`hour.toml`: not checked; a scenario is read only after an inventory without errors\n"
        ),
        "{shown}"
    );
}

#[test]
fn layers_of_one_file_name_are_distinguished_by_their_paths() {
    let folder = written(&[("layer.toml", QUIET_HOUR)]);
    let later = folder.path().join("later");
    fs::create_dir(&later).expect("there is room for a folder");
    fs::write(later.join("layer.toml"), "[scenaro]\n").expect("there is room for a file");
    let layers = ["--scenario", "layer.toml", "--scenario", "later/layer.toml"];
    let args = [&["check", "."], layers.as_slice()].concat();
    let assert = plimsoll(&folder, &args).assert().code(2);
    let shown = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert!(
        shown.contains("error: later/layer.toml:1: key scenaro:"),
        "{shown}"
    );
    assert!(shown.contains("  1 | [scenaro]\n"), "{shown}");
}

/// Every scenario of a shipped folder; one called `…-freeze.toml` is laid over the one without that.
#[test]
fn shipped_folders_are_free_of_warnings() {
    for name in ["data/tiny", "data/americas-2012"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let mut names: Vec<String> = fs::read_dir(&folder)
            .expect("the folder is there")
            .map(|entry| entry.expect("it can be listed").file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .filter(|name| Path::new(name).extension() == Some("toml".as_ref()))
            .collect();
        names.sort();
        assert!(!names.is_empty(), "{name}");
        for scenario in names {
            let base = scenario.replace("-freeze.toml", ".toml");
            let mut command = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
            command.current_dir(&folder).args(["check", ".", "--json"]);
            for layer in [Some(&base), Some(&scenario).filter(|text| **text != base)] {
                command.args(layer.iter().flat_map(|layer| ["--scenario", layer]));
            }
            let assert = command.assert().code(0).stderr("");
            let shown: serde_json::Value =
                serde_json::from_slice(&assert.get_output().stdout).expect("one JSON object");
            assert_eq!(
                shown["findings"],
                serde_json::json!([]),
                "{name} {scenario}"
            );
        }
    }
}

#[test]
fn surges_that_multiply_beyond_all_reason_are_bad_input_of_every_command() {
    let surge = "[[event]]\nkind = \"surge\"\nfactor = 1e9\n\
                 start = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T10:00:00-08:00\n";
    let scenario = format!("{QUIET_HOUR}{surge}{surge}");
    let folder = written(&[("two.toml", &scenario)]);
    let of = [".", "--scenario", "two.toml"];
    for command in ["check", "plan", "replay"] {
        let mut args = vec![command];
        args.extend(of);
        if command != "check" {
            args.extend(["--out", "new"]);
        }
        let output = plimsoll(&folder, &args).output().expect("it can be run");
        // Findings are what `check` is asked for, and what keeps the others from their work.
        let both = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&both);
        assert_eq!(output.status.code(), Some(2), "{command}: {text}");
        assert!(
            text.contains("by 1e18 at ") && text.contains("[P5312]"),
            "{command}: {text}"
        );
    }
}

/// Findings are what `check` is run for: they are its result. Beside another result they are on standard error.
#[test]
fn findings_are_the_result_of_check_and_beside_that_of_a_plan() {
    let folder = written(&[
        ("sites.csv", "site,cpu\na,much\n"),
        ("hour.toml", QUIET_HOUR),
    ]);
    let said = |args: &[&str]| {
        let output = plimsoll(&folder, args).output().expect("it runs");
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    let [out, err] = said(&["check", "."]);
    assert!(out.starts_with("error: sites.csv:2: column cpu"), "{out}");
    assert_eq!(err, "");
    let [out, err] = said(&["plan", ".", "--scenario", "hour.toml", "--out", "plan"]);
    assert_eq!(out, "");
    assert!(err.contains("error: sites.csv:2: column cpu"), "{err}");
}
