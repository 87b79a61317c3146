//! Closed: whether steering leads over what is out of service.

use super::teller::WayTeller;
use crate::ids::{ClientRegionId, ComponentId, ProfileId, ShardId, SiteId};
use crate::model::{Case, LinkEnd};
use crate::plan::{Change, Flow, GroupKey, Step, Timing, Transition, Wave};
use crate::plan_files::Action;
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Users of a group at a site, as an ordered key.
type Cell = (ClientRegionId, ProfileId, Option<u64>, SiteId);

fn cell(group: &GroupKey, site: SiteId) -> Cell {
    let limit = group.max_latency.map(f64::to_bits);
    (group.client_region, group.profile, limit, site)
}

impl WayTeller<'_> {
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
        self.leads_off(transition, |_| true)
    }

    /// The same of users who are still where they were when the waves begin: neither shed nor moved ahead.
    pub(super) fn are_some_cut_off(&self, transition: &Transition, steps: &[Step]) -> bool {
        if !self.are_cut_off(transition) {
            return false;
        }
        let first = transition.waves.first().map_or(0, |own| own.number);
        let mut gone: BTreeMap<Cell, f64> = BTreeMap::new();
        let periods = &self.plan.periods;
        let now = &periods[transition.period].case;
        let earlier = transition.period.checked_sub(1);
        let earlier = earlier.map_or(&self.plan.before.case, |own| &periods[own].case);
        // Steps count users as they are in the period, and steering until then those of before.
        let as_before = |shard: ShardId| {
            let [now, earlier] = [now, earlier].map(|own| own.users(shard.index()));
            if now > 0.0 { earlier / now } else { 1.0 }
        };
        for step in steps {
            let has_moved = step.wave.is_some_and(|wave| wave < first);
            let leaves =
                step.period == transition.period && (step.action == Action::Shed || has_moved);
            if let Change::Home {
                shard,
                from: Some(from),
                users,
                ..
            } = step.change
                && leaves
            {
                let group = GroupKey::of(self.inventory, &self.scenario.policy, shard);
                *gone.entry(cell(&group, from)).or_default() += users * as_before(shard);
            }
        }
        let mut served: BTreeMap<Cell, f64> = BTreeMap::new();
        for flow in self.plan.flows_until(transition.period) {
            let cell = cell(&flow.group, flow.path.site);
            *served.entry(cell).or_default() += flow.users;
        }
        self.leads_off(transition, |flow| {
            let cell = cell(&flow.group, flow.path.site);
            let served = served.get(&cell).copied().unwrap_or(0.0);
            let left = served - gone.get(&cell).copied().unwrap_or(0.0);
            left > NOBODY
        })
    }

    fn leads_off(&self, transition: &Transition, counts: impl Fn(&Flow) -> bool) -> bool {
        let period = transition.period;
        let case = &self.plan.periods[period].case;
        // Waves ahead of the start may have turned all of them by then.
        let mut transitions = self.plan.transitions.iter();
        let ahead = transitions.find(|own| own.period == period && own.timing == Timing::Ahead);
        let last = ahead.and_then(|own| own.waves.last());
        let are_turned = last.is_some_and(|last| last.steering_share >= 1.0);
        transition.timing == Timing::Behind
            && !are_turned
            && self.leads_over_closed(
                self.plan
                    .flows_until(period)
                    .iter()
                    .filter(|flow| counts(flow)),
                case,
            )
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
