//! What is learnt while homes are sought: the rows so far, and what each of their cases stands for.

use super::homes::Homed;
use crate::formulation::Mark;
use crate::formulation::rows::{ExposureRow, Survival, SurvivalRow};
use crate::model::Failing;
use crate::units::{NOBODY, SOLVER_TOLERANCE};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of who loses what on his way, at most: each makes users a group of their own.
const MOST_EXPOSURES: usize = 400;

/// What rows are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    /// A case.
    Case(usize),
    /// A tenant whose loss is bounded, by its mark.
    Tenant(Mark),
}

/// The rows so far.
#[derive(Default)]
pub(super) struct Learnt {
    pub(super) survival: Survival,
    position_of: BTreeMap<About, usize>,
    /// Whose exposure to what has a row.
    exposed: BTreeSet<(Mark, Vec<Failing>)>,
}

impl Learnt {
    /// The position of a case or tenant among those with rows; what is new gets one.
    pub(super) fn position(&mut self, about: About) -> usize {
        let next = self.position_of.len();
        let position = *self.position_of.entry(about).or_insert(next);
        self.survival.case_count = self.position_of.len();
        position
    }

    /// The rows of cases only.
    pub(super) fn of_cases(&self) -> Survival {
        let is_case = |about: &About| matches!(about, About::Case(_));
        let positions = self.position_of.iter();
        let positions = positions.filter(|(about, _)| is_case(about));
        let positions: BTreeSet<usize> = positions.map(|(_, position)| *position).collect();
        let rows = self.survival.rows.iter();
        let rows = rows.filter(|row| positions.contains(&row.case));
        Survival {
            case_count: self.survival.case_count,
            rows: rows.cloned().collect(),
            exposures: Vec::new(),
        }
    }

    /// `true` if a row says more of homes than all that hold of them already.
    pub(super) fn is_news(&self, row: &SurvivalRow, homed: &[Homed]) -> bool {
        let says = unserved_by(row, homed);
        let known = self.survival.rows.iter();
        let known = known.filter(|own| own.case == row.case && own.holds_always);
        let said = known.map(|own| unserved_by(own, homed));
        says > said.fold(0.0, f64::max) + NOBODY.max(SOLVER_TOLERANCE * says)
    }

    /// `true` if the exposure of a tenant to these members has a row.
    pub(super) fn is_known(&self, mark: Mark, members: &[Failing]) -> bool {
        self.exposed.contains(&(mark, members.to_vec()))
    }

    /// Adds the row of a tenant and members; `false` if there are too many.
    pub(super) fn take_exposure(
        &mut self,
        mark: Mark,
        members: Vec<Failing>,
        row: ExposureRow,
    ) -> bool {
        let has_room = self.survival.exposures.len() < MOST_EXPOSURES;
        if has_room && self.exposed.insert((mark, members)) {
            self.survival.exposures.push(row);
            return true;
        }
        false
    }

    /// Adds rows. What is true only of the homes from which it was made makes way for what is newer.
    pub(super) fn take(&mut self, rows: Vec<SurvivalRow>) {
        let is_old = |own: &SurvivalRow| rows.iter().any(|new| new.case == own.case);
        let all = &mut self.survival.rows;
        all.retain(|own| own.holds_always || !is_old(own));
        all.extend(rows);
    }
}

/// Users whom a row proves to be unserved in its case, where users are homed so.
fn unserved_by(row: &SurvivalRow, homed: &[Homed]) -> f64 {
    let homed = homed.iter();
    let cost: f64 = homed
        .map(|own| own.users * row.cost(own.who, own.site))
        .sum();
    cost - row.room
}
