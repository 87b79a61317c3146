//! Margin: how much room one component has of one resource, within its target and beyond.

use super::before::Before;
use super::ground::Ground;
use super::period::Situation;
use super::report::is_same;
use crate::model::ExistingShortfall;
use crate::units::{AGREEMENT, FEASIBILITY};

/// What a row of headroom.csv should say.
pub(super) struct Margin {
    pub(super) load: f64,
    pub(super) capacity: f64,
    pub(super) nominal: f64,
    /// h·(1 − s⁰)
    pub(super) target: f64,
    /// h
    pub(super) written_target: f64,
    /// Share of h missing beyond s⁰.
    pub(super) shortfall: f64,
    /// The same in users.
    pub(super) missing_users: f64,
    pub(super) room_users: Option<f64>,
    /// The capacity in average users, the scale of `room_users`.
    pub(super) capacity_users: Option<f64>,
    pub(super) before: Option<(f64, f64)>,
}

impl Margin {
    /// `true` if less than `h` is free and no more missing than before; of a tolerance so many times as wide.
    pub(super) fn is_missed_before(&self, tolerance: f64) -> bool {
        let free = 1.0 - self.load / self.capacity;
        let is_missed = self.capacity > 0.0 && free < self.written_target - FEASIBILITY / tolerance;
        is_missed && self.shortfall <= FEASIBILITY * tolerance
    }
}

/// What the row should say. Where the load before has two ends, what is written between them is believed.
pub(super) fn margin(
    ground: &Ground<'_>,
    situation: &Situation,
    at: [usize; 2],
    nominal: f64,
    load: f64,
    before: Option<&Before>,
    written: Option<f64>,
) -> Margin {
    let capacity = nominal * situation.case.available[at];
    let range = before.and_then(|before| before.utilization[at]);
    let ShareKept {
        target: h,
        missing_before,
    } = share_kept(ground, situation, at, before, written);
    let target = h * (1.0 - missing_before);
    let shortfall = if h > 0.0 && capacity > 0.0 {
        let missing = (load / capacity - 1.0) / h + 1.0;
        // Not `clamp`: absurd amounts in a hand-made plan may have led to no number.
        (missing - missing_before)
            .min(1.0 - missing_before)
            .max(0.0)
    } else {
        0.0
    };
    let mean = situation.demanded.mean[at[1]];
    let per_user = |amount: f64| (mean > 0.0).then(|| amount / mean);
    Margin {
        load,
        capacity,
        nominal,
        target,
        written_target: h,
        shortfall,
        missing_users: per_user(shortfall * h * capacity).unwrap_or_default(),
        capacity_users: per_user(capacity),
        room_users: per_user((capacity * (1.0 - target) - load).max(0.0)),
        before: range,
    }
}

/// The target of a component, and what of it was missing before.
pub(super) struct ShareKept {
    /// `h`; 0 where the capacity before was 0.
    pub(super) target: f64,
    /// `s⁰`
    pub(super) missing_before: f64,
}

/// Target and `s⁰`. Where the load before has two ends, what is written between them is believed.
pub(super) fn share_kept(
    ground: &Ground<'_>,
    situation: &Situation,
    at: [usize; 2],
    before: Option<&Before>,
    written: Option<f64>,
) -> ShareKept {
    let range = before.and_then(|before| before.utilization[at]);
    let utilization_before = range.map(|(low, high)| match written {
        Some(written) if is_between(written, low, high) && !is_same(low, high, 1.0) => written,
        _ => low,
    });
    let had_nothing = matches!(ground.before.nominal[at], Some(before) if before <= 0.0);
    let h = if had_nothing {
        0.0
    } else {
        situation.case.target[at]
    };
    let is_kept = ground.scenario.policy.existing_shortfall == ExistingShortfall::Keep;
    let missing_before = match utilization_before {
        Some(utilization) if is_kept && h > 0.0 => missing_share(utilization, h),
        _ => 0.0,
    };
    ShareKept {
        target: h,
        missing_before,
    }
}

/// Share of the target `h` that is missing at a utilization.
fn missing_share(utilization: f64, h: f64) -> f64 {
    (1.0 - (1.0 - utilization) / h).clamp(0.0, 1.0)
}

/// `true` if a value is between two ends.
pub(super) fn is_between(value: f64, low: f64, high: f64) -> bool {
    value >= low - AGREEMENT * low.max(1.0) && value <= high + AGREEMENT * high.max(1.0)
}
