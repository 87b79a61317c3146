//! Globe: distances, and how long light in fibre takes for them, alike on every machine.

use super::random::Draws;
use crate::model::Coordinates;

/// Mean radius of the Earth in km.
const EARTH_RADIUS_KM: f64 = 6371.0088;

/// Round trip in ms per km of great circle: light in fibre (204.19 km/ms) there and back with the usual stretch of
/// 1.75, as links.csv has it where no latency is given.
const MS_PER_KM: f64 = 1.75 * 2.0 / 204.19;

/// A point on the unit sphere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point([f64; 3]);

impl Point {
    /// The point of these degrees.
    pub(super) fn of(at: Coordinates) -> Self {
        let (latitude, longitude) = (at.latitude.to_radians(), at.longitude.to_radians());
        let across = libm::cos(latitude);
        Self([
            across * libm::cos(longitude),
            across * libm::sin(longitude),
            libm::sin(latitude),
        ])
    }

    /// Great-circle distance in km.
    pub(super) fn km(self, other: Self) -> f64 {
        let squares = self.0.iter().zip(other.0).map(|(a, b)| (a - b) * (a - b));
        let half_chord = squares.sum::<f64>().sqrt() / 2.0;
        2.0 * EARTH_RADIUS_KM * libm::asin(half_chord.min(1.0))
    }
}

/// Usual round trip in ms over a distance in km.
pub(super) fn round_trip_ms(km: f64) -> f64 {
    km * MS_PER_KM
}

/// `at`, moved by a distance in km in a direction (radians from east, counterclockwise), to a hundredth of a degree.
///
/// Good for a few hundred km away from the poles, which is all that suburbs need.
pub(super) fn moved(at: Coordinates, km: f64, direction: f64) -> Coordinates {
    let degree_km = EARTH_RADIUS_KM.to_radians();
    let north = km * libm::sin(direction) / degree_km;
    let across = libm::cos(at.latitude.to_radians()).max(0.1);
    let east = km * libm::cos(direction) / (degree_km * across);
    let longitude = at.longitude + east;
    let turned = if longitude >= 180.0 {
        longitude - 360.0
    } else if longitude < -180.0 {
        longitude + 360.0
    } else {
        longitude
    };
    Coordinates {
        latitude: hundredths((at.latitude + north).clamp(-89.0, 89.0)),
        longitude: hundredths(turned),
    }
}

/// Rounded to hundredths.
fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// How much longer than usual links are, from and to: cables go round mountains and coasts.
const DETOUR: (f64, f64) = (0.9, 1.25);

/// The shortest round trip of a link, in hundredths of a millisecond.
const SHORTEST: u32 = 10;

/// A round trip over a distance in km with a detour, in hundredths of a millisecond.
pub(super) fn round_trip(km: f64, draws: &mut Draws) -> u32 {
    let (least, most) = DETOUR;
    let hundredths = 100.0 * round_trip_ms(km) * draws.between(least, most);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "half the circumference of the Earth is below 43,000 hundredths"
    )]
    let whole = hundredths.round() as u32;
    whole.max(SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::is_close;

    fn at(latitude: f64, longitude: f64) -> Coordinates {
        Coordinates {
            latitude,
            longitude,
        }
    }

    #[test]
    fn poles_are_half_a_circumference_apart() {
        let km = Point::of(at(90.0, 0.0)).km(Point::of(at(-90.0, 50.0)));
        assert!(is_close(km, std::f64::consts::PI * EARTH_RADIUS_KM, 1e-12));
    }

    #[test]
    fn a_move_of_so_many_km_is_that_far() {
        let from = at(52.4, 4.9);
        for direction in [0.0, 1.0, 2.5, 4.0] {
            let to = moved(from, 100.0, direction);
            let km = Point::of(from).km(Point::of(to));
            // A hundredth of a degree is 1.1 km.
            assert!((km - 100.0).abs() < 2.0, "{km}");
        }
        assert!(moved(at(0.0, 179.9), 100.0, 0.0).longitude < 0.0);
    }
}
