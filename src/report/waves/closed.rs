//! Closed: whether steering leads over what is out of service.

use super::words::Teller;
use crate::ids::ComponentId;
use crate::model::{Case, LinkEnd};
use crate::plan::{Flow, Timing, Transition, Wave};
use jiff::Timestamp;

impl Teller<'_> {
    /// `true` if a path with users is not open in a case; a pool is closed without any member.
    pub(super) fn leads_over_closed<'f>(
        &self,
        flows: impl IntoIterator<Item = &'f Flow>,
        case: &Case,
    ) -> bool {
        if !case.gone.iter().any(|gone| *gone) {
            return false;
        }
        let mut led = flows.into_iter().filter(|flow| flow.users > 0.0);
        led.any(|flow| self.is_closed(flow, case))
    }

    fn is_closed(&self, flow: &Flow, case: &Case) -> bool {
        let inventory = self.inventory;
        let is_gone = |component: ComponentId| case.gone[component.index()];
        flow.path.links.iter().any(|link| {
            let is_end_gone = match inventory.links[link.index()].to {
                LinkEnd::ClientRegion(_) => false,
                LinkEnd::AccessPoint(id) => is_gone(inventory.access_point_component(id)),
                LinkEnd::Element(id) => is_gone(inventory.element_component(id)),
                LinkEnd::Site(id) => is_gone(inventory.site_component(id)),
                LinkEnd::Pool(id) => {
                    let mut members = inventory.pools[id.index()].members.iter();
                    members.all(|member| is_gone(inventory.element_component(*member)))
                }
            };
            is_end_gone || is_gone(inventory.link_component(*link))
        })
    }

    /// `true` if users who turn after a period's start are led over what is out of service from then on.
    pub(super) fn are_cut_off(&self, transition: &Transition) -> bool {
        let period = transition.period;
        let case = &self.plan.periods[period].case;
        transition.timing == Timing::Behind
            && self.leads_over_closed(self.plan.flows_until(period), case)
    }

    /// When the first rows of a wave ahead of a period may hold, where what they lead over is closed when it begins.
    pub(super) fn waits_to_open(&self, transition: &Transition, wave: &Wave) -> Option<Timestamp> {
        let periods = &self.plan.periods;
        let begun = periods.partition_point(|period| period.period.start <= wave.start);
        let case = match begun.checked_sub(1) {
            Some(now) => &periods[now].case,
            None => &self.plan.before.case,
        };
        let written = wave.standing.iter().filter_map(|standing| standing.during);
        let first = &periods[written.min()?];
        let is_partial = transition.timing == Timing::Ahead && wave.steering_share < 1.0;
        let waits = is_partial
            && first.period.start > wave.start
            && self.leads_over_closed(&first.flows, case);
        waits.then_some(first.period.start)
    }

    /// `true` if steering of a period that waves ahead of it turn leads over what only opens with it: its weights are whole from
    /// then on.
    pub(super) fn opens_with(&self, period: usize) -> bool {
        let mut ahead = self.plan.transitions.iter().filter(|transition| {
            let last = transition.waves.last();
            let is_whole = last.is_some_and(|last| last.steering_share >= 1.0);
            let is_ahead = transition.timing == Timing::Ahead;
            transition.period == period && is_ahead && is_whole
        });
        let before = match period.checked_sub(1) {
            Some(before) => &self.plan.periods[before].case,
            None => &self.plan.before.case,
        };
        let flows = self.plan.periods[period].first_flows();
        ahead.next().is_some() && self.leads_over_closed(flows, before)
    }
}
