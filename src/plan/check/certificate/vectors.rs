//! Vectors: all prices of a period, and the bounds that they prove, computed side by side.

use super::super::report::Report;
use super::bound::{Bound, Scene};
use super::openings::Openings;
use super::stage::{Aim, Vector, resolve};
use super::view::View;
use crate::plan_files::{LevelCertificate, PriceVector, SetVector};
use rayon::prelude::*;

/// Prices of one set of openings, by position.
pub(super) struct OfSet {
    /// Ascending, among the candidates.
    pub(super) open: Vec<usize>,
    pub(super) vector: Vector,
}

/// The vectors of one level.
#[derive(Default)]
pub(super) struct Vectors {
    pub(super) own: Option<Vector>,
    pub(super) is_sound: bool,
    pub(super) refuted: Vec<OfSet>,
    pub(super) others: Vec<OfSet>,
}

/// A bound that is to be computed.
#[derive(Clone, Copy)]
enum Job {
    Own(usize),
    Refuted(usize, usize),
    Other(usize, usize),
}

/// All vectors of a level; those that cannot be ones are left out.
pub(super) fn vectors(
    scene: &Scene<'_>,
    openings: &Openings,
    (key, position): (&str, usize),
    level: &LevelCertificate,
    report: &mut Report,
) -> Vectors {
    let own = |key: &str, prices: &PriceVector, report: &mut Report| {
        resolve(
            scene.ground,
            scene.rows,
            scene.stages,
            (key, position),
            prices,
            report,
        )
    };
    let mut all = Vectors {
        is_sound: true,
        ..Vectors::default()
    };
    if let Some(prices) = &level.prices {
        all.own = own(key, prices, report);
        all.is_sound = all.own.is_some();
    }
    let sets = |list: &[SetVector], word: &str, report: &mut Report| -> Vec<OfSet> {
        let list = list.iter().enumerate();
        list.filter_map(|(index, set)| {
            let key = format!("{key}.{word}[{index}]");
            let open = openings.positions(scene.ground, &key, &set.open, report)?;
            let vector = own(&key, &set.prices, report)?;
            Some(OfSet { open, vector })
        })
        .collect()
    };
    all.refuted = sets(&level.refuted, "refuted", report);
    all.others = sets(&level.other_sets, "other_sets", report);
    all
}

/// What every vector says.
pub(super) struct Bounds {
    /// By level.
    pub(super) own: Vec<Option<Bound>>,
    /// By level, then set.
    pub(super) refuted: Vec<Vec<Bound>>,
    pub(super) others: Vec<Vec<Bound>>,
}

/// Recomputes all bounds, side by side.
pub(super) fn bounds(scene: &Scene<'_>, openings: &Openings, vectors: &[Vectors]) -> Bounds {
    let mut jobs: Vec<Job> = Vec::new();
    for (position, of_level) in vectors.iter().enumerate() {
        jobs.push(Job::Own(position));
        jobs.extend((0..of_level.refuted.len()).map(|set| Job::Refuted(position, set)));
        jobs.extend((0..of_level.others.len()).map(|set| Job::Other(position, set)));
    }
    let compute = |job: &Job| -> Option<Bound> {
        match *job {
            Job::Own(position) => {
                let aim = scene.stages[position].aim;
                let mask = if openings.is_after(position) {
                    openings.mask(scene, openings.open.as_deref()?)
                } else {
                    scene.roads.may_open.clone()
                };
                let of_level = &vectors[position];
                match &of_level.own {
                    Some(vector) => Some(scene.bound(aim, vector, &mask, None)),
                    None if of_level.is_sound => {
                        let view = View::new(scene.classes, scene.roads, mask);
                        Some(Bound::AtLeast(view.floor(aim)))
                    }
                    None => None,
                }
            }
            Job::Refuted(position, set) => {
                let OfSet { open, vector } = &vectors[position].refuted[set];
                let mut entry = vec![0.0; scene.roads.may_open.len()];
                for (position, &candidate) in openings.candidates.iter().enumerate() {
                    if open.binary_search(&position).is_err() {
                        entry[candidate] = 1.0;
                    }
                }
                let open = &scene.roads.may_open;
                Some(scene.bound(Aim::Entry, vector, open, Some(&entry)))
            }
            Job::Other(position, set) => {
                let OfSet { open, vector } = &vectors[position].others[set];
                let mask = openings.mask(scene, open);
                Some(scene.bound(scene.stages[position].aim, vector, &mask, None))
            }
        }
    };
    let done: Vec<Option<Bound>> = jobs.par_iter().map(compute).collect();
    let mut bounds = Bounds {
        own: vec![None; vectors.len()],
        refuted: vec![Vec::new(); vectors.len()],
        others: vec![Vec::new(); vectors.len()],
    };
    for (job, bound) in jobs.into_iter().zip(done) {
        match job {
            Job::Own(position) => bounds.own[position] = bound,
            Job::Refuted(position, _) => bounds.refuted[position].extend(bound),
            Job::Other(position, _) => bounds.others[position].extend(bound),
        }
    }
    bounds
}
