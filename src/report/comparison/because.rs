//! What binds where the worse plan falls behind, in the words of its own explanations.

use super::text::Told;
use crate::plan::compare::Pair;
use crate::plan_files::explanations::Explanations;
use std::cmp::Ordering;

/// Most sentences that are quoted.
const QUOTED: usize = 2;

impl Told {
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
    let said: Vec<&str> = cuts.chain(at_the_level).take(QUOTED).collect();
    if said.is_empty() {
        let most = binding().next().map(|own| own.sentence.as_str());
        return (false, most.into_iter().collect());
    }
    (true, said)
}
