//! Limits: what every state of a transition keeps, under every case that it is in force in.

use super::super::before::kept_shortfall;
use super::context::{Beside, WaveChange, WaveContext};
use super::touched::Under;
use crate::formulation::rows::LoadRow;
use crate::formulation::{FixedLoads, Folded, members_after, members_of_all};
use crate::ids::{AccessPointId, ComponentId, PoolId, ResourceId, SiteId};
use crate::model::{
    Case, Component, Homes, Inventory, Retries, Scenario, Scope, moved_with_retries,
};
use crate::plan::{Fullness, MeanDemands, spare_sessions};
use crate::units::FEASIBILITY;
use ndarray::Array2;
use std::borrow::Cow;

/// A load that may not be exceeded.
#[derive(Debug, Clone)]
pub(super) struct LoadLimit {
    /// What users bring there; its capacity is what is left of it and what the change adds.
    pub(super) row: LoadRow,
    /// The most that counts as no more than that, as arithmetic goes.
    pub(super) most: f64,
    /// The case that it belongs to.
    pub(super) case: usize,
}

impl LoadLimit {
    /// How full it is: when a wave begins, at most while it goes on, and where it stops.
    pub(super) fn fullness(&self, [begun_load, load, stop_load]: [f64; 3]) -> Fullness {
        Fullness {
            component: self.row.component,
            resource: self.row.resource,
            begun_load,
            load,
            stop_load,
            capacity: self.row.capacity,
            with_retries: self.row.with_retries,
        }
    }

    /// Share of the headroom target that a load leaves missing, beyond what was missing before.
    pub(super) fn shortfall(&self, load: f64) -> f64 {
        let LoadRow {
            target,
            capacity,
            kept,
            ..
        } = self.row;
        if target <= 0.0 || capacity <= 0.0 {
            return 0.0;
        }
        let missing = (load / capacity - 1.0) / target + 1.0 - kept;
        missing.clamp(0.0, 1.0 - kept)
    }
}

/// New sessions that a component accepts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gate {
    pub(super) component: ComponentId,
    pub(super) accepts: f64,
    /// What waves of other periods bring there meanwhile.
    pub(super) beside: Beside,
    pub(super) shares: f64,
    pub(super) case: usize,
}

impl Gate {
    pub(super) fn spare(&self, background: f64) -> f64 {
        self.beside.spare(self.accepts, background)
    }

    /// The same where no other waves go on.
    pub(super) fn spare_at_best(&self, background: f64) -> f64 {
        spare_sessions(self.accepts, background)
    }
}

/// A case under which users move.
pub(super) struct PassageCase<'a> {
    pub(super) case: Cow<'a, Case>,
    pub(super) means: MeanDemands<'a>,
    /// By pool: the members that carry its load.
    pub(super) members: Vec<Vec<ComponentId>>,
    /// Components × resources: the position of their limit.
    limit_at: Array2<Option<u32>>,
    /// Components: the position of their gate.
    gate_at: Vec<Option<u32>>,
}

/// All limits, of one case after the other.
pub(super) struct Limits<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) cases: Vec<PassageCase<'a>>,
    pub(super) rows: Vec<LoadLimit>,
    pub(super) gates: Vec<Gate>,
    /// What waves of other periods bring meanwhile.
    beside: &'a [Beside],
}

impl<'a> Limits<'a> {
    pub(super) fn new(
        context: &WaveContext<'a>,
        unders: &[Under<'a, '_>],
        change: &WaveChange,
    ) -> Self {
        let mut all = Self {
            inventory: context.inputs.inventory,
            cases: Vec::new(),
            rows: Vec::new(),
            gates: Vec::new(),
            beside: context.beside,
        };
        // What is demanded with everybody at home is the same at all hours.
        let mut known: Option<(&Case, Folded)> = None;
        for under in unders {
            let pair = known.take_if(|(case, _)| !std::ptr::eq(*case, under.case));
            drop(pair);
            let (_, folded) = known.get_or_insert_with(|| {
                let (inventory, before) = (context.inputs.inventory, context.before);
                let homes = inventory.shards.iter().map(|shard| shard.site);
                let (homes, before) = (Homes::whole(homes), before.folded.as_ref());
                let folded = Folded::known_or_new(before, inventory, under.case, &homes);
                (under.case, folded)
            });
            all.add(context, (*under, folded), change);
        }
        all
    }

