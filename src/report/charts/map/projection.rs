//! Projection: from degrees to pixels, for the window that shows all places.
//!
//! Miller's cylindrical projection (O. M. Miller, "Notes on cylindrical world map projections", *Geographical
//! Review* 32, 1942; J. P. Snyder, *Map Projections: A Working Manual*, USGS 1987, page 88), made narrower so
//! that shapes are true in the middle of the window:
//!
//! ```text
//! x = λ · cos φₘ / cos 0.8 φₘ
//! y = 1.25 · ln tan(π/4 + 0.4 φ)
//! ```
//!
//! with λ and φ the longitude and latitude in radians and φₘ the window's middle latitude. North is up
//! everywhere, the poles are at a finite distance, and a window of degrees is a rectangle of pixels, so one
//! formula serves a country and the world.

use crate::model::Coordinates;

/// The furthest middle latitude to which shapes are made true, in degrees.
const MOST_TRUE: f64 = 70.0;

/// The least extent that a window shows, in degrees of longitude and of latitude.
const LEAST_EXTENT: (f64, f64) = (16.0, 8.0);

/// By what share a map must become narrower to be cut elsewhere than in the Pacific.
const WORTH_ANOTHER_CUT: f64 = 0.1;

/// The paper that a window may take, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sheet {
    /// Its left edge.
    pub(super) left: f64,
    /// Its width.
    pub(super) width: f64,
    /// The least and the greatest height.
    pub(super) heights: (f64, f64),
    /// Free space around the places.
    pub(super) padding: f64,
}

/// What of the globe is shown, and where on the paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    /// Left edge in pixels.
    pub(super) left: f64,
    /// Upper edge in pixels.
    pub(super) top: f64,
    /// Pixels.
    pub(super) width: f64,
    /// Pixels.
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

impl Window {
    /// The window around places; `None` without any.
    pub(super) fn around(places: &[Coordinates], sheet: Sheet) -> Option<Self> {
        let cut = cut(places)?;
        let latitudes = || places.iter().map(|place| place.latitude.clamp(-90.0, 90.0));
        let south = latitudes().fold(f64::MAX, f64::min);
        let north = latitudes().fold(f64::MIN, f64::max);
        let middle = f64::midpoint(south, north).clamp(-MOST_TRUE, MOST_TRUE);
        let narrowing = middle.to_radians().cos() / (0.8 * middle.to_radians()).cos();
        let span = places
            .iter()
            .map(|place| east_of(cut, place.longitude))
            .fold(0.0, f64::max);
        let x_extent = span.max(LEAST_EXTENT.0).to_radians() * narrowing;
        let y_extent = (miller(north) - miller(south)).max(LEAST_EXTENT.1.to_radians());
        let room = sheet.width - 2.0 * sheet.padding;
        // As large as the width allows, unless it becomes too high; never more than once around the globe.
        let widest = room / x_extent;
        let highest = (sheet.heights.1 - 2.0 * sheet.padding) / y_extent;
        let once = sheet.width / (std::f64::consts::TAU * narrowing);
        let scale = widest.min(highest).max(once);
        let height = (y_extent * scale + 2.0 * sheet.padding).max(sheet.heights.0);
        let x_middle = span.to_radians() * narrowing / 2.0;
        let y_middle = f64::midpoint(miller(south), miller(north));
        // There is nothing beyond the poles.
        let half = height / scale / 2.0;
        let most = (miller(90.0) - half).max(0.0);
        Some(Self {
            left: sheet.left,
            top: 0.0,
            width: sheet.width,
            height: height.round(),
            cut,
            west: x_middle - sheet.width / scale / 2.0,
            north: y_middle.clamp(-most, most) + half,
            narrowing,
            scale,
        })
    }

    /// The same with its upper edge elsewhere.
    pub(super) fn lowered(self, top: f64) -> Self {
        Self { top, ..self }
    }

    /// Where a place is, in pixels; `None` outside the window.
    pub(super) fn place(&self, place: Coordinates) -> Option<(f64, f64)> {
        let latitude = place.latitude.clamp(-90.0, 90.0);
        let east = east_of(self.cut, place.longitude);
        // What lies in the padding west of the cut is almost once around the globe to the east.
        [east, east - 360.0]
            .map(|east| self.pixel(east, latitude))
            .into_iter()
            .find(|&(x, y)| {
                (-1e-6..=self.width + 1e-6).contains(&(x - self.left))
                    && (-1e-6..=self.height + 1e-6).contains(&(y - self.top))
            })
    }

    /// Pixels between two places; 0 if one is outside the window.
    pub(super) fn distance(&self, from: Coordinates, to: Coordinates) -> f64 {
        self.place(from)
            .zip(self.place(to))
            .map_or(0.0, |(from, to)| (to.0 - from.0).hypot(to.1 - from.1))
    }

    /// How much larger everything is than in another window.
    pub(super) fn magnification(&self, other: &Self) -> f64 {
        self.scale / other.scale
    }

    /// `true` if what lies between two longitudes may be seen, with the globe turned so many times.
    pub(super) fn may_show(&self, west: f64, east: f64, turns: i32) -> bool {
        let (left, _) = self.corner((west, 0.0), turns);
        let (right, _) = self.corner((east, 0.0), turns);
        right >= self.left && left <= self.left + self.width
    }

    /// Where a point of an outline is, in pixels, with the globe turned so many times.
    pub(super) fn corner(&self, (longitude, latitude): (f64, f64), turns: i32) -> (f64, f64) {
        let east = longitude - self.cut + 360.0 * f64::from(turns);
        self.pixel(east, latitude)
    }

