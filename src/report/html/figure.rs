//! Figure: a chart as it stands in a page, wide and narrow.

use crate::error::Result;
use crate::model::{Inventory, Scenario};
use crate::plan::Plan;
use crate::report::charts::HeadroomChart;
use crate::report::charts::headroom::TIGHTEST_OTHERS;
use crate::report::period::{happenings, headroom_rows};
use crate::report::span::span;
use crate::report::words::Finding;
use rayon::prelude::*;

/// Width of the form for wide screens, in pixels.
const WIDE: u32 = 1100;

/// Width of the form for telephones, in pixels.
const NARROW: u32 = 360;

/// A chart as it stands in a page.
///
/// Both forms are SVG of our own making, in which every text of the user's is escaped
/// (`report::charts::canvas`): templates insert them as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Its name in the output folder without folder and ending, such as `headroom-0`.
    pub name: String,
    /// What it is, for headings, such as `Headroom`.
    pub subject: &'static str,
    /// The finding.
    pub title: String,
    /// The period that it shows; `None` shows all.
    pub period: Option<usize>,
    /// The SVG for wide screens and for paper.
    pub wide: String,
    /// The SVG for narrow screens.
    pub narrow: String,
}

impl Figure {
    /// The figure without what its SVG says in vain: attributes that have their default.
    ///
    /// No text of a user's is touched: a quote in it is written out.
    #[must_use]
    pub fn lean(self) -> Self {
        let lean = |svg: String| {
            DEFAULTS
                .iter()
                .fold(svg, |svg, attribute| svg.replace(attribute, ""))
        };
        Self {
            wide: lean(self.wide),
            narrow: lean(self.narrow),
            ..self
        }
    }

    /// Bytes of its SVG.
    pub(super) fn size(&self) -> usize {
        self.wide.len() + self.narrow.len()
    }
}

/// Attributes that plotters writes though they change nothing.
const DEFAULTS: [&str; 3] = [
    " opacity=\"1\"",
    " stroke=\"none\" stroke-width=\"0\"",
    " stroke=\"none\"",
];

/// The headroom chart of every period.
///
/// # Errors
/// `Error::Internal` if a picture cannot be drawn.
pub fn headroom_figures(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Result<Vec<Figure>> {
    plan.periods
        .par_iter()
        .map(|period| {
            let rows = headroom_rows(inventory, period);
            let happenings = happenings(inventory, scenario, period);
            let title = Finding {
                happenings: &happenings,
                rows: &rows,
                unserved_users: period.totals.unserved,
            }
            .title();
            let chart = HeadroomChart {
                title: title.clone(),
                scenario: scenario.name.clone(),
                period: span(scenario, period.period.start, period.period.end),
                rows,
                most_others: TIGHTEST_OTHERS,
            };
            Ok(Figure {
                name: format!("headroom-{}", period.period.index),
                subject: "Headroom",
                title,
                period: Some(period.period.index),
                wide: chart.svg(WIDE)?,
                narrow: chart.svg(NARROW)?,
            }
            .lean())
        })
        .collect()
}
