//! Classes of shards that are narrowed down to some of their sites, made from the classes that they had before.
//!
//! No shard's rules are asked again: what a class had in common its parts have in common, and the sites of a part
//! are those of its class that it is narrowed down to.

use super::class::{Class, Classes};
use super::demand::GroupId;
use super::setting::Setting;
use crate::ids::{ShardId, SiteId};
use crate::model::ByHome;
use std::collections::HashMap;

/// What tells parts of classes apart.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    group: GroupId,
    current: Option<SiteId>,
    is_affected: bool,
    copies: &'a [SiteId],
    sites: Vec<SiteId>,
}

impl Classes {
    /// The same classes with shards narrowed down to some sites; `setting` is theirs but for that.
    ///
    /// Parts of different classes that can no longer be told apart become one. Linear in the shards.
    #[must_use]
    pub fn narrowed(&self, setting: &Setting<'_>, narrowed: &[Option<Vec<SiteId>>]) -> Self {
        let mut parts: Vec<(Key<'_>, Vec<ShardId>)> = Vec::new();
        let mut by_key: HashMap<Key<'_>, usize> = HashMap::new();
        for class in &self.classes {
            for (sites, shards) in parts_of(class, narrowed) {
                let key = |sites| Key {
                    group: class.group,
                    current: class.current,
                    is_affected: class.is_affected,
                    copies: &class.copies,
                    sites,
                };
                let next = parts.len();
                let part = *by_key.entry(key(sites.clone())).or_insert(next);
                if part == next {
                    parts.push((key(sites), shards));
                } else {
                    parts[part].1.extend(shards);
                }
            }
        }
        for (_, shards) in &mut parts {
            shards.sort_unstable();
        }
        parts.sort_by_key(|(_, shards)| shards.first().copied());
        let classes = parts
            .into_iter()
            .map(|(key, shards)| {
                let mut class = Class {
                    group: key.group,
                    users: 0.0,
                    users_of_rank: Vec::new(),
                    sites: key.sites,
                    current: key.current,
                    copies: key.copies.to_vec(),
                    is_affected: key.is_affected,
                    shards,
                };
                class.count(setting, &self.ranks);
                class
            })
            .collect();
        let mut all = Self {
            classes,
            groups: self.groups.clone(),
            demands: self.demands.clone(),
            ranks: self.ranks.clone(),
            class_of: ByHome::of(setting.current, |_| None),
        };
        for (id, class) in all.classes.iter().enumerate() {
            for &shard in &class.shards {
                all.class_of.set(class.home(shard), Some(id));
            }
        }
        all
    }
}

/// The shards of a class by the sites that they may still use, in the order of their first shards.
fn parts_of(class: &Class, narrowed: &[Option<Vec<SiteId>>]) -> Vec<(Vec<SiteId>, Vec<ShardId>)> {
    let mut parts: Vec<(Option<&Vec<SiteId>>, Vec<ShardId>)> = Vec::new();
    for &shard in &class.shards {
        let sites = narrowed[shard.index()].as_ref();
        // Shards of a class are at few sites: a walk over them is shorter than a hash.
        match parts.iter_mut().find(|(known, _)| *known == sites) {
            Some((_, shards)) => shards.push(shard),
            None => parts.push((sites, vec![shard])),
        }
    }
    parts
        .into_iter()
        .map(|(sites, shards)| {
            let sites = sites.map_or_else(
                || class.sites.clone(),
                |sites| {
                    let mut sites = sites.clone();
                    sites.retain(|site| class.sites.binary_search(site).is_ok());
                    sites.sort_unstable();
                    sites
                },
            );
            (sites, shards)
        })
        .collect()
}
