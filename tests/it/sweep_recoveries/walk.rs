//! A walk of every user through one case, by the sentences of `docs/model.md` §10, nothing folded.
//!
//! It knows only the written plan: who is served where, and who is steered over which path.

use crate::naive::affected::affected;
use crate::naive::at_instant::{Believed, at_instant};
use crate::naive::paths::{Path, paths_of};
use crate::naive::pools::carrying_members;
use crate::naive::rules::{has_copy, may_run_at};
use crate::naive::{Band, before_instant};
use ndarray::Array2;
use plimsoll::ids::{AccessPointId, ComponentId, ResourceId, ShardId, SiteId, TenantId, TierId};
use plimsoll::model::{
    AccessPointState, Event, EventKind, ExistingShortfall, Failing, Inventory, Recovery,
    ReplicaState, Scenario, Scope,
};
use plimsoll::plan::{GroupKey, Part, PeriodPlan, Plan};
use plimsoll::scenario::{Knowledge, is_in_force};
use plimsoll::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeSet;

/// Latencies and loads closer than this are the same as far as arithmetic goes.
const DOUBT: f64 = 1e-9;

/// What a walk comes to.
pub(super) struct Walked {
    /// By rank of tiers, ascending.
    pub(super) unserved: Vec<f64>,
    /// Components × resources: where something is left of a limit, what is asked for.
    pub(super) loads: Array2<Option<f64>>,
    /// Worst missing share of a target; 0 or less if none is missed.
    pub(super) missing: f64,
    pub(super) binding: Vec<(ComponentId, ResourceId)>,
    pub(super) moved: f64,
    pub(super) opened: Vec<AccessPointId>,
    pub(super) broken: BTreeSet<(TenantId, TierId)>,
    /// By shard.
    pub(super) users: Vec<f64>,
    /// Two paths are equally fast, or a component is full to the last bit.
    pub(super) is_in_doubt: bool,
}

/// One case of a plan.
pub(super) struct Walk<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    plan: &'a Plan,
    period: &'a PeriodPlan,
    now: Believed,
    before: Believed,
    fixed: Array2<f64>,
    is_cut: Array2<bool>,
    /// By pool.
    members: Vec<Vec<ComponentId>>,
    /// By shard: every path within its limit, whatever is open.
    paths: Vec<Vec<Path>>,
    is_affected: Vec<bool>,
    /// By access point: active, or entered by somebody in the plan.
    is_open: Vec<bool>,
}

/// Users of one part on one path, or nowhere.
struct Walker<'w> {
    part: &'w Part,
    path: Option<&'w Path>,
    users: f64,
}

/// The scenario in which exactly what is in force and known at the plan's instant holds, and these fail besides.
pub(super) fn asked(
    scenario: &Scenario,
    inventory: &Inventory,
    period: &PeriodPlan,
    failing: &[Failing],
) -> Scenario {
    let at = period.period.start;
    let whole = |kind: EventKind| Event {
        kind,
        start: scenario.start,
        end: scenario.end,
        detected: scenario.start,
    };
    let mut all = scenario.clone();
    all.policy.reaction_minutes = 0.0;
    let in_force = scenario.events.iter();
    let in_force =
        in_force.filter(|event| is_in_force(event, &scenario.policy, at, Knowledge::Believed));
    let failures = failing.iter().map(|own| own.event(inventory));
    let kinds = in_force.map(|event| event.kind.clone()).chain(failures);
    all.events = kinds.map(whole).collect();
    all
}

