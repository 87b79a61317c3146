//! Shortage: one thing that was short at one component: when, how much, how long it waited and how long it took to clear.

use crate::ids::ComponentId;
use crate::model::{Inventory, Queued, Scenario};
use crate::plan::replay::{Moment, Passage, PassageFlow, Short};
use crate::units::NUMERICAL_NOISE;
use jiff::{SignedDuration, Timestamp};

pub(super) struct PassageShortage<'a> {
    pub(super) passage: &'a Passage,
    /// Seconds in which more came than it could take.
    pub(super) beyond_seconds: f64,
    /// Seconds of steps at whose end something waits.
    pub(super) waiting_seconds: f64,
    /// The first step in which more comes than it can take, or anything is lost or waits.
    pub(super) first: usize,
    /// The step in which most comes beyond what it can take.
    pub(super) most: usize,
    pub(super) peak: Option<QueuePeak>,
    /// The longest that anything worked has waited here, in seconds.
    pub(super) longest_wait: f64,
    /// The longest that anything has waited that still did so at the end of a step, in seconds.
    pub(super) oldest: f64,
    /// The same as far as it is sure: where part of what came in a step is worked, its oldest may have come at the step's end.
    surely: f64,
    /// What was turned away or lost, in the unit times seconds, or in sessions.
    pub(super) lost: f64,
    /// What came in the steps in which it was short, in the same.
    pub(super) came: f64,
    /// Work done or thrown away that nobody waited for any more, in user-seconds or sessions.
    pub(super) stale: f64,
    worked: f64,
    /// Of this, roughly, what nobody waited for any more; nothing where such is thrown away unworked.
    stale_worked: f64,
    /// What is lost and what has to wait, in users × seconds as a mean user demands: by this the worst is found.
    pub(super) weight: f64,
}

/// The instant at which most waits.
pub(super) struct QueuePeak {
    pub(super) at: Timestamp,
    /// How much, in the unit times seconds, or in sessions.
    pub(super) queued: f64,
    /// Seconds until nothing waits any more; `None` if something still does when the replay ends.
    pub(super) clearing: Option<f64>,
    /// Seconds until the last of it is worked or thrown away; `None` if that is after the replay ends.
    pub(super) last_wait: Option<f64>,
}

type FlowStep<'a> = (&'a Moment, &'a PassageFlow);

/// By resource, what a user who demands any of it demands on average.
pub(super) fn mean_demands(inventory: &Inventory) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); inventory.resources.len()];
    for shard in &inventory.shards {
        let demand = &inventory.profiles[shard.profile.index()].work;
        for (sum, each) in sums.iter_mut().zip(demand.iter()) {
            if *each > 0.0 {
                let users = shard.users as f64;
                *sum = (sum.0 + users * each, sum.1 + users);
            }
        }
    }
    let mean = |(demand, users): (f64, f64)| if demand > 0.0 { demand / users } else { 1.0 };
    sums.into_iter().map(mean).collect()
}

