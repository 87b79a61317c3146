//! The table of hour turns, and what summary.json says of them.

use super::rows::Writer;
use super::{instant, number};
use crate::model::{Inventory, Scenario};
use crate::plan::{HourTurn, PeriodPlan, Plan, Ramp};
use crate::plan_files::{HourTurnRow, HourTurnsSummary};
use crate::report::waves::Teller;

/// The number of a slice.
fn slice(position: usize) -> u32 {
    u32::try_from(position).expect("invariant: the hours have few slices")
}

impl Writer<'_> {
    /// `hour_turns.csv`
    pub(super) fn hour_turns(&self, scenario: &Scenario) -> Vec<HourTurnRow> {
        let turns = self.plan.hour_turns.iter();
        let rows = turns.flat_map(|turn| {
            let nobody = turn.ramp.is_empty().then_some(None);
            let ramp = turn.ramp.iter().map(Some).chain(nobody);
            ramp.map(|own| self.hour_turn(scenario, turn, own))
        });
        rows.collect()
    }

    fn hour_turn(&self, scenario: &Scenario, turn: &HourTurn, ramp: Option<&Ramp>) -> HourTurnRow {
        let [from_slice, to_slice] = turn.slices.map(slice);
        let schedule = turn.schedule;
        let busiest = ramp.and_then(|own| turn.busiest(own.component));
        let arrivals = ramp.map_or(0.0, |own| own.arrivals);
        HourTurnRow {
            period: number(&self.plan.periods[turn.period].period),
            at: instant(scenario, turn.at),
            from_slice,
            to_slice,
            start: schedule.map(|own| instant(scenario, own.start)),
            end: schedule.map(|own| instant(scenario, own.end)),
            share_ahead: schedule.map(|_| 1.0),
            component: ramp.map(|own| self.inventory.component_name(own.component).to_owned()),
            arrivals,
            arrivals_per_second: busiest.map(|own| own[0]),
            background_per_second: busiest.map(|own| own[1]),
            accepts_per_second: ramp.map(|own| own.accepts),
            smallest_window_seconds: ramp
                .and_then(|own| own.window)
                .filter(|_| schedule.is_some()),
            queue_at_once: arrivals,
        }
    }
}

/// What summary.json says of the hour turns of a period; `None` where there are none.
pub(super) fn of_period(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    period: &PeriodPlan,
) -> Option<HourTurnsSummary> {
    let turns = plan.hour_turns.iter();
    let own: Vec<&HourTurn> = turns
        .filter(|own| own.period == period.period.index)
        .collect();
    let teller = Teller {
        inventory,
        scenario,
        plan,
    };
    let refused = teller.refused_turns(own.iter().copied());
    (!own.is_empty()).then(|| HourTurnsSummary {
        count: own.len() as u64,
        refused: (!refused.is_empty()).then(|| refused.join("; ")),
        remedies: teller.remedies_of_turns(own.iter().copied()),
    })
}
