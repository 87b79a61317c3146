//! The page of ranked windows, report.html: the verdict and what the best window costs, the first thing to do, the chart, and the
//! first windows.

use super::costs::StartCost;
use super::{MAINTENANCE_FILE, RankedWindows, WINDOWS_FILE, WINDOWS_TABLE};
use crate::engine::Window;
use crate::error::Result;
use crate::report::document::{
    Block, Document, Figure, FirstScreen, KeyNumber, Line, Section, more_findings,
};
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
        let window = self.recommended();
        let numbers = window
            .map(|window| key_numbers(self.start_cost(window), self.further_number()))
            .unwrap_or_default();
        let [verdict, rest] = self.verdict();
        let details = self.details();
        let unchecked = details.iter().filter(|detail| detail.starts_with("Not "));
        let more = more_findings(unchecked.count(), "findings");
        let first = FirstScreen {
            state: self.state(),
            verdict,
            beside: vec![Line::from(rest).after(more)],
            numbers,
            first: self.first_to_do(),
            shown: vec![Block::Figures(vec![figure.tabled(WINDOWS_ID)])],
            files: self.files(),
        };
        document.push(first.section());
        let details = vec![Block::items(details)];
        document.push(Section::new("findings", "Findings", details));
        document.push(Section::new(WINDOWS_ID, "Windows", self.table(true)));
        page(REPORT_FILE, &document)
    }

    /// Users unserved after one more failure of the named window, in words when that is, and whether that is more than the
    /// maintenance leaves.
    fn further_number(&self) -> Option<(f64, String, bool)> {
        let after = self.unserved_after_one_more()?;
        let label = format!("users unserved if one more fails{}", self.worse_when());
        Some((after, label, self.is_broken_by_one_more()))
    }

    /// The alarms of the finding as a headline, or its answer where there are none, and what stands below it.
    fn verdict(&self) -> [String; 2] {
        let [alarms, answer, rest] = self.finding_parts();
        if alarms.is_empty() {
            return [answer, rest];
        }
        let below = [answer, rest];
        [alarms, below.join(" ").trim().to_owned()]
    }

    /// Not to begin, with the first remedy, where no drain is safe; else to plan the maintenance, and when to begin at the latest.
    fn first_to_do(&self) -> Line {
        if self.recommended().is_none() {
            return Line::from("First: rank more times. No window fits.");
        }
        if self.is_without_safe_drain() {
            let remedies = self
                .refused()
                .iter()
                .flat_map(|drain_report| &drain_report.remedies);
            let remedy = remedies.into_iter().next();
            let remedy = remedy.map_or_else(String::new, |text| format!(" {text}"));
            let line = Line::from(format!("First: do not begin.{remedy}"));
            return line.linked(Some(("findings".to_owned(), "why")));
        }
        let Some(drain) = self.drain() else {
            return Line::from("First: plan the maintenance with `plan --drain`.");
        };
        let latest = drain.latest_start.map(|instant| {
            let (at, zone) = (self.clock.moment(instant), self.clock.zone());
            format!(" and begin its drain by {at} {zone}")
        });
        let latest = latest.unwrap_or_default();
        let plan = self.plan_command().map_or_else(
            || format!("plan --scenario {MAINTENANCE_FILE}"),
            str::to_owned,
        );
        let line = Line::from(format!("First: plan it with `{plan}`{latest}."));
        line.linked(Some((MAINTENANCE_FILE.to_owned(), "Scenario")))
    }

    /// The files beside the page.
    fn files(&self) -> Vec<&'static str> {
        let scenario = self.drain().map(|_| MAINTENANCE_FILE);
        let scenario = scenario.into_iter();
        scenario.chain([WINDOWS_TABLE, WINDOWS_FILE]).collect()
    }

    fn state(&self) -> State {
        let lost = |window: &Window| self.unserved_at_most(window).max(self.down_in_plan());
        let is_served = self
            .recommended()
            .is_some_and(|window| lost(window) <= NOBODY);
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
fn key_numbers(cost: StartCost<'_>, further: Option<(f64, String, bool)>) -> Vec<KeyNumber> {
    let (unserved, missing) = (cost.unserved, cost.shortfall);
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
        Some((after, label, is_broken)) if !is_missing => of(
            numbers::users_up(after),
            &label,
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
        of(numbers::users(cost.moved), "users moved", State::Fine),
    ]
}
