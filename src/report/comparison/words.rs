//! Sentences about two plans: what binds in the worse one, what else differs, and what changed.

use super::amounts::{counts, points, stage};
use super::facts::{ChangedInput, ComparisonReport};
use crate::plan::compare::{ComparedMoment, PeriodPair, below_promise};
use crate::plan_files::{ErrorMargin, Holds, Limit};
use crate::report::grammar::{by_count, count, counted_with, few, listed};
use crate::report::numbers;
use crate::report::span::spoken;
use crate::report::text::visible;
use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Sentences of a plan's explanations that are quoted.
const MOST_QUOTED: usize = 2;

const MOST_TENANTS: usize = 4;

pub(super) const LETTERS: [&str; 2] = ["A", "B"];

pub(super) fn period_words(moment: &ComparedMoment) -> String {
    match (moment.period, &moment.words) {
        (None, _) => "the state before".to_owned(),
        (Some(period), Some(_)) => format!("period {period} ({})", time(moment)),
        (Some(period), None) => format!("period {period}"),
    }
}

/// `13 Nov 2012 09:08 to 10:42 (UTC-08:00)`, where the summary tells when it is.
pub(super) fn time(moment: &ComparedMoment) -> String {
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

pub(super) fn users_are(count: f64) -> String {
    counted_with(&numbers::users_up(count), "user", ["is", "are"])
}

impl ComparisonReport {
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
