//! The charts of a plan: which there are, drawn for the output folder and for the report.

use super::charts::headroom::{HeadroomAgainst, TIGHTEST_OTHERS};
use super::charts::moves::MOST_SITES;
use super::charts::steering::{MOST_ACCESS_POINTS, SteeringBefore};
use super::charts::{Chart, HeadroomChart, MovesChart, SteeringChart};
use super::document::Figure;
use super::grammar::uncapitalised;
use super::moves::move_rows;
use super::period::{happenings, headroom_rows};
use super::places::map_chart;
use super::span::span;
use super::steering::steering;
use super::targets::headroom_title;
use super::text::visible;
use super::through::headroom_through;
use super::users::users_by_state;
use super::waves::{TransitionWriter, waves_chart};
use crate::error::Result;
use crate::model::{Inventory, Scenario};
use crate::plan::{PeriodPlan, Plan};
use rayon::prelude::*;

/// Width of pictures in the output folder, and of the report on a wide screen, in pixels.
const WIDE: u32 = 1200;

/// Width of the report's pictures on a telephone, in pixels.
const NARROW: u32 = 360;

/// Draws every chart of a plan, in the order in which they are to be read: those of all periods first, then each period's.
///
/// # Errors
/// `Error::Internal` if a picture cannot be drawn.
pub fn drawings(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Result<Vec<Figure>> {
    let mut charts: Vec<NamedChart> = vec![
        (
            "headroom-through".to_owned(),
            "Headroom through the periods",
            None,
            Box::new(with_title(
                plan,
                headroom_through(inventory, scenario, plan),
                |headroom_through_chart| &mut headroom_through_chart.title,
            )),
        ),
        (
            "users".to_owned(),
            "Users by state",
            None,
            Box::new(with_title(
                plan,
                users_by_state(inventory, scenario, plan),
                |users_chart| &mut users_chart.title,
            )),
        ),
    ];
    let writer = TransitionWriter {
        inventory,
        scenario,
        plan,
    };
    let of_periods: [(&str, &'static str, ChartOf<'_>); 5] = [
        ("headroom", "Headroom", &|period_plan| {
            let chart = headroom(inventory, scenario, period_plan);
            boxed(Some(with_title(plan, chart, |headroom_chart| {
                &mut headroom_chart.title
            })))
        }),
        ("moves", "Moves between sites", &|period_plan| {
            let chart = moves(inventory, scenario, period_plan);
            boxed(chart.map(|chart| with_title(plan, chart, |moves_chart| &mut moves_chart.title)))
        }),
        ("waves", "Waves", &|period_plan| {
            boxed(waves_chart(&writer, period_plan))
        }),
        ("steering", "Steering", &|period_plan| {
            let chart = steered(inventory, scenario, plan, period_plan);
            boxed(
                chart.map(|chart| {
                    with_title(plan, chart, |steering_chart| &mut steering_chart.title)
                }),
            )
        }),
        ("map", "Map", &|period_plan| {
            let previous = plan.flows_until(period_plan.period.index);
            let chart = map_chart(inventory, scenario, previous, period_plan);
            boxed(chart.map(|chart| with_title(plan, chart, |map_chart| &mut map_chart.title)))
        }),
    ];
    for (name, subject, chart) in of_periods {
        charts.extend(plan.periods.iter().filter_map(|period| {
            let index = period.period.index;
            Some((
                format!("{name}-{index}"),
                subject,
                Some(index),
                chart(period)?,
            ))
        }));
    }
    charts
        .into_par_iter()
        .map(|(name, subject, period, chart)| drawing(name, subject, period, chart.as_ref()))
        .collect()
}

/// A chart whose title begins with the refusal where its plan is refused: nothing of what it draws is to be begun.
fn with_title<C>(plan: &Plan, mut chart: C, title: fn(&mut C) -> &mut String) -> C {
    if plan.is_refused() {
        let text = title(&mut chart);
        *text = format!("Refused plan: {}", uncapitalised(text));
    }
    chart
}

type NamedChart = (String, &'static str, Option<usize>, Box<dyn Chart>);

type ChartOf<'a> = &'a dyn Fn(&PeriodPlan) -> Option<Box<dyn Chart>>;

fn boxed(chart: Option<impl Chart + 'static>) -> Option<Box<dyn Chart>> {
    chart.map(|call| Box::new(call) as Box<dyn Chart>)
}

pub(super) fn drawing(
    name: String,
    subject: &'static str,
    period: Option<usize>,
    chart: &dyn Chart,
) -> Result<Figure> {
    let picture = chart.picture(WIDE)?;
    Ok(Figure {
        name,
        subject,
        title: visible(chart.title()).into_owned(),
        period,
        wide: picture.svg,
        narrow: chart.svg(NARROW)?,
        png: picture.png,
        table: String::new(),
    })
}

/// That of a period in which somebody enters elsewhere, or an access point opens, closes or comes back.
fn steered(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    period: &PeriodPlan,
) -> Option<SteeringChart> {
    let previous = plan.flows_until(period.period.index);
    let steering = steering(inventory, previous, period);
    let span = span(scenario, period.period.start, period.period.end);
    let most = MOST_ACCESS_POINTS;
    let before = match period.period.index {
        0 => SteeringBefore::Events,
        _ => SteeringBefore::Period,
    };
    let about = (span.as_str(), before);
    (steering.is_changed()).then(|| SteeringChart::new(&scenario.name, about, steering, most))
}

fn moves(inventory: &Inventory, scenario: &Scenario, period: &PeriodPlan) -> Option<MovesChart> {
    let rows = move_rows(inventory, period);
    let span = span(scenario, period.period.start, period.period.end);
    (!rows.is_empty()).then(|| MovesChart::new(&scenario.name, &span, rows, MOST_SITES))
}

fn headroom(inventory: &Inventory, scenario: &Scenario, period: &PeriodPlan) -> HeadroomChart {
    let rows = headroom_rows(inventory, period);
    let happenings = happenings(inventory, scenario, period);
    let [title, events] = headroom_title(&happenings, &rows, period.totals.unserved);
    HeadroomChart {
        title,
        events,
        scenario: scenario.name.clone(),
        period: span(scenario, period.period.start, period.period.end),
        rows,
        most_others: TIGHTEST_OTHERS,
        against: if inventory.resumed.is_empty() {
            HeadroomAgainst::Before
        } else {
            HeadroomAgainst::BeforeFirst
        },
    }
}
