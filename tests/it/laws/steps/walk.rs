//! Walk: from the state before through every step, with a look at the loads after every wave and in every period.

use super::loads::{Weights, loads, weights};
use super::state::{Names, State};
use crate::levels::read_back;
use crate::waves::walk::conditions::Conditions;
use crate::waves::walk::roads::{Row, row_of, rows};
use crate::waves::walk::touched::Stands;
use jiff::{SignedDuration, Timestamp};
use ndarray::Array2;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use plimsoll::plan_files::{Action, ChangeRow, Timing, WaveRow, WrittenPlan};
use plimsoll::units::NOBODY;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Loads are the same to so much of the capacity.
const SAME: f64 = 1e-9;

/// Less of a shard may be served elsewhere, or not at all, once the way back is done.
const FEW: f64 = 2e-6;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) faults: Vec<String>,
    pub(super) headrooms: usize,
    pub(super) waves: usize,
    /// Steps of members of pools, and of users who are shed or let in.
    pub(super) members: usize,
    pub(super) served: usize,
    /// States after waves while those of another period are under way: they are not looked at.
    pub(super) overlapping: usize,
}

pub(super) struct Walk<'a> {
    pub(super) inventory: &'a Inventory,
    scenario: &'a Scenario,
    pub(super) plan: WrittenPlan,
    pub(super) stands: Stands,
}

/// A wave of a period, in a slice of a period: `None` is ahead of the scenario.
type Stop = (u32, u32, Option<u32>, u32);

