//! Amounts of levels and their changes, as a comparison shows them.

use crate::plan::compare::{PeriodPair, StageDifference};
use crate::report::numbers;
use crate::report::text::visible;
use crate::units::{AGREEMENT, FEASIBILITY, NOBODY};
use std::cmp::Ordering;

/// By what one plan is better in a pair, such as `0 unserved users of gold instead of 1,200`; blank if neither is.
pub(super) fn by(pair: &PeriodPair) -> String {
    let reach = |StageDifference { key, sides: [a, b] }: &StageDifference| {
        let (less, more) = match pair.order() {
            Ordering::Less => (*a, *b),
            _ => (*b, *a),
        };
        let is_one = (less - 1.0).abs() <= AGREEMENT;
        let [less, more] = amounts(key, [less, more]);
        match key.as_str() {
            "headroom worst" | "headroom total" | "latency" => {
                format!("{} is {less} instead of {more}", stage(key))
            }
            counted if is_one => format!("{less} {} instead of {more}", one(counted)),
            counted => format!("{less} {} instead of {more}", stage(counted)),
        }
    };
    pair.first_difference
        .as_ref()
        .map_or_else(String::new, reach)
}

pub(super) fn stage(name: &str) -> String {
    let words = match name {
        "relief" => "users moved for rebalancing",
        "headroom worst" => "the worst headroom deficit",
        "headroom total" => "the total missing headroom",
        "access_points" => "standby access points that open",
        "moves copied" => "users with data migration",
        "moves moved" => "users moved",
        "latency" => "total latency",
        other => {
            let tier = other.strip_prefix("unserved ");
            let words = tier.map(|tier| format!("unserved users of {}", visible(tier)));
            return words.unwrap_or_else(|| visible(other).into_owned());
        }
    };
    words.to_owned()
}

fn one(name: &str) -> String {
    match name {
        "relief" => "user moved for rebalancing".to_owned(),
        "access_points" => "standby access point that opens".to_owned(),
        "moves moved" => "user moved".to_owned(),
        other => stage(other).replacen("users", "user", 1),
    }
}

pub(super) fn amount(stage: &str, value: f64) -> String {
    match stage {
        "headroom worst" => numbers::percent(value),
        "access_points" => numbers::users(value),
        "headroom total" => format!("{} users' worth", numbers::users_up(value)),
        "latency" => format!("{} user·s", numbers::amount(value / 1000.0)),
        _ => numbers::users_up(value),
    }
}

/// The amounts of a level in two plans; with more digits where they differ and would look the same.
pub(super) fn amounts(stage: &str, sides: [f64; 2]) -> [String; 2] {
    let shown = sides.map(|value| amount(stage, value));
    let [a, b] = sides;
    let is_same = (a - b).abs() <= AGREEMENT * a.abs().max(b.abs()).max(1.0);
    if is_same || shown[0] != shown[1] {
        return shown;
    }
    match stage {
        "headroom worst" => {
            let [a, b] = numbers::apart(sides.map(|value| value * 100.0));
            [format!("{a} %"), format!("{b} %")]
        }
        "headroom total" => numbers::apart(sides).map(|text| format!("{text} users' worth")),
        "latency" => {
            let seconds = sides.map(|value| value / 1000.0);
            numbers::apart(seconds).map(|text| format!("{text} user·s"))
        }
        _ => numbers::apart(sides),
    }
}

/// A change with its sign, as one of nothing if it is shown as one.
fn signed(is_less: bool, shown: &str, nothing: &str) -> String {
    let sign = if is_less { "−" } else { "+" };
    if shown == nothing {
        "0".to_owned()
    } else {
        format!("{sign}{shown}")
    }
}

/// A change of a share in points of percent, with its sign.
pub(super) fn points(change: f64) -> String {
    let mut shown = numbers::percent(change.abs()).replace(" %", " points");
    if shown == "0.0 points" && change.abs() > FEASIBILITY {
        shown = format!("{} points", numbers::amount(change.abs() * 100.0));
    }
    signed(change < 0.0, &shown, "0.0 points")
}

pub(super) fn counts(words: &str, [a, b]: [usize; 2]) -> [String; 4] {
    let change = signed(b < a, &a.abs_diff(b).to_string(), "0");
    [words.to_owned(), a.to_string(), b.to_string(), change]
}

/// A change of a number of users with its sign; nothing if there is none.
pub(super) fn change(users: f64) -> String {
    let is_any = users.abs() > NOBODY;
    let shown = if is_any { users.abs() } else { 0.0 };
    signed(users < 0.0, &numbers::users_up(shown), "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_that_differ_never_look_the_same() {
        assert_eq!(amounts("headroom worst", [0.6, 0.9]), ["60.0 %", "90.0 %"]);
        assert_eq!(amounts("headroom worst", [0.1, 0.1]), ["10.0 %", "10.0 %"]);
        assert_eq!(
            amounts("headroom worst", [0.1, 0.100_02]),
            ["10 %", "10.002 %"]
        );
        assert_eq!(
            amounts("latency", [5e6, 5e6 + 90.0]),
            ["5,000 user·s", "5,000.1 user·s"]
        );
        assert_eq!(points(0.000_02), "+0.002 points");
        assert_eq!(points(-0.25), "−25.0 points");
        assert_eq!(points(1e-9), "0");
    }
}
