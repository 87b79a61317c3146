//! What has been drawn so far, for what is drawn later.

/// A resource.
#[derive(Debug, Clone)]
pub(super) struct ResourceSketch {
    pub(super) id: String,
    pub(super) is_network: bool,
}

/// A shard.
#[derive(Debug, Clone)]
pub(super) struct ShardSketch {
    pub(super) id: String,
    pub(super) tenant: String,
    pub(super) users: f64,
    /// Position among the sites.
    pub(super) site: Option<usize>,
    /// Position among the profiles.
    pub(super) profile: usize,
}

/// A component with its limited resources: column and capacity.
#[derive(Debug, Clone)]
pub(super) struct ComponentSketch {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) capacity: Vec<(String, Option<f64>)>,
}

/// Which components events and background treat alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Site,
    AccessPoint,
    Element,
    Member,
    Link,
}

/// What has been drawn so far.
#[derive(Debug, Default)]
pub(super) struct Sketch {
    pub(super) resources: Vec<ResourceSketch>,
    /// Id and demand by resource.
    pub(super) profiles: Vec<(String, Vec<f64>)>,
    pub(super) regions: Vec<String>,
    pub(super) sites: Vec<String>,
    pub(super) shards: Vec<ShardSketch>,
    pub(super) has_replicas: bool,
    pub(super) components: Vec<ComponentSketch>,
    pub(super) pools: Vec<String>,
    /// How much room there is: 1 is tight, 2 is easy.
    pub(super) ease: f64,
}

impl Sketch {
    /// Demand of all users, or of those homed at a site, for a resource.
    pub(super) fn demand(&self, resource: usize, site: Option<usize>) -> f64 {
        self.shards
            .iter()
            .filter(|shard| site.is_none() || shard.site == site)
            .map(|shard| shard.users * self.profiles[shard.profile].1[resource])
            .sum()
    }

    /// Positions of the network resources.
    pub(super) fn network(&self) -> Vec<usize> {
        (0..self.resources.len())
            .filter(|&resource| self.resources[resource].is_network)
            .collect()
    }
}
