//! Distances on the globe, and how long light in fibre takes for them.

use crate::model::Coordinates;

/// Mean radius of the Earth in km.
const EARTH_RADIUS_KM: f64 = 6371.0088;

/// How far light travels in fibre in a millisecond, in km: c / 1.4682, the usual group index of glass fibre.
const FIBRE_KM_PER_MS: f64 = 204.19;

/// How much longer real fibre is than the great circle, as a rule.
const USUAL_STRETCH: f64 = 1.75;

/// Great-circle distance in km, by the haversine formula.
pub(crate) fn great_circle_km(a: Coordinates, b: Coordinates) -> f64 {
    let (latitude_a, latitude_b) = (a.latitude.to_radians(), b.latitude.to_radians());
    let half_latitude = (latitude_b - latitude_a) / 2.0;
    let half_longitude = (b.longitude - a.longitude).to_radians() / 2.0;
    let haversine = half_latitude.sin().powi(2)
        + latitude_a.cos() * latitude_b.cos() * half_longitude.sin().powi(2);
    2.0 * EARTH_RADIUS_KM * haversine.clamp(0.0, 1.0).sqrt().asin()
}

/// Round trip in ms below which no signal in fibre can be.
pub(crate) fn least_round_trip_ms(km: f64) -> f64 {
    2.0 * km / FIBRE_KM_PER_MS
}

/// Round trip in ms that is assumed where none is given.
pub(crate) fn usual_round_trip_ms(km: f64) -> f64 {
    USUAL_STRETCH * least_round_trip_ms(km)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::is_close;

    #[test]
    fn a_quarter_of_the_equator_is_a_quarter_of_the_circumference() {
        let at = |longitude| Coordinates {
            latitude: 0.0,
            longitude,
        };
        let quarter = std::f64::consts::FRAC_PI_2 * EARTH_RADIUS_KM;
        assert!(is_close(great_circle_km(at(0.0), at(90.0)), quarter, 1e-12));
        assert!(is_close(
            great_circle_km(at(-135.0), at(135.0)),
            quarter,
            1e-12
        ));
    }

    #[test]
    fn poles_are_half_a_circumference_apart() {
        let pole = |latitude| Coordinates {
            latitude,
            longitude: 0.0,
        };
        let half = std::f64::consts::PI * EARTH_RADIUS_KM;
        assert!(is_close(
            great_circle_km(pole(90.0), pole(-90.0)),
            half,
            1e-12
        ));
    }

    #[test]
    fn light_needs_a_millisecond_for_two_hundred_kilometres() {
        assert!(is_close(least_round_trip_ms(204.19), 2.0, 1e-12));
        assert!(is_close(usual_round_trip_ms(204.19), 3.5, 1e-12));
    }
}
