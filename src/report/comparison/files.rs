//! The comparison as files: JSON for programs, a CSV for every table, the chart.

use super::labels::Labels;
use super::text::{Told, most_changed};
use crate::error::{Error, Result};
use crate::plan::compare::{HeadroomDifference, Moment, Pair, Promises, Totals};
use crate::report::csv::inert;
use crate::report::drawn::Drawing;
use crate::report::written::{WrittenFile, json_file};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Name of the JSON file.
pub const COMPARISON_FILE: &str = "comparison.json";

/// Its format.
pub const COMPARISON_FORMAT: &str = "plimsoll-comparison/1";

impl Told {
    /// The files of the output folder but for the page, with the charts that were drawn.
    ///
    /// # Errors
    /// `Error::Internal` if one cannot be written.
    pub fn files(&self, drawings: Vec<Drawing>) -> Result<Vec<WrittenFile>> {
        let mut json = serde_json::to_vec_pretty(&comparison_json(self))
            .map_err(|error| Error::Internal(error.to_string()))?;
        json.push(b'\n');
        let mut files = vec![
            json_file(COMPARISON_FILE, json)?,
            file("headroom.csv", &HEADROOM, self.headroom_rows())?,
            file("shards.csv", &SHARDS, self.shard_rows())?,
            file("inputs.csv", &INPUTS, self.input_rows())?,
        ];
        if self.promises.is_some() {
            files.push(file("tenants.csv", &TENANTS, self.tenant_rows())?);
        }
        files.extend(drawings.into_iter().flat_map(Drawing::files));
        Ok(files)
    }

    fn headroom_rows(&self) -> Vec<Vec<String>> {
        self.rows(|pair| pair.headroom.iter().map(headroom_row).collect::<Vec<_>>())
    }

    fn shard_rows(&self) -> Vec<Vec<String>> {
        self.rows(|pair| {
            pair.homes
                .iter()
                .map(|home| {
                    vec![
                        home.shard.clone(),
                        places(&home.a),
                        places(&home.b),
                        home.users_elsewhere().to_string(),
                    ]
                })
                .collect()
        })
    }

    /// Rows of every pair, each with the periods before it.
    fn rows(&self, of_pair: impl Fn(&Pair) -> Vec<Vec<String>>) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for pair in &self.comparison.pairs {
            let period = |moment: Option<u32>| moment.map_or_else(String::new, |at| at.to_string());
            let a = period(self.comparison.a[pair.a].period);
            let b = period(self.comparison.b[pair.b].period);
            for row in of_pair(pair) {
                rows.push([vec![a.clone(), b.clone()], row].concat());
            }
        }
        rows
    }

    fn tenant_rows(&self) -> Vec<Vec<String>> {
        let share = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let word = |is_below: bool| if is_below { "yes" } else { "no" }.to_owned();
        let broken = self.promises.iter().flat_map(|own| &own.broken);
        broken
            .map(|own| {
                vec![
                    own.tenant.clone(),
                    own.tier.clone(),
                    share(own.availability[0]),
                    share(own.availability[1]),
                    own.promised.to_string(),
                    word(own.is_below[0]),
                    word(own.is_below[1]),
                ]
            })
            .collect()
    }

    fn input_rows(&self) -> Vec<Vec<String>> {
        let cell = |value: &Option<String>| value.clone().unwrap_or_default();
        let keys = self.keys.iter().flatten().map(|key| {
            vec![
                "scenario".to_owned(),
                key.key.clone(),
                String::new(),
                cell(&key.a),
                cell(&key.b),
            ]
        });
        let tables = self.tables.iter().flatten().map(|table| {
            vec![
                table.file.clone(),
                table.row.join(" "),
                cell(&table.column),
                cell(&table.a),
                cell(&table.b),
            ]
        });
        keys.chain(tables).collect()
    }
}

const HEADROOM: [&str; 13] = [
    "period_a",
    "period_b",
    "component",
    "kind",
    "resource",
    "unit",
    "load_a",
    "load_b",
    "capacity_a",
    "capacity_b",
    "headroom_a",
    "headroom_b",
    "target",
];

const SHARDS: [&str; 6] = [
    "period_a",
    "period_b",
    "shard",
    "site_a",
    "site_b",
    "users_elsewhere",
];

const TENANTS: [&str; 7] = [
    "tenant",
    "tier",
    "availability_a",
    "availability_b",
    "promised",
    "below_in_a",
    "below_in_b",
];

