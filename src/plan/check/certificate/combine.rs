//! What the bounds of all vectors prove together, access points and the levels after them included.

use super::bound::{Bound, Scene};
use super::openings::Openings;
use super::sets::{Left, left};
use super::vectors::{Bounds, Vectors};
use crate::plan_files::KeptBy;

/// By level, what is proven of it: 0 where nothing is, for no level can be less.
pub(super) fn combine(
    scene: &Scene<'_>,
    openings: &Openings,
    vectors: &[Vectors],
    bounds: &Bounds,
) -> Vec<f64> {
    let own = |position: usize| match bounds.own[position] {
        Some(Bound::AtLeast(bound)) => bound,
        _ => 0.0,
    };
    let mut proven: Vec<f64> = (0..vectors.len()).map(own).collect();
    let Some(level) = openings.level else {
        return proven;
    };
    let refuted: Vec<Vec<usize>> = vectors[level]
        .refuted
        .iter()
        .zip(&bounds.refuted[level])
        .filter(|(_, bound)| match bound {
            Bound::AtLeast(users) => *users > 0.0,
            Bound::Impossible => true,
            Bound::NotAtFloor(_) => false,
        })
        .map(|(set, _)| set.open.clone())
        .collect();
    let count = openings.candidates.len();
    proven[level] = least_number(count, scene.stages[level].value, &refuted) as f64;
    let Some(open) = &openings.open else {
        return proven;
    };
    let mut alive = match left(count, open.len(), &refuted) {
        Left::Sets(sets) => {
            let others = sets.into_iter().filter(|set| set != open);
            others.collect::<Vec<_>>()
        }
        Left::Unknown => {
            proven[level + 1..].fill(0.0);
            return proven;
        }
    };
    for position in level + 1..vectors.len() {
        let of_set = |set: &Vec<usize>| -> Bound {
            let others = vectors[position].others.iter();
            let found = others.zip(&bounds.others[position]);
            let own = found.filter(|(other, _)| other.open == *set);
            own.map(|(_, bound)| *bound)
                .find(|bound| !matches!(bound, Bound::NotAtFloor(_)))
                .unwrap_or(Bound::AtLeast(0.0))
        };
        let most = held_at(scene, vectors, position);
        alive.retain(|set| match of_set(set) {
            Bound::Impossible => false,
            Bound::AtLeast(bound) => {
                let is_worse = bound > most;
                if !is_worse {
                    proven[position] = proven[position].min(bound);
                }
                !is_worse
            }
            Bound::NotAtFloor(_) => true,
        });
    }
    proven
}

/// The most that later levels of the set that is open let a level be. Another set that cannot have so little is worse,
/// however much of the level its own later prices let it have.
fn held_at(scene: &Scene<'_>, vectors: &[Vectors], position: usize) -> f64 {
    let stage = &scene.stages[position];
    let later = vectors[position + 1..].iter();
    let at = later
        .flat_map(|of_level| &of_level.own)
        .flat_map(|vector| &vector.kept)
        .filter(|(level, _)| *level == position)
        .map(|(_, by)| match by {
            KeptBy::Floor => stage.value + scene.classes.nobody(),
            KeptBy::Limit { at } | KeptBy::Row { at, .. } => *at,
        });
    at.fold(stage.value, f64::max)
}

/// The least number of openings, as far as it is proven: every set of fewer is refuted.
fn least_number(count: usize, value: f64, refuted: &[Vec<usize>]) -> usize {
    let mut least = 0;
    while least < count && (least as f64) < value {
        match left(count, least, refuted) {
            Left::Sets(sets) if sets.is_empty() => least += 1,
            _ => return least,
        }
    }
    least
}
