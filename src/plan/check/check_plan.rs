//! The walk over the periods, each from the homes of the one before.

use super::affected::Affected;
use super::assignment::Start;
use super::assignment::{self, Assignment, Named};
use super::before;
use super::certificate::{self, ProvenLevel};
use super::check_period::{Walk, case};
use super::clock;
use super::context::RefereeContext;
use super::end_state::{self, JudgedEnd};
use super::missed_target::worst_first;
use super::path::Steered;
use super::period::PeriodState;
use super::report::Report;
use super::slices::{self, BySlice, last_slice};
use super::step_lists::StepLists;
use super::tables::{self, Rows, Tables, files};
use super::tenants;
use super::verdict::{self, Verdict};
use super::waves::{self, Past};
use super::{error_margin, headroom, summary};
use crate::model::Homes;
use crate::model::{After, Inventory, Scenario};
use crate::plan::tenants::TenantLedger;
use crate::plan_files::{PlayedExtent, WrittenPlan};
use crate::scenario::{Knowledge, Period, periods};

/// Judges a written plan.
///
/// Files that the plan does not have are not checked, and neither is what only they could say. The verdict's
/// broken rules stand in the order of the periods, those of the state before first and those of all periods together last.
///
/// What is judged is handed over, so that the largest table needs no memory once its names are looked up.
pub fn check(inventory: &Inventory, scenario: &Scenario, mut written: WrittenPlan) -> Verdict {
    let set_aside = tables::set_aside(&mut written);
    let context = RefereeContext::new(inventory, scenario);
    let periods = periods(inventory, scenario);
    let mut report = Report::default();
    let assignment = std::mem::take(&mut written.assignment);
    let written = &written;
    let mut of_names = Report::default();
    let (named, before) = rayon::join(
        || assignment::named(&context, assignment, periods.len(), &mut of_names),
        || {
            let rows = written.before.as_ref()?;
            let situation = PeriodState::new(&context, context.before.clone());
            Some(before::check(&situation, rows, &mut report))
        },
    );
    let (before, entries) = before.unzip();
    report.broken.extend(of_names.broken);
    let tables = Tables::new(written, periods.len(), &mut report);
    if let Some(rows) = &written.hours {
        slices::hours_before_are_true(&context, rows, &mut report);
    }
    if let Some(summary) = &written.summary {
        summary::scenario_is_the_one(scenario, summary, &mut report);
        summary::periods_are_the_scenarios(&periods, summary, &mut report);
        error_margin::least_of_all_periods(summary, &mut report);
    }
    let mut walk = Walk {
        context: &context,
        written,
        homes: context.homes(),
        settled: context.homes(),
        last_quiet: None,
        states: None,
        entries,
        before: before.as_ref(),
        periods: &periods,
        in_progress: waves::in_progress(&context, &tables.periods),
        past: Vec::new(),
        changes: Vec::new(),
        lists: StepLists::new(&context),
        accounts: TenantLedger::new(inventory, scenario),
        moved: 0.0,
        serves_everyone: true,
        meets_targets: true,
        targets_missed: Vec::new(),
        missed_before: 0,
        unjudged_end: None,
        has_slices: context.before.hours.slice_count() > 1,
        proven: certificate::of_plan(&context, written, periods.len(), &mut report),
        report,
    };
    for ((period, rows), named) in periods.iter().zip(&tables.periods).zip(named) {
        walk.period(period, rows, named);
    }
    walk.lists
        .check(&context, &periods, written, &mut walk.report);
    clock::waves_of_steps_are_written(written, &mut walk.report);
    waves::all_are_accepted(&context, &walk.changes, &mut walk.report);
    let summary = written.summary.as_ref();
    waves::refusals_are_true(&walk.changes, summary, &mut walk.report);
    if let Some(joint_summary) = summary.and_then(|summary| summary.joint.as_ref()) {
        summary::check_joint(
            context.scenario,
            joint_summary,
            walk.moved,
            &mut walk.report,
        );
    }
    if let Some(rows) = &written.tenants {
        let replayed = summary.and_then(|summary| summary.replayed.as_ref());
        let is_played =
            replayed.is_some_and(|replayed_summary| replayed_summary.checked == PlayedExtent::All);
        tenants::check(&context, walk.accounts, (rows, is_played), &mut walk.report);
    }
    let unjudged = walk
        .changes
        .iter()
        .filter_map(|change| change.unjudged.clone());
    let knows_missed_before = walk.before.is_some() || !headroom::is_kept(scenario);
    let of_targets = "targets missed before (before.csv is absent)";
    let is_open = !knows_missed_before && !walk.meets_targets;
    let of_targets = is_open.then(|| of_targets.to_owned());
    let lacking = set_aside.words.into_iter().chain(unjudged);
    let lacking = lacking.chain(of_targets).chain(walk.unjudged_end);
    let lacking = lacking.collect();
    let protect = scenario.protect.as_ref();
    let has = [walk.has_slices, inventory.has_retries()];
    let (mut checked, mut not_checked) = files(written, protect, has);
    for list in [&mut checked, &mut not_checked] {
        list.retain(|file| !set_aside.files.contains(file));
    }
    Verdict {
        broken: walk.report.broken,
        checked,
        not_checked,
        lacking,
        serves_everyone: walk.serves_everyone,
        meets_targets: walk.meets_targets,
        targets_missed: worst_first(walk.targets_missed),
        knows_missed_before,
        targets_missed_before: walk.missed_before,
        refused: verdict::refused(walk.report.refused, written),
        proven: walk.proven,
    }
}

