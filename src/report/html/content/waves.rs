//! The waves that lead to a period, one row each: what runbook.md says at length.

use super::Told;
use crate::plan::{Fullness, PeriodPlan, Transition, Wave};
use crate::report::document::{Cell, Listing, Table};
use crate::report::numbers;
use crate::report::waves::{Teller, duration, from_to};

/// Waves of one period that are told one by one.
const MOST: usize = 40;

/// Ways between sites of one wave that are told one by one.
const MOST_WAYS: usize = 4;

impl Told<'_> {
    /// The waves that lead to a period, in their order.
    pub(super) fn waves_of(&self, period: &PeriodPlan) -> Table {
        let index = period.period.index;
        let transitions = self.briefing.plan.transitions.iter();
        let waves: Vec<(&Transition, &Wave)> = transitions
            .filter(|own| own.period == index)
            .flat_map(|own| own.waves.iter().map(move |wave| (own, wave)))
            .collect();
        let left_out = waves.len().saturating_sub(MOST);
        let more = if left_out > 0 {
            format!("{left_out} later waves are in waves.csv. ")
        } else {
            String::new()
        };
        let note = if waves.iter().any(|(own, _)| own.refusal.is_some()) {
            format!("{more}How it would go: it is refused, do not begin it.")
        } else {
            format!("{more}What to do in each is in runbook.md.")
        };
        let (inventory, scenario) = (self.briefing.inventory, self.briefing.scenario);
        let teller = Teller {
            inventory,
            scenario,
            plan: self.briefing.plan,
        };
        let gate = scenario.waves.gate_minutes * 60.0;
        let watch = if gate > 0.0 {
            format!("watch for {}", duration(gate))
        } else {
            "check".to_owned()
        };
        Listing::of(waves.into_iter().take(MOST))
            .number("wave", |(_, wave)| {
                Cell::number(wave.number.to_string(), f64::from(wave.number))
            })
            .words("when", |(transition, wave)| {
                let length = wave.end.duration_since(wave.start).as_secs_f64();
                // What is not to be begun has no time to begin at.
                match transition.refusal {
                    Some(_) => Cell::none(),
                    None => Cell::words(&teller.clock().stretch(wave.start, wave.end)),
                }
                .detailed(&duration(length))
            })
            .number("users", |(_, wave)| {
                Cell::users(wave.sites.iter().map(|own| own.users_in).sum())
            })
            .words("from and to", |(transition, wave)| {
                self.ways_of(period, transition, wave)
            })
            .words("fullest", |(_, wave)| match wave.fullest.first() {
                Some(own) => Cell::words(inventory.component_title(own.component))
                    .detailed(&inventory.resources[own.resource.index()].id),
                None => Cell::none(),
            })
            .number("utilization", |(_, wave)| {
                let fullest = wave.fullest.first();
                let share = fullest.and_then(Fullness::utilization);
                Cell::maybe(share, numbers::utilization)
            })
            .words("gate", |(transition, wave)| {
                let stop = teller.not_to_stop(transition, wave);
                Cell::words(&watch).detailed(&stop.unwrap_or_default())
            })
            .table(format!("waves-{index}"), "Wave by wave")
            .noted(note)
    }

    /// From where to where users go in a wave.
    fn ways_of(&self, period: &PeriodPlan, transition: &Transition, wave: &Wave) -> String {
        let ways = from_to(self.briefing.inventory, period, wave);
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
        told.join("; ")
    }
}
