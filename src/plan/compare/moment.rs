//! What holds in one period of a written plan, or in the state before it.

use crate::plan_files::{
    AssignmentRow, HeadroomRow, Lined, PeriodSummary, Signed, Totals, WrittenPlan,
};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Users of a shard by site; without a site they are unserved.
pub type UsersBySite = BTreeMap<Option<String>, f64>;

/// Ids of a component and a resource.
pub type HeadroomKey = (String, String);

/// What holds in one period of a written plan, or in the state before it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ComparedMoment {
    /// Position of the period; `None` is the state before.
    pub period: Option<u32>,
    /// First instant and first instant after it, if the summary tells.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The span as the summary writes it.
    pub words: Option<(String, String)>,
    /// What it comes to, with its levels in the order in which they were decided; the state before has none.
    pub totals: Totals,
    /// `true` if a summary states all of them; else users, unserved users and moved users alone are known.
    pub has_totals: bool,
    /// By shard.
    pub homes: BTreeMap<String, UsersBySite>,
    /// Its rows of headroom.csv; in the state before with load, capacity and headroom of that.
    pub headroom: BTreeMap<HeadroomKey, HeadroomRow>,
    /// Why the plan is refused, if no transition to it is safe.
    pub refused: Option<String>,
}

/// The periods of a written plan. Totals and levels are those of summary.json, where there is one.
pub fn moments(plan: &WrittenPlan) -> Vec<ComparedMoment> {
    // A plan made by hand may leave periods out, and number them as it likes; the first of a number counts.
    let flat_maps = plan
        .summary
        .iter()
        .flat_map(|summary| &summary.periods)
        .rev();
    let period_summaries: BTreeMap<u32, &PeriodSummary> = flat_maps
        .map(|period_summary| (period_summary.period, period_summary))
        .collect();
    let assigned = plan.assignment.iter().map(|row| row.row.period);
    let periods: BTreeSet<u32> = assigned.chain(period_summaries.keys().copied()).collect();
    let moment = |period: u32| moment(plan, period, period_summaries.get(&period).copied());
    periods.into_iter().map(moment).collect()
}

fn moment(
    plan: &WrittenPlan,
    period: u32,
    period_summary: Option<&PeriodSummary>,
) -> ComparedMoment {
    let rows = || {
        let rows = plan.assignment.iter().map(|row| &row.row);
        rows.filter(|row| row.period == period)
    };
    let mut totals = period_summary.map_or_else(
        || totals(rows()),
        |period_summary| period_summary.totals.clone(),
    );
    totals.opened_access_points.sort();
    totals.opened_access_points.dedup();
    ComparedMoment {
        period: Some(period),
        span: period_summary.and_then(|period_summary| {
            Some((
                period_summary.start.parse().ok()?,
                period_summary.end.parse().ok()?,
            ))
        }),
        words: period_summary
            .map(|period_summary| (period_summary.start.clone(), period_summary.end.clone())),
        totals,
        has_totals: period_summary.is_some(),
        homes: homes(rows().map(|row| (row, row.to_site.as_deref()))),
        headroom: headroom(plan, period, HeadroomRow::clone),
        refused: period_summary.and_then(PeriodSummary::refused),
    }
}

/// What rows of the assignment alone tell.
fn totals<'a>(rows: impl Iterator<Item = &'a AssignmentRow>) -> Totals {
    let mut totals = Totals::default();
    for row in rows {
        totals.users += row.users;
        match (&row.from_site, &row.to_site) {
            (_, None) => totals.unserved_users += row.users,
            (Some(from), Some(to)) if from != to => totals.moved_users += row.users,
            _ => {}
        }
    }
    totals
}

fn homes<'a>(
    rows: impl Iterator<Item = (&'a AssignmentRow, Option<&'a str>)>,
) -> BTreeMap<String, UsersBySite> {
    let mut homes: BTreeMap<String, UsersBySite> = BTreeMap::new();
    for (row, site) in rows.filter(|(row, _)| row.users > NOBODY) {
        let of_shard = homes.entry(row.shard.to_string()).or_default();
        *of_shard.entry(site.map(str::to_owned)).or_default() += row.users;
    }
    homes
}

fn headroom(
    plan: &WrittenPlan,
    period: u32,
    shown: impl Fn(&HeadroomRow) -> HeadroomRow,
) -> BTreeMap<HeadroomKey, HeadroomRow> {
    let rows: &[Lined<HeadroomRow>] = plan.headroom.as_deref().unwrap_or_default();
    let rows = rows.iter().map(|row| &row.row);
    rows.filter(|row| row.period == period)
        .map(|row| ((row.component.clone(), row.resource.clone()), shown(row)))
        .collect()
}

/// The state before a written plan, as its files tell it: everybody at the site where the first period finds
/// them, utilization as headroom.csv has it. Targets are those of the first period.
pub fn moment_before(plan: &WrittenPlan) -> ComparedMoment {
    let rows = || {
        let rows = plan.assignment.iter().map(|row| &row.row);
        rows.filter(|row| row.period == 0 && row.from_site.is_some())
    };
    let steered = plan.before.as_ref();
    let steered = steered.map(|rows| rows.iter().map(|row| row.row.users).sum());
    ComparedMoment {
        totals: Totals {
            users: steered.unwrap_or_else(|| rows().map(|row| row.users).sum()),
            ..Totals::default()
        },
        has_totals: true,
        homes: homes(rows().map(|row| (row, row.from_site.as_deref()))),
        headroom: headroom(plan, 0, |row| HeadroomRow {
            load: row.before_utilization.unwrap_or(0.0) * row.nominal_capacity,
            capacity: row.nominal_capacity,
            headroom: row.before_utilization.map(|value| Signed(1.0 - value)),
            ..row.clone()
        }),
        ..ComparedMoment::default()
    }
}
