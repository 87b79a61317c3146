//! The charts of a plan as files of its output folder.

use super::charts::HeadroomChart;
use super::charts::headroom::TIGHTEST_OTHERS;
use super::period::{happenings, headroom_rows};
use super::span::span;
use super::words::Finding;
use super::written::WrittenFile;
use crate::error::Result;
use crate::model::{Inventory, Scenario};
use crate::plan::{PeriodPlan, Plan};
use rayon::prelude::*;

/// Pixels.
const WIDTH: u32 = 1200;

/// The headroom chart of every period, as SVG and PNG with the CSV behind it.
///
/// # Errors
/// `Error::Internal` if a picture cannot be drawn.
pub fn charts(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Result<Vec<WrittenFile>> {
    let of_periods: Result<Vec<_>> = plan
        .periods
        .par_iter()
        .map(|period| headroom(inventory, scenario, period))
        .collect();
    Ok(of_periods?.into_iter().flatten().collect())
}

/// Name of the headroom chart of a period, such as `charts/headroom-0.png`.
pub fn headroom_chart_name(period: &PeriodPlan, ending: &str) -> String {
    format!("charts/headroom-{}.{ending}", period.period.index)
}

fn headroom(
    inventory: &Inventory,
    scenario: &Scenario,
    period: &PeriodPlan,
) -> Result<[WrittenFile; 3]> {
    let rows = headroom_rows(inventory, period);
    let happenings = happenings(inventory, scenario, period);
    let title = Finding {
        happenings: &happenings,
        rows: &rows,
        unserved_users: period.totals.unserved,
    }
    .title();
    let chart = HeadroomChart {
        title,
        scenario: scenario.name.clone(),
        period: span(scenario, period.period.start, period.period.end),
        rows,
        most_others: TIGHTEST_OTHERS,
    };
    let picture = chart.picture(WIDTH)?;
    let file = |ending, bytes| WrittenFile {
        name: headroom_chart_name(period, ending),
        bytes,
    };
    Ok([
        file("svg", picture.svg.into_bytes()),
        file("png", picture.png),
        file("csv", picture.csv),
    ])
}
