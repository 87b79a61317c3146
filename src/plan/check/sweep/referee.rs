//! The judgement of a written sweep.

use super::super::before::{self, Before};
use super::super::context::RefereeContext;
use super::super::period::PeriodState;
use super::super::report::{Report, Rule};
use super::asked::AskedSweep;
use super::basis::{Basis, KnownBefore};
use super::by_tenant::{FirstLosses, Survivable, gray_is_true};
use super::case::{CaseReferee, CaseVerdict};
use super::folded_plan::FoldedPlan;
use super::start::{PlanInForce, ShardLocations};
use super::tables::{SweepReferee, at};
use super::worst_cases::WorstCases;
use crate::diagnostic::Finding;
use crate::model::Homes;
use crate::model::{ExistingShortfall, Inventory, Recovery, Scenario};
use crate::plan_files::{
    AssignmentRow, BeforeRow, ComponentRow, DISPLACED_FILE, FailureRow, GrayRow, HomeRow,
    InvolvedRow, Lined, PROOFS_FILE, Row, SWEEP_FILE, SiteUtilizationRow, SteeringRow,
    SurvivableRow, SweepFrom, UnservedByTierRow, WorstRow, WrittenSweep,
};
use crate::units::NUMERICAL_NOISE;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Whether a written sweep holds, and what was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepVerdict {
    /// Every broken rule, with the row that breaks it.
    pub broken: Vec<Finding>,
    /// The files that were checked.
    pub checked: Vec<&'static str>,
    /// What could not be checked, and why.
    pub not_checked: Vec<String>,
    /// How many cases were judged by a plan of the referee's own.
    pub cases: usize,
    /// Of this many that are here and answered by planning again.
    pub replanned: usize,
    /// How many answers by a rule were recomputed, of how many that are here: one for a case and recovery.
    pub by_rule: [usize; 2],
    /// How many cases are here, and how many the whole sweep has.
    pub extent: [usize; 2],
    /// The largest gap between a level and what its prices prove, relative to the larger of 1 and the level; `None` if
    /// no level has prices.
    pub worst_gap: Option<f64>,
}

impl SweepVerdict {
    /// `true` if no rule is broken.
    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }

    /// Notes what is not checked.
    fn not(&mut self, what: impl Into<String>) {
        self.not_checked.push(what.into());
    }
}

/// Cases that are judged before what they come to is put together.
const CASES_AT_ONCE: usize = 64;

/// Judges a written sweep.
///
/// What a case comes to is recomputed under every recovery: planning again by the default plan, or by the plan and the
/// prices of proofs.jsonl; a recovery that follows a rule from the scenario's own plan, which is judged as a plan, but
/// not for being the best one.
///
/// What is judged is handed over, so that the largest table needs no memory once its names are looked up.
pub fn check_sweep(
    inventory: &Inventory,
    scenario: &Scenario,
    written: WrittenSweep,
) -> SweepVerdict {
    check_sweep_sample(inventory, scenario, written, usize::MAX)
}

/// The same with no more than the given number of its cases, at least 1, which lie evenly among all that are here.
///
/// What holds of all cases alike, such as their order and their sums, is judged as in [`check_sweep`].
pub fn check_sweep_sample(
    inventory: &Inventory,
    scenario: &Scenario,
    mut written: WrittenSweep,
    most_cases: usize,
) -> SweepVerdict {
    let context = RefereeContext::new(inventory, scenario);
    let mut report = Report::default();
    let (checked, not_checked) = files(&written);
    let mut verdict = SweepVerdict {
        broken: Vec::new(),
        checked,
        not_checked,
        cases: 0,
        replanned: 0,
        by_rule: [0, 0],
        extent: [0, 0],
        worst_gap: None,
    };
    if let Some(asked) = AskedSweep::new(&context, &written.summary, &mut report) {
        let assignment = written.assignment.take();
        let referee = SweepReferee::new(&context, &asked, &written, &mut report);
        referee.judge(assignment, most_cases.max(1), &mut verdict, &mut report);
    }
    verdict.broken = report.broken;
    verdict
}

