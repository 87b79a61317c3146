//! Caught: users still served over what maintenance takes away when it begins, and unserved until they have moved or
//! reconnected.
//!
//! Maintenance of a later period may cut short waves that are still in progress. The boundary between two states says what
//! changes, and who moves before it and who after (`docs/model.md` §9).

use super::context::TransitionInputs;
use super::turned::Turned;
use crate::ids::{ComponentId, LinkId, ResourceId, SiteId};
use crate::model::{Case, Event, Inventory, LinkEnd, Scenario};
use crate::plan::{Flow, Fullness, Move, PeriodPlan, Plan, Refusal, Timing, Wave};
use crate::plan_files::Reason;
use crate::scenario::{Knowledge, Period, dates_of_growth, is_in_force};
use crate::units::{NOBODY, NUMERICAL_NOISE};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What works meet when they begin.
pub(super) struct Met<'a> {
    pub(super) inputs: &'a TransitionInputs<'a>,
    pub(super) boundary: Boundary<'a>,
    pub(super) turned: &'a Turned,
    /// Steering until the maintenance begins.
    pub(super) before: &'a [Flow],
    pub(super) period_plan: &'a PeriodPlan,
    /// How far steering has turned when they begin; `None` is as it should.
    pub(super) left: Option<f64>,
}

impl Met<'_> {
    /// Works wait until their site is left, and what else they take away, and until no more is carried than they leave: none of
    /// that waits for these waves after their start, in which users move or reconnect, if they take any time.
    pub(super) fn refusal(&self, waves: &[Wave]) -> Option<Refusal> {
        let takes_time = waves.iter().any(|wave| wave.start < wave.end);
        let mut users = self.at_sites();
        if takes_time {
            users = users.max(self.on_paths(&self.boundary, &BTreeSet::new()));
        }
        if users > NOBODY {
            return Some(Refusal::Unfinished(users));
        }
        let first = waves.first().filter(|_| takes_time)?;
        let begun = first
            .overloaded
            .iter()
            .filter(|overloaded| overloaded.from == first.start);
        let mut overloaded = begun.map(|overloaded| &overloaded.full);
        let boundary = self.boundary;
        let is_of_works = |fullness: &&Fullness| {
            boundary.is_reduced_by_maintenance(fullness.component, fullness.resource)
        };
        let found = overloaded.find(is_of_works).copied();
        found.map(Refusal::Overloaded)
    }

    /// Users who move once the maintenance of their site has begun.
    fn at_sites(&self) -> f64 {
        let movers = self.turned.movers(Timing::After);
        let served = movers.filter(|mover| mover.shares[0] > 0.0);
        let is_caught = |from: SiteId| self.boundary.is_caught(from);
        let caught = served.filter(|mover| mover.from.is_some_and(is_caught));
        caught.map(|mover| mover.users).sum()
    }

    /// Users who move or stay, and whose path or member of a pool works take away before; without those who are steered
    /// `again` meanwhile.
    pub(super) fn on_paths(
        &self,
        maintenance: &Boundary<'_>,
        again: &BTreeSet<(usize, SiteId)>,
    ) -> f64 {
        let turned = match (self.turned.steering, self.left) {
            (Timing::After, _) => 0.0,
            (Timing::Ahead, left) => left.unwrap_or(1.0),
        };
        let both = [self.before, self.period_plan.first_flows()];
        let [before, after] = both.map(|flows| self.taken(maintenance, flows));
        let groups = self.inputs.groups;
        let lost = |shard, site: SiteId| {
            let cell = (groups.of_shard(shard), site);
            if again.contains(&cell) {
                return 0.0;
            }
            let first = before.get(&cell).copied();
            // Where steering before the period leads nobody to a site, those who are still there are as they were.
            let last = after.get(&cell).copied().or(first).unwrap_or_default();
            (1.0 - turned) * first.unwrap_or_default() + turned * last
        };
        let case = &self.period_plan.case;
        let staying = self.turned.shift.staying.iter();
        let staying = staying.map(|staying| {
            case.users(staying.shard.index()) * staying.share * lost(staying.shard, staying.site)
        });
        let movers = self.turned.movers(Timing::After);
        let moving = movers.filter_map(|mover| {
            let users = case.users(mover.shard.index()) * mover.shares[0];
            Some(users * lost(mover.shard, mover.from?))
        });
        let users: f64 = staying.chain(moving).sum();
        if users > NOBODY { users } else { 0.0 }
    }

    /// By group and site: of the users that steering leads there, the share on what maintenance takes away.
    fn taken(&self, maintenance: &Boundary<'_>, flows: &[Flow]) -> BTreeMap<(usize, SiteId), f64> {
        let mut users: BTreeMap<(usize, SiteId), [f64; 2]> = BTreeMap::new();
        for flow in flows {
            if let Some(group) = self.inputs.groups.of(&flow.group) {
                let values = users.entry((group, flow.path.site)).or_default();
                values[0] += flow.users;
                values[1] += flow.users * (1.0 - self.kept(maintenance, flow));
            }
        }
        let led = users.into_iter().filter(|(_, values)| values[0] > 0.0);
        led.map(|(cell, [all, taken])| (cell, taken / all))
            .collect()
    }

    /// The share of the users on a path who keep it and their members of pools.
    fn kept(&self, maintenance: &Boundary<'_>, flow: &Flow) -> f64 {
        let (inventory, network) = (self.inputs.inventory, self.inputs.network);
        let is_taken = |component: &ComponentId| maintenance.is_taken_by_maintenance(*component);
        let mut links = flow
            .path
            .links
            .iter()
            .map(|link| inventory.link_component(*link));
        if links.any(|component| is_taken(&component)) {
            return 0.0;
        }
        let places = flow.path.places(network).into_iter();
        let kept = places.map(|place| {
            if let LinkEnd::Pool(pool) = network.end(place) {
                let carrying = &self.turned.members[0][pool.index()];
                let taken = carrying
                    .iter()
                    .filter(|component| is_taken(component))
                    .count();
                1.0 - taken as f64 / carrying.len().max(1) as f64
            } else {
                let components = network.components_of(inventory, place);
                f64::from(u8::from(!components.iter().any(is_taken)))
            }
        });
        kept.product()
    }
}

