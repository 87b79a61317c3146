//! Legs and routes: what a steering row says, and the path of the inventory that it means.

use super::ground::Ground;
use super::report::At;
use crate::ids::{AccessPointId, ComponentId, LinkId, PoolId, SiteId};
use crate::model::LinkEnd;
use crate::plan_files::{BeforeRow, Lined, Row, SteeringRow};

/// A row of steering.csv or before.csv.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leg<'a> {
    pub(super) file: &'static str,
    pub(super) line: u64,
    pub(super) client_region: &'a str,
    pub(super) profile: &'a str,
    pub(super) limit: Option<f64>,
    pub(super) access_point: &'a str,
    pub(super) site: &'a str,
    pub(super) path: &'a str,
    pub(super) links: &'a str,
    pub(super) users: f64,
    pub(super) share: f64,
    pub(super) latency: f64,
    /// `None` is the only one.
    pub(super) slice: Option<u32>,
}

/// The columns that both files share.
macro_rules! leg {
    ($lined:expr, $row:ty) => {
        Self {
            file: <$row>::FILE,
            line: $lined.line,
            client_region: &$lined.row.client_region,
            profile: &$lined.row.profile,
            limit: $lined.row.max_latency_ms,
            access_point: &$lined.row.access_point,
            site: &$lined.row.site,
            path: &$lined.row.path,
            links: &$lined.row.links,
            users: $lined.row.users,
            share: $lined.row.share,
            latency: $lined.row.latency_ms,
            slice: $lined.row.slice,
        }
    };
}

impl<'a> From<&'a Lined<SteeringRow>> for Leg<'a> {
    fn from(lined: &'a Lined<SteeringRow>) -> Self {
        leg!(lined, SteeringRow)
    }
}

impl<'a> From<&'a Lined<BeforeRow>> for Leg<'a> {
    fn from(lined: &'a Lined<BeforeRow>) -> Self {
        leg!(lined, BeforeRow)
    }
}

impl<'a> Leg<'a> {
    /// A cell of the row.
    pub(super) fn at(&self, column: &'a str) -> At<'a> {
        At::cell(self.file, self.line, column)
    }
}

/// A path of the inventory.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Route {
    pub(super) links: Vec<LinkId>,
    /// From the client region to the site.
    pub(super) places: Vec<LinkEnd>,
    pub(super) access_point: AccessPointId,
    pub(super) site: SiteId,
    /// The sum of its links', in milliseconds.
    pub(super) latency: f64,
}

impl Route {
    /// Links, access point and elements that stand alone; neither the site nor pools.
    pub(super) fn components(&self, ground: &Ground<'_>) -> Vec<ComponentId> {
        let inventory = ground.inventory;
        let links = self
            .links
            .iter()
            .map(|&link| inventory.link_component(link));
        let places = self.places.iter().filter_map(|place| match *place {
            LinkEnd::AccessPoint(id) => Some(inventory.access_point_component(id)),
            LinkEnd::Element(id) => Some(inventory.element_component(id)),
            _ => None,
        });
        links.chain(places).collect()
    }

    /// The pools that it passes.
    pub(super) fn pools(&self) -> impl Iterator<Item = PoolId> + '_ {
        self.places.iter().filter_map(|place| match *place {
            LinkEnd::Pool(id) => Some(id),
            _ => None,
        })
    }
}

/// Users of one group on one route in one slice of the hours.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Steered {
    pub(super) line: u64,
    pub(super) slice: usize,
    pub(super) group: usize,
    pub(super) route: Route,
    pub(super) users: f64,
}

impl Steered {
    /// Its group and site.
    pub(super) fn cell(&self) -> (usize, SiteId) {
        (self.group, self.route.site)
    }
}
