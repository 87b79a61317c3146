//! What is no file, or larger than files of its kind, is refused before it is read: by every command that reads it.

use super::{QUIET_HOUR, plimsoll, written};
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// The smallest inventory, a scenario of a quiet hour, its plan, sweep and replay.
fn all_written() -> TempDir {
    let folder = written(&[("quiet.toml", QUIET_HOUR)]);
    let of = [".", "--scenario", "quiet.toml", "--quiet", "--out"];
    for (command, out) in [("plan", "plan"), ("sweep", "sweep"), ("replay", "replay")] {
        let mut args = vec![command];
        args.extend(of);
        args.push(out);
        if command != "replay" {
            args.push("--no-charts");
        }
        let (code, text) = run(&folder, &args);
        assert!(code < 2, "{command}: {text}");
    }
    folder
}

/// The exit code of a command and what it says to standard error; it does not wait for anything.
#[track_caller]
fn run(folder: &TempDir, args: &[&str]) -> (i32, String) {
    let mut command = plimsoll(folder, args);
    let output = command.timeout(Duration::from_mins(5)).output();
    let output = output.expect("it can be run");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().expect("it ends in time"), text)
}

/// Puts a pipe that nobody writes to in the place of a file.
fn pipe(path: &Path) {
    let _ = fs::remove_file(path);
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.expect("it can be run").success());
}

/// Puts a file of so many bytes there, which take no room.
fn large(path: &Path, bytes: u64) {
    let file = File::create(path).expect("it can be written");
    file.set_len(bytes).expect("files may have holes");
}

/// Commands that read a file, and the file.
const READERS: [(&[&str], &str); 12] = [
    (&["check", "."], "shards.csv"),
    (&["check", ".", "--scenario", "quiet.toml"], "quiet.toml"),
    (
        &["plan", ".", "--scenario", "quiet.toml", "--out", "new"],
        "sites.csv",
    ),
    (
        &["verify", ".", "--scenario", "quiet.toml", "plan"],
        "plan/summary.json",
    ),
    (
        &["verify", ".", "--scenario", "quiet.toml", "plan"],
        "plan/assignment.csv",
    ),
    (
        &["verify", ".", "--scenario", "quiet.toml", "sweep"],
        "sweep/sweep.json",
    ),
    (
        &["verify", ".", "--scenario", "quiet.toml", "replay"],
        "replay/replay.json",
    ),
    (
        &[
            "replay",
            ".",
            "--scenario",
            "quiet.toml",
            "--plan",
            "plan",
            "--out",
            "new",
        ],
        "plan/steering.csv",
    ),
    (&["compare", "plan", "plan"], "plan/headroom.csv"),
    (
        &["explain", "plan", "--shard", "s"],
        "plan/inputs/scenario-1.toml",
    ),
    (
        &[
            "sweep",
            ".",
            "--scenario",
            "quiet.toml",
            "--resume",
            "sweep",
        ],
        "sweep/sweep.json",
    ),
    (
        &[
            "merge",
            ".",
            "--scenario",
            "quiet.toml",
            "sweep",
            "--out",
            "new",
        ],
        "sweep/before.csv",
    ),
];

#[test]
fn pipes_folders_and_what_is_too_large_are_refused_unread() {
    let folder = all_written();
    for (args, file) in READERS {
        let path = folder.path().join(file);
        let kept = fs::read(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let at = |args: &[&str]| {
            let (code, text) = run(&folder, args);
            assert_eq!(code, 2, "{args:?} {file}: {text}");
            text
        };
        pipe(&path);
        let text = at(args);
        let name = Path::new(file).file_name().expect("it has a name");
        let name = name.to_string_lossy();
        let says =
            |text: &str, words: &str| assert!(text.contains(words), "{args:?} {file}: {text}");
        says(
            &text,
            &format!("{name}: found a pipe or a device, expected a file: "),
        );
        says(
            &text,
            "[P1008]\nhint: write its output to a file first, and name that file\n",
        );
        fs::remove_file(&path).expect("it is there");
        fs::create_dir(&path).expect("it can be made");
        let text = at(args);
        says(&text, &format!("{name}: found a folder, expected a file: "));
        fs::remove_dir(&path).expect("it is empty");
        large(&path, 5 << 30);
        let text = at(args);
        says(&text, &format!("{name}: found 5368709120 bytes, expected "));
        says(
            &text,
            "[P1005]\nhint: check that this is the right file; if so, divide it\n",
        );
        fs::write(&path, kept).expect("there is room");
    }
}

#[test]
fn every_file_that_is_refused_is_listed() {
    let folder = written(&[]);
    large(&folder.path().join("tiers.csv"), (256 << 20) + 1);
    pipe(&folder.path().join("shards.csv"));
    let (code, text) = run(&folder, &["check", "."]);
    assert_eq!(code, 2, "{text}");
    let of = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word}: {text}"));
    assert!(
        of("shards.csv: found a pipe")
            < of(
                "tiers.csv: found 268435457 bytes, expected a table of the inventory of at most 256 MiB [P1005]"
            )
    );
}

#[test]
fn what_no_command_asks_for_is_not_opened() {
    let folder = all_written();
    for name in ["plan/report.html", "plan/thesis.txt", "notes.txt"] {
        pipe(&folder.path().join(name));
    }
    large(&folder.path().join("plan/runbook.md"), 5 << 30);
    let (code, text) = run(&folder, &["check", "."]);
    assert_eq!(code, 0, "{text}");
    let args = ["verify", ".", "--scenario", "quiet.toml", "plan"];
    let (code, text) = run(&folder, &args);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn an_output_folder_whose_mark_is_a_pipe_is_not_replaced() {
    let folder = all_written();
    pipe(&folder.path().join("plan/summary.json"));
    let args = [
        "plan",
        ".",
        "--scenario",
        "quiet.toml",
        "--out",
        "plan",
        "--no-charts",
    ];
    let (code, text) = run(&folder, &args);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("cannot replace `plan`"), "{text}");
}
