//! Headroom: whether headroom.csv says what the shards and the steering make of it.

use super::before::Before;
use super::context::RefereeContext;
use super::judge::{Expected, Judged, by_key, judge, number, stray_or_again};
use super::load::Loads;
use super::missed_target::MissedTarget;
use super::period::PeriodState;
use super::report::{Report, Rule, is_same};
use crate::ids::{ComponentId, ResourceId};
use crate::model::{ExistingShortfall, Scenario};
use crate::plan::ComponentSpare;
use crate::plan_files::{HeadroomRow, Lacking, Lined, Row};
use crate::units::{AGREEMENT, FEASIBILITY};
use std::collections::BTreeMap;

/// What is missing in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shortfalls {
    /// Largest share of a target missing beyond s⁰.
    pub(super) worst: f64,
    /// In users.
    pub(super) total: f64,
    /// Targets that were missed before and are no more so, counted as narrowly and as widely as tolerance allows.
    pub(super) missed_before: [u64; 2],
    /// `false` if s⁰ is not known, because nobody wrote before.csv: then all that is missing is counted.
    pub(super) is_known: bool,
}

/// Checks the rows of one period, if the plan has them, and gives back what is missing, and of what.
pub(super) fn check(
    situation: &PeriodState,
    period: usize,
    loads: &Loads,
    before: Option<&Before>,
    (rows, lacking): (Option<&[&Lined<HeadroomRow>]>, &Lacking),
    report: &mut Report,
) -> (Shortfalls, Vec<MissedTarget>) {
    let context = situation.context;
    let key = |row: &HeadroomRow| context.limit(&row.component, &row.resource);
    let written = by_key(rows.into_iter().flatten().copied(), key);
    let mut all = Shortfalls {
        worst: 0.0,
        total: 0.0,
        missed_before: [0; 2],
        is_known: before.is_some() || !is_kept(context.scenario),
    };
    let lacks = |column| lacking.has(HeadroomRow::FILE, column);
    let mut missed = Vec::new();
    let mut expected = Vec::new();
    for ((component, resource), nominal) in situation.case.nominal.indexed_iter() {
        let Some(nominal) = *nominal else {
            continue;
        };
        let at = [component, resource];
        let value = written.get(&at).and_then(|row| row.before_utilization);
        let spare_capacity = spare(situation, at, nominal, loads.load[at], before, value);
        all.worst = all.worst.max(spare_capacity.shortfall());
        all.total += spare_capacity.shortfall_users();
        for (count, tolerance) in all.missed_before.iter_mut().zip([0.5, 2.0]) {
            *count += u64::from(is_missed_before(&spare_capacity, tolerance));
        }
        let id = (ComponentId::new(component), ResourceId::new(resource));
        if spare_capacity.shortfall() > AGREEMENT {
            missed.push(MissedTarget {
                period,
                component: id.0,
                resource: id.1,
                free: 1.0 - spare_capacity.load / spare_capacity.capacity,
                target: spare_capacity.written_target,
                shortfall: spare_capacity.shortfall(),
            });
        }
        let row = Expected::from(spare_capacity.row(context.inventory, number(period), id))
            .scaled("load", nominal)
            .scaled("capacity", 1e-3 * nominal)
            .scaled(
                "room_users",
                spare_capacity
                    .users(spare_capacity.capacity)
                    .unwrap_or_default(),
            )
            .unless(!all.is_known, &["target", "shortfall", "room_users"])
            .unless(lacks("written_target"), &["written_target"])
            .unless(before.is_none(), &["before_utilization"])
            .unless(lacks("before_utilization"), &["before_utilization"]);
        expected.push(row);
    }
    if let Some(rows) = rows {
        judge(rows.iter().copied(), key, expected, report);
    }
    (all, missed)
}

