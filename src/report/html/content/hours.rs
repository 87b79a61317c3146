//! Where steering turns between the hours of a period, one row each.

use super::Told;
use crate::plan::{HourTurn, PeriodPlan};
use crate::report::document::{Cell, Listing, Table};
use crate::report::numbers;
use crate::report::waves::Teller;

/// Hours of one period that are told one by one.
const MOST: usize = 40;

impl Told<'_> {
    /// The hour turns of a period, in their order.
    pub(super) fn hour_turns_of(&self, period: &PeriodPlan) -> Table {
        let index = period.period.index;
        let turns = self.briefing.plan.hour_turns.iter();
        let turns: Vec<&HourTurn> = turns.filter(|own| own.period == index).collect();
        let left_out = turns.len().saturating_sub(MOST);
        let more = if left_out > 0 {
            format!("{left_out} later hours are in hour_turns.csv. ")
        } else {
            String::new()
        };
        let inventory = self.briefing.inventory;
        let teller = Teller {
            inventory,
            scenario: self.briefing.scenario,
            plan: self.briefing.plan,
        };
        Listing::of(turns.into_iter().take(MOST))
            .words("hour", |turn| teller.clock().moment(turn.at))
            .words("weights turn", |turn| {
                Teller::beside_the_hour(turn).unwrap_or_else(|| "refused".to_owned())
            })
            .words("through", |turn| match Teller::slowest_gate(turn) {
                Some(own) => Cell::words(inventory.component_title(own.component)),
                None => Cell::none(),
            })
            .number("users", |turn| {
                Cell::users(Teller::slowest_gate(turn).map_or(0.0, |own| own.arrivals))
            })
            .number("new sessions a second", |turn| {
                let most = Teller::slowest_gate(turn).and_then(|own| turn.busiest(own.component));
                Cell::maybe(most.map(|own| own.iter().sum()), numbers::amount)
            })
            .number("accepts a second", |turn| {
                Cell::maybe(Teller::slowest_gate(turn).map(|own| own.accepts), numbers::amount)
            })
            .table(format!("hours-{index}"), "Steering by the hour")
            .noted(format!(
                "{more}Weights are in steering.csv, by slice; of what users newly connect through, the one that takes longest is named."
            ))
    }
}
