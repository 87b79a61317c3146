//! Changes: what the beginning of a period changes, by which wave what is done, and who reconnects through what in waves,
//! those of several periods that go on at once together, and whether that is accepted.

use super::super::context::RefereeContext;
use super::super::report::{At, Report, Rule};
use super::loads::{slack, spare};
use super::pieces::{Idle, Piece, PieceFate, Portion};
use super::written::{TimedWave, WrittenWave, seconds};
use crate::diagnostic::amounts::rounded;
use crate::ids::{ComponentId, SiteId};
use crate::plan::Move;
use crate::plan_files::{Row, Timing, WaveRow};
use crate::units::{NOBODY, SAME_INSTANT, WRITTEN};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What the beginning of a period changes of who is where.
pub(in crate::plan::check) struct BoundaryChange {
    pub(super) period: usize,
    pub(super) start: Timestamp,
    /// Users move.
    pub(super) is_moving: bool,
    /// Anybody moves or is steered differently before its start, and after it.
    pub(super) is_anything: [bool; 2],
    /// Who reconnects in its waves.
    pub(super) judged: Vec<Connecting>,
    /// Who moves, and in which wave.
    pub(super) moved: Vec<Moved>,
    /// When the last gate after its start ends; its start if there is none.
    pub(super) end: Timestamp,
    /// Not everybody has a wave, or those before its start take longer than they may.
    pub(super) is_refused: bool,
    /// summary.json says that it is refused.
    pub(super) is_reported_refused: bool,
    /// Which waves are not judged, in words: those that are written where not everybody has one.
    pub(in crate::plan::check) unjudged: Option<String>,
    /// Who waits for its waves after its start.
    pub(super) waiting: Option<WaitingUsers>,
    /// The earlier periods whose waves are in progress when maintenance begins here that takes away what users leave in them.
    pub(super) cuts_short: Vec<usize>,
    /// What is done, and by which wave.
    pub(in crate::plan::check) done: Done,
    /// Who is served where, of shards of which nobody is there.
    pub(super) idle: Idle,
}

/// Who reconnects in a wave, by component.
pub(super) struct Connecting {
    pub(super) wave: TimedWave,
    /// The line of its first row.
    pub(super) line: u64,
    pub(super) passing: BTreeMap<usize, Through>,
    /// Components and resources of which more is carried, before anybody of it moves, than is left next to the period's start.
    pub(super) overfull: BTreeSet<[usize; 2]>,
    /// Of the users of a group at a site, the share that steering brings through a component; where users move nobody is
    /// asked.
    pub(super) entering: Entering,
}

/// Who reconnects through a component.
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

/// By group and site: by component, the share of the users there that steering newly brings through it.
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
pub(super) struct WaitingUsers {
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

/// What is done at the beginning of a period; no wave does it where the transition is refused.
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
    /// When the first wave begins that goes before a later period and is not refused.
    pub(in crate::plan::check) later: Option<Timestamp>,
    /// By later period whose waves go after its start and are not refused: when the first begins and the last ends.
    pub(in crate::plan::check) after: Vec<[Timestamp; 2]>,
    /// Somebody wrote waves.csv: who is shed and let in is known.
    pub(in crate::plan::check) is_reported: bool,
}

/// Who is let in with a piece that moves.
fn let_in(piece: &Piece) -> Option<LetIn> {
    let (PieceFate::Moves(moved), Some((site, _))) = (piece.fate, piece.new) else {
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
        let portions = |fate: PieceFate| -> Vec<Portion> {
            let filter = pieces.iter().filter(|piece| piece.fate == fate);
            let filter_map = filter.filter_map(|piece| {
                let (site, share) = piece.old.or(piece.new)?;
                let shard = piece.shard;
                Some(Portion { shard, site, share })
            });
            filter_map.collect()
        };
        let done = written.iter().filter(|_| !is_refused);
        let waves: Vec<TimedWave> = done.map(|written_wave| written_wave.wave).collect();
        let is_done = |number: u32| waves.iter().any(|wave| wave.number == number);
        Self {
            wave_of: wave_of
                .iter()
                .map(|number| number.filter(|number| is_done(*number)))
                .collect(),
            shed: portions(PieceFate::Shed),
            restored: portions(PieceFate::Restored),
            refilled,
            let_in: pieces.iter().filter_map(let_in).collect(),
            waves,
        }
    }

    pub(in crate::plan::check) fn wave(&self, number: u32) -> Option<&TimedWave> {
        self.waves.iter().find(|wave| wave.number == number)
    }

    /// When the last gate after the period's start ends.
    pub(in crate::plan::check) fn after_until(&self) -> Option<Timestamp> {
        let after = self
            .waves
            .iter()
            .filter(|wave| wave.timing == Timing::After);
        after.map(|timed_wave| timed_wave.gate_end).max()
    }
}

