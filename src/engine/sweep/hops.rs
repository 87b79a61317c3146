//! Hops: the places and links that a path passes, by one number.

use crate::formulation::rows::{LoadRows, RowId};
use crate::graph::{Network, Path, PlaceId, Usable};
use crate::ids::{LinkId, SiteId};
use crate::model::LinkEnd;

/// A place or a link: places first, then links.
pub(super) type Hop = u32;

/// How many there are.
pub(super) fn hop_count(network: &Network) -> usize {
    network.place_count() + network.link_count()
}

fn of_place(place: PlaceId) -> Hop {
    hop(place.index())
}

fn of_link(network: &Network, link: LinkId) -> Hop {
    hop(network.place_count() + link.index())
}

fn hop(position: usize) -> Hop {
    Hop::try_from(position).expect("invariant: the readers refuse tables of 2^32 rows")
}

/// Where a site stands.
pub(super) fn of_site(network: &Network, site: SiteId) -> Hop {
    of_place(network.place(LinkEnd::Site(site)))
}

/// What a path passes between its client region and its site, in order of places, then of links.
pub(super) fn on_the_way<'p>(
    network: &'p Network,
    path: &'p Path,
) -> impl Iterator<Item = Hop> + 'p {
    let links = path.links.iter();
    let inner = path.links.iter().skip(1);
    inner
        .map(|&link| of_place(network.ends(link).0))
        .chain(links.map(|&link| of_link(network, link)))
}

/// Hops that might be used before and may not be now, ascending.
pub(super) fn lost(before: &Usable, now: &Usable) -> Vec<Hop> {
    let places = before.places.iter().zip(&now.places);
    let links = before.links.iter().zip(&now.links);
    let both = places.chain(links).enumerate();
    both.filter(|(_, (before, now))| **before && !**now)
        .map(|(position, _)| hop(position))
        .collect()
}

/// The load rows of every hop that has any.
pub(super) fn rows(rows: &LoadRows) -> impl Iterator<Item = (Hop, &[RowId])> {
    let all = rows.at_place.iter().chain(&rows.at_link).enumerate();
    all.filter(|(_, own)| !own.is_empty())
        .map(|(position, own)| (hop(position), own.as_slice()))
}
