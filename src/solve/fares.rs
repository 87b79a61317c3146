//! Fares: what users of a demand pay at prices, along their paths and where they are homed.

use super::prices::DualPrices;
use crate::formulation::goals::Level;
use crate::formulation::rows::RowId;
use crate::formulation::{Demand, Group, Problem, Route};
use crate::graph::{PathCost, PlaceId, PricedPaths, Prices};
use crate::ids::{AccessPointId, ClientRegionId, SiteId};
use crate::model::{LinkEnd, Scope};
use ndarray::{Array2, ArrayView1};
use std::sync::Arc;

/// By site, what it costs one user of a demand to be homed there.
pub(super) fn prices_at_sites(
    problem: &Problem<'_>,
    demand: &Demand,
    tariff: &DualPrices,
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
                let of_user = of_user[[load_row.slice, resource]];
                let price_of = |copied: f64| {
                    load_row.brought(of_user, demand.retries, copied) * tariff.rows[row]
                };
                price.without_copy += price_of(0.0);
                price.with_copy += price_of(load_row.copied(inventory, true));
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

/// What one user of a demand pays along their path in a slice.
#[derive(Clone)]
pub(super) struct SlicePathPrices<'a> {
    /// The cheapest paths at some prices.
    pub(super) paths: Arc<PricedPaths<'a>>,
    /// What those prices are multiplied by.
    pub(super) factor: f64,
}

/// What one user of a demand pays along their path, by slice.
#[derive(Clone, Default)]
pub(super) struct PathPrices<'a>(pub(super) Vec<SlicePathPrices<'a>>);

impl<'a> PathPrices<'a> {
    /// The fares of a demand at a tariff; `search` finds the cheapest paths of a profile at prices.
    pub(super) fn of(
        problem: &Problem<'_>,
        demand: &Demand,
        tariff: &DualPrices,
        search: impl FnMut(usize, Prices) -> Arc<PricedPaths<'a>>,
    ) -> Self {
        PathPricesByDemand::new(problem, tariff, search).of(demand)
    }

    /// `true` if both are the same searches and factors.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        self.0.len() == other.0.len()
            && pairs.into_iter().all(|(slice_path_prices, other)| {
                Arc::ptr_eq(&slice_path_prices.paths, &other.paths)
                    && slice_path_prices.factor.to_bits() == other.factor.to_bits()
            })
    }

    /// The cheapest route of a group to a site; its price, and its mean latency.
    pub(super) fn cost(
        &self,
        problem: &Problem<'_>,
        group: &Group,
        site: SiteId,
    ) -> Option<PathCost> {
        let of = |fare: &SlicePathPrices<'_>| {
            fare.paths
                .cost(group.client_region, site, group.max_latency)
        };
        if let [only] = &*self.0 {
            let cost = of(only)?;
            return Some(PathCost {
                price: cost.price * only.factor,
                latency: cost.latency,
            });
        }
        let hours = &problem.setting.case.hours;
        let mut all = PathCost {
            price: 0.0,
            latency: 0.0,
        };
        for (slice, fare) in self.0.iter().enumerate() {
            let cost = of(fare)?;
            all.price += fare.factor * cost.price;
            all.latency += hours.weight(slice) * cost.latency;
        }
        Some(all)
    }

    /// The cheapest route of a group to a site.
    pub(super) fn route(
        &self,
        problem: &Problem<'_>,
        group: &Group,
        site: SiteId,
    ) -> Option<Route> {
        let leg = |fare: &SlicePathPrices<'_>| {
            fare.paths
                .path(group.client_region, site, group.max_latency)
        };
        let legs: Option<Vec<_>> = self.0.iter().map(leg).collect();
        Route::by_slice(legs?, &problem.setting.case.hours)
    }

    /// By site, what the cheapest paths from any access point cost at least.
    pub(super) fn least_from_entries(&self, sites: usize) -> Vec<f64> {
        let mut least = vec![0.0; sites];
        for fare in &self.0 {
            for (sum, value) in least.iter_mut().zip(fare.paths.least_from_entries()) {
                // Where no path leads, none leads at any hour.
                *sum += if value.is_finite() {
                    fare.factor * value
                } else {
                    *value
                };
            }
        }
        least
    }

    /// What the cheapest paths from a client region to any access point cost at least.
    pub(super) fn least_to_entries(&self, region: ClientRegionId) -> f64 {
        let fares = self.0.iter();
        let of = |fare: &SlicePathPrices<'_>| {
            let least = fare.paths.least_to_entries(region);
            if least.is_finite() {
                fare.factor * least
            } else {
                least
            }
        };
        fares.map(of).sum()
    }
}

