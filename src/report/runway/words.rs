//! Sentences of a runway, as terminal and page have them.

/// Sentences of a runway.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunwayWords {
    /// Alarms, the worst first: users who are trapped, conditions that fail already.
    pub alarms: Vec<String>,
    /// Until when what was asked holds.
    pub answer: String,
    /// What fails then, and what else is to be known.
    pub reasons: Vec<String>,
    /// The first thing to do; begins with `First`.
    pub first_action: String,
    /// What was not checked.
    pub not_checked: Vec<String>,
}
