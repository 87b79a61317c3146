//! Crowd: pieces that move alike, with who they are under every case that a way touches.

use super::judge::OfWay;
use super::pieces::{Fate, Piece};
use super::state::Under;
use crate::ids::SiteId;
use crate::model::Case;
use crate::plan_files::Timing;
use std::collections::BTreeMap;

/// Pieces that bring the same wherever they are: of one group, between the same sites, with copies alike.
#[derive(Debug, Clone)]
pub(super) struct Crowd {
    /// One of their shards: all of them demand the same.
    pub(super) shard: usize,
    pub(super) old: Option<SiteId>,
    pub(super) new: Option<SiteId>,
    /// By case: users served at the old place, and at the new one.
    pub(super) users: Vec<[f64; 2]>,
    /// Users by whom rates and new connections are counted.
    pub(super) counted: f64,
    /// Users who leave a site.
    pub(super) leaving: f64,
    pub(super) fate: Fate,
    /// The wave in which they move; `None` if none was found, or they do not move.
    pub(super) wave: Option<u32>,
    /// Where they are for the whole way, if they are at one place: 0 is the old one.
    pub(super) settled: Option<usize>,
}

impl Crowd {
    /// `true` if it moves or comes back in the waves that are looked at.
    pub(super) fn is_moving(&self) -> bool {
        self.settled.is_none() && matches!(self.fate, Fate::Moves(_) | Fate::Restored)
    }
}

impl OfWay<'_> {
    /// Pieces of one timing, those together that bring the same.
    pub(super) fn crowds(&self, timing: Timing, unders: &[Under<'_>]) -> Vec<Crowd> {
        type Key = (
            usize,
            [Option<SiteId>; 2],
            [bool; 2],
            Vec<u64>,
            u8,
            Option<u32>,
            Option<usize>,
        );
        let ground = self.ground;
        let mut all: BTreeMap<Key, Crowd> = BTreeMap::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            let wave = match piece.fate {
                Fate::Moves(moved) => self.wave_of[moved],
                _ => None,
            };
            let is_own = self.is_of(index, timing);
            let settled = match (piece.fate, timing) {
                (Fate::Stays, _) | (Fate::Shed | Fate::Restored, Timing::Ahead) => Some(0),
                (Fate::Moves(_), Timing::Ahead) if !is_own => Some(0),
                (Fate::Moves(_), Timing::Behind) if !is_own => Some(1),
                _ => None,
            };
            let sites = [piece.old, piece.new].map(|own| own.map(|(site, _)| site));
            let group = ground.group_of(piece.shard);
            let copies =
                sites.map(|own| own.is_some_and(|site| ground.has_copy(piece.shard, site)));
            let mut bits: Vec<u64> = unders
                .iter()
                .map(|own| own.situation.case.factor[piece.shard].to_bits())
                .collect();
            let share = |own: Option<(SiteId, f64)>| own.map_or(0.0, |(_, share)| share);
            bits.push((share(piece.old) / share(piece.new)).to_bits());
            let fate = match piece.fate {
                Fate::Stays => 0,
                Fate::Moves(_) => 1,
                Fate::Restored => 2,
                Fate::Shed => 3,
            };
            let key = (group, sites, copies, bits, fate, wave, settled);
            let crowd = all.entry(key).or_insert_with(|| Crowd {
                shard: piece.shard,
                old: sites[0],
                new: sites[1],
                users: vec![[0.0; 2]; unders.len()],
                counted: 0.0,
                leaving: 0.0,
                fate: piece.fate,
                wave,
                settled,
            });
            self.count(piece, group, unders, crowd);
        }
        all.into_values().collect()
    }

    /// Adds a piece to its crowd. Rates count the most that its users are; who is placed counts once he has users.
    fn count(&self, piece: &Piece, group: usize, unders: &[Under<'_>], crowd: &mut Crowd) {
        let case = &self.way.situation.case;
        let mut counted = match piece.fate {
            Fate::Moves(own) if self.way.moves[own].from.is_some() => self.way.moves[own].users,
            Fate::Restored => piece
                .new
                .map_or(0.0, |(_, share)| case.users(piece.shard) * share),
            _ => 0.0,
        };
        let mut leaving: f64 = 0.0;
        for (index, under) in unders.iter().enumerate() {
            let case: &Case = &under.situation.case;
            let served = |place: Option<(SiteId, f64)>| {
                let (site, share) = place?;
                under.ends.of(group, site)?;
                Some(case.users(piece.shard) * share)
            };
            let [old, new] = [piece.old, piece.new].map(|own| served(own).unwrap_or(0.0));
            crowd.users[index][0] += old;
            crowd.users[index][1] += new;
            counted = counted.max(new);
            leaving = leaving.max(old);
        }
        crowd.counted += counted;
        if leaving > 0.0 {
            crowd.leaving += leaving.max(counted);
        }
    }
}
