//! The page of ranked windows, report.html: the verdict and what the best window costs, the chart, and the first windows.

use super::RankedWindows;
use crate::engine::Window;
use crate::error::Result;
use crate::report::document::{Block, Document, Figure, KeyNumber, Section};
use crate::report::drawn::drawing;
use crate::report::headroom::State;
use crate::report::html::{REPORT_FILE, page};
use crate::report::numbers;
use crate::report::written::WrittenFile;
use crate::units::{AGREEMENT, NOBODY};

/// Anchor of the table.
const WINDOWS_ID: &str = "windows";

impl RankedWindows<'_> {
    /// The chart in both forms, for the page and the folder.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be drawn.
    pub fn drawing(&self) -> Result<Figure> {
        drawing("windows".to_owned(), "Windows", None, &self.chart())
    }

    /// report.html, with its chart.
    ///
    /// # Errors
    /// `Error::Internal` if the page cannot be rendered.
    pub fn page(&self, figure: Figure) -> Result<WrittenFile> {
        let title = format!("Best time for {}", self.maintenance());
        let mut document = Document::page("Windows", &title, &self.span());
        let told = self.told();
        let numbers = told
            .map(|own| key_numbers(own, self.unserved_at_most(own), self.further_number()))
            .unwrap_or_default();
        document.push(Section::briefing(
            self.state(),
            &self.finding(),
            vec![Block::sentences(self.details())],
            numbers,
            Vec::new(),
        ));
        document.push(Section::charts("In a picture", vec![figure]));
        document.push(Section::new(WINDOWS_ID, "Windows", self.table(true)));
        page(REPORT_FILE, &document)
    }

    /// Users unserved after one more failure of the named window, and whether that is more than the maintenance leaves.
    fn further_number(&self) -> Option<(f64, bool)> {
        let after = self.unserved_after_one_more()?;
        Some((after, self.is_broken_by_one_more()))
    }

    fn state(&self) -> State {
        let lost = |own: &Window| self.unserved_at_most(own).max(self.down_in_plan());
        let is_served = self.told().is_some_and(|own| lost(own) <= NOBODY);
        if self.has_sound_one() && !self.is_broken_by_one_more() {
            State::Fine
        } else if is_served && self.drain().is_some() {
            State::BelowTarget
        } else {
            State::Full
        }
    }
}

/// Users unserved and moved in a window, and users unserved after one more failure, or what is missing of a headroom target.
fn key_numbers(own: &Window, unserved: f64, further: Option<(f64, bool)>) -> Vec<KeyNumber> {
    let missing = own.worst_shortfall();
    let of = |value: String, label: &str, state| KeyNumber {
        value,
        label: label.to_owned(),
        note: "in the best window, as at the peak".to_owned(),
        because: WINDOWS_ID.to_owned(),
        state,
    };
    let is_missing = missing > AGREEMENT;
    let below = if is_missing {
        State::BelowTarget
    } else {
        State::Fine
    };
    let second = match further {
        Some((after, is_broken)) if !is_missing => of(
            numbers::users_up(after),
            "users unserved if one more fails",
            if is_broken {
                State::BelowTarget
            } else {
                State::Fine
            },
        ),
        _ => of(
            numbers::percent(missing),
            "of a headroom target missing",
            below,
        ),
    };
    vec![
        of(
            numbers::users_up(unserved),
            "users unserved",
            State::bad_if(unserved > NOBODY),
        ),
        second,
        of(numbers::users(own.moved), "users moved", State::Fine),
    ]
}
