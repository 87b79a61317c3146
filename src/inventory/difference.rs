//! Differences between two inventories as written tables, cell by cell.

use super::source::SourceFile;
use std::collections::{BTreeMap, BTreeSet};

/// A cell that differs, or a row that only one inventory has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDifference {
    /// File name.
    pub file: String,
    /// What names the row: its key columns' cells.
    pub row: Vec<String>,
    /// The column; `None` where the whole row is missing on one side.
    pub column: Option<String>,
    /// What the first has, empty if it has no such column; `None` if it has no such row.
    pub a: Option<String>,
    /// What the second has, empty if it has no such column; `None` if it has no such row.
    pub b: Option<String>,
}

/// Columns that name a row, where it is not the first alone.
const KEYS: [(&str, &[&str]); 9] = [
    ("replicas.csv", &["shard", "site"]),
    ("onboarding.csv", &["date", "shard"]),
    (
        "growth.csv",
        &["start", "tenant", "client_region", "profile", "tier"],
    ),
    ("capacity_changes.csv", &["date", "component", "resource"]),
    ("background.csv", &["component", "resource"]),
    ("risk_groups.csv", &["risk_group", "component"]),
    ("load_curves.csv", &["load_curve", "hour"]),
    (
        "current_weights.csv",
        &["profile", "max_latency_ms", "links"],
    ),
    ("reference_utilization.csv", &["component", "resource"]),
];

/// What differs between two sets of tables as [`write`](super::write) makes them, by file, row and column.
///
/// Files that cannot be read as tables are compared as one cell.
///
/// ```
/// use plimsoll::inventory::{SourceFile, differences};
/// let sites = |cpu: &str| vec![SourceFile {
///     name: "sites.csv".into(),
///     bytes: format!("site,cpu\nchi,{cpu}\n").into_bytes(),
/// }];
/// let found = differences(&sites("4000"), &sites("4900"));
/// assert_eq!((found[0].row[0].as_str(), found[0].column.as_deref()), ("chi", Some("cpu")));
/// assert_eq!((found[0].a.as_deref(), found[0].b.as_deref()), (Some("4000"), Some("4900")));
/// assert_eq!(found.len(), 1);
/// ```
pub fn differences(a: &[SourceFile], b: &[SourceFile]) -> Vec<TableDifference> {
    let names: BTreeSet<&str> = a.iter().chain(b).map(|file| file.name.as_str()).collect();
    let mut all = Vec::new();
    for name in names {
        let bytes = |files: &[SourceFile]| -> Vec<u8> {
            let file = files.iter().find(|file| file.name == name);
            file.map_or_else(Vec::new, |file| file.bytes.clone())
        };
        let (one, other) = (bytes(a), bytes(b));
        if one != other {
            of_table(name, &table(name, &one), &table(name, &other), &mut all);
        }
    }
    all
}

/// Rows by key, each with its cells by column; of several rows with one key each has its own.
type Table = BTreeMap<Vec<String>, BTreeMap<String, String>>;

fn table(name: &str, bytes: &[u8]) -> Table {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header: Vec<String> = reader
        .headers()
        .map(|header| header.iter().map(str::to_owned).collect())
        .unwrap_or_default();
    let keys = KEYS
        .iter()
        .find(|(file, _)| *file == name)
        .map(|(_, columns)| *columns);
    let mut table = Table::new();
    for record in reader.records().flatten() {
        let cells: BTreeMap<String, String> = header
            .iter()
            .cloned()
            .zip(record.iter().map(str::to_owned))
            .collect();
        let mut key: Vec<String> = match keys {
            Some(columns) => columns
                .iter()
                .map(|column| cells.get(*column).cloned().unwrap_or_default())
                .collect(),
            None => record.iter().take(1).map(str::to_owned).collect(),
        };
        while table.contains_key(&key) {
            key.push("again".to_owned());
        }
        table.insert(key, cells);
    }
    table
}

fn of_table(name: &str, a: &Table, b: &Table, all: &mut Vec<TableDifference>) {
    let keys: BTreeSet<&Vec<String>> = a.keys().chain(b.keys()).collect();
    for key in keys {
        let difference =
            |column: Option<&String>, a: Option<&String>, b: Option<&String>| TableDifference {
                file: name.to_owned(),
                row: key.clone(),
                column: column.cloned(),
                a: a.cloned(),
                b: b.cloned(),
            };
        match (a.get(key), b.get(key)) {
            (Some(one), Some(other)) => {
                let columns: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
                for column in columns {
                    // A column that only one of them has says nothing where it is blank.
                    let blank = String::new();
                    let one = one.get(column).unwrap_or(&blank);
                    let other = other.get(column).unwrap_or(&blank);
                    if one != other {
                        all.push(difference(Some(column), Some(one), Some(other)));
                    }
                }
            }
            (Some(one), None) => {
                let row = joined(one);
                all.push(difference(None, Some(&row), None));
            }
            (None, Some(other)) => {
                let row = joined(other);
                all.push(difference(None, None, Some(&row)));
            }
            (None, None) => {}
        }
    }
}

/// A whole row in words, such as `cpu 4000, storage 9000`.
fn joined(cells: &BTreeMap<String, String>) -> String {
    let cells: Vec<String> = cells
        .iter()
        .filter(|(_, cell)| !cell.is_empty())
        .map(|(column, cell)| format!("{column} {cell}"))
        .collect();
    cells.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_only_one_side_has_differs_where_it_says_something() {
        let resources = |text: &str| {
            vec![SourceFile {
                name: "resources.csv".to_owned(),
                bytes: text.as_bytes().to_vec(),
            }]
        };
        let found = differences(
            &resources("resource,unit\nbw,Gbit/s\ncpu,vCPU\n"),
            &resources("resource,unit,overload\nbw,Gbit/s,queue\ncpu,vCPU,\n"),
        );
        let [only] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(
            (only.row[0].as_str(), only.column.as_deref()),
            ("bw", Some("overload"))
        );
        assert_eq!(
            (only.a.as_deref(), only.b.as_deref()),
            (Some(""), Some("queue"))
        );
    }
}
