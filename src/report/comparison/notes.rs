//! What is told beside the verdict on two plans: what binds in the worse one, what to know before comparing, and the plans as a whole.

use super::text::{ComparisonReport, points};
use super::words::stage;
use crate::plan::compare::{BrokenPromise, Moment, Pair, Promises};
use crate::plan_files::explanations::Explanations;
use crate::plan_files::{ErrorMargin, Holds, Limit};
use crate::report::grammar::{few, listed};
use crate::report::numbers;
use std::cmp::Ordering;
use std::collections::BTreeSet;

const MOST_QUOTED: usize = 2;
const MOST_TENANTS: usize = 4;

impl ComparisonReport {
    /// What binds in the worse plan, in the period that is shown: `In A: …`. Beside the state before, what binds in
    /// the plan. Empty if neither is worse or the plan carries no explanations.
    pub fn because(&self) -> Vec<String> {
        let Some(pair) = self.shown() else {
            return Vec::new();
        };
        let (letter, side, period) = match pair.order() {
            Ordering::Less => ("B", 1, self.comparison.b[pair.b].period),
            Ordering::Greater => ("A", 0, self.comparison.a[pair.a].period),
            Ordering::Equal if self.comparison.is_beside_before() => {
                ("B", 1, self.comparison.b[pair.b].period)
            }
            Ordering::Equal => return Vec::new(),
        };
        let (Some(explanations), Some(period)) = (&self.explanations[side], period) else {
            return Vec::new();
        };
        let (is_at_the_level, said) = said(explanations, pair, period);
        let lead = if is_at_the_level {
            "In"
        } else {
            "What binds most in"
        };
        said.into_iter()
            .map(|sentence| format!("{lead} {letter}: {sentence}"))
            .collect()
    }
}

/// Cuts where users are unserved, then what binds at the level that differs; if there is neither, what binds most,
/// and `false`.
fn said<'a>(explanations: &'a Explanations, pair: &Pair, period: u32) -> (bool, Vec<&'a str>) {
    let level = pair
        .first_difference
        .as_ref()
        .map(|differs| differs.stage.as_str());
    let binding = || {
        let bindings = explanations.bindings.iter();
        bindings.filter(move |own| own.period == period || own.also_in.contains(&period))
    };
    let is_about_unserved = level.is_none_or(|level| level.starts_with("unserved"));
    let cuts = explanations
        .cuts
        .iter()
        .filter(|cut| is_about_unserved && cut.row.period == period)
        .map(|cut| cut.row.sentence.as_str());
    let at_the_level = binding()
        .filter(|own| Some(own.level.as_str()) == level)
        .map(|own| own.sentence.as_str());
    let said: Vec<&str> = cuts.chain(at_the_level).take(MOST_QUOTED).collect();
    if said.is_empty() {
        let most = binding().next().map(|own| own.sentence.as_str());
        return (false, most.into_iter().collect());
    }
    (true, said)
}

impl ComparisonReport {
    /// Where the plans are not of one kind: other times, another order of goals, levels of one of them only.
    pub fn notes(&self) -> Vec<String> {
        let comparison = &self.comparison;
        if comparison.is_beside_before() || comparison.pairs.is_empty() {
            return Vec::new();
        }
        let mut notes = Vec::new();
        if comparison.is_by_position() {
            let tells = |side: &[Moment]| side.iter().any(|moment| moment.span.is_some());
            let reason = if tells(&comparison.a) && tells(&comparison.b) {
                "No period of A is at the time of one of B"
            } else {
                "A plan does not tell when its periods are"
            };
            notes.push(format!("{reason}: they are compared in their order."));
        }
        for (letter, side) in [("A", &comparison.a), ("B", &comparison.b)] {
            if side.iter().all(|moment| moment.margins.is_empty()) {
                notes.push(format!(
                    "{letter} has no headroom.csv: headroom is not compared."
                ));
            }
        }
        let (a, b) = (levels(&comparison.a), levels(&comparison.b));
        if a.is_empty() || b.is_empty() {
            return notes;
        }
        let (of_a, of_b): (BTreeSet<_>, BTreeSet<_>) = (a.iter().collect(), b.iter().collect());
        let common = |side: &[String], other: &BTreeSet<&String>| -> Vec<String> {
            let own = side.iter().filter(|name| other.contains(name));
            own.cloned().collect()
        };
        if common(&a, &of_b) != common(&b, &of_a) {
            notes.push(
                "The goals of B stand in another order: levels are compared in the order of A."
                    .to_owned(),
            );
        }
        for (letter, side, other) in [("A", &a, &of_b), ("B", &b, &of_a)] {
            let own: Vec<String> = side
                .iter()
                .filter(|name| !other.contains(name))
                .map(|name| stage(name))
                .collect();
            if !own.is_empty() {
                let names: Vec<&str> = own.iter().map(String::as_str).collect();
                notes.push(format!(
                    "Only {letter} has a level for {}, which is not compared.",
                    listed(&names)
                ));
            }
        }
        notes
    }
}

