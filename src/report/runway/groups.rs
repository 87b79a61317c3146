//! Groups: rows of an answer that differ in the end of the forecast only, or in moves that change nothing.

use super::report::RunwayReport;
use crate::model::{Band, Recovery};
use crate::plan::runway::{Adjustment, ComponentRunway, Condition, Day, RunwayRow};
use crate::report::grammar::{said_if, spelled};
use crate::report::sweep::noun;

/// Moves, where none make a difference.
pub(super) const ALL_MOVES: &str = "all moves";

/// One condition for all ends of the forecast.
#[derive(Debug)]
pub(super) struct ConditionGroup<'a> {
    /// As expected, or at the first end that was asked.
    pub(super) main: &'a RunwayRow,
    /// At the low and the high end, where both were asked.
    pub(super) ends: Option<[&'a RunwayRow; 2]>,
    /// Moves that make no difference.
    pub(super) adjustments: Vec<Adjustment>,
}

impl ConditionGroup<'_> {
    /// The first day that fails, for order: what holds on all days comes last.
    pub(super) fn order(&self) -> Day {
        self.main.fails_from().unwrap_or(Day::MAX)
    }

    /// `true` if no moves before a failure make a difference.
    pub(super) fn is_of_all(&self) -> bool {
        self.adjustments.len() == Adjustment::ALL.len()
    }

    /// `true` if both fail on the same days at every end of the forecast.
    fn is_as(&self, other: &Self) -> bool {
        let days = |group: &Self| {
            let ends = group.ends.map(|rows| rows.map(|row| row.failing.clone()));
            (group.main.failing.clone(), ends)
        };
        days(self) == days(other)
    }
}

type GroupKey = (Condition, usize, Option<Recovery>, Adjustment);

fn key(row: &RunwayRow) -> GroupKey {
    (row.condition, row.events, row.recovery, row.adjustment)
}

impl<'a> RunwayReport<'a> {
    /// Conditions of all moves, the shortest runway first; moves that change no date stand together.
    pub(super) fn groups(&self) -> Vec<ConditionGroup<'a>> {
        let mut groups: Vec<ConditionGroup<'a>> = Vec::new();
        let mut keys: Vec<GroupKey> = Vec::new();
        for row in &self.runway.rows {
            if keys.contains(&key(row)) {
                continue;
            }
            keys.push(key(row));
            let Some(group) = self.group(key(row)) else {
                continue;
            };
            let kind = |row: &RunwayRow| (row.condition, row.events, row.recovery);
            let mut known = groups.iter_mut();
            let same = known.find(|other| kind(other.main) == kind(row) && other.is_as(&group));
            match same {
                Some(other) => other.adjustments.extend(group.adjustments),
                None => groups.push(group),
            }
        }
        groups.sort_by_key(ConditionGroup::order);
        groups
    }

    fn group(&self, wanted: GroupKey) -> Option<ConditionGroup<'a>> {
        let of = |band: Band| {
            let mut rows = self.runway.rows.iter();
            rows.find(|row| key(row) == wanted && row.band == band)
        };
        let main = of(Band::Expected).or(of(Band::High)).or(of(Band::Low))?;
        Some(ConditionGroup {
            main,
            ends: of(Band::Low)
                .zip(of(Band::High))
                .map(|(low, high)| [low, high]),
            adjustments: vec![wanted.3],
        })
    }

    /// Components whose capacity is reached as is or in the worst case, those that run out first before others.
    pub(super) fn running_out(&self) -> Vec<&'a ComponentRunway> {
        let first = |row: &ComponentRunway| {
            let days = [row.as_is.capacity, row.worst.capacity];
            days.into_iter().flatten().min()
        };
        let mut rows: Vec<&ComponentRunway> = self.runway.components.iter().collect();
        rows.retain(|row| first(row).is_some());
        rows.sort_by_key(|row| first(row));
        rows
    }

    /// `one site`, `up to 2 sites`: what may fail at once.
    pub(super) fn failing_words(&self) -> String {
        failing_words(noun(self.over), self.runway.failures)
    }

    /// `served under one failure`: the name of a condition, with the events in which it is asked.
    pub(super) fn condition_name(&self, row: &RunwayRow) -> String {
        let name = condition_title(row.condition, self.runway.failures);
        let events = self.events_words(row.events);
        let during = said_if(!events.is_empty(), format!(" during {events}"));
        format!("{name}{during}")
    }

    /// `as is, steered, replan`: moves and recovery, and the end of the forecast where it is not the expected one.
    pub(super) fn how(group: &ConditionGroup<'_>) -> String {
        let moves = group.adjustments.iter().map(|one| adjustment(*one));
        let moves: Vec<&str> = if group.is_of_all() {
            vec![ALL_MOVES]
        } else {
            moves.collect()
        };
        let recovery = group.main.recovery.map(Recovery::word);
        let end = match group.main.band {
            Band::Expected => None,
            other => Some(band(other)),
        };
        let parts: Vec<&str> = moves.into_iter().chain(recovery).chain(end).collect();
        parts.join(", ")
    }
}

/// `one site`, `up to two sites`.
pub(in crate::report) fn failing_words(noun: &str, failures: usize) -> String {
    match failures {
        1 => format!("one {noun}"),
        more => format!("up to {} {noun}s", spelled(more)),
    }
}

/// `served under one failure`: the name of a condition.
pub(in crate::report) fn condition_title(condition: Condition, failures: usize) -> String {
    let under = || match failures {
        1 => "one failure".to_owned(),
        more => format!("{} failures", spelled(more)),
    };
    match condition {
        Condition::Target => "headroom targets".to_owned(),
        Condition::Served => "served".to_owned(),
        Condition::ServedUnder => format!("served under {}", under()),
        Condition::StableUnder => format!("stable under {}", under()),
    }
}

/// As tables and pictures call moves before a failure.
pub(in crate::report) fn adjustment(adjustment: Adjustment) -> &'static str {
    match adjustment {
        Adjustment::AsIs => "as is",
        Adjustment::Steered => "steered",
        Adjustment::Rebalanced => "rebalanced",
    }
}

/// As tables call an end of the forecast.
pub(in crate::report) fn band(band: Band) -> &'static str {
    match band {
        Band::Expected => "expected growth",
        Band::Low => "low growth",
        Band::High => "high growth",
    }
}
