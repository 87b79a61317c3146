//! Routes: how users get to their site, hour by hour.

use crate::graph::Path;
use crate::ids::{LinkId, SiteId};
use crate::model::Hours;

/// How users get to a site: on one path at all hours, or on one in each slice of them. All of them end at one site, since
/// users are homed there all the time, and steering may follow the hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Where it ends.
    pub site: SiteId,
    /// Round trip in milliseconds, the mean over the time of its slices.
    pub latency: f64,
    /// One path for all slices, or one for each.
    legs: Vec<Path>,
}

impl Route {
    /// The same path at all hours.
    pub fn steady(path: Path) -> Self {
        Self {
            site: path.site,
            latency: path.latency,
            legs: vec![path],
        }
    }

    /// A path in each slice, all to one site; `None` if there is none.
    pub fn by_slice(legs: Vec<Path>, hours: &Hours) -> Option<Self> {
        let first = legs.first()?;
        if legs.iter().all(|leg| leg.links == first.links) {
            return legs.into_iter().next().map(Self::steady);
        }
        let by_slice = legs.iter().enumerate();
        Some(Self {
            site: first.site,
            latency: by_slice
                .map(|(slice, leg)| hours.weight(slice) * leg.latency)
                .sum(),
            legs,
        })
    }

    /// The path in a slice.
    pub fn leg(&self, slice: usize) -> &Path {
        if self.is_steady() {
            &self.legs[0]
        } else {
            &self.legs[slice]
        }
    }

    /// The paths: one for all slices, or one for each.
    pub fn legs(&self) -> &[Path] {
        &self.legs
    }

    /// `true` if it is the same path at all hours.
    pub fn is_steady(&self) -> bool {
        self.legs.len() == 1
    }

    /// `true` if both take the same links at all hours.
    pub fn is_same(&self, other: &Self) -> bool {
        let pairs = self.legs.iter().zip(&other.legs);
        self.legs.len() == other.legs.len()
            && pairs
                .into_iter()
                .all(|(path, other)| path.links == other.links)
    }

    /// The links of all its paths, one path after the other: a path begins at the only link that leaves a client region,
    /// so that this distinguishes routes.
    pub fn links(&self) -> Vec<LinkId> {
        let legs = self.legs.iter();
        legs.flat_map(|leg| leg.links.iter().copied()).collect()
    }

    /// The mean of what its paths have, over the time of their slices.
    pub fn mean_over(&self, hours: &Hours, of_path: impl Fn(&Path) -> f64) -> f64 {
        if self.is_steady() {
            return of_path(self.leg(0));
        }
        let legs = self.legs.iter().enumerate();
        legs.map(|(slice, leg)| hours.weight(slice) * of_path(leg))
            .sum()
    }
}
