//! Stops: what somebody survives who stops between two waves, asked as plans are asked.
//!
//! What holds at the end of a wave until its gate ends is asked in every slice of the hours of that time.

use super::super::instant::{Asking, Backdrop, Instant, WhoIsAffected};
use super::super::protect::lost;
use super::super::sweep::{ByRule, in_force};
use super::context::TransitionInputs;
use super::limits::Limits;
use super::touched::{Under, stretches};
use crate::error::Result;
use crate::formulation::Folded;
use crate::graph::Network;
use crate::ids::{ShardId, SiteId};
use crate::model::{Case, Contingencies, Homes, Inventory, Protect, Recovery, Scenario};
use crate::plan::{
    Carries, Exposed, Flow, Part, Plan, Standing, SteeringGroups, Timing, Transition,
};
use crate::plan_files::MOST_STOPS;
use crate::scenario::{Band, Knowledge, case_at, free_share_lowered, hours_at};
use crate::solve::Stop;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What is asked about the states between the waves of a plan.
pub(super) struct Stops<'a> {
    inputs: &'a TransitionInputs<'a>,
    pub(super) plan: &'a Plan,
    protect: &'a Protect,
    /// The scenario without its events: what holds before it begins.
    quiet: Scenario,
}

impl<'a> Stops<'a> {
    /// `None` if nothing is asked: without `[protect]`, with `split_shards`, or of gray members only.
    pub(super) fn new(transitions: &'a TransitionInputs<'a>, plan: &'a Plan) -> Option<Self> {
        let protect = transitions.scenario.protect.as_ref()?;
        let is_asked = !transitions.scenario.policy.split_shards && protect.failures > 0;
        is_asked.then(|| Self {
            inputs: transitions,
            plan,
            protect,
            quiet: Scenario {
                events: Vec::new(),
                ..transitions.scenario.clone()
            },
        })
    }

    /// The longest wave, in minutes.
    pub(super) fn minutes(&self) -> f64 {
        self.inputs.scenario.waves.minutes
    }

    /// Looks at the state at the end of every wave but the last of its transition, which is the plan's own, and at the
    /// one before the first, unless the transition is refused or has too many waves; says how many cases were asked about.
    /// `earlier` has what leads to the same period before it.
    pub(super) fn look(
        &self,
        earlier: &[Transition],
        transition: &mut Transition,
        stop: &Stop,
    ) -> Result<usize> {
        let mut asked = 0;
        if transition.refusal.is_some() || transition.waves.len() > MOST_STOPS {
            return Ok(asked);
        }
        let period = &self.plan.periods[transition.period];
        let mut homes = period.previous.clone();
        let mut steering = 0.0;
        for one_transition in earlier
            .iter()
            .filter(|candidate| candidate.period == transition.period)
        {
            for (moved, _) in one_transition.wave_of_moves() {
                let one_moved = &period.moves[moved];
                homes.settle(one_moved.shard, &[(one_moved.to, one_moved.users)]);
            }
            steering = one_transition
                .waves
                .last()
                .map_or(1.0, |wave| wave.steering_share);
        }
        let at = |instant| self.place(transition.period, transition.timing, instant);
        let start = transition.waves.first().map(|wave| wave.start);
        if let Some(place) = start.map(at) {
            let (cases, exposed) = place.exposed(&homes, steering, stop)?;
            asked += cases;
            transition.begins_unprotected = exposed.is_some_and(|exposeds| !exposeds.is_empty());
        }
        let places: Vec<StopState<'_>> = transition.waves.iter().map(|wave| at(wave.end)).collect();
        let last = places.len().saturating_sub(1);
        for (wave, place) in transition.waves[..last].iter_mut().zip(places) {
            for moved in &wave.moves {
                let one_moved = &period.moves[*moved];
                homes.settle(one_moved.shard, &[(one_moved.to, one_moved.users)]);
            }
            let (cases, exposed) = place.exposed(&homes, wave.steering_share, stop)?;
            asked += cases;
            wave.unprotected = exposed;
        }
        Ok(asked)
    }

