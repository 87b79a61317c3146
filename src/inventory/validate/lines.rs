//! Lines: where the rows of an inventory stand.

/// Where the rows of an inventory stand in their files, by position.
#[derive(Debug)]
pub(crate) struct Lines {
    /// sites.csv
    pub(crate) sites: Vec<u64>,
    /// `access_points.csv`
    pub(crate) access_points: Vec<u64>,
    /// elements.csv
    pub(crate) elements: Vec<u64>,
    /// links.csv
    pub(crate) links: Vec<u64>,
    /// `client_regions.csv`
    pub(crate) client_regions: Vec<u64>,
    /// shards.csv
    pub(crate) shards: Vec<u32>,
    /// replicas.csv
    pub(crate) replicas: Vec<u32>,
}
