//! **Survival rows.** Who would be unserved in a case in which something fails is counted, wherever a plan homes shards.
//!
//! Inequality (`model.md` §10), for a case k and prices π ≥ 0 of its own load rows:
//!
//! ```text
//! Σ_{c,d} υ_k[c,d] · x[c,d] ≤ Σ π·(A − F) + ℓ_k          x[c,d] = Σ_{p→d} z[c,p]
//! υ_k[c,d] = min(1, what a user of c homed at d costs at least under π, wherever the case lets them be)
//! ```
//!
//! By weak duality no plan of the case leaves fewer than `Σ υ·x − Σ π·(A − F)` users unserved, whatever the prices;
//! with those that prove the fewest of some homes `x` it is just as many there.
//! Unit: users. Dual: what one more user who may be unserved in the case is worth. Size: a few for each case that a
//! plan without them does not survive.

use super::exposure::ExposureRow;
use crate::formulation::ids::WhoId;
use crate::formulation::load_row::LoadRow;
use crate::ids::SiteId;

/// Rows of cases that a plan has to survive.
#[derive(Debug, Clone, Default)]
pub struct Survival {
    /// How many cases have rows.
    pub case_count: usize,
    /// The rows.
    pub rows: Vec<SurvivalRow>,
    /// After them, what tenants lose on their paths.
    pub exposures: Vec<ExposureRow>,
}

/// What some prices say of a case.
#[derive(Debug, Clone)]
pub struct SurvivalRow {
    /// Which of the cases.
    pub case: usize,
    /// `true` if it holds wherever shards are homed, `false` if it says nothing of other homes than those it was made from.
    pub holds_always: bool,
    /// What the rows can take at the prices, in users.
    pub limit: f64,
    /// By who they are, ascending: what one of them costs by the site where a plan homes them, ascending; each from 0 to 1.
    pub costs: Vec<(WhoId, Vec<(SiteId, f64)>)>,
}

impl SurvivalRow {
    /// What one user costs that a plan homes at a site; 0 where no cost is listed.
    pub fn cost(&self, who: WhoId, site: SiteId) -> f64 {
        let position = self.costs.binary_search_by_key(&who, |(number, _)| *number);
        position.map_or(0.0, |position| self.cost_at(position, site))
    }

    /// The same of the users at a position among those that it lists.
    pub(super) fn cost_at(&self, position: usize, site: SiteId) -> f64 {
        let by_site = &self.costs[position].1;
        by_site
            .binary_search_by_key(&site, |(site, _)| *site)
            .map_or(0.0, |position| by_site[position].1)
    }

    /// The row as one of those that limit loads, among all `users`.
    pub(super) fn as_load_row(&self, users: f64) -> LoadRow {
        LoadRow::of_case(self.case, self.limit, users)
    }
}
