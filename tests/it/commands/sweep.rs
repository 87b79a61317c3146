//! `plimsoll sweep` and `plimsoll merge` as programs see them.

use super::{plimsoll, written};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// A shipped folder.
fn data(name: &str) -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(name);
    data.display().to_string()
}

/// Runs `plimsoll` in a folder; its exit code and both outputs.
fn run(folder: &TempDir, args: &[&str]) -> (i32, String, String) {
    let output = plimsoll(folder, args).output().expect("it can be run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().expect("it was not killed");
    (code, text(&output.stdout), text(&output.stderr))
}

/// All files of a folder and below it.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().expect("it has a name").to_string_lossy();
        if path.is_dir() {
            for (below, bytes) in bytes(&path) {
                all.insert(format!("{name}/{below}"), bytes);
            }
        } else {
            all.insert(name.into_owned(), fs::read(&path).expect("it can be read"));
        }
    }
    all
}

/// Asserts that two folders hold the same files, and says which do not.
fn assert_same(one: &Path, other: &Path) {
    let (one, other) = (bytes(one), bytes(other));
    let names = |all: &BTreeMap<String, Vec<u8>>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other));
    for (name, bytes) in &one {
        assert!(other[name] == *bytes, "{name} differs");
    }
}

/// Arguments of a sweep of `data/global`, all pairs of its sites.
fn of_global() -> Vec<String> {
    let scenario = format!("{}/drain-lon.toml", data("global"));
    let fixed = ["--failures", "2", "--no-charts", "--quiet"];
    let mut args = vec![
        "sweep".to_owned(),
        data("global"),
        "--scenario".to_owned(),
        scenario,
    ];
    args.extend(fixed.map(str::to_owned));
    args
}

fn with<'a>(args: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let all = args.iter().map(String::as_str);
    all.chain(more.iter().copied()).collect()
}

#[test]
fn parts_are_merged_to_the_bytes_of_the_whole_on_any_number_of_threads() {
    let folder = TempDir::new().expect("there is room for a folder");
    let (inventory, scenario) = (data("tiny"), format!("{}/drain-chicago.toml", data("tiny")));
    let asked = [
        "sweep",
        &inventory,
        "--scenario",
        &scenario,
        "--failures",
        "2",
        "--over",
        "components",
        "--recovery",
        "all",
        "--quiet",
    ];
    let sweep = |more: &[&str]| {
        let (code, _, words) = run(&folder, &[&asked[..], more].concat());
        assert_eq!(code, 1, "{words}");
    };
    sweep(&["--out", "whole", "--threads", "1"]);
    for part in ["1/3", "2/3", "3/3"] {
        let out = format!("part-{}", &part[..1]);
        sweep(&["--out", &out, "--part", part, "--threads", "2"]);
    }
    let merge = [
        "merge",
        &inventory,
        "--scenario",
        &scenario,
        "part-2",
        "part-3",
        "part-1",
        "--out",
        "merged",
        "--quiet",
    ];
    let (code, _, words) = run(&folder, &merge);
    assert_eq!(code, 1, "{words}");
    assert_same(&folder.path().join("whole"), &folder.path().join("merged"));
}

#[test]
fn a_killed_sweep_goes_on_to_the_bytes_of_one_that_was_not() {
    let folder = TempDir::new().expect("there is room for a folder");
    let args = of_global();
    let (code, _, words) = run(&folder, &with(&args, &["--out", "whole"]));
    assert_eq!(code, 1, "{words}");
    let binary = assert_cmd::cargo::cargo_bin!("plimsoll");
    let mut child = Command::new(binary)
        .current_dir(folder.path())
        .args(with(&args, &["--out", "killed", "--journal-every", "0"]))
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be run");
    let journal = folder.path().join("killed.unfinished");
    wait_for_blocks(&journal, 3);
    child.kill().expect("it runs still");
    child.wait().expect("it has ended");
    assert!(!folder.path().join("killed").exists(), "it was not done");
    let resume = [
        &args[..4],
        &["--quiet".to_owned(), "--no-charts".to_owned()],
    ]
    .concat();
    let (code, _, words) = run(&folder, &with(&resume, &["--resume", "killed"]));
    assert_eq!(code, 1, "{words}");
    assert_same(&folder.path().join("whole"), &folder.path().join("killed"));
    assert!(!journal.exists(), "nothing is unfinished any more");
}

