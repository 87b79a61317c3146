//! The judgement of a written sweep.

use super::super::before;
use super::super::ground::Ground;
use super::super::period::Situation;
use super::super::report::{At, Report, Rule};
use super::asked::Asked;
use super::basis::{Basis, Missing};
use super::case::{Court, Judged};
use super::cells::Cells;
use super::components::Worst;
use super::gray;
use super::start::{InForce, Whereabouts};
use super::survivable::{Hits, Survivable};
use super::tables::{Tables, rows_stand_in_order, totals_are_true};
use crate::diagnostic::Finding;
use crate::model::Homes;
use crate::model::{ExistingShortfall, Inventory, Recovery, Scenario};
use crate::plan_files::{
    AssignmentRow, BeforeRow, ComponentRow, DISPLACED_FILE, FailureRow, GrayRow, HomeRow,
    InvolvedRow, Lined, PROOFS_FILE, Row, SWEEP_FILE, SiteUtilizationRow, SteeringRow,
    SurvivableRow, SweepFrom, SweepSummary, UnservedByTierRow, UtilizationBeforeRow, WorstRow,
    WrittenSweep,
};
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
    /// Of so many that are here and answered by planning again.
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

/// The same with no more than so many of its cases, at least 1, which lie evenly among all that are here.
///
/// What holds of all cases alike, such as their order and their sums, is judged as in [`check_sweep`].
pub fn check_sweep_sample(
    inventory: &Inventory,
    scenario: &Scenario,
    mut written: WrittenSweep,
    most_cases: usize,
) -> SweepVerdict {
    let ground = Ground::new(inventory, scenario);
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
    if let Some(asked) = Asked::new(&ground, &written.summary, &mut report) {
        let assignment = written.assignment.take();
        let judge = Judge {
            ground: &ground,
            asked: &asked,
            written: &written,
            most_cases: most_cases.max(1),
        };
        judge.cases(assignment, &mut verdict, &mut report);
    }
    verdict.broken = report.broken;
    verdict
}

/// The files that are judged, and those that are not, with why.
fn files(written: &WrittenSweep) -> (Vec<&'static str>, Vec<String>) {
    let summary = &written.summary;
    let all = [
        (SWEEP_FILE, true),
        (FailureRow::FILE, true),
        (UnservedByTierRow::FILE, written.unserved.is_some()),
        (InvolvedRow::FILE, written.involved.is_some()),
        (ComponentRow::FILE, written.components.is_some()),
        (WorstRow::FILE, written.worst.is_some()),
        (SurvivableRow::FILE, written.survivable.is_some()),
        (SiteUtilizationRow::FILE, written.sites.is_some()),
        (PROOFS_FILE, written.proofs.is_some()),
        (DISPLACED_FILE, written.displaced.is_some()),
        (BeforeRow::FILE, written.before.is_some()),
    ];
    let is_from_plan = summary.from == SweepFrom::Plan;
    let homes = is_from_plan.then_some((HomeRow::FILE, written.homes.is_some()));
    // Only some sweeps have these, and the scenario's own plan is known by both of its files.
    let begins_at_plan = begins_at_plan(summary);
    let has_plan = written.assignment.is_some() && written.steering.is_some();
    let (gray, plan) = ("gray", "that begins at it");
    let more = [
        (
            GrayRow::FILE,
            written.gray.is_some(),
            summary.gray.is_some(),
            gray,
        ),
        (
            AssignmentRow::FILE,
            written.assignment.is_some(),
            begins_at_plan,
            plan,
        ),
        (
            SteeringRow::FILE,
            written.steering.is_some(),
            begins_at_plan,
            plan,
        ),
    ];
    let mut checked = Vec::new();
    let mut not_checked = Vec::new();
    for (name, is_there) in all.into_iter().chain(homes) {
        if !is_there {
            not_checked.push(format!("{name}, which is absent"));
        } else if name != HomeRow::FILE || has_plan {
            checked.push(name);
        }
    }
    for (name, _, is_asked, what) in more.into_iter().filter(|(_, is_there, ..)| *is_there) {
        if !is_asked {
            let why = format!("as {SWEEP_FILE} asks for nothing {what}");
            not_checked.push(format!("{name}, {why}"));
        } else if has_plan {
            checked.push(name);
        }
    }
    let lacking = written.lacking.files();
    not_checked.extend(
        lacking.map(|(file, columns)| format!("{} of {file} (missing)", columns.join(", "))),
    );
    (checked, not_checked)
}

