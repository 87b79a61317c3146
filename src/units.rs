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

/// Feasibility of a written plan, relative to the capacity of the row (`model.md` §12).
pub const FEASIBILITY: f64 = 1e-6;

/// Relative agreement asked of two numbers that should be the same, such as a total and its parts.
pub const AGREEMENT: f64 = 1e-6;

/// A relative gap between value and bound up to here is what solvers' tolerances leave: it counts as none.
pub const PROVEN: f64 = 1e-6;

/// Latency limits are kept up to this many milliseconds, so that sums of decimals do not decide.
pub const LATENCY_SLACK_MS: f64 = 1e-9;

/// Fewer users than this are nobody: what floating-point arithmetic leaves of zero.
pub const NOBODY: f64 = 1e-6;

/// Relative difference that adding the same numbers in another order may leave.
pub const ROUNDING: f64 = 1e-12;

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
