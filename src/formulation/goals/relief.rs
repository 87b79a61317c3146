//! **Relief.** `min` users of unaffected shards who are served at another site than their current one
//! (`model.md` §4): they move only if otherwise somebody stays unserved.
//!
//! Unit: users. Shards being placed have no current site and do not count.

use crate::formulation::class::Class;
use crate::ids::SiteId;

/// What one user of a class served at a site adds to the level: 1 or 0.
pub fn relief_per_user(class: &Class, site: SiteId) -> f64 {
    let has_left = class.current.is_some_and(|current| current != site);
    if has_left && !class.is_affected {
        1.0
    } else {
        0.0
    }
}
