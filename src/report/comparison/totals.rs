//! The totals of a pair of periods, as far as each side states them.

use super::amounts::{change, points};
use crate::plan::compare::PeriodPair;
use crate::plan_files::Totals;
use crate::report::numbers;
use crate::units::NOBODY;

/// A total that a plan does not state.
pub(super) const NOT_STATED: &str = "not stated";

/// Which of the totals.
type Amount = fn(&Totals) -> f64;

/// Totals beside each other; those that are 0 on both sides are left out, except for unserved and moved users. What a side
/// does not state has no change.
pub(super) fn totals(pair: &PeriodPair) -> Vec<[String; 4]> {
    let sides = &pair.totals;
    let all: [(&str, bool, Amount); 6] = [
        ("users", true, |side| side.users),
        ("unserved users", true, |side| side.unserved_users),
        ("users moved", true, |side| side.moved_users),
        ("of these, by copying", false, |side| side.copied_users),
        ("users returned", false, |side| side.returned_users),
        ("users reconnecting", false, |side| side.reconnecting_users),
    ];
    let mut rows = Vec::new();
    for (words, is_always_shown, of) in all {
        let [a, b] = sides.each_ref().map(of);
        if is_always_shown || a.max(b) > NOBODY {
            let shown = [a, b].map(numbers::users_up);
            let change = change(b - a);
            rows.push(if is_always_shown {
                let [shown_a, shown_b] = shown;
                [words.to_owned(), shown_a, shown_b, change]
            } else {
                as_stated(pair, words, shown, change)
            });
        }
    }
    let [a, b] = sides.each_ref().map(|side| side.worst_shortfall);
    if a.max(b) > NOBODY {
        let words = "worst headroom deficit";
        let shown = [a, b].map(numbers::percent);
        rows.push(as_stated(pair, words, shown, points(b - a)));
    }
    rows
}

/// A row of totals that only a summary states.
pub(super) fn as_stated(
    pair: &PeriodPair,
    words: &str,
    shown: [String; 2],
    change: String,
) -> [String; 4] {
    let [a, b] = shown;
    let cell = |shown: String, is_stated: bool| {
        if is_stated {
            shown
        } else {
            NOT_STATED.to_owned()
        }
    };
    let [is_in_a, is_in_b] = pair.has_totals;
    let change = if is_in_a && is_in_b {
        change
    } else {
        String::new()
    };
    [words.to_owned(), cell(a, is_in_a), cell(b, is_in_b), change]
}
