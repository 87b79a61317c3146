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
    let unit = if unit.is_empty() {
        String::new()
    } else {
        format!(" {unit}")
    };
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
