//! What the chart of moves of a period shows.

use crate::report::MoveRow;
use crate::report::moves::moves_title;

/// How many sites a side of the chart names unless told otherwise.
pub const MOST_SITES: usize = 10;

/// What the chart of moves of one period shows.
///
/// ```
/// use plimsoll::plan_files::{How, Reason};
/// use plimsoll::report::{MoveRow, Named};
/// use plimsoll::report::charts::{Chart, moves::{MOST_SITES, MovesChart}};
/// let rows = vec![MoveRow {
///     from: Some(Named::new("chi", "Chicago")), to: Some(Named::new("sat", "San Antonio")),
///     reason: Reason::Drained, how: Some(How::Takeover), cause: None, users: 249_500.0, shards: 20,
/// }];
/// let chart = MovesChart::new("chicago-maintenance", "13 Nov 2012", rows, MOST_SITES);
/// assert_eq!(chart.title(), "249,500 users leave Chicago: all go to San Antonio");
/// assert!(chart.svg(1200)?.contains(">249,500</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MovesChart {
    /// The finding.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The period as people read it.
    pub period: String,
    /// Who goes where, in any order.
    pub rows: Vec<MoveRow>,
    /// Most sites that a side names; the others are summed up.
    pub most_sites: usize,
}

impl MovesChart {
    /// A chart whose title is the finding of its rows.
    pub fn new(scenario: &str, period: &str, rows: Vec<MoveRow>, most_sites: usize) -> Self {
        Self {
            title: moves_title(&rows),
            scenario: scenario.to_owned(),
            period: period.to_owned(),
            rows,
            most_sites,
        }
    }
}