/// Waits until a journal has so many blocks.
fn wait_for_blocks(journal: &Path, count: usize) {
    for _ in 0..6000 {
        let blocks = fs::read_dir(journal).map_or(0, |entries| {
            let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            names
                .filter(|name| {
                    Path::new(name)
                        .extension()
                        .is_some_and(|text| text == "json")
                })
                .filter(|name| name != "sweep.json")
                .count()
        });
        if blocks >= count {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("no {count} blocks in {}", journal.display());
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_says_what_is_done_and_goes_on() {
    let folder = TempDir::new().expect("there is room for a folder");
    let args = of_global();
    let (code, _, words) = run(&folder, &with(&args, &["--out", "whole"]));
    assert_eq!(code, 1, "{words}");
    let binary = assert_cmd::cargo::cargo_bin!("plimsoll");
    let child = Command::new(binary)
        .current_dir(folder.path())
        .args(with(&args, &["--out", "stopped", "--journal-every", "0"]))
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be run");
    wait_for_blocks(&folder.path().join("stopped.unfinished"), 2);
    let interrupt = format!("kill -INT {}", child.id());
    let sent = Command::new("sh").args(["-c", &interrupt]).status();
    assert!(sent.expect("there is a shell").success());
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(1));
    let stopped = folder.path().join("stopped");
    let summary = fs::read_to_string(stopped.join("sweep.json")).expect("it says what is done");
    assert!(summary.contains("\"status\": \"partial\""), "{summary}");
    let resume = [
        &args[..4],
        &["--quiet".to_owned(), "--no-charts".to_owned()],
    ]
    .concat();
    let (code, _, words) = run(&folder, &with(&resume, &["--resume", "stopped"]));
    assert_eq!(code, 1, "{words}");
    assert_same(&folder.path().join("whole"), &stopped);
    // There is nothing left to go on with.
    let (code, _, words) = run(&folder, &with(&resume, &["--resume", "stopped"]));
    assert_eq!((code, words.contains("P6020")), (2, true), "{words}");
}

/// A signal that comes once the last case is done, while sentences about the worst cases are made, leaves none of them out.
#[cfg(unix)]
#[test]
fn a_signal_after_the_last_case_changes_no_byte() {
    let folder = TempDir::new().expect("there is room for a folder");
    let args = of_global();
    let (code, _, words) = run(&folder, &with(&args, &["--out", "whole"]));
    assert_eq!(code, 1, "{words}");
    let summary = fs::read_to_string(folder.path().join("whole/sweep.json")).expect("it is there");
    let summary: Value = serde_json::from_str(&summary).expect("it is JSON");
    let cases = summary["cases"].as_u64().expect("it counts its cases");
    let binary = assert_cmd::cargo::cargo_bin!("plimsoll");
    let mut child = Command::new(binary)
        .current_dir(folder.path())
        .args(with(&args, &["--out", "late", "--journal-every", "0"]))
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be run");
    let blocks = cases.div_ceil(256);
    let blocks = usize::try_from(blocks).expect("they are few");
    wait_for_blocks(&folder.path().join("late.unfinished"), blocks);
    let interrupt = format!("kill -TERM {}", child.id());
    let sent = Command::new("sh").args(["-c", &interrupt]).status();
    assert!(
        sent.expect("there is a shell").success(),
        "it ended too soon"
    );
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert_same(&folder.path().join("whole"), &folder.path().join("late"));
}

/// The smallest inventory with a second site, and a scenario, swept into `swept`; a part of it may hold.
fn swept(extra: &[&str]) -> TempDir {
    let folder = written(&[("sites.csv", "site,cpu\na,100\nb,100\n")]);
    fs::write(folder.path().join("quiet.toml"), super::QUIET_HOUR).expect("there is room");
    let fixed = [
        "sweep",
        ".",
        "--scenario",
        "quiet.toml",
        "--out",
        "swept",
        "--quiet",
    ];
    let (code, _, words) = run(&folder, &[&fixed[..], extra].concat());
    assert!(code <= 1, "{words}");
    folder
}

#[test]
fn a_sweep_of_other_inputs_is_not_gone_on_with() {
    let folder = swept(&["--part", "1/2"]);
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,11,a,mail,r,gold\n";
    fs::write(folder.path().join("shards.csv"), shards).expect("there is room");
    let merge = [
        "merge",
        ".",
        "--scenario",
        "quiet.toml",
        "swept",
        "--out",
        "merged",
    ];
    let (code, _, words) = run(&folder, &merge);
    // It is said before the inputs are looked at that a part is missing.
    assert_eq!((code, words.contains("P6023")), (2, true), "{words}");
    let folder = swept(&[]);
    fs::write(folder.path().join("shards.csv"), shards).expect("there is room");
    let (code, _, words) = run(&folder, &merge);
    assert_eq!((code, words.contains("P6021")), (2, true), "{words}");
    assert!(words.contains("the inventory changed"), "{words}");
}

#[test]
fn a_sweep_that_was_edited_is_refused_with_its_line() {
    let folder = swept(&[]);
    let table: PathBuf = folder.path().join("swept/by_component.csv");
    let text = fs::read_to_string(&table).expect("it is there");
    let edited = text.replacen("replan,a,", "replan,c,", 1);
    fs::write(&table, edited).expect("there is room");
    let merge = [
        "merge",
        ".",
        "--scenario",
        "quiet.toml",
        "swept",
        "--out",
        "merged",
    ];
    let (code, _, words) = run(&folder, &merge);
    assert_eq!(code, 2, "{words}");
    assert!(
        words.contains("by_component.csv:2: column component"),
        "{words}"
    );
    assert!(words.contains("P6022"), "{words}");
}

#[test]
fn what_cannot_be_asked_is_refused_with_its_reason() {
    let folder = swept(&[]);
    let ask = |extra: &[&str]| {
        let fixed = ["sweep", ".", "--scenario", "quiet.toml", "--out", "other"];
        run(&folder, &[&fixed[..], extra].concat())
    };
    let (code, _, words) = ask(&["--period", "7"]);
    assert_eq!(code, 2);
    assert!(
        words.contains("--period 7: the scenario has 1 period"),
        "{words}"
    );
    let (code, _, words) = ask(&["--over", "elements"]);
    assert_eq!(code, 2);
    assert!(
        words.contains("--over elements: the inventory has none"),
        "{words}"
    );
    let (code, _, words) = ask(&["--part", "3/2"]);
    assert_eq!((code, words.contains("1 <= I <= N")), (2, true), "{words}");
}

/// What a sweep from the plan of a shipped scenario exits with, and its folder.
fn swept_from_plan(folder: &TempDir, name: &str) -> i32 {
    let inventory = data("keep-room");
    let scenario = format!("{inventory}/{name}.toml");
    let from = ["--from", "plan", "--out", name, "--quiet"];
    let args = ["sweep", &inventory, "--scenario", &scenario];
    let (code, _, errors) = run(folder, &[&args[..], &from].concat());
    assert_eq!(errors, "");
    code
}

#[test]
fn what_protection_does_is_as_its_readme_shows_it() {
    let folder = TempDir::new().expect("a folder can be made");
    let shown = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/keep-room");
    for (name, code) in [("drain-ams", 1), ("drain-ams-protected", 0)] {
        assert_eq!(swept_from_plan(&folder, name), code, "{name}");
        let drawn = folder.path().join(name).join("charts/utilization.svg");
        let drawn = fs::read(drawn).expect("it was drawn");
        let shown = fs::read(shown.join(format!("charts/{name}.svg"))).expect("it is shipped");
        assert!(
            drawn == shown,
            "copy charts/utilization.svg of `plimsoll sweep --from plan` to data/keep-room/charts/{name}.svg"
        );
        let inventory = data("keep-room");
        let scenario = format!("{inventory}/{name}.toml");
        let (code, text, _) = run(
            &folder,
            &["verify", &inventory, "--scenario", &scenario, name],
        );
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("whether assignment.csv is the best plan of the scenario"));
    }
}

/// Before users move every failure is survived; once they have moved one is not, and the page says what would help.
#[test]
fn the_first_action_names_a_remedy_or_the_failures_that_are_not_checked() {
    let folder = TempDir::new().expect("a folder can be made");
    let page = |name: &str| {
        let page = fs::read_to_string(folder.path().join(name).join("report.html"));
        page.expect("it is written")
    };
    let inventory = data("keep-room");
    let scenario = format!("{inventory}/drain-ams.toml");
    let args = ["sweep", &inventory, "--scenario", &scenario, "--quiet"];
    let (code, _, _) = run(&folder, &[&args[..], &["--out", "before"]].concat());
    assert_eq!(code, 0);
    let before = page("before");
    assert!(before.contains("Failures once users have moved are not checked."));
    assert!(!before.contains("First: nothing"));
    assert_eq!(swept_from_plan(&folder, "drain-ams"), 1);
    let first = page("drain-ams");
    let first = first.split("First, for the worst case").nth(1);
    let first = first.and_then(|rest| rest.split("</p>").next());
    let first = first.expect("it has a remedy");
    assert!(first.contains("would serve everyone"), "{first}");
}

#[test]
fn who_is_unserved_where_no_site_is_open_is_reported_so() {
    let folder = written(&[("sites.csv", "site,cpu\na,100\n")]);
    fs::write(folder.path().join("quiet.toml"), super::QUIET_HOUR).expect("there is room");
    let args = ["sweep", ".", "--scenario", "quiet.toml", "--out", "swept"];
    let (_, out, words) = run(&folder, &args);
    let all = format!("{out}{words}");
    assert!(all.contains("users of gold: no site is open."), "{all}");
}
