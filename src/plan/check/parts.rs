//! Parts: who is served where in one period, as assignment.csv says.

use super::report::At;
use crate::ids::{ShardId, SiteId};
use crate::plan_files::{AssignmentRow, Lined, Reason, Row};

/// A row of assignment.csv whose names exist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    line: u32,
    pub(super) from: Option<SiteId>,
    pub(super) to: Option<SiteId>,
    pub(super) users: f64,
    pub(super) share: f64,
    pub(super) reason: Reason,
}

impl Part {
    /// What a row says, at the sites that it names.
    pub(super) fn of(
        lined: &Lined<AssignmentRow>,
        from: Option<SiteId>,
        to: Option<SiteId>,
    ) -> Self {
        let row = &lined.row;
        Self {
            line: u32::try_from(lined.line).unwrap_or(u32::MAX),
            from,
            to,
            users: row.users,
            share: row.share,
            reason: row.reason,
        }
    }

    /// Users who stand at their home, served there or not: of no file.
    pub(super) fn standing(home: Option<SiteId>, is_served: bool, users: f64, share: f64) -> Self {
        Self {
            line: 0,
            from: home,
            to: home.filter(|_| is_served),
            users,
            share,
            reason: if is_served {
                Reason::Home
            } else {
                Reason::Unserved
            },
        }
    }

    /// Where the row stands in its file; of a file of billions of lines the last one that can be told.
    pub(super) fn line(&self) -> u64 {
        u64::from(self.line)
    }
}

/// Users served at a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Served {
    pub(super) site: SiteId,
    pub(super) users: f64,
}

/// The rows of one period, by shard.
pub(super) struct Assignment {
    parts: Vec<Part>,
    /// Shards: the first of its parts; one more entry closes the last.
    starts: Vec<u32>,
}

impl Assignment {
    /// Parts with the shard of each, in the order of the file.
    pub(super) fn new(shards: usize, mut parts: Vec<Part>, mut shard_of: Vec<ShardId>) -> Self {
        // Rows mostly follow shards.csv already.
        if !shard_of.is_sorted() {
            let mut order: Vec<usize> = (0..parts.len()).collect();
            order.sort_by_key(|position| shard_of[*position]);
            parts = order.iter().map(|position| parts[*position]).collect();
            shard_of = order.iter().map(|position| shard_of[*position]).collect();
        }
        let mut starts = Vec::with_capacity(shards + 1);
        let mut start = 0;
        for shard in (0..=shards).map(ShardId::new) {
            let rest = shard_of[start as usize..].iter();
            start += rest
                .map_while(|other| (*other < shard).then_some(1))
                .sum::<u32>();
            starts.push(start);
        }
        Self { parts, starts }
    }

    /// The parts of a shard, in the order of the file.
    pub(super) fn of(&self, shard: usize) -> &[Part] {
        &self.parts[self.starts[shard] as usize..self.starts[shard + 1] as usize]
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

/// A cell of assignment.csv.
pub(super) fn cell(line: u64, column: &str) -> At<'_> {
    At::cell(AssignmentRow::FILE, line, column)
}
