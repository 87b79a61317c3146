//! Sentences about two plans: which is better, by what, and what was changed.

use super::labels::Labels;
use crate::inventory::TableDifference;
use crate::plan::compare::{Comparison, Pair, StageDifference};
use crate::report::numbers;
use crate::report::text::visible;
use crate::scenario::KeyDifference;
use std::cmp::Ordering;

/// The verdict: which plan is better, by what and when, or that they are the same.
pub(super) fn verdict(comparison: &Comparison) -> String {
    if comparison.a.iter().any(|moment| moment.period.is_none()) {
        return beside_before(comparison);
    }
    let count = comparison.pairs.len();
    let Some(pair) = comparison.main() else {
        let periods = if count == 1 {
            "the period that they share".to_owned()
        } else {
            format!("all {count} periods that they share")
        };
        return format!("Both plans reach the same by every goal in {periods}.");
    };
    let better = if pair.order() == Ordering::Less {
        "A"
    } else {
        "B"
    };
    let of = |order: Ordering| {
        let pairs = comparison.pairs.iter();
        pairs.filter(|pair| pair.order() == order).count()
    };
    let (for_a, for_b) = (of(Ordering::Less), of(Ordering::Greater));
    let where_it_is = Labels::period(comparison, pair.a, pair.b);
    let by = pair
        .first_difference
        .as_ref()
        .map_or_else(String::new, |differs| reach(differs, better));
    let mut words = format!("{better} is better in {where_it_is}: {by}.");
    if count > 1 {
        words.push_str(&tally(count, for_a, for_b));
    }
    words
}

/// `0 unserved users of gold instead of 1,200`.
fn reach(differs: &StageDifference, better: &str) -> String {
    let (less, more) = if better == "A" {
        (differs.a, differs.b)
    } else {
        (differs.b, differs.a)
    };
    let [less, more] = [less, more].map(|value| amount(&differs.stage, value));
    match differs.stage.as_str() {
        "headroom worst" | "headroom total" | "latency" => {
            format!("{} is {less} instead of {more}", stage(&differs.stage))
        }
        counted => format!("{less} {} instead of {more}", stage(counted)),
    }
}

/// What a level counts, in words.
pub(super) fn stage(name: &str) -> String {
    match name {
        "relief" => "users who move to make room".to_owned(),
        "headroom worst" => "the worst missing share of a headroom target".to_owned(),
        "headroom total" => "missing headroom in all".to_owned(),
        "access_points" => "standby access points that open".to_owned(),
        "moves copied" => "users whose data must travel".to_owned(),
        "moves moved" => "users who move".to_owned(),
        "latency" => "latency in all".to_owned(),
        other => match other.strip_prefix("unserved ") {
            Some(tier) => format!("unserved users of {}", visible(tier)),
            None => visible(other).into_owned(),
        },
    }
}

/// A value of a level in its unit.
pub(super) fn amount(stage: &str, value: f64) -> String {
    match stage {
        "headroom worst" => numbers::percent(value),
        "access_points" => numbers::users(value),
        "headroom total" => format!("{} users' worth", numbers::users_up(value)),
        "latency" => format!("{} user·s", numbers::amount(value / 1000.0)),
        _ => numbers::users_up(value),
    }
}

fn tally(count: usize, for_a: usize, for_b: usize) -> String {
    let same = count - for_a - for_b;
    let mut parts = Vec::new();
    for (who, periods) in [
        ("A is better", for_a),
        ("B is better", for_b),
        ("they are the same", same),
    ] {
        if periods > 0 {
            parts.push(format!("{who} in {periods}"));
        }
    }
    format!(" Of {count} pairs of periods {}.", parts.join(", "))
}

/// A plan beside the state before it.
fn beside_before(comparison: &Comparison) -> String {
    let worst = comparison.pairs.iter().max_by(|left, right| {
        let unserved = |pair: &Pair| pair.totals[1].unserved;
        unserved(left)
            .total_cmp(&unserved(right))
            .then(left.users_elsewhere().total_cmp(&right.users_elsewhere()))
            .then(right.b.cmp(&left.b))
    });
    let Some(pair) = worst else {
        return "There is nothing to compare.".to_owned();
    };
    let elsewhere = numbers::users_up(pair.users_elsewhere());
    let unserved = if pair.totals[1].unserved > crate::units::NOBODY {
        format!(
            ", {} of them unserved",
            numbers::users_up(pair.totals[1].unserved)
        )
    } else {
        String::new()
    };
    format!(
        "A is the state before B: in {} {elsewhere} users are not where they were{unserved}.",
        Labels::period(comparison, pair.a, pair.b)
    )
}

/// What was changed in the inputs, one line each: `sites.csv, byd: cpu 4000 in A, 4900 in B`.
pub(super) fn inputs(tables: &[TableDifference], keys: &[KeyDifference]) -> Vec<String> {
    let of_tables = tables.iter().map(|differs| {
        let row = differs.row.join(" ");
        let column = differs.column.as_deref().unwrap_or("the row");
        changed(
            &format!("{}, {row}: {column}", differs.file),
            &differs.a,
            &differs.b,
        )
    });
    let of_keys = keys.iter().map(|differs| {
        changed(
            &format!("scenario, {}:", differs.key),
            &differs.a,
            &differs.b,
        )
    });
    of_keys.chain(of_tables).collect()
}

fn changed(what: &str, a: &Option<String>, b: &Option<String>) -> String {
    let side = |value: &Option<String>| match value.as_deref() {
        None => "absent".to_owned(),
        Some("") => "blank".to_owned(),
        Some(value) => visible(value).into_owned(),
    };
    format!("{} {} in A, {} in B", visible(what), side(a), side(b))
}