/// The files that are judged, and those that are not, with why.
fn files(written: &WrittenSweep) -> (Vec<&'static str>, Vec<String>) {
    let summary = &written.summary;
    let (has_assignment, has_steering) = (written.assignment.is_some(), written.steering.is_some());
    // The scenario's own plan is known by both of its files.
    let has_plan = has_assignment && has_steering;
    let mut checked = Vec::new();
    let mut not_checked = Vec::new();
    let mut add = |name, is_there: bool, is_judged: bool| {
        if !is_there {
            not_checked.push(format!("{name}, which is absent"));
        } else if is_judged {
            checked.push(name);
        }
    };
    add(SWEEP_FILE, true, true);
    add(FailureRow::FILE, true, true);
    add(UnservedByTierRow::FILE, written.unserved.is_some(), true);
    add(InvolvedRow::FILE, written.involved.is_some(), true);
    add(ComponentRow::FILE, written.components.is_some(), true);
    add(WorstRow::FILE, written.worst.is_some(), true);
    add(SurvivableRow::FILE, written.survivable.is_some(), true);
    add(SiteUtilizationRow::FILE, written.sites.is_some(), true);
    add(PROOFS_FILE, written.proofs.is_some(), true);
    add(DISPLACED_FILE, written.displaced.is_some(), true);
    add(BeforeRow::FILE, written.before.is_some(), true);
    if summary.from == SweepFrom::Plan {
        add(HomeRow::FILE, written.homes.is_some(), has_plan);
    }
    // Only some sweeps have these.
    let mut add = |name, is_there: bool, is_asked: bool, what: &str| {
        if is_there && !is_asked {
            not_checked.push(format!("{name}, as {SWEEP_FILE} asks for no sweep {what}"));
        } else if is_there && has_plan {
            checked.push(name);
        }
    };
    let (begins, at_it) = (begins_at_plan(written), "that begins at it");
    let is_gray = summary.gray.is_some();
    add(GrayRow::FILE, written.gray.is_some(), is_gray, "gray");
    add(AssignmentRow::FILE, has_assignment, begins, at_it);
    add(SteeringRow::FILE, has_steering, begins, at_it);
    let lacking = written.lacking.files();
    not_checked.extend(
        lacking.map(|(file, columns)| format!("{} of {file} (missing)", columns.join(", "))),
    );
    (checked, not_checked)
}

/// Whether something of a sweep begins at the scenario's own plan.
fn begins_at_plan(written: &WrittenSweep) -> bool {
    let summary = &written.summary;
    let mut recoveries = summary.recoveries.iter();
    summary.from == SweepFrom::Plan
        || summary.gray.is_some()
        || recoveries.any(|recovery| recovery != Recovery::Replan.word())
}

