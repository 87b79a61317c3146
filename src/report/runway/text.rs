//! A runway on the terminal: what is said first, then a table of its rows.

use super::groups::adjustment;
use super::report::RunwayReport;
use crate::model::{Band, Condition};
use crate::plan::runway::RunwayRow;
use crate::report::table::{Align, Column, lines, wrapped};
use crate::report::words::is_any_target_set;

impl RunwayReport<'_> {
    /// Sentences and a table, as wide as the terminal.
    pub fn text(&self, width: Option<u16>) -> String {
        let sentences = self.sentences();
        let mut text: String = sentences
            .iter()
            .map(|words| wrapped(words, width))
            .collect();
        text.push('\n');
        text += &self.table(width);
        text.push('\n');
        text
    }

    /// Alarms, answer, reasons, first action, and what is not checked.
    pub fn sentences(&self) -> Vec<String> {
        let words = self.words();
        let parts = [
            words.alarms,
            vec![words.answer],
            words.reasons,
            vec![words.first_action],
            words.not_checked,
        ];
        parts.concat()
    }

    fn table(&self, width: Option<u16>) -> String {
        let bands: Vec<Band> = Band::ALL
            .into_iter()
            .filter(|band| self.runway.rows.iter().any(|row| row.band == *band))
            .collect();
        let mut columns = vec![
            Column::new("condition", Align::Left),
            Column::new("who may move", Align::Left),
        ];
        columns.extend(bands.iter().map(|band| {
            let words = if bands.len() == 1 {
                "holds until".to_owned()
            } else {
                format!("until, {}", band.word())
            };
            Column::new(words, Align::Right)
        }));
        let expected = self
            .runway
            .rows
            .iter()
            .filter(|row| row.band == Band::Expected);
        let rows: Vec<Vec<String>> = expected
            .map(|row| {
                let mut cells = vec![
                    self.condition_words(row),
                    adjustment(row.adjustment).to_owned(),
                ];
                cells.extend(bands.iter().map(|band| self.date_cell(row, *band)));
                cells
            })
            .collect();
        lines(&columns, &rows, width)
    }

    /// `served under 1 failure`, with the recovery and the events where they are not the usual ones.
    pub(super) fn condition_words(&self, row: &RunwayRow) -> String {
        let failures = self.runway.failures;
        let words = match row.condition {
            Condition::Target if is_any_target_set(self.inventory, &self.scenario.policy) => {
                "targets met".to_owned()
            }
            Condition::Target => "targets met (none set)".to_owned(),
            Condition::Served => "everyone served".to_owned(),
            Condition::ServedUnder => format!("served under {failures}"),
            Condition::StableUnder => format!("stable under {failures}"),
        };
        let recovery = row.recovery.filter(|_| self.has_recoveries());
        let recovery = recovery.map_or_else(String::new, |of| format!(", {}", of.word()));
        let names = self.events_named(row.events);
        let with = if names.is_empty() {
            String::new()
        } else {
            format!(", with {}", names.join(" and "))
        };
        format!("{words}{recovery}{with}")
    }

    /// `true` if failures are answered in more than one manner.
    fn has_recoveries(&self) -> bool {
        let mut recoveries = self.runway.rows.iter().filter_map(|row| row.recovery);
        let first = recoveries.next();
        recoveries.any(|recovery| Some(recovery) != first)
    }

    /// The last day of a row's band that holds.
    fn date_cell(&self, row: &RunwayRow, band: Band) -> String {
        let mut rows = self.runway.rows.iter();
        let of_band = rows.find(|other| {
            (
                other.condition,
                other.events,
                other.recovery,
                other.adjustment,
            ) == (row.condition, row.events, row.recovery, row.adjustment)
                && other.band == band
        });
        of_band.map_or_else(
            || "not checked".to_owned(),
            |row| match row.fails_from() {
                None => "beyond the horizon".to_owned(),
                Some(0) => "fails already".to_owned(),
                Some(day) => self.date(day - 1),
            },
        )
    }
}
