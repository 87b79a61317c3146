//! What a plan survives, as files tell it.

use super::number;
use super::rows::Writer;
use crate::model::Failing;
use crate::plan::{PeriodPlan, Protection};
use crate::plan_files::{
    ProtectionGrayRow, ProtectionGraySummary, ProtectionRow, ProtectionSummary, Text,
};
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
        least_unserved_users: if protection.least_unserved > NOBODY {
            protection.least_unserved
        } else {
            0.0
        },
        gray: asked.gray.as_ref().map(|gray| ProtectionGraySummary {
            gray: gray.most,
            gray_over: gray.over.word().to_owned(),
            severity: gray.severity,
            detect_minutes: gray.minutes,
            tenants_beyond: protection.beyond().count() as u64,
            users_beyond: protection.users_beyond(),
        }),
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
                failing: Text::from(names(self, &own.failing, &own.gray).as_str()),
                unserved_users: own.users,
            })
            .collect()
    }

    /// The rows of `protection_gray.csv` of a period.
    pub(super) fn losses(&self, period: &PeriodPlan) -> Vec<ProtectionGrayRow> {
        let asked = period.protection.iter();
        let asked = asked.filter_map(|own| Some((own.protect.gray.as_ref()?, own.gray.as_ref()?)));
        let losses =
            asked.flat_map(|(asked, gray)| gray.losses.iter().map(move |own| (asked, own)));
        losses
            .map(|(asked, own)| ProtectionGrayRow {
                period: number(&period.period),
                tenant: Text::from(self.inventory.tenants[own.tenant.index()].as_str()),
                tier: Text::from(self.inventory.tiers[own.tier.index()].id.as_str()),
                users: own.users,
                gray: (!own.worst.is_empty())
                    .then(|| Text::from(names(self, &own.worst, &[]).as_str())),
                lost_users: own.lost_users,
                lost_share: own.share(),
                max_loss: asked.max_loss[own.tier.index()],
                lost_user_minutes: own.lost_users * asked.minutes,
            })
            .collect()
    }
}

fn names(writer: &Writer<'_>, failing: &[Failing], gray: &[Failing]) -> String {
    let failing = failing
        .iter()
        .map(|own| own.name(writer.inventory).to_owned());
    let gray = gray
        .iter()
        .map(|own| format!("~{}", own.name(writer.inventory)));
    failing.chain(gray).collect::<Vec<_>>().join(" + ")
}
