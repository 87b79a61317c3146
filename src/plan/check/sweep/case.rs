//! One case, judged by a plan that the referee makes, with the levels of its line of proofs.jsonl and what they prove.

use super::super::certificate::{AlikeClasses, Claims, Scene, name, prove};
use super::super::report::{At, Report, Rule};
use super::super::stages::expected;
use super::basis::{Basis, CasePaths, Who, in_case};
use super::by_rule;
use super::case_rows::JudgedCase;
use super::folded_plan::FoldedPlan;
use super::tables::{RowsOfCase, SweepReferee, at};
use super::traffic::CaseOutcome;
use super::witness::displaced;
use super::worst_cases::WorstCases;
use crate::diagnostic::amounts::rounded;
use crate::model::{Goal, Level, Recovery};
use crate::plan_files::{CaseProof, LevelCertificate, Lined, Measure, PROOFS_FILE, SettledBy};
use crate::units::{AGREEMENT, PROVEN};
use std::collections::BTreeMap;

/// What was found of a case under a recovery.
#[derive(Default)]
pub(super) struct CaseVerdict {
    pub(super) report: Report,
    /// Who is unserved, and how many of them.
    pub(super) unserved: BTreeMap<Who, f64>,
    /// The largest recomputed gap; `None` if no level has one.
    pub(super) worst_gap: Option<f64>,
    /// The referee has a plan of it, or has followed the rule.
    pub(super) is_recomputed: bool,
}

/// A referee of the cases of a sweep, one by one.
pub(super) struct CaseReferee<'c, 'a, 'w> {
    pub(super) basis: &'c Basis<'a>,
    pub(super) referee: &'c SweepReferee<'w>,
    /// Of each file that lists worst cases.
    pub(super) worst: &'c [WorstCases],
    /// The scenario's own plan, where cases are answered by a rule and it is known.
    pub(super) plan: Option<&'c FoldedPlan>,
}

