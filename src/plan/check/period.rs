//! The state of a period, or of the state before: what is available and demanded, the load that is there no matter who is served
//! where, and which members of pools carry an equal share.

use super::context::RefereeContext;
use crate::ids::{ClientRegionId, ComponentId, SiteId};
use crate::model::Case;
use ndarray::Array2;
use std::sync::Arc;

/// What is available and demanded, with what follows from it for loads.
pub(super) struct PeriodState<'a> {
    pub(super) context: &'a RefereeContext<'a>,
    pub(super) case: Case,
    /// Which slice of the case's hours it is.
    pub(super) slice: usize,
    pub(super) fixed: Fixed,
    /// Pools: the members that carry an equal share.
    pub(super) members: Vec<Vec<ComponentId>>,
    /// What follows from the demand alone.
    pub(super) demanded: Arc<Demanded>,
}

/// What follows from the demand of a case, whatever is available.
pub(super) struct Demanded {
    copies: Copies,
    /// Groups: users without surges ÷ users, the mean over the group's shards.
    unsurged: Vec<f64>,
    /// Groups: the same for the shard of it that surges most.
    least_unsurged: Vec<f64>,
    /// Resources: mean demand per user over all shards, q̄.
    pub(super) mean: Vec<f64>,
    /// Users of all shards.
    pub(super) users: f64,
}

impl Demanded {
    /// Walks the shards of a case once.
    fn new(context: &RefereeContext, case: &Case) -> Self {
        let copies = Copies::new(context, case);
        let resources = context.inventory.resources.len();
        let mut base = vec![0.0; context.groups.len()];
        let mut counted = vec![0.0; context.groups.len()];
        let mut least = vec![1.0_f64; context.groups.len()];
        let mut demand = vec![0.0; resources];
        let mut users = 0.0;
        for shard in 0..context.inventory.shards.len() {
            let of_shard = case.users(shard);
            users += of_shard;
            base[context.group_of(shard)] += case.base_users[shard];
            counted[context.group_of(shard)] += of_shard;
            if of_shard > 0.0 {
                let unsurged = &mut least[context.group_of(shard)];
                *unsurged = unsurged.min(case.base_users[shard] / of_shard);
            }
            for (resource, demand) in demand.iter_mut().enumerate() {
                *demand += context.demand(case, shard, resource) * of_shard;
            }
        }
        Self {
            copies,
            unsurged: base
                .into_iter()
                .zip(counted)
                .map(|(base, counted)| if counted > 0.0 { base / counted } else { 1.0 })
                .collect(),
            least_unsurged: least,
            mean: demand
                .into_iter()
                .map(|demand| if users > 0.0 { demand / users } else { 0.0 })
                .collect(),
            users,
        }
    }
}

impl<'a> PeriodState<'a> {
    /// What follows from a case in the slice that has most demand of all.
    pub(super) fn new(context: &'a RefereeContext<'a>, case: Case) -> Self {
        let demanded = Arc::new(Demanded::new(context, &case));
        Self::of_demand(context, case, demanded, 0)
    }

    /// The same for a case with the demand of this one.
    pub(super) fn beside(&self, case: Case) -> Self {
        Self::of_demand(self.context, case, Arc::clone(&self.demanded), self.slice)
    }

    /// The same in every slice of the hours.
    pub(super) fn in_slices(&self) -> Vec<Self> {
        let slices = 0..self.case.hours.slice_count();
        slices.map(|slice| self.in_slice(slice)).collect()
    }

    /// The same in one of them.
    pub(super) fn in_slice(&self, slice: usize) -> Self {
        Self::of_demand(
            self.context,
            self.case.clone(),
            Arc::clone(&self.demanded),
            slice,
        )
    }

