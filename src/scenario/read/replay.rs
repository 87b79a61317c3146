//! `[replay]`: what a replay assumes of clients, and how finely it cuts time.

use super::table::Table;
use crate::model::ReplayPolicy;

/// The documented defaults, and what is written over them.
pub(super) fn read_replay(table: &Table) -> ReplayPolicy {
    let standard = ReplayPolicy::default();
    let or = |key, standard| table.number(key).unwrap_or(standard);
    ReplayPolicy {
        step_seconds: or("step_seconds", standard.step_seconds),
        backoff_seconds: or("backoff_seconds", standard.backoff_seconds),
        backoff_factor: or("backoff_factor", standard.backoff_factor),
        jitter: or("jitter", standard.jitter),
        return_seconds: or("return_seconds", standard.return_seconds),
        accept_queue_seconds: or("accept_queue_seconds", standard.accept_queue_seconds),
    }
}
