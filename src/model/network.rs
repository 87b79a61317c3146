//! The network between client regions and sites: access points, elements, pools, links.

use super::site::Coordinates;
use super::word::{Word, words};
use crate::ids::{
    AccessPointId, ClientRegionId, ElementId, LoadCurveId, PoolId, ProfileId, SiteId,
};
use crate::units::Milliseconds;

/// Whether an access point takes users before anybody decides anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessPointState {
    /// In use.
    Active,
    /// Ready, closed until a plan opens it.
    Standby,
    /// On standby, and open when the scenario starts: an earlier plan has opened it.
    Opened,
}

impl AccessPointState {
    /// `true` if it is open only while a plan needs it.
    pub fn is_on_standby(self) -> bool {
        matches!(self, Self::Standby | Self::Opened)
    }

    /// `true` if users can enter when the scenario starts.
    pub fn is_open_at_start(self) -> bool {
        matches!(self, Self::Active | Self::Opened)
    }
}

/// Where users enter the network; every path passes exactly one.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessPoint {
    /// Unique among all components and client regions.
    pub id: String,
    /// What reports call it.
    pub name: String,
    /// Where it is.
    pub coordinates: Option<Coordinates>,
    /// Active, on standby, or opened by an earlier plan.
    pub state: AccessPointState,
    /// Own headroom target of every resource, a share; `None` inherits.
    pub headroom: Option<f64>,
    /// New user sessions per second; `None` is unlimited.
    pub accepts_per_second: Option<f64>,
}

/// A router, load balancer, firewall, filtering pool member: anything that users' traffic passes.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// Unique among all components and client regions.
    pub id: String,
    /// What reports call it.
    pub name: String,
    /// Free text such as `load-balancer`.
    pub kind: String,
    /// Where it is.
    pub coordinates: Option<Coordinates>,
    /// Own headroom target of every resource, a share; `None` inherits.
    pub headroom: Option<f64>,
    /// New user sessions per second; `None` is unlimited.
    pub accepts_per_second: Option<f64>,
    /// `true` if work whose client has given up is thrown away unworked.
    pub sheds_stale_work: bool,
    /// The pool that it is a member of. Links never name a member.
    pub pool: Option<PoolId>,
}

/// Elements that a hash loads equally: one place of the graph, nobody can steer between its members.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// Unique among all components and client regions.
    pub id: String,
    /// Its elements, ascending.
    pub members: Vec<ElementId>,
}

/// An end of a link: a place of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkEnd {
    /// Users start here.
    ClientRegion(ClientRegionId),
    /// An access point.
    AccessPoint(AccessPointId),
    /// An element that is not a member of a pool.
    Element(ElementId),
    /// A pool.
    Pool(PoolId),
    /// Users end here.
    Site(SiteId),
}

/// A directed link of the graph. Its capacities stand in `Inventory::capacity`.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Unique among all components and client regions.
    pub id: String,
    /// Never a site.
    pub from: LinkEnd,
    /// Never a client region.
    pub to: LinkEnd,
    /// The profiles that may use it, ascending; `None` is all of them.
    pub profiles: Option<Vec<ProfileId>>,
    /// Round trip. Given, or from the distance (`docs/inventory.md`, links.csv).
    pub latency: Milliseconds,
}

/// Where users are.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientRegion {
    /// Unique among all components and client regions.
    pub id: String,
    /// What reports call it.
    pub name: String,
    /// Where it is.
    pub coordinates: Option<Coordinates>,
    /// IANA name.
    pub time_zone: String,
    /// How its demand follows the hours; `None` is flat.
    pub load_curve: Option<LoadCurveId>,
}

words!(AccessPointState: "active" = Self::Active, "standby" = Self::Standby, "opened" = Self::Opened);
