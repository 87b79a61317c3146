//! Painting of the map: water and land, arrows, marks, texts, what the pointer finds, notes.

use super::chart::{MapChart, SiteMove, SitePlace};
use super::land;
use super::layout::{Label, Layout, Sizes, access_point_radius, baseline, detail};
use super::panels::panels;
use super::projection::Sheet;
use super::shapes::{Area, Mark, Spot};
use crate::error::Result;
use crate::plan_files::AccessPointUse;
use crate::report::charts::chart::Chart;
use crate::report::charts::kit::canvas::{Anchor, Canvas, Face, Point, whole};
use crate::report::charts::kit::frame::{Frame, Key, MUTED, SIZE, ink};
use crate::report::charts::kit::marks;
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::text::visible;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// From so many pixels on a line leads from a mark to its place.
const FAR: f64 = 16.0;

/// Most sites without a name that are listed below the map, and where it is narrow.
const MOST_LISTED: (usize, usize) = (40, 12);

/// Most places that are named because they are not on the map.
const MOST_MISSING: usize = 8;

impl Chart for MapChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        svg(&self.in_order(), width)
    }
}

/// The SVG of a chart whose rows are in order.
fn svg(chart: &MapChart, width: u32) -> Result<String> {
    let mut frame = Frame::titled(width, &chart.title, &[&chart.scenario, &chart.period])?;
    frame.legend(&keys(chart));
    let inner = frame.right - frame.left;
    let (heights, padding) = if frame.is_wide {
        ((0.36 * inner, 0.6 * inner), 44.0)
    } else {
        ((0.6 * inner, 1.2 * inner), 24.0)
    };
    let sheet = Sheet {
        left: frame.left,
        width: inner,
        heights,
        padding,
    };
    let sizes = Sizes::new(frame.is_wide);
    let mut layouts = Vec::new();
    for panel in panels(chart, sheet) {
        if !panel.heading.is_empty() {
            frame.y += 4.0;
            frame.heading(panel.heading);
            frame.y += SIZE * 1.4;
        }
        let window = panel.window.lowered((frame.y + 4.0).round());
        layouts.push(Layout::new(chart, window, sizes, frame.font()));
        frame.y = window.top + window.height + 12.0;
    }
    let (wide, narrow) = MOST_LISTED;
    let most = if frame.is_wide { wide } else { narrow };
    let unnamed = number(chart, &mut layouts, most);
    for layout in &layouts {
        land_and_arrows(&mut frame.canvas, layout);
        marks(&mut frame.canvas, layout);
        texts(&mut frame.canvas, layout, sizes);
        tips(&mut frame.canvas, chart, layout);
    }
    let mut notes = about_moves(chart, &layouts);
    notes.extend(missing(chart));
    notes.push("Land: Natural Earth.".to_owned());
    frame.lines(&unnamed, MUTED, 40);
    if frame.is_wide {
        notes = vec![notes.join(" ")];
    }
    for note in notes {
        frame.note(&note);
    }
    Ok(frame.finish())
}

