//! Event: what happens to components or demand, and when.

use super::shard::{Profile, Shard};
use super::word::{Word, words};
use crate::ids::{ClientRegionId, ComponentId, ProfileId, ResourceId, TenantId};
use jiff::Timestamp;

/// What takes capacity away.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduction {
    /// The components named, a pool's members or a risk group's components; ascending.
    pub components: Vec<ComponentId>,
    /// Only these resources, ascending; `None` is the component itself: at share 0 nothing passes it.
    pub resources: Option<Vec<ResourceId>>,
    /// Share of capacity left, 0 to 1.
    pub capacity: f64,
    /// Gray only: share of the work through it that fails without slowing it down; 0 if not given.
    pub loss: f64,
}

impl Reduction {
    /// Nothing is left of one component: nobody passes it, nobody is homed there.
    pub fn all_of(component: ComponentId) -> Self {
        Self {
            components: vec![component],
            resources: None,
            capacity: 0.0,
            loss: 0.0,
        }
    }
}

/// What multiplies demand.
#[derive(Debug, Clone, PartialEq)]
pub struct Surge {
    /// Only users of this client region.
    pub client_region: Option<ClientRegionId>,
    /// Only users of this profile.
    pub profile: Option<ProfileId>,
    /// Only users of this tenant.
    pub tenant: Option<TenantId>,
    /// Above 0.
    pub factor: f64,
    /// Replays only: minutes over which it arrives after its start, and over which it goes after its end.
    pub arrive_minutes: f64,
}

impl Surge {
    /// [`Self::arrive_minutes`] of a surge that says none.
    pub const ARRIVE_MINUTES: f64 = 10.0;

    /// `true` if it multiplies the demand of a shard.
    pub fn is_on(&self, shard: &Shard) -> bool {
        self.client_region
            .is_none_or(|client_region| client_region == shard.client_region)
            && self.profile.is_none_or(|profile| profile == shard.profile)
            && self.tenant.is_none_or(|tenant| tenant == shard.tenant)
    }
}

/// What makes a share of the work take longer, and holds workers meanwhile.
#[derive(Debug, Clone, PartialEq)]
pub struct Slow {
    /// The components named, a pool's members or a risk group's components; ascending.
    pub components: Vec<ComponentId>,
    /// Only work of this profile.
    pub profile: Option<ProfileId>,
    /// Share of the work that is slow, above 0 up to 1.
    pub share: f64,
    /// How many times longer it takes, above 1.
    pub factor: f64,
    /// Seconds until a worker gives up; `None` is as long as the profile waits.
    pub timeout_seconds: Option<f64>,
    /// Further tries of work that was given up; `None` is as many as the profile has.
    pub retries: Option<f64>,
}

/// What ends sessions without rehoming anybody.
#[derive(Debug, Clone, PartialEq)]
pub struct Disconnect {
    /// Sessions through these, ascending; none if a client region is named.
    pub components: Vec<ComponentId>,
    /// Sessions from here.
    pub client_region: Option<ClientRegionId>,
}

/// What an event is.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// Planned, known from its start.
    Maintenance(Reduction),
    /// A fault, known from `detected`.
    Failure(Reduction),
    /// A fault that nobody notices before `detected`.
    Gray(Reduction),
    /// More demand, known from its start.
    Surge(Surge),
    /// A share of the work takes longer, known from `detected`.
    Slow(Slow),
    /// Sessions end when it starts and cannot come back before it ends. Nobody plans for it.
    Disconnect(Disconnect),
}

/// Which kind of event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventType {
    /// Planned works.
    Maintenance,
    /// A fault.
    Failure,
    /// A fault that nobody notices at first.
    Gray,
    /// More demand.
    Surge,
    /// Work that takes longer.
    Slow,
    /// Sessions that end.
    Disconnect,
}

words!(EventType:
    "maintenance" = Self::Maintenance,
    "failure" = Self::Failure,
    "gray" = Self::Gray,
    "surge" = Self::Surge,
    "slow" = Self::Slow,
    "disconnect" = Self::Disconnect
);

