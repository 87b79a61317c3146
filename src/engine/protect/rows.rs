//! The survival row of a case that is planned again: what its prices say of users wherever a plan might home them.

use super::super::instant::{Asking, Whom};
use crate::error::Result;
use crate::formulation::rows::SurvivalRow;
use crate::formulation::{
    Detail, Problem, Rules, Setting, Standing, Touches, UsableByProfile, WhoId, copies,
};
use crate::ids::SiteId;
use crate::model::Case;
use crate::solve::{Fewest, OfDemand, Stop, fewest_unserved};
use rayon::prelude::*;
use std::cell::OnceCell;

/// The row that a case adds to a problem whose classes are told apart, by the prices that prove the fewest users who are
/// unserved in it from the homes that are asked about; `position` is that of the case among those with rows. `None` if
/// no prices were found.
pub(super) fn survival_row(
    asking: Asking<'_>,
    problem: &Problem<'_>,
    (known, position): (&Case, usize),
    stop: &Stop,
) -> Result<Option<SurvivalRow>> {
    let folded = asking.folded(known);
    asking.in_setting(known, &folded, Whom::Touched, |setting| {
        let of_case = Problem::beside(setting, Some(&asking.instant.found), Detail::Values);
        let Some(fewest) = fewest_unserved(&of_case, stop)? else {
            return Ok(None);
        };
        Ok(Some(SurvivalRow {
            case: position,
            holds_always: true,
            room: fewest.room(),
            costs: of_everybody(costs(problem, &setting, &fewest, &asking.instant.lowered)),
        }))
    })
}

/// What is told of everybody, by who he is.
pub(super) fn of_everybody(costs: Vec<Vec<(SiteId, f64)>>) -> Vec<(WhoId, Vec<(SiteId, f64)>)> {
    (0..).zip(costs).collect()
}

/// By who there is in a problem, what one of them costs by the site where a plan homes him.
fn costs(
    problem: &Problem<'_>,
    of_case: &Setting<'_>,
    fewest: &Fewest<'_>,
    lowered: &[bool],
) -> Vec<Vec<(SiteId, f64)>> {
    // Rules speak of replicas by their position, which is that of the problem's shards.
    let rules = Rules::new(Setting {
        folded: problem.setting.folded,
        ..*of_case
    });
    let kinds = &problem.setting.folded.kinds;
    let usable = UsableByProfile::default();
    let (inventory, network) = (of_case.inventory, of_case.network);
    let mut touches = Touches::new(
        (inventory, network),
        &usable,
        of_case.case,
        of_case.policy,
        &kinds.crowds,
        lowered,
    );
    let homed: Vec<Vec<(SiteId, bool)>> = (problem.classes.who.iter())
        .zip(sites_by_who(problem))
        .map(|(who, sites)| {
            let sites = sites.into_iter();
            sites
                .map(|site| (site, touches.touches(who.crowd, Some(site))))
                .collect()
        })
        .collect();
    let fares = SurvivalPrices::new(problem, fewest);
    homed
        .into_par_iter()
        .enumerate()
        .map(|(who, sites)| {
            let standing = problem.classes.who[who].standing;
            let fares = fares.of(who);
            let of_home = |(site, is_affected): (SiteId, bool)| {
                let standing = Standing {
                    current: Some(site),
                    ..standing
                };
                let open = rules.sites(&standing, is_affected);
                let least = open.ones().filter_map(|index| {
                    let to = SiteId::new(index);
                    let of_move = if to == site { 0.0 } else { fewest.of_move() };
                    Some(fares.to(to)? + of_move)
                });
                (site, least.fold(1.0, f64::min).max(0.0))
            };
            sites.into_iter().map(of_home).collect()
        })
        .collect()
}

/// What users pay under the prices of a case.
pub(super) struct SurvivalPrices<'p> {
    problem: &'p Problem<'p>,
    /// By demand.
    demands: Vec<OfDemand<'p>>,
}

/// The same of one kind of users. Most prices are asked for more than once.
pub(super) struct FaresOf<'f, 'p> {
    fares: &'f SurvivalPrices<'p>,
    who: usize,
    copies: Vec<SiteId>,
    /// By site.
    known: Vec<OnceCell<Option<f64>>>,
}

impl<'p> SurvivalPrices<'p> {
    /// What the users of a problem pay under these prices.
    pub(super) fn new(problem: &'p Problem<'p>, fewest: &Fewest<'p>) -> Self {
        let demands = problem.classes.demands.iter();
        Self {
            problem,
            demands: demands.map(|demand| fewest.of_demand(demand)).collect(),
        }
    }

    /// What one of who is at a position pays.
    pub(super) fn of(&self, who: usize) -> FaresOf<'_, 'p> {
        let classes = &self.problem.classes;
        let kinds = &self.problem.setting.folded.kinds;
        FaresOf {
            fares: self,
            who,
            copies: copies(kinds, &classes.who[who].standing),
            known: vec![OnceCell::new(); self.problem.setting.inventory.sites.len()],
        }
    }
}

impl FaresOf<'_, '_> {
    /// The least that he pays who is served at a site; `None` if no open path leads there.
    pub(super) fn to(&self, site: SiteId) -> Option<f64> {
        let (fares, copies) = (self.fares, &self.copies);
        let classes = &fares.problem.classes;
        let group = &classes.groups[classes.who[self.who].group];
        *self.known[site.index()].get_or_init(|| {
            let has_copy = copies.binary_search(&site).is_ok();
            let demand = &fares.demands[group.demand];
            demand.at(group, site, has_copy)
        })
    }
}

/// By who there is, where a plan may home them, ascending.
pub(super) fn sites_by_who(problem: &Problem<'_>) -> Vec<Vec<SiteId>> {
    let mut sites: Vec<Vec<SiteId>> = vec![Vec::new(); problem.classes.who.len()];
    for class in &problem.classes.classes {
        sites[class.who as WhoId as usize].extend(class.sites.iter());
    }
    for own in &mut sites {
        own.sort_unstable();
        own.dedup();
    }
    sites
}
