//! Long because each question of the script is answered here in every manner.
//!
//! runbook.sh: it runs what the plan asks, whatever ids the inventory has, asks before it does, and stops where it is told to.

use super::files;
use crate::folders::with;
use crate::levels::planned;
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::scenario::{self, ScenarioText};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Writes what it is called with into the file `log`, one line for each command, its values parted by tabs.
const COMMANDS: &str = r#"
[commands]
weight = "printf '%s\\t' weight {step} {client_region} {profile} {max_latency_ms} {path} {weight} {site} >> log; echo >> log"
move = "printf '%s\\t' move {step} {period} {wave} {shard} {from_site} {to_site} >> log; echo >> log"
open = "printf '%s\\t' open_access_point {access_point} >> log; echo >> log"
close = "printf '%s\\t' close_access_point {access_point} >> log; echo >> log"
pull = "printf '%s\\t' take_out {pool} {member} {share} >> log; echo >> log"
return = "printf '%s\\t' put_back {pool} {member} {share} >> log; echo >> log"
throttle = "printf '%s\\t' {how} {shard} {site} {users} >> log; echo >> log"
"#;

pub(super) fn read(folder: &str, file: &str, commands: &str) -> (Inventory, Scenario) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let reading = inventory::read(&crate::folders::folder(&folder));
    let inventory = reading.inventory.expect("it is sound");
    let text = fs::read_to_string(folder.join(file)).expect("it is there");
    let layer = |name: &str, text: &str| ScenarioText {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let layers = [layer(file, &text), layer("commands.toml", commands)];
    let reading = scenario::read(&layers, &inventory);
    let scenario = reading.scenario;
    let scenario = scenario.unwrap_or_else(|| panic!("{:?}", reading.findings));
    (inventory, scenario)
}

/// The folder in which a script ran, its exit code and what it printed.
pub(super) struct Run {
    pub(super) folder: TempDir,
    pub(super) code: Option<i32>,
    pub(super) printed: String,
}

impl Run {
    pub(super) fn of(script: &str, arguments: &[&str], answers: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("runbook.sh"), script).expect("it is written");
        let run = Self {
            folder,
            code: None,
            printed: String::new(),
        };
        run.again(arguments, answers)
    }

    /// Runs it once more where it ran.
    pub(super) fn again(self, arguments: &[&str], answers: &str) -> Self {
        let mut child = Command::new("sh")
            .arg("runbook.sh")
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        let mut input = child.stdin.take().expect("it is piped");
        // Whoever stops early reads no more answers.
        let _ = input.write_all(answers.as_bytes());
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        let printed = [output.stdout, output.stderr].concat();
        Self {
            code: output.status.code(),
            printed: String::from_utf8_lossy(&printed).into_owned(),
            ..self
        }
    }

    pub(super) fn log(&self) -> Vec<Vec<String>> {
        let text = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines = text.lines();
        lines
            .map(|line| {
                let line = line.strip_suffix('\t').unwrap_or(line);
                line.split('\t').map(str::to_owned).collect()
            })
            .collect()
    }
}

/// Whose weights, on which path.
pub(super) type Mix = BTreeMap<(String, String, String), BTreeMap<String, f64>>;

pub(super) fn rows(
    plan: &[plimsoll::report::written::WrittenFile],
    name: &str,
) -> Vec<BTreeMap<String, String>> {
    let file = plan
        .iter()
        .find(|written_file| written_file.name == name)
        .expect("it is written");
    let mut csv = csv::Reader::from_reader(file.bytes.as_slice());
    let header: Vec<String> = csv
        .headers()
        .expect("a header")
        .iter()
        .map(str::to_owned)
        .collect();
    let records = csv.records().map(|record| record.expect("a row"));
    records
        .map(|record| {
            let cells = record.iter().map(str::to_owned);
            header.iter().cloned().zip(cells).collect()
        })
        .collect()
}

pub(super) fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("a number: {text}"))
}

/// The weights of rows, by group and site; of steering.csv by users.
pub(super) fn mixes(
    rows: &[BTreeMap<String, String>],
    value: &str,
) -> BTreeMap<[String; 4], BTreeMap<String, f64>> {
    let mut mixes: BTreeMap<[String; 4], BTreeMap<String, f64>> = BTreeMap::new();
    for row in rows {
        let key =
            ["client_region", "profile", "max_latency_ms", "site"].map(|text| row[text].clone());
        *mixes
            .entry(key)
            .or_default()
            .entry(row["path"].clone())
            .or_default() += number(&row[value]);
    }
    for mix in mixes.values_mut() {
        let sum: f64 = mix.values().sum();
        for share in mix.values_mut() {
            *share /= sum.max(f64::MIN_POSITIVE);
        }
    }
    mixes
}

