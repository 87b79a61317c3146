//! Ranked windows as windows.csv and windows.json.

use super::{Ranked, RankedWindows, WINDOWS_FORMAT, WINDOWS_TABLE};
use crate::error::Result;
use crate::plan::sweep::Missing;
use crate::report::csv::Records;
use serde_json::{Value, json};

impl RankedWindows<'_> {
    /// windows.csv: the best first.
    ///
    /// # Errors
    /// `Error::Internal` if the table cannot be written.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let drain = |own: &Ranked<'_>| self.drain_of(own.window);
        let safe = |own: &Ranked<'_>| drain(own).filter(|own| !own.is_refused());
        let file = self
            .records()
            .column("drain_waves", |own| safe(own).map(|own| own.waves))
            .column("drain_users", |own| safe(own).map(|own| own.users))
            .column("drain_latest_start", |own| {
                let latest = safe(own).and_then(|own| own.latest_start);
                latest.map(|at| self.clock.instant(at))
            })
            .column("drain_refused", |own| {
                drain(own).map(|own| own.refused.join("; "))
            })
            .file(WINDOWS_TABLE)?;
        Ok(file.bytes)
    }

    /// The windows with what each costs.
    fn records(&self) -> Records<Ranked<'_>> {
        let missing = |own: &Ranked<'_>| own.window.missing.map(|own| self.names(own));
        Records::of(self.ranked())
            .column("rank", |own| own.rank)
            .column("cost_rank", |own| own.cost_rank)
            .column("start", |own| self.clock.instant(own.window.start))
            .column("end", |own| self.clock.instant(own.window.end))
            .column("unserved_users", |own| own.window.unserved_users())
            .column("worst_shortfall", |own| own.window.worst_shortfall())
            .column("shortfall_component", |own| missing(own).map(|own| own[0]))
            .column("shortfall_resource", |own| missing(own).map(|own| own[1]))
            .column("shortfall_users", |own| own.window.missing_users)
            .column("further_failures", |own| {
                own.window.failures.as_ref().map(|own| own.cases)
            })
            .column("further_failures_broken", |own| {
                own.window.failures.as_ref().map(|own| own.broken)
            })
            .column("worst_further_failure", |own| {
                let failures = own.window.failures.as_ref();
                let worst = failures.and_then(|own| own.worst.as_ref());
                worst.map(|(name, _)| name.clone())
            })
            .column("unserved_after_it", |own| {
                own.window.unserved_after_one_more()
            })
            .column("moved_users", |own| own.window.moved)
            .column("busiest_users", |own| own.window.busiest_users)
            .column("proven", |own| own.window.is_proven)
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
            "windows": self.records().objects(),
        })
    }
}
