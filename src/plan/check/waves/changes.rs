//! Changes: what the beginning of a period changes, who connects anew in its waves, and by which wave what is done.

use super::pieces::{Fate, Idle, Piece, Portion};
use super::written::{TimedWave, WrittenWave};
use crate::ids::SiteId;
use crate::plan_files::Timing;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What the beginning of a period changes of who is where.
pub(in crate::plan::check) struct Change {
    pub(super) period: usize,
    pub(super) start: Timestamp,
    /// Users move.
    pub(super) is_moving: bool,
    /// Anybody moves or is steered anew ahead of its start, and after it.
    pub(super) is_anything: [bool; 2],
    /// Who connects anew in its waves.
    pub(super) judged: Vec<Connecting>,
    /// Who moves, and in which wave.
    pub(super) moved: Vec<Moved>,
    /// When the last gate behind its start ends; its start if there is none.
    pub(super) end: Timestamp,
    /// Not everybody has a wave, or those ahead of its start take longer than they may.
    pub(super) is_refused: bool,
    /// summary.json says that it is refused.
    pub(super) is_told_refused: bool,
    /// Which waves are not judged, in words: those that are written where not everybody has one.
    pub(in crate::plan::check) unjudged: Option<String>,
    /// Who waits for its waves after its start.
    pub(super) waiting: Option<Waiting>,
    /// The earlier periods whose waves are under way when works begin here that take away what users leave in them.
    pub(super) cuts_short: Vec<usize>,
    /// What is done, and by which wave.
    pub(in crate::plan::check) done: Done,
    /// Who is served where of those of whom nobody is there.
    pub(super) idle: Idle,
}

/// Who connects anew in a wave, by component.
pub(super) struct Connecting {
    pub(super) wave: TimedWave,
    /// The line of its first row.
    pub(super) line: u64,
    pub(super) passing: BTreeMap<usize, Through>,
    /// Components and resources of which more is carried, before anybody of it moves, than is left next to the period's start.
    pub(super) overfull: BTreeSet<[usize; 2]>,
    /// Of the users of a group at a site, the share whom steering brings through a component; where users move nobody is
    /// asked.
    pub(super) entering: Entering,
}

/// Who connects anew through a component.
#[derive(Clone, Copy)]
pub(super) struct Through {
    /// Because steering turns, and because they move or come back.
    pub(super) users: [f64; 2],
    /// The most of both together under one case.
    pub(super) arrivals: f64,
    /// Normal operation per second.
    pub(super) background: f64,
    pub(super) accepts: f64,
}

/// By group and site: by component, the share of the users there whom steering brings through it anew.
pub(super) type Entering = BTreeMap<(usize, SiteId), BTreeMap<usize, f64>>;

/// Users of a group who move in a wave.
pub(super) struct Moved {
    pub(super) group: usize,
    pub(super) from: Option<SiteId>,
    pub(super) to: SiteId,
    pub(super) wave: u32,
    pub(super) users: f64,
}

/// Who waits for the waves after a period's start.
pub(super) struct Waiting {
    /// By group and site that they are at when the period begins.
    pub(super) users: BTreeMap<(usize, SiteId), f64>,
    /// Share of the steering that has turned by then.
    pub(super) ahead: f64,
    /// When the last of them has moved, or connected again.
    pub(super) until: Timestamp,
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
    pub(in crate::plan::check) waves: Vec<TimedWave>,
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
        let waves: Vec<TimedWave> = done.map(|own| own.wave).collect();
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

    pub(in crate::plan::check) fn wave(&self, number: u32) -> Option<&TimedWave> {
        self.waves.iter().find(|own| own.number == number)
    }

    /// When the last gate behind the period's start ends.
    pub(in crate::plan::check) fn behind_until(&self) -> Option<Timestamp> {
        let behind = self.waves.iter().filter(|own| own.timing == Timing::Behind);
        behind.map(|own| own.gate_end).max()
    }
}
