//! Users without any site: nothing is left of those where they may be, or no path leads there.

use super::bond::BondCrowd;
use crate::formulation::{ClassId, Problem, Rules};
use crate::ids::SiteId;
use crate::plan::{Cut, Stopped};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// Classes are told together if they may be at the same sites, and within the same limit where paths are missing.
type Key = (bool, Vec<SiteId>, Option<u64>);

/// A cut for every set of sites to which unserved users are bound and cannot go.
pub(super) fn cuts(problem: &Problem<'_>, unserved: &[f64]) -> Vec<Cut> {
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
