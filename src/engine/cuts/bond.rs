//! Classes as one cut tells them: what keeps their shards from other sites, and who has too little there.
//!
//! Too little is a resource at all sites that they may use, whatever the paths there; or any site at all, where nothing
//! is left of those where they may be, or no path leads there.

use crate::formulation::rows::LoadRow;
use crate::formulation::{ClassId, Problem, Rules};
use crate::graph::FlowNetwork;
use crate::ids::{ResourceId, ShardId, SiteId};
use crate::model::{Drain, Failover, Home, LinkEnd, MoveRule, Movers};
use crate::plan::{Bond, Cut, Stopped};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// Classes as one cut tells them: shards and users, and what holds them to `sites`.
pub(super) struct BondCrowd {
    pub(super) shards: Vec<ShardId>,
    pub(super) users: f64,
    pub(super) bonds: Vec<Bond>,
}

impl BondCrowd {
    pub(super) fn new(problem: &Problem<'_>, classes: &[ClassId], sites: &[SiteId]) -> Self {
        let mut shards: Vec<ShardId> = classes
            .iter()
            .flat_map(|&class| problem.class(class).shards.iter().copied())
            .collect();
        shards.sort_unstable();
        shards.dedup();
        Self {
            shards,
            users: classes
                .iter()
                .map(|&class| problem.class(class).users)
                .sum(),
            bonds: bonds(problem, classes, sites),
        }
    }
}

/// What holds the shards of some classes to `sites`, each rule once, that of most users first.
fn bonds(problem: &Problem<'_>, classes: &[ClassId], sites: &[SiteId]) -> Vec<Bond> {
    let setting = &problem.setting;
    let rules = Rules::new(*setting);
    let outside: Vec<SiteId> = (0..setting.inventory.sites.len())
        .map(SiteId::new)
        .filter(|site| sites.binary_search(site).is_err())
        .filter(|site| sites.is_empty() || !setting.case.gone[site.index()])
        .collect();
    let mut users: BTreeMap<Bond, f64> = BTreeMap::new();
    for &class in classes {
        let class = problem.class(class);
        // All shards of a class are affected or none is; without replicas little tells their rules apart.
        let mut known: BTreeMap<_, Bond> = BTreeMap::new();
        for &shard in &class.shards {
            let home = class.home(shard);
            let row = &setting.inventory.shards[shard.index()];
            let bond = if setting.inventory.replicas_of(shard).is_empty() {
                *known
                    .entry((row.site, row.jurisdiction, row.move_rule))
                    .or_insert_with(|| of_home(problem, &rules, home, &outside))
            } else {
                of_home(problem, &rules, home, &outside)
            };
            *users.entry(bond).or_default() += setting.users(home);
        }
    }
    let mut bonds: Vec<(Bond, f64)> = users.into_iter().collect();
    bonds.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    bonds.into_iter().map(|(bond, _)| bond).collect()
}

/// What keeps who is at a home from all sites outside.
fn of_home(problem: &Problem<'_>, rules: &Rules<'_>, home: Home, outside: &[SiteId]) -> Bond {
    let setting = &problem.setting;
    let inventory = setting.inventory;
    if outside.is_empty() {
        return Bond::None;
    }
    if outside.iter().any(|&site| rules.is_permitted(home, site)) {
        // Permitted, but out of reach.
        return Bond::Mixed;
    }
    let row = &inventory.shards[home.shard.index()];
    let has_replicas = !inventory.replicas_of(home.shard).is_empty();
    let has_failed = home
        .site
        .is_some_and(|site| setting.case.failed[site.index()]);
    let is_outside = |jurisdiction| {
        outside.iter().all(|site| {
            let offered = &inventory.sites[site.index()].jurisdictions;
            offered.binary_search(&jurisdiction).is_err()
        })
    };
    if let Some(jurisdiction) = row
        .jurisdiction
        .filter(|jurisdiction| is_outside(*jurisdiction))
    {
        return Bond::Jurisdiction(jurisdiction);
    }
    if setting.policy.movers == Movers::Affected
        && !setting.is_affected.get(home)
        && home.site.is_some()
    {
        return Bond::Unaffected;
    }
    match row.move_rule {
        MoveRule::Pinned => Bond::Pinned,
        MoveRule::ReplicaOnly => Bond::ReplicaOnly,
        MoveRule::Free if has_failed && setting.policy.failover == Failover::Replicas => {
            Bond::Failover
        }
        MoveRule::Free if has_replicas && setting.policy.drain == Drain::Replicas => Bond::Drain,
        MoveRule::Free => Bond::Mixed,
    }
}

/// The cuts of every resource in a slice of the hours; none where everyone's need fits.
pub(super) fn cuts_at_sites(problem: &Problem<'_>, slice: usize) -> Vec<Cut> {
    (0..problem.setting.inventory.resources.len())
        .map(ResourceId::new)
        .flat_map(|resource| of_resource(&SliceCut { problem, slice }, resource))
        .collect()
}

/// A problem in one slice of the hours.
struct SliceCut<'p, 'a> {
    problem: &'p Problem<'a>,
    slice: usize,
}

impl SliceCut<'_, '_> {
    /// The row of a site and resource, if the site limits the resource.
    fn row_at(&self, site: SiteId, resource: ResourceId) -> Option<&LoadRow> {
        let problem = self.problem;
        let place = problem.setting.network.place(LinkEnd::Site(site));
        let rows = &problem.rows.at_place[place.index()];
        problem.rows.of_resource(rows, resource, self.slice).next()
    }
}

/// What a row leaves for users: capacity less copies and background.
pub(super) fn spare(row: &LoadRow) -> f64 {
    (row.capacity - row.fixed).max(0.0)
}