const INPUTS: [&str; 5] = ["file", "row", "column", "a", "b"];

fn headroom_row(row: &HeadroomDifference) -> Vec<String> {
    let either = row.b.as_ref().or(row.a.as_ref());
    let number = |value: Option<f64>| {
        // Adding 0 turns -0 into 0 and leaves every other number as it is.
        value.map_or_else(String::new, |value| (value + 0.0).to_string())
    };
    let (a, b) = (row.a.as_ref(), row.b.as_ref());
    vec![
        row.component.clone(),
        either.map_or_else(String::new, |side| side.kind.clone()),
        row.resource.clone(),
        either.map_or_else(String::new, |side| side.unit.clone()),
        number(a.map(|side| side.load)),
        number(b.map(|side| side.load)),
        number(a.map(|side| side.capacity)),
        number(b.map(|side| side.capacity)),
        number(a.and_then(|side| side.headroom)),
        number(b.and_then(|side| side.headroom)),
        number(either.map(|side| side.target)),
    ]
}

/// `chi`, or `chi; sat` for a shard at several places; blank is nowhere.
fn places(side: &BTreeMap<Option<String>, f64>) -> String {
    match side.keys().collect::<Vec<_>>().as_slice() {
        [site] => site.as_ref().map_or_else(String::new, Clone::clone),
        several => several
            .iter()
            .map(|site| site.as_deref().unwrap_or("unserved"))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

fn file(name: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Result<WrittenFile> {
    let failed = |error: String| Error::Internal(format!("{name} could not be written: {error}"));
    let mut csv = ::csv::Writer::from_writer(Vec::new());
    csv.write_record(columns)
        .map_err(|error| failed(error.to_string()))?;
    for row in rows {
        let cells = row.iter().map(|cell| match cell.parse::<f64>() {
            Ok(_) => cell.as_str().into(),
            Err(_) => inert(cell),
        });
        csv.write_record(cells.map(std::borrow::Cow::into_owned))
            .map_err(|error| failed(error.to_string()))?;
    }
    Ok(WrittenFile {
        name: name.to_owned(),
        bytes: csv
            .into_inner()
            .map_err(|error| failed(error.to_string()))?,
    })
}

/// The comparison for programs.
pub fn comparison_json(told: &Told) -> Value {
    let side = |side: &super::labels::Side| json!({ "name": side.name, "scenario": side.scenario });
    let pairs: Vec<Value> = told
        .comparison
        .pairs
        .iter()
        .map(|pair| pair_json(told, pair))
        .collect();
    json!({
        "format": COMPARISON_FORMAT,
        "plimsoll": env!("CARGO_PKG_VERSION"),
        "a": side(&told.labels.a),
        "b": side(&told.labels.b),
        "refused_a": refused(&told.comparison.a),
        "refused_b": refused(&told.comparison.b),
        "verdict": told.verdict(),
        "because": told.because(),
        "notes": told.notes(),
        "why": told.why(),
        "changed_inputs": told.changed_inputs(),
        "margin_a": told.margins[0],
        "margin_b": told.margins[1],
        "tenants_below_promise": told.promises.as_ref().map(Promises::below),
        "pairs": pairs,
    })
}

/// Why a plan is refused, for every period to which no way is safe.
fn refused(side: &[Moment]) -> Vec<Value> {
    let refused = side.iter().filter(|own| own.refused.is_some());
    refused
        .map(|own| json!({ "period": own.period, "why": own.refused }))
        .collect()
}

fn pair_json(told: &Told, pair: &Pair) -> Value {
    let totals = |side: &Totals| {
        json!({
            "users": side.users,
            "unserved_users": side.unserved,
            "moved_users": side.moved,
            "copied_users": side.copied,
            "returned_users": side.returned,
            "reconnecting_users": side.reconnecting,
            "worst_shortfall": side.worst_shortfall,
            "opened_access_points": side.opened,
        })
    };
    let [a, b] = &pair.totals;
    json!({
        "period_a": told.comparison.a[pair.a].period,
        "period_b": told.comparison.b[pair.b].period,
        "when": Labels::period(&told.comparison, pair.a, pair.b),
        "a": totals(a),
        "b": totals(b),
        "first_difference": pair.first_difference.as_ref().map(|differs| json!({
            "stage": differs.stage, "a": differs.a, "b": differs.b,
        })),
        "shards_elsewhere": pair.homes.len(),
        "users_elsewhere": pair.users_elsewhere(),
        "headroom_differs_at": most_changed(pair).len(),
    })
}
