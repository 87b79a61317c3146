//! The rollbacks of runbook.sh: from every question, and after the last step, all is as it was before.

use super::files;
use super::script::{Mix, Run, mixes, number, read, rows};
use crate::folders::with;
use crate::levels::{planned, written};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Writes what it is called with into the file `log`, one line for each command, its values parted by tabs.
const COMMANDS: &str = r#"
[commands]
weight = "printf '%s\\t' weight {client_region} {profile} {max_latency_ms} {path} {weight} {site} {step} >> log; echo >> log"
move = "printf '%s\\t' move {shard} {from_site} {to_site} {how} {step} >> log; echo >> log"
open = "printf '%s\\t' open {access_point} >> log; echo >> log"
close = "printf '%s\\t' close {access_point} >> log; echo >> log"
pull = "printf '%s\\t' pull {pool} {member} {share} >> log; echo >> log"
return = "printf '%s\\t' return {pool} {member} {share} >> log; echo >> log"
throttle = "printf '%s\\t' {how} {shard} {site} {users} >> log; echo >> log"
"#;

/// Yes to every question, also where a wave is not to be rolled back.
fn yes() -> String {
    "y\nanyway\n".repeat(3_000)
}

/// What commands have changed: moves to and from a site, users served no more, access points opened, shares and weights.
#[derive(Debug, Default, PartialEq)]
struct Changed {
    homes: BTreeMap<(String, String), i32>,
    served: BTreeMap<(String, String), f64>,
    open: BTreeMap<String, i32>,
    shares: BTreeMap<(String, String), f64>,
    weights: Mix,
}

fn put(weights: &mut Mix, [region, profile, limit, path]: [&str; 4], weight: f64) {
    let site = path.rsplit('>').next().expect("a site");
    let key = (
        format!("{region}|{limit}"),
        profile.to_owned(),
        site.to_owned(),
    );
    weights
        .entry(key)
        .or_default()
        .insert(path.to_owned(), weight);
}

impl Changed {
    fn by(log: &[Vec<String>]) -> Self {
        let mut changed = Self::default();
        for line in log {
            let line: Vec<&str> = line.iter().map(String::as_str).collect();
            match line[..] {
                ["move", shard, from, to, ..] => {
                    for (site, moves) in [(from, -1), (to, 1)] {
                        let key = (shard.to_owned(), site.to_owned());
                        *changed.homes.entry(key).or_default() += moves;
                    }
                }
                ["weight", region, profile, limit, path, weight, ..] => {
                    let of = [region, profile, limit, path];
                    put(&mut changed.weights, of, number(weight));
                }
                ["open", id] => *changed.open.entry(id.to_owned()).or_default() += 1,
                ["close", id] => *changed.open.entry(id.to_owned()).or_default() -= 1,
                ["pull" | "return", pool, member, share] => {
                    let key = (pool.to_owned(), member.to_owned());
                    changed.shares.insert(key, number(share));
                }
                [how, shard, site, users] => {
                    let users = if how == "shed" { -1.0 } else { 1.0 } * number(users);
                    let key = (shard.to_owned(), site.to_owned());
                    *changed.served.entry(key).or_default() += users;
                }
                _ => panic!("{line:?}"),
            }
        }
        changed
    }