impl EventType {
    /// What reports call it, such as `gray fault`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Maintenance => "maintenance",
            Self::Failure => "failure",
            Self::Gray => "gray fault",
            Self::Surge => "surge",
            Self::Slow => "slow work",
            Self::Disconnect => "loss of sessions",
        }
    }
}

impl EventKind {
    /// Which kind it is.
    pub fn event_type(&self) -> EventType {
        match self {
            Self::Maintenance(_) => EventType::Maintenance,
            Self::Failure(_) => EventType::Failure,
            Self::Gray(_) => EventType::Gray,
            Self::Surge(_) => EventType::Surge,
            Self::Slow(_) => EventType::Slow,
            Self::Disconnect(_) => EventType::Disconnect,
        }
    }

    /// The components that it is at, ascending; none for a surge, or where it names a client region.
    pub fn components(&self) -> &[ComponentId] {
        match self {
            Self::Maintenance(reduction) | Self::Failure(reduction) | Self::Gray(reduction) => {
                &reduction.components
            }
            Self::Slow(slow) => &slow.components,
            Self::Disconnect(disconnect) => &disconnect.components,
            Self::Surge(_) => &[],
        }
    }

    /// The same, to be changed; `None` for a surge.
    pub fn components_mut(&mut self) -> Option<&mut Vec<ComponentId>> {
        match self {
            Self::Maintenance(reduction) | Self::Failure(reduction) | Self::Gray(reduction) => {
                Some(&mut reduction.components)
            }
            Self::Slow(slow) => Some(&mut slow.components),
            Self::Disconnect(disconnect) => Some(&mut disconnect.components),
            Self::Surge(_) => None,
        }
    }
}

/// What happens, from `start` up to, not including, `end`.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What happens.
    pub kind: EventKind,
    /// First instant in force.
    pub start: Timestamp,
    /// First instant no longer in force.
    pub end: Timestamp,
    /// When it is known: `start` unless a failure, a gray fault or slow work says later.
    pub detected: Timestamp,
    /// Maintenance only: minutes before its start in which users are moved away; `None` is as long as that takes.
    pub drain_minutes: Option<f64>,
    /// `true` if nobody stated its end: the plan needs one, and no report says that it ends then.
    pub is_end_assumed: bool,
}

impl Slow {
    /// How much more a component works for one unit of a profile's work (`docs/model.md` §9, Slow work):
    /// `1 + f · (min(x, timeout ÷ service time) · (1 + r) − 1)`, with the retries r of work that is given up only.
    ///
    /// Without a service time work takes a second; without a timeout nothing is given up. Work that is given up before
    /// other work would be done frees no capacity that was not there: it is never below 1.
    pub fn inflation(&self, profile: &Profile) -> f64 {
        let patience = self.timeout_seconds.or(profile.timeout_seconds);
        let service = profile.service_seconds.unwrap_or(1.0);
        let tries = 1.0 + self.retries.unwrap_or(profile.retries);
        let held = match patience.map(|timeout| timeout / service) {
            Some(longest) if longest < self.factor => longest * tries,
            _ => self.factor,
        };
        (1.0 + self.share * (held - 1.0)).max(1.0)
    }

    /// `true` if the slow share of a profile's work is given up: it never ends in time.
    pub fn gives_up(&self, profile: &Profile) -> bool {
        let patience = self.timeout_seconds.or(profile.timeout_seconds);
        let service = profile.service_seconds.unwrap_or(1.0);
        patience.is_some_and(|timeout| timeout / service < self.factor)
    }
}

impl Event {
    /// The capacity that it takes away, if it does.
    pub fn reduction(&self) -> Option<&Reduction> {
        match &self.kind {
            EventKind::Maintenance(reduction)
            | EventKind::Failure(reduction)
            | EventKind::Gray(reduction) => Some(reduction),
            EventKind::Surge(_) | EventKind::Slow(_) | EventKind::Disconnect(_) => None,
        }
    }

