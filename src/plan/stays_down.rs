//! Stays down: users who are down until the scenario ends because the plan knowingly keeps what loses part of its work.

use super::plan::Plan;
use crate::ids::ComponentId;
use crate::model::{EventKind, Phase, Scenario};
use crate::scenario::{Knowledge, in_force};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Fewer users count as none.
const NOT_ONE: f64 = 0.5;

/// Users who stay down although the fault is known: no step of the plan ends it.
#[derive(Debug, Clone, PartialEq)]
pub struct StaysDown {
    /// How many at once, at most, by the plan's own replay.
    pub users: f64,
    /// From when on the fault is known.
    pub from: Timestamp,
    /// The components, ascending, each with the share of its work that is lost.
    pub lossy: Vec<(ComponentId, f64)>,
}

impl Plan {
    /// Users who are down until the scenario ends at components that the plan keeps in service and knows to lose work; `None`
    /// where there are none, and where the plan was not played to its end.
    pub fn stays_down(&self, scenario: &Scenario) -> Option<StaysDown> {
        let last = self.periods.last()?;
        let replayed = self.replayed.as_ref()?;
        let of_last = replayed.periods.last()?;
        let is_until_end = of_last.down_until.is_some_and(|at| at >= scenario.end);
        let is_named = of_last.named_minutes > NOT_ONE && of_last.most_users >= NOT_ONE;
        if last.period.phase != Phase::Known || !is_until_end || !is_named {
            return None;
        }
        let mut lossy: BTreeMap<ComponentId, f64> = BTreeMap::new();
        let mut from: Option<Timestamp> = None;
        for event in &scenario.events {
            let at = last.period.start;
            let Some(known) = in_force(event, scenario, at, Knowledge::Believed) else {
                continue;
            };
            let EventKind::Gray(reduction) = &known.kind else {
                continue;
            };
            let kept = reduction.components.iter();
            let kept = kept.filter(|component| last.crossing_within(component.index()) > NOT_ONE);
            for component in kept.filter(|_| reduction.loss > 0.0) {
                let known = lossy.entry(*component).or_insert(0.0);
                *known = 1.0 - (1.0 - *known) * (1.0 - reduction.loss);
                let begins = event.detected.max(event.start);
                from = Some(from.map_or(begins, |instant| instant.min(begins)));
            }
        }
        Some(StaysDown {
            users: of_last.most_users,
            from: from?,
            lossy: lossy.into_iter().collect(),
        })
    }
}