impl<'a> Walk<'a> {
    /// Judges one period and settles what the next starts from.
    fn period(&mut self, period: &Period, rows: &Rows<'_>, named: Named) {
        let context = self.context;
        let scenario = context.scenario;
        let case = case(context, period, Knowledge::Believed, &context.before);
        let situation = PeriodState::new(context, case);
        self.has_slices |= situation.case.hours.slice_count() > 1;
        if self.written.hours.is_some() {
            slices::hours_are_true(&situation.case.hours, period, &rows.hours, &mut self.report);
        }
        let is_returning =
            scenario.policy.after == After::Return && !situation.case.is_event_in_force;
        let current = if is_returning {
            let resumed = &context.inventory.resumed;
            resumed.returned(&self.homes, &self.settled, (period.start, self.last_quiet))
        } else {
            self.homes.clone()
        };
        let previous = self.homes.clone();
        let start = Start {
            period: period.index,
            previous: &previous,
            current: &current,
        };
        let certificate = self.certificate_of(&situation, &current, period);
        // What the certificate's check finds stands after the rest.
        let (of_certificate, (assignment, steered)) = rayon::join(
            || certificate.map(|subject| prove(&subject, period, rows)),
            || self.plan_of(&situation, &start, period, rows, named),
        );
        if let Some((proven, found)) = of_certificate {
            self.proven.levels.extend(proven);
            self.report.broken.extend(found.broken);
        }
        if period.index + 1 == self.periods.len() {
            self.end(period, &situation, (&assignment, &steered));
        }
        if self.written.waves.is_some() {
            for past in &mut self.past {
                past.assignment = None;
            }
            self.past.push(Past {
                period: *period,
                situation,
                steered: BySlice::new(steered),
                assignment: Some(assignment),
            });
        }
    }

    /// Judges until when the end of the last period holds.
    fn end(
        &mut self,
        period: &Period,
        situation: &PeriodState,
        (assignment, steered): (&Assignment, &[Steered]),
    ) {
        if let Some(summary) = &self.written.summary {
            let end = JudgedEnd {
                context: self.context,
                homes: &self.homes,
                slice: last_slice(&situation.case.hours, period),
                is_served: assignment.is_served(),
                steered,
            };
            self.unjudged_end = end_state::check(&end, summary, &mut self.report);
        }
    }

    /// What has to be proven of a period, if the plan has a certificate.
    fn certificate_of<'s>(
        &self,
        situation: &'s PeriodState,
        current: &'s Homes,
        period: &Period,
    ) -> Option<certificate::Subject<'s>>
    where
        'a: 's,
    {
        let written = self.written;
        let certificate = written.certificate.as_ref();
        let of_period =
            certificate.and_then(|certificate| certificate.periods.get(period.index))?;
        self.proven
            .why_not
            .is_none()
            .then_some(certificate::Subject {
                context: self.context,
                situation,
                current,
                before: self.before,
                period: period.index,
                certificate: of_period,
                summary: self.summary_of(period.index),
            })
    }
}

/// What the certificate proves of a period, recomputed, and what is wrong with it.
fn prove(
    subject: &certificate::Subject<'_>,
    period: &Period,
    rows: &Rows<'_>,
) -> (Vec<ProvenLevel>, Report) {
    let context = subject.context;
    let mut affected = Affected::new(context, subject.situation, period.start, subject.current);
    let utilization_before = headroom::utilization_before(context, &rows.headroom);
    let written = |at: [usize; 2]| utilization_before.get(&at).copied();
    let mut report = Report::default();
    let proven = certificate::check(subject, &mut affected, &written, &mut report);
    (proven, report)
}
