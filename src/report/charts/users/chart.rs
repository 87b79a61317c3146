//! What the chart of users by state shows.

use crate::model::Phase;
use crate::report::span::Clock;
use jiff::Timestamp;

/// Users of one period by state.
///
/// At home, away, new and unserved are all users, each counted once; the other counts are of these.
#[derive(Debug, Clone, PartialEq)]
pub struct UsersPeriod {
    /// Counted from 0.
    pub index: usize,
    /// First instant.
    pub start: Timestamp,
    /// First instant of the next one.
    pub end: Timestamp,
    /// Whether everything in force is known and answered.
    pub phase: Phase,
    /// All users.
    pub users: f64,
    /// Served where shards.csv homes them.
    pub at_home: f64,
    /// Served at another site.
    pub away: f64,
    /// Served, with no home in shards.csv.
    pub new: f64,
    /// Not served.
    pub unserved: f64,
    /// Of these, whom no site can serve where they may be: none is open and reached by a path.
    pub no_site: f64,
    /// Who change site in this period because they must.
    pub moving: f64,
    /// Of those away, who change site in this period and whose data must travel.
    pub copied: f64,
    /// Who go home in this period.
    pub returned: f64,
    /// Of those served, who are hurt in truth while the plan does not count with it; each counted once.
    pub hurt: f64,
}

impl UsersPeriod {
    /// All who are not at home.
    pub fn not_at_home(&self) -> f64 {
        self.away + self.new + self.unserved
    }
}

/// What the chart of users by state shows.
///
/// ```
/// use plimsoll::model::Phase;
/// use plimsoll::report::charts::{Chart, UsersChart, UsersPeriod};
/// use plimsoll::report::span::Clock;
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let (start, end) = (at("2012-11-13T17:08:00Z"), at("2012-11-13T22:10:00Z"));
/// let chart = UsersChart {
///     title: "Everyone is served; 310,400 users are away from home".into(),
///     scenario: "chicago-maintenance".into(),
///     span: "13 Nov 2012 09:08 to 14:10 (UTC-08:00)".into(),
///     clock: Clock { start, end, offset: jiff::tz::offset(-8) },
///     periods: vec![UsersPeriod {
///         index: 0, start, end, phase: Phase::Known, users: 60e6, at_home: 59_689_600.0, away: 310_400.0,
///         new: 0.0, unserved: 0.0, no_site: 0.0, moving: 310_400.0, copied: 0.0, returned: 0.0, hurt: 0.0,
///     }],
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">310,400</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct UsersChart {
    /// The finding.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// When it is, as people read it.
    pub span: String,
    /// The scenario's start, end and offset.
    pub clock: Clock,
    /// The periods, in any order.
    pub periods: Vec<UsersPeriod>,
}

impl UsersChart {
    /// The periods by time.
    pub(super) fn in_order(&self) -> Vec<&UsersPeriod> {
        let mut periods: Vec<_> = self.periods.iter().collect();
        periods.sort_by_key(|period| (period.start, period.index));
        periods
    }
}
