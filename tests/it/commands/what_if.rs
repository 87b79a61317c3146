//! `plimsoll plan` without a scenario file, or with further events: options say what happens.

use super::{QUIET_HOUR, plimsoll};
use crate::command_line::{contents, root};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// Exit code and standard error of a plan of data/tiny into `out`.
fn planned(folder: &TempDir, out: &str, args: &[&str]) -> (Option<i32>, String) {
    let tiny = root("data/tiny").display().to_string();
    let args = [&["plan", &tiny, "--no-charts", "--out", out], args].concat();
    let output = plimsoll(folder, &args).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), text)
}

fn place() -> TempDir {
    TempDir::new().expect("there is room for a folder")
}

/// The first line of a refusal.
fn refused(args: &[&str]) -> String {
    let folder = place();
    fs::write(folder.path().join("quiet.toml"), QUIET_HOUR).expect("there is room for a file");
    let (code, text) = planned(&folder, "plan", args);
    assert_eq!(code, Some(2), "{text}");
    assert!(!folder.path().join("plan").exists());
    text.lines().next().unwrap_or_default().to_owned()
}

/// Every table of a folder by its path.
fn tables(folder: &TempDir, plan: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let all = contents(&folder.path().join(plan)).into_iter();
    let is_table = |path: &PathBuf| path.extension().is_some_and(|text| text == "csv");
    all.filter(|(path, _)| is_table(path)).collect()
}

/// The wave of a failed site takes no time, and 50,000 users stay unserved to the end: nobody waits for a wave.
#[test]
fn unserved_users_that_no_wave_readmits_are_not_said_to_wait_for_one() {
    let folder = place();
    let tiny = root("data/tiny").display().to_string();
    let args = [
        "plan",
        &tiny,
        "--no-charts",
        "--out",
        "plan",
        "--fail",
        "chi",
    ];
    let span = [
        "--from",
        "2026-11-21T02:00-06:00",
        "--to",
        "2026-11-21T06:00-06:00",
    ];
    let output = plimsoll(&folder, &[&args[..], &span].concat()).output();
    let text = String::from_utf8_lossy(&output.expect("it runs").stdout).into_owned();
    assert!(text.contains("50,000 users stay unserved"), "{text}");
    assert!(!text.contains("readmit"), "{text}");
}

#[test]
fn options_and_the_scenario_file_that_is_written_make_the_same_plan() {
    let folder = place();
    let asked = [
        "--drain",
        "chi",
        "--from",
        "2012-11-17T02:00-06:00",
        "--to",
        "2012-11-17T06:00",
    ];
    let (code, text) = planned(&folder, "a", &asked);
    assert_eq!(code, Some(1), "{text}");
    let layer = "a/inputs/scenario-1.toml";
    let written = fs::read_to_string(folder.path().join(layer)).expect("it is written");
    assert_eq!(
        written,
        "# Made from the options of `plimsoll plan`, with the same meaning.\n\
         [scenario]\nname = \"drain chi\"\n\
         start = 2012-11-17T02:00:00-06:00\nend = 2012-11-17T06:00:00-06:00\n\n\
         [[event]]\nkind = \"maintenance\"\ncomponent = \"chi\"\n\
         start = 2012-11-17T02:00:00-06:00\nend = 2012-11-17T06:00:00-06:00\n"
    );
    planned(&folder, "b", &["--scenario", layer]);
    let made = tables(&folder, "a");
    assert!(made.len() > 20, "{} tables", made.len());
    assert_eq!(made, tables(&folder, "b"));
    let tiny = root("data/tiny").display().to_string();
    plimsoll(&folder, &["verify", &tiny, "--scenario", layer, "a"])
        .assert()
        .code(0);
}

