//! What a plan survives, as files tell it.

use super::number;
use super::rows::Writer;
use crate::model::Failing;
use crate::plan::{PeriodPlan, Protection};
use crate::plan_files::{ProtectionRow, ProtectionSummary, Text};
use crate::units::NOBODY;

/// A period's part of summary.json.
pub(super) fn of_period(protection: &Protection) -> ProtectionSummary {
    let asked = &protection.protect;
    let lost = protection.unprotected.len();
    ProtectionSummary {
        failures: asked.failures,
        over: asked.over.word().to_owned(),
        recovery: asked.recovery.word().to_owned(),
        cases: protection.cases as u64,
        survived: (protection.cases - lost) as u64,
        unserved_users: protection.unserved_users(),
        least_unserved_users: if protection.least_lost > NOBODY {
            protection.least_lost
        } else {
            0.0
        },
    }
}

impl Writer<'_> {
    /// The rows of protection.csv of a period.
    pub(super) fn unprotected(&self, period: &PeriodPlan) -> Vec<ProtectionRow> {
        let protection = period.protection.iter();
        let unprotected = protection.flat_map(|own| &own.unprotected);
        unprotected
            .map(|own| ProtectionRow {
                period: number(&period.period),
                failing: Text::from(names(self, &own.failing).as_str()),
                unserved_users: own.users,
            })
            .collect()
    }
}

fn names(writer: &Writer<'_>, failing: &[Failing]) -> String {
    let names = failing.iter().map(|own| own.name(writer.inventory));
    names.collect::<Vec<_>>().join(" + ")
}
