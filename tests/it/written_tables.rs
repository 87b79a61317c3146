//! The written tables of a plan as texts by column, for tests that read them as another program would.

use crate::levels::planned;
use crate::tables::Cells;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::changes;
use plimsoll::report::written::tables;
use std::collections::BTreeMap;

/// A row: text by column.
pub(crate) type TextRow = BTreeMap<String, String>;

/// The number in a cell; 0 for a blank one.
pub(crate) fn number(row: &TextRow, column: &str) -> f64 {
    let text = &row[column];
    if text.is_empty() {
        return 0.0;
    }
    text.parse()
        .unwrap_or_else(|error| panic!("{column} {text:?}: {error}"))
}

/// The rows of a text.
pub(crate) fn rows(text: &str) -> Vec<TextRow> {
    let cells = Cells::of(text);
    let rows = cells.rows.iter().map(|row| {
        let named = cells.header.iter().cloned().zip(row.iter().cloned());
        named.collect()
    });
    rows.collect()
}

/// The tables of an inventory and of the plan of a scenario, by file name; those of the plan begin with `plan/`.
pub(crate) struct Tables {
    of: BTreeMap<String, Vec<TextRow>>,
    /// Minutes of each period.
    pub(crate) minutes: Vec<f64>,
}

impl Tables {
    /// Plans and writes.
    pub(crate) fn new(
        files: &[(String, String)],
        inventory: &Inventory,
        scenario: &Scenario,
    ) -> Self {
        let plan = planned(inventory, scenario);
        let mut of: BTreeMap<String, Vec<TextRow>> = files
            .iter()
            .map(|(name, text)| (name.clone(), rows(text)))
            .collect();
        for file in tables(
            inventory,
            scenario,
            &plan,
            &changes(inventory, scenario, &plan),
        )
        .expect("the plan can be written")
        {
            let text = String::from_utf8(file.bytes).expect("text is written");
            of.insert(format!("plan/{}", file.name), rows(&text));
        }
        let periods = plan.periods.iter();
        Self {
            of,
            minutes: periods
                .map(|period_plan| period_plan.period.minutes())
                .collect(),
        }
    }

    /// The rows of a file; none if it is absent.
    pub(crate) fn rows(&self, file: &str) -> &[TextRow] {
        self.of.get(file).map_or(&[], Vec::as_slice)
    }

    /// The rows of one period.
    pub(crate) fn of_period(&self, file: &str, period: usize) -> impl Iterator<Item = &TextRow> {
        let rows = self.rows(file).iter();
        rows.filter(move |row| row["period"] == period.to_string())
    }
}
