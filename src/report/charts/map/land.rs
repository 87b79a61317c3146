//! Land: the outlines that maps are drawn on, built into the program (`data/land`), as one path of the window,
//! clipped, smoothed to the pixel, and short.

use super::projection::Window;
use super::shapes::Spot;
use std::fmt::Write as _;
use std::sync::OnceLock;

/// Rings of `data/land/land.csv`: a point is on land if an odd number of them surround it.
const LAND: &str = include_str!("../../../../data/land/land.csv");

/// A point of an outline, in degrees east and north; rings that cross the date line go on beyond 180° east.
type Corner = (f64, f64);

/// Every ring, largest first.
fn rings() -> &'static [Vec<Corner>] {
    static RINGS: OnceLock<Vec<Vec<Corner>>> = OnceLock::new();
    RINGS.get_or_init(|| read(LAND))
}

/// The rings of a table of ring, longitude and latitude; rows that are none are left out.
fn read(table: &str) -> Vec<Vec<Corner>> {
    let mut rings = Vec::<Vec<Corner>>::new();
    let mut number = None;
    for row in table.lines().skip(1) {
        let mut cells = row.split(',');
        let (ring, longitude, latitude) = (cells.next(), cells.next(), cells.next());
        let degrees = |cell: Option<&str>| cell.and_then(|cell| cell.parse::<f64>().ok());
        let (Some(longitude), Some(latitude)) = (degrees(longitude), degrees(latitude)) else {
            continue;
        };
        if ring != number {
            number = ring;
            rings.push(Vec::new());
        }
        if let Some(corners) = rings.last_mut() {
            corners.push((longitude, latitude));
        }
    }
    rings
}

/// What an outline may leave out, in pixels.
const TOLERANCE: f64 = 0.75;

/// How long a path may be: a report holds many maps.
const MOST_BYTES: usize = 22_000;

/// The path of all land within the window, in half pixels; fill it by the even-odd rule.
///
/// Where it would become too long, more is left out.
pub(super) fn path(window: &Window) -> String {
    let polygons = within(rings(), window);
    let mut tolerance = TOLERANCE;
    loop {
        let path = written(&polygons, tolerance);
        if path.len() <= MOST_BYTES || tolerance > 8.0 {
            return path;
        }
        tolerance *= 1.5;
    }
}

/// The parts of rings within the window, in pixels.
fn within(rings: &[Vec<Corner>], window: &Window) -> Vec<Vec<Spot>> {
    let mut polygons = Vec::new();
    for ring in rings {
        let longitudes = || ring.iter().map(|corner| corner.0);
        let west = longitudes().fold(f64::MAX, f64::min);
        let east = longitudes().fold(f64::MIN, f64::max);
        for turns in (-2..=2).filter(|&turns| window.may_show(west, east, turns)) {
            let spots = ring.iter().map(|&corner| window.corner(corner, turns));
            polygons.push(clip(spots.collect(), window));
        }
    }
    polygons
}

/// The path of polygons, without what is smaller than the tolerance.
fn written(polygons: &[Vec<Spot>], tolerance: f64) -> String {
    let mut path = String::new();
    for polygon in polygons {
        let points = halves(&simplified(polygon, tolerance));
        if points.len() >= 3 && has_area(&points) {
            write(&points, &mut path);
        }
    }
    path
}

/// The polygon within the window (I. Sutherland and G. Hodgman, "Reentrant polygon clipping", 1974).
fn clip(polygon: Vec<Spot>, window: &Window) -> Vec<Spot> {
    let right = window.left + window.width;
    let bottom = window.top + window.height;
    let polygon = clip_at(polygon, |spot| spot.0 - window.left);
    let polygon = clip_at(polygon, |spot| right - spot.0);
    let polygon = clip_at(polygon, |spot| spot.1 - window.top);
    clip_at(polygon, |spot| bottom - spot.1)
}

