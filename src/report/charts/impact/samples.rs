//! Sample charts of ranked failures: what the tests measure, and what `PLIMSOLL_LOOK` writes for people to look at
//! (`tests/it/look.rs`).

use super::{Impact, ImpactBlock, ImpactChart, ImpactRow, MissingAt, Named};

/// Names of very different lengths.
const METROS: [&str; 8] = [
    "San Antonio",
    "Dallas–Fort Worth metropolitan area, hall 3 + Santiago de Querétaro",
    "Boydton",
    "東京データセンター第三棟 + 大阪",
    "Oslo",
    "<b>Zürich</b> + Johannesburg",
    "an id of one hundred and twenty-eight characters that goes on and on and on until it ends in rack-17-of-hall-B",
    "Kuala Lumpur",
];

/// What a case comes to: so many of each tier, and a missing share.
pub(crate) fn impact(unserved: &[f64], missing: f64) -> Impact {
    Impact {
        unserved: unserved.to_vec(),
        no_site: vec![0.0; unserved.len()],
        missing: (missing > 0.0).then(|| MissingAt {
            share: missing,
            component: Named::new("lb-1", "San Antonio load balancer 1"),
            resource: "bandwidth".to_owned(),
        }),
    }
}

/// So many single failures and pairs under these recoveries; the worst leaves so many users of three tiers unserved.
pub(crate) fn chart(
    singles: usize,
    pairs: usize,
    recoveries: &[&'static str],
    users: f64,
) -> ImpactChart {
    let row = |index: usize, worst: f64| ImpactRow {
        failing: Named::new(&format!("c{index}"), METROS[index % METROS.len()]),
        impacts: (0..recoveries.len())
            .map(|recovery| {
                let level = worst
                    * (recoveries.len() - recovery) as f64
                    * 0.8_f64.powi(i32::try_from(index).unwrap_or(0));
                let all = if level > 0.3 { level * users } else { 0.0 };
                Some(impact(
                    &[
                        (all * 0.02).floor(),
                        (all * 0.3).floor(),
                        (all * 0.68).floor(),
                    ],
                    (level * 1.2).min(1.3),
                ))
            })
            .collect(),
    };
    let block = |heading: &str, count: usize, worst: f64| ImpactBlock {
        heading: heading.to_owned(),
        rows: (0..count).map(|index| row(index, worst)).collect(),
        in_all: count + 7 * (count / 10),
    };
    ImpactChart {
        title: "Without San Antonio, 412,000 users stay unserved: no case is worse".to_owned(),
        about: vec![
            "drain-chicago".to_owned(),
            "13 Nov 2012, 09:08 to 14:10 (UTC-08:00)".to_owned(),
        ],
        tiers: vec![
            "gold".to_owned(),
            "silver and everything else that is neither".to_owned(),
            "bronze".to_owned(),
        ],
        recoveries: recoveries.to_vec(),
        blocks: vec![
            block("Single sites", singles, 0.8),
            block("Pairs of sites", pairs, 1.0),
        ],
    }
}

/// Every sample and its name.
pub(crate) fn all() -> Vec<(&'static str, ImpactChart)> {
    let mut of_one_tier = chart(5, 0, &["replan"], 2e6);
    for row in of_one_tier
        .blocks
        .iter_mut()
        .flat_map(|block| &mut block.rows)
    {
        for own in row.impacts.iter_mut().flatten() {
            own.unserved = vec![0.0, 0.0, own.unserved[2]];
            own.missing = None;
        }
    }
    let mut no_site = chart(4, 0, &["replan"], 2e6);
    for (index, row) in no_site.blocks[0].rows.iter_mut().enumerate() {
        for own in row.impacts.iter_mut().flatten() {
            let part = [0.25, 1.0, 0.5, 0.0][index];
            own.no_site = own
                .unserved
                .iter()
                .map(|users| (users * part).floor())
                .collect();
        }
    }
    let mut partly = chart(4, 4, &["rescale", "replan"], 2e6);
    partly.blocks[1].rows[2].impacts[1] = None;
    vec![
        ("25-cases", chart(12, 13, &["replan"], 2e6)),
        (
            "recoveries",
            chart(12, 13, &["rescale", "replicas", "replan"], 2e6),
        ),
        ("without-a-site", no_site),
        ("targets-only", chart(5, 8, &["replan"], 0.0)),
        (
            "targets-only-recoveries",
            chart(5, 8, &["rescale", "replan"], 0.0),
        ),
        ("one-tier", of_one_tier),
        ("one-user", chart(1, 0, &["replan"], 2.0)),
        ("partly", partly),
    ]
}
