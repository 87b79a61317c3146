//! Globe: the view of it that shows all places, from degrees to pixels, and the land in it (`data/land`).
//!
//! Miller's cylindrical projection (O. M. Miller, "Notes on cylindrical world map projections", *Geographical
//! Review* 32, 1942; J. P. Snyder, *Map Projections: A Working Manual*, USGS 1987, page 88), made narrower so
//! that shapes are true in the middle of the view:
//!
//! ```text
//! x = λ · cos φₘ / cos 0.8 φₘ
//! y = 1.25 · ln tan(π/4 + 0.4 φ)
//! ```
//!
//! with λ and φ the longitude and latitude in radians and φₘ the view's middle latitude. North is up
//! everywhere, the poles are at a finite distance, and a view of degrees is a rectangle of pixels, so one
//! formula serves a country and the world.

#[cfg(test)]
mod tests;

use crate::model::Coordinates;
use crate::report::charts::kit::canvas::{Point, whole};
use std::fmt::Write as _;
use std::sync::OnceLock;

/// A point in pixels.
pub(super) type Spot = (f64, f64);

/// The furthest middle latitude to which shapes are made true, in degrees.
const MOST_TRUE: f64 = 70.0;

/// The least extent that a view shows, in degrees of longitude and of latitude.
const LEAST_EXTENT: (f64, f64) = (16.0, 8.0);

/// By what share a map must become narrower to be cut elsewhere than in the Pacific.
const WORTH_ANOTHER_CUT: f64 = 0.1;

/// Pixels between points of an outline, at least.
const TOLERANCE: f64 = 1.0;

/// How long the path of all land may be: a report holds many maps.
const MOST_BYTES: usize = 22_000;

/// The paper that a view may take, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MapSheet {
    /// Its left edge.
    pub(super) left: f64,
    /// Its width.
    pub(super) width: f64,
    /// The least and the greatest height.
    pub(super) heights: (f64, f64),
    /// Free space around the places.
    pub(super) padding: f64,
    /// Most space west and east of them: what is beyond is cut off where the height allows no larger scale.
    pub(super) side: f64,
}

/// The least share of the width of the paper that a view takes.
const LEAST_WIDTH: f64 = 0.5;

/// What places take of a map in which shapes are true in their middle.
struct PlacesExtent {
    /// The meridian at which the globe is cut, in degrees.
    cut: f64,
    /// Degrees from the first place to the last.
    span: f64,
    /// Ordinates of the southernmost and the northernmost place.
    south: f64,
    north: f64,
    /// How much narrower a radian of longitude is than on the equator.
    narrowing: f64,
    /// Width and height in radians of the map; those of a single place are not 0.
    size: (f64, f64),
}

impl PlacesExtent {
    /// `None` without any place.
    fn of(places: &[Coordinates]) -> Option<Self> {
        let cut = cut(places)?;
        let latitudes = || places.iter().map(|place| place.latitude.clamp(-90.0, 90.0));
        let south = latitudes().fold(f64::MAX, f64::min);
        let north = latitudes().fold(f64::MIN, f64::max);
        let middle = f64::midpoint(south, north).clamp(-MOST_TRUE, MOST_TRUE);
        let narrowing = middle.to_radians().cos() / (0.8 * middle.to_radians()).cos();
        let easts = places.iter().map(|place| east_of(cut, place.longitude));
        let span = easts.fold(0.0, f64::max);
        let (south, north) = (miller(south), miller(north));
        let size = (
            span.max(LEAST_EXTENT.0).to_radians() * narrowing,
            (north - south).max(LEAST_EXTENT.1.to_radians()),
        );
        Some(Self {
            cut,
            span,
            south,
            north,
            narrowing,
            size,
        })
    }
}

/// How many times as wide as high places are on a map; `None` without any.
pub(super) fn aspect(places: &[Coordinates]) -> Option<f64> {
    let (width, height) = PlacesExtent::of(places)?.size;
    Some(width / height)
}

/// What of the globe is shown, and where on the paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GlobeView {
    /// Its rectangle in pixels.
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// The meridian at which the globe is cut, in degrees: places lie up to 360° east of it.
    cut: f64,
    /// `x` of the left edge, in radians of the map, from the cut.
    west: f64,
    /// `y` of the upper edge, in radians of the map.
    north: f64,
    /// How much narrower a radian of longitude is than on the equator.
    narrowing: f64,
    /// Pixels per radian of the map.
    scale: f64,
}

