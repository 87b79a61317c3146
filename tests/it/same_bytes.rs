//! The same input makes the same bytes, whatever the number of threads: on an inventory so large that everything that
//! is done in pieces is cut into several.

use crate::command_line::contents_without_seconds;
use crate::commands::plimsoll;
use plimsoll::engine::{Planner, Verdict};
use plimsoll::ids::ComponentId;
use plimsoll::model::{EventKind, Reduction};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// More than one piece of whatever is cut: tables are read by the mebibyte and written by 16,384 rows, classes are
/// priced by 1,024, groups looked up by 256.
const SIZE: [&str; 10] = [
    "--sites",
    "10",
    "--access-points",
    "24",
    "--client-regions",
    "130",
    "--shards",
    "34000",
    "--seed",
    "3",
];

fn made() -> TempDir {
    let folder = TempDir::new().expect("there is room for a folder");
    let generate = [&["generate", "--out", "made", "--quiet"][..], &SIZE].concat();
    plimsoll(&folder, &generate).assert().code(0);
    folder
}

/// What the program said, and every file of a plan, with so many threads.
type Written = (Vec<u8>, BTreeMap<PathBuf, Vec<u8>>);

fn written(folder: &TempDir, scenario: &str, threads: &str) -> Written {
    let plan = [
        "plan",
        "made",
        "--scenario",
        scenario,
        "--out",
        "plan",
        "--threads",
        threads,
    ];
    let output = plimsoll(folder, &plan)
        .output()
        .expect("the program starts");
    let out = folder.path().join("plan");
    let contents = contents_without_seconds(&out);
    fs::remove_dir_all(&out).expect("the plan was written");
    (output.stdout, contents)
}

/// Asserts that the plan of a scenario is the same however it is made; its summary.
fn same_bytes(folder: &TempDir, scenario: &str) -> Value {
    let first = written(folder, scenario, "1");
    for threads in ["1", "2", "4"] {
        let again = written(folder, scenario, threads);
        let differs = |(name, bytes): &(&PathBuf, &Vec<u8>)| again.1.get(*name) != Some(*bytes);
        let different: Vec<&PathBuf> = first
            .1
            .iter()
            .filter(differs)
            .map(|(name, _)| name)
            .collect();
        assert!(
            different.is_empty(),
            "{scenario}, {threads} threads: {different:?}"
        );
        assert!(again == first, "{scenario}, {threads} threads");
    }
    let size = |name: &str| first.1[Path::new(name)].len();
    assert!(
        size("assignment.csv") > 1 << 20,
        "{}",
        size("assignment.csv")
    );
    assert!(size("inputs/shards.csv") > 1 << 20);
    let summary = &first.1[Path::new("summary.json")];
    serde_json::from_slice(summary).expect("summary.json is JSON")
}

#[test]
fn a_large_drain_and_a_large_shortage_make_the_same_bytes_on_any_number_of_threads() {
    let folder = made();
    for (scenario, is_short) in [("made/drain.toml", false), ("made/shortage.toml", true)] {
        let summary = same_bytes(&folder, scenario);
        let count = |key: &str| summary["model"][key].as_u64().expect("a count");
        assert!(count("shards") > 2 * 16_384);
        assert!(count("classes") > 2 * 1_024);
        assert!(count("groups") > 2 * 256);
        let period = &summary["periods"][0];
        let amount = |key: &str| period[key].as_f64().expect("an amount");
        assert!(amount("moved_users") > 0.0);
        assert_eq!(amount("unserved_users") > 0.0, is_short, "{scenario}");
    }
}

#[test]
fn verdicts_on_a_large_inventory_are_the_same_from_any_thread() {
    let folder = made();
    let files: Vec<(String, String)> = crate::naive_cases::csv_files(&folder.path().join("made"));
    let quiet =
        "[scenario]\nname = \"quiet\"\nstart = 2030-03-01T00:00:00Z\nend = 2030-03-02T00:00:00Z\n";
    let (inventory, scenario) = crate::read::read(&files, quiet);
    let planner = Planner::new(inventory, scenario).expect("it is loaded");
    let sites = planner.inventory().sites.len();
    let ask = |site: usize| {
        let lost = Reduction::all_of(ComponentId::new(site));
        planner
            .verdict(&[EventKind::Failure(lost)])
            .expect("it is answered")
    };
    let first: Vec<Verdict> = (0..sites).map(ask).collect();
    assert!(first.iter().any(|verdict| !verdict.holds()));
    std::thread::scope(|scope| {
        let askers: Vec<_> = (0..4)
            .map(|asker| {
                // Each begins elsewhere, so that different questions meet.
                let order = (0..sites).map(move |index| (index + asker * 3) % sites);
                scope.spawn(move || order.map(|site| (site, ask(site))).collect::<Vec<_>>())
            })
            .collect();
        for asker in askers {
            for (site, verdict) in asker.join().expect("nobody panics") {
                assert_eq!(verdict, first[site], "site {site}");
            }
        }
    });
    for threads in [1, 2, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let again: Vec<Verdict> = pool
            .expect("threads can be started")
            .install(|| (0..sites).map(ask).collect());
        assert_eq!(again, first, "{threads} threads");
    }
}
