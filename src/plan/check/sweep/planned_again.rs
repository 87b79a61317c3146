//! Planned again: in how many cases somebody is lost at least, and at most, wherever planning again might bring users.
//!
//! If everybody is served and what fails carries nobody, the plan goes on as it is, and nobody is lost. If all sites that
//! are left hold less than everybody demands wherever he is, somebody is.

use super::super::ground::Ground;
use super::super::period::Situation;
use super::by_rule::{InForceAt, asked};
use crate::ids::ComponentId;
use crate::model::{Contingencies, Recovery};
use crate::units::{AGREEMENT, NOBODY};
use std::collections::BTreeSet;

/// Cases in which somebody is unserved who would not be without the failures, at least and at most; `None` if somebody is
/// unserved anyway, so that neither is proven.
pub(in crate::plan::check) fn lost_cases(
    ground: &Ground<'_>,
    situation: &Situation,
    in_force: &InForceAt<'_>,
    cases: Contingencies,
) -> Option<[usize; 2]> {
    let all = in_force.assignment.all();
    let is_whole = all
        .into_iter()
        .all(|(_, part)| part.to.is_some() || part.users <= NOBODY);
    if !is_whole {
        return None;
    }
    let carrying = carrying(ground, situation, in_force);
    let asked = asked(situation, in_force, (cases, Recovery::Replan));
    let mut lost = [0, 0];
    for case in (1..asked.cases.count()).filter(|own| !asked.cases.is_repeated(*own)) {
        let failing: Vec<_> = asked.cases.failing(case).collect();
        let components = failing
            .iter()
            .flat_map(|own| own.components(ground.inventory));
        let touches = components.into_iter().any(|own| carrying.contains(&own));
        lost[1] += usize::from(touches);
        if touches {
            let failed = situation.beside(ground, asked.case(ground, case));
            lost[0] += usize::from(is_short(ground, &failed, in_force));
        }
    }
    Some(lost)
}

/// Components that somebody passes, or is at.
fn carrying(
    ground: &Ground<'_>,
    situation: &Situation,
    in_force: &InForceAt<'_>,
) -> BTreeSet<ComponentId> {
    let mut all = BTreeSet::new();
    for row in in_force.steered.iter().filter(|own| own.users > 0.0) {
        all.extend(row.route.components(ground));
        all.insert(ground.inventory.site_component(row.route.site));
        for pool in row.route.pools() {
            all.extend(&situation.members[pool.index()]);
        }
    }
    all
}

/// `true` if all sites together hold less of something than everybody demands, beside copies and background.
fn is_short(ground: &Ground<'_>, failed: &Situation, in_force: &InForceAt<'_>) -> bool {
    let inventory = ground.inventory;
    let case = &failed.case;
    (0..inventory.resources.len()).any(|resource| {
        let mut room = 0.0;
        for site in (0..inventory.sites.len()).filter(|own| !case.gone[*own]) {
            let Some(left) = case.capacity(site, resource) else {
                return false;
            };
            room += left - failed.fixed.load[[site, resource]];
        }
        let own = 1.0 - inventory.resources[resource].replica_share;
        let parts = in_force.assignment.all();
        let needed: f64 = parts
            .map(|(shard, part)| part.users * failed.demand(ground, shard, resource) * own)
            .sum();
        needed - room > AGREEMENT * needed
    })
}
