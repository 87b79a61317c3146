//! Falling: who counts as down, and whether what waits, or who is down, becomes less.

use crate::plan::replay::{Moment, Run};

/// What waits falls steadily if it is less by this share from one half hour to the next.
const FALLS: f64 = 0.01;

/// It goes on to fall if it is less by this share over the second half of all.
const FALLS_IN_ALL: f64 = 0.02;

/// It falls ever more slowly if it falls by less than this share in the second half of all of what it fell in the first.
const SLOWER: f64 = 0.5;

/// Users who are down, and user minutes, count from this many on: fewer round to none.
pub(super) const ANYBODY: f64 = 0.5;

/// Users who are down again within this many seconds are so for the same reason: clients return in waves.
pub(super) const AGAIN_SECONDS: i64 = 600;

pub(super) const HOUR: f64 = 3600.0;

/// What waits and who is down for some time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) seconds: f64,
    pub(super) waits: f64,
    pub(super) down: f64,
}

/// By moment of a run, what waits: how long what has waited anywhere would take to be worked off, in seconds, added up. Work of
/// clients who have given up is in queues as well, and what comes waits for it.
pub(super) fn waits(run: &Run) -> Vec<f64> {
    let mut all = vec![0.0; run.moments.len()];
    for passage in &run.passages {
        let capacities = passage.flows.iter().map(|flow| flow.capacity);
        let most = capacities
            .filter(|value| value.is_finite())
            .fold(0.0, f64::max);
        if most > 0.0 {
            for (sum, flow) in all.iter_mut().zip(&passage.flows) {
                *sum += flow.queued / most;
            }
        }
    }
    all
}

/// `true` if fewer are down in the last half hour of some time than in the half hour before; or less waits, or a little fewer are
/// down, and neither is more. More may wait where fewer are down: users who give up leave capacity for others, and fewer do.
pub(super) fn falls(loads: &[Load]) -> bool {
    falls_by(loads, FALLS)
}

/// The same where less by such a share is enough.
pub(super) fn falls_by(loads: &[Load], share: f64) -> bool {
    let [waits, down] = [|load: &Load| load.waits, |load: &Load| load.down].map(|of| {
        let [earlier, later] =
            [[HOUR / 2.0, HOUR], [0.0, HOUR / 2.0]].map(|values| mean(loads, values, of));
        [
            later < earlier * (1.0 - share),
            later < earlier * (1.0 - FALLS),
            later > earlier * (1.0 + FALLS),
        ]
    });
    down[1] || (waits[0] || down[0]) && !waits[2] && !down[2]
}

/// Seconds after the end of some time until nobody is down, or nothing waits where as many are down, if that goes on to fall as
/// fast as over its second half; `None` if it does not fall, or ever more slowly.
pub(super) fn clears_in(loads: &[Load]) -> Option<f64> {
    let all: f64 = loads.iter().map(|load| load.seconds).sum();
    let ago = all / 2.0;
    let [waits, down] = [|load: &Load| load.waits, |load: &Load| load.down].map(|of| {
        let earlier = mean(loads, [ago, ago + HOUR], of);
        let later = mean(loads, [0.0, HOUR], of);
        let first = mean(loads, [all - HOUR, all], of);
        let is_less = later < earlier * (1.0 - FALLS_IN_ALL);
        let is_more = later > earlier * (1.0 + FALLS);
        let seconds = is_less.then(|| later * ago / (earlier - later));
        // What falls ever more slowly, as where just as much comes as is served, is never over.
        let is_slowing = earlier - later < SLOWER * (first - earlier);
        (seconds.filter(|_| !is_slowing), is_more)
    });
    // More may wait where fewer are down.
    down.0.or(waits.0.filter(|_| !down.1))
}

/// The mean over what ended between two numbers of seconds before the end, from and to.
fn mean(loads: &[Load], [from, to]: [f64; 2], of: fn(&Load) -> f64) -> f64 {
    let mut ago = 0.0;
    let [mut sum, mut seconds] = [0.0; 2];
    for load in loads.iter().rev() {
        if ago >= to {
            break;
        }
        if ago >= from {
            sum += of(load) * load.seconds;
            seconds += load.seconds;
        }
        ago += load.seconds;
    }
    if seconds > 0.0 { sum / seconds } else { 0.0 }
}

/// Users down beyond those who are served nowhere.
pub(super) fn beyond(moment: &Moment) -> f64 {
    moment.down - moment.nowhere
}
