//! Waiting: users whom a plan names to wait for waves.

use super::replay::Passed;

/// Who waits for waves.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) users: f64,
    /// By component: it is out, and who passes it is cut off.
    pub(super) gone: Vec<bool>,
}

impl Waiting {
    /// `true` if who passes this is cut off.
    pub(super) fn is_cut_off(&self, passed: &Passed) -> bool {
        passed.components().any(|own| self.gone[own.index()])
    }
}
