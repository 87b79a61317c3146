//! A stop in the middle of a wave: what ran is not run again, and what did not run is not undone.

use super::position::with_commands;
use super::script::Run;
use std::fs;

/// Each move adds its three words to a file.
fn script() -> String {
    let script = with_commands("true {shard}");
    script.replace("'true ", "'echo >>moved ")
}

fn moved(run: &Run) -> Vec<String> {
    let text = fs::read_to_string(run.folder.path().join("moved")).unwrap_or_default();
    text.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn what_ran_before_a_stop_is_not_run_again() {
    let script = script();
    let run = Run::of(&script, &[], "e\ny\nq\n");
    assert_eq!(moved(&run), ["open-library-1 ams dub"], "{}", run.printed);
    for said in [
        "Step 2 is begun: 1 of its 2 commands ran, 0 may be done in part, 1 did not run.",
        "(command 1: ran; command 2: did not run)",
    ] {
        assert!(run.printed.contains(said), "{}", run.printed);
    }
    let run = run.again(&["--from", "2"], "y\ny\nq\n");
    assert!(
        run.printed.contains("It ran before: not again."),
        "{}",
        run.printed
    );
    let both = ["open-library-1 ams dub", "open-library-2 ams dub"];
    assert_eq!(moved(&run), both, "{}", run.printed);
}

#[test]
fn what_did_not_run_is_not_undone() {
    let script = script();
    let run = Run::of(&script, &[], "e\ny\nq\n");
    let run = run.again(&["--rollback-from", "2"], "y\ny\ny\n");
    assert_eq!(run.code, Some(4), "{}", run.printed);
    assert!(
        run.printed.contains("What it undoes did not run."),
        "{}",
        run.printed
    );
    let there_and_back = ["open-library-1 ams dub", "open-library-1 dub ams"];
    assert_eq!(moved(&run), there_and_back, "{}", run.printed);
    // Undone once, it is not undone again.
    let run = run.again(&["--rollback-from", "2"], "y\ny\ny\n");
    assert_eq!(moved(&run), there_and_back, "{}", run.printed);
    // The same in one run.
    let run = Run::of(&script, &[], "e\ny\nb\ny\ny\n");
    assert_eq!(moved(&run), there_and_back, "{}", run.printed);
}

#[test]
fn a_journal_of_a_rehearsal_counts_only_where_that_is_wanted() {
    let script = script();
    let run = Run::of(&script, &[], "y\nq\n");
    let run = run.again(&[], "n\ny\nq\n");
    assert_eq!(moved(&run).len(), 4, "{}", run.printed);
    let run = run.again(&[], "y\ny\nq\n");
    assert_eq!(moved(&run).len(), 4, "{}", run.printed);
}

#[test]
fn what_failed_or_did_not_end_is_asked_for_by_itself() {
    let script = script().replacen("'echo >>moved open-library-2", "'false open-library-2", 1);
    let run = Run::of(&script, &[], "y\nq\n");
    assert!(
        run.printed.contains("command 2: failed or did not end"),
        "{}",
        run.printed
    );
    let run = run.again(&["--rollback-from", "2"], "y\ny\ns\n");
    assert_eq!(run.code, Some(4), "{}", run.printed);
    assert!(
        run.printed.contains("it may be done in part."),
        "{}",
        run.printed
    );
    let there_and_back = ["open-library-1 ams dub", "open-library-1 dub ams"];
    assert_eq!(moved(&run), there_and_back, "{}", run.printed);
}

/// Lines that nobody wrote as a journal run nothing.
#[test]
fn a_hostile_journal_runs_nothing() {
    let script = script();
    let run = Run::of(&script, &[], "q\n");
    let lines = "x\t2\tran\t0\t1;touch hacked\n$(touch hacked)\t2\tran\t0\t1\n\
        x\t2;touch hacked\ty\t-\t-\n`touch hacked`\trollback-$(touch hacked)\tran\t0\t2\n";
    fs::write(run.folder.path().join("runbook.log"), lines).expect("it is written");
    let run = run.again(&["--from", "2"], "y\ny\nq\n");
    assert!(
        !run.folder.path().join("hacked").exists(),
        "{}",
        run.printed
    );
}
