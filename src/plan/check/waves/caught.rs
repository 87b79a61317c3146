//! Caught: users whom works that begin would cut off, because they leave what the works take away only afterwards.
//!
//! "Works wait until their site is left, and the paths and members of pools that they take away": nobody is cut off by works
//! while waves take any time, and nothing is carried then of which works leave less.

use super::super::leg::Steered;
use super::super::period::Situation;
use super::judge::OfWay;
use super::pieces::Fate;
use super::ramp::Judged;
use super::timing::Causes;
use crate::ids::{ComponentId, SiteId};
use crate::plan_files::Timing;
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// Users of a group at a site: all, and those on what works take away.
type OnPaths = BTreeMap<(usize, SiteId), [f64; 2]>;

impl OfWay<'_> {
    /// `true` if somebody is to leave a site, or his path or member of a pool, only once works on it have begun that were
    /// known; waves take so many seconds.
    pub(super) fn is_caught(&self, causes: &Causes<'_>, earlier: &Situation, takes: f64) -> bool {
        let cases = [&earlier.case, &self.way.situation.case];
        let mut at_sites = 0.0;
        let mut on_paths = 0.0;
        let gone = |component: ComponentId| causes.takes_away(component, cases);
        let [old, new] = [self.steered[0].rows, self.steered[1].rows]
            .map(|rows| self.taken(rows, &earlier.members, &gone));
        let ahead = match self.steering {
            Timing::Behind => 0.0,
            Timing::Ahead => self.left.unwrap_or(1.0),
        };
        for (index, piece) in self.pieces.iter().enumerate() {
            let Some((site, share)) = piece.old else {
                continue;
            };
            let is_there = match piece.fate {
                Fate::Stays => true,
                Fate::Moves(moved) => {
                    let is_behind = self.is_of(index, Timing::Behind);
                    if is_behind && causes.is_caught(site, cases) {
                        at_sites += self.way.moves[moved].users;
                    }
                    is_behind
                }
                Fate::Restored | Fate::Shed => false,
            };
            if !is_there {
                continue;
            }
            let key = (self.ground.group_of(piece.shard), site);
            let part = |on: &OnPaths| {
                let [all, taken] = on.get(&key).copied()?;
                (all > 0.0).then(|| taken / all)
            };
            let before = part(&old).unwrap_or(0.0);
            let after = part(&new).or(part(&old)).unwrap_or(0.0);
            let users = self.way.situation.case.users(piece.shard) * share;
            on_paths += users * ((1.0 - ahead) * before + ahead * after);
        }
        at_sites > NOBODY || takes > 0.0 && on_paths > NOBODY
    }

    /// `true` if works begin that leave less than is carried when the first wave after them begins.
    pub(super) fn is_overloaded(
        &self,
        causes: &Causes<'_>,
        earlier: &Situation,
        first: Option<&Judged>,
    ) -> bool {
        let cases = [&earlier.case, &self.way.situation.case];
        let mut full = first.into_iter().flat_map(|own| &own.overfull);
        full.any(|at| causes.reduces(*at, cases))
    }

    /// How many users steering leads to a site, and how many of them over what is gone; of a pool's users all its members of
    /// before have the same number.
    pub(super) fn taken(
        &self,
        rows: &[Steered],
        members: &[Vec<ComponentId>],
        gone: &impl Fn(ComponentId) -> bool,
    ) -> OnPaths {
        let mut all = OnPaths::new();
        for row in rows {
            let mut left = 1.0;
            if row.route.components(self.ground).into_iter().any(gone)
                || gone(self.ground.inventory.site_component(row.route.site))
            {
                left = 0.0;
            }
            for pool in row.route.pools() {
                let its = &members[pool.index()];
                let lost = its.iter().filter(|own| gone(**own)).count();
                if lost > 0 {
                    left *= (its.len() - lost) as f64 / its.len() as f64;
                }
            }
            let own = all.entry((row.group, row.route.site)).or_default();
            own[0] += row.users;
            own[1] += row.users * (1.0 - left);
        }
        all
    }
}
