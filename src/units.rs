//! Quantities that would compile if mixed up, and the tolerances by which numbers are compared.

use std::fmt;

/// A round-trip time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Milliseconds(pub f64);

/// A share of a whole, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Share(pub f64);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

/// Feasibility of a written plan, relative to the capacity of the row (`model.md` §12); a share of a capacity below it is none.
/// Neither is a share of a shard's users or of all user minutes: nobody takes a step for it.
pub const FEASIBILITY: f64 = 1e-6;

/// Relative agreement asked of two numbers that should be the same, such as a total and its parts.
pub const AGREEMENT: f64 = 1e-6;

/// A relative gap between value and bound up to here is what solvers' tolerances leave: it counts as none.
pub const PROVEN: f64 = 1e-6;

/// Fewer users than this are nobody: what floating-point arithmetic leaves of zero.
pub const NOBODY: f64 = 1e-6;

/// Seconds that arithmetic leaves of none, of instants of some days.
pub const SAME_INSTANT: f64 = 1e-6;

/// Relative difference of sums of numbers that files have rounded, and of what follows from them.
pub const WRITTEN: f64 = 1e-5;

/// A level or factor that is relatively better by less is not worth another search.
pub const WORTH_A_TRY: f64 = 1e-3;

/// Users after a further failure, and users moved, of two starts of a maintenance that differ by no more than this share of the
/// larger number rank alike: rounding to whole shards, for which only the recommended start is planned, changes them by more.
pub const EQUAL_COST: f64 = 0.005;

/// What a solver's tolerances leave of a row or a level, relative to it: a tenth of [`FEASIBILITY`].
pub const SOLVER_TOLERANCE: f64 = 1e-7;

/// What a solver's tolerances leave of nobody, as a share of a class, a row or a unit of the program's columns.
pub const SOLVER_NOISE: f64 = 1e-8;

/// What arithmetic leaves of no share and of no difference, relative to the larger of 1 and the value.
pub const NUMERICAL_NOISE: f64 = 1e-9;

/// Latency limits are kept up to this many milliseconds, so that sums of decimals do not decide.
pub const LATENCY_SLACK_MS: f64 = 1e-9;

/// Relative difference of sums of some million users or loads in another order.
pub const SUM_NOISE: f64 = 1e-10;

/// Relative slack of a level that the program holds at its value: what later levels may gain by it shows in no digit.
pub const HELD_SLACK: f64 = 1e-11;

/// Relative difference that adding a few numbers in another order may leave; a number of files below it would be taken for 0.
pub const ROUNDING: f64 = 1e-12;

/// What rounding leaves of a sum, as a share of the sum of its terms' sizes: several times the last digit.
pub const LAST_DIGITS: f64 = 1e-15;

/// `true` if `a` and `b` agree within `tolerance`, relative to the larger of them and 1.
///
/// ```
/// use plimsoll::units::is_close;
/// assert!(is_close(1e9, 1e9 + 100.0, 1e-6));
/// assert!(!is_close(1.0, 1.1, 1e-6));
/// ```
pub fn is_close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0)
}
