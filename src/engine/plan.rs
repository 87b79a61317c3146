//! Plans a scenario: the state before, then every period from the one before it, and both ends of the forecast.

use super::before::{Quiet, before, case_of_before, has_same_before};
use super::full_back::full_back;
use super::joint::{Hopeless, SitesByPeriod, learning, looks_ahead, may_move_less, together};
use super::margin_search::search;
use super::planning_context::{DetailLevel, LoadedInventory, PlanningContext};
use super::sequence::{Sequence, as_foreseen, one_by_one, one_by_one_unless};
use super::watch::{NoWatch, Stage, Watch};
use super::waves::{TransitionInputs, guarded_transitions, hour_turns, unguarded_transitions};
use crate::error::{Error, Result};
use crate::formulation::Folded;
use crate::graph::Network;
use crate::model::{Goal, Homes, Inventory, Scenario};
use crate::plan::{
    Before, ForecastEnd, JointSummary, PeriodPlan, Plan, Status, SteeringGroups, tenants,
};
use crate::scenario::{Band, Period, has_forecast_range, periods};
use crate::solve::Stop;
use std::borrow::Cow;

/// What may be asked of a plan.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Ends with the best plan so far when raised.
    pub stop: &'a Stop,
    /// Hears what is being done.
    pub watch: &'a dyn Watch,
}

/// Plans every period of a scenario.
///
/// # Errors
/// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if `options.stop` was raised before there was any
/// plan; `Error::Solver` if every attempt of the solver failed.
///
/// ```no_run
/// # fn ask(inventory: &plimsoll::model::Inventory, scenario: &plimsoll::model::Scenario) {
/// use plimsoll::engine::{NoWatch, Options, plan};
/// use plimsoll::solve::Stop;
/// let plan = plan(inventory, scenario, &Options { stop: &Stop::default(), watch: &NoWatch }).unwrap();
/// assert_eq!(plan.periods[0].totals.unserved, 0.0);
/// # }
/// ```
pub fn plan(inventory: &Inventory, scenario: &Scenario, options: &Options<'_>) -> Result<Plan> {
    let network = Network::new(inventory);
    plan_loaded(
        &LoadedInventory::alone(inventory, &network),
        scenario,
        options,
    )
}

/// Plans every period of a scenario; what is known of another is used where it is the same.
pub(super) fn plan_loaded(
    loaded: &LoadedInventory<'_>,
    scenario: &Scenario,
    options: &Options<'_>,
) -> Result<Plan> {
    let inventory = loaded.inventory;
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let all = periods(inventory, scenario);
    let expected = BandRun {
        loaded: *loaded,
        groups: &groups,
        scenario,
        band: Band::Expected,
        periods: &all,
        of: all.len(),
        stop: options.stop,
        watch: options.watch,
        detail: DetailLevel::Reasons,
        near: &[],
    };
    let ends = [Band::Low, Band::High].map(|band| BandRun {
        band,
        watch: &NoWatch,
        detail: DetailLevel::Numbers,
        ..expected
    });
    let (mut plan, ends) = if has_forecast_range(inventory, scenario) {
        let [low, high] = &ends;
        let (plan, alone) = rayon::join(
            || planned_together(&expected, planned_apart(&expected)?),
            || rayon::join(|| planned_apart(low), || planned_apart(high)),
        );
        let plan = plan?;
        // Whether that spares moves is asked of the plan; its ends are looked for where it does.
        let is_joint = plan.joint.as_ref().is_some_and(JointSummary::is_joint);
        let whole = |course: &BandRun<'_>, alone: Result<Apart>| {
            let alone = alone?;
            if is_joint {
                planned_together(course, alone)
            } else {
                let (before, sequence) = alone;
                Ok(sequence.plan(before, None))
            }
        };
        let both = rayon::join(|| whole(low, alone.0), || whole(high, alone.1));
        (plan, Some(both))
    } else {
        (
            planned_together(&expected, planned_apart(&expected)?)?,
            None,
        )
    };
    options.watch.enter(Stage::Waves);
    plan.full_back = full_back(loaded, &groups, scenario, &plan);
    match ends {
        None => {}
        // A stop leaves the band out; the expected plan stands.
        Some(_) if options.stop.is_raised() => plan.status = Status::Stopped,
        Some((Ok(low), Ok(high))) => add_band(&mut plan, low.periods, high.periods),
        Some((Err(error), _) | (_, Err(error))) => return Err(error),
    }
    plan.tenants = tenants(inventory, scenario, &groups, &plan);
    let transitions = transition_inputs(loaded, &groups, scenario);
    plan.transitions = guarded_transitions(&transitions, &plan, options.stop)?;
    plan.hour_turns = hour_turns(&transitions, &plan);
    Ok(plan)
}

