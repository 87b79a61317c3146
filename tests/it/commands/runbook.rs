//! `plimsoll runbook`: each format of a written plan's runbook.

use super::{QUIET_HOUR, plimsoll, written};
use std::fs;

/// A place of two sites of which one is drained, planned into `plan`.
fn planned(commands: &str) -> tempfile::TempDir {
    let folder = written(&[
        ("sites.csv", "site,cpu\na,100\nb,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
    ]);
    let scenario =
        format!("{QUIET_HOUR}[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n{commands}");
    fs::write(folder.path().join("drain.toml"), scenario).expect("there is space for a file");
    let arguments = ["plan", ".", "--scenario", "drain.toml", "--out", "plan"];
    plimsoll(&folder, &arguments).assert().success();
    folder
}

#[test]
fn a_runbook_is_printed_as_its_files_are() {
    let folder = planned("[commands]\nmove = \"mv {shard} {to_site}\"\n");
    for (format, file) in [
        ("md", "runbook.md"),
        ("html", "runbook.html"),
        ("csv", "runbook.csv"),
        ("sh", "runbook.sh"),
    ] {
        let printed = plimsoll(&folder, &["runbook", "plan", "--format", format]).assert();
        let printed = printed.success().get_output().stdout.clone();
        let file = fs::read(folder.path().join("plan").join(file)).expect("it is written");
        assert_eq!(printed, file, "{format}");
    }
    let printed = plimsoll(&folder, &["runbook", "plan"]).assert().success();
    let printed = String::from_utf8_lossy(&printed.get_output().stdout).into_owned();
    assert!(printed.starts_with("# Runbook: quiet\n"), "{printed}");
}

#[test]
fn a_runbook_that_is_not_there_is_refused_with_what_to_do() {
    let folder = planned("");
    for (arguments, words) in [
        (
            ["runbook", "plan", "--format", "sh"],
            "error: plan has no runbook.sh; its scenario has no [commands]: add them and plan again\n",
        ),
        (
            ["runbook", ".", "--format", "md"],
            "error: . has no plan: name the folder that `plimsoll plan --out` wrote\n",
        ),
    ] {
        let refused = plimsoll(&folder, &arguments).assert().code(2);
        let output = refused.get_output();
        assert_eq!(String::from_utf8_lossy(&output.stderr), words);
        assert!(output.stdout.is_empty());
    }
}
