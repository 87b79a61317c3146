//! The walk over the periods, each from the homes of the one before.

use super::access_points::states_of_inventory;
use super::affected::Affected;
use super::assignment::{self, Named};
use super::before;
use super::certificate::{self, ProvenLevel};
use super::check_period::{Walk, case};
use super::ground::Ground;
use super::homes::{Homes, Start};
use super::period::Situation;
use super::report::Report;
use super::slices::{self, BySlice};
use super::step_lists::StepLists;
use super::tables::{self, Rows, Tables, files};
use super::tenants::Accounts;
use super::verdict::{self, Verdict};
use super::waves::{self, Past, UnderWay};
use super::{error_margin, headroom, stability, summary};
use crate::model::{After, Inventory, Scenario};
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
    let ground = Ground::new(inventory, scenario);
    let periods = periods(inventory, scenario);
    let mut report = Report::default();
    let assignment = std::mem::take(&mut written.assignment);
    let written = &written;
    let mut of_names = Report::default();
    let (named, before) = rayon::join(
        || assignment::named(&ground, assignment, periods.len(), &mut of_names),
        || {
            let rows = written.before.as_ref()?;
            let situation = Situation::new(&ground, ground.before.clone());
            Some(before::check(&ground, &situation, rows, &mut report))
        },
    );
    let (before, entries) = before.unzip();
    report.broken.extend(of_names.broken);
    let tables = Tables::new(written, periods.len(), &mut report);
    if let Some(rows) = &written.hours {
        slices::hours_before_are_true(&ground, rows, &mut report);
    }
    if let Some(summary) = &written.summary {
        summary::scenario_is_the_one(scenario, summary, &mut report);
        summary::periods_are_the_scenarios(&periods, summary, &mut report);
        error_margin::least_of_all_periods(summary, &mut report);
    }
    let mut walk = Walk {
        ground: &ground,
        written,
        homes: Homes::of_inventory(inventory),
        settled: Homes::of_inventory(inventory),
        states: states_of_inventory(&ground),
        entries,
        before: before.as_ref(),
        periods: &periods,
        under_way: UnderWay::of(&ground, &tables.periods),
        past: Vec::new(),
        changes: Vec::new(),
        lists: StepLists::new(&ground),
        accounts: Accounts::new(&ground),
        moved: 0.0,
        serves_everyone: true,
        meets_targets: true,
        missed_before: 0,
        has_slices: ground.before.hours.slice_count() > 1,
        proven: certificate::of_plan(&ground, written, periods.len(), &mut report),
        report,
    };
    for ((period, rows), named) in periods.iter().zip(&tables.periods).zip(named) {
        walk.period(period, rows, named);
    }
    walk.lists
        .check(&ground, &periods, written, &mut walk.report);
    waves::all_are_accepted(&ground, &walk.changes, &mut walk.report);
    let summary = written.summary.as_ref();
    waves::refusals_are_true(&walk.changes, summary, &mut walk.report);
    if let Some(told) = summary.and_then(|own| own.joint.as_ref()) {
        summary::check_joint(ground.scenario, told, walk.moved, &mut walk.report);
    }
    if let Some(rows) = &written.tenants {
        let replayed = summary.and_then(|own| own.replayed.as_ref());
        let is_played = replayed.is_some_and(|own| own.checked == PlayedExtent::All);
        let accounts = walk.accounts;
        accounts.check(&ground, (rows, is_played), &mut walk.report);
    }
    let unjudged = walk.changes.iter().filter_map(|own| own.unjudged.clone());
    let knows_missed_before = walk.before.is_some() || !headroom::is_kept(scenario);
    let of_targets = "which targets were missed before (before.csv is absent)";
    let is_open = !knows_missed_before && !walk.meets_targets;
    let of_targets = is_open.then(|| of_targets.to_owned());
    let lacking = set_aside.words.into_iter().chain(unjudged);
    let lacking = lacking.chain(of_targets).collect();
    let protect = scenario.protect.as_ref();
    let has = [walk.has_slices, stability::is_told(&ground)];
    let (checked, mut not_checked) = files(written, protect, has);
    not_checked.retain(|file| !set_aside.files.contains(file));
    Verdict {
        broken: walk.report.broken,
        checked,
        not_checked,
        lacking,
        serves_everyone: walk.serves_everyone,
        meets_targets: walk.meets_targets,
        knows_missed_before,
        targets_missed_before: walk.missed_before,
        refused: verdict::refused(walk.report.refused, written),
        proven: walk.proven,
    }
}

impl<'a> Walk<'a> {
    /// Judges one period and settles what the next starts from.
    fn period(&mut self, period: &Period, rows: &Rows<'_>, named: Named) {
        let ground = self.ground;
        let scenario = ground.scenario;
        let case = case(ground, period, Knowledge::Believed, &ground.before);
        let situation = Situation::new(ground, case);
        self.has_slices |= situation.case.hours.slice_count() > 1;
        if self.written.hours.is_some() {
            slices::hours_are_true(&situation.case.hours, period, &rows.hours, &mut self.report);
        }
        let is_returning =
            scenario.policy.after == After::Return && !situation.case.is_event_in_force;
        let current = self.homes.current(&self.settled, is_returning);
        let previous = self.homes.clone();
        let start = Start {
            period: period.index,
            previous: &previous,
            current: &current,
            is_returning,
        };
        let certificate = self.certificate_of(&situation, &current, period);
        // What the certificate's check finds stands behind the rest.
        let (of_certificate, (assignment, steered)) = rayon::join(
            || certificate.map(|subject| prove(&subject, period, rows)),
            || self.plan_of(&situation, &start, period, rows, named),
        );
        if let Some((proven, found)) = of_certificate {
            self.proven.levels.extend(proven);
            self.report.broken.extend(found.broken);
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

    /// What has to be proven of a period, if the plan has a certificate.
    fn certificate_of<'s>(
        &self,
        situation: &'s Situation,
        current: &'s Homes,
        period: &Period,
    ) -> Option<certificate::Subject<'s>>
    where
        'a: 's,
    {
        let written = self.written;
        let certificate = written.certificate.as_ref();
        let of_period = certificate.and_then(|own| own.periods.get(period.index))?;
        self.proven
            .why_not
            .is_none()
            .then_some(certificate::Subject {
                ground: self.ground,
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
    let ground = subject.ground;
    let mut affected = Affected::new(ground, subject.situation, period.start, subject.current);
    let utilization_before = headroom::utilization_before(ground, &rows.headroom);
    let written = |at: [usize; 2]| utilization_before.get(&at).copied();
    let mut report = Report::default();
    let proven = certificate::check(subject, &mut affected, &written, &mut report);
    (proven, report)
}
