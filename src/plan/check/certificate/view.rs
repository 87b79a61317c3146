//! Views: what a level minimises, and what users may do while earlier levels are kept at their floors, and with which access
//! points open.

use super::classes::{AlikeClass, AlikeClasses};
use super::roads::{Roads, longest};
use super::sum::CompensatedSum;
use std::sync::Arc;

/// What a level minimises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// Unserved users of a rank; `None` if nobody is of it.
    Unserved(Option<usize>),
    Relief,
    Worst,
    Total,
    AccessPoints,
    Copied,
    Moved,
    Latency,
    /// Users who enter through access points that are charged for: no level, but what refutes sets.
    Entry,
}

impl Aim {
    /// `true` if users who are served somewhere, or nowhere, are counted.
    fn counts_users(self) -> bool {
        matches!(
            self,
            Self::Unserved(_) | Self::Relief | Self::Copied | Self::Moved
        )
    }

    /// `true` if a billionth of all users is nothing to the level.
    pub(super) fn is_in_users(self) -> bool {
        self.counts_users() || self == Self::Total
    }
}

/// What one user costs who leaves the site of the class; infinite where that is not permitted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct LeavingCosts {
    /// The users that leave it.
    pub(super) moved: f64,
    /// Nothing touches the user.
    relief: f64,
    /// No copy is where the user goes.
    copied: f64,
}

impl LeavingCosts {
    /// What a level counts of it costs more by a weight.
    pub(super) fn add(&mut self, aim: Aim, weight: f64) {
        match aim {
            Aim::Moved => self.moved += weight,
            Aim::Relief => self.relief += weight,
            Aim::Copied => self.copied += weight,
            _ => {}
        }
    }

    /// What one user of a class served at a site costs, on top of other costs.
    pub(super) fn on_top_of(&self, cost: f64, class: &AlikeClass, site: usize) -> f64 {
        if !class.leaves_for(site) {
            return cost;
        }
        let mut cost = cost + self.moved;
        if !class.is_affected {
            cost += self.relief;
        }
        if self.copied > 0.0 && !class.has_copy(site) {
            cost += self.copied;
        }
        cost
    }
}

/// What users may do.
pub(super) struct View<'a> {
    classes: &'a AlikeClasses<'a>,
    roads: &'a Roads<'a>,
    /// By access point.
    pub(super) open: Vec<bool>,
    /// By kind of user: least latencies, client regions × sites; `None` where all that may be open is.
    reach: Option<Arc<Vec<Vec<f64>>>>,
    /// By class: infinite is what it may not do any more.
    shut: Vec<LeavingCosts>,
    /// By rank: nobody who may be served anywhere is unserved.
    is_served: Vec<bool>,
    /// No headroom is missing that is counted in users.
    pub(super) is_total_met: bool,
    /// The most that may be missing of any target.
    pub(super) worst: f64,
}

impl<'a> View<'a> {
    /// Everything is permitted that the rules permit.
    pub(super) fn new(
        classes: &'a AlikeClasses<'a>,
        roads: &'a Roads<'a>,
        open: Vec<bool>,
    ) -> Self {
        let reach = (open != roads.may_open).then(|| roads.reach_with(&open));
        Self {
            classes,
            roads,
            open,
            reach,
            shut: vec![LeavingCosts::default(); classes.all.len()],
            is_served: vec![false; classes.alike.ranks.len()],
            is_total_met: false,
            worst: 1.0,
        }
    }

    /// The sites where users of a class may be served.
    pub(super) fn sites(&self, id: usize) -> impl Iterator<Item = usize> + '_ {
        let class = &self.classes.all[id];
        let is_shut = move |site: usize| self.shut[id].on_top_of(0.0, class, site) > 0.0;
        let sites = class.sites.iter().copied();
        sites.filter(move |&site| !is_shut(site) && self.reaches(class, site))
    }

    /// `true` if the open access points lead users of a class to a site.
    fn reaches(&self, class: &AlikeClass, site: usize) -> bool {
        let Some(reach) = &self.reach else {
            return true;
        };
        let alike = self.classes.alike;
        let group = &alike.groups[class.group];
        let kind = self.roads.kind(alike.demands[group.demand].profile);
        let sites = self.roads.context.inventory.sites.len();
        reach[kind][group.region * sites + site] <= longest(group.limit)
    }

    /// The site of a class, if users of it may stay there: that adds nothing to any level that counts users.
    pub(super) fn home(&self, id: usize) -> Option<usize> {
        let class = &self.classes.all[id];
        class.home.filter(|site| self.reaches(class, *site))
    }

    /// `true` if users of a rank of a class may be unserved.
    pub(super) fn may_be_unserved(&self, rank: usize, has_site: bool) -> bool {
        !self.is_served[rank] || !has_site
    }

    /// By rank of a class that has users: how many, and the least that one of them adds to a level; infinite where nothing
    /// is permitted. None if the users may stay where they are.
    fn adding(&self, id: usize, aim: Aim) -> impl Iterator<Item = (f64, f64)> + '_ {
        let class = &self.classes.all[id];
        let mut costs = LeavingCosts::default();
        costs.add(aim, 1.0);
        let mut at_site = f64::INFINITY;
        let leaving = self.home(id).is_none();
        for site in leaving.then(|| self.sites(id)).into_iter().flatten() {
            at_site = f64::min(at_site, costs.on_top_of(0.0, class, site));
            if at_site <= 0.0 {
                break;
            }
        }
        let has_site = at_site.is_finite();
        let users = self.classes.users(id).iter().enumerate();
        let least = users.map(move |(rank, users)| {
            let of_unserved = if aim == Aim::Unserved(Some(rank)) {
                1.0
            } else {
                0.0
            };
            let least = if self.may_be_unserved(rank, has_site) {
                at_site.min(of_unserved)
            } else {
                at_site
            };
            (*users, least)
        });
        least.filter(move |(users, least)| leaving && *users > 0.0 && *least > 0.0)
    }

    /// What a level comes to at least, whatever the prices.
    pub(super) fn floor(&self, aim: Aim) -> f64 {
        let mut floor = CompensatedSum::default();
        if aim.counts_users() {
            for id in 0..self.classes.all.len() {
                for (users, least) in self.adding(id, aim) {
                    floor.add(users * least);
                }
            }
        }
        floor.lower(2.0).max(0.0)
    }

    /// From now on every user takes only paths that add least to a level.
    pub(super) fn keep_at_floor(&mut self, aim: Aim) {
        match aim {
            Aim::Unserved(Some(rank)) => self.is_served[rank] = true,
            Aim::Total => self.is_total_met = true,
            Aim::Relief | Aim::Copied | Aim::Moved => {
                for id in 0..self.classes.all.len() {
                    let adds = self.adding(id, aim).next().is_some();
                    if !adds {
                        self.shut[id].add(aim, f64::INFINITY);
                    }
                }
            }
            _ => {}
        }
    }
}
