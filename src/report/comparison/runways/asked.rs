//! What two runways were asked, as far as it differs: which dates cannot be compared as they stand. It is said first.

use super::RunwaysReport;
use super::names::{fails_in, last, spoken};
use crate::model::{Band, Recovery};
use crate::plan::compare::{DateChange, ReadRunway, RunwayRowKey};
use crate::plan::runway::SampleStep;
use crate::plan_files::RunwaySummary;
use crate::report::comparison::words::LETTERS;
use crate::report::grammar::{at_most, count, joined};
use crate::report::runway::{adjustment, band};
use crate::report::text::visible;
use std::collections::BTreeSet;

/// Rows of one side that a sentence names.
const MOST_NAMED: usize = 3;

/// What follows where one runway has rows that the other was not asked for.
const LONE_ROWS: &str = ": rows of only one of them are not compared";

impl RunwaysReport {
    /// What is not compared, and why, a sentence each.
    pub fn gaps(&self) -> Vec<String> {
        let sides = self.sides();
        let [a, b] = sides;
        let differing = [
            self.other_days(),
            self.other_failures(),
            other(sides, ("is of the scenario", ""), |side| {
                format!("`{}`", visible(&side.summary.scenario))
            }),
            other(sides, ("answers failures by", LONE_ROWS), |side| {
                of_words(&side.summary.recoveries, |word| {
                    Recovery::of_word(word).map(Recovery::word)
                })
            }),
            other(sides, ("asks about", LONE_ROWS), |side| {
                of_words(&side.summary.bands, |word| {
                    let mut all = Band::ALL.into_iter();
                    all.find(|one| one.word() == word).map(band)
                })
            }),
            other(sides, ("asks with", LONE_ROWS), |side| {
                events(&side.summary)
            }),
            self.other_steps(),
        ];
        let mut gaps: Vec<String> = differing.into_iter().flatten().collect();
        gaps.extend(self.lone_cases());
        for (letter, side) in LETTERS.into_iter().zip([a, b]) {
            if !side.summary.complete {
                gaps.push(format!(
                    "{letter} was stopped: rows that it lacks and dates of components are not checked, and not compared."
                ));
            } else if !side.has_all_components {
                gaps.push(format!(
                    "{letter} has no components.csv: dates of components are not compared."
                ));
            }
        }
        gaps
    }

    fn other_days(&self) -> Option<String> {
        if self.comparison.has_one_span() {
            return None;
        }
        let [a, b] = self
            .sides()
            .map(|side| format!("{} to {}", spoken(side.from), last(side)));
        let compared = match &self.comparison.common {
            None => "no day is asked by both, so no date is compared".to_owned(),
            Some(common) => format!(
                "only days from {} to {} are compared, and no row that holds on all of them in both",
                spoken(common.start),
                spoken(super::names::day_before(common.end))
            ),
        };
        Some(format!("A asks about {a}, B about {b}: {compared}."))
    }

    fn other_failures(&self) -> Option<String> {
        let [a, b] = self.sides().map(fails_in);
        (!self.comparison.has_one_question())
            .then(|| format!("In A {a} may fail, in B {b}: dates under failures are not compared."))
    }

    fn other_steps(&self) -> Option<String> {
        let every = |side: &ReadRunway| match SampleStep::of_word(&side.summary.step) {
            Some(SampleStep::Week) => "every week",
            Some(SampleStep::Month) => "every month",
            Some(SampleStep::Quarter) => "every quarter",
            None => "at unknown times",
        };
        let [a, b] = self.sides().map(every);
        if self.comparison.has_one_step() {
            return None;
        }
        let days = if a == b {
            "A and B sample components on different days".to_owned()
        } else {
            format!("A samples components {a}, B {b}")
        };
        Some(format!("{days}: their sampled dates are not compared."))
    }

    /// Cases that trap users in one runway, and are not asked about in the other.
    fn lone_cases(&self) -> Vec<String> {
        let lone = |(side, letter): (usize, &str)| {
            let cases = self.comparison.lone_trapped[side];
            let cases = (cases > 0).then(|| count(cases, "case"))?;
            let other = LETTERS[1 - side];
            Some(format!(
                "{letter} traps users in {cases} that {other} does not ask about."
            ))
        };
        LETTERS.into_iter().enumerate().filter_map(lone).collect()
    }

    /// Rows that only one of both has, though the other was asked for them: a sentence for each side.
    pub(super) fn lone_rows(&self) -> Vec<String> {
        let lone = |(side, letter): (usize, &str)| {
            let rows = self.comparison.rows.iter();
            let other = &self.sides()[1 - side].summary;
            let rows = rows.filter(|row| {
                row.change == DateChange::OnlyIn(side) && is_asked(other, &row.of.key)
            });
            let names = rows.map(|row| {
                let key = &row.of.key;
                let how = Self::how(&[adjustment(key.moves)], key.band);
                format!("{} ({how})", self.title(key))
            });
            let names: Vec<String> = names.collect();
            let all = count(names.len(), "row");
            let names = at_most(names, MOST_NAMED, |more| format!("{more} more"));
            (!names.is_empty()).then(|| format!("Only in {letter}: {all}, {}.", joined(&names)))
        };
        LETTERS.into_iter().enumerate().filter_map(lone).collect()
    }
}

/// `true` if what a runway was asked has a row of a key, whatever its events.
fn is_asked(summary: &RunwaySummary, key: &RunwayRowKey) -> bool {
    let has = |words: &[String], word: &str| words.iter().any(|known| known == word);
    summary.complete
        && has(&summary.bands, key.band.word())
        && (summary.failures > 0 || !key.condition.is_under_failures())
        && key
            .recovery
            .is_none_or(|recovery| has(&summary.recoveries, recovery.word()))
}

/// `A is of the scenario x, B is of the scenario y.`, where that differs.
fn other(
    sides: [&ReadRunway; 2],
    (verb, tail): (&str, &str),
    words: impl Fn(&ReadRunway) -> String,
) -> Option<String> {
    let [a, b] = sides.map(words);
    (a != b).then(|| format!("A {verb} {a}, B {verb} {b}{tail}."))
}

/// Words of runway.json as tables call them.
fn of_words(all: &[String], name: impl Fn(&str) -> Option<&'static str>) -> String {
    let names = all.iter().map(|word| {
        let known = name(word);
        known.map_or_else(|| visible(word).into_owned(), str::to_owned)
    });
    let names: BTreeSet<String> = names.collect();
    match names.into_iter().collect::<Vec<String>>().as_slice() {
        [] => "nothing".to_owned(),
        names => joined(names),
    }
}

/// `no event`, `maintenance of Chicago`: the events that rows are asked with.
fn events(summary: &RunwaySummary) -> String {
    let all = summary.events.iter().flatten();
    let names: BTreeSet<String> = all.map(|one| visible(&one.name).into_owned()).collect();
    match names.into_iter().collect::<Vec<String>>().as_slice() {
        [] => "no event".to_owned(),
        names => joined(names),
    }
}
