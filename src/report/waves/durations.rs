//! Durations in words.

use crate::report::numbers;

/// A length of time as people say it, rounded up to whole minutes; below one minute in seconds.
///
/// ```
/// use plimsoll::report::waves::duration;
/// assert_eq!(duration(12_000.0), "3 h 20 min");
/// assert_eq!(duration(3_600.0), "1 h");
/// assert_eq!(duration(300.0), "5 min");
/// assert_eq!(duration(42.0), "42 s");
/// assert_eq!(duration(0.0), "no time");
/// assert_eq!(duration(200_000.0), "55 h 34 min");
/// ```
pub fn duration(seconds: f64) -> String {
    if seconds <= 0.0 {
        return "no time".to_owned();
    }
    if seconds < 60.0 {
        return format!("{} s", numbers::users(seconds.ceil()));
    }
    let minutes = (seconds / 60.0 - 1e-9).ceil();
    let hours = (minutes / 60.0).floor();
    let rest = minutes - hours * 60.0;
    match (hours > 0.0, rest > 0.0) {
        (true, true) => format!("{} h {rest} min", numbers::users(hours)),
        (true, false) => format!("{} h", numbers::users(hours)),
        _ => format!("{rest} min"),
    }
}

/// The same to the second: `9 min 32 s`, `1 h 2 min 5 s`.
pub(super) fn exact_duration(seconds: f64) -> String {
    let seconds = (seconds - 1e-9).ceil();
    let rest = seconds % 60.0;
    match (seconds >= 60.0, rest > 0.0) {
        (true, true) => format!("{} {rest} s", duration(seconds - rest)),
        _ => duration(seconds),
    }
}

/// The same of what nothing is below: `1 min 10 s`, and `1 h 20 min` of minutes that have begun.
pub(super) fn duration_down(seconds: f64) -> String {
    let seconds = (seconds + 1e-9).floor();
    let rest = seconds % 60.0;
    let whole = duration(seconds - rest);
    match (seconds >= 60.0, rest > 0.0) {
        (false, _) => duration(seconds),
        (true, true) if seconds < 600.0 => format!("{whole} {rest} s"),
        (true, _) => whole,
    }
}
