//! Cheapest paths from every client region to every site, through exactly one access point.
//!
//! A path has two halves: from the client region to an access point, and on from there to the site. Both are
//! searched once for all and joined by the cheapest access point. Nothing is enumerated.

use super::build::{Network, PlaceId};
use super::halves::{
    Changed, Goal, Onward, Start, first_halves_without, goal_at, halves_to_access_points,
    halves_to_sites,
};
use super::joins::{Choice, best_join, joins};
use super::search::dearer::Dearer;
use super::search::{Prices, Scratch, Terms, Tree, Until, search};
use super::sides::{Sides, is_same_side};
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
/// The price of the end site itself is left out: the caller adds what it charges there. The price of the access
/// point is added where the halves are joined, so that a half depends on its own side only and is shared with
/// other prices that agree there.
pub struct PricedPaths<'a> {
    network: &'a Network,
    usable: Arc<Usable>,
    prices: Prices,
    sides: Sides,
    longest: f64,
    /// By access point, the price to enter there.
    entry: Vec<f64>,
    to_access_points: Arc<Vec<Arc<Start>>>,
    to_sites: Arc<Onward>,
    /// `true` if nothing costs anything: then only the least latency counts.
    is_free: bool,
    memory: Memory,
    /// By client region and by access point, the labels under limits, searched when somebody needs them.
    limited_to_access_points: Vec<OnceLock<Limited>>,
    limited_to_sites: Vec<OnceLock<Limited>>,
    least_from_entries: OnceLock<Vec<f64>>,
}

/// Client regions × sites: choices without limit that were made.
type Chosen = Vec<OnceLock<Option<Choice>>>;

/// Which choices without limit are remembered.
enum Memory {
    /// None.
    None,
    /// Those that were made.
    Made(Arc<Chosen>),
    /// Those of paths found earlier, where they still hold.
    Earlier {
        found: FoundPaths,
        /// By client region, whether its first half is another; none is where this is empty.
        is_new_from: Vec<bool>,
        /// By access point, whether its second half is another.
        is_new: Vec<bool>,
    },
}

/// Least-latency paths apart from the graph that they were searched on: what is found stays found, and is used again
/// where something was lost since. Cheap to clone.
#[derive(Clone)]
pub struct FoundPaths {
    usable: Arc<Usable>,
    to_access_points: Arc<Vec<Arc<Start>>>,
    to_sites: Arc<Onward>,
    chosen: Arc<Chosen>,
    site_count: usize,
}

impl std::fmt::Debug for FoundPaths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FoundPaths").finish_non_exhaustive()
    }
}

impl FoundPaths {
    /// The least-latency path when it was found, whether or not it still leads anywhere.
    fn choose(&self, region: ClientRegionId, site: SiteId) -> Option<Choice> {
        *self.chosen[region.index() * self.site_count + site.index()].get_or_init(|| {
            let starts = &self.to_access_points[region.index()];
            best_join(starts, &self.to_sites, None, self.site_count, site)
        })
    }
}

/// One half with all labels that may matter under some latency limit; by goal, its labels.
struct Limited {
    tree: Tree,
    goals: Vec<Vec<u32>>,
}

impl<'a> PricedPaths<'a> {
    /// Searches both halves, and remembers what is asked. `longest` is the largest latency limit that will be asked for.
    pub fn new(network: &'a Network, usable: Arc<Usable>, prices: Prices, longest: f64) -> Self {
        let pairs = network.client_region_count() * network.site_count();
        Self {
            memory: Memory::Made(Arc::new(never(pairs))),
            ..Self::beside(network, usable, prices, longest, &[])
        }
    }

    /// Least-latency paths over what is left of what was usable when others were found; `None` if something may be
    /// used now that could not be used then.
    pub fn without(
        network: &'a Network,
        usable: Arc<Usable>,
        longest: f64,
        earlier: &FoundPaths,
    ) -> Option<Self> {
        let lost = Changed::lost(network, &earlier.usable, &usable)?;
        let prices = Prices::zero(network);
        let (to_sites, is_new) = earlier.to_sites.without(network, &usable, &prices, &lost);
        let (to_access_points, is_new_from) = if lost.is_before_entry() {
            let known = &earlier.to_access_points;
            let (halves, is_new) = first_halves_without(known, network, &usable, &prices, &lost);
            (Arc::new(halves), is_new)
        } else {
            (Arc::clone(&earlier.to_access_points), Vec::new())
        };
        let memory = Memory::Earlier {
            found: earlier.clone(),
            is_new_from,
            is_new,
        };
        Some(Self {
            entry: vec![0.0; network.access_point_count()],
            to_access_points,
            to_sites: Arc::new(to_sites),
            is_free: true,
            memory,
            limited_to_access_points: never(network.client_region_count()),
            limited_to_sites: never(network.access_point_count()),
            least_from_entries: OnceLock::new(),
            sides: Sides::of(network, &prices),
            network,
            usable,
            prices,
            longest,
        })
    }

