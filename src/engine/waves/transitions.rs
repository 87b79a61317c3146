//! Transitions: for every period that changes who is where, the waves to it, laid into the time that there is.

use super::beside::{made_beside, steered_beside, turned_beside};
use super::caught::{Boundary, Met, cuts_off};
use super::context::{Beside, Order, TransitionInputs, WaveChange, WaveContext};
use super::schedule::Beginning;
use super::stops::{WaveEnd, standing};
use super::task::{Laid, Task, fewest, waves_from};
use super::touched::{TouchedSteps, Under, seconds, shifted, within};
use super::turned::{Turned, early, free_from, reachable_from, same_members_from, turned};
use crate::graph::Network;
use crate::ids::{ComponentId, SiteId};
use crate::model::{Case, Inventory, Scenario};
use crate::plan::{
    Allowed, Mover, PeriodPlan, Plan, Ramp, Refusal, Staying, SteeringGroups, Timing, Transition,
    Wave,
};
use crate::scenario::{Band, case_before};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::rc::Rc;

/// The transitions of a plan, in order, each as `choose` takes it: given what leads there so far and how
/// the transition is made with something changed.
pub(super) fn transitions<E>(
    inputs: &TransitionInputs<'_>,
    plan: &Plan,
    choose: &mut impl FnMut(&[Transition], &dyn Fn(&WaveChange) -> Transition) -> Result<Transition, E>,
) -> Result<Vec<Transition>, E> {
    let quiet = case_before(inputs.inventory, inputs.scenario, Band::Expected);
    let of = (inputs, plan, &quiet);
    let turns = (0..plan.periods.len()).map(|period| {
        let mut turned = turned(inputs, plan, &quiet, period);
        let road = Road::new(of, period, &turned);
        turned.is_connecting = road.is_connecting(turned.steering);
        turned
    });
    let turns: Vec<Turned> = turns.collect();
    let (moving, others): (Vec<usize>, Vec<usize>) =
        (0..turns.len()).partition(|period| turns[*period].is_moving());
    let mut all: Vec<Transition> = Vec::new();
    // Steering alone waits for no other change, so it comes last: it takes the sessions that those who move leave.
    for period in moving.into_iter().chain(others) {
        let turned = &turns[period];
        let is_moving = turned.is_moving();
        // Weights turn for one period at a time.
        let waits = |turned: &Turned| turned.is_moving() || turned.has(Timing::After);
        let after = turns[period + 1..].iter().position(waits);
        let until = after.map_or(turns.len(), |after| period + 1 + after);
        let next = plan
            .periods
            .get(until)
            .map(|period_plan| period_plan.period.start);
        let is_before = |turned: &Turned| turned.is_moving() || !is_moving && turned.is_anything();
        let before = (0..period).filter(|index| is_before(&turns[*index]));
        let free_from = before.map(|before| free_from(plan, &all, before)).max();
        let reachable_from = reachable_from(inputs, plan, &quiet, period, turned);
        let members_from = same_members_from(inputs, plan, &quiet, (period, turned));
        let members_from = members_from.filter(|_| turned.has(Timing::Ahead));
        let earliest = free_from.max(reachable_from).max(members_from);
        let earliest = earliest.max(inputs.scenario.waves.not_before);
        let mut road = Road::new(of, period, turned);
        let bounds = [
            (Timing::Ahead, (earliest, None)),
            (Timing::After, (None, next)),
        ];
        let mut number = 0;
        for (timing, bounds) in bounds {
            let is_left = timing == Timing::After && road.left.is_some();
            if !(turned.has(timing) || is_left && road.is_connecting(timing)) {
                continue;
            }
            if timing == Timing::After {
                let met = road.met();
                let mut later =
                    (period + 1..until).map(|later| Road::new(of, later, &turns[later]));
                let maintenance = later.find(|later| cuts_off(&met, plan, &later.boundary()));
                road.maintenance = maintenance.map(|road| road.period_plan().period.start);
            }
            let make = |change: &WaveChange| {
                let made = |beside: &[Beside]| {
                    let road = Road { beside, ..road };
                    road.transition(timing, bounds, number, change)
                };
                let together = || {
                    made_beside(&all, made, |transition| {
                        road.steered_beside(&all, transition)
                    })
                };
                if is_moving {
                    return together();
                }
                let start = plan.periods[period].period.start;
                let beside = |transition: &Transition| turned_beside(&all, transition, start);
                let mut transition = made(&[]);
                if beside(&transition).is_none() {
                    transition = together();
                }
                let refusal = transition
                    .refusal
                    .or_else(|| beside(&transition).map(Refusal::TurnedBeside));
                Transition {
                    refusal,
                    ..transition
                }
            };
            let transition = choose(&all, &make)?;
            number = transition.waves.last().map_or(number, |wave| wave.number);
            if timing == Timing::Ahead && transition.seconds.is_some() {
                // Steering that is not safe before the period begins is left to its start.
                let turned = transition
                    .waves
                    .last()
                    .map_or(0.0, |wave| wave.steering_share);
                road.left = Some(turned).filter(|turned| *turned < 1.0);
            }
            all.extend(Some(transition).filter(Transition::has_anything));
        }
    }
    all.sort_by_key(|transition| (transition.period, transition.timing == Timing::After));
    Ok(all)
}

