//! The blind window: whether blind.csv says what the truth does to the plan.

use super::ground::Ground;
use super::load::Loads;
use super::period::Situation;
use super::report::{At, Report, Rule, cell_text, is_same_difference};
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Case, Phase};
use crate::plan_files::{BlindPhase, BlindRow, Lined, Row};
use crate::scenario::{Period, Unanswered};
use crate::units::FEASIBILITY;
use std::collections::BTreeMap;

/// What a row of blind.csv should say.
#[derive(Debug, Clone, PartialEq)]
struct Hurt {
    phase: BlindPhase,
    /// Load, believed and true capacity, overload.
    amounts: Option<[f64; 4]>,
    affected: f64,
    excess: f64,
    minutes: f64,
}

/// Component and resource.
type Key = (ComponentId, Option<ResourceId>);

/// What stands behind a period that does not answer everything yet.
pub(super) struct Truth<'a> {
    /// What really holds.
    pub(super) case: &'a Case,
    /// What is hurt unanswered.
    pub(super) unanswered: &'a [Unanswered],
}

/// Checks the rows of one period.
pub(super) fn check(
    ground: &Ground<'_>,
    situation: &Situation,
    period: &Period,
    loads: &Loads,
    truth: &Truth<'_>,
    rows: &[&Lined<BlindRow>],
    report: &mut Report,
) {
    let mut left = expected_rows(ground, situation, period, loads, truth);
    for row in rows {
        if let Some(hurt) = row_is_of_something_hurt(ground, &mut left, row, report) {
            phase_is_true(&hurt, row, report);
            amounts_are_true(&hurt, row, report);
            users_are_true(&hurt, row, report);
        }
    }
    for (component, resource) in left.into_keys() {
        row_is_missing(ground, period.index, component, resource, report);
    }
}

/// What blind.csv should have: a row for each resource that the component limits and the events reduce; one
/// without a resource if there is none.
fn expected_rows(
    ground: &Ground<'_>,
    situation: &Situation,
    period: &Period,
    loads: &Loads,
    truth: &Truth<'_>,
) -> BTreeMap<Key, Hurt> {
    let mut all = BTreeMap::new();
    for hurt in truth.unanswered {
        let component = hurt.component.index();
        let crossing = loads.crossing[component];
        let is_gone = truth.case.gone[component];
        let phase = match hurt.phase {
            Phase::Reacting => BlindPhase::Reacting,
            Phase::Blind | Phase::Known => BlindPhase::Blind,
        };
        let row = |affected: f64, excess: f64, amounts| Hurt {
            phase,
            amounts,
            affected,
            excess,
            minutes: affected * period.minutes(),
        };
        let is_reduced = |resource: usize| {
            let named = hurt.resources.as_ref();
            named.is_none_or(|named| named.contains(&ResourceId::new(resource)))
        };
        let limited: Vec<usize> = (0..ground.inventory.resources.len())
            .filter(|&resource| truth.case.nominal[[component, resource]].is_some())
            .filter(|&resource| is_reduced(resource))
            .collect();
        for &resource in &limited {
            let load = loads.load[[component, resource]];
            let believed = situation
                .case
                .capacity(component, resource)
                .unwrap_or_default();
            let left = truth.case.capacity(component, resource).unwrap_or_default();
            let nominal = truth.case.nominal[[component, resource]].unwrap_or_default();
            let is_over = load > left * (1.0 + FEASIBILITY) + 1e-9 * nominal;
            let overload = if is_over { load - left } else { 0.0 };
            let excess = match () {
                () if is_gone => crossing,
                () if is_over => crossing * overload / load,
                () => 0.0,
            };
            let affected = if is_over || is_gone {
                crossing
            } else {
                crossing * hurt.loss
            };
            let amounts = Some([load, believed, left, overload]);
            let key = (hurt.component, Some(ResourceId::new(resource)));
            all.insert(key, row(affected, excess, amounts));
        }
        if limited.is_empty() {
            let (affected, excess) = if is_gone {
                (crossing, crossing)
            } else {
                (crossing * hurt.loss, 0.0)
            };
            all.insert((hurt.component, None), row(affected, excess, None));
        }
    }
    all
}

