//! Transitions: the path from one state to the next, wave by wave (`docs/model.md` §9).

use super::stability::RetryMargin;
use crate::ids::{AccessPointId, ComponentId, PoolId, ResourceId, SiteId};
use crate::model::Failing;
pub use crate::plan_files::Timing;
use crate::units::FEASIBILITY;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// The transition from the state before a period to the period's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// The period to which it leads.
    pub period: usize,
    /// Before or after the period's start.
    pub timing: Timing,
    /// When the first wave begins; before the period, the latest safe start.
    pub start: Timestamp,
    /// When the last gate ends.
    pub end: Timestamp,
    /// What happens, in order; without the waves that no safe transition was found for.
    pub waves: Vec<Wave>,
    /// Users who move, or come back to where they are homed.
    pub users: f64,
    /// Those who come back to where they are homed and were not served.
    pub restored: f64,
    /// How long it takes, gates included, in seconds; `None` if there is no safe transition.
    pub seconds: Option<f64>,
    /// How long it takes at least, without gates, in seconds, as rates and acceptance prove.
    pub least_seconds: f64,
    /// How many waves there are at least; what it proves stands in `docs/model.md` §9.
    pub least_waves: usize,
    /// How long it may take, in seconds; `None` is as long as it needs.
    pub allowed: Option<Allowed>,
    /// Users who come, by component that accepts a limited number: those of the whole transition.
    pub ramp: Vec<Ramp>,
    /// New sessions per second that waves of other periods bring meanwhile, at most, by component that somebody newly
    /// connects through in both.
    pub beside: Vec<(ComponentId, f64)>,
    /// What its length follows from, the slowest first.
    pub slowest: Vec<Pace>,
    /// Why it is refused, if it is.
    pub refusal: Option<Refusal>,
    /// Changes that make it safe, each found to do so by making the waves again with it.
    pub remedies: Vec<Remedy>,
    /// `true` if the state before it does not survive what `[protect]` asks.
    pub begins_unprotected: bool,
    /// Other orders and shorter waves that were tried because one may not stop somewhere.
    pub other_orders: usize,
}

impl Transition {
    /// The wave of every move of its period that it makes, by position among the moves.
    pub fn wave_of_moves(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        let waves = self.waves.iter();
        waves.flat_map(|wave| wave.moves.iter().map(|moved| (*moved, wave.number)))
    }

    /// `true` if there is something to do, or a reason why it cannot be done.
    pub fn has_anything(&self) -> bool {
        !self.waves.is_empty() || self.refusal.is_some()
    }

    /// The waves after which one may not stop, because what `[protect]` asks is not survived there.
    pub fn exposed(&self) -> impl Iterator<Item = (&Wave, &[Exposed])> {
        let waves = self.waves.iter();
        let looked_at = waves.filter_map(|wave| Some((wave, wave.unprotected.as_deref()?)));
        looked_at.filter(|(_, exposed)| !exposed.is_empty())
    }

    /// Minutes of the clock that it takes, gates included.
    pub fn minutes(&self) -> Option<f64> {
        self.seconds.map(|seconds| seconds / 60.0)
    }
}

/// What bounds the length of a transition, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Allowed {
    /// What the maintenance says.
    Drain(f64),
    /// Another change comes before or after it.
    Between(f64),
    /// Works begin that take away what users leave in it: all have to have left, whatever gate is still watched.
    Maintenance(f64),
}

impl Allowed {
    /// How long that is, in seconds.
    pub fn seconds(self) -> f64 {
        match self {
            Self::Drain(seconds) | Self::Between(seconds) | Self::Maintenance(seconds) => seconds,
        }
    }

    /// Seconds that waves may take, gates included, of which the last gate takes `gate`.
    pub(crate) fn most(self, gate: f64) -> f64 {
        match self {
            Self::Drain(seconds) | Self::Between(seconds) => seconds,
            Self::Maintenance(seconds) => seconds + gate,
        }
    }

    /// `true` if waves are in time that take the given number of seconds, gates included, of which the last gate takes `gate`.
    pub(crate) fn is_kept(self, seconds: f64, gate: f64) -> bool {
        seconds <= self.most(gate) + 1e-6
    }
}

