//! What holds in one period of a written plan, or in the state before it.

use crate::plan_files::{AssignmentRow, HeadroomRow, Lined, PeriodSummary, Stage, WrittenPlan};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What a moment comes to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Totals {
    /// All users.
    pub users: f64,
    /// Served nowhere.
    pub unserved: f64,
    /// Served at another site than their current one.
    pub moved: f64,
    /// Of these, to a site without a copy of their shard.
    pub copied: f64,
    /// Back at their site of shards.csv.
    pub returned: f64,
    /// Whose access point or site changes.
    pub reconnecting: f64,
    /// Largest share of a headroom target that is missing.
    pub worst_shortfall: f64,
    /// Standby access points that are open.
    pub opened: BTreeSet<String>,
}

/// Load and room of a component in one resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// `site`, `access_point`, `element` or `link`.
    pub kind: String,
    /// Unit of load and capacity.
    pub unit: String,
    /// Load.
    pub load: f64,
    /// What is left of the capacity.
    pub capacity: f64,
    /// Share that is free; `None` at capacity 0.
    pub headroom: Option<f64>,
    /// Share to keep free, as it is written.
    pub target: f64,
    /// The same less what was missing before, where that may stay missing.
    pub in_force: f64,
}

/// What holds in one period of a written plan, or in the state before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Position of the period; `None` is the state before.
    pub period: Option<u32>,
    /// First instant and first instant after it, if the summary tells.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The span as the summary writes it.
    pub words: Option<(String, String)>,
    /// What it comes to.
    pub totals: Totals,
    /// Levels in the order in which they were decided; none in the state before.
    pub stages: Vec<Stage>,
    /// By shard, its users by site; without a site they are unserved.
    pub homes: BTreeMap<String, BTreeMap<Option<String>, f64>>,
    /// By component and resource.
    pub margins: BTreeMap<(String, String), Margin>,
    /// Why the plan is refused, if no way there is safe.
    pub refused: Option<String>,
}

/// The periods of a written plan. Totals and levels are those of summary.json, where there is one.
pub fn moments(plan: &WrittenPlan) -> Vec<Moment> {
    // A plan made by hand may leave periods out, and number them as it likes.
    let assigned = plan.assignment.iter().map(|row| row.row.period);
    let told = plan.summary.iter().flat_map(|summary| &summary.periods);
    let periods: BTreeSet<u32> = assigned.chain(told.map(|told| told.period)).collect();
    periods
        .into_iter()
        .map(|period| moment(plan, period))
        .collect()
}

fn moment(plan: &WrittenPlan, period: u32) -> Moment {
    let rows = || {
        plan.assignment
            .iter()
            .filter(|row| row.row.period == period)
    };
    let told = plan
        .summary
        .iter()
        .flat_map(|summary| &summary.periods)
        .find(|told| told.period == period);
    let totals = told.map_or_else(
        || totals_of(rows().map(|row| &row.row)),
        |told| Totals {
            users: told.totals.users,
            unserved: told.totals.unserved_users,
            moved: told.totals.moved_users,
            copied: told.totals.copied_users,
            returned: told.totals.returned_users,
            reconnecting: told.totals.reconnecting_users,
            worst_shortfall: told.totals.worst_shortfall,
            opened: told.totals.opened_access_points.iter().cloned().collect(),
        },
    );
    Moment {
        period: Some(period),
        span: told.and_then(|told| Some((told.start.parse().ok()?, told.end.parse().ok()?))),
        words: told.map(|told| (told.start.clone(), told.end.clone())),
        totals,
        stages: told.map_or_else(Vec::new, |told| told.totals.stages.clone()),
        homes: homes(rows().map(|row| (&row.row, row.row.to_site.as_deref()))),
        margins: margins(plan, period),
        refused: told.and_then(PeriodSummary::refused),
    }
}

/// What rows of the assignment alone tell.
fn totals_of<'a>(rows: impl Iterator<Item = &'a AssignmentRow>) -> Totals {
    let mut totals = Totals::default();
    for row in rows {
        totals.users += row.users;
        match (&row.from_site, &row.to_site) {
            (_, None) => totals.unserved += row.users,
            (Some(from), Some(to)) if from != to => totals.moved += row.users,
            _ => {}
        }
    }
    totals
}

/// Users by shard and site.
fn homes<'a>(
    rows: impl Iterator<Item = (&'a AssignmentRow, Option<&'a str>)>,
) -> BTreeMap<String, BTreeMap<Option<String>, f64>> {
    let mut homes: BTreeMap<String, BTreeMap<Option<String>, f64>> = BTreeMap::new();
    for (row, site) in rows.filter(|(row, _)| row.users > NOBODY) {
        let of_shard = homes.entry(row.shard.to_string()).or_default();
        *of_shard.entry(site.map(str::to_owned)).or_default() += row.users;
    }
    homes
}

fn margins(plan: &WrittenPlan, period: u32) -> BTreeMap<(String, String), Margin> {
    rows_of(plan, period)
        .map(|row| {
            let margin = Margin {
                kind: row.kind.clone(),
                unit: row.unit.clone(),
                load: row.load,
                capacity: row.capacity,
                headroom: row.headroom.map(|headroom| headroom.0),
                target: row.written_target.unwrap_or(row.target),
                in_force: row.target,
            };
            (key(row), margin)
        })
        .collect()
}

fn rows_of(plan: &WrittenPlan, period: u32) -> impl Iterator<Item = &HeadroomRow> {
    let rows: &[Lined<HeadroomRow>] = plan.headroom.as_deref().unwrap_or_default();
    rows.iter()
        .map(|row| &row.row)
        .filter(move |row| row.period == period)
}

fn key(row: &HeadroomRow) -> (String, String) {
    (row.component.clone(), row.resource.clone())
}

/// The state before a written plan, as its files tell it: everybody at the site where the first period finds
/// him, utilization as headroom.csv has it. Targets are those of the first period.
pub fn moment_before(plan: &WrittenPlan) -> Moment {
    let rows = || {
        plan.assignment
            .iter()
            .map(|row| &row.row)
            .filter(|row| row.period == 0 && row.from_site.is_some())
    };
    let users: f64 = rows().map(|row| row.users).sum();
    let steered: Option<f64> = plan
        .before
        .as_ref()
        .map(|rows| rows.iter().map(|row| row.row.users).sum());
    let margins = rows_of(plan, 0)
        .map(|row| {
            let margin = Margin {
                kind: row.kind.clone(),
                unit: row.unit.clone(),
                load: row.before_utilization.unwrap_or(0.0) * row.nominal_capacity,
                capacity: row.nominal_capacity,
                headroom: row.before_utilization.map(|utilization| 1.0 - utilization),
                target: row.written_target.unwrap_or(row.target),
                in_force: row.target,
            };
            (key(row), margin)
        })
        .collect();
    let all = steered.unwrap_or(users);
    Moment {
        period: None,
        span: None,
        words: None,
        totals: Totals {
            users: all,
            ..Totals::default()
        },
        stages: Vec::new(),
        homes: homes(rows().map(|row| (row, row.from_site.as_deref()))),
        margins,
        refused: None,
    }
}
