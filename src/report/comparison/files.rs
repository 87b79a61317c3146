//! The files of a comparison: comparison.json and the CSV tables.

use super::facts::ComparisonReport;
use super::tables::{most_changed, target};
use crate::error::Result;
use crate::plan::compare::{
    BrokenPromise, ComparedMoment, HeadroomDifference, PeriodPair, UsersBySite, below_promise,
};
use crate::plan_files::{HeadroomRow, Totals};
use crate::report::csv::Records;
use crate::report::document::Figure;
use crate::report::written::{WrittenFile, internal, json_file};
use serde_json::{Value, json};

/// Name of the JSON file.
pub const COMPARISON_FILE: &str = "comparison.json";

/// Its format.
pub const COMPARISON_FORMAT: &str = "plimsoll-comparison/2";

impl ComparisonReport {
    /// The comparison for programs.
    pub fn json(&self) -> Value {
        let [a, b] = self.labels.sides.each_ref();
        let [a, b] = [a, b].map(|side| json!({ "name": side.name, "scenario": side.scenario }));
        let notes = [self.gaps(), self.notes()].concat();
        let [refused_a, refused_b] = self.comparison.sides.each_ref().map(|side| refused(side));
        let pairs = self
            .comparison
            .pairs
            .iter()
            .map(|pair| self.pair_json(pair));
        json!({
            "format": COMPARISON_FORMAT,
            "plimsoll": env!("CARGO_PKG_VERSION"),
            "a": a,
            "b": b,
            "refused_a": refused_a,
            "refused_b": refused_b,
            "verdict": self.verdict(),
            "because": self.because(),
            "notes": notes,
            "why": self.why().unwrap_or_default(),
            "changed_inputs": self.changed_inputs(),
            "margin_a": self.margins[0],
            "margin_b": self.margins[1],
            "played_a": self.played_json(0),
            "played_b": self.played_json(1),
            "tenants_below_promise": self.promises.as_deref().map(below_promise),
            "pairs": pairs.collect::<Vec<Value>>(),
        })
    }

    fn pair_json(&self, pair: &PeriodPair) -> Value {
        let [a, b] = self
            .comparison
            .moments(pair)
            .map(|compared_moment| compared_moment.period);
        let [totals_a, totals_b] =
            [0, 1].map(|side| totals(&pair.totals[side], pair.has_totals[side]));
        let first = pair.first_difference.as_ref();
        json!({
            "period_a": a,
            "period_b": b,
            "when": self.when(pair),
            "a": totals_a,
            "b": totals_b,
            "first_difference": first.map(|difference| {
                let [a, b] = difference.sides;
                json!({ "stage": difference.key, "a": a, "b": b })
            }),
            "shards_elsewhere": pair.homes.len(),
            "users_elsewhere": pair.users_elsewhere(),
            "headroom_differs_at": most_changed(pair).len(),
        })
    }

    /// The files of the output folder except for the page, with the charts that were drawn.
    ///
    /// # Errors
    /// `Error::Internal` if one cannot be written.
    pub fn files(&self, drawings: Vec<Figure>) -> Result<Vec<WrittenFile>> {
        let mut json = serde_json::to_vec_pretty(&self.json()).map_err(internal)?;
        json.push(b'\n');
        let mut files = vec![json_file(COMPARISON_FILE, json)?];
        files.extend(self.csv_files()?);
        files.extend(drawings.into_iter().flat_map(Figure::files));
        Ok(files)
    }

    fn csv_files(&self) -> Result<Vec<WrittenFile>> {
        let tenants = self.promises.as_deref().map(tenants_file);
        let others = [self.headroom_file(), self.shards_file(), self.inputs_file()];
        others.into_iter().chain(tenants).collect()
    }

    fn records<'a, T>(
        &'a self,
        of_pair: impl Fn(&'a PeriodPair) -> &'a [T],
    ) -> Records<([Option<u32>; 2], &'a T)> {
        let rows = self.comparison.pairs.iter().flat_map(|pair| {
            let periods = self
                .comparison
                .moments(pair)
                .map(|compared_moment| compared_moment.period);
            of_pair(pair).iter().map(move |item| (periods, item))
        });
        Records::of(rows)
            .with_bare_numbers()
            .column("period_a", |(periods, _)| periods[0])
            .column("period_b", |(periods, _)| periods[1])
    }

