//! Turn: what changes from one period to the next, as rows of the change list and of the way back.

use super::ground::Ground;
use super::homes::Homes;
use super::parts::{Assignment, Start};
use super::steering::Entries;
use crate::ids::{AccessPointId, ClientRegionId, ShardId, SiteId};
use crate::plan_files::{AccessPointUse, Action, ChangeBackRow, ChangeRow, Row, Setting, Text};
use crate::units::{AGREEMENT, NOBODY};
use std::collections::{BTreeMap, BTreeSet};

/// From one period to the next.
pub(super) struct Turn<'a> {
    pub(super) start: &'a Start<'a>,
    pub(super) assignment: &'a Assignment,
    /// Where shards are at its end.
    pub(super) homes: &'a Homes,
    /// What access points did and do.
    pub(super) states: [&'a [AccessPointUse]; 2],
    /// Where users entered, if that is written down, and where they enter.
    pub(super) entries: (Option<&'a Entries>, &'a Entries),
}

/// What a row is about: shard, client region, access point, site left, new site.
pub(super) type Subject = [Option<Text>; 5];

/// The subject of a row.
pub(super) fn subject(row: &ChangeRow) -> Subject {
    [
        &row.shard,
        &row.client_region,
        &row.access_point,
        &row.from_site,
        &row.to_site,
    ]
    .map(Clone::clone)
}

/// What a row should say.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) action: Action,
    /// Of the shard.
    pub(super) share: Option<f64>,
    pub(super) settings: Option<[Setting; 2]>,
    /// `None` if nobody wrote down who entered before.
    pub(super) users: Option<f64>,
    /// The change is more than what arithmetic leaves of none.
    pub(super) is_needed: bool,
}

/// The rows that a file should have in one period.
pub(super) struct Wanted {
    pub(super) file: &'static str,
    pub(super) rows: BTreeMap<Subject, Expected>,
    /// Nobody wrote down where users entered before: weights are not judged.
    pub(super) has_weights: bool,
}

/// Which way a list leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    There,
    Back,
}

/// The rows of one period.
pub(super) fn wanted(ground: &Ground<'_>, turn: &Turn<'_>, way: Way) -> Wanted {
    let mut rows = BTreeMap::new();
    add_access_points(ground, turn, way, &mut rows);
    add_homes(ground, turn, way, &mut rows);
    let (before, after) = turn.entries;
    if let Some(before) = before {
        add_weights(ground, before, after, way, &mut rows);
    }
    Wanted {
        file: match way {
            Way::There => ChangeRow::FILE,
            Way::Back => ChangeBackRow::FILE,
        },
        rows,
        has_weights: before.is_some(),
    }
}

/// Client regions and access points: users who enter there.
fn by_region(
    ground: &Ground<'_>,
    entries: &Entries,
) -> BTreeMap<(ClientRegionId, AccessPointId), f64> {
    let mut users = BTreeMap::new();
    for ((group, _), by_access_point) in entries {
        let region = ground.groups[*group].client_region;
        for (access_point, entering) in by_access_point {
            *users.entry((region, *access_point)).or_insert(0.0) += entering;
        }
    }
    users
}

/// Access points through which users may enter from now on, or no more.
fn add_access_points(
    ground: &Ground<'_>,
    turn: &Turn<'_>,
    way: Way,
    rows: &mut BTreeMap<Subject, Expected>,
) {
    let is_open =
        |state: AccessPointUse| state == AccessPointUse::Active || state == AccessPointUse::Opened;
    let entering = |entries: &Entries, id: AccessPointId| -> f64 {
        let by_access_point = entries.values().filter_map(|users| users.get(&id));
        by_access_point.sum()
    };
    let [before, after] = turn.states;
    for (index, (before, after)) in before.iter().zip(after).enumerate() {
        if is_open(*before) == is_open(*after) {
            continue;
        }
        let id = AccessPointId::new(index);
        let users = if is_open(*after) {
            Some(entering(turn.entries.1, id))
        } else {
            turn.entries.0.map(|entries| entering(entries, id))
        };
        let (first, last) = match way {
            Way::There => (*before, *after),
            Way::Back => (*after, *before),
        };
        let name = Text::from(&ground.inventory.access_points[index].id);
        let expected = Expected {
            action: if is_open(last) {
                Action::OpenAccessPoint
            } else {
                Action::CloseAccessPoint
            },
            share: None,
            settings: Some([Setting::Use(first), Setting::Use(last)]),
            users,
            is_needed: true,
        };
        rows.insert([None, None, Some(name), None, None], expected);
    }
}

