//! From an outcome of the solver to users, loads and steering.

use super::nobody::without_nobody;
use super::site_loads::SiteLoads;
use super::state::{Flow, GroupKey, Part, flows_in};
use super::steering_groups::SteeringGroups;
use crate::formulation::{ClassId, Problem, Setting};
use crate::ids::{AccessPointId, ShardId, SiteId};
use crate::model::{Case, Hours, Inventory, LinkEnd};
use crate::solve::Outcome;
use crate::sums::summed;
use crate::units::{NOBODY, NUMERICAL_NOISE};
use ndarray::{Array1, Array2};
use std::sync::Arc;

/// Users of a class by site, and unserved by rank.
#[derive(Debug, Clone, Default)]
pub struct Served {
    /// Ascending by site.
    pub at: Vec<(SiteId, f64)>,
    /// By rank.
    pub unserved: Vec<f64>,
}

/// Loads of a plan, by slice: components × resources.
///
/// At sites by shard; along paths by steering, where users of one group cannot be distinguished: what one of them
/// demands is the group's mean. A standby access point that nobody enters is closed, and what stands in
/// background.csv for it is gone with it.
pub fn loads(
    problem: &Problem<'_>,
    groups: &SteeringGroups,
    parts: &[Part],
    flows: &[Flow],
) -> Vec<Array2<f64>> {
    let setting = &problem.setting;
    let inventory = setting.inventory;
    let mut of_rows: Vec<f64> = problem.rows.rows.iter().map(|row| row.fixed).collect();
    let at_sites = SiteLoads::new(problem);
    for part in parts {
        let class = problem.classes.class_of.get(part.home());
        if let (Some(class), Some(site)) = (class, part.site) {
            for (row, load) in at_sites.of(problem.class(class), site) {
                of_rows[*row] += load * part.users;
            }
        }
    }
    let means = MeanDemands::new(setting, groups);
    for flow in flows {
        let passed = problem.rows.passed(setting.network, &flow.path);
        let mean = means.of(&flow.group, flow.slice);
        for (row, load_row) in passed.filter(|(_, row)| row.slice == flow.slice) {
            of_rows[row] += mean[load_row.resource.index()] * flow.users / load_row.shares;
        }
    }
    let mut loads = problem.fixed.load.clone();
    for (family, row) in problem.rows.families_of_loads() {
        let at = [row.component.index(), row.resource.index()];
        let of_family = problem.rows.family(family);
        let mut by_slice = of_family.map(|(row, _)| of_rows[row]);
        // What does not depend on the hours has one row for all of them.
        let mut load = 0.0;
        for slice in &mut loads {
            load = by_slice.next().unwrap_or(load);
            slice[at] = load;
        }
    }
    for (index, access_point) in inventory.access_points.iter().enumerate() {
        if access_point.state.is_on_standby() && entering(flows, index) <= NOBODY {
            let component = inventory.access_point_component(AccessPointId::new(index));
            for slice in &mut loads {
                slice.row_mut(component.index()).fill(0.0);
            }
        }
    }
    loads
}

/// The most users who enter at an access point in any slice.
fn entering(flows: &[Flow], access_point: usize) -> f64 {
    let by_slice = flows.chunk_by(|a, b| a.slice == b.slice);
    let users = by_slice.map(|slice| -> f64 {
        let enter = |flow: &&Flow| flow.path.access_point.index() == access_point;
        slice.iter().filter(enter).map(|flow| flow.users).sum()
    });
    users.fold(0.0, f64::max)
}

/// Loads in the slice that has most of each: components × resources.
pub fn most(by_slice: &[Array2<f64>]) -> Array2<f64> {
    let mut slices = by_slice.iter();
    let mut most = slices.next().cloned().unwrap_or_default();
    for slice in slices {
        most.zip_mut_with(slice, |most, load| *most = most.max(*load));
    }
    most
}

/// By group, what one of its users demands on average, by resource.
pub(crate) struct MeanDemands<'a> {
    inventory: &'a Inventory,
    hours: Arc<Hours>,
    groups: &'a SteeringGroups,
    /// Groups: users without surges per user, the mean over the group's shards.
    steady: Vec<f64>,
}

