//! Case: what is available and demanded in one period, as somebody believes it.

use super::hours::Hours;
use super::per_shard::PerShard;
use ndarray::Array2;
use std::borrow::Cow;
use std::sync::Arc;

/// What an undetected or not yet answered event does to the plan of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Everything in force is known and planned for.
    Known,
    /// Something in force is not known yet.
    Blind,
    /// Everything in force is known, the plan for some of it is not in force yet.
    Reacting,
}

impl Phase {
    /// The word of charts and their files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Blind => "blind",
            Self::Reacting => "reacting",
        }
    }
}

/// What is available and demanded in one period. A value: graph and classes do not own it.
///
/// Shapes: `components` is `Inventory::component_count()` in dense component order, `resources` is the
/// length of its table.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Components × resources: capacity with the capacity changes of the past, before any event; `None` is not limited.
    pub nominal: Array2<Option<f64>>,
    /// Components × resources: share of the nominal capacity that the events in force leave (their product).
    pub available: Array2<f64>,
    /// Components: `true` if events leave the component itself nothing: nobody passes it, nobody is homed there.
    pub gone: Vec<bool>,
    /// Sites: `true` if a failure event leaves the site nothing: the failover rule holds for its shards.
    pub failed: Vec<bool>,
    /// Components × resources: headroom target `h` in force, a share (`model.md` §3).
    pub target: Array2<f64>,
    /// Shards: users with every onboarding row of the past, before surges.
    pub base_users: PerShard<f64>,
    /// Shards: the product of the surges in force on it.
    pub factor: PerShard<f64>,
    /// Components: `true` if an event in force touches it.
    pub touched: Vec<bool>,
    /// Shards: `true` if a surge in force raises or lowers its demand.
    pub surged: PerShard<bool>,
    /// `true` if any event is in force.
    pub is_event_in_force: bool,
    /// The longest that a new session waits at a gate, in seconds: `[replay] accept_queue_seconds`.
    pub accept_queue_seconds: f64,
    /// How demand follows the hours. Users are counted as at the peak: hours change what they demand of resources that
    /// vary.
    pub hours: Arc<Hours>,
}

impl Case {
    /// Users of a shard in this case: every count of users is in these.
    pub fn users(&self, shard: usize) -> f64 {
        self.base_users[shard] * self.factor[shard]
    }

    /// The case without the users of some of all `shards`: none of them is there.
    #[must_use]
    pub fn without(self, shards: usize, is_left_out: impl Fn(usize) -> bool) -> Self {
        Self {
            base_users: self.base_users.replaced(shards, 0.0, is_left_out),
            ..self
        }
    }

    /// Shares the memory of what is by shard with `other` where it is the same there.
    pub fn share(&mut self, other: &Self) {
        self.base_users.share(&other.base_users);
        self.factor.share(&other.factor);
        self.surged.share(&other.surged);
    }

    /// The same with all users demanding the most that they do at any hour of its span.
    pub fn at_most(&self) -> Cow<'_, Self> {
        if self.hours.slice_count() == 1 {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self {
            hours: self.hours.at_most().into(),
            ..self.clone()
        })
    }

    /// The same in one slice of its hours alone.
    pub fn in_slice(&self, slice: usize) -> Cow<'_, Self> {
        if self.hours.slice_count() == 1 {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self {
            hours: self.hours.only(slice).into(),
            ..self.clone()
        })
    }

    /// Capacity left at a component for a resource; `None` is not limited.
    pub fn capacity(&self, component: usize, resource: usize) -> Option<f64> {
        self.nominal[[component, resource]]
            .map(|capacity| capacity * self.available[[component, resource]])
    }
}
