//! Whose sessions a disconnect ends.

use super::findings::Findings;
use super::known::Known;
use super::table::Table;
use crate::diagnostic::Code;
use crate::model::Disconnect;

/// A disconnect names several of component, risk group and client region, or none.
pub(crate) const ONE_END: Code = Code("P5311");

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
