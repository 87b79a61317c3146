//! Cases that are answered by a rule, recomputed from the scenario's own plan by the sentences of `docs/model.md` §10:
//! what a case leaves of the plan, where users go who have lost their site, and which share of them is served.
//! Every number is that of the hour in which it is worst.

use super::super::certificate::{CapacityRow, LoadPlace, Permissions, longest, without_retries};
use super::basis::{Basis, CasePaths, DemandingUsers};
use super::folded_plan::{FlowInPlan, FoldedPlan, SteeringInSlice};
use super::traffic::{CaseOutcome, Traffic, end_of, number, place_of_entry};
use crate::ids::SiteId;
use crate::model::{Recovery, ReplicaState};
use crate::units::FEASIBILITY;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The case of some paths under a rule.
pub(super) fn outcome(
    plan: &FoldedPlan,
    paths: &CasePaths<'_, '_>,
    recovery: Recovery,
) -> CaseOutcome {
    // A rule decides nothing, so that nobody is turned away for their retries.
    let rows = without_retries(&paths.rows);
    let mut all = CaseOutcome::nothing(paths.basis, rows.len());
    for (slice, steering) in plan.hours.iter().enumerate() {
        let mut sent = SentByRule::new(plan, (slice, steering), paths);
        sent.send_all(recovery);
        let traffic = sent.traffic();
        let loads = rows.iter().map(|row| {
            if row.slice == slice || is_steady(paths.basis, row) {
                traffic.load(row, &paths.slices[row.slice], 0)
            } else {
                0.0
            }
        });
        let loads: Vec<f64> = loads.collect();
        sent.count(&sent.served_shares(rows, &loads), &mut all);
        most(&mut all.loads, &loads);
        most(&mut all.entering, &traffic.entering);
    }
    let both = rows.iter().zip(&all.loads);
    let missing = both.map(|(row, load)| asked_beyond(row, *load)).collect();
    all.close(paths.basis.context.inventory, missing);
    all
}

/// The more of each of two numbers.
fn most(all: &mut [f64], others: &[f64]) {
    for (value, other) in all.iter_mut().zip(others) {
        *value = value.max(*other);
    }
}

/// `true` for a row that holds in all slices.
fn is_steady(basis: &Basis<'_>, row: &CapacityRow) -> bool {
    let varies = basis.context.inventory.resources[row.resource].varies;
    matches!(row.stands, LoadPlace::Site(_)) && !varies
}

/// The share of a target that is missing beyond what was missing before, of what is asked for: `1 − s⁰ − (1 − L/A)/h`.
fn asked_beyond(row: &CapacityRow, load: f64) -> f64 {
    if row.target <= 0.0 {
        return 0.0;
    }
    1.0 - row.kept - (1.0 - load / row.capacity) / row.target
}

/// The paths of a group's users to a site.
struct PathToSite<'c> {
    group: usize,
    site: usize,
    /// Those of the plan that are left; else the one that the plan did not use.
    flows: Vec<Cow<'c, FlowInPlan>>,
    /// Sum of the flows' users.
    weight: f64,
    /// Users who are sent over them, in proportion to the flows.
    sent: f64,
}

/// Users who go the same path: a position among the residents of the plan, one among the paths, `None` where they reach no site,
/// and how many they are.
type SentUsers = (usize, Option<usize>, f64);

/// Where everybody is sent in a slice of a case.
struct SentByRule<'p, 'c, 'a> {
    plan: &'p FoldedPlan,
    steering: &'p SteeringInSlice,
    slice: usize,
    paths: &'p CasePaths<'c, 'a>,
    /// Those of every group at a site in the plan, then those that the plan did not use.
    to_sites: Vec<PathToSite<'p>>,
    /// By group and site: the positions of the latter.
    detours: FxHashMap<(usize, usize), usize>,
    all: Vec<SentUsers>,
}