/// The least that one user of a class needs at any permitted site: where a copy stands, what that has already
/// is not needed again.
fn least_need(in_slice: &SliceCut<'_, '_>, class: ClassId, resource: ResourceId) -> f64 {
    let problem = in_slice.problem;
    let one_class = problem.class(class);
    let of_copy = problem.setting.inventory.resources[resource.index()].replica_share;
    let share = one_class
        .sites
        .iter()
        .filter(|site| one_class.copies.binary_search(site).is_ok())
        .filter(|&&site| {
            in_slice
                .row_at(site, resource)
                .is_some_and(|row| !row.is_cut)
        })
        .map(|_| 1.0 - of_copy)
        .fold(1.0, f64::min);
    problem.demand_of(class)[[in_slice.slice, resource.index()]] * share
}

fn of_resource(in_slice: &SliceCut<'_, '_>, resource: ResourceId) -> Vec<Cut> {
    let problem = in_slice.problem;
    let mut groups: BTreeMap<&[SiteId], (f64, Vec<ClassId>)> = BTreeMap::new();
    for (id, class) in problem.classes.classes.iter().enumerate() {
        let need = class.users * least_need(in_slice, id, resource);
        let is_limited = |site: &SiteId| in_slice.row_at(*site, resource).is_some();
        if need > 0.0 && !class.sites.is_empty() && class.sites.iter().all(is_limited) {
            let group = groups.entry(&class.sites).or_default();
            group.0 += need;
            group.1.push(id);
        }
    }
    if groups.is_empty() {
        return Vec::new();
    }
    let mut network = FlowNetwork::default();
    let sites: Vec<Option<(usize, f64)>> = (0..problem.setting.inventory.sites.len())
        .map(|site| {
            let spare_capacity = spare(in_slice.row_at(SiteId::new(site), resource)?);
            let point = network.point();
            network.edge(point, FlowNetwork::SINK, Some(spare_capacity));
            Some((point, spare_capacity))
        })
        .collect();
    let mut of_point: BTreeMap<usize, (&[SiteId], f64, &[ClassId])> = BTreeMap::new();
    for (allowed, (need, classes)) in &groups {
        let point = network.point();
        network.edge(FlowNetwork::SOURCE, point, Some(*need));
        for site in *allowed {
            if let Some((site, _)) = sites[site.index()] {
                network.edge(point, site, None);
            }
        }
        of_point.insert(point, (allowed, *need, classes));
    }
    let is_behind = network.min_cut();
    network
        .parts(&is_behind)
        .into_iter()
        .filter_map(|part| {
            let after: Vec<_> = part
                .iter()
                .filter_map(|point| of_point.get(point))
                .collect();
            let mut allowed: Vec<SiteId> = after
                .iter()
                .flat_map(|(sites, _, _)| sites.iter().copied())
                .collect();
            allowed.sort_unstable();
            allowed.dedup();
            let classes: Vec<ClassId> = after
                .iter()
                .flat_map(|(_, _, classes)| classes.iter().copied())
                .collect();
            let has = allowed
                .iter()
                .filter_map(|site| sites[site.index()])
                .map(|(_, spare)| spare)
                .sum();
            let crowd = BondCrowd::new(problem, &classes, &allowed);
            (!classes.is_empty()).then(|| Cut {
                stopped: Stopped::AtSites { resource },
                bonds: crowd.bonds,
                shards: crowd.shards,
                users: crowd.users,
                sites: allowed,
                needs: after.iter().map(|(_, need, _)| need).sum(),
                has,
            })
        })
        .collect()
}

/// Classes are reported together if they may be at the same sites, and within the same limit where paths are missing.
type Key = (bool, Vec<SiteId>, Option<u64>);

/// A cut for every set of sites to which unserved users are bound and cannot go.
pub(super) fn cuts_nowhere(problem: &Problem<'_>, unserved: &[f64]) -> Vec<Cut> {
    let setting = &problem.setting;
    let rules = Rules::new(*setting);
    let mut together: BTreeMap<Key, Vec<ClassId>> = BTreeMap::new();
    for (id, class) in problem.classes.classes.iter().enumerate() {
        if !class.sites.is_empty() || unserved[id] <= NOBODY {
            continue;
        }
        let Some(&shard) = class.shards.first() else {
            continue;
        };
        let permitted: Vec<SiteId> = (0..setting.inventory.sites.len())
            .map(SiteId::new)
            .filter(|&site| rules.is_permitted(class.home(shard), site))
            .collect();
        let open: Vec<SiteId> = permitted
            .iter()
            .copied()
            .filter(|site| !setting.case.gone[site.index()])
            .collect();
        let limit = problem.classes.groups[class.group].max_latency;
        let key = if open.is_empty() {
            (false, permitted, None)
        } else {
            (true, open, limit.map(f64::to_bits))
        };
        together.entry(key).or_default().push(id);
    }
    together
        .into_iter()
        .map(|((is_open, sites, limit), classes)| {
            let crowd = BondCrowd::new(problem, &classes, &sites);
            let mut client_regions: Vec<_> = classes
                .iter()
                .map(|&class| problem.classes.groups[problem.class(class).group].client_region)
                .collect();
            client_regions.sort_unstable();
            client_regions.dedup();
            Cut {
                stopped: if is_open {
                    Stopped::NoPath {
                        client_regions,
                        max_latency: limit.map(f64::from_bits),
                    }
                } else {
                    Stopped::NoSite
                },
                bonds: crowd.bonds,
                needs: crowd.users,
                shards: crowd.shards,
                users: crowd.users,
                sites,
                has: 0.0,
            }
        })
        .collect()
}
