//! Proofs: the prices of a plan as certificate.json; what proves the cases of a sweep as displaced.jsonl and the lines of
//! proofs.jsonl.

use super::file::{AboutPlan, WrittenFile, internal, json_file, number};
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::ids::{AccessPointId, LinkId, ShardId, SiteId};
use crate::model::{Inventory, Scenario};
use crate::plan::sweep::{Displacement, Sweep, Witness};
use crate::plan::{PeriodPlan, Plan};
use crate::plan_files::{
    CERTIFICATE_FORMAT, CaseProof, Certificate, DISPLACED_FILE, DisplacedUsers, KeptBy, KeptLevel,
    LevelCertificate, LikeShard, PeriodCertificate, PriceOfRow, PriceVector, SetVector, UsersOf,
    proof_line,
};
use crate::solve::{Keeping, LevelOutcome, LevelProof, Prices, RowPrice, SetPrices};
use serde::Serialize;
use std::collections::BTreeMap;

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
    let stages = period.stages.iter().map(|stage| {
        let proof = (&stage.proof, stage.other_sets.as_slice());
        let values = [stage.value, stage.bound];
        level_certificate(
            inventory,
            &levels,
            (stage.level, stage.tier.clone()),
            values,
            proof,
        )
    });
    PeriodCertificate {
        period: period.period.number(),
        levels: stages.collect(),
    }
}

/// What proves a level with the names of its rank, its value and bound; `levels` are all of them in their order.
fn level_certificate(
    inventory: &Inventory,
    levels: &[Level],
    (level, tier): (Level, Option<String>),
    [value, bound]: [f64; 2],
    (proof, other_sets): (&LevelProof, &[SetPrices]),
) -> LevelCertificate {
    let sets = |sets: &[SetPrices]| -> Vec<SetVector> {
        let sets = sets.iter().map(|set| SetVector {
            open: names(inventory, &set.open),
            prices: vector(inventory, levels, &set.prices),
        });
        sets.collect()
    };
    let (prices, open, refuted) = match proof {
        LevelProof::Floor => (None, None, Vec::new()),
        LevelProof::Prices(prices) => (Some(vector(inventory, levels, prices)), None, Vec::new()),
        LevelProof::Sets { open, refuted } => (None, Some(names(inventory, open)), sets(refuted)),
    };
    LevelCertificate {
        goal: level.goal(),
        tier,
        measure: level.terms().measure,
        value,
        bound,
        prices,
        open,
        refuted,
        other_sets: sets(other_sets),
    }
}

fn names(inventory: &Inventory, open: &[AccessPointId]) -> Vec<String> {
    let open = open.iter();
    open.map(|id| inventory.access_point_id(*id).to_owned())
        .collect()
}

fn vector(inventory: &Inventory, levels: &[Level], prices: &Prices) -> PriceVector {
    let rows = |rows: &[RowPrice]| -> Vec<PriceOfRow> {
        let rows = rows.iter().map(|row| PriceOfRow {
            component: inventory.component_name(row.component).to_owned(),
            resource: inventory.resource_id(row.resource).to_owned(),
            slice: number(row.slice),
            with_retries: row.with_retries,
            price: row.price,
        });
        rows.collect()
    };
    let kept = prices.kept.iter().filter_map(|kept| {
        let level = levels.iter().position(|level| *level == kept.level)?;
        let by = match kept.by {
            Keeping::Floor => KeptBy::Floor,
            Keeping::Limit { at } => KeptBy::Limit { at },
            Keeping::Row { at, price } => KeptBy::Row { at, price },
        };
        Some(KeptLevel { level, by })
    });
    PriceVector {
        target: rows(&prices.target),
        hard: rows(&prices.hard),
        moves: prices.moves,
        kept: kept.collect(),
    }
}

