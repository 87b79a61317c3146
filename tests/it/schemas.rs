//! docs/schemas: what `--json` prints is what the schemas say, and no key is missing from them.

use crate::command_line::{place, plimsoll, root};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Folders of inventories, and a scenario of each; together they have most optional parts of a summary.
const SCENARIOS: [[&str; 2]; 6] = [
    ["data/tiny", "drain-chicago.toml"],
    ["data/keep-room", "drain-ams-protected.toml"],
    ["data/rolling-drains", "two-drains.toml"],
    ["tests/found/barely-more", "scenario.toml"],
    ["tests/found/full-by-growth-of-later", "scenario.toml"],
    [
        "tests/found/down-where-nothing-was-checked",
        "scenario.toml",
    ],
];

/// A schema, and the whole document that its references are looked up in.
#[derive(Clone, Copy)]
struct Schema<'a> {
    value: &'a Value,
    whole: &'a Value,
}

/// Keywords that are checked here; another one in a schema would be believed unread.
const KNOWN: [&str; 13] = [
    "$schema",
    "$id",
    "$ref",
    "$defs",
    "title",
    "description",
    "type",
    "properties",
    "required",
    "items",
    "enum",
    "const",
    "anyOf",
];

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

impl<'a> Schema<'a> {
    fn part(self, value: &'a Value) -> Self {
        Self { value, ..self }
    }

    /// Every way in which `value` at `place` is not of the schema; a key that it does not name is one too.
    fn breaches(self, value: &Value, place: &str, all: &mut Vec<String>) {
        let map = self.value.as_object().expect("a schema is an object");
        for keyword in map.keys() {
            let is_known = KNOWN.contains(&keyword.as_str()) || keyword == "minimum";
            assert!(is_known, "{keyword} is not checked here");
        }
        if let Some(target) = map.get("$ref") {
            let target = target.as_str().and_then(|target| target.strip_prefix('#'));
            let target = self.whole.pointer(target.expect("a place in the file"));
            return self
                .part(target.expect("a definition"))
                .breaches(value, place, all);
        }
        if let Some(choices) = map.get("anyOf").and_then(Value::as_array) {
            let of_choice = |choice| {
                let mut found = Vec::new();
                self.part(choice).breaches(value, place, &mut found);
                found
            };
            let found: Vec<Vec<String>> = choices.iter().map(of_choice).collect();
            if !found.iter().any(Vec::is_empty) {
                all.extend(found.into_iter().flatten());
            }
            return;
        }
        let is_allowed = match (map.get("type"), map.get("enum"), map.get("const")) {
            (Some(Value::String(name)), ..) => is_of_type(value, name),
            (Some(Value::Array(names)), ..) => names
                .iter()
                .any(|name| is_of_type(value, name.as_str().unwrap_or_default())),
            (_, Some(Value::Array(words)), _) => words.contains(value),
            (.., Some(word)) => word == value,
            _ => false,
        };
        if !is_allowed
            || map.get("minimum").is_some() && value.as_i64().is_some_and(|number| number < 0)
        {
            all.push(format!("{place}: {value}"));
        }
        for (number, item) in value.as_array().into_iter().flatten().enumerate() {
            let items = map.get("items").expect("a list says of what");
            self.part(items)
                .breaches(item, &format!("{place}/{number}"), all);
        }
        for (key, item) in value.as_object().into_iter().flatten() {
            let place = format!("{place}/{key}");
            match map.get("properties").and_then(|value| value.get(key)) {
                Some(property) => self.part(property).breaches(item, &place, all),
                None => all.push(format!("{place} is not in the schema")),
            }
        }
        let required = map.get("required").and_then(Value::as_array);
        for key in required.into_iter().flatten().filter_map(Value::as_str) {
            if value.as_object().is_some_and(|map| !map.contains_key(key)) {
                all.push(format!("{place}/{key} is missing"));
            }
        }
    }
}

/// Fails where a JSON text is not what the schema of that name says.
#[track_caller]
fn assert_is_of(name: &str, text: &[u8]) {
    let file = root("docs/schemas").join(format!("{name}.schema.json"));
    let schema = fs::read(&file).expect("the schema is there");
    let whole: Value = serde_json::from_slice(&schema).expect("a schema is JSON");
    let value: Value = serde_json::from_slice(text).expect("one object of JSON");
    let mut all = Vec::new();
    let schema = Schema {
        value: &whole,
        whole: &whole,
    };
    schema.breaches(&value, "", &mut all);
    assert!(all.is_empty(), "{name}:\n{}", all.join("\n"));
}

/// What a command prints with `--json`, which ends with 0 or 1, or with 2 for input that is wrong.
#[track_caller]
fn printed(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = plimsoll(folder)
        .args(arguments)
        .arg("--json")
        .output()
        .expect("it runs");
    let is_answer = matches!(output.status.code(), Some(0..=2));
    assert!(is_answer && !output.stdout.is_empty(), "{arguments:?}");
    output.stdout
}

#[test]
fn every_schema_is_used_and_is_listed() {
    let files = fs::read_dir(root("docs/schemas")).expect("there are schemas");
    let names: BTreeSet<String> = files
        .map(|file| {
            let name = file.expect("a folder can be listed").file_name();
            name.to_string_lossy().into_owned()
        })
        .collect();
    let page = fs::read_to_string(root("docs/commands.md")).expect("the page is there");
    let this = include_str!("schemas.rs");
    for name in names {
        assert!(page.contains(&format!("(schemas/{name})")), "{name}");
        let short = name.trim_end_matches(".schema.json");
        assert!(
            this.contains(&format!("assert_is_of(\"{short}\"")),
            "{name}"
        );
    }
}

