//! How many tenants survive how many failures: terminal and chart count the same tenants, whatever the recovery.

use super::real::swept_as;
use plimsoll::engine::SweepRequest;
use plimsoll::model::{Band, FailureSet, Recovery};
use plimsoll::report::sweep::SweepReport;
use plimsoll::scenario::users_at;
use std::collections::BTreeSet;

/// `3 of 49`, by tier in the order of ranks: after a single failure.
fn in_chart(report: &SweepReport<'_>) -> Vec<String> {
    let drawings = report.drawings().expect("they are drawn");
    let chart = drawings
        .iter()
        .find(|figure| figure.name == "survivability");
    let chart = chart.expect("failures were checked");
    let texts: Vec<&str> = chart
        .wide
        .split("</text>")
        .filter_map(|part| part.rsplit('>').next())
        .collect();
    let after = texts
        .iter()
        .enumerate()
        .filter(|(_, text)| text.starts_with("any single"));
    let counted = after.filter_map(|(at, _)| {
        let mut later = texts[at..].iter();
        later.find_map(|text| text.strip_suffix(" tenants"))
    });
    counted.map(str::to_owned).collect()
}

/// The same of the terminal.
fn in_words(report: &SweepReport<'_>) -> Vec<String> {
    let text = report.text(None);
    let lines = text
        .lines()
        .filter(|line| line.contains(" of any single ") && line.contains(" survive"));
    let counted = lines.filter_map(|line| Some(line.split_once(" tenants of ")?.0.to_owned()));
    counted.collect()
}

/// Tenants with users at the start of the period, by rank of their tier.
fn with_users(report: &SweepReport<'_>) -> Vec<usize> {
    let inventory = report.inventory;
    let start = report.sweep.period.start;
    let users = users_at(inventory, report.scenario, start, Band::Expected);
    let mut tiers: Vec<usize> = (0..inventory.tiers.len()).collect();
    tiers.sort_by_key(|tier| inventory.tiers[*tier].rank);
    let of_tier = |tier: &usize| {
        let shards = inventory.shards.iter().zip(&users);
        let counted = shards.filter(|(shard, users)| shard.tier.index() == *tier && **users > 0.0);
        counted
            .map(|(shard, _)| shard.tenant)
            .collect::<BTreeSet<_>>()
            .len()
    };
    tiers.iter().map(of_tier).collect()
}

#[test]
fn terminal_and_chart_count_the_same_tenants() {
    use Recovery::{Replan, Replicas, Rescale};
    for (data, scenario, period, recoveries) in [
        (
            "data/americas-2012",
            "drain-chi.toml",
            None,
            &[Replan, Replicas, Rescale][..],
        ),
        ("data/global", "autumn-week.toml", Some(4), &[Rescale]),
    ] {
        for recovery in recoveries {
            let asked = SweepRequest {
                recoveries: vec![*recovery],
                period,
                ..SweepRequest::new(FailureSet::Sites, 1)
            };
            let swept = swept_as(data, scenario, asked);
            let report = swept.reported();
            let words = in_words(&report);
            assert_eq!(in_chart(&report), words, "{data} {}", recovery.word());
            let all = words
                .iter()
                .filter_map(|text| text.rsplit(' ').next()?.parse().ok());
            // Tenants that were placed by the plan have users too: gulfstar-schools in the Americas.
            assert_eq!(all.collect::<Vec<usize>>(), with_users(&report), "{data}");
        }
    }
}
