//! Variants: an inventory with other rules or capacities, by which conditions and adjustments are asked.

use crate::model::{Adjustment, Condition, Inventory, MoveRule, Shard};
use crate::units::FEASIBILITY;

/// The inventory by which a condition is asked.
pub(super) fn variant(
    of_band: &Inventory,
    condition: Condition,
    adjustment: Adjustment,
) -> Inventory {
    match (condition, adjustment) {
        (Condition::StableUnder, _) => strict(of_band),
        (Condition::Target | Condition::Served, Adjustment::AsIs | Adjustment::Steered) => {
            pinned(of_band)
        }
        (Condition::Target | Condition::Served | Condition::ServedUnder, _) => of_band.clone(),
    }
}

/// With all shards pinned to their homes.
pub(super) fn pinned(inventory: &Inventory) -> Inventory {
    let mut pinned = inventory.clone();
    let shards: &mut [Shard] = &mut pinned.shards;
    for shard in shards {
        shard.move_rule = MoveRule::Pinned;
    }
    pinned
}

/// With so much less capacity that what is left within it is less than the capacity.
pub(super) fn strict(inventory: &Inventory) -> Inventory {
    let mut strict = inventory.clone();
    let changes = strict.capacity_changes.iter_mut();
    let changed = changes.filter_map(|change| change.capacity.as_mut());
    for capacity in strict.capacity.iter_mut().flatten().chain(changed) {
        *capacity *= 1.0 - FEASIBILITY;
    }
    strict
}

/// In which nothing is limited: who is unserved in it has no site.
pub(super) fn endless(inventory: &Inventory) -> Inventory {
    let mut endless = inventory.clone();
    endless.capacity.fill(None);
    endless.capacity_changes.clear();
    endless
}
