//! Normal: the state before the scenario as a column of the sheet; and the sheet as `side_by_side.csv`.

use super::super::report::SweepReport;
use super::super::report::state;
use super::{Sheet, SheetCell, SheetRow, unserved};
use crate::error::{Error, Result};
use crate::ids::{ComponentId, ResourceId};
use crate::model::Inventory;
use crate::plan::sweep::Sweep;
use crate::plan::{Before, flows_in};
use crate::plan_files::{Row, SideBySideRow, Text, write_rows};
use crate::report::headroom::State;
use crate::report::written::WrittenFile;
use crate::units::{AGREEMENT, FEASIBILITY};

/// The state before the scenario.
pub(super) struct Normal<'a> {
    before: &'a Before,
    unserved: f64,
    /// The worst missing share of a target, and where.
    missing: Option<(f64, (ComponentId, ResourceId))>,
}

impl SweepReport<'_> {
    /// The state before the scenario.
    pub(super) fn normal<'a>(&self, before: &'a Before) -> Normal<'a> {
        let shards = 0..self.inventory.shards.len();
        let users: f64 = shards.map(|shard| before.case.users(shard)).sum();
        let served: f64 = flows_in(&before.flows, 0)
            .iter()
            .map(|flow| flow.users)
            .sum();
        // What sums of very many lose is nobody.
        let unserved = Some(users - served).filter(|left| *left > AGREEMENT * users.max(1.0));
        let mut missing: Option<(f64, (ComponentId, ResourceId))> = None;
        for ((component, resource), capacity) in before.case.nominal.indexed_iter() {
            let at = (ComponentId::new(component), ResourceId::new(resource));
            let Some(capacity) = capacity.filter(|capacity| *capacity > 0.0) else {
                continue;
            };
            let target = self.target_before(at);
            let utilization = before.most[[component, resource]] / capacity;
            let share = (utilization - 1.0 + target) / target;
            let is_worst = missing.is_none_or(|(worst, _)| share > worst);
            if target > 0.0 && share > FEASIBILITY && is_worst {
                missing = Some((share, at));
            }
        }
        Normal {
            before,
            unserved: unserved.unwrap_or(0.0),
            missing,
        }
    }
}

impl Normal<'_> {
    pub(super) fn cell(&self, told: &SweepReport<'_>, row: SheetRow) -> Option<SheetCell> {
        let of_nobody = || SheetCell {
            case: None,
            ..unserved(self.unserved, 0)
        };
        match row {
            SheetRow::Unserved => Some(of_nobody()),
            // Of which tiers they are, and why, is not known of the state before.
            SheetRow::UnservedOf(_) | SheetRow::NoSite => {
                Some(of_nobody()).filter(|cell| cell.state == State::Fine)
            }
            SheetRow::Missing => Some(SheetCell {
                value: self.missing.map_or(0.0, |(share, _)| share),
                case: None,
                at: self.missing.map(|(_, at)| at),
                state: match self.missing {
                    Some((share, _)) if share > 1.0 + FEASIBILITY => State::Full,
                    Some(_) => State::BelowTarget,
                    None => State::Fine,
                },
            }),
            SheetRow::Utilization(component, resource) => {
                let at = [component.index(), resource.index()];
                let capacity = self.before.case.nominal[at].filter(|capacity| *capacity > 0.0)?;
                let utilization = self.before.most[at] / capacity;
                Some(SheetCell {
                    value: utilization,
                    case: None,
                    at: None,
                    state: state(utilization, told.target_before((component, resource))),
                })
            }
        }
    }
}

/// `side_by_side.csv`: the sheets of all recoveries.
///
/// # Errors
/// [`Error::Internal`] if a number is not finite.
pub fn sheet_file(
    inventory: &Inventory,
    sweep: &Sweep,
    sheets: impl Iterator<Item = Sheet>,
) -> Result<WrittenFile> {
    let mut rows = Vec::new();
    for sheet in sheets {
        rows.extend(sheet.rows(inventory, sweep)?);
    }
    let mut bytes = Vec::new();
    write_rows(&rows, &mut bytes).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(WrittenFile {
        name: SideBySideRow::FILE.to_owned(),
        bytes,
    })
}

impl Sheet {
    /// The rows of `side_by_side.csv`, line by line.
    ///
    /// # Errors
    /// [`Error::Internal`] if there are more cases than a file can number.
    pub fn rows(&self, inventory: &Inventory, sweep: &Sweep) -> Result<Vec<SideBySideRow>> {
        let mut rows = Vec::new();
        for line in &self.lines {
            for (column, cell) in self.columns.iter().zip(&line.cells) {
                let Some(cell) = cell else { continue };
                rows.push(self.row(inventory, sweep, line.row, &column.word(), cell)?);
            }
        }
        Ok(rows)
    }

    fn row(
        &self,
        inventory: &Inventory,
        sweep: &Sweep,
        row: SheetRow,
        column: &str,
        cell: &SheetCell,
    ) -> Result<SideBySideRow> {
        let (words, unit) = match row {
            SheetRow::Unserved => ("unserved".to_owned(), "users"),
            SheetRow::UnservedOf(tier) => (format!("unserved {}", sweep.tiers[tier]), "users"),
            SheetRow::NoSite => ("no_site".to_owned(), "users"),
            SheetRow::Missing => ("missing_headroom".to_owned(), "share of target"),
            SheetRow::Utilization(..) => ("utilization".to_owned(), "share of capacity"),
        };
        let at = match row {
            SheetRow::Utilization(component, resource) => Some((component, resource)),
            _ => cell.at,
        };
        let number = |case: usize| {
            u32::try_from(case)
                .map_err(|_| Error::Internal("there are more cases than 2^32".into()))
        };
        let failing = cell
            .case
            .map(|case| sweep.contingencies.name(inventory, case));
        Ok(SideBySideRow {
            recovery: self.recovery,
            row: words,
            component: at.map(|(component, _)| inventory.component_name(component).to_owned()),
            resource: at.map(|(_, resource)| inventory.resources[resource.index()].id.clone()),
            column: column.to_owned(),
            value: cell.value,
            unit: unit.to_owned(),
            case: cell.case.map(number).transpose()?,
            failing: failing.filter(|names| !names.is_empty()).map(Text::from),
        })
    }
}
