//! One case, judged by a plan of the referee's own, with the levels of its line of proofs.jsonl and what they prove.

use super::super::affected::Affected;
use super::super::certificate::{
    Claims, Classes, Row as LoadRow, Scene, name, prove, without_retries,
};
use super::super::report::{At, Report, Rule};
use super::super::stages::expected;
use super::basis::{Basis, Defaults, Untouched, Ways, in_case};
use super::by_rule;
use super::cells::Cells;
use super::components::{Worst, sites_are_true};
use super::failures::Found;
use super::tables::{Rows, Tables};
use super::traffic::{Outcome, Who};
use super::witness::displaced;
use crate::model::{Goal, Level, Recovery};
use crate::plan_files::{
    CaseProof, ComponentRow, DisplacedUsers, FailureRow, LevelCertificate, Lined, Measure,
    PROOFS_FILE, Row, SettledBy, WorstRow, decimal,
};
use crate::units::{AGREEMENT, PROVEN};
use std::collections::BTreeMap;

/// What was found of a case under a recovery.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) report: Report,
    /// Who is unserved, and how many of them.
    pub(super) unserved: BTreeMap<Who, f64>,
    /// The largest recomputed gap; `None` if no level has one.
    pub(super) worst_gap: Option<f64>,
    /// The referee has a plan of it, or has followed the rule.
    pub(super) is_recomputed: bool,
}

/// A sweep to judge, case by case.
pub(super) struct Court<'c, 'a, 'w> {
    pub(super) basis: &'c Basis<'a>,
    pub(super) tables: &'c Tables<'w>,
    pub(super) components: Option<&'c Worst<'w, ComponentRow>>,
    pub(super) kinds: Option<&'c Worst<'w, WorstRow>>,
    /// The scenario's own plan, where cases are answered by a rule and it is known.
    pub(super) cells: Option<&'c Cells>,
}

/// A case under a recovery, its row of `by_failure.csv`, and its other rows.
#[derive(Clone, Copy)]
struct Subject<'w> {
    case: usize,
    recovery: Recovery,
    failure: &'w Lined<FailureRow>,
    rows: &'w Rows<'w>,
}

