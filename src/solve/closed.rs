//! Closed: what columns may not be used any more.

use crate::formulation::goals::{copied_per_user, moved_per_user, relief_per_user};
use crate::formulation::{Class, Stay, Tie};
use crate::ids::SiteId;

/// What is closed for columns: settled levels whose optimum is 0, and access points.
#[expect(clippy::struct_excessive_bools, reason = "each is a level of its own")]
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Closed {
    pub(super) lost: bool,
    pub(super) relief: bool,
    pub(super) copied: bool,
    pub(super) moved: bool,
    /// By rank.
    pub(super) unserved: Vec<bool>,
    /// By access point.
    pub(super) access_points: Vec<bool>,
}

impl Closed {
    /// `true` if a user may be nowhere but where he is.
    pub(super) fn binds(&self, stay: &Stay) -> bool {
        match stay.tie {
            Tie::Only => true,
            Tie::Home => self.moved || self.relief,
            Tie::Touched => self.moved,
            Tie::New | Tie::Away => false,
        }
    }

    /// `true` if users of a class may not be served at a site.
    pub(super) fn forbids(&self, class: &Class, site: SiteId) -> bool {
        self.relief && relief_per_user(class, site) > 0.0
            || self.moved && moved_per_user(class, site) > 0.0
            || self.copied && copied_per_user(class, site) > 0.0
    }
}
