//! Header: which column of a file is which column of its schema.

use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Severity};
use crate::ids::ResourceId;
use crate::inventory::findings::{Findings, counted, place, quoted};
use crate::inventory::schema::{self, PER_RESOURCE};
use crate::model::{Resource, Scope};
use csv::StringRecord;
use rustc_hash::FxHashSet;

/// A column that the schema does not have.
pub(crate) const UNKNOWN_COLUMN: Code = Code("P1101");
/// Two columns of one name.
pub(crate) const REPEATED_COLUMN: Code = Code("P1102");
/// A required column is missing.
pub(crate) const MISSING_COLUMN: Code = Code("P1103");
/// A column of a resource of scope `site` where only network resources are used.
pub(crate) const SITE_RESOURCE_IN_NETWORK: Code = Code("P1104");

/// The resources that may have a column of their own.
#[derive(Debug, Default)]
pub(crate) struct Resources {
    /// Sorted by id.
    pub(crate) rows: Vec<Resource>,
    /// `true` if resources.csv itself is broken: nobody can tell then which columns are unknown.
    pub(crate) is_broken: bool,
}

impl Resources {
    /// The position of a resource by its name.
    pub(crate) fn find(&self, name: &str) -> Option<ResourceId> {
        self.rows
            .binary_search_by(|resource| resource.id.as_str().cmp(name))
            .ok()
            .map(ResourceId::new)
    }
}

/// A column of the schema and where it stands in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Position in the file; `None` if the file does not have it.
    pub(crate) position: Option<usize>,
    /// What the schema says of it.
    pub(crate) schema: &'static schema::Column,
}

/// The header row of a file, bound to its schema.
#[derive(Debug)]
pub(crate) struct Header {
    names: StringRecord,
    /// By column of the schema; `None` for absent ones and for the column per resource.
    positions: Vec<Option<usize>>,
    /// By resource, ascending.
    resources: Vec<(ResourceId, usize)>,
}

impl Header {
    /// The header bound to its schema; `None` if a required column is missing.
    pub(crate) fn bind(
        table: &'static schema::Table,
        names: &StringRecord,
        line: u64,
        resources: &Resources,
        findings: &mut Findings,
    ) -> Option<Self> {
        let mut header = Self {
            names: names.clone(),
            positions: vec![None; table.columns.len()],
            resources: Vec::new(),
        };
        let mut seen = FxHashSet::default();
        let mut nameless = 0;
        let mut respelled = Vec::new();
        for (position, given) in names.iter().enumerate() {
            if given.trim().is_empty() {
                nameless += 1;
                continue;
            }
            let name = match plain_name(table, given, resources) {
                Some(plain) if !names.iter().any(|name| name == plain) => {
                    respelled.push([given, plain]);
                    plain
                }
                _ => given,
            };
            if !seen.insert(name) {
                findings.error(
                    REPEATED_COLUMN,
                    place(table.file, line, Some(name)),
                    format!("{} a second time", quoted(name)),
                    "every column once",
                    "remove one of the two columns",
                );
            } else if let Some(index) = fixed_column(table, name) {
                header.positions[index] = Some(position);
            } else if let Some(resource) = resource_column(table, name, resources) {
                if is_of_network(table) && resources.rows[resource.index()].scope == Scope::Site {
                    findings.error(
                        SITE_RESOURCE_IN_NETWORK,
                        place(table.file, line, Some(name)),
                        format!("{}, a resource of scope `site`", quoted(name)),
                        "only resources of scope `network`",
                        "remove the column, or make the scope `network` in resources.csv",
                    );
                }
                header.resources.push((resource, position));
            } else {
                let may_be_known = has_resource_columns(table) && resources.is_broken;
                // Looking for the nearest column takes time.
                if !may_be_known
                    && !findings.is_counted(Severity::Error, UNKNOWN_COLUMN, table.file)
                {
                    findings.error(
                        UNKNOWN_COLUMN,
                        place(table.file, line, Some(name)),
                        format!("{}, which is no column", quoted(name)),
                        expected_columns(table),
                        unknown_column_hint(table, name, resources),
                    );
                }
            }
        }
        report_names(table, line, (nameless, &respelled), findings);
        header.resources.sort_unstable();
        header.find_missing(table, line, resources, findings)?;
        Some(header)
    }

    /// Reports required columns that the file does not have.
    fn find_missing(
        &self,
        table: &schema::Table,
        line: u64,
        resources: &Resources,
        findings: &mut Findings,
    ) -> Option<()> {
        let mut missing: Vec<&str> = Vec::new();
        for (column, position) in table.columns.iter().zip(&self.positions) {
            if column.name == PER_RESOURCE {
                // They are sorted.
                let columns = &self.resources;
                let has = |id| {
                    columns
                        .binary_search_by_key(&id, |(resource, _)| resource.index())
                        .is_ok()
                };
                let absent = resources.rows.iter().enumerate();
                missing.extend(
                    absent
                        .filter(|(id, _)| column.is_required && !resources.is_broken && !has(*id))
                        .map(|(_, resource)| resource.id.as_str()),
                );
            } else if column.is_required && position.is_none() {
                missing.push(&column.name);
            }
        }
        for name in &missing {
            findings.error(
                MISSING_COLUMN,
                place(table.file, line, Some(name)),
                "no such column",
                format!("a column `{name}`"),
                "add the column to the header row and a cell to every row",
            );
        }
        missing.is_empty().then_some(())
    }

