//! `plimsoll plan` and `plimsoll verify`: exit codes, what is printed where, and the output folder.

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Nothing happens to anybody.
const QUIET_DAY: &str = "[scenario]\nname = \"quiet day\"\nstart = 2012-11-17T02:00:00-06:00\n\
                         end = 2012-11-17T06:00:00-06:00\n[policy]\nmax_latency_ms = 150\n";

/// A file or folder of the project.
pub(crate) fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A folder to work in.
pub(crate) fn place() -> TempDir {
    TempDir::new().expect("there is room for a folder")
}

/// `plimsoll` in a folder.
pub(crate) fn plimsoll(folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
    command.current_dir(folder);
    command
}

/// `plimsoll plan` of a scenario of a committed inventory into `plan`, without charts.
pub(crate) fn plan(folder: &Path, inventory: &str, scenario: &str) -> Command {
    let mut command = plimsoll(folder);
    command
        .arg("plan")
        .arg(root(inventory))
        .arg("--scenario")
        .arg(root(inventory).join(scenario))
        .args(["--out", "plan", "--no-charts"]);
    command
}

/// `plimsoll plan` of data/tiny and a scenario in the folder.
fn plan_of_text(folder: &Path, scenario: &str) -> Command {
    fs::write(folder.join("own.toml"), scenario).expect("there is room for a file");
    let mut command = plimsoll(folder);
    command.arg("plan").arg(root("data/tiny")).args([
        "--scenario",
        "own.toml",
        "--out",
        "plan",
        "--no-charts",
    ]);
    command
}

fn chicago(folder: &Path) -> Command {
    plan(folder, "data/tiny", "drain-chicago.toml")
}

/// Every file under a folder by its path in it.
pub(crate) fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("the folder can be listed") {
            let path = entry.expect("the folder can be listed").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it lies in the folder");
                let bytes = fs::read(&path).expect("the file can be read");
                all.insert(name.to_path_buf(), bytes);
            }
        }
    }
    all
}

/// The same, with the timings of summary.json taken out.
pub(crate) fn contents_without_seconds(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = contents(folder);
    let summary = all
        .get_mut(Path::new("summary.json"))
        .expect("there is a summary");
    let mut json: Value = serde_json::from_slice(summary).expect("summary.json is JSON");
    let seconds = json["seconds"].take();
    assert!(seconds["read"].as_f64().is_some());
    *summary = json.to_string().into_bytes();
    all
}

/// Names of what lies in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder can be listed");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("the folder can be listed").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn stderr_of(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    String::from_utf8(output.stderr).expect("text is printed")
}

#[test]
fn a_plan_that_serves_everyone_within_targets_is_0() {
    let folder = place();
    plan_of_text(folder.path(), QUIET_DAY)
        .assert()
        .code(0)
        .stderr("");
}

#[test]
fn a_missed_target_or_an_unserved_user_is_1() {
    let folder = place();
    chicago(folder.path()).assert().code(1);
    plan(folder.path(), "data/tiny", "drain-amsterdam.toml")
        .assert()
        .code(1);
}

#[test]
fn bad_input_is_2_named_by_file_line_and_key_and_nothing_is_written() {
    let folder = place();
    let bad = QUIET_DAY.replace("max_latency_ms", "max_latency");
    let shown = stderr_of(plan_of_text(folder.path(), &bad).args(["--quiet"]));
    assert!(
        shown.starts_with("error: own.toml:6: key policy.max_latency: "),
        "{shown}"
    );
    plan_of_text(folder.path(), &bad)
        .assert()
        .code(2)
        .stdout("");
    assert_eq!(names(folder.path()), ["own.toml"]);
}

