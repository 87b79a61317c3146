//! The search for homes that survive: plan, ask every case, add rows for what is not survived, plan again.

use super::super::instant::{Asking, Backdrop, Instant};
use super::super::whole_shards::{Care, rounded, whole_shards};
use super::cases::{Lost, known, lost};
use super::homes::PlannedHomes;
use super::rows::survival_row;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::formulation::rows::{Survival, SurvivalRow};
use crate::formulation::{Folded, Narrowed, Problem};
use crate::model::{Case, Contingencies, Protect};
use crate::plan::{Protection, Unprotected};
use crate::scenario::{Band, free_share_lowered};
use crate::solve::{LevelOutcome, Outcome, Stop, solve};
use crate::units::{NOBODY, is_close};
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Plans that are made at most.
const MOST_ROUNDS: usize = 40;

/// Users who count as a different number of users, relatively.
const SAME: f64 = 1e-7;

/// What is to be protected.
pub(in crate::engine) struct Guarding<'a> {
    pub(in crate::engine) backdrop: Backdrop<'a>,
    pub(in crate::engine) protect: &'a Protect,
    /// Its classes are told apart.
    pub(in crate::engine) problem: &'a Problem<'a>,
    /// The instant without events.
    pub(in crate::engine) quiet: &'a Case,
    pub(in crate::engine) at: Timestamp,
    pub(in crate::engine) band: Band,
    pub(in crate::engine) stop: &'a Stop,
}

/// Homes that survive as much as was found to be possible.
pub(in crate::engine) struct Guarded {
    pub(in crate::engine) narrowed: Narrowed,
    pub(in crate::engine) protection: Protection,
}

/// Homes with what they come to.
struct Candidate {
    narrowed: Narrowed,
    lost: Vec<Lost>,
    /// Without what is lost in cases.
    levels: Vec<LevelOutcome>,
}

impl Candidate {
    fn users_lost(&self) -> f64 {
        self.lost.iter().map(|own| own.users).sum()
    }

    /// `true` if fewer are unserved, by rank; or as many and less is lost; or as much and a later level is lower.
    fn is_better_than(&self, other: &Self) -> bool {
        let is_unserved = |own: &&LevelOutcome| matches!(own.level, Level::Unserved(_));
        let order = |of: &Self| -> Vec<f64> {
            let first = of.levels.iter().filter(is_unserved).map(|own| own.value);
            let rest = of.levels.iter().filter(|own| !is_unserved(own));
            let rest = rest.map(|own| own.value);
            first.chain([of.users_lost()]).chain(rest).collect()
        };
        let (own, others) = (order(self), order(other));
        let mut both = own.iter().zip(&others);
        let first = both.find(|(a, b)| !is_close(**a, **b, SAME));
        first.is_some_and(|(a, b)| a < b)
    }
}

