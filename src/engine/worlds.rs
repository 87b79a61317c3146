//! Worlds: users who affect each other where something is short, or that a plan names together, apart from all others.
//!
//! Users that a plan names excuse nobody in another world: one in a hundred of many would be more than all of a few. Of two
//! plays of a plan the worse counts, until both end.

use super::falling::{ANYBODY, beyond};
use super::naming::{NamedUsers, Naming};
use super::replay::RunCrowds;
use crate::ids::ComponentId;
use crate::plan::replay::{Moment, Run};
use crate::plan::{Downtime, PeriodDowntime, Plan};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// One of them: who is down in it, and on which streams.
pub(super) type World<'a> = (Cow<'a, [Moment]>, Cow<'a, RunCrowds>);

/// The worlds of a run of a plan that names users at these times; one where users are down who are on no path.
pub(super) fn worlds<'a>(times: &[Naming], run: &'a Run, crowds: &'a RunCrowds) -> Vec<World<'a>> {
    let whole = || {
        let moments = run.moments.as_slice();
        vec![(Cow::Borrowed(moments), Cow::Borrowed(crowds))]
    };
    let both = run.moments.iter().zip(&crowds.moments);
    let is_on_paths = |(moment, of_moment): (&Moment, &Vec<super::replay::RunCrowd>)| {
        let down: f64 = of_moment.iter().map(|run_crowd| run_crowd.down).sum();
        beyond(moment) - down <= NOBODY
    };
    if !both.into_iter().all(is_on_paths) {
        return whole();
    }
    let world_of = world_of_streams(times, run, crowds);
    let affected = crowds
        .moments
        .iter()
        .flatten()
        .filter(|run_crowd| run_crowd.down > 0.0);
    let numbers: BTreeSet<usize> = affected
        .map(|run_crowd| world_of[run_crowd.stream])
        .collect();
    if numbers.len() < 2 {
        return whole();
    }
    let of_number = |number: usize| {
        let crowds = crowds.of(|stream| world_of[stream] == number);
        let moments = run
            .moments
            .iter()
            .zip(&crowds.moments)
            .map(|(moment, run_crowds)| {
                let down: f64 = run_crowds.iter().map(|run_crowd| run_crowd.down).sum();
                let more = moment.most_down / moment.down.max(f64::MIN_POSITIVE);
                Moment {
                    down,
                    nowhere: 0.0,
                    unplaced: 0.0,
                    most_down: down * more.max(1.0),
                    ..*moment
                }
            });
        (Cow::Owned(moments.collect()), Cow::Owned(crowds))
    };
    numbers.into_iter().map(of_number).collect()
}

/// By stream, the number of its world: streams are in one if they pass something that is short at any time, or if a plan names
/// some of both together.
fn world_of_streams(times: &[Naming], run: &Run, crowds: &RunCrowds) -> Vec<usize> {
    let mut world_of: Vec<usize> = (0..crowds.streams.len()).collect();
    let mut by_component: BTreeMap<ComponentId, Vec<usize>> = BTreeMap::new();
    for (stream, passed) in crowds.streams.iter().enumerate() {
        for component in passed.components() {
            by_component.entry(component).or_default().push(stream);
        }
    }
    let short = run.passages.iter().map(|passage| vec![passage.component]);
    let named = times.iter().filter_map(|naming| match &naming.who {
        NamedUsers::Passing(passing_users) => Some(passing_users.components.clone()),
        NamedUsers::Connecting { .. } | NamedUsers::Waiting(_) => None,
    });
    let sets: BTreeSet<Vec<ComponentId>> = short.chain(named).collect();
    for set in sets {
        let streams = set
            .iter()
            .filter_map(|component| by_component.get(component))
            .flatten();
        let mut first = None;
        for stream in streams {
            let index = root(&mut world_of, *stream);
            let first = *first.get_or_insert(index);
            world_of[index] = root(&mut world_of, first);
        }
    }
    (0..world_of.len())
        .map(|stream| root(&mut world_of, stream))
        .collect()
}

/// The number at the root of a stream.
fn root(world_of: &mut [usize], stream: usize) -> usize {
    let mut index = stream;
    while world_of[index] != index {
        world_of[index] = world_of[world_of[index]];
        index = world_of[index];
    }
    index
}

/// Shorter steps count if they lose this many times as many user minutes, and this many more.
const MORE: f64 = 1.05;
const MORE_MINUTES: f64 = 10.0;

/// `true` if a play's own user minutes are clearly more than the others.
fn is_clearly_more(value: f64, other: f64) -> bool {
    value > other * MORE + MORE_MINUTES
}

impl Downtime {
    /// Where users are down in another play too, the later end of both is reported.
    pub(super) fn lasts_as_long_as(&mut self, other: &Self) {
        let later = |instant: &mut Option<Timestamp>, other: Option<Timestamp>| {
            *instant = instant.map(|instant| other.map_or(instant, |other| instant.max(other)));
        };
        for (period_downtime, other) in self.periods.iter_mut().zip(&other.periods) {
            later(&mut period_downtime.aftermath_until, other.aftermath_until);
            later(&mut period_downtime.down_until, other.down_until);
        }
    }

    pub(super) fn is_anybody_down(&self) -> bool {
        let lost = |period_downtime: &PeriodDowntime| {
            period_downtime.user_minutes - period_downtime.unserved_minutes
        };
        self.periods.iter().any(|period| lost(period) > NOBODY)
    }

    /// `true` if clearly more is lost, or more of it to outages.
    pub(super) fn is_worse_than(&self, other: &Self, plan: &Plan) -> bool {
        let lost = |period_downtime: &PeriodDowntime| {
            period_downtime.user_minutes - period_downtime.unserved_minutes
        };
        // What is lost in one period is not hidden by what is lost in another.
        let both = self.periods.iter().zip(&other.periods);
        let mut both = both.map(|(period_downtime, other)| [lost(period_downtime), lost(other)]);
        let is_anybody =
            |downtime: &Self| downtime.periods.iter().map(lost).sum::<f64>() >= ANYBODY;
        both.any(|[value, other]| is_clearly_more(value, other))
            || is_anybody(self) && !other.is_anybody_down()
            || self.is_more_than(other, plan, |period_downtime| period_downtime.user_minutes)
            || self.has_more_outages_than(other, plan)
    }

    /// `true` if clearly more is lost to outages.
    pub(super) fn has_more_outages_than(&self, other: &Self, plan: &Plan) -> bool {
        self.is_more_than(other, plan, |period_downtime| {
            period_downtime.outage_minutes
        })
    }

    /// `true` if clearly more is lost of what is meant, in all or up to the instant up to which it was played itself: what comes
    /// after that says nothing of what was before.
    fn is_more_than(&self, other: &Self, plan: &Plan, what: fn(&PeriodDowntime) -> f64) -> bool {
        let until = self.unchecked_from.unwrap_or(Timestamp::MAX);
        let whole = plan
            .periods
            .partition_point(|period| period.period.end <= until);
        [whole, self.periods.len()].into_iter().any(|count| {
            let sum = |of: &Self| of.periods.iter().take(count).map(what).sum::<f64>();
            is_clearly_more(sum(self), sum(other))
        })
    }
}
