//! Blend: what one user brings while weights and the shares of pools go over together from those of before to those of
//! the period.
//!
//! A path has the weight `(1 − λ)·w₀ + λ·w₁`, and of its users the member of a pool gets the share
//! `(1 − λ)·s₀ + λ·s₁`. Their product is not on the line between both ends, but beside it by
//! `λ·(1 − λ)·bend`, with `bend = w₀·s₁ + w₁·s₀ − w₀·s₀ − w₁·s₁`: 0 where only one of the two changes.

/// A quantity at every share of the way from one steering to the other.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Blend {
    /// Under the steering of before, and under that of the period.
    pub(super) ends: [f64; 2],
    /// How far it is off the line between both.
    pub(super) bend: f64,
}

impl Blend {
    /// The same under every steering.
    pub(super) fn same(amount: f64) -> Self {
        Self {
            ends: [amount; 2],
            bend: 0.0,
        }
    }

    /// The value at a share of the way.
    pub(super) fn at(self, share: f64) -> f64 {
        let straight = (1.0 - share) * self.ends[0] + share * self.ends[1];
        straight + share * (1.0 - share) * self.bend
    }

    /// The most between two shares of the way.
    pub(super) fn most(self, from: f64, to: f64) -> f64 {
        let ends = self.at(from).max(self.at(to));
        self.peak(from, to).unwrap_or(ends)
    }

    /// The most between two shares of the way, if that is more than at both.
    pub(super) fn peak(self, from: f64, to: f64) -> Option<f64> {
        let ends = self.at(from).max(self.at(to));
        self.turning(from, to).filter(|turning| *turning > ends)
    }

    /// The least on all of the way.
    pub(super) fn least(self) -> f64 {
        let least = self.ends[0].min(self.ends[1]);
        self.turning(0.0, 1.0)
            .map_or(least, |turning| least.min(turning))
    }

    /// The value where it turns from growing to falling or back, if that is between two shares of the way.
    fn turning(self, from: f64, to: f64) -> Option<f64> {
        let slope = self.ends[1] - self.ends[0] + self.bend;
        let at = slope / (2.0 * self.bend);
        let is_between = from.min(to) < at && at < from.max(to);
        is_between.then(|| self.at(at))
    }

    /// Adds so many times another one.
    pub(super) fn add(&mut self, other: Self, times: f64) {
        for (own, other) in self.ends.iter_mut().zip(other.ends) {
            *own += times * other;
        }
        self.bend += times * other.bend;
    }
}

#[cfg(test)]
mod tests {
    use super::Blend;

    /// All users go to member a at weight 1, and half of them to member b at weight 0.5: `w·s` for both.
    #[test]
    fn product_of_two_lines_is_told_everywhere() {
        let (w, s) = ([1.0, 0.5], [1.0, 0.0]);
        let product = |own: f64| {
            let line = |ends: [f64; 2]| (1.0 - own) * ends[0] + own * ends[1];
            line(w) * line(s)
        };
        let ends = [w[0] * s[0], w[1] * s[1]];
        let blend = Blend {
            ends,
            bend: w[0] * s[1] + w[1] * s[0] - ends[0] - ends[1],
        };
        for own in [0.0, 0.125, 0.5, 0.75, 1.0] {
            assert!((blend.at(own) - product(own)).abs() < 1e-15, "at {own}");
        }
    }

    #[test]
    fn most_and_least_are_found_between_the_ends() {
        let up = Blend {
            ends: [0.0, 0.0],
            bend: 4.0,
        };
        assert!((up.most(0.0, 1.0) - 1.0).abs() < 1e-15);
        assert!((up.most(0.75, 1.0) - 0.75).abs() < 1e-15);
        assert_eq!(up.peak(0.0, 1.0), Some(1.0));
        assert_eq!(up.peak(0.75, 1.0), None);
        assert!(up.least().abs() < 1e-15);
        let down = Blend {
            ends: [2.0, 2.0],
            bend: -4.0,
        };
        assert!((down.least() - 1.0).abs() < 1e-15);
        assert_eq!(down.peak(0.0, 1.0), None);
        assert!((Blend::same(3.0).most(0.0, 1.0) - 3.0).abs() < 1e-15);
    }
}
