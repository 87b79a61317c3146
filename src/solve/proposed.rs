//! Proposed: a plan that was not found by solving, and prices of other cases that may prove it to be best.

use super::closed::{Closed, Parked};
use super::known_paths::KnownPaths;
use super::options::is_large;
use super::outcome::{LevelOutcome, LevelProof};
use super::price::{Pricing, Slack};
use super::prices::{DualPrices, Keeping, Kept, Multiplier, Prices};
use crate::formulation::goals::Level;
use crate::formulation::rows::{RowId, target_limit};
use crate::formulation::{Problem, Stays};
use crate::ids::{ComponentId, ResourceId};
use crate::units::{LAST_DIGITS, NUMERICAL_NOISE, PROVEN};
use rustc_hash::{FxHashMap, FxHashSet};

/// Proves that a plan with these values of a problem's levels is best, from what proved other cases: `None` if some
/// level's bound stays below its value. The levels are those of a verdict: unserved users, relief, the worst missing
/// share.
///
/// Nothing of the other cases is believed: their prices are asked what they prove here (`docs/model.md` §7).
pub fn prove(
    problem: &Problem<'_>,
    values: &[f64],
    others: &[&[LevelOutcome]],
) -> Option<Vec<LevelOutcome>> {
    let mut proof = ProofSoFar::new(problem);
    for (&level, &value) in problem.levels.iter().zip(values) {
        proof.settle(level, value, others)?;
    }
    Some(proof.levels)
}

/// What was proven so far.
struct ProofSoFar<'p> {
    problem: &'p Problem<'p>,
    row_of: FxHashMap<(bool, ComponentId, ResourceId, usize), RowId>,
    target_limits: Vec<f64>,
    closed: Closed,
    known: KnownPaths<'p>,
    stays: Stays<'p>,
    levels: Vec<LevelOutcome>,
}

impl<'p> ProofSoFar<'p> {
    fn new(problem: &'p Problem<'p>) -> Self {
        let rows = problem.rows.rows.iter();
        let keys = rows
            .clone()
            .map(|row| (row.with_retries, row.component, row.resource, row.slice));
        Self {
            row_of: keys.zip(0..).collect(),
            target_limits: rows.map(|row| target_limit(row.target, row.kept)).collect(),
            closed: Closed::nothing(problem),
            known: KnownPaths::new(problem),
            stays: Stays::new(problem),
            levels: Vec::with_capacity(problem.levels.len()),
            problem,
        }
    }

    /// Settles the next level.
    fn settle(&mut self, level: Level, value: f64, others: &[&[LevelOutcome]]) -> Option<()> {
        let problem = self.problem;
        let nobody = NUMERICAL_NOISE * problem.users;
        let (least, tolerance) = match level {
            Level::Unserved(_) => (problem.constant(&self.problem.objective(level)), nobody),
            level if level.is_of_movers() => (0.0, nobody),
            Level::Worst => (0.0, 0.0),
            _ => return None,
        };
        if value - least <= tolerance {
            match level {
                // Where default paths are elsewhere already, nothing can be closed.
                level if level.is_of_movers() => {
                    self.closed.levels[level] =
                        problem.is_free_by_default(&self.problem.objective(level));
                }
                level => self.closed.levels[level] = true,
            }
            self.levels.push(LevelOutcome {
                level,
                value: least,
                bound: least,
                is_skipped: true,
                gains: vec![0.0; problem.rows.rows.len()],
                proof: LevelProof::Floor,
                other_sets: Vec::new(),
            });
            return Some(());
        }
        let mut vectors: Vec<&Prices> = Vec::new();
        for levels in others {
            let level_outcome = levels
                .iter()
                .find(|level_outcome| level_outcome.level == level);
            if let Some(LevelProof::Prices(prices)) =
                level_outcome.map(|level_outcome| &level_outcome.proof)
            {
                vectors.push(prices);
            }
        }
        let together = largest(&vectors);
        for prices in together.iter().chain(vectors) {
            let (tariff, one_prices) = self.tariff(level, prices);
            let bound = self.bound(level, &tariff);
            if value - bound <= PROVEN * value.abs().max(1.0) {
                self.levels.push(LevelOutcome {
                    level,
                    value: value.max(bound),
                    bound,
                    is_skipped: false,
                    gains: tariff.rows,
                    proof: LevelProof::Prices(one_prices),
                    other_sets: Vec::new(),
                });
                return Some(());
            }
        }
        None
    }

