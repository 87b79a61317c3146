//! Sentences about two runways: what fails earlier, the date of the main condition, and what holds longer.

use super::RunwaysReport;
use super::names::{change_words, length, spoken, until};
use crate::model::{Adjustment, Band};
use crate::plan::compare::{DateChange, Difference, RowDifference};
use crate::plan::runway::Condition;
use crate::report::grammar::{at_most, capital, count};
use crate::report::numbers::{lost_users, users_up};
use crate::report::runway::adjustment;
use crate::report::text::visible;
use jiff::civil::Date;
use std::cmp::Reverse;

/// Rows of one direction that have a sentence.
const MOST_ROWS: usize = 4;

/// Cases with trapped users that have a sentence.
const MOST_CASES: usize = 3;

impl RunwaysReport {
    /// The first sentence: the worst loss if there is any, else the date of the main condition.
    pub fn verdict(&self) -> String {
        let losses = [self.more_trapped(), self.earlier()].concat();
        losses.into_iter().next().unwrap_or_else(|| self.headline())
    }

    /// What the second loses, the worst first: users trapped, rows that fail earlier, rows that only one of both has.
    pub fn alarms(&self) -> Vec<String> {
        [self.more_trapped(), self.earlier(), self.lone_rows()].concat()
    }

    /// Rows that fail earlier in the second, those that lose most days first.
    pub fn earlier(&self) -> Vec<String> {
        let groups = self.groups(DateChange::is_earlier);
        let rest = |more: usize| {
            let rows = count(more, "more row");
            format!("B fails earlier in {rows}; the table of dates has them.")
        };
        self.sentences(&groups, Self::fails_earlier, rest)
    }

    /// Rows that hold longer in the second, those that gain most days first; then cases that trap fewer users.
    pub fn gains(&self) -> Vec<String> {
        let groups = self.groups(DateChange::is_later);
        let rest = |more: usize| {
            let rows = count(more, "more row");
            format!("B holds longer in {rows}; the table of dates has them.")
        };
        let longer = self.sentences(&groups, Self::holds_longer, rest);
        [longer, self.fewer_trapped()].concat()
    }

    fn sentences(
        &self,
        groups: &[Vec<&RowDifference>],
        words: fn(&Self, &[&RowDifference]) -> Option<String>,
        rest: impl Fn(usize) -> String,
    ) -> Vec<String> {
        let shown = groups.iter().take(MOST_ROWS);
        let mut sentences: Vec<String> = shown.filter_map(|group| words(self, group)).collect();
        let more: usize = groups.iter().skip(MOST_ROWS).map(Vec::len).sum();
        sentences.extend((more > 0).then(|| rest(more)));
        sentences
    }

