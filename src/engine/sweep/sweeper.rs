//! Sweeper: one loaded planner that is asked case after case, by as many threads as there are.

use super::super::by_kind::Parted;
use super::super::instant::WhoIsAffected;
use super::super::plan::Options;
use super::super::planner::Planner;
use super::super::settled::{Depth, SettledCase};
use super::asked::{Begin, SweepRequest, busiest};
use super::by_rule::{PlanByHour, in_force};
use super::cells::{Owners, SweepContext};
use super::replan::{CaseAnswer, replanned, uses_of};
use super::whole::WholeSearch;
use crate::error::{Error, Result};
use crate::formulation::Folded;
use crate::formulation::goals::{Level, tier_label};
use crate::ids::{ComponentId, ResourceId, SiteId};
use crate::model::{Case, Contingencies, FailureSet, Inventory, Recovery, Scenario};
use crate::plan::sweep::{
    Break, Displacement, GraySweep, SiteUse, Sweep, SweepTally, Use, WholeShards, Witness,
};
use crate::plan::{Before, PeriodPlan, SteeringGroups, homes_after};
use crate::scenario::{Period, periods};
use crate::solve::Stop;
use crate::units::NOBODY;
use fixedbitset::FixedBitSet;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// One loaded planner, and what is asked of it.
#[derive(Debug)]
pub struct Sweeper {
    planner: Planner,
    asked: SweepRequest,
    context: SweepContext,
    period: Period,
    parted: Parted,
    /// The demand that all cases have.
    folded: Folded,
    /// The scenario's own plan of the period, where something begins at it.
    plan: Option<PeriodPlan>,
    /// That plan, folded, where a recovery begins at it.
    base: Option<PlanByHour>,
    gray: Option<GraySweep>,
    whole: WholeSearch,
}

/// What components carry in a case, and whether users who have a site are unserved in it.
pub(in crate::engine) type CaseUses = (Vec<(ComponentId, ResourceId, Use)>, bool);

/// The cases of a sweep one after the other.
#[derive(Debug)]
pub struct SweepRun<'a> {
    sweeper: &'a Sweeper,
    /// By recovery: units of which users were unserved in some case so far.
    broken: BTreeMap<Recovery, FixedBitSet>,
}

/// What a stretch of cases comes to.
#[derive(Debug, Default)]
pub struct CaseStretch {
    /// All of them together; it says nothing of tenants that some case before breaks.
    pub tally: SweepTally,
    /// What shows and proves those that were not settled by a rule, ascending by case.
    pub witnesses: Vec<Witness>,
    /// How many cases.
    pub count: usize,
}

impl Sweeper {
    /// Loads what is asked about. Members of which the scenario leaves nothing in that period cannot fail any more, and
    /// are left out.
    ///
    /// # Errors
    /// Those of [`plan`](super::super::plan); [`Error::Internal`] if there is no such period, or if there are more
    /// cases than can be counted.
    pub fn new(
        inventory: impl Into<Arc<Inventory>>,
        scenario: Scenario,
        asked: SweepRequest,
        options: &Options<'_>,
    ) -> Result<Self> {
        let mut planner = Planner::new(inventory, scenario)?;
        let all = periods(planner.inventory(), planner.scenario());
        let index = asked
            .period
            .unwrap_or_else(|| busiest(planner.scenario(), &all));
        let period = *all
            .get(index)
            .ok_or_else(|| Error::Internal(format!("there is no period {index}")))?;
        let needs_plan = asked.begin == Begin::Plan
            || asked.gray.is_some()
            || asked
                .recoveries
                .iter()
                .any(|recovery| *recovery != Recovery::Replan);
        let mut plan = None;
        if index > 0 || needs_plan {
            let (at_period, period_plan) = planner.at_period(index, options)?;
            planner = at_period;
            if asked.begin == Begin::Plan {
                let homes = homes_after(&period_plan.previous, &period_plan.parts);
                planner = planner.at_homes(homes, period_plan.period.start);
            }
            plan = Some(period_plan).filter(|_| needs_plan);
        }
        Self::loaded(planner, plan, asked, (period, Depth::Verdict))
    }

    /// Loads what one failure of a set leaves unserved once users are where a planned period homes them.
    ///
    /// # Errors
    /// [`Error::Internal`] if there are more cases than can be counted.
    pub(in crate::engine) fn from_plan(
        inventory: Arc<Inventory>,
        scenario: Scenario,
        (before, plan): (Before, &PeriodPlan),
        over: FailureSet,
    ) -> Result<Self> {
        let asked = SweepRequest {
            begin: Begin::Plan,
            ..SweepRequest::new(over, 1)
        };
        let homes = homes_after(&plan.previous, &plan.parts);
        let since = (homes, plan.period.start);
        let planner = Planner::at_known_homes(inventory, scenario, before, since);
        Self::loaded(planner, None, asked, (plan.period, Depth::Unserved))
    }