    /// What was found, if it is remembered.
    pub fn found(&self) -> Option<FoundPaths> {
        let Memory::Made(chosen) = &self.memory else {
            return None;
        };
        self.is_free.then(|| FoundPaths {
            usable: Arc::clone(&self.usable),
            to_access_points: Arc::clone(&self.to_access_points),
            to_sites: Arc::clone(&self.to_sites),
            chosen: Arc::clone(chosen),
            site_count: self.network.site_count(),
        })
    }

    /// The same for prices that are soon gone: nothing is remembered. Takes over the halves of known paths over the same usable places whose prices agree on their side.
    pub fn beside(
        network: &'a Network,
        usable: Arc<Usable>,
        mut prices: Prices,
        longest: f64,
        known: &[&Self],
    ) -> Self {
        for index in 0..network.site_count() {
            let site = network.place(LinkEnd::Site(SiteId::new(index)));
            prices.places[site.index()] = 0.0;
        }
        let entry: Vec<f64> = (0..network.access_point_count())
            .map(|index| {
                let end = LinkEnd::AccessPoint(AccessPointId::new(index));
                std::mem::take(&mut prices.places[network.place(end).index()])
            })
            .collect();
        let sides = Sides::of(network, &prices);
        let first = known
            .iter()
            .find(|known| {
                known.sides.before == sides.before
                    && is_same_side(network, &known.prices, &prices, true)
            })
            .map(|known| Arc::clone(&known.to_access_points));
        let second = known
            .iter()
            .find(|known| {
                known.sides.past == sides.past
                    && is_same_side(network, &known.prices, &prices, false)
            })
            .map(|known| Arc::clone(&known.to_sites));
        let second = second.unwrap_or_else(|| {
            // The oldest are those of least latency, at which nothing costs anything.
            let cheaper = known.iter().rev().filter(|known| !known.to_sites.goes_on());
            let mut cheaper = cheaper.filter_map(|known| {
                let dearer = dearer_past_entries(network, &known.prices, &prices)?;
                Some((&known.to_sites, dearer))
            });
            Arc::new(match cheaper.next() {
                Some((known, dearer)) => known.once_dearer(network, &usable, &prices, &dearer),
                None => halves_to_sites(network, &usable, &prices),
            })
        });
        Self {
            to_access_points: first
                .unwrap_or_else(|| Arc::new(halves_to_access_points(network, &usable, &prices))),
            to_sites: second,
            is_free: prices.is_zero() && entry.iter().all(|price| *price <= 0.0),
            network,
            usable,
            prices,
            sides,
            longest,
            entry,
            memory: Memory::None,
            limited_to_access_points: never(network.client_region_count()),
            limited_to_sites: never(network.access_point_count()),
            least_from_entries: OnceLock::new(),
        }
    }

    /// Price and latency of the cheapest path within the limit, if there is one.
    pub fn cost(
        &self,
        region: ClientRegionId,
        site: SiteId,
        limit: Option<f64>,
    ) -> Option<PathCost> {
        self.choose(region, site, limit).map(|choice| PathCost {
            price: choice.price,
            latency: choice.latency,
        })
    }

    /// By site, what the cheapest path from any access point costs, its entry included; infinite where none leads there.
    /// No path to the site costs less.
    pub fn least_from_entries(&self) -> &[f64] {
        self.least_from_entries
            .get_or_init(|| self.cheapest_from_entries())
    }

    fn cheapest_from_entries(&self) -> Vec<f64> {
        let mut least = vec![f64::INFINITY; self.network.site_count()];
        for (entry, goals) in self
            .entry
            .iter()
            .zip(self.to_sites.goals.chunks_exact(least.len().max(1)))
        {
            for (least, goal) in least.iter_mut().zip(goals) {
                if let Some(goal) = goal {
                    *least = least.min(entry + goal.price);
                }
            }
        }
        least
    }

    /// What the cheapest path from a client region to any access point costs, its entry left out: no path from there costs
    /// less than that and [`Self::least_from_entries`] together.
    pub fn least_to_entries(&self, region: ClientRegionId) -> f64 {
        self.to_access_points[region.index()].least
    }

