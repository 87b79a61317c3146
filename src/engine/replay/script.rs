//! Script: the states that a replay goes through, and how it gets from each to the next.

use super::enacted::Enacted;
use super::ramp::{RampSide, TimeRamp};
use crate::engine::waves::{quiet, seconds_to_turn, shifted, turned};
use crate::graph::{Network, PricedPaths, Prices, Usable};
use crate::ids::{AccessPointId, ProfileId, ShardId, SiteId};
use crate::model::{Case, Homes, Hours, Inventory, LinkEnd, Scenario, Stretch};
use crate::plan::{Before, Flow, GroupKey, Part, PeriodPlan, ServedBefore, SteeringGroups};
use crate::plan_files::Timing;
use crate::scenario::{Band, Knowledge, Period, case_at, periods};
use crate::units::NOBODY;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Steering that turns between two slices of a state's hours.
#[derive(Debug, Clone)]
pub(super) struct SliceTurn {
    /// When the next hour begins.
    pub(super) at: Timestamp,
    pub(super) slices: [usize; 2],
    pub(super) ramp: TimeRamp,
}

/// Where shards are and on which paths their users, from some instant on.
pub(super) struct ScriptState {
    pub(super) start: Timestamp,
    /// What is believed.
    pub(super) case: Case,
    /// When which steering holds.
    pub(super) hours: Arc<Hours>,
    pub(super) flows: Arc<Vec<Flow>>,
    pub(super) parts: Vec<Part>,
    /// From the steering of the state before to its own.
    pub(super) steering: TimeRamp,
    /// When a wave before its start has turned steering to its own; `None` if none does.
    pub(super) turned_ahead: Option<Timestamp>,
    /// Until when waves lead to it after its start; what later states change waits for that.
    pub(super) after_until: Option<Timestamp>,
    /// By shard that does not simply go with the state: from where it was to where it is.
    pub(super) moves: BTreeMap<usize, TimeRamp>,
    pub(super) turns: Vec<SliceTurn>,
}

impl ScriptState {
    /// The last instant before it.
    pub(super) fn start_less(&self) -> Timestamp {
        let less = self.start.checked_sub(SignedDuration::from_nanos(1));
        less.unwrap_or(self.start)
    }
}

/// The states of a replay, in order; the first is that before the scenario.
pub(super) struct Script {
    pub(super) states: Vec<ScriptState>,
    /// Whether users whose path is known to be closed are steered to open ones.
    pub(super) steers_around: bool,
    /// Users that the state before leaves unserved.
    pub(super) unserved_before: f64,
}

impl Script {
    /// Nobody does anything: all users stay where the scenario finds them.
    pub(super) fn of_nothing(
        inventory: &Inventory,
        scenario: &Scenario,
        network: &Network,
        groups: &SteeringGroups,
        before: &Before,
    ) -> Self {
        let mut flows = before.flows.clone();
        flows.extend(first_paths(inventory, scenario, network, groups, before));
        let flows = Arc::new(flows);
        let minutes = scenario.waves.turn_minutes;
        let mut states = vec![first(inventory, before, &flows, minutes, |_| 1.0)];
        for period in periods(inventory, scenario) {
            states.push(ScriptState {
                start: period.start,
                case: believed(inventory, scenario, &period),
                hours: Arc::clone(&before.case.hours),
                flows: Arc::clone(&flows),
                parts: Vec::new(),
                steering: TimeRamp::jump(period.start),
                turned_ahead: None,
                after_until: None,
                moves: BTreeMap::new(),
                turns: turns(&before.case.hours, minutes),
            });
        }
        Self {
            states,
            steers_around: false,
            unserved_before: 0.0,
        }
    }

    /// A plan is carried out, beginning with the users that the state before serves; `enacted` is what it does in a period, and
    /// `in_progress` from when to when each of its transitions lasts.
    ///
    /// # Errors
    /// What `enacted` returns.
    pub(super) fn of_plan<E>(
        inventory: &Inventory,
        scenario: &Scenario,
        groups: &SteeringGroups,
        before: &Before,
        under_way: &[[Timestamp; 2]],
        enacted: impl Fn(&Period) -> Result<Enacted, E>,
    ) -> Result<Self, E> {
        let mut states = vec![first_served(inventory, scenario, groups, before)];
        let nowhere = states[0].parts.iter().filter(|part| part.site.is_none());
        let unserved_before = nowhere.map(|part| part.users).sum();
        for period in periods(inventory, scenario) {
            let case = believed(inventory, scenario, &period);
            let one_enacted = enacted(&period)?;
            let path = Approach::of(scenario, &one_enacted, &period);
            let moves = path.moves(&states, &one_enacted);
            let turns = planned_turns(
                scenario,
                groups,
                (&period, &case.hours),
                &one_enacted,
                under_way,
            );
            states.push(ScriptState {
                start: period.start,
                hours: Arc::clone(&case.hours),
                case,
                flows: Arc::new(one_enacted.flows),
                parts: one_enacted.parts,
                steering: path.steering,
                turned_ahead: path.turned_ahead,
                after_until: one_enacted.after_until.filter(|_| !one_enacted.is_refused),
                moves,
                turns,
            });
        }
        Ok(Self {
            states,
            steers_around: true,
            unserved_before,
        })
    }
}

