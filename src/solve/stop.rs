//! Stop: somebody above wants an answer now.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request to end with the best plan so far. Whoever reads the clock or catches Ctrl-C raises it; cheap to clone.
///
/// ```
/// use plimsoll::solve::Stop;
/// let stop = Stop::default();
/// let seen_elsewhere = stop.clone();
/// stop.raise();
/// assert!(seen_elsewhere.is_raised());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks everybody who holds a clone to end.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// `true` once somebody asked.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
