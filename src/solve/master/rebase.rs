//! Rebasing: the program of the same vertex with as few rows and columns as it takes (`docs/design.md`).
//!
//! A class that has left its default path altogether needs no row: the column that most of it takes becomes its
//! anchor, from which the other columns are counted, as they were counted from the default path before. Rows that
//! have only a slack are dropped, as are columns that carry nothing, and the equivalent basis is set.

use super::Master;
use crate::error::Result;
use crate::formulation::goals::Objective;
use crate::formulation::rows::{RowId, class_limit};
use crate::formulation::{ClassId, ColumnKey};
use crate::solve::backend::BasisStatus;
use crate::solve::matrix::SparseLine;
use crate::solve::options::{
    BATCHES_BETWEEN_REBASES, CLASSES_OF_BATCH, COLUMNS_PER_PASS, LEAST_REBASED, MOST_BATCHES,
    WORTH_ADDING,
};
use crate::solve::prices::DualPrices;
use crate::units::SOLVER_TOLERANCE;
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of a class.
#[derive(Default)]
struct OfClass {
    /// Positions of its columns that stay, with what they are in the basis.
    kept: Vec<usize>,
    /// The largest basic column that may become its anchor.
    largest: Option<(usize, f64)>,
    /// A column at its upper bound that has the whole class.
    whole: Option<usize>,
}

