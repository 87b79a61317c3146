//! Users for whom the sites that they may use have too little of a resource, whatever the ways there.

use super::Crowd;
use crate::formulation::rows::LoadRow;
use crate::formulation::{ClassId, Problem};
use crate::graph::FlowNetwork;
use crate::ids::{ResourceId, SiteId};
use crate::model::LinkEnd;
use crate::plan::{Cut, Stopped};
use std::collections::BTreeMap;

/// The cuts of every resource; none where everyone's need fits.
pub(super) fn cuts(problem: &Problem<'_>) -> Vec<Cut> {
    (0..problem.setting.inventory.resources.len())
        .map(ResourceId::new)
        .flat_map(|resource| of_resource(problem, resource))
        .collect()
}

/// What the row of a site and resource leaves for users, if the site limits the resource.
pub(super) fn room_at(problem: &Problem<'_>, site: SiteId, resource: ResourceId) -> Option<f64> {
    let place = problem.setting.network.place(LinkEnd::Site(site));
    problem.rows.at_place[place.index()]
        .iter()
        .map(|&row| &problem.rows.rows[row])
        .find(|row| row.resource == resource)
        .map(room)
}

/// What a row leaves for users: capacity less copies and background.
pub(super) fn room(row: &LoadRow) -> f64 {
    (row.capacity - row.fixed).max(0.0)
}

/// The least that one user of a class needs at any site that he may use.
fn least_need(problem: &Problem<'_>, class: ClassId, resource: ResourceId) -> f64 {
    let whole = problem.demand_of(class)[resource.index()];
    let sites = problem.class(class).sites.iter();
    sites
        .map(|&site| {
            let mut rows = problem.loads_at_site(class, site);
            rows.find(|(row, _)| problem.rows.rows[*row].resource == resource)
                .map_or(whole, |(_, load)| load)
        })
        .fold(whole, f64::min)
}

fn of_resource(problem: &Problem<'_>, resource: ResourceId) -> Vec<Cut> {
    let mut groups: BTreeMap<&[SiteId], (f64, Vec<ClassId>)> = BTreeMap::new();
    for (id, class) in problem.classes.classes.iter().enumerate() {
        let need = class.users * least_need(problem, id, resource);
        let is_limited = |site: &SiteId| room_at(problem, *site, resource).is_some();
        if need > 0.0 && !class.sites.is_empty() && class.sites.iter().all(is_limited) {
            let group = groups.entry(&class.sites).or_default();
            group.0 += need;
            group.1.push(id);
        }
    }
    if groups.is_empty() {
        return Vec::new();
    }
    let mut network = FlowNetwork::default();
    let sites: Vec<Option<(usize, f64)>> = (0..problem.setting.inventory.sites.len())
        .map(|site| {
            let room = room_at(problem, SiteId::new(site), resource)?;
            let point = network.point();
            network.edge(point, FlowNetwork::SINK, Some(room));
            Some((point, room))
        })
        .collect();
    let mut of_point: BTreeMap<usize, (&[SiteId], f64, &[ClassId])> = BTreeMap::new();
    for (allowed, (need, classes)) in &groups {
        let point = network.point();
        network.edge(FlowNetwork::SOURCE, point, Some(*need));
        for site in *allowed {
            if let Some((site, _)) = sites[site.index()] {
                network.edge(point, site, None);
            }
        }
        of_point.insert(point, (allowed, *need, classes));
    }
    let is_behind = network.min_cut();
    network
        .parts(&is_behind)
        .into_iter()
        .filter_map(|part| {
            let behind: Vec<_> = part
                .iter()
                .filter_map(|point| of_point.get(point))
                .collect();
            let mut allowed: Vec<SiteId> = behind
                .iter()
                .flat_map(|(sites, _, _)| sites.iter().copied())
                .collect();
            allowed.sort_unstable();
            allowed.dedup();
            let classes: Vec<ClassId> = behind
                .iter()
                .flat_map(|(_, _, classes)| classes.iter().copied())
                .collect();
            let has = allowed
                .iter()
                .filter_map(|site| sites[site.index()])
                .map(|(_, room)| room)
                .sum();
            let crowd = Crowd::new(problem, &classes, &allowed);
            (!classes.is_empty()).then(|| Cut {
                stopped: Stopped::AtSites { resource },
                bond: crowd.bond,
                shards: crowd.shards,
                users: crowd.users,
                sites: allowed,
                needs: behind.iter().map(|(_, need, _)| need).sum(),
                has,
            })
        })
        .collect()
}
