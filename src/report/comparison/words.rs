//! Long because all sentences about two plans are here: which is better, by what, what binds in the worse one, what changed.

use super::amounts::{by, counts, points, stage};
use super::facts::{ChangedInput, ComparisonReport};
use crate::plan::compare::{ComparedMoment, PeriodPair, below_promise};
use crate::plan_files::{ErrorMargin, Holds, Limit};
use crate::report::grammar::{by_count, count, counted_with, few, listed, lower_first};
use crate::report::numbers;
use crate::report::span::spoken;
use crate::report::text::visible;
use crate::units::NOBODY;
use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Sentences of a plan's explanations that are quoted.
const MOST_QUOTED: usize = 2;

const MOST_TENANTS: usize = 4;

pub(super) const LETTERS: [&str; 2] = ["A", "B"];

fn period_words(moment: &ComparedMoment) -> String {
    match (moment.period, &moment.words) {
        (None, _) => "the state before".to_owned(),
        (Some(period), Some(_)) => format!("period {period} ({})", time(moment)),
        (Some(period), None) => format!("period {period}"),
    }
}

/// `13 Nov 2012 09:08 to 10:42 (UTC-08:00)`, where the summary tells when it is.
fn time(moment: &ComparedMoment) -> String {
    let Some((start, end)) = &moment.words else {
        return String::new();
    };
    let offset = || Pieces::parse(start).ok()?.to_numeric_offset();
    let instants = || -> Option<[Timestamp; 2]> {
        Pieces::parse(end).ok()?.to_numeric_offset()?;
        Some([start.parse().ok()?, end.parse().ok()?])
    };
    match (offset(), instants()) {
        (Some(offset), Some([from, to])) => spoken(offset, from, to),
        _ => format!("{start} to {end}"),
    }
}

