//! The cases: shipped scenarios, inventories that were found or made, and input that is refused.

use super::case::Case;
use super::edited::{Edit, Edited, edits};
use super::{Result, root};
use std::fs;
use std::path::Path;

/// Inventories that ship with more than one use, which all commands are asked about.
const SHIPPED: [&str; 6] = [
    "data/tiny",
    "data/americas-2012",
    "data/keep-room",
    "data/rolling-drains",
    "data/global",
    "data/incidents",
];

/// The folders of small cases: worked out by hand, and found.
const SMALL: [&str; 2] = ["tests/cases", "tests/found"];

/// Every case, by name.
///
/// # Errors
/// If a folder of the project cannot be read.
pub(super) fn all() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for folder in SHIPPED {
        if folder == "data/incidents" {
            for name in folders(folder)? {
                cases.extend(of_folder(&name, shipped)?);
            }
        } else {
            cases.extend(of_folder(folder, shipped)?);
        }
    }
    for folder in SMALL {
        for name in folders(folder)? {
            cases.extend(of_folder(&name, small)?);
        }
    }
    cases.extend(sweeps());
    cases.extend(windows());
    cases.extend(generated());
    cases.extend(edits().into_iter().map(refused));
    cases.extend(usage());
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(cases)
}

/// The folders in one that have files.
fn folders(folder: &str) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(root(folder))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            all.push(format!("{folder}/{}", entry.file_name().to_string_lossy()));
        }
    }
    all.sort();
    Ok(all)
}

/// Where the inventory of a folder's scenarios is.
fn inventory_of(folder: &str) -> &str {
    // This incident is played on an inventory that has other uses too.
    match folder {
        "data/incidents/13-november-2012" => "data/americas-2012",
        other => other,
    }
}

/// A case for every scenario of a folder; one without a start is layered over one that has it.
fn of_folder(folder: &str, commands: fn(&str, &str) -> Vec<String>) -> Result<Vec<Case>> {
    let mut whole = Vec::new();
    let mut layers = Vec::new();
    for entry in fs::read_dir(root(folder))? {
        let path = entry?.path();
        if path.extension().is_none_or(|text| text != "toml") {
            continue;
        }
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if has_start(&path)? {
            whole.push(name);
        } else {
            layers.push(name);
        }
    }
    whole.sort();
    layers.sort();
    let base = whole
        .iter()
        .find(|name| *name == "scenario.toml")
        .or(whole.first());
    let base = base.cloned().unwrap_or_default();
    let alone = whole.iter().map(|name| (name, vec![name]));
    let layered = layers.iter().map(|name| (name, vec![&base, name]));
    let cases = alone.chain(layered).map(|(name, files)| {
        let scenario: Vec<String> = files
            .iter()
            .map(|file| format!("--scenario {folder}/{file}"))
            .collect();
        let name = name.trim_end_matches(".toml");
        Case {
            name: format!("{folder}/{name}"),
            given: None,
            commands: commands(inventory_of(folder), &scenario.join(" ")),
        }
    });
    Ok(cases.collect())
}

fn has_start(path: &Path) -> Result<bool> {
    let table: toml::Table = fs::read_to_string(path)?
        .parse()
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let scenario = table.get("scenario").and_then(toml::Value::as_table);
    Ok(scenario.is_some_and(|map| map.contains_key("start")))
}

/// What is asked about a shipped scenario.
fn shipped(inventory: &str, scenario: &str) -> Vec<String> {
    let of = format!("{inventory} {scenario}");
    vec![
        format!("check {of}"),
        format!("check {of} --json"),
        format!("plan {of} --out plan"),
        format!("verify {of} plan"),
        format!("verify {of} plan --json"),
        "explain plan".to_owned(),
        "explain plan --json".to_owned(),
        "explain plan --shard {shard}".to_owned(),
        "explain plan --component {component}".to_owned(),
        "compare plan".to_owned(),
        "compare plan --out difference".to_owned(),
        "compare plan --json".to_owned(),
        format!("replay {of} --plan plan --out replay"),
        format!("verify {of} replay --plan plan"),
        format!("replay {of} --do-nothing --out nobody --json"),
    ]
}

/// What is asked about a small case.
fn small(inventory: &str, scenario: &str) -> Vec<String> {
    let of = format!("{inventory} {scenario}");
    vec![
        format!("check {of}"),
        format!("plan {of} --out plan --no-charts"),
        format!("verify {of} plan"),
        "explain plan --shard {shard}".to_owned(),
        "explain plan --component {component} --json".to_owned(),
        "compare plan".to_owned(),
        format!("replay {of} --plan plan --out replay --no-charts"),
    ]
}

