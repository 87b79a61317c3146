//! Fixed load: copies and background, and where it had to be cut.

use super::ground::Ground;
use crate::ids::SiteId;
use crate::model::Case;
use ndarray::Array2;

/// Load that is there whoever is served where.
pub(super) struct Fixed {
    /// Components × resources: cut to what is left.
    pub(super) load: Array2<f64>,
    /// Components × resources: it had to be cut, so a copy there takes nothing off a user's demand.
    pub(super) is_cut: Array2<bool>,
}

impl Fixed {
    /// "Every copy at an open site costs `replica_share` of the demand"; background is what background.csv
    /// says; both are cut to what is left where they exceed it.
    pub(super) fn new(ground: &Ground<'_>, case: &Case) -> Self {
        let inventory = ground.inventory;
        let shape = (inventory.component_count(), inventory.resources.len());
        let mut load = Array2::zeros(shape);
        for row in &inventory.background {
            load[[row.component.index(), row.resource.index()]] += row.load;
        }
        for replicas in inventory
            .replicas
            .chunk_by(|one, next| one.shard == next.shard)
        {
            let shard = replicas[0].shard.index();
            let home = inventory.shards[shard].site;
            let copies = replicas.iter().map(|replica| replica.site).chain(home);
            for site in copies.filter(|site| is_open(case, *site)) {
                for (resource, of_resource) in inventory.resources.iter().enumerate() {
                    let demand = ground.demand(case, shard, resource) * case.users(shard);
                    load[[site.index(), resource]] += of_resource.replica_share * demand;
                }
            }
        }
        let mut is_cut = Array2::from_elem(shape, false);
        for ((component, resource), load) in load.indexed_iter_mut() {
            if let Some(left) = case.capacity(component, resource)
                && *load > left
            {
                *load = left;
                is_cut[[component, resource]] = true;
            }
        }
        Self { load, is_cut }
    }
}

/// `true` if something is left of the site.
pub(super) fn is_open(case: &Case, site: SiteId) -> bool {
    !case.gone[site.index()]
}
