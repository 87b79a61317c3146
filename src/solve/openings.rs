//! Which standby access points to open: the fewest that keep the earlier levels, then the best set of that number
//! (`docs/model.md` §4, `docs/design.md`).
//!
//! A set of openings keeps the earlier levels if, with them held, nobody has to enter elsewhere: the least number
//! of users on closed access points is 0. If it is not, the prices that prove it refute the set, every subset of
//! it, and usually larger sets: each is asked of the same prices before anything is solved.

use super::cover::Cover;
use super::extract::{PrimalSolution, extract};
use super::master::{LevelEnd, Master};
use super::options::OPENINGS_TRIED;
use super::outcome::{LevelOutcome, LevelProof, is_lower};
use super::prices::SetPrices;
use super::settled::{LevelsSoFar, settle_all};
use crate::error::{Error, Result};
use crate::formulation::StandbyUse;
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
        let may_open = setting.standby == StandbyUse::Openable;
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

    /// The members of a set.
    fn members(&self, set: &[bool]) -> Vec<AccessPointId> {
        let all = self.positions.iter().zip(set);
        all.filter(|(_, is_in)| **is_in)
            .map(|(&position, _)| AccessPointId::new(position))
            .collect()
    }
}

/// Sets that were ruled out, and what shows it.
#[derive(Default)]
struct Proofs {
    /// Sets that cannot keep the earlier levels.
    refuted: Vec<SetPrices>,
    /// Sets that were tried at the later levels: what they came to there.
    tried: Vec<(Vec<AccessPointId>, Vec<LevelOutcome>)>,
    /// Of some set it is neither known what it comes to nor that it cannot keep the earlier levels.
    are_doubtful: bool,
}

impl Proofs {
    /// Writes to every level what it takes to see that no other set than `open` does better.
    fn add_to(self, levels: &mut [LevelOutcome], open: &[AccessPointId]) {
        for (position, level) in levels.iter_mut().enumerate() {
            if level.level == Level::AccessPoints {
                level.proof = LevelProof::Sets {
                    open: open.to_vec(),
                    refuted: self.refuted.clone(),
                };
                continue;
            }
            let others = self.tried.iter().filter(|(other, _)| other != open);
            level.other_sets = others
                .filter_map(|(other, levels)| match &levels.get(position)?.proof {
                    LevelProof::Prices(prices) => Some(SetPrices {
                        open: other.clone(),
                        prices: prices.clone(),
                    }),
                    _ => None,
                })
                .collect();
        }
    }
}

