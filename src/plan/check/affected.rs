//! Affected: which shards an event, onboarding or a capacity change touches (`model.md` §1).

use super::ground::Ground;
use super::homes::Homes;
use super::period::Situation;
use super::ways::{Ways, is_on_some_path};
use crate::ids::{ComponentId, SiteId};
use crate::model::ExistingShortfall;
use crate::scenario::{Band, free_share_lowered};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Answers for one period; what it finds out for a group and a site it keeps.
pub(super) struct Affected<'a> {
    ground: &'a Ground<'a>,
    situation: &'a Situation,
    /// Sites whose free share has shrunk since the start.
    lowered: Vec<bool>,
    /// Group and current site: an event touches something between them.
    between: BTreeMap<(usize, SiteId), bool>,
}

impl<'a> Affected<'a> {
    /// For the period that starts at `at`.
    pub(super) fn new(
        ground: &'a Ground<'a>,
        situation: &'a Situation,
        at: Timestamp,
        current: &Homes,
    ) -> Self {
        let (inventory, scenario) = (ground.inventory, ground.scenario);
        Self {
            ground,
            situation,
            lowered: free_share_lowered(inventory, scenario, at, Band::Expected, &current.main),
            between: BTreeMap::new(),
        }
    }

    /// `true` if the shard, currently at `site`, is affected: an event touches the site, raises or lowers the
    /// shard's demand, or touches something on some path between the shard's users and the site; or the
    /// site's free share has shrunk; or existing shortfall is repaired.
    pub(super) fn is_affected(&mut self, shard: usize, site: SiteId) -> bool {
        let case = &self.situation.case;
        if self.ground.scenario.policy.existing_shortfall == ExistingShortfall::Repair
            || case.touched[site.index()]
            || case.surged[shard]
            || self.lowered[site.index()]
        {
            return true;
        }
        let group = self.ground.group_of[shard];
        let ground = self.ground;
        *self.between.entry((group, site)).or_insert_with(|| {
            let is_touched = |component: ComponentId| case.touched[component.index()];
            let ways = Ways {
                ground,
                group: &ground.groups[group],
                site,
                is_marked: &is_touched,
                is_closed: &|_| false,
            };
            is_on_some_path(&ways)
        })
    }
}