    /// What is not as it was before the plan.
    fn faults(&self, inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Vec<String> {
        let tables = written(inventory, scenario, plan);
        let mut faults = Vec::new();
        for (key, moves) in self.homes.iter().filter(|home| *home.1 != 0) {
            faults.push(format!("{key:?} has {moves} moves left"));
        }
        for (key, users) in self.served.iter().filter(|pair| pair.1.abs() > 1e-6) {
            faults.push(format!("{key:?} has {users} users more or fewer"));
        }
        for (id, times) in self.open.iter().filter(|pair| *pair.1 != 0) {
            faults.push(format!("{id} is opened {times} times"));
        }
        // The shares of the other members of a pool change with each: what counts is which are in it.
        let changes = rows(&tables, "changes.csv");
        for ((pool, member), share) in &self.shares {
            let first = changes.iter().find(|texts| texts["member"] == *member);
            let before = number(&first.expect("it is a step")["before"]);
            if (before > 0.0) != (*share > 0.0) {
                faults.push(format!(
                    "{member} of {pool} has {share} instead of {before}"
                ));
            }
        }
        let mut held = Mix::new();
        let before = mixes(&rows(&tables, "before.csv"), "users");
        for ([region, profile, limit, _], mix) in &before {
            for (path, weight) in mix {
                put(&mut held, [region, profile, limit, path], *weight);
            }
        }
        for (key, was) in &held {
            let Some(is) = self.weights.get(key) else {
                continue;
            };
            for (path, weight) in is {
                let was = was.get(path).copied().unwrap_or(0.0);
                if (was - weight).abs() > 1e-5 {
                    faults.push(format!("{path} has {weight} instead of {was}"));
                }
            }
        }
        faults
    }
}

/// Plans with one wave and with several, with members of pools, access points and users who are shed.
const PLACES: [(&str, &str); 6] = [
    ("data/tiny", "drain-chicago.toml"),
    ("tests/found/out-before-another-is-back", "scenario.toml"),
    ("tests/found/let-in-whom", "scenario.toml"),
    ("tests/found/opens-while-users-move", "scenario.toml"),
    ("tests/found/split-stays", "scenario.toml"),
    ("tests/found/turned-between-waves", "scenario.toml"),
];

/// After the last step the rollback leads to the state before, or there is none and the script says so.
#[test]
fn the_rollback_after_the_last_step_leads_to_the_state_before() {
    let mut has_rollback = 0;
    for (folder, file) in PLACES {
        let (inventory, scenario) = read(folder, file, COMMANDS);
        let plan = planned(&inventory, &scenario);
        let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
        let run = Run::of(script, &[], &yes());
        assert_eq!(run.code, Some(0), "{folder}: {}", run.printed);
        let forward = run.log().len();
        let run = run.again(&["--rollback-from", "end"], &yes());
        let is_none = script.contains("\nrollback=none\n");
        let code = if is_none { 5 } else { 4 };
        assert_eq!(run.code, Some(code), "{folder}: {}", run.printed);
        let log = run.log();
        if !script.contains("\nrollback=some\n") {
            // Where users grow the weights of the last period stay.
            assert_eq!(log.len(), forward, "{folder}");
            continue;
        }
        has_rollback += 1;
        let faults = Changed::by(&log).faults(&inventory, &scenario, &plan);
        assert!(faults.is_empty(), "{folder}: {faults:#?}\n{}", run.printed);
    }
    assert!(has_rollback >= 2, "{has_rollback} places");
}

/// `b` at any question rolls back what is done until then, and so does `--rollback-from` after a stop.
#[test]
fn from_every_question_the_rollback_leads_to_the_state_before() {
    for (folder, file) in PLACES {
        let (inventory, scenario) = read(folder, file, COMMANDS);
        let plan = planned(&inventory, &scenario);
        let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
        let mut has_stopped = 0;
        for questions in 0.. {
            let forward = "y\n".repeat(questions);
            let run = Run::of(script, &[], &format!("{forward}b\n{}", yes()));
            if run.code == Some(0) {
                break;
            }
            assert_eq!(run.code, Some(4), "{folder}: {}", run.printed);
            let log = run.log();
            let faults = Changed::by(&log).faults(&inventory, &scenario, &plan);
            assert!(
                faults.is_empty(),
                "{folder}, {questions}: {faults:#?}\n{}",
                run.printed
            );
            let stopped = Run::of(script, &[], &format!("{forward}q\n"));
            assert_eq!(stopped.code, Some(3), "{folder}: {}", stopped.printed);
            let how = "--rollback-from ";
            let Some((_, from)) = stopped.printed.split_once(how) else {
                assert_eq!(log.len(), 0, "{folder}, {questions}");
                continue;
            };
            let from = from.lines().next().expect("a number").to_owned();
            let run = stopped.again(&["--rollback-from", &from], &yes());
            assert_eq!(run.code, Some(4), "{folder}: {}", run.printed);
            assert_eq!(run.log(), log, "{folder}, {questions}");
            has_stopped += 1;
        }
        assert!(has_stopped > 0, "{folder}");
    }
}

/// Chicago's drain in three waves: its sites let 60,000 users an hour out.
fn in_waves(commands: &str) -> (Inventory, Scenario) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tiny");
    let files = crate::folders::folder(&root).into_iter();
    let files: Vec<(String, String)> = files
        .map(|file| {
            let text = String::from_utf8(file.bytes).expect("UTF-8");
            let text = if file.name == "sites.csv" {
                let (header, rows) = text.split_once('\n').expect("a header");
                let rows = rows.lines().map(|row| format!("{row},60000\n"));
                format!("{header},move_out_per_hour\n{}", rows.collect::<String>())
            } else {
                text
            };
            (file.name, text)
        })
        .collect();
    let scenario = fs::read_to_string(root.join("drain-chicago.toml")).expect("it is there");
    let waves = "\n[waves]\nminutes = 30\ngate_minutes = 5\n";
    crate::read::read(&files, &format!("{scenario}{waves}{commands}"))
}

