//! Replay: what users would have felt, instant by instant (`docs/model.md` §9, Replay).

use super::hour_turn::HourTurn;
use crate::ids::{ComponentId, ResourceId, TenantId, TierId};
use crate::model::ReplayPolicy;
use crate::units::{FEASIBILITY, NUMERICAL_NOISE};
use jiff::Timestamp;
use jiff::civil::Date;

/// What is done while a scenario goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conduct {
    /// A plan is carried out.
    Plan,
    /// Nobody does anything: everybody stays where the scenario finds them.
    Nothing,
}

impl Conduct {
    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Nothing => "nothing",
        }
    }
}

/// A scenario played forward, once for everything that may be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// What is assumed of clients.
    pub policy: ReplayPolicy,
    /// One for each conduct that was asked for, the plan first.
    pub runs: Vec<Run>,
    /// Where nobody does anything: steering of the state before that has no safe transition from one hour to the next.
    pub unsafe_turns: Vec<HourTurn>,
}

/// A scenario played forward.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What was done.
    pub conduct: Conduct,
    /// Step by step.
    pub moments: Vec<Moment>,
    /// When the parts end in which the steps were played: shorter ones where anything jumps, or clients try again soon.
    pub cuts: Vec<Timestamp>,
    /// The steps of which parts are longer than is exact, because the work of a replay is limited.
    pub coarse: Vec<[Timestamp; 2]>,
    /// What held work up at any time, by component and what was short.
    pub passages: Vec<Passage>,
    /// What would have let components keep up with slow work.
    pub slow: Vec<SlowWork>,
    /// By tenant, tier and month.
    pub accounts: Vec<Account>,
    /// Of the whole replay.
    pub totals: Felt,
}

/// What users felt in a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// First instant.
    pub start: Timestamp,
    /// First instant of the next.
    pub end: Timestamp,
    /// Users, counted as at the peak.
    pub users: f64,
    /// Users whose work fails, is late, or who have no session or no site, on average, counted as at the peak.
    pub down: f64,
    /// Of these, users who have no site or no path, counted as at the peak.
    pub nowhere: f64,
    /// Of these, users of shards without a site in shards.csv, which only a plan places, counted as at the peak.
    pub unplaced: f64,
    /// Of those who are down, users who are there and have no session, counted as at the peak.
    pub without_session: f64,
    /// The most who are down at once: `down`, or more who lose their sessions within it, counted as at the peak.
    pub most_down: f64,
    /// Users who are there at this hour: the work that they send.
    pub sent: f64,
    /// Work that is sent again because it failed, in users.
    pub again: f64,
    /// Work served, in users.
    pub served: f64,
    /// Work that failed with all its attempts, in users.
    pub failed: f64,
    /// Work that became late, in users.
    pub late: f64,
    /// Users who are there and have no session, on average.
    pub apart: f64,
    /// Sessions that ended, per second.
    pub ended: f64,
    /// Sessions that were accepted, per second.
    pub connected: f64,
    /// Work that waits in queues or to be sent again at its end, in user-seconds.
    pub in_flight: f64,
}

/// What holds work up at a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Short {
    /// New sessions that it accepts.
    Sessions,
    /// A resource.
    Resource(ResourceId),
}

/// A component and what was short there, step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub short: Short,
    /// One for each moment.
    pub flows: Vec<PassageFlow>,
}

/// What comes to a component in a step, and what becomes of it; rates are in the resource's unit, or in sessions per second.
///
/// Work is counted as in normal time: where a share of it takes longer, it is the capacity that is less.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PassageFlow {
    /// What comes, what is sent again included.
    pub offered: f64,
    /// Of this, where work is lost instead of waiting, what is sent again.
    pub again: f64,
    /// What it can take beside background and copies.
    pub capacity: f64,
    /// What it works.
    pub worked: f64,
    /// What is turned away or lost.
    pub lost: f64,
    /// What waits at the end, in the unit times seconds, or in sessions.
    pub queued: f64,
    /// How long the oldest of it has waited, in seconds.
    pub oldest: f64,
    /// The longest that anything worked has waited here, in seconds.
    pub longest: f64,
    /// The most that waits at its end, or before that if it is worked in no less than a second, in the unit times seconds,
    /// or in sessions.
    pub most: f64,
    /// When it does, in seconds since the step began.
    pub most_after: f64,
    /// Work done or thrown away that nobody waited for any more, in user-seconds or sessions.
    pub stale: f64,
}

/// `true` if what comes is more than can be taken.
pub(crate) fn exceeds(offered: f64, capacity: f64) -> bool {
    offered > capacity * (1.0 + NUMERICAL_NOISE)
}