    /// What holds where one stops at an instant: what holds in the period in which that is, or, before the period, what held
    /// before it.
    fn place(&'a self, period: usize, timing: Timing, at: Timestamp) -> StopState<'a> {
        let periods = &self.plan.periods;
        let period_plans = match timing {
            Timing::Ahead => &periods[..period],
            Timing::After => periods,
        };
        let since = period_plans
            .iter()
            .rfind(|period_plan| period_plan.period.start <= at);
        let (scenario, at) = match since {
            Some(period_plan) => (self.inputs.scenario, period_plan.period.start),
            None => (&self.quiet, self.quiet.start),
        };
        StopState {
            stops: self,
            scenario,
            at,
            period,
            timing,
        }
    }
}

/// A state between two waves.
struct StopState<'a> {
    stops: &'a Stops<'a>,
    scenario: &'a Scenario,
    at: Timestamp,
    /// To which the waves lead.
    period: usize,
    timing: Timing,
}

impl StopState<'_> {
    /// How many cases there are, and the failures that are not survived from these homes under a steering; `None` if
    /// nobody could look.
    fn exposed(
        &self,
        homes: &Homes,
        steering: f64,
        stop: &Stop,
    ) -> Result<(usize, Option<Vec<Exposed>>)> {
        let TransitionInputs {
            inventory,
            network,
            groups,
            ..
        } = *self.stops.inputs;
        let (scenario, protect) = (self.scenario, self.stops.protect);
        // What holds with the most that anybody demands holds at all hours.
        let mut quiet = quiet(inventory, &self.stops.quiet, self.at);
        quiet.hours = hours_at(inventory, scenario, self.at).at_most().into();
        let folded = Folded::new(inventory, &quiet, homes);
        let lowered = free_share_lowered(inventory, scenario, self.at, Band::Expected, homes);
        let instant = Instant::new(
            (inventory, network, scenario),
            &quiet,
            (homes.clone(), folded, lowered),
            self.at,
        );
        let asking = Asking {
            backdrop: Backdrop {
                inventory,
                network,
                scenario,
                before: Some(&self.stops.plan.before),
            },
            instant: &instant,
        };
        let case = asking.case(&[]);
        let asked = (protect.over, protect.failures as usize);
        let contingencies = Contingencies::left_in(inventory, &case, asked, false, None);
        let Some(contingencies) = contingencies else {
            return Ok((0, None));
        };
        let recovery = protect.recovery;
        let rule = (recovery != Recovery::Replan).then(|| {
            let state = (network, groups, &case);
            let (parts, flows) = self.carried(state, homes, steering);
            let folded = asking.folded(&case);
            asking.in_setting(&case, &folded, WhoIsAffected::Everybody, |setting| {
                let parts = in_force(parts, homes);
                ByRule::new(&setting, (&contingencies, recovery), &parts, &flows)
            })
        });
        let found = lost(asking, &contingencies, rule.as_ref(), stop)?;
        let exposed = found.map(|(lost, _)| {
            let exposed = lost.into_iter().map(|lost| Exposed {
                failing: contingencies.failing(lost.case).collect(),
                users: lost.users,
            });
            exposed.collect()
        });
        Ok((contingencies.count(), exposed))
    }

    /// Who is where, and on which paths, between both steerings. All users with a path to their home are served there, except
    /// those that the period sheds, once it has begun.
    fn carried(
        &self,
        (network, groups, case): (&Network, &SteeringGroups, &Case),
        homes: &Homes,
        steering: f64,
    ) -> (Vec<Part>, Vec<Flow>) {
        let inventory = self.stops.inputs.inventory;
        let plan = self.stops.plan;
        let before = plan.flows_until(self.period);
        let now = plan.periods[self.period].first_flows();
        // By group and site: users on paths of either steering, and on all of them.
        let mut paths: BTreeMap<(usize, SiteId), [Vec<&Flow>; 2]> = BTreeMap::new();
        for (end, flows) in [before, now].into_iter().enumerate() {
            for flow in flows.iter().filter(|flow| flow.users > 0.0) {
                let is_open = crate::plan::is_open(inventory, network, case, flow);
                if let Some(group) = groups.of(&flow.group).filter(|_| is_open) {
                    paths.entry((group, flow.path.site)).or_default()[end].push(flow);
                }
            }
        }
        let shed = self.shed(homes.shard_count());
        let mut users: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        let mut parts = Vec::new();
        for shard in (0..homes.shard_count()).map(ShardId::new) {
            let home = homes.main(shard);
            let cell = home.map(|site| (groups.of_shard(shard), site));
            let served = cell.filter(|cell| paths.contains_key(cell));
            let all = case.users(shard.index());
            let value = if served.is_some() {
                all * (1.0 - shed[shard.index()])
            } else {
                0.0
            };
            if let Some(cell) = served {
                *users.entry(cell).or_default() += value;
            }
            let part = |site: Option<SiteId>, users: f64| Part {
                shard,
                current: home,
                site,
                users,
            };
            let both = [
                part(served.map(|(_, site)| site), value),
                part(None, all - value),
            ];
            parts.extend(both.into_iter().filter(|part| part.users > 0.0));
        }
        let mut flows = Vec::new();
        for (cell, users) in users {
            let ends = &paths[&cell];
            let weights = match (ends[0].is_empty(), ends[1].is_empty()) {
                (true, _) => [0.0, 1.0],
                (_, true) => [1.0, 0.0],
                _ => [1.0 - steering, steering],
            };
            for (of_end, weight) in ends.iter().zip(weights) {
                let all: f64 = of_end.iter().map(|flow| flow.users).sum();
                let carried = of_end.iter().filter(|_| users * weight > 0.0);
                flows.extend(carried.map(|flow| Flow {
                    slice: 0,
                    users: users * weight * flow.users / all,
                    ..(*flow).clone()
                }));
            }
        }
        (parts, flows)
    }

    fn shed(&self, shards: usize) -> Vec<f64> {
        let mut shed = vec![0.0; shards];
        if self.timing == Timing::After {
            let period = &self.stops.plan.periods[self.period];
            for part in period.parts.iter().filter(|part| part.site.is_none()) {
                let users = period.case.users(part.shard.index());
                if users > 0.0 {
                    shed[part.shard.index()] += part.users / users;
                }
            }
        }
        for share in &mut shed {
            *share = share.min(1.0);
        }
        shed
    }
}