/// All commands of a plan, run in order, do what its files say: every step of changes.csv, every move once, and at the end the
/// weights of the last period.
#[test]
fn the_commands_of_a_script_lead_to_the_plan() {
    for (folder, file) in [
        ("data/tiny", "drain-chicago.toml"),
        ("tests/found/out-before-another-is-back", "scenario.toml"),
        ("tests/found/let-in-whom", "scenario.toml"),
        ("tests/found/opens-while-users-move", "scenario.toml"),
        ("tests/found/split-stays", "scenario.toml"),
    ] {
        let (inventory, scenario) = read(folder, file, COMMANDS);
        let plan = planned(&inventory, &scenario);
        assert!(!plan.is_refused(), "{folder}");
        let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
        let run = Run::of(script, &[], &"y\n".repeat(2_000));
        assert_eq!(run.code, Some(0), "{folder}: {}", run.printed);
        let log = run.log();
        let tables = crate::levels::written(&inventory, &scenario, &plan);
        let changes = rows(&tables, "changes.csv");
        let of_action = |action: &str| {
            changes
                .iter()
                .filter(|texts| texts["action"] == action)
                .count()
        };
        for action in [
            "open_access_point",
            "close_access_point",
            "take_out",
            "put_back",
            "shed",
            "let_in",
        ] {
            let run = log.iter().filter(|texts| texts[0] == action).count();
            assert_eq!(run, of_action(action), "{folder}: {action} {log:?}");
        }
        let moved: BTreeSet<Vec<String>> = log
            .iter()
            .filter(|texts| texts[0] == "move")
            .map(|texts| texts[2..].to_vec())
            .collect();
        let moves: BTreeSet<Vec<String>> = rows(&tables, "moves.csv")
            .iter()
            .map(|texts| {
                ["period", "wave", "shard", "from_site", "to_site"]
                    .map(|key| texts[key].clone())
                    .to_vec()
            })
            .collect();
        assert_eq!(moved, moves, "{folder}");
        // What the weights are in the end: the site is the last place of a path.
        let before = mixes(&rows(&tables, "before.csv"), "users");
        let mut set: Mix = Mix::new();
        let mut put = |region: &str, profile: &str, limit: &str, path: &str, weight: f64| {
            let site = path.rsplit('>').next().expect("a site");
            let key = (
                format!("{region}|{limit}"),
                profile.to_owned(),
                site.to_owned(),
            );
            set.entry(key).or_default().insert(path.to_owned(), weight);
        };
        for ([region, profile, limit, _], mix) in &before {
            for (path, weight) in mix {
                put(region, profile, limit, path, *weight);
            }
        }
        for texts in log.iter().filter(|texts| texts[0] == "weight") {
            put(
                &texts[2],
                &texts[3],
                &texts[4],
                &texts[5],
                number(&texts[6]),
            );
        }
        let last = plan.periods.len() - 1;
        let steering = rows(&tables, "steering.csv");
        let steering: Vec<_> = steering
            .into_iter()
            .filter(|texts| texts["period"] == last.to_string() && number(&texts["users"]) > 1e-3)
            .collect();
        assert!(!steering.is_empty(), "{folder}");
        for ([region, profile, limit, site], mix) in mixes(&steering, "users") {
            let key = (format!("{region}|{limit}"), profile, site);
            let held = set.get(&key).unwrap_or_else(|| panic!("{folder}: {key:?}"));
            let paths: BTreeSet<&String> = mix.keys().chain(held.keys()).collect();
            for path in paths {
                let weight = |of: &BTreeMap<String, f64>| of.get(path).copied().unwrap_or(0.0);
                let [is, should] = [weight(held), weight(&mix)];
                assert!(
                    (is - should).abs() < 1e-5,
                    "{folder}: {key:?} {path} {is} {should}"
                );
            }
        }
    }
}

/// Weights by client region and access point alone are the shares of a region's users that enter there: they sum to 1, and are
/// those of steering.csv in the end.
#[test]
fn weights_without_a_site_are_added_up_by_users() {
    let commands = "[commands]\nweight = \"printf '%s\\\\t' {client_region} {access_point} {weight} >> log; echo >> log\"\n";
    let (inventory, scenario) = read("data/tiny", "drain-chicago.toml", commands);
    let plan = planned(&inventory, &scenario);
    let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
    let run = Run::of(script, &[], &"y\n".repeat(500));
    assert_eq!(run.code, Some(0), "{}", run.printed);
    let tables = crate::levels::written(&inventory, &scenario, &plan);
    let last = (plan.periods.len() - 1).to_string();
    let mut shares: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for row in rows(&tables, "steering.csv")
        .iter()
        .filter(|texts| texts["period"] == last)
    {
        let region = shares.entry(row["client_region"].clone()).or_default();
        *region.entry(row["access_point"].clone()).or_default() += number(&row["users"]);
    }
    let log = run.log();
    assert!(!log.is_empty(), "{script}");
    let mut set: BTreeMap<(String, String), f64> = BTreeMap::new();
    for texts in &log {
        set.insert((texts[0].clone(), texts[1].clone()), number(&texts[2]));
    }
    for ((region, access_point), weight) in &set {
        let all = &shares[region];
        let sum: f64 = all.values().sum();
        let should = all.get(access_point).copied().unwrap_or(0.0) / sum;
        assert!(
            (weight - should).abs() < 1e-6,
            "{region} {access_point} {weight} {should}"
        );
    }
}

