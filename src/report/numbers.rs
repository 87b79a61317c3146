//! Numbers as people read them: rounded here for display, and nowhere else.
//!
//! Thousands are separated by commas, the decimal mark is a point, and a percent sign stands after a space. A
//! minus is `−`, as wide as a plus; tables for programs have numbers of their own.

pub use crate::diagnostic::amounts::{amount, apart, quantity};
use crate::diagnostic::amounts::{decimals, digits, trimmed};
use crate::units::AGREEMENT;

/// A share in percent with one digit, rounded to the nearest.
///
/// ```
/// use plimsoll::report::numbers::percent;
/// assert_eq!(percent(0.2), "20.0 %");
/// assert_eq!(percent(-0.0001), "0.0 %");
/// assert_eq!(percent(12.5), "1,250.0 %");
/// ```
pub fn percent(share: f64) -> String {
    format!("{} %", decimals(share * 100.0, 1))
}

/// A headroom in percent with one digit, rounded down: what is shown is really there.
///
/// ```
/// use plimsoll::report::numbers::headroom;
/// assert_eq!(headroom(0.1999), "19.9 %"); // below a target of 20 %, and says so
/// assert_eq!(headroom(1.0 - 0.9), "10.0 %"); // binary arithmetic takes nothing away
/// assert_eq!(headroom(0.199_999_9), "20.0 %"); // a target of 20 % that is met within tolerance
/// assert_eq!(headroom(-0.0004), "−0.1 %"); // an overload, however small
/// ```
pub fn headroom(share: f64) -> String {
    percent(floor(share, 1000.0))
}

/// The share of time with service: three digits, rounded down so that none is promised too much.
///
/// ```
/// use plimsoll::report::numbers::availability;
/// assert_eq!(availability(0.9995), "99.950 %");
/// assert_eq!(availability(0.999_999_9), "99.999 %");
/// assert_eq!(availability(1.0), "100.000 %");
/// ```
pub fn availability(share: f64) -> String {
    // What binary arithmetic takes from a decimal of six digits is less.
    let shown = ((share + 1e-12) * 1e5).floor() / 1e5;
    format!("{} %", decimals(shown * 100.0, 3))
}

/// A headroom in words: whole percents from 10 % on, else one digit where it is not zero; rounded down.
///
/// ```
/// use plimsoll::report::numbers::short_headroom;
/// assert_eq!(short_headroom(0.1278), "12 %");
/// assert_eq!(short_headroom(0.0478), "4.7 %");
/// assert_eq!(short_headroom(0.05), "5 %");
/// assert_eq!(short_headroom(0.0999), "9.9 %");
/// ```
pub fn short_headroom(share: f64) -> String {
    short_percent(floor(share, if share < 0.1 { 1000.0 } else { 100.0 }))
}

/// A headroom in words: one digit where it is not zero, rounded down.
///
/// ```
/// use plimsoll::report::numbers::fine_headroom;
/// assert_eq!(fine_headroom(0.2478), "24.7 %");
/// assert_eq!(fine_headroom(0.1), "10 %");
/// ```
pub fn fine_headroom(share: f64) -> String {
    short_percent(floor(share, 1000.0))
}

/// The load of a component with a headroom below 0, as a share of its capacity.
///
/// ```
/// use plimsoll::report::numbers::load_of_headroom;
/// assert_eq!(load_of_headroom(-1.2578), "225.8 %");
/// assert_eq!(load_of_headroom(-0.2), "120 %");
/// ```
pub fn load_of_headroom(share: f64) -> String {
    short_percent(1.0 - floor(share, 1000.0))
}

/// A share in words, rounded to the nearest: one digit where it is not zero.
///
/// ```
/// use plimsoll::report::numbers::short_percent;
/// assert_eq!(short_percent(0.2), "20 %");
/// assert_eq!(short_percent(0.125), "12.5 %");
/// ```
pub fn short_percent(share: f64) -> String {
    let text = decimals(share * 100.0, 1);
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}

/// A share in words, rounded up: what would have to be given.
///
/// ```
/// use plimsoll::report::numbers::short_percent_up;
/// assert_eq!(short_percent_up(0.0701), "7.1 %");
/// assert_eq!(short_percent_up(0.071), "7.1 %");
/// assert_eq!(short_percent_up(0.2), "20 %");
/// assert_eq!(short_percent_up(0.123), "13 %");
/// ```
pub fn short_percent_up(share: f64) -> String {
    short_percent(-floor(-share, if share < 0.1 { 1000.0 } else { 100.0 }))
}

/// A utilization in percent with one digit, rounded up: what is shown as free is really there. Only what is full within
/// tolerance is shown as 100 % or more.
///
/// ```
/// use plimsoll::report::numbers::utilization;
/// assert_eq!(utilization(0.8701), "87.1 %");
/// assert_eq!(utilization(0.1 + 0.2), "30.0 %"); // binary arithmetic adds nothing
/// assert_eq!(utilization(0.9995), "99.9 %"); // something is left
/// assert_eq!(utilization(1.0), "100.0 %");
/// assert_eq!(utilization(1.0401), "104.1 %");
/// assert_eq!(utilization(1.000_001), "100.0 %"); // as full as anything may be, within tolerance
/// ```
pub fn utilization(share: f64) -> String {
    let share = within_tolerance(share);
    let shown = -floor(-share, 1000.0);
    let is_free = share < 1.0 - crate::units::FEASIBILITY;
    percent(if is_free { shown.min(0.999) } else { shown })
}

