//! Notes: what is told of a run, step by step, and what held work up in it.

use super::accounts::Accounts;
use super::field::{Field, Obstacle, Where};
use super::tally::{OfStage, Tally};
use crate::ids::ResourceId;
use crate::plan::replay::{Moment, Passage, PassageFlow, Short, exceeds};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What has been noted so far.
pub(super) struct Notes {
    pub(super) moments: Vec<Moment>,
    pub(super) cuts: Vec<Timestamp>,
    /// Steps of which parts were longer than is exact.
    pub(super) coarse: Vec<[Timestamp; 2]>,
    /// By moment: what came to every stage.
    pub(super) stages: Vec<Arc<Vec<OfStage>>>,
    /// By moment: what every stage could take.
    pub(super) rooms: Vec<Arc<Vec<f64>>>,
    pub(super) accounts: Accounts,
    /// By month: how many seconds of it are played.
    pub(super) lengths: BTreeMap<Date, f64>,
}

impl Notes {
    /// Of nothing yet.
    pub(super) fn new() -> Self {
        Self {
            moments: Vec::new(),
            cuts: Vec::new(),
            coarse: Vec::new(),
            stages: Vec::new(),
            rooms: Vec::new(),
            accounts: Accounts::default(),
            lengths: BTreeMap::new(),
        }
    }

    /// Adds a step.
    pub(super) fn note(
        &mut self,
        (start, end): (Timestamp, Timestamp),
        (users, [nowhere, down]): (f64, [f64; 2]),
        factor: &[f64],
        tally: &Tally,
        in_flight: f64,
    ) {
        let seconds = end.duration_since(start).as_secs_f64();
        let mut moment = Moment {
            start,
            end,
            users: nowhere + users,
            down,
            nowhere: down,
            without_session: 0.0,
            most_down: 0.0,
            sent: 0.0,
            again: 0.0,
            served: 0.0,
            failed: 0.0,
            late: 0.0,
            apart: 0.0,
            ended: 0.0,
            connected: 0.0,
            in_flight,
        };
        for (own, factor) in tally.streams.iter().zip(factor) {
            moment.sent += own.sent.number() / seconds;
            moment.again += own.again.number() / seconds;
            moment.served += own.served.number() / seconds;
            moment.failed += own.failed.number() / seconds;
            moment.late += own.late.number() / seconds;
            moment.apart += own.apart / seconds;
            moment.ended += own.ended / seconds;
            moment.connected += own.connected / seconds;
            if own.down > 0.0 && *factor > 0.0 {
                moment.down += own.down / factor / seconds;
                moment.without_session += own.down_apart / factor / seconds;
            }
        }
        moment.most_down = moment.down.max(moment.nowhere + tally.most_apart);
        self.moments.push(moment);
        let stages = match self.stages.last() {
            Some(last) if **last == tally.stages => Arc::clone(last),
            _ => Arc::new(tally.stages.clone()),
        };
        self.stages.push(stages);
    }
}

/// What held work up at any time: where anything waited, was lost or was more than there was room for.
pub(super) fn passages(field: &Field, notes: &Notes) -> Vec<Passage> {
    let mut is_noted = vec![false; field.stages.len()];
    for (stages, rooms) in notes.stages.iter().zip(&notes.rooms) {
        for (stage, own) in stages.iter().enumerate() {
            is_noted[stage] |= own.queued > 0.0
                || own.most[0] > 0.0
                || own.lost > 0.0
                || exceeds(own.offered * own.stretch.max(1.0), rooms[stage]);
        }
    }
    let mut passages = Vec::new();
    for (stage, own) in field
        .stages
        .iter()
        .enumerate()
        .filter(|(own, _)| is_noted[*own])
    {
        let Where::Component(component) = own.place else {
            continue;
        };
        let short = match own.obstacle {
            Obstacle::Itself => continue,
            Obstacle::Gate => Short::Sessions,
            Obstacle::Resource(resource) => Short::Resource(ResourceId::new(resource)),
        };
        let first = notes.moments.first().map(|own| own.start);
        let moments = notes.moments.iter();
        let both = notes.stages.iter().zip(&notes.rooms).zip(moments);
        let flows = both.map(|((stages, rooms), moment)| {
            let own = stages[stage];
            let seconds = moment.seconds();
            let [most, most_after] = if own.queued >= own.most[0] {
                [own.queued, seconds]
            } else {
                let begins = first.map(|first| moment.start.duration_since(first).as_secs_f64());
                [own.most[0], own.most[1] - begins.unwrap_or(0.0)]
            };
            PassageFlow {
                offered: own.offered,
                capacity: rooms[stage] / own.stretch.max(1.0),
                worked: own.worked,
                lost: own.lost,
                queued: own.queued,
                oldest: own.oldest,
                longest: own.longest,
                most,
                most_after: most_after.clamp(0.0, seconds),
                stale: own.stale,
            }
        });
        passages.push(Passage {
            component,
            short,
            flows: flows.collect(),
        });
    }
    passages
}
