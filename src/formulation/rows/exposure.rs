//! **Exposure rows.** What users of a tenant lose to silent faults on their paths.
//!
//! Inequality (`model.md` §10), for a tenant T and a set S of members that turn gray together, each of which loses δ of
//! the work through it:
//!
//! ```text
//! δ · Σ_c w[c] · Σ_p n_S(p) · z[c,p] ≤ max_loss · U_T + ℓ_T
//! ```
//!
//! with `n_S(p)` how many components of S the path crosses: of a pool's member its equal share. Where homes are given,
//! `w[c]` is T's share of the users of c's group at its site, since steering cannot separate T's from the others:
//! that is what they lose. Where homes are sought, it is 1 for T's classes and 0 for others, as if T were steered alone:
//! no homes let them lose less.
//! Unit: users. Dual: what one more user who may lose their work is worth. Size: one for each tenant and set that a plan
//! without them exposes too much.

use crate::formulation::class::{Class, Who};
use crate::formulation::ids::GroupId;
use crate::formulation::kinds::Mark;
use crate::formulation::load_row::LoadRow;
use crate::graph::{Network, Path, PlaceId};
use crate::ids::{LinkId, SiteId};
use rustc_hash::FxHashMap;

/// What users of a tenant lose if some members turn gray.
#[derive(Debug, Clone)]
pub struct ExposureRow {
    /// Which of the cases.
    pub case: usize,
    /// Users who may lose their work.
    pub limit: f64,
    /// The users that it counts, by the share of them that it does.
    pub counted: Counted,
    /// The share of the work through a gray member that is lost, `δ`.
    pub severity: f64,
    /// Where the members are: places, with the share of those who pass there who cross them.
    pub places: Vec<(PlaceId, f64)>,
    /// Links among the members.
    pub links: Vec<LinkId>,
}

/// The users that an exposure row counts.
#[derive(Debug, Clone)]
pub enum Counted {
    /// All users that have the mark of the tenant.
    Marked(Mark),
    /// By group and site, in classes that have one site, the share of those there who are the tenant's.
    Shares(FxHashMap<(GroupId, SiteId), f64>),
}

impl ExposureRow {
    /// What one user of a class counts for each of the members that the user crosses.
    pub fn weight(&self, class: &Class, who: &[Who]) -> f64 {
        let share = match &self.counted {
            Counted::Marked(mark) => {
                let one_who = who.get(class.who as usize);
                f64::from(u8::from(one_who.is_some_and(|who| who.mark == *mark)))
            }
            Counted::Shares(shares) => match *class.sites {
                [site] => shares.get(&(class.group, site)).copied().unwrap_or(0.0),
                _ => 0.0,
            },
        };
        self.severity * share
    }

    /// How many members a path crosses.
    pub fn crossed(&self, network: &Network, path: &Path) -> f64 {
        let places = path.places(network).into_iter().map(|place| self.at(place));
        let links = path.links.iter().filter(|link| self.links.contains(link));
        places.sum::<f64>() + links.count() as f64
    }

    /// How many members those cross who pass a place.
    pub fn at(&self, place: PlaceId) -> f64 {
        let filter = self
            .places
            .iter()
            .filter(|(node_index, _)| *node_index == place);
        filter.map(|(_, share)| share).sum()
    }

    /// The row as one of those that limit loads, among all `users`.
    pub(super) fn as_load_row(&self, users: f64) -> LoadRow {
        LoadRow::of_case(self.case, self.limit, users)
    }
}
