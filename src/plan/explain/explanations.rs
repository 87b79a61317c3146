//! Explanations: everything that is said about why a plan is as it is.

use super::binding::Binding;
use super::promise::Change;
use crate::plan::Relaxed;

/// Everything that is said about why a plan is as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanations {
    /// What binds, by period, the strongest first.
    pub bindings: Vec<Binding>,
    /// Rules that keep users from being served, those that keep most of them first.
    pub rules: Vec<RuleInTheWay>,
    /// `true` if planning again spared work that the plan was worth: what it did not find may still be there.
    pub is_quick: bool,
    /// `true` if a stop left promises untried.
    pub is_cut_short: bool,
}

/// A rule that keeps users from being served.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleInTheWay {
    /// Which.
    pub rule: Relaxed,
    /// Position of the period in which it keeps most users from being served.
    pub period: usize,
    /// So many users there.
    pub users: f64,
    /// What the plan comes to without the rule, by period from 0 on, found by planning again; empty where that was not tried.
    pub promised: Vec<Change>,
}
