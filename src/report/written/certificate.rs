//! The prices of a plan as certificate.json.

use super::file::AboutPlan;
use super::ids::{InventoryIds, number};
use crate::formulation::goals::Level;
use crate::ids::AccessPointId;
use crate::model::{Inventory, Scenario};
use crate::plan::{PeriodPlan, Plan, Stage};
use crate::plan_files::{
    CERTIFICATE_FORMAT, Certificate, KeptBy, KeptLevel, LevelCertificate, PeriodCertificate,
    PriceOfRow, PriceVector, SetVector,
};
use crate::solve::{Keeping, LevelOutcome, LevelProof, Prices, SetPrices};

/// The certificate of a plan: the prices that prove its levels, for the expected demand.
pub fn certificate(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    about: &AboutPlan,
) -> Certificate {
    let periods = plan.periods.iter();
    Certificate {
        format: CERTIFICATE_FORMAT.to_owned(),
        plimsoll: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario.name.clone(),
        inputs: about.inputs.clone(),
        periods: periods.map(|period| of_period(inventory, period)).collect(),
    }
}

fn of_period(inventory: &Inventory, period: &PeriodPlan) -> PeriodCertificate {
    let levels: Vec<Level> = period.stages.iter().map(|stage| stage.level).collect();
    PeriodCertificate {
        period: period.period.number(),
        levels: period
            .stages
            .iter()
            .map(|stage| of_level(inventory, &levels, stage))
            .collect(),
    }
}

fn of_level(inventory: &Inventory, levels: &[Level], stage: &Stage) -> LevelCertificate {
    LevelWithProof {
        level: stage.level,
        value: stage.value,
        bound: stage.bound,
        proof: &stage.proof,
        other_sets: &stage.other_sets,
    }
    .certificate(inventory, levels, stage.tier.clone())
}

/// What proves a level of its own outcome; `levels` are all of them in their order, `tier` the names of its rank.
pub(super) fn level_certificate(
    inventory: &Inventory,
    levels: &[Level],
    tier: Option<String>,
    outcome: &LevelOutcome,
) -> LevelCertificate {
    LevelWithProof {
        level: outcome.level,
        value: outcome.value,
        bound: outcome.bound,
        proof: &outcome.proof,
        other_sets: &outcome.other_sets,
    }
    .certificate(inventory, levels, tier)
}

/// A level with what proves it.
struct LevelWithProof<'a> {
    level: Level,
    value: f64,
    bound: f64,
    proof: &'a LevelProof,
    other_sets: &'a [SetPrices],
}

impl LevelWithProof<'_> {
    fn certificate(
        &self,
        inventory: &Inventory,
        levels: &[Level],
        tier: Option<String>,
    ) -> LevelCertificate {
        let sets = |sets: &[SetPrices]| -> Vec<SetVector> {
            let sets = sets.iter();
            sets.map(|set| SetVector {
                open: names(inventory, &set.open),
                prices: vector(inventory, levels, &set.prices),
            })
            .collect()
        };
        let (prices, open, refuted) = match self.proof {
            LevelProof::Floor => (None, None, Vec::new()),
            LevelProof::Prices(prices) => {
                (Some(vector(inventory, levels, prices)), None, Vec::new())
            }
            LevelProof::Sets { open, refuted } => {
                (None, Some(names(inventory, open)), sets(refuted))
            }
        };
        LevelCertificate {
            goal: self.level.goal(),
            tier,
            measure: self.level.terms().measure,
            value: self.value,
            bound: self.bound,
            prices,
            open,
            refuted,
            other_sets: sets(self.other_sets),
        }
    }
}

fn names(inventory: &Inventory, open: &[AccessPointId]) -> Vec<String> {
    let open = open.iter();
    open.map(|id| InventoryIds(inventory).access_point(*id).to_owned())
        .collect()
}

fn vector(inventory: &Inventory, levels: &[Level], prices: &Prices) -> PriceVector {
    let ids = InventoryIds(inventory);
    let rows = |rows: &[crate::solve::RowPrice]| -> Vec<PriceOfRow> {
        let rows = rows.iter();
        rows.map(|row| PriceOfRow {
            component: ids.component(row.component).to_owned(),
            resource: ids.resource(row.resource).to_owned(),
            slice: number(row.slice),
            with_retries: row.with_retries,
            price: row.price,
        })
        .collect()
    };
    PriceVector {
        target: rows(&prices.target),
        hard: rows(&prices.hard),
        moves: prices.moves,
        kept: prices
            .kept
            .iter()
            .filter_map(|kept| {
                let level = levels.iter().position(|level| *level == kept.level)?;
                let by = match kept.by {
                    Keeping::Floor => KeptBy::Floor,
                    Keeping::Limit { at } => KeptBy::Limit { at },
                    Keeping::Row { at, price } => KeptBy::Row { at, price },
                };
                Some(KeptLevel { level, by })
            })
            .collect(),
    }
}
