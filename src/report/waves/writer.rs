//! What sentences about transitions are made of: names, instants, counts, and what a transition is called.

use crate::ids::{AccessPointId, ComponentId, ResourceId, ShardId, SiteId};
use crate::model::{Component, Event, Inventory, Scenario};
use crate::plan::{Fullness, Move, PeriodPlan, Plan, Remedy, Transition, Wave};
use crate::plan_files::{How, Reason};
use crate::report::grammar::{count, only_if};
use crate::report::numbers;
use crate::report::span::Clock;
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Shards, steps of one kind, and components of one mark, that are named one by one.
pub(super) const NAMED: usize = 12;

/// Says in words what the transitions of a plan do.
#[derive(Debug, Clone, Copy)]
pub struct TransitionWriter<'a> {
    /// Names come from here.
    pub inventory: &'a Inventory,
    /// Its offset and what it allows.
    pub scenario: &'a Scenario,
    /// The plan.
    pub plan: &'a Plan,
}

pub(in crate::report) fn waves(number: usize) -> String {
    count(number, "wave")
}

pub(super) fn shards_of(moves: &[&Move]) -> String {
    let shards: BTreeSet<ShardId> = moves.iter().map(|moved| moved.shard).collect();
    count(shards.len(), "shard")
}

pub(super) fn from_to_counts(moves: &[&Move]) -> BTreeMap<(Option<SiteId>, SiteId), (f64, usize)> {
    let mut all: BTreeMap<(Option<SiteId>, SiteId), (f64, usize)> = BTreeMap::new();
    for moved in moves {
        let pair = all.entry((moved.from, moved.to)).or_default();
        pair.0 += moved.users;
        pair.1 += 1;
    }
    all
}

/// From where to where how many go in a wave, the most first: `Chicago to San Antonio: 60,000`.
pub(in crate::report) fn from_to(
    inventory: &Inventory,
    period: &PeriodPlan,
    wave: &Wave,
) -> Vec<String> {
    let moves: Vec<&Move> = wave
        .moves
        .iter()
        .map(|index| &period.moves[*index])
        .collect();
    let mut all: Vec<_> = from_to_counts(&moves).into_iter().collect();
    all.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.cmp(&b.0)));
    let site = |site: SiteId| inventory.site_name(site);
    let map = all.into_iter().map(|((from, to), (users, _))| {
        let from = from.map_or("(new)", site);
        format!("{from} to {}: {}", site(to), numbers::users(users))
    });
    map.collect()
}

impl<'a> TransitionWriter<'a> {
    /// Says instants of the transitions: with their dates if not all of them lie in one day.
    pub(in crate::report) fn clock(&self) -> Clock {
        let transitions = self.plan.transitions.iter();
        let flat_map = transitions.flat_map(|transition| {
            let begin = transition
                .remedies
                .iter()
                .filter_map(|remedy| match remedy {
                    Remedy::Begin { at, .. } => Some(*at),
                    _ => None,
                });
            begin.chain([transition.start, transition.end])
        });
        let turns = self.plan.hour_turns.iter();
        let turns = turns.flat_map(|turn| turn.start.into_iter().chain([turn.at]));
        Clock::of(self.scenario).telling(flat_map.chain(turns))
    }

