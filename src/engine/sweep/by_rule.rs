//! Cases under recoveries that decide nothing (`docs/model.md` §10): the scenario's own plan of a period in every slice of its
//! hours, and what a case comes to in the worst of them.

use super::aftermath::{Aftermath, ServedShares, is_overloaded, opened, uses};
use super::base::Base;
use super::cells::{Owners, SweepContext, Unit, moved_per_user};
use super::replan::CaseAnswer;
use super::survivors::{Survivors, Takeovers};
use crate::formulation::Setting;
use crate::formulation::rows::LoadRow;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Case, Contingencies, Homes, Recovery};
use crate::plan::sweep::{CaseResult, Missing, SettledBy, Use};
use crate::plan::{Flow, Part, flows_in};
use crate::units::{FEASIBILITY, NOBODY};
use fixedbitset::FixedBitSet;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The scenario's own plan of a period, slice by slice: homes are the same, steering and demand are not.
#[derive(Debug)]
pub(super) struct PlanByHour(Vec<Base>);

impl PlanByHour {
    /// Folds a plan; the setting is that of its case.
    pub(super) fn new(
        setting: &Setting<'_>,
        context: &SweepContext,
        parts: &[Part],
        flows: &[Flow],
    ) -> Self {
        let slices = 0..setting.case.hours.slice_count();
        let base = |slice| {
            in_slice(setting, slice, |setting| {
                Base::new(&setting, context, parts, flows_in(flows, slice))
            })
        };
        Self(slices.map(base).collect())
    }

    /// Whose users are in which unit: the same in all slices.
    pub(super) fn owners(&self) -> &Owners {
        &self.0[0].owners
    }

    /// What a case comes to under recoveries that decide nothing; the setting is that of the case. Every number is that of
    /// the hour in which it is worst.
    pub(super) fn answers(
        &self,
        setting: &Setting<'_>,
        context: &SweepContext,
        case: usize,
        recoveries: &[Recovery],
    ) -> Vec<CaseAnswer> {
        let mut answers: Vec<CaseAnswer> = Vec::new();
        for (slice, base) in self.0.iter().enumerate() {
            let of_slice = in_slice(setting, slice, |setting| {
                let survivors = Survivors::new(base, setting);
                let answer =
                    |recovery: &Recovery| evaluate_by_rule(&survivors, context, case, *recovery);
                recoveries.iter().map(answer).collect::<Vec<CaseAnswer>>()
            });
            if answers.is_empty() {
                answers = of_slice;
            } else {
                for (answer, case_answer) in answers.iter_mut().zip(of_slice) {
                    worsen(answer, case_answer);
                }
            }
        }
        answers
    }
}

/// What a setting is in one slice alone.
fn in_slice<T>(setting: &Setting<'_>, slice: usize, then: impl FnOnce(Setting<'_>) -> T) -> T {
    let hours = &setting.case.hours;
    if hours.slice_count() == 1 {
        return then(*setting);
    }
    let case = Case {
        hours: Arc::new(hours.only(slice)),
        ..setting.case.clone()
    };
    then(Setting {
        case: &case,
        ..*setting
    })
}

/// Takes over from another hour what is worse there.
fn worsen(answer: &mut CaseAnswer, other: CaseAnswer) {
    let found = &mut answer.found;
    for (most, users) in found.unserved.iter_mut().zip(other.found.unserved) {
        *most = most.max(users);
    }
    let share = found.worst_shortfall();
    if let Some(missing) = other.found.missing.filter(|missing| missing.share > share) {
        found.missing = Some(missing);
    }
    found.binding.extend(other.found.binding);
    found.binding.sort_unstable();
    found.binding.dedup();
    found.moved = found.moved.max(other.found.moved);
    found.opened.extend(other.found.opened);
    found.opened.sort_unstable();
    found.opened.dedup();
    let mut fullest: BTreeMap<(ComponentId, ResourceId), Use> = BTreeMap::new();
    let entries = std::mem::take(&mut answer.uses);
    for (component, resource, used) in entries.into_iter().chain(other.uses) {
        let most = fullest.entry((component, resource)).or_insert(used);
        if used.utilization > most.utilization {
            *most = used;
        }
    }
    let uses = fullest.into_iter();
    answer.uses = uses
        .map(|((component, resource), used)| (component, resource, used))
        .collect();
    answer.unserved.extend(other.unserved);
    answer.unserved.sort_unstable();
    answer.unserved.dedup();
}

