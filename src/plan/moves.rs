//! Moves: who changes site, and why.

use super::extract::users_by_site;
use super::state::Part;
use crate::ids::{ShardId, SiteId};
use crate::model::{Case, Home, Homes, Inventory};
use crate::plan_files::{How, MoveRow, Reason, Text};
use crate::units::NOBODY;

/// Users of a shard who change site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// Whose users.
    pub shard: ShardId,
    /// Where they were in the period before; `None` is being placed.
    pub from: Option<SiteId>,
    /// Where they are now.
    pub to: SiteId,
    /// How many.
    pub users: f64,
    /// Whether a copy takes over or data must travel.
    pub how: How,
    /// Why.
    pub reason: Reason,
}

impl Move {
    /// `true` if its site has failed and the new one has no copy: its data comes from a backup.
    pub fn is_from_backup(&self) -> bool {
        self.reason == Reason::Failed && self.how == How::Copy && self.from.is_some()
    }

    /// What moves.csv says of it, without its wave.
    pub fn row(&self, inventory: &Inventory, period: u32) -> MoveRow {
        let site = |site: SiteId| Text::from(&inventory.sites[site.index()].id);
        MoveRow {
            period,
            wave: None,
            shard: Text::from(inventory.shard_ids.get(self.shard.index())),
            users: self.users,
            from_site: self.from.map(site),
            to_site: site(self.to),
            how: self.how,
            reason: self.reason,
        }
    }
}

/// Where the shards of a period come from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// What the planner believes.
    pub case: &'a Case,
    /// Where they were in the period before.
    pub previous: &'a Homes,
    /// Their current sites (`model.md` §4).
    pub current: &'a Homes,
}

/// Why users of a shard stand where they stand.
///
/// `drained` and `failed` when the site left has nothing left, `relief` when they leave a place that still works,
/// `returned` when they go home after the events, `placed` for a shard without a home.
pub fn reason(origin: &Origin<'_>, part: &Part) -> Reason {
    match (part.current, part.site) {
        (_, None) => Reason::Unserved,
        (None, Some(_)) => Reason::Placed,
        (Some(from), Some(to)) if from == to => {
            if origin.previous.is_same(origin.current, part.shard) {
                Reason::Home
            } else {
                Reason::Returned
            }
        }
        (Some(from), Some(_)) if origin.case.failed[from.index()] => Reason::Failed,
        (Some(from), Some(_)) if origin.case.gone[from.index()] => Reason::Drained,
        (Some(_), Some(_)) => Reason::Relief,
    }
}

/// Everybody with users who is served elsewhere than in the period before, in the order of the parts.
///
/// Where a split shard goes home, its sites with fewer users than before give and those with more take, both in
/// the order of the sites.
pub fn moves(inventory: &Inventory, origin: &Origin<'_>, parts: &[Part]) -> Vec<Move> {
    let mut all = Vec::new();
    for of_shard in parts.chunk_by(|a, b| a.shard == b.shard) {
        let shard = of_shard[0].shard;
        let is_going_home = !origin.previous.is_same(origin.current, shard);
        if is_going_home && origin.previous.is_split(shard) {
            all.extend(
                arrivals(origin.previous, of_shard)
                    .into_iter()
                    .map(|(part, from, to, users)| moved(inventory, origin, part, from, to, users)),
            );
            continue;
        }
        let mut changes: Vec<(&Part, Option<SiteId>, SiteId, f64)> = Vec::new();
        for part in of_shard {
            let from = if is_going_home {
                origin.previous.main(shard)
            } else {
                part.current
            };
            let Some(to) = part.site.filter(|to| from != Some(*to)) else {
                continue;
            };
            // Who goes back from one site to several current ones, and on to another, has come from that one.
            let known = changes
                .iter_mut()
                .find(|change| (change.1, change.2) == (from, to));
            match known {
                Some(entry) => {
                    entry.3 += part.users;
                    if part.users > entry.0.users {
                        entry.0 = part;
                    }
                }
                None if part.users > 0.0 => changes.push((part, from, to, part.users)),
                None => {}
            }
        }
        let changes = changes.into_iter();
        all.extend(
            changes.map(|(part, from, to, users)| moved(inventory, origin, part, from, to, users)),
        );
    }
    all
}

/// Users of a part who come from one site to another.
fn moved(
    inventory: &Inventory,
    origin: &Origin<'_>,
    part: &Part,
    from: Option<SiteId>,
    to: SiteId,
    users: f64,
) -> Move {
    Move {
        shard: part.shard,
        from,
        to,
        users,
        how: if has_copy(inventory, part.shard, to) {
            How::Takeover
        } else {
            How::Copy
        },
        reason: reason(origin, part),
    }
}

/// Who comes from where when a split shard goes home.
fn arrivals<'a>(
    previous: &Homes,
    of_shard: &'a [Part],
) -> Vec<(&'a Part, Option<SiteId>, SiteId, f64)> {
    let total: f64 = of_shard.iter().map(|part| part.users).sum();
    let served = users_by_site(of_shard);
    let had = |home: Home| previous.share(home) * total;
    let mut giving: Vec<(Option<SiteId>, f64)> = previous
        .of(of_shard[0].shard)
        .map(|home| {
            let here = served.iter().find(|(site, _)| Some(*site) == home.site);
            let stays = here.map_or(0.0, |(_, users)| *users);
            (home.site, (had(home) - stays).max(0.0))
        })
        .collect();
    let mut all = Vec::new();
    let mut taking: Vec<(SiteId, &Part, f64)> = Vec::new();
    for part in of_shard {
        let Some(to) = part.site else {
            continue;
        };
        // Who comes to a site from several current sites is one of those who come there: as most of them do.
        match taking.iter_mut().find(|entry| entry.0 == to) {
            Some(entry) => {
                entry.2 += part.users;
                if part.users > entry.1.users {
                    entry.1 = part;
                }
            }
            None => taking.push((to, part, part.users)),
        }
    }
    for (to, part, users) in taking {
        let there = Home {
            shard: part.shard,
            site: Some(to),
        };
        let mut wanted = (users - had(there)).max(0.0);
        for (from, left) in &mut giving {
            let users = wanted.min(*left);
            if users > NOBODY {
                all.push((part, *from, to, users));
                *left -= users;
                wanted -= users;
            }
        }
    }
    all
}

/// `true` if a site holds a copy of a shard: a replica, or its home if it has replicas.
pub(crate) fn has_copy(inventory: &Inventory, shard: ShardId, site: SiteId) -> bool {
    let replicas = inventory.replicas_of(shard);
    let is_home = inventory.shards[shard.index()].site == Some(site);
    replicas.iter().any(|replica| replica.site == site) || is_home && !replicas.is_empty()
}
