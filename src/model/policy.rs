//! Policy: what the scenario permits and prefers.

use super::failing::FailureSet;
use super::goal::Goal;
use super::word::{Word, words};
use crate::ids::ResourceId;
use crate::units::Milliseconds;
use jiff::Timestamp;

/// Whether headroom that was missing before the events has to be repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExistingShortfall {
    /// It may stay missing, not get worse.
    Keep,
    /// It counts like any other shortfall.
    Repair,
}

/// Who may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movers {
    /// Anybody, unaffected users only if otherwise somebody stays unserved.
    All,
    /// Users that no event touches never move.
    Affected,
}

/// Where planned moves go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drain {
    /// A shard with replicas goes to one of them, one without to any permitted site.
    Replicas,
    /// Both to any permitted site.
    Anywhere,
}

/// Where a shard without its site runs after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failover {
    /// From a ready replica or not at all.
    Replicas,
    /// At any permitted site.
    Anywhere,
}

/// What happens once no event is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Users go back to the sites of shards.csv.
    Return,
    /// They stay where they are.
    Stay,
}

/// Which demand is planned for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedDemand {
    /// Everybody's peak, all at once.
    Peak,
    /// What load curves and time zones say of the hours.
    Hourly,
}

/// How the periods of a scenario are planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedPeriods {
    /// One after the other, and then all together where somebody moves in two of them, so that nobody moves twice where
    /// once would do.
    Joint,
    /// One after the other.
    Sequential,
}

/// What the scenario permits and prefers.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of its own, answered with true or false"
)]
pub struct Policy {
    /// For shards that name none; `None` is no limit.
    pub max_latency: Option<Milliseconds>,
    /// Headroom target by resource for this scenario; `None` keeps the resource's own.
    pub headroom: Vec<Option<f64>>,
    /// Keep or repair.
    pub existing_shortfall: ExistingShortfall,
    /// All or affected.
    pub movers: Movers,
    /// Replicas or anywhere.
    pub drain: Drain,
    /// Replicas or anywhere.
    pub failover: Failover,
    /// Return or stay.
    pub after: After,
    /// Peak or hourly.
    pub demand: PlannedDemand,
    /// Joint or sequential.
    pub periods: PlannedPeriods,
    /// Minutes from knowing a failure, a gray fault or slow work to the plan being in force.
    pub reaction_minutes: f64,
    /// No onboarding row counts from the scenario's start on (rows dated before it do).
    pub freeze_onboarding: bool,
    /// Whether standby access points may be opened.
    pub open_standby: bool,
    /// Hard limit per period.
    pub max_moved_users: Option<f64>,
    /// Whether one shard may be homed at two sites.
    pub split_shards: bool,
    /// Whether every component must stay able to recover by itself with all retries running (`docs/model.md` §9, Stability).
    pub require_stable: bool,
    /// Lexicographic order; `Goal::Unserved` stands first.
    pub goals: Vec<Goal>,
}

impl Policy {
    /// The documented defaults, for an inventory of `resources` resources with or without replicas.csv.
    pub fn standard(resources: usize, failover: Failover) -> Self {
        Self {
            max_latency: None,
            headroom: vec![None; resources],
            existing_shortfall: ExistingShortfall::Keep,
            movers: Movers::All,
            drain: Drain::Replicas,
            failover,
            after: After::Return,
            demand: PlannedDemand::Peak,
            periods: PlannedPeriods::Joint,
            reaction_minutes: 0.0,
            freeze_onboarding: false,
            open_standby: true,
            max_moved_users: None,
            split_shards: false,
            require_stable: false,
            goals: Goal::DEFAULT_ORDER.to_vec(),
        }
    }

    /// Own headroom target of `resource` under this policy, if it sets one.
    pub fn headroom_of(&self, resource: ResourceId) -> Option<f64> {
        self.headroom[resource.index()]
    }
}

/// `[waves]`: how users are moved from one state to the next (`model.md` §9).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WavePolicy {
    /// The longest that one wave may last, in minutes, above 0.
    pub minutes: f64,
    /// Minutes for which every wave is watched before the next begins.
    pub gate_minutes: f64,
    /// Minutes over which weights turn evenly that differ from hour to hour; they end when the next hour begins.
    pub turn_minutes: f64,
    /// No wave begins before; `None` does not limit it.
    pub not_before: Option<Timestamp>,
}

impl Default for WavePolicy {
    /// An hour, and no gate.
    fn default() -> Self {
        Self {
            minutes: 60.0,
            gate_minutes: 0.0,
            turn_minutes: 10.0,
            not_before: None,
        }
    }
}

/// How a failure is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recovery {
    /// Survivors keep their weights, renormalised.
    Rescale,
    /// Each shard's precomputed takeover.
    Replicas,
    /// The optimiser runs again.
    Replan,
}

impl Recovery {
    /// All of them, from the one that does least.
    pub const ALL: [Self; 3] = [Self::Rescale, Self::Replicas, Self::Replan];

    /// The recovery of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|recovery| recovery.word() == word)
    }

    /// As files and arguments spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rescale => "rescale",
            Self::Replicas => "replicas",
            Self::Replan => "replan",
        }
    }
}

/// `[protect]`: what the plan must survive in addition (`model.md` §10).
#[derive(Debug, Clone, PartialEq)]
pub struct Protect {
    /// How many fail at once; 0 where only gray members count.
    pub failures: u32,
    /// Of what.
    pub over: FailureSet,
    /// Under which recovery.
    pub recovery: Recovery,
    /// What may turn gray in addition.
    pub gray: Option<ProtectGray>,
}

/// What `[protect]` says of members that silently deliver less.
#[derive(Debug, Clone, PartialEq)]
pub struct ProtectGray {
    /// How many at once, 1 or more.
    pub most: u32,
    /// Of what.
    pub over: FailureSet,
    /// The share of the work through a gray member that is lost, above 0 up to 1.
    pub severity: f64,
    /// Minutes until it is detected.
    pub minutes: f64,
    /// By tier: the largest share of a tenant's users of it who may lose their work until then; `None` without a limit.
    pub max_loss: Vec<Option<f64>>,
}

words!(After: "return" = Self::Return, "stay" = Self::Stay);
words!(Drain: "replicas" = Self::Replicas, "anywhere" = Self::Anywhere);
words!(ExistingShortfall: "keep" = Self::Keep, "repair" = Self::Repair);
words!(Failover: "replicas" = Self::Replicas, "anywhere" = Self::Anywhere);
words!(Movers: "all" = Self::All, "affected" = Self::Affected);
words!(PlannedDemand: "peak" = Self::Peak, "hourly" = Self::Hourly);
words!(PlannedPeriods: "joint" = Self::Joint, "sequential" = Self::Sequential);
