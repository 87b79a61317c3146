//! Placed: homes of shards that have none yet, from the best plan of the first date on which they have users.

use super::occasion::{Occasion, on_day, pinned, planned_on};
use super::stretches::{begins, counts_from};
use crate::error::Result;
use crate::ids::SiteId;
use crate::model::{Band, Inventory, Scenario, Shard};
use crate::plan::runway::Day;
use crate::scenario::users_on;
use crate::solve::Stop;
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The same with homes for shards without one that have users on one of the days: each gets the site at which most of its
/// users are in the best plan of the first such day, while all others stay at home. A shard that this plan serves nowhere has
/// none.
///
/// # Errors
/// Those of [`plan`](super::super::plan).
pub(super) fn with_homes(
    mut inventory: Inventory,
    scenario: &Scenario,
    (from, days): (Timestamp, Day),
    stop: &Stop,
) -> Result<Inventory> {
    let mut homeless: BTreeSet<usize> = (0..inventory.shards.len())
        .filter(|shard| inventory.shards[*shard].site.is_none())
        .collect();
    if homeless.is_empty() {
        return Ok(inventory);
    }
    let joining = inventory.onboarding.iter();
    let joining = joining.filter(|row| homeless.contains(&row.shard.index()));
    let mut asked: BTreeSet<Day> = joining
        .filter_map(|row| counts_from(from, row.date))
        .filter(|day| *day < days)
        .collect();
    asked.insert(0);
    for day in asked {
        let users = users_on(&inventory, begins(from, day), Band::Expected);
        let coming: Vec<usize> = homeless
            .iter()
            .copied()
            .filter(|shard| users[*shard] > NOBODY)
            .collect();
        if coming.is_empty() {
            continue;
        }
        let scenario = on_day(scenario, from, Occasion { day, events: &[] });
        let plan = planned_on(Arc::new(pinned(&inventory)), scenario, stop)?;
        let mut at: BTreeMap<usize, BTreeMap<SiteId, f64>> = BTreeMap::new();
        for part in &plan.parts {
            if let Some(site) = part.site {
                let sites = at.entry(part.shard.index()).or_default();
                *sites.entry(site).or_default() += part.users;
            }
        }
        for shard in coming {
            homeless.remove(&shard);
            let sites = at.get(&shard).into_iter().flatten();
            let most = sites.reduce(|most, next| if next.1 > most.1 { next } else { most });
            if let Some((site, _)) = most {
                let shards: &mut [Shard] = &mut inventory.shards;
                shards[shard].site = Some(*site);
            }
        }
    }
    Ok(inventory)
}
