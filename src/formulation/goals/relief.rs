//! **Relief.** `min` users of unaffected shards who are served at another site than their current one
//! (`model.md` §4): they move only if otherwise somebody stays unserved.
//!
//! Unit: users. Shards being placed have no current site and do not count.

use crate::formulation::class::Class;

/// `true` if users of a class count who have left their current site.
pub(super) fn counts_mover(class: &Class) -> bool {
    !class.is_affected
}
