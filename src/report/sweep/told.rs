//! Told: what is told of a sweep.

use super::extent::Extent;
use super::names::Names;
use crate::model::{CaseKind, EventKind, FailureSet, Inventory, Recovery, Scenario};
use crate::plan::Before;
use crate::plan::sweep::{Found, Sweep};
use crate::report::span::span;
use crate::scenario::{Knowledge, is_in_force};
use std::collections::BTreeMap;

/// By recovery and case, sentences about it: why it is so, and what would help.
pub type Because = BTreeMap<(Recovery, usize), Vec<String>>;

/// What is told of a sweep: on the terminal ([`text`](Self::text)), in `side_by_side.csv` ([`Sheet`](super::Sheet)), in
/// charts ([`drawings`](Self::drawings)) and on its page.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Names and targets come from here.
    pub inventory: &'a Inventory,
    /// Its name, its offset and its policy.
    pub scenario: &'a Scenario,
    /// What was asked, and what was found.
    pub sweep: &'a Sweep,
    /// The state before the scenario; `None` leaves the column `normal` out.
    pub before: Option<&'a Before>,
    /// Which cases were looked at.
    pub extent: Extent,
    /// Sentences about cases; `None` if there are none.
    pub because: Option<&'a Because>,
}

impl<'a> Told<'a> {
    /// The recovery that charts and the sheet show: planning again if it was asked about, else the first.
    pub fn recovery(&self) -> Recovery {
        let recoveries = &self.sweep.recoveries;
        let is_replan = |own: &&Recovery| **own == Recovery::Replan;
        let shown = recoveries.iter().find(is_replan).or(recoveries.first());
        shown.copied().unwrap_or(Recovery::Replan)
    }

    /// What a case comes to, if it was looked at.
    pub(in crate::report) fn found(&self, recovery: Recovery, case: usize) -> Option<&'a Found> {
        let found = &self.sweep.tally.found;
        let position =
            found.binary_search_by_key(&(case, recovery), |own| (own.case, own.recovery));
        position.ok().map(|position| &found[position])
    }

    /// What the cases of so many failures come to, in their order.
    pub(in crate::report) fn of_size(
        &self,
        recovery: Recovery,
        size: usize,
    ) -> impl Iterator<Item = &'a Found> + use<'a> {
        self.of_kind(recovery, CaseKind::Failures(size))
    }

    /// What the cases of a kind come to, in their order.
    pub(in crate::report) fn of_kind(
        &self,
        recovery: Recovery,
        kind: CaseKind,
    ) -> impl Iterator<Item = &'a Found> + use<'a> {
        let cases = self.sweep.contingencies.of_kind(kind);
        let found = &self.sweep.tally.found;
        let from = found.partition_point(|own| own.case < cases.start);
        let to = found.partition_point(|own| own.case < cases.end);
        let of_size = found[from..to.max(from)].iter();
        of_size.filter(move |own| own.recovery == recovery)
    }

    /// The largest number of failures at once.
    pub(in crate::report) fn most(&self) -> usize {
        self.sweep.contingencies.most()
    }

    /// The sentences about a case.
    pub(in crate::report) fn because(&self, recovery: Recovery, case: usize) -> &'a [String] {
        let sentences = self.because.and_then(|own| own.get(&(recovery, case)));
        sentences.map_or(&[], Vec::as_slice)
    }

    /// What things are called.
    pub(in crate::report) fn names(&self) -> Names<'a> {
        Names::of(self.inventory, self.sweep.over)
    }

    /// `13 Nov 2012 09:08 to 10:42 (UTC-08:00)`: the period that it is about.
    pub(in crate::report) fn period(&self) -> String {
        let period = &self.sweep.period;
        span(self.scenario, period.start, period.end)
    }

    /// What stands below the title of a chart about a recovery: scenario, period, recovery, and how much is missing.
    pub(in crate::report) fn about(&self, recovery: Option<Recovery>) -> Vec<String> {
        let answered =
            recovery.map(|own| format!("recovery {}: {}", own.word(), answer(self.sweep, own)));
        let so_far = self.extent.words(self.sweep.contingencies.count());
        let about = [Some(self.scenario.name.clone()), Some(self.period())];
        about
            .into_iter()
            .chain([answered, so_far])
            .flatten()
            .collect()
    }

    /// `true` if an event of the scenario is in force in the period.
    pub(super) fn has_event(&self) -> bool {
        self.events().next().is_some()
    }

    fn events(&self) -> impl Iterator<Item = &'a EventKind> {
        let Self {
            scenario, sweep, ..
        } = *self;
        let at = sweep.period.start;
        let events = scenario.events.iter();
        let known =
            events.filter(move |event| is_in_force(event, scenario, at, Knowledge::Believed));
        known.map(|event| &event.kind)
    }

    /// What fails, such as `site`.
    pub(in crate::report) fn noun(&self) -> &'static str {
        noun(self.sweep.over)
    }

    /// `single sites`, `pairs of sites`, `sets of 3 sites`.
    pub(in crate::report) fn cases_of_size(&self, size: usize) -> String {
        let noun = self.noun();
        match size {
            0 => "cases without a failure".to_owned(),
            1 => format!("single {noun}s"),
            2 => format!("pairs of {noun}s"),
            more => format!("sets of {more} {noun}s"),
        }
    }

    /// `single site`, `pair of sites`, `set of 3 sites`.
    pub(in crate::report) fn case_of_size(&self, size: usize) -> String {
        let noun = self.noun();
        match size {
            0 => "case without a failure".to_owned(),
            1 => format!("single {noun}"),
            2 => format!("pair of {noun}s"),
            more => format!("set of {more} {noun}s"),
        }
    }
}

/// One of what may fail, in words.
pub(in crate::report) fn noun(over: FailureSet) -> &'static str {
    match over {
        FailureSet::Sites => "site",
        FailureSet::AccessPoints => "access point",
        FailureSet::Elements => "element",
        FailureSet::Links => "link",
        FailureSet::RiskGroups => "risk group",
        FailureSet::Components => "component",
    }
}

/// How a recovery answers a failure, in words.
pub(super) fn answer(sweep: &Sweep, recovery: Recovery) -> &'static str {
    match recovery {
        Recovery::Replan if sweep.is_from_plan => {
            "planned again after every failure, from where the plan homes users"
        }
        Recovery::Rescale => "survivors share the load as their weights say",
        Recovery::Replicas => "replicas take over as they were prepared",
        Recovery::Replan => "planned again after every failure",
    }
}
