//! Runs that write to one output folder at once, some of them killed: it is absent or one whole folder all the while.

use crate::folders::with;
use crate::levels::say;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How many rounds there are, unless the environment says otherwise.
const ROUNDS: u64 = 12;

/// The variable that says how many.
const ROUNDS_VARIABLE: &str = "PLIMSOLL_KILL_ROUNDS";

/// Scenarios whose folders differ in every file that has a name or a number of users.
const SCENARIOS: [&str; 3] = ["drain", "surge", "quiet"];

/// Bytes by file name.
type Files = BTreeMap<String, Vec<u8>>;

/// Numbers that are the same in every run (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// One of the scenarios.
    fn scenario(&mut self) -> &'static str {
        match self.below(3) {
            0 => SCENARIOS[0],
            1 => SCENARIOS[1],
            _ => SCENARIOS[2],
        }
    }
}

/// Two sites for ten shards, and the three scenarios.
fn inputs() -> TempDir {
    let folder = TempDir::new().expect("there is room for a folder");
    let mut shards = "shard,tenant,users,site,profile,client_region,tier\n".to_owned();
    for number in 0..10 {
        let _ = writeln!(shards, "s{number},t,10,a,mail,r,gold");
    }
    let files = with(&[
        ("sites.csv", "site,cpu\na,200\nb,200\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
        ("shards.csv", &shards),
    ]);
    for file in files {
        fs::write(folder.path().join(file.name), file.bytes).expect("there is room");
    }
    let hours = "start = 2030-03-01T02:00:00Z\nend = 2030-03-01T03:00:00Z\n";
    for name in SCENARIOS {
        let event = match name {
            "drain" => "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n",
            "surge" => "[[event]]\nkind = \"surge\"\nfactor = 1.5\n",
            _ => "",
        };
        let event = if event.is_empty() {
            String::new()
        } else {
            format!("{event}{hours}")
        };
        let text = format!("[scenario]\nname = \"{name}\"\n{hours}{event}");
        fs::write(folder.path().join(format!("{name}.toml")), text).expect("there is room");
    }
    folder
}

/// A run that plans a scenario into a folder.
fn started(folder: &Path, scenario: &str, out: &str) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
    command
        .current_dir(folder)
        .args(["plan", ".", "--scenario"]);
    command.arg(format!("{scenario}.toml"));
    command.args(["--out", out, "--no-charts", "--quiet"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("it can be run")
}

/// Asserts that a run that nobody killed wrote its plan.
#[track_caller]
fn assert_written(run: Child) {
    let output = run.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{:?}: {text}",
        output.status
    );
}

/// The files of a folder and below it, without how long it took; `None` if nothing is there.
fn files(folder: &Path) -> Option<Files> {
    let mut all = Files::new();
    let mut open = vec![folder.to_path_buf()];
    if fs::symlink_metadata(folder).is_err() {
        return None;
    }
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).expect("it can be listed") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("it is in it");
            let mut bytes = fs::read(&path).expect("it can be read");
            if name == Path::new("summary.json") {
                let mut summary: serde_json::Value =
                    serde_json::from_slice(&bytes).expect("a whole folder has a whole summary");
                summary["seconds"] = serde_json::Value::Null;
                bytes = summary.to_string().into_bytes();
            }
            all.insert(name.to_string_lossy().into_owned(), bytes);
        }
    }
    Some(all)
}

/// Which scenario's folder stands there, if any: all of it, and nothing else.
#[track_caller]
fn whole(folder: &Path, references: &[Files]) -> Option<usize> {
    let found = files(folder)?;
    let which = references.iter().position(|bytes| *bytes == found);
    let names: Vec<&String> = found.keys().collect();
    assert!(
        which.is_some(),
        "the folder is none of those that were written: {names:?}"
    );
    which
}

/// What stands in a folder under names that begin with a dot.
fn hidden(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it can be listed");
    let names = entries.map(|entry| entry.expect("it can be listed").file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name.starts_with('.')).collect()
}

#[test]
fn killed_runs_leave_one_whole_folder_or_none_and_the_next_run_cleans_up() {
    let rounds = std::env::var(ROUNDS_VARIABLE).ok();
    let rounds = rounds.map_or(ROUNDS, |text| text.parse().expect("a number of rounds"));
    let inputs = inputs();
    let folder = inputs.path();
    let begun = Instant::now();
    let references: Vec<Files> = SCENARIOS
        .iter()
        .map(|scenario| {
            assert_written(started(folder, scenario, scenario));
            files(&folder.join(scenario)).expect("it was written")
        })
        .collect();
    let one_run = begun.elapsed() / 3;
    assert!(references[0] != references[1] && references[1] != references[2]);

    let out = folder.join("plan");
    let mut killed = 0;
    for round in 0..rounds {
        let mut random = Random(round);
        let mut runs: Vec<Child> = (0..4)
            .map(|_| started(folder, random.scenario(), "plan"))
            .collect();
        // Four at once take longer than one.
        let longest = u64::try_from(one_run.as_micros()).expect("it is short") * 3;
        // Two of them, three, or all.
        let dying = 2 + random.below(3);
        let mut moments: Vec<u64> = (0..dying).map(|_| random.below(longest)).collect();
        moments.sort_unstable();
        let begun = Instant::now();
        for moment in moments {
            let left = Duration::from_micros(moment).saturating_sub(begun.elapsed());
            // The moment is what is drawn: nothing is waited for.
            thread::sleep(left);
            let mut run = runs.pop().expect("no more than all");
            run.kill().expect("it can be killed");
            let status = run.wait().expect("it ends");
            killed += u32::from(status.code().is_none());
        }
        for run in runs {
            assert_written(run);
        }
        let found = whole(&out, &references);
        assert!(
            dying == 4 || found.is_some(),
            "round {round}: runs wrote it"
        );
        let next = random.scenario();
        assert_written(started(folder, next, "plan"));
        let found = whole(&out, &references).map(|index| SCENARIOS[index]);
        assert_eq!(found, Some(next), "round {round}");
        assert_eq!(hidden(folder), Vec::<String>::new(), "round {round}");
        if random.below(2) == 0 {
            fs::remove_dir_all(&out).expect("it is there");
        }
    }
    say(&format!("{rounds} rounds: {killed} runs killed"));
    assert!(rounds < 6 || killed > 0, "nobody was killed in time");
}
