//! Worlds: users who hurt each other where something is short, or whom a plan names together, apart from all others.
//!
//! Whom a plan names excuses nobody in another world: one in a hundred of many would be more than all of a few.

use super::falling::beyond;
use super::naming::{Naming, Who};
use super::replay::Crowds;
use crate::ids::ComponentId;
use crate::plan::replay::{Moment, Run};
use crate::units::NOBODY;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// One of them: who is down in it, and on which streams.
pub(super) struct World<'a> {
    pub(super) moments: Cow<'a, [Moment]>,
    pub(super) crowds: Cow<'a, Crowds>,
}

/// The worlds of a run of a plan that names users at these times; one where users are down who are on no path.
pub(super) fn worlds<'a>(times: &[Naming], run: &'a Run, crowds: &'a Crowds) -> Vec<World<'a>> {
    let whole = || {
        vec![World {
            moments: Cow::Borrowed(run.moments.as_slice()),
            crowds: Cow::Borrowed(crowds),
        }]
    };
    let both = run.moments.iter().zip(&crowds.moments);
    let is_on_paths = |(moment, of_moment): (&Moment, &Vec<super::replay::Crowd>)| {
        let down: f64 = of_moment.iter().map(|own| own.down).sum();
        beyond(moment) - down <= NOBODY
    };
    if !both.into_iter().all(is_on_paths) {
        return whole();
    }
    let world_of = world_of_streams(times, run, crowds);
    let hurt = crowds.moments.iter().flatten().filter(|own| own.down > 0.0);
    let numbers: BTreeSet<usize> = hurt.map(|own| world_of[own.stream]).collect();
    if numbers.len() < 2 {
        return whole();
    }
    let of_number = |number: usize| {
        let crowds = crowds.of(|stream| world_of[stream] == number);
        let moments = run
            .moments
            .iter()
            .zip(&crowds.moments)
            .map(|(moment, own)| {
                let down: f64 = own.iter().map(|own| own.down).sum();
                let more = moment.most_down / moment.down.max(f64::MIN_POSITIVE);
                Moment {
                    down,
                    nowhere: 0.0,
                    most_down: down * more.max(1.0),
                    ..*moment
                }
            });
        World {
            moments: Cow::Owned(moments.collect()),
            crowds: Cow::Owned(crowds),
        }
    };
    numbers.into_iter().map(of_number).collect()
}

/// By stream, the number of its world: streams are in one if they pass something that is short at any time, or if a plan names
/// some of both together.
fn world_of_streams(times: &[Naming], run: &Run, crowds: &Crowds) -> Vec<usize> {
    let mut world_of: Vec<usize> = (0..crowds.streams.len()).collect();
    let mut by_component: BTreeMap<ComponentId, Vec<usize>> = BTreeMap::new();
    for (stream, passed) in crowds.streams.iter().enumerate() {
        for component in passed.components() {
            by_component.entry(component).or_default().push(stream);
        }
    }
    let short = run.passages.iter().map(|own| vec![own.component]);
    let named = times.iter().filter_map(|own| match &own.who {
        Who::Passing(own) => Some(own.components.clone()),
        Who::Connecting { .. } | Who::Waiting(_) => None,
    });
    let sets: BTreeSet<Vec<ComponentId>> = short.chain(named).collect();
    for set in sets {
        let streams = set.iter().filter_map(|own| by_component.get(own)).flatten();
        let mut first = None;
        for stream in streams {
            let own = root(&mut world_of, *stream);
            let first = *first.get_or_insert(own);
            world_of[own] = root(&mut world_of, first);
        }
    }
    (0..world_of.len())
        .map(|stream| root(&mut world_of, stream))
        .collect()
}

/// The number at the root of a stream.
fn root(world_of: &mut [usize], stream: usize) -> usize {
    let mut own = stream;
    while world_of[own] != own {
        world_of[own] = world_of[world_of[own]];
        own = world_of[own];
    }
    own
}
