//! Engine against written-out LP: do two vectors of levels agree?

use plimsoll::units::is_close;
use std::fmt::Write as _;

/// Relative agreement of levels up to the first that is not zero.
const FIRST: f64 = 1e-6;

/// Relative agreement of the levels after it, which inherit the slack of those before.
pub(crate) const LATER: f64 = 1e-5;

/// Both vectors as a table if they differ, `None` if they agree; `later` is the relative agreement of the levels
/// after the first that is not zero.
///
/// Ranks without shards need no level of the engine: one that it leaves out must be 0 in the second opinion.
pub(crate) fn difference(
    engine: &[(String, f64)],
    naive: &[(String, f64)],
    later: f64,
) -> Option<String> {
    let mut tolerance = FIRST;
    let mut differs = false;
    let mut table = String::new();
    let mut engine_levels = engine.iter().peekable();
    for (name, expected) in naive {
        let found = engine_levels.next_if(|(found, _)| found == name);
        let agrees = match found {
            Some((_, found)) => is_close(*found, *expected, tolerance),
            None => name.starts_with("unserved ") && is_close(0.0, *expected, tolerance),
        };
        let shown = found.map_or_else(|| "-".to_owned(), |(_, found)| format!("{found}"));
        let mark = if agrees { "" } else { "  <-- differs" };
        writeln!(
            table,
            "{name:>16}  engine {shown:>24}  second opinion {expected:>24}{mark}"
        )
        .expect("a String takes everything");
        differs |= !agrees;
        if !is_close(*expected, 0.0, FIRST) {
            tolerance = later;
        }
    }
    for (name, found) in engine_levels {
        writeln!(
            table,
            "{name:>16}  engine {found:>24}  not in the second opinion  <-- differs"
        )
        .expect("a String takes everything");
        differs = true;
    }
    differs.then_some(table)
}

/// Asserts that the levels agree; `label` tells how to draw the instance again (seed, size, instant).
pub(crate) fn compare(label: &str, engine: &[(String, f64)], naive: &[(String, f64)]) {
    if let Some(table) = difference(engine, naive, LATER) {
        panic!("{label}: levels differ\n{table}");
    }
}

fn named(levels: &[(&str, f64)]) -> Vec<(String, f64)> {
    levels
        .iter()
        .map(|&(name, value)| (name.to_owned(), value))
        .collect()
}

#[test]
fn the_level_after_the_first_that_is_not_zero_may_differ_by_more() {
    let naive = named(&[("unserved 1", 0.0), ("relief", 100.0), ("moves", 100.0)]);
    let within = named(&[
        ("unserved 1", 0.0),
        ("relief", 100.000_09),
        ("moves", 100.000_9),
    ]);
    let beyond = named(&[("unserved 1", 0.0), ("relief", 100.000_9), ("moves", 100.0)]);
    assert_eq!(difference(&within, &naive, LATER), None);
    assert!(difference(&beyond, &naive, LATER).is_some());
}

#[test]
fn only_a_rank_without_unserved_users_may_be_left_out() {
    let naive = named(&[("unserved 1", 0.0), ("unserved 2", 0.0), ("moves", 1.0)]);
    let short = named(&[("unserved 1", 0.0), ("moves", 1.0)]);
    compare("a rank without shards", &short, &naive);
    assert!(difference(&naive[..2], &naive, LATER).is_some());
    assert!(difference(&naive, &short, LATER).is_some());
}