    fn headroom_file(&self) -> Result<WrittenFile> {
        type Row<'r> = ([Option<u32>; 2], &'r HeadroomDifference);
        let of = |side: usize, value: fn(&HeadroomRow) -> Option<f64>| {
            move |(_, difference): &Row<'_>| value(difference.sides[side].as_ref()?)
        };
        let text = |value: fn(&HeadroomRow) -> &String| {
            move |(_, difference): &Row<'_>| difference.either().map(|row| value(row).clone())
        };
        self.records(|pair| &pair.headroom)
            .column("component", text(|row| &row.component))
            .column("kind", text(|row| &row.kind))
            .column("resource", text(|row| &row.resource))
            .column("unit", text(|row| &row.unit))
            .column("load_a", of(0, |row| Some(row.load)))
            .column("load_b", of(1, |row| Some(row.load)))
            .column("capacity_a", of(0, |row| Some(row.capacity)))
            .column("capacity_b", of(1, |row| Some(row.capacity)))
            .column("headroom_a", of(0, |row| Some(row.headroom?.0)))
            .column("headroom_b", of(1, |row| Some(row.headroom?.0)))
            .column("target", |(_, difference)| difference.either().map(target))
            .file("headroom.csv")
    }

    fn shards_file(&self) -> Result<WrittenFile> {
        self.records(|pair| &pair.homes)
            .column("shard", |(_, home)| home.key.clone())
            .column("site_a", |(_, home)| site_ids(&home.sides[0]))
            .column("site_b", |(_, home)| site_ids(&home.sides[1]))
            .column("users_elsewhere", |(_, home)| home.users_elsewhere())
            .file("shards.csv")
    }

    fn inputs_file(&self) -> Result<WrittenFile> {
        Records::of(self.inputs())
            .with_bare_numbers()
            .column("file", |changed_input| changed_input.file)
            .column("row", |changed_input| changed_input.row.clone())
            .column("column", |changed_input| {
                changed_input.column.unwrap_or_default()
            })
            .column("a", |changed_input| changed_input.sides[0])
            .column("b", |changed_input| changed_input.sides[1])
            .file("inputs.csv")
    }
}

fn tenants_file(broken: &[BrokenPromise]) -> Result<WrittenFile> {
    Records::of(broken)
        .with_bare_numbers()
        .column("tenant", |broken_promise| broken_promise.tenant.clone())
        .column("tier", |broken_promise| broken_promise.tier.clone())
        .column("availability_a", |broken_promise| {
            broken_promise.availability[0]
        })
        .column("availability_b", |broken_promise| {
            broken_promise.availability[1]
        })
        .column("promised", |broken_promise| broken_promise.promised)
        .column("below_in_a", |broken_promise| broken_promise.is_below[0])
        .column("below_in_b", |broken_promise| broken_promise.is_below[1])
        .file("tenants.csv")
}

/// `chi`, or `chi; sat` for a shard at several places; blank is nowhere.
fn site_ids(side: &UsersBySite) -> String {
    let nowhere = match side.len() {
        1 => "",
        _ => "unserved",
    };
    let ids = side.keys().map(|site| site.as_deref().unwrap_or(nowhere));
    ids.collect::<Vec<_>>().join("; ")
}

fn refused(side: &[ComparedMoment]) -> Vec<Value> {
    let refused = side
        .iter()
        .filter(|compared_moment| compared_moment.refused.is_some());
    refused
        .map(|compared_moment| json!({ "period": compared_moment.period, "why": compared_moment.refused }))
        .collect()
}

/// What a plan does not state is null.
fn totals(side: &Totals, is_stated: bool) -> Value {
    let stated = |value: f64| is_stated.then_some(value);
    json!({
        "users": side.users,
        "unserved_users": side.unserved_users,
        "moved_users": side.moved_users,
        "copied_users": stated(side.copied_users),
        "returned_users": stated(side.returned_users),
        "reconnecting_users": stated(side.reconnecting_users),
        "worst_shortfall": stated(side.worst_shortfall),
        "opened_access_points": is_stated.then_some(&side.opened_access_points),
    })
}
