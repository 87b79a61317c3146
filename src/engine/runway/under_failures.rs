//! Under failures: the first day on which some case fails that is answered by planning again, by asking few cases on few days.

use super::answer::CaseOnDay;
use super::cases::{CasesOnDay, same_case, stopped};
use super::rows::{AskedRow, RowFound, RowSearch, weaker, worst};
use super::stretches::{Trend, failing, failing_in};
use crate::error::Result;
use crate::plan::runway::Day;
use crate::solve::Proof;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::iter;
use std::ops::Range;

/// Cases that are asked at once where the first that fails ends the search.
const AT_ONCE: usize = 8;

/// What is asked of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    /// Whether the condition holds.
    Whether,
    /// The same by how much it fails.
    HowMuch,
}

impl Ask {
    /// How far it is proven that the condition holds in a case; `None` if it fails.
    fn holds(self, cases: &CasesOnDay, case: usize) -> Result<Option<Proof>> {
        match self {
            Self::Whether => cases.holds(case),
            Self::HowMuch => {
                let answer = cases.ask(case)?;
                Ok((!answer.fails).then_some(answer.proof))
            }
        }
    }
}

impl RowSearch<'_> {
    /// A condition of all cases of failures, which are answered by planning again: steering before does not matter. What fails is
    /// not settled where it is only sought when it does; where the first day then has it otherwise, which only arithmetic may
    /// leave, all is settled.
    pub(super) fn of_cases(&self, about: AskedRow) -> Result<RowFound> {
        let found = self.of_cases_asked(about, Ask::Whether)?;
        if found.failing.is_empty() || found.first.is_some() {
            return Ok(found);
        }
        self.of_cases_asked(about, Ask::HowMuch)
    }

    fn of_cases_asked(&self, about: AskedRow, ask: Ask) -> Result<RowFound> {
        let mut holding: BTreeMap<Day, Proof> = BTreeMap::new();
        let failing = failing(&self.stretches, |stretch, has_failed| match stretch.trend {
            Trend::Rising => {
                let days = stretch.days.clone();
                let (first, proof) = self.first_failing(about, (days.clone(), has_failed), ask)?;
                if let Some(before) = first.checked_sub(1).filter(|day| days.contains(day)) {
                    holding.insert(before, proof);
                }
                Ok(iter::once(first..days.end).collect())
            }
            Trend::Falling | Trend::Mixed => failing_in(stretch, has_failed, |day| {
                let proof = self.all_hold(&self.cases(about, day)?, ask)?;
                if let Some(proof) = proof {
                    holding.insert(day, proof);
                }
                Ok(proof.is_none())
            }),
        })?;
        let Some(start) = failing.first().map(|span| span.start) else {
            return Ok(RowFound {
                failing,
                first: None,
                holding: Proof::Proven,
            });
        };
        let first = self.worst_case(about, start)?;
        let before = start.checked_sub(1).and_then(|day| holding.get(&day));
        Ok(RowFound {
            failing,
            first,
            holding: before.copied().unwrap_or(Proof::Proven),
        })
    }

    /// The worst case of a day on which some case fails.
    fn worst_case(&self, about: AskedRow, day: Day) -> Result<Option<CaseOnDay>> {
        let asked = (about.condition, about.events, day);
        self.known.worst_or(self.dated, asked, || {
            let cases = self.cases(about, day)?;
            let answers = cases.all(self.stop)?;
            let mut first = worst(answers.into_iter().filter(|answer| answer.fails));
            if let Some(first) = &mut first {
                let case = first.failure.case;
                first.failure.case = same_case(cases.contingencies(), case, self.contingencies);
            }
            Ok(first)
        })
    }

    fn cases(&self, about: AskedRow, day: Day) -> Result<CasesOnDay> {
        stopped(self.stop)?;
        self.dated.cases(about.condition, self.occasion(about, day))
    }

    /// The first of some days, in which no user leaves and no capacity changes, on which some case fails, or their end; and how
    /// far it is proven that all hold on the day before.
    ///
    /// A case that holds on a day holds on all earlier ones. So every case is asked on the day before the first that is known
    /// to fail, and only one that fails there as well is bisected. Where one failed on the day before them, that is asked first.
    fn first_failing(
        &self,
        about: AskedRow,
        (days, has_failed): (Range<Day>, bool),
        ask: Ask,
    ) -> Result<(Day, Proof)> {
        if has_failed && !days.is_empty() {
            let cases = self.cases(about, days.start)?;
            let likely = self.known.likely();
            if likely < cases.contingencies().count() && ask.holds(&cases, likely)?.is_none() {
                return Ok((days.start, Proof::Proven));
            }
        }
        let mut high = days.end;
        let mut proof = Proof::Proven;
        let mut left: Option<Vec<usize>> = None;
        while high > days.start {
            let cases = self.cases(about, high - 1)?;
            let asked = left.take().unwrap_or_else(|| self.in_order(&cases));
            let mut rest: Vec<usize> = Vec::new();
            let mut failing: Option<CaseOnDay> = None;
            for some in asked.chunks(AT_ONCE) {
                if failing.is_some() {
                    rest.extend(some);
                    continue;
                }
                let answers = cases.answers(some, self.stop)?;
                for answer in answers.iter().filter(|answer| !answer.fails) {
                    proof = weaker(proof, answer.proof);
                }
                let fail = || answers.iter().filter(|answer| answer.fails);
                rest.extend(fail().map(|answer| answer.failure.case));
                failing = worst(fail().cloned());
            }
            let Some(failing) = failing.map(|answer| answer.failure.case) else {
                break;
            };
            drop(cases);
            rest.retain(|case| *case != failing);
            let (mut low, mut fails) = (days.start, high - 1);
            let mut is_first = true;
            while low < fails {
                // What fails at the end often does at the beginning.
                let middle = if std::mem::take(&mut is_first) {
                    low
                } else {
                    low + (fails - low) / 2
                };
                let cases = self.cases(about, middle)?;
                match ask.holds(&cases, failing)? {
                    None => fails = middle,
                    Some(proven) => {
                        proof = weaker(proof, proven);
                        low = middle + 1;
                    }
                }
            }
            high = fails;
            left = Some(rest);
        }
        Ok((high, proof))
    }

    /// All cases, the likely one first.
    fn in_order(&self, cases: &CasesOnDay) -> Vec<usize> {
        let count = cases.contingencies().count();
        let likely = self.known.likely();
        let others = (0..count).filter(|case| *case != likely);
        let first = (likely < count).then_some(likely);
        first.into_iter().chain(others).collect()
    }

    /// How far it is proven that all cases hold; `None` if one fails. The likely one is asked first.
    fn all_hold(&self, cases: &CasesOnDay, ask: Ask) -> Result<Option<Proof>> {
        let mut proof = Proof::Proven;
        for some in self.in_order(cases).chunks(AT_ONCE) {
            let all: Vec<Result<Option<Proof>>> = some
                .par_iter()
                .map(|case| {
                    stopped(self.stop)?;
                    ask.holds(cases, *case)
                })
                .collect();
            for (case, holds) in some.iter().zip(all) {
                let Some(proven) = holds? else {
                    self.known.set_likely(*case);
                    return Ok(None);
                };
                proof = weaker(proof, proven);
            }
        }
        Ok(Some(proof))
    }
}
