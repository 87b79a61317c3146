//! Affected: which shards an event, onboarding or a capacity change touches (`model.md` §1).

use super::ground::Ground;
use super::period::Situation;
use super::ways::{Marked, Ways};
use crate::ids::{ProfileId, SiteId};
use crate::model::ExistingShortfall;
use crate::model::Homes;
use crate::scenario::{Band, free_share_lowered};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Answers for one period; what it finds out for a group and a site it keeps.
pub(super) struct Affected<'a> {
    ground: &'a Ground<'a>,
    situation: &'a Situation<'a>,
    /// Sites whose free share has shrunk since the start.
    lowered: Vec<bool>,
    /// Group and current site: an event touches something between them.
    between: BTreeMap<(usize, SiteId), bool>,
    /// Profile and site: the ways on which something touched may lie.
    ways: BTreeMap<(ProfileId, SiteId), Ways<'a>>,
    /// `true` if an event touches something outside sites.
    is_path_touched: bool,
    /// What an event touches on ways, once somebody asked.
    touched: Option<Arc<Marked>>,
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
            lowered: free_share_lowered(inventory, scenario, at, Band::Expected, current),
            between: BTreeMap::new(),
            ways: BTreeMap::new(),
            is_path_touched: situation.case.touched[inventory.sites.len()..].contains(&true),
            touched: None,
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
        if !self.is_path_touched {
            return false;
        }
        let ground = self.ground;
        let group = ground.group_of(shard);
        let of_group = &ground.groups[group];
        let touched = &mut self.touched;
        let ways = &mut self.ways;
        *self.between.entry((group, site)).or_insert_with(|| {
            ways.entry((of_group.profile, site))
                .or_insert_with(|| {
                    let marked = || Arc::new(Marked::new(ground, &case.touched));
                    let marked = Arc::clone(touched.get_or_insert_with(marked));
                    Ways::new(ground, of_group.profile, site, marked, &[])
                })
                .is_on_some_path(of_group.client_region, of_group.limit)
        })
    }
}
