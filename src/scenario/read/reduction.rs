//! What maintenance, failure and gray events take away.

use super::findings::Findings;
use super::kind::Kind;
use super::known::Known;
use super::names::Names;
use super::table::Table;
use crate::diagnostic::Code;
use crate::ids::ComponentId;
use crate::model::Reduction;
use crate::units::FEASIBILITY;

/// An event names both a component and a risk group, or neither.
pub(crate) const ONE_PLACE: Code = Code("P5306");
/// A gray event says neither capacity nor loss.
pub(crate) const GRAY_WITHOUT_EFFECT: Code = Code("P5307");
/// A gray event has loss and full capacity.
pub(crate) const LOSS_STAYS: Code = Code("P5308");
/// An event reduces nothing.
pub(crate) const REDUCES_NOTHING: Code = Code("P5309");

/// What the event takes away, or `None` after a finding.
pub(super) fn read_reduction(
    kind: Kind,
    table: &Table,
    known: &Known,
    names: &Names<'_>,
    findings: &mut Findings,
) -> Option<Reduction> {
    let has_place = names_one_place(table, findings);
    let has_effect = kind != Kind::Gray || says_effect(table, findings);
    let is_broken = table.is_broken("capacity") || table.is_broken("loss");
    if !has_place || !has_effect || !known.is_whole || is_broken {
        return None;
    }
    let left_by_default = if kind == Kind::Gray { 1.0 } else { 0.0 };
    let reduction = Reduction {
        components: known.components.clone()?,
        resources: known.resources.clone(),
        capacity: left_of(table.number("capacity").unwrap_or(left_by_default)),
        loss: match kind {
            Kind::Gray => table.number("loss").unwrap_or(0.0),
            _ => 0.0,
        },
    };
    if reduction.loss > 0.0 && reduction.capacity >= 1.0 {
        warn_of_loss(table, findings);
    } else {
        warn_if_nothing(&reduction, table, names, findings);
    }
    Some(reduction)
}

/// A share of capacity; less than plans are judged to is nothing.
fn left_of(share: f64) -> f64 {
    if share < FEASIBILITY { 0.0 } else { share }
}

/// Rule: an event that takes capacity away names a component or a risk group, not both.
pub(super) fn names_one_place(table: &Table, findings: &mut Findings) -> bool {
    let (found, hint) = match (
        table.is_written("component"),
        table.is_written("risk_group"),
    ) {
        (true, false) | (false, true) => return true,
        (true, true) => ("both", "remove one of them, or write two events"),
        (false, false) => (
            "neither",
            "add `component = \"chi\"` or `risk_group = \"…\"`",
        ),
    };
    let spot = match table.field("risk_group") {
        Some(field) => field.spot.clone(),
        None => table.spot.about("event.component"),
    };
    findings.error(ONE_PLACE, &spot, found, "a component or a risk group", hint);
    false
}

/// Rule: a gray event says what it does.
fn says_effect(table: &Table, findings: &mut Findings) -> bool {
    let is_said = table.is_written("capacity") || table.is_written("loss");
    if !is_said {
        findings.error(
            GRAY_WITHOUT_EFFECT,
            &table.spot.about("event.capacity"),
            "nothing",
            "capacity or loss of the gray event",
            "add `capacity = 0.5` for half of it left, or `loss = 0.3` for three in ten that fail",
        );
    }
    is_said
}

/// Rule: it is said that a component with loss alone stays in service.
fn warn_of_loss(table: &Table, findings: &mut Findings) {
    let Some(field) = table.field("loss") else {
        return;
    };
    let from = match table.field("detected") {
        Some(detected) => format!("`start = {}`", detected.quote),
        None => "the same start".to_owned(),
    };
    findings.warning(
        LOSS_STAYS,
        &field.spot,
        "loss at full capacity",
        "capacity too, if it is to be taken out of service once it is known",
        format!("the plan goes on using it; a maintenance event on it with {from} takes it out"),
    );
}

/// Rule: an event that reduces nothing is said to be without effect.
fn warn_if_nothing(
    reduction: &Reduction,
    table: &Table,
    names: &Names<'_>,
    findings: &mut Findings,
) {
    let is_closed = reduction.resources.is_none() && reduction.capacity <= 0.0;
    let is_limited = reduction
        .components
        .iter()
        .any(|component| limits_any(*component, reduction, names));
    if is_closed || reduction.loss > 0.0 || (is_limited && reduction.capacity < 1.0) {
        return;
    }
    let (key, found) = if is_limited {
        ("capacity", "the whole capacity left")
    } else if reduction.resources.is_some() {
        ("resources", "resources that nothing named here limits")
    } else {
        ("capacity", "a component that limits no resource")
    };
    let spot = match table.field(key) {
        Some(field) => field.spot.clone(),
        None => table.spot.about(&format!("event.{key}")),
    };
    findings.warning(
        REDUCES_NOTHING,
        &spot,
        found,
        "an event that takes something away",
        "it changes nothing: remove it, or check what it names",
    );
}

/// `true` if the component ever limits a resource that the event reduces.
fn limits_any(component: ComponentId, reduction: &Reduction, names: &Names<'_>) -> bool {
    names.ever_limits(component, |own| match &reduction.resources {
        Some(list) => list.contains(&own),
        None => true,
    })
}

#[cfg(test)]
mod tests {
    use super::left_of;

    #[test]
    fn less_than_plans_are_judged_to_is_nothing() {
        assert!(left_of(1e-9) <= 0.0 && left_of(1e-300) <= 0.0);
        assert!(left_of(0.35) > 0.0 && left_of(1e-6) > 0.0);
    }
}
