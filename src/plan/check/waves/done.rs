//! Done: by which wave, and when, what changes at the beginning of a period is done.

use super::pieces::{Fate, Piece, Portion};
use super::written::WrittenWave;
use crate::plan_files::Timing;
use jiff::Timestamp;

/// A wave that is to be done.
#[derive(Debug, Clone, Copy)]
pub(in crate::plan::check) struct DoneWave {
    pub(in crate::plan::check) number: u32,
    pub(in crate::plan::check) timing: Timing,
    pub(in crate::plan::check) start: Timestamp,
    pub(in crate::plan::check) turned: Timestamp,
    pub(in crate::plan::check) end: Timestamp,
    pub(in crate::plan::check) gate_end: Timestamp,
    pub(in crate::plan::check) steering: f64,
    pub(in crate::plan::check) restored: f64,
}

/// Users who are let in with a move.
#[derive(Debug, Clone, Copy)]
pub(in crate::plan::check) struct LetIn {
    /// Position among the moves of the period.
    pub(in crate::plan::check) moved: usize,
    /// Share of the shard that leaves the old site with that move.
    pub(in crate::plan::check) left: f64,
    /// Who is let in at the new one.
    pub(in crate::plan::check) portion: Portion,
}

/// What is done at the beginning of a period; no wave does it where the way is refused.
#[derive(Debug, Clone, Default)]
pub(in crate::plan::check) struct Done {
    pub(in crate::plan::check) waves: Vec<DoneWave>,
    /// By move.
    pub(in crate::plan::check) wave_of: Vec<Option<u32>>,
    /// Who is served no more.
    pub(in crate::plan::check) shed: Vec<Portion>,
    /// Who is served again.
    pub(in crate::plan::check) restored: Vec<Portion>,
    /// Who was shed of shards of which nobody is there any more.
    pub(in crate::plan::check) refilled: Vec<Portion>,
    /// Who comes with a move and was served nowhere, though others of the shard are served where that leaves.
    pub(in crate::plan::check) let_in: Vec<LetIn>,
}

/// What is done at the beginning of a period, and when that is.
#[derive(Debug, Clone)]
pub(in crate::plan::check) struct Stepped {
    pub(in crate::plan::check) start: Timestamp,
    pub(in crate::plan::check) done: Done,
    /// When the first wave begins that goes ahead of a later period and is not refused.
    pub(in crate::plan::check) later: Option<Timestamp>,
    /// By later period whose waves go behind its start and are not refused: when the first begins and the last ends.
    pub(in crate::plan::check) behind: Vec<[Timestamp; 2]>,
    /// Somebody wrote waves.csv: who is shed and let in is known.
    pub(in crate::plan::check) is_told: bool,
}

/// Who is let in with a piece that moves.
fn let_in(piece: &Piece) -> Option<LetIn> {
    let (Fate::Moves(moved), Some((site, _))) = (piece.fate, piece.new) else {
        return None;
    };
    (piece.let_in > 0.0).then_some(LetIn {
        moved,
        left: piece.old.map_or(0.0, |(_, share)| share),
        portion: Portion {
            shard: piece.shard,
            site,
            share: piece.let_in,
        },
    })
}

impl Done {
    pub(super) fn new(
        pieces: &[Piece],
        wave_of: &[Option<u32>],
        written: &[WrittenWave<'_>],
        is_refused: bool,
        refilled: Vec<Portion>,
    ) -> Self {
        let portions = |fate: Fate| -> Vec<Portion> {
            let own = pieces.iter().filter(|own| own.fate == fate);
            let own = own.filter_map(|piece| {
                let (site, share) = piece.old.or(piece.new)?;
                let shard = piece.shard;
                Some(Portion { shard, site, share })
            });
            own.collect()
        };
        let done = written.iter().filter(|_| !is_refused);
        let waves: Vec<DoneWave> = done
            .map(|own| DoneWave {
                number: own.number,
                timing: own.timing,
                start: own.start,
                turned: own.turned,
                end: own.end,
                gate_end: own.gate_end(),
                steering: own.first.row.steering_share,
                restored: own.first.row.restored_share,
            })
            .collect();
        let is_done = |own: u32| waves.iter().any(|wave| wave.number == own);
        Self {
            wave_of: wave_of
                .iter()
                .map(|own| own.filter(|own| is_done(*own)))
                .collect(),
            shed: portions(Fate::Shed),
            restored: portions(Fate::Restored),
            refilled,
            let_in: pieces.iter().filter_map(let_in).collect(),
            waves,
        }
    }

    pub(in crate::plan::check) fn wave(&self, number: u32) -> Option<&DoneWave> {
        self.waves.iter().find(|own| own.number == number)
    }

    /// When the last gate behind the period's start ends.
    pub(in crate::plan::check) fn behind_until(&self) -> Option<Timestamp> {
        let behind = self.waves.iter().filter(|own| own.timing == Timing::Behind);
        behind.map(|own| own.gate_end).max()
    }
}
