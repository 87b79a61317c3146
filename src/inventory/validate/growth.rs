//! Rates of growth against the shards that they are of.

use crate::diagnostic::Code;
use crate::ids::{ClientRegionId, ProfileId, TenantId, TierId};
use crate::inventory::findings::{Findings, place};
use crate::inventory::rows::Located;
use crate::inventory::rows::growth::FILE;
use crate::model::{Band, GrowthRate, Inventory, Shard};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Rows that multiply the users of a shard beyond reason.
pub(crate) const BEYOND_REASON: Code = Code("P3303");
/// A rate that is of no shard (a warning).
pub(crate) const OF_NO_SHARD: Code = Code("P3304");

/// By how much users may grow at most over the time asked about; ten years where none is asked about.
const MOST: f64 = 1000.0;

/// Ten years of 365.25 days.
const TEN_YEARS: SignedDuration = SignedDuration::from_hours(24 * 36_525 / 10);

/// Every rate is of some shard, and those of one shard together multiply its users at most a thousandfold in ten years,
/// also at the high end of the forecast.
pub(crate) fn is_within_reason(
    inventory: &Inventory,
    rows: &[Located<GrowthRate>],
    findings: &mut Findings,
) {
    let Some(first) = rows.iter().map(|row| row.value.start).min() else {
        return;
    };
    let until = first.checked_add(TEN_YEARS).unwrap_or(Timestamp::MAX);
    let mut selected: BTreeSet<Vec<usize>> = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for shard in &inventory.shards {
        if seen.insert(selectors(shard)) {
            let of_shard = (0..rows.len()).filter(|row| rows[*row].value.is_of(shard));
            selected.insert(of_shard.collect());
        }
    }
    if !inventory.shards.is_empty() {
        are_of_some_shard(rows, &selected, findings);
    }
    let worst = selected
        .iter()
        .map(|together| (most(rows, together, until), together))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let Some((factor, together)) = worst.filter(|(factor, _)| *factor > MOST) else {
        return;
    };
    let share = |row: &usize| rows[*row].value.factor([first, until], Band::High);
    let steepest = together.iter().max_by(|a, b| share(a).total_cmp(&share(b)));
    let Some(row) = steepest.map(|row| &rows[*row]) else {
        return;
    };
    let others = match together.len() - 1 {
        0 => String::new(),
        1 => ", with 1 other row that is of the same shards".to_owned(),
        count => format!(", with {count} other rows that are of the same shards"),
    };
    findings.error(
        BEYOND_REASON,
        place(FILE, row.line, Some("monthly")),
        format!(
            "a rate by which users grow {} within ten years{others}",
            fold(factor)
        ),
        "rates by which users grow at most 1,000-fold",
        "write a share a month, such as 0.02 for 2 %, and an `end` where growth ends",
    );
}

/// A factor of growth in words; beyond a millionfold its digits say nothing.
fn fold(factor: f64) -> String {
    if factor < 1e6 {
        format!("{factor:.0}-fold")
    } else {
        "more than 1,000,000-fold".to_owned()
    }
}

/// What a row of growth.csv can select by.
fn selectors(shard: &Shard) -> (TenantId, ClientRegionId, ProfileId, TierId) {
    (shard.tenant, shard.client_region, shard.profile, shard.tier)
}

/// The most by which rows together have multiplied users at any time before `until`.
fn most(rows: &[Located<GrowthRate>], together: &[usize], until: Timestamp) -> f64 {
    let rates = || together.iter().map(|row| &rows[*row].value);
    let ends = rates().filter_map(|rate| rate.end);
    let mut instants: Vec<Timestamp> = rates().map(|rate| rate.start).chain(ends).collect();
    instants.retain(|at| *at < until);
    instants.push(until);
    let grown = |at: Timestamp| -> f64 {
        let factors = rates().map(|rate| rate.factor([Timestamp::MIN, at], Band::High));
        factors.product()
    };
    instants.into_iter().map(grown).fold(1.0, f64::max)
}

/// Rule: every row is of some shard.
fn are_of_some_shard(
    rows: &[Located<GrowthRate>],
    selected: &BTreeSet<Vec<usize>>,
    findings: &mut Findings,
) {
    let used: BTreeSet<usize> = selected.iter().flatten().copied().collect();
    for (position, row) in rows.iter().enumerate() {
        if !used.contains(&position) {
            findings.warning(
                OF_NO_SHARD,
                place(FILE, row.line, None),
                "a rate of no shard",
                "a rate of one shard or more",
                "compare tenant, client region, profile and tier with shards.csv: one shard must have them all",
            );
        }
    }
}
