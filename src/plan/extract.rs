//! From an outcome of the solver to users, loads and steering.

use super::plan::{Flow, GroupKey, OrderedGroup, Part};
use crate::formulation::{ClassId, Problem, Setting};
use crate::ids::{AccessPointId, ShardId, SiteId};
use crate::model::{AccessPointState, LinkEnd};
use crate::solve::Outcome;
use crate::units::NOBODY;
use ndarray::Array2;
use std::collections::BTreeMap;

/// Users of a class by site, and unserved by rank.
#[derive(Debug, Clone, Default)]
pub struct Served {
    /// Ascending by site.
    pub at: Vec<(SiteId, f64)>,
    /// By rank.
    pub unserved: Vec<f64>,
}

/// Loads of a plan: components × resources.
///
/// At sites by shard; on the way by steering, where users of one group cannot be told apart: what one of them
/// demands is the group's mean. A standby access point that nobody enters is closed, and what stands in
/// background.csv for it is gone with it.
pub fn loads(problem: &Problem<'_>, parts: &[Part], flows: &[Flow]) -> Array2<f64> {
    let setting = &problem.setting;
    let inventory = setting.inventory;
    let mut of_rows: Vec<f64> = problem.rows.rows.iter().map(|row| row.fixed).collect();
    for part in parts {
        let class = problem.classes.class_of.get(part.home());
        if let (Some(class), Some(site)) = (class, part.site) {
            for (row, load) in problem.loads_at_site(class, site) {
                of_rows[row] += load * part.users;
            }
        }
    }
    let means = mean_demands(setting);
    for flow in flows {
        let mean = &means[&flow.group.ordered()];
        let site = setting.network.place(LinkEnd::Site(flow.path.site));
        let places = flow.path.places(setting.network);
        let rows = places
            .iter()
            .filter(|place| **place != site)
            .flat_map(|place| &problem.rows.at_place[place.index()])
            .chain(
                flow.path
                    .links
                    .iter()
                    .flat_map(|link| &problem.rows.at_link[link.index()]),
            );
        for &row in rows {
            let load_row = &problem.rows.rows[row];
            of_rows[row] += mean[load_row.resource.index()] * flow.users / load_row.shares;
        }
    }
    let mut loads = problem.fixed.load.clone();
    for (row, load) in problem.rows.rows.iter().zip(of_rows) {
        loads[[row.component.index(), row.resource.index()]] = load;
    }
    let mut entering = vec![0.0; inventory.access_points.len()];
    for flow in flows {
        entering[flow.path.access_point.index()] += flow.users;
    }
    for (index, access_point) in inventory.access_points.iter().enumerate() {
        if access_point.state == AccessPointState::Standby && entering[index] <= NOBODY {
            let component = inventory.access_point_component(AccessPointId::new(index));
            loads.row_mut(component.index()).fill(0.0);
        }
    }
    loads
}

/// By group, what one of its users demands on average, by resource.
pub(super) fn mean_demands(setting: &Setting<'_>) -> BTreeMap<OrderedGroup, Vec<f64>> {
    let inventory = setting.inventory;
    let mut users: BTreeMap<OrderedGroup, (f64, f64)> = BTreeMap::new();
    for index in 0..inventory.shards.len() {
        let group = GroupKey::of(inventory, setting.policy, ShardId::new(index));
        let sums = users.entry(group.ordered()).or_default();
        sums.0 += setting.case.base_users[index];
        sums.1 += setting.case.users(index);
    }
    users
        .into_iter()
        .map(|(key, (base, counted))| {
            let demand = &inventory.profiles[key.1 as usize].demand;
            let of_user = inventory.resources.iter().zip(demand);
            let steady = if counted > 0.0 { base / counted } else { 1.0 };
            let mean = of_user
                .map(|(resource, demand)| {
                    if resource.varies {
                        *demand
                    } else {
                        demand * steady
                    }
                })
                .collect();
            (key, mean)
        })
        .collect()
}

