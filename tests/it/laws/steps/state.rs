//! State: who is served where, which share of a pool's users every member gets, which access points are open.

use crate::waves::walk::conditions::Conditions;
use crate::waves::walk::roads::{Group, Row, group_of};
use plimsoll::ids::{AccessPointId, SiteId};
use plimsoll::model::{AccessPointState, Inventory, Scenario};
use plimsoll::plan_files::{Action, ChangeRow, StepSetting};
use std::collections::BTreeMap;

/// Less of a shard is nobody, and shares that differ by less are the same.
const NONE: f64 = 1e-9;

/// What stands in the systems that somebody types into.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Shard and site: the share of its users who are served there.
    pub(super) served: BTreeMap<(usize, SiteId), f64>,
    /// By pool and member.
    pub(super) pools: Vec<Vec<f64>>,
    /// By access point.
    pub(super) open: Vec<bool>,
}

/// What ids mean.
pub(super) struct Names<'a> {
    pub(super) inventory: &'a Inventory,
    shards: BTreeMap<&'a str, usize>,
    sites: BTreeMap<&'a str, SiteId>,
}

impl<'a> Names<'a> {
    pub(super) fn new(inventory: &'a Inventory) -> Self {
        let shards = 0..inventory.shards.len();
        let sites = inventory.sites.iter().enumerate();
        Self {
            inventory,
            shards: shards
                .map(|index| (inventory.shard_ids.get(index), index))
                .collect(),
            sites: sites
                .map(|(index, site)| (site.id.as_str(), SiteId::new(index)))
                .collect(),
        }
    }

    fn site(&self, name: Option<&str>) -> Option<SiteId> {
        name.map(|text| self.sites[text])
    }
}

impl State {
    /// What shards.csv, before.csv and the inventory's pools and access points say.
    ///
    /// Decision: users of a group at a site are served alike, and all members of a pool get the same.
    pub(super) fn before(
        (inventory, scenario): (&Inventory, &Scenario),
        quiet: &Conditions,
        rows: &[Row],
    ) -> Self {
        let mut homed: BTreeMap<(Group, SiteId), f64> = BTreeMap::new();
        let mut carried: BTreeMap<(Group, SiteId), f64> = BTreeMap::new();
        for (shard, row) in inventory.shards.iter().enumerate() {
            if let Some(site) = row.site {
                let key = (group_of(inventory, scenario, shard), site);
                *homed.entry(key).or_default() += quiet.users(shard);
            }
        }
        for row in rows {
            *carried.entry((row.group, row.site)).or_default() += row.users;
        }
        let mut served = BTreeMap::new();
        for (shard, row) in inventory.shards.iter().enumerate() {
            let Some(site) = row.site else { continue };
            let key = (group_of(inventory, scenario, shard), site);
            let (all, value) = (homed[&key], carried.get(&key).copied().unwrap_or_default());
            let share = if value >= all * (1.0 - NONE) {
                1.0
            } else {
                value / all
            };
            if share > 0.0 {
                served.insert((shard, site), share);
            }
        }
        let pools = inventory.pools.iter();
        let active = |access_point: &plimsoll::model::AccessPoint| {
            access_point.state == AccessPointState::Active
        };
        Self {
            served,
            pools: pools
                .map(|pool| vec![1.0 / pool.members.len() as f64; pool.members.len()])
                .collect(),
            open: inventory.access_points.iter().map(active).collect(),
        }
    }

    pub(super) fn is_open(&self, access_point: AccessPointId) -> bool {
        self.open[access_point.index()]
    }

    /// Does what the rows of one step say; `users` are those of shards in their period.
    pub(super) fn apply(
        &mut self,
        names: &Names<'_>,
        rows: &[&ChangeRow],
        users: impl Fn(usize) -> f64,
    ) -> Vec<String> {
        let mut faults = Vec::new();
        for row in rows {
            match row.action {
                Action::OpenAccessPoint | Action::CloseAccessPoint => self.access_point(names, row),
                Action::TakeOut
                | Action::PutBack
                | Action::Weight
                | Action::Begins
                | Action::Detected
                | Action::Ends => {}
                Action::Shed => self.add(names, row, [-1.0, 0.0]),
                Action::LetIn => self.add(names, row, [0.0, 1.0]),
                Action::Copy | Action::Place | Action::Takeover | Action::Return => {
                    self.change_site(names, row, &users);
                }
                Action::Remove => faults.push(format!("{row:?}")),
            }
        }
        if matches!(rows[0].action, Action::TakeOut | Action::PutBack) {
            faults.extend(self.share_out(names, rows));
        }
        self.served.retain(|_, share| *share > NONE);
        faults
    }

