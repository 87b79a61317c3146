//! Promises: what the plan comes to with more capacity, found by planning again.

use crate::formulation::goals::Level;
use crate::ids::{ComponentId, PoolId, ResourceId};
use crate::model::{Component, Inventory};
use crate::plan::plan::PeriodPlan;
use crate::plan_files::AccessPointUse;
use crate::units::{FEASIBILITY, NOBODY, NUMERICAL_NOISE};

/// What more could be given of: a resource at a component, or at all members of its pool together, since a hash
/// loads them equally and more of one alone is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lever {
    /// Where; the first member that limits the resource if it stands for a pool.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
}

impl Lever {
    /// The lever that a component belongs to.
    pub fn of(inventory: &Inventory, component: ComponentId, resource: ResourceId) -> Self {
        let lever = Self {
            component,
            resource,
        };
        let first = lever.raised(inventory).first().copied();
        Self {
            component: first.unwrap_or(component),
            ..lever
        }
    }

    /// The pool that it stands for, if its component is a member of one.
    pub fn pool(self, inventory: &Inventory) -> Option<PoolId> {
        match inventory.component(self.component) {
            Component::Element(element) => inventory.elements[element.index()].pool,
            _ => None,
        }
    }

    /// The components that it raises, ascending: one, or the members of its pool that limit the resource.
    pub fn raised(self, inventory: &Inventory) -> Vec<ComponentId> {
        let Some(pool) = self.pool(inventory) else {
            return vec![self.component];
        };
        let is_limited = |component: &ComponentId| {
            let at = [component.index(), self.resource.index()];
            inventory.capacity[at].is_some()
                || inventory.capacity_changes.iter().any(|change| {
                    [change.component.index(), change.resource.index()] == at
                        && change.capacity.is_some()
                })
        };
        inventory.pools[pool.index()]
            .members
            .iter()
            .map(|&member| inventory.element_component(member))
            .filter(is_limited)
            .collect()
    }
}

/// The numbers of a period that a promise speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Outlook {
    /// Unserved users.
    pub unserved: f64,
    /// Users served at another site than their current one.
    pub moved: f64,
    /// Of these, users moved to a site that holds no copy of their shard.
    pub copied: f64,
    /// Standby access points that are open.
    pub opened: f64,
    /// Worst missing share of a headroom target.
    pub worst_shortfall: f64,
    /// All missing headroom, in users.
    pub shortfall_users: f64,
}

impl Outlook {
    /// The numbers of a planned period.
    pub fn of(period: &PeriodPlan) -> Self {
        let is_opened = |after: AccessPointUse| after == AccessPointUse::Opened;
        let opened = period
            .access_points
            .iter()
            .filter(|change| is_opened(change.after))
            .count();
        Self {
            unserved: period.totals.unserved,
            moved: period.totals.moved,
            copied: period.totals.copied,
            opened: opened as f64,
            worst_shortfall: period.totals.worst_shortfall,
            shortfall_users: period
                .margins
                .iter()
                .map(|margin| margin.shortfall_users)
                .sum(),
        }
    }

    /// `true` if nothing binds that people would want changed: everybody is served within the targets, nobody
    /// moves and no standby access point is open.
    pub fn is_calm(&self) -> bool {
        self.unserved <= NOBODY
            && self.worst_shortfall <= FEASIBILITY
            && self.moved <= NOBODY
            && self.opened <= 0.0
    }

    /// The number that a level counts.
    pub fn at(&self, level: Level) -> f64 {
        match level {
            Level::Unserved(_) => self.unserved,
            Level::Relief | Level::Moved => self.moved,
            Level::Copied => self.copied,
            Level::AccessPoints => self.opened,
            Level::Worst => self.worst_shortfall,
            Level::Total => self.shortfall_users,
            Level::Lost | Level::Latency => 0.0,
        }
    }
}

/// A period as planned, and as planned again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutlookChange {
    /// As planned.
    pub before: Outlook,
    /// With more capacity.
    pub after: Outlook,
}

impl OutlookChange {
    /// `true` if any number is another than before, by more than arithmetic leaves.
    pub fn is_any(&self) -> bool {
        let (before, after) = (&self.before, &self.after);
        let users = [
            (before.unserved, after.unserved),
            (before.moved, after.moved),
            (before.copied, after.copied),
            (before.opened, after.opened),
            (before.shortfall_users, after.shortfall_users),
        ];
        users
            .iter()
            .any(|(before, after)| (before - after).abs() > NOBODY)
            || (before.worst_shortfall - after.worst_shortfall).abs() > FEASIBILITY
    }
}

/// What the plan comes to with more of one resource at one component, or at each member of its pool.
#[derive(Debug, Clone, PartialEq)]
pub struct TriedPromise {
    /// Nominal capacity added, in the resource's unit.
    pub amount: f64,
    /// By period from 0 on, up to the last one that was planned again.
    pub periods: Vec<OutlookChange>,
}

/// The inventory with `amount` more nominal capacity of a lever, from the first day on: every value of
/// `capacity_changes.csv` for it grows by as much, so that what is built stays beside what is added.
pub(crate) fn with_more(inventory: &Inventory, lever: Lever, amount: f64) -> Inventory {
    let mut more = inventory.clone();
    for component in lever.raised(inventory) {
        let at = [component.index(), lever.resource.index()];
        if let Some(capacity) = &mut more.capacity[at] {
            *capacity += amount;
        }
        for change in &mut more.capacity_changes {
            if [change.component.index(), change.resource.index()] == at
                && let Some(capacity) = &mut change.capacity
            {
                *capacity += amount;
            }
        }
    }
    more
}

/// The least number of two digits, and zeros, that is not below `amount`: what people can say.
///
/// ```
/// use plimsoll::plan::explain::sayable;
/// assert_eq!(sayable(873.2), 880.0);
/// assert_eq!(sayable(900.0), 900.0);
/// assert_eq!(sayable(0.0121), 0.013);
/// assert_eq!(sayable(99.01), 100.0);
/// ```
pub fn sayable(amount: f64) -> f64 {
    if !(amount.is_finite() && amount > 0.0) {
        return 0.0;
    }
    let power = amount.log10().floor() - 1.0;
    let digits = (amount / 10_f64.powf(power) - NUMERICAL_NOISE).ceil();
    // The nearest number to the decimal, not to a product of powers.
    format!("{digits}e{power}").parse().unwrap_or(amount)
}