/// Whether something of a sweep begins at the scenario's own plan.
fn begins_at_plan(summary: &SweepSummary) -> bool {
    let mut recoveries = summary.recoveries.iter();
    summary.from == SweepFrom::Plan
        || summary.gray.is_some()
        || recoveries.any(|own| own != Recovery::Replan.word())
}

/// What is judged.
struct Judge<'a> {
    ground: &'a Ground<'a>,
    asked: &'a Asked,
    written: &'a WrittenSweep,
    /// How many cases are recomputed at most.
    most_cases: usize,
}

impl Judge<'_> {
    /// Judges what is said of the cases.
    fn cases(
        &self,
        assignment: Option<Vec<Lined<AssignmentRow>>>,
        verdict: &mut SweepVerdict,
        report: &mut Report,
    ) {
        let (ground, asked, written) = (self.ground, self.asked, self.written);
        verdict.extent = [asked.done.len(), asked.cases.count()];
        let rules = asked
            .recoveries
            .iter()
            .filter(|own| **own != Recovery::Replan);
        verdict.by_rule[1] = rules.count() * asked.done.len();
        if asked.recoveries.contains(&Recovery::Replan) {
            verdict.replanned = asked.done.len();
        }
        let tables = Tables::new(ground, asked, written, report);
        rows_stand_in_order(ground, &tables.names, written, report);
        totals_are_true(asked, &tables, report);
        let components = written.components.as_ref();
        let components = components.map(|rows| Worst::of_all(ground, asked, rows, report));
        let kinds = written.worst.as_ref();
        let kinds = kinds.map(|rows| Worst::of_kinds(ground, asked, rows, report));
        let survivable = written.survivable.as_ref();
        let survivable =
            survivable.map(|rows| Survivable::new(ground, asked, (&tables.names, rows), report));
        let quiet = Situation::new(ground, asked.quiet.clone());
        let plan = self.plan(&quiet, assignment, verdict, report);
        let homes = self.homes(&quiet, plan.as_ref(), verdict, report);
        if let (Some(plan), Some(asked)) = (&plan, &written.summary.gray) {
            match &written.gray {
                Some(rows) => gray::check(ground, &quiet, plan, (rows, asked), report),
                None => verdict
                    .not_checked
                    .push(format!("{}, which is absent", GrayRow::FILE)),
            }
        }
        let Some(current) = homes else {
            return;
        };
        let (before, utilization, is_known) = self.before(verdict, report);
        let missing = Missing {
            before: before.as_ref(),
            utilization,
            is_known,
        };
        let basis = Basis::new(ground, asked, &current, quiet, missing);
        let cells = plan.filter(|_| verdict.by_rule[1] > 0);
        let cells = cells.map(|plan| Cells::new(&basis, &plan.assignment, &plan.steered));
        let court = Court {
            basis: &basis,
            tables: &tables,
            components: components.as_ref(),
            kinds: kinds.as_ref(),
            cells: cells.as_ref(),
        };
        let done = asked.done.clone();
        let step = done.len().div_ceil(self.most_cases).max(1);
        let sample: Vec<usize> = done.step_by(step).collect();
        let hits = of_all(&court, &sample, verdict, report);
        let Some(survivable) = survivable else {
            return;
        };
        let is_replanned = verdict.replanned > 0 && verdict.cases == verdict.replanned;
        let is_by_rule = verdict.by_rule[0] == verdict.by_rule[1];
        for recovery in [Recovery::Replan, Recovery::Rescale, Recovery::Replicas] {
            let Some(hits) = hits.get(&recovery) else {
                continue;
            };
            let first = match (recovery, &cells) {
                (Recovery::Replan, _) if is_replanned => hits.by_shards(&basis),
                (Recovery::Rescale | Recovery::Replicas, Some(cells)) if is_by_rule => {
                    hits.by_cells(ground, cells)
                }
                _ => continue,
            };
            survivable.check(&basis, recovery, &first, report);
        }
    }

    /// The scenario's own plan, if something begins at it and it is here.
    fn plan(
        &self,
        quiet: &Situation,
        assignment: Option<Vec<Lined<AssignmentRow>>>,
        verdict: &mut SweepVerdict,
        report: &mut Report,
    ) -> Option<InForce> {
        let asked = self.asked;
        if !begins_at_plan(&self.written.summary) {
            return None;
        }
        let both = assignment.zip(self.written.steering.as_deref());
        let Some(rows) = both else {
            let files = format!("{} and {}", AssignmentRow::FILE, SteeringRow::FILE);
            let mut not = |what: &str| {
                let words = format!("{what}, as without {files} nobody knows the scenario's plan");
                verdict.not_checked.push(words);
            };
            let mut rules = asked
                .recoveries
                .iter()
                .filter(|own| **own != Recovery::Replan);
            if rules.next().is_some() {
                not("what cases come to that are answered by a rule");
            }
            if self.written.summary.gray.is_some() {
                not(GrayRow::FILE);
            }
            if asked.is_from_plan {
                not(&format!(
                    "whether it homes shards where {} says",
                    HomeRow::FILE
                ));
            }
            return None;
        };
        verdict.not_checked.push(format!(
            "whether {} is the best plan of the scenario, which `plimsoll plan` proves",
            AssignmentRow::FILE
        ));
        Some(InForce::new(self.ground, asked, quiet, rows, report))
    }

    /// Where shards are when something fails, if that is known.
    fn homes(
        &self,
        quiet: &Situation,
        plan: Option<&InForce>,
        verdict: &mut SweepVerdict,
        report: &mut Report,
    ) -> Option<Homes> {
        let (ground, asked) = (self.ground, self.asked);
        let rows = self.written.homes.as_deref();
        let whereabouts = Whereabouts::new(ground, asked, rows, report);
        let period = asked.period.index;
        if let Some(plan) = plan.filter(|_| asked.is_from_plan) {
            let before = if period == 0 {
                ground.homes()
            } else {
                verdict.not_checked.push(format!(
                    "whether earlier periods lead where {} says that shards were before period {period}",
                    AssignmentRow::FILE
                ));
                plan.before(ground)
            };
            plan.check(ground, asked, quiet, &before, report);
            let mut homes = plan.homes_after(&before);
            let kept = plan.kept_elsewhere(ground, asked);
            if !whereabouts.put(&kept, &mut homes) {
                verdict.not_checked.push(nobody_knows_homes(period));
                return None;
            }
            if !kept.is_empty() {
                verdict.not_checked.push(format!(
                    "whether earlier periods lead where {} says that shards are of whom {} serves nobody",
                    HomeRow::FILE,
                    AssignmentRow::FILE
                ));
            }
            whereabouts.are(ground, &homes, report);
            return Some(homes);
        }
        if whereabouts.homes.is_none() {
            verdict.not_checked.push(nobody_knows_homes(period));
        } else if !whereabouts.is_known && !asked.is_from_plan {
            // That nobody knows the plan is said already.
            verdict.not_checked.push(format!(
                "whether earlier periods lead where {} says that shards are in period {period}",
                HomeRow::FILE
            ));
        }
        let homes = whereabouts.homes?;
        if let Some(plan) = plan {
            plan.check(ground, asked, quiet, &homes, report);
        }
        Some(homes)
    }

    /// The state before, how full everything was then, and whether what was missing is known.
    fn before(
        &self,
        verdict: &mut SweepVerdict,
        report: &mut Report,
    ) -> (Option<before::Before>, FxHashMap<[usize; 2], f64>, bool) {
        let (ground, written) = (self.ground, self.written);
        let is_kept = ground.scenario.policy.existing_shortfall == ExistingShortfall::Keep;
        let state = written.before.as_ref().map(|rows| {
            let situation = Situation::new(ground, ground.before.clone());
            before::check(ground, &situation, rows, report).0
        });
        let utilization = utilization_before(ground, written, report);
        let is_told = |before: &before::Before| {
            let told = before.utilization.indexed_iter();
            told.filter(|(at, range)| {
                let has_two_ends =
                    range.is_some_and(|(low, high)| high > low + 1e-9 * high.max(1.0));
                has_two_ends && !utilization.contains_key(&[at.0, at.1])
            })
            .count()
                == 0
        };
        let is_known = !is_kept || state.as_ref().is_some_and(is_told);
        if !is_known {
            verdict.not_checked.push(
                "what headroom is missing and what prices prove, as nobody knows what was missing before"
                    .to_owned(),
            );
        }
        (state, utilization, is_known)
    }
}

