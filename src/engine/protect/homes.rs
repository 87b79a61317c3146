//! Where a plan homes shards, and what its homes come to in survival rows.

use crate::formulation::{Problem, ShardLists, WhoId};
use crate::ids::SiteId;
use crate::model::Homes;
use crate::solve::Outcome;

/// Users of one kind who are homed at a site.
#[derive(Debug, Clone, Copy)]
pub(super) struct Homed {
    pub(super) who: WhoId,
    pub(super) site: SiteId,
    pub(super) users: f64,
}

impl Homed {
    /// Where an outcome homes users, shards in parts if need be.
    pub(super) fn in_parts(problem: &Problem<'_>, outcome: &Outcome) -> Vec<Self> {
        let served = outcome.served.iter();
        served
            .map(|served| Self {
                who: problem.class(served.class).who,
                site: outcome.paths.get(served.path).site,
                users: served.users,
            })
            .collect()
    }
}

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
    pub(super) shards: ShardLists,
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

    pub(super) fn homed(&self) -> Vec<Homed> {
        let crowds = self.crowds.iter();
        crowds
            .map(|crowd| Homed {
                who: crowd.who,
                site: crowd.site,
                users: crowd.users,
            })
            .collect()
    }
}