    /// What it makes take longer, if it does.
    pub fn slow(&self) -> Option<&Slow> {
        match &self.kind {
            EventKind::Slow(slow) => Some(slow),
            _ => None,
        }
    }

    /// The planned works that it is, if it is some.
    pub fn maintenance(&self) -> Option<&Reduction> {
        match &self.kind {
            EventKind::Maintenance(maintenance) => Some(maintenance),
            _ => None,
        }
    }

    /// The demand that it multiplies, if it does.
    pub fn surge(&self) -> Option<&Surge> {
        match &self.kind {
            EventKind::Surge(surge) => Some(surge),
            _ => None,
        }
    }

    /// The sessions that it ends, if it does.
    pub fn disconnect(&self) -> Option<&Disconnect> {
        match &self.kind {
            EventKind::Disconnect(sessions) => Some(sessions),
            _ => None,
        }
    }

    /// `true` unless it ends sessions only: that takes nothing away, and nobody can plan for it.
    pub fn is_planned_for(&self) -> bool {
        !matches!(self.kind, EventKind::Disconnect(_))
    }

    /// `true` for failure, gray and slow events: the plan reacts to them `reaction_minutes` after detection.
    pub fn is_reacted_to(&self) -> bool {
        let kind = &self.kind;
        matches!(
            kind,
            EventKind::Failure(_) | EventKind::Gray(_) | EventKind::Slow(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One in twenty pieces of work takes `factor` times as long.
    fn slow(factor: f64) -> Slow {
        Slow {
            components: Vec::new(),
            profile: None,
            share: 0.05,
            factor,
            timeout_seconds: None,
            retries: None,
        }
    }

    /// Work of a second that is given up after a minute, and tried three times more.
    fn mail() -> Profile {
        Profile {
            id: "mail".to_owned(),
            work: Vec::new(),
            demand: Vec::new(),
            retries: 3.0,
            sessions_per_hour: 0.0,
            timeout_seconds: Some(60.0),
            late_seconds: None,
            service_seconds: Some(1.0),
            session_cost: 0.0,
        }
    }

    #[track_caller]
    fn assert_inflation(slow: &Slow, profile: &Profile, expected: f64) {
        let found = slow.inflation(profile);
        assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    }

    #[test]
    fn work_that_is_given_up_holds_workers_until_the_timeout_at_every_try() {
        // 60 s at each of four tries instead of one second: 1 + 0.05 · (240 − 1).
        assert_inflation(&slow(1000.0), &mail(), 12.95);
        assert!(slow(1000.0).gives_up(&mail()));
    }

    #[test]
    fn work_that_ends_in_time_is_not_tried_again() {
        assert_inflation(&slow(40.0), &mail(), 2.95);
        // Just in time.
        assert_inflation(&slow(60.0), &mail(), 3.95);
        assert!(!slow(40.0).gives_up(&mail()) && !slow(60.0).gives_up(&mail()));
    }

    #[test]
    fn without_a_timeout_nothing_is_given_up() {
        let patient = Profile {
            timeout_seconds: None,
            ..mail()
        };
        assert_inflation(&slow(1000.0), &patient, 50.95);
        assert!(!slow(1000.0).gives_up(&patient));
    }

    #[test]
    fn timeout_counts_in_pieces_of_work_and_the_events_own_wins() {
        // Work of half a second: a minute is 120 of it, 480 in four tries.
        let quick = Profile {
            service_seconds: Some(0.5),
            ..mail()
        };
        assert_inflation(&slow(1000.0), &quick, 24.95);
        let unknown = Profile {
            service_seconds: None,
            ..mail()
        };
        assert_inflation(&slow(1000.0), &unknown, 12.95);
        // The remedies: a shorter timeout, and no retries.
        let remedied = Slow {
            timeout_seconds: Some(10.0),
            retries: Some(0.0),
            ..slow(1000.0)
        };
        assert_inflation(&remedied, &mail(), 1.45);
    }
}