impl Script {
    /// The number of the last state that has begun at an instant.
    pub(super) fn begun_at(&self, at: Timestamp) -> usize {
        let begun = |script_state: &ScriptState| script_state.start <= at;
        self.states.partition_point(begun).max(1) - 1
    }

    /// The number of the state to which waves lead then; the last that has begun where none do.
    pub(super) fn led_to_at(&self, at: Timestamp) -> usize {
        let begun = self.begun_at(at);
        let goes_on = |index: &usize| {
            self.states[*index]
                .after_until
                .is_some_and(|until| at < until)
        };
        (1..=begun).rev().find(goes_on).unwrap_or(begun)
    }

    /// The steering at an instant, as waves before the starts of states after `begun` have changed it: `of` is what a state
    /// leads to. What a later state turns, waves of an earlier one leave as it is.
    pub(super) fn turned_ahead<T>(
        &self,
        begun: usize,
        (at, side): (Timestamp, RampSide),
        now: T,
        of: impl Fn(usize) -> T,
        mixed: impl Fn(&T, &T, f64) -> T,
    ) -> T {
        let later = self.states.iter().enumerate().skip(begun + 1);
        let turning = later.map(|(state, later)| (state, later.steering.at(at, side)));
        let turning = turning.filter(|(_, turned)| *turned > 0.0);
        turning.fold(now, |item, (state, turned)| {
            mixed(&item, &of(state), turned)
        })
    }

    /// Everything stays as a period of a plan has it.
    pub(super) fn of_period(period: &PeriodPlan) -> Self {
        let state = ScriptState {
            start: Timestamp::MIN,
            case: period.case.clone(),
            hours: Arc::clone(&period.case.hours),
            flows: Arc::new(period.flows.clone()),
            parts: period.parts.clone(),
            steering: TimeRamp::default(),
            turned_ahead: None,
            after_until: None,
            moves: BTreeMap::new(),
            turns: Vec::new(),
        };
        Self {
            states: vec![state],
            steers_around: true,
            unserved_before: 0.0,
        }
    }

    /// When anything is done for the first time, no later than `start`.
    pub(super) fn first_change(&self, start: Timestamp) -> Timestamp {
        let states = self.states.iter();
        let instants = states.flat_map(|state| {
            let moves = state.moves.values().flat_map(TimeRamp::instants);
            state.steering.instants().chain(moves)
        });
        instants.fold(start, Timestamp::min)
    }
}

/// The least-latency paths home of users that the state before steers nowhere, because they are not there yet.
fn first_paths(
    inventory: &Inventory,
    scenario: &Scenario,
    network: &Network,
    groups: &SteeringGroups,
    before: &Before,
) -> Vec<Flow> {
    let steered = before.flows.iter().filter(|flow| flow.users > 0.0);
    let steered = steered.filter_map(|flow| Some((groups.of(&flow.group)?, flow.path.site)));
    let steered: BTreeSet<(usize, SiteId)> = steered.collect();
    let mut wanted: BTreeMap<(usize, SiteId), GroupKey> = BTreeMap::new();
    for (index, row) in inventory.shards.iter().enumerate() {
        let shard = ShardId::new(index);
        let group = groups.of_shard(shard);
        if let Some(site) = row.site
            && !steered.contains(&(group, site))
        {
            let key = GroupKey::of(inventory, &scenario.policy, shard);
            wanted.insert((group, site), key);
        }
    }
    let mut flows = Vec::new();
    for profile in (0..inventory.profiles.len()).map(ProfileId::new) {
        let mut filters = wanted
            .iter()
            .filter(|(_, key)| key.profile == profile)
            .peekable();
        if filters.peek().is_none() {
            continue;
        }
        let mut usable = Usable::of_profile(network, profile);
        for (index, row) in inventory.access_points.iter().enumerate() {
            let place = network.place(LinkEnd::AccessPoint(AccessPointId::new(index)));
            usable.places[place.index()] &= row.state.is_open_at_start();
        }
        let longest = f64::INFINITY;
        let paths = PricedPaths::new(network, Arc::new(usable), Prices::zero(network), longest);
        for ((_, site), key) in filters {
            if let Some(path) = paths.path(key.client_region, *site, key.max_latency) {
                let slices = 0..before.case.hours.slice_count();
                flows.extend(slices.map(|slice| Flow {
                    slice,
                    group: *key,
                    path: path.clone(),
                    users: 1.0,
                }));
            }
        }
    }
    flows
}

