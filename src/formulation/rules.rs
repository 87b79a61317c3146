//! Where a shard may be homed: jurisdiction, move, drain and failover rules (`docs/model.md` §1, `docs/scenario.md`).

use super::kinds::{KindId, Standing};
use super::setting::{Narrowing, Setting};
use crate::ids::SiteId;
use crate::model::{Drain, Failover, Home, MoveRule, Movers, ReplicaState};
use fixedbitset::FixedBitSet;

/// A set of sites, by position.
pub type SiteSet = FixedBitSet;

/// The rules of one setting.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    setting: Setting<'a>,
    /// Sites that are not gone.
    open: SiteSet,
    /// By jurisdiction, the sites that offer it.
    offers: Vec<SiteSet>,
}

impl<'a> Rules<'a> {
    /// The rules of a setting.
    pub fn new(setting: Setting<'a>) -> Self {
        let inventory = setting.inventory;
        let nowhere = SiteSet::with_capacity(inventory.sites.len());
        let mut open = nowhere.clone();
        let mut offers = vec![nowhere; inventory.jurisdictions.len()];
        for (index, site) in inventory.sites.iter().enumerate() {
            open.set(index, !setting.case.gone[index]);
            for jurisdiction in &site.jurisdictions {
                offers[jurisdiction.index()].insert(index);
            }
        }
        Self {
            setting,
            open,
            offers,
        }
    }

    /// The open sites where shards that stand so may be homed; whether a path leads there is not asked.
    pub fn sites(&self, standing: &Standing, is_affected: bool) -> SiteSet {
        let mut sites = match self.setting.narrowed {
            Narrowing::Home => self.only(standing.current.into_iter()),
            Narrowing::Rules => self.permitted(standing, is_affected),
        };
        sites.intersect_with(&self.open);
        sites
    }

    /// `true` if the rules let who is at a current home be homed at a site, whether that is open or not.
    pub fn is_permitted(&self, home: Home, site: SiteId) -> bool {
        let kind: KindId = self.setting.folded.kinds.of(home);
        let standing = self.setting.folded.kinds.standing(kind);
        let is_affected = self.setting.is_affected.of_kind(kind);
        self.permitted(standing, is_affected).contains(site.index())
    }

    /// The sites where the rules let shards be homed that stand so, whether those are open or not.
    fn permitted(&self, standing: &Standing, is_affected: bool) -> SiteSet {
        let mut sites = self.others(standing, is_affected);
        if let Some(current) = standing.current {
            sites.insert(current.index());
        }
        sites
    }

    /// The same without regard to where they are already.
    fn others(&self, standing: &Standing, is_affected: bool) -> SiteSet {
        let setting = &self.setting;
        let nowhere = SiteSet::with_capacity(setting.inventory.sites.len());
        let has_to_stay =
            setting.policy.movers == Movers::Affected && !is_affected && standing.current.is_some();
        if has_to_stay || standing.move_rule == MoveRule::Pinned {
            return nowhere;
        }
        let mut sites = nowhere;
        match standing.jurisdiction {
            Some(jurisdiction) => sites.union_with(&self.offers[jurisdiction.index()]),
            None => sites.insert_range(..),
        }
        let replicas = setting.folded.kinds.replicas(standing);
        let ready = replicas
            .iter()
            .filter(|(_, state)| *state == ReplicaState::Ready)
            .map(|(site, _)| *site);
        let copies = self.only(ready.chain(standing.home));
        if standing.move_rule == MoveRule::ReplicaOnly {
            sites.intersect_with(&copies);
        }
        match standing.current {
            Some(current) if setting.case.failed[current.index()] => {
                if setting.policy.failover == Failover::Replicas && replicas.is_empty() {
                    sites.clear();
                } else if setting.policy.failover == Failover::Replicas {
                    sites.intersect_with(&copies);
                }
            }
            Some(_) if setting.policy.drain == Drain::Replicas && !replicas.is_empty() => {
                sites.intersect_with(&copies);
            }
            // Placing a shard is neither a planned move nor a failover.
            Some(_) | None => {}
        }
        sites
    }

    /// These sites.
    fn only(&self, sites: impl Iterator<Item = SiteId>) -> SiteSet {
        let mut only = SiteSet::with_capacity(self.open.len());
        only.extend(sites.map(SiteId::index));
        only
    }
}
