//! Classes as one cut tells them, and what keeps their shards from other sites.

use crate::formulation::{ClassId, Problem, Rules};
use crate::ids::{ShardId, SiteId};
use crate::model::{Drain, Failover, Home, MoveRule, Movers};
use crate::plan::Bond;
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
    if let Some(jurisdiction) = row.jurisdiction.filter(|own| is_outside(*own)) {
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
