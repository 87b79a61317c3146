//! Layout of the map: where marks, arrows, names and numbers stand, the most important first.

use super::chart::{AccessPointPlace, MapChart, SitePlace};
use super::projection::Window;
use super::shapes::{self, Area, Arrow, Mark, Spot};
use crate::model::Coordinates;
use crate::plan_files::AccessPointUse;
use crate::report::charts::kit::canvas::whole;
use crate::report::charts::kit::font::{ASCENT, DESCENT, Font};
use crate::report::headroom::State;
use crate::report::numbers;
use std::collections::{BTreeMap, BTreeSet};

/// Most arrows of a picture: more make a tangle. moves.csv has all moves.
const MOST_ARROWS: usize = 24;

/// Up to so many sites, every site's headroom stands below its name where there is room.
const FEW_SITES: usize = 14;

/// Names keep so many pixels from the marks of other sites, so that the eye knows whose they are.
const APART: f64 = 7.0;

/// How far from its mark a name may stand.
const AWAY: [f64; 5] = [0.0, 14.0, 28.0, 42.0, 60.0];

/// Rather so many points of arrows are covered than a name stands further away.
const DEARER: usize = 3;

/// Height of a line of text, in em.
const LINE: f64 = 1.2;

/// Below this radius of sites, access points that nothing changes are dots that stay where they are.
const SMALL: i32 = 5;

/// Sizes of texts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sizes {
    /// Names.
    pub(super) name: f64,
    /// What stands below them, and numbers.
    pub(super) detail: f64,
    /// Widest name, in pixels.
    pub(super) widest: f64,
    /// Most numbers of users on arrows.
    pub(super) most_users: usize,
}

impl Sizes {
    /// The sizes at a width.
    pub(super) fn new(is_wide: bool) -> Self {
        let (name, detail, widest, most_users) = if is_wide {
            (14.0, 12.0, 170.0, 6)
        } else {
            (13.0, 11.5, 110.0, 3)
        };
        Self {
            name,
            detail,
            widest,
            most_users,
        }
    }
}

/// Lines of text beside a mark.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    /// The room that it takes.
    pub(super) area: Area,
    /// Which way its lines are set: -1 to the left edge, 0 in the middle, 1 to the right edge.
    pub(super) side: i8,
    /// A line from its mark, where it stands away from it.
    pub(super) lead: Option<(Spot, Spot)>,
    /// First the name.
    pub(super) lines: Vec<String>,
    /// Size of the first line; the others have the size of details.
    pub(super) size: f64,
}

/// Where everything stands.
#[derive(Debug, Clone)]
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
    pub(super) users: Vec<(Area, String)>,
    /// Names that have room.
    pub(super) labels: Vec<Label>,
    /// Ids of the sites that have a name in the picture.
    pub(super) named: BTreeSet<&'a str>,
    /// What labels may not cover: marks and other texts.
    taken: Vec<Area>,
    sizes: Sizes,
    font: Font,
}

/// Half the width of an access point's mark on a map whose sites have this radius.
pub(super) fn access_point_radius(usage: AccessPointUse, radius: i32) -> i32 {
    match usage {
        AccessPointUse::Opened | AccessPointUse::Closed => (radius - 2).max(4),
        AccessPointUse::Active | AccessPointUse::Standby if radius < SMALL => 1,
        AccessPointUse::Active | AccessPointUse::Standby => (radius / 2).clamp(2, 3),
    }
}

/// Half the width of a site's mark with its edge of paper: the diamond is the widest.
fn reach(state: State, radius: i32) -> f64 {
    let half = match state {
        State::BelowTarget => radius * 10 / 7,
        State::Full | State::Fine | State::Gone => radius,
    };
    f64::from(half + 2)
}