fn users_are(count: f64) -> String {
    counted_with(&numbers::users_up(count), "user", ["is", "are"])
}

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

    /// The bottlenecks of the worse plan, in the period that is shown: `In A: …`. Beside the state before, those of the plan.
    /// Empty if neither is worse or the plan carries no explanations.
    pub fn because(&self) -> Vec<String> {
        let because = || {
            let pair = self.shown()?;
            let side = match pair.order() {
                Ordering::Greater => 0,
                Ordering::Less => 1,
                Ordering::Equal if self.comparison.is_beside_before() => 1,
                Ordering::Equal => return None,
            };
            let period = self.comparison.moments(pair)[side].period?;
            let (lead, quoted) = self.quoted(side, pair, period)?;
            let quoted = quoted.into_iter();
            let letter = LETTERS[side];
            Some(
                quoted
                    .map(|text| format!("{lead} {letter}: {text}"))
                    .collect(),
            )
        };
        because().unwrap_or_default()
    }

    /// Cuts where users are unserved, then the bottlenecks at the level that differs; if there is neither, the tightest
    /// bottleneck. With the words before each.
    fn quoted(
        &self,
        side: usize,
        pair: &PeriodPair,
        period: u32,
    ) -> Option<(&'static str, Vec<&str>)> {
        let explanations = self.explanations[side].as_ref()?;
        let level = pair
            .first_difference
            .as_ref()
            .map(|difference| difference.key.as_str());
        let binding = || {
            let bindings = explanations.bindings.iter();
            bindings.filter(|binding| binding.period == period || binding.also_in.contains(&period))
        };
        let is_about_unserved = level.is_none_or(|level| level.starts_with("unserved"));
        let cuts = explanations.cuts.iter().map(|cut| &cut.row);
        let cuts = cuts.filter(|cut| is_about_unserved && cut.period == period);
        let at_the_level = binding().filter(|binding| Some(binding.level.as_str()) == level);
        let cuts = cuts.map(|cut| cut.sentence.as_str());
        let all = cuts.chain(at_the_level.map(|binding| binding.sentence.as_str()));
        let quoted: Vec<&str> = all.take(MOST_QUOTED).collect();
        if quoted.is_empty() {
            let most = binding().next()?;
            return Some(("Tightest in", vec![&most.sentence]));
        }
        Some(("In", quoted))
    }

    /// Where the plans are not of one kind: other times, another order of goals, levels of one of them only.
    pub fn notes(&self) -> Vec<String> {
        let comparison = &self.comparison;
        if comparison.is_beside_before() || comparison.pairs.is_empty() {
            return Vec::new();
        }
        let mut notes = Vec::new();
        if comparison.is_by_position() {
            let tells = |side: &Vec<ComparedMoment>| {
                side.iter()
                    .any(|compared_moment| compared_moment.span.is_some())
            };
            let reason = if comparison.sides.iter().all(tells) {
                "No period of A is at the time of one of B"
            } else {
                "A plan does not state the times of its periods"
            };
            notes.push(format!("{reason}: they are compared in their order."));
        }
        let levels = comparison.sides.each_ref().map(|side| levels(side));
        if levels.iter().any(Vec::is_empty) {
            return notes;
        }
        let [(common_a, only_a), (common_b, only_b)] = [0, 1].map(|side| {
            let all = levels[side].iter().cloned();
            all.partition::<Vec<String>, _>(|name| levels[1 - side].contains(name))
        });
        if common_a != common_b {
            notes.push(
                "The goals of B have another order: levels are compared in the order of A."
                    .to_owned(),
            );
        }
        for (letter, only) in LETTERS.into_iter().zip([only_a, only_b]) {
            let names: Vec<String> = only.iter().map(|name| stage(name)).collect();
            let names = (!names.is_empty()).then(|| listed(&names));
            notes.extend(names.map(|names| {
                format!("Only {letter} has a level for {names}, which is not compared.")
            }));
        }
        notes
    }

    /// What users lose, tenants below their promise, and both limits of the margin: words, A, B, change.
    pub fn whole(&self) -> Vec<[String; 4]> {
        let below = self.promises.as_deref().map(below_promise);
        let words = format!("tenants below their promise{}", self.waves_not_counted());
        let below = below.map(|indexes| counts(&words, indexes));
        let mut rows = self.lost_rows();
        rows.extend(below);
        if self.margins.iter().any(Option::is_some) {
            rows.extend(self.margin_rows());
        }
        rows
    }

    fn margin_rows(&self) -> Vec<[String; 4]> {
        let sides = self.margins.each_ref().map(Option::as_ref);
        let words = |words: &str, change: String, of: &dyn Fn(&ErrorMargin) -> String| {
            let [a, b] = sides.map(|side| side.map_or_else(|| "-".to_owned(), of));
            [words.to_owned(), a, b, change]
        };
        let limit = |what: &str, lacking: &str, of: fn(&ErrorMargin) -> Option<f64>| {
            let change = match sides.map(|side| side.and_then(of)) {
                [Some(a), Some(b)] => points(b - a),
                _ => String::new(),
            };
            words(what, change, &|margin| match of(margin) {
                None => "any amount".to_owned(),
                // A negative margin is shown as the change that is needed.
                Some(share) if share < 0.0 => {
                    format!("none: {} {lacking}", numbers::short_percent_up(-share))
                }
                Some(share) => numbers::headroom(share),
            })
        };
        let mut rows = vec![
            limit("all demand may be higher by", "too high", |margin| {
                Some(margin.demand_factor.as_ref()?.verified - 1.0)
            }),
            limit("or all capacities lower by", "too low", |margin| {
                Some(margin.capacity_error.as_ref()?.verified)
            }),
        ];
        // A margin up to which targets are met needs no words.
        let is_service = |margin: &&ErrorMargin| margin.holds == Holds::Service;
        if sides.iter().flatten().any(is_service) {
            rows.push(words("up to there", String::new(), &|margin| {
                let holds = match margin.holds {
                    Holds::Targets => "targets are met",
                    Holds::Service => "all are served",
                };
                holds.to_owned()
            }));
        }
        rows.push(words("first short then", String::new(), &|margin| {
            let first = margin.demand_factor.as_ref();
            first.map_or_else(|| "-".to_owned(), |limit| self.first_short(limit))
        }));
        rows
    }

    /// `Boydton, cpu`.
    fn first_short(&self, limit: &Limit) -> String {
        let name = limit.component.as_ref().map(|text| self.labels.name(text));
        match (name, &limit.resource) {
            (Some(name), Some(resource)) => format!("{name}, {resource}"),
            (Some(name), None) => name.to_owned(),
            (None, _) => "the limit of moved users".to_owned(),
        }
    }

    /// The tenants that only one of the plans leaves below their promise.
    pub fn who_changes_side(&self) -> Vec<String> {
        let sentences = LETTERS
            .into_iter()
            .enumerate()
            .filter_map(|(side, letter)| {
                let broken = self.promises.iter().flatten();
                let here = broken.filter(|broken_promise| {
                    broken_promise.changes_side() && broken_promise.is_below[side]
                });
                let names: BTreeSet<&str> = here
                    .map(|broken_promise| broken_promise.tenant.as_str())
                    .collect();
                let names: Vec<&str> = names.into_iter().collect();
                let who = match names.len() {
                    0 => return None,
                    1..=MOST_TENANTS => listed(&names),
                    _ => few(&names, MOST_TENANTS),
                };
                Some(format!("Below their promise only in {letter}: {who}."))
            });
        sentences.collect()
    }

    /// Why they differ, as far as the inputs show; `None` beside the state before.
    pub fn why(&self) -> Option<String> {
        let is_by_hand = self.by_hand.contains(&true);
        if self.comparison.is_beside_before() || is_by_hand && self.tables.is_none() {
            return None;
        }
        let (Some(tables), Some(keys)) = (&self.tables, &self.keys) else {
            let unknown =
                "The changes of the inputs are not known: a plan does not carry its inputs.";
            return Some(unknown.to_owned());
        };
        let differ = |of: &str, what: &str, all: usize| {
            let verb = by_count(&numbers::whole(all), ["differs", "differ"]);
            format!("{} of the {of} {verb}", count(all, what))
        };
        let cells = differ("inventory", "cell", tables.len());
        let changed_keys = differ("scenario", "key", keys.len());
        Some(match (tables.len(), keys.len()) {
            (0, 0) => "Inventory and scenario are the same.".to_owned(),
            (0, _) => format!("The inventory is the same; {changed_keys}."),
            (_, 0) => format!("The scenario is the same; {cells}."),
            (..) => format!("{changed_keys}, and {cells}."),
        })
    }

    /// The changes of the inputs, one line each: `sites.csv, byd: cpu 4000 in A, 4900 in B`.
    pub fn changed_inputs(&self) -> Vec<String> {
        let line = |changed_input: ChangedInput<'_>| {
            let what = match changed_input.column {
                Some("") => format!("scenario, {}:", key(&changed_input.row)),
                column => {
                    let column = column.unwrap_or("the row");
                    format!("{}, {}: {column}", changed_input.file, changed_input.row)
                }
            };
            let [a, b] = changed_input.sides.map(value_words);
            format!("{} {a} in A, {b} in B", visible(&what))
        };
        self.inputs().into_iter().map(line).collect()
    }
}

