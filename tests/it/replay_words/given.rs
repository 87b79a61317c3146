//! A written plan is replayed: ours, one for other inputs, and one that does not hold.

use super::place::{PLACE, Place, json, plimsoll, printed, replayed, written};
use crate::command_line::contents;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Alpha is drained for an hour, and Beta has room for everybody.
const DRAIN: &str = "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\nstart = 2030-06-01T10:00:00Z\n\
    end = 2030-06-01T11:00:00Z\n";

fn two_sites() -> TempDir {
    let folder = written(&Place {
        scenario: DRAIN,
        ..PLACE
    });
    let put = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("there is room");
    };
    put("sites.csv", "site,name,work\na,Alpha,1001\nb,Beta,1001\n");
    put(
        "links.csv",
        "link,from,to,latency_ms\nl0,r,in,5\nl1,in,a,5\nl2,in,b,6\n",
    );
    let args = [
        "plan",
        ".",
        "--scenario",
        "own.toml",
        "--out",
        "plan",
        "--no-charts",
    ];
    let output = plimsoll(folder.path(), &args);
    assert_eq!(output.status.code(), Some(0));
    folder
}

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn change(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("it is there");
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).expect("there is room");
}

#[test]
fn a_written_plan_comes_to_the_same_as_one_that_is_made() {
    let folder = two_sites();
    let given = replayed(&folder, &["--plan", "plan"]);
    let text = printed(&given, 0);
    assert_eq!(stderr(&given), "");
    assert!(!text.contains("was made for this"), "{text}");
    let of_given = contents(&folder.path().join("replay"));
    assert_eq!(json(&folder)["plan"]["made_here"], false);
    printed(&replayed(&folder, &[]), 0);
    let of_made = contents(&folder.path().join("replay"));
    let names: Vec<_> = of_given.keys().collect();
    assert_eq!(names, of_made.keys().collect::<Vec<_>>());
    for (name, bytes) in &of_given {
        if name != Path::new("replay.json") {
            assert!(of_made[name] == *bytes, "{}", name.display());
        }
    }
}

#[test]
fn a_plan_for_other_inputs_is_replayed_with_a_warning() {
    let folder = two_sites();
    change(&folder.path().join("own.toml"), "10:00:00Z", "10:30:00Z");
    let output = replayed(&folder, &["--plan", "plan", "--no-charts"]);
    let words = stderr(&output);
    assert!(
        words.contains(
            "found a plan for a different scenario, expected a plan made from the inventory and scenario of the replay [P6024]"
        ),
        "{words}"
    );
    assert_ne!(output.status.code(), Some(2));
    let output = replayed(&folder, &["--plan", "plan", "--no-charts", "--quiet"]);
    assert_eq!(stderr(&output), "");
}

/// Who asks what lost sessions come to adds them to the scenario of a plan that knows nothing of them.
#[test]
fn a_plan_holds_where_only_lost_sessions_are_added() {
    let folder = two_sites();
    let event = "[[event]]\nkind = \"disconnect\"\ncomponent = \"b\"\nstart = 2030-06-01T10:20:00Z\n\
        end = 2030-06-01T10:21:00Z\n";
    let path = folder.path().join("own.toml");
    let scenario = fs::read_to_string(&path).expect("it is there");
    fs::write(&path, format!("{scenario}{event}")).expect("there is room");
    let words = stderr(&replayed(&folder, &["--plan", "plan", "--no-charts"]));
    assert!(words.contains("[P6024]"), "{words}");
    assert!(!words.contains("[P6025]"), "{words}");
    assert!(json(&folder)["plan"]["rules_broken"].as_u64() == Some(0));
}

#[test]
fn a_plan_that_does_not_hold_is_replayed_with_a_warning() {
    let folder = two_sites();
    // By hand: everybody stays at Alpha though it is drained.
    let plan = folder.path().join("plan");
    for entry in fs::read_dir(&plan).expect("it is there") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .map(|text| text.to_string_lossy().into_owned());
        let is_kept =
            name.is_some_and(|text| ["assignment.csv", "steering.csv"].contains(&text.as_str()));
        if path.is_dir() {
            fs::remove_dir_all(&path).expect("it is ours");
        } else if !is_kept {
            fs::remove_file(&path).expect("it is ours");
        }
    }
    let assignment = fs::read_to_string(plan.join("assignment.csv")).expect("it is there");
    change(&plan.join("assignment.csv"), ",b,", ",a,");
    change(&plan.join("steering.csv"), ",b,", ",a,");
    let steering = fs::read_to_string(plan.join("steering.csv")).expect("it is there");
    fs::write(
        plan.join("steering.csv"),
        steering.replace("l0>l2", "l0>l1"),
    )
    .expect("there is room");
    assert!(assignment.contains(",b,"));
    let output = replayed(&folder, &["--plan", "plan", "--no-charts"]);
    let words = stderr(&output);
    assert!(words.contains("warning: plan"), "{words}");
    assert!(
        words.contains("expected a plan that holds [P6025]"),
        "{words}"
    );
    let text = printed(&output, 1);
    assert!(
        text.starts_with("The plan does not hold: it breaks "),
        "{text}"
    );
    assert!(json(&folder)["plan"]["rules_broken"].as_u64() > Some(0));
}

#[test]
fn a_plan_that_cannot_be_read_or_is_of_another_inventory_is_2() {
    let folder = two_sites();
    let missing = replayed(&folder, &["--plan", "nowhere"]);
    printed(&missing, 2);
    assert!(stderr(&missing).starts_with("error: cannot read `nowhere`"));
    let steering = folder.path().join("plan/steering.csv");
    change(&steering, "l0>", "l9>");
    let unknown = replayed(&folder, &["--plan", "plan"]);
    printed(&unknown, 2);
    assert!(
        stderr(&unknown).contains("steering.csv:"),
        "{}",
        stderr(&unknown)
    );
    fs::remove_file(&steering).expect("it is ours");
    let absent = replayed(&folder, &["--plan", "plan"]);
    printed(&absent, 2);
    assert!(stderr(&absent).contains("[P6011]"), "{}", stderr(&absent));
    assert!(!folder.path().join("replay").exists(), "nothing is written");
}
