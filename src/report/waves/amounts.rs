//! Durations, and loads beside what there is, in words.

use crate::plan::Fullness;
use crate::report::grammar::only_if;
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

/// ` with all retries running`, where that is what a load counts.
pub(super) fn with_retries(fullness: &Fullness) -> &'static str {
    only_if(fullness.with_retries, || " with all retries running")
}

/// By how much a load is above what is left of the capacity; `None` if it is not.
///
/// A difference that nobody would see is told in words.
pub(super) fn excess(fullness: &Fullness) -> Option<String> {
    let excess = fullness.load - fullness.capacity;
    let is_seen = numbers::is_above(fullness.load / fullness.capacity);
    (excess > 0.0).then(|| {
        if is_seen {
            format!("{} more than there is", numbers::amount(excess))
        } else {
            "barely more than there is".to_owned()
        }
    })
}

/// `1,040 of 1,000 vCPU`: a load and what is left of the capacity, in so many digits that they are other numbers where the load is more.
pub(super) fn of_capacity(fullness: &Fullness, unit: &str) -> String {
    let [load, capacity] = [fullness.load, fullness.capacity];
    let unit = only_if(!unit.is_empty(), || format!(" {unit}"));
    let [own, left] = [load, capacity].map(numbers::amount);
    if own != left || !numbers::is_above(load / capacity) {
        return format!("{own} of {left}{unit}");
    }
    let shown = own.split_once('.').map_or(0, |(_, digits)| digits.len());
    let mut apart = (shown + 1..12).map(|digits| {
        [load, capacity].map(|amount| {
            let text = format!("{amount:.digits$}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        })
    });
    let apart = apart.find(|[own, left]| own != left);
    let [own, left] = apart.unwrap_or([own, left]);
    format!("{own} of {left}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ComponentId, ResourceId};

    fn brought(load: f64, capacity: f64) -> Fullness {
        Fullness {
            component: ComponentId(0),
            resource: ResourceId(0),
            begun_load: 0.0,
            load,
            stop_load: 0.0,
            capacity,
            with_retries: false,
        }
    }

    fn to(load: f64) -> Option<String> {
        excess(&brought(load, 160.0))
    }

    #[test]
    fn no_difference_of_zero_is_told() {
        assert_eq!(to(170.0).as_deref(), Some("10 more than there is"));
        assert_eq!(to(160.01).as_deref(), Some("0.01 more than there is"));
        let barely = Some("barely more than there is");
        assert_eq!(to(160.000_000_1).as_deref(), barely);
        assert_eq!(to(160.0), None);
        assert_eq!(to(157.0), None);
    }

    #[test]
    fn a_load_is_told_apart_from_what_there_is() {
        let told = [
            (1.0537, 1.05),
            (1.05, 1.05),
            (160.01, 160.0),
            (170.0, 160.0),
            (10.142_36, 10.142_3),
        ]
        .map(|(own, capacity)| of_capacity(&brought(own, capacity), ""));
        let apart = [
            "1.054 of 1.05",
            "1.05 of 1.05",
            "160.01 of 160",
            "170 of 160",
            "10.1424 of 10.1423",
        ];
        assert_eq!(told, apart);
    }
}
