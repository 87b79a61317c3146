//! What survives a case: the fewest users who stay unserved in it, and the prices that prove it, for any user wherever they
//! might be homed (`docs/model.md` §10).

use super::fares::{PathPrices, SitePrice, prices_at_sites};
use super::master::Master;
use super::prices::DualPrices;
use super::service::find_service;
use super::stop::Stop;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::formulation::{Demand, Group, Problem};
use crate::graph::PricedPaths;
use crate::ids::SiteId;
use std::sync::Arc;

/// The fewest users, of all tiers together, who stay unserved, and prices that prove it.
pub struct Fewest<'p> {
    problem: &'p Problem<'p>,
    /// Users that these prices prove to be unserved at least, those among them that nobody can serve included.
    pub unserved: f64,
    /// Per user.
    tariff: DualPrices,
}

/// The same; `None` if every method of the solver failed, or a stop was raised.
///
/// # Errors
/// `Error::Internal`, which is a bug.
pub fn fewest_unserved<'p>(problem: &'p Problem<'p>, stop: &Stop) -> Result<Option<Fewest<'p>>> {
    match search(problem, stop) {
        Ok(found) => Ok(found),
        Err(Error::Solver { .. } | Error::StoppedEarly) => Ok(None),
        Err(other) => Err(other),
    }
}

fn search<'p>(problem: &'p Problem<'p>, stop: &Stop) -> Result<Option<Fewest<'p>>> {
    let mut master = Master::new(problem, stop)?;
    find_service(&mut master, stop)?;
    master.closed.levels[Level::Relief] = false;
    master.closed.levels.unserved.fill(false);
    master.apply_bounds()?;
    let mut unserved = master.nothing();
    unserved.levels.unserved.fill(1.0);
    let end = master.optimise(&unserved, f64::INFINITY)?;
    Ok(master.per_user().map(|tariff| Fewest {
        problem,
        unserved: end.bound,
        tariff,
    }))
}

impl<'p> Fewest<'p> {
    /// How many users' worth of prices the rows can take.
    pub fn spare(&self) -> f64 {
        let rows = self.problem.rows.rows.iter().zip(&self.tariff.rows);
        let of_rows: f64 = rows
            .map(|(row, price)| price * (row.capacity - row.fixed))
            .sum();
        of_rows + self.tariff.held
    }

    /// What a user pays who is served elsewhere than where they are homed.
    pub fn of_move(&self) -> f64 {
        self.tariff.objective.levels[Level::Moved]
    }

    /// What users of a demand pay along their paths and where they are served.
    pub fn of_demand(&self, demand: &Demand) -> OfDemand<'p> {
        let problem = self.problem;
        let fares = PathPrices::of(problem, demand, &self.tariff, |profile, prices| {
            let usable = Arc::clone(&problem.profile_paths.usable[profile]);
            let network = problem.setting.network;
            Arc::new(PricedPaths::new(
                network,
                usable,
                prices,
                problem.profile_paths.longest,
            ))
        });
        OfDemand {
            problem,
            fares,
            at_sites: prices_at_sites(problem, demand, &self.tariff),
        }
    }
}

/// What users of a demand pay.
pub struct OfDemand<'p> {
    problem: &'p Problem<'p>,
    fares: PathPrices<'p>,
    at_sites: Vec<SitePrice>,
}

impl OfDemand<'_> {
    /// The least that one of them in a group pays who is served at a site, with or without a copy there; `None` if no open
    /// path leads there.
    pub fn at(&self, group: &Group, site: SiteId, has_copy: bool) -> Option<f64> {
        let path = self.fares.cost(self.problem, group, site)?;
        Some(path.price + self.at_sites[site.index()].of(has_copy))
    }
}
