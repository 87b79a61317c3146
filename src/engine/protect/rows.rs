//! The survival row of a case: what its prices say of users wherever a plan might home them.

use super::super::instant::Asking;
use crate::error::Result;
use crate::formulation::rows::SurvivalRow;
use crate::formulation::{
    Detail, Problem, Rules, Setting, Standing, Touches, UsableByProfile, WhoId, copies,
};
use crate::ids::SiteId;
use crate::model::Case;
use crate::solve::{Fewest, OfDemand, Stop, fewest_unserved};
use rayon::prelude::*;

/// The row that a case adds to a problem whose classes are told apart, by the prices that prove the fewest users who are
/// unserved in it from the homes that are asked about; `position` is that of the case among those with rows. `None` if
/// no prices were found.
pub(super) fn survival_row(
    asking: Asking<'_>,
    problem: &Problem<'_>,
    (known, position): (&Case, usize),
    stop: &Stop,
) -> Result<Option<SurvivalRow>> {
    asking.in_setting(known, |setting, found| {
        let of_case = Problem::beside(setting, Some(found), Detail::Values);
        let Some(fewest) = fewest_unserved(&of_case, stop)? else {
            return Ok(None);
        };
        // Rules speak of replicas by their position, which is that of the problem's shards.
        let rules = Rules::new(Setting {
            folded: problem.setting.folded,
            ..setting
        });
        Ok(Some(SurvivalRow {
            case: position,
            room: fewest.room(),
            costs: costs(problem, &setting, &rules, &fewest, &asking.instant.lowered),
        }))
    })
}

/// By who there is in a problem, what one of them costs by the site where a plan homes him.
fn costs(
    problem: &Problem<'_>,
    of_case: &Setting<'_>,
    rules: &Rules<'_>,
    fewest: &Fewest<'_>,
    lowered: &[bool],
) -> Vec<Vec<(SiteId, f64)>> {
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
    let demands: Vec<OfDemand<'_>> = problem
        .classes
        .demands
        .iter()
        .map(|demand| fewest.of_demand(demand))
        .collect();
    let homed: Vec<Vec<(SiteId, bool)>> = (problem.classes.who.iter())
        .zip(sites_by_who(problem))
        .map(|(who, sites)| {
            let touched = sites.into_iter();
            touched
                .map(|site| (site, touches.touches(who.crowd, Some(site))))
                .collect()
        })
        .collect();
    problem
        .classes
        .who
        .par_iter()
        .zip(homed)
        .map(|(who, sites)| {
            let group = &problem.classes.groups[who.group];
            let demand = &demands[group.demand];
            let copies = copies(kinds, &who.standing);
            let at = |site: SiteId| {
                let has_copy = copies.binary_search(&site).is_ok();
                demand.at(group.client_region, group.max_latency, site, has_copy)
            };
            // Where a user may go depends on his site only by few rules, so that prices are mostly asked for again.
            let mut prices: Vec<Option<Option<f64>>> = vec![None; inventory.sites.len()];
            let of_home = |(site, is_affected): (SiteId, bool)| {
                let standing = Standing {
                    current: Some(site),
                    ..who.standing
                };
                let open = rules.sites(&standing, is_affected);
                let least = open.ones().filter_map(|index| {
                    let to = SiteId::new(index);
                    let price = prices[index].get_or_insert_with(|| at(to)).as_ref()?;
                    Some(price + if to == site { 0.0 } else { fewest.of_move() })
                });
                (site, least.fold(1.0, f64::min).max(0.0))
            };
            sites.into_iter().map(of_home).collect()
        })
        .collect()
}

/// By who there is, where a plan may home them, ascending.
fn sites_by_who(problem: &Problem<'_>) -> Vec<Vec<SiteId>> {
    let mut sites: Vec<Vec<SiteId>> = vec![Vec::new(); problem.classes.who.len()];
    for class in problem.classes.classes.iter() {
        sites[class.who as WhoId as usize].extend(class.sites.iter());
    }
    for own in &mut sites {
        own.sort_unstable();
        own.dedup();
    }
    sites
}