impl SweepReferee<'_> {
    /// How many recoveries follow a rule.
    fn rules(&self) -> usize {
        let recoveries = self.asked.recoveries.iter();
        recoveries
            .filter(|recovery| **recovery != Recovery::Replan)
            .count()
    }

    /// Judges what is said of the cases, of which at most the given number are recomputed.
    fn judge(
        &self,
        assignment: Option<Vec<Lined<AssignmentRow>>>,
        most_cases: usize,
        verdict: &mut SweepVerdict,
        report: &mut Report,
    ) {
        let (context, asked, written) = (self.context, self.asked, self.written);
        verdict.extent = [asked.done.len(), asked.cases.count()];
        verdict.by_rule[1] = self.rules() * asked.done.len();
        if asked.recoveries.contains(&Recovery::Replan) {
            verdict.replanned = asked.done.len();
        }
        let rows = written.components.as_ref();
        let mut worst = Vec::new();
        worst.extend(rows.map(|rows| WorstCases::of_all(self, rows, report)));
        let rows = written.worst.as_ref();
        worst.extend(rows.map(|rows| WorstCases::of_kinds(self, rows, report)));
        let survivable = written.survivable.as_ref();
        let survivable = survivable.map(|rows| Survivable::new(self, rows, report));
        let quiet = PeriodState::new(context, asked.quiet.clone());
        let plan = self.plan(&quiet, assignment, verdict, report);
        let homes = self.homes(&quiet, plan.as_ref(), verdict, report);
        if let (Some(plan), Some(asked)) = (&plan, &written.summary.gray) {
            match &written.gray {
                Some(rows) => gray_is_true(&quiet, plan, (rows, asked), report),
                None => verdict.not(format!("{}, which is absent", GrayRow::FILE)),
            }
        }
        let Some(current) = homes else {
            return;
        };
        let known = self.before(verdict, report);
        let basis = Basis::new(asked, &current, quiet, known);
        let plan = plan.filter(|_| verdict.by_rule[1] > 0);
        let plan = plan.map(|plan| FoldedPlan::new(&basis, &plan.assignment, &plan.steered));
        let cases = CaseReferee {
            basis: &basis,
            referee: self,
            worst: &worst,
            plan: plan.as_ref(),
        };
        let done = asked.done.clone();
        let step = done.len().div_ceil(most_cases).max(1);
        let sample: Vec<usize> = done.step_by(step).collect();
        let losses = judge_cases(&cases, &sample, verdict, report);
        let Some(survivable) = survivable else {
            return;
        };
        let is_replanned = verdict.replanned > 0 && verdict.cases == verdict.replanned;
        let is_by_rule = verdict.by_rule[0] == verdict.by_rule[1];
        for recovery in [Recovery::Replan, Recovery::Rescale, Recovery::Replicas] {
            let first = match (losses.get(&recovery), recovery, &plan) {
                (Some(losses), Recovery::Replan, _) if is_replanned => {
                    losses.by_tenant(basis.tenants())
                }
                (Some(losses), Recovery::Rescale | Recovery::Replicas, Some(plan))
                    if is_by_rule =>
                {
                    losses.by_tenant(plan.tenants(&basis))
                }
                _ => continue,
            };
            survivable.check(self, recovery, &first, report);
        }
    }

    /// The scenario's own plan, if something begins at it and it is here.
    fn plan(
        &self,
        quiet: &PeriodState,
        assignment: Option<Vec<Lined<AssignmentRow>>>,
        verdict: &mut SweepVerdict,
        report: &mut Report,
    ) -> Option<PlanInForce> {
        if !begins_at_plan(self.written) {
            return None;
        }
        let both = assignment.zip(self.written.steering.as_deref());
        let Some(rows) = both else {
            let files = format!("{} and {}", AssignmentRow::FILE, SteeringRow::FILE);
            let mut not = |what: &str| {
                verdict.not(format!(
                    "{what}, as without {files} the scenario's plan is unknown"
                ));
            };
            if self.rules() > 0 {
                not("the results of cases answered by a rule");
            }
            if self.written.summary.gray.is_some() {
                not(GrayRow::FILE);
            }
            if self.asked.is_from_plan {
                let homes = HomeRow::FILE;
                not(&format!("whether it homes shards as {homes} says"));
            }
            return None;
        };
        verdict.not(format!(
            "whether {} is the best plan of the scenario, which `plimsoll plan` proves",
            AssignmentRow::FILE
        ));
        Some(PlanInForce::new(self, quiet, rows, report))
    }

    /// Where shards are when something fails, if that is known.
    fn homes(
        &self,
        quiet: &PeriodState,
        plan: Option<&PlanInForce>,
        verdict: &mut SweepVerdict,
        report: &mut Report,
    ) -> Option<Homes> {
        let (context, asked) = (self.context, self.asked);
        let located = ShardLocations::new(self, report);
        let period = asked.period.index;
        let nobody_knows = format!(
            "the results of cases, as without {} the sites of shards in period {period} are unknown",
            HomeRow::FILE
        );
        let leads = |file: &str, what: &str| {
            format!("whether earlier periods lead to the sites of {file} {what}")
        };
        if let Some(plan) = plan.filter(|_| asked.is_from_plan) {
            let before = if period == 0 {
                context.homes()
            } else {
                let what = format!("before period {period}");
                verdict.not(leads(AssignmentRow::FILE, &what));
                plan.before(context)
            };
            plan.check(self, quiet, &before, report);
            let mut homes = plan.assignment.homes_after(&before);
            let kept = plan.kept_elsewhere(self);
            if !located.put(&kept, &mut homes) {
                verdict.not(nobody_knows);
                return None;
            }
            if !kept.is_empty() {
                let what = format!("for shards without users in {}", AssignmentRow::FILE);
                verdict.not(leads(HomeRow::FILE, &what));
            }
            located.are(context, &homes, report);
            return Some(homes);
        }
        if located.homes.is_none() {
            verdict.not(nobody_knows);
        } else if !located.is_known && !asked.is_from_plan {
            // That nobody knows the plan is said already.
            let what = format!("in period {period}");
            verdict.not(leads(HomeRow::FILE, &what));
        }
        let homes = located.homes?;
        if let Some(plan) = plan {
            plan.check(self, quiet, &homes, report);
        }
        Some(homes)
    }

    /// What is known of headroom that was missing before.
    fn before(&self, verdict: &mut SweepVerdict, report: &mut Report) -> KnownBefore {
        let context = self.context;
        let is_kept = context.scenario.policy.existing_shortfall == ExistingShortfall::Keep;
        let before = self.written.before.as_ref().map(|rows| {
            let situation = PeriodState::new(context, context.before.clone());
            before::check(&situation, rows, report).0
        });
        let utilization = self.utilization_before(report);
        let is_told = |before: &Before| {
            let mut indexed_iter = before.utilization.indexed_iter();
            indexed_iter.all(|(at, range)| {
                let has_two_ends =
                    range.is_some_and(|(low, high)| high > low + NUMERICAL_NOISE * high.max(1.0));
                !has_two_ends || utilization.contains_key(&[at.0, at.1])
            })
        };
        let is_known = !is_kept || before.as_ref().is_some_and(is_told);
        if !is_known {
            verdict.not(
                "headroom deficits and the bounds that prices prove, as the deficits of the base state are unknown",
            );
        }
        KnownBefore {
            before,
            utilization,
            is_known,
        }
    }

    /// P7838: how full components were before, each once.
    fn utilization_before(&self, report: &mut Report) -> FxHashMap<[usize; 2], f64> {
        const RULE: Rule = Rule::new(
            "P7838",
            "write exactly one row for every component and resource that it limited in the base state",
        );
        let mut all = FxHashMap::default();
        for lined in self.written.utilization_before.iter().flatten() {
            let row = &lined.row;
            let limited = self.context.limit(&row.component, &row.resource);
            let nominal = |at: &[usize; 2]| self.context.before.nominal[*at];
            let limited = limited.filter(|at| nominal(at).is_some_and(|value| value > 0.0));
            let is_new = limited.is_some_and(|at| all.insert(at, row.utilization).is_none());
            if !is_new {
                let found = format!("`{}` and `{}`", row.component, row.resource);
                let expected = "a component and a resource that it limited in the base state, once";
                report.add(RULE, at(lined, "component"), found, expected);
            }
        }
        all
    }
}

