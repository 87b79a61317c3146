//! Base: the scenario's own plan of a period, folded once for all cases that begin at it.

use super::cells::{
    GroupCells, Hop, Owners, ServedKinds, SweepContext, Unit, groups_of_crowds, hop_count,
    hop_of_site,
};
use crate::formulation::{
    Demand, FixedLoads, FoundProfilePaths, KindId, OpenProfilePaths, Setting,
};
use crate::graph::Usable;
use crate::ids::{ProfileId, SiteId, TenantId};
use crate::model::AccessPointState;
use crate::plan::{Flow, GroupKey, MeanDemands, Part, SteeringGroups};
use crate::units::NOBODY;
use std::sync::Arc;

/// The scenario's own plan of a period, as a recovery without a controller begins at it.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) cells: GroupCells,
    /// By group.
    pub(super) groups: Vec<GroupKey>,
    /// By group, then resource: what one of its users loads along the path, the mean over its shards.
    pub(super) means: Vec<Vec<f64>>,
    /// By crowd, the number of its group.
    pub(super) group_of: Vec<usize>,
    /// By crowd, then resource: what one user demands.
    demands: Vec<f64>,
    pub(super) resource_count: usize,
    /// By hop, then resource: what users demand there, background left out and copies not taken off.
    pub(super) loads: Vec<f64>,
    /// By site, then resource: the part of that which copies stand for where they and background fit.
    pub(super) copied: Vec<f64>,
    /// By access point: users who enter there.
    pub(super) entering: Vec<f64>,
    /// By access point: active, or on standby and opened by the plan.
    pub(super) is_open: Vec<bool>,
    /// By profile: what its users may use while nothing fails.
    pub(super) usable: Vec<Arc<Usable>>,
    /// The paths that they find by themselves then.
    pub(super) found: FoundProfilePaths,
    /// By rank: unserved users.
    pub(super) unserved: Vec<f64>,
    /// Users who are served elsewhere than at their current site.
    pub(super) moved: f64,
    /// Whose users those in each place of [`GroupCells::residents`] are, then those of each unserved kind.
    pub(super) owners: Owners,
    /// Units that are unserved in the plan itself, ascending.
    pub(super) unserved_units: Vec<Unit>,
}

impl Base {
    pub(super) fn new(
        setting: &Setting<'_>,
        context: &SweepContext,
        parts: &[Part],
        flows: &[Flow],
    ) -> Self {
        let inventory = setting.inventory;
        let kinds = &setting.folded.kinds;
        let hours = &setting.case.hours;
        let groups = SteeringGroups::new(inventory, setting.policy);
        let group_of = groups_of_crowds(kinds, setting.policy, &groups);
        let served = ServedKinds::of(kinds, parts);
        let sites = inventory.sites.len();
        let mut cells = GroupCells::new(kinds, context, &groups, &group_of, &served);
        cells.steer(setting.network, &groups, flows);
        let mut unserved = vec![0.0; context.ranks.len()];
        for &(kind, users) in &served.unserved {
            let tier = kinds.kinds[kind as usize].tier;
            unserved[context.rank_of_tier[tier.index()]] += users;
        }
        let means = MeanDemands::new(setting, &groups);
        let keys: Vec<GroupKey> = (0..groups.len()).map(|group| *groups.key(group)).collect();
        let mut entering = vec![0.0; inventory.access_points.len()];
        for flow in &cells.flows {
            entering[flow.access_point.index()] += flow.users;
        }
        let access_points = inventory.access_points.iter().zip(&entering);
        let is_open: Vec<bool> = access_points
            .map(|(row, users)| row.state == AccessPointState::Active || *users > NOBODY)
            .collect();
        let fixed = FixedLoads::new(inventory, setting.case, setting.folded);
        let paths = OpenProfilePaths::new(setting, &fixed, &is_open, None);
        let profiles = (0..inventory.profiles.len()).map(ProfileId::new);
        let crowds = kinds.crowds.iter();
        let unserved_from = unit(cells.residents.len());
        let mut base = Self {
            means: keys.iter().map(|key| means.of(key, 0)).collect(),
            groups: keys,
            demands: crowds
                .flat_map(|crowd| Demand::of(inventory, hours, crowd).of_user)
                .collect(),
            resource_count: inventory.resources.len(),
            loads: Vec::new(),
            copied: vec![0.0; sites * inventory.resources.len()],
            usable: profiles
                .map(|profile| Arc::clone(paths.usable(profile)))
                .collect(),
            found: paths.found(),
            entering,
            is_open,
            moved: cells.all.iter().map(|cell| cell.moved).sum(),
            unserved,
            unserved_units: (unserved_from..)
                .zip(&served.unserved)
                .filter(|(_, (_, users))| *users > NOBODY)
                .map(|(unit, _)| unit)
                .collect(),
            owners: owners(setting, &cells, &group_of, &served, parts),
            group_of,
            cells,
        };
        base.load(setting);
        base
    }