/// Plans a scenario for the expected demand alone, and its transitions: its numbers, not why shards are where
/// they are; `groups` are those of the inventory.
pub(super) fn plan_of_numbers(
    loaded: &LoadedInventory<'_>,
    groups: &SteeringGroups,
    scenario: &Scenario,
    stop: &Stop,
) -> Result<Plan> {
    let all = periods(loaded.inventory, scenario);
    let course = BandRun {
        loaded: *loaded,
        groups,
        scenario,
        band: Band::Expected,
        periods: &all,
        of: all.len(),
        stop,
        watch: &NoWatch,
        detail: DetailLevel::Figures,
        near: &[],
    };
    let mut plan = planned_together(&course, planned_apart(&course)?)?;
    let transitions = transition_inputs(loaded, groups, scenario);
    plan.transitions = guarded_transitions(&transitions, &plan, stop)?;
    plan.hour_turns = hour_turns(&transitions, &plan);
    Ok(plan)
}

fn transition_inputs<'a>(
    loaded: &LoadedInventory<'a>,
    groups: &'a SteeringGroups,
    scenario: &'a Scenario,
) -> TransitionInputs<'a> {
    TransitionInputs {
        inventory: loaded.inventory,
        network: loaded.network,
        groups,
        scenario,
        seeks_remedies: true,
    }
}

/// Plans the first `count` periods of a scenario for the expected demand alone; `groups` are those of the inventory.
/// Where there are periods of `near`, the plan keeps their homes where others are no better, leaves latency as it
/// comes out, settles doubts by the likeliest homes, and begins where the users of those periods are. Unless it `looks` ahead
/// its periods are planned one after the other alone.
pub(super) fn plan_expected(
    loaded: &LoadedInventory<'_>,
    groups: &SteeringGroups,
    scenario: &Scenario,
    (count, looks): (usize, bool),
    near: &[PeriodPlan],
    stop: &Stop,
) -> Result<Plan> {
    let mut all = periods(loaded.inventory, scenario);
    let of = all.len();
    let looks = looks && looks_ahead(scenario);
    if !looks {
        all.truncate(count);
    }
    let course = BandRun {
        loaded: *loaded,
        groups,
        scenario,
        band: Band::Expected,
        periods: &all,
        of,
        stop,
        watch: &NoWatch,
        detail: DetailLevel::Outlook,
        near,
    };
    let mut plan = if looks {
        planned_together(&course, planned_apart(&course)?)?
    } else {
        let (before, sequence) = planned_apart(&course)?;
        sequence.plan(before, None)
    };
    plan.periods.truncate(count);
    Ok(plan)
}

/// Plans all periods of a scenario for the expected demand alone, with every shard where it is to be.
pub(super) fn plan_of_homes(
    loaded: &LoadedInventory<'_>,
    groups: &SteeringGroups,
    scenario: &Scenario,
    (periods, sites): (&[Period], &SitesByPeriod),
    stop: &Stop,
) -> Result<Plan> {
    let before = state_before(loaded, groups, scenario, stop)?;
    let context = PlanningContext {
        inventory: loaded.inventory,
        network: loaded.network,
        groups,
        scenario,
        band: Band::Expected,
        before: &before,
        stop,
        watch: &NoWatch,
        detail: DetailLevel::Outlook,
        near: &[],
        periods: periods.len(),
        sites: Some(sites),
    };
    let sequence = one_by_one(&context, periods)?;
    Ok(sequence.plan(before, None))
}

/// A scenario that leaves latency as it comes out: nothing before it depends on it.
fn without_latency(scenario: &Scenario) -> Scenario {
    let mut rough = scenario.clone();
    if rough.policy.goals.last() == Some(&Goal::Latency) {
        rough.policy.goals.pop();
    }
    rough
}

/// Writes both ends of the forecast beside the expected periods.
fn add_band(plan: &mut Plan, low: Vec<PeriodPlan>, high: Vec<PeriodPlan>) {
    for (period, (low, high)) in plan.periods.iter_mut().zip(low.into_iter().zip(high)) {
        period.band = Some([low, high].map(|end| ForecastEnd {
            totals: end.totals,
            stages: end.stages,
            access_points: end.access_points,
        }));
    }
}

pub(super) fn state_before(
    loaded: &LoadedInventory<'_>,
    groups: &SteeringGroups,
    scenario: &Scenario,
    stop: &Stop,
) -> Result<Before> {
    before_of(loaded, groups, scenario, Band::Expected, stop, &NoWatch)
}

fn before_of(
    loaded: &LoadedInventory<'_>,
    groups: &SteeringGroups,
    scenario: &Scenario,
    band: Band,
    stop: &Stop,
    watch: &dyn Watch,
) -> Result<Before> {
    let LoadedInventory {
        inventory, network, ..
    } = *loaded;
    if let Some(known) = loaded.known
        && let Some(before) = known.before
        && band == Band::Expected
        && has_same_before(known.scenario, scenario)
    {
        return Ok(before.clone());
    }
    let case = case_of_before(inventory, scenario, band);
    let home = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
    let known = loaded.known.and_then(|known| known.folded);
    let folded = Folded::known_or_new(known, inventory, &case, &home);
    let quiet = Quiet {
        inventory,
        network,
        groups,
        scenario,
        folded,
        found: None,
    };
    before(quiet, case, stop, watch)
}

