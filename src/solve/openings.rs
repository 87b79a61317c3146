//! Which standby access points to open: the fewest that keep the earlier levels, then the best set of that number
//! (`docs/model.md` §4, `docs/design.md`).
//!
//! A set of openings keeps the earlier levels if, with them held, nobody has to enter elsewhere: the least number
//! of users on closed access points is 0. If it is not, the prices that prove it refute the set, every subset of
//! it, and usually larger sets: each is asked of the same prices before anything is solved.

use super::cover::Cover;
use super::levels::{Extract, Settled, extract, settle_all};
use super::master::{End, Master};
use super::options::OPENINGS_TRIED;
use super::outcome::is_lower;
use crate::error::Result;
use crate::formulation::Standby;
use crate::formulation::goals::{Level, is_counted};
use crate::ids::AccessPointId;

/// The standby access points that may be opened, as positions among all access points.
struct Candidates {
    positions: Vec<usize>,
    count: usize,
}

impl Candidates {
    fn new(master: &Master<'_>) -> Self {
        let setting = &master.problem.setting;
        let inventory = setting.inventory;
        let may_open = setting.standby == Standby::Openable;
        let positions = (0..inventory.access_points.len())
            .filter(|&index| {
                let component = inventory.access_point_component(AccessPointId::new(index));
                may_open
                    && is_counted(&inventory.access_points[index])
                    && !setting.case.gone[component.index()]
            })
            .collect();
        Self {
            positions,
            count: inventory.access_points.len(),
        }
    }

    /// By access point, what a user pays who enters outside `set`.
    fn entry(&self, set: &[bool]) -> Vec<f64> {
        let mut entry = vec![0.0; self.count];
        for (&position, &is_in) in self.positions.iter().zip(set) {
            entry[position] = if is_in { 0.0 } else { 1.0 };
        }
        entry
    }

    /// By access point, whether it is closed when just `set` is open.
    fn closed(&self, set: &[bool]) -> Vec<bool> {
        self.entry(set)
            .into_iter()
            .map(|entry| entry > 0.0)
            .collect()
    }
}

/// Settles the access-point level and all later ones.
pub(super) fn settle_openings(
    master: &mut Master<'_>,
    later: &[Level],
    is_short: bool,
    settled: &mut Settled,
) -> Result<()> {
    let row_count = master.problem.rows.rows.len();
    let candidates = Candidates::new(master);
    if settled.is_stopped || settled.is_worse() {
        return Ok(());
    }
    if candidates.positions.is_empty() {
        settled.skip(Level::AccessPoints, 0.0, row_count);
        return settle_all(master, later, is_short, settled);
    }
    let mut cover = Cover::default();
    let Some(first) = next_set(master, &candidates, &mut cover, None)? else {
        // Every set is refuted by tolerance alone: keep all of them open.
        let all = vec![true; candidates.positions.len()];
        push_count(settled, &all, row_count, false);
        return settle_all(master, later, is_short, settled);
    };
    let size = first.iter().filter(|is_in| **is_in).count();
    push_count(settled, &first, row_count, true);
    let mark = master.mark();
    let mut best: Option<(Settled, Extract)> = None;
    let mut next = Some(first);
    let mut tried = 0;
    while let Some(set) = next {
        master.close_access_points(candidates.closed(&set))?;
        master.run_again()?;
        let mut trial = settled.clone();
        if let Some((best, _)) = &best {
            trial.has_to_beat(&best.levels);
        }
        settle_all(master, later, is_short, &mut trial)?;
        let is_stopped = trial.is_stopped;
        if best
            .as_ref()
            .is_none_or(|(best, _)| is_lower(&trial.levels, &best.levels))
        {
            best = Some((trial, extract(master)));
        }
        tried += 1;
        let is_only = size == 0 || size == candidates.positions.len();
        if is_only || is_stopped {
            break;
        }
        master.return_to(&mark)?;
        next = if tried < OPENINGS_TRIED {
            next_set(master, &candidates, &mut cover, Some(size))?
        } else {
            // Another set of that number might be better at the later levels: nothing is proven for them.
            if let Some((best, _)) = &mut best {
                best.forget_bounds_after(Level::AccessPoints);
            }
            None
        };
    }
    if let Some((trial, plan)) = best {
        *settled = trial;
        settled.best = Some(plan);
    }
    Ok(())
}

/// The number of openings, proven if every smaller set is refuted.
fn push_count(settled: &mut Settled, set: &[bool], row_count: usize, is_proven: bool) {
    let value = set.iter().filter(|is_in| **is_in).count() as f64;
    if value == 0.0 {
        settled.skip(Level::AccessPoints, 0.0, row_count);
        return;
    }
    let end = End {
        value,
        bound: if is_proven { value } else { 0.0 },
        is_stopped: false,
    };
    settled.push(Level::AccessPoints, end, vec![0.0; row_count]);
}

/// The next set of openings that keeps the earlier levels; it is taken off the cover.
fn next_set(
    master: &mut Master<'_>,
    candidates: &Candidates,
    cover: &mut Cover,
    size: Option<usize>,
) -> Result<Option<Vec<bool>>> {
    while let Some(set) = cover.smallest(candidates.positions.len(), size)? {
        let mut entering = master.nothing();
        entering.entry = candidates.entry(&set);
        let end = master.optimise(&entering)?;
        if master.is_nobody(end.value) {
            cover.taken.push(set.clone());
            return Ok(Some(set));
        }
        cover.refuted.push(widened(master, candidates, set));
        if end.is_stopped {
            return Ok(None);
        }
    }
    Ok(None)
}

/// The refuted set with every further opening that the same prices refute too.
fn widened(master: &mut Master<'_>, candidates: &Candidates, mut set: Vec<bool>) -> Vec<bool> {
    for index in 0..set.len() {
        if set[index] {
            continue;
        }
        set[index] = true;
        let bound = master.bound_at_last_prices(&candidates.entry(&set));
        if bound <= 0.0 || master.is_nobody(bound) {
            set[index] = false;
        }
    }
    set
}