impl<'a> Walk<'a> {
    pub(super) fn new(inventory: &'a Inventory, scenario: &'a Scenario, plan: &Plan) -> Self {
        let plan = read_back(inventory, scenario, plan);
        Self {
            inventory,
            scenario,
            stands: Stands::new(inventory, scenario, &plan),
            plan,
        }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &ChangeRow> {
        self.plan
            .changes
            .iter()
            .flatten()
            .map(|change_row| &change_row.row)
    }

    pub(super) fn waves(&self) -> BTreeMap<(u32, u32), &WaveRow> {
        let rows = self
            .plan
            .waves
            .iter()
            .flatten()
            .map(|wave_row| &wave_row.row);
        rows.map(|row| ((row.period, row.wave), row)).collect()
    }

    fn start(&self, period: u32) -> Timestamp {
        self.stands.periods[period as usize].start()
    }

    /// The state once these rows are done, in their order.
    pub(super) fn state(
        &self,
        is_done: impl Fn(&ChangeRow) -> bool,
        faults: &mut Vec<String>,
    ) -> State {
        let of = (self.inventory, self.scenario);
        let first = self.stands.until(0);
        let mut state = State::before(of, self.stands.quiet.any(), &rows(of.0, &self.plan, first));
        let names = Names::new(self.inventory);
        let done: Vec<&ChangeRow> = self.rows().filter(|row| is_done(row)).collect();
        for step in done.chunk_by(|a, b| (a.period, a.step) == (b.period, b.step)) {
            let conditions = self.stands.periods[step[0].period as usize].any();
            faults.extend(state.apply(&names, step, |shard| conditions.users(shard)));
        }
        state
    }

    pub(super) fn walked(&self) -> Found {
        let mut found = Found::default();
        let is =
            |change_row: &&ChangeRow, actions: [Action; 2]| actions.contains(&change_row.action);
        let members = [Action::TakeOut, Action::PutBack];
        found.members = self.rows().filter(|row| is(row, members)).count();
        let served = [Action::Shed, Action::LetIn];
        found.served = self.rows().filter(|row| is(row, served)).count();
        for period in 0..self.stands.periods.len() {
            self.headroom(period, &mut found);
        }
        self.stops(&mut found);
        found.faults.extend(self.led_to_what_is_closed());
        found.faults.extend(self.back());
        found
    }

    /// headroom.csv of a period, once all steps up to it are done.
    fn headroom(&self, period: usize, found: &mut Found) {
        let number = u32::try_from(period).expect("few periods");
        let state = self.state(|change_row| change_row.period <= number, &mut found.faults);
        let stand = &self.stands.periods[period];
        let waves = self.waves();
        let is_overtaken = waves.iter().any(|((later, _), wave)| {
            let is_behind = *later > number && wave.timing == Timing::After;
            is_behind && !self.is_refused(*later) && at(&wave.start) == stand.end()
        });
        let is_earlier =
            |one_number: u32| one_number < number || one_number == number && is_overtaken;
        let mut earlier = waves.iter().filter(|((number, _), _)| is_earlier(*number));
        // Decision: what waves of an earlier period outlast, or its own until others turn, is never reached; its loads are told as
        // if these were done.
        if earlier
            .any(|((number, _), wave)| !self.is_refused(*number) && at(&wave.end) >= stand.end())
        {
            found.overlapping += 1;
            return;
        }
        // Decision: nor is it where waves of a later one have turned before it begins; its loads are told as if none had.
        let mut later = waves
            .iter()
            .filter(|((one_number, _), _)| *one_number > number);
        let begins = stand.start();
        if later.any(|((number, _), wave)| !self.is_refused(*number) && at(&wave.turned) <= begins)
        {
            found.overlapping += 1;
            return;
        }
        let mut most: Option<Array2<f64>> = None;
        for (slice, conditions) in stand.all_conditions() {
            let mut weights = weights(rows(self.inventory, &self.plan, (Some(number), slice)));
            if stand.all_conditions().count() == 1 {
                weights = self.in_force(number, weights);
            }
            let values = loads(
                (self.inventory, self.scenario),
                conditions,
                &state,
                &weights,
            );
            most = Some(match most {
                None => values,
                Some(most) => ndarray::Zip::from(&most)
                    .and(&values)
                    .map_collect(|a, b| f64::max(*a, *b)),
            });
        }
        let most = most.expect("hours have a slice");
        let map = self
            .plan
            .headroom
            .iter()
            .flatten()
            .map(|headroom_row| &headroom_row.row);
        for row in map.filter(|headroom_row| headroom_row.period == number) {
            found.headrooms += 1;
            let scale = row.nominal_capacity;
            let of = (row.component.as_str(), row.resource.as_str());
            let fault = self.differs(&most, of, (row.load, scale));
            let named = |text| format!("headroom.csv of period {period}: {text}");
            found.faults.extend(fault.map(named));
        }
    }

    /// The weights of a period that somebody has set by then: those of client regions that have a `weight` row, and those that
    /// a group first has at a site while waves turn; all others are as they were before.
    fn in_force(&self, period: u32, all: Weights) -> Weights {
        let of_period = self.rows().filter(|row| row.period == period);
        let set = of_period.filter(|change_row| change_row.action == Action::Weight);
        let regions = &self.inventory.client_regions;
        let index = |change_row: &ChangeRow| {
            regions
                .iter()
                .position(|region| Some(region.id.as_str()) == change_row.client_region.as_deref())
        };
        let set: BTreeSet<usize> = set
            .map(|change_row| index(change_row).expect("a client region"))
            .collect();
        let waves = self.waves();
        let mut filter = waves.iter().filter(|((of, _), _)| *of == period);
        let turns = !self.is_refused(period) && filter.any(|(_, wave)| wave.steering_share >= 1.0);
        let before = self.stands.until(period as usize);
        let mut held = weights(rows(self.inventory, &self.plan, before));
        for (key, weights) in all {
            if set.contains(&key.0.0) || turns && !held.contains_key(&key) {
                held.insert(key, weights);
            }
        }
        held
    }

    fn differs(
        &self,
        loads: &Array2<f64>,
        (component, resource): (&str, &str),
        (value, scale): (f64, f64),
    ) -> Option<String> {
        let inventory = self.inventory;
        let at = inventory.component_named(component).expect("a component");
        let mut resources = inventory.resources.iter();
        let of = resources.position(|candidate| candidate.id == resource);
        let of = of.expect("a resource");
        let walked = loads[[at.index(), of]];
        // Weights of fewer users than `NOBODY` are no step. Where nothing is left arithmetic leaves less than anything that a
        // file would name.
        let demands = inventory.profiles.iter().map(|profile| profile.demand[of]);
        let nobody = NOBODY * demands.fold(0.0, f64::max);
        let is_same = (walked - value).abs() <= SAME * scale.max(walked.abs()) + nobody + 1e-12;
        (!is_same).then(|| format!("{resource} of {component} is {value}, the steps give {walked}"))
    }

    /// `wave_loads.csv` after every wave.
    fn stops(&self, found: &mut Found) {
        let map = self
            .plan
            .wave_loads
            .iter()
            .flatten()
            .map(|wave_load_row| &wave_load_row.row);
        let mut by_stop: BTreeMap<Stop, Vec<_>> = BTreeMap::new();
        for row in map {
            let stop = (row.period, row.wave, row.during, row.slice);
            by_stop.entry(stop).or_default().push(row);
        }
        let waves = self.waves();
        let to_do: BTreeSet<(u32, u32)> = (waves.keys())
            .filter(|pair| !self.is_refused(pair.0))
            .copied()
            .collect();
        // Where nothing limits anything, such as where pools have only members without limits left, there are no loads.
        let weights = self
            .plan
            .wave_weights
            .iter()
            .flatten()
            .map(|wave_weight_row| &wave_weight_row.row);
        let weights =
            weights.map(|weight| (weight.period, weight.wave, weight.during, weight.slice));
        let ends: BTreeSet<Stop> = weights.collect();
        let without_loads = ends.iter().filter(|end| !by_stop.contains_key(end));
        let (limited, free): (Vec<Stop>, Vec<Stop>) = without_loads.partition(|without_load| {
            let mut limits = self
                .conditions_of(**without_load, &waves)
                .limits(self.inventory)
                .into_iter();
            limits.next().is_some()
        });
        if !limited.is_empty() {
            found.faults.push(format!("no loads of {limited:?}"));
        }
        let all = by_stop.keys().chain(&free);
        let looked_at: BTreeSet<(u32, u32)> = all.map(|entry| (entry.0, entry.1)).collect();
        if to_do != looked_at {
            found
                .faults
                .push(format!("waves {to_do:?}, loads of {looked_at:?}"));
        }
        for (stop, sentences) in &by_stop {
            found.waves += 1;
            if self.is_overlapped(*stop, &waves) {
                found.overlapping += 1;
                continue;
            }
            let named = |text: String| format!("after {stop:?}: {text}");
            let mut faults = Vec::new();
            let state = self.state(
                |change_row| self.is_done(change_row, *stop, &waves),
                &mut faults,
            );
            let weights = self.weights_of(*stop, &mut faults);
            let conditions = self.conditions_of(*stop, &waves);
            let of = (self.inventory, self.scenario);
            let walked = loads(of, &conditions, &state, &weights);
            let mut known = BTreeSet::new();
            for row in sentences {
                let of = (row.component.as_str(), row.resource.as_str());
                known.insert(of);
                faults.extend(self.differs(&walked, of, (row.load, row.capacity)));
            }
            for (component, resource, left) in conditions.limits(self.inventory) {
                let id = plimsoll::ids::ComponentId::new(component);
                let name = self.inventory.component_name(id);
                let of = (name, self.inventory.resources[resource].id.as_str());
                if !known.contains(&of) {
                    faults.push(format!("no load of {of:?}, of which {left} is left"));
                }
            }
            found.faults.extend(faults.into_iter().map(named));
        }
    }

    pub(super) fn is_refused(&self, period: u32) -> bool {
        let summary = self.plan.summary.as_ref().expect("it is written");
        let path = summary.periods[period as usize].way.as_ref();
        path.is_some_and(|candidate| candidate.refused.is_some())
    }

    /// What holds at the end of a wave.
    fn conditions_of(
        &self,
        stop: Stop,
        waves: &BTreeMap<(u32, u32), &WaveRow>,
    ) -> Cow<'_, Conditions> {
        let conditions = Cow::Borrowed(self.conditions(stop));
        if waves[&(stop.0, stop.1)].timing == Timing::After {
            // A member of a pool that is back by then waits for the end of these waves.
            self.stands.after(stop.0 as usize, conditions)
        } else {
            conditions
        }
    }

