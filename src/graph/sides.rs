//! Sides: prices before the access points and past them, which are searched apart.

use super::build::{Network, PlaceId};
use super::search::Prices;
use crate::ids::LinkId;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// Hashes of the prices on either side: most others are distinguished by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) before: u64,
    pub(super) past: u64,
}

impl Sides {
    /// Those of some prices.
    pub(super) fn of(network: &Network, prices: &Prices) -> Self {
        let mut hashers = [FxHasher::default(), FxHasher::default()];
        for hasher in &mut hashers {
            prices.latency.to_bits().hash(hasher);
        }
        let mut add = |sides: [bool; 2], price: f64| {
            for (hasher, is_there) in hashers.iter_mut().zip(sides) {
                if is_there {
                    price.to_bits().hash(hasher);
                }
            }
        };
        for (place, price) in prices.places.iter().enumerate() {
            add(network.sides(PlaceId::new(place)), *price);
        }
        for (link, price) in prices.links.iter().enumerate() {
            add(network.sides_of_link(LinkId::new(link)), *price);
        }
        let [before, after] = hashers.map(|hasher| hasher.finish());
        Self {
            before,
            past: after,
        }
    }
}

/// `true` if two sets of prices agree before (or past) the access points.
pub(super) fn is_same_side(network: &Network, a: &Prices, b: &Prices, is_before: bool) -> bool {
    let side = usize::from(!is_before);
    let is_on_side = |place: usize| network.sides(PlaceId::new(place))[side];
    let is_link_on_side = |link: usize| network.sides_of_link(LinkId::new(link))[side];
    let same = |a: f64, b: f64| a.to_bits() == b.to_bits();
    same(a.latency, b.latency)
        && (0..a.places.len())
            .all(|place| same(a.places[place], b.places[place]) || !is_on_side(place))
        && (0..a.links.len())
            .all(|link| same(a.links[link], b.links[link]) || !is_link_on_side(link))
}