/// The transitions of a plan that was made or changed elsewhere.
pub fn transitions_of_plan(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Vec<Transition> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let inputs = TransitionInputs {
        inventory,
        network: &network,
        groups: &groups,
        scenario,
        seeks_remedies: true,
    };
    unguarded_transitions(&inputs, plan)
}

/// The transitions of a plan, as they come, whatever is survived between their waves.
pub(in crate::engine) fn unguarded_transitions(
    inputs: &TransitionInputs<'_>,
    plan: &Plan,
) -> Vec<Transition> {
    let mut as_it_comes = |_: &[Transition], make: &dyn Fn(&WaveChange) -> Transition| {
        Ok::<_, Infallible>(make(&WaveChange::default()))
    };
    let Ok(all) = transitions(inputs, plan, &mut as_it_comes);
    all
}

/// One boundary of a plan.
#[derive(Clone, Copy)]
struct Road<'a> {
    inputs: &'a TransitionInputs<'a>,
    plan: &'a Plan,
    quiet: &'a Case,
    period: usize,
    turned: &'a Turned,
    /// How far steering has turned that should have turned before the period, and goes on after its start.
    left: Option<f64>,
    /// When maintenance of a later period begins that takes away what users leave after the start of this one.
    maintenance: Option<Timestamp>,
    /// What waves of other periods bring meanwhile.
    beside: &'a [Beside],
}

impl<'a> Road<'a> {
    fn new(
        (inputs, plan, quiet): (&'a TransitionInputs<'a>, &'a Plan, &'a Case),
        period: usize,
        turned: &'a Turned,
    ) -> Self {
        Self {
            inputs,
            plan,
            quiet,
            period,
            turned,
            left: None,
            maintenance: None,
            beside: &[],
        }
    }

