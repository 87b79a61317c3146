//! Traffic: what users ask for on their way and where they are served; and outcome: what a plan of a case comes to.
//!
//! Rows of loads are summed from traffic, whether a plan sends the users or a rule.

use super::super::affected::Affected;
use super::super::certificate::{Row, Stands};
use super::super::context::RefereeContext;
use super::super::headroom::Shortfalls;
use super::super::load::share_of_served;
use super::super::period::PeriodState;
use super::super::stages::Levels;
use super::basis::{Basis, CaseWays, DefaultWay, Defaults, DemandingUsers};
use super::witness::{DisplacedInCase, PathStep};
use crate::ids::{AccessPointId, ProfileId};
use crate::model::{AccessPointState, Inventory, LinkEnd};
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

    /// The position of a site whose users have a copy there, or none: they stand behind places.
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
        for (own, demand) in all[begin..].iter_mut().zip(users.demand) {
            *own += users.count * demand;
        }
    }

    /// Adds users, less than none of them to take some away, on a link and at the place where it ends.
    pub(super) fn pass(&mut self, slice: usize, step: PathStep, users: DemandingUsers<'_>) {
        self.add(slice, step.link as usize, users);
        self.add(slice, self.at_place(step.place as usize), users);
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
    pub(super) fn load(&self, row: &Row, in_slice: &PeriodState, slice: usize) -> f64 {
        let context = self.context;
        if let Stands::Entry(index) = row.stands
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
                Stands::Site(site) => {
                    let [without, with] = [false, true].map(|has_copy| {
                        let share = share_of_served(in_slice, site, row.resource, has_copy);
                        brought(self.at_site(site, has_copy), share)
                    });
                    without + with
                }
                Stands::Link(link) => brought(link, 1.0),
                Stands::Place(place) => brought(self.at_place(place), 1.0),
                Stands::Entry(index) => {
                    let id = LinkEnd::AccessPoint(AccessPointId::new(index));
                    brought(self.at_place(context.place_index(id)), 1.0)
                }
            })
        });
        (row.fixed + brought.sum::<f64>() / row.shares).max(0.0)
    }
}

/// Users who are told apart by whether they are served: a position among those who are alike, or among the folks of a
/// plan; and a tier with whether they have a latency limit of their own, `None` for any.
pub(super) type Who = (u32, Option<(u32, bool)>);

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
    /// By rank: unserved users whom no site can serve where they may be; `None` where a rule answers.
    pub(super) no_site: Option<BTreeMap<u32, f64>>,
}