/// Settles the access-point level and all later ones.
pub(super) fn settle_openings(
    master: &mut Master<'_>,
    later: &[Level],
    is_short: bool,
    settled: &mut LevelsSoFar,
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
    let earlier = settled.levels.clone();
    let mut cover = Cover::default();
    let mut proofs = Proofs::default();
    let next_set = |master: &mut Master<'_>, cover: &mut Cover, size, proofs: &mut Proofs| {
        let mut search = OpeningSearch {
            candidates: &candidates,
            earlier: &earlier,
            cover,
            proofs,
        };
        search.next_set(master, size)
    };
    let keep_all = |master: &mut Master<'_>, settled: &mut LevelsSoFar, proofs: Proofs| {
        let all = vec![true; candidates.positions.len()];
        push_count(settled, &all, row_count, false);
        settle_all(master, later, is_short, settled)?;
        proofs.add_to(
            &mut settled.levels[earlier.len()..],
            &candidates.members(&all),
        );
        Ok(())
    };
    let Some(first) = next_set(master, &mut cover, None, &mut proofs)? else {
        // Every set is refuted by tolerance alone: keep all of them open.
        return keep_all(master, settled, proofs);
    };
    let size = first.iter().filter(|is_in| **is_in).count();
    push_count(settled, &first, row_count, !proofs.are_doubtful);
    let mark = master.mark();
    let mut best: Option<(LevelsSoFar, PrimalSolution, Vec<AccessPointId>)> = None;
    let mut next = Some(first);
    let mut tried = 0;
    while let Some(set) = next {
        master.close_access_points(candidates.closed(&set))?;
        let mut trial = settled.clone();
        if let Some((best, ..)) = &best {
            trial.has_to_beat(&best.levels);
        }
        let is_settled = match master.run_again() {
            Ok(()) => settle_all(master, later, is_short, &mut trial),
            failed => failed,
        };
        let is_stopped = trial.is_stopped;
        match is_settled {
            Ok(()) => {
                let open = candidates.members(&set);
                let of_trial = trial.levels[earlier.len()..].to_vec();
                proofs.tried.push((open.clone(), of_trial));
                if best
                    .as_ref()
                    .is_none_or(|(best, ..)| is_lower(&trial.levels, &best.levels))
                {
                    best = Some((trial, extract(master), open));
                }
            }
            // The solver says nothing of this set.
            Err(Error::Solver { .. } | Error::StoppedEarly) => proofs.are_doubtful = true,
            Err(error) => return Err(error),
        }
        tried += 1;
        let is_only = size == 0 || size == candidates.positions.len();
        if is_only || is_stopped {
            break;
        }
        master.return_to(&mark)?;
        next = if tried < OPENINGS_TRIED {
            next_set(master, &mut cover, Some(size), &mut proofs)?
        } else {
            // Another set of that number might be better at the later levels: nothing is proven for them.
            proofs.are_doubtful = true;
            None
        };
    }
    let Some((mut trial, plan, open)) = best else {
        settled.levels.truncate(earlier.len());
        master.return_to(&mark)?;
        return keep_all(master, settled, proofs);
    };
    if proofs.are_doubtful {
        trial.forget_bounds_after(Level::AccessPoints);
    }
    *settled = trial;
    proofs.add_to(&mut settled.levels[earlier.len()..], &open);
    settled.best = Some(plan);
    Ok(())
}

/// The number of openings, proven if every smaller set is refuted.
fn push_count(settled: &mut LevelsSoFar, set: &[bool], row_count: usize, is_proven: bool) {
    let value = set.iter().filter(|is_in| **is_in).count() as f64;
    if value == 0.0 {
        settled.skip(Level::AccessPoints, 0.0, row_count);
        return;
    }
    let end = LevelEnd {
        value,
        bound: if is_proven { value } else { 0.0 },
        is_stopped: false,
    };
    let proof = LevelProof::Floor;
    settled.push(Level::AccessPoints, end, vec![0.0; row_count], proof);
}

/// The search for sets of openings that keep the earlier levels.
struct OpeningSearch<'a> {
    candidates: &'a Candidates,
    earlier: &'a [LevelOutcome],
    cover: &'a mut Cover,
    proofs: &'a mut Proofs,
}

impl OpeningSearch<'_> {
    /// The next set that keeps the earlier levels; it is taken off the cover. `None` also where the solver fails.
    fn next_set(
        &mut self,
        master: &mut Master<'_>,
        size: Option<usize>,
    ) -> Result<Option<Vec<bool>>> {
        match self.search(master, size) {
            Err(Error::Solver { status, .. }) => {
                tracing::warn!(status, "the search for openings ends");
                self.proofs.are_doubtful = true;
                Ok(None)
            }
            found => found,
        }
    }

    fn search(
        &mut self,
        master: &mut Master<'_>,
        size: Option<usize>,
    ) -> Result<Option<Vec<bool>>> {
        let candidates = self.candidates;
        while let Some(set) = self.cover.smallest(candidates.positions.len(), size)? {
            let mut entering = master.nothing();
            entering.entry = candidates.entry(&set);
            let end = master.optimise(&entering, f64::INFINITY)?;
            if master.is_nobody(end.value) {
                self.cover.taken.push(set.clone());
                return Ok(Some(set));
            }
            // What is found does not keep the earlier levels; only a bound shows that nothing does.
            let is_refuted = end.is_proven() || !master.is_nobody(end.bound);
            self.proofs.are_doubtful |= !is_refuted || end.is_stopped;
            let set = widened(master, candidates, set);
            self.proofs.refuted.push(SetPrices {
                open: candidates.members(&set),
                prices: master.last_prices(self.earlier),
            });
            self.cover.refuted.push(set);
            if end.is_stopped {
                return Ok(None);
            }
        }
        Ok(None)
    }
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