/// The state before a scenario as if it were a period of a plan, in which no event is in force; the rest is that of `like`.
pub(in crate::engine) fn state_before(
    (inventory, scenario): (&Inventory, &Scenario),
    before: &Before,
    like: &PeriodPlan,
) -> PeriodPlan {
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let state = first_served(inventory, scenario, &groups, before);
    let mut period_plan = like.clone();
    period_plan.period.start = state.start;
    period_plan.case = state.case;
    period_plan.parts = state.parts;
    period_plan.flows.clone_from(&before.flows);
    period_plan
}

/// The state before the scenario, with the users that it serves when the scenario begins.
fn first_served(
    inventory: &Inventory,
    scenario: &Scenario,
    groups: &SteeringGroups,
    before: &Before,
) -> ScriptState {
    let flows = Arc::new(before.flows.clone());
    let slice = before.case.hours.slice_at(scenario.start);
    let begins_with: Vec<Flow> = (before.flows.iter())
        .filter(|flow| flow.slice == slice)
        .cloned()
        .collect();
    let served = ServedBefore::new(groups, (inventory, before, &begins_with), &[]);
    let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
    let share = |shard: ShardId| {
        served
            .shares(&homes, shard, &[])
            .first()
            .map_or(1.0, |pair| pair.1)
    };
    let minutes = scenario.waves.turn_minutes;
    first(inventory, before, &flows, minutes, share)
}

/// The state before the scenario; `served` is the share of a shard that it serves.
fn first(
    inventory: &Inventory,
    before: &Before,
    flows: &Arc<Vec<Flow>>,
    minutes: f64,
    served: impl Fn(ShardId) -> f64,
) -> ScriptState {
    let mut parts = Vec::with_capacity(inventory.shards.len());
    for (index, row) in inventory.shards.iter().enumerate() {
        let shard = ShardId::new(index);
        let (users, share) = (before.case.users(index), served(shard));
        let part = |site: Option<SiteId>, users: f64| Part {
            shard,
            current: row.site,
            site,
            users,
        };
        if row.site.is_some() && share > 0.0 {
            parts.push(part(row.site, share * users));
        }
        if row.site.is_some() && share < 1.0 {
            parts.push(part(None, (1.0 - share) * users));
        }
    }
    ScriptState {
        start: Timestamp::MIN,
        case: before.case.clone(),
        hours: Arc::clone(&before.case.hours),
        flows: Arc::clone(flows),
        parts,
        steering: TimeRamp::default(),
        turned_ahead: None,
        after_until: None,
        moves: BTreeMap::new(),
        turns: turns(&before.case.hours, minutes),
    }
}

/// How a plan turns steering between the hours of a period where weights differ: evenly over `turn_minutes` that end when the
/// next hour begins, or over as long as nobody moves before it.
fn planned_turns(
    scenario: &Scenario,
    groups: &SteeringGroups,
    (period, hours): (&Period, &Hours),
    enacted: &Enacted,
    under_way: &[[Timestamp; 2]],
) -> Vec<SliceTurn> {
    let mut flows: BTreeMap<usize, Vec<&Flow>> = BTreeMap::new();
    if hours.slice_count() > 1 {
        for flow in &enacted.flows {
            flows.entry(flow.slice).or_default().push(flow);
        }
    }
    let led = |slice: usize| flows.get(&slice).into_iter().flatten().copied();
    let stretches: Vec<Stretch> = hours.stretches_within(period.start, period.end).collect();
    let mut turns = Vec::new();
    for pair in stretches.windows(2) {
        let [a, b] = [pair[0], pair[1]];
        if a.slice == b.slice || turned(groups, [led(a.slice), led(b.slice)]) <= NOBODY {
            continue;
        }
        let seconds = if enacted.turns_at_once {
            0.0
        } else {
            seconds_to_turn(scenario, quiet(under_way, a.start, b.start))
        };
        let mut ramp = TimeRamp::default();
        ramp.go([shifted(b.start, -seconds), b.start], 1.0);
        turns.push(SliceTurn {
            at: b.start,
            slices: [a.slice, b.slice],
            ramp,
        });
    }
    turns
}