    /// The cheapest path within the limit, if there is one.
    pub fn path(&self, region: ClientRegionId, site: SiteId, limit: Option<f64>) -> Option<Path> {
        let choice = self.choose(region, site, limit)?;
        let (first, second) = if choice.is_limited {
            (
                self.limited_from(region).tree.links_to(choice.first),
                self.limited_past(choice.access_point)
                    .tree
                    .links_to(choice.second),
            )
        } else {
            (
                self.to_access_points[region.index()]
                    .tree
                    .links_to(choice.first),
                self.to_sites.trees[choice.access_point].links_to(choice.second),
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

    /// The chosen halves.
    fn choose(&self, region: ClientRegionId, site: SiteId, limit: Option<f64>) -> Option<Choice> {
        let best = match &self.memory {
            Memory::None => self.choose_unlimited(region, site),
            Memory::Made(chosen) => {
                let position = region.index() * self.network.site_count() + site.index();
                *chosen[position].get_or_init(|| self.choose_unlimited(region, site))
            }
            Memory::Earlier { is_new_from, .. }
                if is_new_from.get(region.index()) == Some(&true) =>
            {
                self.choose_unlimited(region, site)
            }
            Memory::Earlier { found, is_new, .. } => {
                let known = found.choose(region, site)?;
                let position = known.access_point * self.network.site_count() + site.index();
                if is_new[known.access_point] || self.to_sites.goals[position].is_none() {
                    self.choose_unlimited(region, site)
                } else {
                    Some(known)
                }
            }
        }?;
        match limit {
            // What costs nothing is the fastest already.
            Some(limit) if best.latency > limit + LATENCY_SLACK_MS && self.is_free => None,
            Some(limit) if best.latency > limit + LATENCY_SLACK_MS => {
                self.choose_limited(region, site, limit + LATENCY_SLACK_MS)
            }
            _ => Some(best),
        }
    }

    fn choose_unlimited(&self, region: ClientRegionId, site: SiteId) -> Option<Choice> {
        let starts = &self.to_access_points[region.index()];
        let site_count = self.network.site_count();
        best_join(starts, &self.to_sites, Some(&self.entry), site_count, site)
    }

    /// The cheapest halves over each access point that leads to the site.
    fn joins(&self, region: ClientRegionId, site: SiteId) -> impl Iterator<Item = Choice> + '_ {
        let starts = &self.to_access_points[region.index()];
        let site_count = self.network.site_count();
        joins(starts, &self.to_sites, Some(&self.entry), site_count, site)
    }

    /// The cheapest halves within a limit. An access point whose cheapest halves cost more than the best so far is
    /// not looked at.
    fn choose_limited(&self, region: ClientRegionId, site: SiteId, limit: f64) -> Option<Choice> {
        let mut joins: Vec<Choice> = self.joins(region, site).collect();
        joins.sort_by(|a, b| a.price.total_cmp(&b.price));
        let mut best: Option<Choice> = None;
        for join in joins {
            if best.is_some_and(|best| best.price < join.price) {
                break;
            }
            if join.latency <= limit {
                if best.is_none_or(|best| join.is_before(&best)) {
                    best = Some(join);
                }
                continue;
            }
            let first = self.limited_from(region);
            let second = self.limited_past(join.access_point);
            for &from in &first.goals[join.access_point] {
                for &to in &second.goals[site.index()] {
                    let choice = Choice::join(
                        self.entry[join.access_point],
                        &Goal::of(join.access_point, from, &first.tree),
                        &Goal::of(site.index(), to, &second.tree),
                    );
                    if choice.latency <= limit && best.is_none_or(|best| choice.is_before(&best)) {
                        best = Some(Choice {
                            is_limited: true,
                            ..choice
                        });
                    }
                }
            }
        }
        best
    }

    /// The labels from a client region to all access points.
    fn limited_from(&self, region: ClientRegionId) -> &Limited {
        self.limited_to_access_points[region.index()].get_or_init(|| {
            let end = LinkEnd::ClientRegion(region);
            let goal_count = self.network.access_point_count();
            self.search_limited(end, Until::AccessPoints, goal_count)
        })
    }

    /// The labels from an access point to all sites.
    fn limited_past(&self, access_point: usize) -> &Limited {
        self.limited_to_sites[access_point].get_or_init(|| {
            let end = LinkEnd::AccessPoint(AccessPointId::new(access_point));
            self.search_limited(end, Until::Sites, self.network.site_count())
        })
    }

    fn search_limited(&self, start: LinkEnd, until: Until, goal_count: usize) -> Limited {
        let terms = Terms {
            network: self.network,
            usable: &self.usable,
            prices: &self.prices,
            until,
            longest: Some(self.longest + LATENCY_SLACK_MS),
        };
        let start = self.network.place(start);
        let tree = search(terms, start, &mut Scratch::default());
        Limited {
            goals: goal_labels(self.network, &tree, goal_count),
            tree,
        }
    }
}

/// Nothing searched yet.
fn never<T>(count: usize) -> Vec<OnceLock<T>> {
    (0..count).map(|_| OnceLock::new()).collect()
}

/// What is dearer past the access points than at earlier prices; `None` if anything is cheaper there.
fn dearer_past_entries(network: &Network, earlier: &Prices, now: &Prices) -> Option<Dearer> {
    let of_place = |place: usize| network.sides(PlaceId::new(place))[1];
    let of_link = |link: usize| network.sides_of_link(LinkId::new(link))[1];
    Dearer::than(earlier, now, (of_place, of_link))
}

/// By goal, the positions of its labels. The start of a search is no goal of it.
fn goal_labels(network: &Network, tree: &Tree, goal_count: usize) -> Vec<Vec<u32>> {
    let mut goals = vec![Vec::new(); goal_count];
    for (index, label) in (0u32..).zip(&tree.labels) {
        if label.before.is_some()
            && let Some(goal) = goal_at(network, label.place)
        {
            goals[goal].push(index);
        }
    }
    goals
}