/// Shards, or shares of them, that are at another site.
fn add_homes(
    ground: &Ground<'_>,
    turn: &Turn<'_>,
    way: Way,
    rows: &mut BTreeMap<Subject, Expected>,
) {
    let name = |site: Option<SiteId>| site.map(|site| Text::from(ground.site_name(Some(site))));
    for shard in 0..ground.inventory.shards.len() {
        if turn.homes.is_same(turn.start.previous, shard) {
            continue;
        }
        let served = turn.assignment.of(shard).iter();
        let served: f64 = served
            .filter(|part| part.to.is_some())
            .map(|part| part.users)
            .sum();
        for (from, to, share) in transfers(turn, shard) {
            let current = turn.start.current.shares(shard);
            let is_return = turn.start.is_going_home(shard)
                && current.iter().any(|(site, _)| *site == Some(to));
            let takes_over = |site| {
                if ground.has_copy(shard, site) {
                    Action::Takeover
                } else {
                    Action::Copy
                }
            };
            let (action, first, last) = match (way, from) {
                (Way::There, None) => (Action::Place, from, Some(to)),
                (Way::There, Some(_)) if is_return => (Action::Return, from, Some(to)),
                (Way::There, Some(_)) => (takes_over(to), from, Some(to)),
                (Way::Back, None) => (Action::Remove, Some(to), from),
                (Way::Back, Some(away)) if is_return => (takes_over(away), Some(to), from),
                (Way::Back, Some(_)) => (Action::Return, Some(to), from),
            };
            let id = ground.inventory.shard_ids.get(ShardId::new(shard).index());
            let expected = Expected {
                action,
                share: Some(share),
                settings: None,
                users: Some(share * served),
                is_needed: share >= 1.0 || share * served > 10.0 * NOBODY,
            };
            let subject = [Some(Text::from(id)), None, None, name(first), name(last)];
            rows.insert(subject, expected);
        }
    }
}

/// What of a shard goes from where to where; of a split shard the net change, sites in their order.
fn transfers(turn: &Turn<'_>, shard: usize) -> Vec<(Option<SiteId>, SiteId, f64)> {
    let before = turn.start.previous.shares(shard);
    let after = turn.homes.shares(shard);
    let mut change: BTreeMap<Option<SiteId>, f64> = BTreeMap::new();
    for (site, share) in &after {
        *change.entry(*site).or_default() += share;
    }
    for (site, share) in &before {
        *change.entry(*site).or_default() -= share;
    }
    let mut giving = change.clone();
    giving.retain(|_, share| *share < 0.0);
    let mut all = Vec::new();
    for (site, share) in change {
        let Some(to) = site else { continue };
        let mut wanted = share;
        for (from, left) in &mut giving {
            let share = wanted.min(-*left);
            if share > 0.0 {
                all.push((*from, to, share));
                *left += share;
                wanted -= share;
            }
        }
    }
    all
}

/// Shares of client regions that enter elsewhere; of a client region of which nobody enters they are 0.
fn add_weights(
    ground: &Ground<'_>,
    before: &Entries,
    after: &Entries,
    way: Way,
    rows: &mut BTreeMap<Subject, Expected>,
) {
    let (before, after) = match way {
        Way::There => (by_region(ground, before), by_region(ground, after)),
        Way::Back => (by_region(ground, after), by_region(ground, before)),
    };
    let weight = |users: &BTreeMap<(ClientRegionId, AccessPointId), f64>, key| -> f64 {
        let (region, _) = key;
        let of_region = (region, AccessPointId(0))..=(region, AccessPointId(u32::MAX));
        let total: f64 = users.range(of_region).map(|(_, users)| users).sum();
        let entering = users.get(&key).copied().unwrap_or_default();
        if total > 0.0 { entering / total } else { 0.0 }
    };
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    for key in keys {
        let weights = [weight(&before, key), weight(&after, key)];
        let region = Text::from(&ground.inventory.client_regions[key.0.index()].id);
        let access_point = Text::from(&ground.inventory.access_points[key.1.index()].id);
        let expected = Expected {
            action: Action::Weight,
            share: None,
            settings: Some(weights.map(Setting::Share)),
            users: Some(after.get(&key).copied().unwrap_or_default()),
            is_needed: (weights[0] - weights[1]).abs() > AGREEMENT,
        };
        rows.insert(
            [None, Some(region), Some(access_point), None, None],
            expected,
        );
    }
}