/// Ids that a shell would run, expand or end a word at are one word each, and nothing else is run.
#[test]
fn hostile_ids_are_words_and_nothing_is_run_of_them() {
    let shards = [
        "$(touch hacked)",
        "`touch hacked`",
        "'; touch hacked; '",
        "\\\"; touch hacked; \\\"",
        "a & touch hacked",
        "* ? [a-z] ~ {a,b}",
        "#!history !! $HOME ${HOME}",
        "a\\",
        "\\\\n %s %d",
        "x > hacked",
        "ünïcödé ☂",
    ];
    let quoted = |id: &str| format!("\"{}\"", id.replace('"', "\"\""));
    let rows: Vec<String> = shards
        .iter()
        .map(|id| format!("{},t,1,a b,mail,r,gold\n", quoted(id)))
        .collect();
    let header = "shard,tenant,users,site,profile,client_region,tier\n";
    let dashed = "-rf,t,1,a b,mail,r,gold\n";
    for (more, is_by_hand) in [("", false), (dashed, true)] {
        let files_of = with(&[
            ("sites.csv", "site,cpu\na b,100\n$(touch hacked),100\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a b,5\nl3,p,$(touch hacked),5\n",
            ),
            ("shards.csv", &format!("{header}{}{more}", rows.concat())),
        ]);
        let files_of: Vec<(String, String)> = files_of
            .into_iter()
            .map(|source_file| {
                (
                    source_file.name,
                    String::from_utf8(source_file.bytes).expect("UTF-8"),
                )
            })
            .collect();
        let scenario = "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T08:00:00Z\n\
            [[event]]\nkind = \"maintenance\"\ncomponent = \"a b\"\nstart = 2030-03-01T06:00:00Z\n\
            [commands]\nmove = \"printf '<%s>\\\\n' {shard} {from_site} {to_site} >> log\"\n";
        let (inventory, scenario) = crate::read::read(&files_of, scenario);
        let plan = planned(&inventory, &scenario);
        let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
        let run = Run::of(script, &[], &"y\n".repeat(200));
        assert_eq!(run.code, Some(0), "{}", run.printed);
        let names: Vec<String> = fs::read_dir(run.folder.path())
            .expect("a folder")
            .map(|dir_entry| {
                dir_entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        assert!(
            !names.iter().any(|name| name == "hacked"),
            "{names:?}\n{script}"
        );
        let log = fs::read_to_string(run.folder.path().join("log")).unwrap_or_default();
        if is_by_hand {
            // An id that a command would take for an option is left to the operator.
            assert_eq!(log, "", "{script}");
            assert!(run.printed.contains("Do this by hand."), "{}", run.printed);
            continue;
        }
        for id in shards {
            let line = format!("<{id}>\n<a b>\n<$(touch hacked)>\n");
            assert!(log.contains(&line), "{id}: {log}\n{script}");
        }
        assert_eq!(log.lines().count(), 3 * shards.len());
    }
}

/// `q` stops before a step, with how to go on from it; from there it goes on.
#[test]
fn a_script_stops_where_it_should_and_goes_on_from_there() {
    let (inventory, scenario) = read("data/tiny", "drain-chicago.toml", COMMANDS);
    let plan = planned(&inventory, &scenario);
    let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
    let all = Run::of(script, &[], &"y\n".repeat(500)).log();
    let stopped = Run::of(script, &[], "y\nq\n");
    assert_eq!(stopped.code, Some(3), "{}", stopped.printed);
    assert!(stopped.printed.contains("--from 2"), "{}", stopped.printed);
    let rest = Run::of(script, &["--from", "2"], &"y\n".repeat(500));
    assert_eq!([stopped.log(), rest.log()].concat(), all);
    // Without an answer nothing is run.
    let silent = Run::of(script, &[], "");
    assert_eq!((silent.code, silent.log().len()), (Some(3), 0));
    // A dry run shows all and runs nothing.
    let dry = Run::of(script, &["--dry-run"], "");
    assert_eq!((dry.code, dry.log().len()), (Some(0), 0), "{}", dry.printed);
    let (forward, _) = dry
        .printed
        .split_once("== Rollback of step ")
        .expect("it shows the rollback as well");
    let shown = forward.matches("  $ ").count();
    assert_eq!(shown, all.len(), "{}", dry.printed);
    assert_eq!(Run::of(script, &["--from", "x"], "").code, Some(2));
    // A skipped step runs nothing.
    let skipped = Run::of(script, &[], &"s\n".repeat(500));
    assert_eq!((skipped.code, skipped.log().len()), (Some(0), 0));
    // Each command may be asked for.
    let each = Run::of(script, &[], &format!("e\n{}", "s\n".repeat(500)));
    assert_eq!(
        (each.code, each.log().len()),
        (Some(0), 0),
        "{}",
        each.printed
    );
}

/// A command that fails is told, and the operator says whether to go on.
#[test]
fn a_failing_command_is_reported() {
    let commands = "[commands]\nmove = \"false {shard} {to_site}\"\n";
    let (inventory, scenario) = read("data/tiny", "drain-chicago.toml", commands);
    let plan = planned(&inventory, &scenario);
    let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
    let answers = "y\n".repeat(3) + "q\n";
    let run = Run::of(script, &[], &answers);
    assert!(
        run.printed.contains("It failed with exit code 1."),
        "{}",
        run.printed
    );
}

/// A command that fails may be run again; where it fails to the end, the script ends with 6 and says so.
#[test]
fn failed_commands_are_run_again_and_counted() {
    let commands =
        "[commands]\nmove = \"test -e again || { touch again; false {shard} {to_site}; }\"\n";
    let (inventory, scenario) = read("data/tiny", "drain-chicago.toml", commands);
    let plan = planned(&inventory, &scenario);
    let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
    // Every question but that of a failure takes `r` as no answer.
    let once = Run::of(script, &[], &"y\nr\n".repeat(100));
    assert_eq!(
        once.printed.matches("[r]etry, [s]kip it and go on").count(),
        1,
        "{}",
        once.printed
    );
    assert_eq!(once.code, Some(0), "{}", once.printed);
    let never = "[commands]\nmove = \"false {shard} {to_site}\"\n";
    let (inventory, scenario) = read("data/tiny", "drain-chicago.toml", never);
    let plan = planned(&inventory, &scenario);
    let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
    let run = Run::of(script, &[], &"y\n".repeat(100));
    assert_eq!(run.code, Some(6), "{}", run.printed);
    assert!(
        run.printed.contains("What they should do is not done."),
        "{}",
        run.printed
    );
    // Back again nothing succeeds either, and the steps are named.
    let back = Run::of(script, &["--rollback-from", "end"], &"y\n".repeat(100));
    assert_eq!(back.code, Some(6), "{}", back.printed);
    assert!(back.printed.contains("(rollback)"), "{}", back.printed);
    // A signal stops it, and it says from where to go on.
    let signal = "[commands]\nmove = \"kill -TERM $PPID; : {shard} {to_site}\"\n";
    let (inventory, scenario) = read("data/tiny", "drain-chicago.toml", signal);
    let plan = planned(&inventory, &scenario);
    let killed = &files(&inventory, &scenario, &plan)["runbook.sh"];
    let killed = Run::of(killed, &[], &"y\n".repeat(100));
    assert_eq!(killed.code, Some(3), "{}", killed.printed);
    for said in [
        "Interrupted: the last command above may be done in part.",
        "commands ran, 1 may be done in part,",
    ] {
        assert!(killed.printed.contains(said), "{}", killed.printed);
    }
    // `n` does nothing.
    let held = Run::of(script, &[], "n\nq\n");
    assert_eq!(held.code, Some(3));
    assert!(
        held.printed
            .contains("Do nothing further. Wait and answer again"),
        "{}",
        held.printed
    );
    for beyond in [["--from", "99"], ["--rollback-from", "end-99"]] {
        assert_eq!(Run::of(script, &beyond, "").code, Some(2), "{beyond:?}");
    }
}

/// A refused plan has a script that says so and ends.
#[test]
fn the_script_of_a_refused_plan_runs_nothing() {
    let folder = "data/incidents/22-january-2026";
    let (inventory, scenario) = read(folder, "at-once.toml", COMMANDS);
    let plan = planned(&inventory, &scenario);
    assert!(plan.is_refused());
    let files = files(&inventory, &scenario, &plan);
    let run = Run::of(&files["runbook.sh"], &[], &"y\n".repeat(50));
    assert_eq!((run.code, run.log().len()), (Some(1), 0));
    assert!(
        run.printed
            .contains("The plan is refused: do not begin any of its waves."),
        "{}",
        run.printed
    );
    assert!(
        run.printed.contains("Chicago's drain needs "),
        "{}",
        run.printed
    );
    assert_eq!(
        files["runbook.csv"].lines().count(),
        1,
        "no step is written"
    );
}
