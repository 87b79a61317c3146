use super::super::tiny::inventory;
use super::*;
use crate::model::{Inventory, LoadCurve};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time is given")
}

/// The tiny inventory (40 users in r1, 30 in r2) whose client regions follow one curve in these time zones.
fn in_zones(zones: [&str; 2], factor: impl Fn(usize) -> f64) -> Inventory {
    let mut inventory = inventory();
    inventory.load_curves = vec![LoadCurve {
        id: "week".to_owned(),
        factors: (0..168).map(factor).collect(),
    }];
    for (region, zone) in inventory.client_regions.iter_mut().zip(zones) {
        region.time_zone = zone.to_owned();
        region.load_curve = Some(LoadCurveId::new(0));
    }
    inventory
}

/// By stretch: when it begins, and the factors of both client regions.
fn stretches(hours: &Hours) -> Vec<(String, [f64; 2])> {
    let both = hours.stretches().iter();
    both.map(|stretch| {
        let factor = |region| hours.factor(stretch.slice, ClientRegionId::new(region));
        (stretch.start.to_string(), [0, 1].map(factor))
    })
    .collect()
}

use crate::ids::ClientRegionId;

#[test]
fn without_curves_there_is_one_slice_at_the_peak() {
    let hours = hours_between(
        &inventory(),
        at("2026-11-21T00:00:00Z"),
        at("2026-11-28T00:00:00Z"),
    );
    assert!(hours.is_flat());
    assert_eq!(hours.stretches().len(), 1);
    assert_eq!(hours.weight(0).to_bits(), 1.0_f64.to_bits());
}

/// Friday 21:00 to Saturday 01:00 in UTC is Friday 22:00 to Saturday 02:00 in Paris, across midnight, where the factor
/// is the hour of the week over 1000: Friday 22 is hour 118. In New York it is Friday 16:00, hour 112.
#[test]
fn a_time_zone_crosses_midnight_by_its_own_clock() {
    let inventory = in_zones(["Europe/Paris", "America/New_York"], |hour| {
        if hour % 2 == 0 {
            hour as f64 / 1000.0
        } else {
            0.5 - hour as f64 / 1000.0
        }
    });
    let hours = hours_between(
        &inventory,
        at("2026-11-20T21:00:00Z"),
        at("2026-11-21T01:00:00Z"),
    );
    // Paris 118 (.118), 119 (.381), 120 (.120), 121 (.379); New York 112 (.112), 113 (.387), 114 (.114), 115 (.385).
    // The second hour has more than the first and the third everywhere; the fourth less than the second everywhere.
    assert_eq!(hours.slice_count(), 1);
    assert_eq!(
        stretches(&hours),
        [("2026-11-20T21:00:00Z".to_owned(), [0.381, 0.387])]
    );
}

#[test]
fn hours_that_nobody_covers_are_slices_and_the_first_has_most_demand() {
    // Rising in Paris while it falls in New York: nothing is dominated.
    let inventory = in_zones(["Europe/Paris", "America/New_York"], |hour| match hour {
        118..=121 => 0.1 * (hour - 117) as f64,
        112..=115 => 0.1 * (116 - hour) as f64,
        _ => 0.0,
    });
    let hours = hours_between(
        &inventory,
        at("2026-11-20T21:00:00Z"),
        at("2026-11-21T01:00:00Z"),
    );
    assert_eq!(hours.slice_count(), 4);
    let slices: Vec<usize> = hours
        .stretches()
        .iter()
        .map(|stretch| stretch.slice)
        .collect();
    // 40 users of Paris and 30 of New York: the last hour has 40 × 0.4 + 30 × 0.1, the first 40 × 0.1 + 30 × 0.4.
    assert_eq!(slices, [3, 2, 1, 0]);
    assert!((hours.factor(0, ClientRegionId::new(0)) - 0.4).abs() < 1e-12);
    assert!((hours.weight(2) - 0.25).abs() < 1e-12);
    assert_eq!(hours.slice_at(at("2026-11-20T22:59:59Z")), 2);
    assert_eq!(hours.slice_at(at("2026-11-20T23:00:00Z")), 1);
    assert_eq!(
        hours.shares_within(at("2026-11-20T22:30:00Z"), at("2026-11-20T23:30:00Z")),
        [0.0, 0.5, 0.5, 0.0]
    );
    let only = hours.only(2);
    assert_eq!(only.slice_count(), 1);
    assert!((only.factor(0, ClientRegionId::new(1)) - 0.3).abs() < 1e-12);
}