impl CaseOutcome {
    /// Nobody is anywhere, and nobody is unserved.
    pub(super) fn nothing(basis: &Basis<'_>, rows: usize) -> Self {
        let ranks = basis.crowds.ranks.iter();
        let unserved: BTreeMap<u32, f64> = ranks.map(|rank| (*rank, 0.0)).collect();
        Self {
            levels: Levels {
                unserved,
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

    /// Unserved users of all ranks.
    pub(super) fn unserved_users(&self) -> f64 {
        self.levels.unserved.values().sum()
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
        ways: &CaseWays<'_, '_>,
        affected: &mut Affected<'_>,
        defaults: &Defaults,
        displaced: &[DisplacedInCase],
    ) -> Self {
        let rows = &ways.rows;
        let mut count = PlanCount::new(ways, affected, defaults);
        for own in displaced {
            count.displace(own);
        }
        count.who_is_elsewhere();
        count.whole_traffic();
        let (mut outcome, traffic) = (count.outcome, count.traffic);
        let loads = rows
            .iter()
            .map(|row| traffic.load(row, &ways.slices[row.slice], row.slice));
        outcome.loads = loads.collect();
        outcome.entering = traffic.entering;
        let both = rows.iter().zip(&outcome.loads);
        let missing: Vec<f64> = both.map(|(row, load)| row.missing(*load)).collect();
        let of_users = |(row, share): (&Row, &f64)| {
            let mean = ways.situation.demanded.mean[row.resource];
            if mean > 0.0 {
                share * row.target * row.capacity / mean
            } else {
                0.0
            }
        };
        outcome.levels.shortfalls.total = rows.iter().zip(&missing).map(of_users).sum();
        outcome.close(ways.basis.context.inventory, missing);
        outcome
    }
}

/// Access points on standby.
pub(super) fn standby(inventory: &Inventory) -> impl Iterator<Item = usize> + '_ {
    let all = inventory.access_points.iter().enumerate();
    all.filter(|(_, row)| row.state == AccessPointState::Standby)
        .map(|(index, _)| index)
}

/// A position among those who are alike, or among folks, in four bytes.
pub(super) fn number(position: usize) -> u32 {
    u32::try_from(position).expect("invariant: the readers refuse tables of 2^32 rows")
}

/// What is counted user by user.
struct PlanCount<'c, 'w, 'a, 'f> {
    ways: &'c CaseWays<'w, 'a>,
    affected: &'c mut Affected<'f>,
    defaults: &'c Defaults,
    outcome: CaseOutcome,
    /// By demand, client region, access point and site: who is on default paths.
    on_default: BTreeMap<(usize, usize, u32, u32), f64>,
    /// Who is on another path, and who is served where.
    traffic: Traffic<'a>,
    /// By those who are alike, who are on their default path.
    staying: Vec<f64>,
}

impl<'c, 'w, 'a, 'f> PlanCount<'c, 'w, 'a, 'f> {
    /// Everybody on the default path.
    fn new(
        ways: &'c CaseWays<'w, 'a>,
        affected: &'c mut Affected<'f>,
        defaults: &'c Defaults,
    ) -> Self {
        let basis = ways.basis;
        let mut count = Self {
            ways,
            affected,
            defaults,
            outcome: CaseOutcome::nothing(basis, ways.rows.len()),
            on_default: BTreeMap::new(),
            traffic: Traffic::new(basis.context, ways.slices.len()),
            staying: (0..defaults.stays.len())
                .map(|id| basis.users(id))
                .collect(),
        };
        let mut no_site: BTreeMap<u32, f64> = BTreeMap::new();
        for (id, stay) in defaults.stays.iter().enumerate() {
            if let Some(stay) = stay {
                count.stay(id, *stay, count.staying[id]);
                continue;
            }
            let unserved = &mut count.outcome.levels.unserved;
            for (rank, users) in basis.crowds.ranks.iter().zip(basis.crowds.users(id)) {
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
    fn stay(&mut self, alike: usize, stay: DefaultWay, users: f64) {
        let crowds = &self.ways.basis.crowds;
        let group = crowds.group(alike);
        let path = (group.demand, group.region, stay.access_point, stay.site);
        *self.on_default.entry(path).or_default() += users;
        self.serve(alike, stay.site as usize, users);
        self.outcome.levels.latency += users * stay.latency;
    }

    /// Users who are served at a site.
    fn serve(&mut self, alike: usize, site: usize, users: f64) {
        let basis = self.ways.basis;
        let demand = basis.crowds.group(alike).demand;
        let at = (site, basis.has_copy(alike, site));
        for slice in 0..self.ways.slices.len() {
            let users = basis.users_of_demand(demand, slice, users);
            self.traffic.serve(slice, at, users);
        }
    }

    /// Takes users from their default path.
    fn displace(&mut self, own: &DisplacedInCase) {
        let Some(stay) = self.defaults.stays[own.alike] else {
            return;
        };
        let basis = self.ways.basis;
        self.stay(own.alike, stay, -own.users);
        self.staying[own.alike] -= own.users;
        let Some(route) = &own.route else {
            let rank = basis.context.inventory.tiers[own.tier.index()].rank;
            let unserved = &mut self.outcome.levels.unserved;
            *unserved.entry(rank).or_default() += own.users;
            let who = (number(own.alike), Some((own.tier.0, own.has_limit)));
            self.outcome.unserved.insert(who, f64::INFINITY);
            return;
        };
        let demand = basis.crowds.group(own.alike).demand;
        for slice in 0..self.ways.slices.len() {
            let users = basis.users_of_demand(demand, slice, own.users);
            let leg = route.leg(slice);
            for step in &leg.steps {
                self.traffic.pass(slice, *step, users);
            }
            let of_time = self.ways.situation.case.hours.weight(slice);
            self.traffic.entering[leg.access_point] += of_time * own.users;
        }
        self.serve(own.alike, route.site, own.users);
        self.outcome.levels.latency += own.users * route.latency;
        self.count_if_elsewhere((own.alike, route.site), own.users);
    }

    /// Counts those whose default path ends elsewhere than where they are.
    fn who_is_elsewhere(&mut self) {
        for (id, stay) in self.defaults.stays.iter().enumerate() {
            if let Some(stay) = stay {
                self.count_if_elsewhere((id, stay.site as usize), self.staying[id]);
            }
        }
    }

    /// Counts users of those who are alike at a site, if that is elsewhere than where they are.
    fn count_if_elsewhere(&mut self, (alike, site): (usize, usize), users: f64) {
        let basis = self.ways.basis;
        let own = &basis.alike.all[alike];
        let Some(current) = own.current.filter(|current| current.index() != site) else {
            return;
        };
        let levels = &mut self.outcome.levels;
        levels.moved += users;
        if !basis.has_copy(alike, site) {
            levels.copied += users;
        }
        if !self.affected.is_affected(own.shard, current) {
            levels.relief += users;
        }
    }

    /// Adds those on default paths to those on others.
    fn whole_traffic(&mut self) {
        let (roads, basis) = (self.ways.roads, self.ways.basis);
        for ((demand, region, entry, site), count) in std::mem::take(&mut self.on_default) {
            let kind = roads.kind(basis.crowds.demands[demand].profile);
            let entry = entry as usize;
            self.traffic.entering[entry] += count;
            let in_slices = 0..self.ways.slices.len();
            let in_slices = in_slices.map(|slice| basis.users_of_demand(demand, slice, count));
            let in_slices: Vec<DemandingUsers<'_>> = in_slices.collect();
            let mut pass = |link, place| {
                for (slice, users) in in_slices.iter().enumerate() {
                    self.traffic.pass(slice, PathStep { link, place }, *users);
                }
            };
            roads.pass_to_entry(kind, (region, entry), &mut pass);
            roads.pass_to_site(kind, (entry, site as usize), &mut pass);
        }
    }
}
