//! Scale: round amounts along an upright axis.

use crate::report::numbers;

/// Parts of the axis at most.
const PARTS: f64 = 4.0;

/// An upright axis from 0 to a round amount.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    /// The amount at its upper end, above 0.
    top: f64,
    /// From one label to the next.
    step: f64,
}

impl Scale {
    /// The axis of amounts up to `most`.
    pub(super) fn new(most: f64) -> Self {
        if most <= 0.0 || !most.is_finite() {
            return Self {
                top: 1.0,
                step: 1.0,
            };
        }
        let rough = most / PARTS;
        let power = 10_f64.powf(rough.log10().floor());
        let parts = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter();
        let step = parts
            .map(|own| own * power)
            .find(|own| *own >= rough * (1.0 - 1e-9))
            .unwrap_or(10.0 * power);
        Self {
            top: (most / step - 1e-9).ceil().max(1.0) * step,
            step,
        }
    }

    /// The share of the axis below an amount, no more than all of it.
    pub(super) fn share(&self, amount: f64) -> f64 {
        (amount / self.top).clamp(0.0, 1.0)
    }

    /// Amounts with their labels, from 0 up.
    pub(super) fn ticks(&self) -> impl Iterator<Item = (f64, String)> + '_ {
        let count = (self.top / self.step).round();
        let numbers = (0..=10).map(f64::from).take_while(move |own| *own <= count);
        numbers.map(|own| (own * self.step, label(own * self.step)))
    }
}

/// `1.5 M`, `200,000`, `0.25`.
fn label(amount: f64) -> String {
    if amount >= 1e9 {
        format!("{} bn", numbers::amount(amount / 1e9))
    } else if amount >= 1e6 {
        format!("{} M", numbers::amount(amount / 1e6))
    } else {
        numbers::amount(amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(most: f64) -> Vec<String> {
        Scale::new(most).ticks().map(|own| own.1).collect()
    }

    #[test]
    fn labels_are_round_and_few() {
        assert_eq!(labels(1.5e6), ["0", "500,000", "1 M", "1.5 M"]);
        assert_eq!(labels(531_421.0), ["0", "200,000", "400,000", "600,000"]);
        assert_eq!(labels(60.0), ["0", "20", "40", "60"]);
        assert_eq!(labels(0.9), ["0", "0.25", "0.5", "0.75", "1"]);
        assert_eq!(labels(0.0), ["0", "1"]);
        assert_eq!(labels(4.1e9), ["0", "2 bn", "4 bn", "6 bn"]);
    }
}
