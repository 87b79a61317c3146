//! Cut: users who need more than there is where they may go, as a proof that some of them stay unserved.

use crate::ids::{ClientRegionId, ComponentId, JurisdictionId, ResourceId, ShardId, SiteId};

/// What stops them.
#[derive(Debug, Clone, PartialEq)]
pub enum Stopped {
    /// Too little of a resource at all sites that they may use.
    AtSites {
        /// Of what.
        resource: ResourceId,
    },
    /// Too little of a resource on all paths from where they are to those sites.
    AlongPath {
        /// Of what.
        resource: ResourceId,
        /// Where they are.
        client_regions: Vec<ClientRegionId>,
        /// What every path passes, ascending; members of a pool one by one.
        components: Vec<ComponentId>,
    },
    /// Nothing is left of any site where they may be.
    NoSite,
    /// No open path within the latency limit leads to any site where they may be.
    NoPath {
        /// Where they are.
        client_regions: Vec<ClientRegionId>,
        /// In milliseconds.
        max_latency: Option<f64>,
    },
}

/// What keeps shards from all other sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bond {
    /// They may go to every open site.
    None,
    /// They must stay in a jurisdiction.
    Jurisdiction(JurisdictionId),
    /// They are pinned to where they are.
    Pinned,
    /// They may only be where a ready replica is.
    ReplicaOnly,
    /// Their site has failed, and they run from a ready replica or not at all.
    Failover,
    /// They have replicas, and move to one of them or not at all.
    Drain,
    /// Nothing touches them, and only who is touched may move.
    Unaffected,
    /// What is within reach, or several rules together.
    Mixed,
}

/// Users who need more than there is.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// What stops them.
    pub stopped: Stopped,
    /// What holds them, each rule once, that of most users first.
    pub bonds: Vec<Bond>,
    /// Their shards, ascending.
    pub shards: Vec<ShardId>,
    /// Users of these shards.
    pub users: f64,
    /// All sites where they may be, ascending.
    pub sites: Vec<SiteId>,
    /// What they need at least, in the resource's unit; in users where no resource is short.
    pub needs: f64,
    /// What there is for them, in the same unit.
    pub has: f64,
}

impl Cut {
    /// What is missing: so much of what they need stays unserved in every plan.
    pub fn short(&self) -> f64 {
        self.needs - self.has
    }

    /// Of what; `None` if there is no site or path at all.
    pub fn resource(&self) -> Option<ResourceId> {
        match self.stopped {
            Stopped::AtSites { resource } | Stopped::AlongPath { resource, .. } => Some(resource),
            Stopped::NoSite | Stopped::NoPath { .. } => None,
        }
    }
}
