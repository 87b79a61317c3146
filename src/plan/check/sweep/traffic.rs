//! Traffic: what users ask for along their path and where they are served; and what a plan of a case comes to.
//!
//! Rows of loads are summed from traffic, whether a plan sends the users or a rule.

use super::super::certificate::{CapacityRow, LoadPlace};
use super::super::context::RefereeContext;
use super::super::headroom::Shortfalls;
use super::super::load::share_of_served;
use super::super::period::PeriodState;
use super::super::stages::Levels;
use super::basis::{Basis, CasePaths, DefaultPlace, Defaults, DemandingUsers, Who};
use super::witness::{DisplacedInCase, mean_latency};
use crate::ids::{AccessPointId, LinkId, ProfileId};
use crate::model::{Inventory, LinkEnd};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// What users ask for in some slices of the hours.
pub(super) struct Traffic<'a> {
    context: &'a RefereeContext<'a>,
    slices: usize,
    /// By profile, as retries are: by slice, then by where it is, then by resource; `None` if nobody has the profile.
    of_profile: Vec<Option<Vec<f64>>>,
    /// By access point, users who enter there.
    pub(super) entering: Vec<f64>,
}

impl<'a> Traffic<'a> {
    /// Nobody is anywhere.
    pub(super) fn new(context: &'a RefereeContext<'a>, slices: usize) -> Self {
        let inventory = context.inventory;
        Self {
            context,
            slices,
            of_profile: vec![None; inventory.profiles.len()],
            entering: vec![0.0; inventory.access_points.len()],
        }
    }

    /// The position of a place: links stand before places.
    fn at_place(&self, place: usize) -> usize {
        self.context.inventory.links.len() + place
    }

    /// The position of a site whose users have a copy there, or none: they stand after places.
    fn at_site(&self, site: usize, has_copy: bool) -> usize {
        self.at_place(self.context.place_count()) + 2 * site + usize::from(has_copy)
    }

    /// Where a resource stands at a position, in a slice.
    fn index(&self, slice: usize, position: usize, resource: usize) -> usize {
        let inventory = self.context.inventory;
        let positions = self.at_site(inventory.sites.len(), false);
        (slice * positions + position) * inventory.resources.len() + resource
    }

    /// Adds what users demand at a position.
    fn add(&mut self, slice: usize, position: usize, users: DemandingUsers<'_>) {
        let begin = self.index(slice, position, 0);
        let end = self.index(self.slices, 0, 0);
        let all = &mut self.of_profile[users.profile.index()];
        let all = all.get_or_insert_with(|| vec![0.0; end]);
        for (value, demand) in all[begin..].iter_mut().zip(users.demand) {
            *value += users.count * demand;
        }
    }

    /// Adds users, less than none of them to take some away, on a link and at the place where it ends.
    pub(super) fn pass(&mut self, slice: usize, link: LinkId, users: DemandingUsers<'_>) {
        let place = end_of(self.context, link);
        self.add(slice, link.index(), users);
        self.add(slice, self.at_place(place), users);
    }

    /// Adds users who are served at a site.
    pub(super) fn serve(
        &mut self,
        slice: usize,
        (site, has_copy): (usize, bool),
        users: DemandingUsers<'_>,
    ) {
        self.add(slice, self.at_site(site, has_copy), users);
    }

    /// The load of a row in a slice, in the resource's unit; 0 at an access point that stays on standby.
    pub(super) fn load(&self, row: &CapacityRow, in_slice: &PeriodState, slice: usize) -> f64 {
        let context = self.context;
        if let LoadPlace::Entry(index) = row.stands
            && row.may_be_closed
            && self.entering[index] <= NOBODY
        {
            return 0.0;
        }
        let profiles = self.of_profile.iter().enumerate();
        let brought = profiles.filter_map(|(profile, all)| {
            let (profile, all) = (ProfileId::new(profile), all.as_ref()?);
            let brought = |position: usize, share| {
                let demand = all[self.index(slice, position, row.resource)];
                row.brought(context, (demand, profile), share)
            };
            Some(match row.stands {
                LoadPlace::Site(site) => {
                    let [without, with] = [false, true].map(|has_copy| {
                        let share = share_of_served(in_slice, site, row.resource, has_copy);
                        brought(self.at_site(site, has_copy), share)
                    });
                    without + with
                }
                LoadPlace::Link(link) => brought(link, 1.0),
                LoadPlace::Place(place) => brought(self.at_place(place), 1.0),
                LoadPlace::Entry(index) => {
                    let place = place_of_entry(context, index);
                    brought(self.at_place(place), 1.0)
                }
            })
        });
        (row.fixed + brought.sum::<f64>() / row.shares).max(0.0)
    }
}

/// The place where a link ends.
pub(super) fn end_of(context: &RefereeContext, link: LinkId) -> usize {
    context.place_index(context.inventory.links[link.index()].to)
}

