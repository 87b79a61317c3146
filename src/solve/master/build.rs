//! The program as it begins: nobody displaced, every overload open.

use super::Master;
use super::anchors::Anchors;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::formulation::rows::{RowId, hard_limit, move_limit, target_limit};
use crate::formulation::{ColumnKey, PathTable, Problem, Scaling, Stays};
use crate::solve::backend::Backend;
use crate::solve::closed::{Closed, Parked};
use crate::solve::known_paths::KnownPaths;
use crate::solve::matrix::PrimalValues;
use crate::solve::options::{ITERATIONS_PER_LEVEL, is_large};
use crate::solve::stop::Stop;
use crate::units::ROUNDING;
use good_lp::{Expression, ProblemVariables, SolverModel, constraint, variable};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Master<'a> {
    /// The program of a problem with nobody displaced and every overload open.
    pub(in crate::solve) fn new(problem: &'a Problem<'a>, stop: &Stop) -> Result<Self> {
        Self::build(problem, None, stop)
    }

    /// The same where all that rows allow is scaled by a column `β`, and no target may be missing.
    pub(in crate::solve) fn scaled(
        problem: &'a Problem<'a>,
        scaling: &'a Scaling,
        stop: &Stop,
    ) -> Result<Self> {
        Self::build(problem, Some(scaling), stop)
    }

    fn build(problem: &'a Problem<'a>, scaling: Option<&'a Scaling>, stop: &Stop) -> Result<Self> {
        let rows = &problem.rows.rows;
        let class_count = problem.classes.classes.len();
        let target_limits: Vec<f64> = rows
            .iter()
            .enumerate()
            .map(|(index, row)| match scaling {
                // Rows take the fixed load off themselves; what is scaled says what there is beside it.
                Some(scaling) => scaling.rows[index].base + row.fixed / row.capacity,
                None => target_limit(row.target, row.kept),
            })
            .collect();
        let mut variables = ProblemVariables::new();
        let mut keys = Vec::new();
        let mut declare = |key: ColumnKey| {
            keys.push(key);
            variables.add(variable().min(0.0))
        };
        let worst = declare(ColumnKey::Worst);
        let scale = scaling.map(|scaling| (declare(ColumnKey::Scale), scaling));
        let mut lines: Vec<(Expression, f64)> = Vec::new();
        let mut hard_lines: Vec<(Expression, f64, RowId)> = Vec::new();
        let mut missing = None;
        for (index, row) in rows.iter().enumerate() {
            let stays = problem.default_loads[index] / row.capacity;
            let overload = declare(ColumnKey::Overload(index));
            let mut line = Expression::from(0.0) - overload;
            if let Some((scale, scaling)) = scale {
                line -= scaling.rows[index].per_scale * scale;
            } else if row.has_shortfall() {
                if row.family == index {
                    missing = Some(declare(ColumnKey::Missing(index)));
                }
                // Slices of one component and resource share what is missing.
                let missing = missing.expect("invariant: the first slice of a family comes first");
                line = line - row.target * missing - row.target * worst;
                if row.kept > 0.0 {
                    let hard = Expression::from(0.0) - overload;
                    hard_lines.push((hard, hard_limit() - stays, index));
                }
            }
            lines.push((line, target_limits[index] - stays));
        }
        let lost: Vec<_> = (0..problem.rows.survival.case_count)
            .map(|case| declare(ColumnKey::Lost(case)))
            .collect();
        for (index, row) in rows.iter().enumerate() {
            if let Some(case) = row.case {
                lines[index].0 -= problem.unit / row.capacity * lost[case];
            }
        }
        let excess = problem
            .setting
            .policy
            .max_moved_users
            .map(|limit| (declare(ColumnKey::MovedTooMany), limit));
        let mut model = variables
            .minimise(Expression::from(0.0))
            .using(good_lp::highs);
        let mut hard_rows = vec![None; rows.len()];
        let mut count = lines.len();
        for (line, limit) in lines {
            model = model.with(constraint!(line <= limit));
        }
        for (line, limit, row) in hard_lines {
            model = model.with(constraint!(line <= limit));
            hard_rows[row] = Some(count);
            count += 1;
        }
        let move_row = excess.is_some().then_some(count);
        let mut limit_of_moves = 0.0;
        if let Some((excess, limit)) = excess {
            let moved = problem.constant(&problem.objective(Level::Moved));
            let mut line = Expression::from(0.0) - excess;
            let limit = match scale {
                Some((scale, scaling)) => {
                    let [base, per_scale] = scaling.moves.unwrap_or_default();
                    line -= per_scale / problem.unit * scale;
                    base
                }
                None => limit,
            };
            limit_of_moves = move_limit(limit, moved, problem.unit);
            model = model.with(constraint!(line <= limit_of_moves));
        }
        let inner = model
            .try_into_inner()
            .map_err(|error| Error::Internal(format!("the program could not be built: {error}")))?;
        let missing = rows
            .iter()
            .map(|row| {
                if scaling.is_none() && row.has_shortfall() {
                    1.0 - row.kept
                } else {
                    0.0
                }
            })
            .collect();
        let mut closed = Closed::nothing(problem);
        closed.levels.unserved.fill(true);
        let mut master = Self {
            backend: Backend::new(inner)?,
            paths: PathTable::after(&problem.paths),
            closed,
            known: keys.iter().copied().collect(),
            keys,
            class_rows: vec![None; class_count],
            hard_rows,
            move_row,
            move_limit: limit_of_moves,
            holds: Vec::new(),
            is_default_closed: vec![false; class_count],
            anchors: Anchors::none(class_count),
            loads_of_anchors: FxHashMap::default(),
            parked: Parked::none(class_count),
            unparked: Vec::new(),
            eased: BTreeMap::new(),
            closed_anchors: BTreeSet::new(),
            shifts: vec![0.0; count + usize::from(move_row.is_some())],
            target_limits,
            scaling,
            missing,
            worst: 0.0,
            is_overload_open: true,
            close_enough: ROUNDING,
            is_large: false,
            iterations_per_level: ITERATIONS_PER_LEVEL,
            looseness: 0.0,
            scale: 1.0,
            values: PrimalValues::default(),
            last_tariff: None,
            best_tariff: None,
            stays: Stays::new(problem),
            known_paths: KnownPaths::new(problem),
            nonzeros: 0,
            stop: stop.clone(),
            problem,
        };
        if is_large(class_count) {
            master.treat_as_large()?;
        }
        master.apply_bounds()?;
        Ok(master)
    }

    /// From now on it is treated as a large problem.
    pub(in crate::solve) fn treat_as_large(&mut self) -> Result<()> {
        self.is_large = true;
        self.backend.leave_unscaled()
    }
}
