//! Headroom: whether headroom.csv says what the shards and the steering make of it.

use super::before::Before;
use super::ground::Ground;
use super::load::Loads;
use super::margin::{Margin, is_between, margin};
use super::period::Situation;
use super::report::{At, Report, Rule, cell_text, is_same, is_same_difference};
use crate::ids::ComponentId;
use crate::model::{ExistingShortfall, Scenario};
use crate::plan_files::{HeadroomRow, Lacking, Lined, Row, decimal};
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
    let by_key = rows.map(|rows| rows_by_key(ground, situation, rows, report));
    let mut all = Shortfalls {
        worst: 0.0,
        total: 0.0,
        missed_before: [0; 2],
        is_known: before.is_some() || !is_kept(ground.scenario),
    };
    for ((component, resource), nominal) in situation.case.nominal.indexed_iter() {
        let Some(nominal) = *nominal else {
            continue;
        };
        let row = by_key
            .as_ref()
            .and_then(|rows| rows.get(&(component, resource)));
        let written = row.and_then(|row| row.row.before_utilization);
        let load = loads.load[[component, resource]];
        let at = [component, resource];
        let margin = margin(ground, situation, at, nominal, load, before, written);
        all.worst = all.worst.max(margin.shortfall);
        all.total += margin.missing_users;
        for (count, part) in all.missed_before.iter_mut().zip([0.5, 2.0]) {
            *count += u64::from(margin.is_missed_before(part));
        }
        match row {
            Some(row) => {
                row_is_true(ground, at, &margin, row, (all.is_known, lacking), report);
            }
            None if by_key.is_some() => row_is_missing(ground, period, at, report),
            None => {}
        }
    }
    all
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
        let component = ground.components.get(row.row.component.as_str())?;
        let resource = ground.resources.get(row.row.resource.as_str())?;
        let utilization = row.row.before_utilization?;
        Some(([component.index(), resource.index()], utilization))
    })
    .collect()
}

/// P7501: every row is of a component and a resource that it limits in the period, once.
fn rows_by_key<'a>(
    ground: &Ground<'_>,
    situation: &Situation,
    rows: &[&'a Lined<HeadroomRow>],
    report: &mut Report,
) -> BTreeMap<(usize, usize), &'a Lined<HeadroomRow>> {
    const RULE: Rule = Rule {
        code: "P7501",
        hint: "keep one row for every component and resource that it limits, and no other",
    };
    let mut by_key = BTreeMap::new();
    for row in rows {
        let component = ground.components.get(row.row.component.as_str());
        let resource = ground.resources.get(row.row.resource.as_str());
        let key = component
            .zip(resource)
            .map(|(one, other)| (one.index(), other.index()));
        let limited = key.filter(|(one, other)| situation.case.nominal[[*one, *other]].is_some());
        let at = At::cell(HeadroomRow::FILE, row.line, "component");
        let Some(key) = limited else {
            let found = format!("`{}` and `{}`", row.row.component, row.row.resource);
            report.add(RULE, at, found, "a component and a resource that it limits");
            continue;
        };
        if let Some(first) = by_key
            .get(&key)
            .map(|first: &&Lined<HeadroomRow>| first.line)
        {
            report.add(
                RULE,
                at,
                format!("the row of line {first} again"),
                "one row for it",
            );
        } else {
            by_key.insert(key, *row);
        }
    }
    by_key
}

/// P7502: every component has a row for every resource that it limits.
fn row_is_missing(ground: &Ground<'_>, period: usize, at: [usize; 2], report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7502",
        hint: "add the row",
    };
    let found = format!(
        "no row of `{}` and `{}` in period {period}",
        ground.inventory.component_name(ComponentId::new(at[0])),
        ground.inventory.resources[at[1]].id,
    );
    let expected = "a row for every component and resource that it limits";
    report.add(RULE, At::file(HeadroomRow::FILE), found, expected);
}

/// Checks one row.
fn row_is_true(
    ground: &Ground<'_>,
    at: [usize; 2],
    margin: &Margin,
    row: &Lined<HeadroomRow>,
    (is_known, lacking): (bool, &Lacking),
    report: &mut Report,
) {
    load_is_true(margin, row, report);
    capacity_is_true(margin, row, report);
    nominal_capacity_is_true(margin, row, report);
    let utilization = (margin.capacity > 0.0).then(|| margin.load / margin.capacity);
    utilization_is_true(utilization, row, report);
    headroom_is_true(utilization, row, report);
    if !lacking.has(HeadroomRow::FILE, "written_target") {
        written_target_is_true(margin, row, report);
    }
    if is_known {
        target_is_true(margin, row, report);
        shortfall_is_true(margin, row, report);
        room_is_true(margin, row, report);
    }
    if !lacking.has(HeadroomRow::FILE, "before_utilization") {
        before_utilization_is_true(margin, row, report);
    }
    kind_and_unit_are_true(ground, at, row, report);
}

/// Notes the cell if both are not blank, or the same amounts with the error of amounts as large as `scale`.
fn compare(
    rule: Rule,
    (row, column): (&Lined<HeadroomRow>, &str),
    found: Option<f64>,
    expected: Option<f64>,
    scale: f64,
    report: &mut Report,
) {
    let agrees = match (found, expected) {
        (Some(found), Some(expected)) => is_same_difference(found, expected, scale),
        (None, None) => true,
        _ => false,
    };
    if !agrees {
        let at = At::cell(HeadroomRow::FILE, row.line, column);
        report.add(rule, at, cell_text(found), cell_text(expected));
    }
}