impl Court<'_, '_, '_> {
    /// Judges a case under every recovery of which it has a row.
    pub(super) fn judge(&self, case: usize) -> Vec<(Recovery, Judged)> {
        let subject = |recovery: &Recovery| {
            let rows = self.tables.by_case.get(&(case, *recovery))?;
            Some(Subject {
                case,
                recovery: *recovery,
                failure: rows.failure?,
                rows,
            })
        };
        in_case(self.basis, case, |ways, rows, affected| {
            let subjects = self.basis.asked.recoveries.iter().filter_map(subject);
            let judged = subjects.filter_map(|subject| {
                let judged = match (subject.recovery, self.cells) {
                    (Recovery::Replan, _) => self.replanned(subject, ways, rows, affected),
                    (_, Some(cells)) => self.by_rule(subject, (ways, rows), cells, affected),
                    (_, None) => return None,
                };
                Some((subject.recovery, judged))
            });
            judged.collect()
        })
    }

    /// What a plan of a case comes to, beside what is written of it.
    fn found<'c>(
        &'c self,
        ways: &'c Ways<'c, 'c>,
        rows: &'c [LoadRow],
        outcome: &'c Outcome,
    ) -> Found<'c, 'c> {
        Found {
            ways,
            rows,
            outcome,
            tables: self.tables,
        }
    }

    /// Judges a case that is answered by a rule.
    fn by_rule(
        &self,
        subject: Subject<'_>,
        (ways, rows): (&Ways<'_, '_>, &[LoadRow]),
        cells: &Cells,
        affected: &mut Affected<'_>,
    ) -> Judged {
        let mut report = Report::default();
        // A rule decides nothing, so that nobody is turned away for his retries.
        let rows = without_retries(rows);
        let outcome = by_rule::outcome(cells, ways, affected, rows, subject.recovery);
        self.rows_are_true(&self.found(ways, rows, &outcome), subject, &mut report);
        Judged {
            report,
            unserved: outcome.unserved,
            worst_gap: None,
            is_recomputed: true,
        }
    }

    /// Judges a case under the recovery that plans again.
    fn replanned(
        &self,
        subject: Subject<'_>,
        ways: &Ways<'_, '_>,
        rows: &[LoadRow],
        affected: &mut Affected<'_>,
    ) -> Judged {
        let mut report = Report::default();
        let line = self.proof(subject.case, subject.failure, &mut report);
        let is_by_default = subject.failure.row.settled_by == SettledBy::Default;
        let start = self.tables.written.displaced.as_deref();
        if !is_by_default && (line.is_none() || start.is_none()) {
            return Judged {
                report,
                ..Judged::default()
            };
        }
        let witness = (start.unwrap_or_default(), line);
        let mut planned = |untouched| {
            let defaults = ways.defaults(affected, untouched);
            let judged = self.planned(subject, (ways, rows), &defaults, witness, affected);
            (judged, defaults.is_ambiguous)
        };
        let (mut judged, is_ambiguous) = planned(Untouched::Stay);
        // Which of the two a plan was told by is not written; it holds if it does by one.
        if !is_by_default && is_ambiguous && !judged.report.broken.is_empty() {
            let (other, _) = planned(Untouched::Leave);
            if other.report.broken.len() < judged.report.broken.len() {
                judged = other;
            }
        }
        report.broken.append(&mut judged.report.broken);
        Judged { report, ..judged }
    }

    /// The same where those who are not on these default paths are where displaced.jsonl and the line of the case say;
    /// without a line everybody is on his default path.
    fn planned(
        &self,
        subject: Subject<'_>,
        (ways, rows): (&Ways<'_, '_>, &[LoadRow]),
        defaults: &Defaults,
        (start, line): (&[Lined<DisplacedUsers>], Option<&Lined<CaseProof>>),
        affected: &mut Affected<'_>,
    ) -> Judged {
        let mut report = Report::default();
        let moved = line.map_or_else(Vec::new, |line| {
            displaced(ways, defaults, affected, (start, line), &mut report)
        });
        let outcome = Outcome::of_plan(ways, affected, rows, defaults, &moved);
        let found = self.found(ways, rows, &outcome);
        let proven = if let Some(line) = line {
            let is_complete = levels(ways, &outcome, line, &mut report);
            found.loads_fit(line.line, &mut report);
            is_complete
                .then(|| proven(ways, affected, rows, line, &mut report))
                .flatten()
        } else {
            found.default_settles_it(subject.failure, &mut report);
            None
        };
        self.rows_are_true(&found, subject, &mut report);
        self.proven_is_true(subject.failure, proven.as_ref(), &mut report);
        Judged {
            report,
            unserved: outcome.unserved,
            worst_gap: proven.map(|proven| proven.worst_gap),
            is_recomputed: true,
        }
    }

    fn rows_are_true(&self, found: &Found<'_, '_>, subject: Subject<'_>, report: &mut Report) {
        let Subject { case, failure, .. } = subject;
        found.check(case, failure, subject.rows, report);
        if self.tables.written.unserved.is_some() {
            found.unserved_by_tier_is_true(subject.rows, report);
        }
        if let Some(worst) = self.components {
            worst.check(found, (case, subject.recovery), report);
        }
        if let Some(worst) = self.kinds {
            worst.check(found, (case, subject.recovery), report);
        }
        if self.tables.written.sites.is_some() {
            sites_are_true(found, case, subject.rows, report);
        }
    }

    /// P7848: what the solver settled has a line of proofs.jsonl, what the default plan settles has none.
    fn proof<'l>(
        &'l self,
        case: usize,
        failure: &Lined<FailureRow>,
        report: &mut Report,
    ) -> Option<&'l Lined<CaseProof>> {
        const RULE: Rule = Rule {
            code: "P7848",
            hint: "keep one line of proofs.jsonl for every case that the default plan does not settle",
        };
        let line = self.tables.proofs.get(&case).copied();
        let by = failure.row.settled_by;
        let at = At::cell(FailureRow::FILE, failure.line, "settled_by");
        match (by, line) {
            (SettledBy::Rule, _) => {
                let expected = "default, parts or solver: planning again follows no rule";
                report.add(RULE, at, "`rule`", expected);
            }
            (SettledBy::Default, Some(line)) => {
                let at = At::cell(PROOFS_FILE, line.line, "case");
                let found = format!("case {case}, which the default plan settles");
                report.add(RULE, at, found, "a case that it does not settle");
            }
            (SettledBy::Solver | SettledBy::Parts, None)
                if self.tables.written.proofs.is_some() =>
            {
                let expected = format!("a line of {PROOFS_FILE} for case {case}");
                report.add(
                    RULE,
                    at,
                    format!("`{}` without a line", by.word()),
                    expected,
                );
            }
            _ => {}
        }
        line.filter(|_| matches!(by, SettledBy::Solver | SettledBy::Parts))
    }

    /// P7849: a case is said to be proven if it is.
    fn proven_is_true(
        &self,
        failure: &Lined<FailureRow>,
        proven: Option<&Proven>,
        report: &mut Report,
    ) {
        const RULE: Rule = Rule {
            code: "P7849",
            hint: "say `proven` where value and bound of every level agree, and nowhere else",
        };
        let at = At::cell(FailureRow::FILE, failure.line, "proven");
        if failure.row.proven {
            if let Some(proven) = proven.filter(|proven| proven.worst_gap > PROVEN) {
                let found = format!("a level with a gap of {}", decimal(proven.worst_gap));
                report.add(RULE, at, found, "gaps of at most a millionth");
            }
        } else if self.tables.is_any_proven && proven.is_none_or(|proven| proven.claims_all) {
            let expected = "`yes`, as every level is, and the state before for other cases";
            report.add(RULE, at, "`no`", expected);
        }
    }
}

