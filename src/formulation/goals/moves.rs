//! **Moved.** `min` users served at another site than their current one; those whose site is gone count,
//! shards being placed and the unserved do not (`model.md` §4).
//!
//! Unit: users.

use crate::formulation::class::Class;
use crate::ids::SiteId;

/// What one user of a class served at a site adds to the level: 1 or 0.
pub fn moved_per_user(class: &Class, site: SiteId) -> f64 {
    if class.current.is_some_and(|current| current != site) {
        1.0
    } else {
        0.0
    }
}
