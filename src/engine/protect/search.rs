//! The search for homes that survive: plan, ask every case, add rows for what is not survived, plan again.

use super::super::describe::matched;
use super::super::instant::{Asking, Backdrop, Instant, WhoIsAffected};
use super::super::quotas::{short, tried};
use super::super::relocations::RoundedHomes as WholeShards;
use super::super::settle::settle;
use super::super::settled::Depth;
use super::super::sweep::{ByRule, in_force};
use super::super::whole_shards::{Care, rounded, whole_shards};
use super::gray::{Exposure, Watched};
use super::homes::PlannedHomes;
use super::rows::{About, Learnt, Lost, known, lost, survival_row};
use super::takeover::survival_row_by_rule;
use super::whole::whole_not_checked;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::formulation::rows::SurvivalRow;
use crate::formulation::{Detail, Folded, Narrowed, Problem};
use crate::model::{Case, Contingencies, Homes, Movers, Protect, Recovery};
use crate::plan::sweep::{GraySweep, Repair};
use crate::plan::{Protection, SteeringGroups, Unprotected, flows, homes_after, parts};
use crate::scenario::{Band, free_share_lowered, may_be_lowered};
use crate::solve::{LevelOutcome, Outcome, Stop, solve};
use crate::units::{NOBODY, SOLVER_TOLERANCE, is_close};
use jiff::Timestamp;
use rayon::prelude::*;

/// Plans that are made at most.
const MOST_ROUNDS: usize = 40;

/// Plans that are made at most without finding a better one.
const PATIENCE: usize = 4;

/// Times that a fractional plan is asked at most whether it exposes somebody too much, before all its levels are settled
/// and after.
const MOST_SEPARATIONS: usize = 30;
const MOST_LAST_SEPARATIONS: usize = 4;

/// Beyond this many rows of losses along paths, shards get their likeliest homes.
const MANY_EXPOSURES: usize = 20;

/// The most cases for which the capacity that would do is named.
const MOST_REPAIRS: usize = 3;

/// What is to be protected.
pub(in crate::engine) struct Guarding<'a> {
    pub(in crate::engine) backdrop: Backdrop<'a>,
    pub(in crate::engine) protect: &'a Protect,
    /// Whose losses are bounded.
    pub(in crate::engine) watched: Option<&'a Watched>,
    /// Its classes are distinguished.
    pub(in crate::engine) problem: &'a Problem<'a>,
    /// Its levels over fractional homes.
    pub(in crate::engine) fractional: &'a Outcome,
    pub(in crate::engine) groups: &'a SteeringGroups,
    /// Where shards were in the period before.
    pub(in crate::engine) previous: &'a Homes,
    /// The instant without events.
    pub(in crate::engine) quiet: &'a Case,
    pub(in crate::engine) at: Timestamp,
    pub(in crate::engine) band: Band,
    pub(in crate::engine) stop: &'a Stop,
}

/// Homes with what they come to.
struct ProtectedHomes {
    narrowed: Narrowed,
    lost: Vec<Lost>,
    /// Users who are unserved without a failure although the rules leave them an open site.
    short: f64,
    /// What silent faults cost with the users of tenants beyond what they may lose, where it is asked.
    gray: Option<(GraySweep, f64)>,
    /// The levels with these homes.
    outcome: Outcome,
    /// Where shards are once they are in force.
    planned: PlannedHomes,
}

impl ProtectedHomes {
    fn users_lost(&self) -> f64 {
        let beyond = self.gray.as_ref().map_or(0.0, |(_, users)| *users);
        self.lost.iter().map(|lost| lost.users).sum::<f64>() + beyond
    }

    /// `true` if what is proven of fractional homes is proven of these: nobody else could be served without a failure,
    /// and no more users of any rank are unserved than over fractional homes.
    fn is_bounded_by(&self, fractional: &Outcome) -> bool {
        if self.short > NOBODY {
            return false;
        }
        let mut unserved = (fractional.levels.iter())
            .filter(|level| matches!(level.level, Level::Unserved(_)))
            .map(|level| (level.level, level.value));
        unserved.all(|(level, value)| {
            let level_outcome = self
                .outcome
                .levels
                .iter()
                .find(|level_outcome| level_outcome.level == level);
            level_outcome.is_some_and(|level_outcome| {
                level_outcome.value <= value + NOBODY.max(SOLVER_TOLERANCE * value)
            })
        })
    }

