//! Tenant months: whether tenants.csv says what a tenant's users have of the calendar months that a scenario touches.

use super::ground::Ground;
use super::report::{At, Report, Rule, is_same_difference};
use crate::plan_files::{Counted, Lined, Row, TenantRow, decimal};
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
        let next = next.and_then(|day| day.to_zoned(zone.clone()).ok());
        let Some(end) = next.map(|begins| begins.timestamp()) else {
            break;
        };
        let minutes = left.min(end.duration_since(at).as_secs_f64() / 60.0);
        all.push(Month { first, minutes });
        left -= minutes;
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
            let known = self
                .months
                .iter()
                .position(|month| month.first == part.first);
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
            for (sum, more) in self.accounts[at].iter_mut().zip(of_period) {
                sum.user_minutes += more.user_minutes * share;
                sum.lost_minutes += more.lost_minutes * share;
            }
        }
    }

    /// By month: its first day, all minutes of the users on average, and those lost, of an account by its position.
    pub(super) fn of(&self, account: usize) -> Vec<(Date, f64, f64)> {
        let both = self.months.iter().zip(&self.accounts);
        both.map(|(month, accounts)| {
            let of_month = accounts[account];
            let days = f64::from(month.first.days_in_month());
            let all = of_month.user_minutes / month.minutes * days * 1440.0;
            (month.first, all, of_month.lost_minutes)
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
    const RULE: Rule = Rule::new(
        "P7957",
        "of each month the scenario touches: users on average × its minutes, and of these the minutes down; the month \
               with the least uptime counts; blank without users",
    );
    let uptime = |all: f64, lost: f64| (1.0 - lost / all).max(0.0);
    let with_users = months.iter().filter(|month| month.1 > 0.0);
    let least = with_users.map(|month| uptime(month.1, month.2));
    let least = least.reduce(f64::min);
    let written = &row.row;
    let mut differs = |column: &str, found: String, expected: String| {
        report.add(RULE, cell(row, column), found, expected);
    };
    let counted = match least {
        // Who is there in the replay at all is known where that is played.
        _ if is_played => written.month_counted.map(|_| Counted::Replay),
        Some(_) => Some(Counted::Plan),
        None => None,
    };
    if written.month_counted != counted {
        let word = |counted: Option<Counted>| match counted {
            Some(counted) => format!("`{}`", counted.word()),
            None => "a blank cell".to_owned(),
        };
        differs("month_counted", word(written.month_counted), word(counted));
        return;
    }
    let cells = (
        written.month,
        written.month_user_minutes,
        written.month_down_user_minutes,
        written.month_uptime,
        written.month_kept,
    );
    let (month, all, down, found_uptime, is_kept) = match cells {
        (Some(month), Some(all), Some(down), Some(uptime), Some(is_kept)) if counted.is_some() => {
            (month, all, down, uptime.0, is_kept)
        }
        (None, None, None, None, None) if counted.is_none() => return,
        _ => {
            let found = "cells of a month, some of them blank".to_owned();
            let expected = "all of them where there are users, else none".to_owned();
            differs("month", found, expected);
            return;
        }
    };
    if !is_played {
        let known = months.iter().find(|known| known.0 == month.0);
        let (_, all_minutes, lost) = known.copied().unwrap_or((month.0, 0.0, 0.0));
        for (column, found, expected) in [
            ("month_user_minutes", all, all_minutes),
            ("month_down_user_minutes", down, lost),
        ] {
            // Nobody, all the time, is nothing.
            let is_dust = (found - expected).abs() <= NOBODY * 1440.0;
            if !is_dust && !is_same_difference(found, expected, expected) {
                differs(column, decimal(found), decimal(expected));
            }
        }
        let least = least.unwrap_or_default();
        if known.is_none_or(|known| uptime(known.1, known.2) > least + AGREEMENT) {
            let expected = format!("a month with an uptime of {}", decimal(least));
            differs("month", format!("`{month}`"), expected);
        }
    }
    let expected = uptime(all, down);
    if (found_uptime - expected).abs() > AGREEMENT {
        differs("month_uptime", decimal(found_uptime), decimal(expected));
    }
    let is_close = (expected - promised).abs() <= AGREEMENT;
    if is_kept != (expected >= promised) && !is_close {
        let word = |is_kept: bool| if is_kept { "`yes`" } else { "`no`" }.to_owned();
        differs("month_kept", word(is_kept), word(!is_kept));
    }
}

/// A cell of tenants.csv.
fn cell<'a>(row: &Lined<TenantRow>, column: &'a str) -> At<'a> {
    At::cell(TenantRow::FILE, row.line, column)
}
