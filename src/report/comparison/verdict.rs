//! Verdict: which of two plans is better, by what and when.

use super::amounts::by;
use super::facts::ComparisonReport;
use super::words::{LETTERS, period_words, time, users_are};
use crate::plan::compare::{ComparedMoment, PeriodPair};
use crate::report::grammar::lower_first;
use crate::report::numbers;
use crate::report::text::visible;
use crate::units::NOBODY;
use std::cmp::Ordering;

impl ComparisonReport {
    /// The better plan of a pair, and the difference; `None` if there is no common level. Of plans for different events neither
    /// is better, and the lower one is named.
    pub(super) fn finding(&self, pair: &PeriodPair) -> Option<String> {
        let letter = match pair.order() {
            Ordering::Less => "A",
            Ordering::Greater => "B",
            Ordering::Equal if pair.has_levels() => {
                return Some("Both reach the same by every goal.".to_owned());
            }
            Ordering::Equal => return None,
        };
        let by = by(pair);
        Some(if self.is_one_task() {
            format!("{letter} is better: {by}.")
        } else {
            format!("Lower in {letter}: {by}.")
        })
    }

    /// The period of the pair that is shown.
    pub fn shown_period(&self) -> String {
        let shown = self.shown();
        shown.map_or_else(String::new, |pair| self.when(pair))
    }

    /// The periods of a pair, such as `period 3 (10:42 to 14:10)`; both where they are not at the same time.
    pub(super) fn when(&self, pair: &PeriodPair) -> String {
        let [a, b] = self.comparison.moments(pair);
        let is_one_time = a.span == b.span;
        match (a.period, b.period) {
            (None, _) => period_words(b),
            (_, None) => period_words(a),
            (Some(x), Some(y)) if x == y && (is_one_time || a.span.is_none()) => period_words(b),
            (Some(x), Some(y)) if x == y && b.span.is_none() => period_words(a),
            _ if is_one_time && a.span.is_some() => time(b),
            _ => format!("A {}, B {}", period_words(a), period_words(b)),
        }
    }

    fn sides(&self) -> impl Iterator<Item = (&'static str, &[ComparedMoment])> {
        let sides = self.comparison.sides.iter().map(Vec::as_slice);
        LETTERS.into_iter().zip(sides)
    }

    /// The verdict: first refused plans, then which plan is better, by what and when, or that they are the same.
    pub fn verdict(&self) -> String {
        let comparison = &self.comparison;
        let by_goals = self.by_goals();
        let refused = self.sides().zip(comparison.refused());
        let refused = refused.filter_map(|((letter, side), refused)| {
            let (index, reason) = refused?;
            let period = side[index].period;
            let place = period.map_or_else(String::new, |number| {
                format!(" in the transition to period {number}")
            });
            Some(format!("{letter} is refused{place}: {}.", visible(reason)))
        });
        let refused = refused.collect::<Vec<_>>().join(" ");
        let better = match comparison.order_by_refusal() {
            _ if refused.is_empty() => return by_goals,
            _ if comparison.is_beside_before() => return format!("{refused} {by_goals}"),
            _ if !self.is_one_task() => return format!("{refused} {by_goals}"),
            Ordering::Less => " A is better.",
            Ordering::Greater => " B is better.",
            Ordering::Equal => "",
        };
        format!("{refused}{better} By goals alone: {by_goals}")
    }

