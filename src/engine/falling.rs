//! Falling: whether what waits, or who is down, becomes less.

use crate::plan::replay::Moment;

/// What waits falls steadily if it is less by this share from one half hour to the next.
const FALLS: f64 = 0.01;

/// Seconds of an hour.
pub(super) const HOUR: f64 = 3600.0;

/// `true` if less waits, or fewer are `down` by the position of a moment, in the last half hour of some moments than in the half
/// hour before, and neither is more.
pub(super) fn falls(moments: &[Moment], down: impl Fn(usize) -> f64) -> bool {
    let Some(end) = moments.last().map(|own| own.end) else {
        return false;
    };
    let ago = |own: &Moment| end.duration_since(own.end).as_secs_f64();
    let first = moments.partition_point(|own| ago(own) >= HOUR);
    let mean = |[from, to]: [f64; 2], of: &dyn Fn(usize) -> f64| {
        let meant = moments.iter().enumerate().skip(first);
        let meant = meant.filter(|(_, own)| (from..to).contains(&ago(own)));
        let [sum, seconds] = meant.fold([0.0; 2], |sum, (at, own)| {
            [sum[0] + of(at) * own.seconds(), sum[1] + own.seconds()]
        });
        if seconds > 0.0 { sum / seconds } else { 0.0 }
    };
    let less = |of: &dyn Fn(usize) -> f64| {
        let [earlier, later] = [[HOUR / 2.0, HOUR], [0.0, HOUR / 2.0]].map(|own| mean(own, of));
        (
            later < earlier * (1.0 - FALLS),
            later > earlier * (1.0 + FALLS),
        )
    };
    let waits = less(&|at| moments[at].in_flight);
    let down = less(&down);
    (waits.0 || down.0) && !waits.1 && !down.1
}
