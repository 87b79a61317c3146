//! Loads, by walking shards and steering rows.

use super::assignment::{Assignment, Served};
use super::context::RefereeContext;
use super::path::Steered;
use super::period::PeriodState;
use super::report::{At, Report, Rule};
use crate::diagnostic::amounts::rounded;
use crate::ids::{AccessPointId, ComponentId, ProfileId, ResourceId};
use crate::model::{Component, Retries};
use crate::plan_files::{AssignmentRow, Row, SteeringRow};
use crate::units::{FEASIBILITY, NOBODY};
use ndarray::Array2;
use std::collections::BTreeMap;

/// Component and resource.
pub(super) type Key = (usize, usize);

/// What every component carries.
pub(super) struct Loads {
    /// Components × resources, in the resource's unit; only where the component limits the resource.
    pub(super) load: Array2<f64>,
    /// Components × resources: the same with all retries running, as if an overload kept itself up everywhere.
    pub(super) offered: Array2<f64>,
    /// Components × resources: how much less the load may be, because steering does not tell which users of a
    /// group under different surges take which path.
    pub(super) undetermined: Array2<f64>,
    /// Components: users who cross it, or are served at it. Members of a pool share its users equally.
    pub(super) crossing: Vec<f64>,
}

impl Loads {
    /// Fixed load and what the steering rows of the situation's slice put on links, access points, elements and pools.
    pub(super) fn of_steering(situation: &PeriodState, steered: &[Steered]) -> Self {
        let context = situation.context;
        let resources = context.inventory.resources.len();
        let mut loads = Self {
            load: situation.fixed.load.clone(),
            offered: situation.fixed.load.clone(),
            undetermined: Array2::zeros(situation.fixed.load.dim()),
            crossing: vec![0.0; context.inventory.component_count()],
        };
        for row in steered.iter().filter(|row| row.slice == situation.slice) {
            let demand: Vec<f64> = (0..resources)
                .map(|resource| situation.group_demand(row.group, resource))
                .collect();
            let undetermined: Vec<f64> = (0..resources)
                .map(|resource| situation.undetermined_demand(row.group, resource))
                .collect();
            let profile = context.groups[row.group].profile;
            for component in row.route.components(context) {
                let demand = (demand.as_slice(), profile);
                loads.add(context, component, row.users, demand, &undetermined);
            }
            for pool in row.route.pools() {
                let members = &situation.members[pool.index()];
                for &member in members {
                    let users = row.users / members.len() as f64;
                    let demand = (demand.as_slice(), profile);
                    loads.add(context, member, users, demand, &undetermined);
                }
            }
        }
        let entering = entering(context, steered);
        for (index, entering) in entering.into_iter().enumerate() {
            let component = context
                .inventory
                .access_point_component(AccessPointId::new(index));
            if context.is_standby(component.index()) && entering <= NOBODY {
                // Closed: nothing is left of it, its background vanishes.
                loads.load.row_mut(component.index()).fill(0.0);
                loads.offered.row_mut(component.index()).fill(0.0);
            }
        }
        loads
    }

    /// Adds users who cross a component outside sites.
    fn add(
        &mut self,
        context: &RefereeContext,
        component: ComponentId,
        users: f64,
        (demand, profile): (&[f64], ProfileId),
        undetermined: &[f64],
    ) {
        self.crossing[component.index()] += users;
        for (resource, (demand, undetermined)) in demand.iter().zip(undetermined).enumerate() {
            if context.is_network(resource) {
                let at = (component.index(), resource);
                self.load[at] += users * demand;
                self.offered[at] += users * demand * (1.0 + retries(context, profile, at));
                self.undetermined[at] += users * undetermined;
            }
        }
    }

    /// Adds those who are served at sites: what a copy there uses already is not counted again.
    pub(super) fn add_served(
        &mut self,
        situation: &PeriodState,
        served: impl Iterator<Item = (usize, Served)>,
    ) {
        let context = situation.context;
        let inventory = context.inventory;
        let shares: Vec<[f64; 2]> = (0..inventory.sites.len() * inventory.resources.len())
            .map(|at| {
                let resources = inventory.resources.len();
                let [site, resource] = [at / resources, at % resources];
                let share = |has_copy| share_of_served(situation, site, resource, has_copy);
                [share(false), share(true)]
            })
            .collect();
        for (shard, part) in served {
            let site = part.site.index();
            self.crossing[site] += part.users;
            let has_copy = usize::from(context.has_copy(shard, part.site));
            let begin = site * inventory.resources.len();
            let profile = inventory.shards[shard].profile;
            let component = inventory.site_component(part.site).index();
            let loads = self.load.row_mut(site).into_iter();
            let loads = loads.zip(self.offered.row_mut(site));
            for (resource, (loads, share)) in loads.zip(&shares[begin..]).enumerate() {
                let demand = part.users * situation.demand(shard, resource);
                *loads.0 += demand * share[has_copy];
                // Each served user tries again with all their demand, whatever a copy has of it.
                *loads.1 +=
                    demand * (share[has_copy] + retries(context, profile, (component, resource)));
            }
        }
    }

