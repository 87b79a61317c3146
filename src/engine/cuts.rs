//! Cuts of a period with unserved users: by min cut, who needs more than there is at their permitted sites
//! (`docs/model.md` §11).

mod along_path;
mod bond;

use crate::formulation::Problem;
use crate::ids::{ResourceId, ShardId};
use crate::plan::{Cut, Part, Stopped};
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::HashSet;
use std::mem::{Discriminant, discriminant};

/// The most cuts of a period that are reported.
const MOST: usize = 8;

/// The cuts of a period, the one with most users' worth missing first; none if nobody is unserved.
pub(super) fn cuts(problem: &Problem<'_>, parts: &[Part]) -> Vec<Cut> {
    let mut unserved = vec![0.0; problem.classes.classes.len()];
    for part in parts.iter().filter(|part| part.site.is_none()) {
        if let Some(class) = problem.classes.class_of.get(part.home()) {
            unserved[class] += part.users;
        }
    }
    if unserved.iter().sum::<f64>() <= NOBODY {
        return Vec::new();
    }
    let mut all = bond::cuts_nowhere(problem, &unserved);
    for slice in 0..problem.setting.case.hours.slice_count() {
        all.extend(bond::cuts_at_sites(problem, slice));
        all.extend(along_path::cuts(problem, &unserved, slice));
    }
    all.retain(|cut| cut.short() > FEASIBILITY * cut.needs);
    let weight = |cut: &Cut| match cut.resource() {
        Some(resource) => {
            cut.short() / problem.mean_demand[resource.index()].max(f64::MIN_POSITIVE)
        }
        None => cut.short(),
    };
    all.sort_by(|a, b| {
        weight(b)
            .total_cmp(&weight(a))
            .then_with(|| a.shards.cmp(&b.shards))
            .then_with(|| a.resource().cmp(&b.resource()))
    });
    // In other hours the same shards lack less of the same.
    let mut entries: HashSet<(Discriminant<Stopped>, Vec<ShardId>, Option<ResourceId>)> =
        HashSet::new();
    all.retain(|cut| {
        entries.insert((
            discriminant(&cut.stopped),
            cut.shards.clone(),
            cut.resource(),
        ))
    });
    all.truncate(MOST);
    all
}