    /// Rows whose dates move in one direction: those that differ in moves only and have the same dates stand together. What is
    /// expected comes first, and of these what moves most.
    fn groups(&self, is_wanted: fn(DateChange) -> bool) -> Vec<Vec<&RowDifference>> {
        let mut groups: Vec<Vec<&RowDifference>> = Vec::new();
        let dates = |row: &RowDifference| {
            let sides = row.of.sides.each_ref().map(Option::as_ref);
            sides.map(|side| side.and_then(|dates| dates.fails_from))
        };
        let kind = |row: &RowDifference| {
            let key = &row.of.key;
            (
                key.condition,
                key.events.clone(),
                key.recovery,
                key.band,
                dates(row),
            )
        };
        for row in &self.comparison.rows {
            if !is_wanted(row.change) {
                continue;
            }
            let mut known = groups.iter_mut();
            match known.find(|group| group.first().is_some_and(|first| kind(first) == kind(row))) {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
        groups.sort_by_key(|group| {
            let first = group.first();
            let band = first.map(|row| row.of.key.band);
            let days = first.and_then(|row| row.change.days()).unwrap_or(0);
            let rank = first.map_or(0, |row| rank(row.of.key.condition));
            (
                band != Some(Band::Expected),
                Reverse(days.unsigned_abs()),
                rank,
            )
        });
        groups
    }

    /// `served under one failure (as is, steered)`.
    fn group_title(&self, group: &[&RowDifference]) -> Option<String> {
        let key = &group.first()?.of.key;
        let moves: Vec<&str> = group
            .iter()
            .map(|row| adjustment(row.of.key.moves))
            .collect();
        Some(format!(
            "{} ({})",
            self.title(key),
            Self::how(&moves, key.band)
        ))
    }

    /// `B fails earlier, by 70 days: served under one failure (as is), from 24 May 2027 instead of 2 Aug 2027. …`
    fn fails_earlier(&self, group: &[&RowDifference]) -> Option<String> {
        let row = group.first()?;
        let [a, b] = row.of.sides.each_ref().map(Option::as_ref);
        let (a, b) = (a?, b?);
        let (by, title) = (by(row.change), self.group_title(group)?);
        let from = spoken(self.fails_from(b)?);
        let instead = match self.fails_from(a) {
            Some(date) => format!(" instead of {}", spoken(date)),
            None => format!("; A holds {}", self.beyond()),
        };
        let then = self.then(1, b);
        Some(format!(
            "B fails earlier, by {by}: {title}, from {from}{instead}.{then}"
        ))
    }

    /// `B holds longer, by 91 days: served under one failure (as is), until 31 Oct 2027 instead of 1 Aug 2027.`
    fn holds_longer(&self, group: &[&RowDifference]) -> Option<String> {
        let row = group.first()?;
        let [a, b] = row.of.sides.each_ref().map(Option::as_ref);
        let (by, title) = (by(row.change), self.group_title(group)?);
        let [_, side] = self.sides();
        let holds = match self.fails_from(b?) {
            Some(date) => until(side, Some(date)),
            None => self.beyond(),
        };
        let before = self.fails_from(a?)?;
        let instead = if before <= self.sides()[0].from {
            "; A fails on the first day already".to_owned()
        } else {
            format!(" instead of {}", spoken(super::names::day_before(before)))
        };
        Some(format!(
            "B holds longer, by {by}: {title}, {holds}{instead}."
        ))
    }

    /// `beyond 30 Dec 2029`: the last day that both ask about.
    fn beyond(&self) -> String {
        let common = self.comparison.common.as_ref();
        let last = common.map(|common| super::names::day_before(common.end));
        last.map_or_else(String::new, |last: Date| format!("beyond {}", spoken(last)))
    }

    fn more_trapped(&self) -> Vec<String> {
        let words = |case: &Difference<String, f64>| {
            let [a, b] = case.sides;
            let instead = match a {
                a if a > 0.0 => format!(" instead of {}", users_up(a)),
                _ => ", and A none".to_owned(),
            };
            let when = when(&case.key);
            (b > a).then(|| {
                format!(
                    "B traps {}{when}{instead}: they have no site, whatever the capacity.",
                    lost_users(b)
                )
            })
        };
        let all = self.comparison.trapped.iter().filter_map(words).collect();
        at_most(all, MOST_CASES, |more| {
            format!(
                "B traps more users in {}; the table of trapped users has them.",
                count(more, "more case")
            )
        })
    }

    fn fewer_trapped(&self) -> Vec<String> {
        let words = |case: &Difference<String, f64>| {
            let [a, b] = case.sides;
            let when = when(&case.key);
            (b < a).then(|| {
                format!(
                    "B traps {}{when} instead of {}.",
                    lost_users(b),
                    users_up(a)
                )
            })
        };
        let all = self.comparison.trapped.iter().filter_map(words).collect();
        at_most(all, MOST_CASES, |more| {
            format!("B traps fewer users in {}.", count(more, "more case"))
        })
    }

    /// The row that a reader asks about first: everyone is served under failures, as is, as expected; without one the row that
    /// fails first.
    pub(super) fn main_row(&self) -> Option<&RowDifference> {
        let rows = self.comparison.rows.iter();
        let both = rows.filter(|row| row.of.sides.iter().all(Option::is_some));
        let usual = |row: &&RowDifference| {
            let key = &row.of.key;
            key.events.is_empty() && key.moves == Adjustment::AsIs && key.band == Band::Expected
        };
        let mut under = both.clone().filter(usual);
        under
            .find(|row| row.of.key.condition == Condition::ServedUnder)
            .or_else(|| {
                let first = |row: &&RowDifference| {
                    let dates = row.of.sides.iter().flatten();
                    let dates = dates.map(|dates| dates.fails_from.unwrap_or(Date::MAX));
                    (!usual(row), dates.min())
                };
                both.min_by_key(first)
            })
    }

    /// `The last day on which one site may fail moves from 1 Aug 2027 to 31 Oct 2027 (+91 days), as is.`
    pub fn headline(&self) -> String {
        let Some(row) = self.main_row() else {
            return "No row is in both runways: no date is compared.".to_owned();
        };
        let key = &row.of.key;
        let how = Self::how(&[adjustment(key.moves)], key.band);
        let [Some(a), Some(b)] = row.of.sides.each_ref().map(Option::as_ref) else {
            return String::new();
        };
        let [side_a, side_b] = self.sides();
        let dates = [a.fails_from, b.fails_from];
        let [until_a, until_b] = [until(side_a, dates[0]), until(side_b, dates[1])];
        let [lets_a, lets_b] = [0, 1].map(|side| self.lets(side, key));
        let change = change_words(row.change);
        let is_dated = |words: &str| words.starts_with("until ");
        let bare = |words: &str| words.trim_start_matches("until ").to_owned();
        let said = match row.change {
            DateChange::Days(0, _) if dates == [None, None] => {
                format!("{} {until_b} in A and B, {how}", capital(&lets_b))
            }
            DateChange::Days(0, _) if is_dated(&until_b) => format!(
                "The last day on which {lets_b} stays {}, {how}",
                bare(&until_b)
            ),
            DateChange::Days(..) if is_dated(&until_a) && until_b != "on no day" => format!(
                "The last day on which {lets_b} moves from {} to {} ({change}), {how}",
                bare(&until_a),
                bare(&until_b)
            ),
            DateChange::Days(..) => format!(
                "{} {until_a} in A, {until_b} in B ({change}), {how}",
                capital(&lets_b)
            ),
            DateChange::OnlyIn(_) | DateChange::NotComparable => format!(
                "{} {until_a} in A, {lets_b} {until_b} in B, {how}: the days between are not compared",
                capital(&lets_a)
            ),
        };
        format!("{said}.{}", self.ends(row))
    }

    /// ` If growth is high: +60 days; if low: the same.`
    fn ends(&self, main: &RowDifference) -> String {
        let of = |band: Band| {
            let mut rows = self.comparison.rows.iter();
            let row = rows.find(|row| {
                let mut key = row.of.key.clone();
                let is_band = key.band == band;
                key.band = main.of.key.band;
                is_band && key == main.of.key
            });
            let compared = row.filter(|row| row.change.days().is_some());
            compared.map(|row| change_words(row.change))
        };
        match (of(Band::High), of(Band::Low)) {
            (Some(high), Some(low)) if main.of.key.band == Band::Expected => {
                format!(" If growth is high: {high}; if low: {low}.")
            }
            _ => String::new(),
        }
    }
}

/// Which condition a reader asks about first, of those that move by as many days.
pub(super) fn rank(condition: Condition) -> usize {
    match condition {
        Condition::ServedUnder => 0,
        Condition::Served => 1,
        Condition::StableUnder => 2,
        Condition::Target => 3,
    }
}

/// ` if a fails`; empty in normal operation.
fn when(failing: &str) -> String {
    if failing.is_empty() {
        String::new()
    } else {
        let ids: Vec<&str> = failing.split('+').collect();
        let verb = if ids.len() == 1 { "fails" } else { "fail" };
        format!(" if {} {verb}", visible(&ids.join(" and ")))
    }
}

/// `70 days`, `at least 70 days`.
fn by(change: DateChange) -> String {
    let days = length(change.days().unwrap_or(0));
    match change {
        DateChange::Days(_, true) => format!("at least {days}"),
        _ => days,
    }
}