/// displaced.jsonl: users that are not on their default path without any failure.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn displaced_file(inventory: &Inventory, displaced: &[Displacement]) -> Result<WrittenFile> {
    let paths = by_path(inventory, by_shard(displaced).into_iter());
    let lines: Result<String> = paths.iter().map(line).collect();
    json_file(DISPLACED_FILE, lines?.into_bytes())
}

/// What proves some cases, as lines of proofs.jsonl; `displaced` is who is displaced without any failure.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn proof_lines(
    inventory: &Inventory,
    sweep: &Sweep,
    displaced: &[Displacement],
    witnesses: &[Witness],
) -> Result<String> {
    let displaced = by_shard(displaced);
    let proofs = witnesses.iter();
    let proofs = proofs.map(|witness| proof(inventory, &sweep.tiers, &displaced, witness));
    proofs.map(|proof| line(&proof)).collect()
}

fn line<T: Serialize>(row: &T) -> Result<String> {
    proof_line(row).map_err(internal)
}

/// A shard, and where it is if it is at several sites.
type Whose = (ShardId, Option<SiteId>);

/// By shard, on which paths how many of its users are; no path is unserved.
type ByShard<'w> = BTreeMap<Whose, Vec<(Option<&'w [LinkId]>, f64)>>;

fn by_shard(displaced: &[Displacement]) -> ByShard<'_> {
    let mut all = ByShard::new();
    for displacement in displaced {
        let paths = all
            .entry((displacement.like, displacement.site))
            .or_default();
        paths.push((displacement.links.as_deref(), displacement.users));
    }
    for paths in all.values_mut() {
        paths.sort_by(|a, b| a.0.cmp(&b.0));
    }
    all
}

/// The same by path, in the order in which their first shards stand.
fn by_path<'w>(
    inventory: &Inventory,
    shards: impl Iterator<Item = (Whose, Vec<(Option<&'w [LinkId]>, f64)>)>,
) -> Vec<DisplacedUsers> {
    let mut all: Vec<DisplacedUsers> = Vec::new();
    let mut known: BTreeMap<Option<&[LinkId]>, usize> = BTreeMap::new();
    for (whose, paths) in shards {
        for (links, users) in paths {
            let path = *known.entry(links).or_insert_with(|| {
                let id = |link: &LinkId| inventory.links[link.index()].id.clone();
                let links = links.map(|links| links.iter().map(id).collect());
                let of = Vec::new();
                all.push(DisplacedUsers { links, of });
                all.len() - 1
            });
            let shard = named(inventory, whose);
            all[path].of.push(UsersOf { shard, users });
        }
    }
    all
}

fn named(inventory: &Inventory, (like, site): Whose) -> LikeShard {
    LikeShard {
        like: inventory.shard_id(like).to_owned(),
        site: site.map(|site| inventory.site_id(site).to_owned()),
    }
}

fn proof(
    inventory: &Inventory,
    tiers: &[String],
    displaced: &ByShard<'_>,
    witness: &Witness,
) -> CaseProof {
    let levels: Vec<Level> = witness.levels.iter().map(|level| level.level).collect();
    let of_level = |level_outcome: &LevelOutcome| {
        let tier = match level_outcome.level {
            Level::Unserved(rank) => tiers.get(rank).cloned(),
            _ => None,
        };
        let proof = (&level_outcome.proof, level_outcome.other_sets.as_slice());
        let values = [level_outcome.value, level_outcome.bound];
        level_certificate(
            inventory,
            &levels,
            (level_outcome.level, tier),
            values,
            proof,
        )
    };
    let mut here = by_shard(&witness.displaced);
    let undisplaced = displaced.keys().filter(|whose| !here.contains_key(*whose));
    let undisplaced = undisplaced.map(|whose| named(inventory, *whose)).collect();
    here.retain(|whose, paths| displaced.get(whose) != Some(paths));
    CaseProof {
        case: witness.case as u64,
        levels: witness.levels.iter().map(of_level).collect(),
        displaced: by_path(inventory, here.into_iter()),
        undisplaced,
    }
}
