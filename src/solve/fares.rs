//! Fares: what users of a demand pay at prices, on their way and where they are homed.

use super::price::Tariff;
use crate::formulation::rows::RowId;
use crate::formulation::{Demand, Problem};
use crate::graph::{PlaceId, Prices};
use crate::ids::{AccessPointId, SiteId};
use crate::model::LinkEnd;

/// By site, what it costs one user of a demand to be homed there.
pub(super) fn prices_at_sites(
    problem: &Problem<'_>,
    demand: &Demand,
    tariff: &Tariff,
) -> Vec<SitePrice> {
    let of_user = &demand.of_user;
    let inventory = problem.setting.inventory;
    (0..inventory.sites.len())
        .map(|site| {
            let place = LinkEnd::Site(SiteId::new(site));
            let place = problem.setting.network.place(place);
            let mut price = SitePrice::default();
            for &row in &problem.rows.at_place[place.index()] {
                let load_row = &problem.rows.rows[row];
                let resource = load_row.resource.index();
                let whole = of_user[resource] * tariff.rows[row];
                price.without_copy += whole;
                price.with_copy += if load_row.is_cut {
                    whole
                } else {
                    whole * (1.0 - inventory.resources[resource].replica_share)
                };
            }
            for &(row, weight) in &demand.exposed {
                let of_row = tariff.rows[row] * weight * problem.rows.exposure(row).at(place);
                price.without_copy += of_row;
                price.with_copy += of_row;
            }
            price
        })
        .collect()
}

/// What it costs one user of a demand to pass each place and link.
pub(super) fn prices_on_the_way(problem: &Problem<'_>, demand: &Demand, tariff: &Tariff) -> Prices {
    let of_user = &demand.of_user;
    let network = problem.setting.network;
    let mut prices = Prices::zero(network);
    prices.latency = tariff.objective.latency;
    let price = |rows: &[RowId]| -> f64 {
        rows.iter()
            .map(|&row| {
                let load_row = &problem.rows.rows[row];
                tariff.rows[row] * of_user[load_row.resource.index()] / load_row.shares
            })
            .sum()
    };
    for (place, rows) in problem.rows.at_place.iter().enumerate() {
        // What a site charges depends on the class and is added by it.
        let is_site = matches!(network.end(PlaceId::new(place)), LinkEnd::Site(_));
        if !is_site && !rows.is_empty() {
            prices.places[place] = price(rows);
        }
    }
    for (link, rows) in problem.rows.at_link.iter().enumerate() {
        if !rows.is_empty() {
            prices.links[link] = price(rows);
        }
    }
    for &(row, weight) in &demand.exposed {
        let exposure = problem.rows.exposure(row);
        let price = tariff.rows[row] * weight;
        for (place, share) in &exposure.places {
            if !matches!(network.end(*place), LinkEnd::Site(_)) {
                prices.places[place.index()] += price * share;
            }
        }
        for link in &exposure.links {
            prices.links[link.index()] += price;
        }
    }
    for (index, entry) in tariff.objective.entry.iter().enumerate() {
        let place = network.place(LinkEnd::AccessPoint(AccessPointId::new(index)));
        prices.places[place.index()] += entry;
    }
    prices
}

/// What it costs one user of a demand to be homed at a site.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SitePrice {
    /// Where his shard has no copy.
    pub(super) without_copy: f64,
    /// Where it has one.
    pub(super) with_copy: f64,
}

impl SitePrice {
    pub(super) fn of(self, has_copy: bool) -> f64 {
        if has_copy {
            self.with_copy
        } else {
            self.without_copy
        }
    }
}
