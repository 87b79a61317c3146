//! Painting of the map: water and land, arrows, marks, texts, notes.

use super::MapChart;
use super::arrows::point;
use super::layout::{Label, Layout, Sizes, access_point_radius};
use super::names::baseline;
use super::outline;
use super::panels::panels;
use super::projection::Sheet;
use super::words::{notes, tips};
use super::{arrows::Spot, dodge::Mark, land};
use crate::error::Result;
use crate::plan_files::AccessPointUse;
use crate::report::charts::canvas::{Anchor, Canvas, Face, Point};
use crate::report::charts::chart::Chart;
use crate::report::charts::frame::{Frame, Heading, Key, MUTED, SIZE, ink};
use crate::report::charts::marks;
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use std::fmt::Write as _;

/// From so many pixels on a line leads from a mark to its place.
const FAR: f64 = 16.0;

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
    let mut frame = Frame::new(
        width,
        &Heading {
            title: &chart.title,
            subtitle: &[&chart.scenario, &chart.period],
        },
    )?;
    frame.legend(&keys(chart));
    let inner = frame.right - frame.left;
    let sheet = Sheet {
        left: frame.left,
        width: inner,
        heights: if frame.is_wide {
            (0.36 * inner, 0.6 * inner)
        } else {
            (0.6 * inner, 1.2 * inner)
        },
        padding: if frame.is_wide { 44.0 } else { 24.0 },
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
        let layout = Layout::new(chart, window, sizes, frame.font());
        ground(&mut frame.canvas, &layout);
        marks(&mut frame.canvas, &layout);
        texts(&mut frame.canvas, &layout, sizes);
        tips(&mut frame.canvas, chart, &layout);
        frame.y = window.top + window.height + 12.0;
        layouts.push(layout);
    }
    let notes = notes(chart, &layouts);
    if frame.is_wide {
        frame.note(&notes.join(" "));
    } else {
        for note in notes {
            frame.note(&note);
        }
    }
    frame.finish()
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
        keys.push(Key {
            width: 12.0,
            words,
            mark: Box::new(move |canvas, at| {
                access_points(canvas, &[at], usage, 7);
                changed_access_point(canvas, at, usage, 7);
            }),
        });
    }
    if !chart.moves.is_empty() {
        keys.push(Key {
            width: 34.0,
            words: "users who move",
            mark: Box::new(|canvas, (x, y)| {
                canvas.line((x - 16, y), (x + 8, y), 4, Role::Moved);
                canvas.polygon(
                    vec![(x + 7, y - 6), (x + 17, y), (x + 7, y + 6)],
                    Role::Moved,
                );
            }),
        });
    }
    keys
}

/// Water, land, arrows, and paper under their numbers.
fn ground(canvas: &mut Canvas, layout: &Layout<'_>) {
    let window = &layout.window;
    let ground = &mut canvas.ground;
    ground.area(
        &rectangle(
            (window.left, window.top),
            (window.left + window.width, window.top + window.height),
        ),
        Role::Water,
    );
    ground.outline(&outline::path(land::rings(), window), Role::Land);
    // An arrow has a rim of paper, so that arrows that cross stay apart.
    for arrow in &layout.arrows {
        let [(x, y), (over_x, over_y), (to_x, to_y)] = arrow.curve;
        let shaft = format!("M{x:.1} {y:.1}Q{over_x:.1} {over_y:.1} {to_x:.1} {to_y:.1}");
        ground.curve(&shaft, arrow.width + 2.0, Role::Paper);
        ground.curve(&shaft, arrow.width, Role::Moved);
        ground.area(&closed(&arrow.head), Role::Moved);
    }
    for (area, _) in &layout.numbers {
        ground.area(
            &rectangle((area.left, area.top), (area.right, area.bottom)),
            Role::Paper,
        );
    }
}

fn rectangle((left, top): Spot, (right, bottom): Spot) -> String {
    format!("M{left:.1} {top:.1}H{right:.1}V{bottom:.1}H{left:.1}z")
}

/// The path of a triangle.
fn closed([(x, y), second, third]: &[Spot; 3]) -> String {
    format!(
        "M{x:.1} {y:.1}L{:.1} {:.1}L{:.1} {:.1}z",
        second.0, second.1, third.0, third.1
    )
}

/// Access points first, so that sites lie on top.
fn marks(canvas: &mut Canvas, layout: &Layout<'_>) {
    leads(canvas, layout);
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

/// Lines from marks that were moved to where they are, and to names that stand away.
fn leads(canvas: &mut Canvas, layout: &Layout<'_>) {
    let marks = layout.access_points.iter().map(|(_, mark)| mark);
    let marks = marks.chain(layout.sites.iter().map(|(_, mark)| mark));
    // Where a mark is a little beside its place nobody misses a line.
    let moved: Vec<&Mark> = marks.filter(|mark| mark.shift() > FAR).collect();
    let names = layout.labels.iter().filter_map(|label| label.stand.lead);
    let lines = moved.iter().map(|mark| (mark.at, mark.home)).chain(names);
    let mut path = String::new();
    for ((x, y), (to_x, to_y)) in lines {
        // Writing to a string does not fail.
        let _ = write!(path, "M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}");
    }
    if path.is_empty() {
        return;
    }
    canvas.ground.curve(&path, 1.0, Role::Muted);
    let homes: Vec<Point> = moved.iter().map(|mark| point(mark.home)).collect();
    canvas.ground.dots(&homes, 3, Role::Muted);
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
    for (area, words) in &layout.numbers {
        let middle = f64::midpoint(area.left, area.right);
        let (baseline, _) = baseline(area.top + 0.5, sizes.detail);
        let face = ink(sizes.detail, true);
        canvas.text(middle, baseline, Anchor::Middle, face, words);
    }
}

fn text(canvas: &mut Canvas, label: &Label, sizes: Sizes) {
    let area = &label.stand.area;
    let (x, anchor) = match label.stand.side {
        -1 => (area.left + 1.0, Anchor::Start),
        1 => (area.right - 1.0, Anchor::End),
        _ => (f64::midpoint(area.left, area.right), Anchor::Middle),
    };
    let mut top = area.top;
    for (index, words) in label.lines.iter().enumerate() {
        let face = if index == 0 && label.is_site {
            ink(sizes.name, false)
        } else {
            Face {
                size: sizes.detail,
                ..MUTED
            }
        };
        let (baseline, next) = baseline(top, face.size);
        canvas.label(x, baseline, anchor, face, words);
        top = next;
    }
}
