//! Panel of the map: where marks, arrows, names and numbers stand in a view of the globe.

mod arrow;
mod names;

pub(super) use self::arrow::MoveArrow;

use super::globe::{GlobeView, Spot};
use super::{AccessPointPlace, MapChart, SitePlace};
use crate::plan_files::AccessPointUse;
use crate::report::charts::kit::canvas::{Canvas, Point, whole};
use crate::report::charts::kit::marks;
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::FEASIBILITY;
use std::collections::{BTreeMap, BTreeSet};

/// Most arrows of a picture: more make a tangle. moves.csv has all moves.
const MOST_ARROWS: usize = 24;

/// Texts keep this many pixels from the marks of others, so that it is clear to which mark they belong.
const APART: f64 = 4.0;

/// From this distance in pixels on, a line leads from a mark to its place; nearer, none is needed.
const FAR: f64 = 16.0;

/// Height of a line of text, in em.
const LINE: f64 = 1.2;

/// Turns by the golden angle, in radians: no two have the same direction.
const GOLDEN_ANGLE: f64 = 2.399_963;

/// How many places of a mark are tried; the last is 19 radii from home.
const PLACES: u32 = 1400;

/// More marks than this stay where they are: no picture could part them.
const MOST_PARTED: usize = 300;

/// How far the middle of an arrow is bent to the left of its direction, as a share of its length: there and back part.
const BEND: f64 = 0.16;

/// Pixels between two points.
pub(super) fn distance(from: Spot, to: Spot) -> f64 {
    (to.0 - from.0).hypot(to.1 - from.1)
}

/// A rectangle in pixels: its left upper and its right lower corner.
#[derive(Debug, Clone, Copy)]
struct MapExtent(Spot, Spot);

impl MapExtent {
    fn around((x, y): Spot, half: (f64, f64)) -> Self {
        Self((x - half.0, y - half.1), (x + half.0, y + half.1))
    }

    /// The rectangle with the given pixels more on each side.
    fn wider(self, pixels: f64) -> Self {
        let Self(from, to) = self;
        Self(
            (from.0 - pixels, from.1 - pixels),
            (to.0 + pixels, to.1 + pixels),
        )
    }

    fn meets(&self, other: &Self) -> bool {
        let (Self(from, to), Self(other_from, other_to)) = (self, other);
        from.0 < other_to.0 && other_from.0 < to.0 && from.1 < other_to.1 && other_from.1 < to.1
    }

    fn has(&self, (x, y): Spot) -> bool {
        (self.0.0..=self.1.0).contains(&x) && (self.0.1..=self.1.1).contains(&y)
    }

    fn holds(&self, other: &Self) -> bool {
        self.has(other.0) && self.has(other.1)
    }

    fn path(&self) -> String {
        let Self((left, top), (right, bottom)) = self;
        format!("M{left:.1} {top:.1}H{right:.1}V{bottom:.1}H{left:.1}z")
    }
}

/// A mark that takes space: where it belongs, where it is drawn, and half its width with its edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MapMark {
    pub(super) home: Spot,
    pub(super) at: Spot,
    pub(super) radius: f64,
}

impl MapMark {
    pub(super) fn new(home: Spot, radius: f64) -> Self {
        Self {
            home,
            at: home,
            radius,
        }
    }

    fn extent(&self) -> MapExtent {
        MapExtent::around(self.at, (self.radius, self.radius))
    }

    fn pixel(&self) -> Point {
        (whole(self.at.0), whole(self.at.1))
    }
}

/// Moves each mark to the place nearest to its home that those before it leave free, on a spiral around home.
pub(super) fn part<'m>(marks: impl Iterator<Item = &'m mut MapMark>, (from, to): (Spot, Spot)) {
    let mut before: Vec<MapMark> = Vec::new();
    for mark in marks.take(MOST_PARTED) {
        let radius = mark.radius;
        let within = |value: f64, from: f64, to: f64| {
            let (least, most) = (from + radius, to - radius);
            value.clamp(least, most.max(least)).round()
        };
        let place = |step: u32| {
            let away = 0.5 * radius * f64::from(step).sqrt();
            let (sine, cosine) = (GOLDEN_ANGLE * f64::from(step)).sin_cos();
            (
                within(away.mul_add(cosine, mark.home.0), from.0, to.0),
                within(away.mul_add(sine, mark.home.1), from.1, to.1),
            )
        };
        let is_free = |at: &Spot| {
            let mut others = before.iter();
            others.all(|other| distance(other.at, *at) > other.radius + radius)
        };
        let free = (0..PLACES).map(place).find(is_free);
        mark.at = free.unwrap_or_else(|| place(0));
        before.push(*mark);
    }
}