/// Components that nobody answers for yet: the share of those who cross them who are hurt there. Of the resources of
/// one the worst counts.
pub(super) fn hurt_shares(
    ground: &Ground<'_>,
    situation: &Situation,
    period: &Period,
    loads: &Loads,
    truth: &Truth<'_>,
) -> BTreeMap<ComponentId, f64> {
    let mut shares: BTreeMap<ComponentId, f64> = BTreeMap::new();
    for ((component, _), hurt) in expected_rows(ground, situation, period, loads, truth) {
        let crossing = loads.crossing[component.index()];
        if crossing > 0.0 {
            let share = shares.entry(component).or_default();
            *share = share.max(hurt.affected / crossing);
        }
    }
    shares
}

/// A cell of blind.csv.
fn cell<'a>(row: &Lined<BlindRow>, column: &'a str) -> At<'a> {
    At::cell(BlindRow::FILE, row.line, column)
}

/// P7821: each row is of something hurt and not answered yet, once.
fn row_is_of_something_hurt(
    ground: &Ground<'_>,
    left: &mut BTreeMap<Key, Hurt>,
    row: &Lined<BlindRow>,
    report: &mut Report,
) -> Option<Hurt> {
    const RULE: Rule = Rule {
        code: "P7821",
        hint: "keep one row for every component and resource that an event reduces before the plan answers it",
    };
    let component = ground.components.get(row.row.component.as_str()).copied();
    let resource = match row.row.resource.as_deref() {
        None => Some(None),
        Some(name) => ground.resources.get(name).map(|resource| Some(*resource)),
    };
    let hurt = component.zip(resource).and_then(|key| left.remove(&key));
    if hurt.is_none() {
        let resource = row.row.resource.as_deref().unwrap_or("no resource");
        let found = format!("`{}` and `{resource}`", row.row.component);
        report.add(
            RULE,
            cell(row, "component"),
            found,
            "what is hurt unanswered, once",
        );
    }
    hurt
}

/// P7822: everything hurt and not answered yet has a row.
fn row_is_missing(
    ground: &Ground<'_>,
    period: usize,
    component: ComponentId,
    resource: Option<ResourceId>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7822",
        hint: "add the row",
    };
    let of_resource = resource.map_or_else(String::new, |resource| {
        format!(" and `{}`", ground.inventory.resources[resource.index()].id)
    });
    let name = ground.inventory.component_name(component);
    let found = format!("no row of `{name}`{of_resource} in period {period}");
    report.add(
        RULE,
        At::file(BlindRow::FILE),
        found,
        "a row for all that is hurt unanswered",
    );
}

/// P7823: blind while an event is undetected, reacting until the plan answers it.
fn phase_is_true(hurt: &Hurt, row: &Lined<BlindRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7823",
        hint: "`blind` until the event is detected, then `reacting` until the plan answers it",
    };
    if row.row.phase != hurt.phase {
        let (found, expected) = (row.row.phase.word(), hurt.phase.word());
        report.add(
            RULE,
            cell(row, "phase"),
            format!("`{found}`"),
            format!("`{expected}`"),
        );
    }
}

/// P7824: load, capacities and overload are those of the plan in truth.
fn amounts_are_true(hurt: &Hurt, row: &Lined<BlindRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7824",
        hint: "take the load of the plan, the capacity that it counts on and the one that is there",
    };
    let written = &row.row;
    let columns = [
        ("load", written.load),
        ("believed_capacity", written.believed_capacity),
        ("true_capacity", written.true_capacity),
        ("overload", written.overload),
    ];
    let scale = hurt
        .amounts
        .map_or(1.0, |amounts| amounts[0].max(amounts[1]));
    for (index, (column, found)) in columns.into_iter().enumerate() {
        let expected = hurt.amounts.map(|amounts| amounts[index]);
        let agrees = match (found, expected) {
            (Some(found), Some(expected)) => is_same_difference(found, expected, scale),
            (None, None) => true,
            _ => false,
        };
        if !agrees {
            report.add(
                RULE,
                cell(row, column),
                cell_text(found),
                cell_text(expected),
            );
        }
    }
}

/// P7825: users affected, users in excess and user-minutes follow from the load.
fn users_are_true(hurt: &Hurt, row: &Lined<BlindRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7825",
        hint: "affected: all who cross it where it is overloaded or gone, else those × loss; in excess: those \
               × overload ÷ load; minutes: affected × minutes of the period",
    };
    let written = &row.row;
    for (column, found, expected) in [
        ("users_affected", written.users_affected, hurt.affected),
        ("users_excess", written.users_excess, hurt.excess),
        ("user_minutes", written.user_minutes, hurt.minutes),
    ] {
        if !is_same_difference(found, expected, hurt.affected) {
            report.add(
                RULE,
                cell(row, column),
                cell_text(Some(found)),
                cell_text(Some(expected)),
            );
        }
    }
}
