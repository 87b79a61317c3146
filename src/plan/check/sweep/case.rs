//! One case, judged by a plan of the referee's own.

use super::super::affected::Affected;
use super::super::certificate::{FastestWays, Roads, Row as LoadRow, rows, without_retries};
use super::super::period::Situation;
use super::super::report::{At, Report, Rule};
use super::basis::Basis;
use super::by_rule::{Counted, HourlyCells};
use super::components::Worst;
use super::defaults::{Untouched, Ways};
use super::failures::Found;
use super::outcome::{Outcome, Unserved};
use super::proofs::{self, Proven};
use super::sites;
use super::tables::{Rows, Tables, count_of_failures_is_true};
use super::witness::displaced;
use crate::model::Recovery;
use crate::plan_files::{CaseProof, FailureRow, Lined, PROOFS_FILE, Row, SettledBy, decimal};
use crate::units::PROVEN;

/// What was found of a case under a recovery.
pub(super) struct Judged {
    pub(super) report: Report,
    /// Ascending; of a case that is planned again.
    pub(super) unserved: Vec<Unserved>,
    /// Positions of folks with somebody unserved, and how many; of a case that is answered by a rule.
    pub(super) hit: Vec<(usize, f64)>,
    /// The largest recomputed gap; `None` if no level has one.
    pub(super) worst_gap: Option<f64>,
    /// The referee has a plan of it, or has followed the rule.
    pub(super) is_recomputed: bool,
}

/// A sweep to judge, case by case.
pub(super) struct Court<'c, 'a, 'w> {
    pub(super) basis: &'c Basis<'a>,
    pub(super) tables: &'c Tables<'w>,
    pub(super) worst: &'c [Worst],
    /// The scenario's own plan, where cases are answered by a rule and it is known.
    pub(super) cells: Option<&'c HourlyCells>,
}