#[test]
fn with_a_scenario_the_events_are_added_to_its_own() {
    let folder = place();
    let drain = root("data/tiny/drain-chicago.toml").display().to_string();
    let asked = [
        "--scenario",
        &drain,
        "--degrade",
        "ams=0.5",
        "--surge",
        "1.1",
    ];
    let (code, text) = planned(&folder, "a", &asked);
    assert_eq!(code, Some(1), "{text}");
    let written = fs::read_to_string(folder.path().join("a/inputs/scenario-2.toml"));
    assert_eq!(
        written.expect("it is written"),
        "# Made from the options of `plimsoll plan`, with the same meaning.\n\
         [scenario]\nname = \"tiny-drain-chicago, degrade ams=0.5, surge 1.1\"\n\n\
         [[event]]\nkind = \"failure\"\ncomponent = \"ams\"\ncapacity = 0.5\nend_assumed = true\n\n\
         [[event]]\nkind = \"surge\"\nfactor = 1.1\nend_assumed = true\n"
    );
    let [first, second] = ["a/inputs/scenario-1.toml", "a/inputs/scenario-2.toml"];
    planned(&folder, "b", &["--scenario", first, "--scenario", second]);
    assert_eq!(tables(&folder, "a"), tables(&folder, "b"));
}

/// Four hours are planned for, and nothing is said to end after them; with --to it is.
#[test]
fn an_end_that_was_not_given_is_said_to_be_assumed_and_is_no_step() {
    let folder = place();
    let asked = ["--fail", "chi", "--from", "2012-11-17T02:00-06:00"];
    let said = |out: &str, more: &[&str]| {
        let tiny = root("data/tiny").display().to_string();
        let args = [
            &["plan", &tiny, "--no-charts", "--out", out],
            &asked[..],
            more,
        ]
        .concat();
        let output = plimsoll(&folder, &args).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let read = |name: &str| {
            fs::read_to_string(folder.path().join(out).join(name)).expect("it is written")
        };
        (text, read("runbook.md"), read("report.html"))
    };
    let assumed =
        "Assumed, because no end was given: failure of Chicago ends at 06:00. Give one with --to.";
    let (text, runbook, page) = said("a", &[]);
    assert!(text.contains(assumed), "{text}");
    assert!(page.contains(assumed), "{page}");
    assert!(runbook.contains(assumed), "{runbook}");
    assert!(
        !runbook.contains("failure of Chicago (chi) ends"),
        "{runbook}"
    );
    let (text, runbook, _) = said("b", &["--to", "2012-11-17T06:00-06:00"]);
    assert!(!text.contains("Assumed"), "{text}");
    assert!(!runbook.contains("Assumed"), "{runbook}");
    let ends = "## 06:00, period 0: failure of Chicago (chi) ends";
    assert!(runbook.contains(ends), "{runbook}");
    assert_eq!(tables(&folder, "a").len(), tables(&folder, "b").len());
    let layer = fs::read_to_string(folder.path().join("a/inputs/scenario-1.toml"));
    let layer = layer.expect("it is written");
    assert!(layer.ends_with("end_assumed = true\n"), "{layer}");
}

#[test]
fn now_is_written_into_the_scenario_file() {
    let folder = place();
    let (code, text) = planned(&folder, "a", &["--surge", "1.01", "--now"]);
    assert!(code < Some(2), "{text}");
    let layer = "a/inputs/scenario-1.toml";
    let written = fs::read_to_string(folder.path().join(layer)).expect("it is written");
    let start = written
        .lines()
        .find_map(|line| line.strip_prefix("start = "));
    let start: jiff::Timestamp = start.expect("a start").parse().expect("an instant");
    let since = jiff::Timestamp::now().duration_since(start);
    assert!(since.as_secs() >= 0 && since.as_mins() < 10, "{written}");
    assert_eq!(start.as_second() % 60, 0);
    planned(&folder, "b", &["--scenario", layer]);
    assert_eq!(tables(&folder, "a"), tables(&folder, "b"));
}

