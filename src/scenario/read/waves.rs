//! `[waves]`: how users are moved from one state to the next.

use super::table::Table;
use crate::model::WavePolicy;

/// The documented defaults, and what is written over them.
pub(super) fn read_waves(table: &Table) -> WavePolicy {
    let standard = WavePolicy::default();
    WavePolicy {
        minutes: table.number("minutes").unwrap_or(standard.minutes),
        gate_minutes: table
            .number("gate_minutes")
            .unwrap_or(standard.gate_minutes),
        turn_minutes: table
            .number("turn_minutes")
            .unwrap_or(standard.turn_minutes),
    }
}