/// P7504: the capacity is what is left in the period.
fn capacity_is_true(margin: &Margin, row: &Lined<HeadroomRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7504",
        hint: "write what the events in force and known leave of the nominal capacity",
    };
    let (found, expected) = (Some(row.row.capacity), Some(margin.capacity));
    compare(
        RULE,
        (row, "capacity"),
        found,
        expected,
        1e-3 * margin.nominal,
        report,
    );
}

/// P7505: the nominal capacity is what it is without events.
fn nominal_capacity_is_true(margin: &Margin, row: &Lined<HeadroomRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7505",
        hint: "write the capacity with the changes dated up to the period, without events",
    };
    let (found, expected) = (Some(row.row.nominal_capacity), Some(margin.nominal));
    compare(
        RULE,
        (row, "nominal_capacity"),
        found,
        expected,
        0.0,
        report,
    );
}

/// P7506: utilization is load ÷ capacity, blank at capacity 0.
fn utilization_is_true(expected: Option<f64>, row: &Lined<HeadroomRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7506",
        hint: "divide load by capacity; leave it blank at capacity 0",
    };
    compare(
        RULE,
        (row, "utilization"),
        row.row.utilization,
        expected,
        1e-3,
        report,
    );
}

/// P7507: headroom is 1 − utilization, blank at capacity 0.
fn headroom_is_true(utilization: Option<f64>, row: &Lined<HeadroomRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7507",
        hint: "write 1 − utilization; leave it blank at capacity 0",
    };
    let found = row.row.headroom.map(|headroom| headroom.0);
    let expected = utilization.map(|utilization| 1.0 - utilization);
    compare(RULE, (row, "headroom"), found, expected, 1.0, report);
}

/// P7508: the target is h·(1 − s⁰).
fn target_is_true(margin: &Margin, row: &Lined<HeadroomRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7508",
        hint: "write the target in force, less what was missing before where that may stay missing",
    };
    let (found, expected) = (Some(row.row.target), Some(margin.target));
    compare(RULE, (row, "target"), found, expected, 1.0, report);
}

/// P7532: the written target is that of the component, the scenario or the resource.
fn written_target_is_true(margin: &Margin, row: &Lined<HeadroomRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7532",
        hint: "write the headroom of the component, or else of the scenario or the resource; no more than event_headroom \
               while an event is known",
    };
    let both = (row.row.written_target, Some(margin.written_target));
    compare(RULE, (row, "written_target"), both.0, both.1, 1.0, report);
}

/// P7509: the shortfall is the share of h that is missing beyond s⁰.
fn shortfall_is_true(margin: &Margin, row: &Lined<HeadroomRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7509",
        hint: "write the share of the target that is missing beyond what was missing before",
    };
    let (found, expected) = (Some(row.row.shortfall), Some(margin.shortfall));
    compare(RULE, (row, "shortfall"), found, expected, 1.0, report);
}

/// P7510: the room is what the target leaves, in average users.
fn room_is_true(margin: &Margin, row: &Lined<HeadroomRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7510",
        hint: "divide what is left within the target by the mean demand of a user; blank if that is 0",
    };
    let expected = margin.room_users;
    let scale = margin.capacity_users.unwrap_or_default();
    compare(
        RULE,
        (row, "room_users"),
        row.row.room_users,
        expected,
        scale,
        report,
    );
}

/// P7503: the load is what shards, copies, background and steering come to.
fn load_is_true(margin: &Margin, row: &Lined<HeadroomRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7503",
        hint: "sum what assignment.csv and steering.csv bring there, copies and background",
    };
    if !is_same(row.row.load, margin.load, margin.nominal) {
        let at = At::cell(HeadroomRow::FILE, row.line, "load");
        report.add(RULE, at, decimal(row.row.load), decimal(margin.load));
    }
}

/// P7511: the utilization before is that of before.csv.
fn before_utilization_is_true(margin: &Margin, row: &Lined<HeadroomRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7511",
        hint: "divide the load of the state before by the capacity of the scenario's start",
    };
    if !margin.is_before_known {
        return;
    }
    let written = row.row.before_utilization;
    let agrees = match (written, margin.before) {
        (Some(written), Some((low, high))) => is_between(written, low, high),
        (None, None) => true,
        _ => false,
    };
    if !agrees {
        let at = At::cell(HeadroomRow::FILE, row.line, "before_utilization");
        let expected = cell_text(margin.before.map(|(low, _)| low));
        report.add(RULE, at, cell_text(written), expected);
    }
}

/// P7512: kind and unit are the component's and the resource's.
fn kind_and_unit_are_true(
    ground: &Ground<'_>,
    at: [usize; 2],
    row: &Lined<HeadroomRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7512",
        hint: "write the word for the kind of component, and the unit of resources.csv",
    };
    let kind = ground
        .inventory
        .component_kind(ComponentId::new(at[0]))
        .word();
    let unit = &ground.inventory.resources[at[1]].unit;
    for (column, found, expected) in [("kind", &row.row.kind, kind), ("unit", &row.row.unit, unit)]
    {
        if found != expected {
            let at = At::cell(HeadroomRow::FILE, row.line, column);
            report.add(RULE, at, format!("`{found}`"), format!("`{expected}`"));
        }
    }
}