#[test]
fn what_means_nothing_is_refused() {
    assert_eq!(
        refused(&["--drain", "chi"]),
        "error: found neither a scenario nor a time, expected --scenario FILE, or --from WHEN or --now with --drain, --fail, --degrade or --surge"
    );
    assert_eq!(
        refused(&["--scenario", "quiet.toml", "--now"]),
        "error: --from, --to and --now: with --scenario they are the times of --drain, --fail, --degrade or --surge; name one of these, or change the times in the scenario"
    );
    let backwards = [
        "--fail",
        "chi",
        "--from",
        "2012-11-17T02:00",
        "--to",
        "2012-11-17",
    ];
    assert_eq!(
        refused(&backwards),
        "error: --to: expected a time after that of --from"
    );
    // Four hours later the calendar has ended.
    assert!(refused(&["--fail", "chi", "--from", "9999-12-30T21:59Z"]).contains("calendar"));
    let never = ["--surge", "1.2", "--from", "2012-02-30"];
    assert!(refused(&never).contains("expected a date such as"));
    for odd in ["1e300", "0", "-1", "NaN", "inf", "r=", "=2", "r=1e10"] {
        let surge = format!("--surge={odd}");
        let refusal = refused(&[&surge, "--now"]);
        assert!(refusal.contains("expected a factor above 0"), "{refusal}");
    }
    for odd in ["chi", "chi=1", "chi=-0.1", "=0.5", "chi=NaN", "chi=50%"] {
        let refusal = refused(&["--degrade", odd, "--now"]);
        assert!(refusal.contains("expected a component"), "{refusal}");
    }
}

#[test]
fn unknown_names_are_findings_of_the_file_that_is_made() {
    let of = |args: &[&str]| {
        let folder = place();
        let args = [args, &["--from", "2012-11-17"]].concat();
        let (code, text) = planned(&folder, "plan", &args);
        assert_eq!(code, Some(2), "{text}");
        text
    };
    let text = of(&["--drain", "chii"]);
    let found = "what-if.toml:9: key event.component: found `\"chii\"`";
    assert!(text.contains(found), "{text}");
    assert!(text.contains("[P5201]") && text.contains("`chi`"), "{text}");
    assert!(of(&["--surge", "us-west=1.5"]).contains("[P5204]"));
    for hostile in ["a\"\ncapacity = 1", "\u{7f}", "'''", "\\", "x]]"] {
        let text = of(&["--fail", hostile]);
        assert_eq!(text.matches("error: ").count(), 1, "{hostile:?}: {text}");
        let is_said = text.contains("P4008") || text.contains("P5201");
        assert!(is_said, "{hostile:?}: {text}");
    }
}

/// A component is named by its id; where its name is written, the hint has the id.
#[test]
fn a_name_in_place_of_an_id_is_answered_with_the_id() {
    for (name, hint) in [
        (
            "chicago",
            "no component has the id `chicago`; the site `chi` is named Chicago: write `chi`",
        ),
        (
            "New York",
            "no component has the id `New York`; the access point `ap-nyc` is named New York: write `ap-nyc`",
        ),
        (
            "Amsterdm",
            "no component has the id `Amsterdm`; the site `ams` and the access point `ap-ams` are named Amsterdam: write the id that is meant",
        ),
    ] {
        let folder = place();
        let args = ["--fail", name, "--from", "2012-11-17"];
        let (code, text) = planned(&folder, "plan", &args);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(hint), "{hint}\n{text}");
    }
}

/// A layer of a policy alone has no span: that of the options holds.
#[test]
fn a_layer_without_a_span_leaves_it_to_the_options() {
    let folder = place();
    let policy = "[policy]\nfailover = \"anywhere\"\n";
    fs::write(folder.path().join("policy.toml"), policy).expect("there is space for a file");
    let arguments = [
        "--scenario",
        "policy.toml",
        "--fail",
        "sat",
        "--from",
        "2030-03-01T02:00Z",
    ];
    let (code, said) = planned(&folder, "plan", &arguments);
    assert!(matches!(code, Some(0 | 1)), "{said}");
    let summary = fs::read_to_string(folder.path().join("plan/summary.json")).expect("a plan");
    for time in ["2030-03-01T02:00:00+00:00", "2030-03-01T06:00:00+00:00"] {
        assert!(summary.contains(time), "{time}: {summary}");
    }
}