    /// The most of each in any of some slices; where a load is known only as a range, how much less it may be.
    pub(super) fn most(slices: &[&Self]) -> Self {
        let first = slices[0];
        let mut most = Self {
            load: first.load.clone(),
            offered: first.offered.clone(),
            undetermined: first.undetermined.clone(),
            crossing: first.crossing.clone(),
        };
        for slice in &slices[1..] {
            let zip = slice.load.iter().zip(&slice.undetermined);
            let pairs = most.load.iter_mut().zip(&mut most.undetermined).zip(zip);
            for ((load, undetermined), (value, own_untold)) in pairs {
                // Neither end of the range may be lost.
                let least = (*load - *undetermined).max(value - own_untold);
                *load = load.max(*value);
                *undetermined = (*load - least).max(0.0);
            }
            for (most, value) in most.offered.iter_mut().zip(&slice.offered) {
                *most = most.max(*value);
            }
            for (most, users) in most.crossing.iter_mut().zip(&slice.crossing) {
                *most = most.max(*users);
            }
        }
        most
    }
}

/// By access point: the most users who enter there in any slice.
fn entering(context: &RefereeContext, steered: &[Steered]) -> Vec<f64> {
    let mut by_slice: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    let access_points = context.inventory.access_points.len();
    for row in steered {
        let users = by_slice.entry(row.slice);
        let users = users.or_insert_with(|| vec![0.0; access_points]);
        users[row.route.access_point.index()] += row.users;
    }
    let mut most = vec![0.0_f64; access_points];
    for users in by_slice.into_values() {
        for (most, users) in most.iter_mut().zip(users) {
            *most = most.max(users);
        }
    }
    most
}

/// The part of a served user's demand that fixed load does not have yet.
pub(super) fn share_of_served(
    situation: &PeriodState,
    site: usize,
    resource: usize,
    has_copy: bool,
) -> f64 {
    if has_copy && !situation.fixed.is_cut[[site, resource]] {
        1.0 - situation.context.inventory.resources[resource].replica_share
    } else {
        1.0
    }
}

/// P7401: no load exceeds what is left.
pub(super) fn loads_fit(
    situation: &PeriodState,
    period: usize,
    loads: &Loads,
    assignment: &Assignment,
    steered: &[Steered],
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7401",
        "serve fewer users there; the row named adds most to the load",
    );
    for ((component, resource), load) in loads.load.indexed_iter() {
        let least = load - loads.undetermined[[component, resource]];
        if fits(situation, component, resource, least) {
            continue;
        }
        let id = ComponentId::new(component);
        let (found, expected) = excess(situation, component, resource, *load);
        let line = largest_line(situation, id, assignment, steered);
        let at = match situation.context.inventory.component(id) {
            Component::Site(_) => At::cell(AssignmentRow::FILE, line, "to_site"),
            _ => At::cell(SteeringRow::FILE, line, "links"),
        };
        report.add(RULE, at, format!("{found} in period {period}"), expected);
    }
}

/// `true` if a load is within what is left, relative to the capacity.
pub(super) fn fits(situation: &PeriodState, component: usize, resource: usize, load: f64) -> bool {
    let Some(left) = situation.case.capacity(component, resource) else {
        return true;
    };
    let nominal = situation.case.nominal[[component, resource]].unwrap_or_default();
    load <= left * (1.0 + FEASIBILITY) + 1e-9 * nominal
}

/// The words for a load that does not fit.
pub(super) fn excess(
    situation: &PeriodState,
    component: usize,
    resource: usize,
    load: f64,
) -> (String, String) {
    let context = situation.context;
    let left = situation.case.capacity(component, resource);
    let left = rounded(left.unwrap_or_default());
    let of_resource = &context.inventory.resources[resource];
    let (id, unit) = (&of_resource.id, &of_resource.unit);
    let name = context
        .inventory
        .component_name(ComponentId::new(component));
    (
        format!("{} {unit} of {id} on `{name}`", rounded(load)),
        format!("at most the {left} {unit} that are left"),
    )
}

/// The line of the row that brings most users to a component; 0 if none does.
fn largest_line(
    situation: &PeriodState,
    id: ComponentId,
    assignment: &Assignment,
    steered: &[Steered],
) -> u64 {
    let context = situation.context;
    let crosses = |row: &&Steered| {
        let mut pools = row.route.pools();
        row.route.components(context).contains(&id)
            || pools.any(|pool| situation.members[pool.index()].contains(&id))
    };
    let rows: Vec<(f64, u64)> = if let Component::Site(site) = context.inventory.component(id) {
        let parts = assignment.all().map(|(_, part)| part);
        let parts = parts.filter(|part| part.to == Some(site));
        parts.map(|part| (part.users, part.line())).collect()
    } else {
        let rows = steered.iter().filter(crosses);
        rows.map(|row| (row.users, row.line)).collect()
    };
    let largest = rows.into_iter();
    let largest = largest.max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
    largest.map_or(0, |(_, line)| line)
}

/// Every attempt comes back up to `retries` times that is given up where it waits: of what varies, not in an element that
/// sheds stale work, and where the queue is at least as long as the client's patience. New sessions wait at their gate.
pub(super) fn retries(
    context: &RefereeContext,
    profile: ProfileId,
    (component, resource): Key,
) -> f64 {
    let (component, resource) = (ComponentId::new(component), ResourceId::new(resource));
    let wait = context
        .before
        .longest_wait(context.inventory, component, resource);
    Retries::of(&context.inventory.profiles[profile.index()]).at(wait)
}
