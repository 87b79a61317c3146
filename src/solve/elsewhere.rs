//! Elsewhere: what it costs a class to be served at another site than its current one.

use super::price::Closed;
use crate::formulation::Class;
use crate::formulation::goals::Objective;
use crate::ids::SiteId;

/// What one user of a class costs for being served at another site than his current one.
pub(super) struct Elsewhere {
    /// At any other site; nothing if that is closed.
    moved: Option<f64>,
    /// What comes to it without a copy there; nothing if that is closed.
    copied: Option<f64>,
}

impl Elsewhere {
    /// What it costs a class under an objective.
    pub(super) fn of(class: &Class, objective: &Objective, closed: &Closed) -> Self {
        let is_relief = !class.is_affected;
        let relief = if is_relief { objective.relief } else { 0.0 };
        let is_closed = closed.moved || closed.relief && is_relief;
        Self {
            moved: (!is_closed).then_some(relief + objective.moved),
            copied: (!closed.copied).then_some(objective.copied),
        }
    }

    /// The sites that are open to a class and may cost less than so much, and some that are not.
    pub(super) fn sites<'c>(&self, class: &'c Class, less_than: f64) -> &'c [SiteId] {
        let moved = self.moved.filter(|moved| *moved < less_than);
        match (moved, class.current) {
            (None, Some(current)) => {
                let stays = class.sites.binary_search(&current);
                stays.map_or(&[], |at| &class.sites[at..=at])
            }
            _ => &class.sites,
        }
    }

    /// The same at one site; nothing where the class may not go.
    pub(super) fn cost(&self, class: &Class, site: SiteId, has_copy: bool) -> Option<f64> {
        if class.current.is_none_or(|current| current == site) {
            return Some(0.0);
        }
        let moved = self.moved?;
        if has_copy {
            Some(moved)
        } else {
            Some(moved + self.copied?)
        }
    }
}
