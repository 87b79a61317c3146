//! Turned: what the beginning of a period changes, who moves before it or after, and from when on waves before it
//! may go on.
//!
//! A pool may be carried by other members while waves before a period go on than in that period.

use super::caught::Boundary;
use super::context::{TransitionInputs, WaveContext};
use super::passage::WavePassage;
use crate::formulation::{background_in, members_of_all};
use crate::ids::{ComponentId, PoolId, ShardId, SiteId};
use crate::model::{Case, Inventory, LinkEnd};
use crate::plan::{
    Flow, Mover, PeriodPlan, Plan, Refusal, ServedBefore, Shift, Timing, Transition, Wave, is_open,
};
use crate::units::NOBODY;
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Turned {
    pub(super) shift: Shift,
    /// By mover.
    timing: Vec<Timing>,
    /// Users who stay and whose paths are gone, or whose members of pools.
    pub(super) cut_off: f64,
    /// By pool: the members that carry its load before, and in the period.
    pub(super) members: [Vec<Vec<ComponentId>>; 2],
    /// When users who stay are steered again.
    pub(super) steering: Timing,
    /// Steering brings users who stay through something with a limit on new sessions, where they did not pass before.
    pub(super) is_connecting: bool,
    /// Steering leads over something that only opens with the period, and that says how many it accepts: it waits for that.
    pub(super) opens_late: bool,
    /// Somebody who moves had users before, or moves after the start; or somebody is shed.
    is_moving_users: bool,
}

impl Turned {
    pub(super) fn movers(&self, timing: Timing) -> impl Iterator<Item = &Mover> {
        let movers = self.shift.movers.iter().zip(&self.timing);
        movers
            .filter(move |(_, one_timing)| **one_timing == timing)
            .map(|(mover, _)| mover)
    }

    pub(super) fn has(&self, timing: Timing) -> bool {
        self.movers(timing).next().is_some() || self.is_steering() && self.steering == timing
    }

    /// `true` if anybody moves, or is steered again as far as that is counted.
    pub(super) fn is_anything(&self) -> bool {
        self.has(Timing::Ahead) || self.has(Timing::After)
    }

    /// `true` if users who stay have to reconnect, as far as that is counted.
    fn is_steering(&self) -> bool {
        self.cut_off > NOBODY || self.is_connecting
    }

    /// `true` if users move here, are shed or are cut off, or come to other members of a pool: a shard that is placed before
    /// it has users moves nobody, and other changes may reach over it, and over steering alone.
    pub(super) fn is_moving(&self) -> bool {
        let changes_members = self.is_connecting && self.members[0] != self.members[1];
        self.is_moving_users || self.cut_off > NOBODY || changes_members
    }
}

/// What the beginning of a period changes; `quiet` is what holds before the scenario.
pub(super) fn turned(
    transitions: &TransitionInputs<'_>,
    plan: &Plan,
    quiet: &Case,
    period: usize,
) -> Turned {
    let period_plan = &plan.periods[period];
    let state = (transitions.inventory, &plan.before, plan.flows_until(0));
    let served = ServedBefore::new(transitions.groups, state, &plan.periods[..period]);
    let mut shift = Shift::new(transitions.inventory, &served, period_plan);
    for mover in shift.movers.iter_mut().filter(|mover| mover.from.is_some()) {
        mover.comes = comes(plan, quiet, period, mover.shard);
    }
    let boundary = Boundary::new(transitions, plan, quiet, period);
    let mut open: BTreeMap<(usize, SiteId), bool> = BTreeMap::new();
    for flow in period_plan.first_flows() {
        if let Some(group) = transitions.groups.of(&flow.group) {
            let is_open = is_open(
                transitions.inventory,
                transitions.network,
                boundary.earlier,
                flow,
            );
            *open.entry((group, flow.path.site)).or_default() |= is_open;
        }
    }
    let timing = shift.movers.iter().map(|mover| {
        let group = transitions.groups.of_shard(mover.shard);
        let has_way = open.get(&(group, mover.to)).copied().unwrap_or(false);
        match mover.moved {
            Some(moved) => boundary.timing(&period_plan.moves[moved], has_way),
            None => Timing::After,
        }
    });
    let timing: Vec<Timing> = timing.collect();
    let mut shed = shift.shed.iter();
    let is_shedding =
        shed.any(|staying| staying.share * boundary.earlier.users(staying.shard.index()) > NOBODY);
    let mut both = shift.movers.iter().zip(&timing);
    let is_moving_users = is_shedding
        || both.any(|(mover, timing)| {
            let users = boundary.earlier.users(mover.shard.index());
            *timing == Timing::After || mover.from.is_some() || users > 0.0
        });
    let carrying = |case: &Case| {
        let background = background_in(transitions.inventory, case);
        members_of_all(transitions.inventory, case, &background)
    };
    let members = [boundary.earlier, boundary.case].map(carrying);
    let context = WaveContext {
        inputs: transitions,
        before: &plan.before,
        members: [&members[0], &members[1]],
        beside: &[],
    };
    let opens_late = opens_late(
        transitions,
        boundary.earlier,
        &members,
        period_plan.first_flows(),
    );
    Turned {
        is_moving_users,
        opens_late,
        timing,
        cut_off: cut_off(&context, &shift, plan.flows_until(period), period_plan),
        members,
        steering: if opens_late {
            Timing::After
        } else {
            boundary.timing_of_steering()
        },
        is_connecting: false,
        shift,
    }
}