    fn by_goals(&self) -> String {
        let comparison = &self.comparison;
        let pairs = &comparison.pairs;
        if pairs.is_empty() {
            let empty = usize::from(!comparison.sides[0].is_empty());
            let empty = LETTERS[empty];
            return format!("There is nothing to compare: {empty} has no period.");
        }
        if comparison.is_beside_before() {
            return self.beside_before();
        }
        if let Some(other_tasks) = self.other_tasks() {
            return format!("{other_tasks} {}", self.beside_each_other());
        }
        if !pairs.iter().any(PeriodPair::has_levels) {
            return self.undecided();
        }
        let Some(main) = comparison.main() else {
            let known = pairs.iter().filter(|pair| pair.has_levels()).count();
            let periods = match known {
                _ if known < pairs.len() => {
                    format!(
                        "{known} of the {} periods that they share; the others have no common levels",
                        pairs.len()
                    )
                }
                1 => "the period that they share".to_owned(),
                2 => "both periods that they share".to_owned(),
                count => format!("all {count} periods that they share"),
            };
            if let Some(fewer) = self.loses_fewer() {
                return format!("Equal by every goal in {periods}; {fewer}.");
            }
            return format!("Both plans reach the same by every goal in {periods}.");
        };
        let better = LETTERS[usize::from(main.order() != Ordering::Less)];
        let words = format!("{better} is better in {}: {}.", self.when(main), by(main));
        if pairs.len() == 1 {
            return words;
        }
        let tally = [
            ("A is better", Some(Ordering::Less)),
            ("B is better", Some(Ordering::Greater)),
            ("both are the same", Some(Ordering::Equal)),
            ("neither is known to be better", None),
        ];
        let order = |pair: &PeriodPair| pair.has_levels().then(|| pair.order());
        let tally = tally.into_iter().filter_map(|(who, ordering)| {
            let count = pairs.iter().filter(|pair| order(pair) == ordering).count();
            (count > 0).then(|| format!("{who} in {count}"))
        });
        let tally = tally.collect::<Vec<_>>().join(" and ");
        format!("{words} Of {} pairs of periods {tally}.", pairs.len())
    }

    /// What can be compared of plans for different events: the first goal that differs, or that none does.
    fn beside_each_other(&self) -> String {
        match self.shown().map(|pair| (pair, self.finding(pair))) {
            Some((pair, Some(finding))) => {
                format!("In {}, {}", self.when(pair), lower_first(&finding))
            }
            _ => self.unserved_in_both(),
        }
    }

    /// The pair with most users unserved in B, and of those with most of them elsewhere.
    fn hardest(&self) -> Option<&PeriodPair> {
        let unserved = |pair: &PeriodPair| pair.totals[1].unserved_users;
        self.comparison.pairs.iter().max_by(|left, right| {
            unserved(left)
                .total_cmp(&unserved(right))
                .then(left.users_elsewhere().total_cmp(&right.users_elsewhere()))
                .then(right.moments[1].cmp(&left.moments[1]))
        })
    }

    /// Plans without levels that both have, such as those made by hand.
    fn undecided(&self) -> String {
        let has_none = |side: &[ComparedMoment]| {
            side.iter()
                .all(|compared_moment| compared_moment.totals.stages.is_empty())
        };
        let reason = match self.sides().find(|(_, side)| has_none(side)) {
            Some((letter, _)) => format!("{letter} has no levels in a summary.json"),
            None => "they have no level in common".to_owned(),
        };
        let facts = self.unserved_in_both();
        format!("The better plan cannot be determined: {reason}. {facts}")
            .trim_end()
            .to_owned()
    }

    fn unserved_in_both(&self) -> String {
        self.hardest().map_or_else(String::new, |pair| {
            let [a, b] = pair.totals.each_ref();
            let [a, b] = [a, b].map(|totals| numbers::users_up(totals.unserved_users));
            format!(
                "In {} A leaves {a} users unserved, B {b}; {} served elsewhere.",
                self.when(pair),
                users_are(pair.users_elsewhere()),
            )
        })
    }

    fn beside_before(&self) -> String {
        let Some(pair) = self.hardest() else {
            return "There is nothing to compare.".to_owned();
        };
        let unserved = Some(pair.totals[1].unserved_users).filter(|value| *value > NOBODY);
        let unserved = unserved.map(|value| format!("{} unserved, and ", users_are(value)));
        format!(
            "A is the state before B: in {} {}{} at other sites than before.",
            self.when(pair),
            unserved.unwrap_or_default(),
            users_are(pair.users_elsewhere()),
        )
    }
}