/// The polygon where `inside`, which is linear, is not negative.
fn clip_at(polygon: Vec<Spot>, inside: impl Fn(Spot) -> f64) -> Vec<Spot> {
    let count = polygon.iter().filter(|&&spot| inside(spot) >= 0.0).count();
    if count == 0 {
        return Vec::new();
    }
    if count == polygon.len() {
        return polygon;
    }
    let mut kept = Vec::with_capacity(polygon.len() + 4);
    let mut from = polygon[polygon.len() - 1];
    for &to in &polygon {
        let (before, after) = (inside(from), inside(to));
        if (before >= 0.0) != (after >= 0.0) {
            let share = before / (before - after);
            kept.push((
                share.mul_add(to.0 - from.0, from.0),
                share.mul_add(to.1 - from.1, from.1),
            ));
        }
        if after >= 0.0 {
            kept.push(to);
        }
        from = to;
    }
    kept
}

/// The points that matter at this size (D. Douglas and T. Peucker, 1973).
fn simplified(polygon: &[Spot], tolerance: f64) -> Vec<Spot> {
    let Some(&first) = polygon.first() else {
        return Vec::new();
    };
    // The point furthest from the first one halves the ring.
    let furthest = (0..polygon.len())
        .max_by(|&a, &b| {
            let away =
                |index: usize| (polygon[index].0 - first.0).hypot(polygon[index].1 - first.1);
            away(a).total_cmp(&away(b)).then(b.cmp(&a))
        })
        .unwrap_or(0);
    let mut ring = polygon.to_vec();
    ring.push(first);
    let mut is_kept = vec![false; ring.len()];
    for index in [0, furthest, ring.len() - 1] {
        is_kept[index] = true;
    }
    let mut spans = vec![(0, furthest), (furthest, ring.len() - 1)];
    while let Some((from, to)) = spans.pop() {
        let worst = (from + 1..to)
            .map(|index| (distance(ring[index], ring[from], ring[to]), index))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((away, at)) = worst
            && away > tolerance
        {
            is_kept[at] = true;
            spans.extend([(from, at), (at, to)]);
        }
    }
    ring.pop();
    ring.into_iter()
        .zip(is_kept)
        .filter_map(|(spot, is_kept)| is_kept.then_some(spot))
        .collect()
}

