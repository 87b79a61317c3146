//! What a runway asks: conditions, and who may move before anything fails (`docs/model.md` §13).

/// What is asked to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// In normal operation no headroom target is missed.
    Target,
    /// In normal operation everybody is served, trapped users apart.
    Served,
    /// In every case of some failures everybody is served, trapped users apart.
    ServedUnder,
    /// The same, and every component recovers by itself from an overload in each case with all retries running.
    StableUnder,
}

impl Condition {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Target,
        Self::Served,
        Self::ServedUnder,
        Self::StableUnder,
    ];

    /// As files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Served => "served",
            Self::ServedUnder => "served_under_failures",
            Self::StableUnder => "stable_under_failures",
        }
    }

    /// `true` if it is asked about failures.
    pub fn is_under_failures(self) -> bool {
        matches!(self, Self::ServedUnder | Self::StableUnder)
    }
}

/// Who may move before anything fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Adjustment {
    /// Homes stay, and steering is that of the first day.
    AsIs,
    /// Homes stay, steering is planned again.
    Steered,
    /// Homes and steering are planned again from today's homes.
    Rebalanced,
}

impl Adjustment {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AsIs, Self::Steered, Self::Rebalanced];

    /// As files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::AsIs => "as_is",
            Self::Steered => "steered",
            Self::Rebalanced => "rebalanced",
        }
    }
}