    /// What one user of a crowd demands, by resource.
    pub(super) fn demand(&self, crowd: u32) -> &[f64] {
        &self.demands[crowd as usize * self.resource_count..][..self.resource_count]
    }

    /// The part of a user's demand that their copy at a site stands for, by resource.
    pub(super) fn copy_shares(
        setting: &Setting<'_>,
        kind: KindId,
        site: SiteId,
    ) -> Option<Vec<f64>> {
        let kinds = &setting.folded.kinds;
        let has_copy = kinds.has_copy(kinds.standing(kind), site);
        let shares = setting.inventory.resources.iter();
        has_copy.then(|| shares.map(|row| row.replica_share).collect())
    }

    fn load(&mut self, setting: &Setting<'_>) {
        let network = setting.network;
        let kinds = &setting.folded.kinds;
        let mut loads = vec![0.0; hop_count(network) * self.resource_count];
        let mut copied = std::mem::take(&mut self.copied);
        for (id, flow) in self.cells.flows.iter().enumerate() {
            let mean = &self.means[self.cells.all[flow.cell].group];
            for &hop in self.cells.hops_of(id) {
                self.add(&mut loads, hop, flow.users, mean);
            }
        }
        for cell in &self.cells.all {
            let hop = hop_of_site(network, cell.site);
            for &(kind, users) in &self.cells.residents[cell.residents.clone()] {
                let demand = self.demand(kinds.kinds[kind as usize].crowd);
                self.add(&mut loads, hop, users, demand);
                if let Some(shares) = Self::copy_shares(setting, kind, cell.site) {
                    self.add_copies(&mut copied, cell.site, users, demand, &shares);
                }
            }
        }
        self.loads = loads;
        self.copied = copied;
    }

    /// Adds users who demand so much.
    pub(super) fn add(&self, loads: &mut [f64], hop: Hop, users: f64, demand: &[f64]) {
        let of_hop = &mut loads[hop as usize * self.resource_count..][..self.resource_count];
        for (load, demand) in of_hop.iter_mut().zip(demand) {
            *load += users * demand;
        }
    }

    /// Adds the parts of their demand that copies at a site stand for.
    pub(super) fn add_copies(
        &self,
        copied: &mut [f64],
        site: SiteId,
        users: f64,
        demand: &[f64],
        shares: &[f64],
    ) {
        let of_site = &mut copied[site.index() * self.resource_count..][..self.resource_count];
        for (copied, (demand, share)) in of_site.iter_mut().zip(demand.iter().zip(shares)) {
            *copied += users * demand * share;
        }
    }
}

fn unit(position: usize) -> Unit {
    Unit::try_from(position)
        .expect("invariant: no more than parts, of which there are fewer than 2^32")
}

/// Whose users those in each place of [`GroupCells::residents`] are, then those of each unserved kind.
fn owners(
    setting: &Setting<'_>,
    cells: &GroupCells,
    group_of: &[usize],
    served: &ServedKinds,
    parts: &[Part],
) -> Owners {
    let kinds = &setting.folded.kinds;
    let tier_of = |kind: KindId| kinds.kinds[kind as usize].tier;
    let unserved = served.unserved.iter();
    let all = cells.residents.iter().chain(unserved);
    let tiers = all.map(|(kind, _)| tier_of(*kind)).collect();
    let unit_of = |part: &Part| {
        let kind = kinds.of(part.home());
        let position = if let Some(site) = part.site {
            let group = group_of[kinds.kinds[kind as usize].crowd as usize];
            cells.resident(cells.at(group, site)?, kind)?
        } else {
            let unserved = &served.unserved;
            let position = unserved.binary_search_by_key(&kind, |(number, _)| *number);
            cells.residents.len() + position.ok()?
        };
        let tenant = setting.inventory.shards[part.shard.index()].tenant;
        Some((unit(position), tenant))
    };
    let with_users = parts.iter().filter(|part| part.users > 0.0);
    let mut pairs: Vec<(Unit, TenantId)> = Vec::new();
    for pair in with_users.filter_map(unit_of) {
        if pairs.last() != Some(&pair) {
            pairs.push(pair);
        }
    }
    Owners::new(tiers, pairs)
}
