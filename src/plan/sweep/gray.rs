//! Gray: what silent faults cost which users until somebody notices (`model.md` §10).

use crate::graph::Path;
use crate::ids::{ComponentId, TenantId, TierId};
use crate::model::{Failing, Inventory, LinkEnd};
use crate::plan::state::Carried;
use crate::plan::{ByGroupAndSite, SteeringGroups};
use crate::units::NOBODY;

/// What is asked about members that silently deliver less.
#[derive(Debug, Clone, PartialEq)]
pub struct GraySweep {
    /// What may turn gray.
    pub members: Vec<Failing>,
    /// At most this number at once.
    pub most: usize,
    /// The share of the work through a gray member that is lost, above 0 up to 1.
    pub severity: f64,
    /// Minutes until it is detected.
    pub minutes: f64,
    /// What each tenant's users of one tier lose at worst: those who lose most user·minutes first.
    pub losses: Vec<GrayLoss>,
}

/// What a tenant's users of one tier lose in the blind window at worst.
#[derive(Debug, Clone, PartialEq)]
pub struct GrayLoss {
    /// Whose users.
    pub tenant: TenantId,
    /// Of which tier.
    pub tier: TierId,
    /// All of them.
    pub users: f64,
    /// The gray members that affect them most, the worst first; those that none of them crosses are left out.
    pub worst: Vec<Failing>,
    /// Users who lose their work, at most: `Σ severity · users who cross the member`. Exact for one gray member; who
    /// crosses two of them counts twice.
    pub lost_users: f64,
}

impl GrayLoss {
    /// The share of its users who lose their work, 0 to 1; 0 without users.
    pub fn share(&self) -> f64 {
        if self.users > 0.0 {
            (self.lost_users / self.users).min(1.0)
        } else {
            0.0
        }
    }

    /// Users who lose their work beyond the share of them who may, by tier; 0 where that is not bounded.
    pub fn beyond(&self, max_loss: &[Option<f64>]) -> f64 {
        let bound = max_loss[self.tier.index()];
        bound.map_or(0.0, |share| (self.lost_users - share * self.users).max(0.0))
    }
}

impl GraySweep {
    /// What every tenant loses in a plan at worst. Steering cannot tell tenants apart within a group and site, so each
    /// has their part of its paths in proportion to their users there.
    #[must_use]
    pub fn with_losses_of(
        mut self,
        inventory: &Inventory,
        groups: &SteeringGroups,
        plan: Carried<'_>,
    ) -> Self {
        let members = MemberIndex::new(inventory, self.members.clone());
        let crossing = crossing(inventory, groups, plan, &members);
        let mut order: Vec<usize> = (0..plan.parts.len()).collect();
        let of = |part: usize| {
            let row = &inventory.shards[plan.parts[part].shard.index()];
            (row.tenant, row.tier)
        };
        order.sort_by_key(|part| of(*part));
        let mut lost = vec![0.0; self.members.len()];
        self.losses.clear();
        for parts in order.chunk_by(|a, b| of(*a) == of(*b)) {
            let (tenant, tier) = of(parts[0]);
            let mut users = 0.0;
            let mut touched: Vec<usize> = Vec::new();
            for &part in parts {
                let part = &plan.parts[part];
                users += part.users;
                let group = groups.of_shard(part.shard);
                let shares = part.site.and_then(|site| crossing.get(group, site));
                for &(member, share) in shares.into_iter().flatten() {
                    if lost[member] <= 0.0 {
                        touched.push(member);
                    }
                    lost[member] += share * part.users;
                }
            }
            touched.sort_unstable();
            touched.dedup();
            touched.sort_by(|a, b| lost[*b].total_cmp(&lost[*a]).then(a.cmp(b)));
            let worst: Vec<usize> = touched.iter().copied().take(self.most).collect();
            let crossed: f64 = worst.iter().map(|member| lost[*member]).sum();
            if users > NOBODY {
                self.losses.push(GrayLoss {
                    tenant,
                    tier,
                    users,
                    worst: worst.iter().map(|member| self.members[*member]).collect(),
                    lost_users: (self.severity * crossed).min(users),
                });
            }
            for member in touched {
                lost[member] = 0.0;
            }
        }
        self.losses.sort_by(|a, b| {
            let users = b.lost_users.total_cmp(&a.lost_users);
            users.then((a.tenant, a.tier).cmp(&(b.tenant, b.tier)))
        });
        self
    }
}

