//! The prices of a plan as certificate.json.

use super::{About, WrittenFile, json_file, number};
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::ids::AccessPointId;
use crate::model::{Inventory, Scenario};
use crate::plan::{PeriodPlan, Plan, Stage};
use crate::plan_files::{
    CERTIFICATE_FILE, CERTIFICATE_FORMAT, Certificate, KeptBy, KeptLevel, LevelCertificate,
    PeriodCertificate, PriceVector, RowPrice, SetVector, write_certificate,
};
use crate::solve::{Keeping, LevelProof, Prices, SetPrices};

/// The certificate of a plan: the prices that prove its levels, for the expected demand.
pub fn certificate(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    about: &About,
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

/// certificate.json of a plan.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn certificate_file(certificate: &Certificate) -> Result<WrittenFile> {
    let mut bytes = Vec::new();
    write_certificate(certificate, &mut bytes)
        .map_err(|error| Error::Internal(error.to_string()))?;
    json_file(CERTIFICATE_FILE, bytes)
}

fn of_period(inventory: &Inventory, period: &PeriodPlan) -> PeriodCertificate {
    let levels: Vec<Level> = period.stages.iter().map(|stage| stage.level).collect();
    PeriodCertificate {
        period: number(&period.period),
        levels: period
            .stages
            .iter()
            .map(|stage| of_level(inventory, &levels, stage))
            .collect(),
    }
}

fn of_level(inventory: &Inventory, levels: &[Level], stage: &Stage) -> LevelCertificate {
    let sets = |sets: &[SetPrices]| -> Vec<SetVector> {
        let sets = sets.iter();
        sets.map(|set| SetVector {
            open: names(inventory, &set.open),
            prices: vector(inventory, levels, &set.prices),
        })
        .collect()
    };
    let (prices, open, refuted) = match &stage.proof {
        LevelProof::Floor => (None, None, Vec::new()),
        LevelProof::Prices(prices) => (Some(vector(inventory, levels, prices)), None, Vec::new()),
        LevelProof::Sets { open, refuted } => (None, Some(names(inventory, open)), sets(refuted)),
    };
    LevelCertificate {
        goal: stage.level.goal(),
        tier: stage.tier.clone(),
        measure: super::measure(stage.level),
        value: stage.value,
        bound: stage.bound,
        prices,
        open,
        refuted,
        other_sets: sets(&stage.other_sets),
    }
}

fn names(inventory: &Inventory, open: &[AccessPointId]) -> Vec<String> {
    let open = open.iter();
    open.map(|id| inventory.access_points[id.index()].id.clone())
        .collect()
}

fn vector(inventory: &Inventory, levels: &[Level], prices: &Prices) -> PriceVector {
    let rows = |rows: &[crate::solve::RowPrice]| -> Vec<RowPrice> {
        let rows = rows.iter();
        rows.map(|row| RowPrice {
            component: inventory.component_name(row.component).to_owned(),
            resource: inventory.resources[row.resource.index()].id.clone(),
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
