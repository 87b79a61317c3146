//! Order: the rows of every file stand in the order in which their things are numbered.

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule};
use super::tables::stands_twice;
use crate::model::{CaseKind, Recovery};
use crate::plan_files::{
    ComponentRow, FailureRow, InvolvedRow, Lined, PROOFS_FILE, Role, Row, SiteUtilizationRow,
    SurvivableRow, UnservedByTierRow, WorstRow, WrittenSweep,
};
use std::collections::HashMap;

const RULE: Rule = Rule {
    code: "P7836",
    hint: "rows stand by case and recovery, what they tell of in the order of the inventory",
};

/// P7836: rows stand in their order. Rows of nothing that is known are found fault with elsewhere.
pub(super) fn check(ground: &Ground<'_>, written: &WrittenSweep, report: &mut Report) {
    let places = Places::new(ground);
    in_order(
        &written.failures,
        |row: &FailureRow| Some((row.case, row.recovery)),
        report,
    );
    in_order(
        written.unserved.as_deref().unwrap_or_default(),
        |row: &UnservedByTierRow| {
            let rank = places.ranks.get(row.tier.as_str())?;
            Some((row.case, row.recovery, *rank))
        },
        report,
    );
    in_order(
        written.involved.as_deref().unwrap_or_default(),
        |row: &InvolvedRow| {
            let component = ground.components.get(row.component.as_str())?;
            let resource = row.resource.as_deref();
            let resource = resource.and_then(|own| ground.resources.get(own));
            let is_opened = row.role == Role::Opened;
            Some((
                row.case,
                row.recovery,
                is_opened,
                *component,
                resource.copied(),
            ))
        },
        report,
    );
    in_order(
        written.components.as_deref().unwrap_or_default(),
        |row: &ComponentRow| {
            let component = ground.components.get(row.component.as_str())?;
            let resource = ground.resources.get(row.resource.as_str())?;
            Some((row.recovery, *component, *resource, row.place))
        },
        report,
    );
    in_order(
        written.worst.as_deref().unwrap_or_default(),
        |row: &WorstRow| {
            let kind = CaseKind::of_word(&row.kind_of_case)?;
            let component = ground.components.get(row.component.as_str())?;
            let resource = ground.resources.get(row.resource.as_str())?;
            Some((row.recovery, kind, *component, *resource))
        },
        report,
    );
    in_order(
        written.survivable.as_deref().unwrap_or_default(),
        |row: &SurvivableRow| places.of_tenant(row),
        report,
    );
    in_order(
        written.sites.as_deref().unwrap_or_default(),
        |row: &SiteUtilizationRow| {
            let site = ground.sites.get(row.site.as_str())?;
            Some((row.case, row.recovery, *site))
        },
        report,
    );
    let mut last = None;
    for lined in written.proofs.iter().flatten() {
        if last.is_some_and(|last| lined.row.case < last) {
            let at = At::cell(PROOFS_FILE, lined.line, "case");
            let found = format!("case {} behind a later one", lined.row.case);
            report.add(RULE, at, found, "cases ascending");
        }
        last = Some(lined.row.case);
    }
}

/// Where tenants and tiers stand.
struct Places<'a> {
    tenants: HashMap<&'a str, usize>,
    tiers: HashMap<&'a str, usize>,
    /// Ranks by the names of their tiers.
    ranks: HashMap<String, u32>,
}

impl<'a> Places<'a> {
    fn new(ground: &Ground<'a>) -> Self {
        let inventory = ground.inventory;
        let position = |(index, name): (usize, &'a str)| (name, index);
        let tenants = inventory.tenants.iter().map(String::as_str);
        let tiers = inventory.tiers.iter().map(|row| row.id.as_str());
        let ranks = super::super::stages::ranks(ground).into_iter();
        Self {
            tenants: tenants.enumerate().map(position).collect(),
            tiers: tiers.enumerate().map(position).collect(),
            ranks: ranks.map(|(rank, names)| (names.join("+"), rank)).collect(),
        }
    }

    fn of_tenant(&self, row: &SurvivableRow) -> Option<(Recovery, usize, usize)> {
        let tenant = self.tenants.get(row.tenant.as_str())?;
        let tier = self.tiers.get(row.tier.as_str())?;
        Some((row.recovery, *tenant, *tier))
    }
}

/// P7836: the rows of one file.
fn in_order<R: Row, K: Ord>(rows: &[Lined<R>], key: impl Fn(&R) -> Option<K>, report: &mut Report) {
    let mut last: Option<(K, u64)> = None;
    for lined in rows {
        let Some(own) = key(&lined.row) else {
            continue;
        };
        match &last {
            Some((last, _)) if own < *last => {
                let at = At::cell(R::FILE, lined.line, R::COLUMNS[0]);
                report.add(
                    RULE,
                    at,
                    "a row behind one that it stands before",
                    "rows in their order",
                );
            }
            // Rows of a case are told apart where they are counted.
            Some((last, line)) if own == *last && R::FILE != FailureRow::FILE => {
                stands_twice::<R>(lined.line, *line, report);
            }
            _ => {}
        }
        last = Some((own, lined.line));
    }
}
