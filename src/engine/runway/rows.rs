//! Rows: for every condition, set of events, recovery and adjustment the days on which it fails.

use super::answer::CaseOnDay;
use super::by_rule::worst_by_rule;
use super::cases::{same_case, stopped};
use super::dated::Dated;
use super::homes::homes_matter;
use super::known_days::KnownDays;
use super::occasion::Occasion;
use super::protected::protected;
use super::stretches::{DayStretch, Trend, failing, failing_in};
use super::whole::whole_shards;
use crate::error::Result;
use crate::model::{Band, Contingencies, Recovery};
use crate::plan::runway::{Adjustment, Condition, Day, FirstFailure, RunwayRow, WholeShards};
use crate::solve::{Proof, Stop};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The rows at one end of the forecast.
pub(super) struct RowSearch<'a> {
    pub(super) dated: &'a Dated<'a>,
    pub(super) band: Band,
    pub(super) stretches: Vec<DayStretch>,
    pub(super) sampled: &'a [Day],
    /// Those of the first day without events, by which rows name cases.
    pub(super) contingencies: &'a Contingencies,
    pub(super) events: &'a [Vec<usize>],
    pub(super) recoveries: &'a [Recovery],
    /// What is known of days, from all ends of the forecast.
    pub(super) known: &'a KnownDays,
    pub(super) stop: &'a Stop,
}

/// What a row is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct AskedRow {
    pub(super) condition: Condition,
    /// A position among the sets of events.
    pub(super) events: usize,
    pub(super) recovery: Option<Recovery>,
    pub(super) adjustment: Adjustment,
}

/// What was found about a row.
#[derive(Debug, Clone)]
pub(super) struct RowFound {
    pub(super) failing: Vec<Range<Day>>,
    /// The worst case of the first day that fails.
    pub(super) first: Option<CaseOnDay>,
    /// How far it is proven that it holds on the day before.
    pub(super) holding: Proof,
}

/// The weaker of two proofs.
pub(super) fn weaker(one: Proof, other: Proof) -> Proof {
    if one == Proof::Proven { other } else { one }
}

/// The answer of the case in which most users are unserved, the first of several.
pub(super) fn worst(answers: impl IntoIterator<Item = CaseOnDay>) -> Option<CaseOnDay> {
    answers.into_iter().reduce(|worst, next| {
        if next.failure.unserved > worst.failure.unserved {
            next
        } else {
            worst
        }
    })
}

