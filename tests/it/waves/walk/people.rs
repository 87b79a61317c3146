//! Who was where before a period, and who is where in it, from assignment.csv and moves.csv.

use super::conditions::Conditions;
use super::roads::{Group, Row, group_of};
use plimsoll::ids::SiteId;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan_files::WrittenPlan;
use std::collections::{BTreeMap, BTreeSet};

/// Less of a shard is nobody.
const NONE: f64 = 1e-9;

/// What becomes of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Stay,
    /// The wave in which they move; `None` if none was found.
    Move(Option<u32>),
    /// They come back to where they are homed.
    ComeBack,
    /// They are not served any more once the period begins.
    Shed,
}

/// A share of a shard, where it was and where it is; `None` is nowhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct People {
    pub(super) shard: usize,
    pub(super) old: Option<(SiteId, f64)>,
    pub(super) new: Option<(SiteId, f64)>,
    pub(super) fate: Fate,
}

type Shares = BTreeMap<SiteId, f64>;

fn site_named(inventory: &Inventory, name: &str) -> SiteId {
    let position = inventory.sites.iter().position(|site| site.id == name);
    SiteId::new(position.expect("a site of the inventory"))
}

fn shards_by_name(inventory: &Inventory) -> BTreeMap<&str, usize> {
    let shards = 0..inventory.shards.len();
    shards
        .map(|index| (inventory.shard_ids.get(index), index))
        .collect()
}

/// By shard, the shares that assignment.csv serves in a period.
fn assigned(
    inventory: &Inventory,
    plan: &WrittenPlan,
    period: u32,
    conditions: &Conditions,
) -> Vec<Shares> {
    let names = shards_by_name(inventory);
    let mut all = vec![Shares::new(); inventory.shards.len()];
    let rows = plan
        .assignment
        .iter()
        .map(|assignment_row| &assignment_row.row);
    for row in rows.filter(|row| row.period == period) {
        let shard = names[row.shard.as_str()];
        let users = conditions.users(shard);
        if let Some(site) = &row.to_site {
            let share = if users > 0.0 { row.users / users } else { 1.0 };
            *all[shard].entry(site_named(inventory, site)).or_default() += share;
        }
    }
    all
}

/// By shard, the shares that are served when a period ends; `before` are those of the state before.
///
/// Decision: who has no users and no site in a period is served as he last was.
fn served_after(
    inventory: &Inventory,
    plan: &WrittenPlan,
    (period, conditions): (u32, &Conditions),
) -> Vec<Shares> {
    let names = shards_by_name(inventory);
    let mut all = assigned(inventory, plan, period, conditions);
    let of = |period: u32| {
        let rows = plan
            .assignment
            .iter()
            .map(|assignment_row| &assignment_row.row);
        rows.filter(move |row| row.period == period)
    };
    let mut idle = BTreeSet::new();
    for row in of(period) {
        let shard = names[row.shard.as_str()];
        if conditions.users(shard) <= 0.0 && row.to_site.is_none() {
            idle.insert(shard);
        }
    }
    for shard in idle {
        let id = inventory.shard_ids.get(shard);
        let mut earlier = (0..period).rev().map(|number| {
            let rows = of(number).filter(|assignment_row| assignment_row.shard.as_str() == id);
            let rows: Vec<(Option<SiteId>, f64)> = rows
                .map(|row| {
                    let site = row.to_site.as_ref();
                    (
                        site.map(|lean_string| site_named(inventory, lean_string)),
                        row.users,
                    )
                })
                .collect();
            rows
        });
        let call = |pairs: &Vec<(Option<SiteId>, f64)>| {
            pairs
                .iter()
                .any(|(site, users)| site.is_some() || *users > 0.0)
        };
        all[shard] = match earlier.find(call) {
            None => (inventory.shards[shard].site.map(|site| (site, 1.0)))
                .into_iter()
                .collect(),
            Some(rows) => {
                let users: f64 = rows.iter().map(|row| row.1).sum();
                let share = |of: f64| if users > 0.0 { of / users } else { 1.0 };
                let mut shares = Shares::new();
                for (site, of) in rows {
                    if let Some(site) = site {
                        *shares.entry(site).or_default() += share(of);
                    }
                }
                shares
            }
        };
    }
    all
}

