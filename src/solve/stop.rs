//! Stop: somebody above wants an answer now.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request to end with the best plan so far. The code that reads the clock or catches Ctrl-C raises it; cheap to clone.
///
/// ```
/// use plimsoll::solve::Stop;
/// let stop = Stop::default();
/// let seen_elsewhere = stop.clone();
/// stop.raise();
/// assert!(seen_elsewhere.is_raised());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stop {
    is_raised: Arc<AtomicBool>,
    has_plan: bool,
}

impl Stop {
    /// Asks everybody who holds a clone to end.
    pub fn raise(&self) {
        self.is_raised.store(true, Ordering::Relaxed);
    }

    /// `true` once somebody asked.
    pub fn is_raised(&self) -> bool {
        self.is_raised.load(Ordering::Relaxed)
    }

    /// The same request, seen by a search whose caller has part of a plan already: the search settles no more levels, but
    /// finds something that overloads nothing rather than giving the whole plan up.
    #[must_use]
    pub fn with_plan(&self) -> Self {
        Self {
            is_raised: Arc::clone(&self.is_raised),
            has_plan: true,
        }
    }

    /// `true` if the search for a first point is to be given up too.
    pub(super) fn gives_up(&self) -> bool {
        self.is_raised() && !self.has_plan
    }
}