#[test]
fn a_folder_or_scenario_that_is_not_there_is_2() {
    let folder = place();
    let shown = |args: [&str; 5]| {
        let mut command = plimsoll(folder.path());
        command.arg("plan").args(args);
        command.assert().code(2).stdout("");
        stderr_of(&mut command)
    };
    let tiny = root("data/tiny").display().to_string();
    let missing = shown(["nowhere", "--scenario", "own.toml", "--out", "plan"]);
    assert!(
        missing.starts_with("error: cannot read `nowhere`"),
        "{missing}"
    );
    let missing = shown([&tiny, "--scenario", "own.toml", "--out", "plan"]);
    assert!(
        missing.starts_with("error: cannot read `own.toml`"),
        "{missing}"
    );
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn no_time_at_all_is_3_and_nothing_is_written() {
    let folder = place();
    chicago(folder.path())
        .args(["--time-limit", "0"])
        .assert()
        .code(3)
        .stdout("");
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn a_time_limit_is_a_number_of_seconds() {
    let folder = place();
    for bad in ["-1", "nan", "inf", "1e300", "soon"] {
        chicago(folder.path())
            .arg(format!("--time-limit={bad}"))
            .assert()
            .code(2)
            .stdout("");
    }
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn an_own_plan_is_replaced_whole() {
    let folder = place();
    chicago(folder.path()).assert().code(1);
    let first = contents_without_seconds(&folder.path().join("plan"));
    plan(folder.path(), "data/tiny", "drain-amsterdam.toml")
        .assert()
        .code(1);
    let other = contents_without_seconds(&folder.path().join("plan"));
    assert_ne!(first, other);
    chicago(folder.path()).assert().code(1);
    assert_eq!(contents_without_seconds(&folder.path().join("plan")), first);
    assert_eq!(names(folder.path()), ["plan"]);
}

#[test]
fn charts_of_an_earlier_plan_do_not_stay_behind() {
    let folder = place();
    let mut with_charts = plimsoll(folder.path());
    with_charts
        .arg("plan")
        .arg(root("data/tiny"))
        .arg("--scenario")
        .arg(root("data/tiny/drain-chicago.toml"))
        .args(["--out", "plan"]);
    let output = with_charts.output().expect("the program starts");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.ends_with("; open plan/report.html\n"), "{shown}");
    assert_eq!(
        names(&folder.path().join("plan/charts")),
        [
            "headroom-0.png",
            "headroom-0.svg",
            "headroom-through.png",
            "headroom-through.svg",
            "map-0.png",
            "map-0.svg",
            "moves-0.png",
            "moves-0.svg",
            "steering-0.png",
            "steering-0.svg",
            "users.png",
            "users.svg",
        ]
    );
    // An older plan has a CSV beside every chart, and a table of hour turns; it is replaced like any other.
    for older in [
        "charts/headroom-0.csv",
        "charts/users.csv",
        "hour_turns.csv",
    ] {
        fs::write(folder.path().join("plan").join(older), "block\n")
            .expect("there is room for a file");
    }
    let output = chicago(folder.path()).output().expect("the program starts");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!shown.contains("chart"), "{shown}");
    assert!(!folder.path().join("plan/charts").exists());
}

#[test]
fn a_folder_that_plimsoll_did_not_write_is_left_alone() {
    let folder = place();
    let out = folder.path().join("plan");
    fs::create_dir(&out).expect("there is room for a folder");
    fs::write(out.join("summary.json"), "{\"format\": \"other\"}").expect("there is room");
    let before = contents(folder.path());
    let shown = stderr_of(&mut chicago(folder.path()));
    assert!(shown.contains("did not write"), "{shown}");
    chicago(folder.path()).assert().code(2).stdout("");
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_folder_of_another_command_is_named_and_left_alone() {
    let folder = place();
    let out = folder.path().join("plan");
    fs::create_dir(&out).expect("there is room for a folder");
    let mark = "{\"format\": \"plimsoll-replay/1\"}";
    fs::write(out.join("replay.json"), mark).expect("there is room");
    let before = contents(folder.path());
    let shown = stderr_of(&mut chicago(folder.path()));
    assert!(
        shown.contains("it holds a replay, and this would be a plan; name another folder"),
        "{shown}"
    );
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_foreign_file_in_an_own_plan_is_named_and_nothing_is_replaced() {
    let folder = place();
    chicago(folder.path()).assert().code(1);
    for foreign in ["notes.txt", "charts.csv"] {
        let path = folder.path().join("plan").join(foreign);
        fs::write(&path, "mine").expect("there is room for a file");
        let before = contents(folder.path());
        let shown = stderr_of(&mut chicago(folder.path()));
        assert!(shown.contains(&format!("`{foreign}`")), "{shown}");
        chicago(folder.path()).assert().code(2).stdout("");
        assert_eq!(contents(folder.path()), before);
        fs::remove_file(&path).expect("the file can be removed");
    }
}

#[test]
fn a_foreign_file_among_the_charts_is_left_alone() {
    let folder = place();
    chicago(folder.path()).assert().code(1);
    let charts = folder.path().join("plan/charts");
    fs::create_dir(&charts).expect("there is room for a folder");
    fs::write(charts.join("mine.txt"), "mine").expect("there is room for a file");
    let before = contents(folder.path());
    chicago(folder.path()).assert().code(2).stdout("");
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn an_existing_file_leaves_nothing_behind() {
    let folder = place();
    fs::write(folder.path().join("plan"), "mine").expect("there is room for a file");
    chicago(folder.path()).assert().code(2).stdout("");
    let mut below = plimsoll(folder.path());
    below
        .arg("plan")
        .arg(root("data/tiny"))
        .arg("--scenario")
        .arg(root("data/tiny/drain-chicago.toml"))
        .args(["--out", "plan/below"]);
    below.assert().code(2).stdout("");
    assert_eq!(names(folder.path()), ["plan"]);
    let text = fs::read_to_string(folder.path().join("plan"));
    assert_eq!(text.expect("the file can be read"), "mine");
}

#[test]
fn an_empty_folder_is_filled_and_missing_parents_are_made() {
    let folder = place();
    fs::create_dir(folder.path().join("plan")).expect("there is room for a folder");
    chicago(folder.path()).assert().code(1);
    let mut below = plimsoll(folder.path());
    below
        .arg("plan")
        .arg(root("data/tiny"))
        .arg("--scenario")
        .arg(root("data/tiny/drain-chicago.toml"))
        .args(["--out", "plans/of/today/", "--no-charts"]);
    below.assert().code(1);
    assert_eq!(
        names(&folder.path().join("plans/of/today")),
        names(&folder.path().join("plan"))
    );
    assert_eq!(names(&folder.path().join("plans/of")), ["today"]);
}

#[test]
fn json_is_the_summary_that_is_written() {
    let folder = place();
    let output = chicago(folder.path())
        .arg("--json")
        .output()
        .expect("the program starts");
    let written = fs::read(folder.path().join("plan/summary.json"));
    assert_eq!(output.stdout, written.expect("the file can be read"));
    assert_eq!(output.stderr, b"");
    let json: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(json["format"], "plimsoll-plan/2");
}

#[test]
fn quiet_prints_nothing() {
    let folder = place();
    let mut command = chicago(folder.path());
    command
        .arg("--quiet")
        .assert()
        .code(1)
        .stdout("")
        .stderr("");
    let mut verify = plimsoll(folder.path());
    verify
        .arg("verify")
        .arg(root("data/tiny"))
        .arg("--scenario")
        .arg(root("data/tiny/drain-chicago.toml"))
        .args(["plan", "--quiet"]);
    verify.assert().code(0).stdout("").stderr("");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = place();
    for format in [None, Some("--json")] {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let status = command
            .current_dir(folder.path())
            .arg("plan")
            .arg(root("data/tiny"))
            .arg("--scenario")
            .arg(root("data/tiny/drain-chicago.toml"))
            .args(["--out", "plan", "--no-charts"])
            .args(format)
            .stdout(writer)
            .status()
            .expect("the program starts");
        assert_eq!(status.code(), Some(1));
        assert!(folder.path().join("plan/summary.json").exists());
    }
}

#[test]
fn what_is_not_a_terminal_gets_no_colour() {
    let folder = place();
    let bad = QUIET_DAY.replace("start", "begin");
    for (command, is_no_colour) in [(QUIET_DAY, false), (&bad, false), (&bad, true)] {
        let mut command = plan_of_text(folder.path(), command);
        if is_no_colour {
            command.env("NO_COLOR", "1");
        }
        let output = command.output().expect("the program starts");
        assert!(!output.stdout.contains(&0x1b));
        assert!(!output.stderr.contains(&0x1b));
    }
}

#[test]
fn runs_and_threads_make_the_same_bytes() {
    let day = |more: &[&str], threads: Option<&str>| {
        let folder = place();
        let mut command = plan(folder.path(), "data/americas-2012", "13-november-2012.toml");
        if let Some(threads) = threads {
            command.env("RAYON_NUM_THREADS", threads);
        }
        let output = command.args(more).output().expect("the program starts");
        let contents = contents_without_seconds(&folder.path().join("plan"));
        (output.status.code(), output.stdout, contents)
    };
    let first = day(&[], None);
    for (more, threads) in [
        (&[][..], None),
        (&["--threads", "1"][..], None),
        (&["--threads", "2"][..], None),
        (&[][..], Some("1")),
    ] {
        assert!(day(more, threads) == first, "{more:?} {threads:?}");
    }
}

#[test]
fn tiny_is_reported_in_a_sentence_and_a_table() {
    let folder = place();
    let output = chicago(folder.path()).output().expect("the program starts");
    let shown = String::from_utf8(output.stdout).expect("text is printed");
    insta::assert_snapshot!(shown, @r"
    tiny-drain-chicago, 17 Nov 2012 02:00 to 06:00 (UTC-06:00)

    2 headroom targets are missed. Everyone is served, for these inputs, at peak demand.
    Chicago is drained: San Antonio has 8 % headroom (target 20 %).
    Everyone can still be served if all demand is up to 8.6 % higher, or all capacities are up to 8 % lower. First San Antonio would be short of cpu. No plan holds beyond 12 % higher demand or 10 % lower capacities; in between none was found.
    First, at 02:00: open access point Dallas (ap-dfw), then set weights of all client regions.

    Not checked: a further failure (N-1). To check: plimsoll sweep INVENTORY --from plan --scenario FILE --out DIR.

    period   from    users  unserved   moved  shortfall  opens
    -----------------------------------------------------------
         0  02:00  180,000         0  90,000     60.0 %  Dallas

    tightest, free               resource   before  during  target   spare capacity
    -------------------------------------------------------------------------------
    San Antonio                  cpu        53.3 %   8.0 %  20.0 %     12 vCPU free
    Amsterdam                    cpu        40.0 %  16.0 %  20.0 %      8 vCPU free
    Dallas                       bandwidth       -  20.0 %  20.0 %  1.2 Gbit/s free
    nyc-sat                      bandwidth  50.0 %  25.0 %  20.0 %    3 Gbit/s free
    San Antonio load balancer 1  bandwidth  70.0 %  31.0 %  20.0 %  3.1 Gbit/s free

    period  moves from  to            users  shards  by copying  why
    --------------------------------------------------------------------
         0  Chicago     San Antonio  78,000       3      38,000  drained
         0  Chicago     Amsterdam    12,000       1      12,000  drained

    Chicago's drain takes 1 wave, and no admission control limits how fast (the time to copy data is not counted); begin by 02:00.
    The steps wave by wave are in runbook.md.
    What would help: 23 vCPU more at San Antonio would bring the worst headroom deficit from 60 % down to 4.6 %.
    What would help: 2.5 vCPU more at Amsterdam would give back headroom for 2,000 users.
    Access point Dallas opens in period 0 (02:00 to 06:00): 48,000 users enter there.
    To do: 4 steps in runbook.md (6 changes in changes.csv); the rollback is in changes_back.csv.
    Proven for these inputs: nobody could be served better.
    The rest is proven for whole shards: no plan does better, goal by goal. Compared with split shards they cost: the worst headroom deficit in period 0, 60.0 % instead of 50.0 %.

    The plan is in plan; open plan/report.html
    ");
}
