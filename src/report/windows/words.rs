//! Ranked windows in words: the finding, and the table of the terminal.

use super::RankedWindows;
use crate::engine::Window;
use crate::model::FailureSet;
use crate::report::numbers;
use crate::report::table::{Align, Column, lines, wrapped};
use crate::units::{AGREEMENT, NOBODY};

/// Windows that the terminal lists.
const LISTED: usize = 12;

/// From so many columns on the table says when windows end.
const ROOM_FOR_ENDS: u16 = 100;

impl RankedWindows<'_> {
    /// What it comes to, in one sentence.
    pub fn finding(&self) -> String {
        let Some(first) = self.first() else {
            return format!("{}: no window fits", self.subject);
        };
        let when = self.clock.stretch(first.start, first.end);
        let others = match self.best - 1 {
            0 => String::new(),
            1 => " (and one other time as good)".to_owned(),
            more => format!(" (and {more} other times as good)"),
        };
        let (lasts, zone, what) = (self.lasts(), self.clock.zone(), self.cost(first));
        format!(
            "{} for {lasts}: best from {when} {zone}{others}: {what}",
            self.subject
        )
    }

    /// What a window costs, in words.
    fn cost(&self, window: &Window) -> String {
        let mut words = Vec::new();
        let unserved = window.unserved_users();
        words.push(if unserved > NOBODY {
            format!("{} unserved", numbers::lost_users(unserved))
        } else {
            "everyone is served".to_owned()
        });
        if let Some(missing) = window.missing.filter(|own| own.share > AGREEMENT) {
            let name = self.inventory.component_title(missing.component);
            let share = numbers::short_percent_up(missing.share);
            words.push(format!("{share} of the headroom target missing at {name}"));
        } else if unserved <= NOBODY {
            words.push("every headroom target is met".to_owned());
        }
        if let Some(own) = &window.failures {
            words.push(match &own.worst {
                None if unserved > NOBODY => "no further failure leaves more unserved".to_owned(),
                None => "any one more failure is survived".to_owned(),
                Some((name, users)) => {
                    let (leave, most) = match own.broken {
                        1 => ("leaves", ""),
                        _ => ("leave", " most"),
                    };
                    format!(
                        "{} of {} further failures {leave} users unserved, {}{most} ({})",
                        own.broken,
                        own.cases,
                        self.failing(name),
                        numbers::users_up(*users)
                    )
                }
            });
        }
        words.push(match numbers::users(window.moved).as_str() {
            "1" => "1 user moves".to_owned(),
            several => format!("{several} users move"),
        });
        words.join("; ")
    }

    /// What people call what fails besides.
    fn failing<'b>(&'b self, name: &'b str) -> &'b str {
        if self.over == Some(FailureSet::RiskGroups.word()) {
            return name;
        }
        let component = self.inventory.component_named(name);
        component.map_or(name, |own| self.inventory.component_title(own))
    }

    /// The text of the terminal.
    pub fn text(&self, width: Option<u16>) -> String {
        let mut text = wrapped(&self.finding(), width);
        text.push('\n');
        let has_ends = width.is_none_or(|width| width >= ROOM_FOR_ENDS);
        let begins = format!("begins ({})", self.clock.zone());
        let column = |heading, align| Some(Column { heading, align });
        let asked = |heading, align| column(heading, align).filter(|_| self.over.is_some());
        let columns: Vec<Column<'_>> = [
            column("rank", Align::Right),
            column(&begins, Align::Whole),
            column("ends", Align::Whole).filter(|_| has_ends),
            column("users unserved", Align::Right),
            column("headroom missing", Align::Right),
            asked("unserved if one more fails", Align::Right),
            asked("worst failure", Align::Left),
            column("users who move", Align::Right),
        ]
        .into_iter()
        .flatten()
        .collect();
        let row = |(rank, own): (usize, &Window)| -> Vec<String> {
            let mut row = vec![rank.to_string(), self.clock.moment(own.start)];
            if has_ends {
                row.push(self.clock.moment(own.end));
            }
            row.push(numbers::users_up(own.unserved_users()));
            row.push(numbers::percent(own.worst_shortfall()));
            if self.over.is_some() {
                let worst = own.failures.as_ref().and_then(|own| own.worst.as_ref());
                row.extend(match worst {
                    // No failure leaves more unserved than the maintenance does.
                    None => [numbers::users_up(own.unserved_users()), "-".to_owned()],
                    Some((name, users)) => {
                        [numbers::users_up(*users), self.failing(name).to_owned()]
                    }
                });
            }
            row.push(numbers::users(own.moved));
            row
        };
        let ranked = self.ranked();
        let shown: Vec<Vec<String>> = ranked.iter().take(LISTED).copied().map(row).collect();
        text += &lines(&columns, &shown, width);
        if ranked.len() > LISTED {
            text += &wrapped(&self.rest(&ranked), width);
        }
        text
    }

    /// What is told of the windows that are not listed.
    fn rest(&self, ranked: &[(usize, &Window)]) -> String {
        let more = ranked.len() - LISTED;
        if self.best == ranked.len() {
            return format!("… and {more} more, all as good");
        }
        let worst = ranked.last().filter(|_| more > 1).map(|(rank, last)| {
            let (when, what) = (self.clock.moment(last.start), self.cost(last));
            format!("; the worst, rank {rank}, begins {when}: {what}")
        });
        format!("… and {more} more{}", worst.unwrap_or_default())
    }
}
