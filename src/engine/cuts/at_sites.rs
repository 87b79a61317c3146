//! Users for whom the sites that they may use have too little of a resource, whatever the ways there.

use super::bond::BondCrowd;
use crate::formulation::rows::LoadRow;
use crate::formulation::{ClassId, Problem};
use crate::graph::FlowNetwork;
use crate::ids::{ResourceId, SiteId};
use crate::model::LinkEnd;
use crate::plan::{Cut, Stopped};
use std::collections::BTreeMap;

/// The cuts of every resource in a slice of the hours; none where everyone's need fits.
pub(super) fn cuts(problem: &Problem<'_>, slice: usize) -> Vec<Cut> {
    (0..problem.setting.inventory.resources.len())
        .map(ResourceId::new)
        .flat_map(|resource| of_resource(&SliceCut { problem, slice }, resource))
        .collect()
}

/// A problem in one slice of the hours.
struct SliceCut<'p, 'a> {
    problem: &'p Problem<'a>,
    slice: usize,
}

impl SliceCut<'_, '_> {
    /// The row of a site and resource, if the site limits the resource.
    fn row_at(&self, site: SiteId, resource: ResourceId) -> Option<&LoadRow> {
        let problem = self.problem;
        let place = problem.setting.network.place(LinkEnd::Site(site));
        let rows = &problem.rows.at_place[place.index()];
        problem.rows.of_resource(rows, resource, self.slice).next()
    }
}

/// What a row leaves for users: capacity less copies and background.
pub(super) fn room(row: &LoadRow) -> f64 {
    (row.capacity - row.fixed).max(0.0)
}

/// The least that one user of a class needs at any site that he may use: where a copy stands, what that has already
/// is not needed again.
fn least_need(in_slice: &SliceCut<'_, '_>, class: ClassId, resource: ResourceId) -> f64 {
    let problem = in_slice.problem;
    let own = problem.class(class);
    let of_copy = problem.setting.inventory.resources[resource.index()].replica_share;
    let share = own
        .sites
        .iter()
        .filter(|site| own.copies.binary_search(site).is_ok())
        .filter(|&&site| {
            in_slice
                .row_at(site, resource)
                .is_some_and(|row| !row.is_cut)
        })
        .map(|_| 1.0 - of_copy)
        .fold(1.0, f64::min);
    problem.demand_of(class)[[in_slice.slice, resource.index()]] * share
}

fn of_resource(in_slice: &SliceCut<'_, '_>, resource: ResourceId) -> Vec<Cut> {
    let problem = in_slice.problem;
    let mut groups: BTreeMap<&[SiteId], (f64, Vec<ClassId>)> = BTreeMap::new();
    for (id, class) in problem.classes.classes.iter().enumerate() {
        let need = class.users * least_need(in_slice, id, resource);
        let is_limited = |site: &SiteId| in_slice.row_at(*site, resource).is_some();
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
            let room = room(in_slice.row_at(SiteId::new(site), resource)?);
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
            let crowd = BondCrowd::new(problem, &classes, &allowed);
            (!classes.is_empty()).then(|| Cut {
                stopped: Stopped::AtSites { resource },
                bonds: crowd.bonds,
                shards: crowd.shards,
                users: crowd.users,
                sites: allowed,
                needs: behind.iter().map(|(_, need, _)| need).sum(),
                has,
            })
        })
        .collect()
}
