//! Sums whose rounding error is known.

/// Half the distance from 1 to the next number: the largest relative error of one operation.
const UNIT: f64 = f64::EPSILON / 2.0;

/// A compensated sum (Neumaier 1974), and the size of all that went into it.
///
/// The error of the sum itself is at most two units of its value, however many terms there are; `size` bounds
/// the error that terms bring along.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::plan::check) struct CompensatedSum {
    high: f64,
    rest: f64,
    size: f64,
}

impl CompensatedSum {
    /// Adds a term.
    pub(super) fn add(&mut self, term: f64) {
        self.add_of_size(term, term.abs());
    }

    /// Adds a term whose own parts were as large as `size`.
    pub(super) fn add_of_size(&mut self, term: f64, size: f64) {
        let high = self.high + term;
        self.rest += if self.high.abs() >= term.abs() {
            (self.high - high) + term
        } else {
            (term - high) + self.high
        };
        self.high = high;
        self.size += size;
    }

    /// Adds all of another sum.
    pub(super) fn add_all(&mut self, other: &Self) {
        self.add_of_size(other.high, other.size);
        self.add_of_size(other.rest, 0.0);
    }

    /// The sum, as near as it can be.
    pub(in crate::plan::check) fn value(&self) -> f64 {
        self.high + self.rest
    }

    /// A number that the exact sum is not below, if every term is off by at most `operations` roundings.
    pub(super) fn lower(&self, operations: f64) -> f64 {
        // The sum of sizes is itself rounded, upwards or downwards, by less than the doubling.
        let error = 2.0 * (operations + 4.0) * UNIT * self.size;
        self.value() - error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_terms_survive_beside_large_ones() {
        let mut sum = CompensatedSum::default();
        for term in [1e16, 1.0, -1e16, 1.0] {
            sum.add(term);
        }
        assert_eq!(sum.value().to_bits(), 2.0_f64.to_bits());
    }

    #[test]
    fn the_lower_end_is_below_the_sum_by_the_error_of_its_terms() {
        let mut sum = CompensatedSum::default();
        sum.add(3.0 * 0.1);
        sum.add(-0.3);
        // 3 × 0.1 is rounded up; the exact difference of what was meant is 0.
        assert!(sum.value() > 0.0);
        assert!(sum.lower(1.0) <= 0.0);
        assert!(sum.lower(1.0) > -1e-15);
    }
}
