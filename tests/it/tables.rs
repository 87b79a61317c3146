//! Files of an inventory as cells, to be turned, renamed and changed by tests.

use crate::draw::random::Random;

/// A CSV file as cells.
#[derive(Debug, Clone)]
pub(crate) struct Cells {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Cells {
    /// The cells of a text.
    pub(crate) fn of(text: &str) -> Self {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut rows = reader.records().map(|record| {
            let record = record.expect("the file is CSV");
            record.iter().map(str::to_owned).collect::<Vec<_>>()
        });
        Self {
            header: rows.next().expect("the file has a header"),
            rows: rows.collect(),
        }
    }

    /// Back to text.
    pub(crate) fn text(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in std::iter::once(&self.header).chain(&self.rows) {
            writer
                .write_record(row)
                .expect("rows are as long as the header");
        }
        let bytes = writer.into_inner().expect("memory takes every byte");
        String::from_utf8(bytes).expect("text is written")
    }

    /// The position of a column.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The same with rows and columns in random order.
    pub(crate) fn shuffled(&self, random: &mut Random) -> Self {
        let columns: Vec<usize> = (0..self.header.len()).collect();
        let columns = random.shuffled(&columns);
        let turned = |row: &Vec<String>| columns.iter().map(|&at| row[at].clone()).collect();
        let rows: Vec<Vec<String>> = self.rows.iter().map(turned).collect();
        Self {
            header: turned(&self.header),
            rows: random.shuffled(&rows),
        }
    }
}

/// The files with every table passed through `change`.
pub(crate) fn changed(
    files: &[(String, String)],
    mut change: impl FnMut(&str, Cells) -> Cells,
) -> Vec<(String, String)> {
    files
        .iter()
        .map(|(name, text)| (name.clone(), change(name, Cells::of(text)).text()))
        .collect()
}

/// Columns whose cells are ids or lists of ids.
const IDS: [&str; 20] = [
    "resource",
    "profile",
    "site",
    "jurisdiction",
    "access_point",
    "element",
    "pool",
    "link",
    "from",
    "to",
    "profiles",
    "client_region",
    "load_curve",
    "tier",
    "shard",
    "tenant",
    "component",
    "risk_group",
    "from_site",
    "to_site",
];

/// Keys of a scenario whose values are ids.
const KEYS: [&str; 6] = [
    "component",
    "risk_group",
    "client_region",
    "profile",
    "tenant",
    "resources",
];

/// The id that stands for `id`: another for another one, in an order that has nothing to do with theirs.
fn renamed_id(id: &str, seed: u64) -> String {
    let mut mixed = seed;
    for byte in id.bytes() {
        mixed = mixed.wrapping_mul(31).wrapping_add(u64::from(byte));
    }
    let number = Random::new(mixed).whole(0, 999_999);
    format!("x{number:06}-{id}")
}

/// An inventory and scenario with every id renamed, those of resources in headers too.
pub(crate) fn renamed(
    files: &[(String, String)],
    scenario: &str,
    seed: u64,
) -> (Vec<(String, String)>, String) {
    renamed_by(files, scenario, |id| renamed_id(id, seed))
}

/// The same with new ids of one's own, which have no semicolon.
pub(crate) fn renamed_by(
    files: &[(String, String)],
    scenario: &str,
    new: impl Fn(&str) -> String,
) -> (Vec<(String, String)>, String) {
    let new = |id: &str| match id {
        "" => String::new(),
        _ => new(id),
    };
    let in_toml = |id: &str| new(id).replace('\\', "\\\\").replace('"', "\\\"");
    let resources: Vec<String> = files
        .iter()
        .filter(|(name, _)| name == "resources.csv")
        .flat_map(|(_, text)| Cells::of(text).rows)
        .map(|row| row[0].clone())
        .collect();
    let files = changed(files, |_, mut cells| {
        for column in 0..cells.header.len() {
            if resources.contains(&cells.header[column]) {
                cells.header[column] = new(&cells.header[column]);
            } else if IDS.contains(&cells.header[column].as_str()) {
                for row in &mut cells.rows {
                    let ids: Vec<String> = row[column].split(';').map(new).collect();
                    row[column] = ids.join(";");
                }
            }
        }
        cells
    });
    let lines: Vec<String> = scenario
        .lines()
        .map(|line| {
            let Some((key, value)) = line.split_once(" = ") else {
                return line.to_owned();
            };
            if KEYS.contains(&key) {
                let parts: Vec<String> = value
                    .split('"')
                    .enumerate()
                    .map(|(at, part)| {
                        if at % 2 == 1 {
                            in_toml(part)
                        } else {
                            part.to_owned()
                        }
                    })
                    .collect();
                return format!("{key} = {}", parts.join("\""));
            }
            match value
                .strip_prefix("{ ")
                .and_then(|rest| rest.split_once(' '))
            {
                Some((id, rest)) if key == "headroom" => {
                    format!("{key} = {{ \"{}\" {rest}", in_toml(id))
                }
                _ => line.to_owned(),
            }
        })
        .collect();
    (files, lines.join("\n"))
}