    /// `true` if fewer are unserved, by rank; or as many and less is lost; or as much and a later level is lower.
    fn is_better_than(&self, other: &Self) -> bool {
        let is_unserved =
            |level_outcome: &&LevelOutcome| matches!(level_outcome.level, Level::Unserved(_));
        let order = |of: &Self| -> Vec<f64> {
            let first = of
                .outcome
                .levels
                .iter()
                .filter(is_unserved)
                .map(|level| level.value);
            let rest = of.outcome.levels.iter().filter(|level| !is_unserved(level));
            let rest = rest.map(|level_outcome| level_outcome.value);
            first.chain([of.users_lost()]).chain(rest).collect()
        };
        let (values, others) = (order(self), order(other));
        let mut both = values.iter().zip(&others);
        let first = both.find(|(a, b)| !is_close(**a, **b, SOLVER_TOLERANCE));
        first.is_some_and(|(a, b)| a < b)
    }
}

/// The homes for a problem that survive as much of what is asked as was found to be possible, beginning at these.
///
/// # Errors
/// `Error::StoppedEarly` if a stop was raised before any homes were asked about; else those of [`solve`].
pub(in crate::engine) fn protect(
    guarding: &Guarding<'_>,
    first: WholeShards,
) -> Result<(WholeShards, Protection)> {
    let problem = guarding.problem;
    let inventory = guarding.backdrop.inventory;
    let case = problem.setting.case;
    let too_many = || Error::Internal("there are more cases than can be counted".into());
    let asked = guarding.protect.gray.as_ref().zip(guarding.watched);
    let gray = asked.map(|(gray, _)| (gray.over, gray.most as usize, gray.severity));
    let over = (guarding.protect.over, guarding.protect.failures as usize);
    let contingencies = Contingencies::left_in(inventory, case, over, false, gray);
    let contingencies = contingencies.ok_or_else(too_many)?;
    let exposure = asked.map(|asked| Exposure::new(asked, inventory, case));
    let asked = (&contingencies, exposure.as_ref());
    let mut learnt = Learnt::default();
    let mut best: Option<ProtectedHomes> = None;
    let mut next = Some(first);
    let mut least_lost: f64 = 0.0;
    let is_bound = match guarding.protect.recovery {
        Recovery::Rescale => false,
        Recovery::Replicas => true,
        Recovery::Replan => !guarding.homes_decide_who_is_affected(),
    };
    let mut waited = 0;
    for round in 0..MOST_ROUNDS {
        let Some(homes) = next.take() else {
            break;
        };
        let Some((candidate, instant)) = guarding.candidate(homes, asked)? else {
            break;
        };
        let users_lost = candidate.users_lost();
        tracing::debug!(
            round,
            cases = candidate.lost.len(),
            users_lost,
            least_lost,
            rows = learnt.survival.rows.len(),
            "protect"
        );
        let is_least = candidate.is_bounded_by(guarding.fractional)
            && users_lost <= least_lost + NOBODY.max(SOLVER_TOLERANCE * least_lost);
        let lessons = Lessons {
            guarding,
            asking: guarding.asking(&instant),
            asked,
            candidate: &candidate,
        };
        let is_over = is_least || guarding.stop.is_raised();
        let is_news = !is_over && lessons.learn(&mut learnt)?;
        waited += 1;
        if best
            .as_ref()
            .is_none_or(|best| candidate.is_better_than(best))
        {
            best = Some(candidate);
            waited = 0;
        }
        if !is_news || waited >= PATIENCE {
            break;
        }
        let solved = guarding.solved(exposure.as_ref(), &mut learnt);
        let (guarded, fractional) = match solved {
            // What was found so far is handed on.
            Err(Error::StoppedEarly) => break,
            ended => ended?,
        };
        if is_bound && exposure.as_ref().is_none_or(Exposure::is_exact) {
            least_lost = least_lost_by(&fractional).max(least_lost);
        }
        let stop = guarding.stop.with_plan();
        let care = if learnt.survival.exposures.len() > MANY_EXPOSURES {
            Care::Likeliest
        } else {
            Care::Full
        };
        let homes = whole_shards(&guarded, &fractional, care, &stop)?;
        next = Some(WholeShards {
            narrowed: homes.map_or_else(
                || rounded(&guarded, &fractional),
                |rounded_homes| rounded_homes.narrowed,
            ),
            outcome: None,
        });
    }
    let best = best.ok_or(Error::StoppedEarly)?;
    let is_bound = is_bound && best.is_bounded_by(guarding.fractional);
    let least_lost = if is_bound { least_lost } else { 0.0 };
    let least_unserved = if is_bound && exposure.is_some() {
        guarding.least_unserved_in_cases(&learnt)?
    } else {
        least_lost
    };
    let mut unprotected: Vec<Unprotected> = (best.lost.iter())
        .map(|lost| Unprotected {
            failing: contingencies.failing(lost.case).collect(),
            gray: contingencies.gray(lost.case).collect(),
            users: lost.users,
            stuck: lost.stuck,
            repair: None,
        })
        .collect();
    let instant = guarding.instant(best.planned.homes.clone());
    let asking = guarding.asking(&instant);
    for position in worst(&best.lost) {
        if guarding.stop.is_raised() {
            break;
        }
        let known = known(asking, &contingencies, best.lost[position].case);
        unprotected[position].repair = repair(asking, &known)?;
    }
    let may_split = problem.setting.policy.split_shards;
    let whole_not_checked = if guarding.protect.recovery == Recovery::Replan && !may_split {
        whole_not_checked(asking, &contingencies, guarding.stop)?
    } else {
        0
    };
    let protection = Protection {
        whole_not_checked,
        protect: guarding.protect.clone(),
        cases: (1..contingencies.count())
            .filter(|case| !contingencies.is_repeated(*case))
            .count(),
        unprotected,
        least_lost,
        least_unserved,
        gray: best.gray.map(|(losses, _)| losses),
    };
    let homes = WholeShards {
        narrowed: best.narrowed,
        outcome: Some(best.outcome),
    };
    Ok((homes, protection))
}

