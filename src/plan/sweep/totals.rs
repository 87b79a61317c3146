//! Totals: what sweep.json counts of the cases of a recovery.

use super::found::CaseResult;
use crate::model::Recovery;
use crate::plan_files::{FailureRow, SettledBy, SettledCount, SweepTotals};
use crate::units::NOBODY;

/// What totals count of a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CaseInTotals {
    case: u64,
    unserved_users: f64,
    is_target_missed: bool,
    is_proven: bool,
    settled_by: SettledBy,
}

impl From<&CaseResult> for CaseInTotals {
    fn from(found: &CaseResult) -> Self {
        Self {
            case: found.case as u64,
            unserved_users: found.unserved_users(),
            is_target_missed: found.missing.is_some(),
            is_proven: found.is_proven,
            settled_by: found.settled,
        }
    }
}

impl From<&FailureRow> for CaseInTotals {
    fn from(row: &FailureRow) -> Self {
        Self {
            case: row.case.into(),
            unserved_users: row.unserved_users,
            is_target_missed: row.component.is_some(),
            is_proven: row.proven,
            settled_by: row.settled_by,
        }
    }
}

/// The totals of the cases of a recovery, which come ascending.
pub fn totals(recovery: Recovery, cases: &[CaseInTotals]) -> SweepTotals {
    let is_unserved = |own: &CaseInTotals| own.unserved_users > NOBODY;
    let count = |is: &dyn Fn(&CaseInTotals) -> bool| {
        let counted = cases.iter().filter(|own| is(own));
        counted.count() as u64
    };
    let mut worst: Option<&CaseInTotals> = None;
    for own in cases {
        if own.unserved_users > worst.map_or(NOBODY, |worst| worst.unserved_users) {
            worst = Some(own);
        }
    }
    let settled = SettledBy::ALL.iter().map(|way| SettledCount {
        by: way.word().to_owned(),
        cases: count(&|own| own.settled_by == *way),
    });
    SweepTotals {
        recovery: recovery.word().to_owned(),
        hold: count(&|own| !is_unserved(own) && !own.is_target_missed),
        unserved: count(&is_unserved),
        target_missed: count(&|own| own.is_target_missed && !is_unserved(own)),
        unproven: count(&|own| !own.is_proven),
        most_unserved_users: worst.map_or(0.0, |worst| worst.unserved_users),
        worst_case: worst.map(|worst| worst.case),
        settled_by: settled.filter(|own| own.cases > 0).collect(),
    }
}
