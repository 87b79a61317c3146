//! The documentation of the inventory folder, written from its schema.

use std::fmt::Write as _;

use super::{Column, PER_RESOURCE, TABLES, Table};

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
`plimsoll check FOLDER` reads it and says everything that is wrong with it; [errors.md](errors.md) explains every code.

- Files are UTF-8 (a byte-order mark and CRLF are accepted), with commas, RFC 4180 quotes and a header row.
- Columns may stand in any order; an unknown column is an error. The order of rows changes nothing.
- Ids are not empty, have at most 128 characters, none of them a control character, and are compared exactly.
- A *new id* is made by its row; an id *in* another file must stand there.
- The ids of sites, access points, elements, pools, links and client regions are unique across their files.
- Numbers are finite decimals such as `1250.5` or `1e-6`.
- Blank is never zero and never infinity: a blank cell takes the default of its column, or is an error.
- A resource without a column in a file is not limited by the components of that file; `unlimited` says so cell by cell.
- A file that is not required may be absent or have a header row only.
- A date is ISO 8601: `2012-11-13` (midnight UTC) or `2012-11-13T09:00:00-08:00`.
- Values 1000 times the median of their column are a warning; users are not.
- Files of other names are not read: a warning, but for `.toml`, `.md` and hidden files.
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