/// Positions of the cases that lose most users that more capacity would serve.
fn worst(lost: &[Lost]) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..lost.len()).collect();
    let short = |position: usize| lost[position].users - lost[position].stuck;
    positions.retain(|position| short(*position) > NOBODY);
    positions.sort_by(|&a, &b| short(b).total_cmp(&short(a)).then(a.cmp(&b)));
    positions.truncate(MOST_REPAIRS);
    positions
}

fn repair(asking: Asking<'_>, known: &Case) -> Result<Option<Repair>> {
    let short = settle(asking, known, Depth::Verdict, None, short)??;
    let from = (short.missing.as_deref(), short.unserved);
    let repair = tried(asking, known, Vec::new(), from)?;
    Ok(repair.filter(|repair| repair.unserved_after < short.unserved - NOBODY))
}

/// What is proven to be lost over fractional homes.
fn least_lost_by(fractional: &Outcome) -> f64 {
    let mut levels = fractional.levels.iter();
    let bound = levels.find(|level| level.level == Level::Lost);
    bound.map_or(0.0, |level_outcome| level_outcome.bound)
}

impl<'a> Guarding<'a> {
    /// Users who are proven to be unserved in the cases, whatever silent faults cost; 0 if a stop is raised.
    fn least_unserved_in_cases(&self, learnt: &Learnt) -> Result<f64> {
        let cases = learnt.of_cases();
        if cases.rows.is_empty() {
            return Ok(0.0);
        }
        let guarded = Problem::surviving(self.problem.setting, cases).up_to(Level::Lost);
        match solve(&guarded, self.stop) {
            Err(Error::StoppedEarly) => Ok(0.0),
            ended => Ok(least_lost_by(&ended?)),
        }
    }

