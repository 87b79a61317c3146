//! What a headroom chart compares with, and its words.

use crate::report::grammar::short;
use crate::report::headroom::{HeadroomRow, State};
use crate::units::FEASIBILITY;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The state before the scenario, in the legend and above its column.
const BEFORE: &str = "before the events";

/// The state before the plan from which this one goes on.
const BEFORE_FIRST: &str = "before the first plan";

/// What a headroom is shown against.
#[derive(Debug, Clone, PartialEq)]
pub enum HeadroomAgainst {
    /// The state before the scenario.
    Before,
    /// The state before the plan from which this one goes on.
    BeforeFirst,
    /// Another plan, called A; the marks are of B.
    PlanA {
        /// The names of both.
        names: [String; 2],
        /// Targets of A by component and resource.
        targets: BTreeMap<(String, String), f64>,
    },
}

impl HeadroomAgainst {
    /// What the column calls it.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Before => BEFORE,
            Self::BeforeFirst => BEFORE_FIRST,
            Self::PlanA { .. } => "A",
        }
    }

    /// What the legend calls its ring.
    pub(super) fn ring(&self) -> Cow<'static, str> {
        match self {
            Self::Before => BEFORE.into(),
            Self::BeforeFirst => BEFORE_FIRST.into(),
            Self::PlanA { names: [a, _], .. } => format!("A: {}", short(a)).into(),
        }
    }

    /// What the legend calls a state of the plan itself.
    pub(super) fn state(&self, state: State) -> Cow<'static, str> {
        match self {
            Self::Before | Self::BeforeFirst => state.words().into(),
            Self::PlanA { names: [_, b], .. } => {
                format!("B: {}, {}", short(b), state.words()).into()
            }
        }
    }

    /// What the column of the plan itself is called.
    pub(super) fn of_plan(&self) -> &'static str {
        match self {
            Self::Before | Self::BeforeFirst => "headroom",
            Self::PlanA { .. } => "B",
        }
    }

    /// `(was 41.0 %)` for a percentage.
    pub(super) fn was(&self, percentage: &str) -> String {
        match self {
            Self::Before | Self::BeforeFirst => format!("(was {percentage})"),
            Self::PlanA { .. } => format!("(A {percentage})"),
        }
    }

    /// What stands there if both are the same.
    pub(super) fn unchanged(&self) -> &'static str {
        match self {
            Self::Before | Self::BeforeFirst => "(unchanged)",
            Self::PlanA { .. } => "(A the same)",
        }
    }

    /// `33 more sites are unchanged: 37.0 % headroom or more.`
    pub(super) fn count(&self, sites: usize, is_same: bool, least: &str) -> String {
        let are = match (self, is_same) {
            (Self::Before | Self::BeforeFirst, true) => "are unchanged",
            (Self::Before | Self::BeforeFirst, false) => "change by less than a point",
            (Self::PlanA { .. }, true) => "are the same in A and B",
            (Self::PlanA { .. }, false) => "differ by less than a point",
        };
        format!("{sites} more sites {are}: {least} headroom or more.")
    }

    /// The target that A misses at a row; `None` where it misses none there.
    pub(super) fn missed_in_a(&self, row: &HeadroomRow) -> Option<f64> {
        let Self::PlanA { targets, .. } = self else {
            return None;
        };
        let key = (row.component.clone(), row.resource.clone());
        let target = targets.get(&key)?;
        row.headroom_before()
            .filter(|value| *value < target - FEASIBILITY)?;
        Some(*target)
    }
}