/// The place of an access point.
pub(super) fn place_of_entry(context: &RefereeContext, index: usize) -> usize {
    context.place_index(LinkEnd::AccessPoint(AccessPointId::new(index)))
}

/// What a plan of a case comes to.
pub(super) struct CaseOutcome {
    pub(super) levels: Levels,
    /// By row, in the resource's unit.
    pub(super) loads: Vec<f64>,
    /// By access point, users who enter there.
    pub(super) entering: Vec<f64>,
    /// By row, the share of its target that is missing beyond what was missing before.
    pub(super) missing: Vec<f64>,
    /// Who is unserved and how many they are, infinitely many where there is no doubt about it. Ascending.
    pub(super) unserved: BTreeMap<Who, f64>,
    /// By rank: unserved users that no site can serve where they may be; `None` where a rule answers.
    pub(super) no_site: Option<BTreeMap<u32, f64>>,
}

impl CaseOutcome {
    /// Nobody is anywhere, and nobody is unserved.
    pub(super) fn nothing(basis: &Basis<'_>, rows: usize) -> Self {
        let ranks = basis.alike.ranks.iter();
        Self {
            levels: Levels {
                unserved: ranks.map(|rank| (*rank, 0.0)).collect(),
                relief: 0.0,
                shortfalls: Shortfalls {
                    worst: 0.0,
                    total: 0.0,
                    missed_before: [0; 2],
                    is_known: basis.before.is_known,
                },
                opened: 0.0,
                copied: 0.0,
                moved: 0.0,
                latency: 0.0,
            },
            loads: vec![0.0; rows],
            entering: vec![0.0; basis.context.inventory.access_points.len()],
            missing: Vec::new(),
            unserved: BTreeMap::new(),
            no_site: None,
        }
    }

    /// Takes over what is missing of every row, and counts access points that are opened.
    pub(super) fn close(&mut self, inventory: &Inventory, missing: Vec<f64>) {
        self.levels.shortfalls.worst = missing.iter().copied().fold(0.0, f64::max);
        let is_opened = |index: &usize| self.entering[*index] > NOBODY;
        self.levels.opened = standby(inventory).filter(is_opened).count() as f64;
        self.missing = missing;
    }

    /// The plan in which all but the displaced are on their default paths.
    pub(super) fn of_plan(
        paths: &CasePaths<'_, '_>,
        defaults: &Defaults,
        displaced: &[DisplacedInCase],
    ) -> Self {
        let rows = &paths.rows;
        let mut count = PlanCount::new(paths, defaults);
        for displaced_in_case in displaced {
            count.displace(displaced_in_case);
        }
        let (mut outcome, traffic) = count.whole();
        let loads = rows.iter();
        let loads = loads.map(|row| traffic.load(row, &paths.slices[row.slice], row.slice));
        outcome.loads = loads.collect();
        outcome.entering = traffic.entering;
        let both = rows.iter().zip(&outcome.loads);
        let missing: Vec<f64> = both.map(|(row, load)| row.missing(*load)).collect();
        let of_users = |(row, share): (&CapacityRow, &f64)| {
            let mean = paths.situation.demanded.mean[row.resource];
            if mean > 0.0 {
                share * row.target * row.capacity / mean
            } else {
                0.0
            }
        };
        outcome.levels.shortfalls.total = rows.iter().zip(&missing).map(of_users).sum();
        outcome.close(paths.basis.context.inventory, missing);
        outcome
    }
}

/// Access points on standby.
pub(super) fn standby(inventory: &Inventory) -> impl Iterator<Item = usize> + '_ {
    let all = inventory.access_points.iter().enumerate();
    all.filter(|(_, row)| row.state.is_on_standby())
        .map(|(index, _)| index)
}

/// A position among those who are alike, or among residents, in four bytes.
pub(super) fn number(position: usize) -> u32 {
    u32::try_from(position).expect("invariant: the readers refuse tables of 2^32 rows")
}

/// What is counted user by user.
struct PlanCount<'p, 'c, 'a> {
    paths: &'p CasePaths<'c, 'a>,
    defaults: &'p Defaults,
    outcome: CaseOutcome,
    /// By demand, client region, access point and site: who is on default paths.
    on_default: BTreeMap<(usize, usize, usize, usize), f64>,
    /// Who is on another path, and who is served where.
    traffic: Traffic<'a>,
    /// By those who are alike, who are on their default path.
    staying: Vec<f64>,
}