/// `true` if less than `h` is free and no more missing than before; of a tolerance wider by the given factor.
fn is_missed_before(spare: &ComponentSpare, tolerance: f64) -> bool {
    let free = 1.0 - spare.load / spare.capacity;
    let is_missed = spare.capacity > 0.0 && free < spare.written_target - FEASIBILITY / tolerance;
    is_missed && spare.shortfall() <= FEASIBILITY * tolerance
}

/// What a component has of a resource. Where the load before has two ends, what is said between them is believed.
pub(super) fn spare(
    situation: &PeriodState,
    at: [usize; 2],
    nominal: f64,
    load: f64,
    before: Option<&Before>,
    value: Option<f64>,
) -> ComponentSpare {
    let share = share_kept(situation, at, before, value);
    let range = before.and_then(|before| before.utilization[at]);
    let before_utilization = range.map(|(low, high)| match value {
        Some(value) if is_between(value, low, high) => value,
        _ => low,
    });
    ComponentSpare {
        load,
        capacity: nominal * situation.case.available[at],
        nominal,
        written_target: share.target,
        kept: share.missing_before,
        mean_demand: situation.demanded.mean[at[1]],
        before_utilization,
    }
}

/// The target of a component, and what of it was missing before.
pub(super) struct ShareKept {
    /// `h`; 0 where the capacity before was 0.
    pub(super) target: f64,
    /// `s⁰`
    pub(super) missing_before: f64,
}

/// Target and `s⁰`. Where the load before has two ends, what is written between them is believed.
pub(super) fn share_kept(
    situation: &PeriodState,
    at: [usize; 2],
    before: Option<&Before>,
    written: Option<f64>,
) -> ShareKept {
    let context = situation.context;
    let range = before.and_then(|before| before.utilization[at]);
    let utilization_before = range.map(|(low, high)| match written {
        Some(written) if is_between(written, low, high) && !is_same(low, high, 1.0) => written,
        _ => low,
    });
    let had_nothing = matches!(context.before.nominal[at], Some(before) if before <= 0.0);
    let h = if had_nothing {
        0.0
    } else {
        situation.case.target[at]
    };
    let missing_before = match utilization_before {
        Some(utilization) if is_kept(context.scenario) && h > 0.0 => missing_share(utilization, h),
        _ => 0.0,
    };
    ShareKept {
        target: h,
        missing_before,
    }
}

/// Share of the target `h` that is missing at a utilization.
fn missing_share(utilization: f64, h: f64) -> f64 {
    (1.0 - (1.0 - utilization) / h).clamp(0.0, 1.0)
}

/// `true` if a value is between two ends.
fn is_between(value: f64, low: f64, high: f64) -> bool {
    value >= low - AGREEMENT * low.max(1.0) && value <= high + AGREEMENT * high.max(1.0)
}

impl Judged for HeadroomRow {
    const STRAY: Rule = Rule::new(
        "P7501",
        "write exactly one row for every component and resource that it limits",
    );
    const MISSING: Rule = Rule::new("P7502", "add the row");
    const NAMED_IN: &'static str = "component";

    fn stray(&self, first: Option<u64>) -> [String; 2] {
        let names = [&*self.component, &*self.resource];
        stray_or_again(names, first, "a component and a resource that it limits")
    }

    fn missing(&self) -> [String; 2] {
        [
            format!(
                "no row of `{}` and `{}` in period {}",
                self.component, self.resource, self.period
            ),
            "a row for every component and resource that it limits".to_owned(),
        ]
    }
}

/// `true` if what was missing before may stay missing.
pub(super) fn is_kept(scenario: &Scenario) -> bool {
    scenario.policy.existing_shortfall == ExistingShortfall::Keep
}

/// Component and resource: the utilization before that the rows say.
pub(super) fn utilization_before(
    context: &RefereeContext,
    rows: &[&Lined<HeadroomRow>],
) -> BTreeMap<[usize; 2], f64> {
    let rows = rows.iter();
    rows.filter_map(|row| {
        let at = context.limit(&row.row.component, &row.row.resource)?;
        Some((at, row.row.before_utilization?))
    })
    .collect()
}
