//! Where a plan homes shards, and what its homes come to in survival rows.

use crate::formulation::rows::SurvivalRow;
use crate::formulation::{Problem, Shards, WhoId};
use crate::ids::SiteId;
use crate::model::Homes;

/// Where a plan homes whole shards.
pub(super) struct PlannedHomes {
    pub(super) homes: Homes,
    /// Shards that have a site, by who they are and where they are homed.
    pub(super) crowds: Vec<PlannedCrowd>,
}

/// Shards that are the same and are homed at the same site.
pub(super) struct PlannedCrowd {
    pub(super) who: WhoId,
    pub(super) site: SiteId,
    pub(super) users: f64,
    pub(super) shards: Shards,
}

impl PlannedHomes {
    /// Where shards are in a problem narrowed down to one site for each, once the plan is in force that is made so.
    pub(super) fn of(frozen: &Problem<'_>, homes: Homes) -> Self {
        let classes = frozen.classes.classes.iter();
        let crowds = classes.filter_map(|class| {
            let [site] = *class.sites else { return None };
            Some(PlannedCrowd {
                who: class.who,
                site,
                users: class.users,
                shards: class.shards.clone(),
            })
        });
        Self {
            homes,
            crowds: crowds.collect(),
        }
    }

    /// Users whom a row proves to be unserved in its case, as these homes stand.
    pub(super) fn unserved_by(&self, row: &SurvivalRow) -> f64 {
        let crowds = self.crowds.iter();
        let cost: f64 = crowds
            .map(|own| own.users * row.cost(own.who, own.site))
            .sum();
        cost - row.room
    }
}
