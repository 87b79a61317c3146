//! Laid: waves laid into time, in the order that needs fewest of them, as far as one is found.

use super::context::Change;
use super::orders::others;
use super::schedule::Schedule;
use super::task::{Made, Task};
use super::touched::shifted;
use crate::plan::{Undo, Wave};
use jiff::Timestamp;
use std::cmp::Ordering;

/// Waves as they are laid, with how many stretches of time they touch.
pub(super) struct Laid<'a> {
    pub(super) count: usize,
    pub(super) task: Task<'a>,
    pub(super) made: Made<'a>,
}

/// Users that are looked at, times waves, at most on behalf of other orders.
const EFFORT: usize = 100_000;

/// Parts of the length of waves that are tried where the longest take too long: users come more evenly in shorter ones.
const SHORTER: [f64; 4] = [2.0, 3.0, 4.0, 6.0];

/// What is wanted first of waves: that there are waves for everybody, that they are done in time, that they are few, that
/// they take little time. Where nothing is in time, time comes before few.
fn order(own: &Laid<'_>, other: &Laid<'_>, is_in_time: &impl Fn(f64) -> bool) -> Ordering {
    let rank = |own: &Laid<'_>| {
        let seconds = own.made.seconds;
        let is_good = seconds.is_some_and(is_in_time);
        let waves = own.made.schedule.waves.len();
        let few = if is_good { waves } else { 0 };
        (!is_good, seconds.is_none(), few, seconds.unwrap_or(0.0))
    };
    let (own, other) = (rank(own), rank(other));
    let known = (own.0, own.1, own.2).cmp(&(other.0, other.1, other.2));
    known.then(own.3.total_cmp(&other.3))
}

/// The fewest waves that are found where those that there are are refused, or more than have to be; of as many those that
/// take least time.
pub(super) fn fewest<'a>(
    mut best: Laid<'a>,
    laid: &impl Fn(&Change, Option<&Laid<'a>>) -> Laid<'a>,
    is_in_time: impl Fn(f64) -> bool,
) -> Laid<'a> {
    let users = best.made.passage.items.len();
    let work = users * (best.made.schedule.waves.len() + 1);
    let tries = EFFORT / work.max(1);
    let minutes = best.task.longest() / 60.0;
    let orders = others().map(|order| Change {
        order,
        ..Change::default()
    });
    let shorter = SHORTER.map(|part| Change {
        minutes: Some(minutes / part),
        ..Change::default()
    });
    let is_good = |own: &Laid<'_>| own.made.seconds.is_some_and(&is_in_time);
    let orders = orders.map(|change| (change, users > 1));
    for (change, is_worth) in orders.chain(shorter.map(|own| (own, true))).take(tries) {
        let waves = best.made.schedule.waves.len();
        let is_enough = waves <= 1 || waves <= best.made.waves_at_least(&best.task, None);
        if is_good(&best) && (is_enough || change.minutes.is_some()) {
            break;
        }
        if is_worth {
            let other = laid(&change, Some(&best));
            if order(&other, &best, &is_in_time) == Ordering::Less {
                best = other;
            }
        }
    }
    best
}

/// The waves of a schedule, one after the other from an instant on, numbered behind those before. What they say of their time is
/// still to come.
pub(super) fn waves_from(
    schedule: &Schedule,
    begin: Timestamp,
    task: &Task<'_>,
    number: u32,
) -> Vec<Wave> {
    let mut at = begin;
    let numbers = number + 1..;
    schedule
        .waves
        .iter()
        .zip(numbers)
        .map(|(own, number)| {
            let start = at;
            let turned = shifted(start, own.seconds[0]);
            let end = shifted(turned, own.seconds[1]);
            at = shifted(end, task.gate);
            Wave {
                number,
                start,
                turned,
                end,
                steering_share: own.turn.to,
                restored_share: own.restored,
                moves: own.moves.clone(),
                sites: own.sites.clone(),
                ramp: own.ramp.clone(),
                fullest: own.fullest.clone(),
                watched: Vec::new(),
                overloaded: Vec::new(),
                stability: own.stability.clone(),
                stop_shortfall: own.stop_shortfall,
                unprotected: None,
                is_long: own.seconds.iter().sum::<f64>() > task.longest().ceil(),
                undo: Undo::default(),
                standing: Vec::new(),
            }
        })
        .collect()
}