    fn of_demand(
        context: &'a RefereeContext<'a>,
        case: Case,
        demanded: Arc<Demanded>,
        slice: usize,
    ) -> Self {
        let fixed = Fixed::new(&demanded.copies, &case, slice);
        Self {
            context,
            slice,
            members: carrying_members(context, &case, &fixed),
            fixed,
            case,
            demanded,
        }
    }

    /// Demand of one counted user of `shard` in the slice: hours and surges do not change what does not vary.
    pub(super) fn demand(&self, shard: usize, resource: usize) -> f64 {
        let region = self.context.inventory.shards[shard].client_region;
        self.context.demand(&self.case, shard, resource) * self.of_hour(region, resource)
    }

    /// What the hour makes of a demand at the peak.
    fn of_hour(&self, region: ClientRegionId, resource: usize) -> f64 {
        if self.context.inventory.resources[resource].varies {
            self.case.hours.factor(self.slice, region)
        } else {
            1.0
        }
    }

    /// How much less than the mean a user of `group` may demand along a path.
    pub(super) fn undetermined_demand(&self, group: usize, resource: usize) -> f64 {
        let context = self.context;
        let profile = context.groups[group].profile;
        let demand = context.inventory.profiles[profile.index()].demand[resource];
        if context.inventory.resources[resource].varies {
            0.0
        } else {
            demand * (self.demanded.unsurged[group] - self.demanded.least_unsurged[group]).max(0.0)
        }
    }

    /// Demand of one counted user of `group` along a path.
    pub(super) fn group_demand(&self, group: usize, resource: usize) -> f64 {
        let context = self.context;
        let profile = context.groups[group].profile;
        let demand = context.inventory.profiles[profile.index()].demand[resource];
        if context.inventory.resources[resource].varies {
            demand * self.of_hour(context.groups[group].client_region, resource)
        } else {
            demand * self.demanded.unsurged[group]
        }
    }
}

/// Background, and what copies load while their sites are open: all of it that does not depend on what is left.
pub(super) struct Copies {
    /// Components × resources.
    background: Array2<f64>,
    /// By slice of the hours: the same with copies.
    load: Vec<Array2<f64>>,
}

impl Copies {
    /// Every copy at an open site costs `replica_share` of the demand; background is what background.csv says.
    pub(super) fn new(context: &RefereeContext, case: &Case) -> Self {
        let inventory = context.inventory;
        let shape = (inventory.component_count(), inventory.resources.len());
        let mut background = Array2::zeros(shape);
        for row in &inventory.background {
            background[[row.component.index(), row.resource.index()]] += row.load;
        }
        let mut load = vec![background.clone(); case.hours.slice_count()];
        for replicas in inventory
            .replicas
            .chunk_by(|one, next| one.shard == next.shard)
        {
            let shard = replicas[0].shard.index();
            let home = inventory.shards[shard].site;
            let region = inventory.shards[shard].client_region;
            for site in replicas.iter().map(|replica| replica.site).chain(home) {
                for (resource, of_resource) in inventory.resources.iter().enumerate() {
                    let demand = context.demand(case, shard, resource) * case.users(shard);
                    for (slice, load) in load.iter_mut().enumerate() {
                        let of_hour = if of_resource.varies {
                            case.hours.factor(slice, region)
                        } else {
                            1.0
                        };
                        load[[site.index(), resource]] +=
                            of_resource.replica_share * demand * of_hour;
                    }
                }
            }
        }
        Self { background, load }
    }
}

/// Load that is there in a slice of the hours, no matter who is served where.
pub(super) struct Fixed {
    /// Components × resources: cut to what is left.
    pub(super) load: Array2<f64>,
    /// Components × resources: it had to be cut, so a copy there takes nothing off a user's demand.
    pub(super) is_cut: Array2<bool>,
}

