//! Causes: what begins with a period, and what of it users wait for.

use super::super::context::RefereeContext;
use crate::ids::{ComponentId, SiteId};
use crate::model::{Case, Event, EventKind};
use crate::plan::Move;
use crate::plan_files::{Reason, Timing};
use crate::scenario::{Knowledge, dates_of_growth, is_in_force};
use jiff::Timestamp;

/// What begins at a boundary.
pub(super) struct Causes<'a> {
    context: &'a RefereeContext<'a>,
    /// What holds before the boundary, and after it.
    cases: [&'a Case; 2],
    /// Events that the plan takes into account from here on.
    begun: Vec<&'a Event>,
    /// Onboarding rows or capacity changes are dated here, or the scenario begins.
    is_dated: bool,
    /// No wave may begin before it.
    is_late: bool,
}

impl<'a> Causes<'a> {
    /// What begins at `start`; the period before begins at `previous`, if there is one.
    pub(super) fn new(
        context: &'a RefereeContext<'a>,
        cases: [&'a Case; 2],
        start: Timestamp,
        previous: Option<Timestamp>,
    ) -> Self {
        let scenario = context.scenario;
        let counts = |event: &Event, at| is_in_force(event, scenario, at, Knowledge::Believed);
        let is_begun = |event: &&Event| {
            let before = previous.is_some_and(|previous| counts(event, previous));
            counts(event, start) && !before
        };
        let is_here =
            |date: Timestamp| previous.is_some_and(|previous| previous < date && date <= start);
        let inventory = context.inventory;
        let is_growing = inventory.onboarding.iter().any(|row| is_here(row.date))
            || dates_of_growth(inventory, scenario)
                .into_iter()
                .any(is_here);
        let is_changing = inventory
            .capacity_changes
            .iter()
            .any(|row| is_here(row.date));
        Self {
            context,
            cases,
            begun: context.scenario.events.iter().filter(is_begun).collect(),
            is_late: scenario.waves.not_before.is_some_and(|at| start <= at),
            is_dated: previous.is_none() || is_growing || is_changing,
        }
    }

    /// Steering is prepared where all that happens was known, and follows where a fault or slow work is answered or events
    /// end.
    pub(super) fn of_steering(&self) -> Timing {
        let is_fault = |event: &&Event| {
            let kind = &event.kind;
            matches!(
                kind,
                EventKind::Failure(_) | EventKind::Gray(_) | EventKind::Slow(_)
            )
        };
        let has_fault = self.begun.iter().any(is_fault);
        let has_works = self.begun.iter().any(|event| !is_fault(event));
        if !has_fault && (has_works || self.is_dated) && !self.is_late {
            Timing::Ahead
        } else {
            Timing::After
        }
    }

    /// Who goes home or lost their site by a failure moves after the start; so does who goes where there was less before, or no
    /// open path. Who leaves a site that maintenance empties moves before the start; all others as steering does.
    pub(super) fn of_move(&self, moved: &Move, has_way: bool) -> Timing {
        let [before, after] = self.cases;
        if [Reason::Returned, Reason::Failed].contains(&moved.reason) {
            return Timing::After;
        }
        if !has_way || self.grows(moved.to) {
            return Timing::After;
        }
        match moved.from.filter(|site| after.gone[site.index()]) {
            Some(from) if self.is_emptied(from) && !before.gone[from.index()] => Timing::Ahead,
            Some(_) => Timing::After,
            None => self.of_steering(),
        }
    }

    fn grows(&self, site: SiteId) -> bool {
        let [before, after] = self.cases;
        let at = site.index();
        let left = |case: &Case, resource| case.capacity(at, resource).unwrap_or(f64::INFINITY);
        let resources = self.context.inventory.resources.len();
        before.gone[at] || (0..resources).any(|index| left(before, index) < left(after, index))
    }

    /// Works wait until their site is left: who leaves it once they have begun was not in time.
    pub(super) fn is_caught(&self, from: SiteId) -> bool {
        let [before, after] = self.cases;
        let at = from.index();
        self.is_emptied(from) && after.gone[at] && !before.gone[at]
    }

    /// `true` if works that begin here take a component away that was there.
    pub(super) fn takes_away(&self, component: ComponentId) -> bool {
        let [before, after] = self.cases;
        let at = component.index();
        after.gone[at] && !before.gone[at] && self.has_maintenance(component)
    }

    /// `true` if works that begin here leave less of a resource than there was.
    pub(super) fn reduces(&self, at: [usize; 2]) -> bool {
        let [before, after] = self.cases;
        let left = |case: &Case| case.capacity(at[0], at[1]).unwrap_or(f64::INFINITY);
        left(after) < left(before) && self.has_maintenance(ComponentId::new(at[0]))
    }

    fn has_maintenance(&self, component: ComponentId) -> bool {
        self.begun.iter().any(|event| match &event.kind {
            EventKind::Maintenance(reduction) => reduction.components.contains(&component),
            _ => false,
        })
    }

    fn is_emptied(&self, site: SiteId) -> bool {
        let component = self.context.inventory.site_component(site);
        self.begun.iter().any(|event| {
            let EventKind::Maintenance(reduction) = &event.kind else {
                return false;
            };
            let takes_all = reduction.resources.is_none() && reduction.capacity <= 0.0;
            takes_all && reduction.components.contains(&component)
        })
    }

    /// The least that the maintenance that begins here says of how long before them users leave, in seconds.
    pub(super) fn drain_seconds(&self) -> Option<f64> {
        let minutes = self.begun.iter().filter_map(|event| event.drain_minutes);
        minutes.min_by(f64::total_cmp).map(|value| value * 60.0)
    }
}
