//! What a map shows: sites, access points, and who moves between sites.

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
    /// The target of that resource; `None` if it has none.
    pub target: Option<f64>,
    /// How the worst of its network is to be judged; `None` if all of it meets its targets.
    pub network: Option<State>,
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
    /// How many more of those that are served before and now enter there than before; negative is fewer.
    pub gained: f64,
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