impl RowSearch<'_> {
    /// Adds the row of every condition. Those of normal operation do not need one another, and are found side by side.
    pub(super) fn rows(&self, rows: &mut Vec<RunwayRow>) -> Result<()> {
        let of =
            |condition: Condition| (0..self.events.len()).map(move |events| (condition, events));
        let is_normal = |condition: &Condition| !condition.is_under_failures();
        let normal = Condition::ALL.into_iter().filter(is_normal).flat_map(of);
        let normal: Vec<AskedRow> = normal
            .flat_map(|(condition, events)| {
                Adjustment::ALL.map(|adjustment| AskedRow {
                    condition,
                    events,
                    recovery: None,
                    adjustment,
                })
            })
            .collect();
        let found: Vec<Result<RunwayRow>> = normal
            .into_par_iter()
            .map(|about| self.row(about, self.of_normal(about)?))
            .collect();
        let mut ended = Ok(());
        for row in found {
            match row {
                Ok(row) => rows.push(row),
                Err(error) => ended = Err(error),
            }
        }
        ended?;
        if self.dated.failures().1 == 0 {
            return Ok(());
        }
        let under = Condition::ALL
            .into_iter()
            .filter(|condition| condition.is_under_failures());
        for (condition, events) in under.flat_map(of) {
            self.under_failures((condition, events), rows)?;
        }
        Ok(())
    }

    fn under_failures(
        &self,
        (condition, events): (Condition, usize),
        rows: &mut Vec<RunwayRow>,
    ) -> Result<()> {
        for &recovery in self.recoveries {
            let mut about = AskedRow {
                condition,
                events,
                recovery: Some(recovery),
                adjustment: Adjustment::AsIs,
            };
            if recovery != Recovery::Replan {
                // Rules say nothing of retries.
                if condition == Condition::ServedUnder {
                    for adjustment in [Adjustment::AsIs, Adjustment::Rebalanced] {
                        about.adjustment = adjustment;
                        let found = self.of_rule(about, recovery)?;
                        rows.push(self.row(about, found)?);
                    }
                }
                continue;
            }
            let as_is = self.of_cases(about)?;
            let row = self.row(about, as_is.clone())?;
            about.adjustment = Adjustment::Rebalanced;
            let (inventory, scenario) = (self.dated.inventory(), self.dated.scenario());
            let do_homes_matter = homes_matter(inventory, scenario, self.contingencies);
            let rebalanced = if do_homes_matter && self.band == Band::Expected {
                let found = self.of_protected(about, &as_is)?;
                self.row(about, found)?
            } else if do_homes_matter && row.fails_from().is_some() {
                // Staying holds that long; homes that do longer are not sought.
                RunwayRow {
                    adjustment: about.adjustment,
                    proof: Proof::Gap,
                    ..row.clone()
                }
            } else {
                RunwayRow {
                    adjustment: about.adjustment,
                    ..row.clone()
                }
            };
            rows.extend([row, rebalanced]);
        }
        Ok(())
    }

    pub(super) fn occasion(&self, about: AskedRow, day: Day) -> Occasion<'_> {
        Occasion {
            day,
            events: &self.events[about.events],
        }
    }

    /// What days come to of which each is asked as a whole; where failing is monotone, few are.
    fn by_day(&self, ask: impl FnMut(Day) -> Result<CaseOnDay>) -> Result<RowFound> {
        self.of_days(ask, |known, stretch, has_failed| {
            failing_in(stretch, has_failed, |day| Ok(known(day)?.fails))
        })
    }

    fn of_days(
        &self,
        mut ask: impl FnMut(Day) -> Result<CaseOnDay>,
        of_stretch: impl Fn(
            &mut dyn FnMut(Day) -> Result<CaseOnDay>,
            &DayStretch,
            bool,
        ) -> Result<Vec<Range<Day>>>,
    ) -> Result<RowFound> {
        let mut known: BTreeMap<Day, CaseOnDay> = BTreeMap::new();
        let mut ask = |day: Day| -> Result<CaseOnDay> {
            stopped(self.stop)?;
            if let Some(answer) = known.get(&day) {
                return Ok(answer.clone());
            }
            let answer = ask(day)?;
            known.insert(day, answer.clone());
            Ok(answer)
        };
        let failing = failing(&self.stretches, |stretch, has_failed| {
            of_stretch(&mut ask, stretch, has_failed)
        })?;
        let start = failing.first().map(|span| span.start);
        let first = start.map(&mut ask).transpose()?;
        let before = start.and_then(|day| day.checked_sub(1));
        // Where not every day is asked, the last that was asked before stands for those after it.
        let holding = before.and_then(|day| known.range(..=day).next_back());
        Ok(RowFound {
            failing,
            first,
            holding: holding.map_or(Proof::Proven, |(_, answer)| answer.proof),
        })
    }

    /// A condition of normal operation. Days are asked whether it holds, and the first that fails what it comes to; where that
    /// has it otherwise, which only arithmetic may leave, all days are asked what they come to.
    fn of_normal(&self, about: AskedRow) -> Result<RowFound> {
        let asked = (about.condition, about.adjustment);
        let ask = |day| self.dated.normal(asked, self.occasion(about, day));
        let mut known: BTreeMap<Day, Option<Proof>> = BTreeMap::new();
        let mut fails = |day: Day| -> Result<bool> {
            stopped(self.stop)?;
            if let Some(holds) = known.get(&day) {
                return Ok(holds.is_none());
            }
            let holds = self
                .dated
                .holds_normally(asked, self.occasion(about, day))?;
            known.insert(day, holds);
            Ok(holds.is_none())
        };
        let failing = failing(&self.stretches, |stretch, has_failed| {
            failing_in(stretch, has_failed, &mut fails)
        })?;
        let start = failing.first().map(|span| span.start);
        let first = start.map(ask).transpose()?;
        if first.as_ref().is_some_and(|first| !first.fails) {
            return self.by_day(ask);
        }
        let before = start.and_then(|day| day.checked_sub(1));
        let holding = before.and_then(|day| known.range(..=day).next_back());
        let holding = holding.and_then(|(_, holds)| *holds);
        Ok(RowFound {
            failing,
            first,
            holding: holding.unwrap_or(Proof::Proven),
        })
    }

    /// All cases under a recovery that decides nothing. Where it begins at a plan, that is made for every sampled date, and
    /// what is found of such a date holds up to the next.
    fn of_rule(&self, about: AskedRow, recovery: Recovery) -> Result<RowFound> {
        let asked = (recovery, about.adjustment);
        let ask = |day: Day| {
            let occasion = self.occasion(about, day);
            let (mut answer, of) = worst_by_rule(self.dated, asked, occasion, self.stop)?;
            answer.failure.case = same_case(&of, answer.failure.case, self.contingencies);
            Ok(answer)
        };
        if about.adjustment == Adjustment::AsIs {
            return self.by_day(ask);
        }
        self.of_days(ask, |known, stretch, _| self.by_date(known, stretch))
    }

    /// The days of a stretch that fail where only its first and the sampled ones are asked: what is found of such a date holds
    /// up to the next.
    fn by_date(
        &self,
        known: &mut dyn FnMut(Day) -> Result<CaseOnDay>,
        stretch: &DayStretch,
    ) -> Result<Vec<Range<Day>>> {
        let days = stretch.days.clone();
        let sampled = self.sampled.iter().copied();
        let dates: BTreeSet<Day> = sampled
            .filter(|day| days.contains(day))
            .chain([days.start])
            .collect();
        let ends = dates.iter().copied().skip(1).chain([days.end]);
        let mut spans = Vec::new();
        for (date, end) in dates.iter().copied().zip(ends) {
            if known(date)?.fails {
                spans.push(date..end);
            }
        }
        Ok(spans)
    }

    /// All cases from other homes than today's, by the protected plans that are found. What holds as is holds then too.
    fn of_protected(&self, about: AskedRow, as_is: &RowFound) -> Result<RowFound> {
        let ask = |day: Day| {
            let occasion = self.occasion(about, day);
            let among = self.contingencies;
            protected(self.dated, about.condition, occasion, among, self.stop)
        };
        let mut found = self.of_days(ask, |known, stretch, has_failed| {
            let mut spans = Vec::new();
            for span in &as_is.failing {
                let days = span.start.max(stretch.days.start)..span.end.min(stretch.days.end);
                let part = DayStretch {
                    days,
                    trend: stretch.trend,
                };
                if part.days.is_empty() {
                    continue;
                }
                spans.extend(if part.trend == Trend::Mixed {
                    self.by_date(known, &part)?
                } else {
                    failing_in(&part, has_failed, |day| Ok(known(day)?.fails))?
                });
            }
            Ok(spans)
        })?;
        // What never fails as is holds by staying.
        if !as_is.failing.is_empty() {
            found.holding = Proof::Gap;
        }
        Ok(found)
    }

    fn row(&self, about: AskedRow, found: RowFound) -> Result<RunwayRow> {
        let after = found.first.as_ref();
        let after = after.map_or(Proof::Proven, |answer| answer.proof);
        Ok(RunwayRow {
            condition: about.condition,
            events: about.events,
            recovery: about.recovery,
            adjustment: about.adjustment,
            band: self.band,
            whole_shards: self.whole_shards(about, &found)?,
            first: found.first.map(|answer| FirstFailure {
                trapped: answer.trapped,
                ..answer.failure
            }),
            failing: found.failing,
            proof: weaker(found.holding, after),
        })
    }

    /// What whole shards do before the first day that fails. Where homes stay, they are whole; else it is asked as expected
    /// and without events.
    fn whole_shards(&self, about: AskedRow, found: &RowFound) -> Result<WholeShards> {
        let is_normal = !about.condition.is_under_failures();
        if is_normal && about.adjustment != Adjustment::Rebalanced {
            return Ok(WholeShards::AsLong);
        }
        let is_asked = match about.condition {
            Condition::Target | Condition::Served => true,
            Condition::ServedUnder => {
                about.recovery == Some(Recovery::Replan) && about.adjustment == Adjustment::AsIs
            }
            Condition::StableUnder => false,
        };
        if !is_asked || about.events > 0 || self.band != Band::Expected {
            return Ok(WholeShards::NotChecked);
        }
        let all = self.stretches.last().map_or(0, |stretch| stretch.days.end);
        let end = found.failing.first().map_or(all, |span| span.start);
        whole_shards(self.dated, about.condition, 0..end, self.stop)
    }
}
