//! Replayed: whether playing the files of a plan gives what its summary.json and its tenants.csv say of its replay.

use super::downtime::exactly;
use super::replay::{Played, played_files};
use crate::diagnostic::{Code, Finding, Place, Severity};
use crate::error::Result;
use crate::model::{Inventory, Scenario};
use crate::plan::replay::{Account, Moment};
use crate::plan_files::{
    Lined, PlayedExtent, Row as _, SUMMARY_FILE, Summary, TenantRow, WrittenPlan, decimal,
};
use crate::scenario::periods;
use crate::solve::Stop;
use crate::units::WRITTEN;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// P7531: summary.json and tenants.csv say of the replay what playing the written files gives.
const CODE: &str = "P7531";

/// What summary.json says otherwise of a plan's replay than playing its files gives; `None` where it does not say that all
/// was played, in parts as long as those of a replay, or where the files cannot be played.
///
/// # Errors
/// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if a stop is raised; `Error::Internal` if the replay loses work.
pub fn replay_findings(
    inventory: &Inventory,
    scenario: &Scenario,
    written: &WrittenPlan,
    stop: &Stop,
) -> Result<Option<Vec<Finding>>> {
    let Some(summary) = &written.summary else {
        return Ok(None);
    };
    let replayed_summary = summary.replayed.as_ref();
    let Some(replayed_summary) =
        replayed_summary.filter(|candidate| candidate.checked == PlayedExtent::All)
    else {
        return Ok(None);
    };
    let mut scenario = scenario.clone();
    if let Some(step) = replayed_summary.step_seconds.filter(|value| *value >= 1.0) {
        scenario.replay.step_seconds = step.min(scenario.replay.step_seconds);
    }
    let scenario = &scenario;
    // Names that the inventory does not have are found where the files are checked.
    let played = played_files(inventory, scenario, written, exactly(), stop)?;
    let Some(played) = played.filter(|played| played.spent.is_none()) else {
        return Ok(None);
    };
    let mut findings = Vec::new();
    let mut compare = |key: String, value: f64, found: f64| {
        if !is_same(value, found) {
            let place = (SUMMARY_FILE, None, key);
            findings.push(finding(place, decimal(value), &decimal(found)));
        }
    };
    let starts: Vec<Timestamp> = periods(inventory, scenario)
        .into_iter()
        .map(|period| period.start)
        .collect();
    let felt = felt(&played, &starts, summary);
    let most = felt
        .iter()
        .map(|felt_in_period| felt_in_period.most)
        .fold(0.0, f64::max);
    let minutes = felt
        .iter()
        .map(|felt_in_period| felt_in_period.minutes)
        .sum();
    let key = |name: &str| format!("replayed.{name}");
    compare(
        key("most_users_down"),
        replayed_summary.most_users_down,
        most,
    );
    compare(key("user_minutes"), replayed_summary.user_minutes, minutes);
    let mut missing = Vec::new();
    for (index, (period, felt_in_period)) in summary.periods.iter().zip(&felt).enumerate() {
        let Some(downtime_summary) = &period.downtime else {
            missing.push(index);
            continue;
        };
        let key = |name: &str| format!("periods[{index}].downtime.{name}");
        compare(
            key("most_users_down"),
            downtime_summary.most_users_down,
            felt_in_period.most,
        );
        compare(
            key("user_minutes"),
            downtime_summary.user_minutes,
            felt_in_period.minutes,
        );
        compare(
            key("unserved_minutes"),
            downtime_summary.unserved_minutes,
            felt_in_period.unserved_minutes,
        );
    }
    findings.extend(missing.into_iter().map(|index| {
        let place = (SUMMARY_FILE, None, format!("periods[{index}].downtime"));
        finding(place, "nothing".to_owned(), "users down in the period")
    }));
    findings.extend(month_findings(inventory, written, &played.run.accounts));
    Ok(Some(findings))
}

