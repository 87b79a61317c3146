//! Instant weights: which weights the steps of an instant set that no wave does.

use super::in_force::Weights;
use super::steering::no_rows;
use super::steps::Instant;
use super::words::Teller;
use crate::plan::{Timing, Transition, Wave};

impl Teller<'_> {
    /// `true` if every weight is set at an instant: its rows say so, or the period opens with what its weights lead over.
    pub(super) fn sets_weights(&self, own: &Instant) -> bool {
        own.has_weights() || self.opens_with_instant(own)
    }

    /// `true` if no row has the weights that hold from an instant on, since waves ahead of it have turned them.
    pub(super) fn opens_with_instant(&self, own: &Instant) -> bool {
        let begins = own.at == self.plan.periods[own.period].period.start && !own.closes;
        let has_marks = own.steps.iter().any(|own| own.number == 0);
        begins && has_marks && !own.has_weights() && self.opens_with(own.period)
    }

    /// Which weights hold from an instant on: those of its period, or of a wave of another one that goes on meanwhile.
    pub(super) fn weights_at(&self, own: &Instant) -> Weights {
        let period = own.period;
        let others = self.plan.transitions.iter();
        let is_over = |other: &&Transition| other.timing == Timing::Behind && other.end <= own.at;
        let others = others.filter(|other| other.period != period && !is_over(other));
        let waves = others.flat_map(|other| other.waves.iter().map(move |wave| (other, wave)));
        let goes_on = |wave: &Wave| {
            let mut standing = wave.standing.iter();
            wave.start < own.at && standing.any(|own| own.during == Some(period))
        };
        let begun = waves.filter(|(_, wave)| goes_on(wave));
        let set = begun.map(|(other, wave)| (wave.start, (other.period, wave.number)));
        match set.max_by_key(|(start, _)| *start) {
            Some((_, (period, wave))) => Weights::Wave(period, wave),
            None => Weights::Steering(period),
        }
    }

    /// The same as an imperative.
    pub(super) fn weights(&self, own: &Instant) -> String {
        let period = own.period;
        if let Weights::Wave(later, number) = self.weights_at(own) {
            return format!(
                "Weights: wave {number} of period {later} goes on, from now on with the rows of wave_weights.csv with period {later}, wave {number} and `during` {period}."
            );
        }
        let hours = &self.plan.periods[period].case.hours;
        let slice = if hours.slice_count() > 1 {
            let slice = hours.slice_at(self.plan.periods[period].period.start);
            format!(" and slice {slice}")
        } else {
            String::new()
        };
        format!(
            "Set every weight to that of steering.csv with period {period}{slice}{}.",
            no_rows(self.plan, period)
        )
    }
}
