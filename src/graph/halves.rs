//! Halves of paths: from client regions to access points, and from access points on to sites.
//!
//! A half depends on its own side of the access points only. Where places or links have gone or have become dearer,
//! the half that passes none of them is still the cheapest: what is left out, or costs more, was not worth taking
//! before. Halves that pass one of them are searched again.

use super::build::{Network, PlaceId};
use super::search::dearer::Dearer;
use super::search::{Prices, Scratch, Terms, Tree, Until, search};
use super::usable::Usable;
use crate::ids::{AccessPointId, ClientRegionId, LinkId, SiteId};
use crate::model::LinkEnd;
use rayon::prelude::*;
use std::sync::Arc;

/// Searches that one task does: fewer are not worth handing to another thread.
const SEARCHES_OF_A_TASK: usize = 16;

/// The paths from one client region to the access points that it reaches, ascending.
pub(super) struct Start {
    pub(super) tree: Tree,
    pub(super) goals: Vec<Goal>,
    /// What the cheapest of them costs; infinite without any.
    pub(super) least: f64,
}

/// The paths from every access point on.
pub(super) struct Onward {
    /// By access point.
    pub(super) trees: Vec<Arc<Tree>>,
    /// Access points × sites, one after the other.
    pub(super) goals: Vec<Option<Goal>>,
    /// Sites × access points: price and latency, infinite where no path leads.
    costs: Vec<(f64, f64)>,
    goes_on: bool,
}

/// An access point or site that a search reached, with what a join asks of its label.
#[derive(Clone, Copy)]
pub(super) struct Goal {
    /// Its position among its kind.
    pub(super) position: usize,
    /// Its label's position in the tree.
    pub(super) label: u32,
    pub(super) price: f64,
    pub(super) latency: f64,
    pub(super) steps: u32,
}

impl Goal {
    pub(super) fn of(position: usize, label: u32, tree: &Tree) -> Self {
        let of = tree.label(label);
        Self {
            position,
            label,
            price: of.price,
            latency: of.latency,
            steps: of.steps,
        }
    }
}

/// Where something is no longer as it was when a half was searched.
pub(super) struct Changed {
    /// By place.
    places: Vec<bool>,
    /// By link.
    links: Vec<bool>,
    /// Whether anything but sites and access points changed before the access points, and past them.
    is_any: [bool; 2],
}

impl Changed {
    /// What of `known` may not be used any more; `None` if something may be used that could not.
    pub(super) fn lost(network: &Network, known: &Usable, now: &Usable) -> Option<Self> {
        let is_less = |known: &[bool], now: &[bool]| known.iter().zip(now).all(|(k, n)| *k || !n);
        if !is_less(&known.places, &now.places) || !is_less(&known.links, &now.links) {
            return None;
        }
        let lost = |known: &[bool], now: &[bool]| -> Vec<bool> {
            known
                .iter()
                .zip(now)
                .map(|(known, now)| *known && !now)
                .collect()
        };
        Some(Self::of(
            network,
            lost(&known.places, &now.places),
            lost(&known.links, &now.links),
        ))
    }

    fn of(network: &Network, places: Vec<bool>, links: Vec<bool>) -> Self {
        let mut is_any = [false; 2];
        let mut add = |sides: [bool; 2]| {
            for (is_any, is_there) in is_any.iter_mut().zip(sides) {
                *is_any |= is_there;
            }
        };
        for place in (0..places.len()).filter(|&place| places[place]) {
            let place = PlaceId::new(place);
            if !matches!(
                network.end(place),
                LinkEnd::Site(_) | LinkEnd::AccessPoint(_)
            ) {
                add(network.sides(place));
            }
        }
        for link in (0..links.len()).filter(|&link| links[link]) {
            add(network.sides_of_link(LinkId::new(link)));
        }
        Self {
            places,
            links,
            is_any,
        }
    }

    /// Whether anything but access points changed before them.
    pub(super) fn is_before_entry(&self) -> bool {
        self.is_any[0]
    }

    /// Whether a place changed.
    pub(super) fn is_place(&self, place: PlaceId) -> bool {
        self.places[place.index()]
    }

