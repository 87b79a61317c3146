//! Ranked windows as windows.csv and windows.json.

use super::{Ranked, RankedWindows, WINDOWS_FORMAT};
use crate::error::{Error, Result};
use crate::plan::sweep::Missing;
use crate::plan_files::decimal;
use crate::report::csv::inert;
use serde_json::{Value, json};

/// The columns of windows.csv.
const COLUMNS: [&str; 20] = [
    "rank",
    "cost_rank",
    "start",
    "end",
    "unserved_users",
    "worst_shortfall",
    "shortfall_component",
    "shortfall_resource",
    "shortfall_users",
    "further_failures",
    "further_failures_broken",
    "worst_further_failure",
    "unserved_after_it",
    "moved_users",
    "busiest_users",
    "proven",
    "drain_waves",
    "drain_users",
    "drain_latest_start",
    "drain_refused",
];

impl RankedWindows<'_> {
    /// windows.csv: the best first.
    ///
    /// # Errors
    /// `Error::Internal` if the table cannot be written.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut rows = ::csv::Writer::from_writer(Vec::new());
        let failed = |error: ::csv::Error| Error::Internal(error.to_string());
        rows.write_record(COLUMNS).map_err(failed)?;
        for own in self.ranked() {
            rows.write_record(self.row(own)).map_err(failed)?;
        }
        rows.into_inner()
            .map_err(|error| Error::Internal(error.to_string()))
    }

    fn row(&self, ranked: Ranked<'_>) -> [String; COLUMNS.len()] {
        let Ranked {
            rank,
            cost_rank,
            window: own,
        } = ranked;
        let missing = own.missing.map(|missing| {
            let [component, resource] = self.names(missing);
            [inert(component).into_owned(), inert(resource).into_owned()]
        });
        let [component, resource] = missing.unwrap_or_default();
        let further = own.failures.as_ref().map(|failures| {
            let worst = failures.worst.as_ref().map(|(name, _)| inert(name));
            let after = own.unserved_after_one_more().map(decimal);
            [
                failures.cases.to_string(),
                failures.broken.to_string(),
                worst.unwrap_or_default().into_owned(),
                after.unwrap_or_default(),
            ]
        });
        let [cases, broken, worst, after] = further.unwrap_or_default();
        let drain = self.drain_of(own);
        let safe = drain.filter(|own| !own.is_refused());
        let latest = safe.and_then(|own| own.latest_start);
        [
            rank.to_string(),
            cost_rank.to_string(),
            self.clock.instant(own.start),
            self.clock.instant(own.end),
            decimal(own.unserved_users()),
            decimal(own.worst_shortfall()),
            component,
            resource,
            decimal(own.missing_users),
            cases,
            broken,
            worst,
            after,
            decimal(own.moved),
            decimal(own.busiest_users),
            if own.is_proven { "yes" } else { "no" }.to_owned(),
            safe.map(|own| own.waves.to_string()).unwrap_or_default(),
            safe.map(|own| decimal(own.users)).unwrap_or_default(),
            latest.map(|at| self.clock.instant(at)).unwrap_or_default(),
            drain
                .map(|own| inert(&own.refused.join("; ")).into_owned())
                .unwrap_or_default(),
        ]
    }

    /// The component and the resource of what is missing, by their ids.
    fn names(&self, missing: Missing) -> [&str; 2] {
        [
            self.inventory.component_name(missing.component),
            &self.inventory.resources[missing.resource.index()].id,
        ]
    }

    /// The same as one JSON object.
    pub fn json(&self) -> Value {
        let windows: Vec<Value> = self
            .ranked()
            .into_iter()
            .map(|ranked| self.window_json(ranked))
            .collect();
        let missing = |own: Missing| {
            let [component, resource] = self.names(own);
            json!({ "share": own.share, "component": component, "resource": resource })
        };
        let without = self.without.as_ref().map(|own| {
            json!({
                "start": self.told().map(|own| self.clock.instant(own.start)),
                "unserved_users": own.unserved,
                "worst_shortfall": own.missing.map_or(0.0, |own| own.share),
                "missing": own.missing.map(missing),
                "kept": own.kept.map(missing),
            })
        });
        let drains: Vec<Value> = self.drains.iter().map(|own| own.json(self.clock)).collect();
        json!({
            "format": WINDOWS_FORMAT,
            "plimsoll": env!("CARGO_PKG_VERSION"),
            "finding": self.finding(),
            "not_checked": self.not_checked(),
            "over": self.over,
            "start": self.told().map(|own| self.clock.instant(own.start)),
            "as_good": self.ranking.as_good(),
            "without_maintenance": without,
            "drains": drains,
            "windows": windows,
        })
    }

    fn window_json(&self, ranked: Ranked<'_>) -> Value {
        let Ranked {
            rank,
            cost_rank,
            window: own,
        } = ranked;
        let further = own.failures.as_ref();
        let worst = further.and_then(|further| further.worst.as_ref());
        json!({
            "rank": rank,
            "cost_rank": cost_rank,
            "start": self.clock.instant(own.start),
            "end": self.clock.instant(own.end),
            "unserved_users": own.unserved_users(),
            "worst_shortfall": own.worst_shortfall(),
            "shortfall_component": own.missing.map(|missing| self.names(missing)[0]),
            "shortfall_resource": own.missing.map(|missing| self.names(missing)[1]),
            "shortfall_users": own.missing_users,
            "further_failures": further.map(|further| further.cases),
            "further_failures_broken": further.map(|further| further.broken),
            "worst_further_failure": worst.map(|(name, _)| name),
            "unserved_after_it": own.unserved_after_one_more(),
            "moved_users": own.moved,
            "busiest_users": own.busiest_users,
            "proven": own.is_proven,
        })
    }
}
