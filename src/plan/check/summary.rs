//! Summary: whether the totals of summary.json are those of the tables.

use super::ground::Ground;
use super::report::{At, Report, Rule, is_same_count, is_same_difference};
use super::stages::{self, Levels, Told};
use crate::model::{Case, Scenario};
use crate::plan_files::{PeriodSummary, SUMMARY_FILE, Status, Summary, Totals, decimal};
use crate::scenario::{Band, Knowledge, Period, case_at, has_forecast_range};
use jiff::Timestamp;

/// What the tables of one period come to.
pub(super) struct Facts<'a> {
    pub(super) users: f64,
    pub(super) unserved: f64,
    pub(super) returned: f64,
    /// `None` if nobody can tell, because before.csv is absent.
    pub(super) reconnecting: Option<f64>,
    pub(super) opened: Vec<&'a str>,
    pub(super) levels: Levels,
    pub(super) loads: Told,
}

/// P7901: the summary is of this scenario.
pub(super) fn scenario_is_the_one(scenario: &Scenario, summary: &Summary, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7901",
        hint: "verify the plan with the scenario that it was made for",
    };
    if summary.scenario != scenario.name {
        let found = format!("`{}`", summary.scenario);
        let at = At::cell(SUMMARY_FILE, 0, "scenario");
        report.add(RULE, at, found, format!("`{}`", scenario.name));
    }
}

/// P7902: the periods are those of the scenario, with their starts and ends.
pub(super) fn periods_are_the_scenarios(
    periods: &[Period],
    summary: &Summary,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7902",
        hint: "periods count from 0 and lie between the change points of inventory and scenario",
    };
    if summary.periods.len() != periods.len() {
        let found = format!("{} periods", summary.periods.len());
        let expected = format!("{} periods", periods.len());
        report.add(RULE, At::cell(SUMMARY_FILE, 0, "periods"), found, expected);
    }
    for (index, (found, period)) in summary.periods.iter().zip(periods).enumerate() {
        let mut differ = |column: &str, found: String, expected: String| {
            let key = format!("periods[{index}].{column}");
            report.add(RULE, At::cell(SUMMARY_FILE, 0, &key), found, expected);
        };
        if usize::try_from(found.period) != Ok(period.index) {
            differ("period", found.period.to_string(), period.index.to_string());
        }
        let instants = [
            ("start", &found.start, period.start),
            ("end", &found.end, period.end),
        ];
        for (column, found, expected) in instants {
            if found.parse::<Timestamp>().ok() != Some(expected) {
                differ(
                    column,
                    format!("\"{found}\""),
                    format!("the instant {expected}"),
                );
            }
        }
    }
}

/// Checks the totals of one period.
pub(super) fn check(
    ground: &Ground<'_>,
    period: &Period,
    status: Status,
    summary: &PeriodSummary,
    facts: &Facts<'_>,
    report: &mut Report,
) {
    let key = format!("periods[{}]", period.index);
    users_are_true(&key, &summary.totals, facts.users, report);
    let found = &summary.totals;
    let levels = &facts.levels;
    total_is_true(
        UNSERVED,
        &key,
        "unserved_users",
        found.unserved_users,
        facts.unserved,
        report,
    );
    total_is_true(
        MOVED,
        &key,
        "moved_users",
        found.moved_users,
        levels.moved,
        report,
    );
    total_is_true(
        COPIED,
        &key,
        "copied_users",
        found.copied_users,
        levels.copied,
        report,
    );
    total_is_true(
        RETURNED,
        &key,
        "returned_users",
        found.returned_users,
        facts.returned,
        report,
    );
    if let Some(reconnecting) = facts.reconnecting {
        reconnecting_is_true(&key, found, reconnecting, report);
    }
    if levels.shortfalls.is_known {
        worst_shortfall_is_true(&key, found, levels.shortfalls.worst, report);
        missed_before_is_true(&key, summary, levels.shortfalls.missed_before, report);
    }
    opened_are_true(&key, found, &facts.opened, report);
    stages::check(
        ground,
        &key,
        status,
        &found.stages,
        Some(levels),
        facts.loads.comparable(facts.users),
        report,
    );
    band_is_of_the_forecast(ground, period, &key, status, summary, facts.loads, report);
}

/// P7903: users are those of all shards in the period.
fn users_are_true(key: &str, totals: &Totals, expected: f64, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7903",
        hint: "sum the users of all shards, with onboarding and surges",
    };
    total_is_true(RULE, key, "users", totals.users, expected, report);
}