    /// Prices of another case as they are here: rows that are there, and settled levels held at their values here.
    fn tariff(&self, level: Level, prices: &Prices) -> (DualPrices, Prices) {
        let rows = self.problem.rows.rows.len();
        let (mut target_rows, mut all_rows) = (vec![0.0; rows], vec![0.0; rows]);
        let mut one_prices = Prices::default();
        for (from, to, is_target) in [
            (&prices.target, &mut one_prices.target, true),
            (&prices.hard, &mut one_prices.hard, false),
        ] {
            for price in from {
                if let Some(&row) = self.row_of.get(&price.key()) {
                    all_rows[row] += price.price;
                    if is_target {
                        target_rows[row] += price.price;
                    }
                    to.push(*price);
                }
            }
        }
        let mut objective = self.problem.objective(level);
        let mut held = 0.0;
        let mut multipliers = Vec::new();
        for settled in &self.levels {
            if matches!(settled.proof, LevelProof::Floor) {
                if self.closed.levels[settled.level] {
                    one_prices.kept.push(Kept {
                        level: settled.level,
                        by: Keeping::Floor,
                    });
                }
                continue;
            }
            let theirs = prices.kept.iter().find(|kept| kept.level == settled.level);
            if let Some(Kept {
                by: Keeping::Row { price, .. },
                ..
            }) = theirs
            {
                let of_level = self.problem.objective(settled.level);
                objective.add(&of_level, *price);
                held += price * settled.value;
                multipliers.push(Multiplier {
                    objective: of_level,
                    price: *price,
                    limit: settled.value,
                });
                one_prices.kept.push(Kept {
                    level: settled.level,
                    by: Keeping::Row {
                        at: settled.value,
                        price: *price,
                    },
                });
            }
        }
        let tariff = DualPrices {
            objective,
            rows: all_rows,
            target_rows,
            classes: vec![0.0; self.problem.classes.classes.len()],
            held,
            multipliers,
            moves: 0.0,
            scale: 0.0,
        };
        (tariff, one_prices)
    }

    /// What prices prove of a level.
    fn bound(&mut self, level: Level, tariff: &DualPrices) -> f64 {
        let problem = self.problem;
        let class_count = problem.classes.classes.len();
        let parked = Parked::none(class_count);
        let pricing = Pricing {
            problem,
            closed: &self.closed,
            is_default_closed: &vec![false; class_count],
            stays: &self.stays,
            parked: &parked,
            known: &FxHashSet::default(),
            is_large: is_large(class_count),
        };
        let may_miss = |row: &crate::formulation::rows::LoadRow| {
            if level != Level::Worst && row.has_shortfall() {
                1.0 - row.kept
            } else {
                0.0
            }
        };
        let missing: Vec<f64> = problem.rows.rows.iter().map(may_miss).collect();
        let slack = Slack {
            missing: &missing,
            worst: if level == Level::Worst { 1.0 } else { 0.0 },
            scale: 0.0,
            target_limits: &self.target_limits,
        };
        let bound = pricing.pass(tariff, &slack, &mut self.known).bound;
        let rows = problem.rows.rows.iter().zip(&tariff.rows);
        let of_rows = rows.map(|(row, price)| price * (row.capacity + row.fixed));
        let rounding = LAST_DIGITS * (of_rows.sum::<f64>() + tariff.held.abs());
        if rounding <= PROVEN * bound.abs().max(1.0) {
            bound
        } else {
            f64::NEG_INFINITY
        }
    }
}

/// The largest of all prices, row by row: shortages in different places add up. `None` without two of them.
fn largest(vectors: &[&Prices]) -> Option<Prices> {
    let (first, rest) = vectors.split_first()?;
    if rest.is_empty() {
        return None;
    }
    let mut all = Prices::clone(first);
    for prices in rest {
        for (row_prices, theirs) in [
            (&mut all.target, &prices.target),
            (&mut all.hard, &prices.hard),
        ] {
            row_prices.extend(theirs);
            row_prices.sort_by(|a, b| (a.key().cmp(&b.key())).then(b.price.total_cmp(&a.price)));
            row_prices.dedup_by_key(|row| row.key());
        }
        for kept in &prices.kept {
            let Keeping::Row { price, .. } = kept.by else {
                continue;
            };
            let one_kept = all
                .kept
                .iter_mut()
                .find(|candidate| candidate.level == kept.level);
            match one_kept.map(|kept| &mut kept.by) {
                Some(Keeping::Row { price: largest, .. }) => *largest = largest.max(price),
                Some(by) => *by = kept.by,
                None => all.kept.push(*kept),
            }
        }
    }
    Some(all)
}
