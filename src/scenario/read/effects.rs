//! What events do: what maintenance, failures and gray faults take away, what a surge multiplies, what slow work holds, and
//! whose sessions a disconnect ends.

use super::super::demand::Surges;
use super::findings::{Findings, Spot};
use super::names::{Known, Names};
use super::policy::Span;
use super::schema::keys_of;
use super::table::{Table, require};
use crate::diagnostic::Code;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Disconnect, Event, EventKind, EventType, Inventory, Reduction, Slow, Surge};
use crate::units::FEASIBILITY;
use jiff::Timestamp;

/// An event names both a component and a risk group, or neither.
pub(crate) const ONE_PLACE: Code = Code("P5306");
/// A gray event says neither capacity nor loss.
pub(crate) const GRAY_WITHOUT_EFFECT: Code = Code("P5307");
/// A gray event has loss and full capacity.
pub(crate) const LOSS_STAYS: Code = Code("P5308");
/// An event reduces nothing.
pub(crate) const REDUCES_NOTHING: Code = Code("P5309");
/// Work that is slow without taking longer.
pub(crate) const NOT_SLOWER: Code = Code("P5310");
/// A disconnect names several of component, risk group and client region, or none.
pub(crate) const ONE_END: Code = Code("P5311");
/// Surges multiply the users of a shard by more than one surge may.
pub(crate) const SURGES_OUT_OF_RANGE: Code = Code("P5312");

/// The largest factor of one surge, and of all that are on one shard at a time.
const LARGEST: f64 = 1e9;