/// Judges some cases; by recovery the first ones that leave somebody unserved.
fn judge_cases(
    referee: &CaseReferee<'_, '_, '_>,
    cases: &[usize],
    verdict: &mut SweepVerdict,
    report: &mut Report,
) -> BTreeMap<Recovery, FirstLosses> {
    let mut losses: BTreeMap<Recovery, FirstLosses> = BTreeMap::new();
    for cases in cases.chunks(CASES_AT_ONCE) {
        let judged = cases.par_iter().map(|case| (*case, referee.judge(*case)));
        let judged: Vec<(usize, Vec<(Recovery, CaseVerdict)>)> = judged.collect();
        let judged = judged.into_iter();
        let judged =
            judged.flat_map(|(case, pairs)| pairs.into_iter().map(move |pair| (case, pair)));
        for (case, (recovery, case_verdict)) in judged {
            report.broken.extend(case_verdict.report.broken);
            let first = losses.entry(recovery).or_default();
            first.add(referee.basis.asked, case, &case_verdict.unserved);
            let count = match recovery {
                Recovery::Replan => &mut verdict.cases,
                _ => &mut verdict.by_rule[0],
            };
            *count += usize::from(case_verdict.is_recomputed);
            if let Some(gap) = case_verdict.worst_gap {
                let worst = verdict.worst_gap.map_or(gap, |worst| worst.max(gap));
                verdict.worst_gap = Some(worst);
            }
        }
    }
    losses
}
