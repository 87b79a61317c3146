//! Sides: prices before the access points and behind them, which are searched apart.

use super::build::{Network, PlaceId};
use super::search::Prices;
use crate::ids::LinkId;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// Hashes of the prices on either side: most others are told apart by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) before: u64,
    pub(super) behind: u64,
}

impl Sides {
    /// Those of some prices.
    pub(super) fn of(network: &Network, prices: &Prices) -> Self {
        let mut hashers = [FxHasher::default(), FxHasher::default()];
        for hasher in &mut hashers {
            prices.latency.to_bits().hash(hasher);
        }
        let mut add = |is_before: bool, price: f64| {
            price.to_bits().hash(&mut hashers[usize::from(!is_before)]);
        };
        for (place, price) in prices.places.iter().enumerate() {
            add(network.is_before_entry(PlaceId::new(place)), *price);
        }
        for (link, price) in prices.links.iter().enumerate() {
            add(is_link_before(network, link), *price);
        }
        let [before, behind] = hashers.map(|hasher| hasher.finish());
        Self { before, behind }
    }
}

fn is_link_before(network: &Network, link: usize) -> bool {
    let (from, _) = network.ends(LinkId::new(link));
    network.is_before_entry(from)
}

/// `true` if two sets of prices agree before (or behind) the access points.
pub(super) fn is_same_side(network: &Network, a: &Prices, b: &Prices, is_before: bool) -> bool {
    let is_on_side = |place: usize| network.is_before_entry(PlaceId::new(place)) == is_before;
    let is_link_on_side = |link: usize| is_link_before(network, link) == is_before;
    let same = |a: f64, b: f64| a.to_bits() == b.to_bits();
    same(a.latency, b.latency)
        && (0..a.places.len())
            .all(|place| same(a.places[place], b.places[place]) || !is_on_side(place))
        && (0..a.links.len())
            .all(|link| same(a.links[link], b.links[link]) || !is_link_on_side(link))
}