    fn conditions(&self, (_, _, during, slice): Stop) -> &Conditions {
        let stand = match during {
            None => &self.stands.quiet,
            Some(during) => &self.stands.periods[during as usize],
        };
        stand.conditions(slice)
    }

    /// The weights of `wave_weights.csv`, which sum to 1 by group and site.
    fn weights_of(&self, stop: Stop, faults: &mut Vec<String>) -> Weights {
        let map = self
            .plan
            .wave_weights
            .iter()
            .flatten()
            .map(|wave_weight_row| &wave_weight_row.row);
        let filter = map.filter(|wave_weight_row| {
            (
                wave_weight_row.period,
                wave_weight_row.wave,
                wave_weight_row.during,
                wave_weight_row.slice,
            ) == stop
        });
        let mut all = Weights::new();
        for wave_weight_row in filter {
            let of = (
                wave_weight_row.client_region.as_str(),
                wave_weight_row.profile.as_str(),
            );
            let row: Row = row_of(
                self.inventory,
                of,
                wave_weight_row.max_latency_ms,
                (&wave_weight_row.links, wave_weight_row.weight),
            );
            all.entry((row.group, row.site)).or_default().push(row);
        }
        for (key, rows) in &all {
            let sum: f64 = rows.iter().map(|row| row.users).sum();
            if (sum - 1.0).abs() > SAME {
                faults.push(format!("weights of {key:?} sum to {sum}"));
            }
        }
        all
    }

    /// The instant as which a stop is looked at: the wave's end, or where that is not in the period whose demand is asked,
    /// the instant of that period next to it.
    fn instant(&self, stop: Stop, waves: &BTreeMap<(u32, u32), &WaveRow>) -> Timestamp {
        let end = at(&waves[&(stop.0, stop.1)].end);
        let [from, to] = match stop.2 {
            None => [Timestamp::MIN, self.scenario.start],
            Some(during) => {
                let stand = &self.stands.periods[during as usize];
                [stand.start(), stand.end()]
            }
        };
        end.clamp(from, to - SignedDuration::from_nanos(1))
    }

