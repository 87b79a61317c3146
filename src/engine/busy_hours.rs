//! Busy hours, when users of a period demand most of what they pass; and users that a plan names to wait for waves.

use super::replay::{Passed, hops};
use crate::graph::Network;
use crate::ids::{ClientRegionId, ComponentId};
use crate::model::Inventory;
use crate::plan::{Flow, PeriodPlan};
use crate::scenario::{even_spans, hours_between};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// An hour of a period: what users demand then, whatever hours it is planned for.
pub(super) struct BusyHour {
    pub(super) start: Timestamp,
    /// By component: the highest use of anything that users who pass it pass, and how many of them are there.
    passed: Vec<[f64; 2]>,
}

impl BusyHour {
    /// The highest use of anything that users who pass any of these pass, and how many of them there are.
    pub(super) fn at(&self, components: &[ComponentId]) -> [f64; 2] {
        let each = components
            .iter()
            .map(|component| self.passed[component.index()]);
        each.fold([0.0; 2], |sum, values| {
            [f64::max(sum[0], values[0]), sum[1] + values[1]]
        })
    }
}

/// Hours with the same steering and the same demand, then and until what begins in them is over, are one: the first of them.
pub(super) fn busy_hours(
    inventory: &Inventory,
    network: &Network,
    (period, lasts): (&PeriodPlan, impl Fn(Timestamp) -> Timestamp),
) -> Vec<BusyHour> {
    let by_slice = (0..period.load_by_slice.len()).map(|slice| used(inventory, period, slice));
    let by_slice: Vec<Vec<f64>> = by_slice.collect();
    let components = |flow: &Flow| -> Vec<ComponentId> {
        let hops = hops(inventory, network, &flow.path);
        hops.into_iter().flat_map(|hop| hop.1).collect()
    };
    let flows = period.flows.iter().map(|flow| (flow, components(flow)));
    let flows: Vec<(&Flow, Vec<ComponentId>)> = flows.collect();
    let planned = &period.case.hours;
    let mut seen: BTreeSet<(usize, Vec<u64>)> = BTreeSet::new();
    let mut all = Vec::new();
    let until = lasts(period.period.end);
    let until = until
        .checked_add(SignedDuration::from_hours(1))
        .unwrap_or(until);
    let spans = even_spans(inventory, period.period.start, until);
    let factors = |&(start, end): &(Timestamp, Timestamp)| -> Vec<f64> {
        let hours = hours_between(inventory, start, end);
        let regions = (0..inventory.client_regions.len()).map(ClientRegionId::new);
        regions.map(|region| hours.factor(0, region)).collect()
    };
    let demanded: Vec<Vec<f64>> = spans.iter().map(factors).collect();
    for (position, (start, _)) in spans.iter().copied().enumerate() {
        if start >= period.period.end {
            break;
        }
        let slice = planned.slice_at(start);
        let factors = &demanded[position];
        let meanwhile = spans[position..].iter().zip(&demanded[position..]);
        let meanwhile = meanwhile.take_while(|((begins, _), _)| *begins < lasts(start));
        let bits = meanwhile
            .flat_map(|(_, values)| values)
            .map(|value| value.to_bits());
        if !seen.insert((slice, bits.collect())) {
            continue;
        }
        let flows = || flows.iter().filter(|(flow, _)| flow.slice == slice);
        // By component: who is planned for, and who is there.
        let mut users = vec![[0.0; 2]; inventory.component_count()];
        for (flow, components) in flows() {
            let region = flow.group.client_region;
            let of = [planned.factor(slice, region), factors[region.index()]];
            for component in components {
                for (sum, factor) in users[component.index()].iter_mut().zip(of) {
                    *sum += factor * flow.users;
                }
            }
        }
        let shares = by_slice[slice].iter().zip(&users);
        let used: Vec<f64> = shares
            .map(|(used, [planned, there])| {
                if *planned > 0.0 {
                    used * there / planned
                } else {
                    *used
                }
            })
            .collect();
        let mut passed = vec![[0.0; 2]; inventory.component_count()];
        for (_, components) in flows() {
            let tight = components.iter().map(|component| used[component.index()]);
            let tight = tight.fold(0.0, f64::max);
            for component in components {
                let value = &mut passed[component.index()][0];
                *value = f64::max(*value, tight);
            }
        }
        for (values, [_, there]) in passed.iter_mut().zip(users) {
            values[1] = there;
        }
        all.push(BusyHour { start, passed });
    }
    all
}

/// By component: the most that is used of anything that varies, in a slice of the hours.
fn used(inventory: &Inventory, period: &PeriodPlan, slice: usize) -> Vec<f64> {
    let load = &period.load_by_slice[slice];
    let of = |component: usize| {
        let resources = inventory.resources.iter().enumerate();
        let varying = resources.filter(|(_, resource)| resource.varies);
        let each = varying.filter_map(|(resource, _)| {
            let left = period.case.capacity(component, resource)?;
            let load = load[[component, resource]];
            (load > 0.0).then(|| load / left)
        });
        each.fold(0.0, f64::max)
    };
    (0..inventory.component_count()).map(of).collect()
}

/// Who waits for waves.
#[derive(Debug, Clone)]
pub(super) struct WaitingForWaves {
    pub(super) users: f64,
    /// By component: it is out, and who passes it is cut off.
    pub(super) gone: Vec<bool>,
}

impl WaitingForWaves {
    /// `true` if who passes this is cut off.
    pub(super) fn is_cut_off(&self, passed: &Passed) -> bool {
        passed
            .components()
            .any(|component| self.gone[component.index()])
    }
}
