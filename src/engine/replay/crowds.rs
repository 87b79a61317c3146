//! Crowds: who is down in a run, stream by stream, and who had to connect because something happened.

use super::field::Field;
use super::tally::Tally;
use crate::ids::ComponentId;

/// Who is down in a run, and on which streams.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Crowds {
    /// By stream: the components that its users pass.
    pub(in crate::engine) streams: Vec<Vec<ComponentId>>,
    /// By moment: the streams on which anybody is down or has to connect because something happens.
    pub(in crate::engine) moments: Vec<Vec<Crowd>>,
}

/// Users of a stream in a moment, counted as at the peak.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine) struct Crowd {
    pub(in crate::engine) stream: usize,
    /// Who is down, on average.
    pub(in crate::engine) down: f64,
    /// Who has to connect because a plan, or demand, brings him there.
    pub(in crate::engine) brought: f64,
    /// Whose session ends because what it passes is out.
    pub(in crate::engine) cut_off: f64,
}

impl Crowds {
    /// Of a field, and no moment yet.
    pub(super) fn new(field: &Field) -> Self {
        let passed = field.streams.iter().map(|own| {
            let hops = own.hops.iter();
            hops.flat_map(|own| own.1.iter().copied()).collect()
        });
        Self {
            streams: passed.collect(),
            moments: Vec::new(),
        }
    }

    /// Adds a moment of so many seconds; `factor` is the share of a stream's users that is there.
    pub(super) fn note(&mut self, tally: &Tally, factor: &[f64], seconds: f64) {
        let both = tally.streams.iter().zip(factor).enumerate();
        let crowds = both.filter(|(_, (_, factor))| **factor > 0.0);
        let crowds = crowds.filter_map(|(stream, (own, factor))| {
            let crowd = Crowd {
                stream,
                down: own.down / factor / seconds,
                brought: own.brought / factor,
                cut_off: own.cut_off / factor,
            };
            (crowd.down > 0.0 || crowd.brought > 0.0 || crowd.cut_off > 0.0).then_some(crowd)
        });
        self.moments.push(crowds.collect());
    }
}