impl Master<'_> {
    /// The class of a column and its users, in the program's unit.
    pub(super) fn class_of(key: ColumnKey) -> Option<ClassId> {
        match key {
            ColumnKey::Displaced(class, _) | ColumnKey::Unserved(class, _) => Some(class),
            _ => None,
        }
    }

    /// The anchor that a column is counted from, if it is not the default path.
    pub(super) fn anchor_of(&self, key: ColumnKey) -> Option<ColumnKey> {
        let class = Self::class_of(key)?;
        self.anchors.get(class)
    }

    /// What the anchors of all classes and parked tiers add to an objective beyond the default paths.
    pub(super) fn constant_of_anchors(&self, objective: &Objective) -> f64 {
        let of_anchors = self.anchors.iter().map(|(class, anchor)| {
            self.users_not_parked(class) * self.cost_of_one(anchor, objective)
        });
        let of_parked = self.parked_amounts();
        let of_parked = of_parked.map(|(key, users)| users * self.cost_of_one(key, objective));
        of_anchors.chain(of_parked).sum()
    }

    /// Users of a class in the program's unit.
    pub(super) fn users(&self, class: ClassId) -> f64 {
        class_limit(self.problem.class(class).users, self.problem.unit)
    }

    /// By anchored class, what the last solution leaves on the anchor.
    pub(super) fn anchored(&self) -> BTreeMap<ClassId, f64> {
        let mut left: BTreeMap<ClassId, f64> = self
            .anchors
            .iter()
            .map(|(class, _)| (class, self.users_not_parked(class)))
            .collect();
        if !left.is_empty() {
            for (&key, &amount) in self.keys.iter().zip(&self.values.columns) {
                if amount != 0.0
                    && let Some(left) = Self::class_of(key).and_then(|class| left.get_mut(&class))
                {
                    *left -= amount;
                }
            }
        }
        left
    }

    /// Looks up what anchors load, those that are new.
    pub(super) fn know_anchors(&mut self) {
        for (class, anchor) in self.anchors.iter() {
            let is_known = self.loads_of_anchors.get(&class);
            if is_known.is_none_or(|(known, _)| *known != anchor) {
                let loads = self.raw_loads(anchor);
                self.loads_of_anchors.insert(class, (anchor, loads));
            }
        }
    }

    /// What a class's price is beyond that of its row: an anchor is worth more than the default path by so much.
    pub(super) fn worth_of_anchor(&self, class: ClassId, tariff: &DualPrices) -> f64 {
        let Some(anchor) = self.anchors.get(class) else {
            return 0.0;
        };
        let cost = self.problem.cost(anchor, &self.paths, &tariff.objective);
        let price = |loads: &[(RowId, f64)]| -> f64 {
            let loads = loads.iter();
            loads.map(|(row, load)| load * tariff.rows[*row]).sum()
        };
        let of_loads = match self.loads_of_anchors.get(&class) {
            Some((known, loads)) if *known == anchor => price(loads),
            _ => price(&self.raw_loads(anchor)),
        };
        -(cost + of_loads)
    }

    /// Default paths that anchored classes would rather go back to, with reduced cost × users.
    pub(super) fn better_defaults(&self, tariff: &DualPrices) -> Vec<(f64, ColumnKey)> {
        let mut better: Vec<(f64, ColumnKey)> = self
            .anchors
            .iter()
            .filter_map(|(class, _)| {
                let reduced = tariff.classes[class];
                let default = self.problem.defaults[class]?;
                let key = ColumnKey::Displaced(class, default.path);
                let is_new = !self.known.contains(&key) && self.upper_bound(key) > 0.0;
                (reduced < WORTH_ADDING && is_new)
                    .then(|| (reduced * self.problem.class(class).users, key))
            })
            .collect();
        // The most violated is last.
        better.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        better
    }

    /// Rows and columns that a rebase is made for: classes with a row.
    fn class_row_count(&self) -> usize {
        self.backend.row_count() - self.fixed_row_count()
    }

    fn fixed_row_count(&self) -> usize {
        self.problem.rows.rows.len()
            + self.hard_rows.iter().flatten().count()
            + usize::from(self.move_row.is_some())
            + self.holds.len()
    }

    /// How many batches of columns are added at a time.
    pub(super) fn batches(&self) -> usize {
        let classes = self.problem.classes.classes.len();
        (classes / CLASSES_OF_BATCH).clamp(1, MOST_BATCHES)
    }

    /// With how many columns the program is worth another rebase within a level.
    pub(super) fn rebase_at(&self) -> usize {
        2 * self.keys.len() + BATCHES_BETWEEN_REBASES * COLUMNS_PER_PASS * self.batches()
    }

    /// Makes the program smaller without leaving its vertex, if it has grown enough for that to pay.
    pub(super) fn rebase(&mut self) -> Result<()> {
        if self.class_row_count() < LEAST_REBASED
            || self.scaling.is_some()
            || self.values.columns.len() != self.keys.len()
        {
            return Ok(());
        }
        self.raise_unparked()?;
        let Some((of_columns, of_rows)) = self.backend.basis()? else {
            return Ok(());
        };
        if !self.is_vertex(&of_columns, &of_rows) {
            return Ok(());
        }
        let before = self.shape();
        let is_large = self.is_large;
        let mut classes: BTreeMap<ClassId, OfClass> = BTreeMap::new();
        let mut keys = Vec::new();
        let mut statuses = Vec::new();
        let mut amounts = Vec::new();
        for (position, &key) in self.keys.iter().enumerate() {
            let amount = self.values.columns[position];
            let status = of_columns[position];
            let Some(class) = Self::class_of(key) else {
                keys.push(key);
                statuses.push(status);
                amounts.push(amount);
                continue;
            };
            let of_class = classes.entry(class).or_default();
            let is_basic = status == BasisStatus::Basic;
            if is_basic || status == BasisStatus::Upper && self.upper_bound(key) > 0.0 {
                of_class.kept.push(position);
            }
            if is_basic
                && self.may_be_anchor(key)
                && self.upper_bound(key) > 0.0
                && of_class.largest.is_none_or(|(_, most)| amount > most)
            {
                of_class.largest = Some((position, amount));
            }
            if status == BasisStatus::Upper
                && self.may_be_anchor(key)
                && self.upper_bound(key) > 0.0
            {
                of_class.whole = Some(position);
            }
        }
        let mut rows = Vec::new();
        let mut row_statuses = of_rows[..self.problem.rows.rows.len()].to_vec();
        for row in self.hard_rows.iter().flatten().chain(&self.move_row) {
            row_statuses.push(of_rows[*row]);
        }
        for hold in &self.holds {
            row_statuses.push(of_rows[hold.row]);
        }
        for (class, row) in self.class_rows.iter_mut().enumerate() {
            let Some(row) = row.take() else { continue };
            let of_class = classes.remove(&class).unwrap_or_default();
            let anchor = self.anchors.get(class);
            let is_fixed = match anchor {
                Some(_) => self.closed_anchors.contains(&class),
                None => self.is_default_closed[class],
            };
            let mut kept = of_class.kept;
            let mut status = of_rows[row];
            if status != BasisStatus::Basic
                && !is_fixed
                && let Some((position, _)) = of_class.largest
            {
                self.anchors.insert(class, self.keys[position]);
                kept.retain(|index| *index != position);
                status = BasisStatus::Basic;
            }
            if status == BasisStatus::Basic
                && !is_fixed
                && let (Some(position), [_]) = (of_class.whole, &kept[..])
            {
                self.anchors.insert(class, self.keys[position]);
                kept.clear();
            }
            if kept.is_empty() && status == BasisStatus::Basic && !is_fixed {
                continue;
            }
            let is_whole = |&position: &usize| of_columns[position] == BasisStatus::Upper;
            if is_large && status == BasisStatus::Basic && !is_fixed && kept.iter().all(is_whole) {
                let ranks = kept
                    .iter()
                    .filter_map(|&position| match self.keys[position] {
                        ColumnKey::Unserved(_, rank) => Some(rank),
                        _ => None,
                    });
                self.parked.park(class, ranks.collect());
                continue;
            }
            rows.push(class);
            row_statuses.push(status);
            for position in kept {
                keys.push(self.keys[position]);
                statuses.push(of_columns[position]);
                amounts.push(self.values.columns[position]);
            }
        }
        // A class that is back on its default path has no anchor any more.
        let defaults = &self.problem.defaults;
        self.anchors.retain(|class, anchor| {
            defaults[class]
                .is_none_or(|default| anchor != ColumnKey::Displaced(class, default.path))
        });
        self.keys = keys;
        self.known = self
            .keys
            .iter()
            .copied()
            .chain(self.anchors.iter().map(|(_, anchor)| anchor))
            .chain(self.parked_amounts().map(|(key, _)| key))
            .collect();
        self.values.columns = amounts;
        self.values.row_duals.clear();
        self.rebuild(&rows)?;
        if self.backend.set_basis(&statuses, &row_statuses).is_err() {
            tracing::debug!("the rebased program begins without a basis");
        }
        let after = self.shape();
        let iterations = self.iterations();
        tracing::debug!(?before, ?after, iterations, "rebased");
        Ok(())
    }

    /// `true` if the last point is that of a basis: what is not basic is at its bound. A point that needed no solver is
    /// not, nor one that the solver got wrong.
    fn is_vertex(&self, of_columns: &[BasisStatus], of_rows: &[BasisStatus]) -> bool {
        let is_near =
            |amount: f64, bound: f64| (amount - bound).abs() <= SOLVER_TOLERANCE * bound.max(1.0);
        let mut of_classes: BTreeMap<ClassId, f64> = BTreeMap::new();
        for ((&key, &amount), status) in self.keys.iter().zip(&self.values.columns).zip(of_columns)
        {
            let is_at_bound = match status {
                BasisStatus::Basic => true,
                BasisStatus::Lower | BasisStatus::Free => is_near(amount, 0.0),
                BasisStatus::Upper => is_near(amount, self.upper_bound(key)),
            };
            if !is_at_bound {
                return false;
            }
            if let Some(class) = Self::class_of(key) {
                *of_classes.entry(class).or_default() += amount;
            }
        }
        let rows = self.class_rows.iter().enumerate();
        let mut tight = rows.filter_map(|(class, row)| {
            let row = (*row)?;
            (of_rows[row] != BasisStatus::Basic).then_some(class)
        });
        tight.all(|class| {
            let amount = of_classes.get(&class).copied().unwrap_or(0.0);
            is_near(amount, self.users(class))
        })
    }

    /// Counts from the default paths again, all users where they are at the last point; nothing is left of the basis.
    pub(super) fn drop_anchors(&mut self) -> Result<()> {
        if self.anchors.is_empty() && self.parked.is_empty() {
            return Ok(());
        }
        self.values.columns.resize(self.keys.len(), 0.0);
        let mut amounts: BTreeMap<ColumnKey, f64> = self.amounts().collect();
        for (class, anchor) in self.anchors.iter() {
            amounts.entry(anchor).or_insert(0.0);
            if let Some(default) = self.problem.defaults[class] {
                amounts.remove(&ColumnKey::Displaced(class, default.path));
            }
        }
        self.anchors.clear();
        self.parked.clear();
        self.unparked.clear();
        self.closed_anchors.clear();
        self.keys = amounts.keys().copied().collect();
        self.known = amounts.keys().copied().collect();
        self.values.columns = amounts.into_values().collect();
        self.values.row_duals.clear();
        let classes: BTreeSet<ClassId> = self
            .keys
            .iter()
            .copied()
            .filter_map(Self::class_of)
            .collect();
        let closed = (0..self.class_rows.len()).filter(|&class| self.is_default_closed[class]);
        let classes: Vec<ClassId> = classes
            .into_iter()
            .chain(closed)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        self.class_rows.fill(None);
        self.rebuild(&classes)?;
        self.apply_bounds()
    }

    /// `true` if a column bounds nothing but what the class's row bounds too.
    pub(super) fn may_be_anchor(&self, key: ColumnKey) -> bool {
        match key {
            ColumnKey::Displaced(..) => true,
            ColumnKey::Unserved(class, rank) => {
                let users = &self.problem.class(class).users_of_rank;
                users
                    .iter()
                    .enumerate()
                    .all(|(index, users)| index == rank || *users <= 0.0)
            }
            _ => false,
        }
    }

    /// Gives the program to the solver again: its rows, those of some classes, and its columns.
    fn rebuild(&mut self, classes: &[ClassId]) -> Result<()> {
        self.backend.clear()?;
        self.shifts = self.shifts_of_anchors();
        let none = SparseLine {
            lower: f64::NEG_INFINITY,
            upper: f64::INFINITY,
            ..SparseLine::default()
        };
        let load_rows = self.problem.rows.rows.len();
        let mut next = load_rows;
        for row in self
            .hard_rows
            .iter_mut()
            .flatten()
            .chain(&mut self.move_row)
        {
            *row = next;
            next += 1;
        }
        for hold in &mut self.holds {
            hold.row = next;
            next += 1;
        }
        for &class in classes {
            self.class_rows[class] = Some(next);
            next += 1;
        }
        self.backend.add_rows(&vec![none; next])?;
        self.apply_rows()?;
        let lines: Vec<SparseLine> = self.keys.iter().map(|&key| self.line(key)).collect();
        self.nonzeros = lines.iter().map(|line| line.entries.len()).sum();
        self.backend.add_columns(&lines)
    }
}
