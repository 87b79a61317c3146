//! The briefing: what a plan says on the terminal, and its charts.

use super::options::Charts;
use super::render::escaped;
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::model::{Inventory, Phase, Scenario};
use crate::plan::{PeriodPlan, Plan, Status};
use crate::plan_files::AccessPointUse;
use crate::report::charts::HeadroomChart;
use crate::report::charts::headroom::TIGHTEST_OTHERS;
use crate::report::table::{Align, Column, lines, verdict};
use crate::report::words::Finding;
use crate::report::written::{WrittenFile, instant, stage_name};
use crate::report::{happenings, headroom_rows, numbers};
use crate::units::{FEASIBILITY, NOBODY};
use rayon::prelude::*;
use std::fmt::Write as _;
use std::path::Path;

/// Pixels of the charts.
const WIDTH: u32 = 1200;

/// The headroom chart of every period, as SVG and PNG with its CSV.
pub(super) fn charts(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Result<Vec<WrittenFile>> {
    let pictures: Result<Vec<_>> = plan
        .periods
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
            HeadroomChart {
                title,
                scenario: scenario.name.clone(),
                period: span(scenario, period),
                rows,
                most_others: TIGHTEST_OTHERS,
            }
            .picture(WIDTH)
        })
        .collect();
    let mut files = Vec::new();
    for (index, picture) in pictures?.into_iter().enumerate() {
        for (ending, bytes) in [
            ("svg", picture.svg.into_bytes()),
            ("png", picture.png),
            ("csv", picture.csv),
        ] {
            files.push(WrittenFile {
                name: format!("charts/headroom-{index}.{ending}"),
                bytes,
            });
        }
    }
    Ok(files)
}

/// The verdict in a sentence, the periods, the tightest components, and where the plan is.
pub(super) fn text(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    out: &Path,
    charts: Charts,
    width: Option<u16>,
) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}\n", escaped(&scenario.name));
    if let Some(worst) = worst_period(plan) {
        let rows = headroom_rows(inventory, worst);
        let happenings = happenings(inventory, scenario, worst);
        let finding = Finding {
            happenings: &happenings,
            rows: &rows,
            unserved_users: worst.totals.unserved,
        };
        if plan.periods.len() > 1 {
            let _ = writeln!(
                text,
                "The tightest period is {}, {}:",
                worst.period.index,
                span(scenario, worst)
            );
        }
        text.push_str(&verdict(&finding, width));
        text.push('\n');
    }
    text.push_str(&periods(inventory, scenario, plan, width));
    text.push('\n');
    for period in &plan.periods {
        blind(inventory, period, &mut text);
    }
    for period in &plan.periods {
        for (_, reason, users, shards) in reasons(period) {
            let _ = writeln!(
                text,
                "period {}: {} users of {} unserved: {}",
                period.period.index,
                numbers::users_up(users),
                super::render::counted(shards, "shard"),
                escaped(&reason)
            );
        }
    }
    match plan.status {
        Status::Complete => {}
        Status::Unproven => unproven(plan, &mut text),
        Status::Stopped => text.push_str(
            "Stopped before every level was settled: this is the best plan so far, not a proven one.\n",
        ),
    }
    let _ = writeln!(
        text,
        "The plan is in {}",
        escaped(&out.display().to_string())
    );
    if let Some(worst) = worst_period(plan).filter(|_| charts == Charts::Drawn) {
        let chart = out.join(format!("charts/headroom-{}.png", worst.period.index));
        let _ = writeln!(
            text,
            "Its headroom chart is {}",
            escaped(&chart.display().to_string())
        );
    }
    text
}

/// The period with most unserved users, then the worst shortfall, then the least headroom.
fn worst_period(plan: &Plan) -> Option<&PeriodPlan> {
    let least = |period: &PeriodPlan| {
        period
            .margins
            .iter()
            .filter_map(crate::plan::Margin::headroom)
            .fold(1.0, f64::min)
    };
    plan.periods.iter().min_by(|a, b| {
        b.totals
            .unserved
            .total_cmp(&a.totals.unserved)
            .then(
                b.totals
                    .worst_shortfall
                    .total_cmp(&a.totals.worst_shortfall),
            )
            .then(least(a).total_cmp(&least(b)))
            .then(a.period.index.cmp(&b.period.index))
    })
}