/// P7992: nobody has to accept more new sessions a second than they can.
const ACCEPTED: Rule = Rule::new("P7992", "let the wave last longer, or move fewer users");

/// P7992 of the waves of one period.
pub(super) fn is_accepted(context: &RefereeContext<'_>, waves: &[Connecting], report: &mut Report) {
    for wave in waves {
        for (component, through) in &wave.passing {
            let left = spare(through.accepts, through.background);
            let phases = through.users.into_iter().zip(wave.wave.phases());
            for ((users, seconds), column) in phases.zip(["turned", "end"]) {
                let most = left * (seconds + slack(seconds));
                if users <= most + WRITTEN * through.accepts + NOBODY {
                    continue;
                }
                let id = ComponentId::new(*component);
                let name = context.inventory.component_name(id);
                let [users, seconds, background, accepts] =
                    [users, seconds, through.background, through.accepts].map(rounded);
                let found = format!(
                    "{users} users in {seconds} s beside {background} a second at `{name}`"
                );
                let at = At::cell(WaveRow::FILE, wave.line, column);
                report.add(ACCEPTED, at, found, format!("at most {accepts} a second"));
            }
        }
    }
}

/// Those of all moves that have a wave.
pub(super) fn moved(
    context: &RefereeContext<'_>,
    moves: &[Move],
    wave_of: &[Option<u32>],
) -> Vec<Moved> {
    let mut all: BTreeMap<_, f64> = BTreeMap::new();
    for (moved, wave) in moves.iter().zip(wave_of) {
        if let Some(wave) = wave {
            let key = (
                context.group_of(moved.shard.index()),
                moved.from,
                moved.to,
                *wave,
            );
            *all.entry(key).or_default() += moved.users;
        }
    }
    let all = all.into_iter();
    all.map(|((group, from, to, wave), users)| Moved {
        group,
        from,
        to,
        wave,
        users,
    })
    .collect()
}

/// Who reconnects through a component while steering turns, or while users move.
struct ConnectingPhase {
    from: Timestamp,
    to: Timestamp,
    per_second: f64,
    background: f64,
    line: u64,
    column: &'static str,
}

impl ConnectingPhase {
    fn goes_on(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// The later period in which users move and of which waves before it turn weights before those of a change have in which
/// nobody does; or end once the first of these has begun to, until all have and its period has begun.
pub(super) fn turned_beside<'c>(
    boundary_change: &BoundaryChange,
    later: &'c [BoundaryChange],
) -> Option<&'c BoundaryChange> {
    if boundary_change.is_moving {
        return None;
    }
    let mut steering = [0.0; 2];
    let turning = boundary_change.judged.iter().filter(|wave| {
        let at = usize::from(wave.wave.timing == Timing::After);
        let now = wave.wave.steering;
        now > std::mem::replace(&mut steering[at], now)
    });
    let turning: Vec<(Timestamp, Timestamp)> = turning
        .map(|connecting| connecting.wave.spans()[0])
        .collect();
    let begins = turning.iter().map(|pair| pair.0).min()?;
    let ends = turning.iter().map(|pair| pair.1).max()?;
    let holds = ends.max(boundary_change.start);
    later.iter().filter(|other| other.is_moving).find(|other| {
        let ahead = other.done.waves.iter();
        let mut ahead = ahead.filter(|wave| wave.timing == Timing::Ahead);
        let mut steering = 0.0;
        ahead.any(|wave| {
            let turns = wave.steering > std::mem::replace(&mut steering, wave.steering);
            turns && wave.start < ends || begins < wave.end && wave.end < holds
        })
    })
}

/// The earlier period of which waves go on once a change has begun in which nobody moves, and of which steering is left to its
/// start.
pub(super) fn turned_after<'c>(
    boundary_change: &BoundaryChange,
    earlier: &'c [BoundaryChange],
) -> Option<&'c BoundaryChange> {
    if boundary_change.is_moving {
        return None;
    }
    let mut steering = 0.0;
    let mut after = boundary_change
        .judged
        .iter()
        .map(|connecting| connecting.wave)
        .filter(|timed_wave| timed_wave.timing == Timing::After);
    let turns = after.any(|wave| wave.steering > std::mem::replace(&mut steering, wave.steering));
    let mut earlier = earlier.iter().filter(|other| !other.is_reported_refused);
    earlier.find(|other| turns && seconds(boundary_change.start, other.end) > SAME_INSTANT)
}