impl<'p, 'c, 'a> PlanCount<'p, 'c, 'a> {
    /// Everybody on the default path.
    fn new(routes: &'p CasePaths<'c, 'a>, defaults: &'p Defaults) -> Self {
        let basis = routes.basis;
        let mut no_site: BTreeMap<u32, f64> = BTreeMap::new();
        let users = (0..defaults.len()).map(|id| basis.alike.users(id).iter().sum());
        let mut count = Self {
            paths: routes,
            defaults,
            outcome: CaseOutcome::nothing(basis, routes.rows.len()),
            on_default: BTreeMap::new(),
            traffic: Traffic::new(basis.context, routes.slices.len()),
            staying: users.collect(),
        };
        for (id, stay) in defaults.iter().enumerate() {
            if let Some(stay) = stay {
                count.stay(id, *stay, count.staying[id]);
                continue;
            }
            let unserved = &mut count.outcome.levels.unserved;
            for (rank, users) in basis.alike.ranks.iter().zip(basis.alike.users(id)) {
                *unserved.entry(*rank).or_default() += users;
                *no_site.entry(*rank).or_default() += users;
            }
            let who = (number(id), None);
            count.outcome.unserved.insert(who, f64::INFINITY);
        }
        count.outcome.no_site = Some(no_site);
        count
    }

    /// Users, less than none of them to take some away, on their default path.
    fn stay(&mut self, alike: usize, stay: DefaultPlace, users: f64) {
        let group = self.paths.basis.alike.group(alike);
        let path = (group.demand, group.region, stay.access_point, stay.site);
        *self.on_default.entry(path).or_default() += users;
        self.serve(alike, stay.site, users);
        self.outcome.levels.latency += users * stay.latency;
    }

    /// Users who are served at a site.
    fn serve(&mut self, alike: usize, site: usize, users: f64) {
        let basis = self.paths.basis;
        let at = (site, basis.has_copy(alike, site));
        for slice in 0..self.paths.slices.len() {
            let users = basis.demanding(alike, slice, users);
            self.traffic.serve(slice, at, users);
        }
    }

    /// Takes users from their default path.
    fn displace(&mut self, displaced_in_case: &DisplacedInCase) {
        let Some(stay) = self.defaults[displaced_in_case.alike] else {
            return;
        };
        let basis = self.paths.basis;
        self.stay(displaced_in_case.alike, stay, -displaced_in_case.users);
        self.staying[displaced_in_case.alike] -= displaced_in_case.users;
        let [first, ..] = displaced_in_case.legs.as_slice() else {
            let rank = basis.context.inventory.tiers[displaced_in_case.tier.index()].rank;
            let unserved = &mut self.outcome.levels.unserved;
            *unserved.entry(rank).or_default() += displaced_in_case.users;
            let who = (
                number(displaced_in_case.alike),
                Some((displaced_in_case.tier.0, displaced_in_case.has_limit)),
            );
            self.outcome.unserved.insert(who, f64::INFINITY);
            return;
        };
        let hours = &self.paths.situation.case.hours;
        for slice in 0..self.paths.slices.len() {
            let users = basis.demanding(displaced_in_case.alike, slice, displaced_in_case.users);
            let leg = displaced_in_case.legs.get(slice).unwrap_or(first);
            for link in &leg.links {
                self.traffic.pass(slice, *link, users);
            }
            self.traffic.entering[leg.access_point.index()] +=
                hours.weight(slice) * displaced_in_case.users;
        }
        let site = first.site.index();
        self.serve(displaced_in_case.alike, site, displaced_in_case.users);
        self.outcome.levels.latency +=
            displaced_in_case.users * mean_latency(&displaced_in_case.legs, hours);
        self.count_if_elsewhere(displaced_in_case.alike, site, displaced_in_case.users);
    }

    /// Counts users of those who are alike at a site, if that is elsewhere than where they are.
    fn count_if_elsewhere(&mut self, alike: usize, site: usize, users: f64) {
        let alike_shards = &self.paths.basis.alike.all[alike];
        if alike_shards
            .current
            .is_none_or(|current| current.index() == site)
        {
            return;
        }
        let levels = &mut self.outcome.levels;
        levels.moved += users;
        if !self.paths.basis.has_copy(alike, site) {
            levels.copied += users;
        }
        if !self.paths.is_affected(alike) {
            levels.relief += users;
        }
    }

    /// Adds those on default paths to those on others.
    fn whole(mut self) -> (CaseOutcome, Traffic<'a>) {
        let (defaults, roads, basis) = (self.defaults, self.paths.roads, self.paths.basis);
        for (id, stay) in defaults.iter().enumerate() {
            if let Some(stay) = stay {
                self.count_if_elsewhere(id, stay.site, self.staying[id]);
            }
        }
        for ((demand, region, entry, site), count) in self.on_default {
            let kind = roads.kind(basis.alike.demands[demand].profile);
            self.traffic.entering[entry] += count;
            for link in roads.fastest_links(kind, (region, entry, site)) {
                for slice in 0..self.paths.slices.len() {
                    let users = basis.of_demand(demand, slice, count);
                    self.traffic.pass(slice, link, users);
                }
            }
        }
        (self.outcome, self.traffic)
    }
}
