//! Column: what stands side by side in the sheet of a sweep.

use crate::model::FailureSet;

/// What stands side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The state before the scenario.
    Normal,
    /// The scenario without a failure.
    Scenario,
    /// The worst of the cases in which so many of a set fail at once.
    Failures(FailureSet, usize),
}

impl Column {
    /// The column of the cases of so many failures.
    pub fn of(over: FailureSet, size: usize) -> Self {
        if size == 0 {
            Self::Scenario
        } else {
            Self::Failures(over, size)
        }
    }

    /// How many failures its cases have; `None` for the state before, which is no case.
    pub fn size(self) -> Option<usize> {
        match self {
            Self::Normal => None,
            Self::Scenario => Some(0),
            Self::Failures(_, size) => Some(size),
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
        }
    }

    /// As `side_by_side.csv` spells it.
    pub fn word(self) -> String {
        let of = match self {
            Self::Normal => return "normal".to_owned(),
            Self::Scenario => return "scenario".to_owned(),
            Self::Failures(FailureSet::RiskGroups, 1) => return "worst_risk_group".to_owned(),
            Self::Failures(FailureSet::RiskGroups, _) => "_of_risk_groups",
            Self::Failures(..) => "",
        };
        match self.size() {
            Some(1) => "worst_single".to_owned(),
            Some(2) => format!("worst_pair{of}"),
            size => format!("worst_{}{of}", size.unwrap_or(0)),
        }
    }
}