    /// Loads all cases of failures at a scenario's start, planned again as far as a depth.
    ///
    /// # Errors
    /// [`Error::Internal`] if there are more cases than can be counted.
    pub(in crate::engine) fn of_start(
        planner: Planner,
        asked: SweepRequest,
        depth: Depth,
    ) -> Result<Self> {
        let first = periods(planner.inventory(), planner.scenario())
            .into_iter()
            .next();
        let period = first.ok_or_else(|| Error::Internal("a scenario has no period".into()))?;
        Self::loaded(planner, None, asked, (period, depth))
    }

    fn loaded(
        planner: Planner,
        plan: Option<PeriodPlan>,
        asked: SweepRequest,
        (period, depth): (Period, Depth),
    ) -> Result<Self> {
        let inventory = planner.inventory();
        let case = planner.asking().case(&[]);
        let folded = planner.asking().folded(&case);
        let too_many = || Error::Internal("there are more cases than can be counted".into());
        let of_gray = asked.gray.as_ref();
        let contingencies = Contingencies::left_in(
            inventory,
            &case,
            (asked.over, asked.failures),
            true,
            of_gray.map(|of| (of.over, of.most, of.severity)),
        );
        let contingencies = contingencies.ok_or_else(too_many)?;
        let gray = of_gray.zip(plan.as_ref()).map(|(of, plan)| {
            let nothing_yet = GraySweep {
                members: of.over.left_in(inventory, &case),
                most: of.most,
                severity: of.severity,
                minutes: of.minutes,
                losses: Vec::new(),
            };
            let groups = SteeringGroups::new(inventory, &planner.scenario().policy);
            nothing_yet.with_losses_of(inventory, &groups, plan.carried())
        });
        let from = (planner.inventory(), planner.homes());
        let mut context = SweepContext::new(from, &folded.kinds, contingencies);
        // Where surges are in force, cases tell of all kinds.
        if Arc::ptr_eq(&folded.kinds, planner.kinds()) {
            context.always_trapped = planner.always_trapped();
        }
        let is_static = |recovery: &Recovery| *recovery != Recovery::Replan;
        let of_base = plan.as_ref();
        let of_base = of_base.filter(|_| asked.recoveries.iter().any(is_static));
        let base = of_base.map(|plan| {
            let parts = match asked.begin {
                Begin::Start => Cow::Borrowed(&plan.parts),
                Begin::Plan => Cow::Owned(in_force(plan.parts.clone(), planner.homes())),
            };
            (planner.asking()).in_setting(&case, &folded, WhoIsAffected::Everybody, |setting| {
                PlanByHour::new(&setting, &context, &parts, &plan.flows)
            })
        });
        Ok(Self {
            planner,
            asked,
            parted: Parted::new(&context.contingencies, depth),
            context,
            period,
            whole: WholeSearch::new(&folded),
            folded,
            plan,
            base,
            gray,
        })
    }

    /// All cases.
    pub fn contingencies(&self) -> &Contingencies {
        &self.context.contingencies
    }

    /// Users who are not on their default path without any failure, ascending by shard: most cases displace the same. Nobody
    /// where planning again is not asked about, or all levels are settled.
    ///
    /// # Errors
    /// [`Error::Solver`] if every attempt of the solver failed.
    pub fn displaced(&self) -> Result<Vec<Displacement>> {
        if self.asked.is_full || !self.asked.recoveries.contains(&Recovery::Replan) {
            return Ok(Vec::new());
        }
        let part = (self.parted).part(self.planner.asking(), &self.context.contingencies, 0)?;
        let displaced = part.displaced();
        let mut all: Vec<Displacement> = displaced
            .map(|(kind, path, users)| self.context.displacement(kind, path, users))
            .collect();
        all.sort_by_key(|displacement| displacement.like);
        Ok(all)
    }

    /// The scenario's own plan of the period, where something begins at it: a recovery that follows a rule, what is gray,
    /// or planning again.
    pub fn plan(&self) -> Option<&PeriodPlan> {
        self.plan.as_ref()
    }

    /// The planner that is asked.
    pub fn planner(&self) -> &Planner {
        &self.planner
    }

    pub(super) fn context(&self) -> &SweepContext {
        &self.context
    }