/// Numbers the sites that no panel has room to name, up to `most`; returns what the numbers mean.
fn number(chart: &MapChart, layouts: &mut [Layout<'_>], most: usize) -> String {
    let named = layouts.iter().flat_map(|layout| &layout.named);
    let named: BTreeSet<&str> = named.copied().collect();
    let sites = chart.sites.iter();
    let unnamed: Vec<&SitePlace> = sites
        .filter(|site| site.coordinates.is_some() && !named.contains(site.id.as_str()))
        .collect();
    let mut listed = Vec::new();
    let mut without = Vec::new();
    for site in unnamed.iter().take(most) {
        let number = listed.len() + 1;
        let name = visible(&site.name).into_owned();
        let words = match detail(site) {
            Some(detail) => format!("{name} ({detail})"),
            None => name,
        };
        // Every panel is asked.
        let panels = layouts.iter_mut();
        let shown = panels.filter_map(|layout| layout.number_site(&site.id, number).then_some(()));
        if shown.count() > 0 {
            listed.push(format!("{number}\u{a0}{words}"));
        } else {
            without.push(words);
        }
    }
    let rest = unnamed.len().saturating_sub(most);
    let mut notes = Vec::new();
    if !listed.is_empty() {
        notes.push(format!("Numbers: {}.", listed.join(", ")));
    }
    if !without.is_empty() {
        notes.push(format!("No room for a name: {}.", without.join(", ")));
    }
    if rest > 0 {
        let more = if rest == 1 { "site has" } else { "sites have" };
        notes.push(format!(
            "{rest} more {more} no room for a name; in report.html the pointer names all."
        ));
    }
    notes.join(" ")
}

/// What the marks mean: those that occur.
fn keys(chart: &MapChart) -> Vec<Key<'static>> {
    let mut keys = Vec::new();
    for state in [State::Full, State::BelowTarget, State::Fine, State::Gone] {
        if chart.sites.iter().any(|site| site.state == state) {
            keys.push(Key::state(state));
        }
    }
    let usages = [
        (AccessPointUse::Active, "access point", ""),
        (
            AccessPointUse::Standby,
            "access point on standby",
            "on standby",
        ),
        (AccessPointUse::Opened, "access point opened", "opened"),
        (AccessPointUse::Closed, "access point closed", "closed"),
    ];
    let places = || chart.access_points.iter();
    let occurring = usages
        .into_iter()
        .filter(|(usage, ..)| places().any(|place| place.usage == *usage));
    for (index, (usage, whole, short)) in occurring.enumerate() {
        // The first says what all of them are.
        let words = if index == 0 { whole } else { short };
        keys.push(Key::mark(12.0, words, move |canvas, at| {
            access_points(canvas, &[at], usage, 7);
            changed_access_point(canvas, at, usage, 7);
        }));
    }
    if !chart.moves.is_empty() {
        keys.push(Key::mark(34.0, "users who move", |canvas, (x, y)| {
            canvas.line((x - 16, y), (x + 8, y), 4, Role::Moved);
            let head = vec![(x + 7, y - 6), (x + 17, y), (x + 7, y + 6)];
            canvas.polygon(head, Role::Moved);
        }));
    }
    keys
}

/// Water, land, arrows, and paper under their numbers; lines from marks to their places and names.
fn land_and_arrows(canvas: &mut Canvas, layout: &Layout<'_>) {
    let window = &layout.window;
    let ground = &mut canvas.ground;
    let size = (window.width, window.height);
    let sheet = Area::at((window.left, window.top), size);
    ground.area(&rectangle(sheet), Role::Water);
    ground.outline(&land::path(window), Role::Land);
    // An arrow has a rim of paper, so that arrows that cross stay apart.
    for arrow in &layout.arrows {
        let [(x, y), (over_x, over_y), (to_x, to_y)] = arrow.curve;
        let shaft = format!("M{x:.1} {y:.1}Q{over_x:.1} {over_y:.1} {to_x:.1} {to_y:.1}");
        ground.curve(&shaft, arrow.width + 2.0, Role::Paper);
        ground.curve(&shaft, arrow.width, Role::Moved);
        let [tip, second, third] = arrow.head.map(|(x, y)| format!("{x:.1} {y:.1}"));
        ground.area(&format!("M{tip}L{second}L{third}z"), Role::Moved);
    }
    for (area, _) in &layout.users {
        ground.area(&rectangle(*area), Role::Paper);
    }
    let access_points = layout.access_points.iter().map(|(_, mark)| mark);
    let marks = access_points.chain(layout.sites.iter().map(|(_, mark)| mark));
    // Where a mark is a little beside its place nobody misses a line.
    let moved: Vec<&Mark> = marks.filter(|mark| mark.shift() > FAR).collect();
    let names = layout.labels.iter().filter_map(|label| label.lead);
    let mut path = String::new();
    for ((x, y), (to_x, to_y)) in moved.iter().map(|mark| (mark.at, mark.home)).chain(names) {
        // Writing to a string does not fail.
        let _ = write!(path, "M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}");
    }
    ground.curve(&path, 1.0, Role::Muted);
    let homes: Vec<Point> = moved.iter().map(|mark| point(mark.home)).collect();
    ground.dots(&homes, 3, Role::Muted);
}

/// The path of a rectangle.
fn rectangle(area: Area) -> String {
    let ((left, top), (right, bottom)) = (area.from, area.to);
    format!("M{left:.1} {top:.1}H{right:.1}V{bottom:.1}H{left:.1}z")
}