    fn add(
        &mut self,
        context: &WaveContext<'a>,
        (under, folded): (Under<'a, '_>, &Folded),
        change: &WaveChange,
    ) {
        let &WaveContext {
            inputs: transitions,
            before,
            ..
        } = context;
        let (inventory, scenario) = (transitions.inventory, transitions.scenario);
        let case = under.case.in_slice(under.slice);
        let fixed = FixedLoads::new(inventory, &case, folded);
        let existing = scenario.policy.existing_shortfall;
        let kept = kept_shortfall(&case, &before.case, &before.load, existing);
        let mut members = members_of_all(inventory, &case, &fixed.background);
        if let Some(one_case) = under.after {
            members = members_after(inventory, context.members, one_case, (&case, &members));
        }
        let mut case_index = PassageCase {
            means: MeanDemands::of_case(inventory, &case, transitions.groups),
            limit_at: Array2::from_elem(case.nominal.dim(), None),
            gate_at: vec![None; inventory.component_count()],
            members,
            case,
        };
        for component in (0..inventory.component_count()).map(ComponentId::new) {
            self.add_component(
                (&mut case_index, scenario),
                (&fixed, &kept),
                component,
                change,
            );
        }
        self.cases.push(case_index);
    }

    fn add_component(
        &mut self,
        (case_index, scenario): (&mut PassageCase<'a>, &Scenario),
        (fixed, kept): (&FixedLoads, &Array2<f64>),
        component: ComponentId,
        change: &WaveChange,
    ) {
        let inventory = self.inventory;
        let case = &case_index.case;
        let Some(shares) = shares(inventory, &case_index.members, component, change) else {
            return;
        };
        if case.gone[component.index()] {
            return;
        }
        let is_site = component.index() < inventory.sites.len();
        for resource in (0..inventory.resources.len()).map(ResourceId::new) {
            let at = [component.index(), resource.index()];
            let is_along = inventory.resources[at[1]].scope == Scope::Network;
            let Some(left) = case.capacity(at[0], at[1]).filter(|_| is_site || is_along) else {
                continue;
            };
            let mut raised = change.capacity.iter();
            let raised = raised.find(|entry| (entry.0, entry.1) == (component, resource));
            let capacity = left + raised.map_or(0.0, |entry| entry.2);
            let nominal = case.nominal[at].unwrap_or(capacity);
            case_index.limit_at[at] = u32::try_from(self.rows.len()).ok();
            let plain = LoadRow {
                component,
                resource,
                with_retries: false,
                longest_wait: 0.0,
                // The case is that of one slice.
                slice: 0,
                family: self.rows.len(),
                capacity,
                available: case.available[at],
                target: case.target[at],
                kept: kept[at],
                fixed: fixed.load[0][at],
                is_cut: fixed.is_cut[0][at],
                shares,
                mean_demand: 0.0,
                case: None,
            };
            let again = LoadRow {
                with_retries: true,
                longest_wait: case.longest_wait(inventory, component, resource),
                target: 0.0,
                ..plain.clone()
            };
            let most_again = if scenario.policy.require_stable {
                moved_with_retries(capacity, nominal).max(plain.fixed)
            } else {
                f64::INFINITY
            };
            let most = capacity * (1.0 + FEASIBILITY) + 1e-9 * nominal;
            let is_able = case.is_able_to_lock_in(inventory, component, resource);
            let limits = [Some((plain, most)), is_able.then_some((again, most_again))];
            let case_index = self.cases.len();
            let limits = limits.into_iter().flatten();
            self.rows.extend(limits.map(|(row, most)| LoadLimit {
                row,
                most,
                case: case_index,
            }));
        }
        let mut changed = change.accepts.iter();
        let changed = changed.find(|pair| pair.0 == component).map(|pair| pair.1);
        if let Some(accepts) = changed.or_else(|| inventory.accepts_per_second(component)) {
            case_index.gate_at[component.index()] = u32::try_from(self.gates.len()).ok();
            self.gates.push(Gate {
                component,
                accepts,
                beside: self.beside(component),
                shares,
                case: self.cases.len(),
            });
        }
    }

    /// The member of a pool that carries its load under a case stands for this many of those who pass, if `carrying` of
    /// its members carry: one more where that is asked.
    pub(super) fn sharing(&self, case: usize, pool: PoolId, shares: f64, carrying: usize) -> f64 {
        let index = self.cases[case].members[pool.index()].len();
        shares - index as f64 + carrying as f64
    }

    /// The limits of a component under a case, and after each the same with retries, where an overload keeps itself up.
    fn all_of(&self, case: usize, component: ComponentId) -> impl Iterator<Item = usize> {
        let indexes = self.of(case, component);
        indexes
            .flat_map(|index| [Some(index), self.with_retries(index)])
            .flatten()
    }

    /// The same limit as another with all retries running, where an overload keeps itself up.
    pub(super) fn with_retries(&self, limit: usize) -> Option<usize> {
        let next = limit + 1;
        let load_limit = self.rows.get(next);
        load_limit
            .is_some_and(|load_limit| load_limit.row.with_retries)
            .then_some(next)
    }

    /// What a user along the path brings to the limits of a component under a case, by limit: of a demand by resource, with
    /// its retries.
    pub(super) fn along_path(
        &self,
        case: usize,
        component: ComponentId,
        (demand, retries): (&[f64], Retries),
    ) -> impl Iterator<Item = (usize, f64)> {
        self.all_of(case, component).map(move |at| {
            let row = &self.rows[at].row;
            (at, row.brought(demand[row.resource.index()], retries, 0.0))
        })
    }

    /// The limits of a component under a case.
    pub(super) fn of(&self, case: usize, component: ComponentId) -> impl Iterator<Item = usize> {
        let values = self.cases[case].limit_at.row(component.index());
        let positions: Vec<usize> = values
            .iter()
            .flatten()
            .map(|number| *number as usize)
            .collect();
        positions.into_iter()
    }

    pub(super) fn beside(&self, component: ComponentId) -> Beside {
        let mut all = self.beside.iter();
        let beside = all.find(|beside| beside.component == component);
        beside.copied().unwrap_or(Beside::nothing(component))
    }

    pub(super) fn gate(&self, case: usize, component: ComponentId) -> Option<usize> {
        self.cases[case].gate_at[component.index()].map(|number| number as usize)
    }

    /// What one user brings to a site in addition to what is fixed, by limit: of a demand by resource, with its retries, with
    /// or without a copy there.
    pub(super) fn at_site(
        &self,
        case: usize,
        site: SiteId,
        (demand, retries): (&[f64], Retries),
        has_copy: bool,
    ) -> Vec<(usize, f64)> {
        let inventory = self.inventory;
        self.all_of(case, inventory.site_component(site))
            .map(|position| {
                let row = &self.rows[position].row;
                let copied = row.copied(inventory, has_copy);
                let demand = demand[row.resource.index()];
                (position, row.brought(demand, retries, copied))
            })
            .filter(|(_, load)| *load > 0.0)
            .collect()
    }

    /// A component that is an access point on standby, whose background counts only while it is open.
    pub(super) fn standby(&self, component: ComponentId) -> Option<AccessPointId> {
        match self.inventory.component(component) {
            Component::AccessPoint(id) => {
                let state = self.inventory.access_points[id.index()].state;
                (state.is_on_standby()).then_some(id)
            }
            _ => None,
        }
    }
}

/// Among how many members the load of a component's place is shared; `None` for one that is pulled out of its pool.
fn shares(
    inventory: &Inventory,
    members: &[Vec<ComponentId>],
    component: ComponentId,
    change: &WaveChange,
) -> Option<f64> {
    let alone = if change.twin == Some(component) {
        2.0
    } else {
        1.0
    };
    let Component::Element(element) = inventory.component(component) else {
        return Some(alone);
    };
    let Some(pool) = inventory.elements[element.index()].pool else {
        return Some(alone);
    };
    let members = &members[pool.index()];
    let more = if change.pool == Some(pool) { 1.0 } else { 0.0 };
    (members.contains(&component)).then_some(members.len() as f64 + more)
}
