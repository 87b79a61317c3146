//! The rules that look beyond a single cell: one file per table, one function and one code per rule.

pub(crate) mod client_regions;
pub(crate) mod distance;
pub(crate) mod elements;
pub(crate) mod growth;
pub(crate) mod links;
pub(crate) mod onboarding;
pub(crate) mod reach;
pub(crate) mod replicas;
pub(crate) mod shards;
pub(crate) mod sites;

use super::findings::Findings;
use crate::model::Inventory;

/// Where the rows of an inventory stand in their files, by position.
#[derive(Debug)]
pub(crate) struct Lines {
    /// sites.csv
    pub(crate) sites: Vec<u64>,
    /// access_points.csv
    pub(crate) access_points: Vec<u64>,
    /// elements.csv
    pub(crate) elements: Vec<u64>,
    /// links.csv
    pub(crate) links: Vec<u64>,
    /// client_regions.csv
    pub(crate) client_regions: Vec<u64>,
    /// shards.csv
    pub(crate) shards: Vec<u32>,
}

/// The rules that need the whole inventory. Each looks only at files without errors, so that one mistake is
/// one finding.
pub(crate) fn whole(inventory: &Inventory, lines: &Lines, findings: &mut Findings) {
    let _ = (inventory, lines, findings);
}
