//! The table of stability, and what summary.json says of it.

use super::number;
use super::rows::Writer;
use crate::model::Inventory;
use crate::plan::{PeriodPlan, RetryMargin, Stability, least_margin};
use crate::plan_files::{LeastMargin, Signed, StabilityRow, StabilitySummary};

impl Writer<'_> {
    /// stability.csv: of every period what holds in it, then the waves that lead to it.
    pub(super) fn stability(&self) -> Vec<StabilityRow> {
        self.rows(|period| {
            let index = period.period.index;
            let own = period.stability.iter().map(|own| (None, own));
            let ways = self.plan.transitions.iter();
            let ways = ways.filter(|way| way.period == index);
            let of_waves = ways.flat_map(|way| &way.waves).flat_map(|wave| {
                let stability = wave.stability.iter();
                stability.map(|own| (Some(wave.number), own))
            });
            own.chain(of_waves)
                .map(|(wave, own)| self.retry_margin(number(&period.period), wave, own))
                .collect()
        })
    }

    fn retry_margin(&self, period: u32, wave: Option<u32>, own: &RetryMargin) -> StabilityRow {
        let inventory = self.inventory;
        let resource = &inventory.resources[own.resource.index()];
        StabilityRow {
            period,
            wave,
            component: inventory.component_name(own.component).to_owned(),
            kind: inventory.component_kind(own.component).word().to_owned(),
            resource: resource.id.clone(),
            unit: resource.unit.clone(),
            load: own.load,
            retry_load: own.retry_load,
            capacity: own.capacity,
            margin: own.margin.map(Signed),
            stability: own.stability,
        }
    }
}

/// What summary.json says of a period; `None` where nobody retries.
pub(super) fn of_period(inventory: &Inventory, period: &PeriodPlan) -> Option<StabilitySummary> {
    let count = |wanted: Stability| {
        let own = period.stability.iter();
        own.filter(|own| own.stability == wanted).count() as u64
    };
    let least = least_margin(&period.stability);
    let least = least.and_then(|own| {
        Some(LeastMargin {
            component: inventory.component_name(own.component).to_owned(),
            resource: inventory.resources[own.resource.index()].id.clone(),
            margin: own.margin?,
        })
    });
    inventory.has_retries().then(|| StabilitySummary {
        stable: count(Stability::Stable),
        vulnerable: count(Stability::Vulnerable),
        overloaded: count(Stability::Overloaded),
        least_margin: least,
    })
}