/// The pixel that a position falls on.
fn point((x, y): Spot) -> Point {
    (whole(x), whole(y))
}

/// Access points first, so that sites lie on top.
fn marks(canvas: &mut Canvas, layout: &Layout<'_>) {
    for usage in [AccessPointUse::Active, AccessPointUse::Standby] {
        let places = layout.access_points.iter();
        let alike = places.filter(|(place, _)| place.usage == usage);
        let dots: Vec<Point> = alike.map(|(_, mark)| point(mark.at)).collect();
        access_points(canvas, &dots, usage, layout.radius);
    }
    for (place, mark) in &layout.access_points {
        changed_access_point(canvas, point(mark.at), place.usage, layout.radius);
    }
    for (site, mark) in &layout.sites {
        let at = point(mark.at);
        if site.state == State::Gone {
            let radius = (layout.radius + 2).unsigned_abs();
            canvas.disc(at, radius, Role::Paper);
        }
        marks::sized_state(canvas, at, site.state, layout.radius);
    }
}

/// The marks of access points that nothing changes: dots and rings.
fn access_points(canvas: &mut Canvas, at: &[Point], usage: AccessPointUse, radius: i32) {
    let width = 2 * access_point_radius(usage, radius).unsigned_abs();
    let ground = &mut canvas.ground;
    match usage {
        AccessPointUse::Active => {
            ground.dots(at, width + 2, Role::Paper);
            ground.dots(at, width, Role::Ink);
        }
        AccessPointUse::Standby => {
            ground.dots(at, width + 3, Role::Paper);
            ground.dots(at, width + 1, Role::Gone);
            ground.dots(at, width - 1, Role::Paper);
        }
        AccessPointUse::Opened | AccessPointUse::Closed => {}
    }
}

/// The mark of an access point that the plan or the events change: triangle or cross.
fn changed_access_point(canvas: &mut Canvas, (x, y): Point, usage: AccessPointUse, radius: i32) {
    let half = access_point_radius(usage, radius);
    match usage {
        AccessPointUse::Active | AccessPointUse::Standby => {}
        AccessPointUse::Opened => {
            canvas.polygon(triangle((x, y), half + 3), Role::Paper);
            canvas.polygon(triangle((x, y), half), Role::Opened);
        }
        AccessPointUse::Closed => {
            canvas.disc((x, y), half.unsigned_abs(), Role::Paper);
            let arm = half - 1;
            canvas.line((x - arm, y - arm), (x + arm, y + arm), 2, Role::Gone);
            canvas.line((x - arm, y + arm), (x + arm, y - arm), 2, Role::Gone);
        }
    }
}

/// A triangle that points up, its middle in its centre of gravity.
fn triangle((x, y): Point, half: i32) -> Vec<Point> {
    vec![
        (x, y - half - 1),
        (x + half + 1, y + half - 1),
        (x - half - 1, y + half - 1),
    ]
}

fn texts(canvas: &mut Canvas, layout: &Layout<'_>, sizes: Sizes) {
    for label in &layout.labels {
        text(canvas, label, sizes);
    }
    for (area, words) in &layout.users {
        let middle = f64::midpoint(area.from.0, area.to.0);
        let (baseline, _) = baseline(area.from.1 + 0.5, sizes.detail);
        let face = ink(sizes.detail, true);
        canvas.text(middle, baseline, Anchor::Middle, face, words);
    }
}

fn text(canvas: &mut Canvas, label: &Label, sizes: Sizes) {
    let (from, to) = (label.area.from, label.area.to);
    let (x, anchor) = match label.side {
        -1 => (from.0 + 1.0, Anchor::Start),
        1 => (to.0 - 1.0, Anchor::End),
        _ => (f64::midpoint(from.0, to.0), Anchor::Middle),
    };
    let mut top = from.1;
    for (index, words) in label.lines.iter().enumerate() {
        let face = match index {
            0 if label.size > sizes.detail => ink(label.size, false),
            _ => Face {
                size: sizes.detail,
                ..MUTED
            },
        };
        let (baseline, next) = baseline(top, face.size);
        canvas.label(x, baseline, anchor, face, words);
        top = next;
    }
}