impl CaseReferee<'_, '_, '_> {
    /// Judges a case under every recovery of which it has a row.
    pub(super) fn judge(&self, case: usize) -> Vec<(Recovery, CaseVerdict)> {
        in_case(self.basis, case, |paths| {
            let recoveries = self.basis.asked.recoveries.iter();
            let judged = recoveries.filter_map(|&recovery| {
                let written = self.referee.by_case.get(&(case, recovery))?;
                let verdict = if recovery == Recovery::Replan {
                    self.replanned(written, paths)
                } else {
                    let outcome = by_rule::outcome(self.plan?, paths, recovery);
                    let mut report = Report::default();
                    self.rows_are_true(&self.judged(written, paths, &outcome), &mut report);
                    CaseVerdict {
                        report,
                        unserved: outcome.unserved,
                        worst_gap: None,
                        is_recomputed: true,
                    }
                };
                Some((recovery, verdict))
            });
            judged.collect()
        })
    }

    /// What a case comes to, beside what is written of it.
    fn judged<'j, 'c, 'a>(
        &'j self,
        written: &'j RowsOfCase<'j>,
        routes: &'j CasePaths<'c, 'a>,
        outcome: &'j CaseOutcome,
    ) -> JudgedCase<'j, 'c, 'a> {
        JudgedCase {
            written,
            paths: routes,
            outcome,
            referee: self.referee,
        }
    }

    /// Judges a case under the recovery that plans again.
    fn replanned(&self, written: &RowsOfCase<'_>, paths: &CasePaths<'_, '_>) -> CaseVerdict {
        let mut report = Report::default();
        let line = self.proof(written, paths.case, &mut report);
        let is_by_default = written.failure.row.settled_by == SettledBy::Default;
        let is_known = line.is_some() && self.referee.written.displaced.is_some();
        if !is_by_default && !is_known {
            return CaseVerdict {
                report,
                ..CaseVerdict::default()
            };
        }
        let (mut verdict, is_ambiguous) = self.planned(written, paths, line, true);
        // By which of the two a plan is described is not written; it holds if it does by one.
        if !is_by_default && is_ambiguous && !verdict.report.broken.is_empty() {
            let (other, _) = self.planned(written, paths, line, false);
            if other.report.broken.len() < verdict.report.broken.len() {
                verdict = other;
            }
        }
        report.broken.append(&mut verdict.report.broken);
        CaseVerdict { report, ..verdict }
    }

    /// The same where those who are not on their default paths are where displaced.jsonl and the line of the case say; without
    /// a line everybody is on their default path. And whether `untouched_stay` makes a difference to these.
    fn planned(
        &self,
        written: &RowsOfCase<'_>,
        paths: &CasePaths<'_, '_>,
        line: Option<&Lined<CaseProof>>,
        untouched_stay: bool,
    ) -> (CaseVerdict, bool) {
        let mut report = Report::default();
        let (defaults, is_ambiguous) = paths.defaults(untouched_stay);
        let start = self.referee.written.displaced.as_deref();
        let moved = line.map_or_else(Vec::new, |line| {
            displaced(
                paths,
                &defaults,
                (start.unwrap_or_default(), line),
                &mut report,
            )
        });
        let outcome = CaseOutcome::of_plan(paths, &defaults, &moved);
        let judged = self.judged(written, paths, &outcome);
        let proven = if let Some(line) = line {
            let is_complete = levels(paths, &outcome, line, &mut report);
            judged.loads_fit(line.line, &mut report);
            is_complete
                .then(|| proven(paths, line, &mut report))
                .flatten()
        } else {
            judged.default_settles_it(&mut report);
            None
        };
        self.rows_are_true(&judged, &mut report);
        self.proven_is_true(written, proven, &mut report);
        let verdict = CaseVerdict {
            report,
            unserved: outcome.unserved,
            worst_gap: proven.map(|(gap, _)| gap),
            is_recomputed: true,
        };
        (verdict, is_ambiguous)
    }

    fn rows_are_true(&self, judged: &JudgedCase<'_, '_, '_>, report: &mut Report) {
        judged.check(report);
        for worst in self.worst {
            worst.check(judged, report);
        }
        if self.referee.written.sites.is_some() {
            judged.sites_are_true(report);
        }
    }

    /// P7848: what the solver settled has a line of proofs.jsonl, what the default plan settles has none.
    fn proof(
        &self,
        written: &RowsOfCase<'_>,
        case: usize,
        report: &mut Report,
    ) -> Option<&Lined<CaseProof>> {
        const RULE: Rule = Rule::new(
            "P7848",
            "write exactly one line of proofs.jsonl for every case that the default plan does not settle",
        );
        let line = self.referee.proofs.get(&case).copied();
        let by = written.failure.row.settled_by;
        let is_by_plan = matches!(by, SettledBy::Solver | SettledBy::Parts);
        let place = at(written.failure, "settled_by");
        if by == SettledBy::Rule {
            let expected = "default, parts or solver: planning again follows no rule";
            report.add(RULE, place, "`rule`", expected);
        } else if let Some(line) = line.filter(|_| !is_by_plan) {
            let place = At::cell(PROOFS_FILE, line.line, "case");
            let found = format!("case {case}, which the default plan settles");
            report.add(RULE, place, found, "a case that it does not settle");
        } else if is_by_plan && line.is_none() && self.referee.written.proofs.is_some() {
            let found = format!("`{}` without a line", by.word());
            let expected = format!("a line of {PROOFS_FILE} for case {case}");
            report.add(RULE, place, found, expected);
        }
        line.filter(|_| is_by_plan)
    }

    /// P7849: a case is said to be proven if it is.
    fn proven_is_true(
        &self,
        written: &RowsOfCase<'_>,
        proven: Option<(f64, bool)>,
        report: &mut Report,
    ) {
        const RULE: Rule = Rule::new(
            "P7849",
            "write `proven` only where value and bound of every level agree",
        );
        let place = at(written.failure, "proven");
        if written.failure.row.proven {
            if let Some((gap, _)) = proven.filter(|(gap, _)| *gap > PROVEN) {
                let found = format!("a level with a gap of {}", rounded(gap));
                report.add(RULE, place, found, "gaps of at most a millionth");
            }
        } else if self.referee.is_any_proven && proven.is_none_or(|(_, claims_all)| claims_all) {
            let expected = "`yes`, as every level is, and the state before for other cases";
            report.add(RULE, place, "`no`", expected);
        }
    }
}

