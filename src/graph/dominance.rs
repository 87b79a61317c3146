//! The front of labels at one place: which new ones are worth keeping.

/// Labels settled at a place. They come by rising price, so a new one is worth keeping only if it is faster
/// than all before it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Front {
    least_latency: Option<f64>,
}

impl Front {
    /// `true` if nothing was settled here.
    pub(super) fn is_empty(self) -> bool {
        self.least_latency.is_none()
    }

    /// `true` if a label of this latency, no cheaper than those settled, is not beaten by them.
    pub(super) fn admits(self, latency: f64) -> bool {
        self.least_latency.is_none_or(|least| latency < least)
    }

    /// Settles a label of this latency.
    pub(super) fn settle(&mut self, latency: f64) {
        self.least_latency = Some(
            self.least_latency
                .map_or(latency, |least| least.min(latency)),
        );
    }
}
