//! Runway: until when capacity lasts, as sentences, tables and runway.json.

mod tables;
mod text;
mod words;

use super::sweep::ComponentNames;
use crate::model::{FailureSet, Inventory, Scenario};
use crate::plan::runway::{Day, Runway, SampleStep};
use jiff::Timestamp;

pub use tables::AboutRunway;

/// What is reported of a runway.
#[derive(Debug, Clone, Copy)]
pub struct RunwayReport<'a> {
    /// What it was asked of.
    pub inventory: &'a Inventory,
    /// The scenario whose policy and events were asked with.
    pub scenario: &'a Scenario,
    /// What may fail.
    pub over: FailureSet,
    /// On which days components were sampled.
    pub step: SampleStep,
    /// What was found.
    pub runway: &'a Runway,
}

impl<'a> RunwayReport<'a> {
    pub(super) fn names(&self) -> ComponentNames<'a> {
        ComponentNames::of(self.inventory, self.over)
    }

    /// `14 Mar 2027`: the date of a day, in UTC.
    pub(super) fn date(&self, day: Day) -> String {
        spoken_date(self.runway.begins(day))
    }
}

/// `14 Mar 2027`: the date of an instant, in UTC.
fn spoken_date(at: Timestamp) -> String {
    let date = at.to_zoned(jiff::tz::TimeZone::UTC);
    date.strftime("%-d %b %Y").to_string()
}

/// `2027-03-14`: the same as files have it.
pub fn written_date(at: Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}
