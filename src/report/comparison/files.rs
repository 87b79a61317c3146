//! The comparison as files: JSON for programs, a CSV for every table, the chart.

use super::text::{ComparisonReport, most_changed};
use super::words::Labels;
use crate::error::{Error, Result};
use crate::plan::compare::{HeadroomDifference, Moment, Pair, Promises, Totals};
use crate::report::csv::Records;
use crate::report::document::Figure;
use crate::report::written::{WrittenFile, json_file};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Name of the JSON file.
pub const COMPARISON_FILE: &str = "comparison.json";

/// Its format.
pub const COMPARISON_FORMAT: &str = "plimsoll-comparison/1";

impl ComparisonReport {
    /// The files of the output folder but for the page, with the charts that were drawn.
    ///
    /// # Errors
    /// `Error::Internal` if one cannot be written.
    pub fn files(&self, drawings: Vec<Figure>) -> Result<Vec<WrittenFile>> {
        let mut json = serde_json::to_vec_pretty(&comparison_json(self))
            .map_err(|error| Error::Internal(error.to_string()))?;
        json.push(b'\n');
        let mut files = vec![
            json_file(COMPARISON_FILE, json)?,
            self.headroom_file()?,
            self.shards_file()?,
            self.inputs_file()?,
        ];
        files.extend(self.tenants_file().transpose()?);
        files.extend(drawings.into_iter().flat_map(Figure::files));
        Ok(files)
    }

    fn records<'a, T>(
        &'a self,
        of_pair: impl Fn(&'a Pair) -> &'a [T],
    ) -> Records<(&'a Pair, &'a T)> {
        let pairs = self.comparison.pairs.iter();
        let rows = pairs.flat_map(|pair| of_pair(pair).iter().map(move |own| (pair, own)));
        Records::of(rows)
            .with_bare_numbers()
            .column("period_a", |(pair, _)| self.comparison.a[pair.a].period)
            .column("period_b", |(pair, _)| self.comparison.b[pair.b].period)
    }

    fn headroom_file(&self) -> Result<WrittenFile> {
        let either = |own: &HeadroomDifference| own.b.as_ref().or(own.a.as_ref()).cloned();
        self.records(|pair| &pair.headroom)
            .column("component", |(_, own)| own.component.clone())
            .column("kind", |(_, own)| either(own).map(|own| own.kind))
            .column("resource", |(_, own)| own.resource.clone())
            .column("unit", |(_, own)| either(own).map(|own| own.unit))
            .column("load_a", |(_, own)| own.a.as_ref().map(|own| own.load))
            .column("load_b", |(_, own)| own.b.as_ref().map(|own| own.load))
            .column("capacity_a", |(_, own)| {
                own.a.as_ref().map(|own| own.capacity)
            })
            .column("capacity_b", |(_, own)| {
                own.b.as_ref().map(|own| own.capacity)
            })
            .column("headroom_a", |(_, own)| {
                own.a.as_ref().and_then(|own| own.headroom)
            })
            .column("headroom_b", |(_, own)| {
                own.b.as_ref().and_then(|own| own.headroom)
            })
            .column("target", |(_, own)| either(own).map(|own| own.target))
            .file("headroom.csv")
    }

    fn shards_file(&self) -> Result<WrittenFile> {
        self.records(|pair| &pair.homes)
            .column("shard", |(_, home)| home.shard.clone())
            .column("site_a", |(_, home)| places(&home.a))
            .column("site_b", |(_, home)| places(&home.b))
            .column("users_elsewhere", |(_, home)| home.users_elsewhere())
            .file("shards.csv")
    }

    /// Tenants and tiers that a plan leaves below their promise; `None` if a side does not tell.
    fn tenants_file(&self) -> Option<Result<WrittenFile>> {
        let records = Records::of(&self.promises.as_ref()?.broken)
            .with_bare_numbers()
            .column("tenant", |own| own.tenant.clone())
            .column("tier", |own| own.tier.clone())
            .column("availability_a", |own| own.availability[0])
            .column("availability_b", |own| own.availability[1])
            .column("promised", |own| own.promised)
            .column("below_in_a", |own| own.is_below[0])
            .column("below_in_b", |own| own.is_below[1]);
        Some(records.file("tenants.csv"))
    }

    fn inputs_file(&self) -> Result<WrittenFile> {
        let keys = self.keys.iter().flatten().map(|own| {
            let place = ["scenario", own.key.as_str(), ""].map(str::to_owned);
            (place, [&own.a, &own.b])
        });
        let tables = self.tables.iter().flatten().map(|own| {
            let column = own.column.clone().unwrap_or_default();
            let place = [own.file.clone(), own.row.join(" "), column];
            (place, [&own.a, &own.b])
        });
        Records::of(keys.chain(tables))
            .with_bare_numbers()
            .column("file", |(place, _)| place[0].clone())
            .column("row", |(place, _)| place[1].clone())
            .column("column", |(place, _)| place[2].clone())
            .column("a", |(_, [a, _])| (*a).clone())
            .column("b", |(_, [_, b])| (*b).clone())
            .file("inputs.csv")
    }
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

/// The comparison for programs.
pub fn comparison_json(told: &ComparisonReport) -> Value {
    let side = |side: &super::words::Side| json!({ "name": side.name, "scenario": side.scenario });
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

fn pair_json(told: &ComparisonReport, pair: &Pair) -> Value {
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