/// Sweeps, in whole and in parts.
fn sweeps() -> Vec<Case> {
    let sweep = |name: &str, of: &str, options: &str| Case {
        name: format!("sweep/{name}"),
        given: None,
        commands: vec![
            format!("sweep {of} {options} --out sweep"),
            format!("sweep {of} {options} --out again --no-charts --json"),
            format!("verify {of} sweep"),
        ],
    };
    let tiny = "data/tiny --scenario data/tiny/drain-chicago.toml";
    let americas = "data/americas-2012 --scenario data/americas-2012/drain-sat.toml";
    let global = "data/global --scenario data/global/drain-lon.toml";
    let january =
        "data/incidents/22-january-2026 --scenario data/incidents/22-january-2026/at-once.toml";
    let keep = "data/keep-room --scenario data/keep-room/drain-ams-protected.toml";
    let parts = Case {
        name: "sweep/tiny-in-parts".to_owned(),
        given: None,
        commands: vec![
            format!("sweep {tiny} --failures 2 --over components --part 1/2 --out one"),
            format!("sweep {tiny} --failures 2 --over components --part 2/2 --out two"),
            format!("merge {tiny} one two --out sweep"),
            format!("verify {tiny} sweep"),
        ],
    };
    vec![
        sweep("tiny", tiny, "--recovery all"),
        sweep("tiny-pairs", tiny, "--failures 2 --over components --full"),
        sweep(
            "tiny-gray",
            tiny,
            "--gray 1 --gray-over elements --severity 0.7",
        ),
        sweep(
            "tiny-from-plan",
            tiny,
            "--recovery all --from plan --over components",
        ),
        parts,
        sweep("americas", americas, "--recovery all"),
        sweep("americas-elements", americas, "--over elements"),
        sweep(
            "americas-pairs",
            americas,
            "--failures 2 --over access_points",
        ),
        sweep("americas-gray", americas, "--gray 1 --gray-over elements"),
        sweep("global", global, "--recovery all"),
        sweep("january", january, "--over components"),
        sweep("january-risk-groups", january, "--over risk_groups"),
        sweep("keep-room", keep, "--recovery all"),
    ]
}

/// Windows for maintenance.
fn windows() -> Vec<Case> {
    let window = |name: &str, of: &str, options: &str| Case {
        name: format!("window/{name}"),
        given: None,
        commands: vec![
            format!("window {of} {options} --out windows"),
            format!("window {of} {options} --json"),
        ],
    };
    let span = "--duration 4h --between 2026-11-21 --and 2026-11-22";
    vec![
        window("tiny", "data/tiny", &format!("--component chi {span}")),
        window(
            "tiny-scenario",
            "data/tiny --scenario data/tiny/drain-amsterdam.toml",
            "--component lb-sat-1 --duration 90m --between 2012-11-17 --and 2012-11-18 --step 3h",
        ),
        window(
            "americas",
            "data/americas-2012",
            &format!("--component sat {span} --step 2h --no-failures"),
        ),
        window(
            "global",
            "data/global",
            &format!("--component lon {span} --step 8h"),
        ),
    ]
}

/// Generated inventories: small, large, and behind a mesh.
fn generated() -> Vec<Case> {
    let made = |name: &str, options: &str| {
        let mut commands = vec![
            format!("generate --out made {options}"),
            "check made".to_owned(),
        ];
        for scenario in ["drain", "gray", "shortage"] {
            let of = format!("made --scenario made/{scenario}.toml");
            commands.push(format!("plan {of} --out plan --no-charts"));
            commands.push(format!("verify {of} plan"));
            commands.push("explain plan --component {component}".to_owned());
        }
        Case {
            name: format!("generated/{name}"),
            given: None,
            commands,
        }
    };
    vec![
        made("2400", "--shards 2400 --seed 7"),
        made(
            "20000",
            "--sites 60 --access-points 200 --client-regions 1200 --shards 20000 --seed 7",
        ),
        made("mesh", "--mesh 60 --shards 1500 --seed 7"),
    ]
}

/// data/tiny with one thing changed.
fn refused((name, edit): (&str, Edit)) -> Case {
    let of = "given --scenario given/drain-chicago.toml";
    Case {
        name: format!("edited/{name}"),
        given: Some(Edited {
            folder: "data/tiny",
            edit,
        }),
        commands: vec![
            format!("check {of}"),
            format!("check {of} --json"),
            format!("plan {of} --out plan --no-charts"),
            format!("verify {of} plan"),
            format!("replay {of} --plan plan --out replay --no-charts"),
        ],
    }
}

/// What was typed is wrong, or asks for help.
fn usage() -> Vec<Case> {
    let words = [
        "check", "plan", "verify", "explain", "compare", "sweep", "merge", "window", "replay",
        "generate",
    ];
    let mut help = vec!["--help".to_owned(), "--version".to_owned()];
    help.extend(words.iter().map(|word| format!("{word} --help")));
    let mut wrong: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let tiny = "data/tiny --scenario data/tiny/drain-chicago.toml";
    wrong.extend([
        "plam data/tiny".to_owned(),
        "plan data/tinny --scenario data/tiny/drain-chicago.toml --out plan".to_owned(),
        "plan data/tiny --scenario data/tiny/none.toml --out plan".to_owned(),
        format!("plan {tiny} --out data/tiny"),
        format!("plan {tiny} --out plan --threads 0"),
        format!("plan {tiny} --out plan --time-limit soon"),
        "explain data/tiny".to_owned(),
        "compare none".to_owned(),
        "explain none".to_owned(),
        format!("sweep {tiny} --failures 0 --out sweep"),
        format!("sweep {tiny} --part 3/2 --out sweep"),
        "window data/tiny --component nowhere --duration 4h --between 2026-11-21 --and 2026-11-22"
            .to_owned(),
        "window data/tiny --component chi --duration 4h --between 2026-11-22 --and 2026-11-21"
            .to_owned(),
        format!("replay {tiny} --out replay --step 0"),
        format!("verify {tiny} none"),
        "generate --out made --sites 0".to_owned(),
    ]);
    [("help", help), ("wrong", wrong)]
        .map(|(name, commands)| Case {
            name: format!("usage/{name}"),
            given: None,
            commands,
        })
        .into()
}
