//! Users for whose needs access points, elements and links on all paths to their sites have too little of a resource.
//!
//! Latency limits, and that a path passes one access point only, are not asked here: without them more could flow, so
//! what is cut nevertheless is cut.

use super::bond::{BondCrowd, spare};
use crate::formulation::rows::{LoadRow, RowId};
use crate::formulation::{ClassId, Problem};
use crate::graph::{FlowNetwork, PlaceId};
use crate::ids::{ClientRegionId, ComponentId, LinkId, ResourceId, SiteId};
use crate::model::{LinkEnd, Scope};
use crate::plan::{Cut, Stopped};
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// Sets of sites that are looked at, those with most unserved users first.
const SETS: usize = 8;

/// The cuts of every network resource and every set of sites that unserved users may use, in a slice of the hours.
pub(super) fn cuts(problem: &Problem<'_>, unserved: &[f64], slice: usize) -> Vec<Cut> {
    let mut sets: BTreeMap<&[SiteId], f64> = BTreeMap::new();
    for (class, users) in problem.classes.classes.iter().zip(unserved) {
        if *users > NOBODY && !class.sites.is_empty() {
            *sets.entry(&class.sites).or_default() += users;
        }
    }
    let mut sets: Vec<(&[SiteId], f64)> = sets.into_iter().collect();
    sets.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let mut all: Vec<Cut> = Vec::new();
    for (index, resource) in problem.setting.inventory.resources.iter().enumerate() {
        if resource.scope != Scope::Network {
            continue;
        }
        for (sites, _) in sets.iter().take(SETS) {
            for cut in PathsToSites::new(problem, (ResourceId::new(index), slice), sites).cuts() {
                let is_known = all
                    .iter()
                    .any(|known| known.resource() == cut.resource() && known.shards == cut.shards);
                if !is_known {
                    all.push(cut);
                }
            }
        }
    }
    all
}

/// The network of one resource towards some sites, for all who may use no other.
struct PathsToSites<'a> {
    problem: &'a Problem<'a>,
    resource: ResourceId,
    slice: usize,
    sites: &'a [SiteId],
    network: FlowNetwork,
    /// By place, where one comes in.
    into: Vec<usize>,
    /// By client region, what its users need and whose they are.
    needs: BTreeMap<ClientRegionId, (f64, Vec<ClassId>)>,
    /// Points between which a component lets only so much pass.
    narrow: Vec<(usize, usize, f64, Vec<ComponentId>)>,
}

impl<'a> PathsToSites<'a> {
    fn new(
        problem: &'a Problem<'a>,
        (resource, slice): (ResourceId, usize),
        sites: &'a [SiteId],
    ) -> Self {
        let mut network = FlowNetwork::default();
        let places = problem.setting.network.place_count();
        let into = (0..places).map(|_| network.point()).collect();
        let mut paths = Self {
            problem,
            resource,
            slice,
            sites,
            network,
            into,
            needs: BTreeMap::new(),
            narrow: Vec::new(),
        };
        let profiles = paths.add_needs();
        paths.add_paths(&profiles);
        paths
    }

    /// What those need who may use no site but these; their profiles.
    fn add_needs(&mut self) -> BTreeSet<usize> {
        let problem = self.problem;
        let mut profiles = BTreeSet::new();
        for (id, class) in problem.classes.classes.iter().enumerate() {
            let is_bound = |site: &SiteId| self.sites.binary_search(site).is_ok();
            let need = class.users * problem.demand_of(id)[[self.slice, self.resource.index()]];
            if need <= 0.0 || class.sites.is_empty() || !class.sites.iter().all(is_bound) {
                continue;
            }
            let group = &problem.classes.groups[class.group];
            profiles.insert(problem.classes.demands[group.demand].profile.index());
            let needs = self.needs.entry(group.client_region).or_default();
            needs.0 += need;
            needs.1.push(id);
        }
        for (region, (need, _)) in &self.needs {
            let place = problem
                .setting
                .network
                .place(LinkEnd::ClientRegion(*region));
            let point = self.into[place.index()];
            self.network.edge(FlowNetwork::SOURCE, point, Some(*need));
        }
        profiles
    }

