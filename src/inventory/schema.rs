//! The schema of the inventory folder: which files there are, which columns they have, what a cell may hold.
//!
//! It stands in `data/schema/<table>.csv`, is embedded in the program, and serves the readers and
//! `docs/inventory.md` alike, so that they cannot disagree.

use super::kind::Kind;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// One file of the inventory folder.
#[derive(Debug)]
pub(crate) struct Table {
    /// File name, such as `shards.csv`.
    pub(crate) file: &'static str,
    /// `true` if the folder is not an inventory without it.
    pub(crate) is_required: bool,
    /// What the file holds, in a few words.
    pub(crate) about: &'static str,
    /// In the order of the documentation.
    pub(crate) columns: Vec<Column>,
}

/// One column, or one per resource.
#[derive(Debug)]
pub(crate) struct Column {
    /// Name in the header row; [`PER_RESOURCE`] stands for one column per resource.
    pub(crate) name: String,
    /// What a cell may hold, parsed.
    pub(crate) kind: Kind,
    /// What a cell may hold, in words: the phrase of messages and of the documentation.
    pub(crate) phrase: String,
    /// Unit of the number; empty if it has none.
    pub(crate) unit: String,
    /// `true` if the column must stand in the header and no cell may be blank.
    pub(crate) is_required: bool,
    /// What a blank cell means: a value that the cell could hold, or words.
    pub(crate) default: String,
    /// What it means, in words.
    pub(crate) description: String,
}

/// Name, in the schema, of the column that stands once for every resource.
pub(crate) const PER_RESOURCE: &str = "<resource>";

/// Every file, in the order in which they are read and their findings are listed.
pub(crate) static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    SOURCES
        .iter()
        .map(|&(file, is_required, about, text)| Table {
            file,
            is_required,
            about,
            columns: columns(text),
        })
        .collect()
});

/// File, required, what it holds, schema.
type Source = (&'static str, bool, &'static str, &'static str);

/// The schema file of a table.
macro_rules! source {
    ($table:literal, $is_required:literal, $about:literal) => {
        (
            concat!($table, ".csv"),
            $is_required,
            $about,
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/data/schema/",
                $table,
                ".csv"
            )),
        )
    };
}

const SOURCES: [Source; 21] = [
    source!("resources", true, "resources that components limit"),
    source!("profiles", true, "the demand of one user, by profile"),
    source!("tiers", true, "classes of service and their promises"),
    source!("load_curves", false, "demand by hour of the week"),
    source!("client_regions", true, "groups of users in one place"),
    source!("sites", true, "datacenters, where shards are homed"),
    source!("access_points", true, "entrances of the network"),
    source!(
        "elements",
        false,
        "routers, load balancers, firewalls, filtering or directory pools"
    ),
    source!(
        "links",
        true,
        "the graph, in the direction client region → access point → elements → site"
    ),
    source!("shards", true, "tenants' shards, each homed at a site"),
    source!("replicas", false, "passive copies of shards"),
    source!("onboarding", false, "users who join or leave, by date"),
    source!("growth", false, "rates at which users grow"),
    source!("capacity_changes", false, "new capacities, by date"),
    source!("background", false, "load from outside of the inventory"),
    source!("risk_groups", false, "components that fail together"),
    source!("credits", false, "credits for an uptime below the promise"),
    source!("contacts", false, "contacts of tenants and sites"),
    source!(
        "returns",
        false,
        "homes to which shards return that an earlier plan moved"
    ),
    source!(
        "current_weights",
        false,
        "weights of paths at the start of the scenario"
    ),
    source!(
        "reference_utilization",
        false,
        "utilization before an earlier plan"
    ),
];

/// Files of a later version: known by name, not read yet.
pub(crate) const LATER_FILES: [&str; 4] =
    ["observed.csv", "options.csv", "history.csv", "probes.csv"];

/// The table of a file name, if it is one of the inventory's.
pub(crate) fn table(file: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.file == file)
}

/// `true` if the inventory folder has a file of this name: only then are its bytes of interest.
///
/// ```
/// assert!(plimsoll::inventory::is_known_file("shards.csv"));
/// assert!(!plimsoll::inventory::is_known_file("shards.xlsx"));
/// ```
pub fn is_known_file(name: &str) -> bool {
    table(name).is_some()
}

/// Position of a file in the order of findings; unknown files come last.
pub(crate) fn rank(file: &str) -> usize {
    TABLES
        .iter()
        .position(|table| table.file == file)
        .unwrap_or(TABLES.len())
}

