//! Instants: the steps that no wave does, and what happens, gathered by when they do; and which steps go with a wave.

use crate::ids::{AccessPointId, ClientRegionId, ComponentId, ProfileId, ShardId, SiteId};
use crate::model::{Case, LinkEnd};
use crate::plan::{Change, Flow, GroupKey, Plan, Step, Timing, Transition, Wave};
use crate::plan_files::{AccessPointUse, Action};
use crate::report::waves::wave_of_transition::{WaveOfTransition, WeightSetter};
use crate::report::waves::writer::TransitionWriter;
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What is done, and what happens, at an instant without a wave.
pub(super) struct StepsAt {
    pub(super) at: Timestamp,
    pub(super) period: usize,
    /// Nothing but access points that close once nobody is led there.
    pub(super) closes: bool,
    /// Access points that would close, and open again at the same instant.
    pub(super) stays_open: Vec<AccessPointId>,
    pub(super) steps: Vec<Step>,
}

impl StepsAt {
    fn has_weights(&self) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| step.number > 0 && step.action == Action::Weight)
    }

    /// Takes out the access points that open, which waves of no length at that instant need; `None` if there are none.
    pub(super) fn opening(&mut self) -> Option<Self> {
        let opens = |step: &Step| step.action == Action::OpenAccessPoint;
        let steps: Vec<Step> = self.steps.extract_if(.., |step| opens(step)).collect();
        (!steps.is_empty()).then_some(Self {
            steps,
            stays_open: Vec::new(),
            ..*self
        })
    }
}

/// The instants at which something is done without a wave, or happens, in order of time.
pub(super) fn instants(plan: &Plan, steps: &[Step]) -> Vec<StepsAt> {
    let mut all: Vec<StepsAt> = Vec::new();
    let is_alone = |step: &&Step| step.wave.is_none() && turned_by(plan, step).is_none();
    for step in steps.iter().filter(is_alone) {
        let Some(at) = step.at else { continue };
        let closes = match step.change {
            Change::AccessPoint { after, .. } => after == AccessPointUse::Standby,
            _ => false,
        };
        let place = (at, step.period, closes);
        let mut known = all.iter_mut();
        match known.find(|steps_at| (steps_at.at, steps_at.period, steps_at.closes) == place) {
            Some(steps_at) => steps_at.steps.push(*step),
            None => all.push(StepsAt {
                at,
                period: step.period,
                closes,
                stays_open: Vec::new(),
                steps: vec![*step],
            }),
        }
    }
    // What closes for a period has done so before a later one opens it again.
    all.sort_by_key(|steps_at| (steps_at.at, steps_at.period, steps_at.closes));
    stay_open(&mut all);
    all
}

/// Takes out the steps that close an access point which a later one opens again at the same instant.
fn stay_open(all: &mut Vec<StepsAt>) {
    let access_point = |step: &Step, action: Action| match step.change {
        Change::AccessPoint { access_point, .. } if step.action == action => Some(access_point),
        _ => None,
    };
    let each = |steps_at: &StepsAt, action| -> Vec<AccessPointId> {
        let steps = steps_at.steps.iter();
        steps
            .filter_map(|step| access_point(step, action))
            .collect()
    };
    for first in 0..all.len() {
        let at = all[first].at;
        let (before, after) = all.split_at_mut(first + 1);
        let steps_at = &mut before[first];
        for later in after.iter_mut().take_while(|later| later.at == at) {
            let opens = each(later, Action::OpenAccessPoint);
            let mut both = each(steps_at, Action::CloseAccessPoint);
            both.retain(|access_point| opens.contains(access_point));
            let is_both = |step: &Step, action| {
                access_point(step, action).is_some_and(|step| both.contains(&step))
            };
            let [closes, opens] = [Action::CloseAccessPoint, Action::OpenAccessPoint];
            steps_at.steps.retain(|step| !is_both(step, closes));
            later.steps.retain(|step| !is_both(step, opens));
            steps_at.stays_open.extend(&both);
        }
    }
    all.retain(|steps_at| !steps_at.steps.is_empty() || !steps_at.stays_open.is_empty());
}

/// The wave of a later period whose weights turn a share of a pool with them, though the step is one of the period at hand: pools
/// change in order of time.
fn turned_by(plan: &Plan, step: &Step) -> Option<WeightSetter> {
    let is_alone = step.wave.is_none() && step.number > 0;
    if !is_alone || !matches!(step.change, Change::Member { .. }) {
        return None;
    }
    let ahead = plan.transitions.iter();
    let ahead = ahead
        .filter(|transition| transition.timing == Timing::Ahead && transition.period > step.period);
    let mut waves = ahead.flat_map(|transition| {
        transition
            .waves
            .iter()
            .map(|wave| (transition.period, wave))
    });
    let wave = waves.find(|(_, wave)| Some(wave.start) == step.at);
    wave.map(|(period, wave)| (period, Some(wave.number)))
}

