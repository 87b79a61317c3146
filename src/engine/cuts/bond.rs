//! What keeps shards from other sites: the rule that all of them have in common.

use crate::formulation::{ClassId, Problem, Rules};
use crate::ids::SiteId;
use crate::model::{Drain, Failover, Home, MoveRule, Movers};
use crate::plan::Bond;

/// The bond of all shards of some classes to `sites`: [`Bond::Mixed`] if they have none in common.
pub(super) fn common(problem: &Problem<'_>, classes: &[ClassId], sites: &[SiteId]) -> Bond {
    let rules = Rules::new(problem.setting);
    let outside: Vec<SiteId> = (0..problem.setting.inventory.sites.len())
        .map(SiteId::new)
        .filter(|site| sites.binary_search(site).is_err())
        .filter(|site| sites.is_empty() || !problem.setting.case.gone[site.index()])
        .collect();
    let mut bonds = classes.iter().flat_map(|&class| {
        let class = problem.class(class);
        class.shards.iter().map(|&shard| class.home(shard))
    });
    let Some(first) = bonds.next() else {
        return Bond::Mixed;
    };
    let bond = of_home(problem, &rules, first, &outside);
    if bonds.all(|home| of_home(problem, &rules, home, &outside) == bond) {
        bond
    } else {
        Bond::Mixed
    }
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
