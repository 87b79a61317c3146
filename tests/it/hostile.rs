//! Ids and names that would run as formulas, break out of markup, turn the reading direction or fill the line: they
//! are planned, written, read back and judged like any other, and harm neither spreadsheet nor terminal.

use crate::draw::random::Random;
use crate::draw::{Size, draw};
use crate::folders::{file, with};
use crate::levels::{judged, planned};
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use crate::tables::{Cells, changed, renamed_by};
use assert_cmd::Command;
use plimsoll::plan::changes;
use plimsoll::plan_files::{guarded, unguarded};
use plimsoll::report::text::visible;
use plimsoll::report::written::tables;
use proptest::prelude::*;
use resvg::usvg::roxmltree;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// How hostile ids begin.
const BEGINNINGS: [&str; 24] = [
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"http://x\",\"y\")",
    "@SUM(1+1)",
    "+1",
    "-1",
    "'",
    "'=1",
    "''@x",
    "＝1+1",
    "\u{3000}=1",
    "<script>alert(1)</script>",
    "\"quoted\", and, commas",
    "a>b",
    "\u{202e}gpj.exe",
    "\u{200f}\u{2066}right to left",
    "\u{feff}hidden",
    "🦄 emoji 🧨",
    "café\u{301}",
    "שלום עולם",
    "مرحبا",
    "東京 大阪",
    "</style></title></script><script>window.broken=1</script>",
    "]]><!-- & &amp",
    "{{ 7 * 7 }}{% raw %}",
];

/// A hostile id for an id; another one for another. One in eight is as long as ids may be.
fn hostile(id: &str, seed: u64) -> String {
    let mut mixed = seed;
    for byte in id.bytes() {
        mixed = mixed.wrapping_mul(31).wrapping_add(u64::from(byte));
    }
    let mut random = Random::new(mixed);
    let beginning = BEGINNINGS[random.whole(0, BEGINNINGS.len() - 1)];
    let mut text = format!("{beginning} {id}");
    if random.whole(0, 7) == 0 {
        let missing = 128 - text.chars().count();
        text.extend(std::iter::repeat_n('W', missing));
    }
    text
}

/// `true` if a spreadsheet takes a cell for a formula: its rule, written down once more.
fn is_formula(cell: &str) -> bool {
    let is_number = cell.parse::<f64>().is_ok();
    let first = cell.chars().find(|character| !character.is_whitespace());
    !is_number && first.is_some_and(|first| "=+-@＝＋－＠".contains(first))
}

/// Every cell of a CSV file, headers too.
fn cells(text: &str) -> Vec<String> {
    let cells = Cells::of(text);
    std::iter::once(cells.header)
        .chain(cells.rows)
        .flatten()
        .collect()
}

#[track_caller]
fn assert_inert(name: &str, text: &str) {
    let running: Vec<String> = cells(text)
        .into_iter()
        .filter(|cell| is_formula(cell))
        .collect();
    assert_eq!(running, Vec::<String>::new(), "{name}");
}

#[test]
fn hostile_ids_are_planned_written_and_judged_like_others() {
    let mut guards = 0;
    for seed in 0..60 {
        let drawn = draw(seed, Size::SMALL);
        let (files, scenario) = renamed_by(&drawn.files, &drawn.scenario, |id| hostile(id, seed));
        let (inventory, scenario) = read(&files, &scenario);
        let plan = planned(&inventory, &scenario);
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "seed {seed}: {verdict}");
        let ids: BTreeSet<&str> = inventory.shard_ids.iter().collect();
        for file in tables(
            &inventory,
            &scenario,
            &plan,
            &changes(&inventory, &scenario, &plan),
        )
        .expect("the plan can be written")
        {
            let text = String::from_utf8(file.bytes).expect("text is written");
            assert_inert(&file.name, &text);
            let cells = Cells::of(&text);
            let Some(shard) = cells.column("shard") else {
                continue;
            };
            for row in cells.rows.iter().filter(|row| !row[shard].is_empty()) {
                assert!(ids.contains(unguarded(&row[shard])), "{}", row[shard]);
                guards += usize::from(row[shard].starts_with('\''));
            }
        }
    }
    assert!(guards > 100, "{guards}");
}

