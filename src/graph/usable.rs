//! Which places and links may be used at all by one kind of user in one case.

use super::build::{Network, PlaceId};
use crate::ids::{LinkId, ProfileId};

/// Places and links that may be used: not gone, open, permitted for the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usable {
    /// By place.
    pub places: Vec<bool>,
    /// By link.
    pub links: Vec<bool>,
}

impl Usable {
    /// Everything may be used.
    pub fn all(network: &Network) -> Self {
        Self {
            places: vec![true; network.place_count()],
            links: vec![true; network.link_count()],
        }
    }

    /// Everything that users of a profile may use.
    pub fn of_profile(network: &Network, profile: ProfileId) -> Self {
        let mut usable = Self::all(network);
        for (link, is_usable) in usable.links.iter_mut().enumerate() {
            *is_usable = network.is_open_to(LinkId::new(link), profile);
        }
        usable
    }

    /// `true` if a step over `link` to `to` is permitted.
    pub fn permits(&self, link: LinkId, to: PlaceId) -> bool {
        self.links[link.index()] && self.places[to.index()]
    }
}