/// Names of all levels, in their order.
fn levels(side: &[Moment]) -> Vec<String> {
    let mut known = BTreeSet::new();
    let stages = side.iter().flat_map(|moment| &moment.stages);
    stages
        .map(crate::plan_files::Stage::name)
        .filter(|name| known.insert(name.clone()))
        .collect()
}

impl ComparisonReport {
    /// Tenants below their promise, and both limits of the margin: words, A, B, change.
    pub fn whole(&self) -> Vec<[String; 4]> {
        let mut rows = Vec::new();
        if let Some([a, b]) = self.promises.as_ref().map(Promises::below) {
            let sign = if b < a { "−" } else { "+" };
            let change = match a.abs_diff(b) {
                0 => "0".to_owned(),
                change => format!("{sign}{change}"),
            };
            rows.push([
                "tenants below their promise".to_owned(),
                a.to_string(),
                b.to_string(),
                change,
            ]);
        }
        if self.margins.iter().any(Option::is_some) {
            rows.extend(self.margin_rows());
        }
        rows
    }

    fn margin_rows(&self) -> Vec<[String; 4]> {
        let sides = self.margins.each_ref().map(Option::as_ref);
        let row = |words: &str, lacking: &str, of: fn(&ErrorMargin) -> Option<f64>| {
            // What is less than nothing is told as what has to be given.
            let cell = |share: f64| {
                if share < 0.0 {
                    format!("none: {} {lacking}", numbers::short_percent_up(-share))
                } else {
                    numbers::headroom(share)
                }
            };
            let [a, b] = sides.map(|side| {
                side.map_or_else(
                    || "-".to_owned(),
                    |side| of(side).map_or_else(|| "any amount".to_owned(), cell),
                )
            });
            let change = sides[0]
                .and_then(of)
                .zip(sides[1].and_then(of))
                .map_or_else(String::new, |(a, b)| points(b - a));
            [words.to_owned(), a, b, change]
        };
        let words = |words: &str, of: &dyn Fn(&ErrorMargin) -> String| {
            let [a, b] = sides.map(|side| side.map_or_else(|| "-".to_owned(), of));
            [words.to_owned(), a, b, String::new()]
        };
        let mut rows = vec![
            row("all demand may be higher by", "too high", |margin| {
                margin
                    .demand_factor
                    .as_ref()
                    .map(|limit| limit.verified - 1.0)
            }),
            row("or all capacities lower by", "too low", |margin| {
                margin.capacity_error.as_ref().map(|limit| limit.verified)
            }),
        ];
        // That targets are met up to there goes without saying.
        let is_service = |margin: &&ErrorMargin| margin.holds == Holds::Service;
        if sides.iter().flatten().any(is_service) {
            rows.push(words("up to there", &|margin| {
                match margin.holds {
                    Holds::Targets => "targets are met",
                    Holds::Service => "all are served",
                }
                .to_owned()
            }));
        }
        rows.push(words("first short then", &|margin| {
            let first = margin.demand_factor.as_ref();
            first.map_or_else(|| "-".to_owned(), |limit| self.first_short(limit))
        }));
        rows
    }

    /// `Boydton, cpu`.
    fn first_short(&self, limit: &Limit) -> String {
        match (&limit.component, &limit.resource) {
            (Some(component), Some(resource)) => {
                format!("{}, {resource}", self.labels.name(component))
            }
            (Some(component), None) => self.labels.name(component).to_owned(),
            (None, _) => "the limit of moved users".to_owned(),
        }
    }

    /// Which tenants only one of the plans leaves below their promise.
    pub fn who_changes_side(&self) -> Vec<String> {
        let Some(promises) = &self.promises else {
            return Vec::new();
        };
        let mut sentences = Vec::new();
        for (side, letter) in [(0, "A"), (1, "B")] {
            let is_here = |own: &&BrokenPromise| own.changes_side() && own.is_below[side];
            let broken = promises.broken.iter().filter(is_here);
            let names: BTreeSet<&str> = broken.map(|own| own.tenant.as_str()).collect();
            let names: Vec<&str> = names.into_iter().collect();
            if names.is_empty() {
                continue;
            }
            let who = if names.len() > MOST_TENANTS {
                few(&names, MOST_TENANTS)
            } else {
                listed(&names)
            };
            sentences.push(format!("Below their promise only in {letter}: {who}."));
        }
        sentences
    }
}
