//! What slow work does.

use super::findings::Findings;
use super::known::Known;
use super::names::Names;
use super::reduction::{REDUCES_NOTHING, names_one_place};
use super::schema::keys_of;
use super::table::{Table, require};
use crate::diagnostic::Code;
use crate::ids::ResourceId;
use crate::model::Slow;

/// Work that is slow without taking longer.
pub(crate) const NOT_SLOWER: Code = Code("P5310");

/// The slow work, or `None` after a finding.
pub(super) fn read_slow(
    table: &Table,
    known: &Known,
    names: &Names<'_>,
    findings: &mut Findings,
) -> Option<Slow> {
    for key in keys_of("event").filter(|key| ["share", "factor"].contains(&key.name.as_str())) {
        require(table, key, findings);
    }
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
            "write how many times longer slow work takes",
        );
    }
    factor > 1.0
}

/// Rule: slow work where nothing that varies is waited for is said to be without effect.
fn warn_if_nothing_waits(slow: &Slow, table: &Table, names: &Names<'_>, findings: &mut Findings) {
    let inventory = names.inventory;
    let is_waited_for = |own: ResourceId| inventory.resources[own.index()].is_waited_for();
    let mut components = slow.components.iter();
    let waits = components.any(|own| names.ever_limits(*own, is_waited_for));
    let field = table.field("component").or(table.field("risk_group"));
    if let Some(field) = field.filter(|_| !waits) {
        findings.warning(
            REDUCES_NOTHING,
            &field.spot,
            "slow work where nothing that varies and queues is limited",
            "a component that limits a resource whose overload is `queue`",
            "it changes nothing: remove it, write overload `queue` in resources.csv, or check what it names",
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
    let mut named = profiles.filter(|(own, _)| slow.profile.is_none_or(|id| id.index() == *own));
    let holds = named.any(|(_, profile)| slow.inflation(profile) > 1.0);
    let field = table.field("timeout_seconds").or(table.field("factor"));
    if let Some(field) = field.filter(|_| !holds) {
        findings.warning(
            REDUCES_NOTHING,
            &field.spot,
            "slow work that is given up before it takes longer than other work",
            "a timeout of more than service_seconds of some profile, retries included",
            "it takes nothing away: compare the units, or keep it for a replay, in which such work fails",
        );
    }
}