    fn pixel(&self, east: f64, latitude: f64) -> (f64, f64) {
        let x = east.to_radians() * self.narrowing - self.west;
        let y = self.north - miller(latitude);
        (
            x.mul_add(self.scale, self.left),
            y.mul_add(self.scale, self.top),
        )
    }
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
    let mut gaps = Vec::with_capacity(longitudes.len());
    for longitude in longitudes {
        gaps.push((longitude - before, longitude));
        before = longitude;
    }
    let widest = gaps.iter().fold(0.0, |most: f64, gap| most.max(gap.0));
    let most = (360.0 - widest) * (1.0 + WORTH_ANOTHER_CUT);
    let from_date_line = |&(gap, at): &(f64, f64)| {
        let middle = east_of(0.0, at - gap / 2.0);
        (middle - 180.0).abs()
    };
    gaps.into_iter()
        .filter(|(gap, _)| *gap >= widest || 360.0 - gap <= most)
        .min_by(|left, right| {
            from_date_line(left)
                .total_cmp(&from_date_line(right))
                .then(right.0.total_cmp(&left.0))
        })
        .map(|(_, at)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: Sheet = Sheet {
        left: 10.0,
        width: 900.0,
        heights: (300.0, 600.0),
        padding: 30.0,
    };

    fn at(latitude: f64, longitude: f64) -> Coordinates {
        Coordinates {
            latitude,
            longitude,
        }
    }

    fn window(places: &[Coordinates]) -> Window {
        Window::around(places, SHEET).expect("there are places")
    }

    #[test]
    fn the_ordinate_is_that_of_the_other_published_form() {
        // Snyder 1987, equation 11-2a: y = arsinh(tan 0.8 φ) / 0.8.
        for latitude in [-90.0_f64, -45.0, 0.0, 30.0, 60.0, 90.0] {
            let other = (0.8 * latitude.to_radians()).tan().asinh() / 0.8;
            assert!((miller(latitude) - other).abs() < 1e-12, "{latitude}");
        }
    }

    #[test]
    fn all_places_lie_within_the_padding() {
        let cases = [
            vec![at(41.9, -87.6), at(29.4, -98.5), at(52.4, 4.9)],
            vec![at(35.7, 139.7), at(-36.8, 174.8), at(37.8, -122.4)],
            vec![at(90.0, 0.0), at(-90.0, 180.0)],
            vec![at(89.9, -180.0), at(80.0, 180.0)],
            vec![at(10.0, 20.0), at(10.0, 20.0)],
            (0..36)
                .map(|turn| at(0.0, f64::from(turn * 10 - 180)))
                .collect(),
        ];
        for places in cases {
            let window = window(&places);
            for place in places {
                let (x, y) = window.place(place).expect("it is shown");
                // Once around the globe leaves no room for padding.
                assert!((9.9..=910.1).contains(&x), "{place:?} at {x}");
                assert!(
                    (-0.1..=0.1 + window.height).contains(&y),
                    "{place:?} at {y}"
                );
            }
        }
    }

    #[test]
    fn the_globe_is_cut_where_nobody_is() {
        let window = window(&[at(35.7, 139.7), at(-36.8, 174.8), at(37.8, -122.4)]);
        let x = |place| window.place(place).expect("it is shown").0;
        assert!(x(at(35.7, 139.7)) < x(at(-36.8, 174.8)));
        assert!(x(at(-36.8, 174.8)) < x(at(37.8, -122.4)));
    }

    #[test]
    fn a_map_of_the_world_is_cut_in_the_pacific_though_the_atlantic_is_a_little_wider() {
        // Gaps: 33 degrees between Recife and Dublin, 28 between Auckland and Honolulu.
        let world: Vec<_> = [-157.0, -122.0, -90.0, -60.0, -35.0, -2.0, 30.0, 60.0, 90.0]
            .into_iter()
            .chain([120.0, 150.0, 175.0])
            .map(|longitude| at(10.0, longitude))
            .collect();
        let window = window(&world);
        let x = |longitude| window.place(at(10.0, longitude)).expect("it is shown").0;
        assert!(x(-157.0) < x(-35.0) && x(-35.0) < x(-2.0) && x(-2.0) < x(175.0));
    }

    #[test]
    fn the_order_of_places_does_not_matter() {
        let mut places = vec![at(35.7, 139.7), at(-36.8, 174.8), at(37.8, -122.4)];
        let forward = window(&places);
        places.reverse();
        assert_eq!(forward, window(&places));
    }

    #[test]
    fn a_square_in_the_middle_stays_a_square() {
        // One degree of latitude is 1 / cos(50°) degrees of longitude on the 50th parallel.
        let window = window(&[at(40.0, 0.0), at(60.0, 20.0)]);
        let (x, y) = window.place(at(49.5, 5.0)).expect("it is shown");
        let east = 5.0 + 1.0 / 50.0_f64.to_radians().cos();
        let (right, up) = window.place(at(50.5, east)).expect("it is shown");
        let ratio = (right - x) / (y - up);
        assert!((ratio - 1.0).abs() < 0.01, "{ratio}");
    }

    #[test]
    fn what_is_outside_has_no_place_and_the_padding_west_has() {
        let window = window(&[at(40.0, -179.0), at(60.0, -150.0)]);
        assert_eq!(window.place(at(50.0, 0.0)), None);
        assert_eq!(window.place(at(-50.0, -160.0)), None);
        let (x, _) = window.place(at(50.0, 179.9)).expect("it is in the padding");
        let (first, _) = window.place(at(40.0, -179.0)).expect("it is shown");
        assert!(x < first, "{x} and {first}");
    }
}