/// What is available and demanded at an instant without events.
fn quiet(inventory: &Inventory, quiet: &Scenario, at: Timestamp) -> Case {
    case_at(inventory, quiet, at, Knowledge::Believed, Band::Expected)
}

/// The end of a wave, at which one may stop.
pub(super) struct WaveEnd<'a> {
    pub(super) plan: &'a Plan,
    pub(super) timing: Timing,
    /// Steering has turned.
    pub(super) turned: Timestamp,
    pub(super) gate_end: Timestamp,
}

/// What holds in each of the cases that the time from the turn to the end of the gate has; `loads` are those by limit.
pub(super) fn standing(
    stop: &WaveEnd<'_>,
    unders: &[Under<'_, '_>],
    limits: &Limits<'_>,
    loads: &[f64],
) -> Vec<Standing> {
    let periods = &stop.plan.periods;
    let cases = unders.iter().enumerate().filter_map(|(case, under)| {
        let is_its = |period_plan: &crate::plan::PeriodPlan| {
            std::ptr::eq(&raw const period_plan.case, under.case)
        };
        let during = periods.iter().position(is_its);
        is_met(stop, during, under.slice).then_some((case, during, under.slice))
    });
    let standing = cases.map(|(case, during, slice)| {
        let rows = limits.rows.iter().zip(loads);
        let filter = rows.filter(|(limit, _)| limit.case == case && !limit.row.with_retries);
        Standing {
            during,
            slice,
            loads: filter
                .map(|(limit, load)| Carries {
                    component: limit.row.component,
                    resource: limit.row.resource,
                    load: *load,
                    capacity: limit.row.capacity,
                })
                .collect(),
        }
    });
    standing.collect()
}

/// `true` if a slice of a period has any of the time; before a period also that which ends with it, and after its start
/// that which begins with it, and that which ends with a gate of no minutes.
fn is_met(stop: &WaveEnd<'_>, during: Option<usize>, slice: usize) -> bool {
    let is_in = |start: Option<Timestamp>, end: Timestamp| {
        let begins = start.is_none_or(|instant| instant < stop.gate_end);
        match stop.timing {
            Timing::Ahead => begins && (end > stop.turned || end == stop.gate_end),
            Timing::After => {
                let ends = end > stop.turned || (end == stop.turned && end == stop.gate_end);
                (begins || start.is_none_or(|instant| instant <= stop.turned)) && ends
            }
        }
    };
    let first = stop.plan.periods.first();
    match during {
        None => first.is_some_and(|period_plan| is_in(None, period_plan.period.start)),
        Some(period) => {
            let period_plan = &stop.plan.periods[period];
            // What holds at the end of the scenario goes on holding.
            let is_last = period + 1 == stop.plan.periods.len();
            let lasts = |end: Timestamp| is_last && end == period_plan.period.end;
            let mut all = stretches(period_plan);
            all.any(|stretch| {
                let end = if lasts(stretch.end) {
                    Timestamp::MAX
                } else {
                    stretch.end
                };
                stretch.slice == slice && is_in(Some(stretch.start), end)
            })
        }
    }
}
