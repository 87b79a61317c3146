//! A load beside what there is, as it is printed.

use crate::plan::Fullness;
use crate::report::numbers;

/// ` with all retries running`, where that is what a load counts.
pub(super) fn with_retries(fullness: &Fullness) -> &'static str {
    if fullness.with_retries {
        " with all retries running"
    } else {
        ""
    }
}

/// By how much a load is above what is left of the capacity; `None` if it is not.
///
/// A difference that nobody would see is told in words.
pub(super) fn excess(fullness: &Fullness) -> Option<String> {
    let excess = fullness.load - fullness.capacity;
    let is_seen = excess > SEEN * fullness.capacity;
    (excess > 0.0).then(|| {
        if is_seen {
            format!("{} more than there is", numbers::amount(excess))
        } else {
            "barely more than there is".to_owned()
        }
    })
}

/// A load above a capacity by this share of it is told with so many digits that it is seen to be.
const SEEN: f64 = 1e-6;

/// A load, in so many digits that it is another number than what is left of the capacity where it is more.
pub(super) fn load(fullness: &Fullness) -> String {
    let [load, capacity] = [fullness.load, fullness.capacity];
    let own = numbers::amount(load);
    if own != numbers::amount(capacity) || load - capacity <= SEEN * capacity {
        return own;
    }
    let shown = own.split_once('.').map_or(0, |(_, digits)| digits.len());
    let digits = (shown + 1..12).map(|digits| format!("{load:.digits$}"));
    let mut apart = digits.filter(|own| own.parse::<f64>().is_ok_and(|own| own > capacity));
    apart.next().unwrap_or(own)
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
        ]
        .map(|(own, capacity)| load(&brought(own, capacity)));
        assert_eq!(told, ["1.054", "1.05", "160.01", "170"]);
    }
}
