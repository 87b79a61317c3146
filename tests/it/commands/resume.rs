//! `plimsoll plan --resume-after`: a plan that goes on from the folder of another, and what is refused.

use super::plimsoll;
use crate::command_line::root;
use std::fs;
use tempfile::TempDir;

/// Chicago of data/tiny, which users leave in three waves, planned into `first`.
fn planned() -> TempDir {
    let folder = TempDir::new().expect("there is space for a folder");
    for entry in fs::read_dir(root("data/tiny")).expect("it is there") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().expect("a file").to_owned();
        if path.extension().is_some_and(|text| text == "csv") {
            let text = fs::read_to_string(&path).expect("UTF-8");
            let text = if name == "sites.csv" {
                let mut lines = text.lines().map(|line| format!("{line},60000\n"));
                let header = lines.next().expect("a header");
                header.replace(",60000", ",move_out_per_hour") + &lines.collect::<String>()
            } else {
                text
            };
            fs::write(folder.path().join(name), text).expect("there is space for a file");
        }
    }
    let waves = "[waves]\nminutes = 30\ngate_minutes = 5\n";
    fs::write(folder.path().join("waves.toml"), waves).expect("there is space for a file");
    let drain = root("data/tiny/drain-chicago.toml").display().to_string();
    let arguments = [
        "plan",
        ".",
        "--scenario",
        &drain,
        "--scenario",
        "waves.toml",
    ];
    let out = ["--out", "first", "--no-charts", "--quiet"];
    let _ = plimsoll(&folder, &[&arguments[..], &out].concat()).assert();
    folder
}

/// Exit code, standard output and standard error of a plan that goes on into `next`.
fn resumed(folder: &TempDir, args: &[&str]) -> (Option<i32>, String, String) {
    let args = [&["plan", "--no-charts", "--out", "next"], args].concat();
    let output = plimsoll(folder, &args).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn cells(folder: &TempDir, file: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(folder.path().join(file)).expect("a table");
    let header = reader.headers().expect("a header").clone();
    let position = |name: &&str| {
        header
            .iter()
            .position(|text| text == *name)
            .expect("a column")
    };
    let columns: Vec<usize> = columns.iter().map(position).collect();
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| columns.iter().map(|index| row[*index].to_owned()).collect())
        .collect()
}

#[test]
fn what_is_left_of_a_drain_is_planned_again_and_verified() {
    let folder = planned();
    let of = ["wave", "shard", "to_site"];
    let all = cells(&folder, "first/moves.csv", &of);
    assert!(all.iter().any(|row| row[0] == "3"), "{all:?}");
    let (_, out, err) = resumed(&folder, &["first", "--resume-after", "0/1"]);
    assert!(
        out.starts_with("tiny-drain-chicago, resumed after 0/1, 17 Nov 2012 02:00"),
        "{out}{err}"
    );
    let compared = "before the first plan";
    assert!(out.contains(compared), "{out}");
    let page = fs::read_to_string(folder.path().join("next/report.html")).expect("it is written");
    assert!(page.contains(compared));
    // Whoever left in the first wave stays; the others still leave.
    let first: Vec<&Vec<String>> = all.iter().filter(|row| row[0] == "1").collect();
    let homes = cells(&folder, "next/inputs/shards.csv", &["shard", "site"]);
    for row in &first {
        let home = homes
            .iter()
            .find(|home| home[0] == row[1])
            .expect("it is there");
        assert_eq!(home[1], row[2]);
    }
    let next = cells(&folder, "next/moves.csv", &["shard", "from_site"]);
    assert_eq!(next.len(), all.len() - first.len(), "{next:?}");
    assert!(next.iter().all(|row| row[1] == "chi"), "{next:?}");
    // No wave begins before the gate of the first has ended.
    let over = "2012-11-17T00:48:00-06:00";
    let waves = cells(&folder, "next/waves.csv", &["start"]);
    assert!(waves.iter().all(|row| row[0].as_str() >= over), "{waves:?}");
    let layers = [
        "next/inputs/scenario-1.toml",
        "next/inputs/scenario-2.toml",
        "next/inputs/scenario-3.toml",
    ];
    let said = fs::read_to_string(folder.path().join(layers[2])).expect("it is written");
    assert!(
        said.ends_with(&format!("[waves]\nnot_before = {over}\n")),
        "{said}"
    );
    let scenarios = layers.iter().flat_map(|layer| ["--scenario", layer]);
    let arguments: Vec<&str> = ["verify", "next/inputs"]
        .into_iter()
        .chain(scenarios)
        .chain(["next"])
        .collect();
    plimsoll(&folder, &arguments).assert().code(0);
    let runbook = fs::read_to_string(folder.path().join("next/runbook.md")).expect("it is written");
    assert!(runbook.contains(
        "its rollback ends where it began. From there, the earlier runbook has the rollback."
    ));
    // It goes on once more.
    let (_, out, err) = resumed(&folder, &["first", "--resume-after", "0/3"]);
    assert!(
        out.contains("nobody") || cells(&folder, "next/moves.csv", &["shard"]).is_empty(),
        "{out}{err}"
    );
}