/// `true` if works that begin at `works` cut off users who leave what they take away in the waves after the start of an
/// earlier period. Users whose weights a period between changes do not wait for those waves.
pub(super) fn cuts_off(met: &Met<'_>, plan: &Plan, maintenance: &Boundary<'_>) -> bool {
    if !maintenance.begins_maintenance() {
        return false;
    }
    let again = turned_again(
        met.inputs,
        plan,
        met.period_plan.period.index,
        maintenance.period.index,
    );
    met.on_paths(maintenance, &again) > NOBODY
}

fn turned_again(
    transitions: &TransitionInputs<'_>,
    plan: &Plan,
    first: usize,
    last: usize,
) -> BTreeSet<(usize, SiteId)> {
    let mut all = BTreeSet::new();
    for period in first + 1..=last {
        let before = mixes(transitions, plan.flows_until(period));
        let after = mixes(transitions, plan.periods[period].first_flows());
        all.extend(after.into_iter().filter_map(|(cell, mix)| {
            let was = before.get(&cell)?;
            let share = |of: &Mix<'_>, path| of.get(path).copied().unwrap_or_default();
            let mut paths = mix.keys().chain(was.keys());
            paths
                .any(|path| (share(&mix, path) - share(was, path)).abs() > NUMERICAL_NOISE)
                .then_some(cell)
        }));
    }
    all
}

/// Shares of users by the links of their path.
type Mix<'f> = BTreeMap<&'f [LinkId], f64>;