/// `2012-11-13T09:08:00-08:00 to 2012-11-13T10:42:00-08:00`, shortened where both ends share it.
fn span(scenario: &Scenario, period: &PeriodPlan) -> String {
    let zoned = |at: jiff::Timestamp| at.to_zoned(jiff::tz::TimeZone::fixed(scenario.offset));
    let (start, end) = (zoned(period.period.start), zoned(period.period.end));
    if start.date() == end.date() {
        format!(
            "{} {} to {} ({})",
            start.strftime("%-d %b %Y"),
            start.strftime("%H:%M"),
            end.strftime("%H:%M"),
            start.strftime("UTC%:z"),
        )
    } else {
        format!(
            "{} to {} ({})",
            start.strftime("%-d %b %Y %H:%M"),
            end.strftime("%-d %b %Y %H:%M"),
            start.strftime("UTC%:z"),
        )
    }
}

fn periods(inventory: &Inventory, scenario: &Scenario, plan: &Plan, width: Option<u16>) -> String {
    let column = |heading, align| Column { heading, align };
    let columns = [
        column("period", Align::Right),
        column("from", Align::Left),
        column("users", Align::Right),
        column("unserved", Align::Right),
        column("moved", Align::Right),
        column("returned", Align::Right),
        column("missing", Align::Right),
        column("opened", Align::Left),
        column("known", Align::Left),
    ];
    let rows: Vec<Vec<String>> = plan
        .periods
        .iter()
        .map(|period| {
            let from = instant(scenario, period.period.start);
            let opened: Vec<&str> = period
                .access_points
                .iter()
                .filter(|change| change.after == AccessPointUse::Opened)
                .map(|change| {
                    inventory.access_points[change.access_point.index()]
                        .id
                        .as_str()
                })
                .collect();
            vec![
                period.period.index.to_string(),
                from.get(..16).unwrap_or(&from).replace('T', " "),
                numbers::users(period.totals.users),
                numbers::users_up(period.totals.unserved),
                numbers::users(period.totals.moved),
                numbers::users(period.totals.returned),
                numbers::percent(period.totals.worst_shortfall),
                if opened.is_empty() {
                    "-".to_owned()
                } else {
                    opened.join(" ")
                },
                match period.period.phase {
                    Phase::Known => "all",
                    Phase::Blind => "blind",
                    Phase::Reacting => "reacting",
                }
                .to_owned(),
            ]
        })
        .collect();
    lines(&columns, &rows, width)
}

/// What the truth does to a plan that does not know it.
fn blind(inventory: &Inventory, period: &PeriodPlan, text: &mut String) {
    for hurt in &period.blind {
        let Some([load, _, left, overload]) = hurt.amounts else {
            continue;
        };
        if overload <= FEASIBILITY * load && hurt.users_affected <= NOBODY {
            continue;
        }
        let unit = hurt
            .resource
            .map_or("", |id| inventory.resources[id.index()].unit.as_str());
        let _ = writeln!(
            text,
            "period {}, not known yet: {} carries {} of {} in truth; {} users are affected, {} too many",
            period.period.index,
            escaped(inventory.component_title(hurt.component)),
            escaped(&numbers::quantity(load, unit)),
            escaped(&numbers::quantity(left, unit)),
            numbers::users_up(hurt.users_affected),
            numbers::users_up(hurt.users_excess),
        );
    }
}

/// Reasons of unserved users with how many users and shards each, in the order of first use.
fn reasons(period: &PeriodPlan) -> Vec<(usize, String, f64, usize)> {
    let mut all: Vec<(usize, String, f64, usize)> = Vec::new();
    for (position, (_, users, reason)) in period.unserved_reasons.iter().enumerate() {
        match all.iter_mut().find(|(_, known, _, _)| known == reason) {
            Some((_, _, sum, count)) => {
                *sum += users;
                *count += 1;
            }
            None => all.push((position, reason.clone(), *users, 1)),
        }
    }
    all
}

/// Which levels keep a gap.
fn unproven(plan: &Plan, text: &mut String) {
    for period in &plan.periods {
        for stage in &period.stages {
            if stage.gap > FEASIBILITY {
                let name = match stage.level {
                    Level::Unserved(_) => stage_name(stage.level, stage.tier.as_deref()),
                    _ => stage_name(stage.level, None),
                };
                let _ = writeln!(
                    text,
                    "Not proven: period {}, {}: value {}, proven {}",
                    period.period.index,
                    escaped(&name),
                    numbers::amount(stage.value),
                    numbers::amount(stage.bound)
                );
            }
        }
    }
}
