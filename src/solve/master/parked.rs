//! Parked tiers: those of a class that stay unserved altogether, without a row and a column for it
//! (`docs/design.md`).
//!
//! The rest of the class is on its default path or its anchor. Who of them is to be served after all gets a row and the
//! columns back, each at its upper bound, so that the vertex stays.

use super::Master;
use crate::error::Result;
use crate::formulation::rows::class_limit;
use crate::formulation::{ClassId, ColumnKey};
use crate::solve::backend::BasisStatus;

impl Master<'_> {
    /// Users of a tier in the program's unit.
    pub(super) fn users_of_rank(&self, class: ClassId, rank: usize) -> f64 {
        let users = self.problem.class(class).users_of_rank[rank];
        class_limit(users, self.problem.unit)
    }

    /// Users of a class who are on its anchor or default path if no column has them, in the program's unit.
    pub(super) fn users_not_parked(&self, class: ClassId) -> f64 {
        let users = self.users(class);
        if !self.parked.has(class) {
            return users;
        }
        let parked = self.parked.of_class[class]
            .iter()
            .map(|&rank| self.users_of_rank(class, rank));
        users - parked.sum::<f64>()
    }

    /// The columns of parked tiers with their amounts.
    pub(super) fn parked_amounts(&self) -> impl Iterator<Item = (ColumnKey, f64)> + '_ {
        let of_rank = |(class, rank)| {
            let key = ColumnKey::Unserved(class, rank);
            (key, self.users_of_rank(class, rank))
        };
        self.parked.iter().map(of_rank)
    }

    /// Gives the parked tiers of a class, which has a row by now, their columns back.
    pub(super) fn unpark(&mut self, class: ClassId) -> Result<()> {
        for rank in self.parked.take(class) {
            let key = ColumnKey::Unserved(class, rank);
            let line = self.line(key);
            let users = self.users_of_rank(class, rank);
            for &(row, entry) in &line.entries {
                if Some(row) != self.class_rows[class] {
                    *self.eased.entry(row).or_default() += users * entry;
                    if let Some(shift) = self.shifts.get_mut(row) {
                        *shift -= users * entry;
                    }
                }
            }
            self.nonzeros += line.entries.len();
            self.values.columns.resize(self.keys.len(), 0.0);
            self.values.columns.push(users);
            self.unparked.push(self.keys.len());
            self.keys.push(key);
            self.backend.add_columns(&[line])?;
        }
        Ok(())
    }

    /// Unparks what is closed now.
    pub(super) fn unpark_closed(&mut self) -> Result<()> {
        let closed = self.parked.iter();
        let closed = closed.filter(|(_, rank)| self.closed.levels.unserved[*rank]);
        let closed: Vec<ClassId> = closed.map(|(class, _)| class).collect();
        for class in closed {
            self.activate(class)?;
        }
        Ok(())
    }

    /// Puts the columns that were unparked since the last run at their upper bounds.
    pub(super) fn raise_unparked(&mut self) -> Result<()> {
        if self.unparked.is_empty() {
            return Ok(());
        }
        for (row, more) in std::mem::take(&mut self.eased) {
            let limit = self.backend.matrix().upper_of_row(row) + more;
            self.backend.set_row(row, f64::NEG_INFINITY, limit)?;
        }
        let raised = std::mem::take(&mut self.unparked);
        let Some((mut of_columns, of_rows)) = self.backend.basis()? else {
            return Ok(());
        };
        for column in raised {
            of_columns[column] = BasisStatus::Upper;
        }
        if self.backend.set_basis(&of_columns, &of_rows).is_err() {
            tracing::debug!("the columns of unparked tiers begin without a basis");
        }
        Ok(())
    }
}
