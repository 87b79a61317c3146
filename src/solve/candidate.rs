//! Candidates: columns that a pricing pass finds worth adding, in their order, site by site of those where a class may
//! be.

use crate::formulation::ClassId;
use crate::ids::SiteId;
use std::cmp::Ordering;

/// A column worth adding.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// Reduced cost × users: the most violated come first.
    pub(super) violation: f64,
    pub(super) class: ClassId,
    /// Among the candidates of its class.
    pub(super) position: usize,
    pub(super) what: CandidateKind,
}

/// What the column stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum CandidateKind {
    /// The cheapest path to a site.
    Displaced(SiteId),
    /// By rank.
    Unserved(usize),
}

impl Eq for Candidate {}
impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
/// The greatest is the most violated; of equals the first of the first class.
impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.violation.total_cmp(&self.violation))
            .then(other.class.cmp(&self.class))
            .then(other.position.cmp(&self.position))
    }
}

/// Which sites stand in a list: that of the last class that was asked for, for those of a group mostly share theirs.
#[derive(Default)]
pub(super) struct AllowedColumns<'a> {
    list: &'a [SiteId],
    /// By site.
    has: Vec<bool>,
}

impl<'a> AllowedColumns<'a> {
    /// `true` if a site stands in a list.
    pub(super) fn has(&mut self, list: &'a [SiteId], site: SiteId) -> bool {
        if !std::ptr::eq(self.list, list) {
            self.list = list;
            self.has.clear();
            let count = list.last().map_or(0, |last| last.index() + 1);
            self.has.resize(count, false);
            for site in list {
                self.has[site.index()] = true;
            }
        }
        self.has.get(site.index()) == Some(&true)
    }
}
