//! Whole classes that go elsewhere at once, without a step of the solver (`docs/design.md`).

use super::Master;
use crate::error::Result;
use crate::formulation::ColumnKey;
use crate::formulation::goals::Objective;
use crate::formulation::rows::RowId;
use crate::solve::candidate::{Candidate, CandidateKind};
use crate::solve::options::LEAST_MOVED_WHOLE;
use crate::solve::price::Pass;

/// What is left at a point, as classes take it one by one.
struct Spare {
    /// By row, how much more fits.
    left: Vec<f64>,
    /// By load row, by how much it is overloaded.
    overload: Vec<f64>,
}

impl Spare {
    /// `true` if this number of users of a column fits everywhere.
    fn has_place_for(&self, entries: &[(usize, f64)], users: f64) -> bool {
        let mut entries = entries.iter();
        entries.all(|&(row, entry)| entry * users <= self.left[row].max(0.0))
    }

    /// By how much an overloaded row is relieved.
    fn relieved(&self, row: usize, freed: f64) -> Option<(RowId, f64)> {
        let overload = *self.overload.get(row)?;
        (overload > 0.0 && freed > 0.0).then(|| (row, overload.min(freed)))
    }

    /// Lets them in.
    fn take(&mut self, entries: &[(usize, f64)], users: f64) {
        for &(row, entry) in entries {
            let freed = -entry * users;
            let relieved = self.relieved(row, freed).map_or(0.0, |(_, share)| share);
            if relieved > 0.0 {
                self.overload[row] -= relieved;
            }
            self.left[row] += freed - relieved;
        }
    }
}

impl Master<'_> {
    /// Lets classes without a row go where a pass says, each as a whole, as long as they fit there and the
    /// objective falls; how many did. Their other candidates are gone with them.
    ///
    /// Otherwise each of them takes a row, a column and a step of the solver, and all later steps carry the row.
    /// The point stays one that keeps the rows, so that the program has one; its basis may not, and the solver goes on
    /// from there.
    pub(super) fn move_whole(
        &mut self,
        pass: &mut Pass<'_>,
        objective: &Objective,
    ) -> Result<usize> {
        if pass.candidates.len() < LEAST_MOVED_WHOLE
            || self.scaling.is_some()
            || self.values.columns.len() != self.keys.len()
        {
            return Ok(0);
        }
        let mut spare = self.spare();
        let mut has_moved = vec![false; self.class_rows.len()];
        let mut moved = 0;
        let candidates = std::mem::take(&mut pass.candidates).into_sorted_vec();
        for candidate in candidates.iter().rev() {
            if !has_moved[candidate.class]
                && self.is_moved_whole(candidate, pass, objective, &mut spare)
            {
                has_moved[candidate.class] = true;
                moved += 1;
            }
        }
        if moved > 0 {
            self.shifts = self.shifts_of_anchors();
            self.apply_rows()?;
        }
        let rest = candidates.into_iter();
        pass.candidates = rest
            .filter(|candidate| !has_moved[candidate.class])
            .collect();
        Ok(moved)
    }

    /// What the last point leaves.
    fn spare(&self) -> Spare {
        let matrix = self.backend.matrix();
        let activity = matrix.activity(&self.values.columns);
        let mut overload = vec![0.0; self.problem.rows.rows.len()];
        for (key, amount) in self.keys.iter().zip(&self.values.columns) {
            if let ColumnKey::Overload(row) = key {
                overload[*row] = amount.max(0.0);
            }
        }
        Spare {
            left: (0..activity.len())
                .map(|row| matrix.upper_of_row(row) - activity[row])
                .collect(),
            overload,
        }
    }

    /// `true` if it is seen without the loads of its path that a candidate does not fit, or gains nothing. Most are
    /// refused so: the first of them have relieved what was overloaded, or have taken the spare capacity.
    fn is_seen_to_stay(
        &self,
        candidate: &Candidate,
        key: ColumnKey,
        users: f64,
        objective: &Objective,
        spare: &Spare,
    ) -> bool {
        let class = candidate.class;
        if self.anchor_of(key).is_some() {
            return false;
        }
        let mut on_default = self.problem.on_default(class).iter();
        let relieves = on_default.any(|&(row, _)| spare.overload[row] > 0.0);
        if !relieves && -self.cost_beside(key, objective) * users <= self.nobody() {
            return true;
        }
        let CandidateKind::Displaced(site) = candidate.what else {
            return false;
        };
        let is_elsewhere =
            self.problem.defaults[class].is_some_and(|default_path| default_path.site != site);
        let unit = self.problem.unit;
        is_elsewhere
            && (self.problem.loads_at_site(class, site)).any(|(row, load)| {
                let entry = load * unit / self.problem.rows.rows[row].capacity;
                !spare.has_place_for(&[(row, entry)], users)
            })
    }

    /// Makes a candidate the anchor of its class, if that has no row and gains by it; `true` if so.
    fn is_moved_whole(
        &mut self,
        candidate: &Candidate,
        pass: &mut Pass<'_>,
        objective: &Objective,
        spare: &mut Spare,
    ) -> bool {
        let class = candidate.class;
        if self.class_rows[class].is_some() || self.parked.has(class) {
            return false;
        }
        let key = match candidate.what {
            CandidateKind::Unserved(rank) => ColumnKey::Unserved(class, rank),
            CandidateKind::Displaced(site) => {
                match pass.intern(self.problem, class, site, &mut self.paths) {
                    Some(path) => ColumnKey::Displaced(class, path),
                    None => return false,
                }
            }
        };
        if self.known.contains(&key) || !self.may_be_anchor(key) || self.upper_bound(key) <= 0.0 {
            return false;
        }
        let users = self.users(class);
        if self.is_seen_to_stay(candidate, key, users, objective, spare) {
            return false;
        }
        let entries = self.line(key).entries;
        if !spare.has_place_for(&entries, users) {
            return false;
        }
        let relieved = entries.iter().filter_map(|&(row, entry)| {
            let (row, share) = spare.relieved(row, -entry * users)?;
            Some(share * self.cost_of_one(ColumnKey::Overload(row), objective))
        });
        let gain = relieved.sum::<f64>() - self.cost_beside(key, objective) * users;
        if gain <= self.nobody() {
            return false;
        }
        spare.take(&entries, users);
        let is_default = self.problem.defaults[class]
            .is_some_and(|default| key == ColumnKey::Displaced(class, default.path));
        let before = if is_default {
            self.anchors.remove(class)
        } else {
            self.known.insert(key);
            self.anchors.insert(class, key)
        };
        if let Some(before) = before {
            self.known.remove(&before);
        }
        true
    }
}