/// Users who cross each component of an outcome; a pool's members that are in have equal shares.
pub(crate) fn crossing(problem: &Problem<'_>, flows: &[Flow]) -> Vec<f64> {
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

/// Steering of an outcome: users by group and path, ascending.
pub fn flows(problem: &Problem<'_>, outcome: &Outcome) -> Vec<Flow> {
    let mut flows: Vec<Flow> = outcome
        .served
        .iter()
        .map(|served| {
            let group = &problem.classes.groups[problem.class(served.class).group];
            Flow {
                group: GroupKey {
                    client_region: group.client_region,
                    profile: problem.classes.demands[group.demand].profile,
                    max_latency: group.max_latency,
                },
                path: outcome.paths.get(served.path).clone(),
                users: served.users,
            }
        })
        .collect();
    flows.sort_by(|a, b| compare_keys(&a.group, &b.group).then(compare_paths(a, b)));
    flows.dedup_by(|next, kept| {
        let is_same = next.group == kept.group && next.path.links == kept.path.links;
        if is_same {
            kept.users += next.users;
        }
        is_same
    });
    flows
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
    let mut at: Vec<BTreeMap<SiteId, f64>> = vec![BTreeMap::new(); problem.classes.classes.len()];
    for served in &outcome.served {
        *at[served.class]
            .entry(outcome.paths.get(served.path).site)
            .or_default() += served.users;
    }
    at.into_iter()
        .zip(&outcome.unserved)
        .map(|(at, unserved)| Served {
            at: at.into_iter().collect(),
            unserved: unserved.clone(),
        })
        .collect()
}

/// Assignment of an outcome, ascending by shard, then current site; served parts before unserved ones.
///
/// The shards of a class share its sites: the largest first, whole ones where the quotas allow it. A shard
/// without users keeps its main site while that is open.
pub fn parts(problem: &Problem<'_>, outcome: &Outcome) -> Vec<Part> {
    let mut parts = Vec::new();
    for (class, served) in served_classes(problem, outcome).into_iter().enumerate() {
        share_out(problem, class, served, &mut parts);
    }
    let setting = &problem.setting;
    for shard in (0..setting.current.shard_count()).map(ShardId::new) {
        if setting.case.users(shard.index()) <= 0.0 {
            let current = setting.current.main(shard);
            let is_open = |site: &SiteId| !setting.case.gone[site.index()];
            parts.push(Part {
                shard,
                current,
                site: current.filter(is_open),
                users: 0.0,
            });
        }
    }
    parts.sort_by_key(|part| (part.home(), part.site.is_none(), part.site));
    parts
}

/// Shares a class out among its shards. What is dust is measured by the whole shard, however little of it is here.
fn share_out(problem: &Problem<'_>, class: ClassId, mut served: Served, parts: &mut Vec<Part>) {
    let setting = &problem.setting;
    let row = problem.class(class);
    let of_class = row.users;
    let users_of = |shard: ShardId| setting.users(row.home(shard));
    let mut shards = row.shards.clone();
    shards.sort_by(|&a, &b| users_of(b).total_cmp(&users_of(a)).then(a.cmp(&b)));
    for shard in shards {
        let tier = setting.inventory.shards[shard.index()].tier;
        let rank = setting.inventory.tiers[tier.index()].rank;
        let rank = problem.classes.ranks.partition_point(|&other| other < rank);
        let users = users_of(shard);
        let unserved = users.min(served.unserved[rank]);
        served.unserved[rank] -= unserved;
        let unserved = without_dust(unserved, of_class);
        let mut left = users - unserved;
        while left > 0.0 {
            let Some(index) = best_site(&served.at, left) else {
                break;
            };
            let (site, room) = &mut served.at[index];
            // The quotas of a class sum to its users but for dust, which goes with the rest.
            let is_rest = without_dust(left - *room, of_class) <= 0.0;
            let here = if is_rest { left } else { *room };
            if here <= 0.0 {
                break;
            }
            *room = (*room - here).max(0.0);
            left -= here;
            parts.push(Part {
                shard,
                current: row.current,
                site: Some(*site),
                users: here,
            });
        }
        if without_dust(left, of_class) <= 0.0
            && let Some(last) = parts.last_mut().filter(|part| part.shard == shard)
        {
            last.users += left;
            left = 0.0;
        }
        if unserved + left > 0.0 {
            parts.push(Part {
                shard,
                current: row.current,
                site: None,
                users: unserved + left,
            });
        }
    }
}

/// Where the users of one shard's parts are served, ascending by site.
pub(crate) fn users_by_site(of_shard: &[Part]) -> Vec<(SiteId, f64)> {
    let mut users: BTreeMap<SiteId, f64> = BTreeMap::new();
    for part in of_shard {
        if let Some(site) = part.site {
            *users.entry(site).or_default() += part.users;
        }
    }
    users.into_iter().collect()
}

/// What arithmetic leaves of nobody is nobody.
fn without_dust(users: f64, of: f64) -> f64 {
    const DUST: f64 = 1e-9;
    if users <= DUST * of { 0.0 } else { users }
}

/// The tightest site that holds all `users`, else the one with most room; none if there is no room left.
fn best_site(at: &[(SiteId, f64)], users: f64) -> Option<usize> {
    const SLACK: f64 = 1.0 + 1e-9;
    if let [(_, room)] = at {
        return (*room > 0.0).then_some(0);
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
