//! The commands as programs see them: what they print where, what they write, and their exit codes.

mod all_clear;
mod check_scenario;
mod compare;
mod compare_gaps;
mod compare_runways;
mod explain;
mod first_action;
mod further;
mod generate;
mod limits;
mod plan;
mod resume;
mod rule;
mod runbook;
mod runway;
mod runway_forged;
#[cfg(unix)]
mod runway_stopped;
mod runway_trapped;
mod sweep;
mod sweep_words;
#[cfg(unix)]
mod unfit;
mod unplaced;
mod verify;
mod what_if;
mod window;
mod window_drain;
mod window_plan;

use crate::folders::with;
use assert_cmd::Command;
use std::fs;
use tempfile::TempDir;

/// A scenario of an hour in which nothing happens.
const QUIET_HOUR: &str = "[scenario]\nname = \"quiet\"\n\
                          start = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T10:00:00-08:00\n";

/// The smallest sound inventory on disk, with some files replaced or added.
fn written(changed: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("there is room for a folder");
    for file in with(changed) {
        fs::write(folder.path().join(&file.name), &file.bytes).expect("there is room for a file");
    }
    folder
}

/// `plimsoll` in a folder.
pub(crate) fn plimsoll(folder: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
    command.current_dir(folder.path()).args(args);
    command
}
