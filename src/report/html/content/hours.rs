//! Where steering turns between the hours of a period, one row each.

use super::super::table::{Cell, DataTable, Heading, Row};
use super::told::Told;
use crate::plan::{HourTurn, PeriodPlan};
use crate::report::numbers;
use crate::report::waves::Teller;

/// Hours of one period that are told one by one.
const MOST: usize = 40;

impl Told<'_> {
    /// The hour turns of a period, in their order.
    pub(super) fn hour_turns_of(&self, period: &PeriodPlan) -> Option<DataTable> {
        let index = period.period.index;
        let turns = self.briefing.plan.hour_turns.iter();
        let turns: Vec<&HourTurn> = turns.filter(|own| own.period == index).collect();
        let rows: Vec<Row> = turns
            .iter()
            .take(MOST)
            .map(|turn| Row {
                id: None,
                cells: self.cells_of_turn(turn),
            })
            .collect();
        let left_out = turns.len() - rows.len();
        let more = if left_out > 0 {
            format!("{left_out} later hours are in hour_turns.csv. ")
        } else {
            String::new()
        };
        (!rows.is_empty()).then(|| DataTable {
            id: format!("hours-{index}"),
            caption: "Steering by the hour".to_owned(),
            note: format!(
                "{more}Weights are in steering.csv, by slice; of what users newly connect through, the one that takes longest is named."
            ),
            columns: vec![
                Heading::words("hour"),
                Heading::words("weights turn"),
                Heading::words("through"),
                Heading::number("users"),
                Heading::number("new sessions a second"),
                Heading::number("accepts a second"),
            ],
            rows,
            ..DataTable::default()
        })
    }

    fn cells_of_turn(&self, turn: &HourTurn) -> Vec<Cell> {
        let inventory = self.briefing.inventory;
        let teller = Teller {
            inventory,
            scenario: self.briefing.scenario,
            plan: self.briefing.plan,
        };
        let when = Teller::beside_the_hour(turn);
        let slowest = Teller::slowest_gate(turn);
        let most = slowest.and_then(|own| turn.busiest(own.component));
        let most = most.map(|[coming, normal]| coming + normal);
        let amount = |value: f64| numbers::amount(value);
        vec![
            Cell::words(&teller.clock().moment(turn.at)),
            Cell::words(when.as_deref().unwrap_or("refused")),
            Cell::words(slowest.map_or("–", |own| inventory.component_title(own.component))),
            Cell::users(slowest.map_or(0.0, |own| own.arrivals)),
            Cell::maybe(most, amount),
            Cell::maybe(slowest.map(|own| own.accepts), amount),
        ]
    }
}