/// What is proven of a case.
pub(super) struct Proven {
    /// The largest recomputed gap of a level.
    pub(super) worst_gap: f64,
    /// The line claims no larger gap than that of a proven level.
    pub(super) claims_all: bool,
}

/// Checks the levels of a line against the plan that it tells.
pub(super) fn levels(
    ways: &Ways<'_, '_>,
    outcome: &Outcome,
    line: &Lined<CaseProof>,
    report: &mut Report,
) -> bool {
    const RULE: Rule = Rule {
        code: "P7854",
        hint: "write the levels of the scenario's goals in their order, as far as the sweep settles them",
    };
    let ground = ways.basis.ground;
    let all = expected(ground, Some(&outcome.levels)).into_iter();
    let mut all: Vec<_> = all.filter(|level| level.is_needed).collect();
    if !ways.basis.asked.is_full {
        let is_told = |goal, measure| {
            goal == Goal::Unserved || (goal, measure) == (Goal::Headroom, Some(Measure::Worst))
        };
        let last = all
            .iter()
            .rposition(|level| is_told(level.goal, level.measure));
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
        report.add(RULE, at, found, expected);
        return false;
    }
    for (position, (level, expected)) in levels.iter().zip(&all).enumerate() {
        if let Some(plan) = expected.plan {
            plan_has_the_value(ways, (line.line, position), level, plan, report);
        }
    }
    true
}

/// P7853: the plan that a line tells has the values of its levels.
fn plan_has_the_value(
    ways: &Ways<'_, '_>,
    (line, position): (u64, usize),
    level: &LevelCertificate,
    plan: f64,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7853",
        hint: "write what the plan comes to: everybody on the default path but the displaced",
    };
    if (plan - level.value).abs() > slack(ways, level) {
        let key = format!("levels[{position}].value");
        let at = At::cell(PROOFS_FILE, line, &key);
        report.add(RULE, at, decimal(level.value), decimal(plan));
    }
}

/// By how much two numbers of a level may differ.
fn slack(ways: &Ways<'_, '_>, level: &LevelCertificate) -> f64 {
    let dust = if Level::is_in_users(level.goal, level.measure) {
        ways.basis.crowds.nobody()
    } else {
        0.0
    };
    AGREEMENT * level.value.abs().max(1.0) + dust
}

/// Recomputes what the prices of a line prove; `None` if nobody can tell what was missing before.
pub(super) fn proven(
    ways: &Ways<'_, '_>,
    affected: &mut Affected<'_>,
    rows: &[super::super::certificate::Row],
    line: &Lined<CaseProof>,
    report: &mut Report,
) -> Option<Proven> {
    let basis = ways.basis;
    if !basis.before.is_known {
        return None;
    }
    let (ground, situation) = (basis.ground, ways.situation);
    let classes = Classes::new(
        ground,
        situation,
        &basis.alike,
        &basis.crowds,
        affected,
        ways.roads,
    );
    let scene = Scene {
        ground,
        situation,
        slices: ways.slices,
        roads: ways.roads,
        classes: &classes,
        rows,
        stages: &[],
    };
    let claims = Claims {
        levels: &line.row.levels,
        key: "line",
        of_values: (PROOFS_FILE, "levels"),
    };
    let mut own = Report::default();
    let bounds = prove(&scene, &claims, &mut own);
    for mut finding in own.broken {
        PROOFS_FILE.clone_into(&mut finding.place.file);
        finding.place.line = Some(line.line);
        if let Some(column) = &mut finding.place.column {
            *column = column.trim_start_matches("line.").to_owned();
        }
        report.broken.push(finding);
    }
    let levels = &line.row.levels;
    let gap = |level: &LevelCertificate, bound: f64| {
        ((level.value - bound) / level.value.abs().max(1.0)).max(0.0)
    };
    let gaps = levels.iter().zip(bounds);
    Some(Proven {
        worst_gap: gaps
            .map(|(level, bound)| gap(level, bound))
            .fold(0.0, f64::max),
        claims_all: levels.iter().all(|level| gap(level, level.bound) <= PROVEN),
    })
}
