//! A walk of every user through one case, by the sentences of `docs/model.md` §10, nothing folded.
//! Long because it is one rule after the other as docs/model.md tells them, and shares nothing with the planner.
//!
//! It knows only the written plan: who is served where, and who is steered over which path.

mod loads;
mod paths;

use crate::naive::affected::affected;
use crate::naive::at_instant::{Believed, at_instant};
use crate::naive::paths::{Path, paths_of};
use crate::naive::pools::carrying_members;
use crate::naive::rules::may_run_at;
use crate::naive::{Band, before_instant};
use loads::fixed;
use ndarray::Array2;
use plimsoll::ids::{AccessPointId, ComponentId, ResourceId, ShardId, SiteId, TenantId, TierId};
use plimsoll::model::{
    AccessPointState, Event, EventKind, Failing, Inventory, Recovery, ReplicaState, Scenario,
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
    /// Which rules were asked.
    pub(super) rules: BTreeSet<&'static str>,
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

/// What is noted on the way.
#[derive(Default)]
struct Notes {
    rules: BTreeSet<&'static str>,
    is_in_doubt: bool,
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
        drain_minutes: None,
        is_end_assumed: false,
    };
    let mut all = scenario.clone();
    all.policy.reaction_minutes = 0.0;
    let in_force = scenario.events.iter();
    let in_force = in_force.filter(|event| is_in_force(event, scenario, at, Knowledge::Believed));
    let failures = failing.iter().map(|failing| failing.event(inventory));
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
        let mut notes = Notes::default();
        let mut walkers = Vec::new();
        for part in &self.period.parts {
            self.send(part, recovery, &mut walkers, &mut notes);
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
            let rank = ranks.partition_point(|number| *number < rank);
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
            notes.is_in_doubt |= (load - left * (1.0 + FEASIBILITY)).abs() < DOUBT * left;
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
            rules: notes.rules,
            is_in_doubt: notes.is_in_doubt,
            loads,
        }
    }

    /// Sends the users of a part on their way.
    fn send<'w>(
        &'w self,
        part: &'w Part,
        recovery: Recovery,
        walkers: &mut Vec<Walker<'w>>,
        notes: &mut Notes,
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
            let mut to = self.over_flows(part.shard, &flows, |one_site| one_site == site);
            let mut rule = "other paths";
            if to.is_empty() {
                rule = "fastest path";
                let fastest = self.fastest(part.shard, |one_site| one_site == site, notes);
                to.extend(fastest.map(|path| (path, 1.0)));
            }
            if to.is_empty() {
                (rule, to) = self.taken_over(part, &flows, recovery, notes);
            }
            notes.rules.insert(rule);
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
        notes: &mut Notes,
    ) -> (&'static str, Vec<(&'w Path, f64)>) {
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
                return ("other sites", to);
            }
            let fastest = self.fastest(shard, may_be, notes);
            let to: Vec<_> = fastest.map(|path| (path, 1.0)).into_iter().collect();
            let rule = if to.is_empty() {
                "no site"
            } else {
                "nearest site"
            };
            return (rule, to);
        }
        let replicas = self.inventory.replicas_of(shard);
        let ready = replicas.iter();
        let ready = ready.filter(|replica| replica.state == ReplicaState::Ready);
        let home = self.inventory.shards[shard.index()].site;
        let home = home.filter(|_| !replicas.is_empty());
        for site in ready.map(|replica| replica.site).chain(home) {
            if !may_be(site) {
                continue;
            }
            let to = self.over_flows(shard, flows, |one_site| one_site == site);
            if !to.is_empty() {
                return ("replica steered to", to);
            }
            if let Some(path) = self.fastest(shard, |one_site| one_site == site, notes) {
                let rule = if Some(site) == home {
                    "home"
                } else {
                    "replica"
                };
                return (rule, vec![(path, 1.0)]);
            }
        }
        ("no replica", Vec::new())
    }
}
