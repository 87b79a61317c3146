//! `plimsoll generate`: what it writes where, what it refuses, and that its scenarios can be planned.

use super::plimsoll;
use std::fs;
use tempfile::TempDir;

const SMALL: [&str; 12] = [
    "generate",
    "--sites",
    "5",
    "--access-points",
    "6",
    "--client-regions",
    "8",
    "--shards",
    "60",
    "--out",
    "made",
    "--quiet",
];

fn nowhere() -> TempDir {
    TempDir::new().expect("there is room for a folder")
}

#[test]
fn the_folder_is_sound_and_its_scenarios_are_planned_and_hold() {
    for mesh in ["0", "7"] {
        let folder = nowhere();
        let args = [SMALL.as_slice(), &["--mesh", mesh]].concat();
        let args: Vec<&str> = args
            .iter()
            .map(|arg| if *arg == "60" { "24" } else { arg })
            .collect();
        plimsoll(&folder, &args)
            .assert()
            .code(0)
            .stdout("")
            .stderr("");
        for name in ["drain", "shortage", "gray"] {
            let scenario = format!("made/{name}.toml");
            let check = ["check", "made", "--scenario", &scenario];
            let assert = plimsoll(&folder, &check).assert().code(0);
            let shown = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
            assert_eq!(shown.matches("no errors, 0 warnings").count(), 2, "{shown}");
            let plan = [
                "plan",
                "made",
                "--scenario",
                &scenario,
                "--out",
                name,
                "--no-charts",
                "--quiet",
            ];
            let code = plimsoll(&folder, &plan)
                .output()
                .expect("it runs")
                .status
                .code();
            assert!(matches!(code, Some(0 | 1)), "{name}: {code:?}");
            let verify = ["verify", "made", "--scenario", &scenario, name];
            plimsoll(&folder, &verify).assert().code(0);
        }
    }
}

#[test]
fn what_was_made_is_reported_with_the_next_command() {
    let folder = nowhere();
    let args = &SMALL[..SMALL.len() - 1];
    let assert = plimsoll(&folder, args).assert().code(0).stderr("");
    let shown = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    let sizes = "`made`: 5 sites, 6 access points, 10 elements, ";
    assert!(shown.starts_with(sizes), "{shown}");
    let next = "\nTry: plimsoll plan made --scenario made/drain.toml --out plan\n";
    assert!(shown.ends_with(next), "{shown}");
}

#[test]
fn the_note_has_the_command_that_makes_the_same_again() {
    let folder = nowhere();
    plimsoll(&folder, &SMALL).assert().code(0);
    let note = fs::read_to_string(folder.path().join("made/README.md")).expect("it is written");
    let command = note
        .lines()
        .find_map(|line| line.strip_prefix("plimsoll "))
        .expect("it has the command");
    let again = command.replace("DIR", "again");
    let args: Vec<&str> = again.split(' ').collect();
    plimsoll(&folder, &args).assert().code(0);
    let names = |name: &str| -> Vec<String> {
        let entries = fs::read_dir(folder.path().join(name)).expect("it is there");
        let names = entries.map(|entry| entry.expect("it can be listed").file_name());
        names
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    };
    // Ten tables, three scenarios, the note and the mark.
    assert_eq!(names("made").len(), 10 + 3 + 2);
    for name in names("made") {
        let read =
            |from: &str| fs::read(folder.path().join(from).join(&name)).expect("it is there");
        assert_eq!(read("made"), read("again"), "{name}");
    }
}

#[test]
fn a_folder_of_its_own_is_replaced_and_a_strangers_is_not() {
    let folder = nowhere();
    plimsoll(&folder, &SMALL).assert().code(0);
    plimsoll(&folder, &SMALL).assert().code(0);
    fs::write(folder.path().join("made/mine.txt"), "mine").expect("it can be written");
    plimsoll(&folder, &SMALL).assert().code(2).stderr(
        "error: cannot replace `made`: `mine.txt` in it was not written by Plimsoll; move it away or name another folder\n",
    );
    fs::remove_file(folder.path().join("made/mine.txt")).expect("it can be removed");
    // Without its mark a folder of tables is somebody's inventory.
    fs::remove_file(folder.path().join("made/generated.json")).expect("it can be removed");
    plimsoll(&folder, &SMALL).assert().code(2).stderr(
        "error: cannot replace `made`: the folder has files that Plimsoll did not write; name another folder\n",
    );
    assert!(folder.path().join("made/shards.csv").exists());
}

#[test]
fn what_is_out_of_range_is_refused_and_nothing_is_written() {
    let folder = nowhere();
    let args = [
        "generate",
        "--out",
        "made",
        "--sites",
        "0",
        "--residency",
        "1.5",
        "--utilization",
        "inf",
    ];
    plimsoll(&folder, &args).assert().code(2).stdout("").stderr(
        "error: `--sites`: found 0, expected a whole number from 1 to 500\n\
         error: `--residency`: found 1.5, expected a share from 0 to 1\n\
         error: `--utilization`: found inf, expected a share from 0.01 to 1\n",
    );
    assert!(!folder.path().join("made").exists());
    for bad in ["-1", "1e3", "many", "99999999999999999999"] {
        let args = ["generate", "--out", "made", "--shards", bad];
        plimsoll(&folder, &args).assert().code(2).stdout("");
    }
    plimsoll(&folder, &["generate"]).assert().code(2).stdout("");
}
