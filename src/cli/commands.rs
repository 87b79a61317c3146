//! Commands: one file each; every one opens, calls, and writes.

pub(crate) mod check;
pub(crate) mod compare;
mod compare_runways;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod merge;
pub(crate) mod plan;
pub(crate) mod replay;
pub(crate) mod rule;
pub(crate) mod runbook;
pub(crate) mod runway;
pub(crate) mod sweep;
pub(crate) mod verify;
pub(crate) mod window;
