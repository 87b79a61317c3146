//! Survived: in which cases a plan that is in force leaves somebody unserved.

use super::super::assignment::Assignment;
use super::super::context::RefereeContext;
use super::super::path::Steered;
use super::super::period::PeriodState;
use super::asked::AskedSweep;
use super::basis::{Basis, KnownBefore, in_case};
use super::by_rule;
use super::folded_plan::FoldedPlan;
use crate::ids::ComponentId;
use crate::model::Homes;
use crate::model::{Contingencies, Recovery};
use crate::scenario::Period;
use crate::units::{AGREEMENT, NOBODY};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A plan that is in force in a period.
pub(in crate::plan::check) struct InForceAt<'a> {
    pub(in crate::plan::check) period: Period,
    pub(in crate::plan::check) assignment: &'a Assignment,
    pub(in crate::plan::check) steered: &'a [Steered],
    /// Where it has brought shards.
    pub(in crate::plan::check) homes: &'a Homes,
}

impl InForceAt<'_> {
    /// What is asked of it.
    fn asked(
        &self,
        situation: &PeriodState,
        cases: Contingencies,
        recovery: Recovery,
    ) -> AskedSweep {
        AskedSweep {
            period: self.period,
            quiet: situation.case.clone(),
            done: 0..cases.count(),
            cases,
            recoveries: vec![recovery],
            is_from_plan: true,
            is_full: false,
        }
    }
}

/// By case, then rank: users who are unserved where a rule answers.
pub(in crate::plan::check) fn unserved_by_rule(
    situation: &PeriodState,
    in_force: &InForceAt<'_>,
    (cases, recovery): (Contingencies, Recovery),
) -> Vec<BTreeMap<u32, f64>> {
    let asked = in_force.asked(situation, cases, recovery);
    let quiet = situation.beside(situation.case.clone());
    let basis = Basis::new(&asked, in_force.homes, quiet, KnownBefore::default());
    let plan = FoldedPlan::new(&basis, in_force.assignment, in_force.steered);
    let unserved = |case: usize| {
        in_case(&basis, case, |paths| {
            by_rule::outcome(&plan, paths, recovery).levels.unserved
        })
    };
    asked.done.clone().into_par_iter().map(unserved).collect()
}

/// Cases in which somebody is unserved who would not be without the failures, at least and at most, wherever planning
/// again might bring users; `None` if somebody is unserved anyway, so that neither is proven.
///
/// If everybody is served and what fails carries nobody, the plan goes on as it is, and nobody is lost. If all sites that
/// are left hold less than everybody demands wherever they are, somebody is.
pub(in crate::plan::check) fn lost_cases(
    context: &RefereeContext<'_>,
    situation: &PeriodState,
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
    let carrying = carrying(context, situation, in_force);
    let asked = in_force.asked(situation, cases, Recovery::Replan);
    let mut lost = [0, 0];
    for case in (1..asked.cases.count()).filter(|index| !asked.cases.is_repeated(*index)) {
        let failing: Vec<_> = asked.cases.failing(case).collect();
        let components = failing
            .iter()
            .flat_map(|failing| failing.components(context.inventory));
        let touches = components
            .into_iter()
            .any(|component| carrying.contains(&component));
        lost[1] += usize::from(touches);
        if touches {
            let failed = situation.beside(asked.case(context, case));
            lost[0] += usize::from(is_short(context, &failed, in_force));
        }
    }
    Some(lost)
}

/// Components that somebody passes, or is at.
fn carrying(
    context: &RefereeContext<'_>,
    situation: &PeriodState,
    in_force: &InForceAt<'_>,
) -> BTreeSet<ComponentId> {
    let mut all = BTreeSet::new();
    for row in in_force
        .steered
        .iter()
        .filter(|steered| steered.users > 0.0)
    {
        all.extend(row.route.components(context));
        all.insert(context.inventory.site_component(row.route.site));
        for pool in row.route.pools() {
            all.extend(&situation.members[pool.index()]);
        }
    }
    all
}

/// `true` if all sites together hold less of something than everybody demands, beside copies and background.
fn is_short(context: &RefereeContext<'_>, failed: &PeriodState, in_force: &InForceAt<'_>) -> bool {
    let inventory = context.inventory;
    let case = &failed.case;
    (0..inventory.resources.len()).any(|resource| {
        let mut spare = 0.0;
        for site in (0..inventory.sites.len()).filter(|index| !case.gone[*index]) {
            let Some(left) = case.capacity(site, resource) else {
                return false;
            };
            spare += left - failed.fixed.load[[site, resource]];
        }
        let value = 1.0 - inventory.resources[resource].replica_share;
        let parts = in_force.assignment.all();
        let needed: f64 = parts
            .map(|(shard, part)| part.users * failed.demand(shard, resource) * value)
            .sum();
        needed - spare > AGREEMENT * needed
    })
}
