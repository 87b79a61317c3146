//! Tenant months: whether tenants.csv says what a tenant's users have of the calendar months that a scenario touches.

use super::ground::Ground;
use super::report::{Report, Rule, cell_text, is_same_difference};
use super::tenants::cell;
use crate::plan_files::{Counted, Lined, TenantRow, decimal};
use crate::units::{AGREEMENT, NOBODY};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What a tenant's users of one tier have of the part of a calendar month in which the scenario is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OfMonth {
    pub(super) user_minutes: f64,
    pub(super) lost_minutes: f64,
}

/// A calendar month that the scenario touches, by its first day.
#[derive(Debug, Clone, Copy)]
struct Month {
    first: Date,
    /// Minutes of the scenario in it.
    minutes: f64,
}

/// A time from an instant on, of so many minutes, in calendar months.
fn in_months(ground: &Ground<'_>, start: Timestamp, minutes: f64) -> Vec<Month> {
    let zone = TimeZone::fixed(ground.scenario.offset);
    let mut all = Vec::new();
    let mut at = start;
    let mut left = minutes;
    while left > 0.0 {
        let first = at.to_zoned(zone.clone()).date().first_of_month();
        let next = first.last_of_month().tomorrow().ok();
        let next = next.and_then(|own| own.to_zoned(zone.clone()).ok());
        let Some(end) = next.map(|own| own.timestamp()) else {
            break;
        };
        let own = left.min(end.duration_since(at).as_secs_f64() / 60.0);
        all.push(Month {
            first,
            minutes: own,
        });
        left -= own;
        at = end;
    }
    all
}

/// What every tenant has of the periods so far, by calendar month.
#[derive(Debug, Default)]
pub(super) struct ByMonth {
    months: Vec<Month>,
    /// By month, by tenant and tier.
    accounts: Vec<Vec<OfMonth>>,
}

impl ByMonth {
    /// Of a period that lies in several months each has the share of its minutes.
    pub(super) fn add(
        &mut self,
        ground: &Ground<'_>,
        (start, minutes): (Timestamp, f64),
        of_period: &[OfMonth],
    ) {
        for part in in_months(ground, start, minutes) {
            let known = self.months.iter().position(|own| own.first == part.first);
            let at = known.unwrap_or_else(|| {
                let nothing = vec![OfMonth::default(); of_period.len()];
                self.accounts.push(nothing);
                self.months.push(Month {
                    minutes: 0.0,
                    ..part
                });
                self.months.len() - 1
            });
            self.months[at].minutes += part.minutes;
            let share = part.minutes / minutes;
            for (own, more) in self.accounts[at].iter_mut().zip(of_period) {
                own.user_minutes += more.user_minutes * share;
                own.lost_minutes += more.lost_minutes * share;
            }
        }
    }

    /// By month: its first day, all minutes of the users on average, and those lost, of an account by its position.
    pub(super) fn of(&self, account: usize) -> Vec<(Date, f64, f64)> {
        let both = self.months.iter().zip(&self.accounts);
        both.map(|(month, accounts)| {
            let own = accounts[account];
            let days = f64::from(month.first.days_in_month());
            let all = own.user_minutes / month.minutes * days * 1440.0;
            (month.first, all, own.lost_minutes)
        })
        .collect()
    }
}

/// P7957: of the calendar months that the scenario touches the one is told in which users have least, and whether that is what
/// is promised. What the plan's own replay counts is compared where that is played.
pub(super) fn month_is_true(
    months: &[(Date, f64, f64)],
    (promised, is_played): (f64, bool),
    row: &Lined<TenantRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7957",
        hint: "of each month the scenario touches: users on average × its minutes, and of these the minutes down; the month \
               with the least uptime counts; blank without users",
    };
    let uptime = |all: f64, lost: f64| (1.0 - lost / all).max(0.0);
    let with_users = months.iter().filter(|own| own.1 > 0.0);
    let least = with_users.map(|own| uptime(own.1, own.2)).reduce(f64::min);
    let written = &row.row;
    let text = |own: Option<f64>| cell_text(own);
    let mut differs = |column: &str, found: String, expected: String| {
        report.add(RULE, cell(row, column), found, expected);
    };
    // Who is there in the replay at all is known where that is played.
    let has_users = if is_played {
        written.month_counted.is_some()
    } else {
        least.is_some()
    };
    let of_whom = if is_played {
        Counted::Replay
    } else {
        Counted::Plan
    };
    let counted = has_users.then_some(of_whom);
    if written.month_counted != counted {
        let word = |own: Option<Counted>| {
            own.map_or("a blank cell".to_owned(), |own| format!("`{}`", own.word()))
        };
        differs("month_counted", word(written.month_counted), word(counted));
        return;
    }
    if !has_users {
        let blank = || "a blank cell".to_owned();
        let numbers = [
            ("month_user_minutes", written.month_user_minutes),
            ("month_down_user_minutes", written.month_down_user_minutes),
            ("month_uptime", written.month_uptime.map(|own| own.0)),
        ];
        for (column, found) in numbers.into_iter().filter(|own| own.1.is_some()) {
            differs(column, text(found), blank());
        }
        if let Some(month) = written.month {
            differs("month", format!("`{month}`"), blank());
        }
        if written.month_kept.is_some() {
            differs("month_kept", "a verdict".to_owned(), blank());
        }
        return;
    }
    let least = least.unwrap_or_default();
    let (Some(month), Some(all), Some(down), Some(told)) = (
        written.month,
        written.month_user_minutes,
        written.month_down_user_minutes,
        written.month_uptime,
    ) else {
        let found = "a blank cell".to_owned();
        differs(
            "month",
            found,
            "a month, its minutes and its uptime".to_owned(),
        );
        return;
    };
    let known = months.iter().find(|own| own.0 == month.0);
    if let Some((_, all_minutes, lost)) = known.filter(|_| !is_played) {
        let told = [
            ("month_user_minutes", all, *all_minutes),
            ("month_down_user_minutes", down, *lost),
        ];
        for (column, found, expected) in told {
            // Nobody, all the time, is nothing.
            let is_dust = (found - expected).abs() <= NOBODY * 1440.0;
            if !is_dust && !is_same_difference(found, expected, expected) {
                differs(column, decimal(found), decimal(expected));
            }
        }
    }
    // In its replay a plan may begin in a month before that of the scenario.
    let is_worst = known.is_some_and(|own| uptime(own.1, own.2) <= least + AGREEMENT);
    if !is_played && !is_worst {
        let expected = format!("a month with an uptime of {}", decimal(least));
        differs("month", format!("`{month}`"), expected);
    }
    let expected = uptime(all, down);
    if (told.0 - expected).abs() > AGREEMENT {
        differs("month_uptime", decimal(told.0), decimal(expected));
    }
    let is_kept = expected >= promised;
    let is_close = (expected - promised).abs() <= AGREEMENT;
    if written.month_kept != Some(is_kept) && !(is_close && written.month_kept.is_some()) {
        let word = |own: Option<bool>| match own {
            Some(true) => "`yes`".to_owned(),
            Some(false) => "`no`".to_owned(),
            None => "a blank cell".to_owned(),
        };
        differs("month_kept", word(written.month_kept), word(Some(is_kept)));
    }
}