#[test]
fn what_happens_in_between_is_planned_for_from_then_on() {
    let folder = planned();
    let asked = |from: &'static str| {
        [
            "first",
            "--resume-after",
            "0/1",
            "--degrade",
            "ams=0.9",
            "--from",
            from,
        ]
    };
    // What began earlier is in force from where the plan has come to.
    let (_, out, err) = resumed(&folder, &asked("2012-11-17T00:30-06:00"));
    let begins = "resumed after 0/1, degrade ams=0.9, 17 Nov 2012 00:48";
    assert!(out.contains(begins), "{out}{err}");
    let waves = cells(&folder, "next/waves.csv", &["start"]);
    assert!(
        waves
            .iter()
            .all(|row| row[0].as_str() >= "2012-11-17T00:48:00-06:00"),
        "{waves:?}"
    );
    // The drain has no minute to spare: half an hour later it is not over in time.
    let (code, out, err) = resumed(&folder, &asked("2012-11-17T01:20-06:00"));
    assert_eq!(code, Some(1));
    assert!(
        out.contains("17 Nov 2012 01:20 to 06:00") && out.contains("Refused: "),
        "{out}{err}"
    );
}

#[test]
fn a_wave_that_is_not_there_is_refused_with_those_that_are() {
    let folder = planned();
    let (code, _, err) = resumed(&folder, &["first", "--resume-after", "1/7"]);
    assert_eq!(code, Some(2));
    assert!(
        err.contains(
            "--resume-after 1/7: the plan has only 0/1, 0/2, 0/3; write PERIOD/WAVE as in waves.csv"
        ),
        "{err}"
    );
    let over = ["plan", "first", "--resume-after", "0/1", "--out", "first"];
    let output = plimsoll(&folder, &over).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said.contains("its rollback is still needed; name another folder"),
        "{said}"
    );
    let (code, _, err) = resumed(&folder, &["first", "--resume-after", "one"]);
    assert_eq!(code, Some(2));
    assert!(
        err.contains("expected a period and a wave of it as in waves.csv, such as 1/2"),
        "{err}"
    );
    let (code, _, err) = resumed(&folder, &[".", "--resume-after", "0/1"]);
    assert_eq!(code, Some(2));
    assert!(
        err.contains("has no plan: name the folder that `plimsoll plan --out` wrote"),
        "{err}"
    );
    fs::remove_dir_all(folder.path().join("first/inputs")).expect("it is there");
    let (code, _, err) = resumed(&folder, &["first", "--resume-after", "0/1"]);
    assert_eq!(code, Some(2));
    assert!(
        err.contains("has no inputs that can be read: plan again"),
        "{err}"
    );
    assert!(!folder.path().join("next").exists());
}

#[test]
fn a_drain_that_begins_now_is_refused_where_its_waves_would_have_begun_before() {
    let folder = planned();
    let (code, out, err) = resumed(&folder, &[".", "--drain", "chi", "--now"]);
    assert_eq!(code, Some(1));
    assert!(
        out.contains("Refused: Chicago's drain needs "),
        "{out}{err}"
    );
    assert!(
        out.contains(", no wave may begin before ") && out.contains(", which leaves no time: "),
        "{out}"
    );
    let layer = fs::read_to_string(folder.path().join("next/inputs/scenario-1.toml"));
    assert!(
        layer
            .expect("it is written")
            .contains("\n[waves]\nnot_before = ")
    );
    // A failure is answered from now on.
    let (_, out, _) = resumed(&folder, &[".", "--fail", "chi", "--now"]);
    assert!(!out.contains("Refused"), "{out}");
}

/// Half of San Antonio's balancers fail in the middle of the night: the new plan is refused, and the runbook says what can be
/// done.
#[test]
fn of_a_refused_plan_the_runbook_says_what_can_be_done_now() {
    let folder = planned();
    let fault = ["--fail", "lb-sat-2", "--from", "2012-11-17T01:30-06:00"];
    let (code, out, err) = resumed(
        &folder,
        &[&["first", "--resume-after", "0/1"], &fault[..]].concat(),
    );
    assert_eq!(code, Some(1), "{out}{err}");
    assert!(
        out.replace('\n', " ")
            .contains("What you can do now is in runbook.md."),
        "{out}"
    );
    let read = |name: &str| {
        fs::read_to_string(folder.path().join("next").join(name)).expect("it is written")
    };
    let runbook = read("runbook.md");
    let (_, now) = runbook
        .split_once("## What you can do now\n")
        .expect("a section");
    let (now, _) = now.split_once("\n## ").expect("the refused transitions");
    for sentence in [
        "Do not go on with the earlier runbook",
        "Take San Antonio load balancer 2 (lb-sat-2) out of the pool lb-sat",
        "This needs no wave",
        "Stay where users are",
        "Or roll back by the earlier runbook",
    ] {
        assert!(now.contains(sentence), "{sentence}: {now}");
    }
    // What is taken out without a wave is in changes.csv too.
    let changes = read("changes.csv");
    let out = changes.lines().find(|row| row.contains(",take_out,"));
    assert!(out.is_some_and(|row| row.contains("lb-sat-2")), "{changes}");
}

