//! Accepted: who connects anew through what in waves, those of several periods that go on at once together, and whether that
//! is accepted.

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule};
use super::changes::{Change, Connecting, Entering, Moved, Through};
use super::limits::{Limits, slack, spare};
use super::shares::Under;
use super::state::Loaded;
use super::written::{WrittenWave, seconds};
use crate::ids::{ComponentId, SiteId};
use crate::plan::Move;
use crate::plan_files::{Row, Timing, WaveRow, decimal};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Components and resources of which more is carried than is left next to the period's start, before anybody of a wave moves.
fn overfull(limits: &Limits, loaded: &[Loaded]) -> BTreeSet<[usize; 2]> {
    let first = loaded.first().into_iter();
    let full = first.flat_map(|own| {
        let all = limits.left[0].iter();
        all.filter(|of| own.begun.load[of.at] > of.most())
            .map(|of| of.at)
    });
    full.collect()
}

impl Connecting {
    /// Of several cases the most.
    pub(super) fn of(
        limits: &Limits,
        wave: &WrittenWave<'_>,
        loaded: &[Loaded],
        entering: Entering,
    ) -> Self {
        let mut passing = BTreeMap::new();
        for (component, accepts) in &limits.accepts {
            let most = |of: &dyn Fn(&Loaded, usize) -> f64| {
                loaded
                    .iter()
                    .map(|own| of(own, *component))
                    .fold(0.0, f64::max)
            };
            let arrivals = most(&|own, at| own.arrivals[at].iter().sum());
            let through = Through {
                users: [0, 1].map(|phase: usize| most(&|own, at| own.arrivals[at][phase])),
                arrivals,
                background: most(&|own, at| own.background(at)),
                accepts: *accepts,
            };
            if arrivals > NOBODY {
                passing.insert(*component, through);
            }
        }
        Self {
            wave: wave.wave,
            line: wave.first.line,
            passing,
            overfull: overfull(limits, loaded),
            entering,
        }
    }
}

/// P7992: nobody has to accept more new sessions a second than he can.
const ACCEPTED: Rule = Rule {
    code: "P7992",
    hint: "let the wave last longer, or move fewer in it",
};

/// P7992 of the waves of one period.
pub(super) fn is_accepted(ground: &Ground<'_>, waves: &[Connecting], report: &mut Report) {
    for wave in waves {
        for (component, through) in &wave.passing {
            let left = spare(through.accepts, through.background);
            let phases = wave.wave.phases();
            let of_phases = through.users.into_iter().zip(phases);
            for ((users, seconds), column) in of_phases.zip(["turned", "end"]) {
                let most = left * (seconds + slack(seconds));
                if users <= most + 1e-5 * through.accepts + NOBODY {
                    continue;
                }
                let found = format!(
                    "{} users in {} s beside {} a second at `{}`",
                    decimal(users),
                    decimal(seconds),
                    decimal(through.background),
                    ground
                        .inventory
                        .component_name(ComponentId::new(*component))
                );
                let expected = format!("at most {} a second", decimal(through.accepts));
                let at = At::cell(WaveRow::FILE, wave.line, column);
                report.add(ACCEPTED, at, found, expected);
            }
        }
    }
}