impl<'a> PassageShortage<'a> {
    /// What was short at a passage, by what users demand on average; `None` if nothing ever was.
    pub(super) fn new(
        (inventory, scenario): (&Inventory, &Scenario),
        demands: &[f64],
        moments: &[Moment],
        passage: &'a Passage,
    ) -> Option<Self> {
        let is_here = |queued: &&Queued| {
            (queued.component, Short::Resource(queued.resource))
                == (passage.component, passage.short)
        };
        let queued = scenario.queued.iter().filter(is_here);
        let begun: f64 = queued.map(|queued| queued.amount).sum();
        let flows = &passage.flows;
        let steps: Vec<FlowStep<'_>> = moments.iter().zip(flows).collect();
        let sum_if = |is: &dyn Fn(&PassageFlow) -> bool, of: fn(&PassageFlow) -> f64| {
            let counted = |(moment, flow): &FlowStep<'_>| {
                if is(flow) {
                    of(flow) * moment.seconds()
                } else {
                    0.0
                }
            };
            steps.iter().map(counted).sum::<f64>()
        };
        let first = steps.iter().position(|step| is_short(step.1))?;
        let most = steps.iter().enumerate().reduce(|most, pair| {
            let of = |(_, passage_flow): &FlowStep<'_>| {
                (
                    passage_flow.offered - passage_flow.capacity,
                    passage_flow.offered,
                )
            };
            // Without a limit nothing is beyond it.
            if of(pair.1) > of(most.1) { pair } else { most }
        });
        let longest = |of: fn(&PassageFlow) -> f64| flows.iter().map(of).fold(0.0_f64, f64::max);
        let growth = steps.iter().scan(0.0, |before, (_, passage_flow)| {
            let grown = passage_flow.queued - *before;
            *before = passage_flow.queued;
            Some(grown.max(0.0))
        });
        let lost = sum_if(&|_| true, |passage_flow| passage_flow.lost);
        let stale: f64 = flows.iter().map(|flow| flow.stale).sum();
        let demand = match passage.short {
            // A new session counts as one user.
            Short::Sessions => 1.0,
            Short::Resource(resource) => demands[resource.index()],
        };
        let peak = peak(begun, &steps);
        let most_waits = peak.as_ref().map_or(0.0, |queue_peak| queue_peak.queued);
        let waits = growth.sum::<f64>().max(most_waits);
        let sheds = inventory.sheds_stale_work(passage.component);
        Some(Self {
            passage,
            beyond_seconds: sum_if(&PassageFlow::is_beyond, |_| 1.0),
            waiting_seconds: sum_if(&|passage_flow| passage_flow.queued > 0.0, |_| 1.0),
            first,
            most: most.map_or(0, |pair| pair.0),
            peak,
            longest_wait: longest(|passage_flow| passage_flow.longest),
            oldest: longest(|passage_flow| passage_flow.oldest),
            surely: steps.iter().map(surely).fold(0.0, f64::max),
            lost,
            came: sum_if(&is_short, |passage_flow| passage_flow.offered),
            stale,
            worked: sum_if(&is_short, |passage_flow| passage_flow.worked),
            // What is thrown away unworked was not worked.
            stale_worked: if sheds { 0.0 } else { stale * demand },
            weight: (lost + waits) / demand,
        })
    }

    pub(super) fn key(&self) -> (ComponentId, Short) {
        (self.passage.component, self.passage.short)
    }

    pub(super) fn most_flow(&self) -> Option<&'a PassageFlow> {
        self.passage.flows.get(self.most)
    }

    /// The longest that anything surely waits here, worked or not, in seconds.
    pub(super) fn longest_of_all(&self) -> f64 {
        self.longest_wait.max(self.surely)
    }

    /// The share of what it works that nobody waits for any more; `None` where that is not known, or nothing is.
    pub(super) fn stale_share(&self) -> Option<f64> {
        let share = self.stale_worked / self.worked;
        (self.worked > 0.0 && self.stale_worked > 0.0).then(|| share.min(1.0))
    }

    /// The share of what came while it was short that was turned away or lost; `None` if nothing was.
    pub(super) fn lost_share(&self) -> Option<f64> {
        (self.lost > 0.0 && self.came > 0.0).then(|| (self.lost / self.came).min(1.0))
    }

    /// What waits when the replay ends, if anything does, and seconds until it is cleared if nothing changes, if it is.
    pub(super) fn left(&self) -> Option<(f64, Option<f64>)> {
        let last = self.passage.flows.last()?;
        (last.queued > 0.0).then(|| (last.queued, last.clearing()))
    }
}

/// How long something has surely waited at the end of a step.
fn surely((moment, flow): &FlowStep<'_>) -> f64 {
    if flow.queued <= 0.0 {
        0.0
    } else if flow.worked > 0.0 {
        flow.oldest - moment.seconds()
    } else {
        flow.oldest
    }
}

