//! The scenario's own plan, folded: users of a group at one site are distinguished by nothing along their path.

use super::super::assignment::Assignment;
use super::super::path::Steered;
use super::super::period::PeriodState;
use super::basis::{Basis, Who};
use super::traffic::number;
use crate::ids::{LinkId, ShardId, SiteId, TenantId, TierId};
use crate::model::AccessPointState;
use crate::units::NOBODY;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Users of one group that the plan homes at one site.
pub(super) struct GroupAtSite {
    /// By `RefereeContext::groups`.
    pub(super) group: usize,
    pub(super) site: usize,
    /// Positions among [`FoldedPlan::residents`].
    pub(super) residents: Range<usize>,
}

/// Users of one tier who are alike and that the plan homes at the same site, or at none.
pub(super) struct Residents {
    /// Position of those who are alike.
    pub(super) alike: usize,
    pub(super) tier: TierId,
    pub(super) users: f64,
}

/// Users on one path.
#[derive(Clone)]
pub(super) struct FlowInPlan {
    pub(super) links: Vec<LinkId>,
    pub(super) access_point: usize,
    pub(super) users: f64,
}

/// The steering of the plan in one slice of the hours.
pub(super) struct SteeringInSlice {
    /// By group at a site.
    pub(super) flows: Vec<Vec<FlowInPlan>>,
    /// By access point: active, or on standby and opened by the plan.
    pub(super) is_open: Vec<bool>,
    /// By group, then resource: what one of its users loads along the path.
    pub(super) along_path: Vec<Vec<f64>>,
}

/// The scenario's own plan.
pub(super) struct FoldedPlan {
    /// Ascending by group, then site.
    pub(super) at_sites: Vec<GroupAtSite>,
    /// Those at sites, then who is unserved.
    pub(super) residents: Vec<Residents>,
    pub(super) unserved: Range<usize>,
    /// By slice.
    pub(super) hours: Vec<SteeringInSlice>,
    /// Shards with users, ascending, and the position of their residents.
    shards: Vec<(usize, u32)>,
}

/// Group and site of who is unserved: after all others.
const UNSERVED: (usize, usize) = (usize::MAX, usize::MAX);

impl FoldedPlan {
    /// Folds the plan that is in force.
    pub(super) fn new(basis: &Basis<'_>, assignment: &Assignment, steered: &[Steered]) -> Self {
        let context = basis.context;
        // Users who live together agree in group and site, those who are alike, and tier.
        let mut users: FxHashMap<((usize, usize), usize, TierId), f64> = FxHashMap::default();
        let mut keys = Vec::new();
        for (shard, part) in assignment.all() {
            if part.users <= 0.0 {
                continue;
            }
            let Some(alike) = alike_of(basis, shard, (part.from, part.to)) else {
                continue;
            };
            let at_site = part.to.map(|site| (context.group_of(shard), site.index()));
            let tier = context.inventory.shards[shard].tier;
            let key = (at_site.unwrap_or(UNSERVED), alike, tier);
            *users.entry(key).or_default() += part.users;
            keys.push((shard, key));
        }
        let mut all: Vec<_> = users.into_iter().collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        let position = |key| {
            let position = all.binary_search_by_key(&key, |(entry, _)| *entry);
            number(position.expect("invariant: the users of every key are counted"))
        };
        let shards = keys.into_iter().map(|(shard, key)| (shard, position(key)));
        let mut plan = Self {
            at_sites: Vec::new(),
            unserved: all.len()..all.len(),
            hours: Vec::new(),
            shards: shards.collect(),
            residents: Vec::with_capacity(all.len()),
        };
        for together in all.chunk_by(|a, b| a.0.0 == b.0.0) {
            let first = plan.residents.len();
            let residents = together.iter();
            let residents =
                residents.map(|&((_, alike, tier), users)| Residents { alike, tier, users });
            plan.residents.extend(residents);
            let residents = first..plan.residents.len();
            match together[0].0.0 {
                UNSERVED => plan.unserved = residents,
                (group, site) => plan.at_sites.push(GroupAtSite {
                    group,
                    site,
                    residents,
                }),
            }
        }
        let slices = basis.quiet.in_slices();
        let hours = slices
            .iter()
            .map(|period_state| plan.steering(period_state, steered));
        plan.hours = hours.collect();
        plan
    }

    /// Who is steered where in a slice; fewer than anybody are on no path.
    fn steering(&self, in_slice: &PeriodState, steered: &[Steered]) -> SteeringInSlice {
        let context = in_slice.context;
        let inventory = context.inventory;
        let mut entering = vec![0.0; inventory.access_points.len()];
        let mut flows = vec![Vec::new(); self.at_sites.len()];
        let here = steered
            .iter()
            .filter(|steered| steered.slice == in_slice.slice);
        for steered in here.filter(|steered| steered.users > NOBODY) {
            let Some(at_site) = self.at(steered.group, steered.route.site.index()) else {
                continue;
            };
            let access_point = steered.route.access_point.index();
            entering[access_point] += steered.users;
            flows[at_site].push(FlowInPlan {
                links: steered.route.links.clone(),
                access_point,
                users: steered.users,
            });
        }
        let access_points = inventory.access_points.iter().zip(&entering);
        let is_open = access_points
            .map(|(row, users)| row.state == AccessPointState::Active || *users > NOBODY);
        let demand = |group: usize| {
            let resources = 0..inventory.resources.len();
            let demand = resources.map(|index| in_slice.group_demand(group, index));
            demand.collect()
        };
        SteeringInSlice {
            flows,
            is_open: is_open.collect(),
            along_path: (0..context.groups.len()).map(demand).collect(),
        }
    }

    /// The position of a group at a site, if somebody is there.
    pub(super) fn at(&self, group: usize, site: usize) -> Option<usize> {
        let key = |group_at_site: &GroupAtSite| (group_at_site.group, group_at_site.site);
        self.at_sites.binary_search_by_key(&(group, site), key).ok()
    }

    /// Tenant and tier of shards with users, and their residents.
    pub(super) fn tenants<'s>(
        &'s self,
        basis: &'s Basis<'_>,
    ) -> impl Iterator<Item = ((TenantId, TierId), Who)> + 's {
        self.shards.iter().map(|&(shard, residents)| {
            let row = &basis.context.inventory.shards[shard];
            ((row.tenant, row.tier), (residents, None))
        })
    }
}

/// Who a part of a shard is like. In a sweep from the plan they are where the plan homes them.
fn alike_of(
    basis: &Basis<'_>,
    shard: usize,
    (from, to): (Option<SiteId>, Option<SiteId>),
) -> Option<usize> {
    let begins = if basis.asked.is_from_plan { to } else { from };
    if !basis.current.is_split(ShardId::new(shard)) {
        return basis.alike_of(shard, None);
    }
    let main = || basis.current.main(ShardId::new(shard));
    let known = begins.and_then(|site| basis.alike_of(shard, Some(site)));
    known.or_else(|| basis.alike_of(shard, main()))
}
