//! Why dates move, as far as the files of two runways show, and the first thing to do.

use super::RunwaysReport;
use super::names::{fails_in, spoken};
use super::words::rank;
use crate::model::Band;
use crate::plan::compare::{ChangedCapacity, DateChange, RowDifference};
use crate::report::grammar::{at_most, count};
use crate::report::numbers::amount;
use crate::report::text::visible;

/// Capacities that have a sentence.
const MOST_CAPACITIES: usize = 4;

impl RunwaysReport {
    /// What changed: inventory and scenario, and capacities on the sampled days.
    pub fn why(&self) -> Vec<String> {
        let [a, b] = self.sides().map(|side| &side.summary.inputs);
        let is_any_unknown = a.is_unknown() || b.is_unknown();
        let inputs = match (a.inventory == b.inventory, a.scenario == b.scenario) {
            _ if is_any_unknown => "The inputs of a runway are not known.",
            (true, true) => "Inventory and scenario are the same.",
            (true, false) => "The inventory is the same; the scenario differs.",
            (false, true) => "The inventory differs; the scenario is the same.",
            (false, false) => "Inventory and scenario differ.",
        };
        let mut why = vec![inputs.to_owned()];
        let changed = self.comparison.capacities.iter().map(capacity);
        let changed = at_most(changed.collect(), MOST_CAPACITIES, |more| {
            let more = count(more, "more component");
            format!("Another capacity has {more}; comparison.json has all.")
        });
        let is_other_inventory = !is_any_unknown && a.inventory != b.inventory;
        if is_other_inventory && changed.is_empty() {
            why.push(
                "No capacity differs on the sampled days: users, demands or rules do.".to_owned(),
            );
        }
        why.extend(changed);
        why
    }

    /// The first thing to do.
    pub fn first_to_do(&self) -> String {
        let comparison = &self.comparison;
        if let Some(case) = comparison
            .trapped
            .first()
            .filter(|case| case.sides[1] > case.sides[0])
        {
            let failing = visible(&case.key).into_owned();
            return if failing.is_empty() {
                "First: give the trapped users of B a permitted site.".to_owned()
            } else {
                format!("First: add copies or permitted sites in B for the failure of {failing}.")
            };
        }
        if let Some(worst) = self.worst() {
            return Self::act(worst, true);
        }
        let [a, b] = self.sides();
        let Some(main) = self.main_row() else {
            return "First: run both again with the same options; no row is in both.".to_owned();
        };
        match main.change {
            DateChange::OnlyIn(_) | DateChange::NotComparable if !comparison.has_one_question() => {
                format!(
                    "First: run one again with the same `--over` and `--failures` ({} in A, {} in B).",
                    fails_in(a),
                    fails_in(b)
                )
            }
            DateChange::OnlyIn(_) | DateChange::NotComparable => format!(
                "First: run both with the same days (`--until {}`).",
                a.until.max(b.until)
            ),
            DateChange::Days(..) if !self.is_any_moved() => {
                "First: nothing. No date moves from A to B.".to_owned()
            }
            DateChange::Days(..) => Self::act(main, false),
        }
    }

    /// Of the expected rows that lose days, that of the first condition that a reader asks about, and of these the one that loses
    /// most; without one of any end of the forecast.
    fn worst(&self) -> Option<&RowDifference> {
        let rows = self.comparison.rows.iter();
        let lost = rows.filter(|row| row.change.is_earlier());
        lost.min_by_key(|row| {
            let key = &row.of.key;
            (
                key.band != Band::Expected,
                rank(key.condition),
                row.change.days(),
            )
        })
    }

    fn is_any_moved(&self) -> bool {
        let comparison = &self.comparison;
        let mut rows = comparison.rows.iter();
        rows.any(|row| row.change != DateChange::Days(0, false))
            || !comparison.components.is_empty()
    }

    /// What to do about a row of the second.
    fn act(row: &RowDifference, is_loss: bool) -> String {
        let dates = row.of.sides[1].as_ref();
        let date = dates.and_then(|dates| dates.fails_from);
        let Some((dates, date)) = dates.zip(date) else {
            return "First: nothing. B holds up to its last day.".to_owned();
        };
        let of = dates
            .row
            .component
            .as_ref()
            .zip(dates.row.resource.as_ref());
        let add = match of {
            Some((component, resource)) => {
                let [component, resource] = [component, resource].map(|text| visible(text));
                format!("order {resource} for {component}")
            }
            None => "add capacity".to_owned(),
        };
        let keep = if is_loss { ", or keep what A has" } else { "" };
        format!("First: {add}, in service by {}{keep}.", spoken(date))
    }
}

/// `b has 113 instead of 100 vCPU of cpu on 28 Dec 2026.`
fn capacity(changed: &ChangedCapacity) -> String {
    let [component, resource, unit] =
        [&changed.component, &changed.resource, &changed.unit].map(|text| visible(text));
    let date = spoken(changed.date);
    match changed.sides {
        [Some(a), Some(b)] => {
            let [a, b] = crate::report::numbers::apart([a, b]);
            format!("On {date} {component} has {b} {unit} of {resource} in B, {a} in A.")
        }
        [Some(a), None] => {
            format!(
                "On {date} {component} has {} {unit} of {resource} in A, and no limit or component of that name in B.",
                amount(a)
            )
        }
        [None, Some(b)] => {
            format!(
                "On {date} {component} has {} {unit} of {resource} in B, and no limit or component of that name in A.",
                amount(b)
            )
        }
        [None, None] => String::new(),
    }
}