/// Those whom the steering of a wave brings through what accepts so many; of several cases the most.
pub(super) fn entering(limits: &Limits, unders: &[Under<'_>], steering: [f64; 2]) -> Entering {
    let mut all = Entering::new();
    for (key, between) in unders.iter().flat_map(|own| own.ends.all()) {
        for (component, more) in between.entered(steering, false) {
            if limits.accepts.contains_key(&component.index()) {
                let of_key = all.entry(*key).or_default();
                let most = of_key.entry(component.index()).or_insert(0.0);
                *most = most.max(more);
            }
        }
    }
    all
}

/// Those of all moves that have a wave.
pub(super) fn moved(ground: &Ground<'_>, moves: &[Move], wave_of: &[Option<u32>]) -> Vec<Moved> {
    let mut all: BTreeMap<(usize, Option<SiteId>, SiteId, u32), f64> = BTreeMap::new();
    for (own, wave) in moves.iter().zip(wave_of) {
        if let Some(wave) = wave {
            let key = (ground.group_of(own.shard.index()), own.from, own.to, *wave);
            *all.entry(key).or_default() += own.users;
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

/// Who connects anew through a component while steering turns, or while users move.
struct Phase {
    from: Timestamp,
    to: Timestamp,
    per_second: f64,
    background: f64,
    line: u64,
    column: &'static str,
}

impl Phase {
    fn goes_on(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// The later period in which users move and of which waves ahead of it turn weights before those of a change have in which
/// nobody does; or end once the first of these has begun to, until all have and its period has begun.
pub(super) fn turned_beside<'c>(own: &Change, later: &'c [Change]) -> Option<&'c Change> {
    if own.is_moving {
        return None;
    }
    let mut steering = [0.0; 2];
    let turning = own.judged.iter().filter(|wave| {
        let at = usize::from(wave.wave.timing == Timing::Behind);
        let now = wave.wave.steering;
        now > std::mem::replace(&mut steering[at], now)
    });
    let turning: Vec<(Timestamp, Timestamp)> = turning.map(|own| own.wave.spans()[0]).collect();
    let begins = turning.iter().map(|own| own.0).min()?;
    let ends = turning.iter().map(|own| own.1).max()?;
    let holds = ends.max(own.start);
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
pub(super) fn turned_after<'c>(own: &Change, earlier: &'c [Change]) -> Option<&'c Change> {
    if own.is_moving {
        return None;
    }
    let mut steering = 0.0;
    let mut behind = own
        .judged
        .iter()
        .map(|own| own.wave)
        .filter(|own| own.timing == Timing::Behind);
    let turns = behind.any(|wave| wave.steering > std::mem::replace(&mut steering, wave.steering));
    let mut earlier = earlier.iter().filter(|other| !other.is_told_refused);
    earlier.find(|other| turns && seconds(own.start, other.end) > 1e-6)
}

/// P7992: "All of them together are accepted: those of other periods count that go on at the same time, and whoever they
/// have moved is steered too." Where users move for one period before they have for another, the way is refused.
pub(in crate::plan::check) fn all_are_accepted(
    ground: &Ground<'_>,
    changes: &[Change],
    report: &mut Report,
) {
    let steering = changes.iter().enumerate().filter(|own| !own.1.is_moving);
    for (position, own) in steering {
        // What is refused because it turns beside others is made as if it were alone.
        let is_beside = turned_beside(own, &changes[position + 1..]).is_some()
            || turned_after(own, &changes[..position]).is_some();
        if is_beside {
            continue;
        }
        let passing = own.judged.iter().flat_map(|own| {
            let steered = own.entering.values().flat_map(BTreeMap::keys);
            own.passing.keys().chain(steered).copied()
        });
        let components: BTreeSet<usize> = passing.collect();
        let others = |other: &usize| *other != position;
        let others: Vec<&Change> = (0..changes.len())
            .filter(others)
            .map(|other| &changes[other])
            .collect();
        for component in components {
            together_is_accepted(ground, (own, component), &others, report);
        }
    }
}

/// The same of one component.
fn together_is_accepted(
    ground: &Ground<'_>,
    (own, component): (&Change, usize),
    others: &[&Change],
    report: &mut Report,
) {
    let all: Vec<Phase> = others
        .iter()
        .flat_map(|other| phases(other, component, &[]))
        .collect();
    let phases = phases(own, component, others);
    let begins = phases.iter().chain(&all).map(|phase| phase.from);
    let begins: Vec<Timestamp> = begins.collect();
    let id = ComponentId::new(component);
    let accepts = ground.inventory.accepts_per_second(id).unwrap_or_default();
    for phase in &phases {
        let at = begins.iter().filter(|at| phase.goes_on(**at));
        let together = at.map(|at| {
            let met = all.iter().filter(|other| other.goes_on(*at));
            met.fold([phase.per_second, phase.background], |sum, own| {
                [sum[0] + own.per_second, sum[1].max(own.background)]
            })
        });
        let over = |[rate, background]: &[f64; 2]| rate - spare(accepts, *background);
        let worst = together.max_by(|a, b| over(a).total_cmp(&over(b)));
        let Some(worst) = worst.filter(|own| over(own) > 2e-5 * accepts) else {
            continue;
        };
        let name = ground.inventory.component_name(id);
        let found = format!(
            "{} a second at `{name}` with those of other periods, beside {} a second",
            decimal(worst[0]),
            decimal(worst[1])
        );
        report.add(
            ACCEPTED,
            At::cell(WaveRow::FILE, phase.line, phase.column),
            found,
            format!("at most {} a second", decimal(accepts)),
        );
    }
}

/// Who connects anew through a component in the waves of a change, as long as that takes time; while its steering turns
/// also those whom others have moved by then, or have not yet.
fn phases(change: &Change, component: usize, others: &[&Change]) -> Vec<Phase> {
    let of_wave = |own: &Connecting| {
        let through = own.passing.get(&component);
        let users = through.map_or([0.0; 2], |own| own.users);
        let steered = others
            .iter()
            .map(|other| steered(change, own, other, component));
        let users = [users[0] + steered.sum::<f64>(), users[1]];
        let background = through.map_or(0.0, |own| own.background);
        let line = own.line;
        let both = own
            .wave
            .spans()
            .into_iter()
            .zip(users)
            .zip(["turned", "end"]);
        both.map(move |(((from, to), users), column)| {
            let length = seconds(from, to);
            Phase {
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
    all.filter(|own| own.from < own.to && own.per_second > 0.0)
        .collect()
}

/// Users whom a wave steers through a component because another change has moved them by then, or has not yet.
fn steered(change: &Change, wave: &Connecting, other: &Change, component: usize) -> f64 {
    let (from, to) = wave.wave.spans()[0];
    let is_later = other.period > change.period;
    let users = other.moved.iter().filter_map(|moved| {
        let of_move = other.done.wave(moved.wave)?;
        let counts = if is_later {
            of_move.start < to
        } else {
            of_move.end > from
        };
        // Who is placed has no users before his period.
        let site = moved
            .from
            .map(|from| if is_later { moved.to } else { from });
        let share = wave.entering.get(&(moved.group, site?))?.get(&component)?;
        counts.then_some(moved.users * share)
    });
    users.sum()
}