    /// Whether a search passes something that changed, goals apart.
    fn is_on(&self, network: &Network, tree: &Tree) -> bool {
        tree.labels.iter().any(|label| {
            let is_goal = matches!(
                network.end(label.place),
                LinkEnd::Site(_) | LinkEnd::AccessPoint(_)
            );
            !is_goal && self.is_place(label.place)
                || label
                    .before
                    .is_some_and(|(_, link)| self.links[link.index()])
        })
    }
}

/// The first halves of all client regions.
pub(super) fn halves_to_access_points(
    network: &Network,
    usable: &Usable,
    prices: &Prices,
) -> Vec<Arc<Start>> {
    (0..network.client_region_count())
        .into_par_iter()
        .with_min_len(SEARCHES_OF_A_TASK)
        .map_init(Scratch::default, |scratch, region| {
            Arc::new(Start::of(network, usable, prices, region, scratch))
        })
        .collect()
}

/// The first halves once something is lost, and by client region whether they were searched again. Access points that
/// are lost stay among their goals: the second halves lead nowhere from there.
pub(super) fn first_halves_without(
    known: &[Arc<Start>],
    network: &Network,
    usable: &Usable,
    prices: &Prices,
    lost: &Changed,
) -> (Vec<Arc<Start>>, Vec<bool>) {
    known
        .par_iter()
        .enumerate()
        .with_min_len(SEARCHES_OF_A_TASK)
        .map_init(Scratch::default, |scratch, (region, start)| {
            if lost.is_on(network, &start.tree) {
                let found = Start::of(network, usable, prices, region, scratch);
                (Arc::new(found), true)
            } else {
                (Arc::clone(start), false)
            }
        })
        .unzip()
}

impl Start {
    fn of(
        network: &Network,
        usable: &Usable,
        prices: &Prices,
        region: usize,
        scratch: &mut Scratch,
    ) -> Self {
        let start = network.place(LinkEnd::ClientRegion(ClientRegionId::new(region)));
        let terms = Terms {
            network,
            usable,
            prices,
            until: Until::AccessPoints,
            longest: None,
        };
        let tree = search(terms, start, scratch);
        let mut goals = first_goals(network, &tree);
        goals.sort_unstable_by_key(|goal| goal.position);
        let prices = goals.iter().map(|goal| goal.price);
        let least = prices.fold(f64::INFINITY, f64::min);
        Self { tree, goals, least }
    }
}

/// The second halves of all access points.
pub(super) fn halves_to_sites(network: &Network, usable: &Usable, prices: &Prices) -> Onward {
    let terms = terms_to_sites(network, usable, prices);
    let trees = (0..network.access_point_count())
        .into_par_iter()
        .with_min_len(SEARCHES_OF_A_TASK)
        .map_init(Scratch::default, |scratch, access_point| {
            Arc::new(onward_tree(terms, access_point, scratch))
        })
        .collect();
    Onward::of(network, trees)
}

fn terms_to_sites<'a>(network: &'a Network, usable: &'a Usable, prices: &'a Prices) -> Terms<'a> {
    Terms {
        network,
        usable,
        prices,
        until: Until::Sites,
        longest: None,
    }
}

fn onward_tree(terms: Terms<'_>, access_point: usize, scratch: &mut Scratch) -> Tree {
    let end = LinkEnd::AccessPoint(AccessPointId::new(access_point));
    let start = terms.network.place(end);
    // First halves that were known before something was lost may still lead to an access point that is.
    if !terms.usable.places[start.index()] {
        return Tree::default();
    }
    search(terms, start, scratch)
}

impl Onward {
    fn of(network: &Network, trees: Vec<Arc<Tree>>) -> Self {
        let site_count = network.site_count();
        let mut goals = vec![None; network.access_point_count() * site_count];
        for (access_point, tree) in trees.iter().enumerate() {
            for goal in first_goals(network, tree) {
                goals[access_point * site_count + goal.position] = Some(goal);
            }
        }
        Self::with(trees, goals, site_count)
    }

    fn with(trees: Vec<Arc<Tree>>, goals: Vec<Option<Goal>>, site_count: usize) -> Self {
        let mut costs = vec![(f64::INFINITY, f64::INFINITY); goals.len()];
        for (access_point, of_tree) in goals.chunks_exact(site_count.max(1)).enumerate() {
            for (site, goal) in of_tree.iter().enumerate() {
                if let Some(goal) = goal {
                    costs[site * trees.len() + access_point] = (goal.price, goal.latency);
                }
            }
        }
        Self {
            trees,
            goals,
            costs,
            goes_on: false,
        }
    }

