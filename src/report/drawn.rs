//! The charts of a plan: which there are, drawn for the output folder and for the report.

use super::charts::headroom::{Against, TIGHTEST_OTHERS};
use super::charts::moves::MOST_SITES;
use super::charts::steering::MOST_ACCESS_POINTS;
use super::charts::{Chart, HeadroomChart, MovesChart, SteeringChart};
use super::moves::move_rows;
use super::period::{happenings, headroom_rows};
use super::places::map_chart;
use super::span::span;
use super::steering::steering;
use super::through::headroom_through;
use super::users::users_by_state;
use super::waves::{WayTeller, waves_chart};
use super::words::Finding;
use super::written::WrittenFile;
use crate::error::Result;
use crate::model::{Inventory, Scenario};
use crate::plan::{PeriodPlan, Plan};
use rayon::prelude::*;

/// Width of pictures in the output folder, and of the report on a wide screen, in pixels.
const WIDE: u32 = 1200;

/// Width of the report's pictures on a telephone, in pixels.
const NARROW: u32 = 360;

/// A chart of a plan, drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Its name in the output folder without folder and ending, such as `headroom-0`.
    pub name: String,
    /// What it is, for headings, such as `Headroom`.
    pub subject: &'static str,
    /// The finding.
    pub title: String,
    /// The period that it shows; `None` shows all.
    pub period: Option<usize>,
    /// The SVG for wide screens and for the output folder.
    pub wide: String,
    /// The SVG for narrow screens.
    pub narrow: String,
    /// The wide SVG as PNG.
    pub png: Vec<u8>,
}

impl Drawing {
    /// The files of the output folder.
    pub fn files(self) -> [WrittenFile; 2] {
        let file = |ending, bytes| WrittenFile {
            name: format!("charts/{}.{ending}", self.name),
            bytes,
        };
        [file("svg", self.wide.into_bytes()), file("png", self.png)]
    }
}

/// A chart and what it is called.
struct Planned {
    name: String,
    subject: &'static str,
    period: Option<usize>,
    chart: Box<dyn Chart>,
}

impl Planned {
    fn of_plan(subject: &'static str, name: &str, chart: impl Chart + 'static) -> Self {
        Self {
            name: name.to_owned(),
            subject,
            period: None,
            chart: Box::new(chart),
        }
    }

    fn of_period(
        subject: &'static str,
        period: &PeriodPlan,
        name: String,
        chart: impl Chart + 'static,
    ) -> Self {
        Self {
            name,
            subject,
            period: Some(period.period.index),
            chart: Box::new(chart),
        }
    }
}

/// Draws every chart of a plan, in the order in which they are to be read.
///
/// # Errors
/// `Error::Internal` if a picture cannot be drawn.
pub fn drawings(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Result<Vec<Drawing>> {
    charts(inventory, scenario, plan)
        .into_par_iter()
        .map(|planned| {
            drawing(
                planned.name,
                planned.subject,
                planned.period,
                planned.chart.as_ref(),
            )
        })
        .collect()
}

pub(super) fn drawing(
    name: String,
    subject: &'static str,
    period: Option<usize>,
    chart: &dyn Chart,
) -> Result<Drawing> {
    let picture = chart.picture(WIDE)?;
    Ok(Drawing {
        name,
        subject,
        title: chart.title().to_owned(),
        period,
        wide: picture.svg,
        narrow: chart.svg(NARROW)?,
        png: picture.png,
    })
}

/// The charts of a plan: those of all periods first, then each period's.
fn charts(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Vec<Planned> {
    let mut charts = vec![
        Planned::of_plan(
            "Headroom through the periods",
            "headroom-through",
            headroom_through(inventory, scenario, plan),
        ),
        Planned::of_plan(
            "Users by state",
            "users",
            users_by_state(inventory, scenario, plan),
        ),
    ];
    charts.extend(plan.periods.iter().map(|period| {
        let name = format!("headroom-{}", period.period.index);
        let chart = headroom(inventory, scenario, period);
        Planned::of_period("Headroom", period, name, chart)
    }));
    charts.extend(plan.periods.iter().filter_map(|period| {
        let name = format!("moves-{}", period.period.index);
        let chart = moves(inventory, scenario, period)?;
        Some(Planned::of_period("Who moves where", period, name, chart))
    }));
    let teller = WayTeller {
        inventory,
        scenario,
        plan,
    };
    charts.extend(plan.periods.iter().filter_map(|period| {
        let name = format!("waves-{}", period.period.index);
        let chart = waves_chart(&teller, period)?;
        Some(Planned::of_period("Waves", period, name, chart))
    }));
    charts.extend(steering_charts(inventory, scenario, plan));
    charts.extend(plan.periods.iter().filter_map(|period| {
        let name = format!("map-{}", period.period.index);
        let chart = map_chart(inventory, scenario, period)?;
        Some(Planned::of_period("Map", period, name, chart))
    }));
    charts
}

/// One for every period in which somebody enters elsewhere, or an access point opens, closes or comes back.
fn steering_charts(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Vec<Planned> {
    let previous = (0..plan.periods.len()).map(|period| plan.flows_until(period));
    previous
        .zip(&plan.periods)
        .filter_map(|(previous, period)| {
            let steering = steering(inventory, previous, period);
            let span = span(scenario, period.period.start, period.period.end);
            let name = format!("steering-{}", period.period.index);
            let most = MOST_ACCESS_POINTS;
            steering.is_changed().then(|| {
                let chart = SteeringChart::new(&scenario.name, &span, steering, most);
                Planned::of_period("Steering", period, name, chart)
            })
        })
        .collect()
}

/// `None` where nobody moves and nobody is left without a place.
fn moves(inventory: &Inventory, scenario: &Scenario, period: &PeriodPlan) -> Option<MovesChart> {
    let rows = move_rows(inventory, period);
    let span = span(scenario, period.period.start, period.period.end);
    (!rows.is_empty()).then(|| MovesChart::new(&scenario.name, &span, rows, MOST_SITES))
}

fn headroom(inventory: &Inventory, scenario: &Scenario, period: &PeriodPlan) -> HeadroomChart {
    let rows = headroom_rows(inventory, period);
    let happenings = happenings(inventory, scenario, period);
    let title = Finding {
        happenings: &happenings,
        rows: &rows,
        unserved_users: period.totals.unserved,
    }
    .title();
    HeadroomChart {
        title,
        scenario: scenario.name.clone(),
        period: span(scenario, period.period.start, period.period.end),
        rows,
        most_others: TIGHTEST_OTHERS,
        against: Against::Before,
    }
}
