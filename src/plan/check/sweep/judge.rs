//! The judgement of a written sweep.

use super::super::before;
use super::super::ground::Ground;
use super::super::period::Situation;
use super::super::report::{At, Report, Rule};
use super::asked::Asked;
use super::basis::{Basis, Missing};
use super::case::{Court, Judged};
use super::components::Worst;
use super::homes::Whereabouts;
use super::order;
use super::survivable::{Breaks, Survivable};
use super::tables::{Rows, Tables};
use super::totals;
use super::verdict::SweepVerdict;
use crate::model::{ExistingShortfall, Inventory, Recovery, Scenario};
use crate::plan_files::{
    BeforeRow, ComponentRow, DISPLACED_FILE, FailureRow, GrayRow, HomeRow, InvolvedRow,
    PROOFS_FILE, Row, SWEEP_FILE, SiteUtilizationRow, SurvivableRow, UnservedByTierRow,
    UtilizationBeforeRow, WorstRow, WrittenSweep,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Cases that are judged before what they come to is put together.
const CASES_AT_ONCE: usize = 64;

/// Judges a written sweep.
///
/// What a case comes to under a recovery that plans again is recomputed: the default plan, or the plan and the prices
/// of proofs.jsonl. Of recoveries that follow a rule only is checked whether the files agree with each other.
pub fn check_sweep(
    inventory: &Inventory,
    scenario: &Scenario,
    written: &WrittenSweep,
) -> SweepVerdict {
    let ground = Ground::new(inventory, scenario);
    let mut report = Report::default();
    let (checked, absent) = files(written);
    let mut verdict = SweepVerdict {
        broken: Vec::new(),
        checked,
        not_checked: absent
            .iter()
            .map(|file| format!("{file}, which is absent"))
            .collect(),
        cases: 0,
        replanned: 0,
        extent: [0, 0],
        worst_gap: None,
    };
    if let Some(asked) = Asked::new(&ground, &written.summary, &mut report) {
        of_cases(&ground, &asked, written, &mut verdict, &mut report);
    }
    verdict.broken = report.broken;
    verdict
}

/// The files that the sweep has, and those that it has not.
fn files(written: &WrittenSweep) -> (Vec<&'static str>, Vec<&'static str>) {
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
    let (has, has_not): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, is_there)| *is_there);
    let names = |all: Vec<(&'static str, bool)>| all.into_iter().map(|(name, _)| name).collect();
    (names(has), names(has_not))
}

/// Judges what is said of the cases.
fn of_cases(
    ground: &Ground<'_>,
    asked: &Asked,
    written: &WrittenSweep,
    verdict: &mut SweepVerdict,
    report: &mut Report,
) {
    verdict.extent = [asked.done.len(), asked.cases.count()];
    if asked.recoveries.contains(&Recovery::Replan) {
        verdict.replanned = asked.done.len();
    }
    let tables = Tables::new(ground, asked, written, report);
    order::check(ground, written, report);
    totals::check(asked, &tables, report);
    let mut worst = Vec::new();
    if let Some(rows) = &written.components {
        worst.push(Worst::of_all(ground, asked, rows, report));
    }
    if let Some(rows) = &written.worst {
        worst.push(Worst::of_kinds(ground, asked, rows, report));
    }
    let survivable = written.survivable.as_ref();
    let survivable = survivable.map(|rows| Survivable::new(ground, asked, rows, report));
    for recovery in asked
        .recoveries
        .iter()
        .filter(|own| **own != Recovery::Replan)
    {
        let recovery = recovery.word();
        verdict
            .not_checked
            .push(format!("what cases come to under {recovery}"));
    }
    if asked.cases.most_gray() > 0 {
        let of_plan = format!(
            "{}, which follows from the plan of the scenario",
            GrayRow::FILE
        );
        verdict.not_checked.push(of_plan);
    }
    let whereabouts = Whereabouts::new(ground, asked, written.homes.as_deref(), report);
    let period = asked.period.index;
    match &whereabouts {
        Whereabouts::Known(_) => {}
        Whereabouts::Believed(_) if asked.is_from_plan => verdict.not_checked.push(format!(
            "whether the plan of the scenario homes shards where {} says",
            HomeRow::FILE
        )),
        Whereabouts::Believed(_) => verdict.not_checked.push(format!(
            "whether earlier periods lead where {} says that shards are in period {period}",
            HomeRow::FILE
        )),
        Whereabouts::Unknown => verdict.not_checked.push(format!(
            "what cases come to, as without {} nobody knows where shards are in period {period}",
            HomeRow::FILE
        )),
    }
    if !asked.recoveries.contains(&Recovery::Replan) {
        return;
    }
    let Some(current) = whereabouts.homes() else {
        return;
    };
    let is_kept = ground.scenario.policy.existing_shortfall == ExistingShortfall::Keep;
    let state_before = written.before.as_ref().map(|rows| {
        let situation = Situation::new(ground, ground.before.clone());
        before::check(ground, &situation, rows, report).0
    });
    let utilization = utilization_before(ground, written, report);
    let is_told = |before: &before::Before| {
        let told = before.utilization.indexed_iter();
        told.filter(|(at, range)| {
            let has_two_ends = range.is_some_and(|(low, high)| high > low + 1e-9 * high.max(1.0));
            has_two_ends && !utilization.contains_key(&[at.0, at.1])
        })
        .count()
            == 0
    };
    let is_known = !is_kept || state_before.as_ref().is_some_and(is_told);
    if !is_known {
        verdict.not_checked.push(
            "what headroom is missing and what prices prove, as nobody knows what was missing before"
                .to_owned(),
        );
    }
    let missing = Missing {
        before: state_before.as_ref(),
        utilization,
        is_known,
    };
    let basis = Basis::new(ground, asked, current, missing);
    let court = Court {
        basis: &basis,
        tables: &tables,
        worst: &worst,
    };
    let cases = tables.by_case.iter();
    let cases: Vec<(usize, &Rows<'_>)> = cases
        .filter(|(key, _)| key.1 == Recovery::Replan)
        .map(|(key, rows)| (key.0, rows))
        .collect();
    let mut breaks = Breaks::default();
    for stretch in cases.chunks(CASES_AT_ONCE) {
        let judged: Vec<(usize, Option<Judged>)> = stretch
            .par_iter()
            .map(|(case, rows)| (*case, court.judge(*case, rows)))
            .collect();
        for (case, judged) in judged {
            let Some(judged) = judged else {
                continue;
            };
            breaks.add(asked, case, &judged.unserved);
            report.broken.extend(judged.report.broken);
            verdict.cases += usize::from(judged.is_recomputed);
            if let Some(gap) = judged.worst_gap {
                verdict.worst_gap = Some(verdict.worst_gap.map_or(gap, |worst| worst.max(gap)));
            }
        }
    }
    if let Some(survivable) = survivable.filter(|_| verdict.cases == cases.len()) {
        survivable.check(&basis, Recovery::Replan, &breaks, report);
    }
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
