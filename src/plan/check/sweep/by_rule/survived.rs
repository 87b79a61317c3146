//! Survived: what a plan of its own leaves unserved in cases that a rule answers.

use super::super::super::affected::Affected;
use super::super::super::certificate::{FastestWays, Roads, rows, without_retries};
use super::super::super::ground::Ground;
use super::super::super::homes::Homes;
use super::super::super::leg::Steered;
use super::super::super::parts::Assignment;
use super::super::super::period::Situation;
use super::super::asked::Asked;
use super::super::basis::{Basis, Missing};
use super::super::defaults::Ways;
use super::hourly::HourlyCells;
use crate::model::{Contingencies, Recovery};
use crate::scenario::Period;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A plan that is in force in a period.
pub(in crate::plan::check) struct InForceAt<'a> {
    pub(in crate::plan::check) period: Period,
    pub(in crate::plan::check) assignment: &'a Assignment,
    pub(in crate::plan::check) steered: &'a [Steered],
    /// Where it has brought shards.
    pub(in crate::plan::check) homes: &'a Homes,
}

/// What is asked of a plan that is in force.
pub(in super::super) fn asked(
    situation: &Situation,
    in_force: &InForceAt<'_>,
    (cases, recovery): (Contingencies, Recovery),
) -> Asked {
    Asked {
        period: in_force.period,
        quiet: situation.case.clone(),
        done: 0..cases.count(),
        cases,
        recoveries: vec![recovery],
        is_from_plan: true,
        is_full: false,
    }
}

/// By case, then rank: users who are unserved.
pub(in crate::plan::check) fn unserved_by_rule(
    ground: &Ground<'_>,
    situation: &Situation,
    in_force: &InForceAt<'_>,
    (cases, recovery): (Contingencies, Recovery),
) -> Vec<BTreeMap<u32, f64>> {
    let count = cases.count();
    let asked = asked(situation, in_force, (cases, recovery));
    let nobody_asks = Missing {
        before: None,
        utilization: FxHashMap::default(),
        is_known: false,
    };
    let quiet = situation.beside(ground, situation.case.clone());
    let basis = Basis::new(ground, &asked, in_force.homes, quiet, nobody_asks);
    let cells = HourlyCells::new(&basis, in_force.assignment, in_force.steered);
    let unserved = |case: usize| {
        let situation = basis.quiet.beside(ground, asked.case(ground, case));
        let roads = Roads::new(ground, &situation);
        let slices = situation.in_slices(ground);
        let ways = Ways {
            basis: &basis,
            situation: &situation,
            slices: &slices,
            fastest: FastestWays::of_kinds(&roads),
            roads: &roads,
        };
        let rows = rows(ground, (&situation, &slices), None, &|_| None);
        let mut affected = Affected::new(ground, &situation, asked.period.start, basis.current);
        let rows = without_retries(&rows);
        let counted = cells.counted(&ways, &mut affected, rows, recovery);
        counted.outcome.levels.unserved
    };
    (0..count).into_par_iter().map(unserved).collect()
}