impl<'a> Layout<'a> {
    /// The layout of what a window shows of a chart whose rows are in order.
    pub(super) fn new(chart: &'a MapChart, window: Window, sizes: Sizes, font: Font) -> Self {
        let shown = |place: Option<Coordinates>| place.and_then(|place| window.place(place));
        let sites = chart.sites.iter();
        let homes: Vec<_> = sites
            .filter_map(|site| shown(site.coordinates).map(|home| (site, home)))
            .collect();
        // Marks are smaller where many share little paper.
        let room = (window.width * window.height / homes.len().max(1) as f64).sqrt();
        let radius = whole(room / 12.0).clamp(3, 7);
        let mut layout = Self {
            window,
            radius,
            sites: homes
                .into_iter()
                .map(|(site, home)| (site, Mark::new(home, reach(site.state, radius))))
                .collect(),
            access_points: Vec::new(),
            arrows: Vec::new(),
            users: Vec::new(),
            labels: Vec::new(),
            named: BTreeSet::new(),
            taken: Vec::new(),
            sizes,
            font,
        };
        for place in &chart.access_points {
            if let Some(home) = shown(place.coordinates) {
                // The paper around a triangle reaches furthest.
                let is_opened = place.usage == AccessPointUse::Opened;
                let edge = if is_opened { 4 } else { 1 };
                let half = access_point_radius(place.usage, radius) + edge;
                let mark = Mark::new(home, f64::from(half));
                layout.access_points.push((place, mark));
            }
        }
        layout.spread_marks();
        layout.draw_arrows(chart);
        layout.place_texts(chart);
        layout
    }

    /// The rectangle of the window.
    fn bounds(&self) -> Area {
        let window = &self.window;
        Area::at((window.left, window.top), (window.width, window.height))
    }

    fn spread_marks(&mut self) {
        let bounds = self.bounds();
        let radius = self.radius;
        let changes = |usage| matches!(usage, AccessPointUse::Opened | AccessPointUse::Closed);
        // What an access point became says more than that it is there.
        self.access_points
            .sort_by_key(|(place, _)| !changes(place.usage));
        let access_points = self.access_points.iter_mut();
        let mut marks: Vec<&mut Mark> = self.sites.iter_mut().map(|(_, mark)| mark).collect();
        marks.extend(
            access_points
                .filter(|(place, _)| radius >= SMALL || changes(place.usage))
                .map(|(_, mark)| mark),
        );
        let mut spread: Vec<Mark> = marks.iter().map(|mark| **mark).collect();
        shapes::spread(&mut spread, bounds);
        for (mark, spread) in marks.into_iter().zip(spread) {
            *mark = spread;
        }
    }

    fn draw_arrows(&mut self, chart: &MapChart) {
        let marks: Vec<Mark> = self.sites.iter().map(|(_, mark)| *mark).collect();
        let sites = self.sites.iter();
        let by_id: BTreeMap<&str, Mark> = sites
            .map(|(site, mark)| (site.id.as_str(), *mark))
            .collect();
        let most = chart.moves.first().map_or(1.0, |moved| moved.users);
        let bounds = self.bounds().wider(-6.0);
        let arrow = |(index, moved): (usize, &super::chart::SiteMove)| {
            let from = by_id.get(moved.from.as_str())?;
            let to = by_id.get(moved.to.as_str())?;
            let width = shapes::width(moved.users, most);
            Arrow::new(index, (*from, *to), width, bounds, &marks)
        };
        let moves = chart.moves.iter().enumerate();
        self.arrows = moves.filter_map(arrow).take(MOST_ARROWS).collect();
    }

    /// Names and numbers of users, the most important first.
    fn place_texts(&mut self, chart: &MapChart) {
        let access_points = self.access_points.iter().map(|(_, mark)| mark);
        let marks = access_points.chain(self.sites.iter().map(|(_, mark)| mark));
        self.taken = marks
            .map(|mark| Area::around(mark.at, mark.radius, mark.radius))
            .collect();
        let mut arriving = BTreeMap::<&str, f64>::new();
        for moved in &chart.moves {
            *arriving.entry(&moved.to).or_default() += moved.users;
        }
        let sites = self.sites.iter().enumerate();
        let mut order: Vec<(usize, f64, usize)> = sites
            .map(|(index, (site, _))| {
                let users = arriving.get(site.id.as_str()).copied().unwrap_or(0.0);
                let headroom = site.headroom.unwrap_or(f64::MAX);
                match site.state {
                    State::Gone => (0, 0.0, index),
                    _ if users > 0.0 => (1, -users, index),
                    State::Full => (2, headroom, index),
                    State::BelowTarget => (3, headroom, index),
                    State::Fine => (4, headroom, index),
                }
            })
            .collect();
        order.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        let has_details = self.sizes.most_users > 3 && self.sites.len() <= FEW_SITES;
        let (first, rest): (Vec<_>, Vec<_>) = order.into_iter().partition(|entry| entry.0 < 2);
        for (_, _, index) in first {
            self.name_site(index, true);
        }
        self.place_users(chart);
        for index in 0..self.access_points.len() {
            self.name_access_point(index);
        }
        for (rank, _, index) in rest {
            self.name_site(index, has_details || rank < 4);
        }
    }