/// When a shard gets its users, if that is in a period before; `None` if it has them before the scenario.
fn comes(plan: &Plan, quiet: &Case, period: usize, shard: ShardId) -> Option<Timestamp> {
    let has_users = |case: &Case| case.users(shard.index()) > 0.0;
    let earlier = plan.periods[..period].iter().rev();
    let since = earlier
        .take_while(|period_plan| has_users(&period_plan.case))
        .last();
    let since = since.filter(|period_plan| period_plan.period.index > 0 || !has_users(quiet));
    since.map(|period_plan| period_plan.period.start)
}

/// The links and places of a path, the members of pools and the site included.
pub(super) fn components_along(
    transitions: &TransitionInputs<'_>,
    flow: &Flow,
) -> Vec<ComponentId> {
    let (inventory, network) = (transitions.inventory, transitions.network);
    let links = flow.path.links.iter();
    let links = links.map(|link| inventory.link_component(*link));
    let places = flow.path.places(network).into_iter();
    let places = places.flat_map(|place| network.components_of(inventory, place));
    links.chain(places).collect()
}

/// `true` if somebody is led over a path that is not open before, or through a pool of which no member carries both before and
/// in the period, and anything on the path says how many it accepts.
fn opens_late(
    transitions: &TransitionInputs<'_>,
    earlier: &Case,
    [before, after]: &[Vec<Vec<ComponentId>>; 2],
    flows: &[Flow],
) -> bool {
    let (inventory, network) = (transitions.inventory, transitions.network);
    let is_counted = |flow: &Flow| {
        let mut along = components_along(transitions, flow).into_iter();
        along.any(|component| inventory.accepts_per_second(component).is_some())
    };
    let is_exchanged = |flow: &Flow| {
        let mut places = flow.path.places(network).into_iter();
        places.any(|place| match network.end(place) {
            LinkEnd::Pool(pool) => {
                let mut carrying = before[pool.index()].iter();
                !carrying.any(|component| after[pool.index()].contains(component))
            }
            _ => false,
        })
    };
    let mut led = flows.iter().filter(|flow| flow.users > 0.0);
    led.any(|flow| {
        let is_late = !is_open(inventory, network, earlier, flow) || is_exchanged(flow);
        is_late && is_counted(flow)
    })
}

/// Users who stay and whose paths are gone in a period, or whose members of pools.
fn cut_off(context: &WaveContext<'_>, shift: &Shift, before: &[Flow], period: &PeriodPlan) -> f64 {
    let transitions = context.inputs;
    let mut lost: BTreeMap<(usize, SiteId), [f64; 2]> = BTreeMap::new();
    for flow in before {
        if let Some(group) = transitions.groups.of(&flow.group) {
            let values = lost.entry((group, flow.path.site)).or_default();
            values[0] += flow.users;
            let left = if is_open(
                transitions.inventory,
                transitions.network,
                &period.case,
                flow,
            ) {
                context.kept(0, flow, context.members[1])
            } else {
                0.0
            };
            values[1] += flow.users * (1.0 - left);
        }
    }
    let staying = shift.staying.iter().map(|staying| {
        let cell = (transitions.groups.of_shard(staying.shard), staying.site);
        let [all, lost] = lost.get(&cell).copied().unwrap_or_default();
        let users = period.case.users(staying.shard.index()) * staying.share;
        if all > 0.0 { users * lost / all } else { 0.0 }
    });
    staying.sum()
}

/// The instant from which on the members of every pool that a period newly leads users through are those that carry in it: one
/// comes only then, or a fault that nobody foresees takes one. `None` if they are from the start.
///
/// A pool that users are steered through before has steps and waves of its own where its members change.
pub(super) fn same_members_from(
    transitions: &TransitionInputs<'_>,
    plan: &Plan,
    quiet: &Case,
    (period, turned): (usize, &Turned),
) -> Option<Timestamp> {
    let inventory = transitions.inventory;
    if inventory.pools.is_empty() || !is_accepting(inventory) {
        return None;
    }
    let period_plan = &plan.periods[period];
    let passed = pools(transitions, period_plan.first_flows());
    let members = &turned.members[1];
    let is_faulty = |member: &ComponentId| {
        let mut events = transitions.scenario.events.iter();
        events.any(|event| {
            let is_there =
                event.start <= period_plan.period.start && period_plan.period.start < event.end;
            event.is_reacted_to() && is_there && event.kind.components().contains(member)
        })
    };
    let is_other = |case: &Case, flows: &[Flow]| {
        let before = pools(transitions, flows);
        let mut newly = passed.difference(&before).peekable();
        if newly.peek().is_none() {
            return false;
        }
        let then = members_of_all(inventory, case, &background_in(inventory, case));
        newly.any(|pool| {
            let [then, now] = [&then, members].map(|components| &components[pool.index()]);
            let comes = now.iter().any(|component| !then.contains(component));
            let mut goes = then.iter().filter(|component| !now.contains(component));
            comes || goes.any(is_faulty)
        })
    };
    let mut past = plan.periods[..period].iter().rev();
    if let Some(other) = past.find(|period_plan| is_other(&period_plan.case, &period_plan.flows)) {
        return Some(other.period.end);
    }
    let first = plan.periods.first()?.period.start;
    is_other(quiet, &plan.before.flows).then_some(first)
}

