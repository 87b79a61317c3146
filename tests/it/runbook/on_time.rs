//! The clock of runbook.sh: planned times beside the present one, the time of a hold, and the pace of a wave.

use super::position::with_commands;
use super::script::Run;
use std::fs;

/// Instead of `date` and `sleep`, functions that read and set the time in a file: the script runs at any time, and waits for none.
const CLOCK: &str = "set -u
date() {
  case $1 in
    +%s) cat clock ;;
    -u) echo 2026-11-27T22:40:00Z ;;
    *) echo '27 Nov 23:40' ;;
  esac
}
sleep() {
  echo $(($(cat clock) + $1)) >next
  cp next clock
}
";

/// 27 Nov 2026 23:40 in Amsterdam, when the first wave begins.
const BEGINS: i64 = 1_795_819_200;

fn at(seconds: i64, command: &str, answers: &str) -> Run {
    let script = with_commands(command).replacen("set -u\n", CLOCK, 1);
    let script = format!("[ -e clock ] || echo {} >clock\n{script}", BEGINS + seconds);
    Run::of(&script, &[], answers)
}

#[test]
fn each_step_says_whether_it_is_early_or_late() {
    let late = at(72 * 3600, "true {shard}", "q\n").printed;
    assert!(
        late.contains("Planned: 27 Nov 23:40. Now: 27 Nov 23:40. This is 3 days LATE"),
        "{late}"
    );
    assert!(
        late.contains("It is 3 days late, all the same: Run its commands (2)?"),
        "{late}"
    );
    let early = at(-600, "true {shard}", "w\ny\nq\n").printed;
    assert!(early.contains("This is 10 min EARLY."), "{early}");
    assert!(early.contains("Waiting until 23:40 (10 min)."), "{early}");
    let on_time = at(30, "true {shard}", "q\n").printed;
    assert!(
        on_time.contains("On time.") && !on_time.contains("all the same"),
        "{on_time}"
    );
}

#[test]
fn a_hold_asks_again_before_its_time_is_over() {
    let hasty = at(0, "true {shard}", "y\ny\nq\n");
    assert!(
        hasty.printed.contains("Watch until 23:50 (10 min)."),
        "{}",
        hasty.printed
    );
    assert!(
        hasty
            .printed
            .contains("The time to watch is not over: 10 min are left."),
        "{}",
        hasty.printed
    );
    assert!(
        hasty.printed.contains("Stopped at step 3."),
        "{}",
        hasty.printed
    );
    let patient = at(0, "true {shard}", "y\nw\ny\nq\n");
    assert!(
        !patient.printed.contains("is not over"),
        "{}",
        patient.printed
    );
    assert!(
        patient.printed.contains("Stopped at step 5."),
        "{}",
        patient.printed
    );
}

#[test]
fn commands_of_a_wave_are_spread_where_that_is_wanted() {
    let hasty = at(0, "true {shard}", "y\nq\n").printed;
    assert!(
        hasty.contains("your tool has to pace them, spread evenly over 1 h 0 min"),
        "{hasty}"
    );
    assert!(!hasty.contains("Waiting"), "{hasty}");
    // Each of both shards has half of the hour.
    let paced = at(0, "true {shard}", "p\nq\n");
    assert!(
        paced.printed.contains("Waiting until 00:10 (30 min)."),
        "{}",
        paced.printed
    );
    let clock = fs::read_to_string(paced.folder.path().join("clock")).expect("a time");
    assert_eq!(clock.trim(), (BEGINS + 1800).to_string());
    let each = at(0, "true {shard}", "e\ny\nq\n").printed;
    assert!(
        each.contains("At the pace of this step it begins at 00:10: that is in 30 min."),
        "{each}"
    );
}