/// Finds the fares of one demand after the other at a tariff.
///
/// Where nothing but load has a price, users of different rhythms pay the same up to a factor, and where no load has one
/// in a slice they pay the same: one search serves all of a profile.
pub(super) struct PathPricesByDemand<'p, 'a, S> {
    problem: &'p Problem<'p>,
    tariff: &'p DualPrices,
    /// Finds the cheapest paths of a profile at prices.
    search: S,
    /// Nothing but load that follows the hours has a price, as far as the tariff goes.
    only_loads: bool,
    /// By slice: load has a price somewhere on a path.
    is_load_priced: Vec<bool>,
    /// Profiles × slices: the cheapest paths of users at their peak; empty until asked.
    at_peak: Array2<Option<Arc<PricedPaths<'a>>>>,
}

impl<'p, 'a, S: FnMut(usize, Prices) -> Arc<PricedPaths<'a>>> PathPricesByDemand<'p, 'a, S> {
    /// None is found yet.
    pub(super) fn new(problem: &'p Problem<'p>, tariff: &'p DualPrices, search: S) -> Self {
        let inventory = problem.setting.inventory;
        let slices = problem.setting.case.hours.slice_count();
        let is_free = |price: &f64| *price <= 0.0;
        let mut resources = inventory.resources.iter();
        let mut is_load_priced = vec![false; slices];
        for (row, price) in problem.rows.rows.iter().zip(&tariff.rows) {
            let is_on_the_way = row.component.index() >= inventory.sites.len();
            is_load_priced[row.slice] |= is_on_the_way && !is_free(price);
        }
        Self {
            problem,
            tariff,
            search,
            only_loads: is_free(&tariff.objective.levels[Level::Latency])
                && tariff.objective.entry.iter().all(is_free)
                && resources.all(|resource| resource.varies || resource.scope == Scope::Site),
            is_load_priced,
            at_peak: Array2::from_elem((inventory.profiles.len(), slices), None),
        }
    }

    /// The fares of a demand.
    pub(super) fn of(&mut self, demand: &Demand) -> PathPrices<'a> {
        let hours = &self.problem.setting.case.hours;
        let fares = (0..hours.slice_count()).map(|slice| {
            let is_alike = self.only_loads || !self.is_load_priced[slice];
            if !is_alike || !demand.exposed.is_empty() {
                return SlicePathPrices {
                    paths: self.found(demand, &demand.of_user.row(slice), slice),
                    factor: 1.0,
                };
            }
            SlicePathPrices {
                paths: self.found_at_peak(demand, slice),
                factor: if self.only_loads {
                    hours.factors()[[slice, demand.rhythm]]
                } else {
                    1.0
                },
            }
        });
        PathPrices(fares.collect())
    }

    /// The cheapest paths in a slice of one user of the profile of a demand, who demands what they do at the peak.
    fn found_at_peak(&mut self, demand: &Demand, slice: usize) -> Arc<PricedPaths<'a>> {
        let at = [demand.profile.index(), slice];
        if let Some(known) = &self.at_peak[at] {
            return Arc::clone(known);
        }
        let of_user = &self.problem.setting.inventory.profiles[at[0]].demand;
        let paths = self.found(demand, &ArrayView1::from(of_user), slice);
        self.at_peak[at] = Some(Arc::clone(&paths));
        paths
    }

    /// The cheapest paths in a slice of one user who demands `of_user`.
    fn found(
        &mut self,
        demand: &Demand,
        of_user: &ArrayView1<'_, f64>,
        slice: usize,
    ) -> Arc<PricedPaths<'a>> {
        let prices = prices_along_path(self.problem, demand, of_user, slice, self.tariff);
        (self.search)(demand.profile.index(), prices)
    }
}

/// What it costs one user of a demand, who demands `of_user` in a slice, to pass each place and link there.
fn prices_along_path(
    problem: &Problem<'_>,
    demand: &Demand,
    of_user: &ArrayView1<'_, f64>,
    slice: usize,
    tariff: &DualPrices,
) -> Prices {
    let network = problem.setting.network;
    let weight = problem.setting.case.hours.weight(slice);
    let mut prices = Prices::zero(network);
    prices.latency = tariff.objective.levels[Level::Latency] * weight;
    let price = |rows: &[RowId]| -> f64 {
        (problem.rows.in_slice(rows, slice))
            .map(|row| {
                let load_row = &problem.rows.rows[row];
                let of_user = of_user[load_row.resource.index()];
                tariff.rows[row] * load_row.brought(of_user, demand.retries, 0.0) / load_row.shares
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
    for &(row, of_member) in &demand.exposed {
        let exposure = problem.rows.exposure(row);
        let price = tariff.rows[row] * of_member * weight;
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
        prices.places[place.index()] += entry * weight;
    }
    prices
}

/// What it costs one user of a demand to be homed at a site.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SitePrice {
    /// Where their shard has no copy.
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
