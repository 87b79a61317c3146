//! Classes: shards that nothing in the model tells apart (`model.md` §1), formed by walking them once.

use super::super::affected::Affected;
use super::super::ground::Ground;
use super::super::period::Situation;
use super::alike::AllAlike;
use super::crowds::{Crowds, Group};
use super::permissions::{Permissions, Sites};
use super::roads::Roads;
use super::steps::position;
use crate::ids::SiteId;
use std::sync::Arc;

/// Shards that nothing in the model tells apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Class {
    /// Position among [`Crowds::groups`].
    pub(super) group: usize,
    /// Sites where they may be and that some open path reaches, ascending; none for those who are trapped.
    pub(super) sites: Sites,
    pub(super) current: Option<usize>,
    /// Sites with a copy, ascending.
    pub(super) copies: Sites,
    pub(super) is_affected: bool,
}

impl Class {
    /// `true` if its users leave their site when they are served at `site`.
    pub(super) fn leaves_for(&self, site: usize) -> bool {
        self.current.is_some_and(|current| current != site)
    }

    /// `true` if the site holds a copy.
    pub(super) fn has_copy(&self, site: usize) -> bool {
        self.copies.binary_search(&site).is_ok()
    }
}

/// The site of a class where its users may stay: all that most of them ask for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Home {
    pub(super) site: u32,
    /// Position among [`Crowds::groups`].
    pub(super) group: u32,
    pub(super) has_copy: bool,
}

impl Home {
    /// That of a class.
    fn of(class: &Class) -> Option<Self> {
        let site = class.current?;
        class.sites.binary_search(&site).ok()?;
        Some(Self {
            site: position(site),
            group: position(class.group),
            has_copy: class.has_copy(site),
        })
    }
}

/// All classes of a period: one for all shards that are alike, in their order.
pub(in crate::plan::check) struct Classes {
    pub(super) crowds: Arc<Crowds>,
    pub(super) all: Vec<Class>,
    /// By class, its site if users may be there and some open way leads there.
    pub(super) homes: Vec<Option<Home>>,
}

impl Classes {
    /// Those of the shards that are alike; rules are asked once for all that stand so.
    pub(in crate::plan::check) fn new(
        ground: &Ground<'_>,
        situation: &Situation,
        alike: &AllAlike,
        crowds: &Arc<Crowds>,
        affected: &mut Affected<'_>,
        roads: &Roads<'_>,
    ) -> Self {
        let mut classes = Self {
            homes: Vec::with_capacity(alike.all.len()),
            all: Vec::with_capacity(alike.all.len()),
            crowds: Arc::clone(crowds),
        };
        let mut permissions = Permissions::new(crowds);
        let mut open: Vec<usize> = Vec::new();
        for (id, own) in alike.all.iter().enumerate() {
            let is_affected = own
                .current
                .is_some_and(|site| affected.is_affected(own.shard, site));
            let permitted = permissions.of(ground, situation, (id, own), is_affected);
            let copies = Arc::clone(&permitted.copies);
            let group = crowds.group_of(id);
            let profile = crowds.demands[crowds.groups[group].demand].profile;
            let Group { region, limit, .. } = crowds.groups[group];
            let reached = roads.reached(profile, region, limit);
            open.clear();
            let sites = permitted.sites.iter();
            open.extend(sites.filter(|site| reached.contains(**site)));
            let class = Class {
                group,
                sites: permissions.lists.of(&open),
                current: own.current.map(SiteId::index),
                copies,
                is_affected,
            };
            classes.homes.push(Home::of(&class));
            classes.all.push(class);
        }
        classes
    }

    /// Users of a class by rank of [`Crowds::ranks`].
    pub(super) fn users(&self, id: usize) -> &[f64] {
        self.crowds.users(id)
    }

    /// Fewer users than this are nobody.
    pub(in crate::plan::check) fn nobody(&self) -> f64 {
        self.crowds.nobody()
    }
}
