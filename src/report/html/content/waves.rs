//! The waves that lead to a period, one row each: what runbook.md says at length.

use super::super::table::{Cell, DataTable, Heading, Row};
use super::told::Told;
use crate::plan::{Fullness, PeriodPlan, Transition, Wave};
use crate::report::numbers;
use crate::report::waves::{Teller, duration, from_to};

/// Waves of one period that are told one by one.
const MOST: usize = 40;

/// Ways between sites of one wave that are told one by one.
const MOST_WAYS: usize = 4;

impl Told<'_> {
    /// The waves that lead to a period, in their order.
    pub(super) fn waves_of(&self, period: &PeriodPlan) -> Option<DataTable> {
        let index = period.period.index;
        let transitions = self.briefing.plan.transitions.iter();
        let waves: Vec<(&Transition, &Wave)> = transitions
            .filter(|own| own.period == index)
            .flat_map(|own| own.waves.iter().map(move |wave| (own, wave)))
            .collect();
        let rows = waves.iter().take(MOST);
        let rows: Vec<Row> = rows
            .map(|(transition, wave)| Row {
                id: None,
                cells: self.cells_of(period, transition, wave),
            })
            .collect();
        let left_out = waves.len() - rows.len();
        let more = if left_out > 0 {
            format!("{left_out} later waves are in waves.csv. ")
        } else {
            String::new()
        };
        (!rows.is_empty()).then(|| DataTable {
            id: format!("waves-{index}"),
            caption: "Wave by wave".to_owned(),
            note: if waves.iter().any(|(own, _)| own.refusal.is_some()) {
                format!("{more}How it would go: it is refused, do not begin it.")
            } else {
                format!("{more}What to do in each is in runbook.md.")
            },
            columns: vec![
                Heading::number("wave"),
                Heading::words("when"),
                Heading::number("users"),
                Heading::words("from and to"),
                Heading::words("fullest"),
                Heading::number("utilization"),
                Heading::words("gate"),
            ],
            rows,
            ..DataTable::default()
        })
    }

    fn cells_of(&self, period: &PeriodPlan, transition: &Transition, wave: &Wave) -> Vec<Cell> {
        let (inventory, scenario) = (self.briefing.inventory, self.briefing.scenario);
        let length = wave.end.duration_since(wave.start).as_secs_f64();
        let ways = from_to(inventory, period, wave);
        let users: f64 = wave.sites.iter().map(|own| own.users_in).sum();
        let mut told: Vec<String> = ways.iter().take(MOST_WAYS).cloned().collect();
        if ways.len() > MOST_WAYS {
            told.push(format!("{} more", ways.len() - MOST_WAYS));
        }
        if transition.restored > 0.0 {
            let share = numbers::amount(wave.restored_share * 100.0);
            told.push(format!("{share} % of those back who were not served"));
        }
        if told.is_empty() {
            told.push("steering only".to_owned());
        }
        let gate = scenario.waves.gate_minutes * 60.0;
        let watch = if gate > 0.0 {
            format!("watch for {}", duration(gate))
        } else {
            "check".to_owned()
        };
        let teller = Teller {
            inventory,
            scenario,
            plan: self.briefing.plan,
        };
        let clock = teller.clock();
        let stop = teller.not_to_stop(transition, wave).unwrap_or_default();
        let fullest = wave.fullest.first();
        let fullness = fullest.and_then(Fullness::utilization);
        let where_fullest = fullest.map_or_else(
            || Cell::words("–"),
            |own| {
                Cell::words(inventory.component_title(own.component))
                    .detailed(&inventory.resources[own.resource.index()].id)
            },
        );
        vec![
            Cell::number(wave.number.to_string(), f64::from(wave.number)),
            // What is not to be begun has no time to begin at.
            match transition.refusal {
                Some(_) => Cell::words("–"),
                None => Cell::words(&clock.stretch(wave.start, wave.end)),
            }
            .detailed(&duration(length)),
            Cell::users(users),
            Cell::words(&told.join("; ")),
            where_fullest,
            fullness.map_or_else(
                || Cell::words("–"),
                |share| Cell::number(numbers::utilization(share), share),
            ),
            Cell::words(&watch).detailed(&stop),
        ]
    }
}