#[derive(Clone, Copy)]
struct BandRun<'a> {
    loaded: LoadedInventory<'a>,
    groups: &'a SteeringGroups,
    scenario: &'a Scenario,
    band: Band,
    periods: &'a [Period],
    /// How many periods the scenario has.
    of: usize,
    stop: &'a Stop,
    watch: &'a dyn Watch,
    detail: DetailLevel,
    near: &'a [PeriodPlan],
}

impl<'a> BandRun<'a> {
    fn context(&'a self, before: &'a Before, scenario: &'a Scenario) -> PlanningContext<'a> {
        PlanningContext {
            inventory: self.loaded.inventory,
            network: self.loaded.network,
            groups: self.groups,
            scenario,
            band: self.band,
            before,
            stop: self.stop,
            watch: self.watch,
            detail: self.detail,
            near: self.near,
            periods: self.of,
            sites: None,
        }
    }

    /// The scenario, without latency if the plan is to stay near another.
    fn planned(&self) -> Cow<'a, Scenario> {
        if self.near.is_empty() {
            Cow::Borrowed(self.scenario)
        } else {
            Cow::Owned(without_latency(self.scenario))
        }
    }
}

/// Periods that were planned one after the other, from this state before.
type Apart = (Before, Sequence);

/// Plans every period for one end of the forecast, one after the other.
fn planned_apart(course: &BandRun<'_>) -> Result<Apart> {
    let &BandRun {
        loaded,
        groups,
        scenario,
        band,
        stop,
        watch,
        ..
    } = course;
    let before = before_of(&loaded, groups, scenario, band, stop, watch)?;
    let sequence = one_by_one(&course.context(&before, &course.planned()), course.periods)?;
    Ok((before, sequence))
}

/// Plans the same periods together where fewer users may move; else they stay as they were planned.
fn planned_together(course: &BandRun<'_>, (before, mut sequence): Apart) -> Result<Plan> {
    let &BandRun {
        band,
        stop,
        watch,
        detail,
        ..
    } = course;
    let scenario = course.planned();
    let context = course.context(&before, &scenario);
    let mut joint = None;
    if sequence.status != Status::Stopped && may_move_less(context.scenario, &sequence.periods) {
        let is_known_ahead = learning(context.scenario).is_empty();
        let found = if is_known_ahead {
            let plan = |sites: &SitesByPeriod, is_hopeless: Hopeless<'_>| {
                let sites = Some(sites);
                let context = PlanningContext { sites, ..context };
                one_by_one_unless(&context, course.periods, is_hopeless)
            };
            together(&context, &sequence.periods, plan, |sequence| {
                &sequence.periods
            })
        } else {
            as_foreseen(&context, course.periods, &sequence)
        };
        let found = match found {
            // The periods stand as they were planned one by one.
            Err(Error::StoppedEarly) => None,
            found => found?,
        };
        if let Some((joint_summary, plan)) = found {
            joint = Some(joint_summary);
            if let Some(plan) = plan {
                let is_worth = band != Band::Expected
                    || is_safe(course, &before, &plan)
                    || !is_safe(course, &before, &sequence);
                if is_worth {
                    sequence = plan;
                } else {
                    // Fewer moves are not worth a refused transition. What was proven beside decisions that are not
                    // kept says nothing of this plan.
                    joint = Some(JointSummary {
                        moved_users: joint_summary.sequential_users,
                        bound: if is_known_ahead {
                            joint_summary.bound
                        } else {
                            0.0
                        },
                        ..joint_summary
                    });
                }
            }
        }
        if stop.is_raised() {
            sequence.status = Status::Stopped;
        }
    }
    if detail == DetailLevel::Reasons && sequence.status != Status::Stopped {
        watch.enter(Stage::Margin);
        search(&context, &mut sequence.periods)?;
        watch.enter(Stage::AllPeriods);
    }
    Ok(sequence.plan(before, joint))
}

/// `true` if no transition of a plan is refused.
fn is_safe(course: &BandRun<'_>, before: &Before, sequence: &Sequence) -> bool {
    let mut plan = Sequence {
        periods: sequence.periods.clone(),
        status: sequence.status,
        warnings: Vec::new(),
    }
    .plan(before.clone(), None);
    let transitions = TransitionInputs {
        seeks_remedies: false,
        ..transition_inputs(&course.loaded, course.groups, course.scenario)
    };
    plan.transitions = unguarded_transitions(&transitions, &plan);
    plan.hour_turns = hour_turns(&transitions, &plan);
    !plan.is_refused()
}
