//! The solver's model: rows, columns, runs. The only unsafe code of the library.
//!
//! The program starts as a `good_lp` model and is taken over here, because rows and columns are added to it and
//! it goes on from its basis. Every call passes arrays whose lengths are checked just before.
#![expect(
    unsafe_code,
    reason = "the safe crate cannot change row bounds or run without giving the model away"
)]

use super::options::{
    FIXED_REAL, ITERATIONS_BETWEEN_LOOKS, STRATEGY_DUAL, STRATEGY_PRIMAL, Status, Way,
};
use crate::error::{Error, Result};
use highs::Model;
use std::ffi::c_void;

/// A row or column as it is added: bounds, cost (columns), entries by index of the other kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) lower: f64,
    pub(super) upper: f64,
    pub(super) cost: f64,
    pub(super) entries: Vec<(usize, f64)>,
}

/// Values of the last run.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    pub(super) columns: Vec<f64>,
    pub(super) rows: Vec<f64>,
    pub(super) row_duals: Vec<f64>,
}

/// Where a column or row stands in a basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BasisStatus {
    /// Nonbasic at its lower bound.
    Lower,
    /// Basic.
    Basic,
    /// Nonbasic at its upper bound.
    Upper,
    /// Nonbasic at 0, without bounds.
    Free,
}

impl BasisStatus {
    fn of(number: highs_sys::HighsInt) -> Option<Self> {
        match number {
            0 => Some(Self::Lower),
            1 => Some(Self::Basic),
            2 => Some(Self::Upper),
            3 => Some(Self::Free),
            _ => None,
        }
    }

    fn number(self) -> highs_sys::HighsInt {
        match self {
            Self::Lower => 0,
            Self::Basic => 1,
            Self::Upper => 2,
            Self::Free => 3,
        }
    }
}

/// The solver's model.
pub(super) struct Backend {
    model: Model,
    columns: usize,
    rows: usize,
    iterations: u64,
}

impl Backend {
    /// Takes a model over and sets the options that never change.
    pub(super) fn new(mut model: Model) -> Result<Self> {
        model.make_quiet();
        for (name, value) in FIXED_REAL {
            set(&mut model, name, value)?;
        }
        set(&mut model, "threads", 1)?;
        set(
            &mut model,
            "simplex_iteration_limit",
            ITERATIONS_BETWEEN_LOOKS,
        )?;
        Ok(Self {
            columns: model.num_cols(),
            rows: model.num_rows(),
            model,
            iterations: 0,
        })
    }

    /// How many rows there are.
    pub(super) fn row_count(&self) -> usize {
        self.rows
    }

    /// Simplex iterations of all runs.
    pub(super) fn iterations(&self) -> u64 {
        self.iterations
    }

    /// Adds rows; each becomes basic.
    pub(super) fn add_rows(&mut self, lines: &[Line]) -> Result<()> {
        let (starts, index, value) = compressed(lines, self.columns)?;
        let lower: Vec<f64> = lines.iter().map(|line| line.lower).collect();
        let upper: Vec<f64> = lines.iter().map(|line| line.upper).collect();
        // SAFETY: the pointer is the live model's; every array has the length that is passed with it,
        // and `compressed` checked that every index names a column.
        let status = unsafe {
            highs_sys::Highs_addRows(
                self.pointer(),
                length(lines.len())?,
                lower.as_ptr(),
                upper.as_ptr(),
                length(value.len())?,
                starts.as_ptr(),
                index.as_ptr(),
                value.as_ptr(),
            )
        };
        self.rows += lines.len();
        checked("add rows", status)
    }

