//! Plans that the program wrote, forged in their files: `plimsoll verify` names the row.

use crate::command_line::{contents, place, plan, plimsoll, root};
use crate::tables::Cells;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;

const INVENTORY: &str = "data/americas-2012";
const SCENARIO: &str = "drain-chi.toml";

/// The plan for the drain of Chicago, written once.
fn original() -> &'static Path {
    static PLAN: OnceLock<TempDir> = OnceLock::new();
    let folder = PLAN.get_or_init(|| {
        let folder = place();
        let mut command = plan(folder.path(), INVENTORY, SCENARIO);
        assert!(command.output().expect("the program starts").status.code() < Some(2));
        folder
    });
    folder.path()
}

/// What `verify` says of the plan after `forge` changed one of its files; 1 if it does not hold.
fn verdict_on(file: &str, forge: impl FnOnce(&str) -> String) -> (Option<i32>, String) {
    let folder = place();
    let plan = folder.path().join("plan");
    fs::create_dir(&plan).expect("there is room for a folder");
    for (name, bytes) in contents(&original().join("plan")) {
        if let Some(parent) = name.parent() {
            fs::create_dir_all(plan.join(parent)).expect("there is room for a folder");
        }
        fs::write(plan.join(name), bytes).expect("there is room for a file");
    }
    let path = plan.join(file);
    let text = fs::read_to_string(&path).expect("the plan has the file");
    let forged = forge(&text);
    assert_ne!(forged, text, "{file} was changed");
    fs::write(&path, forged).expect("there is room for a file");
    let output = plimsoll(folder.path())
        .arg("verify")
        .arg(root(INVENTORY))
        .arg("--scenario")
        .arg(root(INVENTORY).join(SCENARIO))
        .arg("plan")
        .output()
        .expect("the program starts");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), shown)
}

/// The line of the first row, and the row, for which `is_meant` holds.
fn find(cells: &Cells, is_meant: impl Fn(&dyn Fn(&str) -> String) -> bool) -> usize {
    let found = cells.rows.iter().position(|row| {
        let cell = |column: &str| row[cells.column(column).expect("a column")].clone();
        is_meant(&cell)
    });
    found.expect("the plan has such a row")
}

/// Asserts that the plan is refused and this row of the file is named, if any.
fn assert_refused(file: &str, row: Option<usize>, forge: impl FnOnce(&mut Cells)) {
    let (code, shown) = verdict_on(file, |text| {
        let mut cells = Cells::of(text);
        forge(&mut cells);
        cells.text()
    });
    assert_eq!(code, Some(1), "{shown}");
    if let Some(row) = row {
        let place = format!("error: {file}:{}", row + 2);
        assert!(shown.contains(&place), "{place} is not in\n{shown}");
    }
}

/// A file of the plan as it was written.
fn cells_of(file: &str) -> Cells {
    let path = original().join("plan").join(file);
    Cells::of(&fs::read_to_string(path).expect("the plan has the file"))
}

#[test]
fn the_plan_as_it_was_written_holds() {
    let output = plimsoll(original())
        .arg("verify")
        .arg(root(INVENTORY))
        .arg("--scenario")
        .arg(root(INVENTORY).join(SCENARIO))
        .arg("plan")
        .output()
        .expect("the program starts");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{shown}");
}

#[test]
fn a_shard_swapped_to_another_site_is_named() {
    let cells = cells_of("assignment.csv");
    let to_site = cells.column("to_site").expect("a column");
    let is_moved = |cell: &dyn Fn(&str) -> String| {
        cell("users") != "0" && cell("from_site") == "chi" && !cell("to_site").is_empty()
    };
    let row = find(&cells, is_moved);
    let other = if cells.rows[row][to_site] == "sat" {
        "iad"
    } else {
        "sat"
    };
    assert_refused("assignment.csv", None, |cells| {
        cells.rows[row][to_site] = other.to_owned();
    });
}

