//! Crowds: pieces that move alike, with how many they are under every case that a way touches.

use super::judge::OfWay;
use super::pieces::{Crowd, Fate, Piece};
use super::shares::Under;
use crate::ids::SiteId;
use crate::plan_files::Timing;
use rustc_hash::FxHashMap;

/// What tells crowds apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    group: usize,
    sites: [Option<SiteId>; 2],
    copies: [bool; 2],
    /// The number of their factors of demand under all cases.
    factor: usize,
    /// Bits of how many there were for each who is there.
    ratio: u64,
    fate: u8,
    wave: Option<u32>,
    settled: Option<usize>,
}

impl OfWay<'_> {
    /// Pieces of one timing, those together that bring the same.
    pub(super) fn crowds(&self, timing: Timing, unders: &[Under<'_>]) -> Vec<Crowd> {
        let mut known: FxHashMap<Key, usize> = FxHashMap::default();
        let mut factors: FxHashMap<Vec<u64>, usize> = FxHashMap::default();
        let mut bits: Vec<u64> = Vec::with_capacity(unders.len());
        let mut all: Vec<(Crowd, Vec<[bool; 2]>)> = Vec::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            bits.clear();
            let of_case = unders.iter().map(|own| &own.situation.case);
            bits.extend(of_case.map(|case| case.factor[piece.shard].to_bits()));
            let factor = if let Some(known) = factors.get(&bits) {
                *known
            } else {
                factors.insert(bits.clone(), factors.len());
                factors.len() - 1
            };
            let key = self.key(timing, (index, piece), factor);
            let at = *known.entry(key).or_insert_with(|| {
                let of_site = |under: &Under<'_>, own: Option<SiteId>| {
                    own.is_some_and(|site| under.ends.of(key.group, site).is_some())
                };
                let is_served = unders
                    .iter()
                    .map(|under| key.sites.map(|own| of_site(under, own)));
                let crowd = Crowd {
                    shard: piece.shard,
                    old: key.sites[0],
                    new: key.sites[1],
                    users: vec![[0.0; 2]; unders.len()],
                    counted: 0.0,
                    leaving: 0.0,
                    fate: piece.fate,
                    wave: key.wave,
                    settled: key.settled,
                };
                all.push((crowd, is_served.collect()));
                all.len() - 1
            });
            let (crowd, is_served) = &mut all[at];
            self.count(piece, (unders, is_served), crowd);
        }
        all.into_iter().map(|own| own.0).collect()
    }

    fn key(&self, timing: Timing, (index, piece): (usize, &Piece), factor: usize) -> Key {
        let is_own = self.is_of(index, timing);
        let sites = [piece.old, piece.new].map(|own| own.map(|(site, _)| site));
        let has_copy = |site| self.ground.has_copy(piece.shard, site);
        let share = |own: Option<(SiteId, f64)>| own.map_or(0.0, |(_, share)| share);
        Key {
            group: self.ground.group_of(piece.shard),
            sites,
            copies: sites.map(|own| own.is_some_and(has_copy)),
            factor,
            ratio: (share(piece.old) / share(piece.new)).to_bits(),
            fate: match piece.fate {
                Fate::Stays => 0,
                Fate::Moves(_) => 1,
                Fate::Restored => 2,
                Fate::Shed => 3,
            },
            wave: match piece.fate {
                Fate::Moves(moved) => self.wave_of[moved],
                _ => None,
            },
            settled: match (piece.fate, timing) {
                (Fate::Stays, _) | (Fate::Shed | Fate::Restored, Timing::Ahead) => Some(0),
                (Fate::Moves(_), Timing::Ahead) if !is_own => Some(0),
                (Fate::Moves(_), Timing::Behind) if !is_own => Some(1),
                _ => None,
            },
        }
    }

    /// Adds a piece to its crowd, of which somebody is served at both places under each case or is not. Rates count the most
    /// that its users are; who is placed counts once he has users.
    fn count(
        &self,
        piece: &Piece,
        (unders, is_served): (&[Under<'_>], &[[bool; 2]]),
        crowd: &mut Crowd,
    ) {
        let case = &self.way.situation.case;
        let mut counted = match piece.fate {
            Fate::Moves(own) if self.way.moves[own].from.is_some() => self.way.moves[own].users,
            Fate::Restored => piece
                .new
                .map_or(0.0, |(_, share)| case.users(piece.shard) * share),
            _ => 0.0,
        };
        let mut leaving: f64 = 0.0;
        let shares = [piece.old, piece.new].map(|own| own.map_or(0.0, |(_, share)| share));
        for ((under, is_served), users) in unders.iter().zip(is_served).zip(&mut crowd.users) {
            let of_shard = under.situation.case.users(piece.shard);
            let [old, new] = [0, 1].map(|end: usize| {
                if is_served[end] {
                    of_shard * shares[end]
                } else {
                    0.0
                }
            });
            users[0] += old;
            users[1] += new;
            counted = counted.max(new);
            leaving = leaving.max(old);
        }
        crowd.counted += counted;
        if leaving > 0.0 {
            crowd.leaving += leaving.max(counted);
        }
    }
}
