//! Table: one CSV file of the output folder; a row is a struct whose fields are the columns. A table is written from rows to
//! bytes, a large one in stretches side by side.

use super::cell::{CellValue, Misread, WrittenCell};
use crate::records::{append, side_by_side};
use csv::StringRecord;
use std::io;

/// A row and the line of its file, counted from 1; a row that is not from a file has line 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Lined<T> {
    /// Where the row begins.
    pub line: u64,
    /// The row.
    pub row: T,
}

/// The rows of a table without their lines; none where the folder has no such table.
pub fn rows_in<T>(table: Option<&[Lined<T>]>) -> impl Iterator<Item = &T> + Clone {
    table.into_iter().flatten().map(|lined| &lined.row)
}

/// A row of one of the plan's CSV files.
pub trait Row: Sized + Send {
    /// The file's name.
    const FILE: &'static str;
    /// The file's columns, in the order in which they are written.
    const COLUMNS: &'static [&'static str];
    /// What is declared of each column beside its type, in the same order.
    #[doc(hidden)]
    const DECLARED: &'static [DeclaredColumn];

    /// Appends the text of the cells, in the order of `COLUMNS`.
    ///
    /// # Errors
    /// The name of the column whose value cannot stand in a file (a number that is not finite).
    #[doc(hidden)]
    fn write_cells(&self, cells: &mut RowCells) -> Result<(), &'static str>;

    /// The row of the cells (in the order of `COLUMNS`); what cannot be read is passed to `misread`.
    #[doc(hidden)]
    fn read_cells(cells: CellsOf<'_>, misread: &mut dyn FnMut(usize, Misread)) -> Option<Self>;

    /// Shows every cell with a rule to `judge`: its column, its rule, its value, and that of another row.
    #[doc(hidden)]
    fn each_ruled<'a>(
        &'a self,
        other: &'a Self,
        judge: &mut dyn FnMut(&'static str, &'static ColumnRule, CellValue<'a>, CellValue<'a>),
    );
}

/// What is declared of a column beside its name and type.
#[derive(Debug, Clone, Copy)]
pub struct DeclaredColumn {
    /// Its name.
    pub name: &'static str,
    /// `true` if older folders lack it, whose cells are then blank.
    pub is_added: bool,
    /// What the referee asks of its cells; `None` if that is no comparison with a value of its own.
    pub rule: Option<ColumnRule>,
}

impl DeclaredColumn {
    /// A column that every folder has, and that no rule compares.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            is_added: false,
            rule: None,
        }
    }

    /// The column, which older folders lack.
    #[must_use]
    pub const fn added(self) -> Self {
        Self {
            is_added: true,
            ..self
        }
    }

    /// The column with a rule.
    #[must_use]
    pub const fn ruled(self, by: By, code: &'static str, hint: &'static str) -> Self {
        Self {
            rule: Some(ColumnRule { code, hint, by }),
            ..self
        }
    }
}

/// The rule of a column: a cell has the value that the referee computes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColumnRule {
    /// Such as `P7506`.
    pub code: &'static str,
    /// One thing to do.
    pub hint: &'static str,
    /// When two values are the same.
    pub by: By,
}

/// When two values of a column are the same. A scale is how large the amounts are that a value is computed from; the
/// referee may know it better, cell by cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum By {
    /// If they are equal.
    Exact,
    /// If they are close beside the larger of them, or both nothing beside the scale.
    Amount(f64),
    /// If they are close beside the larger of them and the scale.
    Difference(f64),
    /// If they are close as users are that were counted twice in the same rows.
    Users,
    /// If they are close as rates are of users that paths share out, which have the error of many shares.
    Rate,
    /// If they are close as promises are, which differ in their last nines.
    Nines,
}

/// The cells of one row as they go into a file, one after the other in one text.
#[derive(Debug, Default)]
pub struct RowCells {
    text: String,
    /// By cell, where it ends.
    ends: Vec<usize>,
}

impl RowCells {
    /// Appends a cell that `write` appends to a text.
    pub(crate) fn push(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.text);
        self.ends.push(self.text.len());
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.text[*start..*end])
    }
}

/// The cells of one record, in the order of the columns of its row type.
#[derive(Clone, Copy)]
pub struct CellsOf<'r> {
    pub(super) record: &'r StringRecord,
    /// By column, where its cell stands.
    pub(super) order: &'r [usize],
}

impl<'r> CellsOf<'r> {
    /// The text of a column's cell.
    pub(crate) fn get(self, column: usize) -> &'r str {
        let position = self.order.get(column);
        position
            .and_then(|position| self.record.get(*position))
            .unwrap_or_default()
    }
}

/// One cell; what is wrong with it is passed on.
pub(crate) fn cell<T: WrittenCell>(
    cells: CellsOf<'_>,
    column: usize,
    misread: &mut dyn FnMut(usize, Misread),
) -> Option<T> {
    match T::read(cells.get(column)) {
        Ok(value) => Some(value),
        Err(problem) => {
            misread(column, problem);
            None
        }
    }
}