#[test]
fn a_shard_sent_to_the_drained_site_is_named() {
    let cells = cells_of("assignment.csv");
    let to_site = cells.column("to_site").expect("a column");
    let row = find(&cells, |cell| {
        cell("users") != "0" && cell("from_site") == "chi"
    });
    assert_refused("assignment.csv", Some(row), |cells| {
        cells.rows[row][to_site] = "chi".to_owned();
    });
}

#[test]
fn a_dropped_row_is_missed() {
    for file in [
        "assignment.csv",
        "moves.csv",
        "steering.csv",
        "headroom.csv",
        "before.csv",
        "access_points.csv",
    ] {
        assert_refused(file, None, |cells| {
            let middle = cells.rows.len() / 2;
            cells.rows.remove(middle);
        });
    }
}

#[test]
fn a_changed_load_is_named() {
    let cells = cells_of("headroom.csv");
    let load = cells.column("load").expect("a column");
    let row = find(&cells, |cell| cell("component") == "sat");
    assert_refused("headroom.csv", Some(row), |cells| {
        let number: f64 = cells.rows[row][load].parse().expect("a number");
        cells.rows[row][load] = (number * 0.99).to_string();
    });
}

#[test]
fn an_impossible_path_is_named() {
    let cells = cells_of("steering.csv");
    let path = cells.column("path").expect("a column");
    let links = cells.column("links").expect("a column");
    let row = cells.rows.len() / 3;
    assert_refused("steering.csv", Some(row), |cells| {
        let shorter: Vec<&str> = cells.rows[row][path].split('>').collect();
        let route = [shorter[0], shorter[1], shorter[shorter.len() - 1]].join(">");
        cells.rows[row][path] = route;
    });
    assert_refused("steering.csv", Some(row), |cells| {
        let ids: Vec<&str> = cells.rows[row][links].split('>').rev().collect();
        cells.rows[row][links] = ids.join(">");
    });
}

#[test]
fn a_forged_total_is_named() {
    for key in [
        "unserved_users",
        "moved_users",
        "worst_shortfall",
        "bound",
        "plan",
    ] {
        let (code, shown) = verdict_on("summary.json", |text| {
            let mut json: serde_json::Value = serde_json::from_str(text).expect("it is JSON");
            let period = &mut json["periods"][0];
            let number = match key {
                "bound" | "plan" => &mut period["stages"][0][key],
                _ => &mut period[key],
            };
            *number = (number.as_f64().expect("a number") + 1.0).into();
            json.to_string()
        });
        assert_eq!(code, Some(1), "{key}: {shown}");
        assert!(shown.contains("error: summary.json"), "{key}: {shown}");
    }
}

#[test]
fn a_replay_that_is_reported_otherwise_is_named() {
    for (of, key) in [
        ("replayed", "most_users_down"),
        ("replayed", "user_minutes"),
        ("downtime", "most_users_down"),
        ("downtime", "user_minutes"),
        ("downtime", "unserved_minutes"),
    ] {
        let (code, shown) = verdict_on("summary.json", |text| {
            let mut json: serde_json::Value = serde_json::from_str(text).expect("it is JSON");
            let value = match of {
                "replayed" => &mut json["replayed"],
                _ => &mut json["periods"][0]["downtime"],
            };
            let number = &mut value[key];
            *number = (number.as_f64().expect("a number") + 1.0).into();
            json.to_string()
        });
        assert_eq!(code, Some(1), "{of} {key}: {shown}");
        assert!(shown.contains("P7531"), "{of} {key}: {shown}");
    }
}

#[test]
fn users_forgotten_on_their_path_are_named() {
    let cells = cells_of("steering.csv");
    let users = cells.column("users").expect("a column");
    let row = cells.rows.len() / 2;
    assert_refused("steering.csv", None, |cells| {
        cells.rows[row][users] = "1".to_owned();
    });
}
