//! Views: what users may do while earlier levels are kept at their floors, and with which access points open.

use super::classes::{AlikeClass, ClassHome, Classes};
use super::level::Aim;
use super::roads::{Roads, longest};
use super::sum::CompensatedSum;
use std::sync::Arc;

/// What a class may not do any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Shut {
    relief: bool,
    copied: bool,
    moved: bool,
}

/// What users may do.
pub(super) struct View<'a> {
    classes: &'a Classes,
    roads: &'a Roads<'a>,
    /// By access point.
    pub(super) open: Vec<bool>,
    /// By kind of user: least latencies, client regions × sites; `None` where all that may be open is.
    reach: Option<Arc<Vec<Vec<f64>>>>,
    /// By class.
    shut: Vec<Shut>,
    /// By rank: nobody who may be served anywhere is unserved.
    is_served: Vec<bool>,
    /// No headroom is missing that is counted in users.
    pub(super) is_total_met: bool,
    /// The most that may be missing of any target.
    pub(super) worst: f64,
}

impl<'a> View<'a> {
    /// Everything is permitted that the rules permit.
    pub(super) fn new(classes: &'a Classes, roads: &'a Roads<'a>, open: Vec<bool>) -> Self {
        let reach = (open != roads.may_open).then(|| roads.reach_with(&open));
        Self {
            classes,
            roads,
            open,
            reach,
            shut: vec![Shut::default(); classes.all.len()],
            is_served: vec![false; classes.crowds.ranks.len()],
            is_total_met: false,
            worst: 1.0,
        }
    }

    /// The sites where users of a class may be served.
    pub(super) fn sites(&self, id: usize) -> impl Iterator<Item = usize> + '_ {
        let class = &self.classes.all[id];
        let shut = self.shut[id];
        class.sites.iter().copied().filter(move |&site| {
            let is_shut = class.leaves_for(site)
                && (shut.moved
                    || shut.relief && !class.is_affected
                    || shut.copied && !class.has_copy(site));
            !is_shut && self.reaches(class, site)
        })
    }

    /// `true` if the open access points lead users of a class to a site.
    fn reaches(&self, class: &AlikeClass, site: usize) -> bool {
        let Some(reach) = &self.reach else {
            return true;
        };
        let group = &self.classes.crowds.groups[class.group];
        let kind = self
            .roads
            .kind(self.classes.crowds.demands[group.demand].profile);
        let sites = self.roads.context.inventory.sites.len();
        reach[kind][group.region * sites + site] <= longest(group.limit)
    }

    /// The site of a class, if users of it may stay there: that adds nothing to any level that counts users.
    pub(super) fn home(&self, id: usize) -> Option<ClassHome> {
        let home = self.classes.homes[id]?;
        let leads_there = || self.reaches(&self.classes.all[id], home.site as usize);
        (self.reach.is_none() || leads_there()).then_some(home)
    }

    /// `true` if users of a rank of a class may be unserved.
    pub(super) fn may_be_unserved(&self, rank: usize, has_site: bool) -> bool {
        !self.is_served[rank] || !has_site
    }

    /// The least that a user of a class adds to a level, by rank; infinite where nothing is permitted.
    fn least(&self, id: usize, aim: Aim) -> impl Iterator<Item = f64> + '_ {
        let class = &self.classes.all[id];
        let mut at_site = f64::INFINITY;
        for site in self.sites(id) {
            at_site = f64::min(at_site, aim.of_site(class, site));
            if at_site <= 0.0 {
                break;
            }
        }
        let has_site = at_site.is_finite();
        (0..self.classes.users(id).len()).map(move |rank| {
            if self.may_be_unserved(rank, has_site) {
                at_site.min(aim.of_unserved(rank))
            } else {
                at_site
            }
        })
    }

    /// What a level comes to at least, whatever the prices.
    pub(super) fn floor(&self, aim: Aim) -> f64 {
        let mut floor = CompensatedSum::default();
        if aim.counts_users() {
            for id in 0..self.classes.all.len() {
                if self.home(id).is_some() {
                    continue;
                }
                for (users, least) in self.classes.users(id).iter().zip(self.least(id, aim)) {
                    if *users > 0.0 && least > 0.0 {
                        floor.add(users * least);
                    }
                }
            }
        }
        floor.lower(2.0).max(0.0)
    }

    /// From now on every user takes only ways that add least to a level.
    pub(super) fn keep_at_floor(&mut self, aim: Aim) {
        match aim {
            Aim::Unserved(rank) => {
                if let Some(rank) = rank {
                    self.is_served[rank] = true;
                }
                return;
            }
            Aim::Total => {
                self.is_total_met = true;
                return;
            }
            Aim::Relief | Aim::Copied | Aim::Moved => {}
            Aim::Worst | Aim::AccessPoints | Aim::Latency | Aim::Entry => return,
        }
        for id in 0..self.classes.all.len() {
            let adds = || {
                let users = self.classes.users(id).iter();
                users
                    .zip(self.least(id, aim))
                    .any(|(users, least)| *users > 0.0 && least > 0.0)
            };
            if self.home(id).is_none() && adds() {
                continue;
            }
            let shut = &mut self.shut[id];
            match aim {
                Aim::Relief => shut.relief = true,
                Aim::Copied => shut.copied = true,
                _ => shut.moved = true,
            }
        }
    }
}