#[test]
fn what_a_scenario_leads_to_is_of_its_schema() {
    for [inventory, scenario] in SCENARIOS {
        let folder = place();
        let folder = folder.path();
        let inventory = root(inventory);
        let [inventory, scenario] =
            [inventory.clone(), inventory.join(scenario)].map(|path| path.display().to_string());
        let of = |command: &'static str, rest: &[&'static str]| {
            let asked = [command, inventory.as_str(), "--scenario", scenario.as_str()];
            printed(folder, &[&asked, rest].concat())
        };
        assert_is_of(
            "check",
            &of("check", &["--summary", "--until", "2030-01-01"]),
        );
        assert_is_of("plan", &of("plan", &["--out", "plan", "--no-charts"]));
        assert_is_of("verify", &of("verify", &["plan"]));
        assert_is_of("explain", &printed(folder, &["explain", "plan"]));
        assert_is_of("compare", &printed(folder, &["compare", "plan"]));
        let replay = ["--plan", "plan", "--out", "replay", "--no-charts"];
        assert_is_of("replay", &of("replay", &replay));
        let replayed = of("verify", &["replay", "--plan", "plan"]);
        assert_is_of("verify-replay", &replayed);
        let sweep = ["--gray", "1", "--out", "sweep", "--no-charts"];
        assert_is_of("sweep", &of("sweep", &sweep));
        assert_is_of("verify-sweep", &of("verify", &["sweep"]));
        let runway = ["--until", "2030-07-01", "--out", "runway", "--no-charts"];
        if inventory.ends_with("barely-more") {
            assert_is_of("runway", &of("runway", &runway));
            assert_is_of("verify-runway", &of("verify", &["runway"]));
            let runway = ["--until", "2030-05-01", "--out", "shorter", "--no-charts"];
            of("runway", &runway);
            let compared = printed(folder, &["compare", "runway", "shorter"]);
            assert_is_of("compare-runway", &compared);
        }
    }
}

#[test]
fn answers_about_one_thing_are_of_their_schemas() {
    let folder = place();
    let folder = folder.path();
    let tiny = root("data/tiny").display().to_string();
    let [drain, other] =
        ["drain-chicago", "drain-amsterdam"].map(|name| format!("{tiny}/{name}.toml"));
    for (scenario, out) in [(&drain, "a"), (&other, "b")] {
        let asked = ["plan", &tiny, "--scenario", scenario, "--out", out];
        printed(folder, &[&asked[..], &["--no-charts"]].concat());
    }
    assert_is_of("compare", &printed(folder, &["compare", "a", "b"]));
    let shard = printed(folder, &["explain", "a", "--shard", "lakeside-bank-1"]);
    assert_is_of("explain-shard", &shard);
    let component = printed(folder, &["explain", "a", "--component", "sat"]);
    assert_is_of("explain-component", &component);
    let span = ["--between", "2026-11-21", "--and", "2026-11-22"];
    let asked = ["window", &tiny, "--component", "chi", "--duration", "4h"];
    assert_is_of("window", &printed(folder, &[&asked[..], &span].concat()));
    assert_is_of("rule", &printed(folder, &["rule", "P3002", "P7401"]));
}

#[test]
fn answers_about_what_is_wrong_are_of_their_schemas() {
    let folder = place();
    let folder = folder.path();
    fs::write(folder.join("sites.csv"), "site;cpu\nchi;1,5\n").expect("it can be written");
    let nothing = "[scenario]\nname = 1\n";
    fs::write(folder.join("scenario.toml"), nothing).expect("it can be written");
    let asked = ["check", ".", "--scenario", "scenario.toml"];
    assert_is_of("check", &printed(folder, &asked));
    let tiny = root("data/tiny").display().to_string();
    let drain = format!("{tiny}/drain-chicago.toml");
    let asked = ["plan", &tiny, "--scenario", &drain, "--out", "plan"];
    printed(folder, &[&asked[..], &["--no-charts"]].concat());
    let written = folder.join("plan/assignment.csv");
    let text = fs::read_to_string(&written).expect("there is a plan");
    fs::write(&written, text.replace(",drained", ",relief")).expect("it can be written");
    let asked = ["verify", &tiny, "--scenario", &drain, "plan"];
    assert_is_of("verify", &printed(folder, &asked));
}

#[test]
fn a_key_that_a_schema_lacks_or_asks_for_is_found() {
    let whole = serde_json::json!({
        "type": "object",
        "properties": { "a": { "type": ["integer", "null"], "minimum": 0 } },
        "required": ["a"],
    });
    let schema = Schema {
        value: &whole,
        whole: &whole,
    };
    let found = |value: Value| {
        let mut all = Vec::new();
        schema.breaches(&value, "", &mut all);
        all
    };
    assert!(found(serde_json::json!({ "a": 1 })).is_empty());
    assert!(found(serde_json::json!({ "a": null })).is_empty());
    assert_eq!(found(serde_json::json!({ "a": -1 })), ["/a: -1"]);
    let both = found(serde_json::json!({ "b": 1 }));
    assert_eq!(both, ["/b is not in the schema", "/a is missing"]);
}
