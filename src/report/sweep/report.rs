//! The results of a sweep: its cases by kind and by recovery, how many hold, and the worst ones.

use super::names::{ComponentNames, noun};
use crate::ids::{ComponentId, ResourceId, TenantId, TierId};
use crate::model::{Band, CaseKind, Inventory, Recovery, Scenario};
use crate::plan::Before;
use crate::plan::sweep::{Break, CaseResult, Sweep};
use crate::report::grammar::count;
use crate::report::headroom::State;
use crate::report::numbers::{first_most, whole};
use crate::report::span::span;
use crate::report::words::{is_any_target_set, targets_met};
use crate::scenario::{Knowledge, headroom_target, is_in_force, users_at};
use crate::units::{FEASIBILITY, NOBODY};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// By recovery and case, sentences about it: reasons and remedies.
pub type Because = BTreeMap<(Recovery, usize), Vec<String>>;

/// The results of a sweep: on the terminal ([`text`](Self::text)), in `side_by_side.csv` ([`Sheet`](super::Sheet)), in
/// charts ([`drawings`](Self::drawings)) and on its page.
#[derive(Debug, Clone, Copy)]
pub struct SweepReport<'a> {
    /// Names and targets come from here.
    pub inventory: &'a Inventory,
    /// Its name, its offset and its policy.
    pub scenario: &'a Scenario,
    /// The request and the results.
    pub sweep: &'a Sweep,
    /// The state before the scenario; `None` leaves the column `normal` out.
    pub before: Option<&'a Before>,
    /// The cases that were checked.
    pub extent: Extent,
    /// Sentences about cases; `None` if there are none.
    pub because: Option<&'a Because>,
}

impl<'a> SweepReport<'a> {
    /// The recovery that charts and the sheet show: planning again if it was asked about, else the first.
    pub fn recovery(&self) -> Recovery {
        let recoveries = &self.sweep.recoveries;
        let is_replan = |recovery: &&Recovery| **recovery == Recovery::Replan;
        let shown = recoveries.iter().find(is_replan).or(recoveries.first());
        shown.copied().unwrap_or(Recovery::Replan)
    }

    pub(super) fn found(&self, recovery: Recovery, case: usize) -> Option<&'a CaseResult> {
        let found = &self.sweep.tally.found;
        let position = found.binary_search_by_key(&(case, recovery), |case_result| {
            (case_result.case, case_result.recovery)
        });
        position.ok().map(|position| &found[position])
    }

    pub(super) fn of_size(
        &self,
        recovery: Recovery,
        size: usize,
    ) -> impl Iterator<Item = &'a CaseResult> + use<'a> {
        self.of_kind(recovery, CaseKind::Failures(size))
    }

    pub(super) fn of_kind(
        &self,
        recovery: Recovery,
        kind: CaseKind,
    ) -> impl Iterator<Item = &'a CaseResult> + use<'a> {
        let cases = self.sweep.contingencies.of_kind(kind);
        let found = &self.sweep.tally.found;
        let from = found.partition_point(|case_result| case_result.case < cases.start);
        let to = found.partition_point(|case_result| case_result.case < cases.end);
        let of_size = found[from..to.max(from)].iter();
        of_size.filter(move |case_result| case_result.recovery == recovery)
    }

    pub(super) fn most(&self) -> usize {
        self.sweep.contingencies.most()
    }

    pub(super) fn because(&self, recovery: Recovery, case: usize) -> &'a [String] {
        let sentences = self.because.and_then(|texts| texts.get(&(recovery, case)));
        sentences.map_or(&[], Vec::as_slice)
    }

    pub(super) fn names(&self) -> ComponentNames<'a> {
        ComponentNames::of(self.inventory, self.sweep.over)
    }

    /// `13 Nov 2012 09:08 to 10:42 (UTC-08:00)`: the period that it is about.
    pub(super) fn period(&self) -> String {
        let period = &self.sweep.period;
        span(self.scenario, period.start, period.end)
    }

    /// The lines below the title of a chart about a recovery: scenario, period, recovery, and the unchecked cases.
    pub(super) fn about(&self, recovery: Option<Recovery>) -> Vec<String> {
        let answered = recovery.map(|recovery| {
            format!(
                "recovery {}: {}",
                recovery.word(),
                answer(self.sweep, recovery)
            )
        });
        let so_far = self.extent.words(self.sweep.contingencies.count());
        let is_again = recovery == Some(Recovery::Replan);
        let unserved = match self.unserved_whole().len() {
            some if is_again && some > 0 => Some(format!(
                "whole shards: users unserved in {}",
                count(some, "case")
            )),
            _ => None,
        };
        let is_split = is_again && self.with_split_shards() > 0;
        let whole = is_split.then(|| "not checked: whole shards".to_owned());
        let about = [self.scenario.name.clone(), self.period()].into_iter();
        let about = about.chain(answered).chain(so_far);
        about.chain(unserved).chain(whole).collect()
    }

    /// `true` if the scenario has an event in force, and known, in the period that it is about.
    pub(super) fn has_event(&self) -> bool {
        let (scenario, at) = (self.scenario, self.sweep.period.start);
        let mut events = scenario.events.iter();
        events.any(|event| is_in_force(event, scenario, at, Knowledge::Believed))
    }

    /// The kind of failing component, such as `site`.
    pub(super) fn noun(&self) -> &'static str {
        noun(self.sweep.over)
    }

    /// `single sites`, `pairs of sites`, `sets of 3 sites`.
    pub(super) fn cases_of_size(&self, size: usize) -> String {
        self.cases_words(size, "s")
    }

    /// `single site`, `pair of sites`, `set of 3 sites`.
    pub(super) fn case_of_size(&self, size: usize) -> String {
        self.cases_words(size, "")
    }

    fn cases_words(&self, size: usize, s: &str) -> String {
        let noun = self.noun();
        match size {
            0 => format!("case{s} without a failure"),
            1 => format!("single {noun}{s}"),
            2 => format!("pair{s} of {noun}s"),
            more => format!("set{s} of {more} {noun}s"),
        }
    }
}

