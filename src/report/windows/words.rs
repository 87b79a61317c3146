//! Ranked windows in words: the finding, what is told of the best one, and the table of the terminal.

use super::{Ranked, RankedWindows, ToldDrain};
use crate::engine::Window;
use crate::model::FailureSet;
use crate::plan::sweep::Missing;
use crate::report::numbers;
use crate::report::table::{Align, Column, lines, wrapped};
use crate::report::words::targets_met;
use crate::units::{AGREEMENT, NOBODY};

/// Windows that the terminal lists.
const LISTED: usize = 12;

/// How users are counted in the columns of the table.
const COUNTED: &str = "Users at the busiest are as many as there are at that hour; all others are counted as at the peak, whatever the hour.";

/// From so many columns on the table says when windows end, and names what fails worst whatever else it has to say.
const ROOM_FOR_ENDS: u16 = 100;

impl RankedWindows<'_> {
    /// What it comes to, in one sentence.
    pub fn finding(&self) -> String {
        let Some(told) = self.told() else {
            return format!("{}: no window fits", self.subject);
        };
        let when = self.clock.stretch(told.start, told.end);
        let (subject, lasts) = (&self.subject, self.lasts());
        let (zone, what) = (self.clock.zone(), self.cost(told));
        match (self.refused().len(), self.drain()) {
            (0, _) => {
                let of = self.of_as_good();
                format!("{subject} for {lasts}: best from {when} {zone}{of}: {what}")
            }
            (refused, Some(_)) => {
                let refused = match refused {
                    1 => "the drain for 1 better time is refused".to_owned(),
                    more => format!("the drains for {more} better times are refused"),
                };
                format!(
                    "{subject} for {lasts}: best from {when} {zone} of the times with a safe drain ({refused}): {what}"
                )
            }
            (1, None) => format!(
                "{subject} for {lasts}: REFUSED, even the best time, from {when} {zone}, has no safe drain; but for that {what}"
            ),
            (refused, None) => format!(
                "{subject} for {lasts}: REFUSED, none of the best {refused} times that differ has a safe drain, not even the first, from {when} {zone}; but for that {what}"
            ),
        }
    }

    /// `, the quietest of 24 times as good`; nothing where no other time is.
    fn of_as_good(&self) -> String {
        let (all, quietest) = (self.ranking.as_good(), self.ranking.quietest);
        match (all, quietest) {
            (0 | 1, _) => String::new(),
            (all, 1) => format!(", the quietest of {all} times as good"),
            (all, quietest) if quietest == all => format!(", the first of {all} times as good"),
            (all, quietest) => {
                format!(", the first of the {quietest} quietest of {all} times as good")
            }
        }
    }

    /// What is said of windows in which no headroom target is missed.
    fn targets_met(&self) -> &'static str {
        // What was missed before is known of the quiet hours only.
        targets_met(self.without.as_ref().is_none_or(|own| own.kept.is_some()))
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
            words.push(self.missing(missing));
        } else if unserved <= NOBODY {
            words.push(self.targets_met().to_owned());
        }
        if let Some(own) = &window.failures {
            words.push(match &own.worst {
                None if own.cases == 0 => "nothing is left that could fail besides".to_owned(),
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

    /// `12 % of the headroom target missing at Chicago`.
    fn missing(&self, missing: Missing) -> String {
        let name = self.inventory.component_title(missing.component);
        let share = numbers::short_percent_up(missing.share);
        format!("{share} of the headroom target missing at {name}")
    }

    /// What is told of the window that is told besides what it costs, a sentence each; nothing of what was not asked.
    fn details(&self) -> Vec<String> {
        let mut all: Vec<String> = self.not_checked().into_iter().collect();
        all.extend(self.of_drain());
        all.extend(self.of_without());
        all.extend(self.of_ties());
        all
    }

    /// What the ranking does not check of its best window; `None` without a window.
    pub(super) fn not_checked(&self) -> Option<String> {
        self.told()?;
        let recovery = if self.must_recover {
            ", and whether it recovers by itself"
        } else {
            ""
        };
        Some(format!(
            "Not checked: whether users are down meanwhile{recovery}. A plan of the maintenance is played forward and says so."
        ))
    }

    /// How many cost the same as the best one, and how they were told apart.
    fn of_ties(&self) -> Option<String> {
        let alike = self.ranking.alike.first()?;
        let busiest = |own: Option<&usize>| own.map(|own| self.windows[*own].busiest_users);
        let (least, most) = (busiest(alike.first())?, busiest(alike.last())?);
        let all = match (alike.len(), self.windows.len()) {
            (0 | 1, _) => return None,
            (2, 2) => "Both times".to_owned(),
            (some, all) if some == all => format!("All {all} times"),
            (some, _) => format!("{some} times"),
        };
        let users = numbers::users(least);
        Some(if self.ranking.quietest == alike.len() {
            format!(
                "{all} are as good in all that is counted, and as quiet; the earliest comes first."
            )
        } else {
            format!(
                "{all} are as good in all that is counted; the quietest of them comes first: {users} users at its busiest instant, {} at that of the last of them.",
                numbers::users(most)
            )
        })
    }

    /// What the hours of the window cost without the maintenance.
    fn of_without(&self) -> Option<String> {
        let own = self.without.as_ref()?;
        let mut words = Vec::new();
        words.push(if own.unserved > NOBODY {
            format!("{} unserved", numbers::lost_users(own.unserved))
        } else {
            "everyone is served".to_owned()
        });
        let missing = own.missing.filter(|own| own.share > AGREEMENT);
        words.extend(missing.map(|missing| self.missing(missing)));
        words.extend(own.kept.map(|kept| {
            let kept = self.missing(kept);
            format!("{kept} before anything happens, which counts against no window")
        }));
        if words.len() == 1 && own.unserved <= NOBODY {
            words.push(self.targets_met().to_owned());
        }
        let words = words.join("; ");
        Some(format!(
            "Without the maintenance, in the same hours: {words}."
        ))
    }

    /// What the drain takes, or why it is refused.
    fn of_drain(&self) -> Vec<String> {
        let mut all = Vec::new();
        let refused = self.refused();
        if let Some(first) = refused.first() {
            let when = self.clock.moment(first.start);
            let begins = format!("for the start at {when}");
            all.extend((first.refused.iter()).map(|own| format!("Refused {begins}: {own}.")));
            all.extend(first.remedies.iter().cloned());
            let others = refused.len() - 1;
            all.extend((others > 0).then(|| match others {
                1 => "So is the next one.".to_owned(),
                more => format!("So are the next {more} that differ."),
            }));
            if self.drain().is_none() {
                all.push(
                    "Do not begin: what holds at the end does not hold on the way.".to_owned(),
                );
            }
        }
        if let Some(drain) = self.drain() {
            all.extend(self.safe(drain));
        }
        all
    }

    /// What a drain takes that is not refused.
    fn safe(&self, drain: &ToldDrain) -> Vec<String> {
        let mut all = drain.ways.clone();
        if let Some(latest) = drain.latest_start {
            let (latest, zone) = (self.clock.moment(latest), self.clock.zone());
            let users = match numbers::users(drain.users).as_str() {
                "1" => "1 user moves".to_owned(),
                several => format!("{several} users move"),
            };
            all.push(format!(
                "{users} in it; {latest} {zone} is its latest safe start."
            ));
        } else if drain.ways.is_empty() {
            all.push("Nobody has to move before it begins.".to_owned());
        }
        all
    }

    /// The text of the terminal.
    pub fn text(&self, width: Option<u16>) -> String {
        let mut text = wrapped(&self.finding(), width);
        let details = self.details();
        if !details.is_empty() {
            text.push('\n');
        }
        for sentence in details {
            text += &wrapped(&sentence, width);
        }
        text.push('\n');
        text += &self.table(width);
        text
    }

    /// The table of the first windows, and what is told of the others.
    fn table(&self, width: Option<u16>) -> String {
        let has_room = width.is_none_or(|width| width >= ROOM_FOR_ENDS);
        let is_any = |of: &dyn Fn(&Window) -> bool| self.windows.iter().any(of);
        let has_unserved = is_any(&|own| own.unserved_users() > NOBODY);
        let has_missing = is_any(&|own| own.worst_shortfall() > AGREEMENT);
        let is_asked = is_any(&|own| own.unserved_after_one_more().is_some());
        let is_named = is_asked && (has_room || !(has_unserved && has_missing));
        let begins = format!("begins ({})", self.clock.zone());
        let column = |heading, align, is_shown: bool| is_shown.then_some((heading, align));
        let columns: Vec<Column<'_>> = [
            column("rank", Align::Right, true),
            column(&*begins, Align::Whole, true),
            column("ends", Align::Whole, has_room),
            column("users unserved", Align::Right, has_unserved),
            column("headroom missing", Align::Right, has_missing),
            column("unserved if one more fails", Align::Right, is_asked),
            column("worst failure", Align::Left, is_named),
            column("users who move", Align::Right, true),
            column("users at the busiest", Align::Right, true),
        ]
        .into_iter()
        .flatten()
        .map(|(heading, align)| Column { heading, align })
        .collect();
        let row = |ranked: &Ranked<'_>| -> Vec<String> {
            let own = ranked.window;
            let worst = own.failures.as_ref().and_then(|own| own.worst.as_ref());
            let after = own.unserved_after_one_more().map(numbers::users_up);
            let named = worst.map(|(name, _)| self.failing(name).to_owned());
            let dash = || "-".to_owned();
            [
                Some(ranked.rank.to_string()),
                Some(self.clock.moment(own.start)),
                has_room.then(|| self.clock.moment(own.end)),
                has_unserved.then(|| numbers::users_up(own.unserved_users())),
                has_missing.then(|| numbers::percent(own.worst_shortfall())),
                is_asked.then(|| after.unwrap_or_else(dash)),
                is_named.then(|| named.unwrap_or_else(dash)),
                Some(numbers::users(own.moved)),
                Some(numbers::users(own.busiest_users)),
            ]
            .into_iter()
            .flatten()
            .collect()
        };
        let ranked = self.ranked();
        let shown: Vec<Vec<String>> = ranked.iter().take(LISTED).map(row).collect();
        let mut text = lines(&columns, &shown, width);
        if ranked.len() > LISTED {
            text += &wrapped(&self.rest(&ranked), width);
        }
        text += &wrapped(COUNTED, width);
        if let Some(nothing) = self.nothing_of(has_unserved, has_missing) {
            text += &wrapped(&nothing, width);
        }
        text
    }

    /// What is told of the windows that are not listed.
    fn rest(&self, ranked: &[Ranked<'_>]) -> String {
        let more = ranked.len() - LISTED;
        if self.ranking.as_good() == ranked.len() {
            return format!("… and {more} more, all as good but busier or later");
        }
        let last = ranked.last().filter(|_| more > 1);
        let worst = last.map(|own| {
            let (when, what) = (self.clock.moment(own.window.start), self.cost(own.window));
            format!("; the worst, rank {}, begins {when}: {what}", own.rank)
        });
        format!("… and {more} more{}", worst.unwrap_or_default())
    }

    /// What no window costs, and so has no column.
    fn nothing_of(&self, has_unserved: bool, has_missing: bool) -> Option<String> {
        let met = self.targets_met();
        match (has_unserved, has_missing) {
            (false, false) => Some(format!("Whatever the start, everyone is served and {met}.")),
            (false, true) => Some("Whatever the start, everyone is served.".to_owned()),
            (true, false) => Some(format!("Whatever the start, {met}.")),
            (true, true) => None,
        }
    }
}
