//! runbook.log: every answer and every command's exit code, kept as it happens.

use super::files;
use super::script::{Run, read};
use crate::levels::planned;
use std::fs;

/// Shards move by a command that fails for one of them.
const COMMANDS: &str =
    "[commands]\nmove = \"echo {shard} >> moved; : {to_site}; test {shard} != prairie-health-1\"\n";

fn script() -> String {
    let (inventory, scenario) = read("data/tiny", "drain-chicago.toml", COMMANDS);
    let plan = planned(&inventory, &scenario);
    files(&inventory, &scenario, &plan)["runbook.sh"].clone()
}

/// Step, answer and exit code of every line; the time is checked, and that a command has its number.
fn journal(run: &Run) -> Vec<[String; 3]> {
    let text = fs::read_to_string(run.folder.path().join("runbook.log")).expect("a journal");
    let line = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [time, step, answer, code, command] = cells[..] else {
            panic!("five cells: {line}");
        };
        assert_eq!(
            ["runs", "ran"].contains(&answer),
            command.parse::<u32>().is_ok(),
            "{line}"
        );
        let at: jiff::Timestamp = time.parse().expect("a time in UTC");
        assert!(time.ends_with('Z') && at.duration_until(jiff::Timestamp::now()).as_secs() < 600);
        [step, answer, code].map(str::to_owned)
    };
    text.lines().map(line).collect()
}

#[test]
fn the_journal_has_each_answer_in_order_and_each_exit_code() {
    let script = script();
    let run = Run::of(&script, &[], &"y\n".repeat(200));
    assert!(
        run.printed.starts_with("Journal: ./runbook.log"),
        "{}",
        run.printed
    );
    let lines = journal(&run);
    assert_eq!(lines[0], ["1", "begin", "-"]);
    let moved = fs::read_to_string(run.folder.path().join("moved")).expect("some moved");
    let codes: Vec<&str> = lines
        .iter()
        .filter(|texts| texts[1] == "ran")
        .map(|texts| texts[2].as_str())
        .collect();
    assert_eq!(codes.len(), moved.lines().count(), "{lines:?}");
    let failed = moved.lines().filter(|line| *line == "prairie-health-1");
    assert_eq!(
        codes.iter().filter(|code| **code == "1").count(),
        failed.count(),
        "{lines:?}"
    );
    // Every step of the runbook was answered, in its order.
    let answered: Vec<u32> = lines
        .iter()
        .filter(|texts| texts[1] == "y")
        .map(|texts| texts[0].parse().expect("a step"))
        .collect();
    assert!(answered.is_sorted(), "{answered:?}");
    let steps = run.printed.matches("\n== Step ").count();
    let last = u32::try_from(steps).expect("few steps");
    assert!(
        (1..=last).all(|number| answered.contains(&number)),
        "{answered:?}"
    );
}

#[test]
fn what_ended_early_has_its_answers_and_what_goes_on_adds_to_them() {
    let script = script();
    let stopped = Run::of(&script, &[], "y\ns\n");
    let first = journal(&stopped);
    let expected = [
        ["1", "begin", "-"],
        ["1", "y", "-"],
        ["2", "s", "-"],
        ["3", "stop", "-"],
    ];
    assert_eq!(first, expected);
    let back = stopped.again(&["--rollback-from", "1"], "s\nq\n");
    let all = journal(&back);
    assert_eq!(all[..first.len()], first);
    assert_eq!(all[first.len()], ["rollback-1", "begin", "-"]);
    assert_eq!(all[first.len() + 1], ["rollback-1", "s", "-"]);
}

#[test]
fn a_journal_that_cannot_be_written_is_a_warning_and_the_script_goes_on() {
    // As if it were set where the script is called.
    let script = script().replacen("set -u\n", "RUNBOOK_LOG=absent/place/log\nset -u\n", 1);
    let run = Run::of(&script, &[], &"y\n".repeat(200));
    let warning = "Warning: absent/place/log cannot be written: answers are not kept from here.";
    assert_eq!(run.printed.matches(warning).count(), 1, "{}", run.printed);
    assert!(run.printed.contains("All steps are done or skipped."));
    assert!(!run.folder.path().join("runbook.log").exists());
}

#[test]
fn a_dry_run_keeps_no_journal() {
    let run = Run::of(&script(), &["--dry-run"], "");
    assert!(!run.printed.contains("Journal"), "{}", run.printed);
    assert!(!run.folder.path().join("runbook.log").exists());
}