/// A utilization in percent with one digit, rounded up: more than what is shown is more than there may be.
///
/// ```
/// use plimsoll::report::numbers::utilization_at_most;
/// assert_eq!(utilization_at_most(0.8701), "87.1 %");
/// assert_eq!(utilization_at_most(0.1 + 0.2), "30.0 %"); // binary arithmetic adds nothing
/// assert_eq!(utilization_at_most(0.999_96), "100.0 %");
/// assert_eq!(utilization_at_most(1.000_001), "100.0 %");
/// ```
pub fn utilization_at_most(share: f64) -> String {
    percent(-floor(-within_tolerance(share), 1000.0))
}

/// A share of a capacity, full where it is more by as little as arithmetic is granted.
fn within_tolerance(share: f64) -> f64 {
    if is_above(share) {
        share
    } else {
        share.min(1.0)
    }
}

/// Whether a share of a capacity is more than all of it, and by more than arithmetic is granted.
pub fn is_above(share: f64) -> bool {
    share > 1.0 + 2.0 * crate::units::FEASIBILITY
}

/// A value with this many digits, never more than it is. A rounding error of arithmetic does not lower a whole number.
fn down(value: f64, digits: u8) -> f64 {
    let scale = 10_f64.powi(i32::from(digits));
    (value * scale + 1e-6).floor() / scale
}

fn up(value: f64, digits: u8) -> f64 {
    -down(-value, digits)
}

/// The same, never more than the value.
///
/// ```
/// use plimsoll::report::numbers::amount_down;
/// assert_eq!(amount_down(112.6), "112");
/// assert_eq!(amount_down(4.999), "4.99");
/// assert_eq!(amount_down(0.0), "0");
/// assert_eq!(amount_down(2.5), "2.5");
/// ```
pub fn amount_down(value: f64) -> String {
    amount(down(value, digits(value)))
}

/// The same of a value that is shown beside a similar pace: from 100 on with one decimal.
///
/// ```
/// use plimsoll::report::numbers::rate_down;
/// assert_eq!(rate_down(241.55), "241.5");
/// assert_eq!(rate_down(3.0), "3");
/// ```
pub fn rate_down(value: f64) -> String {
    if value < 100.0 {
        return amount_down(value);
    }
    trimmed(down(value, 1), 1)
}

/// The largest observed amount, never less than it is, and the available amount, never more: with enough digits that
/// the first is not above the second where it is none.
///
/// ```
/// use plimsoll::report::numbers::most_of;
/// assert_eq!(most_of(599.43, 600.0), ["600", "600"]);
/// assert_eq!(most_of(11.2435, 11.244), ["11.244", "11.244"]);
/// assert_eq!(most_of(761.2, 750.0), ["762", "750"]);
/// assert_eq!(most_of(49.0 / 3.0, 49.0 / 3.0), ["16.3", "16.3"]);
/// ```
pub fn most_of(seen: f64, there: f64) -> [String; 2] {
    const MOST: u8 = 6;
    let least = digits(seen);
    let is_apart = |byte: &u8| up(seen, *byte) <= down(there, *byte);
    let enough = (least..=least.max(MOST)).find(is_apart);
    if enough.is_none() && seen <= there {
        // All that there is, of a number with no end.
        return [there; 2].map(|value| trimmed(down(value, least), least));
    }
    let enough = enough.unwrap_or(least);
    [up(seen, enough), down(there, enough)].map(|value| trimmed(value, enough))
}

/// The thing with the largest number, of equals the first.
///
/// ```
/// use plimsoll::report::numbers::first_most;
/// assert_eq!(first_most(["a", "ccc", "bbb"], |own| own.len() as f64), Some("ccc"));
/// ```
pub fn first_most<T>(all: impl IntoIterator<Item = T>, by: impl Fn(&T) -> f64) -> Option<T> {
    let all = all.into_iter();
    all.reduce(|most, item| if by(&item) > by(&most) { item } else { most })
}

/// What is left of a capacity, in words.
///
/// ```
/// use plimsoll::report::numbers::spare_capacity;
/// assert_eq!(spare_capacity(480.0, "vCPU"), "480 vCPU free");
/// assert_eq!(spare_capacity(-120.0, "vCPU"), "120 vCPU over");
/// ```
pub fn spare_capacity(value: f64, unit: &str) -> String {
    let word = if value < 0.0 { "over" } else { "free" };
    format!("{} {word}", quantity(value.abs(), unit))
}

