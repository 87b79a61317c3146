//! Seen: what is kept of a column until all of its rows are read.

use super::outliers::Sample;
use super::thousands::Points;

/// What was seen of a column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Values that are compared with each other.
    pub(super) samples: Vec<Sample>,
    /// How its cells write points.
    pub(super) points: Points,
}
