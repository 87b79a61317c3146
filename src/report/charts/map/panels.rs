//! Panels: one map of everything, and before it one of where users move if that is too small to see.

use super::chart::MapChart;
use super::projection::{Sheet, Window};
use crate::model::Coordinates;
use std::collections::BTreeMap;

/// Share of the users who move that a panel of moves shows.
const MOST_USERS: f64 = 0.75;

/// Moves are too small to see if they go fewer pixels than this share of the width on average.
const SHORT: f64 = 0.12;

/// A panel of moves is worth its room if it shows them so many times larger.
const WORTH: f64 = 1.8;

/// A map and what stands above it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Panel {
    /// Empty if there is one panel only.
    pub(super) heading: &'static str,
    /// What it shows.
    pub(super) window: Window,
}

/// The panels of a chart whose moves are in order, largest first; their windows stand on top of each other at
/// the upper edge of the sheet. Empty if no place has coordinates.
pub(super) fn panels(chart: &MapChart, sheet: Sheet) -> Vec<Panel> {
    let sites = chart.sites.iter().map(|site| site.coordinates);
    let access_points = chart.access_points.iter().map(|place| place.coordinates);
    let all: Vec<_> = sites.chain(access_points).flatten().collect();
    let Some(whole) = Window::around(&all, sheet) else {
        return Vec::new();
    };
    let panel = |heading, window| Panel { heading, window };
    // Two panels shall not be twice as high.
    let low = Sheet {
        heights: (sheet.heights.0, sheet.heights.1 * 0.7),
        ..sheet
    };
    match (moving(chart, &whole, low), Window::around(&all, low)) {
        (Some(close), Some(whole)) => {
            vec![panel("Where users move", close), panel("All sites", whole)]
        }
        _ => vec![panel("", whole)],
    }
}

/// The window of the sites between which most users move, if it is needed.
fn moving(chart: &MapChart, whole: &Window, sheet: Sheet) -> Option<Window> {
    let places: BTreeMap<&str, Coordinates> = chart
        .sites
        .iter()
        .filter_map(|site| Some((site.id.as_str(), site.coordinates?)))
        .collect();
    let moves: Vec<_> = chart
        .moves
        .iter()
        .filter_map(|moved| {
            let from = *places.get(moved.from.as_str())?;
            let to = *places.get(moved.to.as_str())?;
            Some((from, to, moved.users))
        })
        .collect();
    let all: f64 = moves.iter().map(|moved| moved.2).sum();
    let far: f64 = moves
        .iter()
        .map(|&(from, to, users)| users * whole.distance(from, to))
        .sum();
    if moves.is_empty() || far >= all * SHORT * sheet.width {
        return None;
    }
    let mut shown = 0.0;
    let mut ends = Vec::new();
    for (from, to, users) in moves {
        if shown >= MOST_USERS * all {
            break;
        }
        shown += users;
        ends.extend([from, to]);
    }
    let close = Window::around(&ends, sheet)?;
    (close.magnification(whole) >= WORTH).then_some(close)
}