/// From each wave of a drain with several, what is done goes back, and the limits of each wave are shown once before it does.
#[test]
fn from_each_wave_the_rollback_leads_to_the_state_before() {
    let (inventory, scenario) = in_waves(COMMANDS);
    let plan = planned(&inventory, &scenario);
    let waves: usize = plan
        .transitions
        .iter()
        .map(|transition| transition.waves.len())
        .sum();
    assert!(waves >= 3, "{waves} waves");
    let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
    let mut most = 0;
    for questions in 0.. {
        let answers = format!("{}b\n{}", "y\n".repeat(questions), yes());
        let run = Run::of(script, &[], &answers);
        if run.code == Some(0) {
            break;
        }
        let faults = Changed::by(&run.log()).faults(&inventory, &scenario, &plan);
        assert!(
            faults.is_empty(),
            "{questions}: {faults:#?}\n{}",
            run.printed
        );
        let (_, back) = run.printed.split_once("\n== Rollback ").unwrap_or_default();
        let shown = (1..=waves).filter(|index| {
            let times = back
                .matches(&format!("Wave {index} of {waves} of period 0. "))
                .count();
            assert!(times < 2, "{questions}: {}", run.printed);
            times > 0
        });
        let shown = shown.count();
        assert!(shown >= most, "{questions}: {}", run.printed);
        most = shown;
    }
    assert_eq!(most, waves);
    // Turned weights alone are a part of a wave as well: its limits are shown.
    let run = Run::of(script, &[], &format!("y\ny\nb\n{}", yes()));
    let limits = "Wave 1 of 3 of period 0. **Roll back (it takes at least";
    assert!(run.printed.contains(limits), "{}", run.printed);
}

/// Weights that a template has by client region and access point alone are those of before as well.
#[test]
fn weights_without_a_site_go_back() {
    let commands = "[commands]\nweight = \"printf '%s\\\\t' {client_region} {access_point} {weight} >> log; echo >> log\"\n";
    let (inventory, scenario) = in_waves(commands);
    let plan = planned(&inventory, &scenario);
    let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
    let mut before: BTreeMap<(String, String), f64> = BTreeMap::new();
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for row in rows(&written(&inventory, &scenario, &plan), "before.csv") {
        let region = row["client_region"].clone();
        let users = number(&row["users"]);
        *sums.entry(region.clone()).or_default() += users;
        *before
            .entry((region, row["access_point"].clone()))
            .or_default() += users;
    }
    let all = Run::of(script, &[], &yes()).again(&["--rollback-from", "end"], &yes());
    let stopped = Run::of(script, &[], &format!("{}b\n{}", "y\n".repeat(7), yes()));
    for run in [all, stopped] {
        assert_eq!(run.code, Some(4), "{}", run.printed);
        let log = run.log();
        let set = log
            .iter()
            .map(|texts| ((texts[0].clone(), texts[1].clone()), number(&texts[2])));
        let set: BTreeMap<(String, String), f64> = set.collect();
        assert!(!set.is_empty(), "{}", run.printed);
        for ((region, access_point), weight) in set {
            let users = before.get(&(region.clone(), access_point.clone()));
            let was = users.copied().unwrap_or(0.0) / sums[&region];
            assert!(
                (was - weight).abs() < 1e-6,
                "{region} {access_point}: {weight}, not {was}"
            );
        }
    }
}

/// A skipped move is not undone, and weights are whatever was skipped.
#[test]
fn what_was_skipped_is_not_undone() {
    let (inventory, scenario) = read("data/tiny", "drain-chicago.toml", COMMANDS);
    let plan = planned(&inventory, &scenario);
    let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
    for skipped in 0..8 {
        let answers = format!("{}s\ny\nb\n{}", "y\n".repeat(skipped), yes());
        let run = Run::of(script, &[], &answers);
        if run.code == Some(0) {
            continue;
        }
        assert_eq!(run.code, Some(4), "{}", run.printed);
        let faults = Changed::by(&run.log()).faults(&inventory, &scenario, &plan);
        assert!(faults.is_empty(), "{skipped}: {faults:#?}\n{}", run.printed);
    }
    let none = Run::of(script, &[], "b\n");
    assert_eq!((none.code, none.log().len()), (Some(4), 0));
    assert!(
        none.printed.contains("Nothing is done yet"),
        "{}",
        none.printed
    );
}

