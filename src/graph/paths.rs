//! Cheapest paths from every client region to every site, through exactly one access point.
//!
//! A path is a way from the client region to an access point, then a way on to the site; both halves are
//! searched once for all and joined by the cheapest access point. Nothing is enumerated.

use super::build::{Network, PlaceId};
use super::search::{Label, Prices, Tree, Until, search};
use super::usable::Usable;
use crate::ids::{AccessPointId, ClientRegionId, LinkId, SiteId};
use crate::model::LinkEnd;
use crate::units::LATENCY_SLACK_MS;
use std::sync::{Arc, OnceLock};

/// A path from a client region to a site.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub struct Path {
    /// Its links, in order.
    pub links: Vec<LinkId>,
    /// The one access point that it passes.
    pub access_point: AccessPointId,
    /// Where it ends.
    pub site: SiteId,
    /// Round trip in milliseconds: the sum of its links'.
    pub latency: f64,
}

impl Path {
    /// The places that it passes, start and end included.
    pub fn places(&self, network: &Network) -> Vec<PlaceId> {
        let mut places = Vec::with_capacity(self.links.len() + 1);
        for (index, &link) in self.links.iter().enumerate() {
            let (from, to) = network.ends(link);
            if index == 0 {
                places.push(from);
            }
            places.push(to);
        }
        places
    }
}

/// Price and latency of a cheapest path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathCost {
    /// Sum of the prices of its places and links and of its milliseconds.
    pub price: f64,
    /// Round trip in milliseconds.
    pub latency: f64,
}

/// Both halves of every path, for one kind of user under one set of prices.
///
/// The price of the end site itself is left out: the caller adds what it charges there.
pub struct PricedPaths<'a> {
    network: &'a Network,
    usable: Arc<Usable>,
    prices: Prices,
    longest: f64,
    to_access_points: Vec<Half>,
    to_sites: Vec<Half>,
    limited: OnceLock<Limited>,
}

/// The ways from one place to all goals; by goal, the position of its label in the tree.
struct Half {
    tree: Tree,
    goals: Vec<Option<u32>>,
}

/// The same with all labels that may matter under some latency limit; by goal, its labels.
struct Limited {
    to_access_points: Vec<(Tree, Vec<Vec<u32>>)>,
    to_sites: Vec<(Tree, Vec<Vec<u32>>)>,
}

/// A chosen pair of halves.
#[derive(Clone, Copy)]
struct Choice {
    price: f64,
    latency: f64,
    steps: u32,
    access_point: usize,
    first: u32,
    second: u32,
}

impl Choice {
    fn join(access_point: usize, first: (u32, &Label), second: (u32, &Label)) -> Self {
        Self {
            price: first.1.price + second.1.price,
            latency: first.1.latency + second.1.latency,
            steps: first.1.steps + second.1.steps,
            access_point,
            first: first.0,
            second: second.0,
        }
    }

    fn is_before(&self, other: &Self) -> bool {
        self.price
            .total_cmp(&other.price)
            .then(self.latency.total_cmp(&other.latency))
            .then(self.steps.cmp(&other.steps))
            .is_lt()
    }
}

impl<'a> PricedPaths<'a> {
    /// Searches both halves. `longest` is the largest latency limit that will be asked for.
    pub fn new(
        network: &'a Network,
        usable: Arc<Usable>,
        mut prices: Prices,
        longest: f64,
    ) -> Self {
        for index in 0..network.site_count() {
            let site = network.place(LinkEnd::Site(SiteId::new(index)));
            prices.places[site.index()] = 0.0;
        }
        let access_point_count = network.access_point_count();
        let to_access_points = (0..network.client_region_count())
            .map(|region| {
                let start = network.place(LinkEnd::ClientRegion(ClientRegionId::new(region)));
                let tree = search(network, &usable, &prices, start, Until::AccessPoints, None);
                Half::new(network, tree, access_point_count)
            })
            .collect();
        let site_count = network.site_count();
        let after = Self::prices_after_access_points(network, &prices);
        let to_sites = (0..access_point_count)
            .map(|access_point| {
                let start = network.place(LinkEnd::AccessPoint(AccessPointId::new(access_point)));
                let tree = search(network, &usable, &after, start, Until::Sites, None);
                Half::new(network, tree, site_count)
            })
            .collect();
        Self {
            network,
            usable,
            prices,
            longest,
            to_access_points,
            to_sites,
            limited: OnceLock::new(),
        }
    }

    /// The access point is paid for by the first half.
    fn prices_after_access_points(network: &Network, prices: &Prices) -> Prices {
        let mut after = prices.clone();
        for index in 0..network.access_point_count() {
            let place = network.place(LinkEnd::AccessPoint(AccessPointId::new(index)));
            after.places[place.index()] = 0.0;
        }
        after
    }

    /// Price and latency of the cheapest path within the limit, if there is one.
    pub fn cost(
        &self,
        region: ClientRegionId,
        site: SiteId,
        limit: Option<f64>,
    ) -> Option<PathCost> {
        self.choose(region, site, limit)
            .map(|(choice, _)| PathCost {
                price: choice.price,
                latency: choice.latency,
            })
    }