/// The instant at which most waits, if so much does when the first step begins, and what becomes of it.
fn peak(begun: f64, steps: &[FlowStep<'_>]) -> Option<QueuePeak> {
    let each = steps.iter().enumerate();
    let each =
        each.map(|(step, (moment, flow))| (flow.most, step, flow.most_after.min(moment.seconds())));
    let is_more = |value: f64, than: f64| value > than * (1.0 + NUMERICAL_NOISE);
    let (queued, step, after) = each.fold((begun, 0, 0.0), |most, entry| {
        if is_more(entry.0, most.0) {
            entry
        } else {
            most
        }
    });
    let start = steps.get(step)?.0.start;
    if queued <= 0.0 {
        return None;
    }
    let before = step.checked_sub(1);
    let before = before.map_or(begun, |index| steps[index].1.queued);
    let rest = &steps[step..];
    Some(QueuePeak {
        at: start + SignedDuration::from_secs_f64(after),
        queued,
        clearing: clearing(rest, after, queued),
        last_wait: last_wait(rest, (before, after), queued),
    })
}

/// Seconds of a step, without those before an instant in the first.
fn seconds_left(step: usize, moment: &Moment, after: f64) -> f64 {
    moment.seconds() - if step == 0 { after } else { 0.0 }
}

/// Seconds until nothing waits, from `after` seconds after the start of the first step on, if `queued` waits then.
fn clearing(steps: &[FlowStep<'_>], after: f64, queued: f64) -> Option<f64> {
    let mut seconds = 0.0;
    let mut waits = queued;
    for (step, (moment, flow)) in steps.iter().enumerate() {
        let rest = seconds_left(step, moment, after);
        let is_over = step == 0 && after >= moment.seconds();
        if flow.queued <= 0.0 && !is_over {
            // In that step it clears at the spare rate; a burst came before.
            let comes = match steps.get(1) {
                Some(next) if step == 0 => next.1,
                _ => flow,
            };
            let spare = flow.capacity - (comes.offered - comes.lost);
            let within = if spare > 0.0 { waits / spare } else { rest };
            return Some(seconds + within.min(rest));
        }
        seconds += rest;
        waits = flow.queued;
    }
    None
}

/// Seconds until all of so much that waits is worked or thrown away: what came first goes first. `before` is what waits when
/// the first step begins.
fn last_wait(steps: &[FlowStep<'_>], (before, after): (f64, f64), queued: f64) -> Option<f64> {
    let mut left = queued;
    let mut waits = before;
    let mut seconds = 0.0;
    for (step, (moment, flow)) in steps.iter().enumerate() {
        let rest = seconds_left(step, moment, after);
        let came = (flow.offered - flow.lost) * moment.seconds();
        let gone = (waits + came - flow.queued) * rest / moment.seconds();
        waits = flow.queued;
        if gone >= left * (1.0 - NUMERICAL_NOISE) {
            // While anything waits, all that can be is worked.
            let rate = flow.capacity.min(f64::MAX).max(gone / rest);
            return Some(seconds + left / rate);
        }
        left -= gone;
        seconds += rest;
    }
    None
}

/// `true` if more comes than it can take, or anything waits or is lost.
fn is_short(passage_flow: &PassageFlow) -> bool {
    passage_flow.is_beyond() || passage_flow.is_held_up()
}

/// The steps of a passage that are worth a row: those in which it is short, and one on either side of each stretch of such.
pub(super) fn reported_steps(flows: &[PassageFlow]) -> impl Iterator<Item = usize> + '_ {
    let is_short = move |step: usize| flows.get(step).is_some_and(is_short);
    let around = move |step: &usize| {
        let before = step.checked_sub(1).is_some_and(is_short);
        before || is_short(*step) || is_short(step + 1)
    };
    (0..flows.len()).filter(around)
}
