//! Where a shard may be homed: jurisdiction, move, drain and failover rules (`docs/model.md` §1, `docs/scenario.md`).

use super::setting::Setting;
use crate::ids::SiteId;
use crate::model::{Drain, Failover, Home, MoveRule, Movers, ReplicaState};

/// The rules of one setting.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    setting: Setting<'a>,
}

impl<'a> Rules<'a> {
    /// The rules of a setting.
    pub fn new(setting: Setting<'a>) -> Self {
        Self { setting }
    }

    /// The open sites where who is at a current home may be homed, ascending; whether a path leads there is not asked.
    pub fn sites(&self, home: Home) -> Vec<SiteId> {
        let setting = &self.setting;
        let is_open = |site: SiteId| !setting.case.gone[site.index()];
        if let Some(sites) = setting
            .narrowed
            .and_then(|narrowed| narrowed[home.shard.index()].as_ref())
        {
            return sites
                .iter()
                .copied()
                .filter(|&site| is_open(site))
                .collect();
        }
        (0..setting.inventory.sites.len())
            .map(SiteId::new)
            .filter(|&site| is_open(site) && self.is_permitted(home, site))
            .collect()
    }

    /// `true` if the rules let who is at a current home be homed at a site, whether that is open or not.
    pub fn is_permitted(&self, home: Home, site: SiteId) -> bool {
        let setting = &self.setting;
        let row = &setting.inventory.shards[home.shard.index()];
        let current = home.site;
        if current == Some(site) {
            return true;
        }
        let is_unaffected = !setting.is_affected.get(home);
        if setting.policy.movers == Movers::Affected && is_unaffected && current.is_some() {
            return false;
        }
        let offers = |jurisdiction| {
            setting.inventory.sites[site.index()]
                .jurisdictions
                .binary_search(&jurisdiction)
                .is_ok()
        };
        if row
            .jurisdiction
            .is_some_and(|jurisdiction| !offers(jurisdiction))
        {
            return false;
        }
        let replicas = setting.inventory.replicas_of(home.shard);
        let is_replica = replicas
            .iter()
            .any(|replica| replica.site == site && replica.state == ReplicaState::Ready);
        let is_home = row.site == Some(site);
        match row.move_rule {
            MoveRule::Pinned => return false,
            MoveRule::ReplicaOnly if !is_replica && !is_home => return false,
            MoveRule::ReplicaOnly | MoveRule::Free => {}
        }
        match current {
            // Placing a shard is neither a planned move nor a failover.
            None => true,
            Some(current) if setting.case.failed[current.index()] => {
                setting.policy.failover == Failover::Anywhere
                    || is_replica
                    || (is_home && !replicas.is_empty())
            }
            Some(_) => {
                setting.policy.drain == Drain::Anywhere
                    || replicas.is_empty()
                    || is_replica
                    || is_home
            }
        }
    }
}