    /// The problem with what was learnt, and its levels over fractional homes; what these expose too much to silent
    /// faults is learnt as well.
    fn solved(
        &self,
        exposure: Option<&Exposure<'_>>,
        learnt: &mut Learnt,
    ) -> Result<(Problem<'a>, Outcome)> {
        let learns = |guarded: &Problem<'_>, fractional: &Outcome, learnt: &mut Learnt| {
            exposure.is_some_and(|exposure| exposure.learn_in_parts(guarded, fractional, learnt))
        };
        // What is lost is settled first: later levels only choose among plans that lose as little.
        for _ in 0..MOST_SEPARATIONS {
            let guarded = Problem::surviving(self.problem.setting, learnt.survival.clone());
            let guarded = guarded.up_to(Level::Lost);
            let fractional = solve(&guarded, self.stop)?;
            if !learns(&guarded, &fractional, learnt) {
                break;
            }
        }
        for round in 1.. {
            let guarded = Problem::surviving(self.problem.setting, learnt.survival.clone());
            let fractional = solve(&guarded, self.stop)?;
            if round == MOST_LAST_SEPARATIONS || !learns(&guarded, &fractional, learnt) {
                return Ok((guarded, fractional));
            }
        }
        Err(Error::Internal("rows are added without end".into()))
    }

    /// `true` if homes decide who may move in a case, in addition to those that it touches: rows that are made from some homes
    /// then say nothing of others.
    fn homes_decide_who_is_affected(&self) -> bool {
        let (inventory, scenario) = (self.backdrop.inventory, self.backdrop.scenario);
        scenario.policy.movers == Movers::Affected && may_be_lowered(inventory, scenario, self.at)
    }

    fn instant(&self, homes: Homes) -> Instant {
        let backdrop = &self.backdrop;
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

    fn asking<'i>(&'i self, instant: &'i Instant) -> Asking<'i> {
        Asking {
            backdrop: self.backdrop,
            instant,
        }
    }

    /// What homes come to; `None` if a stop was raised.
    fn candidate(
        &self,
        mut homes: WholeShards,
        (contingencies, exposure): (&Contingencies, Option<&Exposure<'_>>),
    ) -> Result<Option<(ProtectedHomes, Instant)>> {
        let problem = self.problem;
        let outcome = homes.solved(problem, self.fractional, &self.stop.with_plan())?;
        let frozen = problem.narrowed(&homes.narrowed, Detail::Plan);
        let parts = parts(&frozen, &outcome);
        let planned = PlannedHomes::of(&frozen, homes_after(self.previous, &parts));
        let instant = self.instant(planned.homes.clone());
        let recovery = self.protect.recovery;
        let asking = self.asking(&instant);
        let flows = |outcome: &Outcome| matched(self.groups, flows(&frozen, outcome), &parts);
        let (outcome, flows, gray) = match exposure {
            None => {
                let flows = (recovery != Recovery::Replan).then(|| flows(&outcome));
                (outcome, flows, None)
            }
            Some(exposure) => {
                let steered = exposure.steered(self, &frozen, outcome, &parts)?;
                let beyond = exposure.beyond(&steered.losses);
                let gray = Some((steered.losses, beyond));
                (steered.outcome, Some(steered.flows), gray)
            }
        };
        let rule = flows.filter(|_| recovery != Recovery::Replan).map(|flows| {
            let parts = in_force(parts, &planned.homes);
            let case = asking.case(&[]);
            let folded = asking.folded(&case);
            asking.in_setting(&case, &folded, WhoIsAffected::Everybody, |setting| {
                ByRule::new(&setting, (contingencies, recovery), &parts, &flows)
            })
        });
        let lost = lost(asking, contingencies, rule.as_ref(), self.stop)?;
        Ok(lost.map(|(lost, short)| {
            let candidate = ProtectedHomes {
                narrowed: homes.narrowed,
                lost,
                short,
                gray,
                outcome,
                planned,
            };
            (candidate, instant)
        }))
    }
}

/// What is said of homes that do not survive.
struct Lessons<'a> {
    guarding: &'a Guarding<'a>,
    asking: Asking<'a>,
    asked: (&'a Contingencies, Option<&'a Exposure<'a>>),
    candidate: &'a ProtectedHomes,
}

impl Lessons<'_> {
    /// Learns of cases that are not survived and of tenants who lose too much; `true` if that says more of these homes
    /// than what was learnt before.
    fn learn(&self, learnt: &mut Learnt) -> Result<bool> {
        let lost = self.candidate.lost.iter();
        let positions: Vec<(usize, usize)> = lost
            .map(|lost| (lost.case, learnt.position(About::Case(lost.case))))
            .collect();
        let rows: Result<Vec<Option<SurvivalRow>>> = positions
            .into_par_iter()
            .map(|(case, position)| self.row(case, position))
            .collect();
        let homed = self.candidate.planned.homed();
        let mut rows: Vec<SurvivalRow> = rows?.into_iter().flatten().collect();
        rows.retain(|row| learnt.is_news(row, &homed));
        let mut is_news = !rows.is_empty();
        learnt.take(rows);
        if let (Some((losses, _)), (_, Some(exposure))) = (&self.candidate.gray, self.asked) {
            is_news |= exposure.learn(self.guarding.problem, &homed, losses, learnt);
        }
        Ok(is_news)
    }

    /// The row of a case that is not survived.
    fn row(&self, case: usize, position: usize) -> Result<Option<SurvivalRow>> {
        let guarding = self.guarding;
        let (contingencies, _) = self.asked;
        let known = known(self.asking, contingencies, case);
        let (problem, stop) = (guarding.problem, guarding.stop);
        let case = (&known, position);
        let recovery = guarding.protect.recovery;
        if recovery == Recovery::Replan {
            let row = survival_row(self.asking, problem, case, stop)?;
            return Ok(row.map(|row| SurvivalRow {
                holds_always: !guarding.homes_decide_who_is_affected(),
                ..row
            }));
        }
        let from = (&self.candidate.planned, recovery);
        survival_row_by_rule(self.asking, problem, case, from, stop)
    }
}
