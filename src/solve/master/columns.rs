//! Columns and class rows in the program's units: what they cost, and how they are added.

use super::Master;
use crate::error::Result;
use crate::formulation::goals::Objective;
use crate::formulation::rows::class_limit;
use crate::formulation::{ClassId, ColumnKey};
use crate::graph::Path;
use crate::solve::backend::Line;
use crate::solve::price::{Pass, What};

impl Master<'_> {
    /// What 1 of a column adds to an objective, in its unit.
    pub(super) fn cost_of_one(&self, key: ColumnKey, objective: &Objective) -> f64 {
        let cost = self.problem.cost(key, &self.paths, objective);
        match key {
            ColumnKey::Displaced(..) | ColumnKey::Unserved(..) | ColumnKey::MovedTooMany => {
                cost * self.problem.unit
            }
            ColumnKey::Missing(_)
            | ColumnKey::Worst
            | ColumnKey::Overload(_)
            | ColumnKey::Scale => cost,
        }
    }

    /// The largest cost per unit of a column becomes about 1.
    pub(super) fn scale_of(&self, objective: &Objective) -> f64 {
        let largest_latency = if objective.latency > 0.0 {
            self.paths.longest().max(1e-3)
        } else {
            0.0
        };
        let largest = objective
            .unserved
            .iter()
            .chain(&objective.entry)
            .copied()
            .chain([
                objective.relief,
                objective.copied,
                objective.moved,
                objective.total,
                objective.overload,
                objective.latency * largest_latency,
                objective.worst / self.problem.unit,
                objective.scale / self.problem.unit,
            ])
            .fold(0.0, f64::max);
        if largest > 0.0 { 1.0 / largest } else { 1.0 }
    }

    pub(super) fn set_costs(&mut self, objective: &Objective) -> Result<()> {
        let costs: Vec<f64> = self
            .keys
            .iter()
            .map(|&key| self.scaled_cost(key, objective))
            .collect();
        self.backend.set_costs(&costs)
    }

    pub(super) fn scaled_cost(&self, key: ColumnKey, objective: &Objective) -> f64 {
        self.cost_of_one(key, objective) * self.scale / self.problem.unit
    }

    /// Adds the most violated candidates that are new, at most so many; how many there were.
    pub(super) fn add_best(&mut self, mut pass: Pass<'_>, most: usize) -> Result<usize> {
        let mut keys = Vec::new();
        while keys.len() < most
            && let Some(candidate) = pass.candidates.pop()
        {
            let class = candidate.class;
            let key = match candidate.what {
                What::Unserved(rank) => Some(ColumnKey::Unserved(class, rank)),
                What::Displaced(site) => pass
                    .path(self.problem, class, site)
                    .map(|path| ColumnKey::Displaced(class, self.paths.intern(path))),
            };
            keys.extend(key.filter(|key| self.known.insert(*key)));
        }
        self.add(&keys)?;
        Ok(keys.len())
    }

    /// Adds columns over given paths, each once.
    pub(in crate::solve) fn add_displaced<'p>(
        &mut self,
        columns: impl IntoIterator<Item = (ClassId, &'p Path)>,
    ) -> Result<()> {
        let mut keys = Vec::new();
        for (class, path) in columns {
            let key = ColumnKey::Displaced(class, self.paths.intern(path.clone()));
            keys.extend(self.known.insert(key).then_some(key));
        }
        self.add(&keys)
    }

    pub(super) fn add(&mut self, keys: &[ColumnKey]) -> Result<()> {
        for key in keys {
            if let ColumnKey::Displaced(class, _) | ColumnKey::Unserved(class, _) = key {
                self.activate(*class)?;
            }
        }
        let lines: Vec<Line> = keys.iter().map(|&key| self.line(key)).collect();
        self.nonzeros += lines.iter().map(|line| line.entries.len()).sum::<usize>();
        self.backend.add_columns(&lines)?;
        self.keys.extend(keys);
        Ok(())
    }

    /// Gives a class its row.
    pub(super) fn activate(&mut self, class: ClassId) -> Result<()> {
        if self.class_rows[class].is_some() {
            return Ok(());
        }
        self.class_rows[class] = Some(self.backend.row_count());
        self.backend.add_rows(&[Line {
            lower: f64::NEG_INFINITY,
            upper: class_limit(self.problem.class(class).users, self.problem.unit),
            cost: 0.0,
            entries: Vec::new(),
        }])
    }

    /// A displaced or unserved column in the program's units.
    pub(super) fn line(&self, key: ColumnKey) -> Line {
        let (class, loads) = match key {
            ColumnKey::Displaced(class, path) => (
                class,
                self.problem.displaced_loads(class, self.paths.get(path)),
            ),
            ColumnKey::Unserved(class, _) => (class, self.problem.unserved_loads(class)),
            _ => return Line::default(),
        };
        let unit = self.problem.unit;
        let mut entries = Vec::with_capacity(loads.len() + 2);
        for (row, load) in loads {
            let entry = load * unit / self.problem.rows.rows[row].capacity;
            entries.push((row, entry));
            if let Some(hard) = self.hard_rows[row] {
                entries.push((hard, entry));
            }
        }
        if let Some(row) = self.class_rows[class] {
            entries.push((row, 1.0));
        }
        if let Some(row) = self.move_row {
            let mut moved = self.nothing();
            moved.moved = 1.0;
            let entry = self.problem.cost(key, &self.paths, &moved);
            if entry != 0.0 {
                entries.push((row, entry));
            }
        }
        for hold in &self.holds {
            let entry = self.cost_of_one(key, &hold.objective) * hold.scale;
            if entry != 0.0 {
                entries.push((hold.row, entry));
            }
        }
        Line {
            lower: 0.0,
            upper: self.upper_bound(key),
            cost: 0.0,
            entries,
        }
    }
}