impl GlobeView {
    /// The view around places, at the upper edge of the picture; `None` without any.
    pub(super) fn around(places: &[Coordinates], sheet: MapSheet) -> Option<Self> {
        let extent = PlacesExtent::of(places)?;
        let (x_extent, y_extent) = extent.size;
        let PlacesExtent { cut, narrowing, .. } = extent;
        // As large as the width allows, unless it becomes too high; never more than once around the globe.
        let widest = (sheet.width - 2.0 * sheet.padding) / x_extent;
        let highest = (sheet.heights.1 - 2.0 * sheet.padding) / y_extent;
        let once = sheet.width / (std::f64::consts::TAU * narrowing);
        let scale = widest.min(highest).max(once);
        let height = (y_extent * scale + 2.0 * sheet.padding).max(sheet.heights.0);
        let width = (x_extent * scale + 2.0 * sheet.side)
            .clamp(LEAST_WIDTH * sheet.width, sheet.width)
            .round();
        let x_middle = extent.span.to_radians() * narrowing / 2.0;
        let y_middle = f64::midpoint(extent.south, extent.north);
        // There is nothing beyond the poles.
        let half = height / scale / 2.0;
        let most = (miller(90.0) - half).max(0.0);
        Some(Self {
            left: sheet.left,
            top: 0.0,
            width,
            height: height.round(),
            cut,
            west: x_middle - width / scale / 2.0,
            north: y_middle.clamp(-most, most) + half,
            narrowing,
            scale,
        })
    }

    /// Where a place is, in pixels; `None` outside the view.
    pub(super) fn place(&self, place: Coordinates) -> Option<Spot> {
        let latitude = place.latitude.clamp(-90.0, 90.0);
        let east = east_of(self.cut, place.longitude);
        let is_shown = |(x, y): &Spot| {
            (-1e-6..=self.width + 1e-6).contains(&(x - self.left))
                && (-1e-6..=self.height + 1e-6).contains(&(y - self.top))
        };
        // What lies in the padding west of the cut is almost once around the globe to the east.
        let spots = [east, east - 360.0].map(|east| self.pixel(east, latitude));
        spots.into_iter().find(is_shown)
    }

    /// Pixels between two places; 0 if one is outside the view.
    pub(super) fn distance(&self, from: Coordinates, to: Coordinates) -> f64 {
        let ends = self.place(from).zip(self.place(to));
        ends.map_or(0.0, |(from, to)| (to.0 - from.0).hypot(to.1 - from.1))
    }

    /// How much larger everything is than in another view.
    pub(super) fn magnification(&self, other: &Self) -> f64 {
        self.scale / other.scale
    }

    fn pixel(&self, east: f64, latitude: f64) -> Spot {
        let x = east.to_radians() * self.narrowing - self.west;
        let y = self.north - miller(latitude);
        (
            x.mul_add(self.scale, self.left),
            y.mul_add(self.scale, self.top),
        )
    }

    /// The path of all land in the view, in half pixels; fill it by the even-odd rule.
    pub(super) fn land(&self) -> String {
        let mut polygons = Vec::new();
        for ring in rings() {
            for turns in [-720.0, -360.0, 0.0, 360.0, 720.0] {
                let corners = ring.iter();
                let spots = corners.map(|corner| self.pixel(corner.0 - self.cut + turns, corner.1));
                polygons.push(self.clip(spots.collect()));
            }
        }
        // Where it would become too long, more is left out.
        let mut tolerance = TOLERANCE;
        loop {
            let path: String = polygons
                .iter()
                .map(|pairs| written(pairs, tolerance))
                .collect();
            if path.len() <= MOST_BYTES || tolerance > 8.0 {
                return path;
            }
            tolerance *= 1.5;
        }
    }

    /// The polygon within the view (I. Sutherland and G. Hodgman, "Reentrant polygon clipping", 1974).
    fn clip(&self, polygon: Vec<Spot>) -> Vec<Spot> {
        let (right, bottom) = (self.left + self.width, self.top + self.height);
        let polygon = clip_at(polygon, |spot| spot.0 - self.left);
        let polygon = clip_at(polygon, |spot| right - spot.0);
        let polygon = clip_at(polygon, |spot| spot.1 - self.top);
        clip_at(polygon, |spot| bottom - spot.1)
    }
}