    /// How many columns the file has.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The name of the column at a position.
    pub(crate) fn name(&self, position: usize) -> &str {
        self.names.get(position).unwrap_or_default()
    }

    /// The column of that name in the schema.
    pub(crate) fn column(&self, table: &'static schema::Table, name: &str) -> Column {
        let index =
            fixed_column(table, name).expect("invariant: readers name columns of the schema");
        Column {
            position: self.positions[index],
            schema: &table.columns[index],
        }
    }

    /// What the schema says of the column at a position; `None` of one that it does not know.
    pub(super) fn schema_at(
        &self,
        table: &'static schema::Table,
        position: usize,
    ) -> Option<&'static schema::Column> {
        let fixed = self.positions.iter().position(|at| *at == Some(position));
        let is_of_resource = || self.resources.iter().any(|(_, at)| *at == position);
        let of_resources = || {
            table
                .columns
                .iter()
                .find(|column| column.name == PER_RESOURCE)
        };
        match fixed {
            Some(index) => table.columns.get(index),
            None => of_resources().filter(|_| is_of_resource()),
        }
    }

    /// The columns of resources, ascending.
    pub(crate) fn resource_columns(
        &self,
        table: &'static schema::Table,
    ) -> Vec<(ResourceId, Column)> {
        let Some(schema) = table
            .columns
            .iter()
            .find(|column| column.name == PER_RESOURCE)
        else {
            return Vec::new();
        };
        self.resources
            .iter()
            .map(|&(resource, position)| {
                let column = Column {
                    position: Some(position),
                    schema,
                };
                (resource, column)
            })
            .collect()
    }
}

/// Reports columns without a name, and names that are known in small letters without outer spaces: one finding of each.
fn report_names(
    table: &schema::Table,
    line: u64,
    (nameless, respelled): (usize, &[[&str; 2]]),
    findings: &mut Findings,
) {
    if nameless > 0 {
        findings.error(
            UNKNOWN_COLUMN,
            place(table.file, line, None),
            format!("{} without a name", counted(nameless, "column")),
            expected_columns(table),
            "name them, or remove their commas from every row: spreadsheets write them for columns that were cleared",
        );
    }
    if let Some([first, _]) = respelled.first() {
        let list = |which: usize, mark: [&str; 2]| {
            let all = respelled
                .iter()
                .map(|texts| format!("{}{}{}", mark[0], texts[which], mark[1]));
            all.collect::<Vec<_>>().join(", ")
        };
        findings.error(
            UNKNOWN_COLUMN,
            place(table.file, line, Some(first)),
            list(0, ["\"", "\""]),
            expected_columns(table),
            format!(
                "write {}: names of columns are compared exactly",
                list(1, ["`", "`"])
            ),
        );
    }
}

/// The column that a name is without outer spaces and large letters; `None` if there is none, or it is spelled so.
fn plain_name<'a>(
    table: &'a schema::Table,
    name: &str,
    resources: &'a Resources,
) -> Option<&'a str> {
    if fixed_column(table, name).is_some() || resource_column(table, name, resources).is_some() {
        return None;
    }
    let is_it = |text: &&str| text.eq_ignore_ascii_case(name.trim()) && *text != PER_RESOURCE;
    let mut fixed = table.columns.iter().map(|column| column.name.as_str());
    let of_resources = resources
        .rows
        .iter()
        .filter(|_| has_resource_columns(table));
    let mut of_resources = of_resources.map(|resource| resource.id.as_str());
    fixed.find(is_it).or_else(|| of_resources.find(is_it))
}

/// Position in the schema of a column with a name of its own.
fn fixed_column(table: &schema::Table, name: &str) -> Option<usize> {
    table
        .columns
        .iter()
        .position(|column| column.name == name && column.name != PER_RESOURCE)
}

/// The resource whose column `name` is, where the table has columns of resources.
fn resource_column(table: &schema::Table, name: &str, resources: &Resources) -> Option<ResourceId> {
    has_resource_columns(table)
        .then(|| resources.find(name))
        .flatten()
}

fn has_resource_columns(table: &schema::Table) -> bool {
    table
        .columns
        .iter()
        .any(|column| column.name == PER_RESOURCE)
}

/// `true` for the files of which only network resources limit anything.
fn is_of_network(table: &schema::Table) -> bool {
    matches!(
        table.file,
        "access_points.csv" | "elements.csv" | "links.csv"
    )
}

fn expected_columns(table: &schema::Table) -> String {
    if has_resource_columns(table) {
        format!("columns of {} or a resource", table.file)
    } else {
        format!("columns of {}", table.file)
    }
}

fn unknown_column_hint(table: &schema::Table, name: &str, resources: &Resources) -> String {
    let fixed = table.columns.iter().map(|column| column.name.as_str());
    let of_resources = resources
        .rows
        .iter()
        .filter(|_| has_resource_columns(table))
        .map(|resource| resource.id.as_str());
    let known = fixed
        .chain(of_resources)
        .filter(|text| *text != PER_RESOURCE);
    match nearest(name, known) {
        Some(known) => {
            format!("the nearest known column is `{known}`; rename the column or remove it")
        }
        None => "remove the column".to_owned(),
    }
}
