//! Scale: amounts along a line of pixels, and the round ones that get a label.

use super::canvas::whole;
use super::columns::Tick;

/// The least of 1, 2 and 5 times powers of ten that is no less than an amount above 0.
pub(crate) fn round_up(amount: f64) -> f64 {
    let power = 10_f64.powf(amount.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|step| step * power);
    let is_enough = |step: &f64| *step >= amount * (1.0 - 1e-9);
    steps.into_iter().find(is_enough).unwrap_or(10.0 * power)
}

/// Amounts between two ends in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    /// The amounts at both ends: the least is 0 or less, the most above it.
    pub(crate) amounts: (f64, f64),
    /// Both ends in pixels.
    pub(crate) ends: (f64, f64),
}

impl Scale {
    /// From 0 up to an amount.
    pub(crate) fn up_to(most: f64, ends: (f64, f64)) -> Self {
        Self {
            amounts: (0.0, most.max(f64::MIN_POSITIVE)),
            ends,
        }
    }

    /// From 0 up to the first round amount that holds so much, in a few parts; and the size of a part.
    pub(crate) fn rounded(most: f64, ends: (f64, f64)) -> (Self, f64) {
        const PARTS: f64 = 4.0;
        if most <= 0.0 || !most.is_finite() {
            return (Self::up_to(1.0, ends), 1.0);
        }
        let step = round_up(most / PARTS);
        let top = (most / step - 1e-9).ceil().max(1.0) * step;
        (Self::up_to(top, ends), step)
    }

    /// Pixels of a length of so much.
    pub(crate) fn length(&self, amount: f64) -> f64 {
        let (least, most) = self.amounts;
        (self.ends.1 - self.ends.0) * (amount / (most - least)).clamp(0.0, 1.0)
    }

    /// Where an amount stands, no further than the ends.
    pub(crate) fn x(&self, amount: f64) -> i32 {
        let (least, most) = self.amounts;
        let share = ((amount - least) / (most - least)).clamp(0.0, 1.0);
        whole((self.ends.1 - self.ends.0).mul_add(share, self.ends.0))
    }

    /// Every multiple of a step, and where it stands.
    pub(crate) fn steps(&self, step: f64) -> impl Iterator<Item = (f64, i32)> {
        let (scale, (least, most)) = (*self, self.amounts);
        let (first, last) = (
            whole((least / step - 1e-6).ceil()),
            whole((most / step + 1e-6).floor()),
        );
        (first..=last).map(move |index| {
            let amount = f64::from(index) * step;
            (amount, scale.x(amount))
        })
    }

    /// Ticks at round amounts, no less than `least` apart, each with the given pixels for its label; 0 may be the limit.
    pub(crate) fn ticks(
        &self,
        least: f64,
        space: f64,
        has_limit: bool,
        label: impl Fn(f64) -> String,
    ) -> Vec<Tick> {
        let (from, to) = self.amounts;
        let per_pixel = (to - from) / (self.ends.1 - self.ends.0).max(1.0);
        let step = round_up((space * per_pixel).max(least));
        let tick = |(amount, x): (f64, i32)| Tick {
            limit: Some(has_limit && x == self.x(0.0)),
            ..Tick::line(x, label(amount))
        };
        self.steps(step).map(tick).collect()
    }
}
