//! Transition: what leads from who was where before a period to who is where in it.

use super::super::assignment::Assignment;
use super::super::before::Before as StateBefore;
use super::super::context::RefereeContext;
use super::super::path::Steered;
use super::super::period::PeriodState;
use super::super::slices::{BySlice, last_slice};
use super::super::tables::Rows;
use super::causes::Causes;
use super::changes::BoundaryChange;
use super::pieces::{Piece, PieceFate};
use super::shares::SteeringState;
use crate::ids::ComponentId;
use crate::model::Homes;
use crate::plan::Move;
use crate::plan_files::{PeriodSummary, Timing, WaySummary, WrittenPlan};
use crate::scenario::Period;
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A period that was judged.
pub(in crate::plan::check) struct Past<'a> {
    pub(in crate::plan::check) period: Period,
    pub(in crate::plan::check) situation: PeriodState<'a>,
    pub(in crate::plan::check) steered: BySlice,
    /// Of the last one only.
    pub(in crate::plan::check) assignment: Option<Assignment>,
}

/// What leads to a period.
pub(in crate::plan::check) struct TransitionToPeriod<'a> {
    pub(in crate::plan::check) period: &'a Period,
    /// All periods of the scenario.
    pub(in crate::plan::check) periods: &'a [Period],
    pub(in crate::plan::check) past: &'a [Past<'a>],
    pub(in crate::plan::check) before: &'a StateBefore,
    /// Component and resource: the utilization before that headroom.csv says.
    pub(in crate::plan::check) reported_before: &'a BTreeMap<[usize; 2], f64>,
    /// Where shards were.
    pub(in crate::plan::check) homes: &'a Homes,
    pub(in crate::plan::check) situation: &'a PeriodState<'a>,
    pub(in crate::plan::check) steered: &'a BySlice,
    pub(in crate::plan::check) assignment: &'a Assignment,
    pub(in crate::plan::check) moves: &'a [Move],
    pub(in crate::plan::check) rows: &'a Rows<'a>,
    pub(in crate::plan::check) written: &'a WrittenPlan,
    /// Those before.
    pub(in crate::plan::check) changes: &'a [BoundaryChange],
}

impl Past<'_> {
    /// Steering with which the period begins.
    pub(super) fn steered_at_start(&self) -> &[Steered] {
        let first = self.situation.case.hours.slice_at(self.period.start);
        self.steered.of(first)
    }

    /// Steering with which the period ends.
    pub(super) fn steered_at_end(&self) -> &[Steered] {
        let last = last_slice(&self.situation.case.hours, &self.period);
        self.steered.of(last)
    }
}

impl<'a> TransitionToPeriod<'a> {
    /// The period's number as files have it.
    pub(super) fn number(&self) -> u32 {
        self.period.number()
    }

    /// Steering with which the period begins.
    pub(super) fn steered_at_start(&self) -> &'a [Steered] {
        let first = self.situation.case.hours.slice_at(self.period.start);
        self.steered.of(first)
    }

    /// Steering with which the period ends.
    pub(super) fn steered_at_end(&self) -> &'a [Steered] {
        let last = last_slice(&self.situation.case.hours, self.period);
        self.steered.of(last)
    }

    /// What summary.json says of the period.
    pub(super) fn summary(&self) -> Option<&'a PeriodSummary> {
        let summary = self.written.summary.as_ref();
        summary.and_then(|summary| summary.periods.get(self.period.index))
    }

    /// What it says of the transition.
    pub(super) fn reported(&self) -> Option<&'a WaySummary> {
        self.summary()
            .and_then(|period_summary| period_summary.way.as_ref())
    }

    /// `true` if summary.json says that it is refused.
    pub(super) fn is_reported_refused(&self) -> bool {
        self.reported()
            .is_some_and(|candidate| candidate.refused.is_some())
    }

    /// Before this instant another change is in progress: one in which users move, or where nobody does here, any.
    pub(super) fn free_from(&self, is_moving: bool) -> Option<Timestamp> {
        let before = self.changes.iter().filter(|change| {
            let [is_ahead, is_behind] = change.is_anything;
            change.is_moving || !is_moving && (is_ahead || is_behind)
        });
        before.map(|boundary_change| boundary_change.end).max()
    }
}

/// The referee of a transition: what it is judged by.
pub(super) struct WaveReferee<'a> {
    pub(super) context: &'a RefereeContext<'a>,
    pub(super) transition: &'a TransitionToPeriod<'a>,
    pub(super) quiet: &'a PeriodState<'a>,
    /// What holds before the boundary.
    pub(super) earlier: &'a PeriodState<'a>,
    /// What begins at the period's start.
    pub(super) causes: Causes<'a>,
    pub(super) pieces: Vec<Piece>,
    /// By piece, when it moves if it does.
    pub(super) timing: Vec<Timing>,
    /// By move.
    pub(super) wave_of: Vec<Option<u32>>,
    pub(super) steered: [SteeringState<'a>; 2],
    pub(super) steering: Timing,
    pub(super) cut_off: f64,
    /// Steering brings users who stay through something that accepts a given number a second, where they did not pass before.
    pub(super) is_connecting: bool,
    /// How far steering has turned that should have turned before the period, and goes on after its start.
    pub(super) left: Option<f64>,
    /// All of steering waits for the period.
    pub(super) opens_late: bool,
    /// Before this instant somebody is served nowhere that waves before the period move or steer.
    pub(super) reachable_from: Option<Timestamp>,
    /// Users move, so that changes before and after wait for it.
    pub(super) is_moving: bool,
}

impl WaveReferee<'_> {
    pub(super) fn is_of(&self, index: usize, timing: Timing) -> bool {
        let fate = self.pieces[index].fate;
        self.timing[index] == timing && matches!(fate, PieceFate::Moves(_) | PieceFate::Restored)
    }

    pub(super) fn has(&self, timing: Timing) -> bool {
        self.is_steering() && self.steering == timing || self.has_movers(timing)
    }

    /// Users who stay have to reconnect, as far as that is counted.
    pub(super) fn is_steering(&self) -> bool {
        self.cut_off > NOBODY || self.is_connecting
    }

    /// `true` if anything says how many new sessions it accepts.
    pub(super) fn limits_sessions(&self) -> bool {
        let inventory = self.context.inventory;
        let mut components = (0..inventory.component_count()).map(ComponentId::new);
        components.any(|component| inventory.accepts_per_second(component).is_some())
    }

    pub(super) fn has_movers(&self, timing: Timing) -> bool {
        (0..self.pieces.len()).any(|index| self.is_of(index, timing))
    }
}
