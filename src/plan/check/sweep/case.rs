//! One case, judged by a plan of the referee's own.

use super::super::affected::Affected;
use super::super::certificate::{FastestWays, Roads, rows};
use super::super::report::{At, Report, Rule};
use super::basis::Basis;
use super::components::Worst;
use super::defaults::{Untouched, Ways};
use super::failures::Found;
use super::outcome::{Outcome, Unserved};
use super::proofs::{self, PROVEN, Proven};
use super::sites;
use super::tables::{Rows, Tables, count_of_failures_is_true};
use super::witness::displaced;
use crate::model::Recovery;
use crate::plan_files::{CaseProof, FailureRow, Lined, PROOFS_FILE, Row, SettledBy, decimal};

/// What was found of a case.
pub(super) struct Judged {
    pub(super) report: Report,
    /// Ascending.
    pub(super) unserved: Vec<Unserved>,
    /// The largest recomputed gap; `None` if no level has one.
    pub(super) worst_gap: Option<f64>,
    /// The referee has a plan of it.
    pub(super) is_recomputed: bool,
}

/// A sweep to judge, case by case.
pub(super) struct Court<'c, 'a, 'w> {
    pub(super) basis: &'c Basis<'a>,
    pub(super) tables: &'c Tables<'w>,
    pub(super) worst: &'c [Worst],
}

impl Court<'_, '_, '_> {
    /// Judges a case under the recovery that plans again.
    pub(super) fn judge(&self, case: usize, rows: &Rows<'_>) -> Option<Judged> {
        let failure = rows.failure?;
        let mut report = Report::default();
        let line = self.proof(case, failure, &mut report);
        let unknown = |report: Report| Judged {
            report,
            unserved: Vec::new(),
            worst_gap: None,
            is_recomputed: false,
        };
        let is_by_default = failure.row.settled_by == SettledBy::Default;
        let start = self.tables.written.displaced.as_deref();
        if !is_by_default && (line.is_none() || start.is_none()) {
            return Some(unknown(report));
        }
        let start = start.unwrap_or_default();
        let basis = self.basis;
        let ground = basis.ground;
        let situation = basis.quiet.beside(ground, basis.asked.case(ground, case));
        let roads = Roads::new(ground, &situation);
        let ways = Ways {
            basis,
            situation: &situation,
            fastest: FastestWays::of_kinds(&roads),
            roads: &roads,
        };
        let written = |at: [usize; 2]| basis.before.utilization.get(&at).copied();
        let rows_of_loads = rows_of(basis, &situation, &written);
        let mut affected =
            Affected::new(ground, &situation, basis.asked.period.start, basis.current);
        let mut judged: Option<Judged> = None;
        for untouched in [Untouched::Stay, Untouched::Leave] {
            let defaults = ways.defaults(&mut affected, untouched);
            let mut own = Report::default();
            let moved = match line {
                Some(line) => {
                    let told = (start, line);
                    displaced(&ways, &defaults, &mut affected, told, &mut own)
                }
                None => Vec::new(),
            };
            let outcome = Outcome::new(&ways, &mut affected, &rows_of_loads, &defaults, &moved);
            let found = Found {
                ways: &ways,
                rows: &rows_of_loads,
                outcome: &outcome,
                has_involved: self.tables.written.involved.is_some(),
            };
            let proven = if let Some(line) = line {
                let is_complete = proofs::levels(&ways, &outcome, line, &mut own);
                found.loads_fit(line.line, &mut own);
                is_complete
                    .then(|| proofs::proven(&ways, &mut affected, &rows_of_loads, line, &mut own))
                    .flatten()
            } else {
                found.default_settles_it(failure, &mut own);
                None
            };
            self.rows_are_true(&found, (case, failure), rows, &mut own);
            self.proven_is_true(failure, proven.as_ref(), &mut own);
            let is_better = judged
                .as_ref()
                .is_none_or(|known| own.broken.len() < known.report.broken.len());
            if is_better {
                judged = Some(Judged {
                    report: own,
                    unserved: outcome.unserved,
                    worst_gap: proven.map(|proven| proven.worst_gap),
                    is_recomputed: true,
                });
            }
            // Which of the two a plan was told by is not written; it holds if it does by one.
            let holds = judged
                .as_ref()
                .is_some_and(|known| known.report.broken.is_empty());
            if holds || is_by_default || !defaults.is_ambiguous {
                break;
            }
        }
        let mut judged = judged?;
        report.broken.append(&mut judged.report.broken);
        judged.report = report;
        Some(judged)
    }

    fn rows_are_true(
        &self,
        found: &Found<'_, '_>,
        (case, failure): (usize, &Lined<FailureRow>),
        rows: &Rows<'_>,
        report: &mut Report,
    ) {
        count_of_failures_is_true(self.basis.asked, case, failure, report);
        found.check(failure, rows, report);
        if self.tables.written.unserved.is_some() {
            found.unserved_by_tier_is_true(rows, report);
        }
        for worst in self.worst {
            worst.check(found, (case, Recovery::Replan), report);
        }
        if self.tables.written.sites.is_some() {
            sites::check(found, case, rows, report);
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

/// The rows of loads of a case.
fn rows_of(
    basis: &Basis<'_>,
    situation: &super::super::period::Situation,
    written: &dyn Fn([usize; 2]) -> Option<f64>,
) -> Vec<super::super::certificate::Row> {
    rows(basis.ground, situation, basis.before.before, written)
}
