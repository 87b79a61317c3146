//! Summary: whether the totals of summary.json are those of the tables.

use super::context::RefereeContext;
use super::judge::{Keys, number};
use super::report::{Report, Rule};
use super::stages::{self, Levels, SteeringDetail};
use crate::diagnostic::amounts::rounded;
use crate::model::{Case, Event, Scenario};
use crate::plan_files::{By, JointSummary, PeriodSummary, SUMMARY_FILE, Status, Summary};
use crate::scenario::{Band, Knowledge, Period, acted_on, case_at, has_forecast_range};
use crate::units::{AGREEMENT, NOBODY};
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
    pub(super) loads: SteeringDetail,
}

/// P7901: the summary is of this scenario.
pub(super) fn scenario_is_the_one(scenario: &Scenario, summary: &Summary, report: &mut Report) {
    const RULE: Rule = Rule::new("P7901", "verify the plan with the scenario it was made for");
    if summary.scenario != scenario.name {
        let [found, expected] = [&summary.scenario, &scenario.name].map(|text| format!("`{text}`"));
        Keys::new(SUMMARY_FILE, "", report).note(RULE, "scenario", found, expected);
    }
}

/// P7902: the periods are those of the scenario, with their starts and ends.
pub(super) fn periods_are_the_scenarios(
    periods: &[Period],
    summary: &Summary,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7902",
        "periods count from 0 and lie between the change points of inventory and scenario",
    );
    let mut keys = Keys::new(SUMMARY_FILE, "", report);
    if summary.periods.len() != periods.len() {
        let found = format!("{} periods", summary.periods.len());
        keys.note(RULE, "periods", found, format!("{} periods", periods.len()));
    }
    for (index, (found, period)) in summary.periods.iter().zip(periods).enumerate() {
        let mut keys = keys.of(&format!("periods[{index}]"));
        keys.compare(
            RULE,
            By::Exact,
            "period",
            [found.period, number(period.index)],
        );
        for (key, found, expected) in [
            ("start", &found.start, period.start),
            ("end", &found.end, period.end),
        ] {
            if found.parse::<Timestamp>().ok() != Some(expected) {
                let expected = format!("the instant {expected}");
                keys.note(RULE, key, format!("\"{found}\""), expected);
            }
        }
    }
}

const USERS: Rule = Rule::new(
    "P7903",
    "sum the users of all shards, with onboarding and surges",
);
const UNSERVED: Rule = Rule::new(
    "P7904",
    "sum the users whose to_site is blank in assignment.csv",
);
const MOVED: Rule = Rule::new(
    "P7905",
    "sum the users served at another site than their current one; placed users do not count",
);
const COPIED: Rule = Rule::new(
    "P7906",
    "sum the users moved to a site without a copy of their shard",
);
const RETURNED: Rule = Rule::new(
    "P7907",
    "sum the users who go back to their site of shards.csv",
);
const RECONNECTING: Rule = Rule::new(
    "P7908",
    "count the users who change site, and of the others those who must change access point",
);
const WORST: Rule = Rule::new("P7909", "write the largest shortfall of headroom.csv");
/// P7533: the targets missed before are counted. Older files do not tell them.
const MISSED_BEFORE: Rule = Rule::new(
    "P7533",
    "count the rows of headroom.csv whose headroom is less than written_target and whose shortfall is 0",
);
const OPENED: Rule = Rule::new(
    "P7915",
    "name the standby access points through which users enter, once each",
);