fn mixes<'f>(
    transitions: &TransitionInputs<'_>,
    flows: &'f [Flow],
) -> BTreeMap<(usize, SiteId), Mix<'f>> {
    let mut all: BTreeMap<(usize, SiteId), Mix<'f>> = BTreeMap::new();
    for flow in flows.iter().filter(|flow| flow.users > 0.0) {
        if let Some(group) = transitions.groups.of(&flow.group) {
            let mix = all.entry((group, flow.path.site)).or_default();
            *mix.entry(&flow.path.links).or_default() += flow.users;
        }
    }
    for mix in all.values_mut() {
        let users: f64 = mix.values().sum();
        for share in mix.values_mut() {
            *share /= users;
        }
    }
    all
}

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
    /// The beginning of a period; `quiet` is what holds before the scenario.
    pub(super) fn new(
        transitions: &TransitionInputs<'a>,
        plan: &'a Plan,
        quiet: &'a Case,
        period: usize,
    ) -> Self {
        let before = period.checked_sub(1).map(|before| &plan.periods[before]);
        let period_plan = &plan.periods[period];
        Self {
            inventory: transitions.inventory,
            scenario: transitions.scenario,
            period: period_plan.period,
            previous: before.map(|before| before.period.start),
            earlier: before.map_or(quiet, |before| &before.case),
            case: &period_plan.case,
        }
    }

    /// Events that the plan takes into account from this boundary on and did not before.
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
            || dates_of_growth(self.inventory, self.scenario)
                .into_iter()
                .any(is_new)
    }

    /// `true` if works begin here that leave a site nothing.
    fn is_emptied_by_maintenance(&self, site: SiteId) -> bool {
        let component = self.inventory.site_component(site);
        self.begun()
            .filter_map(Event::maintenance)
            .any(|maintenance| {
                let takes_all = maintenance.resources.is_none() && maintenance.capacity <= 0.0;
                takes_all && maintenance.components.contains(&component)
            })
    }

    /// `true` if somebody leaves a site only once works on it have begun that were known, and that leave it nothing.
    pub(super) fn is_caught(&self, from: SiteId) -> bool {
        let at = from.index();
        self.is_emptied_by_maintenance(from) && self.case.gone[at] && !self.earlier.gone[at]
    }

    /// `true` if works that begin here take a component away that was there.
    pub(super) fn is_taken_by_maintenance(&self, component: ComponentId) -> bool {
        let at = component.index();
        self.case.gone[at] && !self.earlier.gone[at] && self.has_maintenance_on(component)
    }

    /// `true` if works that begin here leave less of a resource than there was.
    pub(super) fn is_reduced_by_maintenance(
        &self,
        component: ComponentId,
        resource: ResourceId,
    ) -> bool {
        let (at, resource) = (component.index(), resource.index());
        let left = |case: &Case| case.capacity(at, resource).unwrap_or(f64::INFINITY);
        left(self.case) < left(self.earlier) && self.has_maintenance_on(component)
    }

    pub(super) fn begins_maintenance(&self) -> bool {
        self.begun().any(|event| event.maintenance().is_some())
    }

    fn has_maintenance_on(&self, component: ComponentId) -> bool {
        let mut planned_maintenance = self.begun().filter_map(Event::maintenance);
        planned_maintenance.any(|maintenance| maintenance.components.contains(&component))
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
            return Timing::After;
        }
        if self.is_smaller_before(moved.to) || !has_way {
            return Timing::After;
        }
        let is_leaving_nothing = |site: SiteId| self.case.gone[site.index()];
        if let Some(from) = moved.from.filter(|site| is_leaving_nothing(*site)) {
            return if self.is_caught(from) {
                Timing::Ahead
            } else {
                Timing::After
            };
        }
        self.timing_of_steering()
    }

    /// When users who stay at home are steered again, and users move who leave a site that is open.
    pub(super) fn timing_of_steering(&self) -> Timing {
        // Nothing is done before a period that begins no later than the first wave may.
        let not_before = self.scenario.waves.not_before;
        let is_late = not_before.is_some_and(|at| self.period.start <= at);
        if self.is_foreseen() && !self.is_sudden() && !is_late {
            Timing::Ahead
        } else {
            Timing::After
        }
    }

    /// How long before its start users are moved away, in minutes: the least that any maintenance beginning here names.
    pub(super) fn drain_minutes(&self) -> Option<f64> {
        let said = self.begun().filter_map(|event| event.drain_minutes);
        said.min_by(f64::total_cmp)
    }
}
