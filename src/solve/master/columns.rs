//! Columns and class rows in the program's units: what they cost, and how they are added.

use super::Master;
use crate::error::Result;
use crate::formulation::goals::{Level, Objective};
use crate::formulation::rows::{RowId, class_limit};
use crate::formulation::{ClassId, ColumnKey, summed};
use crate::model::LevelUnit;
use crate::solve::candidate::CandidateKind;
use crate::solve::matrix::SparseLine;
use crate::solve::price::Pass;
use crate::solve::prices::DualPrices;

impl Master<'_> {
    /// What 1 of a column adds to an objective, in its unit.
    pub(super) fn cost_of_one(&self, key: ColumnKey, objective: &Objective) -> f64 {
        let cost = self.problem.cost(key, &self.paths, objective);
        match key {
            ColumnKey::Displaced(..)
            | ColumnKey::Unserved(..)
            | ColumnKey::MovedTooMany
            | ColumnKey::Lost(_) => cost * self.problem.unit,
            ColumnKey::Missing(_)
            | ColumnKey::Worst
            | ColumnKey::Overload(_)
            | ColumnKey::Scale => cost,
        }
    }

    /// The largest cost per unit of a column becomes about 1.
    pub(super) fn scale_of(&self, objective: &Objective) -> f64 {
        let largest_latency = if objective.levels[Level::Latency] > 0.0 {
            self.paths.longest().max(1e-3)
        } else {
            0.0
        };
        let of_level = |level: Level| {
            let weight = objective.levels[level];
            match level.terms().unit {
                LevelUnit::UserMilliseconds => weight * largest_latency,
                LevelUnit::Share => weight / self.problem.unit,
                LevelUnit::Users | LevelUnit::AccessPoints => weight,
            }
        };
        let of_users = objective.levels.unserved.iter().chain(&objective.entry);
        let largest = of_users
            .copied()
            .chain(Level::SINGLE.map(of_level))
            .chain([objective.overload, objective.scale / self.problem.unit])
            .fold(0.0, f64::max);
        if largest > 0.0 { 1.0 / largest } else { 1.0 }
    }

    pub(super) fn set_costs(&mut self, objective: &Objective) -> Result<()> {
        let costs: Vec<f64> = self
            .keys
            .iter()
            .map(|&key| {
                let of_anchor = self.anchor_of(key);
                self.scaled_cost(key, objective)
                    - of_anchor.map_or(0.0, |anchor| self.scaled_cost(anchor, objective))
            })
            .collect();
        self.backend.set_costs(&costs)
    }

    pub(super) fn scaled_cost(&self, key: ColumnKey, objective: &Objective) -> f64 {
        self.cost_of_one(key, objective) * self.scale / self.problem.unit
    }

    /// Adds the most violated candidates that are new, up to a limit; how many there were.
    pub(super) fn add_best(
        &mut self,
        mut pass: Pass<'_>,
        tariff: &DualPrices,
        most: usize,
    ) -> Result<usize> {
        let mut defaults = self.better_defaults(tariff);
        let mut keys = Vec::new();
        let mut unparked = Vec::new();
        while keys.len() + unparked.len() < most {
            let is_default_next = defaults.last().is_some_and(|(violation, _)| {
                pass.candidates
                    .peek()
                    .is_none_or(|next| *violation <= next.violation)
            });
            if is_default_next && let Some((_, key)) = defaults.pop() {
                keys.extend(self.known.insert(key).then_some(key));
                continue;
            }
            let Some(candidate) = pass.candidates.pop() else {
                break;
            };
            let class = candidate.class;
            let key = match candidate.what {
                CandidateKind::Unserved(rank) if self.parked.has_rank(class, rank) => {
                    unparked.push(class);
                    None
                }
                CandidateKind::Unserved(rank) => Some(ColumnKey::Unserved(class, rank)),
                CandidateKind::Displaced(site) => pass
                    .intern(self.problem, class, site, &mut self.paths)
                    .map(|path| ColumnKey::Displaced(class, path)),
            };
            keys.extend(key.filter(|key| self.known.insert(*key)));
        }
        for &class in &unparked {
            self.activate(class)?;
        }
        self.add(&keys)?;
        Ok(keys.len() + unparked.len())
    }

    pub(super) fn add(&mut self, keys: &[ColumnKey]) -> Result<()> {
        for key in keys {
            if let ColumnKey::Displaced(class, _) | ColumnKey::Unserved(class, _) = key {
                self.activate(*class)?;
            }
        }
        let lines: Vec<SparseLine> = keys.iter().map(|&key| self.line(key)).collect();
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
        self.backend.add_rows(&[SparseLine {
            lower: f64::NEG_INFINITY,
            upper: class_limit(self.problem.class(class).users, self.problem.unit),
            cost: 0.0,
            entries: Vec::new(),
        }])?;
        self.unpark(class)
    }

    /// A column in the program's units, counted from the anchor of its class.
    pub(super) fn line(&self, key: ColumnKey) -> SparseLine {
        let Some(class) = Self::class_of(key) else {
            return self.line_of_row(key);
        };
        let anchor = self.anchor_of(key);
        let unit = self.problem.unit;
        let loads = match anchor {
            None => self.raw_loads(key),
            Some(anchor) => self.loads_beside(key, anchor),
        };
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
            let of_one = |key: ColumnKey| self.moved_by_one(key);
            let entry = of_one(key) - anchor.map_or(0.0, of_one);
            if entry != 0.0 {
                entries.push((row, entry));
            }
        }
        self.held_line(key, entries)
    }

    /// A column with these entries and those of the rows that hold settled levels.
    fn held_line(&self, key: ColumnKey, mut entries: Vec<(usize, f64)>) -> SparseLine {
        for hold in &self.holds {
            let entry = self.cost_beside(key, &hold.objective) * hold.scale;
            if entry != 0.0 {
                entries.push((hold.row, entry));
            }
        }
        SparseLine {
            lower: 0.0,
            upper: self.upper_bound(key),
            cost: 0.0,
            entries,
        }
    }

    /// What 1 of a column adds to an objective beside the anchor of its class.
    pub(super) fn cost_beside(&self, key: ColumnKey, objective: &Objective) -> f64 {
        let of_anchor = self.anchor_of(key);
        self.cost_of_one(key, objective)
            - of_anchor.map_or(0.0, |anchor| self.cost_of_one(anchor, objective))
    }

    /// What 1 of a column adds to the move limit's row beside the default path.
    pub(super) fn moved_by_one(&self, key: ColumnKey) -> f64 {
        let moved = self.problem.objective(Level::Moved);
        self.problem.cost(key, &self.paths, &moved)
    }

    /// Loads of one user of a displaced or unserved column less those on the default path.
    pub(super) fn raw_loads(&self, key: ColumnKey) -> Vec<(RowId, f64)> {
        match key {
            ColumnKey::Displaced(class, path) => {
                (self.problem).displaced_loads(class, self.paths.get(path))
            }
            ColumnKey::Unserved(class, _) => self.problem.unserved_loads(class),
            _ => Vec::new(),
        }
    }

    /// The same less those of an anchor.
    fn loads_beside(&self, key: ColumnKey, anchor: ColumnKey) -> Vec<(RowId, f64)> {
        let of = |key: ColumnKey| match key {
            ColumnKey::Displaced(class, path) => self.problem.loads(class, self.paths.get(path)),
            _ => Vec::new(),
        };
        let mut loads = of(key);
        loads.extend(of(anchor).into_iter().map(|(row, load)| (row, -load)));
        summed(loads)
    }

    /// A column of a load row, or of all of them.
    fn line_of_row(&self, key: ColumnKey) -> SparseLine {
        let rows = &self.problem.rows.rows;
        let mut entries = Vec::new();
        match key {
            ColumnKey::Worst => {
                let targets = rows
                    .iter()
                    .enumerate()
                    .filter(|(_, row)| row.has_shortfall());
                entries.extend(targets.map(|(index, row)| (index, -row.target)));
            }
            ColumnKey::Missing(family) => {
                let slices = self.problem.rows.family(family);
                entries.extend(slices.map(|(index, row)| (index, -row.target)));
            }
            ColumnKey::Overload(row) => {
                entries.push((row, -1.0));
                entries.extend(self.hard_rows[row].map(|hard| (hard, -1.0)));
            }
            ColumnKey::MovedTooMany => entries.extend(self.move_row.map(|row| (row, -1.0))),
            ColumnKey::Lost(case) => {
                let load_rows = rows.iter().enumerate();
                let filter = load_rows.filter(|(_, row)| row.case == Some(case));
                let unit = self.problem.unit;
                entries.extend(filter.map(|(index, row)| (index, -unit / row.capacity)));
            }
            ColumnKey::Scale | ColumnKey::Displaced(..) | ColumnKey::Unserved(..) => {}
        }
        entries.retain(|(_, entry)| *entry != 0.0);
        self.held_line(key, entries)
    }

    /// By load row, hard row and the move limit's: what anchors and parked tiers add beyond the default paths.
    pub(super) fn shifts_of_anchors(&self) -> Vec<f64> {
        let mut shifts = vec![0.0; self.shifts.len()];
        for (class, anchor) in self.anchors.iter() {
            self.shift(&mut shifts, anchor, self.users_not_parked(class));
        }
        for (key, users) in self.parked_amounts() {
            self.shift(&mut shifts, key, users);
        }
        shifts
    }

    /// Adds what `users` users of a column add beyond the default path.
    fn shift(&self, shifts: &mut [f64], key: ColumnKey, users: f64) {
        for (row, load) in self.raw_loads(key) {
            let shift = users * load * self.problem.unit / self.problem.rows.rows[row].capacity;
            shifts[row] += shift;
            if let Some(hard) = self.hard_rows[row] {
                shifts[hard] += shift;
            }
        }
        if let Some(row) = self.move_row {
            shifts[row] += users * self.moved_by_one(key);
        }
    }
}