/// What the event takes away, or `None` after a finding.
pub(super) fn read_reduction(
    kind: EventType,
    table: &Table,
    known: &Known,
    names: &Names<'_>,
    findings: &mut Findings,
) -> Option<Reduction> {
    let has_place = names_one_place(table, findings);
    let has_effect = kind != EventType::Gray || says_effect(table, findings);
    let is_broken = table.is_broken("capacity") || table.is_broken("loss");
    if !has_place || !has_effect || !known.is_whole || is_broken {
        return None;
    }
    let left_by_default = if kind == EventType::Gray { 1.0 } else { 0.0 };
    let reduction = Reduction {
        components: known.components.clone()?,
        resources: known.resources.clone(),
        capacity: left_of(table.number("capacity").unwrap_or(left_by_default)),
        loss: match kind {
            EventType::Gray => table.number("loss").unwrap_or(0.0),
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
fn names_one_place(table: &Table, findings: &mut Findings) -> bool {
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
        None => spot_of(table, "component"),
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
            "add `capacity = 0.5` if half of the capacity is left, or `loss = 0.3` if three in ten attempts fail",
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
        "capacity too, if the component must leave service once the fault is known",
        format!("the plan keeps using it; a maintenance event on it with {from} takes it out"),
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
        ("resources", "resources that no component limits")
    } else {
        ("capacity", "a component that limits no resource")
    };
    let spot = spot_of(table, key);
    findings.warning(
        REDUCES_NOTHING,
        &spot,
        found,
        "an event that reduces capacity",
        "it changes nothing: remove it, or check its components and resources",
    );
}

/// `true` if the component ever limits a resource that the event reduces.
fn limits_any(component: ComponentId, reduction: &Reduction, names: &Names<'_>) -> bool {
    names.ever_limits(component, |resource| match &reduction.resources {
        Some(list) => list.contains(&resource),
        None => true,
    })
}

/// Where a key of an event stands, or would stand.
fn spot_of(table: &Table, key: &str) -> Spot {
    table.field(key).map_or_else(
        || table.spot.about(&format!("event.{key}")),
        |field| field.spot.clone(),
    )
}

/// Rule: the event has keys that its kind cannot do without.
fn require_of_kind(table: &Table, needed: &[&str], findings: &mut Findings) {
    for key in keys_of("event").filter(|key| needed.contains(&key.name.as_str())) {
        require(table, key, findings);
    }
}

/// The surge, or `None` after a finding.
pub(super) fn read_surge(table: &Table, known: &Known, findings: &mut Findings) -> Option<Surge> {
    require_of_kind(table, &["factor"], findings);
    let factor = table.number("factor")?;
    known.is_whole.then_some(Surge {
        client_region: known.client_region,
        profile: known.profile,
        tenant: known.tenant,
        factor,
        arrive_minutes: table
            .number("arrive_minutes")
            .unwrap_or(Surge::ARRIVE_MINUTES),
    })
}

/// Rule: the surges that are on one shard at a time within the scenario multiply its users by no more than one of them may.
pub(super) fn multiply_in_range(
    inventory: &Inventory,
    span: Option<Span>,
    events: &[(&Table, Event)],
    findings: &mut Findings,
) {
    let all = events.iter().filter_map(|(table, event)| {
        let EventKind::Surge(surge) = &event.kind else {
            return None;
        };
        Some((*table, event, surge))
    });
    let all: Vec<(&Table, &Event, &Surge)> = all.collect();
    let together: f64 = all
        .iter()
        .map(|(.., surge)| surge.factor.max(1.0))
        .product();
    if together <= LARGEST {
        return;
    }
    let most_at = |at: Timestamp| {
        let on = all
            .iter()
            .filter(|(_, event, _)| event.start <= at && at < event.end);
        let on = Surges::new(inventory, on.map(|(.., surge)| *surge));
        let factors = inventory.shards.iter().map(|shard| on.on(shard).factor);
        factors.fold(0.0, f64::max)
    };
    for (table, event, _) in &all {
        let at = span.map_or(event.start, |span| span.start.max(event.start));
        let most = most_at(at);
        if let Some(field) = table.field("factor").filter(|_| most > LARGEST) {
            findings.error(
                SURGES_OUT_OF_RANGE,
                &field.spot,
                format!("surges that multiply the users of a shard by {most:e} at {at}"),
                "a product of at most 1e9",
                "surges that are on at once multiply: lower a factor, or let one end before the other starts",
            );
            return;
        }
    }
}

/// The slow work, or `None` after a finding.
pub(super) fn read_slow(
    table: &Table,
    known: &Known,
    names: &Names<'_>,
    findings: &mut Findings,
) -> Option<Slow> {
    require_of_kind(table, &["share", "factor"], findings);
    let has_place = names_one_place(table, findings);
    let is_slower = takes_longer(table, findings);
    let is_broken = table.is_broken("timeout_seconds") || table.is_broken("retries");
    if !has_place || !is_slower || !known.is_whole || is_broken {
        return None;
    }
    let slow = Slow {
        components: known.components.clone()?,
        profile: known.profile,
        share: table.number("share")?,
        factor: table.number("factor")?,
        timeout_seconds: table.number("timeout_seconds"),
        retries: table.number("retries"),
    };
    warn_if_nothing_waits(&slow, table, names, findings);
    warn_if_given_up_at_once(&slow, table, names, findings);
    Some(slow)
}

/// Rule: slow work takes longer than other work.
fn takes_longer(table: &Table, findings: &mut Findings) -> bool {
    let Some((factor, field)) = table.number("factor").zip(table.field("factor")) else {
        return true;
    };
    if factor <= 1.0 {
        findings.error(
            NOT_SLOWER,
            &field.spot,
            format!("`{}`", field.quote),
            "a number above 1",
            "write a factor: the time of slow work ÷ the normal time",
        );
    }
    factor > 1.0
}

/// Rule: slow work where nothing that varies is waited for is said to be without effect.
fn warn_if_nothing_waits(slow: &Slow, table: &Table, names: &Names<'_>, findings: &mut Findings) {
    let inventory = names.inventory;
    let is_waited_for =
        |resource: ResourceId| inventory.resources[resource.index()].is_waited_for();
    let mut components = slow.components.iter();
    let waits = components.any(|component| names.ever_limits(*component, is_waited_for));
    let field = table.field("component").or(table.field("risk_group"));
    if let Some(field) = field.filter(|_| !waits) {
        findings.warning(
            REDUCES_NOTHING,
            &field.spot,
            "slow work on a component without a limited resource that varies and queues",
            "a component that limits a resource whose overload is `queue`",
            "it changes nothing: remove it, write overload `queue` in resources.csv, or check its components",
        );
    }
}

/// Rule: slow work that is given up before it holds anybody longer is said to be without effect.
fn warn_if_given_up_at_once(
    slow: &Slow,
    table: &Table,
    names: &Names<'_>,
    findings: &mut Findings,
) {
    let profiles = names.inventory.profiles.iter().enumerate();
    let mut named =
        profiles.filter(|(index, _)| slow.profile.is_none_or(|id| id.index() == *index));
    let holds = named.any(|(_, profile)| slow.inflation(profile) > 1.0);
    let field = table.field("timeout_seconds").or(table.field("factor"));
    if let Some(field) = field.filter(|_| !holds) {
        findings.warning(
            REDUCES_NOTHING,
            &field.spot,
            "slow work whose timeout comes before it takes longer than other work",
            "a timeout of more than service_seconds of some profile, retries included",
            "it reduces no capacity: compare the units, or keep it for a replay, in which such work fails",
        );
    }
}

/// The sessions that end, or `None` after a finding.
pub(super) fn read_disconnect(
    table: &Table,
    known: &Known,
    findings: &mut Findings,
) -> Option<Disconnect> {
    let is_one = names_one_end(table, findings);
    (is_one && known.is_whole).then(|| Disconnect {
        components: known.components.clone().unwrap_or_default(),
        client_region: known.client_region,
    })
}

/// Rule: a disconnect names a component, a risk group or a client region, and no two of them.
fn names_one_end(table: &Table, findings: &mut Findings) -> bool {
    let keys = ["component", "risk_group", "client_region"];
    let mut written = keys.into_iter().filter_map(|key| table.field(key));
    let (spot, found, hint) = match (written.next(), written.next()) {
        (Some(_), None) => return true,
        (None, _) => (
            table.spot.about("event.component"),
            "none of them",
            "add `component = \"lb-1\"` or `client_region = \"…\"`",
        ),
        (Some(_), Some(second)) => (
            second.spot.clone(),
            "two of them",
            "remove one of them, or write two events",
        ),
    };
    findings.error(
        ONE_END,
        &spot,
        found,
        "a component, a risk group or a client region",
        hint,
    );
    false
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
