//! Stays: what pricing asks of every class before it asks anything else, namely what it costs to stay.
//!
//! Nearly nobody gains by leaving their default path, and nearly all know it without a search: their path passes nothing
//! that has a price. So what a pass has to read of them stands together, group by group, and what default paths load
//! stands by row, for the rows that have a price.

use super::class::{Class, Classes};
use super::default::DefaultPath;
use super::goals::{Level, Objective};
use super::ids::{ClassId, GroupId, LoadsId};
use super::per_class::PerClass;
use crate::ids::{AccessPointId, SiteId};

/// What it takes to say what a user of a class pays for staying.
#[derive(Debug, Clone, Copy)]
pub struct Stay {
    /// The class.
    pub class: ClassId,
    /// Users of the class.
    pub users: f64,
    /// Position of what they load.
    loads: LoadsId,
    access_point: AccessPointId,
    latency: f64,
    /// Where their default path ends.
    pub site: SiteId,
    /// What ties them to it.
    pub tie: Tie,
    /// Their shard has a copy there.
    pub has_copy: bool,
}

/// What ties a user to where their default path ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// Their site is gone.
    Away,
    /// They may be nowhere else.
    Only,
    /// They are to be placed.
    New,
    /// It is their site, and an event touches them.
    Touched,
    /// It is their site.
    Home,
}

impl Stay {
    fn of(id: ClassId, class: &Class, default: DefaultPath, loads: LoadsId) -> Self {
        let tie = match class.current {
            Some(current) if current != default.site => Tie::Away,
            _ if *class.sites == [default.site] => Tie::Only,
            None => Tie::New,
            Some(_) if class.is_affected => Tie::Touched,
            Some(_) => Tie::Home,
        };
        Self {
            class: id,
            users: class.users,
            loads,
            access_point: default.access_point,
            latency: default.latency,
            site: default.site,
            tie,
            has_copy: class.copies.binary_search(&default.site).is_ok(),
        }
    }

    /// What they pay; `None` where that takes a closer look, since their site is gone.
    pub fn at_home(&self, objective: &Objective, prices: &[f64]) -> Option<f64> {
        (self.tie != Tie::Away).then(|| {
            prices[self.loads as usize]
                + objective.levels[Level::Latency] * self.latency
                + objective.entry[self.access_point.index()]
        })
    }

    /// The same where the class stands elsewhere.
    pub(super) fn as_class(self, class: ClassId) -> Self {
        Self { class, ..self }
    }

    /// What their loads cost.
    pub fn load_price(&self, prices: &[f64]) -> f64 {
        prices[self.loads as usize]
    }
}

/// The classes that are not taken over and not trapped, by group.
pub(super) struct ChangedStays {
    /// By group, where its classes begin; one more closes the last.
    first: Vec<usize>,
    all: Vec<Stay>,
}

impl ChangedStays {
    pub(super) fn of(
        all: &Classes,
        defaults: &PerClass<Option<DefaultPath>>,
        loads_by_default: &PerClass<Option<LoadsId>>,
    ) -> Self {
        let classes = all.classes.changed();
        let known = defaults.changed().iter().zip(loads_by_default.changed());
        let ids = all.classes.len() - classes.len()..;
        let stays =
            ids.zip(classes.iter().zip(known))
                .filter_map(|(id, (class, (default, loads)))| {
                    Some((class.group, Stay::of(id, class, (*default)?, (*loads)?)))
                });
        let mut first = vec![0; all.groups.len() + 1];
        let mut found: Vec<(GroupId, Stay)> = Vec::with_capacity(classes.len());
        for (group, stay) in stays {
            first[group + 1] += 1;
            found.push((group, stay));
        }
        for group in 1..first.len() {
            first[group] += first[group - 1];
        }
        let mut next = first.clone();
        let mut all: Vec<Stay> = found.iter().map(|(_, stay)| *stay).collect();
        for (group, stay) in found {
            all[next[group]] = stay;
            next[group] += 1;
        }
        Self { first, all }
    }

    /// The classes of a group; none of one that came later.
    pub(super) fn of_group(&self, group: GroupId) -> &[Stay] {
        if group + 1 < self.first.len() {
            &self.all[self.first[group]..self.first[group + 1]]
        } else {
            &[]
        }
    }
}