impl<'p, 'c, 'a> SentByRule<'p, 'c, 'a> {
    /// The paths that a case leaves of the plan; nobody is sent yet.
    fn new(
        plan: &'p FoldedPlan,
        (slice, steering): (usize, &'p SteeringInSlice),
        routes: &'p CasePaths<'c, 'a>,
    ) -> Self {
        let roads = routes.roads;
        let to_sites = plan.at_sites.iter().zip(&steering.flows);
        let to_sites = to_sites.map(|(group_at_site, flows)| {
            let kind = roads.kind(routes.basis.context.groups[group_at_site.group].profile);
            let is_left = |flow: &&FlowInPlan| {
                let mut links = flow.links.iter();
                links.all(|link| roads.may_pass(kind, *link))
            };
            let flows: Vec<_> = flows.iter().filter(is_left).map(Cow::Borrowed).collect();
            PathToSite {
                group: group_at_site.group,
                site: group_at_site.site,
                weight: flows.iter().map(|flow| flow.users).sum(),
                flows,
                sent: 0.0,
            }
        });
        Self {
            plan,
            steering,
            slice,
            paths: routes,
            to_sites: to_sites.collect(),
            detours: FxHashMap::default(),
            all: Vec::with_capacity(plan.residents.len()),
        }
    }

    /// Milliseconds and access point of the fastest path of a group to a site, if one within its limit is open.
    fn fastest(&self, group: usize, site: usize) -> Option<(f64, usize)> {
        let of_group = &self.paths.basis.context.groups[group];
        let fastest = &self.paths.fastest[self.paths.roads.kind(of_group.profile)];
        let region = of_group.client_region.index();
        let path = fastest.search(region, site, |index| self.steering.is_open[index])?;
        let is_short = path.latency <= longest(of_group.limit);
        is_short.then_some((path.latency, path.access_point))
    }

    /// The position of paths of the plan of a group to a site that are left.
    fn left(&self, group: usize, site: usize) -> Option<usize> {
        let position = self.plan.at(group, site)?;
        (self.to_sites[position].weight > 0.0).then_some(position)
    }

    /// The position of the fastest path of a group to a site, which the plan did not use.
    fn detour(&mut self, group: usize, site: usize) -> Option<usize> {
        if let Some(known) = self.detours.get(&(group, site)) {
            return Some(*known);
        }
        let (_, access_point) = self.fastest(group, site)?;
        let of_group = &self.paths.basis.context.groups[group];
        let (roads, region) = (self.paths.roads, of_group.client_region.index());
        let kind = roads.kind(of_group.profile);
        let links = roads.fastest_links(kind, (region, access_point, site));
        let flow = FlowInPlan {
            links: links.collect(),
            access_point,
            users: 1.0,
        };
        self.detours.insert((group, site), self.to_sites.len());
        self.to_sites.push(PathToSite {
            group,
            site,
            flows: vec![Cow::Owned(flow)],
            weight: 1.0,
            sent: 0.0,
        });
        Some(self.to_sites.len() - 1)
    }

    /// Sends everybody: along the paths of the plan that are left, over another one to the same site, or where a takeover
    /// brings them.
    fn send_all(&mut self, recovery: Recovery) {
        let plan = self.plan;
        let mut permissions = Permissions::new(&self.paths.basis.alike);
        let mut takeovers: FxHashMap<usize, Vec<(usize, f64)>> = FxHashMap::default();
        for (position, group_at_site) in plan.at_sites.iter().enumerate() {
            let had_ways = !self.steering.flows[position].is_empty();
            let path = if had_ways && self.to_sites[position].weight <= 0.0 {
                self.detour(group_at_site.group, group_at_site.site)
            } else {
                Some(position)
            };
            for residents in group_at_site.residents.clone() {
                if path.is_some() {
                    self.send(residents, path, 1.0);
                    continue;
                }
                let alike = plan.residents[residents].alike;
                let to = takeovers
                    .entry(alike)
                    .or_insert_with(|| self.takeover(alike, recovery, &mut permissions));
                if to.is_empty() {
                    self.send(residents, None, 1.0);
                }
                for &(site, share) in &*to {
                    let path = self.left(group_at_site.group, site);
                    let path = path.or_else(|| self.detour(group_at_site.group, site));
                    self.send(residents, path, share);
                }
            }
        }
        for residents in plan.unserved.clone() {
            self.send(residents, None, 1.0);
        }
    }

    fn send(&mut self, residents: usize, path: Option<usize>, share: f64) {
        let users = self.plan.residents[residents].users * share;
        if let Some(path) = path {
            self.to_sites[path].sent += users;
        }
        self.all.push((residents, path, users));
    }

    /// Where those go who are alike: to sites, each with a share of them; nowhere if there are none. Where a replica
    /// takes over it is the first that is ready and reached; else users follow those of their group, or go to the
    /// nearest site.
    fn takeover(
        &self,
        id: usize,
        recovery: Recovery,
        permissions: &mut Permissions<'_>,
    ) -> Vec<(usize, f64)> {
        let basis = self.paths.basis;
        let context = basis.context;
        let alike = &basis.alike.all[id];
        let is_affected = self.paths.is_affected(id);
        let [permitted, _] = permissions.of(self.paths.situation, id, is_affected);
        let group = context.group_of(alike.shard);
        let latency = |site: usize| self.fastest(group, site).map(|(latency, _)| latency);
        if recovery == Recovery::Replicas {
            let replicas = context.replicas_of(alike.shard);
            let home = context.inventory.shards[alike.shard].site;
            let home = home.filter(|_| !replicas.is_empty());
            let ready = replicas.iter();
            let ready = ready.filter(|replica| replica.state == ReplicaState::Ready);
            let mut sites = ready
                .map(|replica| replica.site)
                .chain(home)
                .map(SiteId::index);
            let first = sites.find(|site| {
                let is_reached = || self.left(group, *site).is_some() || latency(*site).is_some();
                permitted.contains(site) && is_reached()
            });
            return first.map(|site| (site, 1.0)).into_iter().collect();
        }
        let left = permitted.iter().filter_map(|&site| {
            let weight = self.to_sites[self.left(group, site)?].weight;
            Some((site, weight))
        });
        let mut left: Vec<(usize, f64)> = left.collect();
        if left.is_empty() {
            let reached = permitted.iter();
            let reached = reached.filter_map(|&site| Some((latency(site)?, site)));
            let nearest = reached.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            return nearest.map(|(_, site)| (site, 1.0)).into_iter().collect();
        }
        let all: f64 = left.iter().map(|(_, users)| users).sum();
        for (_, users) in &mut left {
            *users /= all;
        }
        left
    }

    /// What they ask for, except for what their copies stand for at sites.
    fn traffic(&self) -> Traffic<'a> {
        let basis = self.paths.basis;
        let mut traffic = Traffic::new(basis.context, 1);
        for path in &self.to_sites {
            for flow in &path.flows {
                let count = path.sent * flow.users / path.weight;
                traffic.entering[flow.access_point] += count;
                let users = DemandingUsers {
                    count,
                    profile: basis.context.groups[path.group].profile,
                    demand: &self.steering.along_path[path.group],
                };
                for link in &flow.links {
                    traffic.pass(0, *link, users);
                }
            }
        }
        for &(residents, path, users) in &self.all {
            if let Some(path) = path {
                let alike = self.plan.residents[residents].alike;
                let users = basis.demanding(alike, self.slice, users);
                let site = self.to_sites[path].site;
                traffic.serve(0, (site, basis.has_copy(alike, site)), users);
            }
        }
        traffic
    }

