//! What sentences about transitions are made of: names, instants, counts, and what a transition is called.

use crate::ids::{AccessPointId, ComponentId, ResourceId, ShardId, SiteId};
use crate::model::{Component, Event, Inventory, Scenario};
use crate::plan::{Move, PeriodPlan, Plan, Remedy, Transition, Wave};
use crate::plan_files::Reason;
use crate::report::grammar::{count, listed};
use crate::report::numbers;
use crate::report::span::Clock;
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Shards, steps of one kind, and components of one mark, that are named one by one.
pub(super) const NAMED: usize = 12;

/// Who tells of the transitions of a plan.
#[derive(Debug, Clone, Copy)]
pub struct WayTeller<'a> {
    /// Names come from here.
    pub inventory: &'a Inventory,
    /// Its offset and what it allows.
    pub scenario: &'a Scenario,
    /// What is told of.
    pub plan: &'a Plan,
}

/// `1 wave`, `12 waves`.
pub(in crate::report) fn waves(number: usize) -> String {
    count(number, "wave")
}

/// How many shards move, in whole or in part.
pub(super) fn shards_of(moves: &[&Move]) -> String {
    let shards: BTreeSet<ShardId> = moves.iter().map(|own| own.shard).collect();
    count(shards.len(), "shard")
}

/// Users and shards by way.
pub(super) fn ways(moves: &[&Move]) -> BTreeMap<(Option<SiteId>, SiteId), (f64, usize)> {
    let mut all: BTreeMap<(Option<SiteId>, SiteId), (f64, usize)> = BTreeMap::new();
    for moved in moves {
        let own = all.entry((moved.from, moved.to)).or_default();
        own.0 += moved.users;
        own.1 += 1;
    }
    all
}

/// From where to where how many go in a wave, the most first: `Chicago to San Antonio: 60,000`.
pub(in crate::report) fn from_to(
    inventory: &Inventory,
    period: &PeriodPlan,
    wave: &Wave,
) -> Vec<String> {
    let moves: Vec<&Move> = wave.moves.iter().map(|own| &period.moves[*own]).collect();
    let mut all: Vec<_> = ways(&moves).into_iter().collect();
    all.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.cmp(&b.0)));
    let site = |site: SiteId| inventory.site_name(site);
    let told = all.into_iter().map(|((from, to), (users, _))| {
        let from = from.map_or("(new)", site);
        format!("{from} to {}: {}", site(to), numbers::users(users))
    });
    told.collect()
}

impl<'a> WayTeller<'a> {
    /// Says instants of the ways: with their dates if not all of them lie in one day.
    pub(in crate::report) fn clock(&self) -> Clock {
        let ways = self.plan.transitions.iter();
        let told = ways.flat_map(|own| {
            let begin = own.remedies.iter().filter_map(|remedy| match remedy {
                Remedy::Begin { at, .. } => Some(*at),
                _ => None,
            });
            begin.chain([own.start, own.end])
        });
        let turns = self.plan.hour_turns.iter();
        let turns = turns.flat_map(|own| own.start.into_iter().chain([own.at]));
        Clock::of(self.scenario).telling(told.chain(turns))
    }