/// The columns that a schema file describes.
fn columns(text: &str) -> Vec<Column> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| {
            let record = record.expect("invariant: a test reads the embedded schema");
            let cell = |index: usize| {
                record
                    .get(index)
                    .expect("invariant: csv records are as long as their header")
                    .to_owned()
            };
            Column {
                name: cell(0),
                kind: Kind::parse(&cell(1)),
                phrase: cell(1),
                unit: cell(2),
                is_required: cell(3) == "yes",
                default: cell(4),
                description: cell(5),
            }
        })
        .collect()
}

/// The text of `docs/inventory.md`: every file and column as the readers know them.
///
/// ```
/// assert!(plimsoll::inventory::documentation().starts_with("# The inventory folder\n"));
/// ```
pub fn documentation() -> String {
    let mut text = INTRODUCTION.to_owned();
    for table in TABLES.iter() {
        add_table(&mut text, table);
    }
    text
}

/// What holds for every file.
const INTRODUCTION: &str = "\
# The inventory folder

<!-- Written from data/schema/*.csv; run the tests with PLIMSOLL_BLESS=1 after a change there. -->

An inventory is one folder of CSV files.
`plimsoll check FOLDER` reads it and reports every fault; [errors.md](errors.md) explains every code.

- Files are UTF-8 (a byte-order mark and CRLF are accepted), with commas, RFC 4180 quotes and a header row.
- Columns may be in any order; an unknown column is an error. The order of rows changes nothing.
- Ids are not empty, have at most 128 characters, none of them a control character, and are compared exactly.
- A row defines its *new id*; an id *in* another file must exist in that file.
- The ids of sites, access points, elements, pools, links and client regions are unique across their files.
- Numbers are finite decimals such as `1250.5` or `1e-6`.
- Blank is never zero and never infinity: a blank cell takes the default of its column, or is an error.
- A resource without a column in a file is not limited by the components of that file; `unlimited` means the same for one cell.
- A file that is not required may be absent or have only a header row.
- A date is ISO 8601: `2012-11-13` (midnight UTC) or `2012-11-13T09:00:00-08:00`.
- A value 500 times the median of its column is a warning, except in columns of users.
- Files of other names are not read: a warning, except for `.toml`, `.md` and hidden files.
- A table has at most 256 MiB, shards.csv and replicas.csv at most 2 GiB.
";

/// Adds a section with a row for every column.
fn add_table(text: &mut String, table: &Table) {
    let required = if table.is_required {
        "Required."
    } else {
        "Optional."
    };
    let about = capitalised(table.about);
    let _ = write!(text, "\n## {}\n\n{about}.\n{required}\n\n", table.file);
    text.push_str("| column | holds | unit | default | meaning |\n|---|---|---|---|---|\n");
    for column in &table.columns {
        let cells = [
            name(column),
            escaped(&column.phrase),
            escaped(&column.unit),
            default(column),
            escaped(&column.description),
        ];
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
}

fn name(column: &Column) -> String {
    if column.name == PER_RESOURCE {
        "one per resource".to_owned()
    } else {
        format!("`{}`", column.name)
    }
}

/// What a blank cell means.
fn default(column: &Column) -> String {
    if column.is_required {
        "required".to_owned()
    } else {
        escaped(&column.default)
    }
}

/// A text that does not end its cell of a Markdown table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_begins_with_a_required_column() {
        for table in TABLES.iter() {
            // A contact is of a tenant or of a site.
            let is_of_either = table.file == "contacts.csv";
            assert!(
                table.columns[0].is_required || is_of_either,
                "{}",
                table.file
            );
        }
    }

    #[test]
    fn column_names_are_unique_in_their_table() {
        for table in TABLES.iter() {
            for (index, column) in table.columns.iter().enumerate() {
                assert!(
                    table.columns[..index]
                        .iter()
                        .all(|other| other.name != column.name),
                    "{}: {}",
                    table.file,
                    column.name
                );
            }
        }
    }

    #[test]
    fn every_column_says_what_it_means() {
        for table in TABLES.iter() {
            for column in &table.columns {
                assert!(
                    !column.description.is_empty() && !column.phrase.is_empty(),
                    "{}: {}",
                    table.file,
                    column.name
                );
                assert_eq!(
                    column.is_required,
                    column.default.is_empty(),
                    "{}: {}",
                    table.file,
                    column.name
                );
            }
        }
    }
}
