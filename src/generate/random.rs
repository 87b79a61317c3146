//! Random: draws from a seeded generator, one stream for each purpose.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng as _;

/// What numbers are drawn for. Each has a stream of its own, so that more draws for one change none of another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// Where sites, access points, routers and client regions stand.
    Places = 1,
    /// Detours of links.
    Links = 2,
    /// Tenants, their shards, homes and copies.
    Tenants = 3,
    /// How full components are.
    Capacities = 4,
}

/// A stream of draws.
#[derive(Debug, Clone)]
pub(super) struct Draws(Pcg64);

/// 2⁻⁵³: the distance of neighbouring draws of [`Draws::share`].
const STEP: f64 = 1.0 / 9_007_199_254_740_992.0;

impl Draws {
    /// The stream of a seed for a purpose.
    pub(super) fn new(seed: u64, purpose: Purpose) -> Self {
        Self(Pcg64::new(u128::from(seed), purpose as u128))
    }

    /// A number from 0 to under 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * STEP
    }

    /// A number from `low` to under `high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// `true` with this probability.
    pub(super) fn is(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// A whole number from 0 to under `count`, which is at least 1.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let product = u128::from(self.0.next_u64()) * count as u128;
        usize::try_from(product >> 64).expect("invariant: it is below `count`")
    }

    /// A draw from the normal distribution of mean 0 and deviation 1 (Box and Muller 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.share())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.share())
    }

    /// A draw from the lognormal distribution of this median, whose logarithm has this deviation.
    pub(super) fn lognormal(&mut self, median: f64, deviation: f64) -> f64 {
        median * libm::exp(deviation * self.normal())
    }

    /// A draw from the Pareto distribution from 1 on with this exponent.
    pub(super) fn pareto(&mut self, exponent: f64) -> f64 {
        libm::pow(1.0 - self.share(), -1.0 / exponent)
    }

    /// A position, drawn in proportion to weights of which `sums` are the sums up to and with each.
    pub(super) fn position(&mut self, sums: &[f64]) -> usize {
        let total = sums.last().copied().unwrap_or_default();
        let drawn = self.share() * total;
        let position = sums.partition_point(|sum| *sum <= drawn);
        position.min(sums.len().saturating_sub(1))
    }
}

/// The sums of `weights` up to and with each.
pub(super) fn sums(weights: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut total = 0.0;
    let running = weights.into_iter().map(|weight| {
        total += weight;
        total
    });
    running.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_purposes_draw_apart() {
        let first = |seed, purpose| Draws::new(seed, purpose).0.next_u64();
        assert_eq!(first(7, Purpose::Places), first(7, Purpose::Places));
        assert_ne!(first(7, Purpose::Places), first(8, Purpose::Places));
        assert_ne!(first(7, Purpose::Places), first(7, Purpose::Tenants));
    }

    #[test]
    fn draws_stay_in_their_range() {
        let mut draws = Draws::new(1, Purpose::Places);
        for _ in 0..10_000 {
            assert!((0.0..1.0).contains(&draws.share()));
            assert!(draws.below(3) < 3);
            assert!(draws.pareto(1.2) >= 1.0);
            assert!(draws.normal().is_finite());
        }
    }

    #[test]
    fn positions_follow_weights_and_weight_nothing_is_never_drawn() {
        let mut draws = Draws::new(1, Purpose::Places);
        let sums = sums([0.0, 1.0, 0.0, 3.0]);
        let mut counts = [0; 4];
        for _ in 0..10_000 {
            counts[draws.position(&sums)] += 1;
        }
        assert_eq!((counts[0], counts[2]), (0, 0));
        // 2,500 of 10,000 expected, with a deviation of 43.
        assert!((2300..2700).contains(&counts[1]), "{counts:?}");
    }
}
