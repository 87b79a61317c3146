//! Outcome: what a plan of a case comes to.

use super::super::affected::Affected;
use super::super::certificate::Row;
use super::super::headroom::Shortfalls;
use super::super::stages::Levels;
use super::defaults::{Defaults, Ways};
use super::traffic::{Loads, Of, Traffic};
use super::witness::Displaced;
use crate::ids::SiteId;
use crate::model::{AccessPointState, Inventory};
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// Users of whom some are unserved: those who are alike, and of them a tier and whether they have a latency limit of
/// their own; `None` is any.
pub(super) type Unserved = (u32, Option<(u32, bool)>);

/// What a plan of a case comes to.
pub(super) struct Outcome {
    pub(super) levels: Levels,
    pub(super) loads: Loads,
    /// By row, the share of its target that is missing beyond what was missing before.
    pub(super) missing: Vec<f64>,
    /// Ascending.
    pub(super) unserved: Vec<Unserved>,
    /// By rank: unserved users whom no site can serve where they may be; `None` where a rule answers.
    pub(super) no_site: Option<BTreeMap<u32, f64>>,
}

impl Outcome {
    /// Unserved users of all ranks.
    pub(super) fn unserved_users(&self) -> f64 {
        self.levels.unserved.values().sum()
    }

    /// The plan in which all but the displaced are on their default paths.
    pub(super) fn new(
        ways: &Ways<'_, '_>,
        affected: &mut Affected<'_>,
        rows: &[Row],
        defaults: &Defaults,
        displaced: &[Displaced],
    ) -> Self {
        let mut count = Count::new(ways, defaults);
        for own in displaced {
            count.displace(ways, affected, defaults, own);
        }
        count.who_is_elsewhere(ways, affected, defaults);
        let loads = count.traffic.loads(ways, rows);
        let missing: Vec<f64> = rows
            .iter()
            .zip(&loads.of_rows)
            .map(|(row, load)| row.missing(*load))
            .collect();
        let of_users = |(row, share): (&Row, &f64)| {
            let mean = ways.situation.demanded.mean[row.resource];
            if mean > 0.0 {
                share * row.target * row.capacity / mean
            } else {
                0.0
            }
        };
        let mut levels = count.levels;
        levels.shortfalls = Shortfalls {
            worst: missing.iter().copied().fold(0.0, f64::max),
            total: rows.iter().zip(&missing).map(of_users).sum(),
            missed_before: [0; 2],
            is_known: ways.basis.before.is_known,
        };
        let candidates = standby(ways.basis.ground.inventory);
        let is_opened = |index: &usize| loads.entering[*index] > NOBODY;
        levels.opened = candidates.filter(is_opened).count() as f64;
        Self {
            levels,
            loads,
            missing,
            unserved: count.unserved.into_iter().collect(),
            no_site: Some(count.no_site),
        }
    }
}

/// Access points on standby.
pub(super) fn standby(inventory: &Inventory) -> impl Iterator<Item = usize> + '_ {
    let all = inventory.access_points.iter().enumerate();
    all.filter(|(_, row)| row.state == AccessPointState::Standby)
        .map(|(index, _)| index)
}

/// What is counted user by user.
struct Count {
    levels: Levels,
    traffic: Traffic,
    unserved: BTreeSet<Unserved>,
    no_site: BTreeMap<u32, f64>,
    /// By those who are alike, who are on their default path.
    staying: Vec<f64>,
}

impl Count {
    /// Everybody on the default path.
    fn new(ways: &Ways<'_, '_>, defaults: &Defaults) -> Self {
        let basis = ways.basis;
        let ranks = basis.crowds.ranks.iter();
        let mut count = Self {
            levels: Levels {
                unserved: ranks.map(|rank| (*rank, 0.0)).collect(),
                relief: 0.0,
                shortfalls: Shortfalls {
                    worst: 0.0,
                    total: 0.0,
                    missed_before: [0; 2],
                    is_known: true,
                },
                opened: 0.0,
                copied: 0.0,
                moved: 0.0,
                latency: 0.0,
            },
            traffic: Traffic::new(ways),
            unserved: BTreeSet::new(),
            no_site: BTreeMap::new(),
            staying: Vec::with_capacity(defaults.stays.len()),
        };
        for (id, stay) in defaults.stays.iter().enumerate() {
            let users = basis.users(id);
            count.staying.push(users);
            if let Some(stay) = stay {
                let of = Self::of(ways, id, stay.site as usize);
                count.traffic.add(ways, of, *stay, users);
                count.levels.latency += users * stay.latency;
                continue;
            }
            let by_rank = basis.crowds.users(id);
            for (rank, users) in basis.crowds.ranks.iter().zip(by_rank) {
                *count.levels.unserved.entry(*rank).or_default() += users;
                *count.no_site.entry(*rank).or_default() += users;
            }
            let alike = u32::try_from(id).expect("invariant: there are fewer shards than 2^32");
            count.unserved.insert((alike, None));
        }
        count
    }

    fn of(ways: &Ways<'_, '_>, alike: usize, site: usize) -> Of {
        let basis = ways.basis;
        let group = &basis.crowds.groups[basis.crowds.group_of(alike)];
        Of {
            demand: group.demand,
            region: group.region,
            has_copy: basis
                .ground
                .has_copy(basis.alike.all[alike].shard, SiteId::new(site)),
        }
    }

    /// Takes users from their default path.
    fn displace(
        &mut self,
        ways: &Ways<'_, '_>,
        affected: &mut Affected<'_>,
        defaults: &Defaults,
        own: &Displaced,
    ) {
        let Some(stay) = defaults.stays[own.alike] else {
            return;
        };
        let of = Self::of(ways, own.alike, stay.site as usize);
        self.traffic.add(ways, of, stay, -own.users);
        self.staying[own.alike] -= own.users;
        self.levels.latency -= own.users * stay.latency;
        if let Some(route) = &own.route {
            let of = Self::of(ways, own.alike, route.site);
            self.traffic.add_on(ways, of, route, own.users);
            self.levels.latency += own.users * route.latency;
            self.count_if_elsewhere(ways, affected, own.alike, route.site, own.users);
        } else {
            let inventory = ways.basis.ground.inventory;
            let rank = inventory.tiers[own.tier.index()].rank;
            *self.levels.unserved.entry(rank).or_default() += own.users;
            let alike = u32::try_from(own.alike).expect("invariant: fewer shards than 2^32");
            self.unserved
                .insert((alike, Some((own.tier.0, own.has_own_limit))));
        }
    }

    /// Counts those whose default path ends elsewhere than where they are.
    fn who_is_elsewhere(
        &mut self,
        ways: &Ways<'_, '_>,
        affected: &mut Affected<'_>,
        defaults: &Defaults,
    ) {
        for (id, stay) in defaults.stays.iter().enumerate() {
            if let Some(stay) = stay {
                let users = self.staying[id];
                self.count_if_elsewhere(ways, affected, id, stay.site as usize, users);
            }
        }
    }

    fn count_if_elsewhere(
        &mut self,
        ways: &Ways<'_, '_>,
        affected: &mut Affected<'_>,
        alike: usize,
        site: usize,
        users: f64,
    ) {
        let basis = ways.basis;
        let own = &basis.alike.all[alike];
        let Some(current) = own.current.filter(|current| current.index() != site) else {
            return;
        };
        self.levels.moved += users;
        if !basis.ground.has_copy(own.shard, SiteId::new(site)) {
            self.levels.copied += users;
        }
        if !affected.is_affected(own.shard, current) {
            self.levels.relief += users;
        }
    }
}