    /// Adds columns; each is nonbasic at its lower bound.
    pub(super) fn add_columns(&mut self, lines: &[Line]) -> Result<()> {
        let (starts, index, value) = compressed(lines, self.rows)?;
        let cost: Vec<f64> = lines.iter().map(|line| line.cost).collect();
        let lower: Vec<f64> = lines.iter().map(|line| line.lower).collect();
        let upper: Vec<f64> = lines.iter().map(|line| line.upper).collect();
        // SAFETY: as in `add_rows`, with rows and columns exchanged.
        let status = unsafe {
            highs_sys::Highs_addCols(
                self.pointer(),
                length(lines.len())?,
                cost.as_ptr(),
                lower.as_ptr(),
                upper.as_ptr(),
                length(value.len())?,
                starts.as_ptr(),
                index.as_ptr(),
                value.as_ptr(),
            )
        };
        self.columns += lines.len();
        checked("add columns", status)
    }

    /// Sets the cost of every column.
    pub(super) fn set_costs(&mut self, costs: &[f64]) -> Result<()> {
        if costs.len() != self.columns {
            return Err(Error::Internal("one cost per column".into()));
        }
        if costs.is_empty() {
            return Ok(());
        }
        // SAFETY: the range is all columns, and there is one cost for each.
        let status = unsafe {
            highs_sys::Highs_changeColsCostByRange(
                self.pointer(),
                0,
                length(self.columns - 1)?,
                costs.as_ptr(),
            )
        };
        checked("set costs", status)
    }

    /// Sets the upper bounds of every column; lower bounds are 0.
    pub(super) fn set_upper_bounds(&mut self, upper: &[f64]) -> Result<()> {
        if upper.len() != self.columns {
            return Err(Error::Internal("one bound per column".into()));
        }
        if upper.is_empty() {
            return Ok(());
        }
        let lower = vec![0.0; upper.len()];
        // SAFETY: the range is all columns, and there is one bound of each kind for each.
        let status = unsafe {
            highs_sys::Highs_changeColsBoundsByRange(
                self.pointer(),
                0,
                length(self.columns - 1)?,
                lower.as_ptr(),
                upper.as_ptr(),
            )
        };
        checked("set bounds", status)
    }

    /// Sets the bounds of one row.
    pub(super) fn set_row(&mut self, row: usize, lower: f64, upper: f64) -> Result<()> {
        if row >= self.rows {
            return Err(Error::Internal("no such row".into()));
        }
        // SAFETY: the row exists.
        let status =
            unsafe { highs_sys::Highs_changeRowBounds(self.pointer(), length(row)?, lower, upper) };
        checked("set a row", status)
    }

    /// Runs the solver once, one way, for at most so many iterations.
    pub(super) fn run(&mut self, way: Way) -> Result<Status> {
        let (strategy, presolve) = match way {
            Way::Primal | Way::Fresh => (STRATEGY_PRIMAL, "off"),
            Way::Dual => (STRATEGY_DUAL, "off"),
            Way::Presolved => (0, "on"),
        };
        set(&mut self.model, "presolve", presolve)?;
        set(&mut self.model, "solver", "simplex")?;
        set(&mut self.model, "simplex_strategy", strategy)?;
        if matches!(way, Way::Fresh | Way::Presolved) {
            // SAFETY: the pointer is the live model's.
            let status = unsafe { highs_sys::Highs_clearSolver(self.pointer()) };
            checked("clear the basis", status)?;
        }
        // SAFETY: the pointer is the live model's. A failed run shows in the model status read below.
        let number = unsafe {
            highs_sys::Highs_run(self.pointer());
            highs_sys::Highs_getModelStatus(self.pointer())
        };
        let mut iterations = 0;
        // SAFETY: the name ends in a zero byte and the value is a live integer.
        unsafe {
            highs_sys::Highs_getIntInfoValue(
                self.pointer(),
                c"simplex_iteration_count".as_ptr(),
                &raw mut iterations,
            );
        }
        self.iterations += u64::try_from(iterations).unwrap_or(0);
        Ok(Status::of(number))
    }

    /// Values of the last run.
    pub(super) fn values(&mut self) -> Result<Values> {
        let mut values = Values {
            columns: vec![0.0; self.columns],
            rows: vec![0.0; self.rows],
            row_duals: vec![0.0; self.rows],
        };
        let mut column_duals = vec![0.0; self.columns];
        // SAFETY: every array has the length of its kind.
        let status = unsafe {
            highs_sys::Highs_getSolution(
                self.pointer(),
                values.columns.as_mut_ptr(),
                column_duals.as_mut_ptr(),
                values.rows.as_mut_ptr(),
                values.row_duals.as_mut_ptr(),
            )
        };
        checked("read the solution", status)?;
        Ok(values)
    }

