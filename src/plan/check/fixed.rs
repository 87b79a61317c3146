//! Fixed load: copies and background, and where it had to be cut.

use super::ground::Ground;
use crate::ids::SiteId;
use crate::model::Case;
use ndarray::Array2;

/// Background, and what copies load while their sites are open: all of it that does not depend on what is left.
pub(super) struct Copies {
    /// Components × resources.
    background: Array2<f64>,
    /// By slice of the hours: the same with copies.
    load: Vec<Array2<f64>>,
}

impl Copies {
    /// "Every copy at an open site costs `replica_share` of the demand"; background is what background.csv says.
    pub(super) fn new(ground: &Ground<'_>, case: &Case) -> Self {
        let inventory = ground.inventory;
        let shape = (inventory.component_count(), inventory.resources.len());
        let mut background = Array2::zeros(shape);
        for row in &inventory.background {
            background[[row.component.index(), row.resource.index()]] += row.load;
        }
        let mut load = vec![background.clone(); case.hours.slice_count()];
        for replicas in inventory
            .replicas
            .chunk_by(|one, next| one.shard == next.shard)
        {
            let shard = replicas[0].shard.index();
            let home = inventory.shards[shard].site;
            let region = inventory.shards[shard].client_region;
            for site in replicas.iter().map(|replica| replica.site).chain(home) {
                for (resource, of_resource) in inventory.resources.iter().enumerate() {
                    let demand = ground.demand(case, shard, resource) * case.users(shard);
                    for (slice, load) in load.iter_mut().enumerate() {
                        let of_hour = if of_resource.varies {
                            case.hours.factor(slice, region)
                        } else {
                            1.0
                        };
                        load[[site.index(), resource]] +=
                            of_resource.replica_share * demand * of_hour;
                    }
                }
            }
        }
        Self { background, load }
    }
}

/// Load that is there in a slice of the hours, whoever is served where.
pub(super) struct Fixed {
    /// Components × resources: cut to what is left.
    pub(super) load: Array2<f64>,
    /// Components × resources: it had to be cut, so a copy there takes nothing off a user's demand.
    pub(super) is_cut: Array2<bool>,
}

impl Fixed {
    /// Both are cut to what is left where they exceed it.
    pub(super) fn new(copies: &Copies, case: &Case, slice: usize) -> Self {
        let mut load = copies.load[slice].clone();
        for site in (0..case.failed.len()).filter(|site| !is_open(case, SiteId::new(*site))) {
            load.row_mut(site).assign(&copies.background.row(site));
        }
        let mut is_cut = Array2::from_elem(load.dim(), false);
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