/// `true` if anything limits new sessions per second: where nothing does, nobody who reconnects waits.
fn is_accepting(inventory: &Inventory) -> bool {
    let mut components = (0..inventory.component_count()).map(ComponentId::new);
    components.any(|component| inventory.accepts_per_second(component).is_some())
}

fn pools(transitions: &TransitionInputs<'_>, flows: &[Flow]) -> BTreeSet<PoolId> {
    let mut all = BTreeSet::new();
    for flow in flows.iter().filter(|flow| flow.users > 0.0) {
        let places = flow.path.places(transitions.network).into_iter();
        all.extend(
            places.filter_map(|place| match transitions.network.end(place) {
                LinkEnd::Pool(pool) => Some(pool),
                _ => None,
            }),
        );
    }
    all
}

/// The instant from which no waves of a period go on, in which users move.
pub(super) fn free_from(plan: &Plan, all: &[Transition], period: usize) -> Timestamp {
    let start = plan.periods[period].period.start;
    let mut filter = all.iter().filter(|transition| transition.period == period);
    let last = filter.rfind(|transition| transition.timing == Timing::After);
    last.map_or(start, |transition| transition.end.max(start))
}

/// The instant from which on all users are served that waves before a period move, or steer as the period does: until then
/// a site, or all paths to it, are out of service there. `None` if nothing of that is ever so.
pub(super) fn reachable_from(
    transitions: &TransitionInputs<'_>,
    plan: &Plan,
    quiet: &Case,
    period: usize,
    turned: &Turned,
) -> Option<Timestamp> {
    let flows = plan.periods[period].first_flows();
    let here = &plan.periods[period].case.gone;
    let is_reached = |case: &Case, before: &[Flow]| {
        // Steering leads over nothing that is gone in its own period.
        if case.gone.iter().zip(here).all(|(then, now)| *now || !*then) {
            return true;
        }
        // Where all of steering waits for the period, users who move are steered as before.
        let before = before.iter().filter(|_| turned.opens_late);
        let mut cells: FxHashMap<(usize, SiteId), bool> = FxHashMap::default();
        for flow in before.chain(flows).filter(|flow| flow.users > 0.0) {
            if let Some(group) = transitions.groups.of(&flow.group) {
                let is_open = is_open(transitions.inventory, transitions.network, case, flow);
                *cells.entry((group, flow.path.site)).or_default() |= is_open;
            }
        }
        if cells.values().all(|is_open| *is_open) {
            return true;
        }
        let is_served = |shard: ShardId, site: SiteId, share: f64| {
            let cell = (transitions.groups.of_shard(shard), site);
            case.users(shard.index()) * share <= 0.0 || cells.get(&cell).is_none_or(|flag| *flag)
        };
        let staying = turned.shift.staying.iter();
        let mut staying = staying.filter(|_| !turned.opens_late);
        let mut movers = turned.movers(Timing::Ahead);
        movers.all(|mover| is_served(mover.shard, mover.to, mover.shares[1]))
            && staying.all(|staying| is_served(staying.shard, staying.site, staying.share))
    };
    if !turned.has(Timing::Ahead) {
        return None;
    }
    let past = &plan.periods[..period];
    let mut past_or_first = past.iter().rev();
    let closed = past_or_first.find(|past| !is_reached(&past.case, &past.flows));
    if let Some(closed) = closed {
        return Some(closed.period.end);
    }
    let first = plan.periods.first()?.period.start;
    (!is_reached(quiet, &plan.before.flows)).then_some(first)
}

/// Nobody leaves a site before they are placed there.
pub(super) fn early(passage: &WavePassage<'_>, waves: &[Wave]) -> Option<Refusal> {
    let items = passage.items.iter();
    let early = items.filter(|item| {
        let mut waves = waves.iter();
        let wave = waves.find(|wave| item.moved.is_some_and(|index| wave.moves.contains(&index)));
        let begins_before = |comes| wave.is_some_and(|wave| wave.start < comes);
        item.comes.is_some_and(begins_before)
    });
    let users: f64 = early.map(|item| item.users).sum();
    (users > NOBODY).then_some(Refusal::Early(users))
}
