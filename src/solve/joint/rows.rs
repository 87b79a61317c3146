//! Rows of the joint program: what they hold, and what they leave to the joint classes.
//!
//! Sets and inequalities (`model.md` §8), for every period τ; `v` is what the plan at hand has, with users in
//! units of `unit` and loads in shares of the capacity:
//!
//! ```text
//! L[e,r,τ] ≤ A · (1 − h·(1 − s⁰ − s[e,r,τ]))       0 ≤ s ≤ min(1 − s⁰, v of the worst)
//! Σ s·h·A/q̄ ≤ v of the total       Σ relief ≤ v       Σ moved in τ ≤ max_moved_users
//! Σ latency·z in τ ≤ v             Σ_τ copied ≤ v      Σ_τ moved ≤ v, once moves are settled
//! ```
//!
//! Where headroom is no goal before moves the load row is `L ≤ A`. A row is never narrower than the plan at hand
//! needs it, so that this plan is a point of the program whatever its loads were rounded to.

use crate::formulation::goals::{Level, users_missing};
use crate::formulation::joint::{Counts, JointProblem};
use crate::formulation::rows::{RowId, hard_limit, hold_limit, target_limit};
use crate::model::Component;
use crate::units::NUMERICAL_NOISE;

/// What a row of the joint program is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKey {
    /// A load row of a period.
    Load(usize, RowId),
    /// All missing headroom of a period.
    Total(usize),
    /// Users of unaffected shards who move in a period.
    Relief(usize),
    /// Users who move in a period.
    Moves(usize),
    /// User-milliseconds of a period.
    Latency(usize),
    /// Users who are copied in any.
    Copied,
    /// Users who move in any.
    Moved,
}

/// A missing share that the program may choose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MissingShare {
    /// When.
    pub(super) period: usize,
    /// The first row of its component and resource.
    pub(super) family: RowId,
    /// The most that may be missing.
    pub(super) most: f64,
}

/// The rows of the joint program that are there from the beginning.
pub(super) struct JointRows {
    pub(super) keys: Vec<RowKey>,
    /// By row, what all joint classes together may use of it; infinite where it holds nothing yet.
    pub(super) limits: Vec<f64>,
    /// By period, then load row: its position here; nobody may load the others.
    pub(super) of_load: Vec<Vec<Option<usize>>>,
    /// By period.
    pub(super) total: Vec<Option<usize>>,
    /// By period.
    pub(super) relief: Vec<Option<usize>>,
    /// By period: nobody of an unaffected shard may move.
    pub(super) is_relief_closed: Vec<bool>,
    /// By period.
    pub(super) moves: Vec<Option<usize>>,
    /// By period.
    pub(super) latency: Vec<Option<usize>>,
    pub(super) copied: Option<usize>,
    pub(super) moved: usize,
    /// Missing shares that may be above 0.
    pub(super) missing: Vec<MissingShare>,
    /// Users in one unit of the rows that count users.
    pub(super) unit: f64,
    /// By period, user-milliseconds in one unit of its row of latency.
    pub(super) of_latency: Vec<f64>,
}

impl JointRows {
    /// The rows of a problem, where `counts` (by period) and `loads` (by period, then load row) are those of the joint
    /// classes in the plan at hand.
    pub(super) fn new(problem: &JointProblem<'_>, counts: &[Counts], loads: &[Vec<f64>]) -> Self {
        let moved: f64 = counts.iter().map(|counts| counts.moved).sum();
        let unit = moved.max(1.0);
        let mut rows = Self {
            keys: Vec::new(),
            limits: Vec::new(),
            of_load: Vec::with_capacity(problem.periods.len()),
            total: vec![None; problem.periods.len()],
            relief: vec![None; problem.periods.len()],
            is_relief_closed: vec![false; problem.periods.len()],
            moves: vec![None; problem.periods.len()],
            latency: vec![None; problem.periods.len()],
            of_latency: vec![1.0; problem.periods.len()],
            copied: None,
            moved: 0,
            missing: Vec::new(),
            unit,
        };
        for (period, counts) in counts.iter().enumerate() {
            rows.add_period(problem, period, *counts, &loads[period]);
        }
        let inventory = problem.periods.first();
        if inventory.is_some_and(|period| period.problem.setting.inventory.has_replicas) {
            let copied: f64 = counts.iter().map(|counts| counts.copied).sum();
            rows.copied =
                Some(rows.add(RowKey::Copied, hold_limit(copied / unit, NUMERICAL_NOISE)));
        }
        rows.moved = rows.add(RowKey::Moved, f64::INFINITY);
        rows
    }

