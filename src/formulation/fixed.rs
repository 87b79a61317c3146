//! Load that no decision changes: copies and background (`model.md` §1, `F`).

use crate::ids::ShardId;
use crate::model::{Case, Inventory};
use ndarray::Array2;

/// Load that no decision changes. Arrays are components × resources.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedLoads {
    /// Load, cut to what is left of the capacity.
    pub load: Array2<f64>,
    /// `true` where it had to be cut: nothing more fits there.
    pub is_cut: Array2<bool>,
    /// The part that is background, uncut: it does not grow with demand.
    pub background: Array2<f64>,
}

impl FixedLoads {
    /// Copies and background in a case.
    ///
    /// A shard with replicas costs `replica_share` of its demand at its home and at every replica site that
    /// is open.
    pub fn new(inventory: &Inventory, case: &Case) -> Self {
        let shape = (inventory.component_count(), inventory.resources.len());
        let mut load = Array2::zeros(shape);
        for row in &inventory.background {
            if !case.gone[row.component.index()] {
                load[[row.component.index(), row.resource.index()]] += row.load;
            }
        }
        let background = load.clone();
        let mut start = 0;
        while start < inventory.replicas.len() {
            let shard = inventory.replicas[start].shard;
            let replicas = inventory.replicas_of(shard);
            let home = inventory.shards[shard.index()].site;
            for site in home
                .into_iter()
                .chain(replicas.iter().map(|replica| replica.site))
            {
                if !case.gone[site.index()] {
                    add_copy(inventory, case, shard, site.index(), &mut load);
                }
            }
            start += replicas.len();
        }
        let mut is_cut = Array2::from_elem(shape, false);
        for ((component, resource), load) in load.indexed_iter_mut() {
            if let Some(capacity) = case.capacity(component, resource)
                && *load > capacity
            {
                *load = capacity;
                is_cut[[component, resource]] = true;
            }
        }
        Self {
            load,
            is_cut,
            background,
        }
    }
}

/// Adds one copy of a shard at a site.
fn add_copy(
    inventory: &Inventory,
    case: &Case,
    shard: ShardId,
    site: usize,
    load: &mut Array2<f64>,
) {
    let demand = &inventory.profiles[inventory.shards[shard.index()].profile.index()].demand;
    for (index, resource) in inventory.resources.iter().enumerate() {
        let users = if resource.varies {
            case.users(shard.index())
        } else {
            case.base_users[shard.index()]
        };
        load[[site, index]] += users * demand[index] * resource.replica_share;
    }
}