/// Checks the levels of a line against the plan that it tells.
fn levels(
    paths: &CasePaths<'_, '_>,
    outcome: &CaseOutcome,
    line: &Lined<CaseProof>,
    report: &mut Report,
) -> bool {
    const LEVELS: Rule = Rule::new(
        "P7854",
        "write the levels of the scenario's goals in their order, as far as the sweep settles them",
    );
    const VALUE: Rule = Rule::new(
        "P7853",
        "write the value of the plan: all users on their default path except the displaced ones",
    );
    let all = expected(paths.basis.context, Some(&outcome.levels)).into_iter();
    let mut all: Vec<_> = all.filter(|level| level.is_needed).collect();
    if !paths.basis.asked.is_full {
        let worst = (Goal::Headroom, Some(Measure::Worst));
        let mut expected_stages = all.iter();
        let last = expected_stages.rposition(|expected_stage| {
            expected_stage.goal == Goal::Unserved
                || (expected_stage.goal, expected_stage.measure) == worst
        });
        all.truncate(last.map_or(0, |last| last + 1));
    }
    let levels = &line.row.levels;
    let is_same = levels.len() == all.len()
        && levels.iter().zip(&all).all(|(level, expected)| {
            (level.goal, &level.tier, level.measure)
                == (expected.goal, &expected.tier, expected.measure)
        });
    if !is_same {
        let words: Vec<String> = levels.iter().map(name).collect();
        let found = format!("the levels {}", words.join(", "));
        let expected = format!("the {} levels that the sweep settles", all.len());
        let at = At::cell(PROOFS_FILE, line.line, "levels");
        report.add(LEVELS, at, found, expected);
        return false;
    }
    for (position, (level, expected)) in levels.iter().zip(&all).enumerate() {
        let is_same = |plan: &f64| (plan - level.value).abs() <= slack(paths, level);
        if let Some(plan) = expected.plan.filter(|plan| !is_same(plan)) {
            let key = format!("levels[{position}].value");
            let at = At::cell(PROOFS_FILE, line.line, &key);
            report.add(VALUE, at, rounded(level.value), rounded(plan));
        }
    }
    true
}

/// By how much two numbers of a level may differ.
fn slack(paths: &CasePaths<'_, '_>, level: &LevelCertificate) -> f64 {
    let noise = if Level::is_in_users(level.goal, level.measure) {
        paths.basis.alike.nobody()
    } else {
        0.0
    };
    AGREEMENT * level.value.abs().max(1.0) + noise
}

/// Recomputes what the prices of a line prove: the largest gap of a level, and whether the line claims no larger one than that of
/// a proven level. `None` if nobody can tell what was missing before.
fn proven(
    paths: &CasePaths<'_, '_>,
    line: &Lined<CaseProof>,
    report: &mut Report,
) -> Option<(f64, bool)> {
    let basis = paths.basis;
    if !basis.before.is_known {
        return None;
    }
    let affected = &mut paths.affected.borrow_mut();
    let classes = AlikeClasses::new(paths.situation, &basis.alike, affected, paths.roads);
    let scene = Scene {
        situation: paths.situation,
        slices: paths.slices,
        roads: paths.roads,
        classes: &classes,
        rows: &paths.rows,
        stages: &[],
    };
    let levels = &line.row.levels;
    let claims = Claims {
        levels,
        key: "line",
        of_values: (PROOFS_FILE, "levels"),
    };
    let mut one_report = Report::default();
    let bounds = prove(&scene, &claims, &mut one_report);
    for mut finding in one_report.broken {
        PROOFS_FILE.clone_into(&mut finding.place.file);
        finding.place.line = Some(line.line);
        if let Some(column) = &mut finding.place.column {
            *column = column.trim_start_matches("line.").to_owned();
        }
        report.broken.push(finding);
    }
    let gap = |level: &LevelCertificate, bound: f64| {
        ((level.value - bound) / level.value.abs().max(1.0)).max(0.0)
    };
    let gaps = levels.iter().zip(bounds);
    let gaps = gaps.map(|(level, bound)| gap(level, bound));
    let mut claimed = levels.iter().map(|level| gap(level, level.bound));
    Some((gaps.fold(0.0, f64::max), claimed.all(|gap| gap <= PROVEN)))
}
