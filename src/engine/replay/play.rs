//! Play: how far a run is played, and how finely it is told of.

/// How far a run is played, and how finely it is told of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine) enum Play {
    /// To its end, step by step.
    Whole,
    /// As far as so many pieces of work go; where nothing goes on it is told of in one step until something does.
    Within(f64),
    /// The same in longer parts where clients try again soon.
    Roughly(f64),
}

impl Play {
    /// Pieces of work that are spent at most.
    pub(super) fn most_work(self) -> Option<f64> {
        match self {
            Self::Whole => None,
            Self::Within(most) | Self::Roughly(most) => Some(most),
        }
    }
}