    pub(super) fn period(&self, transition: &Transition) -> &'a PeriodPlan {
        &self.plan.periods[transition.period]
    }

    /// How many periods have begun at an instant.
    pub(super) fn begun(&self, at: Timestamp) -> usize {
        let periods = &self.plan.periods;
        periods.partition_point(|own| own.period.start <= at)
    }

    /// The waves that lead to a period.
    pub(super) fn waves_of(
        &self,
        period: usize,
    ) -> impl Iterator<Item = (&'a Transition, &'a Wave)> {
        let ways = self.plan.transitions.iter();
        let ways = ways.filter(move |own| own.period == period);
        ways.flat_map(|own| own.waves.iter().map(move |wave| (own, wave)))
    }

    /// A wave that leads to a period, by its number.
    pub(super) fn wave(&self, period: usize, number: u32) -> Option<(&'a Transition, &'a Wave)> {
        let mut waves = self.waves_of(period);
        waves.find(|(_, wave)| wave.number == number)
    }

    /// `true` if demand is not the same at all hours.
    pub(super) fn follows_hours(&self) -> bool {
        self.plan.before.case.hours.slice_count() > 1
    }

    /// `true` if a shard had users before a period.
    pub(super) fn had_users(&self, period: usize, shard: ShardId) -> bool {
        let earlier = period.checked_sub(1);
        let earlier = earlier.map(|own| &self.plan.periods[own].case);
        let case = earlier.unwrap_or(&self.plan.before.case);
        case.users(shard.index()) > 0.0
    }

    /// The id of a shard.
    pub(super) fn shard(&self, shard: ShardId) -> &'a str {
        self.inventory.shard_name(shard)
    }

    /// The id of a resource, and its unit.
    pub(super) fn resource(&self, resource: ResourceId) -> (&'a str, &'a str) {
        let row = &self.inventory.resources[resource.index()];
        (&row.id, &row.unit)
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

    /// The same with the id behind it, which configurations know: for somebody who does something to it.
    pub(super) fn component_by_hand(&self, component: ComponentId) -> String {
        let id = self.inventory.component_name(component);
        if self.inventory.component_title(component) == id {
            id.to_owned()
        } else {
            format!("{} ({id})", self.component(component))
        }
    }

    /// The same of an access point.
    pub(super) fn access_point_by_hand(&self, id: AccessPointId) -> String {
        self.component_by_hand(self.inventory.access_point_component(id))
    }

    /// What a site is called in a sentence: its name.
    pub(super) fn site(&self, site: SiteId) -> &'a str {
        self.inventory.site_name(site)
    }

    /// The same with its id behind it where that is another word.
    pub(super) fn site_by_hand(&self, site: SiteId) -> String {
        let own = &self.inventory.sites[site.index()];
        if own.name == own.id {
            own.id.clone()
        } else {
            format!("{} ({})", own.name, own.id)
        }
    }

    /// The same of the site that users leave, if they had any.
    pub(super) fn site_left(&self, site: Option<SiteId>) -> String {
        site.map_or_else(|| "(new)".to_owned(), |own| self.site_by_hand(own))
    }

    /// `Oslo`, `Oslo and Rome`, `Oslo, Rome and Wien`.
    pub(super) fn sites(&self, sites: &[SiteId]) -> String {
        let names = sites.iter().map(|site| self.site(*site));
        listed(&names.collect::<Vec<_>>())
    }

    /// `Wave 2 of 5`: among all waves of its period, as the files count them too.
    pub(in crate::report) fn numbered(&self, transition: &Transition, wave: &Wave) -> String {
        let ways = self.plan.transitions.iter();
        let ways = ways.filter(|own| own.period == transition.period);
        let all: usize = ways.map(|own| own.waves.len()).sum();
        format!("Wave {} of {}", wave.number, numbers::users(all as f64))
    }

    /// That waves take no time; the work of opening sessions limits none, where there is such.
    pub(super) fn unlimited(&self) -> &'static str {
        let mut profiles = self.inventory.profiles.iter();
        if profiles.any(|own| own.session_cost > 0.0) {
            "no gate limits how fast (the work of opening sessions is not counted)"
        } else {
            "nothing limits how fast"
        }
    }

    /// Why most users move, and the sites that they leave for it where that is drained or failed: in the order of the
    /// scenario's events, then by how many leave.
    fn most(&self, transition: &Transition) -> Option<(Reason, Vec<SiteId>)> {
        let period = self.period(transition);
        let mut users: BTreeMap<(Reason, Option<SiteId>), f64> = BTreeMap::new();
        let others = self.plan.transitions.iter();
        let others = others.filter(|own| own.period == transition.period);
        let others = others.filter(|own| own.timing != transition.timing);
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

    /// The position of the first event that takes a site, behind all of them if none names it.
    fn event_of(&self, site: SiteId) -> usize {
        let component = self.inventory.site_component(site);
        let events = &self.scenario.events;
        let takes = |own: &Event| {
            let mut reduced = own.reduction().into_iter().flat_map(|own| &own.components);
            reduced.any(|own| *own == component)
        };
        events.iter().position(takes).unwrap_or(events.len())
    }

    /// What a transition is, as the subject of a sentence: `Chicago's drain`, `the drain of Oslo and Rome`, `the return of
    /// 600,000 users`.
    pub fn subject(&self, transition: &Transition) -> String {
        let users = numbers::lost_users(transition.users);
        let leaving = |sites: &[SiteId], what: &str| match sites {
            [site] => format!("{}'s {what}", self.site(*site)),
            several => format!("the {what} of {}", self.sites(several)),
        };
        match self.most(transition) {
            Some((Reason::Drained, from)) if !from.is_empty() => leaving(&from, "drain"),
            Some((Reason::Failed, from)) if !from.is_empty() => leaving(&from, "failover"),
            Some((Reason::Returned, _)) => format!("the return of {users}"),
            Some((Reason::Placed, _)) => format!("the placing of {users}"),
            Some(_) => format!("the move of {users}"),
            None if transition.restored > NOBODY => format!("the return to service of {users}"),
            None => "steering users anew".to_owned(),
        }
    }
}