pub(super) fn answer(sweep: &Sweep, recovery: Recovery) -> &'static str {
    match recovery {
        Recovery::Replan if sweep.is_from_plan => {
            "planned again after every failure, from where the plan homes users"
        }
        Recovery::Rescale => "survivors share the load by their weights",
        Recovery::Replicas => "replicas take over as they were prepared",
        Recovery::Replan => "planned again after every failure",
    }
}

/// The cases that a sweep has checked: a range of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The first requested case: 0 except for parts.
    pub first: usize,
    /// How many it was asked for from there on: all, or those of a part.
    pub asked: usize,
    /// How many of these were looked at; fewer where it was stopped.
    pub done: usize,
}

impl Extent {
    /// That of a sweep that looked at all of its cases.
    pub fn whole(sweep: &Sweep) -> Self {
        let all = sweep.contingencies.count();
        Self {
            first: 0,
            asked: all,
            done: all,
        }
    }

    /// `true` if it was stopped before it was done.
    pub fn is_stopped(&self) -> bool {
        self.done < self.asked
    }

    /// `so far 1,200 of 1,771 cases`, `cases 200 to 399 of 1,771`; nothing if every case was checked.
    pub(super) fn words(&self, all: usize) -> Option<String> {
        let done = whole(self.done);
        match (self.part(all), self.is_stopped()) {
            (None, false) => None,
            (None, true) => Some(format!("so far {done} of {} cases", whole(all))),
            (Some(part), false) => Some(part),
            (Some(part), true) => Some(format!("so far {done} of {part}")),
        }
    }

    /// The cases that were not checked, in a sentence; nothing if every case was.
    pub(super) fn sentence(&self, all: usize) -> Option<String> {
        let [left, asked] = [self.asked - self.done.min(self.asked), self.asked].map(whole);
        match (self.part(all), self.is_stopped()) {
            (None, false) => None,
            (None, true) => Some(format!(
                "Not checked: {left} of {asked} cases, which can be worse, since the sweep was stopped."
            )),
            (Some(part), false) => Some(format!(
                "Not checked: all but {part}, as this is a part of the sweep."
            )),
            (Some(part), true) => Some(format!(
                "Not checked: all but {part}, and of these {left} of {asked}, since the sweep was stopped."
            )),
        }
    }

    /// `cases 200 to 399 of 1,771`; nothing if it was asked for all of them.
    fn part(&self, all: usize) -> Option<String> {
        let last = (self.first + self.asked).checked_sub(1)?;
        let [first, last, of] = [self.first, last, all].map(whole);
        (self.asked < all).then(|| format!("cases {first} to {last} of {of}"))
    }
}

