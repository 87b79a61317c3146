//! Scaling: what every row allows once demand or capacity is off by a factor (`model.md` §11).

use super::problem::Problem;
use super::rows::{LoadRow, Scaled, Side, hard_limit, target_limit};
use crate::ids::AccessPointId;
use crate::model::{Component, Goal, Holds};

/// What is asked of the rows that depend on more than the factor: background on a standby access point vanishes while
/// that is closed, and copies that were cut to what is left fit again where demand is lower.
#[derive(Debug, Clone, Copy)]
pub enum Rigour<'a> {
    /// No plan is left out, whatever it opens: for a bound of at least 1.
    MoreDemand,
    /// The same for a bound that may be below 1.
    LessDemand,
    /// What holds is what is said, with these access points open of the standby ones with background.
    Exact(&'a [bool]),
}

/// `true` if the goals put no other wish before the headroom targets than service and relief: then they are met
/// wherever that can be, without moving more of the unaffected.
pub fn pursues_targets(goals: &[Goal]) -> bool {
    goals
        .iter()
        .position(|goal| *goal == Goal::Headroom)
        .is_some_and(|position| {
            goals[..position]
                .iter()
                .all(|goal| matches!(goal, Goal::Unserved | Goal::Relief))
        })
}

/// `true` if fewer moves of the unaffected come before headroom.
pub fn spares_unaffected(goals: &[Goal]) -> bool {
    let position = |wanted: Goal| goals.iter().position(|goal| *goal == wanted);
    match (position(Goal::Relief), position(Goal::Headroom)) {
        (Some(relief), Some(headroom)) => relief < headroom,
        _ => false,
    }
}

/// What every row allows: a program over `β`.
#[derive(Debug, Clone)]
pub struct Scaling {
    /// By load row.
    pub rows: Vec<Scaled>,
    /// Users who may move at `β = 0`, and per unit of `β`, where there is a limit.
    pub moves: Option<[f64; 2]>,
    /// Users of unaffected shards who may be served elsewhere, where that comes before headroom.
    pub relief: Option<f64>,
}

impl Scaling {
    /// The scaling of a problem; `relieved` are the users of unaffected shards who move as it stands.
    pub fn new(
        problem: &Problem<'_>,
        side: Side,
        holds: Holds,
        rigour: Rigour<'_>,
        relieved: f64,
    ) -> Self {
        let is_held = holds == Holds::Targets && spares_unaffected(&problem.setting.policy.goals);
        let rows = problem.rows.rows.iter();
        Self {
            rows: rows
                .map(|row| scaled(problem, row, side, holds, rigour))
                .collect(),
            moves: problem
                .setting
                .policy
                .max_moved_users
                .map(|limit| match side {
                    Side::Demand => [0.0, limit],
                    Side::Capacity => [limit, 0.0],
                }),
            relief: is_held.then_some(relieved),
        }
    }
}

/// `true` if both sides say the same: `1 − ε = 1/α`.
pub fn is_symmetric(problem: &Problem<'_>) -> bool {
    problem.setting.policy.max_moved_users.is_none()
        && problem.setting.inventory.background.is_empty()
}

/// What one row allows.
fn scaled(
    problem: &Problem<'_>,
    row: &LoadRow,
    side: Side,
    holds: Holds,
    rigour: Rigour<'_>,
) -> Scaled {
    let limit = match holds {
        Holds::Targets => target_limit(row.target, row.kept),
        Holds::Service => hard_limit(),
    };
    let background = problem.fixed.background[[row.component.index(), row.resource.index()]];
    if row.is_cut {
        return match rigour {
            Rigour::LessDemand => uncut(problem, row, side, limit, background),
            // Copies and background fill it already.
            Rigour::MoreDemand | Rigour::Exact(_) => Scaled::SHUT,
        };
    }
    let copies = (row.fixed - background).max(0.0);
    if background > 0.0
        && let Some(access_point) = standby_access_point(problem, row)
    {
        match rigour {
            Rigour::MoreDemand | Rigour::LessDemand => return Scaled::of(side, limit, 0.0, 0.0),
            Rigour::Exact(open) if !open[access_point.index()] => return Scaled::SHUT,
            Rigour::Exact(_) => {}
        }
    }
    Scaled::of(
        side,
        limit,
        copies / row.capacity,
        background / row.capacity,
    )
}

/// The row of what had to be cut, where less demand leaves spare capacity again: copies are at least what they were cut to, and
/// a user who has a copy there loads no less than what the copy does not have.
fn uncut(problem: &Problem<'_>, row: &LoadRow, side: Side, limit: f64, background: f64) -> Scaled {
    let is_standby = standby_access_point(problem, row).is_some();
    let background = if is_standby { 0.0 } else { background };
    let share = 1.0 - problem.setting.inventory.resources[row.resource.index()].replica_share;
    let copies = if is_standby {
        0.0
    } else {
        (row.capacity - background).max(0.0)
    };
    if share <= 0.0 {
        // All that could be there at most, so that it never binds.
        let users: f64 = problem
            .classes
            .classes
            .iter()
            .map(|class| class.users)
            .sum();
        return Scaled {
            base: users * row.mean_demand / row.capacity,
            per_scale: 0.0,
        };
    }
    let row = Scaled::of(
        side,
        limit,
        copies / row.capacity,
        background / row.capacity,
    );
    Scaled {
        base: row.base / share,
        per_scale: row.per_scale / share,
    }
}

/// The standby access point that a row is of, if it is of one.
fn standby_access_point(problem: &Problem<'_>, row: &LoadRow) -> Option<AccessPointId> {
    let inventory = problem.setting.inventory;
    match inventory.component(row.component) {
        Component::AccessPoint(id) if inventory.access_points[id.index()].state.is_on_standby() => {
            Some(id)
        }
        _ => None,
    }
}
