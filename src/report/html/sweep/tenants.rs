//! The tenants that some case breaks, as a table of the page.

use super::super::table::{Cell, DataTable, Heading, Row, selected};
use super::cases::Cases;
use crate::ids::{TenantId, TierId};
use crate::report::numbers;
use crate::report::sweep::{Names, Told};

/// Anchor of the table.
pub(super) const ID: &str = "tenants";

/// A tenant's tier that a case breaks.
struct Broken {
    tier: TierId,
    tenant: TenantId,
    case: usize,
    size: usize,
}

/// Tenants that some case leaves with unserved users, those that survive least first.
pub(super) fn table(told: &Told<'_>, names: &Names<'_>, cases: &Cases<'_>) -> DataTable {
    let recovery = told.recovery();
    let all = told.tenants(recovery);
    let mut broken: Vec<Broken> = all
        .iter()
        .filter_map(|(tier, tenant)| {
            let case = told.breaking(recovery, *tier, *tenant)?;
            let size = told.sweep.contingencies.size(case);
            Some(Broken {
                tier: *tier,
                tenant: *tenant,
                case,
                size,
            })
        })
        .collect();
    let rank = |own: &Broken| told.inventory.tiers[own.tier.index()].rank;
    broken.sort_by_key(|own| (own.size, rank(own), own.tier, own.tenant));
    let of_all = format!(
        "{} of {} tenants, counted by tier, are broken by some case; survivable.csv has all of them.",
        numbers::users(broken.len() as f64),
        numbers::users(all.len() as f64)
    );
    let (broken, note) = selected(broken, "first", "survivable.csv");
    let rows = broken.iter().map(|own| {
        let survived = own.size.checked_sub(1);
        Row {
            id: None,
            cells: vec![
                Cell::words(&told.inventory.tenants[own.tenant.index()]),
                Cell::words(&told.inventory.tiers[own.tier.index()].id),
                match survived {
                    Some(count) => Cell::number(numbers::users(count as f64), count as f64),
                    None => Cell::words("not served without any"),
                },
                Cell::words(&names.case(&told.sweep.contingencies, own.case))
                    .maybe_because(cases.anchor(recovery, own.case)),
            ],
        }
    });
    DataTable {
        id: ID.to_owned(),
        caption: "Tenants that do not survive everything".to_owned(),
        note: if note.is_empty() { of_all } else { note },
        columns: vec![
            Heading::words("tenant"),
            Heading::words("tier"),
            Heading::number("failures survived, whichever they are"),
            Heading::words("smallest case that breaks it"),
        ],
        rows: rows.collect(),
        is_sortable: true,
    }
}