impl<'a> MeanDemands<'a> {
    /// Those of a setting.
    pub(crate) fn new(setting: &Setting<'a>, groups: &'a SteeringGroups) -> Self {
        Self::of_case(setting.inventory, setting.case, groups)
    }

    /// Those of a case.
    pub(crate) fn of_case(
        inventory: &'a Inventory,
        case: &Case,
        groups: &'a SteeringGroups,
    ) -> Self {
        let mut users = vec![(0.0, 0.0); groups.len()];
        for index in 0..inventory.shards.len() {
            let (base, counted) = &mut users[groups.of_shard(ShardId::new(index))];
            *base += case.base_users[index];
            *counted += case.users(index);
        }
        let steady = users
            .into_iter()
            .map(|(base, counted)| if counted > 0.0 { base / counted } else { 1.0 })
            .collect();
        Self {
            inventory,
            hours: Arc::clone(&case.hours),
            groups,
            steady,
        }
    }

    /// What one user of a group demands: slices × resources.
    pub(crate) fn by_slice(&self, group: &GroupKey) -> Array2<f64> {
        let slices = self.hours.slice_count();
        let mut all = Array2::zeros((slices, self.inventory.resources.len()));
        for (slice, mut row) in all.rows_mut().into_iter().enumerate() {
            row.assign(&Array1::from(self.of(group, slice)));
        }
        all
    }

    /// What one user of a group demands in a slice; of a group without shards, what its profile does.
    pub(crate) fn of(&self, group: &GroupKey, slice: usize) -> Vec<f64> {
        let inventory = self.inventory;
        let steady = self
            .groups
            .of(group)
            .map_or(1.0, |group| self.steady[group]);
        let demand = &inventory.profiles[group.profile.index()].demand;
        let of_user = inventory.resources.iter().zip(demand);
        let of_hour = self.hours.factor(slice, group.client_region);
        of_user
            .map(|(resource, demand)| {
                if resource.varies {
                    demand * of_hour
                } else {
                    demand * steady
                }
            })
            .collect()
    }
}

/// By slice, users who cross each component of an outcome; a pool's members that are in have equal shares.
pub(crate) fn crossing_by_slice(problem: &Problem<'_>, flows: &[Flow]) -> Vec<Vec<f64>> {
    let slices = 0..problem.setting.case.hours.slice_count();
    slices
        .map(|slice| crossing_in_slice(problem, flows_in(flows, slice)))
        .collect()
}

/// The same of the flows of one slice.
fn crossing_in_slice(problem: &Problem<'_>, flows: &[Flow]) -> Vec<f64> {
    let setting = &problem.setting;
    let inventory = setting.inventory;
    let mut crossing = vec![0.0; inventory.component_count()];
    for flow in flows {
        for &link in &flow.path.links {
            crossing[inventory.link_component(link).index()] += flow.users;
        }
        for place in flow.path.places(setting.network) {
            if let LinkEnd::Pool(pool) = setting.network.end(place) {
                let members = &problem.rows.members[pool.index()];
                for member in members {
                    crossing[member.index()] += flow.users / members.len() as f64;
                }
            } else {
                for component in setting.network.components_of(inventory, place) {
                    crossing[component.index()] += flow.users;
                }
            }
        }
    }
    crossing
}

/// Steering of an outcome: users by slice, group and path, ascending.
pub fn flows(problem: &Problem<'_>, outcome: &Outcome) -> Vec<Flow> {
    let slices = 0..problem.setting.case.hours.slice_count();
    slices
        .flat_map(|slice| flows_of_slice(problem, outcome, slice))
        .collect()
}

/// Steering of an outcome in a slice: users by group and path, ascending.
fn flows_of_slice(problem: &Problem<'_>, outcome: &Outcome, slice: usize) -> Vec<Flow> {
    let mut flows: Vec<Flow> = outcome
        .served
        .iter()
        .map(|served| {
            let group = &problem.classes.groups[problem.class(served.class).group];
            Flow {
                slice,
                group: GroupKey {
                    client_region: group.client_region,
                    profile: problem.classes.demands[group.demand].profile,
                    max_latency: group.max_latency,
                },
                path: outcome.paths.get(served.path).leg(slice).clone(),
                users: served.users,
            }
        })
        .collect();
    flows.sort_by(in_order);
    flows.dedup_by(|next, kept| {
        let is_same = next.group == kept.group && next.path.links == kept.path.links;
        if is_same {
            kept.users += next.users;
        }
        is_same
    });
    without_nobody(&mut flows);
    flows
}

