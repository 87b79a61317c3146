//! What the map of a period shows: the plain values.

use crate::model::Coordinates;
use crate::plan_files::AccessPointUse;
use crate::report::headroom::{Standing, State};

/// A site as maps show it.
#[derive(Debug, Clone, PartialEq)]
pub struct SitePlace {
    /// Id, unique among all components.
    pub id: String,
    /// What reports call it.
    pub name: String,
    /// Where it is.
    pub coordinates: Option<Coordinates>,
    /// What became of it.
    pub standing: Standing,
    /// How its tightest resource is to be judged.
    pub state: State,
    /// Headroom of its tightest resource; `None` if it has no capacity.
    pub headroom: Option<f64>,
    /// Users served there.
    pub users: f64,
}

/// An access point as maps show it.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessPointPlace {
    /// Id, unique among all components.
    pub id: String,
    /// What reports call it.
    pub name: String,
    /// Where it is.
    pub coordinates: Option<Coordinates>,
    /// What it is used as.
    pub usage: AccessPointUse,
    /// Users who enter there.
    pub users: f64,
}

/// Users who change from one site to another.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteMove {
    /// Id of the site that they leave.
    pub from: String,
    /// Id of the site that they come to.
    pub to: String,
    /// How many.
    pub users: f64,
}

/// What the map of one period shows.
///
/// ```
/// use plimsoll::model::Coordinates;
/// use plimsoll::report::charts::map::{SiteMove, SitePlace};
/// use plimsoll::report::charts::{Chart, MapChart};
/// use plimsoll::report::{Standing, State};
/// let site = |id: &str, name: &str, latitude, longitude, state, users| SitePlace {
///     id: id.into(), name: name.into(), coordinates: Some(Coordinates { latitude, longitude }),
///     standing: Standing::InService, state, headroom: None, users,
/// };
/// let map = MapChart {
///     title: "900 users leave Chicago for Dallas".into(),
///     scenario: "chicago-maintenance".into(),
///     period: "13 Nov 2012, 09:08 to 14:10 PST".into(),
///     sites: vec![
///         site("chi", "Chicago", 41.85, -87.65, State::Gone, 0.0),
///         site("dfw", "Dallas", 32.78, -96.81, State::Fine, 900.0),
///     ],
///     access_points: Vec::new(),
///     moves: vec![SiteMove { from: "chi".into(), to: "dfw".into(), users: 900.0 }],
/// };
/// let picture = map.picture(900)?;
/// assert!(picture.svg.contains(">Dallas</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MapChart {
    /// The finding, such as `310,400 users leave Chicago: most go to Des Moines and San Antonio`.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The period as people read it, such as `13 Nov 2012, 09:08 to 10:42 PST`.
    pub period: String,
    /// Every site, in any order.
    pub sites: Vec<SitePlace>,
    /// Every access point, in any order.
    pub access_points: Vec<AccessPointPlace>,
    /// Who moves from site to site: at most one entry for each pair, in any order.
    pub moves: Vec<SiteMove>,
}

impl MapChart {
    /// `true` if at least two places have coordinates, so that there is something to show.
    pub fn has_places(&self) -> bool {
        let sites = self.sites.iter().map(|site| site.coordinates);
        let access_points = self.access_points.iter().map(|place| place.coordinates);
        sites.chain(access_points).flatten().count() >= 2
    }

    /// The same in the order in which it is shown: places by id, largest moves first.
    pub(super) fn in_order(&self) -> Self {
        let mut chart = self.clone();
        chart.sites.sort_by(|a, b| a.id.cmp(&b.id));
        chart.access_points.sort_by(|a, b| a.id.cmp(&b.id));
        chart.moves.sort_by(|a, b| {
            let by_site = || (&a.from, &a.to).cmp(&(&b.from, &b.to));
            b.users.total_cmp(&a.users).then_with(by_site)
        });
        chart
    }
}
