//! Land: the outlines that maps are drawn on, built into the program (`data/land`).

use std::sync::OnceLock;

/// Rings of `data/land/land.csv`: a point is on land if an odd number of them surround it.
const LAND: &str = include_str!("../../../../data/land/land.csv");

/// A point of an outline, in degrees east and north; rings that cross the date line go on beyond 180° east.
pub(super) type Corner = (f64, f64);

/// Every ring, largest first.
pub(super) fn rings() -> &'static [Vec<Corner>] {
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

#[cfg(test)]
mod tests {
    use super::*;

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