/// Pixels between a point and a segment.
fn distance(point: Spot, from: Spot, to: Spot) -> f64 {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let (px, py) = (point.0 - from.0, point.1 - from.1);
    let length = x * x + y * y;
    let along = if length > 0.0 {
        ((px * x + py * y) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (px - along * x).hypot(py - along * y)
}

/// The points in half pixels, none twice in a row.
fn halves(polygon: &[Spot]) -> Vec<(i32, i32)> {
    let half = |position: f64| crate::report::charts::kit::canvas::whole(position * 2.0);
    let mut points: Vec<_> = polygon.iter().map(|&(x, y)| (half(x), half(y))).collect();
    points.dedup();
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    points
}

/// `true` if the polygon covers two pixels, which have four quarters each.
fn has_area(points: &[(i32, i32)]) -> bool {
    let twice: i64 = points
        .iter()
        .zip(points.iter().cycle().skip(1))
        .map(|(&(x, y), &(u, v))| i64::from(x) * i64::from(v) - i64::from(u) * i64::from(y))
        .sum();
    twice.abs() >= 2 * 2 * 4
}

/// Writes a polygon as steps from point to point.
fn write(points: &[(i32, i32)], path: &mut String) {
    let mut at = points[0];
    // Writing to a string does not fail.
    let _ = write!(path, "M{} {}l", at.0, at.1);
    for (index, &(x, y)) in points[1..].iter().enumerate() {
        let (dx, dy) = (x - at.0, y - at.1);
        // A minus sign parts numbers as well as a space does.
        let gap = if index > 0 && dx >= 0 { " " } else { "" };
        let comma = if dy >= 0 { " " } else { "" };
        let _ = write!(path, "{gap}{dx}{comma}{dy}");
        at = (x, y);
    }
    path.push('z');
}

#[cfg(test)]
mod tests {
    use super::super::projection::Sheet;
    use super::*;
    use crate::model::Coordinates;

    fn window(places: &[(f64, f64)], width: f64) -> Window {
        let places: Vec<_> = places
            .iter()
            .map(|&(latitude, longitude)| Coordinates {
                latitude,
                longitude,
            })
            .collect();
        let sheet = Sheet {
            left: 24.0,
            width,
            heights: (200.0, 700.0),
            padding: 30.0,
        };
        let window = Window::around(&places, sheet).expect("there are places");
        window.lowered(100.0)
    }

    #[test]
    fn a_polygon_is_cut_at_the_edges_of_the_window() {
        let window = window(&[(0.0, 0.0), (10.0, 10.0)], 300.0);
        let (right, bottom) = (324.0, 100.0 + window.height);
        let around = vec![(-1e4, -1e4), (1e4, -1e4), (1e4, 1e4), (-1e4, 1e4)];
        let mut corners = clip(around, &window);
        for corner in &mut corners {
            *corner = (corner.0.round(), corner.1.round());
        }
        corners.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        assert_eq!(
            corners,
            [
                (24.0, 100.0),
                (24.0, bottom),
                (right, 100.0),
                (right, bottom)
            ]
        );
        assert!(clip(vec![(0.0, 0.0), (5.0, 0.0), (0.0, 5.0)], &window).is_empty());
    }

    #[test]
    fn points_on_a_line_and_specks_are_left_out() {
        let square = [
            (0.0, 0.0),
            (5.0, 0.1),
            (10.0, 0.0),
            (10.0, 10.0),
            (0.0, 10.0),
        ];
        assert_eq!(
            simplified(&square, TOLERANCE),
            [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
        );
        assert!(!has_area(&halves(&[(0.0, 0.0), (0.9, 0.0), (0.0, 0.9)])));
        let mut path = String::new();
        write(&halves(&simplified(&square, TOLERANCE)), &mut path);
        assert_eq!(path, "M0 0l20 0 0 20-20 0z");
    }

    #[test]
    fn a_world_and_a_continent_cost_little() {
        let world = [(37.8, -122.4), (-36.8, 174.8), (60.0, 25.0), (-34.0, 18.0)];
        for (places, width) in [
            (&world[..], 1152.0),
            (&[(90.0, 0.0), (-90.0, 180.0), (0.0, -90.0)][..], 1152.0),
            (&world[..], 272.0),
            (&[(45.0, -120.0), (30.0, -75.0)][..], 1152.0),
            (&[(35.0, -10.0), (60.0, 30.0)][..], 1152.0),
        ] {
            let path = path(&window(places, width));
            assert!(
                (500..=MOST_BYTES).contains(&path.len()),
                "{} bytes",
                path.len()
            );
        }
    }

    /// `true` if an odd number of rings surround the point on one turn of the globe or the next.
    fn is_land(latitude: f64, longitude: f64) -> bool {
        is_surrounded(latitude, longitude) || is_surrounded(latitude, longitude + 360.0)
    }

    /// `true` if a ray to the east crosses an odd number of edges.
    fn is_surrounded(latitude: f64, longitude: f64) -> bool {
        let crossings = rings()
            .iter()
            .flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)))
            .filter(|((_, south), (_, north))| (*south > latitude) != (*north > latitude))
            .filter(|((west, from), (east, to))| {
                west + (latitude - from) / (to - from) * (east - west) > longitude
            })
            .count();
        crossings % 2 == 1
    }

    #[test]
    fn every_row_is_a_point_of_the_globe() {
        let points: usize = rings().iter().map(Vec::len).sum();
        assert_eq!(points, LAND.lines().count() - 1);
        for (longitude, latitude) in rings().iter().flatten() {
            assert!((-180.0..=540.0).contains(longitude) && latitude.abs() <= 90.0);
        }
    }

    #[test]
    fn cities_inland_are_on_land_and_the_oceans_are_not() {
        for (latitude, longitude) in [
            (41.85, -88.2),
            (52.0, 5.5),
            (-23.5, -46.6),
            (28.6, 77.2),
            (-33.5, 150.0),
            (-80.0, 0.0),
            (1.36, 103.82),
            (67.0, 179.5),
            (67.0, -178.5),
        ] {
            assert!(is_land(latitude, longitude), "{latitude}, {longitude}");
        }
        // Atlantic, Pacific, Indian Ocean, Caspian Sea, Mediterranean Sea.
        for (latitude, longitude) in [
            (30.0, -40.0),
            (0.0, -160.0),
            (-20.0, 80.0),
            (42.0, 50.5),
            (34.5, 18.0),
            (75.0, 0.0),
            (0.0, 180.0),
        ] {
            assert!(!is_land(latitude, longitude), "{latitude}, {longitude}");
        }
    }
}
