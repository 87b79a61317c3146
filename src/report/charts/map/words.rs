//! Words of the map: what the pointer is told, and the notes below.

use super::MapChart;
use super::arrows::point;
use super::dodge::Mark;
use super::layout::Layout;
use crate::report::charts::canvas::{Canvas, Point, whole};
use crate::report::numbers;
use crate::report::places::SitePlace;
use crate::report::text::visible;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Most places that are named because they are not on the map.
const MOST_MISSING: usize = 8;

/// What the pointer is told: of arrows, then of marks, which lie on top.
pub(super) fn tips(canvas: &mut Canvas, chart: &MapChart, layout: &Layout<'_>) {
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
    let sum = |side: fn(&crate::report::places::SiteMove) -> &String| -> f64 {
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

/// What the picture leaves out, and how to read it.
pub(super) fn notes(chart: &MapChart, layouts: &[Layout<'_>]) -> Vec<String> {
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
    let named: BTreeSet<&str> = layouts
        .iter()
        .flat_map(|layout| &layout.named)
        .copied()
        .collect();
    let placed = chart.sites.iter().filter(|site| site.coordinates.is_some());
    match placed.count() - named.len() {
        0 => {}
        1 => notes.push("1 site has no room for a name; the pointer names all.".to_owned()),
        many => notes.push(format!(
            "{many} sites have no room for a name; the pointer names all."
        )),
    }
    notes.extend(missing(chart));
    notes.push("Land: Natural Earth.".to_owned());
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
