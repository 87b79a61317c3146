//! Samples of the charts of sweeps: worst failures, pairs, utilization, tenants by tier.

use super::sample::{LONG, Sample, about, named, place, samples, scatter, with};
use crate::report::Named;
use crate::report::charts::impact::{Impact, ImpactBlock, ImpactRow, MissingAt};
use crate::report::charts::pairs::PairCell;
use crate::report::charts::tenants::{Detected, TierBars, TierExposure};
use crate::report::charts::utilization::{FailureColumn, SiteCell, SiteRow};
use crate::report::charts::{ImpactChart, PairsChart, TenantsChart, UtilizationChart};
use crate::report::headroom::State;

/// Every sample.
pub(in crate::report::charts) fn all() -> Vec<Sample> {
    let kinds = [
        samples("impact", false, impacts()),
        samples("utilization", true, utilizations()),
        samples("pairs", true, all_pairs()),
        samples("exposure", false, exposures()),
        samples("survivability", false, survivabilities()),
    ];
    kinds.into_iter().flatten().collect()
}

/// The outcome of a case: unserved users of each tier, and a missing share.
pub(in crate::report::charts) fn impact(unserved: &[f64], missing: f64) -> Impact {
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

/// Single failures and pairs under these recoveries; the worst leaves the given users of three tiers unserved.
pub(in crate::report::charts) fn ranked(
    (singles, pairs): (usize, usize),
    recoveries: &[&'static str],
    users: f64,
) -> ImpactChart {
    let of = |index: u32, worst: f64, recovery: usize| {
        let level = worst * (recoveries.len() - recovery) as f64 * 0.8_f64.powf(index.into());
        let all = if level > 0.3 { level * users } else { 0.0 };
        let unserved = [0.02, 0.3, 0.68].map(|share| (all * share).floor());
        Some(impact(&unserved, (level * 1.2).min(1.3)))
    };
    let block = |heading: &str, count: usize, worst: f64| {
        let row = |index: u32| {
            let name = match heading {
                "Single sites" if index == 3 => LONG.to_owned(),
                "Single sites" => place(index as usize),
                _ => format!("{} + {}", place(index as usize), place(index as usize + 2)),
            };
            let recoveries = 0..recoveries.len();
            ImpactRow {
                failing: Named::new(&format!("c{index}"), &name),
                impacts: recoveries
                    .map(|position| of(index, worst, position))
                    .collect(),
            }
        };
        ImpactBlock {
            heading: heading.to_owned(),
            rows: (0..).take(count).map(row).collect(),
            in_all: count + 7 * (count / 10),
        }
    };
    let tiers = [
        "gold",
        "silver and everything else that is neither",
        "bronze",
    ];
    ImpactChart {
        title: "Without San Antonio, 412,000 users stay unserved: no case is worse".to_owned(),
        about: about(),
        tiers: tiers.map(str::to_owned).to_vec(),
        recoveries: recoveries.to_vec(),
        blocks: vec![
            block("Single sites", singles, 0.8),
            block("Pairs of sites", pairs, 1.0),
        ],
    }
}

fn impacts() -> Vec<(&'static str, ImpactChart)> {
    let all = ["rescale", "replicas", "replan"];
    let (two, one) = (["rescale", "replan"], ["replan"]);
    let first = |row: &mut ImpactRow, change: &dyn Fn(&mut Impact)| {
        change(row.impacts[0].as_mut().expect("it was looked at"));
    };
    let one_tier = |chart: &mut ImpactChart| {
        for row in &mut chart.blocks[0].rows {
            first(row, &|impact| {
                impact.missing = None;
                impact.unserved[..2].fill(0.0);
            });
        }
    };
    let no_site = |chart: &mut ImpactChart| {
        for (row, part) in chart.blocks[0].rows.iter_mut().zip([0.25, 1.0, 0.5, 0.0]) {
            first(row, &|impact| {
                let users = impact.unserved.iter().map(|users| (users * part).floor());
                impact.no_site = users.collect();
            });
        }
    };
    let partly = |chart: &mut ImpactChart| chart.blocks[1].rows[2].impacts[1] = None;
    vec![
        ("25-cases", ranked((12, 13), &one, 2e6)),
        ("recoveries", ranked((12, 13), &all, 2e6)),
        ("without-a-site", with(ranked((4, 0), &one, 2e6), no_site)),
        ("targets-only", ranked((5, 8), &one, 0.0)),
        ("targets-only-recoveries", ranked((5, 8), &two, 0.0)),
        ("one-tier", with(ranked((5, 0), &one, 2e6), one_tier)),
        ("one-user", ranked((1, 0), &one, 2.0)),
        ("partly", with(ranked((4, 4), &two, 2e6), partly)),
    ]
}

/// Two failures at once, or one alone.
pub(in crate::report::charts) fn pair(unserved: f64, missing: f64) -> PairCell {
    PairCell {
        unserved,
        no_site: Some(0.0),
        missing,
        surplus: if unserved > 1e6 { unserved / 10.0 } else { 0.0 },
    }
}

/// Pairs of a number of members, of which the first are the worst; `users` are unserved at most.
pub(in crate::report::charts) fn pairs(members: usize, users: f64) -> PairsChart {
    let bad = |index: usize| {
        (1.0 - index as f64 / members as f64).powi(3) * (0.5 + 0.5 * scatter(index, 5))
    };
    let cell = |first: usize, second: usize| {
        let lost = match second {
            same if same == first => bad(first) * 0.6,
            _ => bad(first) + bad(second),
        };
        let missing = if lost > 0.2 { lost.min(1.0) } else { 0.0 };
        Some(pair(((lost - 0.5) * users).max(0.0), missing))
    };
    let row = |first: usize| (0..=first).map(|second| cell(first, second)).collect();
    PairsChart {
        title: "Without San Antonio and Boydton, 812,000 users stay unserved; 23 of 1,711 pairs leave users unserved".to_owned(),
        about: about(),
        noun: "site".to_owned(),
        members: (0..members).map(|index| named("s", index)).collect(),
        members_in_all: members,
        cells: (0..members).map(row).collect(),
    }
}

/// Pairs whose cells are changed.
pub(in crate::report::charts) fn changed(
    chart: PairsChart,
    change: fn(&mut PairCell),
) -> PairsChart {
    with(chart, |pairs_chart| {
        pairs_chart
            .cells
            .iter_mut()
            .flatten()
            .flatten()
            .for_each(change);
    })
}

fn all_pairs() -> Vec<(&'static str, PairsChart)> {
    let stopped = |chart: &mut PairsChart| {
        let rows = chart.cells.iter_mut().skip(6);
        rows.for_each(|row| row[3..].fill(None));
    };
    let no_site: fn(&mut PairCell) =
        |pair_cell| pair_cell.no_site = Some((pair_cell.unserved / 3.0).floor());
    vec![
        ("1-member", pairs(1, 2e6)),
        ("2-members", pairs(2, 2e6)),
        ("12-members", pairs(12, 2e6)),
        ("60-members", pairs(60, 3e4)),
        (
            "60-of-200",
            with(pairs(60, 2e6), |pairs_chart| {
                pairs_chart.members_in_all = 200;
            }),
        ),
        ("stopped", with(pairs(20, 2e6), stopped)),
        (
            "overloaded",
            changed(pairs(12, 0.0), |pair_cell| pair_cell.missing *= 1.5),
        ),
        ("no-site", changed(pairs(12, 2e6), no_site)),
    ]
}

/// A cell that is so full, of which a tenth is to be kept free.
pub(in crate::report::charts) fn cell(utilization: f64) -> SiteCell {
    SiteCell {
        resource: "cpu".to_owned(),
        utilization,
        target: 0.1,
        state: match utilization {
            full if full >= 1.0 => State::Full,
            tight if tight > 0.9 => State::BelowTarget,
            _ => State::Fine,
        },
    }
}

/// A number of sites, of which each fails alone and together with a number of others that are no sites.
pub(in crate::report::charts) fn utilization(
    sites: usize,
    others: usize,
    most: f64,
) -> UtilizationChart {
    let column = |case: usize| FailureColumn {
        case,
        failing: match case.checked_sub(1) {
            Some(index) => named("s", index),
            None => Named::new("", "no failure"),
        },
        state: match case {
            1..4 => State::Full,
            4..7 => State::BelowTarget,
            _ => State::Fine,
        },
        unserved: if matches!(case, 1 | 2) { 41_000.0 } else { 0.0 },
    };
    let columns: Vec<FailureColumn> = (0..=sites + others).take(61).map(column).collect();
    let row = |row: usize| {
        let cells = (0..columns.len()).map(|column| {
            let near = scatter(row * 31 + column, 11).powi(2) / (1.0 + column as f64 / 4.0);
            (column != row + 1).then(|| cell((0.2 + 0.5 * scatter(row, 3) + near).min(most)))
        });
        SiteRow {
            site: named("s", row),
            cells: cells.collect(),
        }
    };
    UtilizationChart {
        title: "3 of 59 single sites leave users unserved; San Antonio is at 104 % of capacity if Oslo fails"
            .to_owned(),
        about: about(),
        noun: "site".to_owned(),
        rows: (0..sites).take(60).map(row).collect(),
        sites_in_all: sites,
        columns,
        failures_in_all: sites + others,
    }
}

fn utilizations() -> Vec<(&'static str, UtilizationChart)> {
    let without_rest = |chart: &mut UtilizationChart| {
        chart.columns.remove(0);
        chart.rows[0].cells.remove(0);
    };
    vec![
        ("1-site", with(utilization(1, 3, 1.0), without_rest)),
        ("3-sites", utilization(3, 0, 1.0)),
        ("12-sites", utilization(12, 0, 1.04)),
        ("60-sites", utilization(60, 0, 1.37)),
        ("70-sites-200-links", utilization(70, 200, 1.0)),
        ("calm", utilization(20, 0, 0.74)),
    ]
}

/// A tier with its tenants and its allowance, and how many of them stay within it the later a fault is detected.
pub(in crate::report::charts) fn exposure(tiers: &[(&str, usize, f64, &[usize])]) -> TenantsChart {
    let detected = |(order, within): (i32, &usize)| Detected {
        minutes: 15.0 * 2.0_f64.powi(order),
        within: *within,
        worst_minutes: 7.5 * 2.0_f64.powi(order),
    };
    let tiers = tiers.iter();
    let tiers = tiers.map(|(tier, tenants, allowed, within)| TierExposure {
        tier: (*tier).to_owned(),
        tenants: *tenants,
        allowed_minutes: *allowed,
        detected: (0..).zip(*within).map(detected).collect(),
    });
    let title = "99 of 300 tenants of gold lose more than a month allows to one gray site detected after 60 minutes";
    let tiers: Vec<TierExposure> = tiers.collect();
    TenantsChart::exposure(title.to_owned(), about(), &tiers)
}

pub(in crate::report::charts) fn exposures() -> Vec<(&'static str, TenantsChart)> {
    let tiers: [(&str, usize, f64, &[usize]); 3] = [
        ("gold", 300, 43.2, &[300, 288, 201, 12, 0]),
        ("silver", 1_200, 432.0, &[1_200, 1_200, 1_200, 1_199, 7]),
        ("bronze", 89, 0.0, &[0, 0, 0, 0, 0]),
    ];
    let many: &[usize] = &[3_000_000, 2_999_999];
    vec![
        ("three-tiers", exposure(&tiers)),
        ("one-tenant", exposure(&[("gold", 1, 4.32, &[1, 0])])),
        ("hostile", exposure(&[(LONG, 3_000_000, 43.2, many)])),
    ]
}

/// Tiers with their tenants, and how many of them survive any 0, 1, 2, … failures.
pub(in crate::report::charts) fn survivability(tiers: &[(&str, usize, &[usize])]) -> TenantsChart {
    let cases = [
        "no failure",
        "any single access point",
        "any pair of access points",
    ];
    let cases = cases.into_iter().chain(["any set of 3 access points"]);
    let tiers = tiers.iter().map(|(tier, tenants, survive)| TierBars {
        tier: (*tier).to_owned(),
        tenants: *tenants,
        bars: cases
            .clone()
            .map(str::to_owned)
            .zip(survive.iter().copied())
            .collect(),
    });
    let title = "288 of 300 tenants of gold survive the failure of any single access point, 201 of any pair";
    TenantsChart::survivability(title.to_owned(), about(), tiers.collect())
}

fn survivabilities() -> Vec<(&'static str, TenantsChart)> {
    let tiers: [(&str, usize, &[usize]); 3] = [
        ("gold", 300, &[300, 288, 201]),
        ("silver", 1_200, &[1_199, 1_000, 1]),
        ("bronze", 89, &[89, 0, 0]),
    ];
    let all: &[usize] = &[3_000_000, 3_000_000, 2_999_999, 2_999_999];
    vec![
        ("three-tiers", survivability(&tiers)),
        ("one-tenant", survivability(&[("gold", 1, &[1, 0])])),
        ("all", survivability(&[("gold", 3_000_000, all)])),
        ("hostile", survivability(&[(LONG, 7, &[7, 3])])),
    ]
}
