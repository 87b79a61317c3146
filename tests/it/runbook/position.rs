//! Where a run of runbook.sh stands, and the command that plans again from there.

use super::idle::of_two_waves;
use super::script::Run;

/// Wave 0/1 has steps 1 to 3, wave 0/2 steps 4 to 6; steps 1 and 4 change nothing, and a hold is asked for twice before its time
/// is over.
const FIRST_WAVE: &str = "y\ny\ny\n";

fn script() -> String {
    with_commands("true {shard} {from_site} {to_site}")
}

pub(super) fn with_commands(command: &str) -> String {
    let script = of_two_waves().remove("runbook.sh").unwrap_or_default();
    let [begin, end] = [command.split(' ').next().unwrap_or_default(), " #"];
    script
        .replace("shardctl move ", &format!("{begin} "))
        .replace(" --how copy", end)
}

#[test]
fn after_the_hold_of_a_wave_its_name_is_where_to_plan_again() {
    let script = script();
    let stopped = Run::of(&script, &[], &format!("{FIRST_WAVE}q\n"));
    assert_eq!(stopped.code, Some(3), "{}", stopped.printed);
    for said in [
        "Stopped at step 5.",
        "Where you stand: after the hold of wave 0/1. ",
        "\n  plimsoll plan . --resume-after 0/1 --out NEW_FOLDER\n",
    ] {
        assert!(stopped.printed.contains(said), "{}", stopped.printed);
    }
    assert!(!stopped.printed.contains("0/2"), "{}", stopped.printed);
}

#[test]
fn inside_a_wave_the_ways_are_to_go_on_to_its_hold_or_to_roll_it_back() {
    let script = script();
    // At the hold of the second wave, which is not passed.
    let stopped = Run::of(&script, &[], &format!("{FIRST_WAVE}y\nq\n"));
    for said in [
        "Where you stand: in the middle of wave 0/2. You cannot plan again from there.",
        "- go on through the hold, step 6. Then:\n  plimsoll plan . --resume-after 0/2 ",
        "--rollback-from 6, and q once step 5 is undone. Then:\n  plimsoll plan . --resume-after 0/1 ",
    ] {
        assert!(
            stopped.printed.contains(said),
            "{said}: {}",
            stopped.printed
        );
    }
    let early = Run::of(&script, &[], "y\nq\n");
    assert!(
        early.printed.contains("in the middle of wave 0/1"),
        "{}",
        early.printed
    );
    assert!(
        early
            .printed
            .contains("all is as before: plan from the start")
    );
    let none = Run::of(&script, &[], "q\n");
    assert!(
        none.printed.contains("before the first wave"),
        "{}",
        none.printed
    );
}

/// The rollback that the position names leads to where a plan goes on: nothing of the first wave is undone.
#[test]
fn once_a_wave_is_rolled_back_its_predecessor_is_where_to_plan_again() {
    let back = ["--rollback-from", "5"];
    let stopped = Run::of(&script(), &back, "y\nq\n");
    for said in [
        "== Rollback of step 2 ==",
        "Where you stand: after the hold of wave 0/1. ",
        "\n  plimsoll plan . --resume-after 0/1 --out NEW_FOLDER\n",
    ] {
        assert!(
            stopped.printed.contains(said),
            "{said}: {}",
            stopped.printed
        );
    }
    // Once the move of the first wave is undone too, all is as before.
    let both = Run::of(&script(), &back, "y\ny\nq\n");
    assert!(!both.printed.contains("in the middle"), "{}", both.printed);
    // A command of the first wave that fails leaves the middle of it.
    let failing = with_commands("false {shard}");
    let middle = Run::of(&failing, &["--rollback-from", "2"], "y\nq\n");
    assert!(
        middle.printed.contains("in the middle of wave 0/1"),
        "{}",
        middle.printed
    );
}

/// As if the second wave began before the hold of the first: to go back means to undo both, down to the first step.
#[test]
fn of_waves_side_by_side_all_are_rolled_back() {
    let script = script();
    let beside = script.replace("holds='3:0/1:2 6:0/2:5", "holds='6:0/1:2 7:0/2:5");
    assert_ne!(script, beside, "{script}");
    let stopped = Run::of(&beside, &[], &format!("{FIRST_WAVE}y\nq\n"));
    for said in [
        "in the middle of wave 0/1 0/2.",
        "- go on through the hold, step 7. Then:\n  plimsoll plan . --resume-after 0/2 ",
        "and q once step 2 is undone. Then all is as before: plan from the start.",
    ] {
        assert!(
            stopped.printed.contains(said),
            "{said}: {}",
            stopped.printed
        );
    }
}

#[test]
fn after_failures_the_position_is_named_as_well() {
    let script = with_commands("false {shard}");
    let run = Run::of(&script, &[], &"y\n".repeat(100));
    assert_eq!(run.code, Some(6), "{}", run.printed);
    assert!(
        run.printed.contains("after the hold of wave 1/2"),
        "{}",
        run.printed
    );
    assert!(
        run.printed.contains("Not done, or in part: 2 5 8 11."),
        "{}",
        run.printed
    );
}
