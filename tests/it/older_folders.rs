//! Older folders: plans whose tables lack columns, and whose summary lacks keys, that came later.

use crate::command_line::{place, plimsoll, root};
use crate::tables::Cells;
use std::fs;

/// Tables with columns that older plans do not have.
const LATER: [(&str, &[&str]); 5] = [
    ("moves.csv", &["wave"]),
    ("changes.csv", &MARKS),
    ("changes_back.csv", &MARKS),
    ("waves.csv", &["stop_failures", "stop_unserved_users"]),
    ("headroom.csv", &["before_utilization", "written_target"]),
];

/// What rows of steps have had since waves, pools and marks stand among them.
const MARKS: [&str; 6] = ["at", "wave", "pool", "member", "component", "event"];

/// A plan is read without them: it is replayed, explained and compared, and `verify` judges what there is.
#[test]
fn plans_without_later_columns_are_read() {
    let place = place();
    let inventory = root("data/tiny");
    let scenario = inventory.join("drain-chicago.toml");
    let run = |args: &[&str]| {
        let mut command = plimsoll(place.path());
        command.arg(args[0]);
        if ["plan", "verify", "replay"].contains(&args[0]) {
            command.arg(&inventory).arg("--scenario").arg(&scenario);
        }
        command.args(&args[1..]);
        command.output().expect("it runs").status.code()
    };
    let plan = ["plan", "--out", "plan", "--no-charts", "--quiet"];
    assert!(run(&plan) < Some(2));
    let folder = place.path().join("plan");
    for (file, columns) in LATER {
        let path = folder.join(file);
        let mut cells = Cells::of(&fs::read_to_string(&path).expect("it is written"));
        for column in columns {
            let at = cells.column(column).expect("it has the column");
            cells.header.remove(at);
            for row in &mut cells.rows {
                row.remove(at);
            }
        }
        fs::write(&path, cells.text()).expect("there is room");
    }
    let path = folder.join("summary.json");
    let text = fs::read_to_string(&path).expect("it is written");
    let mut summary: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let inputs = summary
        .as_object_mut()
        .expect("it has keys")
        .remove("inputs");
    assert!(inputs.is_some());
    fs::write(&path, summary.to_string()).expect("there is room");
    let replay = [
        "replay", "--plan", "plan", "--out", "replay", "--step", "600",
    ];
    assert_eq!(run(&replay), Some(0));
    assert_eq!(run(&["explain", "plan"]), Some(0));
    assert_eq!(run(&["compare", "plan", "plan"]), Some(0));
    // What the columns would tell is not checked.
    assert_eq!(run(&["verify", "plan"]), Some(0));
}