    /// Whether planning again begins where the scenario's own plan homes users.
    pub(super) fn begins_at_plan(&self) -> bool {
        self.asked.begin == Begin::Plan
    }

    /// The period of the scenario that is swept.
    pub fn period(&self) -> Period {
        self.period
    }

    /// What is available and demanded in a case, as a planner of the same components sees it.
    pub(in crate::engine) fn known(&self, planner: &Planner, case: usize) -> Case {
        let events = self.context.contingencies.events(planner.inventory(), case);
        planner.asking().case(&events)
    }

    /// A sweep that has found this in those cases.
    pub fn sweep(&self, tally: SweepTally, cases: Range<usize>) -> Sweep {
        let inventory = self.planner.inventory();
        let ranks = self.context.ranks.iter();
        Sweep {
            over: self.asked.over,
            contingencies: self.context.contingencies.clone(),
            recoveries: self.asked.recoveries.clone(),
            period: self.period,
            tiers: ranks
                .map(|rank| tier_label(&inventory.tiers, *rank))
                .collect(),
            is_from_plan: self.asked.begin == Begin::Plan,
            is_full: self.asked.is_full,
            cases,
            tally,
            gray: self.gray.clone(),
        }
    }

    /// Begins to go through its cases.
    pub fn course(&self) -> SweepRun<'_> {
        let recoveries = self.asked.recoveries.iter();
        let none = |recovery| FixedBitSet::with_capacity(self.owners(recovery).len());
        SweepRun {
            sweeper: self,
            broken: recoveries
                .map(|recovery| (*recovery, none(*recovery)))
                .collect(),
        }
    }

    /// The units in which a recovery counts unserved users.
    fn owners(&self, recovery: Recovery) -> &Owners {
        match (recovery, &self.base) {
            (Recovery::Replan, _) | (_, None) => &self.context.owners,
            (Recovery::Rescale | Recovery::Replicas, Some(base)) => base.owners(),
        }
    }

    /// Users who are unserved in a case where it is answered by planning again.
    ///
    /// # Errors
    /// [`Error::Solver`] if every attempt of the solver failed.
    pub(in crate::engine) fn unserved(&self, case: usize) -> Result<f64> {
        self.settled(case, |settled| {
            let ranks = 0..settled.problem.classes.ranks.len();
            let unserved = ranks.map(|rank| settled.value(Level::Unserved(rank)));
            unserved.sum()
        })
    }

    /// Tells what `then` takes from a case that is answered by planning again, settled as far as cases were loaded for.
    ///
    /// # Errors
    /// [`Error::Solver`] if every attempt of the solver failed.
    pub(in crate::engine) fn settled<T>(
        &self,
        case: usize,
        then: impl FnOnce(&SettledCase<'_, '_>) -> T,
    ) -> Result<T> {
        let known = self.known(&self.planner, case);
        let (asking, contingencies) = (self.planner.asking(), &self.context.contingencies);
        let of_case = (case, &known);
        (self.parted).settle(asking, contingencies, of_case, self.parted.depth(), then)
    }

    /// The same; `None` if it is proven that the best plan leaves users unserved who are not trapped, or misses a target of the
    /// depth that cases were loaded for.
    ///
    /// # Errors
    /// [`Error::Solver`] if every attempt of the solver failed.
    pub(in crate::engine) fn settled_unless_short<T>(
        &self,
        case: usize,
        then: impl FnOnce(&SettledCase<'_, '_>) -> T,
    ) -> Result<Option<T>> {
        let known = self.known(&self.planner, case);
        let (asking, contingencies) = (self.planner.asking(), &self.context.contingencies);
        (self.parted).settle_unless_short(asking, contingencies, (case, &known), then)
    }

    /// What components carry in a case that is planned again, and whether users who have a site are unserved.
    pub(in crate::engine) fn uses(&self, case: usize) -> Result<CaseUses> {
        self.settled(case, |settled| {
            let ranks = (0..settled.problem.classes.ranks.len()).map(Level::Unserved);
            let short = ranks.map(|level| settled.value(level) - settled.value_by_default(level));
            (uses_of(settled, case), short.sum::<f64>() > NOBODY)
        })
    }

    /// What whole shards do in a case that is planned again; `None` where shards may be split, and where the plan filled with
    /// whole shards does not do and `may_search` forbids to go on.
    ///
    /// # Errors
    /// [`Error::Solver`] if every attempt of the solver failed.
    pub(in crate::engine) fn whole(
        &self,
        case: usize,
        may_search: bool,
    ) -> Result<Option<WholeShards>> {
        let known = self.known(&self.planner, case);
        let asking = self.planner.asking();
        self.settled(case, |settled| {
            self.whole.in_known(asking, &known, settled, may_search)
        })?
    }

    /// What one case comes to under every recovery that is asked about.
    fn answers(&self, case: usize) -> Result<Vec<CaseAnswer>> {
        let known = self.known(&self.planner, case);
        let depth = if self.asked.is_full {
            Depth::Full
        } else {
            Depth::Verdict
        };
        let of_before = self.planner.proof_of_before();
        let mut answers = self.by_rule(&known, case);
        if self.asked.recoveries.contains(&Recovery::Replan) {
            let answer = self.parted.settle(
                self.planner.asking(),
                &self.context.contingencies,
                (case, &known),
                depth,
                |settled| {
                    let whole =
                        self.whole
                            .in_case(self.planner.asking(), (case, &known), settled)?;
                    Ok(replanned(settled, &self.context, case, of_before, whole))
                },
            )?;
            answers.push(answer?);
        }
        Ok(answers)
    }

    /// What one case comes to under the recoveries that decide nothing.
    fn by_rule(&self, known: &Case, case: usize) -> Vec<CaseAnswer> {
        let Some(base) = &self.base else {
            return Vec::new();
        };
        let asking = self.planner.asking();
        asking.in_setting(known, &self.folded, WhoIsAffected::Everybody, |setting| {
            let recoveries = self.asked.recoveries.iter().copied();
            let static_ones = recoveries.filter(|recovery| *recovery != Recovery::Replan);
            let static_ones: Vec<Recovery> = static_ones.collect();
            base.answers(&setting, &self.context, case, &static_ones)
        })
    }
}