/// The journal of a runbook is read past without a word, and never replaced.
#[test]
fn a_folder_with_a_journal_is_gone_on_from_and_not_replaced() {
    let folder = planned();
    let journal = folder.path().join("first/runbook.log");
    fs::write(&journal, "kept").expect("there is space for a file");
    let (_, out, err) = resumed(&folder, &["first", "--resume-after", "0/1"]);
    assert!(folder.path().join("next/summary.json").exists(), "{out}");
    assert!(!err.contains("runbook.log"), "{err}");
    let args = ["plan", "next/inputs", "--surge", "1.01", "--now"];
    let out = ["--out", "first", "--no-charts", "--quiet"];
    let mut again = plimsoll(&folder, &[&args[..], &out].concat());
    again.assert().code(2);
    assert_eq!(fs::read_to_string(journal).expect("it is there"), "kept");
}

/// The fault begins in the middle of the first wave's hold: until that is over no plan counts the users that it affects.
#[test]
fn the_time_between_a_fault_and_the_new_plan_is_said_not_to_be_checked() {
    let folder = planned();
    let fault = |from: &'static str| {
        let asked = ["first", "--resume-after", "0/1", "--degrade", "ams=0.9"];
        [&asked[..], &["--from", from]].concat()
    };
    let gap = "not checked: 00:45 to 00:48, from the start of a fault to the start of this plan";
    let (_, out, err) = resumed(&folder, &fault("2012-11-17T00:45-06:00"));
    assert!(err.contains(gap), "{out}{err}");
    let page = fs::read_to_string(folder.path().join("next/report.html"));
    assert!(page.expect("it is written").contains(gap));
    let (_, out, err) = resumed(&folder, &fault("2012-11-17T00:55-06:00"));
    assert!(!err.contains("from the start of a fault"), "{out}{err}");
}

/// The surge leaves five minutes for the rest of the drain: no fix is found, and no text promises one. Postponed to the time that
/// the plan names, the drain is not refused.
#[test]
fn a_refused_plan_without_a_fix_promises_none_and_its_advice_holds() {
    let folder = planned();
    let surge = ["--surge", "1.05", "--from", "2012-11-17T01:55-06:00"];
    let (code, out, err) = resumed(
        &folder,
        &[&["first", "--resume-after", "0/1"], &surge[..]].concat(),
    );
    assert_eq!(code, Some(1), "{out}{err}");
    let read = |name: &str| {
        fs::read_to_string(folder.path().join("next").join(name)).expect("it is written")
    };
    let [runbook, page, summary] = ["runbook.md", "report.html", "summary.json"].map(read);
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    let periods = summary["periods"].as_array().expect("a list");
    let refused: Vec<_> = periods
        .iter()
        .filter(|period| period.get("refused").is_some())
        .collect();
    assert!(!refused.is_empty(), "{summary}");
    let has_fix = |period: &&serde_json::Value| {
        let remedies = period.get("remedies").and_then(|all| all.as_array());
        remedies.is_some_and(|all| !all.is_empty())
    };
    assert!(!refused.iter().any(has_fix), "{refused:?}");
    assert!(!runbook.contains("and a fix"), "{runbook}");
    assert!(!runbook.contains("It is safe"), "{runbook}");
    let advice = "To do: postpone the maintenance to 03:11 or later in the scenario files of inputs/, and plan again from inputs/.";
    for text in [&runbook, &page, &out.replace('\n', " ")] {
        assert!(text.contains(advice), "{text}");
    }
    // Drains of 65,100 users take 65.1 minutes at 60,000 an hour, and two holds of 5.
    let inputs = folder.path().join("next/inputs");
    let first = inputs.join("scenario-1.toml");
    let text = fs::read_to_string(&first).expect("it is written");
    let later = text.replacen("start = 2012-11-17T02:00", "start = 2012-11-17T03:11", 1);
    assert_ne!(text, later);
    fs::write(&first, later).expect("there is space for a file");
    let layers: Vec<String> = (1..=4)
        .map(|layer| format!("next/inputs/scenario-{layer}.toml"))
        .collect();
    let layers = layers.iter().flat_map(|layer| ["--scenario", layer]);
    let args = ["plan", "next/inputs", "--out", "again", "--no-charts"];
    let args: Vec<&str> = args.into_iter().chain(layers).collect();
    let output = plimsoll(&folder, &args).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("Everyone is served"), "{said}");
    assert!(!said.contains("Refused"), "{said}");
}
