//! A CSV file in the making.

use std::fmt::Write as _;

/// A header and rows of cells.
pub(crate) struct Table {
    text: String,
    columns: usize,
}

impl Table {
    /// A table of these columns.
    pub(crate) fn new<S: AsRef<str>>(columns: &[S]) -> Self {
        let header: Vec<&str> = columns.iter().map(AsRef::as_ref).collect();
        Self {
            text: header.join(",") + "\n",
            columns: columns.len(),
        }
    }

    /// Appends a row.
    pub(crate) fn row(&mut self, cells: &[String]) {
        assert_eq!(cells.len(), self.columns, "{cells:?} under {}", self.text);
        writeln!(self.text, "{}", cells.join(",")).expect("a String takes everything");
    }

    /// The text of the file.
    pub(crate) fn text(self) -> String {
        self.text
    }
}

/// A number with at most three decimals.
pub(crate) fn decimal(number: f64) -> String {
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number, or a blank cell.
pub(crate) fn optional(number: Option<f64>) -> String {
    number.map(decimal).unwrap_or_default()
}

/// A number, or `unlimited`.
pub(crate) fn limit(number: Option<f64>) -> String {
    number.map_or_else(|| "unlimited".to_owned(), decimal)
}