/// By slice, group and path.
pub(super) fn in_order(a: &Flow, b: &Flow) -> std::cmp::Ordering {
    let of_groups = a.slice.cmp(&b.slice).then(compare_keys(&a.group, &b.group));
    of_groups.then_with(|| compare_paths(a, b))
}

fn compare_keys(a: &GroupKey, b: &GroupKey) -> std::cmp::Ordering {
    let limit = |key: &GroupKey| key.max_latency.unwrap_or(f64::INFINITY);
    a.client_region
        .cmp(&b.client_region)
        .then(a.profile.cmp(&b.profile))
        .then(limit(a).total_cmp(&limit(b)))
}

fn compare_paths(a: &Flow, b: &Flow) -> std::cmp::Ordering {
    a.path
        .site
        .cmp(&b.path.site)
        .then(a.path.access_point.cmp(&b.path.access_point))
        .then_with(|| a.path.links.cmp(&b.path.links))
}

/// Where the users of each class are served.
pub(super) fn served_classes(problem: &Problem<'_>, outcome: &Outcome) -> Vec<Served> {
    let ranks = problem.classes.ranks.len();
    let mut all: Vec<Served> = (0..problem.classes.classes.len())
        .map(|class| Served {
            at: Vec::new(),
            unserved: outcome
                .unserved
                .get(&class)
                .map_or_else(|| vec![0.0; ranks], Vec::clone),
        })
        .collect();
    for served in &outcome.served {
        let site = outcome.paths.get(served.path).site;
        let at = &mut all[served.class].at;
        match at.binary_search_by_key(&site, |(site, _)| *site) {
            Ok(known) => at[known].1 += served.users,
            Err(before) => at.insert(before, (site, served.users)),
        }
    }
    all
}

/// Assignment of an outcome, ascending by shard, then current site; served parts before unserved ones.
///
/// The shards of a class share its sites: the largest first, whole ones where the quotas allow it. A shard
/// without users keeps its main site while that is open.
pub fn parts(problem: &Problem<'_>, outcome: &Outcome) -> Vec<Part> {
    let mut gathered = Gathered::new(&problem.setting);
    for (class, served) in served_classes(problem, outcome).into_iter().enumerate() {
        if !is_served_whole(problem, class, &served, &mut gathered) {
            share_out(problem, class, served, &mut gathered);
        }
    }
    gathered.in_order()
}

/// The parts found so far: nearly every shard has one.
struct Gathered {
    /// Shards: a part of theirs; until one is found, that of a shard without users.
    first: Vec<Part>,
    /// Shards: one was found.
    is_found: Vec<bool>,
    /// The others.
    more: Vec<Part>,
}

impl Gathered {
    fn new(setting: &Setting<'_>) -> Self {
        let is_open = |site: &SiteId| !setting.case.gone[site.index()];
        let shards = setting.current.shard_count();
        let without_users = |shard| {
            let current = setting.current.main(shard);
            Part {
                shard,
                current,
                site: current.filter(is_open),
                users: 0.0,
            }
        };
        Self {
            first: (0..shards).map(ShardId::new).map(without_users).collect(),
            is_found: vec![false; shards],
            more: Vec::new(),
        }
    }

    fn add(&mut self, part: Part) {
        let index = part.shard.index();
        if self.is_found[index] {
            self.more.push(part);
        } else {
            self.is_found[index] = true;
            self.first[index] = part;
        }
    }

    fn in_order(mut self) -> Vec<Part> {
        if !self.more.is_empty() {
            self.first.append(&mut self.more);
            self.first
                .sort_by_key(|part| (part.home(), part.site.is_none(), part.site));
        }
        self.first
    }
}

