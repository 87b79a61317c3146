//! The chart of two runways: the bars of both for every condition, over the days that both ask about.

use super::RunwaysReport;
use super::names::{fails_in, spoken};
use crate::error::Result;
use crate::model::{Band, Recovery};
use crate::plan::compare::{ReadRunway, RowDifference, RunwayDates, RunwayRowKey};
use crate::plan::runway::Day;
use crate::report::charts::RunwayChart;
use crate::report::charts::runway::ConditionBar;
use crate::report::comparison::words::LETTERS;
use crate::report::document::Figure;
use crate::report::drawn::drawing;
use crate::report::grammar::count;
use crate::report::runway::adjustment;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::ops::Range;

/// Most conditions of the chart; each has two bars.
const MOST_CONDITIONS: usize = 10;

impl RunwaysReport {
    /// The bars of both; none where no day is asked by both.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be drawn.
    pub fn drawings(&self) -> Result<Vec<Figure>> {
        let rows = self.shown_rows();
        let Some(common) = self.comparison.common.clone().filter(|_| !rows.is_empty()) else {
            return Ok(Vec::new());
        };
        let Ok(from) = Offset::UTC.to_timestamp(common.start.at(0, 0, 0, 0)) else {
            return Ok(Vec::new());
        };
        let shown = rows.iter().take(MOST_CONDITIONS);
        let bars = shown.flat_map(|row| [0, 1].map(|side| self.bar(&common, row, side)));
        let chart = RunwayChart {
            title: self.chart_title(),
            about: self.about(&common),
            from,
            days: day(common.start, common.end),
            bars: bars.flatten().collect(),
            bars_in_all: 2 * rows.len(),
            arrivals: Vec::new(),
            components: Vec::new(),
            components_in_all: 0,
            notes: self.chart_notes(),
        };
        Ok(vec![drawing("runway".to_owned(), "Dates", None, &chart)?])
    }

    /// Rows of both, as expected: what moves first, the main condition before all. Moves that change nothing have one row.
    fn shown_rows(&self) -> Vec<&RowDifference> {
        let rows = self.comparison.rows.iter();
        let both = rows.filter(|row| row.of.sides.iter().all(Option::is_some));
        let expected: Vec<&RowDifference> = both
            .filter(|row| row.of.key.band == Band::Expected)
            .collect();
        let mut shown: Vec<&RowDifference> = Vec::new();
        for row in expected {
            let dates = |row: &RowDifference| {
                row.of
                    .sides
                    .each_ref()
                    .map(|side| side.as_ref().and_then(|dates| dates.fails_from))
            };
            let kind = |key: &RunwayRowKey| (key.condition, key.events.clone(), key.recovery);
            let is_known = shown.iter().any(|other| {
                kind(&other.of.key) == kind(&row.of.key) && dates(other) == dates(row)
            });
            if !is_known {
                shown.push(row);
            }
        }
        let main = self.main_row();
        shown.sort_by_key(|row| {
            let is_main = main.is_some_and(|main| main.of.key == row.of.key);
            let days = row.change.days().unwrap_or(0);
            (!is_main, days >= 0, std::cmp::Reverse(days.unsigned_abs()))
        });
        shown
    }

    fn bar(&self, common: &Range<Date>, row: &RowDifference, side: usize) -> Option<ConditionBar> {
        let dates = row.of.sides[side].as_ref()?;
        let key = &row.of.key;
        let first = |dates: &RunwayDates| {
            let first = self.comparison.first_in_common(&dates.failing);
            first.map(|date| day(common.start, date))
        };
        let end = |band: Band| {
            let mut rows = self.comparison.rows.iter();
            let key = RunwayRowKey {
                band,
                ..key.clone()
            };
            let row = rows.find(|row| row.of.key == key)?;
            row.of.sides[side].as_ref().map(first)
        };
        let spans = dates.failing.iter().map(|span| {
            day(common.start, span.start.max(common.start))
                ..day(common.start, span.end.min(common.end))
        });
        let letter = LETTERS[side];
        let recovery = key.recovery.map_or("", Recovery::word);
        let how = [letter, adjustment(key.moves), recovery];
        let how: Vec<&str> = how.into_iter().filter(|words| !words.is_empty()).collect();
        Some(ConditionBar {
            name: self.title(key),
            how: how.join(", "),
            fails_from: first(dates),
            ends: end(Band::Low).zip(end(Band::High)).map(<[_; 2]>::from),
            failing: spans.filter(|span| span.start < span.end).collect(),
        })
    }

    /// The date of the main condition, and how many rows fail earlier.
    fn chart_title(&self) -> String {
        let headline = self.headline();
        let first = headline
            .split_once(". ")
            .map_or(&*headline, |(first, _)| first);
        let earlier = self.comparison.rows.iter();
        let earlier = earlier.filter(|row| row.change.is_earlier()).count();
        let earlier = match earlier {
            0 => String::new(),
            1 => "; 1 row fails earlier".to_owned(),
            more => format!("; {} fail earlier", count(more, "row")),
        };
        format!("{}{earlier}", first.trim_end_matches('.'))
    }

    fn about(&self, common: &Range<Date>) -> Vec<String> {
        let [a, b] = &self.labels;
        let [of_a, of_b] = self.sides();
        let mut about = vec![
            format!("A: {}, B: {}", a.name, b.name),
            format!(
                "{} to {}",
                spoken(common.start),
                spoken(super::names::day_before(common.end))
            ),
        ];
        let fails = |side: &ReadRunway| fails_in(side);
        if fails(of_a) == fails(of_b) {
            about.push(format!("{} may fail", fails(of_a)));
        }
        about
    }

    fn chart_notes(&self) -> Vec<String> {
        if self.comparison.has_one_span() {
            return Vec::new();
        }
        vec!["Bars end with the last day that both are asked about.".to_owned()]
    }
}

/// Days from one date to another, none before it.
fn day(from: Date, to: Date) -> Day {
    let days = from.until(to).map_or(0, |span| span.get_days());
    Day::try_from(days).unwrap_or(0)
}
