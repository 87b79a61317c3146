//! Parts: who is served where in one period, as assignment.csv says.

use super::homes::Homes;
use crate::ids::SiteId;
use crate::plan_files::Reason;

/// A row of assignment.csv whose names exist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    pub(super) line: u64,
    pub(super) from: Option<SiteId>,
    pub(super) to: Option<SiteId>,
    pub(super) users: f64,
    pub(super) share: f64,
    pub(super) reason: Reason,
}

/// Users served at a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Served {
    pub(super) site: SiteId,
    pub(super) users: f64,
}

/// The rows of one period, by shard.
pub(super) struct Assignment {
    pub(super) parts: Vec<Part>,
    /// Shards: the first of its parts; one more entry closes the last.
    pub(super) starts: Vec<usize>,
}

impl Assignment {
    /// The parts of a shard, in the order of the file.
    pub(super) fn of(&self, shard: usize) -> &[Part] {
        &self.parts[self.starts[shard]..self.starts[shard + 1]]
    }

    /// All parts with their shards.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &Part)> {
        (0..self.starts.len() - 1)
            .flat_map(|shard| self.of(shard).iter().map(move |part| (shard, part)))
    }

    /// The parts that are served.
    pub(super) fn served(&self) -> impl Iterator<Item = (usize, Served)> {
        self.all().filter_map(|(shard, part)| {
            let users = part.users;
            Some((shard, part.to.map(|site| Served { site, users })?))
        })
    }
}

/// What a period starts from.
pub(super) struct Start<'a> {
    /// The period's number.
    pub(super) period: usize,
    /// Where shards were, whatever their current site.
    pub(super) previous: &'a Homes,
    /// Their current sites (`model.md` §4).
    pub(super) current: &'a Homes,
    /// No known event is in force and users go home.
    pub(super) is_returning: bool,
}

impl Start<'_> {
    /// `true` if users go home and a shard was elsewhere, in whole or in part, in the period before.
    pub(super) fn is_going_home(&self, shard: usize) -> bool {
        self.is_returning && !self.previous.is_same(self.current, shard)
    }
}