/// Homes a class as it is if one site serves all of it and nobody of it is dust, so that sharing out would do the same
/// in any order; `false` otherwise.
fn is_served_whole(
    problem: &Problem<'_>,
    class: ClassId,
    served: &Served,
    gathered: &mut Gathered,
) -> bool {
    /// So few shards that the errors of their sum stay below half of what is dust.
    const MOST: usize = 1 << 20;
    let row = problem.class(class);
    let users_of = |shard: ShardId| problem.setting.users(row.home(shard));
    let &[(site, quota)] = served.at.as_slice() else {
        return false;
    };
    let is_whole = quota >= row.users * (1.0 - 0.25 * NUMERICAL_NOISE)
        && served
            .unserved
            .iter()
            .all(|users| *users <= 0.5 * NUMERICAL_NOISE * row.users)
        && row.shards.len() <= MOST
        && row
            .shards
            .iter()
            .all(|&shard| users_of(shard) > 2.0 * NUMERICAL_NOISE * row.users);
    if is_whole {
        for &shard in &row.shards {
            gathered.add(Part {
                shard,
                current: row.current,
                site: Some(site),
                users: users_of(shard),
            });
        }
    }
    is_whole
}

/// Shares a class out among its shards. What is dust is measured by the whole shard, however little of it is here.
fn share_out(problem: &Problem<'_>, class: ClassId, mut served: Served, gathered: &mut Gathered) {
    let setting = &problem.setting;
    let row = problem.class(class);
    let of_class = row.users;
    let mut shards: Vec<(f64, ShardId)> = row
        .shards
        .iter()
        .map(|&shard| (setting.users(row.home(shard)), shard))
        .collect();
    shards.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut of_shard: Vec<Part> = Vec::new();
    for (users, shard) in shards {
        let tier = setting.inventory.shards[shard.index()].tier;
        let rank = setting.inventory.tiers[tier.index()].rank;
        let rank = problem.classes.ranks.partition_point(|&other| other < rank);
        let unserved = users.min(served.unserved[rank]);
        served.unserved[rank] -= unserved;
        let unserved = without_dust(unserved, of_class);
        let is_nobody_left = unserved > 0.0 && without_dust(users - unserved, of_class) <= 0.0;
        let unserved = if is_nobody_left { users } else { unserved };
        let mut left = users - unserved;
        while left > 0.0 {
            let Some(index) = best_site(&served.at, left) else {
                break;
            };
            let (site, spare) = &mut served.at[index];
            // The quotas of a class sum to its users except for dust, which goes with the rest.
            let is_rest = without_dust(left - *spare, of_class) <= 0.0;
            let here = if is_rest { left } else { *spare };
            if here <= 0.0 {
                break;
            }
            if !is_rest && without_dust(here, of_class) <= 0.0 {
                // No data are copied for nobody.
                *spare = 0.0;
                continue;
            }
            *spare = (*spare - here).max(0.0);
            left -= here;
            of_shard.push(Part {
                shard,
                current: row.current,
                site: Some(*site),
                users: here,
            });
        }
        if without_dust(left, of_class) <= 0.0
            && let Some(last) = of_shard.last_mut()
        {
            last.users += left;
            left = 0.0;
        }
        if unserved + left > 0.0 {
            of_shard.push(Part {
                shard,
                current: row.current,
                site: None,
                users: unserved + left,
            });
        }
        of_shard.drain(..).for_each(|part| gathered.add(part));
    }
}

/// Where the users of one shard's parts are served, ascending by site.
pub(crate) fn users_by_site(of_shard: &[Part]) -> Vec<(SiteId, f64)> {
    let served = of_shard.iter();
    summed(
        served
            .filter_map(|part| Some((part.site?, part.users)))
            .collect(),
    )
}

/// What arithmetic leaves of nobody is nobody.
fn without_dust(users: f64, of: f64) -> f64 {
    if users <= NUMERICAL_NOISE * of {
        0.0
    } else {
        users
    }
}

/// The tightest site that holds all `users`, else the one with most spare capacity; none if no capacity is left.
fn best_site(at: &[(SiteId, f64)], users: f64) -> Option<usize> {
    const SLACK: f64 = 1.0 + 1e-9;
    if let [(_, spare)] = at {
        return (*spare > 0.0).then_some(0);
    }
    let holding = (0..at.len())
        .filter(|&index| at[index].1 * SLACK >= users)
        .min_by(|&a, &b| at[a].1.total_cmp(&at[b].1));
    holding.or_else(|| {
        (0..at.len())
            .filter(|&index| at[index].1 > 0.0)
            .max_by(|&a, &b| at[a].1.total_cmp(&at[b].1).then(b.cmp(&a)))
    })
}
