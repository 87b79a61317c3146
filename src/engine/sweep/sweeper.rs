//! Sweeper: one loaded planner that is asked case after case, by as many threads as there are.

use super::super::plan::Options;
use super::super::planner::Planner;
use super::super::settle::Depth;
use super::base::Base;
use super::ground::Ground;
use super::owners::Owners;
use super::replan::{Answer, replanned};
use super::statics::told;
use super::survivors::Survivors;
use crate::error::{Error, Result};
use crate::formulation::Folded;
use crate::formulation::goals::tier_label;
use crate::ids::SiteId;
use crate::model::{Case, Contingencies, EventKind, FailureSet, Inventory, Recovery, Scenario};
use crate::plan::sweep::{Break, SiteUse, Sweep, Tally, Witness};
use crate::scenario::{Knowledge, Period, is_in_force, periods};
use crate::solve::Stop;
use fixedbitset::FixedBitSet;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// What a sweep is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Of which members.
    pub over: FailureSet,
    /// At most so many fail at once.
    pub failures: usize,
    /// How failures are answered, ascending.
    pub recoveries: Vec<Recovery>,
    /// In which period of the scenario; `None` is the first of those in which most events are in force.
    pub period: Option<usize>,
    /// Whether all levels are settled, not only unserved users and the worst missing share.
    pub is_full: bool,
}

/// One loaded planner, and what is asked of it.
#[derive(Debug)]
pub struct Sweeper {
    planner: Planner,
    asked: Asked,
    ground: Ground,
    period: Period,
    /// The demand that all cases have.
    folded: Folded,
    /// The scenario's own plan of the period, folded, where a recovery begins at it.
    base: Option<Base>,
}

/// The cases of a sweep one after the other.
#[derive(Debug)]
pub struct Course<'a> {
    sweeper: &'a Sweeper,
    /// By recovery: units of which users were unserved in some case so far.
    broken: BTreeMap<Recovery, FixedBitSet>,
}

/// What a stretch of cases comes to.
#[derive(Debug, Default)]
pub struct Stretch {
    /// All of them together; of tenants that some case before breaks nothing is told.
    pub tally: Tally,
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
        asked: Asked,
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
        let needs_plan = asked.recoveries.iter().any(|own| *own != Recovery::Replan);
        let mut plan = None;
        if index > 0 || needs_plan {
            let (at_period, own) = planner.at_period(index, options)?;
            planner = at_period;
            plan = Some(own);
        }
        let inventory = planner.inventory();
        let case = planner.case(&[]);
        let folded = planner.folded(&case);
        let mut members = asked.over.members(inventory);
        members.retain(|member| {
            let components = member.components(inventory);
            components
                .iter()
                .any(|component| !case.gone[component.index()])
        });
        let contingencies = Contingencies::new(members, asked.failures)
            .ok_or_else(|| Error::Internal("there are more cases than can be counted".into()))?;
        let ground = Ground::new(&planner, &folded.kinds, contingencies);
        let base = plan.filter(|_| needs_plan).map(|plan| {
            planner.in_setting(&case, &folded, |setting| {
                Base::new(&setting, &ground, &plan)
            })
        });
        Ok(Self {
            planner,
            asked,
            ground,
            period,
            folded,
            base,
        })
    }

    /// All cases.
    pub fn contingencies(&self) -> &Contingencies {
        &self.ground.contingencies
    }

    /// The planner that is asked.
    pub fn planner(&self) -> &Planner {
        &self.planner
    }

    /// A sweep that has found this.
    pub fn sweep(&self, tally: Tally) -> Sweep {
        let inventory = self.planner.inventory();
        let ranks = self.ground.ranks.iter();
        Sweep {
            over: self.asked.over,
            contingencies: self.ground.contingencies.clone(),
            recoveries: self.asked.recoveries.clone(),
            period: self.period,
            tiers: ranks
                .map(|rank| tier_label(&inventory.tiers, *rank))
                .collect(),
            tally,
        }
    }

    /// Begins to go through its cases.
    pub fn course(&self) -> Course<'_> {
        let recoveries = self.asked.recoveries.iter();
        let none = |recovery| FixedBitSet::with_capacity(self.owners(recovery).len());
        Course {
            sweeper: self,
            broken: recoveries
                .map(|recovery| (*recovery, none(*recovery)))
                .collect(),
        }
    }

    /// The units in which a recovery counts unserved users.
    fn owners(&self, recovery: Recovery) -> &Owners {
        match (recovery, &self.base) {
            (Recovery::Replan, _) | (_, None) => &self.ground.owners,
            (Recovery::Rescale | Recovery::Replicas, Some(base)) => &base.owners,
        }
    }

    /// What one case comes to under every recovery that is asked about.
    fn answers(&self, case: usize) -> Result<Vec<Answer>> {
        let inventory = self.planner.inventory();
        let failing = self.ground.contingencies.failing(case);
        let events: Vec<EventKind> = failing.map(|own| own.event(inventory)).collect();
        let known = self.planner.case(&events);
        let depth = if self.asked.is_full {
            Depth::Full
        } else {
            Depth::Verdict
        };
        let of_before = self.planner.proof_of_before();
        let mut answers = self.by_rule(&known, case);
        if self.asked.recoveries.contains(&Recovery::Replan) {
            answers.push(self.planner.settle(&known, depth, |settled| {
                replanned(settled, &self.ground, case, of_before)
            })?);
        }
        Ok(answers)
    }

    /// What one case comes to under the recoveries that decide nothing.
    fn by_rule(&self, known: &Case, case: usize) -> Vec<Answer> {
        let Some(base) = &self.base else {
            return Vec::new();
        };
        self.planner.in_setting(known, &self.folded, |setting| {
            let survivors = Survivors::new(base, setting);
            let recoveries = self.asked.recoveries.iter();
            let static_ones = recoveries.filter(|own| **own != Recovery::Replan);
            static_ones
                .map(|recovery| told(&survivors, &self.ground, case, *recovery))
                .collect()
        })
    }
}

