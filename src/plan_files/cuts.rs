//! Cuts as programs read them: who needs more than there is where he may go.

use serde::{Deserialize, Serialize};

/// One cut of one period. Names are those of the inventory's files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CutRow {
    /// Which period.
    pub period: u32,
    /// What stops them: `sites`, `ways`, `no_site` or `no_path`.
    pub kind: CutKind,
    /// Of what there is too little; absent where no site or path is left at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Unit of the amounts below: the resource's, or `users`.
    pub unit: String,
    /// Whose shards.
    pub tenants: Vec<String>,
    /// Which shards.
    pub shards: Vec<String>,
    /// Users of these shards.
    pub users: f64,
    /// All sites where they may be.
    pub sites: Vec<String>,
    /// Client regions that they come from, where ways are what is short.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_regions: Vec<String>,
    /// What all of them have to pass, where ways are what is short; else the sites themselves.
    pub components: Vec<String>,
    /// What they need at least.
    pub needs: f64,
    /// What there is for them.
    pub has: f64,
    /// What is missing: so much stays unserved in every plan.
    pub short: f64,
    /// The same for people.
    pub sentence: String,
}

/// What stops the users of a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutKind {
    /// Too little at all sites that they may use.
    Sites,
    /// Too little on all ways to those sites.
    Ways,
    /// Nothing is left of any site where they may be.
    NoSite,
    /// No open path leads to any of them.
    NoPath,
}
