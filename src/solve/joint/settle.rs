//! Settles the joint program: the fewest users who move in all periods together, then the least latency.
//!
//! Solve, price every class, add what is cheaper, until nothing is. Every pass proves a bound, whatever its prices:
//!
//! ```text
//! g = Σ_c min over trajectories of [moved + Σ π·loads] + Σ min(0, reduced)·s_max − Σ π·(limits)
//! ```

use super::cheapest::{Cheapest, cheapest, routed};
use super::columns::TrajectoryColumn;
use super::fares::{JointWeights, PeriodFares, of_limits, of_missing};
use super::master::{Duals, JointMaster};
use crate::error::Result;
use crate::formulation::joint::{JointProblem, Trajectory};
use crate::formulation::rows::hold_limit;
use crate::ids::SiteId;
use crate::solve::known_paths::KnownPaths;
use crate::solve::options::{
    ITERATIONS_OF_JOINT, ITERATIONS_OF_JOINT_LATENCY, PASSES_PER_LEVEL, WORTH_ADDING,
};
use crate::solve::stop::Stop;
use crate::units::{NUMERICAL_NOISE, ROUNDING, WORTH_A_TRY};

/// A share of a joint class that takes these homes.
#[derive(Debug, Clone, PartialEq)]
pub struct JointShare {
    /// By period, where they are served; `None` where they are at rest.
    pub homes: Vec<Option<SiteId>>,
    /// The share of the class.
    pub share: f64,
    /// The same homes with the paths that most of the share takes.
    pub trajectory: Trajectory,
}

/// What the joint program comes to.
#[derive(Debug, Clone)]
pub struct JointOutcome {
    /// The fewest users who move in all periods together, over fractional homes.
    pub moved: f64,
    /// What is proven for it: fewer cannot do, at levels before moves that are no worse.
    pub bound: f64,
    /// By joint class, its homes; shares sum to 1.
    pub shares: Vec<Vec<JointShare>>,
}

/// Settles a joint problem; `None` if a stop was raised before that, or no method of the solver succeeded.
///
/// # Errors
/// `Error::Internal` if the solver's interface fails.
pub fn solve_joint(problem: &JointProblem<'_>, stop: &Stop) -> Result<Option<JointOutcome>> {
    let mut settling = Settling {
        problem,
        master: JointMaster::new(problem)?,
        known: (problem.periods.iter())
            .map(|period| KnownPaths::new(period.problem))
            .collect(),
    };
    let unit = settling.master.rows.unit;
    let moved = JointWeights {
        moved: 1.0 / unit,
        latency: 0.0,
    };
    let ends = Precision {
        gap: ROUNDING,
        iterations: ITERATIONS_OF_JOINT,
    };
    let Some((value, bound)) = settling.minimise(moved, ends, stop)? else {
        return Ok(None);
    };
    let mut shares = settling.shares();
    let latency: f64 = settling
        .master
        .defaults
        .iter()
        .map(|trajectory_column| trajectory_column.latency)
        .sum();
    settling
        .master
        .hold_moved(hold_limit(value.max(bound), NUMERICAL_NOISE))?;
    let near = JointWeights {
        moved: 0.0,
        latency: 1.0 / latency.max(1.0),
    };
    // Of several sites users take a near one; nothing is proven of it.
    let ends = Precision {
        gap: WORTH_A_TRY,
        iterations: ITERATIONS_OF_JOINT_LATENCY,
    };
    if settling.minimise(near, ends, stop)?.is_some() {
        shares = settling.shares();
    }
    let others: f64 = problem.begun.others.iter().map(|counts| counts.moved).sum();
    Ok(Some(JointOutcome {
        moved: value.max(bound) * unit + others,
        bound: bound.max(0.0) * unit + others,
        shares,
    }))
}

/// When an objective is settled.
#[derive(Debug, Clone, Copy)]
struct Precision {
    /// At so small a gap between its value and what is proven, as a share.
    gap: f64,
    /// Steps of the solver after which it ends.
    iterations: u64,
}

