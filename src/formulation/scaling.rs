//! Scaling: what every row allows once demand or capacity is off by a factor (`model.md` §11).

use super::problem::Problem;
use super::rows::{LoadRow, Scaled, Side, hard_limit, target_limit};
use crate::ids::AccessPointId;
use crate::model::{AccessPointState, Component, Goal};

/// What is to hold at the factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// Everyone who can be served is, and every headroom target is met.
    Targets,
    /// Everyone who can be served is.
    Service,
}

/// How background on standby access points counts: it vanishes where they stay closed.
#[derive(Debug, Clone, Copy)]
pub enum StandbyBackground<'a> {
    /// Not at all: no choice of openings allows more.
    Relaxed,
    /// By access point, those with background that are open; the others stay closed.
    Open(&'a [bool]),
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
        standby: StandbyBackground<'_>,
        relieved: f64,
    ) -> Self {
        let is_held = holds == Holds::Targets && spares_unaffected(&problem.setting.policy.goals);
        let rows = problem.rows.rows.iter();
        Self {
            rows: rows
                .map(|row| scaled(problem, row, side, holds, standby))
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
    standby: StandbyBackground<'_>,
) -> Scaled {
    if row.is_cut {
        // Copies and background fill it already.
        return Scaled::SHUT;
    }
    let limit = match holds {
        Holds::Targets => target_limit(row.target, row.kept),
        Holds::Service => hard_limit(),
    };
    let background = problem.fixed.background[[row.component.index(), row.resource.index()]];
    let copies = (row.fixed - background).max(0.0);
    if background > 0.0
        && let Some(access_point) = standby_access_point(problem, row)
    {
        match standby {
            StandbyBackground::Relaxed => return Scaled::of(side, limit, 0.0, 0.0),
            StandbyBackground::Open(open) if !open[access_point.index()] => return Scaled::SHUT,
            StandbyBackground::Open(_) => {}
        }
    }
    Scaled::of(
        side,
        limit,
        copies / row.capacity,
        background / row.capacity,
    )
}

/// The standby access point that a row is of, if it is of one.
fn standby_access_point(problem: &Problem<'_>, row: &LoadRow) -> Option<AccessPointId> {
    let inventory = problem.setting.inventory;
    match inventory.component(row.component) {
        Component::AccessPoint(id)
            if inventory.access_points[id.index()].state == AccessPointState::Standby =>
        {
            Some(id)
        }
        _ => None,
    }
}
