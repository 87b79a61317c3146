//! Boundary: what changes between two states, and who moves ahead of it and who behind (`docs/model.md` §9).

use crate::ids::{ComponentId, ResourceId, SiteId};
use crate::model::{Case, Event, Inventory, Scenario};
use crate::plan::{Move, Timing};
use crate::plan_files::Reason;
use crate::scenario::{Knowledge, Period, is_in_force};
use jiff::Timestamp;

/// What is known where two states meet.
#[derive(Clone, Copy)]
pub(super) struct Boundary<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) scenario: &'a Scenario,
    /// The period that begins.
    pub(super) period: Period,
    /// When the period before it began; `None` is the state before.
    pub(super) previous: Option<Timestamp>,
    /// What holds before.
    pub(super) earlier: &'a Case,
    /// What holds from its start on.
    pub(super) case: &'a Case,
}

impl<'a> Boundary<'a> {
    /// Events that the plan counts with from this boundary on and did not before.
    fn begun(&self) -> impl Iterator<Item = &'a Event> {
        let scenario = self.scenario;
        let start = self.period.start;
        let previous = self.previous;
        let holds = |event: &Event, at| is_in_force(event, scenario, at, Knowledge::Believed);
        let events = self.scenario.events.iter();
        events.filter(move |event| {
            holds(event, start) && !previous.is_some_and(|before| holds(event, before))
        })
    }

    /// `true` if a failure, a gray fault or slow work is acted on from here on.
    pub(super) fn is_sudden(&self) -> bool {
        self.begun().any(Event::is_reacted_to)
    }

    /// `true` if what happens here was known: works or a surge begin, users join, capacities change, or the scenario
    /// begins.
    fn is_foreseen(&self) -> bool {
        let Some(before) = self.previous else {
            return true;
        };
        let is_new = |date: Timestamp| before < date && date <= self.period.start;
        let mut onboarding = self.inventory.onboarding.iter();
        let mut changes = self.inventory.capacity_changes.iter();
        self.begun().any(|event| !event.is_reacted_to())
            || onboarding.any(|row| is_new(row.date))
            || changes.any(|row| is_new(row.date))
    }

    /// `true` if works begin here that leave a site nothing.
    fn is_emptied_by_works(&self, site: SiteId) -> bool {
        let component = self.inventory.site_component(site);
        self.begun().filter_map(Event::works).any(|works| {
            let takes_all = works.resources.is_none() && works.capacity <= 0.0;
            takes_all && works.components.contains(&component)
        })
    }

    /// `true` if somebody leaves a site only once works on it have begun that were known, and that leave it nothing.
    pub(super) fn is_caught(&self, from: SiteId) -> bool {
        let at = from.index();
        self.is_emptied_by_works(from) && self.case.gone[at] && !self.earlier.gone[at]
    }

    /// `true` if works that begin here take a component away that was there.
    pub(super) fn is_taken_by_works(&self, component: ComponentId) -> bool {
        let at = component.index();
        self.case.gone[at] && !self.earlier.gone[at] && self.has_works_on(component)
    }

    /// `true` if works that begin here leave less of a resource than there was.
    pub(super) fn is_reduced_by_works(&self, component: ComponentId, resource: ResourceId) -> bool {
        let (at, resource) = (component.index(), resource.index());
        let left = |case: &Case| case.capacity(at, resource).unwrap_or(f64::INFINITY);
        left(self.case) < left(self.earlier) && self.has_works_on(component)
    }

    /// `true` if works begin here.
    pub(super) fn begins_works(&self) -> bool {
        self.begun().any(|event| event.works().is_some())
    }

    fn has_works_on(&self, component: ComponentId) -> bool {
        let mut works = self.begun().filter_map(Event::works);
        works.any(|works| works.components.contains(&component))
    }

    /// `true` if a site holds less before than after, so that nobody can be there before.
    fn is_smaller_before(&self, site: SiteId) -> bool {
        let at = self.inventory.site_component(site).index();
        let resources = 0..self.inventory.resources.len();
        let capacity = |case: &Case, resource| case.capacity(at, resource).unwrap_or(f64::INFINITY);
        self.earlier.gone[at]
            || resources
                .into_iter()
                .any(|resource| capacity(self.earlier, resource) < capacity(self.case, resource))
    }

    /// When users move; `has_way` is whether a path of theirs to the new site is open before.
    pub(super) fn timing(&self, moved: &Move, has_way: bool) -> Timing {
        if matches!(moved.reason, Reason::Returned | Reason::Failed) {
            return Timing::Behind;
        }
        if self.is_smaller_before(moved.to) || !has_way {
            return Timing::Behind;
        }
        let is_leaving_nothing = |site: SiteId| self.case.gone[site.index()];
        if let Some(from) = moved.from.filter(|site| is_leaving_nothing(*site)) {
            return if self.is_caught(from) {
                Timing::Ahead
            } else {
                Timing::Behind
            };
        }
        self.timing_of_steering()
    }

    /// When users who stay where they are homed are steered anew, and those move who leave a site that is open.
    pub(super) fn timing_of_steering(&self) -> Timing {
        if self.is_foreseen() && !self.is_sudden() {
            Timing::Ahead
        } else {
            Timing::Behind
        }
    }

    /// How long before its start users are moved away, in minutes, as the works say that begin here; the least of them.
    pub(super) fn drain_minutes(&self) -> Option<f64> {
        let said = self.begun().filter_map(|event| event.drain_minutes);
        said.min_by(f64::total_cmp)
    }
}