    fn name_site(&mut self, index: usize, has_detail: bool) {
        let (site, mark) = self.sites[index];
        let name = self
            .font
            .fit(&site.name, self.sizes.name, self.sizes.widest);
        let both = detail(site).filter(|_| has_detail);
        let both = both.map(|detail| vec![name.clone(), detail]);
        let mut forms = both.into_iter().chain([vec![name]]);
        if forms.any(|lines| self.label(mark, self.sizes.name, &lines)) {
            self.named.insert(&site.id);
        }
    }

    /// Writes the number that a note explains beside a site; `false` if there is no room for it.
    pub(super) fn number_site(&mut self, id: &str, number: usize) -> bool {
        let site = self.sites.iter().find(|(site, _)| site.id == id);
        let mark = site.map(|(_, mark)| *mark);
        mark.is_some_and(|mark| self.label(mark, self.sizes.detail, &[number.to_string()]))
    }

    /// Access points have a name where the plan or the events change them.
    fn name_access_point(&mut self, index: usize) {
        let (place, mark) = self.access_points[index];
        let word = match place.usage {
            AccessPointUse::Opened => "opened",
            AccessPointUse::Closed => "closed",
            AccessPointUse::Active | AccessPointUse::Standby => return,
        };
        let Sizes { detail, widest, .. } = self.sizes;
        // Beside a site of the same name the word alone is clearer.
        let is_shared = self.sites.iter().any(|(site, _)| site.name == place.name);
        let name = if is_shared {
            "access point".to_owned()
        } else {
            self.font.fit(&place.name, detail, widest * 0.8)
        };
        self.label(mark, detail, &[format!("{name} {word}")]);
    }

    /// Writes lines at the best free place around a mark; `false` if none is free.
    ///
    /// It stands beside the mark, or away from it with a line; rather away than over much of the arrows.
    fn label(&mut self, mark: Mark, size: f64, lines: &[String]) -> bool {
        let width = |(index, line): (usize, &String)| {
            let size = if index == 0 { size } else { self.sizes.detail };
            self.font.width(line, size) + 2.0
        };
        let width = lines.iter().enumerate().map(width).fold(0.0, f64::max);
        let below = (lines.len() - 1) as f64;
        let block = (width, LINE * self.sizes.detail.mul_add(below, size));
        let bounds = self.bounds().wider(-2.0);
        let others = self.sites.iter().filter(|(_, own)| own.at != mark.at);
        let others = others.map(|(_, own)| Area::around(own.at, own.radius, own.radius));
        let crowded: Vec<Area> = others.map(|area| area.wider(APART)).collect();
        let is_taken = |area: &Area| self.taken.iter().any(|taken| taken.meets(area));
        let mut best: Option<(usize, Label)> = None;
        for (ring, away) in AWAY.into_iter().enumerate() {
            for (area, side) in places(mark, away, block) {
                let lead = (ring > 0).then(|| (mark.at, area.nearest(mark.at)));
                let is_near = ring == 0 && crowded.iter().any(|other| other.meets(&area));
                let is_crossed = || dots(lead, mark.radius).any(|dot| is_taken(&dot));
                if is_near || !bounds.holds(&area) || is_taken(&area) || is_crossed() {
                    continue;
                }
                let cost = self.covered(&area) + DEARER * ring;
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    let lines = lines.to_vec();
                    let label = Label {
                        area,
                        side,
                        lead,
                        lines,
                        size,
                    };
                    best = Some((cost, label));
                }
            }
        }
        let Some((_, label)) = best else {
            return false;
        };
        self.taken.push(label.area);
        self.taken.extend(dots(label.lead, mark.radius));
        self.labels.push(label);
        true
    }

    /// How many points of arrows an area covers.
    fn covered(&self, area: &Area) -> usize {
        let wide = area.wider(2.0);
        let of_arrow = |arrow: &Arrow| {
            let spots = arrow.shaft().into_iter().chain(arrow.head);
            spots.filter(|&spot| wide.has(spot)).count()
        };
        self.arrows.iter().map(of_arrow).sum()
    }

    /// Users on the largest arrows, each on its shaft.
    fn place_users(&mut self, chart: &MapChart) {
        let detail = self.sizes.detail;
        for arrow in self.arrows.iter().take(self.sizes.most_users) {
            let words = numbers::users(chart.moves[arrow.moved].users);
            let half = (
                self.font.width(&words, detail) / 2.0 + 4.0,
                0.6 * detail + 0.5,
            );
            let areas = [0.5, 0.4, 0.6, 0.3, 0.7].map(|share| {
                let spot: Spot = arrow.at(share);
                Area::around(spot, half.0, half.1)
            });
            let mut free = areas.into_iter().filter(|area| {
                let mut taken = self.taken.iter();
                self.bounds().holds(area) && !taken.any(|taken| taken.meets(area))
            });
            // A number may not hide its arrow.
            if arrow.length() >= 4.4 * half.0
                && let Some(area) = free.next()
            {
                self.taken.push(area);
                self.users.push((area, words));
            }
        }
    }
}

