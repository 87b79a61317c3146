//! Where a plan homes shards, and what its homes come to in survival rows.

use crate::formulation::rows::SurvivalRow;
use crate::formulation::{Detail, Narrowed, Problem, WhoId};
use crate::ids::{ShardId, SiteId};
use crate::model::Homes;

/// Where a plan homes whole shards.
pub(super) struct PlannedHomes {
    pub(super) homes: Homes,
    /// Users by who they are and where they are homed, of classes that have a site.
    users: Vec<(WhoId, SiteId, f64)>,
}

impl PlannedHomes {
    /// Every shard where it is left one site; the others, and those that have none, where they are.
    pub(super) fn of(problem: &Problem<'_>, narrowed: &Narrowed) -> Self {
        let current = problem.setting.current;
        let mut sites: Vec<Option<SiteId>> = (0..current.shard_count())
            .map(|shard| current.main(ShardId::new(shard)))
            .collect();
        let frozen = problem.narrowed(narrowed, Detail::Plan);
        let mut users = Vec::new();
        for class in frozen.classes.classes.iter() {
            let [site] = *class.sites else { continue };
            for shard in &class.shards {
                sites[shard.index()] = Some(site);
            }
            users.push((class.who, site, class.users));
        }
        Self {
            homes: Homes::whole(sites),
            users,
        }
    }

    /// Users whom a row proves to be unserved in its case, as these homes stand.
    pub(super) fn unserved_by(&self, row: &SurvivalRow) -> f64 {
        let users = self.users.iter();
        let cost: f64 = users
            .map(|(who, site, users)| users * row.cost(*who, *site))
            .sum();
        cost - row.room
    }
}