    fn period_plan(&self) -> &'a PeriodPlan {
        &self.plan.periods[self.period]
    }

    /// `true` if steering brings users who stay through something with a limit on new sessions, where they did not pass
    /// before.
    fn is_connecting(&self, timing: Timing) -> bool {
        let inventory = self.inputs.inventory;
        let components = (0..inventory.component_count()).map(ComponentId::new);
        let mut accepting =
            components.filter_map(|component| inventory.accepts_per_second(component));
        if accepting.next().is_none() {
            return false;
        }
        let steps = TouchedSteps::new(self.plan, self.quiet, self.period, timing);
        let task = self.task(timing, steps.unders(1));
        let passage = task.passage(&WaveChange::default());
        let arrivals = passage.arrivals_of_those_who_stay(task.whole_turn());
        let mut arrivals = arrivals.into_iter();
        arrivals.any(|users| users > NOBODY)
    }

    /// Users that steering brings through something, because others have moved them by then or have not yet: nobody, where
    /// users move, since changes in which they do wait for one another.
    fn steered_beside(
        &self,
        others: &[Transition],
        transition: &Transition,
    ) -> BTreeMap<ComponentId, f64> {
        if self.turned.is_moving() || transition.waves.is_empty() {
            return BTreeMap::new();
        }
        let steps = TouchedSteps::new(self.plan, self.quiet, self.period, transition.timing);
        let touched = transition
            .seconds
            .map_or(1, |seconds| steps.touched(seconds));
        let task = self.task(transition.timing, steps.unders(touched));
        let passage = task.passage(&WaveChange::default());
        let of = (&passage, self.inputs.groups);
        steered_beside(of, self.plan, others, transition)
    }

    /// The waves of one timing, laid between the earliest instant and the latest, where there are such.
    fn transition(
        &self,
        timing: Timing,
        (earliest, latest): (Option<Timestamp>, Option<Timestamp>),
        number: u32,
        change: &WaveChange,
    ) -> Transition {
        let start = self.period_plan().period.start;
        let steps = TouchedSteps::new(self.plan, self.quiet, self.period, timing);
        // Before the earliest instant nothing is done.
        let most = earliest.map_or(f64::INFINITY, |earliest| seconds(earliest, start).max(0.0));
        let reached = |seconds: f64| match timing {
            Timing::Ahead => steps.touched(seconds.min(most)),
            Timing::After => steps.touched(seconds),
        };
        let allowed = self.allowed(timing, earliest, latest);
        let laid = |change: &WaveChange, like: Option<&Laid<'a>>| {
            // Another order goes through the same, as long as it takes no other time.
            if let Some(Laid { count, made, .. }) = like {
                let task = self.task(timing, steps.unders(*count));
                let made = task.made_through(Rc::clone(&made.passage), change);
                if made
                    .seconds
                    .map(reached)
                    .is_none_or(|index| index == *count)
                {
                    let count = *count;
                    return Laid { count, task, made };
                }
            }
            let mut count = 1;
            loop {
                let task = self.task(timing, steps.unders(count));
                let made = task.made(change);
                match made.seconds.map(reached) {
                    Some(reached) if reached > count => count = reached,
                    Some(reached) if reached < count => {
                        // They are done before they get to all that they were made for.
                        let task = self.task(timing, steps.unders(reached));
                        let made = task.measured(change, made);
                        let count = reached;
                        break Laid { count, task, made };
                    }
                    _ => break Laid { count, task, made },
                }
            }
        };
        let mut one_laid = laid(change, None);
        if *change == WaveChange::default() && self.inputs.seeks_remedies {
            let gate = one_laid.task.gate;
            let is_in_time =
                |seconds: f64| allowed.is_none_or(|allowed| allowed.is_kept(seconds, gate));
            one_laid = fewest(one_laid, &laid, is_in_time);
        }
        let Laid { count, task, made } = one_laid;
        let seconds = made.seconds;
        let begin = match (timing, seconds) {
            (Timing::Ahead, Some(seconds)) => shifted(start, -seconds),
            _ => start,
        };
        let mut waves = waves_from(&made.schedule, begin, &task, number);
        made.date(self.plan, &task, &mut waves);
        for (wave, planned) in waves.iter_mut().zip(&made.schedule.waves) {
            let stop = WaveEnd {
                plan: self.plan,
                timing,
                turned: wave.turned,
                gate_end: shifted(wave.end, task.gate),
            };
            for ramp in &mut wave.ramp {
                let mut beside = self.beside.iter();
                let one_beside = beside.find(|beside| beside.component == ramp.component);
                ramp.beside = one_beside.map_or(0.0, |beside| beside.arrivals);
            }
            wave.standing = standing(&stop, &task.unders, &made.passage.limits, &planned.stop);
        }
        let refusal = made.schedule.refusal.or_else(|| {
            let is_late =
                |allowed: Allowed| seconds.is_some_and(|value| !allowed.is_kept(value, task.gate));
            allowed.is_some_and(is_late).then_some(Refusal::TooLong)
        });
        let refusal = refusal
            .or_else(|| self.unfinished(timing, &waves))
            .or_else(|| early(&made.passage, &waves));
        let whole = made.turn(&task);
        let slowest = made.passage.paces_at_best(whole);
        // Only what every transition touches proves anything: what is next to the start, and as far from there as that proves.
        let mut surely = 1;
        let (proven, at_best) = loop {
            let proven = (surely != count).then(|| self.task(timing, steps.unders(surely)));
            let proven = proven.map(|task| task.passage(change));
            let wave_passage = proven.as_ref().unwrap_or(&*made.passage);
            let at_best = wave_passage.paces_at_best(whole);
            let least = at_best.first().map_or(Some(0.0), |pace| pace.seconds);
            let reached = least.map_or(surely, reached);
            if reached <= surely {
                break (proven, at_best);
            }
            surely = reached;
        };
        let least_seconds = at_best.first().and_then(|pace| pace.seconds).unwrap_or(0.0);
        let least_waves = made.waves_at_least(&task, proven.as_ref());
        let users = |is_counted: fn(&Mover) -> bool| -> f64 {
            let movers = self.turned.movers(timing);
            movers
                .filter(|mover| is_counted(mover))
                .map(|mover| mover.users)
                .sum()
        };
        let mut transition = Transition {
            period: self.period,
            timing,
            start: begin,
            end: waves
                .last()
                .map_or(start, |wave| shifted(wave.end, task.gate)),
            users: users(|_| true),
            restored: users(|mover| mover.moved.is_none()),
            seconds,
            least_seconds,
            least_waves,
            allowed,
            ramp: Ramp::of_waves(&waves),
            beside: self
                .beside
                .iter()
                .map(|beside| (beside.component, beside.per_second))
                .collect(),
            slowest,
            refusal,
            remedies: Vec::new(),
            begins_unprotected: false,
            other_orders: 0,
            waves,
        };
        if *change == WaveChange::default() && self.inputs.seeks_remedies {
            transition.remedies = super::remedies::remedies(&task, &transition, start);
        }
        transition
    }

    fn task(&self, timing: Timing, unders: Vec<Under<'a, 'a>>) -> Task<'a> {
        let shift = &self.turned.shift;
        let stay = |mover: &Mover, site: Option<SiteId>, share: f64| {
            let (shard, share) = (mover.shard, share);
            site.map(|site| Staying { shard, site, share })
        };
        let mut staying: Vec<Staying> = Vec::new();
        match timing {
            // Users who move after the start, or are shed when the period begins, are still where they were.
            Timing::Ahead => {
                let others = self.turned.movers(Timing::After);
                staying.extend(others.filter_map(|mover| stay(mover, mover.from, mover.shares[0])));
                staying.extend(&shift.shed);
            }
            Timing::After => {
                let others = self.turned.movers(Timing::Ahead);
                staying.extend(
                    others.filter_map(|mover| stay(mover, Some(mover.to), mover.shares[1])),
                );
            }
        }
        let is_behind = timing == Timing::After;
        let ended = self.left.unwrap_or(1.0);
        let is_own = self.turned.steering == timing || self.left.is_some();
        let is_after_loss = self.turned.cut_off > NOBODY && is_own;
        Task {
            context: WaveContext {
                inputs: self.inputs,
                before: &self.plan.before,
                members: [&self.turned.members[0], &self.turned.members[1]],
                beside: self.beside,
            },
            unders,
            inside: within(self.plan, self.period, timing),
            staying: (&shift.staying, staying),
            stayers: OnceCell::new(),
            movers: self.turned.movers(timing).copied().collect(),
            beginning: Beginning {
                steering: if is_behind && self.turned.has(Timing::Ahead) {
                    ended
                } else {
                    0.0
                },
                is_after_loss: is_after_loss && is_behind,
                most: if self.turned.opens_late && !is_behind {
                    0.0
                } else {
                    1.0
                },
                has_to_turn: is_behind,
                longest: self.inputs.scenario.waves.minutes * 60.0,
                order: Order::default(),
            },
            gate: self.gate(),
        }
    }

    fn gate(&self) -> f64 {
        (self.inputs.scenario.waves.gate_minutes * 60.0).ceil()
    }

    /// Maintenance affects no user who could have left before.
    fn unfinished(&self, timing: Timing, waves: &[Wave]) -> Option<Refusal> {
        let met = self.met();
        met.refusal(waves).filter(|_| timing == Timing::After)
    }

    fn met(&self) -> Met<'a> {
        Met {
            inputs: self.inputs,
            boundary: self.boundary(),
            turned: self.turned,
            before: self.plan.flows_until(self.period),
            period_plan: self.period_plan(),
            left: self.left,
        }
    }

    fn boundary(&self) -> Boundary<'a> {
        Boundary::new(self.inputs, self.plan, self.quiet, self.period)
    }

    /// How long it may take.
    fn allowed(
        &self,
        timing: Timing,
        earliest: Option<Timestamp>,
        latest: Option<Timestamp>,
    ) -> Option<Allowed> {
        let start = self.period_plan().period.start;
        if timing == Timing::After {
            let maintenance = self
                .maintenance
                .map(|instant| Allowed::Maintenance(seconds(start, instant)));
            let latest = latest.map(|instant| Allowed::Between(seconds(start, instant)));
            return maintenance.into_iter().chain(latest).min_by(|a, b| {
                let [a, b] = [a, b].map(|allowed| allowed.most(self.gate()));
                a.total_cmp(&b)
            });
        }
        let boundary = self.boundary();
        let drain = boundary.drain_minutes();
        let drain = drain.map(|minutes| Allowed::Drain(minutes * 60.0));
        let spare = earliest.map(|earliest| Allowed::Between(seconds(earliest, start).max(0.0)));
        match (drain, spare) {
            (Some(drain), Some(spare)) if spare.seconds() < drain.seconds() => Some(spare),
            (drain, spare) => drain.or(spare),
        }
    }
}
