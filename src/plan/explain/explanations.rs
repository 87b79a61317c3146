//! Explanations: everything that is said about why a plan is as it is.

use super::binding::Binding;

/// Everything that is said about why a plan is as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanations {
    /// What binds, by period, the strongest first.
    pub bindings: Vec<Binding>,
    /// `true` if a stop left promises untried.
    pub is_cut_short: bool,
}