/// How many cases of a recovery hold, and how many do not; each case is one of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaseCounts {
    /// Everyone is served, and every target is met.
    pub hold: usize,
    /// Some users are unserved.
    pub unserved: usize,
    /// Everyone is served, and a target is missed.
    pub missed: usize,
    /// Of all of them, those whose values are not proven.
    pub unproven: usize,
}

impl CaseCounts {
    /// Those of some cases.
    pub fn of<'a>(cases: impl Iterator<Item = &'a CaseResult>) -> Self {
        let mut counts = Self::default();
        for found in cases {
            let count = if found.unserved_users() > NOBODY {
                &mut counts.unserved
            } else if found.missing.is_some() {
                &mut counts.missed
            } else {
                &mut counts.hold
            };
            *count += 1;
            counts.unproven += usize::from(!found.is_proven);
        }
        counts
    }

    /// How many cases there are.
    pub fn all(&self) -> usize {
        self.hold + self.unserved + self.missed
    }
}

/// The outcome of the failures under one recovery.
#[derive(Debug, Clone, PartialEq)]
pub struct RecoveryOutcome<'a> {
    /// How failures are answered.
    pub recovery: Recovery,
    /// How many cases hold, and how many do not.
    pub counts: CaseCounts,
    /// By number of failures from 0 on, the worst case; `None` where none was checked.
    pub worst: Vec<Option<&'a CaseResult>>,
    /// The case in which a new plan serves most users that this recovery leaves unserved, and how many; `None` where there are
    /// none, and where replanning was not requested.
    pub saved: Option<(usize, f64)>,
}

impl<'a> SweepReport<'a> {
    /// How many cases of a recovery hold, and how many do not.
    pub fn counts(&self, recovery: Recovery) -> CaseCounts {
        CaseCounts::of(self.sweep.tally.of(recovery))
    }

    /// The outcome of the same failures under every requested recovery, the weakest first.
    pub fn acting(&self) -> Vec<RecoveryOutcome<'a>> {
        let recoveries = self.sweep.recoveries.iter();
        let acting = recoveries.map(|recovery| RecoveryOutcome {
            recovery: *recovery,
            counts: self.counts(*recovery),
            worst: (0..=self.most())
                .map(|size| worst(self.of_size(*recovery, size)))
                .collect(),
            saved: self.saved(*recovery),
        });
        acting.collect()
    }

    fn saved(&self, recovery: Recovery) -> Option<(usize, f64)> {
        let found = self.sweep.tally.of(recovery);
        let found = found.filter(|case_result| case_result.recovery != Recovery::Replan);
        let saved = found.filter_map(|case_result| {
            let again = self.found(Recovery::Replan, case_result.case)?;
            let saved = case_result.unserved_users() - again.unserved_users();
            (saved > NOBODY).then_some((case_result.case, saved))
        });
        first_most(saved, |pair| pair.1)
    }
}

/// Users unserved in a case, without what arithmetic leaves of 0.
pub(super) fn unserved(found: &CaseResult) -> f64 {
    let users = found.unserved_users();
    if users > NOBODY { users } else { 0.0 }
}

/// The worse first: by users unserved, then by the worst missing share of a target.
pub(super) fn severity(left: &CaseResult, right: &CaseResult) -> Ordering {
    unserved(right)
        .total_cmp(&unserved(left))
        .then(right.worst_shortfall().total_cmp(&left.worst_shortfall()))
}

/// The worse first; of equally bad ones the first case.
pub(super) fn worse(left: &CaseResult, right: &CaseResult) -> Ordering {
    severity(left, right).then(left.case.cmp(&right.case))
}

/// The worst of some cases; `None` of none.
pub(super) fn worst<'a>(cases: impl Iterator<Item = &'a CaseResult>) -> Option<&'a CaseResult> {
    cases.min_by(|left, right| worse(left, right))
}

pub(super) fn ranked<'a>(cases: impl Iterator<Item = &'a CaseResult>) -> Vec<&'a CaseResult> {
    let mut cases: Vec<&CaseResult> = cases.filter(|case| !case.holds()).collect();
    cases.sort_by(|left, right| worse(left, right));
    cases
}

