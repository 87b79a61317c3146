//! Stability: where attempts that come back can keep an overload up once its trigger is gone (`docs/model.md` §9, Stability).

use super::case::Case;
use super::component::Component;
use super::inventory::Inventory;
use super::shard::Profile;
use crate::ids::{ComponentId, ResourceId};
use crate::units::FEASIBILITY;

/// How the clients of a profile try again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retries {
    /// Extra attempts for every failed one.
    pub count: f64,
    /// Seconds after which an attempt that waits is given up; infinite where clients wait as long as it takes.
    pub patience: f64,
}

impl Retries {
    /// Nobody tries again.
    pub const NONE: Self = Self {
        count: 0.0,
        patience: f64::INFINITY,
    };

    /// Those of a profile.
    pub fn of(profile: &Profile) -> Self {
        Self {
            count: profile.retries,
            patience: profile.timeout_seconds.unwrap_or(f64::INFINITY),
        }
    }

    /// Extra attempts for every one that waits where work waits for at most this number of seconds.
    ///
    /// Work that ends before its client gives up is not tried again, and what is turned away at once is no work.
    ///
    /// ```
    /// use plimsoll::model::Retries;
    /// let own = Retries { count: 3.0, patience: 30.0 };
    /// assert_eq!(own.at(f64::INFINITY), 3.0);
    /// assert_eq!(own.at(30.0), 3.0);
    /// // A queue of 20 s: nobody gives up in it.
    /// assert_eq!(own.at(20.0), 0.0);
    /// // Clients that wait without limit never try again while they wait.
    /// assert_eq!(Retries { patience: f64::INFINITY, ..own }.at(f64::INFINITY), 0.0);
    /// ```
    pub fn at(self, longest_wait: f64) -> f64 {
        if self.patience.is_finite() && self.patience <= longest_wait {
            self.count
        } else {
            0.0
        }
    }
}

impl Case {
    /// The longest that work waits at a component for a resource, in seconds; infinite where nothing limits the queue.
    ///
    /// 0 where nobody works for clients who have given up: what is stored follows no attempts, what is lost at once does
    /// not wait, and an element that sheds stale work throws away what is too late. New sessions wait at their gate.
    pub fn longest_wait(
        &self,
        inventory: &Inventory,
        component: ComponentId,
        resource: ResourceId,
    ) -> f64 {
        let of = &inventory.resources[resource.index()];
        let sheds = match inventory.component(component) {
            Component::Element(element) => inventory.elements[element.index()].sheds_stale_work,
            Component::Site(_) | Component::AccessPoint(_) | Component::Link(_) => false,
        };
        if sheds || !of.varies {
            0.0
        } else if of.is_sessions {
            self.accept_queue_seconds
        } else {
            of.longest_wait()
        }
    }

    /// `true` if an overload there can keep itself up: clients give up while their work waits, and try again.
    pub fn is_able_to_lock_in(
        &self,
        inventory: &Inventory,
        component: ComponentId,
        resource: ResourceId,
    ) -> bool {
        let wait = self.longest_wait(inventory, component, resource);
        let mut profiles = inventory.profiles.iter();
        wait > 0.0 && profiles.any(|profile| Retries::of(profile).at(wait) > 0.0)
    }
}

impl Inventory {
    /// `true` if anybody tries again: without that no load ever exceeds what users demand.
    pub fn has_retries(&self) -> bool {
        self.profiles.iter().any(|profile| profile.retries > 0.0)
    }
}

/// The most that may come with all retries running where so much is left of a nominal capacity: less than `A`, since a
/// queue to which as much comes as is worked never drains.
pub fn most_with_retries(capacity: f64, nominal: f64) -> f64 {
    (capacity * (1.0 - FEASIBILITY)).max(1e-9 * nominal)
}

/// What a part of a wave may bring there: between what a plan may, with its tolerance, and [`most_with_retries`].
pub fn moved_with_retries(capacity: f64, nominal: f64) -> f64 {
    (capacity * (1.0 - 1.5 * FEASIBILITY)).max(1e-9 * nominal)
}

/// What a plan allows there, so that it is within [`most_with_retries`] with the tolerance of all loads.
pub fn planned_with_retries(capacity: f64, nominal: f64) -> f64 {
    (capacity * (1.0 - 3.0 * FEASIBILITY) - 1e-9 * nominal).max(0.0)
}