    /// Places and links that any of these profiles may use; nobody passes on from a site or into a client region.
    fn add_paths(&mut self, profiles: &BTreeSet<usize>) {
        let problem = self.problem;
        let graph = problem.setting.network;
        let usable = |may: &dyn Fn(usize) -> bool| profiles.iter().any(|&profile| may(profile));
        let paths = &problem.profile_paths.usable;
        let mut out = self.into.clone();
        for place in (0..graph.place_count()).map(PlaceId::new) {
            let end = graph.end(place);
            if matches!(end, LinkEnd::ClientRegion(_)) {
                continue;
            }
            if !usable(&|profile| paths[profile].places[place.index()]) {
                continue;
            }
            let narrow = match end {
                // Copies make a need at a site smaller; `cuts_at_sites` looks at those.
                LinkEnd::Site(_) if self.has_copy_share() => None,
                _ => self.narrowest(&problem.rows.at_place[place.index()]),
            };
            let from = self.into[place.index()];
            if let LinkEnd::Site(site) = end {
                if self.sites.binary_search(&site).is_ok() {
                    self.pass(from, FlowNetwork::SINK, narrow);
                }
            } else if narrow.is_some() {
                let to = self.network.point();
                out[place.index()] = to;
                self.pass(from, to, narrow);
            }
        }
        for link in (0..graph.link_count()).map(LinkId::new) {
            let (from, to) = graph.ends(link);
            let is_left = !matches!(graph.end(from), LinkEnd::Site(_));
            let is_entered = !matches!(graph.end(to), LinkEnd::ClientRegion(_));
            let may = |profile: usize| {
                paths[profile].permits(link, to) && paths[profile].places[from.index()]
            };
            if is_left && is_entered && usable(&may) {
                let narrow = self.narrowest(&problem.rows.at_link[link.index()]);
                self.pass(out[from.index()], self.into[to.index()], narrow);
            }
        }
    }

    fn has_copy_share(&self) -> bool {
        self.problem.setting.inventory.resources[self.resource.index()].replica_share > 0.0
    }

    /// What the rows of a place or link let pass of the resource, and the components that do; `None` if not limited.
    fn narrowest(&self, rows: &[RowId]) -> Option<(f64, Vec<ComponentId>)> {
        let of_problem = &self.problem.rows;
        let load_rows: Vec<&LoadRow> = of_problem
            .of_resource(rows, self.resource, self.slice)
            .collect();
        // Members of a pool carry equal shares: the least of them limits all.
        let least = load_rows
            .iter()
            .map(|row| spare(row) * row.shares)
            .min_by(f64::total_cmp)?;
        Some((least, load_rows.iter().map(|row| row.component).collect()))
    }

    fn pass(&mut self, from: usize, to: usize, narrow: Option<(f64, Vec<ComponentId>)>) {
        self.network
            .edge(from, to, narrow.as_ref().map(|(spare, _)| *spare));
        if let Some((spare, components)) = narrow {
            self.narrow.push((from, to, spare, components));
        }
    }

    fn cuts(&self) -> Vec<Cut> {
        let problem = self.problem;
        let is_behind = self.network.min_cut();
        let parts = self.network.parts(&is_behind);
        parts
            .into_iter()
            .filter_map(|part| self.cut(problem, &is_behind, &part))
            .collect()
    }

    /// The cut of one part; `None` if nobody is in it, or only sites stop them.
    fn cut(&self, problem: &Problem<'_>, is_behind: &[bool], part: &[usize]) -> Option<Cut> {
        let graph = problem.setting.network;
        let mut client_regions = Vec::new();
        let mut classes: Vec<ClassId> = Vec::new();
        let mut needs = 0.0;
        for (region, (need, of_region)) in &self.needs {
            let place = graph.place(LinkEnd::ClientRegion(*region));
            if part.binary_search(&self.into[place.index()]).is_ok() {
                client_regions.push(*region);
                classes.extend(of_region);
                needs += need;
            }
        }
        let mut components: Vec<ComponentId> = Vec::new();
        let mut has = 0.0;
        for (from, to, spare, one_components) in &self.narrow {
            if part.binary_search(from).is_ok() && !is_behind[*to] {
                has += spare;
                components.extend(one_components);
            }
        }
        components.sort_unstable();
        components.dedup();
        let are_sites = components
            .iter()
            .all(|component| component.index() < problem.setting.inventory.sites.len());
        if classes.is_empty() || are_sites {
            return None;
        }
        let crowd = BondCrowd::new(problem, &classes, self.sites);
        Some(Cut {
            stopped: Stopped::AlongPath {
                resource: self.resource,
                client_regions,
                components,
            },
            bonds: crowd.bonds,
            shards: crowd.shards,
            users: crowd.users,
            sites: self.sites.to_vec(),
            needs,
            has,
        })
    }
}