    /// By path, the share of its users that is served under what is asked of every row: on each flow the least share of
    /// all that it passes and of its site.
    fn served_shares(&self, rows: &[CapacityRow], loads: &[f64]) -> Vec<f64> {
        let context = self.paths.basis.context;
        let mut short: FxHashMap<LoadPlace, Vec<(usize, f64)>> = FxHashMap::default();
        for (row, load) in rows.iter().zip(loads) {
            if *load > row.capacity * (1.0 + FEASIBILITY) {
                let share = (row.capacity - row.fixed).max(0.0) / (load - row.fixed);
                let at = match row.stands {
                    LoadPlace::Entry(index) => LoadPlace::Place(place_of_entry(context, index)),
                    at => at,
                };
                short.entry(at).or_default().push((row.resource, share));
            }
        }
        let least = |group: usize, so_far: f64, at: LoadPlace| {
            let profile = context.groups[group].profile;
            let demand = &context.inventory.profiles[profile.index()].demand;
            let of = short.get(&at).into_iter().flatten();
            let of = of.filter(|(resource, _)| demand[*resource] > 0.0);
            of.fold(so_far, |least: f64, (_, share)| least.min(*share))
        };
        let of_way = |path: &PathToSite<'_>| {
            if short.is_empty() || path.weight <= 0.0 {
                return 1.0;
            }
            let at_site = least(path.group, 1.0, LoadPlace::Site(path.site));
            let served = path.flows.iter().map(|flow| {
                let share = flow.links.iter().fold(at_site, |share, link| {
                    let share = least(path.group, share, LoadPlace::Link(link.index()));
                    least(path.group, share, LoadPlace::Place(end_of(context, *link)))
                });
                flow.users * share
            });
            served.sum::<f64>() / path.weight
        };
        self.to_sites.iter().map(of_way).collect()
    }

    /// Counts who is unserved and who is served elsewhere, under the share that is served by path; what is more than in
    /// other slices counts.
    fn count(&self, shares: &[f64], outcome: &mut CaseOutcome) {
        let basis = self.paths.basis;
        let mut by_rank: BTreeMap<u32, f64> = BTreeMap::new();
        let mut by_residents: BTreeMap<usize, f64> = BTreeMap::new();
        let mut moved = 0.0;
        for &(position, path, users) in &self.all {
            let residents = &self.plan.residents[position];
            let share = path.map_or(0.0, |path| shares[path]);
            let unserved = users * (1.0 - share);
            let rank = basis.context.inventory.tiers[residents.tier.index()].rank;
            *by_rank.entry(rank).or_default() += unserved;
            if unserved > 0.0 {
                *by_residents.entry(position).or_default() += unserved;
            }
            let current = basis.alike.all[residents.alike].current;
            if let (Some(path), Some(current)) = (path, current)
                && current.index() != self.to_sites[path].site
            {
                moved += users * share;
            }
        }
        let levels = &mut outcome.levels;
        levels.moved = levels.moved.max(moved);
        for (rank, users) in by_rank {
            let most = levels.unserved.entry(rank).or_default();
            *most = most.max(users);
        }
        for (residents, users) in by_residents {
            let most = outcome.unserved.entry((number(residents), None));
            let most = most.or_default();
            *most = most.max(users);
        }
    }
}
