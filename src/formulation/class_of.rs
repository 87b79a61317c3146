//! Which class the shards of a current home are in.

use super::ids::ClassId;
use super::interner::ShardLists;
use super::kinds::{KindId, Kinds};
use crate::ids::ShardId;
use crate::model::Home;
use std::sync::Arc;

/// The class of every current home.
#[derive(Debug, Clone)]
pub struct ClassOf {
    kinds: Arc<Kinds>,
    by_kind: Arc<Vec<Option<ClassId>>>,
    /// The only kinds with a known class, where the class of the others is unknown.
    known: Vec<(KindId, ClassId)>,
    /// Where those classes were narrowed down, what became of each.
    parted: Option<Arc<PartedKinds>>,
}

impl ClassOf {
    pub(super) fn new(kinds: Arc<Kinds>, by_kind: Vec<Option<ClassId>>) -> Self {
        Self {
            kinds,
            by_kind: Arc::new(by_kind),
            known: Vec::new(),
            parted: None,
        }
    }

    /// Only the classes of these kinds are known.
    pub(super) fn of_kinds(kinds: Arc<Kinds>, pairs: Vec<(KindId, ClassId)>) -> Self {
        Self {
            known: pairs,
            ..Self::undetermined(kinds)
        }
    }

    /// The class of no home is known.
    pub(super) fn undetermined(kinds: Arc<Kinds>) -> Self {
        Self::new(kinds, Vec::new())
    }

    /// The same homes, none with a known class.
    pub(super) fn forgotten(&self) -> Self {
        Self::undetermined(Arc::clone(&self.kinds))
    }

    /// The same homes with their classes narrowed down.
    pub(super) fn narrowed(&self, parted: PartedKinds) -> Self {
        Self {
            parted: Some(Arc::new(parted)),
            ..self.clone()
        }
    }

    /// By kind, its class before anything is narrowed down; `None` for one without users.
    pub(super) fn by_kind(&self) -> &[Option<ClassId>] {
        &self.by_kind
    }

    /// Kinds with users and their classes before anything is narrowed down, ascending by kind: all of them, or those
    /// with a known class.
    pub fn kinds(&self) -> impl Iterator<Item = (KindId, ClassId)> + '_ {
        let all = self.kinds.ids().zip(self.by_kind.iter());
        let all = all.filter_map(|(kind, class)| Some((kind, (*class)?)));
        all.chain(self.known.iter().copied())
    }

    /// The class of a home; `None` for a shard without users, and where the class is unknown.
    pub fn get(&self, home: Home) -> Option<ClassId> {
        let kind = self.kinds.of(home) as usize;
        let class = self.by_kind.get(kind).copied().flatten()?;
        match &self.parted {
            None => Some(class),
            Some(parted) => Some(parted.class_of(class, home.shard)),
        }
    }

    /// Which classes here share homes with which of `other`: pairs, ascending. What was narrowed down shard by shard
    /// counts as if each shard might be in any part of its class.
    ///
    /// `None` if the two do not fold the same shards at the same homes.
    pub fn beside(&self, other: &Self) -> Option<Vec<(ClassId, ClassId)>> {
        if !Arc::ptr_eq(&self.kinds, &other.kinds) {
            return None;
        }
        let mut pairs: Vec<(ClassId, ClassId)> = Vec::new();
        let bases: Vec<(ClassId, ClassId)> = if Arc::ptr_eq(&self.by_kind, &other.by_kind) {
            let last = self.by_kind.iter().flatten().max();
            last.map_or_else(Vec::new, |&last| (0..=last).map(|id| (id, id)).collect())
        } else {
            let both = self.by_kind.iter().zip(other.by_kind.iter());
            let mut bases: Vec<_> = both
                .filter_map(|(index, other)| Some(((*index)?, (*other)?)))
                .collect();
            bases.sort_unstable();
            bases.dedup();
            bases
        };
        for (index, others) in bases {
            for index in self.parts_of(index) {
                pairs.extend(other.parts_of(others).map(|other| (index, other)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        Some(pairs)
    }

    /// What became of a class.
    fn parts_of(&self, class: ClassId) -> impl Iterator<Item = ClassId> + '_ {
        let parted = self.parted.as_deref().map(|parted| parted.parts_of(class));
        let whole = parted.is_none().then_some(class);
        whole
            .into_iter()
            .chain(parted.into_iter().flatten().copied())
    }
}

/// What became of classes that were narrowed down: by class.
#[derive(Debug)]
pub(super) struct PartedKinds(pub(super) Vec<ClassPart>);

/// What became of a class.
#[derive(Debug)]
pub(super) enum ClassPart {
    /// All of its shards are in one.
    Whole(ClassId),
    /// The classes of its shards.
    Each(ShardLists, Vec<ClassId>),
}

impl PartedKinds {
    /// The class of a shard that was of another.
    fn class_of(&self, before: ClassId, shard: ShardId) -> ClassId {
        match &self.0[before] {
            ClassPart::Whole(class) => *class,
            ClassPart::Each(shards, classes) => {
                let position = shards
                    .binary_search(&shard)
                    .expect("invariant: asked for a shard of the class");
                classes[position]
            }
        }
    }

    /// The classes that came of another.
    fn parts_of(&self, before: ClassId) -> &[ClassId] {
        match &self.0[before] {
            ClassPart::Whole(class) => std::slice::from_ref(class),
            ClassPart::Each(_, classes) => classes,
        }
    }
}