pub(super) fn value_words(value: Option<&str>) -> String {
    match value {
        None => "absent".to_owned(),
        Some("") => "blank".to_owned(),
        Some(value) => visible(value).into_owned(),
    }
}

fn levels(side: &[ComparedMoment]) -> Vec<String> {
    let mut known = BTreeSet::new();
    let stages = side
        .iter()
        .flat_map(|compared_moment| &compared_moment.totals.stages);
    let names = stages.map(crate::plan_files::Stage::name);
    names.filter(|name| known.insert(name.clone())).collect()
}

/// A key of a scenario as people say it: `event 2, start`, where what may stand several times is counted with leading zeros
/// so that it sorts.
fn key(name: &str) -> String {
    let counted = ["event ", "queued "].into_iter().find_map(|table| {
        let (number, rest) = name.strip_prefix(table)?.split_once('.')?;
        let number = number.trim_start_matches('0');
        Some(format!("{table}{number}, {rest}"))
    });
    counted.unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_as_people_do() {
        assert_eq!(key("event 01.drain_minutes"), "event 1, drain_minutes");
        assert_eq!(key("event 10.start"), "event 10, start");
        assert_eq!(key("queued 02.amount"), "queued 2, amount");
        assert_eq!(key("replay.jitter"), "replay.jitter");
        assert_eq!(key("waves.minutes"), "waves.minutes");
    }
}
