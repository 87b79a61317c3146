//! What is refused, with a reason, and writes nothing.

use super::place::{PLACE, plimsoll, printed, replayed, written};

#[test]
fn what_makes_no_sense_is_2_and_writes_nothing() {
    let folder = written(&PLACE);
    for (args, words) in [
        (&["--step", "0"][..], "above 0 up to 3600"),
        (&["--step", "3601"], "above 0 up to 3600"),
        (&["--step", "nan"], "above 0 up to 3600"),
        (&["--step=-1"], "above 0 up to 3600"),
        (&["--plan", "plan", "--do-nothing"], "cannot be used with"),
        (&["--quiet", "--json"], "cannot be used with"),
        (
            &["--step", "0.001"],
            "error: steps of 0.001 s: expected at most 2000000 of them in the scenario, found 57600000; choose a longer --step\n",
        ),
    ] {
        let output = replayed(&folder, args);
        printed(&output, 2);
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(shown.contains(words), "{args:?}: {shown}");
    }
    assert!(!folder.path().join("replay").exists());
    let output = plimsoll(folder.path(), &["replay", ".", "--out", "replay"]);
    printed(&output, 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("--scenario"));
}

#[test]
fn a_bad_scenario_is_2_by_file_and_line() {
    let folder = written(&PLACE);
    std::fs::write(folder.path().join("own.toml"), "[scenario]\nname = 3\n")
        .expect("there is room");
    let output = replayed(&folder, &[]);
    printed(&output, 2);
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(shown.contains("own.toml:2"), "{shown}");
}

#[test]
fn quiet_prints_nothing_and_the_help_has_an_example() {
    let folder = written(&PLACE);
    let output = replayed(&folder, &["--quiet"]);
    assert_eq!(printed(&output, 0), "");
    assert!(output.stderr.is_empty());
    let help = printed(&plimsoll(folder.path(), &["replay", "--help"]), 0);
    assert!(
        help.contains("plimsoll replay INVENTORY --scenario S --plan plan"),
        "{help}"
    );
}
