//! Silent faults: what of tenants' work a plan exposes to them, and the rows that bound it (`docs/model.md` §10).

use super::homes::Homed;
use super::rows::{About, Learnt, sites_by_who};
use crate::formulation::rows::{Counted, ExposureRow, SurvivalRow};
use crate::formulation::{Mark, Problem};
use crate::ids::{SiteId, TenantId, TierId};
use crate::model::{Case, Component, Failing, FailureSet, Inventory, LinkEnd, ProtectGray};
use crate::plan::sweep::{GraySweep, MemberIndex};
use crate::plan::{Carried, MOST_WATCHED, SteeringGroups};
use crate::solve::Outcome;
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// Tenants whose loss is bounded and depends on where their shards are.
pub(in crate::engine) struct Watched {
    /// By tenant and tier: the mark of their shards, and how many of their users may lose their work.
    tenants: BTreeMap<(TenantId, TierId), (Mark, f64)>,
    /// By shard: the mark of its tenant and tier, 0 where nothing of them is bounded.
    pub(in crate::engine) marks: Vec<Mark>,
}

impl Watched {
    /// Those of an inventory in a case, the largest of them. Who has all users of a tier in one shard cannot be spread
    /// over sites, and is watched only where there is more that may turn gray.
    pub(in crate::engine) fn of(inventory: &Inventory, case: &Case, gray: &ProtectGray) -> Self {
        let mut users: BTreeMap<(TenantId, TierId), (f64, usize)> = BTreeMap::new();
        let at_most = (gray.severity * f64::from(gray.most)).min(1.0);
        let bound = |tier: TierId| gray.max_loss[tier.index()].filter(|bound| *bound < at_most);
        for (index, shard) in inventory.shards.iter().enumerate() {
            let value = case.users(index);
            if value > 0.0 && bound(shard.tier).is_some() {
                let (users, shards) = users.entry((shard.tenant, shard.tier)).or_default();
                *users += value;
                *shards += 1;
            }
        }
        users.retain(|_, (_, shards)| *shards > 1 || gray.over != FailureSet::Sites);
        let mut largest: Vec<((TenantId, TierId), f64)> = users
            .into_iter()
            .map(|(of, (users, _))| (of, users))
            .collect();
        largest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        largest.truncate(MOST_WATCHED);
        largest.sort_by_key(|(of, _)| *of);
        let tenants: BTreeMap<(TenantId, TierId), (Mark, f64)> = largest
            .into_iter()
            .zip(1..)
            .map(|((of, users), mark)| (of, (mark, users * bound(of.1).unwrap_or(1.0))))
            .collect();
        let shards = inventory.shards.iter();
        let marks = shards.map(|shard| {
            let pair = tenants.get(&(shard.tenant, shard.tier));
            pair.map_or(0, |(mark, _)| *mark)
        });
        Self {
            marks: marks.collect(),
            tenants,
        }
    }
}

/// What silent faults are asked about, and what is found of them.
pub(super) struct Exposure<'a> {
    pub(super) gray: &'a ProtectGray,
    watched: &'a Watched,
    members: MemberIndex,
    /// By member, the site that it is; `None` if some member is more or something else.
    sites: Option<Vec<SiteId>>,
}

impl<'a> Exposure<'a> {
    pub(super) fn new(
        (gray, watched): (&'a ProtectGray, &'a Watched),
        inventory: &Inventory,
        case: &Case,
    ) -> Self {
        let members = gray.over.left_in(inventory, case);
        let site_of = |member: &Failing| match member.components(inventory).as_slice() {
            [one] => match inventory.component(*one) {
                Component::Site(site) => Some(site),
                _ => None,
            },
            _ => None,
        };
        Self {
            sites: members.iter().map(site_of).collect(),
            members: MemberIndex::new(inventory, members),
            gray,
            watched,
        }
    }

