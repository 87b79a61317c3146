//! Rows: one reader per table, from cells to the domain types.

pub(crate) mod access_points;
pub(crate) mod background;
pub(crate) mod capacity_changes;
pub(crate) mod client_regions;
pub(crate) mod credits;
pub(crate) mod elements;
pub(crate) mod links;
pub(crate) mod load_curves;
pub(crate) mod onboarding;
pub(crate) mod place;
pub(crate) mod profiles;
pub(crate) mod replicas;
pub(crate) mod resources;
pub(crate) mod risk_groups;
pub(crate) mod shards;
pub(crate) mod sites;
pub(crate) mod tiers;

/// A value and the line of the file that it stands on.
#[derive(Debug, Clone)]
pub(crate) struct Located<T> {
    /// Counted from 1.
    pub(crate) line: u64,
    /// The value.
    pub(crate) value: T,
}