/// As a hand writes it: formulas as they are, apostrophes as they are where no formula follows.
#[test]
fn hand_made_plan_may_leave_the_apostrophes_out() {
    let shards = "shard,tenant,users,site,profile,client_region,tier\n=s,-t,10,a,mail,r,gold\n's,@t,5,a,mail,r,gold\n";
    let inventory = plimsoll::inventory::read(&with(&[("shards.csv", shards)]));
    let inventory = inventory.inventory.expect("a sound inventory");
    let layer = plimsoll::scenario::ScenarioText {
        name: "quiet.toml".to_owned(),
        text: "[scenario]\nname = \"quiet\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n"
            .to_owned(),
    };
    let scenario = plimsoll::scenario::read(&[layer], &inventory).scenario;
    let files = [
        file(
            "assignment.csv",
            "period,shard,tenant,users,from_site,to_site,share,reason\n0,=s,-t,10,a,a,1,home\n0,'s,@t,5,a,a,1,home\n",
        ),
        file(
            "steering.csv",
            "period,client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
             0,r,mail,,p,a,r>p>a,l1>l2,15,1,10\n",
        ),
    ];
    let files = files.each_ref().map(|file| plimsoll::plan_files::PlanFile {
        name: &file.name,
        bytes: &file.bytes,
    });
    let (plan, findings) = plimsoll::plan_files::read(&files);
    let plan = plan.unwrap_or_else(|| panic!("{findings:?}"));
    let scenario = scenario.expect("a sound scenario");
    let verdict = plimsoll::plan::check::check(&inventory, &scenario, plan);
    assert!(verdict.holds(), "{verdict}");
}

/// data/tiny with hostile ids and names in a folder.
fn hostile_tiny(seed: u64) -> TempDir {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tiny");
    let scenario = text(&folder.join("drain-chicago.toml"));
    let (files, scenario) = renamed_by(&csv_files(&folder), &scenario, |id| hostile(id, seed));
    let files = changed(&files, |_, mut cells| {
        for column in ["name", "unit"] {
            if let Some(at) = cells.column(column) {
                for row in &mut cells.rows {
                    row[at] = hostile(&row[at], seed);
                }
            }
        }
        cells
    });
    let name = "<script>\\u202e=1</script> שלום".to_owned() + &"東".repeat(40);
    let scenario = scenario.replace("tiny-drain-chicago", &name);
    let folder = TempDir::new().expect("there is room for a folder");
    fs::create_dir(folder.path().join("inventory")).expect("there is room for a folder");
    for (name, text) in files {
        fs::write(folder.path().join("inventory").join(name), text).expect("there is room");
    }
    fs::write(folder.path().join("drain.toml"), scenario).expect("there is room");
    folder
}

/// Runs the program; what it says must not move a cursor or turn a line.
fn said(folder: &TempDir, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
    let output = command
        .current_dir(folder.path())
        .args(args)
        .output()
        .expect("the program starts");
    for bytes in [&output.stdout, &output.stderr] {
        let text = std::str::from_utf8(bytes).expect("text is printed");
        for line in text.lines() {
            assert_eq!(visible(line), line, "{args:?}");
        }
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), text)
}

#[test]
fn hostile_inventory_harms_neither_folder_nor_terminal() {
    for seed in [1, 4, 8] {
        let folder = hostile_tiny(seed);
        let ask = ["inventory", "--scenario", "drain.toml"];
        let (code, shown) = said(&folder, &[&["plan"], &ask[..], &["--out", "out"]].concat());
        assert_eq!(code, Some(1), "{shown}");
        let (code, shown) = said(&folder, &[&["verify"], &ask[..], &["out"]].concat());
        assert_eq!(code, Some(0), "{shown}");
        let (code, shown) = said(&folder, &[&["check"], &ask[..]].concat());
        assert_eq!(code, Some(0), "{shown}");
        let calm = [&["plan"], &ask[..], &["--out", "calm", "--no-charts"]].concat();
        said(&folder, &calm);
        let (shard, component) = (id(&folder, "shards.csv"), id(&folder, "sites.csv"));
        for command in [
            &["explain", "out"][..],
            &["explain", "out", "--shard", &shard],
            &["explain", "out", "--component", &component],
            &["compare", "out"],
            &["compare", "out", "calm"],
            &["compare", "out", "--out", "difference"],
        ] {
            let (code, shown) = said(&folder, command);
            assert!(matches!(code, Some(0 | 1)), "{command:?}: {shown}");
            assert!(shown.len() > 100, "{command:?}: {shown}");
        }
        for command in [
            vec!["explain", "out", "--json"],
            vec!["explain", "out", "--shard", &shard, "--json"],
            vec!["explain", "out", "--component", &component, "--json"],
            vec!["compare", "out", "--json"],
            [&["check", "inventory", "--json"], &ask[1..]].concat(),
            [&["verify"], &ask[..], &["out", "--json"]].concat(),
            [&["plan"], &ask[..], &["--out", "out", "--json"]].concat(),
        ] {
            let (_, shown) = said(&folder, &command);
            serde_json::from_str::<serde_json::Value>(&shown).expect("it is JSON");
        }
        let mut scanned = [0; 5];
        for folder in ["out", "out/charts", "difference"].map(|text| folder.path().join(text)) {
            for entry in fs::read_dir(folder).expect("the folder is there") {
                let path = entry.expect("the folder can be listed").path();
                scanned[look(&path)] += 1;
            }
        }
        let [tables, pictures, pages, documents, _] = scanned;
        assert!(tables >= 14 && pictures >= 6, "{scanned:?}");
        assert!(pages >= 1 && documents >= 2, "{scanned:?}");
    }
}

