//! Witness: a plan of one case and the prices that prove it to be best.

use crate::ids::{LinkId, ShardId, SiteId};
use crate::solve::LevelOutcome;

/// A plan of one case, told by who is not on his default path, and what proves its levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The position of the case.
    pub case: usize,
    /// The levels in their order, each with its proof.
    pub levels: Vec<LevelOutcome>,
    /// Who is not on his default path, ascending by shard, but for those whom nobody could serve.
    pub displaced: Vec<Displacement>,
}

/// Users who are not on their default path.
#[derive(Debug, Clone, PartialEq)]
pub struct Displacement {
    /// One of the shards whose users they are: all shards that are like it in everything but tenant, id and number of
    /// users are one.
    pub like: ShardId,
    /// Where they are now, if that shard is at several sites.
    pub site: Option<SiteId>,
    /// Where they go; `None` is unserved. Of a route that follows the hours the paths of all slices, one behind the other.
    pub links: Option<Vec<LinkId>>,
    /// How many.
    pub users: f64,
}
