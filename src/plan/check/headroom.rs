//! Headroom: whether headroom.csv says what the shards and the steering make of it.

use super::before::Before;
use super::ground::Ground;
use super::judge::{Expected, Judged, by_key, judge, number, stray_or_again};
use super::load::Loads;
use super::margin::{Margin, is_between, margin};
use super::period::Situation;
use super::report::{Report, Rule};
use crate::ids::ComponentId;
use crate::model::{ExistingShortfall, Scenario};
use crate::plan_files::{HeadroomRow, Lacking, Lined, Row, Signed};
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

/// Checks the rows of one period, if the plan has them, and gives back what is missing.
pub(super) fn check(
    ground: &Ground<'_>,
    situation: &Situation,
    period: usize,
    loads: &Loads,
    before: Option<&Before>,
    (rows, lacking): (Option<&[&Lined<HeadroomRow>]>, &Lacking),
    report: &mut Report,
) -> Shortfalls {
    let key = |row: &HeadroomRow| ground.limit(&row.component, &row.resource);
    let written = by_key(rows.into_iter().flatten().copied(), key);
    let mut all = Shortfalls {
        worst: 0.0,
        total: 0.0,
        missed_before: [0; 2],
        is_known: before.is_some() || !is_kept(ground.scenario),
    };
    let mut expected = Vec::new();
    for ((component, resource), nominal) in situation.case.nominal.indexed_iter() {
        let Some(nominal) = *nominal else {
            continue;
        };
        let at = [component, resource];
        let row = written.get(&at);
        let told = row.and_then(|row| row.before_utilization);
        let load = loads.load[at];
        let margin = margin(ground, situation, at, nominal, load, before, told);
        all.worst = all.worst.max(margin.shortfall);
        all.total += margin.missing_users;
        for (count, part) in all.missed_before.iter_mut().zip([0.5, 2.0]) {
            *count += u64::from(margin.is_missed_before(part));
        }
        let lacks = |column| lacking.has(HeadroomRow::FILE, column);
        let row = Expected::from(expected_row(ground, period, at, &margin, told))
            .scaled("load", margin.nominal)
            .scaled("capacity", 1e-3 * margin.nominal)
            .scaled("room_users", margin.capacity_users.unwrap_or_default())
            .unless(!all.is_known, &["target", "shortfall", "room_users"])
            .unless(lacks("written_target"), &["written_target"])
            .unless(before.is_none(), &["before_utilization"])
            .unless(lacks("before_utilization"), &["before_utilization"]);
        expected.push((at, row));
    }
    if let Some(rows) = rows {
        judge(rows.iter().copied(), key, expected, report);
    }
    all
}

/// The row of a component and a resource. Any utilization before that may be is believed.
fn expected_row(
    ground: &Ground<'_>,
    period: usize,
    at: [usize; 2],
    margin: &Margin,
    told: Option<f64>,
) -> HeadroomRow {
    let component = ComponentId::new(at[0]);
    let resource = &ground.inventory.resources[at[1]];
    let utilization = (margin.capacity > 0.0).then(|| margin.load / margin.capacity);
    let before = margin.before.map(|(low, high)| match told {
        Some(told) if is_between(told, low, high) => told,
        _ => low,
    });
    HeadroomRow {
        period: number(period),
        component: ground.inventory.component_name(component).to_owned(),
        kind: ground.inventory.component_kind(component).word().to_owned(),
        resource: resource.id.clone(),
        unit: resource.unit.clone(),
        load: margin.load,
        capacity: margin.capacity,
        nominal_capacity: margin.nominal,
        utilization,
        headroom: utilization.map(|own| Signed(1.0 - own)),
        target: margin.target,
        shortfall: margin.shortfall,
        room_users: margin.room_users,
        shadow_price: None,
        price_stage: None,
        before_utilization: before,
        written_target: Some(margin.written_target),
    }
}

impl Judged for HeadroomRow {
    const STRAY: Rule = Rule::new(
        "P7501",
        "keep one row for every component and resource that it limits, and no other",
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
    ground: &Ground<'_>,
    rows: &[&Lined<HeadroomRow>],
) -> BTreeMap<[usize; 2], f64> {
    let rows = rows.iter();
    rows.filter_map(|row| {
        let at = ground.limit(&row.row.component, &row.row.resource)?;
        Some((at, row.row.before_utilization?))
    })
    .collect()
}
