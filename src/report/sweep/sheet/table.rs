//! The sheet as rows of `side_by_side.csv`.

use super::{Sheet, SheetCell, SheetRow};
use crate::error::{Error, Result};
use crate::model::Inventory;
use crate::plan::sweep::Sweep;
use crate::plan_files::{Row, SideBySideRow, Text, write_rows};
use crate::report::written::WrittenFile;

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