/// By shard, the shares that before.csv serves.
///
/// Decision: users of a group at a site are served alike.
fn at_home(
    inventory: &Inventory,
    scenario: &Scenario,
    quiet: &Conditions,
    before: &[Row],
) -> Vec<Shares> {
    let mut homed: BTreeMap<(Group, SiteId), f64> = BTreeMap::new();
    let mut carried: BTreeMap<(Group, SiteId), f64> = BTreeMap::new();
    for (shard, row) in inventory.shards.iter().enumerate() {
        if let Some(site) = row.site {
            let key = (group_of(inventory, scenario, shard), site);
            *homed.entry(key).or_default() += quiet.users(shard);
        }
    }
    for row in before {
        *carried.entry((row.group, row.site)).or_default() += row.users;
    }
    let shards = inventory.shards.iter().enumerate();
    let shares = shards.map(|(shard, row)| {
        let of_site = |site: SiteId| {
            let key = (group_of(inventory, scenario, shard), site);
            let served = carried.get(&key).copied().unwrap_or_default() / homed[&key];
            let served = if served > 1.0 - NONE { 1.0 } else { served };
            (served > 0.0).then_some((site, served))
        };
        row.site.and_then(of_site).into_iter().collect()
    });
    shares.collect()
}

/// Everybody where he is served in a period.
pub(super) fn served(
    inventory: &Inventory,
    plan: &WrittenPlan,
    period: u32,
    conditions: &Conditions,
) -> Vec<People> {
    let shards = assigned(inventory, plan, period, conditions).into_iter();
    let places = shards.enumerate().flat_map(|(shard, shares)| {
        let places = shares.into_iter();
        places.map(move |place| (shard, Some(place)))
    });
    let stay = places.map(|(shard, place)| People {
        shard,
        old: place,
        new: place,
        fate: Fate::Stay,
    });
    stay.collect()
}

/// Everybody at the beginning of a period; `grounds` are before it and in it.
pub(super) fn people(
    (inventory, scenario): (&Inventory, &Scenario),
    plan: &WrittenPlan,
    (period, before): (u32, &[Row]),
    conditions: [&Conditions; 2],
) -> Vec<People> {
    let earlier = match period.checked_sub(1) {
        None => at_home(inventory, scenario, conditions[0], before),
        Some(earlier) => served_after(inventory, plan, (earlier, conditions[0])),
    };
    let now = assigned(inventory, plan, period, conditions[1]);
    let names = shards_by_name(inventory);
    let mut all = Vec::new();
    let mut left = earlier;
    let mut come = now;
    for (shard, come) in come.iter_mut().enumerate() {
        if conditions[1].users(shard) <= 0.0 {
            come.clone_from(&left[shard]);
        }
    }
    let moves = plan.moves.iter().flatten().map(|move_row| &move_row.row);
    for row in moves.filter(|move_row| move_row.period == period) {
        let shard = names[row.shard.as_str()];
        let share = row.users / conditions[1].users(shard);
        let from = row
            .from_site
            .as_ref()
            .map(|lean_string| site_named(inventory, lean_string));
        let to = site_named(inventory, &row.to_site);
        let old = from.map(|site| (site, taken(&mut left[shard], site, share)));
        all.push(People {
            shard,
            old: old.filter(|pair| pair.1 > 0.0),
            new: Some((to, taken(&mut come[shard], to, share))),
            fate: Fate::Move(row.wave),
        });
    }
    for shard in 0..inventory.shards.len() {
        let sites: Vec<SiteId> = left[shard].keys().copied().collect();
        for site in sites {
            let share = left[shard][&site];
            let stays = taken(&mut come[shard], site, share);
            let place = Some((site, stays));
            if stays > NONE {
                all.push(People {
                    shard,
                    old: place,
                    new: place,
                    fate: Fate::Stay,
                });
            }
            if share - stays > NONE {
                all.push(People {
                    shard,
                    old: Some((site, share - stays)),
                    new: None,
                    fate: Fate::Shed,
                });
            }
        }
        for (site, share) in &come[shard] {
            if *share > NONE && conditions[1].users(shard) > 0.0 {
                all.push(People {
                    shard,
                    old: None,
                    new: Some((*site, *share)),
                    fate: Fate::ComeBack,
                });
            }
        }
    }
    all
}

/// Takes a share away, or what there is of it.
fn taken(shares: &mut Shares, site: SiteId, share: f64) -> f64 {
    let Some(there) = shares.get_mut(&site) else {
        return 0.0;
    };
    let taken = if *there < share + NONE { *there } else { share };
    *there -= taken;
    taken
}
