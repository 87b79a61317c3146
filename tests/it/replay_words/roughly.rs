//! A replay whose exact parts would take too long: it ends all the same, and says which steps are played roughly.

use super::place::{json, plimsoll, printed};
use crate::command_line::root;
use std::path::Path;
use tempfile::TempDir;

fn played(inventory: &str, scenario: &str, out: &Path) -> String {
    let inventory = root(inventory);
    let scenario = inventory.join(scenario).display().to_string();
    let inventory = inventory.display().to_string();
    let run = plimsoll(
        out,
        &[
            "replay",
            &inventory,
            "--scenario",
            &scenario,
            "--do-nothing",
            "--no-charts",
            "--out",
            "replay",
        ],
    );
    // With nobody doing anything users are down.
    printed(&run, 1)
}

/// On 13 November 2012 clients who try again at once fill the queues of half a continent: exact parts took more than five minutes.
#[test]
fn what_would_take_too_long_is_played_roughly() {
    let folder = TempDir::new().expect("there is room for a folder");
    let text = played("data/americas-2012", "13-november-2012.toml", folder.path());
    let run = &json(&folder)["runs"][0];
    let [steps, coarse] =
        ["steps", "coarse_steps"].map(|text| run[text].as_u64().expect("a number"));
    assert!(0 < coarse && coarse < steps, "{coarse} of {steps}");
    let [start, from, until, end] = ["start", "coarse_from", "coarse_until", "end"]
        .map(|text| run[text].as_str().expect("an instant"));
    assert!(start <= from && from < until && until <= end, "{run}");
    let said = format!("- {coarse} of {steps} steps, between ");
    let (_, rest) = text.split_once(&said).expect("it is said");
    let (line, _) = rest.split_once('\n').expect("a line");
    assert!(
        line.ends_with(
            ", are played roughly, in longer parts than is exact: the work of a replay is limited."
        ),
        "{line}"
    );
}

#[test]
fn what_is_played_exactly_says_nothing_of_it() {
    let folder = TempDir::new().expect("there is room for a folder");
    let text = played("data/tiny", "drain-chicago.toml", folder.path());
    let run = &json(&folder)["runs"][0];
    assert_eq!(run["coarse_steps"], 0);
    assert!(run["coarse_from"].is_null() && run["coarse_until"].is_null());
    assert!(!text.contains("roughly"), "{text}");
}