/// The first id of a table of the inventory.
fn id(folder: &TempDir, table: &str) -> String {
    let table = Cells::of(&text(&folder.path().join("inventory").join(table)));
    table.rows[0][0].clone()
}

/// Looks into a written file: a table, a picture, a page, a JSON document, or anything else.
fn look(path: &Path) -> usize {
    let name = path.display().to_string();
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => {
            assert_inert(&name, &text(path));
            0
        }
        Some("svg") => {
            let text = text(path);
            let picture = roxmltree::Document::parse(&text);
            let picture = picture.unwrap_or_else(|problem| panic!("{name}: {problem}"));
            let strange: Vec<&str> = picture
                .descendants()
                .map(|node| node.tag_name().name())
                .filter(|tag| ["script", "a", "image", "foreignObject"].contains(tag))
                .collect();
            assert_eq!(strange, Vec::<&str>::new(), "{name}");
            assert_eq!(
                visible(&text.replace('\n', " ")),
                text.replace('\n', " "),
                "{name}"
            );
            1
        }
        Some("html") => {
            let text = text(path);
            // The page of a runbook has no script.
            let scripts = usize::from(!name.ends_with("runbook.html"));
            assert_eq!(text.matches("<script").count(), scripts, "{name}");
            assert_eq!(text.matches("</style>").count(), 1, "{name}");
            for line in text.lines() {
                assert_eq!(visible(line), line, "{name}");
            }
            2
        }
        Some("json") => {
            let text = text(path);
            serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON");
            assert!(
                !text.contains(['\u{202e}', '\u{2066}', '\u{feff}']),
                "{name}"
            );
            3
        }
        _ => 4,
    }
}

/// Line ends never come so far.
#[test]
fn names_and_ids_with_line_ends_are_refused() {
    for (name, rows) in [
        ("sites.csv", "site,name,cpu\na,\"two\nlines\",100\n"),
        ("sites.csv", "site,name,cpu\n\"a\tb\",a,100\n"),
    ] {
        let reading = plimsoll::inventory::read(&with(&[(name, rows)]));
        assert!(reading.inventory.is_none());
        let codes = reading.findings.iter().map(|finding| finding.code.0);
        assert!(
            codes.into_iter().any(|code| code == "P2003"),
            "{:?}",
            reading.findings
        );
    }
}

proptest! {
    /// One apostrophe there, one back, whatever the text; and nothing that runs.
    #[test]
    fn guarded_text_is_inert_and_reads_back(text in "['=+@ ＝\\-\t\r\na-c]{0,6}|\\PC{0,20}") {
        let cell = guarded(&text);
        prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']));
        prop_assert!(!cell.starts_with(['\t', '\r', '\n']));
        prop_assert_eq!(unguarded(&cell), &text);
    }

    /// Texts without a guard mean themselves, unless an apostrophe stands before what would need one.
    #[test]
    fn text_without_a_guard_is_taken_as_it_is(text in "[=+@\\-a-c][=+@\\-a-c']{0,6}|'[a-c]{0,3}") {
        prop_assert_eq!(unguarded(&text), &text);
    }
}