    /// When a step is done.
    pub(super) fn done_by(&self, row: &ChangeRow) -> Timestamp {
        Self::done(row, &self.waves())
    }

    /// When a step is done: a wave's steps by its end, others at once.
    fn done(row: &ChangeRow, waves: &BTreeMap<(u32, u32), &WaveRow>) -> Timestamp {
        match row.wave {
            Some(wave) => at(&waves[&(row.period, wave)].end),
            None => at(row.at.as_deref().expect("steps have their time")),
        }
    }

    /// A wave of a later period has turned by then, or one of an earlier period is not done: the loads of this one are told
    /// as if the earlier were done, and the later not begun.
    fn is_overlapped(&self, stop: Stop, waves: &BTreeMap<(u32, u32), &WaveRow>) -> bool {
        let instant = self.instant(stop, waves);
        let later = waves.iter().filter(|((period, _), _)| *period > stop.0);
        let mut later = later.filter(|((period, _), _)| !self.is_refused(*period));
        let has_later = later.any(|(_, wave)| at(&wave.turned) <= instant);
        let earlier = waves.iter().filter(|((period, _), _)| *period < stop.0);
        let mut earlier = earlier.filter(|((period, _), _)| !self.is_refused(*period));
        has_later || earlier.any(|(_, wave)| at(&wave.end) > instant)
    }

    fn is_done(&self, row: &ChangeRow, stop: Stop, waves: &BTreeMap<(u32, u32), &WaveRow>) -> bool {
        let (period, number, ..) = stop;
        if row.period != period {
            let (done, instant) = (Self::done(row, waves), self.instant(stop, waves));
            // A member that comes back while waves of an earlier period go on, and without which its pool has none; others
            // are put back once these are done.
            let is_of_time = row.wave.is_none() && row.action == Action::PutBack;
            let is_at_start = done == self.start(row.period);
            let is_before = row.period < period || is_of_time && is_at_start;
            return is_before && done <= instant || is_of_time && done < instant;
        }
        if let Some(wave) = row.wave {
            return wave <= number;
        }
        let is_behind = waves[&(period, number)].timing == Timing::After;
        match row.action {
            // What is on standby opens before all waves and closes after them: at a period's start its step comes first.
            Action::OpenAccessPoint if !is_behind => {
                let of_wave = |change_row: &&ChangeRow| {
                    (change_row.period, change_row.wave) == (period, Some(number))
                };
                let first = self.rows().filter(of_wave).map(|row| row.step).min();
                let is_before = Self::done(row, waves) < self.start(period);
                first.map_or(is_before, |first| row.step < first)
            }
            Action::CloseAccessPoint => {
                let mut all = self.inventory.access_points.iter();
                let index = all.position(|access_point| {
                    Some(access_point.id.as_str()) == row.access_point.as_deref()
                });
                let access_point =
                    plimsoll::ids::AccessPointId::new(index.expect("an access point"));
                let component = self.inventory.access_point_component(access_point).index();
                is_behind && self.stands.periods[period as usize].any().believed.gone[component]
            }
            _ => is_behind,
        }
    }

    /// The way back leads to the sites, pools and access points of the state before.
    fn back(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut state = self.state(|_| true, &mut faults);
        let before = self.state(|_| false, &mut faults);
        let names = Names::new(self.inventory);
        let rows = self
            .plan
            .changes_back
            .iter()
            .flatten()
            .map(|change_row| &change_row.row);
        let rows: Vec<&ChangeRow> = rows.collect();
        for step in rows.chunk_by(|a, b| (a.period, a.step) == (b.period, b.step)) {
            let conditions = self.stands.periods[step[0].period as usize].any();
            faults.extend(state.undo(&names, step, |shard| conditions.users(shard)));
        }
        let same = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let pools = state
            .pools
            .iter()
            .flatten()
            .zip(before.pools.iter().flatten());
        if !pools.into_iter().all(|(a, b)| same(*a, *b)) {
            faults.push(format!("back: {:?}, not {:?}", state.pools, before.pools));
        }
        let shares = |state: &State, key| state.served.get(key).copied().unwrap_or_default();
        for key in state.served.keys().chain(before.served.keys()) {
            let [value, there] = [&state, &before].map(|state| shares(state, key));
            if (value - there).abs() > FEW {
                faults.push(format!("back: {value} of {key:?} are served, not {there}"));
            }
        }
        if state.open != before.open {
            faults.push(format!("back: {:?}, not {:?}", state.open, before.open));
        }
        faults
    }
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}
