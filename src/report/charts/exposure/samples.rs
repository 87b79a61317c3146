//! Sample charts of exposure: what the tests measure, and what `PLIMSOLL_LOOK` writes for people to look at
//! (`tests/it/look.rs`).

use super::{Detected, ExposureChart, TierExposure};

/// Tiers with so many tenants, their allowance, and how many of them stay within it the later a fault is detected.
pub(crate) fn chart(tiers: &[(&str, usize, f64, &[usize])]) -> ExposureChart {
    let detected = |(order, within): (i32, &usize)| Detected {
        minutes: 15.0 * 2.0_f64.powi(order),
        within: *within,
        worst_minutes: 7.5 * 2.0_f64.powi(order),
    };
    ExposureChart {
        title: "Noticed after 60 minutes, one gray site costs 99 of 300 tenants of gold more than a month allows".to_owned(),
        about: vec![
            "drain-chicago".to_owned(),
            "13 Nov 2012, 09:08 to 14:10 (UTC-08:00)".to_owned(),
        ],
        tiers: tiers
            .iter()
            .map(|(tier, tenants, allowed, within)| TierExposure {
                tier: (*tier).to_owned(),
                tenants: *tenants,
                allowed_minutes: *allowed,
                detected: (0..).zip(*within).map(detected).collect(),
            })
            .collect(),
    }
}

/// Every sample and its name.
pub(crate) fn all() -> Vec<(&'static str, ExposureChart)> {
    vec![
        (
            "three-tiers",
            chart(&[
                ("gold", 300, 43.2, &[300, 288, 201, 12, 0]),
                ("silver", 1_200, 432.0, &[1_200, 1_200, 1_200, 1_199, 7]),
                ("bronze", 89, 0.0, &[0, 0, 0, 0, 0]),
            ]),
        ),
        ("one-tenant", chart(&[("gold", 1, 4.32, &[1, 0])])),
        (
            "hostile",
            chart(&[(
                "<b>tier</b> of an id of one hundred and twenty-eight characters that goes on and on and on until it ends",
                3_000_000,
                43.2,
                &[3_000_000, 2_999_999],
            )]),
        ),
    ]
}