/// Checks the totals of one period.
pub(super) fn check(
    context: &RefereeContext,
    period: &Period,
    status: Status,
    summary: &PeriodSummary,
    facts: &Facts<'_>,
    report: &mut Report,
) {
    let (found, levels) = (&summary.totals, &facts.levels);
    let mut keys = Keys::new(SUMMARY_FILE, format!("periods[{}]", period.index), report);
    for (rule, key, both) in [
        (USERS, "users", [found.users, facts.users]),
        (
            UNSERVED,
            "unserved_users",
            [found.unserved_users, facts.unserved],
        ),
        (MOVED, "moved_users", [found.moved_users, levels.moved]),
        (COPIED, "copied_users", [found.copied_users, levels.copied]),
        (
            RETURNED,
            "returned_users",
            [found.returned_users, facts.returned],
        ),
    ] {
        keys.compare(rule, By::Users, key, both);
    }
    let by = By::Difference(1.0);
    if let Some(reconnecting) = facts.reconnecting {
        let both = [found.reconnecting_users, reconnecting];
        keys.compare(RECONNECTING, by, "reconnecting_users", both);
    }
    if levels.shortfalls.is_known {
        let both = [found.worst_shortfall, levels.shortfalls.worst];
        keys.compare(WORST, by, "worst_shortfall", both);
        let [least, most] = levels.shortfalls.missed_before;
        let missed = summary.targets_missed_before.unwrap_or(most);
        let expected = if missed >= least {
            missed.min(most)
        } else {
            most
        };
        keys.compare(
            MISSED_BEFORE,
            By::Exact,
            "targets_missed_before",
            [missed, expected],
        );
    }
    let mut sentences: Vec<&str> = found
        .opened_access_points
        .iter()
        .map(String::as_str)
        .collect();
    let mut opened = facts.opened.clone();
    sentences.sort_unstable();
    opened.sort_unstable();
    if sentences != opened {
        let (words, opened) = (format!("{sentences:?}"), format!("{opened:?}"));
        keys.note(OPENED, "opened_access_points", words, opened);
    }
    let users = facts.loads.comparable(facts.users);
    stages::check(
        (context, status),
        &found.stages,
        (Some(levels), users),
        &mut keys,
    );
    band_is_of_the_forecast((context, period, status), summary, facts.loads, &mut keys);
}

/// P7916: where the forecast has two ends there is a band (a plan that was stopped may have none), with the users
/// of both; its stages agree with themselves. What the plan at an end does is not written, so it is not recomputed.
fn band_is_of_the_forecast(
    (context, period, status): (&RefereeContext, &Period, Status),
    summary: &PeriodSummary,
    loads: SteeringDetail,
    keys: &mut Keys<'_>,
) {
    const RULE: Rule = Rule::new("P7916", "compute the period at both ends of the forecast");
    let (inventory, scenario) = (context.inventory, context.scenario);
    let Some(band) = &summary.band else {
        if has_forecast_range(inventory, scenario) && status != Status::Stopped {
            let expected = "a band, as rows of onboarding.csv that count have low and high";
            keys.note(RULE, "band", "no band", expected);
        }
        return;
    };
    for (end, band, totals) in [
        ("band.low", Band::Low, &band.low),
        ("band.high", Band::High, &band.high),
    ] {
        let mut keys = keys.of(end);
        let case: Case = case_at(inventory, scenario, period.start, Knowledge::Believed, band);
        let users = (0..inventory.shards.len()).map(|shard| case.users(shard));
        keys.compare(RULE, By::Users, "users", [totals.users, users.sum()]);
        let users = loads.comparable(totals.users);
        stages::check((context, status), &totals.stages, (None, users), &mut keys);
    }
}

/// Checks what is said of planning all periods together, beside the users who move in all periods of the plan. How many users
/// the plan of period after period would have moved is not written in any table: it is stated, and judged only beside this.
pub(super) fn check_joint(
    scenario: &Scenario,
    joint: &JointSummary,
    moved: f64,
    report: &mut Report,
) {
    const MOVED: Rule = Rule::new(
        "P7921",
        "sum the users served at another site than their current one over all periods",
    );
    const NO_MORE: Rule = Rule::new(
        "P7922",
        "keep the plan made period after period if planning together moves more users",
    );
    const BOUND: Rule = Rule::new(
        "P7923",
        "fewer moves than the bound are impossible: correct the bound or the value",
    );
    let mut keys = Keys::new(SUMMARY_FILE, "joint", report);
    keys.compare(MOVED, By::Users, "moved_users", [joint.moved_users, moved]);
    // Where nothing is learnt of meanwhile, planning together moves no more.
    let is_learnt_of =
        |event: &Event| event.is_reacted_to() && acted_on(event, &scenario.policy) > scenario.start;
    let is_foreseen = !scenario.events.iter().any(is_learnt_of);
    let slack = |users: f64| (AGREEMENT * users.abs()).max(NOBODY);
    let (moved, sequential) = (joint.moved_users, joint.sequential_users);
    if is_foreseen && moved > sequential + slack(sequential) {
        let expected = format!("at least the {} of this plan", rounded(moved));
        keys.note(
            NO_MORE,
            "sequential_moved_users",
            rounded(sequential),
            expected,
        );
    }
    if joint.bound < -NOBODY || joint.bound > moved + slack(moved) {
        let expected = format!("0 to the {} of this plan", rounded(moved));
        keys.note(BOUND, "bound", rounded(joint.bound), expected);
    }
}