/// What the pointer is told: of arrows, then of marks, which lie on top.
fn tips(canvas: &mut Canvas, chart: &MapChart, layout: &Layout<'_>) {
    let name = |id: &str| {
        let site = chart.sites.iter().find(|site| site.id == id);
        site.map_or(id, |site| site.name.as_str()).to_owned()
    };
    for arrow in layout.arrows.iter().rev() {
        let moved = &chart.moves[arrow.moved];
        let corners: Vec<Point> = arrow.around().into_iter().map(point).collect();
        let words = format!(
            "{} → {}: {} users",
            name(&moved.from),
            name(&moved.to),
            numbers::users(moved.users)
        );
        canvas.tip_within(&corners, &words);
    }
    for (place, mark) in &layout.access_points {
        let words = format!(
            "{} ({}), access point, {}: {} users enter",
            place.name,
            place.id,
            place.usage.word(),
            numbers::users(place.users)
        );
        tip(canvas, mark, &words);
    }
    for (site, mark) in &layout.sites {
        tip(canvas, mark, &told(chart, site));
    }
}

fn tip(canvas: &mut Canvas, mark: &Mark, words: &str) {
    let (x, y) = point(mark.at);
    let half = whole(mark.radius).max(5);
    canvas.tip((x - half, y - half), (x + half, y + half), words);
}

/// What the pointer is told about a site.
fn told(chart: &MapChart, site: &SitePlace) -> String {
    let sum = |side: fn(&SiteMove) -> &String| -> f64 {
        let moves = chart.moves.iter().filter(|moved| *side(moved) == site.id);
        moves.map(|moved| moved.users).sum()
    };
    let state = match site.headroom {
        Some(headroom) => format!(
            "{} headroom, {}",
            numbers::headroom(headroom),
            site.state.words()
        ),
        None if site.standing.is_out() => site.standing.word().to_owned(),
        None => site.state.words().to_owned(),
    };
    let mut words = format!(
        "{} ({}): {state}; {} users",
        site.name,
        site.id,
        numbers::users(site.users)
    );
    for (users, verb) in [
        (sum(|moved| &moved.from), "leave"),
        (sum(|moved| &moved.to), "come"),
    ] {
        if users > crate::units::NOBODY {
            let _ = write!(words, ", {} {verb}", numbers::users(users));
        }
    }
    words
}

/// How to read arrows, and how many moves have none.
fn about_moves(chart: &MapChart, layouts: &[Layout<'_>]) -> Vec<String> {
    let arrows = layouts.iter().flat_map(|layout| &layout.arrows);
    let drawn: BTreeSet<usize> = arrows.map(|arrow| arrow.moved).collect();
    let mut notes = Vec::new();
    if let Some(largest) = drawn.first() {
        notes.push(format!(
            "Arrows are as wide as their users are many, {} on the widest.",
            numbers::users(chart.moves[*largest].users)
        ));
    }
    if drawn.is_empty() && !chart.moves.is_empty() {
        notes.push("No move has room for an arrow; moves.csv has all moves.".to_owned());
    } else if drawn.len() < chart.moves.len() {
        let all: f64 = chart.moves.iter().map(|moved| moved.users).sum();
        let users: f64 = drawn.iter().map(|&index| chart.moves[index].users).sum();
        notes.push(format!(
            "Of {} moves between sites {} are drawn, with {} of the users who move.",
            numbers::users(chart.moves.len() as f64),
            drawn.len(),
            numbers::short_percent(users / all)
        ));
    }
    notes
}

/// Who is not on the map.
fn missing(chart: &MapChart) -> Option<String> {
    let sites = chart.sites.iter().filter(|site| site.coordinates.is_none());
    let access_points = chart
        .access_points
        .iter()
        .filter(|place| place.coordinates.is_none());
    let names: Vec<String> = sites
        .map(|site| &site.name)
        .chain(access_points.map(|place| &place.name))
        .map(|name| visible(name).into_owned())
        .collect();
    if names.is_empty() {
        return None;
    }
    let shown = names.iter().take(MOST_MISSING).cloned();
    let mut listed = shown.collect::<Vec<_>>().join(", ");
    if names.len() > MOST_MISSING {
        let _ = write!(listed, " and {} more", names.len() - MOST_MISSING);
    }
    Some(format!(
        "Not on the map, for want of coordinates: {listed}."
    ))
}