/// Declares a row type: the fields are the columns, in this order.
///
/// `[added]` after the type says that older folders lack the column. After `=` is the rule of its cells: when two
/// values are the same ([`By`]), the code, and what to do where the cell has another value than the referee computes.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident = $file:literal {
        $($(#[$field_doc:meta])* $field:ident: $type:ty
            $([$added:ident])?
            $(= $by:ident $(($scale:expr))?, $code:literal, $hint:expr)?,
        )*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {$(
            $(#[$field_doc])*
            #[doc = concat!("(Column `", stringify!($field), "`.)")]
            pub $field: $type,
        )*}

        impl $crate::plan_files::table::Row for $name {
            const FILE: &'static str = $file;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field),)*];
            const DECLARED: &'static [$crate::plan_files::table::DeclaredColumn] = &[$(
                $crate::plan_files::table::DeclaredColumn::new(stringify!($field))
                    $(.$added())?
                    $(.ruled($crate::plan_files::table::By::$by $(($scale))?, $code, $hint))?,
            )*];

            fn write_cells(
                &self,
                cells: &mut $crate::plan_files::table::RowCells,
            ) -> Result<(), &'static str> {
                $(
                    if !$crate::plan_files::cell::WrittenCell::is_writable(&self.$field) {
                        return Err(stringify!($field));
                    }
                    cells.push(|text| $crate::plan_files::cell::WrittenCell::write(&self.$field, text));
                )*
                Ok(())
            }

            fn read_cells(
                cells: $crate::plan_files::table::CellsOf<'_>,
                misread: &mut dyn FnMut(usize, $crate::plan_files::cell::Misread),
            ) -> Option<Self> {
                let mut column = 0..;
                $(let $field = $crate::plan_files::table::cell(cells, column.next()?, misread);)*
                Some(Self { $($field: $field?,)* })
            }

            fn each_ruled<'a>(
                &'a self,
                other: &'a Self,
                judge: &mut dyn FnMut(
                    &'static str,
                    &'static $crate::plan_files::table::ColumnRule,
                    $crate::plan_files::cell::CellValue<'a>,
                    $crate::plan_files::cell::CellValue<'a>,
                ),
            ) {
                use $crate::plan_files::cell::WrittenCell as _;
                let mut columns = <Self as $crate::plan_files::table::Row>::DECLARED.iter();
                $(
                    if let Some(column) = columns.next()
                        && let Some(rule) = &column.rule
                    {
                        judge(column.name, rule, self.$field.value(), other.$field.value());
                    }
                )*
            }
        }
    )*};
}
pub(crate) use rows;

/// The columns in which two rows differ, as they are written.
pub(crate) fn differing<R: Row>(one: &R, other: &R) -> Vec<&'static str> {
    let [one, other] = [one, other].map(|row| {
        let mut cells = RowCells::default();
        let is_written = row.write_cells(&mut cells).is_ok();
        is_written.then_some(cells)
    });
    let (one, other) = (one.unwrap_or_default(), other.unwrap_or_default());
    let pairs = R::COLUMNS.iter().zip(one.iter().zip(other.iter()));
    pairs
        .filter(|(_, (a, b))| a != b)
        .map(|(column, _)| *column)
        .collect()
}

/// Ids of a path or of its links in one cell.
///
/// ```
/// assert_eq!(plimsoll::plan_files::joined(["r", "p1", "a"]), "r>p1>a");
/// ```
pub fn joined<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let ids: Vec<&str> = ids.into_iter().collect();
    ids.join(">")
}

/// How many rows are written as one: large beside the cost of handing them to a thread, small beside memory.
const STRETCH_ROWS: usize = 1 << 14;

/// What appends rows to a file.
struct RowWriter<W: io::Write> {
    csv: csv::Writer<W>,
    cells: RowCells,
}

impl<W: io::Write> RowWriter<W> {
    fn new(writer: W) -> Self {
        Self {
            csv: csv::WriterBuilder::new().from_writer(writer),
            cells: RowCells::default(),
        }
    }

    fn header<R: Row>(&mut self) -> io::Result<()> {
        self.csv.write_record(R::COLUMNS).map_err(io::Error::other)
    }

    fn row<R: Row>(&mut self, row: &R) -> io::Result<()> {
        self.cells.clear();
        row.write_cells(&mut self.cells).map_err(|column| {
            let problem = format!("{}: column {column}: not a finite number", R::FILE);
            io::Error::new(io::ErrorKind::InvalidData, problem)
        })?;
        self.csv
            .write_record(self.cells.iter())
            .map_err(io::Error::other)
    }
}

/// Writes a whole file: the header, then the rows in their order.
///
/// # Errors
/// What `writer` reports, and `InvalidData` for a number that is not finite.
pub fn write_rows<'a, R: Row + 'a>(
    rows: impl IntoIterator<Item = &'a R>,
    writer: impl io::Write,
) -> io::Result<()> {
    let mut file = RowWriter::new(writer);
    file.header::<R>()?;
    for row in rows {
        file.row(row)?;
    }
    file.csv.flush()
}

/// A whole file of the rows that are made of lists of items, each list with what it is of, in their order.
///
/// Only the rows that are being written are there at once.
///
/// # Errors
/// `InvalidData` for a number that is not finite.
pub fn written_rows<R: Row, L: Sync, T: Sync>(
    lists: &[(L, &[T])],
    row: impl Fn(&L, &T) -> R + Sync,
) -> io::Result<Vec<u8>> {
    let mut file = RowWriter::new(Vec::new());
    file.header::<R>()?;
    let mut bytes = in_memory(file)?;
    let stretches: Vec<(&L, &[T])> = lists
        .iter()
        .flat_map(|(of, items)| items.chunks(STRETCH_ROWS).map(move |items| (of, items)))
        .collect();
    let mut result = Ok(());
    side_by_side(
        &stretches,
        |(of, items)| {
            let mut file = RowWriter::new(Vec::new());
            for item in *items {
                file.row(&row(of, item))?;
            }
            in_memory(file)
        },
        |written: io::Result<Vec<u8>>| {
            result = written.map(|one_bytes| append(&mut bytes, &one_bytes, stretches.len()));
            result.is_ok()
        },
    );
    result?;
    Ok(bytes)
}

/// The bytes that were written to memory.
fn in_memory(file: RowWriter<Vec<u8>>) -> io::Result<Vec<u8>> {
    file.csv
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)
}
