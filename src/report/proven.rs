//! The bounds that the referee recomputed from certificate.json, as a table and in a sentence.

use super::document::{Block, Cell, Document, Listing};
use super::grammar::counted_with;
use super::numbers;
use super::table::wrapped;
use crate::plan::check::{Proven, ProvenLevel};
use crate::units::FEASIBILITY;

/// Proven bound, best value and value of the plan, level by level; levels with only zeros are counted, not listed.
///
/// ```
/// use plimsoll::plan::check::{Proven, ProvenLevel};
/// let level = |name: &str, value: f64| ProvenLevel {
///     period: 0,
///     position: 0,
///     name: name.to_owned(),
///     value,
///     plan: Some(value),
///     bound: value,
/// };
/// let levels = vec![level("unserved gold", 0.0), level("moves moved", 60.0)];
/// let proven = Proven { levels, why_not: None };
/// assert_eq!(plimsoll::report::proven::text(&proven, None), "\
/// period  goal         proven  best  this plan   gap
/// --------------------------------------------------
///      0  moves moved      60    60         60  1e-9
/// Recomputed from certificate.json: no plan has less than is proven, goal by goal.
/// 1 more level is 0, and cannot be less.
/// ");
/// ```
pub fn text(proven: &Proven, width: Option<u16>) -> String {
    let Some(worst) = proven.worst_gap() else {
        let why = proven
            .why_not
            .unwrap_or("certificate.json is not of this plan");
        return wrapped(&format!("Nothing is proven: {why}."), width);
    };
    let (shown, nothing): (Vec<&ProvenLevel>, Vec<&ProvenLevel>) =
        proven.levels.iter().partition(|level| {
            let numbers = [level.value, level.plan.unwrap_or(0.0), level.gap()];
            numbers.iter().any(|number| *number > FEASIBILITY)
        });
    let amount = |value: f64| numbers::amount(value);
    let table = Listing::of(shown)
        .number("period", |proven_level| proven_level.period.to_string())
        .words("goal", |proven_level| proven_level.name.replace('_', " "))
        .number("proven", |proven_level| {
            bound_and_value(proven_level)[0].clone()
        })
        .number("best", |proven_level| {
            bound_and_value(proven_level)[1].clone()
        })
        .number("this plan", |proven_level| {
            Cell::maybe(proven_level.plan, amount)
        })
        .number("gap", |proven_level| within(proven_level.gap()))
        .plain();
    let sentence = if worst > FEASIBILITY {
        "Recomputed from certificate.json: not every level is proven."
    } else {
        "Recomputed from certificate.json: no plan has less than is proven, goal by goal."
    };
    let more = (!nothing.is_empty()).then(|| {
        let are = counted_with(&nothing.len().to_string(), "more level", ["is", "are"]);
        format!("{are} 0, and cannot be less.")
    });
    let said = [sentence.to_owned()].into_iter().chain(more);
    Document::of([vec![Block::Table(table), Block::sentences(said)]]).text(width)
}

/// Bound and value of a level, with the digits that show a gap that counts.
fn bound_and_value(level: &ProvenLevel) -> [String; 2] {
    let both = [level.bound, level.value];
    if level.gap() > FEASIBILITY {
        numbers::apart(both)
    } else {
        both.map(numbers::amount)
    }
}

/// The power of ten at or above a small number, a billionth at least; a larger one in percent.
///
/// ```
/// use plimsoll::report::proven::within;
/// assert_eq!(within(4e-13), "1e-9");
/// assert_eq!(within(2e-8), "1e-7");
/// assert_eq!(within(0.25), "25.0 %");
/// assert_eq!(within(0.000_02), "0.002 %"); // and not "0.0 %"
/// ```
pub fn within(number: f64) -> String {
    let powers = [1e-9, 1e-8, 1e-7, 1e-6];
    let least = powers.into_iter().find(|power| number <= *power);
    least.map_or_else(
        || match numbers::percent(number) {
            shown if shown == "0.0 %" => format!("{} %", numbers::amount(number * 100.0)),
            shown => shown,
        },
        |power| format!("{power:e}"),
    )
}