/// By group and site: the members that its users cross, and the share of them who cross each.
fn crossing(
    inventory: &Inventory,
    groups: &SteeringGroups,
    plan: Carried<'_>,
    members: &MemberIndex,
) -> ByGroupAndSite<Vec<(usize, f64)>> {
    let pools = inventory.pools.iter();
    let members_in: Vec<Vec<ComponentId>> = pools
        .map(|pool| {
            let members = pool.members.iter();
            let map = members.map(|member| inventory.element_component(*member));
            // A member that is pulled out carries nobody.
            map.filter(|component| plan.crossing[component.index()] > 0.0)
                .collect()
        })
        .collect();
    let mut sums: ByGroupAndSite<(Vec<(usize, f64)>, f64)> = ByGroupAndSite::new(groups.len());
    for flow in plan.flows {
        let Some(group) = groups.of(&flow.group) else {
            continue;
        };
        let members_in = |pool: usize| members_in[pool].as_slice();
        let crossed = members.crossed(inventory, &flow.path, members_in);
        let (of_members, users) = sums.entry(group, flow.path.site);
        // Faults come at any time: what counts is the mean over the hours.
        let of_flow = flow.users * plan.hours.weight(flow.slice);
        *users += of_flow;
        for (member, share) in crossed {
            match of_members.binary_search_by_key(&member, |(index, _)| *index) {
                Ok(position) => of_members[position].1 += share * of_flow,
                Err(position) => of_members.insert(position, (member, share * of_flow)),
            }
        }
    }
    let mut all = ByGroupAndSite::new(groups.len());
    for (group, site, (of_members, users)) in sums.iter() {
        if *users > 0.0 {
            let shares = of_members
                .iter()
                .map(|(member, sum)| (*member, sum / users));
            *all.entry(group, site) = shares.collect();
        }
    }
    all
}

/// Members that may turn gray, and where they are.
#[derive(Debug, Clone)]
pub struct MemberIndex {
    /// All of them.
    pub all: Vec<Failing>,
    /// By component, the positions of those that it is of.
    at: Vec<Vec<usize>>,
}

impl MemberIndex {
    /// These members.
    pub fn new(inventory: &Inventory, all: Vec<Failing>) -> Self {
        let mut at: Vec<Vec<usize>> = vec![Vec::new(); inventory.component_count()];
        for (position, member) in all.iter().enumerate() {
            for component in member.components(inventory) {
                at[component.index()].push(position);
            }
        }
        Self { all, at }
    }

    /// The members that users on a path cross, by position, ascending, and the share of them who do: a member of a pool
    /// has its equal share, and nobody crosses a member more than once. `members_in` are the members of a pool, by its
    /// position, that carry users.
    pub fn crossed<'p>(
        &self,
        inventory: &Inventory,
        path: &Path,
        members_in: impl Fn(usize) -> &'p [ComponentId],
    ) -> Vec<(usize, f64)> {
        let mut all: Vec<(usize, f64)> = Vec::new();
        let mut add = |component: ComponentId, share: f64| {
            let indexes = self.at[component.index()].iter();
            all.extend(indexes.map(|index| (*index, share)));
        };
        for &link in &path.links {
            add(inventory.link_component(link), 1.0);
            match inventory.links[link.index()].to {
                LinkEnd::Site(id) => add(inventory.site_component(id), 1.0),
                LinkEnd::AccessPoint(id) => add(inventory.access_point_component(id), 1.0),
                LinkEnd::Element(id) => add(inventory.element_component(id), 1.0),
                LinkEnd::Pool(id) => {
                    let components = members_in(id.index());
                    for &component in components {
                        add(component, 1.0 / components.len() as f64);
                    }
                }
                LinkEnd::ClientRegion(_) => {}
            }
        }
        all.sort_by_key(|(member, _)| *member);
        all.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 = (kept.1 + next.1).min(1.0);
            }
            is_same
        });
        all
    }
}