/// What is not checked where nobody knows the homes of a period.
fn nobody_knows_homes(period: usize) -> String {
    format!(
        "what cases come to, as without {} nobody knows where shards are in period {period}",
        HomeRow::FILE
    )
}

/// Judges some cases; by recovery the first ones that leave somebody unserved.
fn of_all(
    court: &Court<'_, '_, '_>,
    cases: &[usize],
    verdict: &mut SweepVerdict,
    report: &mut Report,
) -> BTreeMap<Recovery, Hits> {
    let asked = court.basis.asked;
    let mut hits: BTreeMap<Recovery, Hits> = BTreeMap::new();
    for stretch in cases.chunks(CASES_AT_ONCE) {
        let judged: Vec<(usize, Vec<(Recovery, Judged)>)> = stretch
            .par_iter()
            .map(|case| (*case, court.judge(*case)))
            .collect();
        for (case, judged) in judged {
            for (recovery, judged) in judged {
                report.broken.extend(judged.report.broken);
                let hits = hits.entry(recovery).or_default();
                hits.add(asked, case, &judged.unserved);
                let count = match recovery {
                    Recovery::Replan => &mut verdict.cases,
                    _ => &mut verdict.by_rule[0],
                };
                *count += usize::from(judged.is_recomputed);
                if let Some(gap) = judged.worst_gap {
                    let worst = verdict.worst_gap.map_or(gap, |worst| worst.max(gap));
                    verdict.worst_gap = Some(worst);
                }
            }
        }
    }
    hits
}

/// P7838: how full components were before, each once.
fn utilization_before(
    ground: &Ground<'_>,
    written: &WrittenSweep,
    report: &mut Report,
) -> FxHashMap<[usize; 2], f64> {
    const RULE: Rule = Rule {
        code: "P7838",
        hint: "keep one row for every component and resource that it limited before",
    };
    let mut all = FxHashMap::default();
    for lined in written.utilization_before.iter().flatten() {
        let row = &lined.row;
        let component = ground.components.get(row.component.as_str());
        let resource = ground.resources.get(row.resource.as_str());
        let at = component.zip(resource).map(|(a, b)| [a.index(), b.index()]);
        let limited = at.filter(|at| ground.before.nominal[*at].is_some_and(|own| own > 0.0));
        let is_new = limited.is_some_and(|at| all.insert(at, row.utilization).is_none());
        if !is_new {
            let at = At::cell(UtilizationBeforeRow::FILE, lined.line, "component");
            let found = format!("`{}` and `{}`", row.component, row.resource);
            report.add(
                RULE,
                at,
                found,
                "a component and a resource that it limited, once",
            );
        }
    }
    all
}
