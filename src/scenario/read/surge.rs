//! What a surge multiplies.

use super::super::demand::Surges;
use super::findings::Findings;
use super::known::Known;
use super::schema::keys_of;
use super::span::Span;
use super::table::{Table, require};
use crate::diagnostic::Code;
use crate::model::{Event, EventKind, Inventory, Surge};
use jiff::Timestamp;

/// Surges multiply the users of a shard by more than one surge may.
pub(crate) const SURGES_OUT_OF_RANGE: Code = Code("P5312");

/// The largest factor of one surge, and of all that are on one shard at a time.
const LARGEST: f64 = 1e9;

/// The surge, or `None` after a finding.
pub(super) fn read_surge(table: &Table, known: &Known, findings: &mut Findings) -> Option<Surge> {
    says_factor(table, findings);
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

/// Rule: a surge says its factor.
fn says_factor(table: &Table, findings: &mut Findings) {
    for key in keys_of("event").filter(|key| key.name == "factor") {
        require(table, key, findings);
    }
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
    let together: f64 = all.iter().map(|(.., own)| own.factor.max(1.0)).product();
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