/// A plan, and the recovery by which its failures are answered.
pub(in crate::engine) struct ByRule {
    context: SweepContext,
    base: PlanByHour,
    recovery: Recovery,
}

/// The parts of a plan once it is in force: users are where it has brought them.
pub(in crate::engine) fn in_force(mut parts: Vec<Part>, homes: &Homes) -> Vec<Part> {
    for part in &mut parts {
        part.current = part.site.or(homes.main(part.shard));
    }
    parts
}

impl ByRule {
    /// A plan of a setting, by its assignment and its steering.
    pub(in crate::engine) fn new(
        setting: &Setting<'_>,
        (contingencies, recovery): (&Contingencies, Recovery),
        parts: &[Part],
        flows: &[Flow],
    ) -> Self {
        let from = (setting.inventory, setting.current);
        let context = SweepContext::new(from, &setting.folded.kinds, contingencies.clone());
        Self {
            base: PlanByHour::new(setting, &context, parts, flows),
            context,
            recovery,
        }
    }

    /// Unserved users in a case, by rank; everybody is affected in its setting.
    pub(in crate::engine) fn unserved(&self, setting: Setting<'_>) -> Vec<f64> {
        self.answer(setting)
            .map_or_else(Vec::new, |answer| answer.found.unserved)
    }

    /// All unserved users in a case, and what is furthest above its capacity then, if anything is, with how much it is above.
    pub(in crate::engine) fn overload(
        &self,
        setting: Setting<'_>,
    ) -> (f64, Option<(ComponentId, ResourceId, f64)>) {
        let Some(answer) = self.answer(setting) else {
            return (0.0, None);
        };
        let uses = answer.uses.into_iter();
        let most = uses.reduce(|most, next| {
            if next.2.utilization > most.2.utilization {
                next
            } else {
                most
            }
        });
        let above = most.filter(|(_, _, most)| most.load > most.capacity);
        let above = above
            .map(|(component, resource, most)| (component, resource, most.load - most.capacity));
        (answer.found.unserved.iter().sum(), above)
    }

    fn answer(&self, setting: Setting<'_>) -> Option<CaseAnswer> {
        let answers = self
            .base
            .answers(&setting, &self.context, 0, &[self.recovery]);
        answers.into_iter().next()
    }
}

/// What a case comes to in which `survivors` are left, under a recovery that decides nothing.
fn evaluate_by_rule(
    survivors: &Survivors<'_>,
    context: &SweepContext,
    case: usize,
    recovery: Recovery,
) -> CaseAnswer {
    let takeovers = Takeovers::by(survivors, recovery);
    let aftermath = Aftermath::new(survivors, &takeovers);
    let reached = ServedShares::of(&aftermath);
    let count = UnservedCount::of(&aftermath, &reached, context);
    let unserved = count.unserved_units();
    let inventory = survivors.setting.inventory;
    let rows = survivors.rows.rows.iter().zip(&aftermath.loads);
    let overloaded = rows.filter(|(row, load)| is_overloaded(row, **load));
    let found = CaseResult {
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
        // What a rule serves is where the rule leads it, whole or not.
        whole: None,
    };
    let rows = &survivors.rows.rows;
    let uses = uses(inventory, rows, &aftermath.loads, &aftermath.entering, case);
    CaseAnswer {
        found,
        uses,
        unserved,
        witness: None,
    }
}

struct UnservedCount {
    /// By rank.
    unserved: Vec<f64>,
    /// Units of which users are unserved.
    units: FixedBitSet,
    moved: f64,
}

impl UnservedCount {
    fn of(aftermath: &Aftermath<'_, '_>, reached: &ServedShares, context: &SweepContext) -> Self {
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
            let group_cell = &base.cells.all[cell];
            count.leave(
                base,
                cell,
                reached.of_detour(group_cell.group, group_cell.site),
            );
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
        let group_cell = &base.cells.all[cell];
        self.moved -= group_cell.moved * (1.0 - share);
        for (unserved, users) in self.unserved.iter_mut().zip(base.cells.of_rank(cell)) {
            *unserved += users * (1.0 - share);
        }
        for resident in group_cell.residents.clone() {
            let (_, users) = base.cells.residents[resident];
            self.put(resident, users * (1.0 - share));
        }
    }

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