/// What holds at the end of a wave, under what is demanded and available in one period and slice of its hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Whose demand and capacities: position of the period; `None` is what holds before the scenario.
    pub during: Option<usize>,
    /// In which slice of its hours.
    pub slice: usize,
    /// What every component carries that limits a resource, ascending.
    pub loads: Vec<Carries>,
}

/// What a component carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carries {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// How much.
    pub load: f64,
    /// What is left of the capacity.
    pub capacity: f64,
}

/// Users who move at once, in any order: every subset of them is safe.
#[derive(Debug, Clone, PartialEq)]
pub struct Wave {
    /// Counted from 1 over all waves that lead to a period.
    pub number: u32,
    /// First instant.
    pub start: Timestamp,
    /// Steering has turned, evenly since the start, and users begin to move.
    pub turned: Timestamp,
    /// First instant of the gate.
    pub end: Timestamp,
    /// Share of the turn from the steering of before to that of the period, once it has turned.
    pub steering_share: f64,
    /// Of those who come back to where they are homed, the share that has by the wave's end.
    pub restored_share: f64,
    /// Positions among the moves of the period.
    pub moves: Vec<usize>,
    /// Users by site that somebody enters or leaves, ascending.
    pub sites: Vec<SiteTraffic>,
    /// Users who newly connect, by component with a limit that somebody newly connects through, ascending.
    pub ramp: Vec<Ramp>,
    /// The fullest while any part of the wave has moved, fullest first, under everything that the transition goes through.
    pub fullest: Vec<Fullness>,
    /// The same under what holds while the wave goes on and its gate is watched.
    pub watched: Vec<Fullness>,
    /// What carries more than its capacity before anybody of it has moved, fullest first.
    pub overloaded: Vec<Overloaded>,
    /// How everything stands where an overload keeps itself up, whatever part of the wave has moved: the tightest of all
    /// cases, ascending by component and resource; empty where nobody retries.
    pub stability: Vec<RetryMargin>,
    /// Worst missing share of a headroom target at its end, where one may stop.
    pub stop_shortfall: f64,
    /// What one does not survive who stops at its end, of what `[protect]` asks; `None` if not checked. The end of the
    /// last wave is the plan's own state.
    pub unprotected: Option<Vec<Exposed>>,
    /// `true` if it lasts longer than a wave should, because one shard alone needs that.
    pub is_long: bool,
    /// What undoing it takes.
    pub undo: Undo,
    /// What holds at its end, in every slice of the time from then until its gate ends; before the scenario in all slices.
    pub standing: Vec<Standing>,
}

impl Wave {
    /// When its undoing is done at the earliest that begins at an instant; `None` if it cannot be undone.
    pub fn undone(&self, from: Timestamp) -> Option<Timestamp> {
        let seconds = self.undo.seconds()?.ceil();
        let duration = SignedDuration::try_from_secs_f64(seconds).ok()?;
        from.checked_add(duration).ok()
    }

    /// Whether steering is another once it is done than when it began.
    pub fn turns_weights(&self) -> bool {
        (self.steering_share - self.undo.steering_share).abs() > 0.0
    }

    /// New sessions per second that it brings to a component from one instant to another, at most; none of normal operation.
    pub fn sessions_within(
        &self,
        component: ComponentId,
        (from, to): (Timestamp, Timestamp),
    ) -> f64 {
        let mut ramps = self.ramp.iter();
        let Some(ramp) = ramps.find(|ramp| ramp.component == component) else {
            return 0.0;
        };
        let phases = [(self.start, self.turned), (self.turned, self.end)];
        let [steered, moving] = ramp.phases;
        let phases = phases.into_iter().zip([steered + ramp.beside, moving]);
        let meet = phases.filter(|((begin, end), _)| begin.max(&from) < end.min(&to));
        let rates =
            meet.map(|((begin, end), users)| users / end.duration_since(begin).as_secs_f64());
        rates.fold(0.0, f64::max)
    }

