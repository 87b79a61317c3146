//! Column: what stands side by side in the sheet of a sweep.

use crate::model::{CaseKind, FailureSet};

/// What stands side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The state before the scenario.
    Normal,
    /// The scenario without a failure.
    Scenario,
    /// The worst of the cases in which so many of a set fail at once.
    Failures(FailureSet, usize),
    /// The worst risk group, whatever else is looked at.
    RiskGroup,
    /// The worst case in which something is gray.
    Gray,
}

impl Column {
    /// The column of the cases of so many failures.
    pub fn of(over: FailureSet, size: usize) -> Self {
        Self::of_kind(over, CaseKind::Failures(size))
    }

    /// The column of the cases of a kind.
    pub fn of_kind(over: FailureSet, kind: CaseKind) -> Self {
        match kind {
            CaseKind::Failures(0) => Self::Scenario,
            CaseKind::Failures(size) => Self::Failures(over, size),
            CaseKind::RiskGroup => Self::RiskGroup,
            CaseKind::Gray => Self::Gray,
        }
    }

    /// Of which kind its cases are; `None` for the state before, which is no case.
    pub fn kind(self) -> Option<CaseKind> {
        match self {
            Self::Normal => None,
            Self::Scenario => Some(CaseKind::Failures(0)),
            Self::Failures(_, size) => Some(CaseKind::Failures(size)),
            Self::RiskGroup => Some(CaseKind::RiskGroup),
            Self::Gray => Some(CaseKind::Gray),
        }
    }

    /// Its heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Scenario => "this scenario",
            Self::Failures(over, 1) => match over {
                FailureSet::Sites => "worst single site",
                FailureSet::AccessPoints => "worst single access point",
                FailureSet::Elements => "worst single element",
                FailureSet::Links => "worst single link",
                FailureSet::RiskGroups => "worst risk group",
                FailureSet::Components => "worst single failure",
            },
            Self::Failures(over, 2) => match over {
                FailureSet::Sites => "worst pair of sites",
                FailureSet::AccessPoints => "worst pair of access points",
                FailureSet::Elements => "worst pair of elements",
                FailureSet::Links => "worst pair of links",
                FailureSet::RiskGroups => "worst pair of risk groups",
                FailureSet::Components => "worst pair",
            },
            Self::Failures(_, 3) => "worst three at once",
            Self::Failures(_, 4) => "worst four at once",
            Self::Failures(..) => "worst of more at once",
            Self::RiskGroup => "worst risk group",
            Self::Gray => "worst gray, once known",
        }
    }

    /// As `side_by_side.csv` spells it.
    pub fn word(self) -> String {
        let of = match self {
            Self::Normal => return "normal".to_owned(),
            Self::Scenario => return "scenario".to_owned(),
            Self::Failures(FailureSet::RiskGroups, 1) | Self::RiskGroup => {
                return "worst_risk_group".to_owned();
            }
            Self::Gray => return "worst_gray".to_owned(),
            Self::Failures(FailureSet::RiskGroups, size) => ("_of_risk_groups", size),
            Self::Failures(_, size) => ("", size),
        };
        match of {
            (_, 1) => "worst_single".to_owned(),
            (of, 2) => format!("worst_pair{of}"),
            (of, size) => format!("worst_{size}{of}"),
        }
    }
}