    /// By access point, price and latency of the path on to a site, infinite where none leads there.
    pub(super) fn costs_to(&self, site: SiteId) -> &[(f64, f64)] {
        &self.costs[site.index() * self.trees.len()..][..self.trees.len()]
    }

    /// The second halves once something is lost, and by access point whether they were searched again or lead nowhere.
    pub(super) fn without(
        &self,
        network: &Network,
        usable: &Usable,
        prices: &Prices,
        lost: &Changed,
    ) -> (Self, Vec<bool>) {
        let site_count = network.site_count();
        let mut goals = self.goals.clone();
        let mut trees = self.trees.clone();
        let mut is_new = vec![false; trees.len()];
        let lost_sites: Vec<usize> = (0..site_count)
            .filter(|&site| lost.is_place(network.place(LinkEnd::Site(SiteId::new(site)))))
            .collect();
        let terms = terms_to_sites(network, usable, prices);
        let mut scratch = Scratch::default();
        for (access_point, tree) in trees.iter_mut().enumerate() {
            let end = LinkEnd::AccessPoint(AccessPointId::new(access_point));
            let of_tree = &mut goals[access_point * site_count..][..site_count];
            if lost.is_place(network.place(end)) {
                is_new[access_point] = true;
                of_tree.fill(None);
            } else if lost.is_any[1] && lost.is_on(network, tree) {
                is_new[access_point] = true;
                let found = onward_tree(terms, access_point, &mut scratch);
                take_goals(network, &found, of_tree);
                *tree = Arc::new(found);
            } else {
                for &site in &lost_sites {
                    of_tree[site] = None;
                }
            }
        }
        (Self::with(trees, goals, site_count), is_new)
    }

    /// The second halves over the same places and links, some of which have become dearer.
    pub(super) fn once_dearer(
        &self,
        network: &Network,
        usable: &Usable,
        prices: &Prices,
        dearer: &Dearer,
    ) -> Self {
        let terms = terms_to_sites(network, usable, prices);
        let found: Vec<Option<Tree>> = (self.trees.par_iter().enumerate())
            .with_min_len(SEARCHES_OF_A_TASK)
            .map_init(Scratch::default, |scratch, (access_point, tree)| {
                let end = LinkEnd::AccessPoint(AccessPointId::new(access_point));
                let start = network.place(end);
                let is_left = usable.places[start.index()];
                is_left.then(|| tree.once_dearer(terms, start, dearer, scratch))?
            })
            .collect();
        let site_count = network.site_count();
        let mut all = Self {
            trees: self.trees.clone(),
            goals: self.goals.clone(),
            costs: self.costs.clone(),
            goes_on: true,
        };
        for (access_point, found) in found.into_iter().enumerate() {
            let Some(found) = found else {
                continue;
            };
            // Every place past something dearer is still reached.
            for goal in first_goals(network, &found) {
                let (price, latency, site) = (goal.price, goal.latency, goal.position);
                all.costs[site * all.trees.len() + access_point] = (price, latency);
                all.goals[access_point * site_count + site] = Some(goal);
            }
            all.trees[access_point] = Arc::new(found);
        }
        all
    }

    /// `true` if its trees may go on from others.
    pub(super) fn goes_on(&self) -> bool {
        self.goes_on
    }
}

/// By site, the goal of a search.
fn take_goals(network: &Network, tree: &Tree, of_tree: &mut [Option<Goal>]) {
    of_tree.fill(None);
    for goal in first_goals(network, tree) {
        of_tree[goal.position] = Some(goal);
    }
}

/// The goals of a search without latency limit, which settles each place once.
fn first_goals(network: &Network, tree: &Tree) -> Vec<Goal> {
    tree.labels()
        .filter(|(_, label)| label.before.is_some())
        .filter_map(|(index, label)| {
            goal_at(network, label.place).map(|position| Goal::of(position, index, tree))
        })
        .collect()
}

/// The position of a place among the goals of its kind, if it is one.
pub(super) fn goal_at(network: &Network, place: PlaceId) -> Option<usize> {
    match network.end(place) {
        LinkEnd::AccessPoint(id) => Some(id.index()),
        LinkEnd::Site(id) => Some(id.index()),
        LinkEnd::ClientRegion(_) | LinkEnd::Element(_) | LinkEnd::Pool(_) => None,
    }
}
