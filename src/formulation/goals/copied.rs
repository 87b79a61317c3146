//! **Copied.** In an inventory with replicas, `min` users moved to a site that holds no copy of their shard:
//! their data must travel (`model.md` §4).
//!
//! Unit: users.

use crate::formulation::class::Class;
use crate::ids::SiteId;

/// What one user of a class served at a site adds to the level: 1 or 0.
pub fn copied_per_user(class: &Class, site: SiteId) -> f64 {
    let has_left = class.current.is_some_and(|current| current != site);
    let has_copy = class.copies.binary_search(&site).is_ok();
    if has_left && !has_copy { 1.0 } else { 0.0 }
}
