//! Sample charts of survivability: what the tests measure, and what `PLIMSOLL_LOOK` writes for people to look at
//! (`tests/it/look.rs`).

use super::{SurvivabilityChart, TierSurvival};

/// Tiers with so many tenants, and how many of them survive any 0, 1, 2, … failures.
pub(crate) fn chart(tiers: &[(&str, usize, &[usize])]) -> SurvivabilityChart {
    let sizes = tiers
        .iter()
        .map(|(_, _, survive)| survive.len())
        .max()
        .unwrap_or(0);
    let cases = [
        "no failure",
        "any single access point",
        "any pair of access points",
        "any set of 3 access points",
    ];
    SurvivabilityChart {
        title: "288 of 300 tenants of gold survive the failure of any single access point, 201 of any pair".to_owned(),
        about: vec!["drain-chicago".to_owned(), "13 Nov 2012, 09:08 to 14:10 (UTC-08:00)".to_owned()],
        cases: cases[..sizes].iter().map(|own| (*own).to_owned()).collect(),
        tiers: tiers
            .iter()
            .map(|(tier, tenants, survive)| TierSurvival {
                tier: (*tier).to_owned(),
                tenants: *tenants,
                survive: survive.to_vec(),
            })
            .collect(),
    }
}

/// Every sample and its name.
pub(crate) fn all() -> Vec<(&'static str, SurvivabilityChart)> {
    vec![
        (
            "three-tiers",
            chart(&[
                ("gold", 300, &[300, 288, 201]),
                ("silver", 1_200, &[1_199, 1_000, 1]),
                ("bronze", 89, &[89, 0, 0]),
            ]),
        ),
        ("one-tenant", chart(&[("gold", 1, &[1, 0])])),
        (
            "all",
            chart(&[(
                "gold",
                3_000_000,
                &[3_000_000, 3_000_000, 2_999_999, 2_999_999],
            )]),
        ),
        (
            "hostile",
            chart(&[(
                "<b>tier</b> of an id of one hundred and twenty-eight characters that goes on and on and on until it ends",
                7,
                &[7, 3],
            )]),
        ),
    ]
}
