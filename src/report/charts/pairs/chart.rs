//! What the chart of pairs shows.

use crate::report::Named;
use crate::report::headroom::State;
use crate::units::{FEASIBILITY, NOBODY};

/// What two failures at once come to, or one alone.
#[derive(Debug, Clone, PartialEq)]
pub struct PairCell {
    /// Users unserved.
    pub unserved: f64,
    /// Of those, whom no site can serve where they may be; `None` where a rule answers.
    pub no_site: Option<f64>,
    /// The worst missing share of a headroom target; 0 if none is missed.
    pub missing: f64,
}

impl PairCell {
    /// `true` if everybody is served and something is overloaded all the same.
    pub fn is_overloaded(&self) -> bool {
        self.unserved <= NOBODY && self.missing > 1.0 + FEASIBILITY
    }

    /// How it is to be judged.
    pub fn state(&self) -> State {
        if self.unserved > NOBODY || self.is_overloaded() {
            State::Full
        } else if self.missing > 0.0 {
            State::BelowTarget
        } else {
            State::Fine
        }
    }
}

/// What the chart of pairs shows, in the order in which it is shown.
///
/// ```
/// use plimsoll::report::charts::pairs::{PairCell, PairsChart};
/// use plimsoll::report::{Named, charts::Chart};
/// let cell = |unserved| Some(PairCell { unserved, no_site: Some(0.0), missing: 0.0 });
/// let chart = PairsChart {
///     title: "San Antonio and Boydton together leave 812,000 users unserved".into(),
///     about: vec!["drain-chicago".into()],
///     noun: "site".into(),
///     members: vec![Named::new("sat", "San Antonio"), Named::new("byd", "Boydton")],
///     members_in_all: 2,
///     cells: vec![vec![cell(0.0)], vec![cell(812_000.0), cell(0.0)]],
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">812,000</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PairsChart {
    /// The finding.
    pub title: String,
    /// Scenario, period, recovery.
    pub about: Vec<String>,
    /// One of what fails, such as `site`.
    pub noun: String,
    /// What fails, the worst first.
    pub members: Vec<Named>,
    /// How many there are to choose from.
    pub members_in_all: usize,
    /// By member: with each of those before it, then alone; `None` was not looked at.
    pub cells: Vec<Vec<Option<PairCell>>>,
}
