//! Loads at sites: what one user brings where they are homed, looked up instead of worked out for every shard.

use crate::formulation::rows::RowId;
use crate::formulation::{Class, Problem};
use crate::ids::SiteId;

/// Loads of one user at a site, by what they depend on: their demand, the site, and whether a copy is there.
pub(crate) struct SiteLoads {
    /// Groups of the problem: their demand.
    demand_of: Vec<usize>,
    sites: usize,
    /// Demands × sites × without or with a copy: where the entries begin. One more closes the last.
    first: Vec<usize>,
    entries: Vec<(RowId, f64)>,
}

impl SiteLoads {
    /// Those of a problem.
    pub(crate) fn new(problem: &Problem<'_>) -> Self {
        let sites = problem.setting.inventory.sites.len();
        let demands = problem.classes.demands.len();
        let mut first = Vec::with_capacity(demands * sites * 2 + 1);
        let mut entries = Vec::new();
        for demand in &problem.classes.demands {
            for site in (0..sites).map(SiteId::new) {
                for has_copy in [false, true] {
                    first.push(entries.len());
                    entries.extend(problem.loads_of_demand(demand, site, has_copy));
                }
            }
        }
        first.push(entries.len());
        Self {
            demand_of: problem
                .classes
                .groups
                .iter()
                .map(|group| group.demand)
                .collect(),
            sites,
            first,
            entries,
        }
    }

    /// The loads of one user of a class at a site, by row, in the row's resource.
    pub(crate) fn of(&self, class: &Class, site: SiteId) -> &[(RowId, f64)] {
        let has_copy = class.copies.binary_search(&site).is_ok();
        let demand = self.demand_of[class.group];
        let position = (demand * self.sites + site.index()) * 2 + usize::from(has_copy);
        &self.entries[self.first[position]..self.first[position + 1]]
    }
}