impl<'a> Walk<'a> {
    /// The case in which these fail, in the last period of a plan.
    pub(super) fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        plan: &'a Plan,
        failing: &[Failing],
    ) -> Self {
        let period = plan.periods.last().expect("a plan has a period");
        let at = period.period.start;
        let asked = asked(scenario, inventory, period, failing);
        let now = at_instant(inventory, &asked, at, Band::Expected);
        let before = before_instant(inventory, scenario, Band::Expected);
        let (fixed, is_cut) = fixed(inventory, &now);
        let members = carrying_members(inventory, &now, &fixed);
        let shards = (0..inventory.shards.len()).map(ShardId::new);
        let paths: Vec<Vec<Path>> = shards
            .map(|shard| {
                let key = GroupKey::of(inventory, &scenario.policy, shard);
                paths_of(inventory, &inventory.shards[shard.index()], key.max_latency)
            })
            .collect();
        let current: Vec<Option<SiteId>> = (0..inventory.shards.len())
            .map(|shard| period.current.main(ShardId::new(shard)))
            .collect();
        let access_points = inventory.access_points.iter().enumerate();
        Self {
            is_affected: affected(inventory, scenario, &before, &now, &current, &paths),
            is_open: access_points
                .map(|(index, row)| {
                    let entering = period.flows.iter();
                    let entering = entering.filter(|flow| flow.path.access_point.index() == index);
                    row.state == AccessPointState::Active
                        || entering.map(|flow| flow.users).sum::<f64>() > NOBODY
                })
                .collect(),
            inventory,
            scenario,
            plan,
            period,
            now,
            before,
            fixed,
            is_cut,
            members,
            paths,
        }
    }

    /// What a recovery comes to.
    pub(super) fn walked(&self, recovery: Recovery) -> Walked {
        let mut is_in_doubt = false;
        let mut walkers = Vec::new();
        for part in &self.period.parts {
            self.send(part, recovery, &mut walkers, &mut is_in_doubt);
        }
        let entering = self.entering(&walkers);
        let loads = self.loads(&walkers, &entering);
        let share = |component: ComponentId, resource: usize| {
            let key = [component.index(), resource];
            let (Some(load), Some(left)) = (loads[key], self.now.left(key[0], key[1])) else {
                return 1.0;
            };
            if load > left * (1.0 + FEASIBILITY) {
                (left - self.fixed[key]).max(0.0) / (load - self.fixed[key])
            } else {
                1.0
            }
        };
        let tiers = &self.inventory.tiers;
        let mut ranks: Vec<u32> = tiers.iter().map(|tier| tier.rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let mut unserved = vec![0.0; ranks.len()];
        let mut broken = BTreeSet::new();
        let mut moved = 0.0;
        for walker in &walkers {
            let row = &self.inventory.shards[walker.part.shard.index()];
            let served = walker.path.map_or(0.0, |path| {
                let asked = self.asked_on(walker, path);
                asked.fold(1.0, |least: f64, (component, resource)| {
                    least.min(share(component, resource))
                })
            });
            let rank = tiers[row.tier.index()].rank;
            let rank = ranks.partition_point(|own| *own < rank);
            unserved[rank] += walker.users * (1.0 - served);
            if walker.users * (1.0 - served) > NOBODY {
                broken.insert((row.tenant, row.tier));
            }
            if let (Some(current), Some(path)) = (walker.part.current, walker.path)
                && current != path.site
            {
                moved += walker.users * served;
            }
        }
        let all = loads.indexed_iter();
        let with_load = all.filter_map(|((e, r), load)| Some((e, r, (*load)?)));
        let mut binding = Vec::new();
        let mut missing = f64::NEG_INFINITY;
        for (e, r, load) in with_load {
            let Some(left) = self.now.left(e, r) else {
                continue;
            };
            is_in_doubt |= (load - left * (1.0 + FEASIBILITY)).abs() < DOUBT * left;
            if load > left * (1.0 + FEASIBILITY) {
                binding.push((ComponentId::new(e), ResourceId::new(r)));
            }
            if let Some((target, kept)) = self.target(e, r) {
                missing = missing.max((load / left - 1.0) / target + 1.0 - kept);
            }
        }
        let access_points = self.inventory.access_points.iter().zip(&entering);
        Walked {
            unserved,
            missing,
            binding,
            moved,
            opened: access_points
                .enumerate()
                .filter(|(_, (row, users))| {
                    row.state == AccessPointState::Standby && **users > NOBODY
                })
                .map(|(index, _)| AccessPointId::new(index))
                .collect(),
            broken,
            users: (0..self.inventory.shards.len())
                .map(|shard| self.now.users(shard))
                .collect(),
            is_in_doubt,
            loads,
        }
    }

    /// Sends the users of a part on their way.
    fn send<'w>(
        &'w self,
        part: &'w Part,
        recovery: Recovery,
        walkers: &mut Vec<Walker<'w>>,
        is_in_doubt: &mut bool,
    ) {
        let mut go = |path: Option<&'w Path>, users: f64| {
            walkers.push(Walker { part, path, users });
        };
        let Some(site) = part.site else {
            go(None, part.users);
            return;
        };
        let flows = self.flows(part.shard);
        let there = || flows.iter().filter(move |(path, _)| path.site == site);
        let all: f64 = there().map(|(_, users)| users).sum();
        if all <= 0.0 {
            // Whoever is on no path is nobody.
            assert!(part.users <= NOBODY * 1e3, "{part:?} is on no path");
            return;
        }
        for (path, users) in there() {
            let of_path = part.users * users / all;
            if self.is_whole(part.shard, path) {
                go(Some(path), of_path);
                continue;
            }
            let mut to = self.over_flows(part.shard, &flows, |own| own == site);
            if to.is_empty() {
                let fastest = self.fastest(part.shard, |own| own == site, is_in_doubt);
                to.extend(fastest.map(|path| (path, 1.0)));
            }
            if to.is_empty() {
                to = self.taken_over(part, &flows, recovery, is_in_doubt);
            }
            if to.is_empty() {
                go(None, of_path);
            }
            for (path, share) in to {
                go(Some(path), of_path * share);
            }
        }
    }

    /// Where users go who have lost their site.
    fn taken_over<'w>(
        &'w self,
        part: &Part,
        flows: &[(&'w Path, f64)],
        recovery: Recovery,
        is_in_doubt: &mut bool,
    ) -> Vec<(&'w Path, f64)> {
        let shard = part.shard;
        let may_be = |site: SiteId| {
            !self.now.gone[self.inventory.site_component(site).index()]
                && may_run_at(
                    self.inventory,
                    &self.scenario.policy,
                    &self.now,
                    self.is_affected[shard.index()],
                    shard.index(),
                    part.current,
                    site,
                )
        };
        if recovery == Recovery::Rescale {
            let to = self.over_flows(shard, flows, may_be);
            if !to.is_empty() {
                return to;
            }
            let fastest = self.fastest(shard, may_be, is_in_doubt);
            return fastest.map(|path| (path, 1.0)).into_iter().collect();
        }
        let replicas = self.inventory.replicas_of(shard);
        let ready = replicas.iter();
        let ready = ready.filter(|own| own.state == ReplicaState::Ready);
        let home = self.inventory.shards[shard.index()].site;
        let home = home.filter(|_| !replicas.is_empty());
        for site in ready.map(|own| own.site).chain(home) {
            if !may_be(site) {
                continue;
            }
            let to = self.over_flows(shard, flows, |own| own == site);
            if !to.is_empty() {
                return to;
            }
            if let Some(path) = self.fastest(shard, |own| own == site, is_in_doubt) {
                return vec![(path, 1.0)];
            }
        }
        Vec::new()
    }

    /// The flows of a shard's group.
    fn flows(&self, shard: ShardId) -> Vec<(&Path, f64)> {
        let key = GroupKey::of(self.inventory, &self.scenario.policy, shard);
        let flows = self.period.flows.iter();
        let own = flows.filter(|flow| flow.group == key && flow.users > NOBODY);
        own.map(|flow| {
            let links = flow.path.links.iter();
            let links: Vec<ComponentId> = links
                .map(|link| self.inventory.link_component(*link))
                .collect();
            let is_it = |path: &&Path| {
                let first = path.components.iter().position(|own| *own == links[0]);
                first.is_some_and(|first| path.components[first..].starts_with(&links))
                    && path.site == flow.path.site
            };
            let path = self.paths[shard.index()].iter().find(is_it);
            (path.expect("users are steered over paths"), flow.users)
        })
        .collect()
    }

    /// The flows that are left and end where `is_there` says, each with its share of their users.
    fn over_flows<'w>(
        &self,
        shard: ShardId,
        flows: &[(&'w Path, f64)],
        is_there: impl Fn(SiteId) -> bool,
    ) -> Vec<(&'w Path, f64)> {
        let left = flows.iter();
        let left = left.filter(|(path, _)| is_there(path.site) && self.is_whole(shard, path));
        let left: Vec<(&Path, f64)> = left.copied().collect();
        let all: f64 = left.iter().map(|(_, users)| users).sum();
        left.into_iter()
            .map(|(path, users)| (path, users / all))
            .collect()
    }

    /// The fastest open path to where `is_there` says.
    fn fastest(
        &self,
        shard: ShardId,
        is_there: impl Fn(SiteId) -> bool,
        is_in_doubt: &mut bool,
    ) -> Option<&Path> {
        let paths = self.paths[shard.index()].iter();
        let mut open: Vec<&Path> = paths
            .filter(|path| is_there(path.site) && self.is_whole(shard, path))
            .collect();
        open.sort_by(|a, b| a.latency.total_cmp(&b.latency));
        if let [first, second, ..] = open[..] {
            *is_in_doubt |= second.latency - first.latency < DOUBT;
        }
        open.first().copied()
    }

    /// `true` if users of a shard may take a path: all of it is open, and something is left of what they demand.
    fn is_whole(&self, shard: ShardId, path: &Path) -> bool {
        let demand = self.demand(shard);
        let site = self.inventory.site_component(path.site);
        let has_room = |component: ComponentId| {
            let e = component.index();
            let resources = self.inventory.resources.iter().enumerate();
            !self.now.gone[e]
                && resources.clone().all(|(r, resource)| {
                    let is_asked = component == site || resource.scope == Scope::Network;
                    let is_empty = self.now.left(e, r).is_some_and(|left| left <= 0.0);
                    !(is_asked && is_empty && demand[r] > 0.0)
                })
        };
        let is_open = |component: ComponentId| {
            let first = self.inventory.access_point_component(AccessPointId::new(0));
            let position = component.index().checked_sub(first.index());
            position.is_none_or(|index| self.is_open.get(index) != Some(&false))
        };
        let mut pools = path.pools.iter().map(|pool| &self.members[pool.index()]);
        path.components
            .iter()
            .all(|own| has_room(*own) && is_open(*own))
            && pools.all(|members| !members.is_empty() && members.iter().all(|own| has_room(*own)))
    }

    fn demand(&self, shard: ShardId) -> &[f64] {
        let profile = self.inventory.shards[shard.index()].profile;
        &self.inventory.profiles[profile.index()].demand
    }

    /// What walkers on a path ask for: components and resources.
    fn asked_on<'w>(
        &'w self,
        walker: &Walker<'_>,
        path: &'w Path,
    ) -> impl Iterator<Item = (ComponentId, usize)> + 'w {
        let demand = self.demand(walker.part.shard);
        let site = self.inventory.site_component(path.site);
        let pools = path.pools.iter();
        let members = pools.flat_map(|pool| self.members[pool.index()].iter().copied());
        let all = path.components.iter().copied().chain(members);
        all.flat_map(move |component| {
            let resources = self.inventory.resources.iter().enumerate();
            let asked = resources.filter(move |(r, resource)| {
                let is_there = component == site || resource.scope == Scope::Network;
                is_there && demand[*r] > 0.0
            });
            asked.map(move |(r, _)| (component, r))
        })
    }

    fn entering(&self, walkers: &[Walker<'_>]) -> Vec<f64> {
        let mut entering = vec![0.0; self.inventory.access_points.len()];
        for walker in walkers {
            for component in walker.path.iter().flat_map(|path| &path.components) {
                for (index, users) in entering.iter_mut().enumerate() {
                    let own = self
                        .inventory
                        .access_point_component(AccessPointId::new(index));
                    if own == *component {
                        *users += walker.users;
                    }
                }
            }
        }
        entering
    }

    /// What is asked for of every limit of which something is left.
    fn loads(&self, walkers: &[Walker<'_>], entering: &[f64]) -> Array2<Option<f64>> {
        let inventory = self.inventory;
        let pulled_out = |e: usize| {
            let mut pools = inventory.pools.iter().zip(&self.members);
            pools.any(|(pool, members)| {
                let mut all = pool
                    .members
                    .iter()
                    .map(|own| inventory.element_component(*own));
                all.any(|own| own.index() == e) && !members.iter().any(|own| own.index() == e)
            })
        };
        let mut loads = Array2::from_shape_fn(self.fixed.dim(), |(e, r)| {
            let is_site = e < inventory.sites.len();
            let is_there = is_site || inventory.resources[r].scope == Scope::Network;
            let left = self.now.left(e, r).filter(|left| *left > 0.0);
            let is_row = is_there && left.is_some() && !self.now.gone[e] && !pulled_out(e);
            is_row.then_some(self.fixed[[e, r]])
        });
        for walker in walkers {
            let Some(path) = walker.path else {
                continue;
            };
            let shard = walker.part.shard;
            for (component, r) in self.asked_on(walker, path) {
                let key = [component.index(), r];
                let Some(load) = &mut loads[key] else {
                    continue;
                };
                let replica_share = inventory.resources[r].replica_share;
                if component == inventory.site_component(path.site) {
                    let has_share =
                        has_copy(inventory, shard.index(), path.site) && !self.is_cut[key];
                    let share = if has_share { 1.0 - replica_share } else { 1.0 };
                    *load += walker.users * share * self.now.demand(inventory, shard.index(), r);
                } else {
                    let pool = path.pools.iter().map(|pool| &self.members[pool.index()]);
                    let mut pool = pool.filter(|members| members.contains(&component));
                    let shares = pool.next().map_or(1, Vec::len) as f64;
                    *load += walker.users * self.mean_demand(shard, r) / shares;
                }
            }
        }
        for (index, row) in inventory.access_points.iter().enumerate() {
            if row.state == AccessPointState::Standby && entering[index] <= NOBODY {
                let component = inventory.access_point_component(AccessPointId::new(index));
                for load in loads.row_mut(component.index()).iter_mut().flatten() {
                    *load = 0.0;
                }
            }
        }
        loads
    }

    /// What a user of a shard's group demands on the way, the mean over its shards.
    fn mean_demand(&self, shard: ShardId, resource: usize) -> f64 {
        let key =
            |shard: usize| GroupKey::of(self.inventory, &self.scenario.policy, ShardId::new(shard));
        let group = (0..self.inventory.shards.len()).filter(|own| key(*own) == key(shard.index()));
        let (mut demanded, mut users) = (0.0, 0.0);
        for own in group {
            demanded += self.now.users(own) * self.now.demand(self.inventory, own, resource);
            users += self.now.users(own);
        }
        demanded / users
    }

    /// Headroom target and the share of it that was missing before, where there is one; all of it where there was no
    /// capacity before.
    fn target(&self, e: usize, r: usize) -> Option<(f64, f64)> {
        let target = self.now.target[[e, r]];
        let kept = match self.before.nominal[[e, r]] {
            Some(capacity) if capacity <= 0.0 => 1.0,
            Some(capacity)
                if target > 0.0
                    && self.scenario.policy.existing_shortfall == ExistingShortfall::Keep =>
            {
                let free = 1.0 - self.plan.before.load[[e, r]] / capacity;
                (1.0 - free / target).clamp(0.0, 1.0)
            }
            _ => 0.0,
        };
        (target > 0.0).then_some((target, kept))
    }
}

/// Copies and background, and where they had to be cut to what is left.
fn fixed(inventory: &Inventory, now: &Believed) -> (Array2<f64>, Array2<bool>) {
    let mut fixed = Array2::zeros(now.target.dim());
    for row in &inventory.background {
        fixed[[row.component.index(), row.resource.index()]] += row.load;
    }
    for shard in 0..inventory.shards.len() {
        for site in (0..inventory.sites.len()).map(SiteId::new) {
            if !has_copy(inventory, shard, site) {
                continue;
            }
            for (r, resource) in inventory.resources.iter().enumerate() {
                let demand = now.users(shard) * now.demand(inventory, shard, r);
                let component = inventory.site_component(site);
                fixed[[component.index(), r]] += resource.replica_share * demand;
            }
        }
    }
    let mut is_cut = Array2::from_elem(fixed.dim(), false);
    for ((e, r), load) in fixed.indexed_iter_mut() {
        let left = now.left(e, r).unwrap_or(f64::INFINITY);
        if now.gone[e] {
            *load = 0.0;
        } else if *load > left {
            *load = left;
            is_cut[[e, r]] = true;
        }
    }
    (fixed, is_cut)
}