impl Moment {
    /// How long it is, in seconds.
    pub fn seconds(&self) -> f64 {
        self.end.duration_since(self.start).as_secs_f64()
    }
}

impl PassageFlow {
    /// `true` if more comes than can be taken.
    pub fn is_beyond(&self) -> bool {
        exceeds(self.offered, self.capacity)
    }

    /// The share of what comes for the first time that finds no capacity if nothing is sent again, where work is lost.
    pub fn first_lost(&self) -> f64 {
        let first = self.offered - self.again;
        if exceeds(first, self.capacity) {
            1.0 - self.capacity / first
        } else {
            0.0
        }
    }

    /// `true` if anything waits or is lost.
    pub fn is_held_up(&self) -> bool {
        self.most > 0.0 || self.lost > 0.0
    }

    /// Seconds until nothing waits any more if nothing changes; `None` is never.
    pub fn clearing(&self) -> Option<f64> {
        let spare = self.capacity - self.offered;
        // What arithmetic leaves of no spare capacity is none.
        let least = FEASIBILITY * self.capacity;
        if self.queued <= 0.0 {
            Some(0.0)
        } else {
            (spare > least).then(|| self.queued / spare)
        }
    }
}

/// What some users felt.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Felt {
    /// Users × seconds, counted as at the peak.
    pub user_seconds: f64,
    /// Of these, seconds in which they were down.
    pub down_seconds: f64,
    /// Work sent, in user-seconds.
    pub sent: f64,
    /// Work served.
    pub served: f64,
    /// Work that failed with all its attempts.
    pub failed: f64,
    /// Work that became late.
    pub late: f64,
    /// Seconds that served work has waited, times work.
    pub waited: f64,
    /// The longest that any served work has waited, in seconds.
    pub longest: f64,
}

impl Felt {
    /// Adds what others felt.
    pub fn add(&mut self, other: &Self) {
        self.user_seconds += other.user_seconds;
        self.down_seconds += other.down_seconds;
        self.sent += other.sent;
        self.served += other.served;
        self.failed += other.failed;
        self.late += other.late;
        self.waited += other.waited;
        self.longest = self.longest.max(other.longest);
    }

    /// Minutes in which users were down.
    pub fn down_minutes(&self) -> f64 {
        self.down_seconds / 60.0
    }

    /// The mean wait of served work in seconds; `None` if none was served.
    pub fn mean_wait(&self) -> Option<f64> {
        (self.served > 0.0).then(|| self.waited / self.served)
    }
}

/// What a tenant's users of one tier felt in a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Account {
    /// Whose users.
    pub tenant: TenantId,
    /// What they were promised.
    pub tier: TierId,
    /// The first day of the month, in the scenario's offset.
    pub month: Date,
    /// Minutes of that month times users: the mean of those of the replay.
    pub month_user_minutes: f64,
    /// What they felt.
    pub felt: Felt,
    /// Share of the month's price that is paid back.
    pub credit: f64,
}

impl Account {
    /// Users on average over the replay.
    pub fn users(&self) -> f64 {
        self.month_user_minutes / (f64::from(self.month.days_in_month()) * 24.0 * 60.0)
    }

    /// (user minutes − minutes down) ÷ user minutes of the month; `None` without users.
    pub fn uptime(&self) -> Option<f64> {
        let all = self.month_user_minutes;
        (all > 0.0).then(|| (1.0 - self.felt.down_minutes() / all).max(0.0))
    }
}

/// What would have let a component keep up with slow work: each alone, and each the least that does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlowWork {
    /// Position of the event in the scenario.
    pub event: usize,
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// What comes there when it takes most of the capacity, without retries and in normal time, in the resource's unit.
    pub load: f64,
    /// What it can take then beside background and copies.
    pub capacity: f64,
    /// How many times as much the work takes then, whatever makes it slow.
    pub inflation: f64,
    /// The longest timeout in seconds; `None` if none is short enough that leaves other work the time that it takes, or
    /// none is needed.
    pub longest_timeout: Option<f64>,
    /// The most retries of work that is given up; `None` if even none are too many, or nothing is given up.
    pub most_retries: Option<f64>,
    /// The least share of the slow work to be kept away; `None` if it would not be enough to keep away all of it.
    pub least_quarantine: Option<f64>,
}

impl SlowWork {
    /// What it would take of what it can, 1 is all of it; infinite where it can take nothing.
    pub fn utilization(&self) -> f64 {
        self.load * self.inflation / self.capacity
    }

    /// `true` if it cannot keep up as it is.
    pub fn lags(&self) -> bool {
        self.utilization() > 1.0
    }
}