    /// `true` if rows of losses along paths count no user more often than that user loses work: users who cross several
    /// components of a risk group cross it once, and no user loses more than all of their work.
    pub(super) fn is_exact(&self) -> bool {
        let is_one = |member: &Failing| matches!(member, Failing::Component(_));
        let at_most = self.gray.severity * f64::from(self.gray.most);
        self.sites.is_some() || at_most <= 1.0 && self.members.all.iter().all(is_one)
    }

    /// What every tenant loses at worst who is carried so.
    pub(super) fn losses(
        &self,
        inventory: &Inventory,
        groups: &SteeringGroups,
        carried: Carried<'_>,
    ) -> GraySweep {
        let nothing_yet = GraySweep {
            members: self.members.all.clone(),
            most: self.gray.most as usize,
            severity: self.gray.severity,
            minutes: self.gray.minutes,
            losses: Vec::new(),
        };
        nothing_yet.with_losses_of(inventory, groups, carried)
    }

    /// Users beyond what may be lost, of all tenants.
    pub(super) fn beyond(&self, losses: &GraySweep) -> f64 {
        let losses = losses.losses.iter();
        losses.map(|loss| loss.beyond(&self.gray.max_loss)).sum()
    }

    /// Learns of the tenants of a plan who lose more than they may; `true` if that is news.
    pub(super) fn learn(
        &self,
        problem: &Problem<'_>,
        homed: &[Homed],
        losses: &GraySweep,
        learnt: &mut Learnt,
    ) -> bool {
        if let Some(sites) = &self.sites {
            return self.learn_of_homes(problem, homed, sites, learnt);
        }
        let max_loss = &self.gray.max_loss;
        let beyond = losses.losses.iter();
        let beyond = beyond.filter(|loss| loss.beyond(max_loss) > NOBODY);
        let worst = beyond.filter_map(|loss| {
            let (mark, spare) = self.watched.tenants.get(&(loss.tenant, loss.tier))?;
            Some((*mark, *spare, loss.worst.clone()))
        });
        self.learn_of_paths(problem, worst.collect(), learnt)
    }

    /// The same of an outcome whose homes are in parts, if need be, where every tenant is steered alone.
    pub(super) fn learn_in_parts(
        &self,
        problem: &Problem<'_>,
        outcome: &Outcome,
        learnt: &mut Learnt,
    ) -> bool {
        if let Some(sites) = &self.sites {
            let homed = Homed::in_parts(problem, outcome);
            return self.learn_of_homes(problem, &homed, sites, learnt);
        }
        let inventory = problem.setting.inventory;
        let who = &problem.classes.who;
        let mut crossing = vec![vec![0.0; self.members.all.len()]; self.watched.tenants.len()];
        for served in &outcome.served {
            let mark = who[problem.class(served.class).who as usize].mark;
            let Some(tenant) = position(mark) else {
                continue;
            };
            let route = outcome.paths.get(served.path);
            let members_in = |pool: usize| problem.rows.members[pool].as_slice();
            let hours = &problem.setting.case.hours;
            for (slice, leg) in route.legs().iter().enumerate() {
                let of_time = if route.is_steady() {
                    1.0
                } else {
                    hours.weight(slice)
                };
                for (member, share) in self.members.crossed(inventory, leg, members_in) {
                    crossing[tenant][member] += share * of_time * served.users;
                }
            }
        }
        let all = self.watched.tenants.values().zip(&crossing);
        let worst = all.filter_map(|((mark, spare), crossing)| {
            let worst = self.worst(crossing, *spare)?;
            let worst = worst.into_iter().map(|member| self.members.all[member]);
            Some((*mark, *spare, worst.collect()))
        });
        self.learn_of_paths(problem, worst.collect(), learnt)
    }

    /// The members that together affect a tenant most, if more than may lose their work then.
    fn worst(&self, crossing: &[f64], spare: f64) -> Option<Vec<usize>> {
        let worst = largest(crossing, self.gray.most as usize);
        let crossed: f64 = worst.iter().map(|member| crossing[*member]).sum();
        (self.gray.severity * crossed > spare + NOBODY).then_some(worst)
    }

