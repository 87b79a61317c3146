//! Users by state through the periods as plain values, and the title of their chart.

use super::charts::{UsersChart, UsersPeriod};
use super::numbers;
use super::span::{Clock, span};
use super::words::{everyone, in_all};
use crate::model::{Inventory, Scenario};
use crate::plan::explain::Explanation;
use crate::plan::{PeriodPlan, Plan, affected_users};
use crate::plan_files::{Cause, How, Reason};
use crate::units::NOBODY;

/// The chart of users by state of a plan.
pub fn users_by_state(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> UsersChart {
    let periods: Vec<UsersPeriod> = plan
        .periods
        .iter()
        .map(|period| states(inventory, period))
        .collect();
    let clock = Clock::of(scenario);
    UsersChart {
        title: title(&clock, everyone(plan), &periods),
        scenario: scenario.name.clone(),
        span: span(scenario, scenario.start, scenario.end),
        clock,
        periods,
    }
}

fn states(inventory: &Inventory, period: &PeriodPlan) -> UsersPeriod {
    let mut states = UsersPeriod {
        index: period.period.index,
        start: period.period.start,
        end: period.period.end,
        phase: period.period.phase,
        users: period.totals.users,
        at_home: 0.0,
        away: 0.0,
        new: 0.0,
        unserved: 0.0,
        no_site: 0.0,
        moving: period.totals.moved,
        copied: 0.0,
        returned: period.totals.returned,
        affected: affected_users(inventory, period),
    };
    for part in &period.parts {
        let home = inventory.shards[part.shard.index()].site;
        let state = match (part.site, home) {
            (None, _) => &mut states.unserved,
            (Some(_), None) => &mut states.new,
            (Some(site), Some(home)) if site == home => &mut states.at_home,
            (Some(_), Some(_)) => &mut states.away,
        };
        *state += part.users;
    }
    let nowhere = period.reasons.iter();
    let nowhere = nowhere.filter(|explanation| explanation.why.cause() == Some(Cause::NoSite));
    states.no_site = nowhere.map(Explanation::users).sum();
    states.copied = period
        .moves
        .iter()
        .filter(|moved| moved.how == How::Copy && moved.reason != Reason::Placed)
        .filter(|moved| {
            let home = inventory.shards[moved.shard.index()].site;
            home.is_some_and(|home| home != moved.to)
        })
        .map(|moved| moved.users)
        .sum();
    states
}

/// `Undetected faults affect 1,721,170 users (09:30 to 10:42); the others are served`, or without such faults `Everyone is
/// served in all 6 periods; at most 310,400 users are displaced (10:42 to 14:10)`.
fn title(clock: &Clock, everyone: &str, periods: &[UsersPeriod]) -> String {
    let unserved = peak(clock, periods, |period| period.unserved, numbers::users_up);
    let affected = peak(clock, periods, |period| period.affected, numbers::users_up);
    let away = peak(clock, periods, |period| period.away, numbers::some_users);
    let is_one = periods.len() == 1;
    let served = match &unserved {
        Some((users, when)) => format!("{} unserved{when}", are(users)),
        None => format!("{everyone}{}", in_all(periods.len())),
    };
    let most = if is_one { "" } else { "at most " };
    let gone = away.map_or_else(
        || "none is displaced".to_owned(),
        |(users, when)| format!("{most}{} displaced{when}", are(&users)),
    );
    match (affected, &unserved) {
        (None, _) => format!("{served}; {gone}"),
        (Some((users, when)), None) => {
            format!("Undetected faults affect {}{when}; {gone}", some(&users))
        }
        (Some((users, when)), Some(_)) => {
            format!("{served}; undetected faults affect {}{when}", some(&users))
        }
    }
}

/// `1 user`, `<1 user`, `20 users`.
fn some(users: &str) -> String {
    match users {
        "1" | "<1" => format!("{users} user"),
        users => format!("{users} users"),
    }
}

fn are(users: &str) -> String {
    match users {
        "1" | "<1" => format!("{users} user is"),
        users => format!("{users} users are"),
    }
}

/// The largest count, rounded as beside the bars, and its time, ` (10:42 to 14:10)`, empty where it holds throughout; `None`
/// without users.
fn peak(
    clock: &Clock,
    periods: &[UsersPeriod],
    of: fn(&UsersPeriod) -> f64,
    rounded: fn(f64) -> String,
) -> Option<(String, String)> {
    let shown = |period: &UsersPeriod| rounded(of(period));
    let (index, most) = periods.iter().enumerate().max_by(|left, right| {
        of(left.1)
            .total_cmp(&of(right.1))
            .then(right.0.cmp(&left.0))
    })?;
    if of(most) <= NOBODY {
        return None;
    }
    let is_same = |period: &&UsersPeriod| shown(period) == shown(most);
    let last = periods[index..].iter().take_while(is_same).last()?;
    let when = if most.start == clock.start && last.end == clock.end {
        String::new()
    } else {
        format!(" ({})", clock.stretch(most.start, last.end))
    };
    Some((shown(most), when))
}

#[cfg(test)]
mod tests;