    pub(super) fn period(&self, transition: &Transition) -> &'a PeriodPlan {
        &self.plan.periods[transition.period]
    }

    /// How many periods have begun at an instant.
    pub(super) fn begun(&self, at: Timestamp) -> usize {
        let periods = &self.plan.periods;
        periods.partition_point(|period| period.period.start <= at)
    }

    pub(super) fn waves_of(
        &self,
        period: usize,
    ) -> impl Iterator<Item = (&'a Transition, &'a Wave)> {
        let transitions = self.plan.transitions.iter();
        let transitions = transitions.filter(move |transition| transition.period == period);
        transitions
            .flat_map(|transition| transition.waves.iter().map(move |wave| (transition, wave)))
    }

    pub(super) fn wave(&self, period: usize, number: u32) -> Option<(&'a Transition, &'a Wave)> {
        let mut waves = self.waves_of(period);
        waves.find(|(_, wave)| wave.number == number)
    }

    pub(super) fn follows_hours(&self) -> bool {
        self.plan.before.case.hours.slice_count() > 1
    }

    pub(super) fn had_users(&self, period: usize, shard: ShardId) -> bool {
        let earlier = period.checked_sub(1);
        let earlier = earlier.map(|index| &self.plan.periods[index].case);
        let case = earlier.unwrap_or(&self.plan.before.case);
        case.users(shard.index()) > 0.0
    }

    pub(super) fn shard(&self, shard: ShardId) -> &'a str {
        self.inventory.shard_name(shard)
    }

    /// What a component is called in a sentence: its name, and of an access point that it is one, since sites often
    /// have the same names.
    pub(super) fn component(&self, component: ComponentId) -> String {
        let title = self.inventory.component_title(component);
        match self.inventory.component(component) {
            Component::AccessPoint(_) => format!("access point {title}"),
            _ => title.to_owned(),
        }
    }

    /// The same followed by the id, which configurations know: for operators who change it.
    pub(super) fn component_by_hand(&self, component: ComponentId) -> String {
        let id = self.inventory.component_name(component);
        if self.inventory.component_title(component) == id {
            id.to_owned()
        } else {
            format!("{} ({id})", self.component(component))
        }
    }

    /// `cpu of Chicago (chi)`.
    pub(super) fn used_by_hand(&self, component: ComponentId, resource: ResourceId) -> String {
        let name = self.component_by_hand(component);
        format!("{} of {name}", self.inventory.resource_name(resource))
    }

    pub(super) fn access_point_by_hand(&self, id: AccessPointId) -> String {
        self.component_by_hand(self.inventory.access_point_component(id))
    }

    /// What a site is called in a sentence: its name.
    pub(super) fn site(&self, site: SiteId) -> &'a str {
        self.inventory.site_name(site)
    }

    /// The same followed by its id where that is another word.
    pub(super) fn site_by_hand(&self, site: SiteId) -> String {
        let one_site = &self.inventory.sites[site.index()];
        if one_site.name == one_site.id {
            one_site.id.clone()
        } else {
            format!("{} ({})", one_site.name, one_site.id)
        }
    }

    /// The same of the site that users leave, if they had any.
    pub(super) fn site_left(&self, site: Option<SiteId>) -> String {
        site.map_or_else(|| "(new)".to_owned(), |site| self.site_by_hand(site))
    }

    /// `Wave 2 of 5`: among all waves of its period, as the files count them too.
    pub(in crate::report) fn numbered(&self, transition: &Transition, wave: &Wave) -> String {
        let transitions = self.plan.transitions.iter();
        let transitions = transitions.filter(|candidate| candidate.period == transition.period);
        let all: usize = transitions.map(|transition| transition.waves.len()).sum();
        format!("Wave {} of {}", wave.number, numbers::users(all as f64))
    }

    /// That waves take no time; what takes time and is not counted limits none: the work of opening sessions, and copying data.
    pub(super) fn unlimited(&self, transition: &Transition) -> &'static str {
        let mut profiles = self.inventory.profiles.iter();
        let opens = profiles.any(|profile| profile.session_cost > 0.0);
        let moves = &self.period(transition).moves;
        let mut moving = transition.wave_of_moves();
        let copies = moving.any(|(index, _)| moves[index].how == How::Copy);
        match (opens, copies) {
            (false, false) => "nothing limits how fast",
            (true, false) => {
                "no admission control limits how fast (the work of opening sessions is not counted)"
            }
            (false, true) => {
                "no admission control limits how fast (the time to copy data is not counted)"
            }
            (true, true) => {
                "no admission control limits how fast (the work of opening sessions and the time to copy data are not counted)"
            }
        }
    }

    /// Why most users move, and the sites that they leave for it where that is drained or failed: in the order of the
    /// scenario's events, then by how many leave.
    fn most(&self, transition: &Transition) -> Option<(Reason, Vec<SiteId>)> {
        let period = self.period(transition);
        let mut users: BTreeMap<(Reason, Option<SiteId>), f64> = BTreeMap::new();
        let others = self.plan.transitions.iter();
        let others = others.filter(|candidate| candidate.period == transition.period);
        let others = others.filter(|candidate| candidate.timing != transition.timing);
        let mut is_other = vec![false; period.moves.len()];
        for (moved, _) in others.flat_map(Transition::wave_of_moves) {
            is_other[moved] = true;
        }
        for (moved, is_other) in period.moves.iter().zip(is_other) {
            if !is_other {
                let from = match moved.reason {
                    Reason::Drained | Reason::Failed => moved.from,
                    _ => None,
                };
                *users.entry((moved.reason, from)).or_default() += moved.users;
            }
        }
        let most = users
            .iter()
            .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)));
        let ((reason, _), _) = most?;
        let left = users.iter().filter(|(key, _)| key.0 == *reason);
        let mut left: Vec<(SiteId, f64)> = left
            .filter_map(|(key, users)| Some((key.1?, *users)))
            .collect();
        left.sort_by(|a, b| {
            let order = self.event_of(a.0).cmp(&self.event_of(b.0));
            order.then(b.1.total_cmp(&a.1)).then(a.0.cmp(&b.0))
        });
        Some((*reason, left.into_iter().map(|(site, _)| site).collect()))
    }

    fn event_of(&self, site: SiteId) -> usize {
        let component = self.inventory.site_component(site);
        let events = &self.scenario.events;
        let takes = |event: &Event| {
            let mut reduced = event
                .reduction()
                .into_iter()
                .flat_map(|reduction| &reduction.components);
            reduced.any(|candidate| *candidate == component)
        };
        events.iter().position(takes).unwrap_or(events.len())
    }

    /// What a transition is, as the subject of a sentence: `Chicago's drain`, `the drain of Oslo and Rome`, `the return of
    /// 600,000 users`.
    pub fn subject(&self, transition: &Transition) -> String {
        let users = numbers::lost_users(transition.users);
        let leaving = |sites: &[SiteId], what: &str| match sites {
            [site] => format!("{}'s {what}", self.site(*site)),
            several => format!("the {what} of {}", self.inventory.listed_sites(several)),
        };
        match self.most(transition) {
            Some((Reason::Drained, from)) if !from.is_empty() => leaving(&from, "drain"),
            Some((Reason::Failed, from)) if !from.is_empty() => leaving(&from, "failover"),
            Some((Reason::Returned, _)) => format!("the return of {users}"),
            Some((Reason::Placed, _)) => format!("the placing of {users}"),
            Some(_) => format!("the move of {users}"),
            None if transition.restored > NOBODY => format!("the return to service of {users}"),
            None => "a change of weights".to_owned(),
        }
    }
}

