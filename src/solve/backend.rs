//! The solver's model: rows, columns, runs. All calls of the solver's interface, which is unsafe, stand here.
//!
//! The program starts as a `good_lp` model and is taken over here, because rows and columns are added to it and
//! it goes on from its basis. Every call passes arrays whose lengths are checked just before.
#![expect(
    unsafe_code,
    reason = "the safe crate cannot change row bounds or run without giving the model away"
)]

#[cfg(test)]
use super::faults;
use super::matrix::{Matrix, PrimalValues, SparseLine};
use super::options::{
    FIXED_REAL, ITERATIONS_BETWEEN_LOOKS, STRATEGY_DUAL, STRATEGY_PRIMAL, SolverMethod, Status,
    UNSCALED,
};
use crate::error::{Error, Result};
use highs::Model;
use std::ffi::c_void;

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
    /// What the solver was given.
    matrix: Matrix,
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
        let mut backend = Self {
            model,
            matrix: Matrix::default(),
            iterations: 0,
        };
        backend.read_matrix()?;
        Ok(backend)
    }

    /// Runs without the solver's own scaling from here on.
    pub(super) fn leave_unscaled(&mut self) -> Result<()> {
        set(&mut self.model, "simplex_scale_strategy", UNSCALED)
    }

    /// How many rows there are.
    pub(super) fn row_count(&self) -> usize {
        self.matrix.row_count()
    }

    /// What the solver was given.
    pub(super) fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// Simplex iterations of all runs.
    pub(super) fn iterations(&self) -> u64 {
        self.iterations
    }

    /// Adds rows; each becomes basic.
    pub(super) fn add_rows(&mut self, lines: &[SparseLine]) -> Result<()> {
        let (starts, index, value) = compressed(lines, self.matrix.column_count())?;
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
        self.matrix.add_rows(lines);
        checked("add rows", status)
    }

    /// Adds columns; each is nonbasic at its lower bound.
    pub(super) fn add_columns(&mut self, lines: &[SparseLine]) -> Result<()> {
        let (starts, index, value) = compressed(lines, self.matrix.row_count())?;
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
        self.matrix.add_columns(lines);
        checked("add columns", status)
    }

    /// Sets the cost of every column.
    pub(super) fn set_costs(&mut self, costs: &[f64]) -> Result<()> {
        if costs.len() != self.matrix.column_count() {
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
                length(costs.len() - 1)?,
                costs.as_ptr(),
            )
        };
        checked("set costs", status)
    }

    /// Sets the upper bounds of every column; lower bounds are 0.
    pub(super) fn set_upper_bounds(&mut self, upper: &[f64]) -> Result<()> {
        if upper.len() != self.matrix.column_count() {
            return Err(Error::Internal("one bound per column".into()));
        }
        if upper.is_empty() {
            return Ok(());
        }
        self.matrix.set_upper_bounds(upper);
        let lower = vec![0.0; upper.len()];
        // SAFETY: the range is all columns, and there is one bound of each kind for each.
        let status = unsafe {
            highs_sys::Highs_changeColsBoundsByRange(
                self.pointer(),
                0,
                length(upper.len() - 1)?,
                lower.as_ptr(),
                upper.as_ptr(),
            )
        };
        checked("set bounds", status)
    }

    /// Sets the bounds of one row.
    pub(super) fn set_row(&mut self, row: usize, lower: f64, upper: f64) -> Result<()> {
        if row >= self.matrix.row_count() {
            return Err(Error::Internal("no such row".into()));
        }
        self.matrix.set_row(row, lower, upper);
        // SAFETY: the row exists.
        let status =
            unsafe { highs_sys::Highs_changeRowBounds(self.pointer(), length(row)?, lower, upper) };
        checked("set a row", status)
    }

    /// Runs the solver once, by one method, for at most this number of iterations.
    pub(super) fn run(&mut self, method: SolverMethod) -> Result<Status> {
        let (strategy, presolve) = match method {
            SolverMethod::Primal | SolverMethod::Fresh => (STRATEGY_PRIMAL, "off"),
            SolverMethod::Dual => (STRATEGY_DUAL, "off"),
            SolverMethod::Presolved => (0, "on"),
        };
        set(&mut self.model, "presolve", presolve)?;
        set(&mut self.model, "solver", "simplex")?;
        set(&mut self.model, "simplex_strategy", strategy)?;
        if method.is_from_scratch() {
            // SAFETY: the pointer is the live model's.
            let status = unsafe { highs_sys::Highs_clearSolver(self.pointer()) };
            checked("clear the basis", status)?;
        }
        #[cfg(test)]
        self.disturb_run()?;
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
        #[cfg(test)]
        let number = faults::status(number);
        Ok(Status::of(number))
    }

    /// Values of the last run.
    pub(super) fn values(&mut self) -> Result<PrimalValues> {
        let mut values = PrimalValues {
            columns: vec![0.0; self.matrix.column_count()],
            rows: vec![0.0; self.matrix.row_count()],
            row_duals: vec![0.0; self.matrix.row_count()],
        };
        let mut column_duals = vec![0.0; values.columns.len()];
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
        #[cfg(test)]
        faults::disturb(&mut values);
        Ok(values)
    }

    /// Takes over the rows and columns that the model began with.
    fn read_matrix(&mut self) -> Result<()> {
        let (columns, rows) = (self.model.num_cols(), self.model.num_rows());
        let mut of_rows = vec![SparseLine::default(); rows];
        let (mut lower, mut upper) = (vec![0.0; rows], vec![0.0; rows]);
        let (mut count, mut entry_count) = (0, 0);
        if rows > 0 {
            // SAFETY: the range is all rows, both arrays have one place for each, and entries are not asked for.
            let status = unsafe {
                highs_sys::Highs_getRowsByRange(
                    self.pointer(),
                    0,
                    length(rows - 1)?,
                    &raw mut count,
                    lower.as_mut_ptr(),
                    upper.as_mut_ptr(),
                    &raw mut entry_count,
                    std::ptr::null_mut(),
                    std::ptr::null_mut(),
                    std::ptr::null_mut(),
                )
            };
            checked("read the rows", status)?;
        }
        for (line, (lower, upper)) in of_rows.iter_mut().zip(lower.into_iter().zip(upper)) {
            (line.lower, line.upper) = (lower, upper);
        }
        self.matrix.add_rows(&of_rows);
        // SAFETY: the pointer is the live model's.
        let entries = unsafe { highs_sys::Highs_getNumNz(self.pointer()) };
        let entries = usize::try_from(entries).unwrap_or(0);
        let (mut lower, mut upper) = (vec![0.0; columns], vec![0.0; columns]);
        let mut cost = vec![0.0; columns];
        let mut starts = vec![0; columns];
        let (mut index, mut value) = (vec![0; entries], vec![0.0; entries]);
        if columns > 0 {
            // SAFETY: the range is all columns, the arrays of columns have one place for each, and those of entries
            // one for each entry of the whole matrix, counted above.
            let status = unsafe {
                highs_sys::Highs_getColsByRange(
                    self.pointer(),
                    0,
                    length(columns - 1)?,
                    &raw mut count,
                    cost.as_mut_ptr(),
                    lower.as_mut_ptr(),
                    upper.as_mut_ptr(),
                    &raw mut entry_count,
                    starts.as_mut_ptr(),
                    index.as_mut_ptr(),
                    value.as_mut_ptr(),
                )
            };
            checked("read the columns", status)?;
        }
        let position = |index: highs_sys::HighsInt| usize::try_from(index).unwrap_or(usize::MAX);
        let lines: Vec<SparseLine> = (0..columns)
            .map(|column| {
                let end = starts
                    .get(column + 1)
                    .map_or(entries, |next| position(*next));
                let range = position(starts[column])..end;
                SparseLine {
                    lower: lower[column],
                    upper: upper[column],
                    cost: cost[column],
                    entries: index[range.clone()]
                        .iter()
                        .map(|row| position(*row))
                        .zip(value[range].iter().copied())
                        .collect(),
                }
            })
            .collect();
        self.matrix.add_columns(&lines);
        Ok(())
    }

    /// Makes the run go wrong, if a test wants it.
    #[cfg(test)]
    fn disturb_run(&mut self) -> Result<()> {
        faults::begin_run();
        let limit = faults::iteration_limit().unwrap_or(ITERATIONS_BETWEEN_LOOKS);
        set(&mut self.model, "simplex_iteration_limit", limit)?;
        let (columns, rows) = (self.matrix.column_count(), self.matrix.row_count());
        if let Some((of_columns, of_rows)) = faults::basis(columns, rows) {
            // SAFETY: there is one status for each column and one for each row. A basis that the solver refuses
            // is one fault less.
            let _ = unsafe {
                highs_sys::Highs_setBasis(self.pointer(), of_columns.as_ptr(), of_rows.as_ptr())
            };
        }
        Ok(())
    }

    /// Forgets all rows and columns; options stay.
    pub(super) fn clear(&mut self) -> Result<()> {
        self.matrix = Matrix::default();
        // SAFETY: the pointer is the live model's.
        let status = unsafe { highs_sys::Highs_clearModel(self.pointer()) };
        checked("clear the model", status)
    }

    /// The basis of the last run, by column and by row; `None` if it has none that is whole.
    pub(super) fn basis(&mut self) -> Result<Option<(Vec<BasisStatus>, Vec<BasisStatus>)>> {
        let mut columns = vec![0; self.matrix.column_count()];
        let mut rows = vec![0; self.matrix.row_count()];
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
        if columns.len() != self.matrix.column_count() || rows.len() != self.matrix.row_count() {
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

fn compressed(lines: &[SparseLine], limit: usize) -> Result<Compressed> {
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
