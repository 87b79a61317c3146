//! Amount: work or users in whole millionths, so that what comes in is exactly what goes out.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

/// Millionths of a user-second of work, or of a user.
///
/// Sums and differences are exact, whatever their order; only splitting rounds, and what one side does not get the other
/// one keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Amount(i128);

/// How many of them are one.
const WHOLE: f64 = 1e6;

impl Amount {
    pub(super) const NONE: Self = Self(0);

    /// The least that is more than nothing.
    pub(super) const LEAST: f64 = 1.0 / WHOLE;

    /// The nearest to a number of 0 or more; the largest that there is beyond it.
    pub(super) fn of(number: f64) -> Self {
        // Casting saturates, and takes what is no number for 0.
        #[expect(clippy::cast_possible_truncation, reason = "saturates by intent")]
        Self((number.max(0.0) * WHOLE).round().min(1e30) as i128)
    }

    /// As a number; 0 of what is less than nothing.
    pub(super) fn number(self) -> f64 {
        self.raw() / WHOLE
    }

    /// Millionths as a number.
    fn raw(self) -> f64 {
        // The machine turns halves into numbers by itself, which a whole takes ten times as long for.
        let number = self.0.max(0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "two halves of what is no less than nothing"
        )]
        let [low, high] = [number as u64, (number >> 64) as u64];
        high as f64 * 2.0_f64.powi(64) + low as f64
    }

    pub(super) fn is_none(self) -> bool {
        self.0 <= 0
    }

    /// A share of it, 0 to 1, rounded down; a share of 1 or more is all of it.
    pub(super) fn share(self, share: f64) -> Self {
        if share >= 1.0 {
            return self;
        }
        if share <= 0.0 || self.0 <= 0 {
            return Self::NONE;
        }
        let part = self.raw() * share;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "no more than what it is a share of"
        )]
        let part = part as i128;
        Self(part.min(self.0))
    }

    pub(super) fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// What is left of it once `other` is gone, at least nothing.
    pub(super) fn without(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0))
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Amount {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl SubAssign for Amount {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::NONE, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;

    #[test]
    fn a_share_and_the_rest_are_all_of_it() {
        let all = Amount::of(1_234.567_891);
        for share in [0.0, 1e-9, 0.1, 1.0 / 3.0, 0.999_999_9, 1.0, 2.0] {
            let taken = all.share(share);
            assert_eq!(taken + (all - taken), all);
            assert!(taken <= all);
        }
    }
}
