//! Columns of the joint program: what a share of a class on a trajectory adds to every row.

use super::rows::JointRows;
use crate::formulation::joint::{JointClassId, JointProblem, Trajectory};
use crate::sums::summed;

/// What a whole joint class on a trajectory comes to.
#[derive(Debug, Clone)]
pub(super) struct TrajectoryColumn {
    pub(super) class: JointClassId,
    pub(super) trajectory: Trajectory,
    /// Users who move in any period, in units.
    pub(super) moved: f64,
    /// User-milliseconds of all periods.
    pub(super) latency: f64,
    /// By row, ascending.
    pub(super) entries: Vec<(usize, f64)>,
}

impl TrajectoryColumn {
    /// The column of a class and trajectory.
    pub(super) fn of(
        problem: &JointProblem<'_>,
        rows: &JointRows,
        class: JointClassId,
        trajectory: Trajectory,
    ) -> Self {
        let mut entries: Vec<(usize, f64)> = Vec::new();
        let (mut moved, mut latency) = (0.0, 0.0);
        let counts = problem.counts(class, &trajectory.homes);
        for (period, counts) in counts.iter().enumerate() {
            let load_rows = &problem.periods[period].problem.rows.rows;
            for (row, load) in problem.loads(class, period, &trajectory) {
                if let Some(position) = rows.of_load[period][row] {
                    entries.push((position, load / load_rows[row].capacity));
                }
            }
            moved += counts.moved / rows.unit;
            let counted = [
                (rows.relief[period], counts.relief),
                (rows.moves[period], counts.moved),
                (rows.copied, counts.copied),
                (Some(rows.moved), counts.moved),
            ];
            for (row, users) in counted {
                if let Some(row) = row.filter(|_| users > 0.0) {
                    entries.push((row, users / rows.unit));
                }
            }
            if let Some(route) = &trajectory.routes[period] {
                let of_period = problem.classes[class].users[period] * route.latency;
                latency += of_period;
                if let Some(row) = rows.latency[period] {
                    entries.push((row, of_period / rows.of_latency[period]));
                }
            }
        }
        Self {
            class,
            trajectory,
            moved,
            latency,
            entries: summed(entries),
        }
    }
}