/// A rollback that is stopped says how to go on with it, and goes on there; wrong arguments run nothing.
#[test]
fn a_rollback_stops_and_goes_on() {
    let (inventory, scenario) = read("data/tiny", "drain-chicago.toml", COMMANDS);
    let plan = planned(&inventory, &scenario);
    let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
    let all = Run::of(script, &["--rollback-from", "end"], &yes()).log();
    let run = Run::of(script, &["--rollback-from", "end"], "y\nq\n");
    assert_eq!(run.code, Some(3), "{}", run.printed);
    let (_, next) = run
        .printed
        .split_once("--rollback-from ")
        .expect("how to go on");
    let next = next.lines().next().expect("a part").to_owned();
    let run = run.again(&["--rollback-from", &next], &yes());
    assert_eq!((run.code, run.log()), (Some(4), all));
    for wrong in [
        &["--rollback-from", "0"][..],
        &["--rollback-from", "x"],
        &["--rollback-from", "99999"],
        &["--rollback-from", "end-"],
        &["--rollback-from"],
        &["--from", "2", "--rollback-from", "3"],
    ] {
        let run = Run::of(script, wrong, &yes());
        assert_eq!((run.code, run.log().len()), (Some(2), 0), "{wrong:?}");
    }
}

/// A dry run shows every command of every rollback, and runs none.
#[test]
fn a_dry_run_shows_the_rollbacks() {
    for (folder, file) in PLACES {
        let (inventory, scenario) = read(folder, file, COMMANDS);
        let plan = planned(&inventory, &scenario);
        let script = &files(&inventory, &scenario, &plan)["runbook.sh"];
        let dry = Run::of(script, &["--dry-run"], "");
        assert_eq!((dry.code, dry.log().len()), (Some(0), 0), "{folder}");
        let shown = dry.printed.matches("\n  $ ").count();
        let written = script.matches("\n  run ").count();
        assert_eq!(shown, written, "{folder}: {}", dry.printed);
        let text = &files(&inventory, &scenario, &plan)["runbook.md"];
        let (_, said) = text
            .split_once("## Rollback after the last step\n")
            .expect("it is always there");
        let line = said.lines().find(|line| line.starts_with("1. "));
        if let Some(line) = line {
            let words = line.trim_start_matches("1. ");
            let words = words.split(", then ").next().expect("its first part");
            assert!(
                dry.printed.contains(words.trim_end_matches('.')),
                "{folder}: {line}"
            );
        }
    }
}

/// Ids that a shell would expand are one word in commands of a rollback as well, and one that looks like an option is left to the
/// operator.
#[test]
fn hostile_ids_are_words_in_a_rollback() {
    let shards = [
        "$(touch hacked)",
        "'; touch hacked; '",
        "a\\",
        "* ? ~ {a,b}",
    ];
    let rows = shards.map(|id| format!("\"{id}\",t,1,a b,mail,r,gold\n"));
    let rows = rows.concat();
    let header = "shard,tenant,users,site,profile,client_region,tier\n";
    for (more, is_by_hand) in [("", false), ("-rf,t,1,a b,mail,r,gold\n", true)] {
        let files_of = with(&[
            ("sites.csv", "site,cpu\na b,100\n$(touch hacked),100\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a b,5\nl3,p,$(touch hacked),5\n",
            ),
            ("shards.csv", &format!("{header}{rows}{more}")),
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
        for from in ["3", "end"] {
            let run = Run::of(script, &["--rollback-from", from], &yes());
            assert_eq!(run.code, Some(4), "{}", run.printed);
            assert!(!run.folder.path().join("hacked").exists(), "{script}");
            let log = fs::read_to_string(run.folder.path().join("log")).unwrap_or_default();
            assert!(run.printed.contains("Do this by hand."), "{}", run.printed);
            if is_by_hand {
                assert_eq!(log, "", "{script}");
                continue;
            }
            for id in shards {
                let line = format!("<{id}>\n<$(touch hacked)>\n<a b>\n");
                assert!(log.contains(&line), "{id}: {log}\n{script}");
            }
        }
    }
}
