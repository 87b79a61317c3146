//! What the chart of steering of a period shows.

use crate::report::Steering;

/// How many access points a chart shows unless told otherwise; the others are summed up.
pub const MOST_ACCESS_POINTS: usize = 12;

/// What the chart of steering of one period shows.
///
/// ```
/// use plimsoll::plan_files::AccessPointUse;
/// use plimsoll::report::{AccessPointRow, EntryRow, Named, Steering};
/// use plimsoll::report::charts::{Chart, steering::{MOST_ACCESS_POINTS, SteeringChart}};
/// let dallas = Named::new("ap-dfw", "Dallas");
/// let steering = Steering {
///     access_points: vec![AccessPointRow {
///         access_point: dallas.clone(), before: AccessPointUse::Standby, now: AccessPointUse::Opened,
///     }],
///     entries: vec![EntryRow {
///         access_point: dallas, client_region: Named::new("austin", "Austin"),
///         before: 0.0, now: 15_000.0, arriving: 15_000.0, leaving: 0.0,
///     }],
/// };
/// let chart = SteeringChart::new("night", "13 Nov 2012", steering, MOST_ACCESS_POINTS);
/// assert_eq!(chart.title(),
///     "Dallas opens for 15,000 users; 1 client region changes its access point");
/// assert!(chart.svg(1200)?.contains(">+15,000</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SteeringChart {
    /// The finding.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The period as people read it.
    pub period: String,
    /// Who enters where, before and now, in any order.
    pub steering: Steering,
    /// Most access points to show.
    pub most_access_points: usize,
}

impl SteeringChart {
    /// A chart whose title is the finding of its steering.
    pub fn new(scenario: &str, period: &str, steering: Steering, most: usize) -> Self {
        let steering = steering.sorted();
        Self {
            title: steering.title(),
            scenario: scenario.to_owned(),
            period: period.to_owned(),
            steering,
            most_access_points: most,
        }
    }
}
