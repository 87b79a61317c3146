//! Dated: what a wave says of its time. Waves keep to everything that a transition goes through; what is full, and whether a wave
//! can be undone, is said of what holds while it goes on.

use super::touched::{Under, stretches};
use crate::plan::{PeriodPlan, Plan};
use jiff::Timestamp;

/// From when on each case of a transition holds, from the beginning of a wave on; `None` is not any more.
pub(super) struct Holding {
    pub(super) begins: Timestamp,
    from: Vec<Option<Timestamp>>,
}

impl Holding {
    pub(super) fn new(
        plan: &Plan,
        unders: &[&Under<'_, '_>],
        (begins, gate_end): (Timestamp, Timestamp),
    ) -> Self {
        let dated = unders.iter();
        let from = dated.map(|under| holds_from(plan, under, (begins, gate_end)));
        Self {
            begins,
            from: from.collect(),
        }
    }

    /// From when on a case holds.
    pub(super) fn from(&self, ground: usize) -> Option<Timestamp> {
        self.from[ground]
    }

    /// The same, if it holds before an instant, or when the wave begins.
    pub(super) fn before(&self, ground: usize, end: Timestamp) -> Option<Timestamp> {
        let is_met = |from: &Timestamp| *from == self.begins || *from < end;
        self.from(ground).filter(is_met)
    }
}

/// The first instant from a beginning on at which a case holds in its slice of hours. Before the scenario every slice counts.
fn holds_from(
    plan: &Plan,
    under: &Under<'_, '_>,
    (begins, gate_end): (Timestamp, Timestamp),
) -> Option<Timestamp> {
    // What takes no time ahead of a period is done while the one before still holds.
    let is_at_once = under.behind.is_none() && begins == gate_end;
    let is_still = |end: Timestamp| end > begins || is_at_once && end == begins;
    let is_its = |period: &&PeriodPlan| std::ptr::eq(&raw const period.case, under.case);
    let Some(period) = plan.periods.iter().find(is_its) else {
        let first = plan.periods.first()?;
        return is_still(first.period.start).then_some(begins);
    };
    // What holds at the end of the scenario goes on holding.
    let is_last = period.period.index + 1 == plan.periods.len();
    let its = stretches(period).filter(|stretch| {
        let goes_on = is_last && stretch.end == period.period.end;
        stretch.slice == under.slice && (is_still(stretch.end) || goes_on)
    });
    its.map(|stretch| stretch.start.max(begins)).min()
}
