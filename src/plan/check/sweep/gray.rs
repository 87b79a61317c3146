//! Gray: whether gray.csv says what silent faults cost whom until they are noticed, recomputed from the scenario's own
//! plan.

use super::super::exposure::{Exposures, Faults, NAME_THE_WORST};
use super::super::ground::Ground;
use super::super::judge::judge_cells;
use super::super::period::Situation;
use super::super::report::{At, Report, Rule};
use super::start::InForce;
use super::tables::stands_twice;
use crate::ids::{TenantId, TierId};
use crate::model::FailureSet;
use crate::plan_files::{GrayRow, GraySummary, Lined, Row, decimal};
use std::collections::BTreeMap;

const ROWS: Rule = Rule {
    code: "P7863",
    hint: "keep one row for every tenant and tier with users, who loses most first",
};

/// Checks the rows of gray.csv.
pub(super) fn check(
    ground: &Ground<'_>,
    quiet: &Situation,
    plan: &InForce,
    (rows, asked): (&[Lined<GrayRow>], &GraySummary),
    report: &mut Report,
) {
    let over = FailureSet::ALL
        .into_iter()
        .find(|own| own.word() == asked.over);
    let Some(over) = over else {
        return;
    };
    let exposures = Exposures::new(quiet, over, &plan.assignment, &plan.steered);
    let mut lines: BTreeMap<(TenantId, TierId), u64> = BTreeMap::new();
    let mut last = f64::INFINITY;
    for row in rows {
        let (tenant, tier) = (row.row.tenant.as_str(), row.row.tier.as_str());
        let Some(key) = exposures.key(tenant, tier) else {
            let at = At::cell(GrayRow::FILE, row.line, "tenant");
            let found = format!("`{tenant}` and `{tier}`");
            report.add(ROWS, at, found, "a tenant with users of the tier");
            continue;
        };
        if let Some(first) = lines.insert(key, row.line) {
            stands_twice::<GrayRow>(row.line, first, report);
        }
        if row.row.lost_users > last {
            let at = At::cell(GrayRow::FILE, row.line, "lost_users");
            let expected = format!("at most {}, as in the row before", decimal(last));
            report.add(ROWS, at, decimal(row.row.lost_users), expected);
        }
        last = row.row.lost_users;
        losses_are_true(&exposures, (key, asked), row, report);
    }
    for key in exposures.all.keys().filter(|key| !lines.contains_key(key)) {
        let tenant = &ground.inventory.tenants[key.0.index()];
        let tier = &ground.inventory.tiers[key.1.index()].id;
        let found = format!("no row of tenant `{tenant}` and tier `{tier}`");
        report.add(
            ROWS,
            At::file(GrayRow::FILE),
            found,
            "every tenant and tier with users",
        );
    }
}

/// P7864, P7865: users, those who lose their work, and by which members.
fn losses_are_true(
    exposures: &Exposures<'_>,
    (key, asked): ((TenantId, TierId), &GraySummary),
    row: &Lined<GrayRow>,
    report: &mut Report,
) {
    const MEMBERS: Rule = Rule::new("P7865", NAME_THE_WORST);
    let faults = Faults {
        severity: asked.severity,
        most: asked.most as usize,
        minutes: asked.detect_minutes,
    };
    let [users, lost_users, lost_share, lost_user_minutes] = exposures.losses(key, &faults);
    let expected = GrayRow {
        users,
        lost_users,
        lost_share,
        lost_user_minutes,
        ..row.row.clone()
    };
    judge_cells(row, &exposures.expected(key, expected), report);
    let at = At::cell(GrayRow::FILE, row.line, "gray");
    let gray = row.row.gray.as_deref().unwrap_or_default();
    exposures.members_hurt_most((key, faults.most), (gray, "+"), (MEMBERS, at), report);
}