    /// Users who may be let in per second once steering has turned, all together in the proportions of the wave, as what they
    /// newly connect through allows; `None` if nothing limits them.
    pub fn admitted_per_second(&self) -> Option<f64> {
        let users: f64 = self.sites.iter().map(|site| site.users_in).sum();
        let moving = |ramp: &Ramp| ramp.phases[1];
        let through = self.ramp.iter().filter(|ramp| moving(ramp) > 0.0);
        let rates =
            through.map(|ramp| users * (ramp.accepts - ramp.background).max(0.0) / moving(ramp));
        rates.filter(|_| users > 0.0).min_by(f64::total_cmp)
    }
}

/// What undoing a wave takes: who has moved in it goes back under its steering, and then steering goes back. Every part
/// of that is a state that the wave itself may be in, or lies between two of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Undo {
    /// Share of the turn at which steering was when the wave began.
    pub steering_share: f64,
    /// Why it is not done at all.
    pub barred: Option<Barred>,
    /// From when on it is not done any more, before its gate has been watched and that has been undone, and why.
    pub barred_later: Option<(Timestamp, Barred)>,
    /// What moving everybody back cannot be faster than, the slowest first.
    pub moves: Vec<Pace>,
    /// What setting steering back cannot be faster than after that, the slowest first.
    pub steering: Vec<Pace>,
}

impl Undo {
    /// Seconds that moving everybody back takes at least; `None` is never.
    pub fn seconds_of_moves(&self) -> Option<f64> {
        self.moves.first().map_or(Some(0.0), |pace| pace.seconds)
    }

    /// Seconds that setting steering back takes at least; `None` is never.
    pub fn seconds_of_steering(&self) -> Option<f64> {
        self.steering.first().map_or(Some(0.0), |pace| pace.seconds)
    }

    /// Seconds that it takes at least; `None` if it cannot be done.
    pub fn seconds(&self) -> Option<f64> {
        let both = (self.seconds_of_moves()?, self.seconds_of_steering()?);
        self.barred.is_none().then_some(both.0 + both.1)
    }

    /// What lets nobody pass, if something does.
    pub fn never(&self) -> Option<&Pace> {
        let mut paces = self.moves.iter().chain(&self.steering);
        paces.find(|pace| pace.seconds.is_none())
    }
}

/// Why a wave is not undone.
#[derive(Debug, Clone, PartialEq)]
pub enum Barred {
    /// Sites that users of the wave have left and cannot be served at, ascending: who has left them cannot go back.
    Lost(Vec<SiteId>),
    /// What would be too full again.
    Overloads(ComponentId),
}

/// Something that is above its capacity before anybody of a wave has moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overloaded {
    /// From when on, while the wave goes on or its gate is watched.
    pub from: Timestamp,
    /// How full.
    pub full: Fullness,
}

/// A failure that a state in between does not survive.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposed {
    /// What fails.
    pub failing: Vec<Failing>,
    /// Users who are unserved then and would not be without the failure.
    pub users: f64,
}

/// Users who leave and enter a site in a wave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SiteTraffic {
    /// Where.
    pub site: SiteId,
    /// Users who leave.
    pub users_out: f64,
    /// Users who enter, those included who come back to where they are homed.
    pub users_in: f64,
}

/// Users who newly connect through a component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ramp {
    /// Through what.
    pub component: ComponentId,
    /// How many.
    pub arrivals: f64,
    /// Of them those who come while steering turns, and those who come while users move; each at most.
    pub phases: [f64; 2],
    /// Who comes too while steering turns, because they have moved for another period by then, or have not yet; at most.
    pub beside: f64,
    /// New sessions per second that it accepts.
    pub accepts: f64,
    /// New sessions per second of normal operation, at worst.
    pub background: f64,
    /// Seconds in which that many users can be accepted at least, those of several waves added; `None` if they never can.
    pub window: Option<f64>,
}

impl Ramp {
    /// That of one wave.
    pub fn of_wave(
        component: ComponentId,
        (arrivals, phases): (f64, [f64; 2]),
        [accepts, background]: [f64; 2],
    ) -> Self {
        let spare = spare_sessions(accepts, background);
        Self {
            component,
            arrivals,
            phases,
            beside: 0.0,
            accepts,
            background,
            window: (spare > 0.0).then(|| arrivals / spare),
        }
    }

