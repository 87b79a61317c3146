//! What is kept while later levels are solved: held levels, closed columns, access points, shortfall.

use super::{Checkpoint, Hold, Master};
use crate::error::Result;
use crate::formulation::goals::{Level, Objective};
use crate::formulation::rows::{class_limit, hard_limit, hold_limit};
use crate::formulation::{ClassId, ColumnKey};
use crate::solve::matrix::SparseLine;
use crate::solve::options::DUST_OF_NOBODY;
use crate::units::NUMERICAL_NOISE;
use std::collections::BTreeSet;

impl Master<'_> {
    /// Holds an objective at a value by a row.
    pub(in crate::solve) fn hold(&mut self, objective: &Objective, value: f64) -> Result<()> {
        let scale = self.scale_of(objective) / self.problem.unit;
        let limit = hold_limit(value, self.dust(objective));
        let entries = self
            .keys
            .iter()
            .enumerate()
            .map(|(column, &key)| (column, self.cost_beside(key, objective) * scale))
            .filter(|(_, entry)| *entry != 0.0)
            .collect();
        let row = self.backend.row_count();
        self.backend.add_rows(&[SparseLine {
            lower: f64::NEG_INFINITY,
            upper: (limit - self.problem.constant(objective) - self.constant_of_anchors(objective))
                * scale,
            cost: 0.0,
            entries,
        }])?;
        self.holds.push(Hold {
            objective: objective.clone(),
            scale,
            row,
            limit,
            is_active: true,
        });
        Ok(())
    }

    /// What tolerances leave of nothing, in an objective's unit.
    pub(super) fn dust(&self, objective: &Objective) -> f64 {
        DUST_OF_NOBODY * NUMERICAL_NOISE * self.problem.users * self.scale_of(&self.nothing())
            / self.scale_of(objective)
    }

    /// `true` if no default path adds to an objective, so that it can be kept at 0 by closing columns.
    pub(in crate::solve) fn is_free_by_default(&self, objective: &Objective) -> bool {
        self.problem.is_free_by_default(objective)
    }

    /// Bounds of the shortfall columns: `s ≤ min(missing, 1 − s⁰)`, `t ≤ worst`.
    pub(in crate::solve) fn limit_shortfall(&mut self, missing: f64, worst: f64) -> Result<()> {
        for (bound, row) in self.missing.iter_mut().zip(&self.problem.rows.rows) {
            *bound = if row.has_shortfall() {
                (1.0 - row.kept).min(missing)
            } else {
                0.0
            };
        }
        self.worst = worst;
        self.apply_bounds()
    }

    /// `true` if no target may be missing any more.
    pub(in crate::solve) fn is_target_met(&self) -> bool {
        self.worst <= 0.0 && self.missing.iter().all(|missing| *missing <= 0.0)
    }

    /// `true` if no target is missing at the last solution, not even where nobody is worth counting.
    pub(in crate::solve) fn is_nothing_missing(&self) -> bool {
        self.amounts().all(|(key, amount)| match key {
            ColumnKey::Missing(row) => {
                amount <= 0.0 || self.problem.rows.rows[row].mean_demand > 0.0
            }
            _ => true,
        })
    }

    /// Nothing may be overloaded from here on.
    pub(in crate::solve) fn close_overload(&mut self) -> Result<()> {
        self.is_overload_open = false;
        self.apply_bounds()
    }

    /// Opens it again.
    pub(in crate::solve) fn open_overload(&mut self) -> Result<()> {
        self.is_overload_open = true;
        self.apply_bounds()
    }

    /// Closes every standby access point that is not in `open`, columns and default paths alike.
    pub(in crate::solve) fn close_access_points(&mut self, is_closed: Vec<bool>) -> Result<()> {
        self.closed.access_points = is_closed;
        for class in 0..self.class_rows.len() {
            let Some(default) = self.problem.defaults[class] else {
                continue;
            };
            if self.closed.access_points[default.access_point.index()] {
                self.activate(class)?;
                self.is_default_closed[class] = true;
            }
        }
        self.apply_rows()?;
        self.apply_bounds()
    }

    /// What settling changes, to be put back later.
    pub(in crate::solve) fn mark(&self) -> Checkpoint {
        Checkpoint {
            closed: self.closed.clone(),
            is_default_closed: self.is_default_closed.clone(),
            missing: self.missing.clone(),
            worst: self.worst,
            holds: self.holds.len(),
        }
    }

    /// Puts back what was changed since a mark; columns that were found stay.
    pub(in crate::solve) fn return_to(&mut self, mark: &Checkpoint) -> Result<()> {
        self.closed = mark.closed.clone();
        self.is_default_closed.clone_from(&mark.is_default_closed);
        self.missing.clone_from(&mark.missing);
        self.worst = mark.worst;
        for hold in &mut self.holds[mark.holds..] {
            hold.is_active = false;
            self.backend
                .set_row(hold.row, f64::NEG_INFINITY, f64::INFINITY)?;
        }
        self.apply_rows()?;
        self.apply_bounds()
    }

    /// Applies what is closed to the bounds of all columns.
    pub(in crate::solve) fn apply_bounds(&mut self) -> Result<()> {
        self.close_anchors()?;
        self.unpark_closed()?;
        let upper: Vec<f64> = self.keys.iter().map(|&key| self.upper_bound(key)).collect();
        self.backend.set_upper_bounds(&upper)
    }

    /// Where an anchor is closed, the other columns have to take everybody: where there are none, that of the default path.
    fn close_anchors(&mut self) -> Result<()> {
        let anchors = self.anchors.iter();
        let closed: BTreeSet<ClassId> = anchors
            .filter(|(_, anchor)| self.upper_bound(*anchor) <= 0.0)
            .map(|(class, _)| class)
            .collect();
        if closed == self.closed_anchors {
            return Ok(());
        }
        for &class in &closed {
            self.activate(class)?;
        }
        let mut stranded = closed.clone();
        for &key in self.keys.iter().filter(|key| self.upper_bound(**key) > 0.0) {
            if let ColumnKey::Displaced(class, _) | ColumnKey::Unserved(class, _) = key {
                stranded.remove(&class);
            }
        }
        let by_default = stranded.into_iter().filter_map(|class| {
            let default = self.problem.defaults[class]?;
            Some(ColumnKey::Displaced(class, default.path))
        });
        let mut by_default: Vec<ColumnKey> = by_default.collect();
        by_default.retain(|key| self.upper_bound(*key) > 0.0);
        by_default.retain(|key| self.known.insert(*key));
        self.closed_anchors = closed;
        self.apply_rows()?;
        self.add(&by_default)
    }

    /// `true` if the last solution has something on a column that is closed now.
    pub(in crate::solve) fn has_dust_on_closed(&self) -> bool {
        self.amounts()
            .any(|(key, amount)| amount > 0.0 && self.upper_bound(key) <= 0.0)
    }

    pub(super) fn upper_bound(&self, key: ColumnKey) -> f64 {
        let is_closed = match key {
            ColumnKey::Displaced(class, path) => {
                let route = self.paths.get(path);
                let enters =
                    |leg: &crate::graph::Path| self.closed.access_points[leg.access_point.index()];
                self.closed.forbids(self.problem.class(class), route.site)
                    || route.legs().iter().any(enters)
            }
            ColumnKey::Unserved(class, rank) => {
                if !self.closed.levels.unserved[rank] {
                    let users = self.problem.class(class).users_of_rank[rank];
                    return class_limit(users, self.problem.unit);
                }
                true
            }
            ColumnKey::Missing(row) if self.missing[row] > 0.0 => {
                return self.missing[row] + self.looseness;
            }
            ColumnKey::Worst if self.worst > 0.0 => return self.worst,
            ColumnKey::Missing(_) | ColumnKey::Worst => true,
            ColumnKey::Lost(_) => self.closed.levels[Level::Lost],
            ColumnKey::Scale => false,
            ColumnKey::Overload(_) | ColumnKey::MovedTooMany => !self.is_overload_open,
        };
        if is_closed { 0.0 } else { f64::INFINITY }
    }

    pub(super) fn apply_rows(&mut self) -> Result<()> {
        let none = f64::NEG_INFINITY;
        self.eased.clear();
        for row in 0..self.problem.rows.rows.len() {
            let stays = self.problem.default_loads[row] / self.problem.rows.rows[row].capacity;
            let limit = self.target_limits[row] - stays - self.shifts[row] + self.looseness;
            self.backend.set_row(row, none, limit)?;
            if let Some(hard) = self.hard_rows[row] {
                let limit = hard_limit() - stays - self.shifts[hard] + self.looseness;
                self.backend.set_row(hard, none, limit)?;
            }
        }
        if let Some(row) = self.move_row {
            self.backend
                .set_row(row, none, self.move_limit - self.shifts[row])?;
        }
        for hold in self.holds.iter().filter(|hold| hold.is_active) {
            let constant =
                self.problem.constant(&hold.objective) + self.constant_of_anchors(&hold.objective);
            let limit = (hold.limit - constant) * hold.scale;
            self.backend
                .set_row(hold.row, none, limit + self.looseness)?;
        }
        for class in 0..self.class_rows.len() {
            if let Some(row) = self.class_rows[class] {
                let users = self.users(class);
                let is_fixed = if self.anchors.has(class) {
                    self.closed_anchors.contains(&class)
                } else {
                    self.is_default_closed[class]
                };
                let lower = if is_fixed {
                    users - self.looseness
                } else {
                    f64::NEG_INFINITY
                };
                self.backend.set_row(row, lower, users)?;
            }
        }
        Ok(())
    }
}