/// On 29 March 2026 clocks in Berlin go from 02:00 to 03:00 at 01:00 UTC: the hour 02:00 is not there.
#[test]
fn what_summer_time_skips_is_not_there() {
    let inventory = in_zones(["Europe/Berlin", "UTC"], |hour| match hour {
        // Sunday 01:00, 02:00 and 03:00 local; both regions are asked, so UTC is kept at nothing.
        145 => 0.2,
        146 => 0.9,
        147 => 0.4,
        _ => 0.0,
    });
    let mut berlin = inventory.clone();
    berlin.client_regions[1].load_curve = None;
    let hours = hours_between(
        &berlin,
        at("2026-03-29T00:00:00Z"),
        at("2026-03-29T02:00:00Z"),
    );
    // 01:00 local is at most what 03:00 is: one slice, at 0.4; the 0.9 of 02:00 never comes.
    assert_eq!(
        stretches(&hours),
        [("2026-03-29T00:00:00Z".to_owned(), [0.4, 1.0])]
    );
}

/// On 25 October 2026 clocks in Berlin go from 03:00 back to 02:00 at 01:00 UTC: the hour 02:00 is there twice.
#[test]
fn what_summer_time_repeats_is_there_twice() {
    let mut inventory = in_zones(["Europe/Berlin", "UTC"], |hour| match hour {
        // Sunday 01:00, 02:00, 03:00 local.
        145 => 0.7,
        146 => 0.9,
        147 => 0.8,
        _ => 0.0,
    });
    inventory.client_regions[1].load_curve = None;
    let day = [at("2026-10-24T23:00:00Z"), at("2026-10-25T03:00:00Z")];
    let hours = hours_between(&inventory, day[0], day[1]);
    assert_eq!(hours.slice_count(), 1);
    assert!((hours.factor(0, ClientRegionId::new(0)) - 0.9).abs() < 1e-12);
    // Seen hour by hour: 01:00, 02:00, 02:00 again, 03:00.
    let by_hour: Vec<f64> = (0..4)
        .map(|hour| {
            let start = day[0] + SignedDuration::from_hours(hour);
            let end = start + SignedDuration::from_hours(1);
            hours_between(&inventory, start, end).factor(0, ClientRegionId::new(0))
        })
        .collect();
    assert_eq!(by_hour, [0.7, 0.9, 0.9, 0.8]);
}

/// Kathmandu has UTC+5:45: its hours begin at a quarter past.
#[test]
fn hours_begin_where_local_clocks_show_them() {
    let inventory = in_zones(["Asia/Kathmandu", "UTC"], |hour| match hour {
        0 | 18 => 0.6,
        _ => 0.2,
    });
    let hours = hours_between(
        &inventory,
        at("2026-11-22T18:00:00Z"),
        at("2026-11-22T19:00:00Z"),
    );
    // Monday 00:00 in Kathmandu is Sunday 18:15 in UTC.
    let begins: Vec<String> = hours
        .stretches()
        .iter()
        .map(|stretch| stretch.start.to_string())
        .collect();
    assert_eq!(begins, ["2026-11-22T18:00:00Z"]);
    assert!((hours.factor(0, ClientRegionId::new(0)) - 0.6).abs() < 1e-12);
    let before = hours_between(
        &inventory,
        at("2026-11-22T18:00:00Z"),
        at("2026-11-22T18:15:00Z"),
    );
    assert!((before.factor(0, ClientRegionId::new(0)) - 0.2).abs() < 1e-12);
}

/// A client region without shards tells nothing apart.
#[test]
fn client_regions_without_shards_are_not_asked() {
    let mut inventory = in_zones(["Europe/Paris", "America/New_York"], |hour| match hour {
        118..=121 => 0.1 * (hour - 117) as f64,
        112..=115 => 0.1 * (116 - hour) as f64,
        _ => 0.0,
    });
    inventory.shards.truncate(1);
    let hours = hours_between(
        &inventory,
        at("2026-11-20T21:00:00Z"),
        at("2026-11-21T01:00:00Z"),
    );
    assert_eq!(hours.slice_count(), 1);
    assert!((hours.factor(0, ClientRegionId::new(0)) - 0.4).abs() < 1e-12);
}
