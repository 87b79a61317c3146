//! What the headroom chart of a period shows.

use crate::report::headroom::HeadroomRow;

/// How many access points, elements and links a chart shows unless told otherwise.
pub const TIGHTEST_OTHERS: usize = 8;

/// What a headroom is shown against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// The state before the scenario.
    Before,
    /// Another plan, which the title calls A; the bars are of B.
    PlanA,
}

impl Against {
    /// What legend and column call it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::PlanA => "A",
        }
    }

    /// What the column of the plan itself is called.
    pub(super) fn of_plan(self) -> &'static str {
        match self {
            Self::Before => "headroom",
            Self::PlanA => "B",
        }
    }

    /// `(was 41.0 %)` for a percentage.
    pub(super) fn was(self, percentage: &str) -> String {
        match self {
            Self::Before => format!("(was {percentage})"),
            Self::PlanA => format!("(A {percentage})"),
        }
    }

    /// What stands there if both are the same.
    pub(super) fn unchanged(self) -> &'static str {
        match self {
            Self::Before => "(as before)",
            Self::PlanA => "(A the same)",
        }
    }
}

/// What the headroom chart of one period shows.
///
/// ```
/// use plimsoll::model::ComponentKind;
/// use plimsoll::report::charts::Chart;
/// use plimsoll::report::charts::headroom::{Against, HeadroomChart, TIGHTEST_OTHERS};
/// use plimsoll::report::{HeadroomRow, Standing};
/// let chart = HeadroomChart {
///     title: "Chicago is drained: San Antonio keeps 12 % headroom".into(),
///     scenario: "chicago-maintenance".into(),
///     period: "13 Nov 2012, 09:08 to 14:10 PST".into(),
///     rows: vec![HeadroomRow {
///         component: "sat".into(), name: "San Antonio".into(), kind: ComponentKind::Site,
///         resource: "cpu".into(), unit: "vCPU".into(), standing: Standing::InService,
///         before: Some(0.41), during: Some(0.12), target: Some(0.1), in_force: Some(0.1), load: 3520.0,
///     capacity: 4000.0,
///     }],
///     most_others: TIGHTEST_OTHERS,
///     against: Against::Before,
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">12.0 %</text>"));
/// assert_eq!(&picture.png[1..4], b"PNG");
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HeadroomChart {
    /// The finding, such as `Chicago is drained: San Antonio keeps 12 % headroom`.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The period as people read it, such as `13 Nov 2012, 09:08 to 10:42 PST`.
    pub period: String,
    /// Every component and resource of the period, in any order.
    pub rows: Vec<HeadroomRow>,
    /// Most access points, elements and links to show; all sites are shown.
    pub most_others: usize,
    /// What `before` of the rows is.
    pub against: Against,
}
