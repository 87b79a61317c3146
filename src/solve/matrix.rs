//! The program's own copy of its rows and columns: whether a point that the solver gives keeps them.
//!
//! The solver says "optimal" of what it believes its rows to be, within its own scaling. Nothing of a point is used
//! before it was multiplied out here.

/// A row or column as it is added: bounds, cost (columns), entries by index of the other kind.
#[derive(Debug, Clone, Default)]
pub(super) struct SparseLine {
    pub(super) lower: f64,
    pub(super) upper: f64,
    pub(super) cost: f64,
    pub(super) entries: Vec<(usize, f64)>,
}

/// Values of the last run.
#[derive(Debug, Clone, Default)]
pub(super) struct PrimalValues {
    pub(super) columns: Vec<f64>,
    pub(super) rows: Vec<f64>,
    pub(super) row_duals: Vec<f64>,
}

/// Rows and columns as they were given to the solver.
#[derive(Debug, Clone, Default)]
pub(super) struct Matrix {
    /// By column, where its entries begin; then where the last ends.
    starts: Vec<usize>,
    entries: Vec<(u32, f64)>,
    /// Entries of columns that were there before the row: by row, then column.
    later: Vec<(u32, u32, f64)>,
    /// By column; lower bounds are 0.
    upper: Vec<f64>,
    /// By row, the lower and the upper bound.
    rows: Vec<[f64; 2]>,
}

impl Matrix {
    pub(super) fn row_count(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn column_count(&self) -> usize {
        self.upper.len()
    }

    /// Takes rows over; each index was seen to be that of a column.
    pub(super) fn add_rows(&mut self, lines: &[SparseLine]) {
        for line in lines {
            let row = position(self.rows.len());
            let entries = line.entries.iter();
            self.later
                .extend(entries.map(|&(column, entry)| (row, position(column), entry)));
            self.rows.push([line.lower, line.upper]);
        }
    }

    /// Takes columns over; each index was seen to be that of a row.
    pub(super) fn add_columns(&mut self, lines: &[SparseLine]) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        for line in lines {
            let entries = line.entries.iter();
            self.entries
                .extend(entries.map(|&(row, entry)| (position(row), entry)));
            self.starts.push(self.entries.len());
            self.upper.push(line.upper);
        }
    }

    pub(super) fn set_upper_bounds(&mut self, upper: &[f64]) {
        self.upper.copy_from_slice(upper);
    }

    pub(super) fn set_row(&mut self, row: usize, lower: f64, upper: f64) {
        self.rows[row] = [lower, upper];
    }

    /// The upper bound of a row.
    pub(super) fn upper_of_row(&self, row: usize) -> f64 {
        self.rows[row][1]
    }

    /// By row, the sum of its entries times a point's amounts.
    pub(super) fn activity(&self, columns: &[f64]) -> Vec<f64> {
        let mut activity = vec![0.0; self.rows.len()];
        for (column, &amount) in columns.iter().enumerate() {
            if amount == 0.0 {
                continue;
            }
            for &(row, entry) in &self.entries[self.starts[column]..self.starts[column + 1]] {
                activity[row as usize] += entry * amount;
            }
        }
        for &(row, column, entry) in &self.later {
            activity[row as usize] += entry * columns[column as usize];
        }
        activity
    }

    /// By how much a point breaks a bound or a row at worst, relative to the larger of 1 and the bound; infinite for
    /// a point that is none.
    pub(super) fn violation(&self, columns: &[f64]) -> f64 {
        let is_point =
            columns.len() == self.upper.len() && columns.iter().all(|amount| amount.is_finite());
        if !is_point {
            return f64::INFINITY;
        }
        let of_columns = columns
            .iter()
            .zip(&self.upper)
            .map(|(&amount, &upper)| (-amount).max(above(amount, upper)));
        let activity = self.activity(columns);
        if activity.iter().any(|sum| !sum.is_finite()) {
            return f64::INFINITY;
        }
        let of_rows = activity
            .iter()
            .zip(&self.rows)
            .map(|(&sum, &[lower, upper])| above(sum, upper).max(above(-sum, -lower)));
        of_columns.chain(of_rows).fold(0.0, f64::max)
    }
}

/// How far a value lies above a bound, relatively; below 0 if it does not.
fn above(value: f64, bound: f64) -> f64 {
    if bound.is_finite() {
        (value - bound) / bound.abs().max(1.0)
    } else {
        f64::NEG_INFINITY
    }
}

/// A position as the solver counts it: the solver's own integers are narrower.
fn position(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(upper: f64, entries: &[(usize, f64)]) -> SparseLine {
        SparseLine {
            lower: f64::NEG_INFINITY,
            upper,
            cost: 0.0,
            entries: entries.to_vec(),
        }
    }

    #[test]
    fn a_point_is_as_bad_as_the_bound_that_it_breaks_most() {
        // x + 2y ≤ 10 and y ≥ 1 as −y ≤ −1, with x ≤ 4; then a row over both columns, x − y = 2.
        let mut matrix = Matrix::default();
        matrix.add_rows(&[line(10.0, &[]), line(-1.0, &[])]);
        matrix.add_columns(&[
            line(4.0, &[(0, 1.0)]),
            line(f64::INFINITY, &[(0, 2.0), (1, -1.0)]),
        ]);
        matrix.add_rows(&[SparseLine {
            lower: 2.0,
            ..line(2.0, &[(0, 1.0), (1, -1.0)])
        }]);
        let violation = |x: f64, y: f64| matrix.violation(&[x, y]);
        assert_eq!(matrix.activity(&[3.0, 1.0]), [5.0, -1.0, 2.0]);
        assert!(violation(3.0, 1.0) <= 0.0);
        // x is 1 of 4 above its bound, the first row 1 of 10, the last row 0.
        assert!((violation(5.0, 3.0) - 0.25).abs() < 1e-12);
        // The last row is broken from below: 0 instead of 2.
        assert!((violation(1.0, 1.0) - 1.0).abs() < 1e-12);
        assert!((violation(1.0, -1.0) - 2.0).abs() < 1e-12);
        for nothing in [f64::NAN, f64::INFINITY, 1e308] {
            assert!(violation(3.0, nothing) > 1e300, "{nothing}");
        }
        assert!(matrix.violation(&[3.0]).is_infinite());
    }
}
