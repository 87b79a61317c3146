//! Split shards: what is elsewhere is a shard of its own, after all others.

use super::Elsewhere;
use super::at_instant::Believed;
use plimsoll::ids::{ShardId, SiteId};
use plimsoll::model::{Inventory, Replica};

/// The inventory with a shard for everything that is elsewhere, like the one that it is of.
pub(super) fn apart(inventory: &Inventory, elsewhere: &[Elsewhere]) -> Inventory {
    let mut apart = inventory.clone();
    for part in elsewhere {
        let shard = ShardId::new(apart.shards.len());
        apart.shards.push(inventory.shards[part.shard].clone());
        let replicas = inventory.replicas_of(ShardId::new(part.shard));
        apart
            .replicas
            .extend(replicas.iter().map(|replica| Replica {
                shard,
                ..replica.clone()
            }));
    }
    apart
}

/// The current sites of the shards of that inventory.
pub(super) fn current(current: &[Option<SiteId>], elsewhere: &[Elsewhere]) -> Vec<Option<SiteId>> {
    let others = elsewhere.iter().map(|part| Some(part.site));
    current.iter().copied().chain(others).collect()
}

/// Divides the users of split shards among the shards of that inventory.
pub(super) fn divide(believed: &mut Believed, elsewhere: &[Elsewhere]) {
    let whole = believed.base_users.clone();
    for part in elsewhere {
        let users = whole[part.shard] * part.share;
        believed.base_users[part.shard] -= users;
        believed.base_users.push(users);
        believed.factor.push(believed.factor[part.shard]);
        believed.surged.push(believed.surged[part.shard]);
    }
}