/// How steering that nobody plans turns between hours: evenly over `minutes` that end when the next begins.
fn turns(hours: &Hours, minutes: f64) -> Vec<SliceTurn> {
    let longest = SignedDuration::try_from_secs_f64((minutes * 60.0).ceil()).unwrap_or_default();
    let pairs = hours.stretches().windows(2).map(|pair| [pair[0], pair[1]]);
    let pairs = pairs.filter(|[a, b]| a.slice != b.slice);
    pairs
        .map(|[a, b]| {
            let begins = b.start.checked_sub(longest).unwrap_or(a.start);
            let mut ramp = TimeRamp::default();
            ramp.go([begins.max(a.start), b.start], 1.0);
            SliceTurn {
                at: b.start,
                slices: [a.slice, b.slice],
                ramp,
            }
        })
        .collect()
}

fn believed(inventory: &Inventory, scenario: &Scenario, period: &Period) -> Case {
    let at = period.start;
    case_at(inventory, scenario, at, Knowledge::Believed, Band::Expected)
}

/// How a plan gets from one state to the next.
struct Approach {
    steering: TimeRamp,
    /// When a wave before the period has turned steering to its own.
    turned_ahead: Option<Timestamp>,
    /// By wave: when its users move.
    waves: BTreeMap<u32, [Timestamp; 2]>,
    /// Users who come back to their home.
    restored: TimeRamp,
    /// When users move that no wave has.
    others: [Timestamp; 2],
}

impl Approach {
    fn of(scenario: &Scenario, enacted: &Enacted, period: &Period) -> Self {
        let as_asked = as_asked(scenario, period);
        let mut path = Self {
            steering: TimeRamp::default(),
            turned_ahead: None,
            waves: BTreeMap::new(),
            restored: TimeRamp::default(),
            others: as_asked,
        };
        // What is refused is played as it was asked for.
        let waves = enacted.waves.iter().filter(|_| !enacted.is_refused);
        let mut has_behind = false;
        for going in waves {
            path.steering
                .go([going.start, going.turned], going.steering_share);
            path.waves.insert(going.number, [going.turned, going.end]);
            if going.timing == Timing::Ahead && going.steering_share >= 1.0 {
                path.turned_ahead.get_or_insert(going.turned);
            }
            if going.timing == Timing::After {
                // Nobody returns to service before the period begins; a wave before it has a share of 1 for nobody.
                path.restored
                    .go([going.turned, going.end], going.restored_share);
                has_behind = true;
            }
        }
        if path.waves.is_empty() {
            path.steering.go(as_asked, 1.0);
        } else if !has_behind && path.steering.end() < 1.0 {
            path.steering.go([period.start; 2], 1.0);
        }
        path
    }

    /// By shard, how it gets where the period has it.
    fn moves(&self, states: &[ScriptState], enacted: &Enacted) -> BTreeMap<usize, TimeRamp> {
        let mut all = BTreeMap::new();
        let unserved = states
            .last()
            .map_or(&[][..], |script_state| script_state.parts.as_slice());
        if self.restored.end() > 0.0 {
            let unserved = unserved.iter().filter(|part| part.site.is_none());
            for part in unserved {
                all.insert(part.shard.index(), self.restored.clone());
            }
        }
        for (shard, wave) in &enacted.moves {
            let wave = wave.and_then(|number| self.waves.get(&number));
            let mut ramp = TimeRamp::default();
            ramp.go(*wave.unwrap_or(&self.others), 1.0);
            all.insert(shard.index(), ramp);
        }
        all
    }
}

/// When users move that no safe wave was found for: in the minutes that the maintenance beginning then allows, else at once.
fn as_asked(scenario: &Scenario, period: &Period) -> [Timestamp; 2] {
    let maintenance = scenario
        .events
        .iter()
        .filter(|event| event.start == period.start && event.maintenance().is_some());
    let minutes = maintenance
        .filter_map(|event| event.drain_minutes)
        .reduce(f64::min);
    let ahead = minutes.and_then(|value| SignedDuration::try_from_secs_f64(value * 60.0).ok());
    let start = ahead.and_then(|duration| period.start.checked_sub(duration).ok());
    [start.unwrap_or(period.start), period.start]
}
