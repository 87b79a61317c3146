//! A written replay is played again by `plimsoll verify`, and compared.

use super::place::{plimsoll, printed};
use crate::command_line::root;
use std::fs;
use std::process::Output;
use tempfile::TempDir;

/// A command on data/tiny and the drain of Chicago; what is written stands beside it.
fn of_chicago(out: &TempDir, command: &str, args: &[&str]) -> Output {
    let inventory = root("data/tiny");
    let scenario = inventory.join("drain-chicago.toml");
    let [inventory, scenario] = [inventory, scenario].map(|path| path.display().to_string());
    let all = [command, &inventory, "--scenario", &scenario];
    plimsoll(out.path(), &[all.as_slice(), args].concat())
}

/// A folder with a plan of it.
fn with_a_plan() -> TempDir {
    let folder = TempDir::new().expect("there is room for a folder");
    let made = of_chicago(
        &folder,
        "plan",
        &["--out", "plan", "--no-charts", "--quiet"],
    );
    assert!(made.status.code() < Some(2), "{made:?}");
    folder
}

/// With nobody doing anything, with a plan that is made for it, and with one of a folder, in other steps.
#[test]
fn a_replay_is_what_it_comes_to_again() {
    let folder = with_a_plan();
    for (args, verified) in [
        (&["--do-nothing"][..], &[][..]),
        (&[][..], &[][..]),
        (
            &["--plan", "plan", "--step", "10"][..],
            &["--plan", "plan"][..],
        ),
    ] {
        let written = ["--out", "replay", "--no-charts", "--quiet"];
        let code = of_chicago(&folder, "replay", &[&written, args].concat());
        assert!(code.status.code() < Some(2), "{code:?}");
        let output = of_chicago(&folder, "verify", &[&["replay"], verified].concat());
        let text = printed(&output, 0);
        let end = "the replay holds: playing it again gives the same\n";
        assert!(text.ends_with(end), "{text}");
        assert!(
            text.starts_with("played again, and compared: replay.json, timeline.csv,"),
            "{text}"
        );
        assert!(
            text.contains("not recomputed: report.html; charts/; plimsoll of replay.json\n"),
            "{text}"
        );
    }
}

/// A cell that somebody changed, a row that is gone, and a table that is.
#[test]
fn what_is_otherwise_is_reported_with_its_place() {
    let folder = TempDir::new().expect("there is room for a folder");
    let written = ["--do-nothing", "--out", "replay", "--no-charts", "--quiet"];
    let code = of_chicago(&folder, "replay", &written);
    assert!(code.status.code() < Some(2), "{code:?}");
    let path = |name: &str| folder.path().join("replay").join(name);
    let change = |name: &str, change: &dyn Fn(&str) -> String| {
        let text = fs::read_to_string(path(name)).expect("it is there");
        let changed = change(&text);
        assert_ne!(text, changed, "{name}");
        fs::write(path(name), changed).expect("there is room for it");
    };
    change("tiers.csv", &|text| {
        let (first, rest) = text.split_once('\n').expect("a header");
        format!("{first}\n{}", rest.replacen("nothing,", "plan,", 1))
    });
    change("timeline.csv", &|text| {
        let lines: Vec<&str> = text.lines().collect();
        lines[..lines.len() - 1].join("\n") + "\n"
    });
    fs::remove_file(path("queues.csv")).expect("it is there");
    let output = of_chicago(&folder, "verify", &["replay"]);
    let text = printed(&output, 1);
    assert!(
        text.contains("tiers.csv:2: column run: found `plan`, expected `nothing` [P8001]"),
        "{text}"
    );
    assert!(
        text.contains("timeline.csv: found ") && text.contains(" rows [P8002]"),
        "{text}"
    );
    assert!(text.contains("not checked, absent: queues.csv\n"), "{text}");
    let end = "the replay does not hold: playing it again gives 2 differences\n";
    assert!(text.ends_with(end), "{text}");
    let json = of_chicago(&folder, "verify", &["replay", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&printed(&json, 1)).expect("JSON");
    assert_eq!(json["format"], "plimsoll-verify-replay/1");
    assert_eq!(json["broken"][0]["code"], "P8002");
}

/// A replay of a plan in a folder is played again with that plan alone.
#[test]
fn the_plan_that_was_replayed_has_to_be_named() {
    let folder = with_a_plan();
    let written = [
        "--plan",
        "plan",
        "--out",
        "replay",
        "--no-charts",
        "--quiet",
    ];
    let code = of_chicago(&folder, "replay", &written);
    assert!(code.status.code() < Some(2), "{code:?}");
    let output = of_chicago(&folder, "verify", &["replay"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        error.contains(
            "the replay carries out a plan of a folder: name that folder with --plan DIR"
        ),
        "{error}"
    );
    let output = of_chicago(&folder, "verify", &["plan", "--plan", "plan"]);
    assert_eq!(output.status.code(), Some(2));
    let path = folder.path().join("replay/replay.json");
    let text = fs::read_to_string(&path).expect("it is there");
    let broken = text.replace("\"step_seconds\": ", "\"step_seconds\": -");
    fs::write(&path, broken).expect("there is room for it");
    let output = of_chicago(&folder, "verify", &["replay", "--plan", "plan"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        error.contains("key assumed.step_seconds: found `-"),
        "{error}"
    );
}
