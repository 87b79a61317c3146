//! CSV tables: texts that no spreadsheet runs, and numbers in full precision.

use super::written::WrittenFile;
use crate::error::{Error, Result};
use crate::plan_files::{decimal, guarded};
use serde_json::Value;

/// Things that become rows of a CSV table, or objects of a JSON file, column by column.
pub(super) struct Records<T> {
    things: Vec<T>,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Value>>,
    /// Texts that read as numbers stand as they are.
    has_bare_numbers: bool,
}

impl<T> Records<T> {
    pub(super) fn of(things: impl IntoIterator<Item = T>) -> Self {
        let things: Vec<T> = things.into_iter().collect();
        Self {
            rows: things.iter().map(|_| Vec::new()).collect(),
            columns: Vec::new(),
            has_bare_numbers: false,
            things,
        }
    }

    /// The same with texts that read as numbers as they are, whatever a spreadsheet makes of them.
    pub(super) fn with_bare_numbers(mut self) -> Self {
        self.has_bare_numbers = true;
        self
    }

    /// A column. What is no finite number is blank, and what holds is `yes`.
    pub(super) fn column<V: Into<Value>>(
        mut self,
        name: &'static str,
        value: impl Fn(&T) -> V,
    ) -> Self {
        self.columns.push(name);
        for (row, thing) in self.rows.iter_mut().zip(&self.things) {
            row.push(value(thing).into());
        }
        self
    }

    /// The CSV table: texts that no spreadsheet runs, and numbers in full precision.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be written.
    pub(super) fn file(self, name: &str) -> Result<WrittenFile> {
        let bytes = self.bytes().map_err(|error| {
            Error::Internal(format!("the table {name} could not be written: {error}"))
        })?;
        Ok(WrittenFile::new(name, bytes))
    }

    fn bytes(self) -> std::result::Result<Vec<u8>, Box<dyn std::error::Error>> {
        let mut table = ::csv::Writer::from_writer(Vec::new());
        table.write_record(&self.columns)?;
        for row in self.rows {
            table.write_record(row.iter().map(|value| cell(value, self.has_bare_numbers)))?;
        }
        Ok(table.into_inner()?)
    }

    pub(super) fn objects(self) -> Vec<Value> {
        let columns = self.columns;
        let object = |row: Vec<Value>| {
            let names = columns.iter().map(|column| (*column).to_owned());
            Value::Object(names.zip(row).collect())
        };
        self.rows.into_iter().map(object).collect()
    }
}

fn cell(value: &Value, is_bare: bool) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::String(text) if is_bare && text.parse::<f64>().is_ok() => text.clone(),
        Value::String(text) => guarded(text).into_owned(),
        Value::Number(number) if number.is_f64() => {
            number.as_f64().map(decimal).unwrap_or_default()
        }
        other => other.to_string(),
    }
}
