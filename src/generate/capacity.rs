//! Capacity: what components must hold, from the load that they are expected to carry.

use super::random::Draws;

/// How full a component is relative to the average, from and to.
const SPREAD: (f64, f64) = (0.92, 1.06);

/// Least load that a component is built for, as a share of the mean of its kind.
const SMALLEST: f64 = 0.25;

/// The same as a share of the largest of its kind.
const SMALLEST_OF_LARGEST: f64 = 1.0 / 300.0;

/// Capacities for loads of components of one kind, in the order of `loads`, each to three significant digits.
///
/// On average components are full to `utilization`, and none is overfull.
pub(super) fn capacities(loads: &[f64], utilization: f64, draws: &mut Draws) -> Vec<f64> {
    let total: f64 = loads.iter().sum();
    let largest = loads.iter().copied().fold(0.0, f64::max);
    let least = (SMALLEST * total / loads.len().max(1) as f64).max(SMALLEST_OF_LARGEST * largest);
    let capacity = |load: &f64| {
        let (low, high) = SPREAD;
        let full = (utilization * draws.between(low, high)).min(1.0);
        rounded_up(load.max(least) / full)
    };
    loads.iter().map(capacity).collect()
}

/// `value`, rounded up to three significant digits; at least a thousandth.
pub(super) fn rounded_up(value: f64) -> f64 {
    let mut unit = 1.0;
    while value / unit >= 1000.0 {
        unit *= 10.0;
    }
    let mut parts = 1.0;
    while value * parts < 100.0 && parts < 1000.0 {
        parts *= 10.0;
    }
    if parts > 1.0 {
        return (value * parts).ceil().max(1.0) / parts;
    }
    (value / unit).ceil() * unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::random::Purpose;

    #[test]
    fn numbers_are_rounded_up_to_three_digits() {
        let cases = [
            (123_456.0, 124_000.0),
            (124_000.0, 124_000.0),
            (100.0, 100.0),
            (99.91, 100.0),
            (12.341, 12.4),
            (0.1234, 0.124),
            (0.000_01, 0.001),
            (0.0, 0.001),
        ];
        for (value, rounded) in cases {
            assert!((rounded_up(value) - rounded).abs() < 1e-12, "{value}");
        }
    }

    #[test]
    fn no_component_is_overfull_and_none_is_far_smaller_than_others() {
        let mut draws = Draws::new(1, Purpose::Capacities);
        let loads = [0.0, 5.0, 1000.0];
        for utilization in [0.01, 0.6, 1.0] {
            let capacities = capacities(&loads, utilization, &mut draws);
            for (load, capacity) in loads.iter().zip(&capacities) {
                assert!(capacity >= load);
            }
            assert!(capacities[2] / capacities[0] < 1000.0);
        }
    }
}