/// How many failures at once the tenants of one tier survive, whichever they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TierSurvival {
    pub(super) tier: TierId,
    pub(super) tenants: usize,
    /// By number of failures from 0 on, tenants without unserved users of the tier in any case of that many.
    pub(super) survive: Vec<usize>,
}

impl SweepReport<'_> {
    /// Tiers and the tenants that have users of them in the period, with a home before or without one; ascending. They are the
    /// same whatever the recovery.
    pub(super) fn tenants(&self, recovery: Recovery) -> Vec<(TierId, TenantId)> {
        let start = self.sweep.period.start;
        let users = users_at(self.inventory, self.scenario, start, Band::Expected);
        let shards = self.inventory.shards.iter().zip(&users);
        let with_users = shards.filter(|(_, users)| **users > NOBODY);
        let mut all: Vec<_> = with_users
            .map(|(shard, _)| (shard.tier, shard.tenant))
            .collect();
        // A tenant that a case breaks has users, also where they come within the period.
        let breaks = self.sweep.tally.breaks.keys();
        let broken = breaks.filter(|candidate| candidate.recovery == recovery);
        all.extend(broken.map(|one_break| (one_break.tier, one_break.tenant)));
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(super) fn breaking(
        &self,
        recovery: Recovery,
        tier: TierId,
        tenant: TenantId,
    ) -> Option<usize> {
        let breaks = &self.sweep.tally.breaks;
        let case = breaks.get(&Break {
            recovery,
            tenant,
            tier,
        });
        case.copied()
    }

    /// How many failures at once the tenants of each tier survive; tiers by rank.
    pub(super) fn survival(&self, recovery: Recovery) -> Vec<TierSurvival> {
        let most = self.most();
        let mut all: Vec<TierSurvival> = Vec::new();
        for (tier, tenant) in self.tenants(recovery) {
            if all.last().is_none_or(|last| last.tier != tier) {
                all.push(TierSurvival {
                    tier,
                    tenants: 0,
                    survive: vec![0; most + 1],
                });
            }
            let Some(tier_survival) = all.last_mut() else {
                continue;
            };
            tier_survival.tenants += 1;
            let broken_by = self
                .breaking(recovery, tier, tenant)
                .map_or(most + 1, |case| self.sweep.contingencies.size(case));
            for survive in tier_survival.survive.iter_mut().take(broken_by) {
                *survive += 1;
            }
        }
        all.sort_by_key(|tier_survival| {
            (
                self.inventory.tiers[tier_survival.tier.index()].rank,
                tier_survival.tier,
            )
        });
        all
    }

    pub(super) fn sizes(&self, recovery: Recovery) -> impl Iterator<Item = usize> {
        (0..=self.most()).filter(move |size| self.of_size(recovery, *size).next().is_some())
    }

    pub(super) fn target(&self, at: (ComponentId, ResourceId), has_failure: bool) -> f64 {
        let is_event = has_failure || self.has_event();
        headroom_target(self.inventory, &self.scenario.policy, at, is_event)
    }

    pub(super) fn targets_met(&self) -> &'static str {
        let is_any_set = is_any_target_set(self.inventory, &self.scenario.policy);
        targets_met(is_any_set, self.misses_a_target_before())
    }

    /// `true` if the state before misses a target, so that a case that is no worse does too.
    pub(super) fn misses_a_target_before(&self) -> bool {
        let existing = self.scenario.policy.existing_shortfall;
        self.before
            .is_some_and(|before| before.misses_a_target(existing))
    }

    pub(super) fn target_before(&self, at: (ComponentId, ResourceId)) -> f64 {
        headroom_target(self.inventory, &self.scenario.policy, at, false)
    }
}

/// How a utilization is to be judged against a target.
pub(in crate::report) fn state(utilization: f64, target: f64) -> State {
    if utilization >= 1.0 - FEASIBILITY {
        State::Full
    } else if utilization > 1.0 - target + FEASIBILITY {
        State::BelowTarget
    } else {
        State::Fine
    }
}

pub(super) fn judged(found: &CaseResult) -> State {
    match found.missing {
        _ if found.unserved_users() > NOBODY => State::Full,
        Some(missing) if missing.share > 1.0 + FEASIBILITY => State::Full,
        Some(_) => State::BelowTarget,
        None => State::Fine,
    }
}
