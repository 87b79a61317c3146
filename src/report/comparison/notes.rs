//! What a reader must know before comparing the numbers.

use super::text::Told;
use super::words::stage;
use crate::plan::compare::Moment;
use crate::report::grammar::listed;
use std::collections::BTreeSet;

impl Told {
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
