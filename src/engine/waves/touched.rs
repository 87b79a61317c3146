//! Touched: the cases through which the waves of a transition go, each in one slice of its hours, and the steering that
//! holds in it before the waves and once they have turned.
//!
//! Waves keep to everything that a transition goes through; what is full, and whether a wave can be undone, is said of
//! what holds while it goes on.

use crate::model::{Case, Stretch};
use crate::plan::{Flow, PeriodPlan, Plan, Timing, flows_in};
use jiff::{SignedDuration, Timestamp};

/// A case in one slice of its hours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Under<'c, 'f> {
    pub(super) case: &'c Case,
    pub(super) slice: usize,
    /// The case of the period after whose start waves go on; `None` is before it.
    pub(super) after: Option<&'c Case>,
    /// Steering of before, and that to which waves turn.
    pub(super) flows: [&'f [Flow]; 2],
}

impl Under<'_, '_> {
    fn is_same(&self, other: &Under<'_, '_>) -> bool {
        std::ptr::eq(self.case, other.case) && self.slice == other.slice
    }
}

/// What holds in a stretch of time: transitions touch it that take longer than this many seconds.
type Step<'a> = (f64, Vec<Under<'a, 'a>>);

/// What transitions go through, from a period's start outwards.
pub(super) struct TouchedSteps<'a>(Vec<Step<'a>>);

/// The stretches of a period's own time.
pub(super) fn stretches(period_plan: &PeriodPlan) -> impl DoubleEndedIterator<Item = Stretch> {
    let (start, end) = (period_plan.period.start, period_plan.period.end);
    period_plan.case.hours.stretches_within(start, end)
}

pub(super) fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

/// A time of whole seconds before or after an instant; the calendar's end beyond it.
pub(in crate::engine) fn shifted(at: Timestamp, seconds: f64) -> Timestamp {
    let duration = SignedDuration::try_from_secs_f64(seconds.abs()).ok();
    let shifted = duration.and_then(|duration| {
        if seconds < 0.0 {
            at.checked_sub(duration).ok()
        } else {
            at.checked_add(duration).ok()
        }
    });
    let end = if seconds < 0.0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    shifted.unwrap_or(end)
}

impl<'a> TouchedSteps<'a> {
    /// Those of one timing; `quiet` is what holds before the scenario.
    pub(super) fn new(plan: &'a Plan, quiet: &'a Case, period: usize, timing: Timing) -> Self {
        let mut steps = match timing {
            Timing::Ahead => Self::ahead(plan, quiet, period),
            Timing::After => Self::after(plan, period),
        };
        // What is next to the start is touched however short a transition is.
        if let Some(first) = steps.first_mut() {
            first.0 = f64::NEG_INFINITY;
        }
        Self(steps)
    }

    fn ahead(plan: &'a Plan, quiet: &'a Case, period: usize) -> Vec<Step<'a>> {
        let period_plan = &plan.periods[period];
        let start = period_plan.period.start;
        let mut steps: Vec<Step<'a>> = Vec::new();
        for past in plan.periods[..period].iter().rev() {
            steps.extend(stretches(past).rev().map(|stretch| {
                let under = Under {
                    case: &past.case,
                    slice: stretch.slice,
                    after: None,
                    flows: [
                        flows_in(&past.flows, stretch.slice),
                        period_plan.first_flows(),
                    ],
                };
                (seconds(stretch.end, start), vec![under])
            }));
        }
        let first = plan
            .periods
            .first()
            .map_or(start, |period_plan| period_plan.period.start);
        let begun = quiet.hours.slice_at(first);
        let (next, others): (Vec<usize>, Vec<usize>) =
            (0..quiet.hours.slice_count()).partition(|slice| *slice == begun);
        steps.extend([next, others].map(|slices| {
            let unders = slices.into_iter().map(|slice| Under {
                case: quiet,
                slice,
                after: None,
                flows: [
                    flows_in(&plan.before.flows, slice),
                    period_plan.first_flows(),
                ],
            });
            (seconds(first, start), unders.collect())
        }));
        steps
    }

    fn after(plan: &'a Plan, period: usize) -> Vec<Step<'a>> {
        let period_plan = &plan.periods[period];
        let before = plan.flows_until(period);
        let mut steps: Vec<Step<'a>> = Vec::new();
        for later in &plan.periods[period..] {
            let is_own = later.period.index == period_plan.period.index;
            steps.extend(stretches(later).map(|stretch| {
                let now = if is_own {
                    flows_in(&period_plan.flows, stretch.slice)
                } else {
                    period_plan.last_flows()
                };
                let under = Under {
                    case: &later.case,
                    slice: stretch.slice,
                    after: Some(&period_plan.case),
                    flows: [before, now],
                };
                (
                    seconds(period_plan.period.start, stretch.start),
                    vec![under],
                )
            }));
        }
        steps
    }

    /// How many of them a transition touches that takes `seconds`, from the start of the period outwards.
    pub(super) fn touched(&self, seconds: f64) -> usize {
        let touched = self.0.iter().take_while(|pair| pair.0 < seconds);
        touched.count().max(1)
    }

    pub(super) fn unders(&self, count: usize) -> Vec<Under<'a, 'a>> {
        let mut all: Vec<Under<'a, 'a>> = Vec::new();
        for under in self.0.iter().take(count).flat_map(|pair| &pair.1) {
            if !all.iter().any(|other| other.is_same(under)) {
                all.push(*under);
            }
        }
        all
    }
}

pub(super) fn within(plan: &Plan, period: usize, timing: Timing) -> Vec<Under<'_, '_>> {
    let period_plan = &plan.periods[period];
    let mut slices: Vec<usize> = stretches(period_plan)
        .map(|stretch| stretch.slice)
        .collect();
    slices.sort_unstable();
    slices.dedup();
    let unders = slices.into_iter().map(|slice| Under {
        case: &period_plan.case,
        slice,
        after: (timing == Timing::After).then_some(&period_plan.case),
        flows: [
            plan.flows_until(period),
            flows_in(&period_plan.flows, slice),
        ],
    });
    unders.collect()
}

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
    pub(super) fn from(&self, case: usize) -> Option<Timestamp> {
        self.from[case]
    }

    /// The same, if it holds before an instant, or when the wave begins.
    pub(super) fn before(&self, case: usize, end: Timestamp) -> Option<Timestamp> {
        let is_met = |from: &Timestamp| *from == self.begins || *from < end;
        self.from(case).filter(is_met)
    }
}

/// The first instant from a beginning on at which a case holds in its slice of hours. Before the scenario every slice counts.
fn holds_from(
    plan: &Plan,
    under: &Under<'_, '_>,
    (begins, gate_end): (Timestamp, Timestamp),
) -> Option<Timestamp> {
    // What takes no time before a period is done while the one before still holds.
    let is_at_once = under.after.is_none() && begins == gate_end;
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
