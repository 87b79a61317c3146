//! Hourly: the scenario's own plan of a period in every slice of its hours, and what a case comes to in the worst of them.
//!
//! By rule: what a plan comes to in cases that nobody plans again, asked of any plan.

use super::base::Base;
use super::context::{Owners, SweepContext};
use super::replan::Answer;
use super::statics::told;
use super::survivors::Survivors;
use crate::formulation::Setting;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Case, Contingencies, Homes, Recovery};
use crate::plan::sweep::Use;
use crate::plan::{Flow, Part, flows_in};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The scenario's own plan of a period, slice by slice: homes are the same, steering and demand are not.
#[derive(Debug)]
pub(super) struct Hourly(Vec<Base>);

impl Hourly {
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
    pub(super) fn told(
        &self,
        setting: &Setting<'_>,
        context: &SweepContext,
        case: usize,
        recoveries: &[Recovery],
    ) -> Vec<Answer> {
        let mut answers: Vec<Answer> = Vec::new();
        for (slice, base) in self.0.iter().enumerate() {
            let of_slice = in_slice(setting, slice, |setting| {
                let survivors = Survivors::new(base, setting);
                let told = |recovery: &Recovery| told(&survivors, context, case, *recovery);
                recoveries.iter().map(told).collect::<Vec<Answer>>()
            });
            if answers.is_empty() {
                answers = of_slice;
            } else {
                for (answer, own) in answers.iter_mut().zip(of_slice) {
                    worsen(answer, own);
                }
            }
        }
        answers
    }
}

/// What a setting is in one slice alone.
fn in_slice<T>(setting: &Setting<'_>, slice: usize, tell: impl FnOnce(Setting<'_>) -> T) -> T {
    let hours = &setting.case.hours;
    if hours.slice_count() == 1 {
        return tell(*setting);
    }
    let case = Case {
        hours: Arc::new(hours.only(slice)),
        ..setting.case.clone()
    };
    tell(Setting {
        case: &case,
        ..*setting
    })
}

/// Takes over from another hour what is worse there.
fn worsen(answer: &mut Answer, other: Answer) {
    let found = &mut answer.found;
    for (most, users) in found.unserved.iter_mut().zip(other.found.unserved) {
        *most = most.max(users);
    }
    let share = found.worst_shortfall();
    if let Some(missing) = other.found.missing.filter(|own| own.share > share) {
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
    let own = std::mem::take(&mut answer.uses);
    for (component, resource, used) in own.into_iter().chain(other.uses) {
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
    base: Hourly,
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
            base: Hourly::new(setting, &context, parts, flows),
            context,
            recovery,
        }
    }

    /// Unserved users in a case, by rank; everybody is affected in its setting.
    pub(in crate::engine) fn unserved(&self, setting: Setting<'_>) -> Vec<f64> {
        let answers = self.base.told(&setting, &self.context, 0, &[self.recovery]);
        let first = answers.into_iter().next();
        first.map_or_else(Vec::new, |answer| answer.found.unserved)
    }
}