/// The polygon where `inside`, which is linear, is not negative.
fn clip_at(polygon: Vec<Spot>, inside: impl Fn(Spot) -> f64) -> Vec<Spot> {
    let Some(mut from) = polygon.last().copied() else {
        return polygon;
    };
    let mut kept = Vec::new();
    for to in polygon {
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

/// The path of a polygon in half pixels, whose points are no nearer to each other than the tolerance; empty if it is a
/// speck.
fn written(polygon: &[Spot], tolerance: f64) -> String {
    let mut points: Vec<Point> = Vec::new();
    for spot in polygon {
        let (x, y) = (whole(spot.0 * 2.0), whole(spot.1 * 2.0));
        let is_far = points.last().is_none_or(|pair| {
            f64::from(pair.0 - x).hypot(f64::from(pair.1 - y)) >= 2.0 * tolerance
        });
        if is_far {
            points.push((x, y));
        }
    }
    let next = points.iter().cycle().skip(1);
    let pieces = points.iter().zip(next);
    let twice = pieces.map(|(pair, next)| {
        i64::from(pair.0) * i64::from(next.1) - i64::from(next.0) * i64::from(pair.1)
    });
    // Two pixels, which have four quarters each.
    if twice.sum::<i64>().abs() < 2 * 2 * 4 {
        return String::new();
    }
    let mut path = format!("M{} {}l", points[0].0, points[0].1);
    for pair in points.windows(2) {
        let (x, y) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
        // A minus sign parts numbers as well as a space does. Writing to a string does not fail.
        let (gap, comma) = (if x >= 0 { " " } else { "" }, if y >= 0 { " " } else { "" });
        let _ = write!(path, "{gap}{x}{comma}{y}");
    }
    path + "z"
}

/// The rings of land, in degrees east and north: a point is on land if an odd number of them surround it.
///
/// Rings that cross the date line go on beyond 180° east.
fn rings() -> &'static [Vec<(f64, f64)>] {
    static RINGS: OnceLock<Vec<Vec<(f64, f64)>>> = OnceLock::new();
    RINGS.get_or_init(|| {
        let rows = include_str!("../../../../data/land/land.csv").lines();
        let rows: Vec<(&str, &str)> = rows.filter_map(|row| row.split_once(',')).collect();
        let corner = |(_, row): &(&str, &str)| {
            let (longitude, latitude) = row.split_once(',')?;
            Some((longitude.parse().ok()?, latitude.parse().ok()?))
        };
        let rings = rows.chunk_by(|a, b| a.0 == b.0);
        rings
            .map(|ring| ring.iter().filter_map(corner).collect())
            .collect()
    })
}

/// Miller's ordinate of a latitude in degrees.
fn miller(latitude: f64) -> f64 {
    let quarter = std::f64::consts::FRAC_PI_4;
    1.25 * 0.4_f64.mul_add(latitude.to_radians(), quarter).tan().ln()
}

/// Degrees east of a meridian, 0 to 360.
fn east_of(meridian: f64, longitude: f64) -> f64 {
    let east = (longitude - meridian).rem_euclid(360.0);
    // What is less than nothing by a rounding is nothing, not once around.
    if east > 360.0 - 1e-9 { 0.0 } else { east }
}

/// The longitude east of the widest gap between places: there the globe is cut.
///
/// Maps of the world are cut in the Pacific; so is this one unless it becomes narrower elsewhere by more than
/// [`WORTH_ANOTHER_CUT`].
fn cut(places: &[Coordinates]) -> Option<f64> {
    let mut longitudes: Vec<f64> = places.iter().map(|place| place.longitude).collect();
    longitudes.sort_by(f64::total_cmp);
    let mut before = *longitudes.last()? - 360.0;
    let gap = |longitude: f64| {
        let gap = longitude - std::mem::replace(&mut before, longitude);
        let from_date_line = (east_of(0.0, longitude - gap / 2.0) - 180.0).abs();
        (gap, from_date_line, longitude)
    };
    let gaps: Vec<_> = longitudes.into_iter().map(gap).collect();
    let widest = gaps.iter().fold(0.0, |most: f64, gap| most.max(gap.0));
    let most = (360.0 - widest) * (1.0 + WORTH_ANOTHER_CUT);
    let narrow = gaps.into_iter();
    let narrow = narrow.filter(|(gap, ..)| *gap >= widest || 360.0 - gap <= most);
    let nearest = narrow.min_by(|a, b| a.1.total_cmp(&b.1).then(b.0.total_cmp(&a.0)));
    nearest.map(|(.., longitude)| longitude)
}
