//! Statics: what a case comes to under a recovery that decides nothing (`docs/model.md` §10).

use super::aftermath::{Aftermath, Reached};
use super::base::Base;
use super::carried::{opened, uses};
use super::cells::moved_per_user;
use super::context::{SweepContext, Unit};
use super::replan::Answer;
use super::shares::is_overloaded;
use super::survivors::Survivors;
use super::takeovers::{Replicas, Rescale, Takeovers};
use crate::formulation::rows::LoadRow;
use crate::model::Recovery;
use crate::plan::sweep::{Found, Missing, SettledBy};
use crate::units::{FEASIBILITY, NOBODY};
use fixedbitset::FixedBitSet;

/// What a case comes to in which `survivors` are left.
pub(super) fn told(
    survivors: &Survivors<'_>,
    context: &SweepContext,
    case: usize,
    recovery: Recovery,
) -> Answer {
    let takeovers = match recovery {
        Recovery::Rescale => Takeovers::by(survivors, Rescale::new(survivors)),
        Recovery::Replicas => Takeovers::by(survivors, Replicas::new(survivors)),
        Recovery::Replan => Takeovers::default(),
    };
    let aftermath = Aftermath::new(survivors, &takeovers);
    let reached = Reached::of(&aftermath);
    let count = Count::of(&aftermath, &reached, context);
    let unserved = count.unserved_units();
    let inventory = survivors.setting.inventory;
    let rows = survivors.rows.rows.iter().zip(&aftermath.loads);
    let overloaded = rows.filter(|(row, load)| is_overloaded(row, **load));
    let found = Found {
        case,
        recovery,
        unserved: count.unserved,
        no_site: None,
        missing: missing(&survivors.rows.rows, &aftermath.loads),
        binding: overloaded
            .map(|(row, _)| (row.component, row.resource))
            .collect(),
        moved: count.moved.max(0.0),
        opened: opened(inventory, &aftermath.entering),
        settled: SettledBy::Rule,
        is_proven: true,
    };
    let rows = &survivors.rows.rows;
    let uses = uses(inventory, rows, &aftermath.loads, &aftermath.entering, case);
    Answer {
        found,
        uses,
        unserved,
        witness: None,
    }
}

/// Who is unserved, and who is served elsewhere than at his current site.
struct Count {
    /// By rank.
    unserved: Vec<f64>,
    /// Units of which users are unserved.
    units: FixedBitSet,
    moved: f64,
}

impl Count {
    fn of(aftermath: &Aftermath<'_, '_>, reached: &Reached, context: &SweepContext) -> Self {
        let survivors = aftermath.survivors;
        let base = survivors.base;
        let kinds = &survivors.setting.folded.kinds;
        let mut count = Self {
            unserved: base.unserved.clone(),
            units: FixedBitSet::with_capacity(base.owners.len()),
            moved: base.moved,
        };
        let unserved = base.unserved_units.iter();
        count.units.extend(unserved.map(|unit| *unit as usize));
        for &(cell, share) in reached.cells() {
            count.leave(base, cell, share);
        }
        for &cell in &survivors.detoured {
            let own = &base.cells.all[cell];
            count.leave(base, cell, reached.of_detour(own.group, own.site));
        }
        for &cell in &survivors.displaced {
            count.moved -= base.cells.all[cell].moved;
        }
        for &(resident, takeover) in &aftermath.takeovers.of {
            let (kind, users) = base.cells.residents[resident];
            let takeover = &aftermath.takeovers.all[takeover];
            let group = base.group_of[takeover.crowd as usize];
            let mut unserved = if takeover.to.is_empty() { users } else { 0.0 };
            for &(site, share) in &takeover.to {
                let is_served = match survivors.steered_to(group, site) {
                    Some(cell) => reached.of_cell(cell),
                    None => reached.of_detour(group, site),
                };
                unserved += users * share * (1.0 - is_served);
                count.moved += users * share * is_served * moved_per_user(kinds, kind, site);
            }
            let tier = kinds.kinds[kind as usize].tier;
            count.unserved[context.rank_of_tier[tier.index()]] += unserved;
            count.put(resident, unserved);
        }
        count
    }

    /// Counts a cell of whose residents only a share is served.
    fn leave(&mut self, base: &Base, cell: usize, share: f64) {
        if share >= 1.0 {
            return;
        }
        let own = &base.cells.all[cell];
        self.moved -= own.moved * (1.0 - share);
        for (unserved, users) in self.unserved.iter_mut().zip(base.cells.of_rank(cell)) {
            *unserved += users * (1.0 - share);
        }
        for resident in own.residents.clone() {
            let (_, users) = base.cells.residents[resident];
            self.put(resident, users * (1.0 - share));
        }
    }

    /// Notes unserved users of a resident unit.
    fn put(&mut self, resident: usize, users: f64) {
        if users > NOBODY {
            self.units.insert(resident);
        }
    }

    /// Units of which users are unserved, ascending.
    fn unserved_units(&self) -> Vec<Unit> {
        let units = self.units.ones();
        units
            .map(|unit| Unit::try_from(unit).expect("invariant: every unit has a number"))
            .collect()
    }
}

/// The worst missing share of a headroom target; of equally bad ones the first.
///
/// ```text
/// s = 1 − s⁰ − (1 − L/A) / h      where h > 0
/// ```
fn missing(rows: &[LoadRow], loads: &[f64]) -> Option<Missing> {
    let mut worst: Option<Missing> = None;
    for (row, load) in rows.iter().zip(loads) {
        if row.target <= 0.0 {
            continue;
        }
        let share = 1.0 - row.kept - (1.0 - load / row.capacity) / row.target;
        if share > worst.map_or(FEASIBILITY, |worst| worst.share) {
            worst = Some(Missing {
                share,
                component: row.component,
                resource: row.resource,
            });
        }
    }
    worst
}
