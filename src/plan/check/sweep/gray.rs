//! Gray: whether gray.csv says what silent faults cost whom until they are noticed, recomputed from the scenario's own
//! plan.

use super::super::exposure::{Exposed, Exposures};
use super::super::ground::Ground;
use super::super::period::Situation;
use super::super::report::{At, Report, Rule, is_same, is_same_count};
use super::in_force::InForce;
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
    let exposures = Exposures::new((ground, quiet), over, &plan.assignment, &plan.steered);
    let mut told: BTreeMap<(TenantId, TierId), u64> = BTreeMap::new();
    let mut last = f64::INFINITY;
    for row in rows {
        let (tenant, tier) = (row.row.tenant.as_str(), row.row.tier.as_str());
        let Some(key) = exposures.key(tenant, tier) else {
            let at = At::cell(GrayRow::FILE, row.line, "tenant");
            let found = format!("`{tenant}` and `{tier}`");
            report.add(ROWS, at, found, "a tenant with users of the tier");
            continue;
        };
        if let Some(first) = told.insert(key, row.line) {
            stands_twice::<GrayRow>(row.line, first, report);
        }
        if row.row.lost_users > last {
            let at = At::cell(GrayRow::FILE, row.line, "lost_users");
            let expected = format!("at most {}, as in the row before", decimal(last));
            report.add(ROWS, at, decimal(row.row.lost_users), expected);
        }
        last = row.row.lost_users;
        let exposed = &exposures.all[&key];
        amounts_are_true(exposed, asked, row, report);
        members_hurt_most(&exposures, exposed, asked, row, report);
    }
    for key in exposures.all.keys().filter(|key| !told.contains_key(key)) {
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

/// P7864: users, and those who lose their work.
fn amounts_are_true(
    exposed: &Exposed,
    asked: &GraySummary,
    row: &Lined<GrayRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7864",
        hint: "lost: severity × the users who cross the members that most of them cross, at most all; share: of all; \
               minutes: × detect_minutes",
    };
    let lost = exposed.lost(asked.severity, asked.most as usize);
    let written = &row.row;
    let minutes = lost * asked.detect_minutes;
    for (column, found, expected) in [
        ("users", written.users, exposed.users),
        ("lost_users", written.lost_users, lost),
        ("lost_user_minutes", written.lost_user_minutes, minutes),
    ] {
        if !is_same_count(found, expected) && !is_same(found, expected, exposed.users) {
            let at = At::cell(GrayRow::FILE, row.line, column);
            report.add(RULE, at, decimal(found), decimal(expected));
        }
    }
    let share = lost / exposed.users;
    if !is_same(written.lost_share, share, 1.0) {
        let at = At::cell(GrayRow::FILE, row.line, "lost_share");
        report.add(RULE, at, decimal(written.lost_share), decimal(share));
    }
}

/// P7865: the members that are named may turn gray, each once, and hurt as much as any.
fn members_hurt_most(
    exposures: &Exposures<'_>,
    exposed: &Exposed,
    asked: &GraySummary,
    row: &Lined<GrayRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7865",
        hint: "name the members that most of the users cross, at most as many as turn gray; none if they cross none",
    };
    let named = row.row.gray.as_ref().map_or("", |text| text.as_str());
    let most = asked.most as usize;
    if !exposures.hurt_most(exposed, (named, "+"), most) {
        let found = if named.is_empty() {
            "a blank cell".to_owned()
        } else {
            format!("`{named}`")
        };
        let expected = format!("members that {} users cross", decimal(exposed.most(most)));
        report.add(
            RULE,
            At::cell(GrayRow::FILE, row.line, "gray"),
            found,
            expected,
        );
    }
}