/// P7992: All of them together are accepted: those of other periods count that go on at the same time, and the users they
/// have moved are steered too. Where users move for one period before they have for another, the transition is refused.
pub(in crate::plan::check) fn all_are_accepted(
    context: &RefereeContext<'_>,
    changes: &[BoundaryChange],
    report: &mut Report,
) {
    let steering = changes
        .iter()
        .enumerate()
        .filter(|change| !change.1.is_moving);
    for (position, boundary_change) in steering {
        // What is refused because it turns beside others is made as if it were alone.
        let is_beside = turned_beside(boundary_change, &changes[position + 1..]).is_some()
            || turned_after(boundary_change, &changes[..position]).is_some();
        if is_beside {
            continue;
        }
        let passing = boundary_change.judged.iter().flat_map(|connecting| {
            let steered = connecting.entering.values().flat_map(BTreeMap::keys);
            connecting.passing.keys().chain(steered).copied()
        });
        let components: BTreeSet<usize> = passing.collect();
        let others = changes
            .iter()
            .filter(|other| other.period != boundary_change.period);
        let others: Vec<&BoundaryChange> = others.collect();
        for component in components {
            together_is_accepted(context, (boundary_change, component), &others, report);
        }
    }
}

/// The same of one component.
fn together_is_accepted(
    context: &RefereeContext<'_>,
    (boundary_change, component): (&BoundaryChange, usize),
    others: &[&BoundaryChange],
    report: &mut Report,
) {
    let all: Vec<ConnectingPhase> = others
        .iter()
        .flat_map(|other| phases(other, component, &[]))
        .collect();
    let phases = phases(boundary_change, component, others);
    let begins = phases.iter().chain(&all).map(|phase| phase.from);
    let begins: Vec<Timestamp> = begins.collect();
    let id = ComponentId::new(component);
    let accepts = context.inventory.accepts_per_second(id).unwrap_or_default();
    for phase in &phases {
        let at = begins.iter().filter(|at| phase.goes_on(**at));
        let together = at.map(|at| {
            let met = all.iter().filter(|other| other.goes_on(*at));
            met.fold(
                [phase.per_second, phase.background],
                |sum, connecting_phase| {
                    [
                        sum[0] + connecting_phase.per_second,
                        sum[1].max(connecting_phase.background),
                    ]
                },
            )
        });
        let over = |[rate, background]: &[f64; 2]| rate - spare(accepts, *background);
        let worst = together.max_by(|a, b| over(a).total_cmp(&over(b)));
        let Some(worst) = worst.filter(|values| over(values) > 2.0 * WRITTEN * accepts) else {
            continue;
        };
        let name = context.inventory.component_name(id);
        let found = format!(
            "{} a second at `{name}` with those of other periods, beside {} a second",
            rounded(worst[0]),
            rounded(worst[1])
        );
        report.add(
            ACCEPTED,
            At::cell(WaveRow::FILE, phase.line, phase.column),
            found,
            format!("at most {} a second", rounded(accepts)),
        );
    }
}

/// Who reconnects through a component in the waves of a change, as long as that takes time; while its steering turns
/// also those that others have moved by then, or have not yet.
fn phases(
    change: &BoundaryChange,
    component: usize,
    others: &[&BoundaryChange],
) -> Vec<ConnectingPhase> {
    let of_wave = |connecting: &Connecting| {
        let through = connecting.passing.get(&component);
        let users = through.map_or([0.0; 2], |through| through.users);
        let steered = others
            .iter()
            .map(|other| steered(change, connecting, other, component));
        let users = [users[0] + steered.sum::<f64>(), users[1]];
        let background = through.map_or(0.0, |through| through.background);
        let line = connecting.line;
        let both = connecting
            .wave
            .spans()
            .into_iter()
            .zip(users)
            .zip(["turned", "end"]);
        both.map(move |(((from, to), users), column)| {
            let length = seconds(from, to);
            ConnectingPhase {
                from,
                to,
                per_second: (users - NOBODY).max(0.0) / (length + slack(length)),
                background,
                line,
                column,
            }
        })
    };
    let all = change.judged.iter().flat_map(of_wave);
    all.filter(|connecting_phase| {
        connecting_phase.from < connecting_phase.to && connecting_phase.per_second > 0.0
    })
    .collect()
}

/// Users that a wave steers through a component because another change has moved them by then, or has not yet.
fn steered(
    change: &BoundaryChange,
    wave: &Connecting,
    other: &BoundaryChange,
    component: usize,
) -> f64 {
    let (from, to) = wave.wave.spans()[0];
    let is_later = other.period > change.period;
    let users = other.moved.iter().filter_map(|moved| {
        let of_move = other.done.wave(moved.wave)?;
        let counts = if is_later {
            of_move.start < to
        } else {
            of_move.end > from
        };
        // Who is placed has no users before their period.
        let site = moved
            .from
            .map(|from| if is_later { moved.to } else { from });
        let share = wave.entering.get(&(moved.group, site?))?.get(&component)?;
        counts.then_some(moved.users * share)
    });
    users.sum()
}