    /// The cheapest path within the limit, if there is one.
    pub fn path(&self, region: ClientRegionId, site: SiteId, limit: Option<f64>) -> Option<Path> {
        let (choice, is_limited) = self.choose(region, site, limit)?;
        let (first, second) = if is_limited {
            let limited = self.limited();
            (
                limited.to_access_points[region.index()]
                    .0
                    .links_to(choice.first),
                limited.to_sites[choice.access_point]
                    .0
                    .links_to(choice.second),
            )
        } else {
            (
                self.to_access_points[region.index()]
                    .tree
                    .links_to(choice.first),
                self.to_sites[choice.access_point]
                    .tree
                    .links_to(choice.second),
            )
        };
        let links: Vec<LinkId> = first.into_iter().chain(second).collect();
        Some(Path {
            latency: links.iter().map(|&link| self.network.latency(link)).sum(),
            links,
            access_point: AccessPointId::new(choice.access_point),
            site,
        })
    }

    /// The chosen halves, and whether they are positions among the limited labels.
    fn choose(
        &self,
        region: ClientRegionId,
        site: SiteId,
        limit: Option<f64>,
    ) -> Option<(Choice, bool)> {
        let best = self.choose_unlimited(region, site)?;
        let Some(limit) = limit else {
            return Some((best, false));
        };
        if best.latency <= limit + LATENCY_SLACK_MS {
            return Some((best, false));
        }
        self.choose_limited(region, site, limit + LATENCY_SLACK_MS)
            .map(|choice| (choice, true))
    }

    fn choose_unlimited(&self, region: ClientRegionId, site: SiteId) -> Option<Choice> {
        let from_region = &self.to_access_points[region.index()];
        let mut best: Option<Choice> = None;
        for (access_point, second) in self.to_sites.iter().enumerate() {
            let (Some(first), Some(last)) =
                (from_region.goals[access_point], second.goals[site.index()])
            else {
                continue;
            };
            let choice = Choice::join(
                access_point,
                (first, &from_region.tree.labels[first as usize]),
                (last, &second.tree.labels[last as usize]),
            );
            if best.is_none_or(|best| choice.is_before(&best)) {
                best = Some(choice);
            }
        }
        best
    }

    fn choose_limited(&self, region: ClientRegionId, site: SiteId, limit: f64) -> Option<Choice> {
        let limited = self.limited();
        let (tree, goals) = &limited.to_access_points[region.index()];
        let mut best: Option<Choice> = None;
        for (access_point, (second, ends)) in limited.to_sites.iter().enumerate() {
            for &first in &goals[access_point] {
                for &last in &ends[site.index()] {
                    let choice = Choice::join(
                        access_point,
                        (first, &tree.labels[first as usize]),
                        (last, &second.labels[last as usize]),
                    );
                    if choice.latency <= limit && best.is_none_or(|best| choice.is_before(&best)) {
                        best = Some(choice);
                    }
                }
            }
        }
        best
    }

    /// The labels under limits, searched the first time somebody needs them.
    fn limited(&self) -> &Limited {
        self.limited.get_or_init(|| {
            let network = self.network;
            let longest = Some(self.longest + LATENCY_SLACK_MS);
            let to_access_points = (0..network.client_region_count())
                .map(|region| {
                    let start = network.place(LinkEnd::ClientRegion(ClientRegionId::new(region)));
                    let tree = search(
                        network,
                        &self.usable,
                        &self.prices,
                        start,
                        Until::AccessPoints,
                        longest,
                    );
                    let goals = goal_labels(network, &tree, network.access_point_count());
                    (tree, goals)
                })
                .collect();
            let after = Self::prices_after_access_points(network, &self.prices);
            let to_sites = (0..network.access_point_count())
                .map(|access_point| {
                    let start =
                        network.place(LinkEnd::AccessPoint(AccessPointId::new(access_point)));
                    let tree = search(network, &self.usable, &after, start, Until::Sites, longest);
                    let goals = goal_labels(network, &tree, network.site_count());
                    (tree, goals)
                })
                .collect();
            Limited {
                to_access_points,
                to_sites,
            }
        })
    }
}

impl Half {
    fn new(network: &Network, tree: Tree, goal_count: usize) -> Self {
        let goals = goal_labels(network, &tree, goal_count)
            .into_iter()
            .map(|labels| labels.first().copied())
            .collect();
        Self { tree, goals }
    }
}

/// By goal, the positions of its labels. The start of a search is no goal of it.
fn goal_labels(network: &Network, tree: &Tree, goal_count: usize) -> Vec<Vec<u32>> {
    let mut goals = vec![Vec::new(); goal_count];
    for (index, label) in (0u32..).zip(&tree.labels) {
        if label.before.is_none() {
            continue;
        }
        match network.end(label.place) {
            LinkEnd::AccessPoint(id) => goals[id.index()].push(index),
            LinkEnd::Site(id) => goals[id.index()].push(index),
            _ => {}
        }
    }
    goals
}