    /// Forgets all rows and columns; options stay.
    pub(super) fn clear(&mut self) -> Result<()> {
        self.rows = 0;
        self.columns = 0;
        // SAFETY: the pointer is the live model's.
        let status = unsafe { highs_sys::Highs_clearModel(self.pointer()) };
        checked("clear the model", status)
    }

    /// The basis of the last run, by column and by row; `None` if it has none that is whole.
    pub(super) fn basis(&mut self) -> Result<Option<(Vec<BasisStatus>, Vec<BasisStatus>)>> {
        let mut columns = vec![0; self.columns];
        let mut rows = vec![0; self.rows];
        // SAFETY: both arrays have the length of their kind.
        let status = unsafe {
            highs_sys::Highs_getBasis(self.pointer(), columns.as_mut_ptr(), rows.as_mut_ptr())
        };
        checked("read the basis", status)?;
        let of = |numbers: Vec<highs_sys::HighsInt>| -> Option<Vec<BasisStatus>> {
            numbers.into_iter().map(BasisStatus::of).collect()
        };
        let basis = of(columns).zip(of(rows));
        Ok(basis.filter(|(columns, rows)| {
            let basic = columns.iter().chain(rows);
            basic
                .filter(|status| **status == BasisStatus::Basic)
                .count()
                == rows.len()
        }))
    }

    /// Sets the basis that the next run goes on from.
    pub(super) fn set_basis(
        &mut self,
        columns: &[BasisStatus],
        rows: &[BasisStatus],
    ) -> Result<()> {
        if columns.len() != self.columns || rows.len() != self.rows {
            return Err(Error::Internal("one status per column and row".into()));
        }
        let of = |statuses: &[BasisStatus]| -> Vec<highs_sys::HighsInt> {
            statuses.iter().map(|status| status.number()).collect()
        };
        let (columns, rows) = (of(columns), of(rows));
        // SAFETY: both arrays have the length of their kind.
        let status =
            unsafe { highs_sys::Highs_setBasis(self.pointer(), columns.as_ptr(), rows.as_ptr()) };
        checked("set the basis", status)
    }

    fn pointer(&mut self) -> *mut c_void {
        self.model.as_mut_ptr()
    }
}

/// Sets an option.
fn set<V: highs::HighsOptionValue>(model: &mut Model, name: &str, value: V) -> Result<()> {
    model
        .try_set_option(name, value)
        .map_err(|_| Error::Internal(format!("the solver has no option `{name}` of that value")))
}

/// A count as the solver's integer.
fn length(count: usize) -> Result<highs_sys::HighsInt> {
    highs_sys::HighsInt::try_from(count)
        .map_err(|_| Error::Internal("the linear program is too large for the solver".into()))
}

/// The solver's status as a result; warnings pass, the model status decides.
fn checked(action: &str, status: highs_sys::HighsInt) -> Result<()> {
    if status == highs_sys::STATUS_ERROR {
        return Err(Error::Internal(format!("the solver could not {action}")));
    }
    Ok(())
}

/// Start positions, indices and values of all lines; every index is below `limit`.
type Compressed = (Vec<highs_sys::HighsInt>, Vec<highs_sys::HighsInt>, Vec<f64>);

fn compressed(lines: &[Line], limit: usize) -> Result<Compressed> {
    let mut starts = Vec::with_capacity(lines.len());
    let mut index = Vec::new();
    let mut value = Vec::new();
    for line in lines {
        starts.push(length(index.len())?);
        for &(position, entry) in &line.entries {
            if position >= limit {
                return Err(Error::Internal("an entry outside the program".into()));
            }
            index.push(length(position)?);
            value.push(entry);
        }
    }
    Ok((starts, index, value))
}
