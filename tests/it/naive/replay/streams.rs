//! Streams: users of a steering group at a site on one path.

use crate::naive::paths::paths_of;
use plimsoll::ids::{ComponentId, LinkId, PoolId, ShardId, SiteId};
use plimsoll::model::{AccessPointState, Component, Inventory, LinkEnd, Scenario, Shard};
use plimsoll::plan::{Flow, GroupKey};

/// A place of a path, in the order in which it is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hop {
    One(ComponentId),
    Pool(PoolId),
}

/// Users of a group at a site on one path.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    pub(super) group: GroupKey,
    pub(super) site: SiteId,
    pub(super) hops: Vec<Hop>,
    /// Share of the group's users at the site.
    pub(super) weight: f64,
}

/// Everybody's streams, and the shards that have none.
pub(super) fn streams(
    inventory: &Inventory,
    scenario: &Scenario,
    steering: &[Flow],
) -> (Vec<Stream>, Vec<usize>) {
    let mut streams: Vec<Stream> = Vec::new();
    let mut stranded = Vec::new();
    for (index, shard) in inventory.shards.iter().enumerate() {
        let group = GroupKey::of(inventory, &scenario.policy, ShardId::new(index));
        let Some(site) = shard.site else {
            stranded.push(index);
            continue;
        };
        let is_own = |stream: &Stream| stream.group == group && stream.site == site;
        if streams.iter().any(is_own) {
            continue;
        }
        let of_group = |flow: &&Flow| flow.group == group && flow.path.site == site;
        let all: f64 = steering
            .iter()
            .filter(of_group)
            .map(|flow| flow.users)
            .sum();
        let mut paths: Vec<(Vec<LinkId>, f64)> = Vec::new();
        if all > 1e-6 {
            for flow in steering.iter().filter(of_group) {
                paths.push((flow.path.links.clone(), flow.users / all));
            }
        } else {
            paths.extend(shortest(inventory, shard, group, site).map(|links| (links, 1.0)));
        }
        for (links, weight) in &paths {
            streams.push(Stream {
                group,
                site,
                hops: hops(inventory, links),
                weight: *weight,
            });
        }
        if paths.is_empty() {
            stranded.push(index);
        }
    }
    for (index, shard) in inventory.shards.iter().enumerate() {
        let group = GroupKey::of(inventory, &scenario.policy, ShardId::new(index));
        let is_own = |stream: &Stream| stream.group == group && Some(stream.site) == shard.site;
        if !streams.iter().any(is_own) && !stranded.contains(&index) {
            stranded.push(index);
        }
    }
    (streams, stranded)
}

/// The way of least latency over an access point that is in use.
fn shortest(
    inventory: &Inventory,
    shard: &Shard,
    group: GroupKey,
    site: SiteId,
) -> Option<Vec<LinkId>> {
    let is_open = |component: &ComponentId| match inventory.component(*component) {
        Component::AccessPoint(id) => {
            inventory.access_points[id.index()].state == AccessPointState::Active
        }
        _ => true,
    };
    paths_of(inventory, shard, group.max_latency)
        .into_iter()
        .filter(|path| path.site == site && path.components.iter().all(is_open))
        .min_by(|a, b| a.latency.total_cmp(&b.latency))
        .map(|path| {
            let links = path.components.iter();
            links
                .filter_map(|component| match inventory.component(*component) {
                    Component::Link(link) => Some(link),
                    _ => None,
                })
                .collect()
        })
}

/// Links and the places that they lead to, in order.
fn hops(inventory: &Inventory, links: &[LinkId]) -> Vec<Hop> {
    let mut hops = Vec::new();
    for &link in links {
        hops.push(Hop::One(inventory.link_component(link)));
        hops.push(match inventory.links[link.index()].to {
            LinkEnd::AccessPoint(id) => Hop::One(inventory.access_point_component(id)),
            LinkEnd::Element(id) => Hop::One(inventory.element_component(id)),
            LinkEnd::Pool(id) => Hop::Pool(id),
            LinkEnd::Site(id) => Hop::One(inventory.site_component(id)),
            LinkEnd::ClientRegion(_) => unreachable!("no link leads to a client region"),
        });
    }
    hops
}

/// The components of a hop: one, or all members of a pool.
pub(super) fn components(inventory: &Inventory, hop: Hop) -> Vec<ComponentId> {
    match hop {
        Hop::One(component) => vec![component],
        Hop::Pool(pool) => {
            let members = &inventory.pools[pool.index()].members;
            let members = members
                .iter()
                .map(|member| inventory.element_component(*member));
            members.collect()
        }
    }
}

/// Components in the order in which work meets them.
///
/// Decision: where paths go round in a circle, the first paths decide.
pub(super) fn order(inventory: &Inventory, streams: &[Stream]) -> Vec<ComponentId> {
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); inventory.component_count()];
    for stream in streams {
        for pair in stream.hops.windows(2) {
            for from in components(inventory, pair[0]) {
                for to in components(inventory, pair[1]) {
                    after[from.index()].push(to.index());
                }
            }
        }
    }
    let mut done = vec![false; after.len()];
    let mut backwards = Vec::new();
    for stream in streams {
        for first in components(inventory, stream.hops[0]) {
            visit(first.index(), &after, &mut done, &mut backwards);
        }
    }
    backwards.reverse();
    backwards.into_iter().map(ComponentId::new).collect()
}

fn visit(index: usize, after: &[Vec<usize>], done: &mut [bool], backwards: &mut Vec<usize>) {
    if done[index] {
        return;
    }
    done[index] = true;
    for next in &after[index] {
        visit(*next, after, done, backwards);
    }
    backwards.push(index);
}