impl Course<'_> {
    /// What these cases come to: all of them, unless a stop was raised; then as many as were done without a gap. `done`
    /// is called for each of them.
    ///
    /// # Errors
    /// [`Error::Solver`] if the solver failed every way.
    pub fn tally(
        &mut self,
        cases: Range<usize>,
        stop: &Stop,
        done: &(dyn Fn() + Sync),
    ) -> Result<Stretch> {
        let sweeper = self.sweeper;
        let answers: Vec<Option<Result<Vec<Answer>>>> = cases
            .into_par_iter()
            .map(|case| {
                let answers = (!stop.is_raised()).then(|| sweeper.answers(case));
                done();
                answers
            })
            .collect();
        let mut stretch = Stretch::default();
        for answers in answers.into_iter().map_while(|own| own) {
            for answer in answers? {
                self.take(answer, &mut stretch);
            }
            stretch.count += 1;
        }
        Ok(stretch)
    }

    fn take(&mut self, answer: Answer, stretch: &mut Stretch) {
        let tally = &mut stretch.tally;
        let ground = &self.sweeper.ground;
        let inventory = self.sweeper.planner.inventory();
        let (case, recovery) = (answer.found.case, answer.found.recovery);
        let mut sites: BTreeMap<SiteId, SiteUse> = BTreeMap::new();
        for (component, resource, of_case) in answer.uses {
            tally.add_use((recovery, component, resource), of_case);
            if component.index() < inventory.sites.len() {
                let site = SiteId::new(component.index());
                let own = SiteUse {
                    case,
                    recovery,
                    site,
                    resource,
                    utilization: of_case.utilization,
                };
                let fullest = sites.entry(site).or_insert(own);
                if own.utilization > fullest.utilization {
                    *fullest = own;
                }
            }
        }
        if ground.contingencies.size(case) <= 1 {
            tally.sites.extend(sites.into_values());
        }
        if let Some(broken) = self.broken.get_mut(&recovery) {
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

/// The first of the periods in which most events are in force and known.
fn busiest(scenario: &Scenario, periods: &[Period]) -> usize {
    let events_in = |period: &Period| {
        let is_known =
            |event| is_in_force(event, &scenario.policy, period.start, Knowledge::Believed);
        scenario
            .events
            .iter()
            .filter(|event| is_known(event))
            .count()
    };
    let mut best = (0, 0);
    for (index, period) in periods.iter().enumerate() {
        let count = events_in(period);
        if count > best.1 {
            best = (index, count);
        }
    }
    best.0
}
