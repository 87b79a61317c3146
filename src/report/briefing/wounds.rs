//! The components at which undetected or unanswered faults affect users, a sentence for each.

use super::Briefing;
use crate::ids::ComponentId;
use crate::model::Phase;
use crate::plan::{BlindImpact, PeriodPlan, crosses};
use crate::report::grammar::{at_most, counted, listed, only_if};
use crate::report::numbers;
use crate::report::text::visible;
use crate::units::NOBODY;
use std::collections::BTreeMap;

const MOST_COMPONENTS: usize = 5;
const MOST_REGIONS: usize = 3;

/// A component at which users are affected while the plan does not count with it.
pub(in crate::report) struct Wound<'a> {
    pub(super) name: &'a str,
    pub(super) component: ComponentId,
    /// The period and row in which most users are affected.
    worst: (&'a PeriodPlan, &'a BlindImpact),
    /// Minutes until it is known, and those in which it is known and not answered.
    minutes: [f64; 2],
    affected: f64,
    excess: f64,
    user_minutes: f64,
}

impl Briefing<'_> {
    /// The affected components, worst first. Of the resources of a component the worst one counts.
    pub(in crate::report) fn wounds(&self) -> Vec<Wound<'_>> {
        let mut wounds: BTreeMap<ComponentId, Wound<'_>> = BTreeMap::new();
        for period in &self.plan.periods {
            for of_component in period.blind.chunk_by(|a, b| a.component == b.component) {
                let worst = of_component
                    .iter()
                    .filter(|affected| affected.users_affected > NOBODY)
                    .max_by(|a, b| {
                        a.users_excess
                            .total_cmp(&b.users_excess)
                            .then(a.users_affected.total_cmp(&b.users_affected))
                    });
                let Some(is_affected) = worst else { continue };
                let wound = wounds
                    .entry(is_affected.component)
                    .or_insert_with(|| Wound {
                        name: self.inventory.component_title(is_affected.component),
                        component: is_affected.component,
                        worst: (period, is_affected),
                        minutes: [0.0; 2],
                        affected: 0.0,
                        excess: 0.0,
                        user_minutes: 0.0,
                    });
                if is_affected.users_excess > wound.excess {
                    wound.worst = (period, is_affected);
                }
                let is_known = usize::from(is_affected.phase == Phase::Reacting);
                wound.minutes[is_known] += period.period.minutes();
                wound.affected = wound.affected.max(is_affected.users_affected);
                wound.excess = wound.excess.max(is_affected.users_excess);
                wound.user_minutes += is_affected.user_minutes;
            }
        }
        let mut wounds: Vec<Wound<'_>> = wounds.into_values().collect();
        wounds.sort_by(|a, b| {
            b.excess
                .total_cmp(&a.excess)
                .then(b.affected.total_cmp(&a.affected))
                .then(a.component.cmp(&b.component))
        });
        wounds
    }

    pub(in crate::report) fn blind(&self) -> Vec<String> {
        let wounds = self.wounds();
        let sentences = wounds.iter().map(|wound| self.wound(wound)).collect();
        at_most(sentences, MOST_COMPONENTS, |more| {
            format!("{more} more components are in blind.csv.")
        })
    }

    /// `Houston firewall, undetected for 72 minutes and detected but not answered for 5 minutes, has … left for a load of …:
    /// 60 users affected, …`
    fn wound(&self, wound: &Wound<'_>) -> String {
        let (period, affected) = wound.worst;
        let states = ["undetected", "detected but not answered"].into_iter();
        let states = states.zip(wound.minutes).filter(|(_, value)| *value > 0.0);
        let states = states.map(|(state, minutes)| {
            let minutes = counted(&numbers::amount(minutes), "minute");
            format!("{state} for {minutes}")
        });
        let states = states.collect::<Vec<_>>().join(" and ");
        let amounts = match (affected.amounts, affected.resource) {
            (Some([load, believed, left, _]), Some(resource)) => {
                let unit = &self.inventory.resources[resource.index()].unit;
                format!(
                    "has {} of {} left for a load of {}",
                    numbers::amount(left),
                    numbers::quantity(believed, unit),
                    numbers::amount(load)
                )
            }
            _ if affected.users_excess > NOBODY
                && affected.users_excess >= affected.users_affected =>
            {
                "carries nothing".to_owned()
            }
            _ => "fails in part".to_owned(),
        };
        let excess = only_if(wound.excess > NOBODY, || {
            let users = numbers::users_up(wound.excess);
            format!(", {}", counted(&users, "excess user"))
        });
        let regions = self.client_regions(period, wound.component);
        let from = only_if(!regions.is_empty(), || format!(" (most in {regions})"));
        let words = format!(
            "{}, {states}, {amounts}: {} affected{from}{excess}, {} affected user minutes.",
            wound.name,
            counted(&numbers::users_up(wound.affected), "user"),
            numbers::about(wound.user_minutes)
        );
        visible(&words).into_owned()
    }

    /// The client regions from which most users cross a component.
    fn client_regions(&self, period: &PeriodPlan, component: ComponentId) -> String {
        let mut users = vec![0.0; self.inventory.client_regions.len()];
        for flow in period.first_flows() {
            if crosses(self.inventory, &flow.path.links, component) {
                users[flow.group.client_region.index()] += flow.users;
            }
        }
        let mut ranked: Vec<usize> = (0..users.len())
            .filter(|&index| users[index] > NOBODY)
            .collect();
        ranked.sort_by(|&a, &b| users[b].total_cmp(&users[a]).then(a.cmp(&b)));
        let names: Vec<&str> = ranked
            .iter()
            .take(MOST_REGIONS)
            .map(|&index| self.inventory.client_regions[index].name.as_str())
            .collect();
        listed(&names)
    }
}