    /// Learns of tenants who lose more than they may because of the sites where they are homed.
    fn learn_of_homes(
        &self,
        problem: &Problem<'_>,
        homed: &[Homed],
        site_of: &[SiteId],
        learnt: &mut Learnt,
    ) -> bool {
        let who = &problem.classes.who;
        let mut crossing = vec![vec![0.0; site_of.len()]; self.watched.tenants.len()];
        for homed in homed {
            let tenant = position(who[homed.who as usize].mark);
            let member = site_of.iter().position(|site| *site == homed.site);
            if let (Some(tenant), Some(member)) = (tenant, member) {
                crossing[tenant][member] += homed.users;
            }
        }
        let sites = sites_by_who(problem);
        let mut rows = Vec::new();
        for ((mark, spare), crossing) in self.watched.tenants.values().zip(&crossing) {
            let Some(worst) = self.worst(crossing, *spare) else {
                continue;
            };
            let worst: Vec<SiteId> = worst.into_iter().map(|member| site_of[member]).collect();
            let zip = (0..).zip(who.iter().zip(&sites));
            let filter = zip.filter(|(_, (who, _))| who.mark == *mark);
            let costs = filter.map(|(who, (_, sites))| {
                let exposed = sites.iter().filter(|site| worst.contains(site));
                let costs = exposed.map(|site| (*site, self.gray.severity));
                (who, costs.collect())
            });
            let row = SurvivalRow {
                case: learnt.position(About::Tenant(*mark)),
                holds_always: true,
                limit: *spare,
                costs: costs.collect(),
            };
            if learnt.is_news(&row, homed) {
                rows.push(row);
            }
        }
        let is_news = !rows.is_empty();
        learnt.take(rows);
        is_news
    }

    /// Learns of tenants who lose more than they may if these members turn gray.
    fn learn_of_paths(
        &self,
        problem: &Problem<'_>,
        worst: Vec<(Mark, f64, Vec<Failing>)>,
        learnt: &mut Learnt,
    ) -> bool {
        let mut is_news = false;
        for (mark, spare, members) in worst {
            if learnt.is_known(mark, &members) {
                continue;
            }
            let case = learnt.position(About::Tenant(mark));
            let row = self.row((case, spare), Counted::Marked(mark), problem, &members);
            is_news |= learnt.take_exposure(mark, members, row);
        }
        is_news
    }

    /// The row of a user that these members affect most.
    pub(super) fn row(
        &self,
        (case, spare): (usize, f64),
        counted: Counted,
        problem: &Problem<'_>,
        members: &[Failing],
    ) -> ExposureRow {
        let (inventory, network) = (problem.setting.inventory, problem.setting.network);
        let mut places = Vec::new();
        let mut links = Vec::new();
        for component in members
            .iter()
            .flat_map(|failing| failing.components(inventory))
        {
            let end = match inventory.component(component) {
                Component::Link(link) => {
                    links.push(link);
                    continue;
                }
                Component::Site(site) => LinkEnd::Site(site),
                Component::AccessPoint(access_point) => LinkEnd::AccessPoint(access_point),
                Component::Element(element) => match inventory.elements[element.index()].pool {
                    None => LinkEnd::Element(element),
                    Some(pool) => {
                        let members = &problem.rows.members[pool.index()];
                        if members.contains(&component) {
                            let place = network.place(LinkEnd::Pool(pool));
                            places.push((place, 1.0 / members.len() as f64));
                        }
                        continue;
                    }
                },
            };
            places.push((network.place(end), 1.0));
        }
        ExposureRow {
            case,
            limit: spare,
            counted,
            severity: self.gray.severity,
            places,
            links,
        }
    }
}

fn position(mark: Mark) -> Option<usize> {
    (mark as usize).checked_sub(1)
}

fn largest(amounts: &[f64], most: usize) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..amounts.len())
        .filter(|index| amounts[*index] > 0.0)
        .collect();
    positions.sort_by(|a, b| amounts[*b].total_cmp(&amounts[*a]).then(a.cmp(b)));
    positions.truncate(most);
    positions
}