/// Users as a whole number, rounded to the nearest.
///
/// ```
/// use plimsoll::report::numbers::users;
/// assert_eq!(users(2_100_003.6), "2,100,004");
/// assert_eq!(users(999.4), "999");
/// ```
pub fn users(count: f64) -> String {
    decimals(count, 0)
}

/// A count with commas between thousands.
///
/// ```
/// assert_eq!(plimsoll::report::numbers::whole(1771), "1,771");
/// ```
pub fn whole(count: usize) -> String {
    users(count as f64)
}

/// Parts of lost users as whole numbers that add up to all of them, rounded up as [`users_up`] has it: the largest remainders
/// are rounded up, all others down.
///
/// ```
/// use plimsoll::report::numbers::whole_parts;
/// assert_eq!(whole_parts(&[200_000.0 / 3.0, 100_000.0 / 3.0]), [66_667.0, 33_333.0]);
/// ```
pub fn whole_parts(parts: &[f64]) -> Vec<f64> {
    // What arithmetic leaves beside a whole number is none of it.
    let exact = |users: f64| {
        let left = crate::units::NOBODY.max(AGREEMENT * users.abs());
        let whole = users.round();
        if (users - whole).abs() <= left {
            whole
        } else {
            users
        }
    };
    let parts: Vec<f64> = parts.iter().map(|value| exact(*value)).collect();
    let all = exact(parts.iter().sum()).ceil();
    let mut whole: Vec<f64> = parts.iter().map(|value| value.floor()).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| {
        parts[*b]
            .fract()
            .total_cmp(&parts[*a].fract())
            .then(a.cmp(b))
    });
    for position in order {
        if whole.iter().sum::<f64>() < all {
            whole[position] += 1.0;
        }
    }
    whole
}

/// Users as a whole number, rounded up: a part of a lost user is one. A number that differs from a whole one by less than a
/// millionth of it is that number, since arithmetic is no more exact.
///
/// ```
/// use plimsoll::report::numbers::users_up;
/// assert_eq!(users_up(0.2), "1");
/// assert_eq!(users_up(41_000.0), "41,000");
/// assert_eq!(users_up(1e-9), "0"); // what arithmetic leaves of nobody
/// assert_eq!(users_up(2_023_500.000_010_8), "2,023,500");
/// assert_eq!(users_up(41_000.2), "41,001");
/// ```
pub fn users_up(count: f64) -> String {
    let whole = count.round();
    let left = crate::units::NOBODY.max(AGREEMENT * count.abs());
    let is_whole = (count - whole).abs() <= left;
    decimals(if is_whole { whole } else { count.ceil() }, 0)
}

/// The same with the noun.
///
/// ```
/// use plimsoll::report::numbers::lost_users;
/// assert_eq!(lost_users(0.2), "1 user");
/// assert_eq!(lost_users(41_000.0), "41,000 users");
/// ```
pub fn lost_users(count: f64) -> String {
    super::grammar::counted(&users_up(count), "user")
}

/// Users as a whole number, rounded to the nearest; a part of a user is never shown as 0.
///
/// ```
/// use plimsoll::report::numbers::some_users;
/// assert_eq!(some_users(2_100_003.6), "2,100,004");
/// assert_eq!(some_users(0.2), "<1");
/// assert_eq!(some_users(1e-9), "0"); // what arithmetic leaves of nobody
/// ```
pub fn some_users(count: f64) -> String {
    if count > crate::units::NOBODY && count < 0.5 {
        "<1".to_owned()
    } else {
        users(count)
    }
}

/// A count with three digits or so where it is large: exact below a million.
///
/// ```
/// use plimsoll::report::numbers::about;
/// assert_eq!(about(109_353_840.0), "109 million");
/// assert_eq!(about(2_500_000.0), "2.5 million");
/// assert_eq!(about(41_000.2), "41,001");
/// ```
pub fn about(count: f64) -> String {
    const MILLION: f64 = 1e6;
    if count < MILLION {
        users_up(count)
    } else {
        format!("{} million", amount(count / MILLION))
    }
}

/// The largest multiple of 1/`parts` not above `value`, give or take the tolerance by which targets are judged.
fn floor(value: f64, parts: f64) -> f64 {
    ((value + crate::units::FEASIBILITY) * parts).floor() / parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_none_is_a_dash() {
        assert_eq!(percent(f64::NAN), "– %");
        assert_eq!(users(f64::INFINITY), "–");
    }

    #[test]
    fn whole_numbers_keep_their_zeros() {
        assert_eq!(amount(1000.0), "1,000");
        assert_eq!(amount(-1500.0), "−1,500");
        assert_eq!(amount(99.96), "100");
    }

    #[test]
    fn headroom_is_never_rounded_up() {
        for thousandth in -1500..1500 {
            let share = f64::from(thousandth) / 1000.0;
            assert_eq!(headroom(share), percent(share), "{share}");
            let shown: f64 = headroom(share + 0.000_9)
                .trim_end_matches(" %")
                .replace(',', "")
                .replace('−', "-")
                .parse()
                .expect("a number");
            assert!(shown / 100.0 <= share + 0.000_9 + 1e-9, "{share}");
        }
    }
}
