//! Layout of the map: where marks, arrows, names and numbers stand.

use super::MapChart;
use super::area::Area;
use super::arrows::{self, Arrow};
use super::dodge::{self, Mark};
use super::field::Field;
use super::projection::Window;
use super::stands::Stand;
use crate::model::Coordinates;
use crate::plan_files::AccessPointUse;
use crate::report::charts::font::Font;
use crate::report::places::{AccessPointPlace, SitePlace};
use std::collections::{BTreeMap, BTreeSet};

/// Most arrows of a picture: more make a tangle. moves.csv has all moves.
const MOST_ARROWS: usize = 24;

/// Sizes of texts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sizes {
    /// Names.
    pub(super) name: f64,
    /// What stands below them, and numbers on arrows.
    pub(super) detail: f64,
    /// Widest name, in pixels.
    pub(super) widest: f64,
    /// Most numbers on arrows.
    pub(super) most_numbers: usize,
}

impl Sizes {
    /// The sizes of the wide and of the narrow form.
    pub(super) fn new(is_wide: bool) -> Self {
        if is_wide {
            Self {
                name: 14.0,
                detail: 12.0,
                widest: 170.0,
                most_numbers: 6,
            }
        } else {
            Self {
                name: 13.0,
                detail: 11.5,
                widest: 110.0,
                most_numbers: 3,
            }
        }
    }
}

/// A name and what stands below it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    /// Where it stands.
    pub(super) stand: Stand,
    /// First the name.
    pub(super) lines: Vec<String>,
    /// `true` for a site, whose name is of the first rank.
    pub(super) is_site: bool,
}

/// Where everything stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout<'a> {
    /// What of the globe is shown.
    pub(super) window: Window,
    /// Half the width of a site's mark.
    pub(super) radius: i32,
    /// Sites with coordinates.
    pub(super) sites: Vec<(&'a SitePlace, Mark)>,
    /// Access points with coordinates.
    pub(super) access_points: Vec<(&'a AccessPointPlace, Mark)>,
    /// Moves, largest first.
    pub(super) arrows: Vec<Arrow>,
    /// Users on the largest arrows.
    pub(super) numbers: Vec<(Area, String)>,
    /// Names that have room.
    pub(super) labels: Vec<Label>,
    /// Ids of the sites that have a name in the picture.
    pub(super) named: BTreeSet<&'a str>,
}

/// Below this radius of sites, access points that nothing changes are dots that stay where they are.
const SMALL: i32 = 5;

/// Half the width of an access point's mark on a map whose sites have this radius.
pub(super) fn access_point_radius(usage: AccessPointUse, radius: i32) -> i32 {
    match usage {
        AccessPointUse::Opened | AccessPointUse::Closed => (radius - 2).max(4),
        AccessPointUse::Active | AccessPointUse::Standby if radius < SMALL => 1,
        AccessPointUse::Active | AccessPointUse::Standby => (radius / 2).clamp(2, 3),
    }
}

/// Half the width of a site's mark: smaller where many share little paper.
fn radius(sites: usize, width: f64, height: f64) -> i32 {
    let room = (width * height / sites.max(1) as f64).sqrt();
    if room >= 105.0 {
        7
    } else if room >= 70.0 {
        6
    } else if room >= 50.0 {
        5
    } else if room >= 38.0 {
        4
    } else {
        3
    }
}

impl<'a> Layout<'a> {
    /// The layout of what a window shows of a chart whose rows are in order.
    pub(super) fn new(chart: &'a MapChart, window: Window, sizes: Sizes, font: Font) -> Self {
        let shown = |place: Option<Coordinates>| place.and_then(|place| window.place(place));
        let sites: Vec<_> = chart
            .sites
            .iter()
            .filter_map(|site| shown(site.coordinates).map(|home| (site, home)))
            .collect();
        let radius = radius(sites.len(), window.width, window.height);
        let mut layout = Self {
            window,
            radius,
            sites: sites
                .into_iter()
                .map(|(site, home)| (site, Mark::new(home, f64::from(radius + 2), 1.0)))
                .collect(),
            access_points: chart
                .access_points
                .iter()
                .filter_map(|place| {
                    let home = shown(place.coordinates)?;
                    let half = access_point_radius(place.usage, radius);
                    // The paper around a triangle reaches furthest.
                    let edge = match place.usage {
                        AccessPointUse::Opened => 4,
                        _ => 1,
                    };
                    Some((place, Mark::new(home, f64::from(half + edge), 0.1)))
                })
                .collect(),
            arrows: Vec::new(),
            numbers: Vec::new(),
            labels: Vec::new(),
            named: BTreeSet::new(),
        };
        layout.part_marks();
        layout.draw_arrows(chart);
        layout.place_texts(chart, sizes, font);
        layout
    }

    fn part_marks(&mut self) {
        let radius = self.radius;
        let is_moved = |place: &AccessPointPlace| {
            radius >= SMALL
                || matches!(place.usage, AccessPointUse::Opened | AccessPointUse::Closed)
        };
        let mut marks: Vec<Mark> = self.sites.iter().map(|(_, mark)| *mark).collect();
        let others = self.access_points.iter();
        marks.extend(
            others
                .filter(|(place, _)| is_moved(place))
                .map(|(_, mark)| *mark),
        );
        let Window {
            left,
            top,
            width,
            height,
            ..
        } = self.window;
        dodge::part(&mut marks, ((left, top), (left + width, top + height)));
        let (sites, access_points) = marks.split_at(self.sites.len());
        for ((_, mark), moved) in self.sites.iter_mut().zip(sites) {
            *mark = *moved;
        }
        let others = self.access_points.iter_mut();
        for ((_, mark), moved) in others
            .filter(|(place, _)| is_moved(place))
            .zip(access_points)
        {
            *mark = *moved;
        }
    }

    fn draw_arrows(&mut self, chart: &MapChart) {
        let marks: BTreeMap<&str, Mark> = self
            .sites
            .iter()
            .map(|(site, mark)| (site.id.as_str(), *mark))
            .collect();
        let most = chart.moves.first().map_or(1.0, |moved| moved.users);
        let Window {
            left,
            top,
            width,
            height,
            ..
        } = self.window;
        let mut field = Field::new(
            ((left, top), (left + width, top + height)),
            marks.values().map(|mark| (mark.at, mark.radius)).collect(),
        );
        self.arrows = chart
            .moves
            .iter()
            .enumerate()
            .filter_map(|(index, moved)| {
                let from = marks.get(moved.from.as_str())?;
                let to = marks.get(moved.to.as_str())?;
                let width = arrows::width(moved.users, most);
                field.arrow(index, (from.at, from.radius), (to.at, to.radius), width)
            })
            .take(MOST_ARROWS)
            .collect();
    }
}
