//! The plans as a whole: how far their inputs may be off, and whose promise they break.

use super::text::{Told, points};
use crate::plan::compare::{BrokenPromise, Promises};
use crate::plan_files::{ErrorMargin, Holds, Limit};
use crate::report::grammar::{few, listed};
use crate::report::numbers;
use std::collections::BTreeSet;

/// Most tenants that are named in a sentence.
const NAMED: usize = 4;

impl Told {
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
            let who = if names.len() > NAMED {
                few(&names, NAMED)
            } else {
                listed(&names)
            };
            sentences.push(format!("Below their promise only in {letter}: {who}."));
        }
        sentences
    }
}
