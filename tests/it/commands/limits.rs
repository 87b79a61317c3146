//! Threads and memory that the system does not give: a message and the exit code of bad input, and no panic.

use super::{QUIET_HOUR, plimsoll, written};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Every command that works on several threads, on the smallest inventory.
const COMMANDS: [&[&str]; 4] = [
    &["check", "."],
    &[
        "plan",
        ".",
        "--scenario",
        "quiet.toml",
        "--out",
        "new",
        "--no-charts",
    ],
    &[
        "sweep",
        ".",
        "--scenario",
        "quiet.toml",
        "--out",
        "new",
        "--no-charts",
    ],
    &["replay", ".", "--scenario", "quiet.toml", "--out", "new"],
];

fn quiet() -> TempDir {
    written(&[("quiet.toml", QUIET_HOUR)])
}

/// Runs the program under a limit of the shell.
fn run_under(limit: &str, folder: &TempDir, args: &[&str]) -> Output {
    let program = assert_cmd::cargo::cargo_bin!("plimsoll");
    let mut command = Command::new("sh");
    command.current_dir(folder.path());
    command.args(["-c", &format!("{limit} && exec \"$@\""), "sh"]);
    command.arg(program).args(args);
    command.output().expect("it can be run")
}

#[track_caller]
fn assert_refused(output: &Output, words: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.starts_with("error: "), "{text}");
    assert!(text.contains(words), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    assert_eq!(output.status.code(), Some(2), "{text}");
}

#[test]
fn more_threads_than_are_of_use_are_refused() {
    let folder = quiet();
    for threads in ["0", "1025", "100000"] {
        let args = [COMMANDS[1], &["--threads", threads]].concat();
        let output = plimsoll(&folder, &args).output().expect("it can be run");
        assert_refused(&output, &format!("{threads} is not in 1..=1024"));
    }
}

#[test]
fn threads_that_the_system_does_not_give_are_an_error() {
    let folder = quiet();
    // The stack of a thread alone is larger than the address space.
    for args in COMMANDS {
        let limit = "ulimit -v 2000000 && export RUST_MIN_STACK=4000000000";
        let output = run_under(limit, &folder, args);
        assert_refused(&output, "cannot start `the threads`: ");
    }
}

#[test]
fn an_address_space_in_which_nothing_can_be_planned_is_refused() {
    let folder = quiet();
    let output = run_under("ulimit -v 120000", &folder, COMMANDS[1]);
    assert_refused(
        &output,
        "its address space is limited to 117 MiB, and needs 256 at least",
    );
}

/// What is read does not fit beside itself.
#[test]
fn memory_that_is_not_to_be_had_is_an_error() {
    let folder = quiet();
    let path = folder.path().join("shards.csv");
    let file = std::fs::File::create(path).expect("it can be written");
    file.set_len(1 << 30).expect("files may have holes");
    let output = run_under("ulimit -v 900000", &folder, COMMANDS[0]);
    assert_refused(&output, "error: out of memory: ");
}