    fn add(&mut self, key: RowKey, limit: f64) -> usize {
        self.keys.push(key);
        self.limits.push(limit);
        self.keys.len() - 1
    }

    fn add_period(
        &mut self,
        problem: &JointProblem<'_>,
        period: usize,
        counts: Counts,
        loads: &[f64],
    ) {
        let joint_period = &problem.periods[period];
        let load_rows = &joint_period.problem.rows;
        self.of_load.push(vec![None; load_rows.rows.len()]);
        if joint_period.is_going_on {
            return;
        }
        let setting = &joint_period.problem.setting;
        let fixed = &problem.begun.fixed[period];
        let mut missing_at_hand = 0.0;
        for (family, first) in load_rows.families() {
            if let Component::AccessPoint(id) = setting.inventory.component(first.component)
                && setting.inventory.access_points[id.index()]
                    .state
                    .is_on_standby()
                && joint_period.closed[id.index()]
            {
                continue;
            }
            let most = match joint_period.held[Level::Worst] {
                Some(worst) if first.has_shortfall() => worst.min(1.0 - first.kept),
                _ => 0.0,
            };
            let limit = if joint_period.held[Level::Worst].is_some() {
                target_limit(first.target, first.kept)
            } else {
                hard_limit()
            };
            let used = |row: RowId| (fixed[row] + loads[row]) / load_rows.rows[row].capacity;
            let over = load_rows
                .family(family)
                .map(|(row, _)| used(row) - limit)
                .fold(0.0, f64::max);
            let missing = if most > 0.0 {
                (over / first.target).min(most)
            } else {
                0.0
            };
            for (row, load_row) in load_rows.family(family) {
                let limit = limit.max(used(row) - missing * first.target);
                let left = limit - fixed[row] / load_row.capacity;
                let position = self.add(RowKey::Load(period, row), left);
                self.of_load[period][row] = Some(position);
            }
            if most > 0.0 {
                missing_at_hand += missing * users_missing(first);
                self.missing.push(MissingShare {
                    period,
                    family,
                    most,
                });
            }
        }
        if let Some(total) = joint_period.held[Level::Total]
            && self.missing.iter().any(|share| share.period == period)
        {
            let limit = hold_limit(total.max(missing_at_hand) / self.unit, NUMERICAL_NOISE);
            self.total[period] = Some(self.add(RowKey::Total(period), limit));
        }
        if joint_period.held[Level::Relief].is_some() {
            let relief = counts.relief / self.unit;
            if relief > NUMERICAL_NOISE {
                let limit = hold_limit(relief, NUMERICAL_NOISE);
                self.relief[period] = Some(self.add(RowKey::Relief(period), limit));
            } else {
                self.is_relief_closed[period] = true;
            }
        }
        if joint_period.held[Level::Latency].is_some() {
            let at_hand = latency_at_hand(problem, period);
            self.of_latency[period] = at_hand.max(1.0);
            let limit = hold_limit(at_hand / at_hand.max(1.0), NUMERICAL_NOISE);
            self.latency[period] = Some(self.add(RowKey::Latency(period), limit));
        }
        if let Some(most) = setting.policy.max_moved_users {
            let left = most - problem.begun.others[period].moved;
            let limit = left.max(counts.moved) / self.unit;
            self.moves[period] = Some(self.add(RowKey::Moves(period), limit));
        }
    }
}

/// User-milliseconds of the joint classes in a period of the plan at hand.
fn latency_at_hand(problem: &JointProblem<'_>, period: usize) -> f64 {
    let classes = problem.classes.iter().zip(&problem.begun.trajectories);
    let of_class = classes.map(|(class, pairs)| {
        let of_share = pairs.iter().filter_map(|(trajectory, share)| {
            let route = trajectory.routes[period].as_ref()?;
            Some(share * class.users[period] * route.latency)
        });
        of_share.sum::<f64>()
    });
    of_class.sum()
}