pub(super) fn members_of<'s>(
    plan: &'s Plan,
    steps: &'s [Step],
    wave: WeightSetter,
) -> impl Iterator<Item = &'s Step> {
    steps.iter().filter(move |step| {
        let is_its = (step.period, step.wave) == wave || turned_by(plan, step) == Some(wave);
        is_its && matches!(step.change, Change::Member { .. })
    })
}

pub(super) fn let_in_by(
    steps: &[Step],
    wave: WeightSetter,
    is_meant: impl Fn(ShardId) -> bool,
) -> Vec<(ShardId, SiteId, f64)> {
    let steps = steps.iter();
    let its = steps.filter(|step| (step.period, step.wave) == wave && step.action == Action::LetIn);
    let all = its.filter_map(|step| match step.change {
        Change::Home {
            shard,
            to: Some(site),
            users,
            ..
        } if is_meant(shard) => Some((shard, site, users)),
        _ => None,
    });
    all.collect()
}

pub(super) fn let_in_rows(at: WaveOfTransition<'_>) -> String {
    let (period, wave) = (at.transition.period, at.wave.number);
    format!("rows of changes.csv with period {period}, wave {wave} and the action `let_in`")
}

pub(super) fn users_of(let_in: &[(ShardId, SiteId, f64)]) -> f64 {
    let_in.iter().map(|entry| entry.2).sum()
}

impl TransitionWriter<'_> {
    /// `true` if every weight is set at an instant: its rows say so, or the period opens with what its weights lead over.
    pub(super) fn sets_weights(&self, steps_at: &StepsAt) -> bool {
        steps_at.has_weights() || self.opens_with_instant(steps_at)
    }

    /// `true` if no row has the weights that hold from an instant on, since waves before it have turned them.
    pub(super) fn opens_with_instant(&self, steps_at: &StepsAt) -> bool {
        let begins =
            steps_at.at == self.plan.periods[steps_at.period].period.start && !steps_at.closes;
        let has_marks = steps_at.steps.iter().any(|step| step.number == 0);
        begins && has_marks && !steps_at.has_weights() && self.opens_with(steps_at.period)
    }

    /// Which weights hold from an instant on: those of its period, or of a wave of another one that goes on meanwhile.
    pub(super) fn weights_at(&self, steps_at: &StepsAt) -> WeightSetter {
        let period = steps_at.period;
        let others = self.plan.transitions.iter().filter(|other| {
            let is_over = other.timing == Timing::After && other.end <= steps_at.at;
            other.period != period && !is_over
        });
        let waves = others.flat_map(|other| other.waves.iter().map(move |wave| (other, wave)));
        let goes_on = |wave: &Wave| {
            let mut standing = wave.standing.iter();
            wave.start < steps_at.at && standing.any(|standing| standing.during == Some(period))
        };
        let begun = waves.filter(|(_, wave)| goes_on(wave));
        match begun.max_by_key(|(_, wave)| wave.start) {
            Some((other, wave)) => (other.period, Some(wave.number)),
            None => (period, None),
        }
    }
}

/// Users of a group at a site, as an ordered key.
type Cell = (ClientRegionId, ProfileId, Option<u64>, SiteId);

fn cell(group: &GroupKey, site: SiteId) -> Cell {
    let limit = group.max_latency.map(f64::to_bits);
    (group.client_region, group.profile, limit, site)
}

impl TransitionWriter<'_> {
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
        let first = transition.waves.first().map_or(0, |wave| wave.number);
        let mut gone: BTreeMap<Cell, f64> = BTreeMap::new();
        let periods = &self.plan.periods;
        let now = &periods[transition.period].case;
        let earlier = transition.period.checked_sub(1);
        let earlier = earlier.map_or(&self.plan.before.case, |index| &periods[index].case);
        // Steps count users as they are in the period, and steering until then those of before.
        let as_before = |shard: ShardId| {
            let [now, earlier] = [now, earlier].map(|case| case.users(shard.index()));
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
        // Waves before the start may have turned all of them by then.
        let mut transitions = self.plan.transitions.iter();
        let ahead = transitions
            .find(|transition| transition.period == period && transition.timing == Timing::Ahead);
        let last = ahead.and_then(|transition| transition.waves.last());
        let are_turned = last.is_some_and(|last| last.steering_share >= 1.0);
        transition.timing == Timing::After
            && !are_turned
            && self.leads_over_closed(
                self.plan
                    .flows_until(period)
                    .iter()
                    .filter(|flow| counts(flow)),
                case,
            )
    }

    /// When the first rows of a wave before a period may hold, where what they lead over is closed when it begins.
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

    /// `true` if steering of a period that waves before it turn leads over what only opens with it: its weights are whole from
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
