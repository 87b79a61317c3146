//! Standing: what holds at the end of a wave until its gate ends, in every slice of the hours of that time.

use super::limits::Limits;
use super::touched::{Under, stretches};
use crate::plan::{Carries, Plan, Standing, Timing};
use jiff::Timestamp;

/// The end of a wave, at which one may stop.
pub(super) struct Stop<'a> {
    pub(super) plan: &'a Plan,
    pub(super) timing: Timing,
    /// Steering has turned.
    pub(super) turned: Timestamp,
    pub(super) gate_end: Timestamp,
}

/// What holds in each of the cases that the time from the turn to the end of the gate has; `loads` are those by limit.
pub(super) fn standing(
    stop: &Stop<'_>,
    unders: &[Under<'_, '_>],
    limits: &Limits<'_>,
    loads: &[f64],
) -> Vec<Standing> {
    let periods = &stop.plan.periods;
    let cases = unders.iter().enumerate().filter_map(|(ground, under)| {
        let is_its = |own: &crate::plan::PeriodPlan| std::ptr::eq(&raw const own.case, under.case);
        let during = periods.iter().position(is_its);
        is_met(stop, during, under.slice).then_some((ground, during, under.slice))
    });
    let standing = cases.map(|(ground, during, slice)| {
        let rows = limits.rows.iter().zip(loads);
        let own = rows.filter(|(limit, _)| limit.ground == ground && !limit.with_retries);
        Standing {
            during,
            slice,
            loads: own
                .map(|(limit, load)| Carries {
                    component: limit.component,
                    resource: limit.resource,
                    load: *load,
                    capacity: limit.capacity,
                })
                .collect(),
        }
    });
    standing.collect()
}

/// `true` if a slice of a period has any of the time; ahead of a period also that which ends with it, and after its start
/// that which begins with it, and that which ends with a gate of no minutes.
fn is_met(stop: &Stop<'_>, during: Option<usize>, slice: usize) -> bool {
    let is_in = |start: Option<Timestamp>, end: Timestamp| {
        let begins = start.is_none_or(|own| own < stop.gate_end);
        match stop.timing {
            Timing::Ahead => begins && (end > stop.turned || end == stop.gate_end),
            Timing::Behind => {
                let ends = end > stop.turned || (end == stop.turned && end == stop.gate_end);
                (begins || start.is_none_or(|own| own <= stop.turned)) && ends
            }
        }
    };
    let first = stop.plan.periods.first();
    match during {
        None => first.is_some_and(|own| is_in(None, own.period.start)),
        Some(period) => {
            let own = &stop.plan.periods[period];
            // What holds at the end of the scenario goes on holding.
            let is_last = period + 1 == stop.plan.periods.len();
            let lasts = |end: Timestamp| is_last && end == own.period.end;
            let mut all = stretches(own);
            all.any(|own| {
                let end = if lasts(own.end) {
                    Timestamp::MAX
                } else {
                    own.end
                };
                own.slice == slice && is_in(Some(own.start), end)
            })
        }
    }
}
