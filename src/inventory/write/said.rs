//! Columns that stand in a file only where some row says something in them.

/// What the rows of a table say in such columns.
///
/// A cell is blank where its row has the default, so that a table in which nobody says anything else reads as if there
/// were no such column, and two tables differ only where what they mean differs.
pub(super) struct Said<const N: usize> {
    names: [&'static str; N],
    is_wanted: [bool; N],
    cells: Vec<[Option<String>; N]>,
}

impl<const N: usize> Said<N> {
    /// What `each` says of every row in the columns of these names; `None` is the default.
    pub(super) fn of<T>(
        names: [&'static str; N],
        rows: &[T],
        each: impl Fn(&T) -> [Option<String>; N],
    ) -> Self {
        let cells: Vec<_> = rows.iter().map(each).collect();
        let mut is_wanted = [false; N];
        for row in &cells {
            for (is_wanted, cell) in is_wanted.iter_mut().zip(row) {
                *is_wanted |= cell.is_some();
            }
        }
        Self {
            names,
            is_wanted,
            cells,
        }
    }

    /// The names of `fixed` columns, and behind them of those in which something is said.
    pub(super) fn columns_after<'a>(&self, fixed: &[&'a str]) -> Vec<&'a str> {
        let said = self.names.iter().zip(self.is_wanted);
        let said = said.filter(|(_, is_wanted)| *is_wanted);
        fixed
            .iter()
            .copied()
            .chain(said.map(|(name, _)| *name))
            .collect()
    }

    /// The cells of the row at `position` in the columns in which something is said.
    pub(super) fn cells(&self, position: usize) -> impl Iterator<Item = String> {
        let row = self.cells[position].iter().zip(self.is_wanted);
        let said = row.filter(|(_, is_wanted)| *is_wanted);
        said.map(|(cell, _)| cell.clone().unwrap_or_default())
    }
}
