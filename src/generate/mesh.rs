//! Mesh: a backbone of routers between access points and sites.

use super::fronts::Front;
use super::network::LimitedLink;
use super::places::Place;
use super::random::Draws;

/// A backbone.
#[derive(Debug)]
pub(super) struct Mesh {}

impl Mesh {
    /// The backbone of these places.
    pub(super) fn of(
        _access_points: &[Place],
        _routers: &[Place],
        _sites: &[Place],
        _draws: &mut Draws,
    ) -> Self {
        Self {}
    }

    /// Round trips from access points to sites: access point × site.
    pub(super) fn round_trips(&self) -> Vec<u32> {
        Vec::new()
    }

    /// Its links.
    pub(super) fn links(&self, _fronts: &[Front]) -> Vec<LimitedLink> {
        Vec::new()
    }
}