impl Fixed {
    /// Both are cut to what is left where they exceed it.
    pub(super) fn new(copies: &Copies, case: &Case, slice: usize) -> Self {
        let mut load = copies.load[slice].clone();
        for site in (0..case.failed.len()).filter(|site| !is_open(case, SiteId::new(*site))) {
            load.row_mut(site).assign(&copies.background.row(site));
        }
        let mut is_cut = Array2::from_elem(load.dim(), false);
        for ((component, resource), load) in load.indexed_iter_mut() {
            if let Some(left) = case.capacity(component, resource)
                && *load > left
            {
                *load = left;
                is_cut[[component, resource]] = true;
            }
        }
        Self { load, is_cut }
    }
}

/// `true` if something is left of the site.
pub(super) fn is_open(case: &Case, site: SiteId) -> bool {
    !case.gone[site.index()]
}

/// Pools: the members that carry load; a pool without any carries nobody.
///
/// Members that are gone carry none. A member that has less than its capacity is pulled out if the others
/// leave at least as much spare capacity for every resource that it limits; one after the other in the order of their
/// ids, again until nothing changes, and never the last.
pub(super) fn carrying_members(
    context: &RefereeContext,
    case: &Case,
    fixed: &Fixed,
) -> Vec<Vec<ComponentId>> {
    let inventory = context.inventory;
    inventory
        .pools
        .iter()
        .map(|pool| {
            let mut members: Vec<ComponentId> = pool
                .members
                .iter()
                .map(|&member| inventory.element_component(member))
                .filter(|member| !case.gone[member.index()])
                .collect();
            while let Some(position) = first_to_pull_out(&members, case, fixed) {
                members.remove(position);
            }
            members
        })
        .collect()
}

/// By pool, who carries while the waves of a period go on after its start.
///
/// Those of the period that carry now; and those that carried before it, do not in it, and are open in it and now. All that
/// carry now where there are none. `states` are the members before and in the period, `gone` says what is gone in it and
/// now.
pub(super) fn carrying_after(
    context: &RefereeContext,
    states: [&[Vec<ComponentId>]; 2],
    gone: [&[bool]; 2],
    now: &[Vec<ComponentId>],
) -> Vec<Vec<ComponentId>> {
    let inventory = context.inventory;
    let mut all = Vec::new();
    for (pool, row) in inventory.pools.iter().enumerate() {
        let mut components = Vec::new();
        for member in row
            .members
            .iter()
            .map(|element| inventory.element_component(*element))
        {
            let [was, is] = states.map(|components| components[pool].contains(&member));
            let is_open = gone.iter().all(|flags| !flags[member.index()]);
            let stays = is && now[pool].contains(&member);
            let is_left = was && !is && is_open;
            if stays || is_left {
                components.push(member);
            }
        }
        all.push(if components.is_empty() {
            now[pool].clone()
        } else {
            components
        });
    }
    all
}

/// The first reduced member without which there is at least as much spare capacity for all that it limits.
fn first_to_pull_out(members: &[ComponentId], case: &Case, fixed: &Fixed) -> Option<usize> {
    if members.len() < 2 {
        return None;
    }
    let resources = case.nominal.ncols();
    (0..members.len()).find(|&position| {
        let member = members[position].index();
        if (0..resources).all(|resource| case.available[[member, resource]] >= 1.0) {
            return false;
        }
        let others: Vec<ComponentId> = [&members[..position], &members[position + 1..]].concat();
        (0..resources)
            .filter(|&resource| case.nominal[[member, resource]].is_some())
            .all(|resource| {
                spare(&others, case, fixed, resource) >= spare(members, case, fixed, resource)
            })
    })
}

/// What equal shares on `members` can carry beside the fixed load; infinite if none limits the resource.
fn spare(members: &[ComponentId], case: &Case, fixed: &Fixed, resource: usize) -> f64 {
    let least = members
        .iter()
        .filter_map(|member| {
            let left = case.capacity(member.index(), resource)?;
            Some(left - fixed.load[[member.index(), resource]])
        })
        .fold(f64::INFINITY, f64::min);
    least * members.len() as f64
}