impl Court<'_, '_, '_> {
    /// Judges a case under every recovery of which it has a row.
    pub(super) fn judge(&self, case: usize) -> Vec<(Recovery, Judged)> {
        let basis = self.basis;
        let ground = basis.ground;
        let situation = basis.quiet.beside(ground, basis.asked.case(ground, case));
        let slices = situation.in_slices(ground);
        let roads = Roads::new(ground, &situation);
        let ways = Ways {
            basis,
            situation: &situation,
            slices: &slices,
            fastest: FastestWays::of_kinds(&roads),
            roads: &roads,
        };
        let written = |at: [usize; 2]| basis.before.utilization.get(&at).copied();
        let rows_of_loads = rows_of(basis, &slices, &written);
        let mut affected =
            Affected::new(ground, &situation, basis.asked.period.start, basis.current);
        let mut all = Vec::new();
        for &recovery in &basis.asked.recoveries {
            let rows = self.tables.by_case.get(&(case, recovery));
            let Some((failure, rows)) = rows.and_then(|rows| Some((rows.failure?, rows))) else {
                continue;
            };
            let of_case = (case, failure, rows);
            let judged = match (recovery, self.cells) {
                (Recovery::Replan, _) => {
                    Some(self.replanned(of_case, &ways, &rows_of_loads, &mut affected))
                }
                (_, Some(cells)) => {
                    // A rule decides nothing, so that nobody is turned away for his retries.
                    let rows_of_loads = without_retries(&rows_of_loads);
                    let counted = cells.counted(&ways, &mut affected, rows_of_loads, recovery);
                    Some(self.by_rule(of_case, recovery, (&ways, rows_of_loads), counted))
                }
                (_, None) => None,
            };
            all.extend(judged.map(|judged| (recovery, judged)));
        }
        all
    }

    /// Judges a case that is answered by a rule.
    fn by_rule(
        &self,
        (case, failure, rows): (usize, &Lined<FailureRow>, &Rows<'_>),
        recovery: Recovery,
        (ways, rows_of_loads): (&Ways<'_, '_>, &[LoadRow]),
        counted: Counted,
    ) -> Judged {
        let mut report = Report::default();
        rule_settles_it(failure, &mut report);
        let found = Found {
            ways,
            rows: rows_of_loads,
            outcome: &counted.outcome,
            has_involved: self.tables.written.involved.is_some(),
            tells_no_site: self.tables.tells_no_site,
            overloaded: Some(&counted.overloaded),
        };
        self.rows_are_true(&found, (case, failure, recovery), rows, &mut report);
        Judged {
            report,
            unserved: Vec::new(),
            hit: counted.hit,
            worst_gap: None,
            is_recomputed: true,
        }
    }

    /// Judges a case under the recovery that plans again.
    fn replanned(
        &self,
        (case, failure, rows): (usize, &Lined<FailureRow>, &Rows<'_>),
        ways: &Ways<'_, '_>,
        rows_of_loads: &[LoadRow],
        affected: &mut Affected<'_>,
    ) -> Judged {
        let mut report = Report::default();
        let line = self.proof(case, failure, &mut report);
        let unknown = |report: Report| Judged {
            report,
            unserved: Vec::new(),
            hit: Vec::new(),
            worst_gap: None,
            is_recomputed: false,
        };
        let is_by_default = failure.row.settled_by == SettledBy::Default;
        let start = self.tables.written.displaced.as_deref();
        if !is_by_default && (line.is_none() || start.is_none()) {
            return unknown(report);
        }
        let start = start.unwrap_or_default();
        let mut judged: Option<Judged> = None;
        for untouched in [Untouched::Stay, Untouched::Leave] {
            let defaults = ways.defaults(affected, untouched);
            let mut own = Report::default();
            let moved = match line {
                Some(line) => {
                    let told = (start, line);
                    displaced(ways, &defaults, affected, told, &mut own)
                }
                None => Vec::new(),
            };
            let outcome = Outcome::new(ways, affected, rows_of_loads, &defaults, &moved);
            let found = Found {
                ways,
                rows: rows_of_loads,
                outcome: &outcome,
                has_involved: self.tables.written.involved.is_some(),
                tells_no_site: self.tables.tells_no_site,
                overloaded: None,
            };
            let proven = if let Some(line) = line {
                let is_complete = proofs::levels(ways, &outcome, line, &mut own);
                found.loads_fit(line.line, &mut own);
                is_complete
                    .then(|| proofs::proven(ways, affected, rows_of_loads, line, &mut own))
                    .flatten()
            } else {
                found.default_settles_it(failure, &mut own);
                None
            };
            self.rows_are_true(&found, (case, failure, Recovery::Replan), rows, &mut own);
            self.proven_is_true(failure, proven.as_ref(), &mut own);
            let is_better = judged
                .as_ref()
                .is_none_or(|known| own.broken.len() < known.report.broken.len());
            if is_better {
                judged = Some(Judged {
                    report: own,
                    unserved: outcome.unserved,
                    hit: Vec::new(),
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
        match judged {
            Some(mut judged) => {
                report.broken.append(&mut judged.report.broken);
                Judged { report, ..judged }
            }
            None => unknown(report),
        }
    }

    fn rows_are_true(
        &self,
        found: &Found<'_, '_>,
        (case, failure, recovery): (usize, &Lined<FailureRow>, Recovery),
        rows: &Rows<'_>,
        report: &mut Report,
    ) {
        count_of_failures_is_true(self.basis.asked, case, failure, report);
        found.check(failure, rows, report);
        if self.tables.written.unserved.is_some() {
            found.unserved_by_tier_is_true(rows, report);
        }
        for worst in self.worst {
            worst.check(found, (case, recovery), report);
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

/// P7860: a rule settles the case, and leaves nothing to prove.
fn rule_settles_it(failure: &Lined<FailureRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7860",
        hint: "a recovery that decides nothing is settled by `rule` and proven: it comes to what it comes to",
    };
    let row = &failure.row;
    if row.settled_by != SettledBy::Rule {
        let at = At::cell(FailureRow::FILE, failure.line, "settled_by");
        report.add(RULE, at, format!("`{}`", row.settled_by.word()), "`rule`");
    }
    if !row.proven {
        let at = At::cell(FailureRow::FILE, failure.line, "proven");
        report.add(RULE, at, "`no`", "`yes`");
    }
}

/// The rows of loads of a case.
fn rows_of(
    basis: &Basis<'_>,
    slices: &[Situation],
    written: &dyn Fn([usize; 2]) -> Option<f64>,
) -> Vec<LoadRow> {
    rows(
        basis.ground,
        (&slices[0], slices),
        basis.before.before,
        written,
    )
}
