//! What the chart of utilization by site and failure shows.

use crate::report::Named;
use crate::report::headroom::State;

/// What fails, and what that comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct FailureColumn {
    /// The case.
    pub case: usize,
    /// What fails: ids joined by `+`, and how the heading calls it. Nothing has no id.
    pub failing: Named,
    /// How the case as a whole is to be judged.
    pub state: State,
    /// Users unserved.
    pub unserved: f64,
}

/// How full a site is in a case: its fullest resource.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteCell {
    /// Id of the resource.
    pub resource: String,
    /// Load ÷ what is left.
    pub utilization: f64,
    /// The share to keep free.
    pub target: f64,
    /// How that is to be judged.
    pub state: State,
}

/// A site in all cases.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRow {
    /// Which.
    pub site: Named,
    /// One for each column; `None` is out of service.
    pub cells: Vec<Option<SiteCell>>,
}

impl SiteRow {
    /// The position of the column in which it is fullest, the first of several; `None` if it is never in service.
    pub fn fullest(&self) -> Option<(usize, &SiteCell)> {
        let cells = self.cells.iter().enumerate();
        let cells = cells.filter_map(|(index, cell)| Some((index, cell.as_ref()?)));
        cells.reduce(|most, own| {
            if own.1.utilization > most.1.utilization {
                own
            } else {
                most
            }
        })
    }
}

/// What the chart of utilization by site and failure shows, in the order in which it is shown.
///
/// ```
/// use plimsoll::report::charts::utilization::{FailureColumn, SiteCell, SiteRow, UtilizationChart};
/// use plimsoll::report::charts::Chart;
/// use plimsoll::report::{Named, State};
/// let chart = UtilizationChart {
///     title: "If Chicago fails, San Antonio is 92 % full".into(),
///     about: vec!["drain-boston".into()],
///     noun: "site".into(),
///     columns: vec![FailureColumn {
///         case: 1, failing: Named::new("chi", "Chicago"), state: State::BelowTarget, unserved: 0.0,
///     }],
///     rows: vec![SiteRow {
///         site: Named::new("sat", "San Antonio"),
///         cells: vec![Some(SiteCell {
///             resource: "cpu".into(), utilization: 0.92, target: 0.1, state: State::BelowTarget,
///         })],
///     }],
///     failures_in_all: 1,
///     sites_in_all: 1,
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">92</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct UtilizationChart {
    /// The finding.
    pub title: String,
    /// Scenario, period, recovery.
    pub about: Vec<String>,
    /// One of what fails, such as `site`.
    pub noun: String,
    /// Failures, the worst first; the case without a failure stands before them.
    pub columns: Vec<FailureColumn>,
    /// How many failures there are to choose from.
    pub failures_in_all: usize,
    /// Sites, the fullest first.
    pub rows: Vec<SiteRow>,
    /// How many sites there are to choose from.
    pub sites_in_all: usize,
}