const UNSERVED: Rule = Rule {
    code: "P7904",
    hint: "sum the users whose to_site is blank in assignment.csv",
};
const MOVED: Rule = Rule {
    code: "P7905",
    hint: "sum the users served at another site than their current one; placed users do not count",
};
const COPIED: Rule = Rule {
    code: "P7906",
    hint: "sum the users moved to a site without a copy of their shard",
};
const RETURNED: Rule = Rule {
    code: "P7907",
    hint: "sum the users who go back to their site of shards.csv",
};

/// P7904 to P7907: a total is the sum of its rows.
fn total_is_true(
    rule: Rule,
    key: &str,
    name: &str,
    found: f64,
    expected: f64,
    report: &mut Report,
) {
    if !is_same_count(found, expected) {
        let key = format!("{key}.{name}");
        let at = At::cell(SUMMARY_FILE, 0, &key);
        report.add(rule, at, decimal(found), decimal(expected));
    }
}

/// P7908: reconnecting users change site or access point.
fn reconnecting_is_true(key: &str, totals: &Totals, expected: f64, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7908",
        hint: "count who changes site, and of those who stay as many as must change access point",
    };
    if !is_same_difference(totals.reconnecting_users, expected, 1.0) {
        let key = format!("{key}.reconnecting_users");
        let at = At::cell(SUMMARY_FILE, 0, &key);
        report.add(
            RULE,
            at,
            decimal(totals.reconnecting_users),
            decimal(expected),
        );
    }
}

/// P7909: the worst shortfall is the largest of headroom.csv.
fn worst_shortfall_is_true(key: &str, totals: &Totals, expected: f64, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7909",
        hint: "write the largest shortfall of headroom.csv",
    };
    if !is_same_difference(totals.worst_shortfall, expected, 1.0) {
        let key = format!("{key}.worst_shortfall");
        let at = At::cell(SUMMARY_FILE, 0, &key);
        report.add(RULE, at, decimal(totals.worst_shortfall), decimal(expected));
    }
}

/// P7533: the targets missed before are counted. Older files do not tell them.
fn missed_before_is_true(
    key: &str,
    summary: &PeriodSummary,
    [least, most]: [u64; 2],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7533",
        hint: "count the rows of headroom.csv whose headroom is less than written_target and whose shortfall is 0",
    };
    let Some(found) = summary.targets_missed_before else {
        return;
    };
    if !(least..=most).contains(&found) {
        let key = format!("{key}.targets_missed_before");
        let at = At::cell(SUMMARY_FILE, 0, &key);
        report.add(RULE, at, found.to_string(), most.to_string());
    }
}

/// P7915: the opened access points are the standby ones that carry users.
fn opened_are_true(key: &str, totals: &Totals, expected: &[&str], report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7915",
        hint: "name the standby access points through which users enter, once each",
    };
    let mut found: Vec<&str> = totals
        .opened_access_points
        .iter()
        .map(String::as_str)
        .collect();
    let mut expected = expected.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    if found != expected {
        let key = format!("{key}.opened_access_points");
        let at = At::cell(SUMMARY_FILE, 0, &key);
        report.add(RULE, at, format!("{found:?}"), format!("{expected:?}"));
    }
}

/// P7916: where the forecast has two ends there is a band (a plan that was stopped may have none), with the users
/// of both; its stages agree with themselves. What the plan at an end does is not written, so it is not recomputed.
fn band_is_of_the_forecast(
    ground: &Ground<'_>,
    period: &Period,
    key: &str,
    status: Status,
    summary: &PeriodSummary,
    loads: Told,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7916",
        hint: "compute the period at both ends of the forecast",
    };
    let (inventory, scenario) = (ground.inventory, ground.scenario);
    let has_ends = has_forecast_range(inventory, scenario);
    let Some(band) = &summary.band else {
        if has_ends && status != Status::Stopped {
            let key = format!("{key}.band");
            let at = At::cell(SUMMARY_FILE, 0, &key);
            report.add(
                RULE,
                at,
                "no band",
                "a band, as rows of onboarding.csv that count have low and high",
            );
        }
        return;
    };
    for (end, band, totals) in [
        ("low", Band::Low, &band.low),
        ("high", Band::High, &band.high),
    ] {
        let key = format!("{key}.band.{end}");
        let case: Case = case_at(inventory, scenario, period.start, Knowledge::Believed, band);
        let users: f64 = (0..inventory.shards.len())
            .map(|shard| case.users(shard))
            .sum();
        total_is_true(RULE, &key, "users", totals.users, users, report);
        stages::check(
            ground,
            &key,
            status,
            &totals.stages,
            None,
            loads.comparable(totals.users),
            report,
        );
    }
}
