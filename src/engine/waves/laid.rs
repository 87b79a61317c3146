//! Laid: waves laid into time, in the order that needs fewest of them, as far as one is found.

use super::limits::Change;
use super::orders::others;
use super::task::{Made, Task};

/// Waves as they are laid, with how many stretches of time they touch.
pub(super) struct Laid<'a> {
    pub(super) count: usize,
    pub(super) task: Task<'a>,
    pub(super) made: Made<'a>,
}

/// Users that are looked at, times waves, at most on behalf of other orders.
const EFFORT: usize = 100_000;

/// The fewest waves that are found where those that there are are refused, or more than have to be; of as many those that
/// take least time.
pub(super) fn fewest<'a>(
    mut best: Laid<'a>,
    laid: &impl Fn(&Change) -> Laid<'a>,
    is_in_time: impl Fn(f64) -> bool,
) -> Laid<'a> {
    let rank = |own: &Laid<'_>| {
        let is_good = own.made.seconds.is_some_and(&is_in_time);
        (!is_good, own.made.schedule.waves.len())
    };
    let work = best.made.passage.items.len() * (best.made.schedule.waves.len() + 1);
    let tries = EFFORT / work.max(1);
    for order in others().take(tries) {
        let (is_refused, waves) = rank(&best);
        #[expect(clippy::cast_precision_loss, reason = "a count of waves")]
        let is_proven = waves as f64 <= best.made.passage.waves_at_least();
        if !is_refused && (waves <= 1 || is_proven) || best.made.passage.items.len() < 2 {
            break;
        }
        let other = laid(&Change {
            order,
            ..Change::default()
        });
        let is_shorter = || other.made.seconds < best.made.seconds && other.made.seconds.is_some();
        let (own, least) = (rank(&other), rank(&best));
        if own < least || own == least && is_shorter() && !own.0 {
            best = other;
        }
    }
    best
}