/// Searches homes for a problem that survive what is asked, beginning at these; their levels are those of `whole`.
///
/// # Errors
/// Those of [`solve`].
pub(in crate::engine) fn protect(
    guarding: &Guarding<'_>,
    first: Narrowed,
    whole: &Outcome,
) -> Result<Guarded> {
    let problem = guarding.problem;
    let inventory = guarding.backdrop.inventory;
    let members = guarding
        .protect
        .over
        .left_in(inventory, problem.setting.case);
    let too_many = || Error::Internal("there are more cases than can be counted".into());
    let failures = guarding.protect.failures as usize;
    let contingencies = Contingencies::new(members, failures).ok_or_else(too_many)?;
    let mut survival = Survival::default();
    let mut position_of: BTreeMap<usize, usize> = BTreeMap::new();
    let mut best: Option<Candidate> = None;
    let mut next = Some((first, whole.levels.clone()));
    let mut least_lost: f64 = 0.0;
    for round in 0..MOST_ROUNDS {
        let Some((narrowed, levels)) = next.take() else {
            break;
        };
        let planned = PlannedHomes::of(problem, &narrowed);
        let instant = guarding.instant(&planned);
        let asking = Asking {
            backdrop: guarding.backdrop,
            instant: &instant,
        };
        let Some(lost) = lost(asking, &contingencies, guarding.stop)? else {
            break;
        };
        let mut levels = levels;
        levels.retain(|own| own.level != Level::Lost);
        let candidate = Candidate {
            narrowed,
            lost,
            levels,
        };
        let users_lost = candidate.users_lost();
        tracing::debug!(
            round,
            cases = candidate.lost.len(),
            users_lost,
            least_lost,
            rows = survival.rows.len(),
            "protect"
        );
        let is_least = users_lost <= least_lost + NOBODY.max(SAME * least_lost);
        let rows = if is_least || guarding.stop.is_raised() {
            Vec::new()
        } else {
            let told = Told {
                guarding,
                asking,
                contingencies: &contingencies,
                planned: &planned,
            };
            told.new_rows(&candidate.lost, &survival, &mut position_of)?
        };
        if best
            .as_ref()
            .is_none_or(|best| candidate.is_better_than(best))
        {
            best = Some(candidate);
        }
        if rows.is_empty() {
            break;
        }
        survival.rows.extend(rows);
        survival.case_count = position_of.len();
        let guarded = Problem::surviving(problem.setting, None, survival.clone());
        let fractional = solve(&guarded, guarding.stop)?;
        let bound = fractional
            .levels
            .iter()
            .find(|own| own.level == Level::Lost);
        least_lost = bound.map_or(0.0, |own| own.bound).max(least_lost);
        next = Some(guarding.homes(&guarded, &fractional)?);
    }
    let best = best.ok_or(Error::StoppedEarly)?;
    let lost = best.lost.iter().map(|own| Unprotected {
        failing: contingencies.failing(own.case).collect(),
        users: own.users,
    });
    Ok(Guarded {
        protection: Protection {
            protect: guarding.protect.clone(),
            cases: contingencies.count() - 1,
            unprotected: lost.collect(),
            least_lost,
        },
        narrowed: best.narrowed,
    })
}

impl Guarding<'_> {
    /// The instant at which a plan's homes are in force.
    fn instant(&self, planned: &PlannedHomes) -> Instant {
        let backdrop = &self.backdrop;
        let homes = planned.homes.clone();
        let folded = Folded::new(backdrop.inventory, self.quiet, &homes);
        let (inventory, scenario) = (backdrop.inventory, backdrop.scenario);
        let lowered = free_share_lowered(inventory, scenario, self.at, self.band, &homes);
        Instant::new(
            (backdrop.inventory, backdrop.network, backdrop.scenario),
            self.quiet,
            (homes, folded, lowered),
            self.at,
        )
    }

    /// Homes of whole shards under survival rows, and their levels.
    fn homes(
        &self,
        guarded: &Problem<'_>,
        fractional: &Outcome,
    ) -> Result<(Narrowed, Vec<LevelOutcome>)> {
        let stop = self.stop.with_plan();
        let Some(mut homes) = whole_shards(guarded, fractional, Care::Full, &stop)? else {
            return Ok((rounded(guarded, fractional), fractional.levels.clone()));
        };
        let levels = homes.solved(guarded, fractional, &stop)?.levels;
        Ok((homes.narrowed, levels))
    }
}

/// What is told of homes that do not survive.
struct Told<'a> {
    guarding: &'a Guarding<'a>,
    asking: Asking<'a>,
    contingencies: &'a Contingencies,
    planned: &'a PlannedHomes,
}

impl Told<'_> {
    /// The rows of lost cases that say more of these homes than those that are there; new cases get a position.
    fn new_rows(
        &self,
        lost: &[Lost],
        survival: &Survival,
        position_of: &mut BTreeMap<usize, usize>,
    ) -> Result<Vec<SurvivalRow>> {
        for own in lost {
            let next = position_of.len();
            position_of.entry(own.case).or_insert(next);
        }
        let rows: Result<Vec<Option<SurvivalRow>>> = lost
            .par_iter()
            .map(|own| {
                let guarding = self.guarding;
                let position = position_of[&own.case];
                let known = known(self.asking, self.contingencies, own.case);
                let row = survival_row(
                    self.asking,
                    guarding.problem,
                    (&known, position),
                    guarding.stop,
                )?;
                let rows = survival.rows.iter().filter(|row| row.case == position);
                let said = rows
                    .map(|row| self.planned.unserved_by(row))
                    .fold(0.0, f64::max);
                let says_more = |row: &SurvivalRow| {
                    let says = self.planned.unserved_by(row);
                    says > said + NOBODY.max(SAME * says)
                };
                Ok(row.filter(says_more))
            })
            .collect();
        Ok(rows?.into_iter().flatten().collect())
    }
}