    /// Does what the rows of one step of the way back say but for weights; `users` are those of shards in their period.
    pub(super) fn undo(
        &mut self,
        names: &Names<'_>,
        rows: &[&ChangeRow],
        users: impl Fn(usize) -> f64,
    ) -> Vec<String> {
        for row in rows {
            match row.action {
                Action::Remove => {
                    let shard = names.shards[row.shard.as_deref().expect("a shard")];
                    let site = names.site(row.from_site.as_deref()).expect("a site");
                    self.served.remove(&(shard, site));
                }
                Action::TakeOut | Action::PutBack => {}
                _ => {
                    let faults = self.apply(names, &[row], &users);
                    assert!(faults.is_empty(), "{faults:?}");
                }
            }
        }
        match rows[0].action {
            Action::TakeOut | Action::PutBack => self.share_out(names, rows),
            _ => Vec::new(),
        }
    }

    fn access_point(&mut self, names: &Names<'_>, row: &ChangeRow) {
        let mut all = names.inventory.access_points.iter();
        let index = all
            .position(|access_point| Some(access_point.id.as_str()) == row.access_point.as_deref());
        self.open[index.expect("an access point")] = row.action == Action::OpenAccessPoint;
    }

    fn add(&mut self, names: &Names<'_>, row: &ChangeRow, [from, to]: [f64; 2]) {
        let shard = names.shards[row.shard.as_deref().expect("a shard")];
        let share = row.share.expect("a share");
        for (site, times) in [(&row.from_site, from), (&row.to_site, to)] {
            if let Some(site) = names.site(site.as_deref()) {
                *self.served.entry((shard, site)).or_default() += times * share;
            }
        }
    }

    /// As many as the row says are served at the new site; as many leave the old one, as far as they were served there.
    fn change_site(&mut self, names: &Names<'_>, row: &ChangeRow, users: &impl Fn(usize) -> f64) {
        let shard = names.shards[row.shard.as_deref().expect("a shard")];
        let all = users(shard);
        let share = if all > 0.0 { row.users / all } else { 1.0 };
        if let Some(from) = names.site(row.from_site.as_deref())
            && let Some(left) = self.served.get_mut(&(shard, from))
        {
            let taken = if *left - share <= NONE { *left } else { share };
            *left -= taken;
        }
        let to = names.site(row.to_site.as_deref()).expect("a new site");
        *self.served.entry((shard, to)).or_default() += share;
    }

    /// Members without a row share what is left of the pool's users equally, if they have any, but for those that an earlier row has
    /// taken out in part.
    fn share_out(&mut self, names: &Names<'_>, rows: &[&ChangeRow]) -> Vec<String> {
        let inventory = names.inventory;
        let mut faults = Vec::new();
        let name = rows[0].pool.as_deref().expect("a pool");
        let pool = inventory.pools.iter().position(|pool| pool.id == name);
        let pool = pool.expect("a pool of the inventory");
        let members = &inventory.pools[pool].members;
        let mut flags = vec![false; members.len()];
        let mut sum = 0.0;
        for row in rows {
            let member = row.member.as_deref().expect("a member");
            let index = members
                .iter()
                .position(|element| inventory.elements[element.index()].id == member);
            let index = index.expect("a member of the pool");
            let (Some(StepSetting::Share(before)), Some(StepSetting::Share(after))) =
                (row.before, row.after)
            else {
                faults.push(format!("{row:?}"));
                continue;
            };
            if (self.pools[pool][index] - before).abs() > NONE {
                faults.push(format!("{row:?}: it has {}", self.pools[pool][index]));
            }
            self.pools[pool][index] = after;
            flags[index] = true;
            sum += after;
        }
        let others = self.pools[pool].iter().zip(&flags);
        let others = others.filter(|(_, flag)| !**flag);
        let most = others.map(|(share, _)| *share).fold(0.0, f64::max);
        // Who has less was taken out in part by an earlier row, and keeps that.
        let others = self.pools[pool].iter_mut().zip(&flags);
        let (others, kept): (Vec<&mut f64>, Vec<&mut f64>) = others
            .filter(|(share, flag)| !**flag && **share > 0.0)
            .map(|(share, _)| share)
            .partition(|share| **share >= most - NONE);
        sum += kept.into_iter().map(|value| *value).sum::<f64>();
        let count = others.len();
        for value in others {
            *value = (1.0 - sum) / count as f64;
        }
        faults
    }
}