    /// Those of several waves together, by component.
    pub fn of_waves(waves: &[Wave]) -> Vec<Self> {
        let mut all: BTreeMap<_, Self> = BTreeMap::new();
        for ramp in waves.iter().flat_map(|wave| &wave.ramp) {
            let one_ramp = all.entry(ramp.component).or_insert(Self {
                arrivals: 0.0,
                phases: [0.0; 2],
                background: 0.0,
                window: Some(0.0),
                ..*ramp
            });
            one_ramp.arrivals += ramp.arrivals;
            for (all, value) in one_ramp.phases.iter_mut().zip(ramp.phases) {
                *all += value;
            }
            one_ramp.background = one_ramp.background.max(ramp.background);
            // Normal operation is not at its worst in every wave.
            one_ramp.window = one_ramp
                .window
                .zip(ramp.window)
                .map(|(all, value)| all + value);
        }
        all.into_values().collect()
    }
}

/// New sessions a second that are accepted beside a given load of normal operation. A share of 1e-6 is none: where normal
/// operation takes all that is accepted, arithmetic leaves as much.
pub(crate) fn spare_sessions(accepts: f64, background: f64) -> f64 {
    let spare = accepts - background;
    if spare > FEASIBILITY * accepts {
        spare
    } else {
        0.0
    }
}

/// How full a component is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fullness {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// When the wave begins, under the steering of before; while steering turns it goes from there to what follows.
    pub begun_load: f64,
    /// What all users put there, whatever part of the wave has moved, once steering has turned.
    pub load: f64,
    /// At the wave's end.
    pub stop_load: f64,
    /// What is left of the capacity.
    pub capacity: f64,
    /// `true` if loads are those with all retries running.
    pub with_retries: bool,
}

impl Fullness {
    /// Load ÷ capacity; `None` at capacity 0.
    pub fn utilization(&self) -> Option<f64> {
        (self.capacity > 0.0).then(|| self.load / self.capacity)
    }
}

/// What a transition cannot be faster than.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// What limits it.
    pub limit: PaceLimit,
    /// Users who have to pass.
    pub users: f64,
    /// How many it lets through per second.
    pub per_second: f64,
    /// Seconds that this takes; `None` is never.
    pub seconds: Option<f64>,
}

/// What limits how fast users move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaceLimit {
    /// New sessions that a component accepts, beside those of normal operation.
    Accepts(ComponentId),
    /// Users that may leave a site.
    Out(SiteId),
    /// Users that may enter a site.
    In(SiteId),
}

/// Why a transition is refused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Refusal {
    /// It takes longer than it may.
    TooLong,
    /// Something lets nobody more pass, so that it never ends.
    Never(PaceLimit),
    /// Whatever moves next overloads something.
    Unsafe(Fullness),
    /// This many users cannot leave a site before the maintenance on it begins.
    Unfinished(f64),
    /// Works begin that leave less than is carried until users have moved.
    Overloaded(Fullness),
    /// This many users would have to leave a site before they are placed there.
    Early(f64),
    /// Waves of this later period turn weights before these have, or end while these do.
    TurnedBeside(usize),
}

/// A change that makes a transition safe.
#[derive(Debug, Clone, PartialEq)]
pub enum Remedy {
    /// Begin so early.
    Begin {
        /// When.
        at: Timestamp,
        /// Minutes before the period.
        minutes: f64,
    },
    /// Move everybody at once, and let no more of them in.
    Admit {
        /// Of all who come, per second.
        per_second: f64,
        /// Seconds until the last one is in.
        seconds: f64,
    },
    /// Let components accept more new sessions per second.
    Accept {
        /// How many more.
        more: Vec<(ComponentId, f64)>,
    },
    /// One more element of the same kind in a pool.
    Member {
        /// Which pool.
        pool: PoolId,
    },
    /// One more access point, or element that stands alone, beside one of the same kind, each with half of the users.
    Beside {
        /// Beside which.
        component: ComponentId,
    },
    /// Open an access point on standby, with half of those who pass something that is too slow.
    Open {
        /// Which.
        access_point: AccessPointId,
        /// What is too slow.
        relieved: ComponentId,
    },
    /// Longer waves, and so fewer gates.
    Longer {
        /// Minutes of a wave.
        minutes: f64,
    },
    /// More capacity.
    Capacity {
        /// Where, of what, and how much more.
        more: Vec<(ComponentId, ResourceId, f64)>,
    },
}
