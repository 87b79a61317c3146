//! Ranked windows in words: the finding, what is told of the best one, and the table of the terminal.

use super::{DrainReport, Ranked, RankedWindows};
use crate::engine::Window;
use crate::model::FailureSet;
use crate::plan::sweep::Missing;
use crate::report::document::{Block, Cell, Document, Listing};
use crate::report::grammar::counted_with;
use crate::report::numbers;
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
                let drain = if refused == 1 {
                    "the drain for 1 better time is"
                } else {
                    &format!("the drains for {refused} better times are")
                };
                let refused = format!("{drain} refused");
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
        words.push(moving(window.moved));
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
    fn safe(&self, drain: &DrainReport) -> Vec<String> {
        let mut all = drain.ways.clone();
        if let Some(latest) = drain.latest_start {
            let (latest, zone) = (self.clock.moment(latest), self.clock.zone());
            let users = moving(drain.users);
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
        let document = Document::of([
            vec![Block::sentences([self.finding()])],
            vec![Block::sentences(self.details())],
            self.table(width.is_none_or(|width| width >= ROOM_FOR_ENDS)),
        ]);
        document.text(width)
    }

    /// The table of the first windows, and what is told of the others.
    fn table(&self, has_room: bool) -> Vec<Block> {
        let is_any = |of: &dyn Fn(&Window) -> bool| self.windows.iter().any(of);
        let has_unserved = is_any(&|own| own.unserved_users() > NOBODY);
        let has_missing = is_any(&|own| own.worst_shortfall() > AGREEMENT);
        let is_asked = is_any(&|own| own.unserved_after_one_more().is_some());
        let is_named = is_asked && (has_room || !(has_unserved && has_missing));
        let begins = format!("begins ({})", self.clock.zone());
        let ranked = self.ranked();
        let table = Listing::of(ranked.iter().take(LISTED))
            .number("rank", |own| own.rank.to_string())
            .whole(begins, |own| self.clock.moment(own.window.start))
            .whole(has_room.then_some("ends"), |own| {
                self.clock.moment(own.window.end)
            })
            .number(has_unserved.then_some("users unserved"), |own| {
                numbers::users_up(own.window.unserved_users())
            })
            .number(has_missing.then_some("headroom missing"), |own| {
                numbers::percent(own.window.worst_shortfall())
            })
            .number(is_asked.then_some("unserved if one more fails"), |own| {
                Cell::maybe(own.window.unserved_after_one_more(), numbers::users_up)
            })
            .words(is_named.then_some("worst failure"), |own| {
                let failures = own.window.failures.as_ref();
                match failures.and_then(|own| own.worst.as_ref()) {
                    Some((name, _)) => Cell::words(self.failing(name)),
                    None => Cell::none(),
                }
            })
            .number("users who move", |own| Cell::users(own.window.moved))
            .number("users at the busiest", |own| {
                Cell::users(own.window.busiest_users)
            })
            .plain();
        let rest = (ranked.len() > LISTED).then(|| self.rest(&ranked));
        let nothing = self.nothing_of(has_unserved, has_missing);
        let counted = [COUNTED.to_owned()];
        let said = rest.into_iter().chain(counted).chain(nothing);
        vec![Block::Table(table), Block::sentences(said)]
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

fn moving(users: f64) -> String {
    counted_with(&numbers::users(users), "user", ["moves", "move"])
}
