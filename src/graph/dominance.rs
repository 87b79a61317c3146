//! The front of labels at one place: which new ones are worth keeping.

use super::build::PlaceId;
use crate::ids::LinkId;

/// How a place is reached: the price and latency so far, and the step that led there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label {
    pub(super) price: f64,
    pub(super) latency: f64,
    /// Links so far: ties go to the path with fewer.
    pub(super) steps: u32,
    pub(super) place: PlaceId,
    /// Position of the label before this one, and the link between them.
    pub(super) before: Option<(u32, LinkId)>,
}

/// Labels settled at a place, and the best that waits.
///
/// Labels are settled by rising price, so a new one is worth keeping only if it is faster than all before it;
/// without a latency limit only the first counts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Front {
    least_latency: Option<f64>,
    /// Price, latency and steps of the best label that waits or has arrived, without a latency limit.
    waiting: Option<(f64, f64, u32)>,
    /// Position of the best label of a goal, which does not wait.
    pub(super) arrived: Option<u32>,
}

impl Front {
    /// `true` if a label is settled here.
    pub(super) fn is_settled(&self) -> bool {
        self.least_latency.is_some()
    }

    /// `true` if a label, no cheaper than those settled, is not beaten by them.
    pub(super) fn admits(&self, label: &Label, is_limited: bool) -> bool {
        match self.least_latency {
            None => true,
            Some(least) => is_limited && label.latency < least,
        }
    }

    /// `true` if no waiting label beats this one; without a latency limit it is remembered.
    pub(super) fn is_worth_trying(&mut self, label: &Label, longest: Option<f64>) -> bool {
        if longest.is_some() {
            return true;
        }
        let entry = (label.price, label.latency, label.steps);
        let is_better = self.waiting.is_none_or(|best| entry < best);
        if is_better {
            self.waiting = Some(entry);
        }
        is_better
    }

    /// Settles a label of this latency.
    pub(super) fn settle(&mut self, latency: f64) {
        self.least_latency = Some(
            self.least_latency
                .map_or(latency, |least| least.min(latency)),
        );
    }
}
