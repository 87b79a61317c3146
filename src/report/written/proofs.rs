//! What proves the cases of a sweep: displaced.jsonl, and the lines of proofs.jsonl.

use super::certificate::level_certificate;
use super::file::{WrittenFile, internal, json_file};
use super::ids::InventoryIds;
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::ids::{LinkId, ShardId, SiteId};
use crate::model::Inventory;
use crate::plan::sweep::{Displacement, Sweep, Witness};
use crate::plan_files::{
    CaseProof, DISPLACED_FILE, DisplacedUsers, LikeShard, UsersOf, proof_line,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// displaced.jsonl: who is not on his default path without any failure.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn displaced_file(inventory: &Inventory, displaced: &[Displacement]) -> Result<WrittenFile> {
    let ways = by_way(inventory, by_shard(displaced).into_iter());
    let lines: Result<String> = ways.iter().map(line).collect();
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
    for own in displaced {
        let ways = all.entry((own.like, own.site)).or_default();
        ways.push((own.links.as_deref(), own.users));
    }
    for ways in all.values_mut() {
        ways.sort_by(|a, b| a.0.cmp(&b.0));
    }
    all
}

/// The same by path, in the order in which their first shards stand.
fn by_way<'w>(
    inventory: &Inventory,
    shards: impl Iterator<Item = (Whose, Vec<(Option<&'w [LinkId]>, f64)>)>,
) -> Vec<DisplacedUsers> {
    let mut all: Vec<DisplacedUsers> = Vec::new();
    let mut known: BTreeMap<Option<&[LinkId]>, usize> = BTreeMap::new();
    for (whose, ways) in shards {
        for (links, users) in ways {
            let way = *known.entry(links).or_insert_with(|| {
                let id = |link: &LinkId| InventoryIds(inventory).link(*link).to_owned();
                let names = links.map(|links| links.iter().map(id).collect());
                all.push(DisplacedUsers {
                    links: names,
                    of: Vec::new(),
                });
                all.len() - 1
            });
            let shard = named(inventory, whose);
            all[way].of.push(UsersOf { shard, users });
        }
    }
    all
}

fn named(inventory: &Inventory, (like, site): Whose) -> LikeShard {
    let ids = InventoryIds(inventory);
    LikeShard {
        like: ids.shard(like).to_owned(),
        site: site.map(|site| ids.site(site).to_owned()),
    }
}

fn proof(
    inventory: &Inventory,
    tiers: &[String],
    displaced: &ByShard<'_>,
    witness: &Witness,
) -> CaseProof {
    let levels: Vec<Level> = witness.levels.iter().map(|own| own.level).collect();
    let of_level = |own| {
        let tier = match levels[own] {
            Level::Unserved(rank) => tiers.get(rank).cloned(),
            _ => None,
        };
        level_certificate(inventory, &levels, tier, &witness.levels[own])
    };
    let mut here = by_shard(&witness.displaced);
    let undisplaced = displaced.keys().filter(|whose| !here.contains_key(*whose));
    let undisplaced = undisplaced.map(|whose| named(inventory, *whose)).collect();
    here.retain(|whose, ways| displaced.get(whose) != Some(ways));
    CaseProof {
        case: witness.case as u64,
        levels: (0..levels.len()).map(of_level).collect(),
        displaced: by_way(inventory, here.into_iter()),
        undisplaced,
    }
}
