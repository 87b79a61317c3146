//! What waits at a component for a resource, or to be accepted: first in, first out.

use super::parcel::{Parcel, Patience, Worked};
use std::collections::VecDeque;

/// What came in one step, mixed.
type Cohort = Vec<Parcel>;

/// In how many slices a step is worked where what nobody waits for any more is thrown away.
const SLICES: u32 = 20;

/// What waits.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    cohorts: VecDeque<Cohort>,
}

/// What a stage can do in a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spare {
    /// A second.
    pub(super) rate: f64,
    /// The most that may wait.
    pub(super) longest: f64,
    pub(super) sheds: bool,
}

/// How large a parcel is here, by amount, and how long it is waited for.
pub(super) struct Measure<'m> {
    pub(super) size: &'m dyn Fn(&Parcel) -> f64,
    pub(super) patience: &'m dyn Fn(&Parcel) -> Patience,
}

impl Measure<'_> {
    pub(super) fn of<'p>(&self, parcels: impl IntoIterator<Item = &'p Parcel>) -> f64 {
        let parcels = parcels.into_iter();
        parcels
            .map(|parcel| parcel.amount * (self.size)(parcel))
            .sum()
    }
}

impl Queue {
    /// How much waits.
    pub(super) fn waiting(&self, measure: &Measure<'_>) -> f64 {
        self.cohorts.iter().map(|parcels| measure.of(parcels)).sum()
    }

    /// How much more may wait.
    fn free(&self, spare: Spare, measure: &Measure<'_>) -> f64 {
        if spare.longest.is_infinite() {
            return spare.longest;
        }
        spare.longest - self.waiting(measure)
    }

    pub(super) fn parcels(&mut self) -> impl Iterator<Item = &mut Parcel> {
        self.cohorts.iter_mut().flatten()
    }

    /// Puts what waits from the beginning.
    pub(super) fn put(&mut self, cohort: Vec<Parcel>) {
        self.cohorts.push_back(cohort);
    }

    /// Takes what comes in a step and works what can be worked; slice by slice where what nobody waits for is thrown away
    /// meanwhile.
    pub(super) fn work(
        &mut self,
        arrivals: Vec<Parcel>,
        spare: Spare,
        [start, end]: [f64; 2],
        measure: &Measure<'_>,
    ) -> Worked {
        let mut worked = Worked::default();
        let passes = |parcel: &Parcel| (measure.size)(parcel) <= 0.0;
        let (free, arrivals): (Vec<_>, Vec<_>) = arrivals.into_iter().partition(passes);
        worked.through.extend(free);
        let slices = if spare.sheds { SLICES } else { 1 };
        let part = |number: u32| f64::from(number) / f64::from(slices);
        for slice in 0..slices {
            let [from, to] = [slice, slice + 1].map(part);
            let at_once = arrivals
                .iter()
                .filter(|parcel| parcel.is_at_once && slice == 0);
            let evenly = arrivals.iter().filter(|parcel| !parcel.is_at_once);
            let evenly = evenly.map(|parcel| parcel.part(from, to));
            let comes = at_once.cloned().chain(evenly).collect();
            let span = [from, to].map(|value| start + (end - start) * value);
            self.work_slice(comes, spare, span, measure, &mut worked);
        }
        worked
    }

