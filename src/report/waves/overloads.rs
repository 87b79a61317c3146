//! What is above its capacity before a way is gone, until when, and that its waves add nothing to it.

use super::words::Teller;
use crate::ids::{ComponentId, ResourceId};
use crate::plan::{Fullness, Overloaded, Transition, Wave};
use crate::report::numbers;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is told one by one, the fullest first.
const MOST: usize = 6;

/// The waves that begin while something is above its capacity: the first and the last of them.
type Between<'t> = (&'t Wave, &'t Wave);

impl Teller<'_> {
    /// What a fault has left too little of when the waves of a way begin, how full it is, and until when.
    pub(super) fn write_overloads(&self, transition: &Transition, text: &mut String) {
        let mut all: BTreeMap<(ComponentId, ResourceId), Between<'_>> = BTreeMap::new();
        for wave in &transition.waves {
            for own in &wave.overloaded {
                let key = (own.full.component, own.full.resource);
                all.entry(key).or_insert((wave, wave)).1 = wave;
            }
        }
        let told = all
            .into_iter()
            .filter_map(|(key, (first, last))| Some((of(first, key)?, last, of(last, key)?)));
        let mut told: Vec<_> = told.collect();
        told.sort_by(|a, b| share(&b.0.full).total_cmp(&share(&a.0.full)));
        if told.is_empty() {
            return;
        }
        // Each wave keeps to the busiest of the hours that it meets.
        let busiest = if self.follows_hours() {
            ", at the demand of the busiest hour that each wave meets"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "**Above its capacity already when the waves begin{busiest}.** No part of a wave adds to it, and it alone is no reason to stop:"
        );
        let others = told.len().saturating_sub(MOST);
        for (begun, last, ended) in told.into_iter().take(MOST) {
            let _ = writeln!(
                text,
                "- {}, {}",
                self.begun(begun),
                self.ended(last, &ended.full)
            );
        }
        if others > 0 {
            let _ = writeln!(text, "- and {} more", numbers::users(others as f64));
        }
    }

    /// How full something is before anybody of a wave has moved, and from when on.
    fn begun(&self, Overloaded { from, full: own }: &Overloaded) -> String {
        let resource = &self.inventory.resources[own.resource.index()];
        let name = self.component_by_hand(own.component);
        let at = self.clock().second(*from);
        let at = if self.follows_hours() {
            format!("at most from {at} on")
        } else {
            format!("at {at}")
        };
        if own.capacity > 0.0 {
            let share = numbers::utilization(own.begun_load / own.capacity);
            format!("{} of {name} is used to {share} {at}", resource.id)
        } else {
            let load = numbers::quantity(own.begun_load, &resource.unit);
            format!(
                "{} of {name}, of which nothing is left, carries {load} {at}",
                resource.id
            )
        }
    }

    /// `true` if demand is not the same at all hours.
    fn follows_hours(&self) -> bool {
        self.plan.before.case.hours.slice_count() > 1
    }

    /// Until when it is above its capacity: after which wave it is not any more, or that it still is.
    fn ended(&self, wave: &Wave, own: &Fullness) -> String {
        let at = self.clock().second(wave.end);
        let number = wave.number;
        if own.capacity <= 0.0 {
            let unit = &self.inventory.resources[own.resource.index()].unit;
            let load = numbers::quantity(own.stop_load, unit);
            return format!("and {load} at {at}, after wave {number}");
        }
        let share = numbers::utilization(own.stop_load / own.capacity);
        if numbers::is_above(own.stop_load / own.capacity) {
            format!(
                "and **still to {share}** at {at}, after wave {number}: these waves do not bring it down to its capacity"
            )
        } else {
            format!("and to {share} from {at} on, after wave {number}")
        }
    }

    /// How full something may be in a wave and has to be at its end, as its gate says it.
    pub(super) fn seen(&self, wave: &Wave, own: &Fullness) -> String {
        let resource = &self.inventory.resources[own.resource.index()];
        let name = self.component_by_hand(own.component);
        let share = |load: f64| numbers::utilization_at_most(load / own.capacity);
        let [begun, most] = [own.begun_load, own.load].map(share);
        let stop = used_now(wave, own).unwrap_or_else(|| share(own.stop_load));
        // While steering turns away from it, it still carries what it did.
        if own.begun_load > own.load && begun != most && wave.turned > wave.start {
            format!(
                "{} of {name} is used to {begun} when the wave begins, to {most} at most once steering has turned, and to {stop} at its end",
                resource.id
            )
        } else {
            format!(
                "{} of {name} is used to {most} at most meanwhile, and to {stop} at its end",
                resource.id
            )
        }
    }
}

/// How much of it is used at the end of a wave, while its gate is watched: the most under what holds then, which may be less than
/// a wave has to keep to. `None` where nothing is left of it then.
fn used_now(wave: &Wave, full: &Fullness) -> Option<String> {
    let loads = wave.standing.iter().flat_map(|holds| &holds.loads);
    let its = loads.filter(|at| (at.component, at.resource) == (full.component, full.resource));
    let shares = its
        .filter(|carries| carries.capacity > 0.0)
        .map(|carries| carries.load / carries.capacity);
    shares.reduce(f64::max).map(numbers::utilization_at_most)
}

fn of(wave: &Wave, key: (ComponentId, ResourceId)) -> Option<&Overloaded> {
    let mut all = wave.overloaded.iter();
    all.find(|own| (own.full.component, own.full.resource) == key)
}

/// Load ÷ capacity when a wave begins.
fn share(own: &Fullness) -> f64 {
    own.begun_load / own.capacity
}
