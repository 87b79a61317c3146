//! Which shards an event, onboarding or a capacity change touches.

use super::at_instant::Believed;
use super::paths::Path;
use super::rules::has_copy;
use plimsoll::ids::SiteId;
use plimsoll::model::{ExistingShortfall, Inventory, Scenario};

/// Shards: `true` if affected.
///
/// Decisions: a surge touches the shards whose demand it changes. "Some path" is one that the shard's users
/// may take (profile, latency limit), through any access point, open or not, and whatever is gone on it. An
/// event of any share touches what it names, also a component that limits nothing.
pub(crate) fn affected(
    inventory: &Inventory,
    scenario: &Scenario,
    before: &Believed,
    now: &Believed,
    current: &[Option<SiteId>],
    paths: &[Vec<Path>],
) -> Vec<bool> {
    if scenario.policy.existing_shortfall == ExistingShortfall::Repair {
        return vec![true; inventory.shards.len()];
    }
    let crowded: Vec<bool> = (0..inventory.sites.len())
        .map(|site| has_less_free(inventory, before, now, current, SiteId::new(site)))
        .collect();
    (0..inventory.shards.len())
        .map(|shard| {
            let by_site = current[shard].is_some_and(|site| {
                crowded[site.index()] || is_touched_at(inventory, now, &paths[shard], site)
            });
            now.surged[shard] || by_site
        })
        .collect()
}

/// `true` if an event touches a site, or some path there.
pub(super) fn is_touched_at(
    inventory: &Inventory,
    now: &Believed,
    paths: &[Path],
    site: SiteId,
) -> bool {
    let is_on_touched_path = paths.iter().any(|path| {
        path.site == site
            && path
                .with_members(inventory)
                .iter()
                .any(|component| now.touched[component.index()])
    });
    now.touched[site.index()] || is_on_touched_path
}

/// `true` if onboarding or capacity changes since the start took free share of any resource from a site.
///
/// Decision: the users homed there now, copies and background included, are counted with the users of the
/// start and with those of now, both without surges, against the nominal capacities of the start and of now.
/// Growth and leaving are taken together; a site that became unlimited or stayed empty has lost nothing.
pub(super) fn has_less_free(
    inventory: &Inventory,
    before: &Believed,
    now: &Believed,
    current: &[Option<SiteId>],
    site: SiteId,
) -> bool {
    (0..inventory.resources.len()).any(|resource| {
        let used = |believed: &Believed| {
            let load = homed_load(inventory, &believed.base_users, current, site, resource);
            believed.nominal[[site.index(), resource]].map_or(0.0, |capacity| {
                if capacity > 0.0 {
                    load / capacity
                } else {
                    f64::INFINITY
                }
            })
        };
        used(now) > used(before) * (1.0 + 1e-12) + 1e-12
    })
}

/// Load of a resource at a site while everybody is where he is.
fn homed_load(
    inventory: &Inventory,
    users: &[f64],
    current: &[Option<SiteId>],
    site: SiteId,
    resource: usize,
) -> f64 {
    let background: f64 = inventory
        .background
        .iter()
        .filter(|row| row.component.index() == site.index() && row.resource.index() == resource)
        .map(|row| row.load)
        .sum();
    let homed: f64 = inventory
        .shards
        .iter()
        .enumerate()
        .map(|(s, shard)| {
            let demand = inventory.profiles[shard.profile.index()].demand[resource] * users[s];
            if current[s] == Some(site) {
                demand
            } else if has_copy(inventory, s, site) {
                demand * inventory.resources[resource].replica_share
            } else {
                0.0
            }
        })
        .sum();
    background + homed
}
