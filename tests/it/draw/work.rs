//! What becomes of work: overload, timeouts, credits, slow work and disconnects.
//!
//! Drawn from a stream of its own, so that what else is drawn does not depend on it.

use super::random::Random;
use super::scenario::{hour, span};
use super::sketch::{Kind, Sketch};
use super::table::Table;

/// Apart from the stream of the same seed that all else is drawn from.
const APART: u64 = 0x51_0bad_f00d_5eed;

/// The stream that belongs to a seed.
pub(super) fn stream(seed: u64) -> Random {
    Random::new(seed ^ APART)
}

/// Adds columns to files that are drawn, and a file.
pub(super) fn draw(random: &mut Random, sketch: &Sketch, files: &mut Vec<(String, String)>) {
    for (name, text) in files.iter_mut() {
        match name.as_str() {
            "resources.csv" => {
                let mut rows = sketch.resources.iter();
                widen(text, "overload,queue_seconds", || {
                    let is_network = rows
                        .next()
                        .is_some_and(|resource_sketch| resource_sketch.is_network);
                    overload(random, is_network)
                });
            }
            "profiles.csv" => {
                let columns = "retries,timeout_seconds,late_seconds,service_seconds,session_cost";
                widen(text, columns, || {
                    let cells: [&[&str]; 5] = [
                        &["", "1", "3"],
                        &["", "2", "30"],
                        &["", "1.5"],
                        &["", "0.5"],
                        &["", "5"],
                    ];
                    cells.map(|texts| *random.one_of(texts)).join(",")
                });
            }
            "elements.csv" => widen(text, "sheds_stale_work", || {
                random.one_of(&["", "", "yes", "no"]).to_string()
            }),
            _ => {}
        }
    }
    if random.chance(0.2) {
        let mut table = Table::new(&["uptime_below", "credit"]);
        for row in [["0.9", "0.6"], ["0.995", "0.1"]] {
            table.row(&row.map(str::to_owned));
        }
        files.push(("credits.csv".to_owned(), table.text()));
    }
}

/// Appends columns to a file's header, and the cells that `each` says to every row below it.
fn widen(text: &mut String, columns: &str, mut each: impl FnMut() -> String) {
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default();
    let mut wide = vec![format!("{header},{columns}")];
    wide.extend(lines.map(|line| format!("{line},{}", each())));
    *text = wide.join("\n") + "\n";
}

/// Whether work is lost or waits, and how long; what sites offer is waited for by default, what is on the way is not.
fn overload(random: &mut Random, is_network: bool) -> String {
    let word = if random.chance(0.35) {
        *random.one_of(&["lose", "queue"])
    } else {
        ""
    };
    let waits = word == "queue" || (word.is_empty() && !is_network);
    let longest = if waits && random.chance(0.2) {
        "60"
    } else {
        ""
    };
    format!("{word},{longest}")
}

/// The lines of slow work and of a disconnect, in some scenarios. Work at a whole pool or at a member of one is slow only
/// where nothing else happens to one.
pub(super) fn events(random: &mut Random, sketch: &Sketch, is_pool_whole: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if random.chance(0.3) {
        slow(random, sketch, is_pool_whole, &mut lines);
    }
    if random.chance(0.15) {
        disconnect(random, sketch, &mut lines);
    }
    lines
}

fn slow(random: &mut Random, sketch: &Sketch, is_pool_whole: bool, lines: &mut Vec<String>) {
    lines.extend([
        String::new(),
        "[[event]]".to_owned(),
        "kind = \"slow\"".to_owned(),
    ]);
    let (start, end) = span(random, lines);
    let wanted = *random.one_of(&[
        Kind::Site,
        Kind::Site,
        Kind::Site,
        Kind::AccessPoint,
        Kind::Element,
        Kind::Member,
        Kind::Link,
    ]);
    let candidates: Vec<_> = sketch
        .components
        .iter()
        .filter(|component| component.kind == wanted)
        .filter(|component| is_pool_whole || component.kind != Kind::Member)
        .collect();
    if is_pool_whole && random.chance(0.1) && !sketch.pools.is_empty() {
        lines.push(format!("component = \"{}\"", random.one_of(&sketch.pools)));
    } else {
        let component = candidates
            .first()
            .map_or(&sketch.components[0], |_| *random.one_of(&candidates));
        lines.push(format!("component = \"{}\"", component.id));
    }
    let share = random.one_of(&["0.05", "0.3", "1"]);
    let factor = random.one_of(&["1.5", "3", "20"]);
    lines.extend([format!("share = {share}"), format!("factor = {factor}")]);
    if random.chance(0.3) {
        let timeout = random.one_of(&["2", "5"]);
        lines.push(format!("timeout_seconds = {timeout}"));
    }
    if random.chance(0.3) {
        let retries = random.one_of(&["0", "2"]);
        lines.push(format!("retries = {retries}"));
    }
    if random.chance(0.25) {
        let profile = &random.one_of(&sketch.profiles).0;
        lines.push(format!("profile = \"{profile}\""));
    }
    if random.chance(0.4) {
        let detected = random.whole(start, end - 1);
        lines.push(format!("detected = 2030-03-01T{detected:02}:30:00Z"));
    }
}

fn disconnect(random: &mut Random, sketch: &Sketch, lines: &mut Vec<String>) {
    lines.extend([
        String::new(),
        "[[event]]".to_owned(),
        "kind = \"disconnect\"".to_owned(),
    ]);
    let start = random.whole(2, 5);
    lines.push(format!("start = {}", hour(start)));
    if random.chance(0.3) {
        lines.push(format!("end = {}", hour(random.whole(start, 6))));
    }
    if random.chance(0.5) {
        let region = random.one_of(&sketch.regions);
        lines.push(format!("client_region = \"{region}\""));
    } else {
        let component = &random.one_of(&sketch.components).id;
        lines.push(format!("component = \"{component}\""));
    }
}