/// A length of time as people say it, rounded up to whole minutes; below one minute in seconds.
///
/// ```
/// use plimsoll::report::waves::duration;
/// assert_eq!(duration(12_000.0), "3 h 20 min");
/// assert_eq!(duration(3_600.0), "1 h");
/// assert_eq!(duration(300.0), "5 min");
/// assert_eq!(duration(42.0), "42 s");
/// assert_eq!(duration(0.0), "no time");
/// assert_eq!(duration(200_000.0), "55 h 34 min");
/// ```
pub fn duration(seconds: f64) -> String {
    if seconds <= 0.0 {
        return "no time".to_owned();
    }
    if seconds < 60.0 {
        return format!("{} s", numbers::users(seconds.ceil()));
    }
    let minutes = (seconds / 60.0 - 1e-9).ceil();
    let hours = (minutes / 60.0).floor();
    let rest = minutes - hours * 60.0;
    match (hours > 0.0, rest > 0.0) {
        (true, true) => format!("{} h {rest} min", numbers::users(hours)),
        (true, false) => format!("{} h", numbers::users(hours)),
        _ => format!("{rest} min"),
    }
}

/// The same to the second: `9 min 32 s`, `1 h 2 min 5 s`.
pub(super) fn exact_duration(seconds: f64) -> String {
    let seconds = (seconds - 1e-9).ceil();
    let rest = seconds % 60.0;
    match (seconds >= 60.0, rest > 0.0) {
        (true, true) => format!("{} {rest} s", duration(seconds - rest)),
        _ => duration(seconds),
    }
}