    fn work_slice(
        &mut self,
        arrivals: Vec<Parcel>,
        spare: Spare,
        [start, end]: [f64; 2],
        measure: &Measure<'_>,
        worked: &mut Worked,
    ) {
        let (at_once, evenly): (Vec<_>, Vec<_>) =
            arrivals.into_iter().partition(|parcel| parcel.is_at_once);
        // Decision: what comes at once is turned away at once, before anything is worked.
        let fits = self.free(spare, measure);
        let at_once = admit(at_once, fits, measure, worked);
        if !at_once.is_empty() {
            self.cohorts.push_back(at_once);
        }
        let seconds = end - start;
        let fits = self.free(spare, measure) + spare.rate * seconds;
        let evenly = admit(evenly, fits, measure, worked);
        let mut now = start;
        if spare.rate > 0.0 {
            now = self.work_off(spare, [start, end], measure, worked);
        }
        self.take(evenly, now, spare.rate, [start, end], measure, worked);
        for cohort in &mut self.cohorts {
            for parcel in cohort.iter_mut() {
                let patience = (measure.patience)(parcel);
                parcel.wait([start, end], patience, spare.sheds, worked);
            }
            cohort.retain(|parcel| parcel.amount > 1e-12);
        }
        self.cohorts.retain(|cohort| !cohort.is_empty());
    }

    /// Works what waits, until it is done or the step is over; returns when.
    fn work_off(
        &mut self,
        spare: Spare,
        [start, end]: [f64; 2],
        measure: &Measure<'_>,
        worked: &mut Worked,
    ) -> f64 {
        let mut now = start;
        while now < end {
            let Some(cohort) = self.cohorts.pop_front() else {
                break;
            };
            let takes = measure.of(&cohort) / spare.rate;
            let share = if now + takes <= end {
                1.0
            } else {
                (end - now) / takes
            };
            let done = [now, (now + takes).min(end)];
            // What is thrown away takes no time: who is worked in a slice was waited for when it began.
            let seen = if spare.sheds { [start; 2] } else { done };
            for parcel in &cohort {
                let patience = (measure.patience)(parcel);
                parcel
                    .part(0.0, share)
                    .depart(seen, start, patience, worked);
            }
            if share < 1.0 {
                let rest = cohort.iter().map(|parcel| parcel.part(share, 1.0));
                self.cohorts.push_front(rest.collect());
            }
            now = done[1];
        }
        now
    }

    /// Takes what comes evenly, behind what waits until `now`.
    fn take(
        &mut self,
        evenly: Vec<Parcel>,
        now: f64,
        rate: f64,
        [start, end]: [f64; 2],
        measure: &Measure<'_>,
        worked: &mut Worked,
    ) {
        let all = measure.of(&evenly);
        if all <= 0.0 {
            return;
        }
        let seconds = end - start;
        let comes = all / seconds;
        if now <= start && comes <= rate * (1.0 + 1e-12) {
            worked.through.extend(evenly);
            return;
        }
        // When nothing waits any more.
        let clear = if comes < rate {
            start + (now - start) * rate / (rate - comes)
        } else {
            f64::INFINITY
        };
        let (waits, share) = if clear < end {
            ((clear - start) / seconds, 1.0)
        } else {
            let share = (rate * (end - now) / all).clamp(0.0, 1.0);
            (share, share)
        };
        let until = clear.min(end);
        let mut rest = Vec::new();
        for parcel in evenly {
            let patience = (measure.patience)(&parcel);
            if waits > 0.0 {
                parcel
                    .part(0.0, waits)
                    .depart([now, until], start, patience, worked);
            }
            if share > waits {
                parcel
                    .part(waits, share)
                    .depart([until, end], start, patience, worked);
            }
            if share < 1.0 {
                rest.push(parcel.part(share, 1.0));
            }
        }
        if !rest.is_empty() {
            self.cohorts.push_back(rest);
        }
    }
}

/// What fits of what comes; the rest is turned away.
fn admit(
    parcels: Vec<Parcel>,
    fits: f64,
    measure: &Measure<'_>,
    worked: &mut Worked,
) -> Vec<Parcel> {
    let all = measure.of(&parcels);
    if all <= fits {
        return parcels;
    }
    let share = (fits / all).clamp(0.0, 1.0);
    worked
        .away
        .extend(parcels.iter().map(|parcel| parcel.share(1.0 - share)));
    let kept = parcels.iter().map(|parcel| parcel.share(share));
    kept.filter(|parcel| parcel.amount > 0.0).collect()
}