impl SweepRun<'_> {
    /// What these cases come to: all of them, unless a stop was raised; then as many as were done without a gap. `done`
    /// is called for each of them.
    ///
    /// # Errors
    /// [`Error::Solver`] if every attempt of the solver failed.
    pub fn tally(
        &mut self,
        cases: Range<usize>,
        stop: &Stop,
        done: &(dyn Fn() + Sync),
    ) -> Result<CaseStretch> {
        let sweeper = self.sweeper;
        // Handed out one by one and in order, so that no thread waits for long at the end, and a stop leaves no gap.
        let mut answers: Vec<(usize, Option<Result<Vec<CaseAnswer>>>)> = cases
            .par_bridge()
            .map(|case| {
                let answers = (!stop.is_raised()).then(|| sweeper.answers(case));
                done();
                (case, answers)
            })
            .collect();
        answers.sort_unstable_by_key(|(case, _)| *case);
        let mut stretch = CaseStretch::default();
        for answers in answers
            .into_iter()
            .map_while(|(_, case_answers)| case_answers)
        {
            for answer in answers? {
                self.take(answer, &mut stretch);
            }
            stretch.count += 1;
        }
        Ok(stretch)
    }

    fn take(&mut self, answer: CaseAnswer, stretch: &mut CaseStretch) {
        let tally = &mut stretch.tally;
        let context = &self.sweeper.context;
        let inventory = self.sweeper.planner.inventory();
        let (case, recovery) = (answer.found.case, answer.found.recovery);
        let cases = &context.contingencies;
        let mut sites: BTreeMap<SiteId, SiteUse> = BTreeMap::new();
        for (component, resource, of_case) in answer.uses {
            tally.add_use_of(cases, (recovery, component, resource), of_case);
            if component.index() < inventory.sites.len() {
                let site = SiteId::new(component.index());
                let site_use = SiteUse {
                    case,
                    recovery,
                    site,
                    resource,
                    utilization: of_case.utilization,
                };
                let fullest = sites.entry(site).or_insert(site_use);
                if site_use.utilization > fullest.utilization {
                    *fullest = site_use;
                }
            }
        }
        if cases.size(case) <= 1 && cases.gray_size(case) == 0 {
            tally.sites.extend(sites.into_values());
        }
        let is_of_members = case < cases.first_group();
        if let Some(broken) = self.broken.get_mut(&recovery).filter(|_| is_of_members) {
            let owners = self.sweeper.owners(recovery);
            for unit in answer.unserved {
                if broken.put(unit as usize) {
                    continue;
                }
                let tier = owners.tier_of(unit);
                for &tenant in owners.tenants_of(unit) {
                    let key = Break {
                        recovery,
                        tenant,
                        tier,
                    };
                    tally.add_break(key, case);
                }
            }
        }
        stretch.witnesses.extend(answer.witness);
        tally.found.push(answer.found);
    }
}
