//! What a surge multiplies.

use super::findings::Findings;
use super::known::Known;
use super::schema::keys_of;
use super::table::{Table, require};
use crate::model::Surge;

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
