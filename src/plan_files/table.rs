//! Table: one CSV file of the output folder; a row is a struct whose fields are the columns.

use super::cell::{Cell, Misread};
pub(crate) use super::read_table::CellsOf;
pub(crate) use super::write_table::Cells;

/// A row and the line of its file, counted from 1; a row that is not from a file has line 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Lined<T> {
    /// Where the row begins.
    pub line: u64,
    /// The row.
    pub row: T,
}

/// A row of one of the plan's CSV files.
pub trait Row: Sized + Send {
    /// The file's name.
    const FILE: &'static str;
    /// The file's columns, in the order in which they are written.
    const COLUMNS: &'static [&'static str];

    /// Appends the text of the cells, in the order of `COLUMNS`.
    ///
    /// # Errors
    /// The name of the column whose value cannot stand in a file (a number that is not finite).
    #[doc(hidden)]
    fn write_cells(&self, cells: &mut Cells) -> Result<(), &'static str>;

    /// The row of the cells (in the order of `COLUMNS`); what cannot be read is passed to `misread`.
    #[doc(hidden)]
    fn read_cells(cells: CellsOf<'_>, misread: &mut dyn FnMut(usize, Unreadable)) -> Option<Self>;
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub(crate) Misread);

/// One cell; what is wrong with it is passed on.
pub(crate) fn cell<T: Cell>(
    cells: CellsOf<'_>,
    column: usize,
    misread: &mut dyn FnMut(usize, Unreadable),
) -> Option<T> {
    match T::read(cells.get(column)) {
        Ok(value) => Some(value),
        Err(problem) => {
            misread(column, Unreadable(problem));
            None
        }
    }
}

/// Declares a row type: the fields are the columns, in this order.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident = $file:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {$(
            $(#[$field_doc])*
            pub $field: $type,
        )*}

        impl $crate::plan_files::table::Row for $name {
            const FILE: &'static str = $file;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field),)*];

            fn write_cells(
                &self,
                cells: &mut $crate::plan_files::table::Cells,
            ) -> Result<(), &'static str> {
                $(
                    if !$crate::plan_files::cell::Cell::is_writable(&self.$field) {
                        return Err(stringify!($field));
                    }
                    cells.push(|text| $crate::plan_files::cell::Cell::write(&self.$field, text));
                )*
                Ok(())
            }

            fn read_cells(
                cells: $crate::plan_files::table::CellsOf<'_>,
                misread: &mut dyn FnMut(usize, $crate::plan_files::table::Unreadable),
            ) -> Option<Self> {
                let mut column = 0..;
                $(let $field = $crate::plan_files::table::cell(cells, column.next()?, misread);)*
                Some(Self { $($field: $field?,)* })
            }
        }
    )*};
}
pub(crate) use rows;

/// Ids of a path or of its links in one cell.
///
/// ```
/// assert_eq!(plimsoll::plan_files::joined(["r", "p1", "a"]), "r>p1>a");
/// ```
pub fn joined<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let ids: Vec<&str> = ids.into_iter().collect();
    ids.join(">")
}