/// Marks, arrows and texts of a view.
pub(super) struct MapPanel<'a> {
    view: GlobeView,
    is_wide: bool,
    /// Half the width of a site's mark.
    radius: i32,
    /// Places with coordinates in the view.
    sites: Vec<(&'a SitePlace, MapMark)>,
    access_points: Vec<(&'a AccessPointPlace, MapMark)>,
    /// Moves, largest first.
    pub(super) arrows: Vec<MoveArrow>,
    /// Ids of the sites that have a name in the picture.
    pub(super) named: BTreeSet<&'a str>,
    /// `true` if an access point shows how many users it gains or loses.
    pub(super) has_gains: bool,
    /// What texts may not cover: marks and other texts.
    taken: Vec<MapExtent>,
}

impl<'a> MapPanel<'a> {
    /// What a view shows of a chart whose rows are in order.
    pub(super) fn new(chart: &'a MapChart, view: GlobeView, is_wide: bool) -> Self {
        let shown = |place: Option<_>| place.and_then(|place| view.place(place));
        let sites = chart.sites.iter();
        let count = sites
            .clone()
            .filter_map(|site_place| shown(site_place.coordinates))
            .count();
        // Marks are smaller where many share little paper.
        let space = (view.width * view.height / count.max(1) as f64).sqrt();
        let radius = whole(space / 12.0).clamp(3, 7);
        let mut sites: Vec<_> = sites
            .filter_map(|site| {
                let home = shown(site.coordinates)?;
                let ring = if site.network.is_some() {
                    f64::from(RING + 1)
                } else {
                    0.0
                };
                let half = reach(site.state, radius).max(f64::from(radius) + ring);
                Some((site, MapMark::new(home, half)))
            })
            .collect();
        let access_points = chart.access_points.iter().filter_map(|access_point_place| {
            // The paper around a triangle reaches furthest.
            let is_opened = access_point_place.usage == AccessPointUse::Opened;
            let half = access_point_radius(access_point_place.usage, radius)
                + if is_opened { 4 } else { 1 };
            let home = shown(access_point_place.coordinates)?;
            Some((access_point_place, MapMark::new(home, f64::from(half))))
        });
        let mut access_points: Vec<_> = access_points.collect();
        let marks = sites.iter_mut().map(|site| &mut site.1);
        let marks = marks.chain(
            access_points
                .iter_mut()
                .map(|access_point| &mut access_point.1),
        );
        let MapExtent(from, to) = extent(&view);
        part(marks, (from, to));
        let mut panel = Self {
            view,
            is_wide,
            radius,
            sites,
            access_points,
            arrows: Vec::new(),
            named: BTreeSet::new(),
            has_gains: false,
            taken: Vec::new(),
        };
        panel.taken = panel.marks().map(MapMark::extent).collect();
        panel.arrows = panel.arrows(chart);
        panel
    }

    fn bounds(&self) -> MapExtent {
        extent(&self.view)
    }

    /// Marks of access points, which lie below, and of sites.
    fn marks(&self) -> impl Iterator<Item = &MapMark> {
        let access_points = self
            .access_points
            .iter()
            .map(|access_point| &access_point.1);
        access_points.chain(self.sites.iter().map(|site| &site.1))
    }

    /// An arrow for each of the largest moves; one that would leave the picture is straight.
    fn arrows(&self, chart: &MapChart) -> Vec<MoveArrow> {
        let sites = self.sites.iter();
        let by_id: BTreeMap<&str, MapMark> = sites
            .map(|(site, mark)| (site.id.as_str(), *mark))
            .collect();
        let most = chart.moves.first().map_or(1.0, |site_move| site_move.users);
        let bounds = self.bounds().wider(-6.0);
        let moves = chart.moves.iter().enumerate();
        let arrows = moves.filter_map(|(position, site_move)| {
            let from = by_id.get(site_move.from.as_str())?;
            let to = by_id.get(site_move.to.as_str())?;
            let arrow = |bend| MoveArrow::new(position, (*from, *to), site_move.users / most, bend);
            let is_inside =
                |move_arrow: &MoveArrow| move_arrow.spots().all(|spot| bounds.has(spot));
            arrow(BEND).filter(is_inside).or_else(|| arrow(0.0))
        });
        arrows.take(MOST_ARROWS).collect()
    }

    /// Water, land, arrows, marks, texts, and texts for the pointer: of marks last, which lie on top.
    ///
    /// A move whose number another view has, by its position, gets none here.
    pub(super) fn draw(
        &mut self,
        canvas: &mut Canvas,
        chart: &MapChart,
        numbered: &mut BTreeSet<usize>,
    ) {
        canvas.fill_path(&self.bounds().path(), Role::Water);
        canvas.fill_half_path(&self.view.land(), Role::Land);
        let name = |id: &String| {
            let site = chart.sites.iter().find(|site| site.id == *id);
            site.map_or(id, |site| &site.name).to_owned()
        };
        for arrow in self.arrows.iter().rev() {
            let site_move = &chart.moves[arrow.position];
            let (from, to, users) = (
                name(&site_move.from),
                name(&site_move.to),
                numbers::users(site_move.users),
            );
            arrow.draw(canvas, &format!("{from} → {to}: {users} users"));
        }
        self.draw_texts(canvas, chart, numbered);
        let moved = self.marks();
        let moved = moved.filter(|mark| distance(mark.at, mark.home) > FAR);
        let (mut leads, mut homes) = (String::new(), Vec::new());
        for MapMark { at, home, .. } in moved {
            let lead = format!("M{:.1} {:.1}L{:.1} {:.1}", at.0, at.1, home.0, home.1);
            leads.push_str(&lead);
            homes.push((whole(home.0), whole(home.1)));
        }
        canvas.curve(&leads, 1.0, Role::Muted);
        canvas.dots(&homes, 3, Role::Muted);
        for usage in [
            AccessPointUse::Active,
            AccessPointUse::Standby,
            AccessPointUse::Opened,
            AccessPointUse::Closed,
        ] {
            let alike = self.access_points.iter();
            let alike = alike.filter(|(place, _)| place.usage == usage);
            let at: Vec<Point> = alike.map(|(_, mark)| mark.pixel()).collect();
            draw_access_points(canvas, &at, usage, self.radius);
        }
        for (site, mark) in &self.sites {
            if site.state == State::Gone {
                let radius = (self.radius + 2).unsigned_abs();
                canvas.disc(mark.pixel(), radius, Role::Paper);
            }
            if let Some(state) = site.network {
                network_ring(canvas, mark.pixel(), state, self.radius);
            }
            marks::sized_state(canvas, mark.pixel(), site.state, self.radius);
        }
        let access_points = self.access_points.iter().map(|(place, mark)| {
            let (name, id, word) = (&place.name, &place.id, place.usage.word());
            let users = numbers::users(place.users);
            let words = format!("{name} ({id}), access point, {word}: {users} users enter");
            (words, mark)
        });
        let sites = self.sites.iter();
        let sites = sites.map(|(site, mark)| (chart.site_tip(site), mark));
        for (words, mark) in access_points.chain(sites) {
            let ((x, y), half) = (mark.pixel(), whole(mark.radius).max(5));
            canvas.tip((x - half, y - half), (x + half, y + half), &words);
        }
    }
}

/// The rectangle of a view.
fn extent(view: &GlobeView) -> MapExtent {
    let (left, top) = (view.left, view.top);
    MapExtent((left, top), (left + view.width, top + view.height))
}

/// How much is left at a site and its target where that is missed, or why there is none.
pub(super) fn detail(site: &SitePlace) -> Option<String> {
    if site.state == State::Gone {
        let is_out = site.standing.is_out();
        let word = site.standing.word();
        return Some(if is_out { word } else { "out of service" }.to_owned());
    }
    let headroom = site.headroom?;
    Some(if headroom < -FEASIBILITY {
        format!("{} over", numbers::short_headroom(-headroom))
    } else if headroom <= FEASIBILITY {
        "full".to_owned()
    } else {
        let free = format!("{} free", numbers::short_headroom(headroom));
        match site.target.filter(|_| site.state == State::BelowTarget) {
            Some(target) => format!("{free}, target {}", numbers::short_headroom(target)),
            None => free,
        }
    })
}

/// Half the width of a site's mark with its edge of paper: the diamond is the widest.
fn reach(state: State, radius: i32) -> f64 {
    let half = match state {
        State::BelowTarget => radius * 10 / 7,
        State::Full | State::Fine | State::Gone => radius,
    };
    f64::from(half + 2)
}

/// The ring of a network that is short of headroom, around the mark of its site.
pub(super) fn network_ring(canvas: &mut Canvas, at: Point, state: State, radius: i32) {
    let reach = radius.unsigned_abs() + RING;
    canvas.disc(at, reach + 1, Role::Paper);
    canvas.ring(at, reach - 1, 3, marks::role(state));
}

/// How far a ring reaches beyond the mark of its site.
const RING: u32 = 5;

/// Half the width of an access point's mark on a map whose sites have this radius.
fn access_point_radius(usage: AccessPointUse, radius: i32) -> i32 {
    match usage {
        AccessPointUse::Opened | AccessPointUse::Closed => (radius - 2).max(4),
        AccessPointUse::Active | AccessPointUse::Standby => (radius / 2).clamp(1, 3),
    }
}

/// Access points: dots and rings where nothing changes them, a triangle where the plan opens one, a cross where it closes.
pub(super) fn draw_access_points(
    canvas: &mut Canvas,
    at: &[Point],
    usage: AccessPointUse,
    radius: i32,
) {
    let half = access_point_radius(usage, radius);
    let width = 2 * half.unsigned_abs();
    match usage {
        AccessPointUse::Active => {
            canvas.dots(at, width + 2, Role::Paper);
            canvas.dots(at, width, Role::Ink);
        }
        AccessPointUse::Standby => {
            canvas.dots(at, width + 3, Role::Paper);
            canvas.dots(at, width + 1, Role::Gone);
            canvas.dots(at, width - 1, Role::Paper);
        }
        AccessPointUse::Opened => {
            for at in at {
                canvas.polygon(marks::triangle(*at, half + 3), Role::Paper);
                canvas.polygon(marks::triangle(*at, half), Role::Opened);
            }
        }
        AccessPointUse::Closed => {
            for at in at {
                canvas.disc(*at, half.unsigned_abs(), Role::Paper);
                marks::cross(canvas, *at, half - 1);
            }
        }
    }
}
