//! Moves: who changes site, and why.

use super::plan::Part;
use crate::ids::{ShardId, SiteId};
use crate::model::{Case, Inventory};
use crate::plan_files::{How, Reason};

/// Users of a shard who change site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// Whose users.
    pub shard: ShardId,
    /// Where they were in the period before; `None` is being placed.
    pub from: Option<SiteId>,
    /// Where they are now.
    pub to: SiteId,
    /// How many.
    pub users: f64,
    /// Whether a copy takes over or data must travel.
    pub how: How,
    /// Why.
    pub reason: Reason,
}

/// Why users of a shard stand where they stand.
///
/// `drained` and `failed` when the site left has nothing left, `relief` when they leave a place that still works,
/// `returned` when they go home after the events, `placed` for a shard without a home.
pub fn reason(
    case: &Case,
    is_returning: bool,
    previous: Option<SiteId>,
    current: Option<SiteId>,
    to: Option<SiteId>,
) -> Reason {
    match (current, to) {
        (_, None) => Reason::Unserved,
        (None, Some(_)) => Reason::Placed,
        (Some(from), Some(to)) if from == to => {
            if is_returning && previous != Some(to) {
                Reason::Returned
            } else {
                Reason::Home
            }
        }
        (Some(from), Some(_)) if case.failed[from.index()] => Reason::Failed,
        (Some(from), Some(_)) if case.gone[from.index()] => Reason::Drained,
        (Some(_), Some(_)) => Reason::Relief,
    }
}

/// Everybody with users who is served elsewhere than in the period before, in the order of the parts.
pub fn moves(
    inventory: &Inventory,
    case: &Case,
    is_returning: bool,
    previous: &[Option<SiteId>],
    current: &[Option<SiteId>],
    parts: &[Part],
) -> Vec<Move> {
    parts
        .iter()
        .filter_map(|part| {
            let to = part.site?;
            let shard = part.shard.index();
            let from = previous[shard];
            (from != Some(to) && part.users > 0.0).then(|| Move {
                shard: part.shard,
                from,
                to,
                users: part.users,
                how: if has_copy(inventory, part.shard, to) {
                    How::Takeover
                } else {
                    How::Copy
                },
                reason: reason(case, is_returning, from, current[shard], Some(to)),
            })
        })
        .collect()
}

/// `true` if a site holds a copy of a shard: a replica, or its home if it has replicas.
pub(crate) fn has_copy(inventory: &Inventory, shard: ShardId, site: SiteId) -> bool {
    let replicas = inventory.replicas_of(shard);
    let is_home = inventory.shards[shard.index()].site == Some(site);
    replicas.iter().any(|replica| replica.site == site) || is_home && !replicas.is_empty()
}
