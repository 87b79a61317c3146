//! **Moves.** First, in an inventory with replicas, `min` users moved to a site that holds no copy of their shard: their
//! data must travel. Then `min` users served at another site than their current one; those whose site is gone count,
//! shards being placed and the unserved do not (`model.md` §4).
//!
//! Unit: users.

use crate::formulation::class::Class;
use crate::ids::SiteId;

/// `true` if users of a class are copied who have left their current site for this one.
pub(super) fn copies_mover(class: &Class, site: SiteId) -> bool {
    class.copies.binary_search(&site).is_err()
}
