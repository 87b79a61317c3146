//! Paths known from earlier pricing passes: prices of the network often stay as they were from one pass to the next.

use crate::formulation::Problem;
use crate::graph::{PathCost, PricedPaths, Prices, Usable};
use crate::ids::{AccessPointId, SiteId};
use crate::model::LinkEnd;
use rayon::prelude::*;
use std::sync::Arc;

/// Searches kept at once; the oldest goes first.
const KEPT: usize = 32;

/// Groups whose costs one thread looks up at a time, at least.
const GROUPS_OF_CHUNK: usize = 256;

/// By site, price and latency of the cheapest path.
pub(super) type Costs = Vec<Option<PathCost>>;

/// Priced paths under the prices of earlier passes.
pub(super) struct KnownPaths<'a> {
    problem: &'a Problem<'a>,
    /// What is closed for the entries below.
    closed: Vec<bool>,
    /// By profile.
    usable: Vec<Arc<Usable>>,
    searches: Vec<Search<'a>>,
    /// By group, the sites that any of its classes may use.
    sites: Vec<Vec<SiteId>>,
    /// By group, the search that its costs come from.
    costs: Vec<Option<(Arc<PricedPaths<'a>>, Arc<Costs>)>>,
}

/// One search and what it was for.
struct Search<'a> {
    usable: Arc<Usable>,
    prices: Prices,
    paths: Arc<PricedPaths<'a>>,
}

impl<'a> KnownPaths<'a> {
    /// Nothing is known but the least-latency paths.
    pub(super) fn new(problem: &'a Problem<'a>) -> Self {
        let closed = vec![false; problem.setting.inventory.access_points.len()];
        let mut known = Self {
            problem,
            closed,
            usable: problem.ways.usable.clone(),
            searches: Vec::new(),
            sites: sites_of_groups(problem),
            costs: vec![None; problem.classes.groups.len()],
        };
        let least_latency = problem.ways.usable.iter().zip(&problem.ways.with_standby);
        for (usable, paths) in least_latency {
            if !known
                .searches
                .iter()
                .any(|search| Arc::ptr_eq(&search.usable, usable))
            {
                known.searches.push(Search {
                    usable: Arc::clone(usable),
                    prices: Prices::zero(problem.setting.network),
                    paths: Arc::clone(paths),
                });
            }
        }
        known
    }

    /// Closes access points; what was found with others open is forgotten.
    pub(super) fn close(&mut self, closed: &[bool]) {
        if self.closed == closed {
            return;
        }
        self.closed = closed.to_vec();
        self.searches.clear();
        self.costs.fill(None);
        let network = self.problem.setting.network;
        let mut shared: Vec<(Arc<Usable>, Arc<Usable>)> = Vec::new();
        self.usable = self
            .problem
            .ways
            .usable
            .iter()
            .map(|open| {
                if let Some((_, known)) = shared.iter().find(|(from, _)| Arc::ptr_eq(from, open)) {
                    return Arc::clone(known);
                }
                let mut usable = Usable::clone(open);
                for index in (0..closed.len()).filter(|&index| closed[index]) {
                    let end = LinkEnd::AccessPoint(AccessPointId::new(index));
                    usable.places[network.place(end).index()] = false;
                }
                let usable = Arc::new(usable);
                shared.push((Arc::clone(open), Arc::clone(&usable)));
                usable
            })
            .collect();
    }

    /// The cheapest paths of a profile under these prices.
    pub(super) fn paths(&mut self, profile: usize, prices: Prices) -> Arc<PricedPaths<'a>> {
        let usable = &self.usable[profile];
        let known = self
            .searches
            .iter()
            .find(|search| Arc::ptr_eq(&search.usable, usable) && search.prices == prices);
        if let Some(search) = known {
            return Arc::clone(&search.paths);
        }
        let beside: Vec<&PricedPaths<'a>> = self
            .searches
            .iter()
            .rev()
            .filter(|search| Arc::ptr_eq(&search.usable, usable))
            .map(|search| &*search.paths)
            .collect();
        let paths = Arc::new(PricedPaths::beside(
            self.problem.setting.network,
            Arc::clone(usable),
            prices.clone(),
            self.problem.ways.longest,
            &beside,
        ));
        if self.searches.len() >= KEPT {
            self.searches.remove(0);
        }
        self.searches.push(Search {
            usable: Arc::clone(usable),
            prices,
            paths: Arc::clone(&paths),
        });
        paths
    }

    /// By group and site, the cost of the cheapest path over the paths of its demand; `None` also where no class of the
    /// group may go.
    pub(super) fn costs(&mut self, paths: &[Arc<PricedPaths<'a>>]) -> Vec<Arc<Costs>> {
        let site_count = self.problem.setting.inventory.sites.len();
        let groups = &self.problem.classes.groups;
        let sites = &self.sites;
        self.costs
            .par_iter_mut()
            .with_min_len(GROUPS_OF_CHUNK)
            .enumerate()
            .map(|(index, known)| {
                let group = &groups[index];
                let paths = &paths[group.demand];
                if let Some((of, costs)) = known
                    && Arc::ptr_eq(of, paths)
                {
                    return Arc::clone(costs);
                }
                let mut costs: Costs = vec![None; site_count];
                for &site in &sites[index] {
                    costs[site.index()] = paths.cost(group.client_region, site, group.max_latency);
                }
                let costs = Arc::new(costs);
                *known = Some((Arc::clone(paths), Arc::clone(&costs)));
                costs
            })
            .collect()
    }
}

/// By group, the sites that any of its classes may use, ascending.
fn sites_of_groups(problem: &Problem<'_>) -> Vec<Vec<SiteId>> {
    let mut sites: Vec<Vec<SiteId>> = vec![Vec::new(); problem.classes.groups.len()];
    for class in &problem.classes.classes {
        sites[class.group].extend(&class.sites);
    }
    for sites in &mut sites {
        sites.sort_unstable();
        sites.dedup();
    }
    sites
}