/// A joint program that is being settled.
struct Settling<'p, 'a> {
    problem: &'p JointProblem<'a>,
    master: JointMaster,
    /// By period.
    known: Vec<KnownPaths<'a>>,
}

impl Settling<'_, '_> {
    /// Minimises an objective; its value and what is proven for it, or `None` if there is no solution yet.
    fn minimise(
        &mut self,
        weights: JointWeights,
        ends: Precision,
        stop: &Stop,
    ) -> Result<Option<(f64, f64)>> {
        let unit = self.master.rows.unit;
        let weight_of = |column: &TrajectoryColumn| {
            column.moved * weights.moved * unit + column.latency * weights.latency
        };
        let mut best = f64::NEG_INFINITY;
        let start = self.master.iterations();
        let mut found = None;
        for pass in 0..PASSES_PER_LEVEL {
            self.master.set_costs(weight_of)?;
            if !self.master.run(stop)? {
                break;
            }
            let value = self.master.value(weight_of);
            let duals = self.master.duals();
            let (bound, columns) = self.price(&duals, weights, weight_of);
            best = best.max(bound);
            found = Some((value, best));
            let is_close = value - best <= ends.gap * value.abs().max(1.0);
            let is_spent = self.master.iterations() - start >= ends.iterations;
            tracing::debug!(pass, value, best, added = columns.len(), "joint periods");
            if is_close || is_spent || columns.is_empty() {
                break;
            }
            self.master.add(columns)?;
        }
        Ok(found)
    }

    /// What prices prove, and the trajectories that are cheaper than what their classes have.
    fn price(
        &mut self,
        duals: &Duals,
        weights: JointWeights,
        weight_of: impl Fn(&TrajectoryColumn) -> f64,
    ) -> (f64, Vec<TrajectoryColumn>) {
        let Self {
            problem,
            master,
            known,
        } = self;
        let mut fares: Vec<PeriodFares<'_>> = known
            .iter_mut()
            .enumerate()
            .map(|(period, known)| {
                PeriodFares::of(problem, period, &master.rows, duals, weights, known)
            })
            .collect();
        let mut bound = of_missing(problem, &master.rows, duals);
        let (limits, mut sizes) = of_limits(&master.rows, duals);
        bound -= limits;
        let mut columns = Vec::new();
        for class in 0..problem.classes.len() {
            let Some(Cheapest { cost, homes }) = cheapest(problem, &master.rows, &mut fares, class)
            else {
                return (f64::NEG_INFINITY, Vec::new());
            };
            bound += cost;
            sizes += cost.abs();
            let default = &master.defaults[class];
            let priced = |column: &TrajectoryColumn| -> f64 {
                let entries = column.entries.iter();
                let rows: f64 = entries.map(|(row, entry)| duals.rows[*row] * entry).sum();
                weight_of(column) + rows
            };
            let reduced = cost - priced(default) + duals.classes[class];
            if reduced >= WORTH_ADDING {
                continue;
            }
            let Some(trajectory) = routed(problem, &fares, class, homes) else {
                continue;
            };
            let column = TrajectoryColumn::of(problem, &master.rows, class, trajectory);
            if !master.has(&column) {
                columns.push(column);
            }
        }
        (bound - ROUNDING * sizes, columns)
    }

    /// By class, the homes of the last solution.
    fn shares(&self) -> Vec<Vec<JointShare>> {
        let by_class = self.master.by_class().into_iter();
        by_class
            .map(|pairs| {
                let mut shares: Vec<JointShare> = Vec::new();
                let mut pairs = pairs;
                pairs.sort_by(|a, b| b.1.total_cmp(&a.1));
                for (column, share) in pairs {
                    let homes = &column.trajectory.homes;
                    match shares.iter_mut().find(|known| known.homes == *homes) {
                        Some(known) => known.share += share,
                        None => shares.push(JointShare {
                            homes: homes.clone(),
                            share,
                            trajectory: column.trajectory.clone(),
                        }),
                    }
                }
                shares.retain(|share| share.share > NUMERICAL_NOISE);
                shares
            })
            .collect()
    }
}