/// The same of what nothing is below: `1 min 10 s`, and `1 h 20 min` of minutes that have begun.
pub(super) fn duration_down(seconds: f64) -> String {
    let seconds = (seconds + 1e-9).floor();
    let rest = seconds % 60.0;
    let whole = duration(seconds - rest);
    match (seconds >= 60.0, rest > 0.0) {
        (false, _) => duration(seconds),
        (true, true) if seconds < 600.0 => format!("{whole} {rest} s"),
        (true, _) => whole,
    }
}

/// By how much a load is above what is left of the capacity; `None` if it is not.
///
/// A difference too small to be seen is said in words.
pub(super) fn excess(fullness: &Fullness) -> Option<String> {
    let excess = fullness.load - fullness.capacity;
    let is_seen = numbers::is_above(fullness.load / fullness.capacity);
    (excess > 0.0).then(|| {
        if is_seen {
            format!("{} over capacity", numbers::amount(excess))
        } else {
            "barely over capacity".to_owned()
        }
    })
}

/// `1,040 of 1,000 vCPU`: a load and what is left of the capacity, with as many digits as show the difference where the load is more.
pub(super) fn of_capacity(fullness: &Fullness, unit: &str) -> String {
    let [load, capacity] = [fullness.load, fullness.capacity];
    let unit = only_if(!unit.is_empty(), || format!(" {unit}"));
    let [one_text, left] = [load, capacity].map(numbers::amount);
    if one_text != left || !numbers::is_above(load / capacity) {
        return format!("{one_text} of {left}{unit}");
    }
    let shown = one_text
        .split_once('.')
        .map_or(0, |(_, digits)| digits.len());
    let mut apart = (shown + 1..12).map(|digits| {
        [load, capacity].map(|amount| {
            let text = format!("{amount:.digits$}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        })
    });
    let apart = apart.find(|[text, left]| text != left);
    let [text, left] = apart.unwrap_or([one_text, left]);
    format!("{text} of {left}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ComponentId, ResourceId};

    fn brought(load: f64, capacity: f64) -> Fullness {
        Fullness {
            component: ComponentId(0),
            resource: ResourceId(0),
            begun_load: 0.0,
            load,
            stop_load: 0.0,
            capacity,
            with_retries: false,
        }
    }

    fn to(load: f64) -> Option<String> {
        excess(&brought(load, 160.0))
    }

    #[test]
    fn no_difference_of_zero_is_reported() {
        assert_eq!(to(170.0).as_deref(), Some("10 over capacity"));
        assert_eq!(to(160.01).as_deref(), Some("0.01 over capacity"));
        let barely = Some("barely over capacity");
        assert_eq!(to(160.000_000_1).as_deref(), barely);
        assert_eq!(to(160.0), None);
        assert_eq!(to(157.0), None);
    }

    #[test]
    fn a_load_is_distinguished_from_what_there_is() {
        let texts = [
            (1.0537, 1.05),
            (1.05, 1.05),
            (160.01, 160.0),
            (170.0, 160.0),
            (10.142_36, 10.142_3),
        ]
        .map(|(value, capacity)| of_capacity(&brought(value, capacity), ""));
        let apart = [
            "1.054 of 1.05",
            "1.05 of 1.05",
            "160.01 of 160",
            "170 of 160",
            "10.1424 of 10.1423",
        ];
        assert_eq!(texts, apart);
    }
}