/// The eight places of a block of text around a mark, so many pixels away, with the way that its lines are set.
fn places(mark: Mark, away: f64, (width, height): (f64, f64)) -> [(Area, i8); 8] {
    let (x, y) = mark.at;
    let gap = mark.radius + 2.0 + away;
    let near = mark.radius.mul_add(0.7, 1.0 + 0.8 * away);
    let at = |dx: f64, dy: f64, side: i8| {
        let left = match side {
            -1 => x + dx,
            1 => x - dx - width,
            _ => x - width / 2.0,
        };
        (Area::at((left, y + dy), (width, height)), side)
    };
    [
        at(gap, -height / 2.0, -1),
        at(gap, -height / 2.0, 1),
        at(0.0, -gap - height, 0),
        at(0.0, gap, 0),
        at(near, -near - height, -1),
        at(near, near, -1),
        at(near, -near - height, 1),
        at(near, near, 1),
    ]
}

/// The room that a line from a mark of a radius takes, dot by dot.
fn dots(lead: Option<(Spot, Spot)>, radius: f64) -> impl Iterator<Item = Area> {
    let ((x, y), (to_x, to_y)) = lead.unwrap_or_default();
    let long = (to_x - x).hypot(to_y - y);
    let first = radius + 1.5;
    let count = whole(((long - first) / 3.0).max(0.0));
    (0..count).map(move |dot| {
        let share = f64::from(dot).mul_add(3.0, first) / long;
        let spot = ((to_x - x).mul_add(share, x), (to_y - y).mul_add(share, y));
        Area::around(spot, 1.0, 1.0)
    })
}

/// How much is left at a site, or why there is none.
pub(super) fn detail(site: &SitePlace) -> Option<String> {
    if site.state == State::Gone {
        let is_out = site.standing.is_out();
        let word = site.standing.word();
        return Some(if is_out { word } else { "out of service" }.to_owned());
    }
    let headroom = site.headroom?;
    Some(if headroom < -crate::units::FEASIBILITY {
        format!("{} over", numbers::short_headroom(-headroom))
    } else if headroom <= crate::units::FEASIBILITY {
        "full".to_owned()
    } else {
        format!("{} free", numbers::short_headroom(headroom))
    })
}

/// The baseline of a line of `size` whose top is at `top`, and the top of the next.
pub(super) fn baseline(top: f64, size: f64) -> (f64, f64) {
    let spare = LINE - ASCENT - DESCENT;
    (top + size * (ASCENT + spare / 2.0), top + size * LINE)
}