/// What tenants.csv says otherwise of what users felt in a month than playing the files gives.
fn month_findings(
    inventory: &Inventory,
    written: &WrittenPlan,
    accounts: &[Account],
) -> Vec<Finding> {
    let mut felt: BTreeMap<(&str, &str), Vec<&Account>> = BTreeMap::new();
    for account in accounts.iter().filter(|felt| felt.month_user_minutes > 0.0) {
        let tenant = inventory.tenants[account.tenant.index()].as_str();
        let tier = inventory.tiers[account.tier.index()].id.as_str();
        felt.entry((tenant, tier)).or_default().push(account);
    }
    let rows: Vec<&Lined<TenantRow>> = written.tenants.iter().flatten().collect();
    // Files that were written before months were judged say nothing of them.
    if !written.lacking.of_file(TenantRow::FILE).is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for Lined { line, row } in rows {
        let months = felt.remove(&(row.tenant.as_str(), row.tier.as_str()));
        let months = months.unwrap_or_default();
        let uptime = |felt: &Account| felt.uptime().unwrap_or(1.0);
        let named = row.month.and_then(|month| {
            let mut months = months.iter();
            months.find(|felt| felt.month == month.0)
        });
        let is_worst = match named {
            Some(named) => months
                .iter()
                .all(|felt| uptime(named) <= uptime(felt) + WRITTEN),
            None => row.month.is_none() && months.is_empty(),
        };
        let mut differs = |column: &str, found: String, expected: &str| {
            let place = (TenantRow::FILE, Some(*line), column.to_owned());
            findings.push(finding(place, found, expected));
        };
        if !is_worst {
            let found = row
                .month
                .map_or("a blank cell".to_owned(), |month| month.to_string());
            differs("month", found, "the month with the least uptime");
        }
        let of = |felt: &Account| [felt.month_user_minutes, felt.felt.down_minutes()];
        let expected = named.map_or([0.0; 2], |felt| of(felt));
        for (column, found, expected) in [
            ("month_user_minutes", row.month_user_minutes, expected[0]),
            (
                "month_down_user_minutes",
                row.month_down_user_minutes,
                expected[1],
            ),
        ] {
            let found = found.unwrap_or_default();
            if !is_same(found, expected) {
                differs(column, decimal(found), &decimal(expected));
            }
        }
    }
    findings
}

fn is_same(value: f64, found: f64) -> bool {
    (value - found).abs() <= WRITTEN * value.abs().max(found.abs()).max(100.0)
}

/// What users feel in a period.
#[derive(Debug, Clone, Copy, Default)]
struct FeltInPeriod {
    most: f64,
    minutes: f64,
    unserved_minutes: f64,
}

/// What users feel, by period; what is before the first counts to it.
fn felt(played: &Played, starts: &[Timestamp], summary: &Summary) -> Vec<FeltInPeriod> {
    let mut all = vec![FeltInPeriod::default(); starts.len()];
    for moment in &played.run.moments {
        let period = starts
            .partition_point(|start| *start <= moment.start)
            .max(1)
            - 1;
        let Some(felt_in_period) = all.get_mut(period) else {
            continue;
        };
        let minutes = moment.seconds() / 60.0;
        felt_in_period.most = felt_in_period.most.max(moment.most_down);
        felt_in_period.minutes += moment.down * minutes;
        let before = if period == 0 {
            played.unserved_before
        } else {
            0.0
        };
        felt_in_period.unserved_minutes += nowhere(moment, (period, before), summary) * minutes;
    }
    all
}

/// Users who are served nowhere, and no more than the plan leaves unserved in the period or in what was before, whose users
/// waves may still let in.
fn nowhere(moment: &Moment, (period, before): (usize, f64), summary: &Summary) -> f64 {
    let of_both = summary.periods.iter().take(period + 1);
    let of_both = of_both.skip(period.saturating_sub(1));
    let unserved = of_both
        .map(|period_summary| period_summary.totals.unserved_users)
        .fold(before, f64::max);
    moment.nowhere.min(unserved)
}

/// A cell or a key, by file, line and column, that says one thing where playing the files gives another.
fn finding(
    (file, line, column): (&str, Option<u64>, String),
    found: String,
    expected: &str,
) -> Finding {
    Finding {
        severity: Severity::Error,
        code: Code(CODE),
        place: Place {
            file: file.to_owned(),
            line,
            column: Some(column),
        },
        found,
        expected: format!("{expected}, the result of playing the files"),
        hint: "take all files of the same plan, or plan again".to_owned(),
    }
}
