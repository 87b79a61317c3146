//! Permissions: where shards may be, asked of the rules once for all that stand alike.

use super::super::ground::Ground;
use super::super::period::Situation;
use super::alike::Alike;
use super::crowds::Crowds;
use super::rules::Rules;
use crate::ids::SiteId;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Some sites, ascending; classes with the same ones share them.
pub(in crate::plan::check) type Sites = Arc<[usize]>;

/// Lists of sites, each of which is kept once.
#[derive(Default)]
pub(super) struct Lists(FxHashSet<Sites>);

impl Lists {
    /// The list of these sites.
    pub(super) fn of(&mut self, sites: &[usize]) -> Sites {
        if let Some(known) = self.0.get(sites) {
            return Arc::clone(known);
        }
        let list: Sites = sites.into();
        self.0.insert(Arc::clone(&list));
        list
    }
}

/// What the rules say of shards that stand alike.
pub(in crate::plan::check) struct Permitted {
    /// Open sites where they may be, ascending, whether or not a way leads there.
    pub(in crate::plan::check) sites: Sites,
    /// Sites with a copy, ascending.
    pub(in crate::plan::check) copies: Sites,
}

impl Permitted {
    fn new(
        ground: &Ground<'_>,
        situation: &Situation,
        rules: &Rules<'_>,
        lists: &mut Lists,
    ) -> Self {
        let sites: Vec<usize> = (0..ground.inventory.sites.len())
            .map(SiteId::new)
            .filter(|site| !situation.case.gone[site.index()])
            .filter(|&site| rules.permit(site))
            .map(SiteId::index)
            .collect();
        Self {
            sites: lists.of(&sites),
            copies: lists.of(&rules.copies),
        }
    }
}

/// What the rules say of one case, by how shards stand and whether they are affected.
pub(in crate::plan::check) struct Permissions<'c> {
    crowds: &'c Crowds,
    /// By standing.
    known: Vec<[Option<Permitted>; 2]>,
    pub(super) lists: Lists,
}

impl<'c> Permissions<'c> {
    /// Nothing was asked yet.
    pub(in crate::plan::check) fn new(crowds: &'c Crowds) -> Self {
        let mut known = Vec::new();
        known.resize_with(crowds.standings, || [None, None]);
        Self {
            crowds,
            known,
            lists: Lists::default(),
        }
    }

    /// What they say of those who are alike, given with their position.
    pub(in crate::plan::check) fn of(
        &mut self,
        ground: &Ground<'_>,
        situation: &Situation,
        (id, alike): (usize, &Alike),
        is_affected: bool,
    ) -> &Permitted {
        let of_standing = &mut self.known[self.crowds.standing_of(id)];
        of_standing[usize::from(is_affected)].get_or_insert_with(|| {
            let rules = Rules::new(ground, situation, alike.shard, alike.current, is_affected);
            Permitted::new(ground, situation, &rules, &mut self.lists)
        })
    }
}
