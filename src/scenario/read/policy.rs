//! `[policy]`: what the scenario permits and prefers.

use super::findings::Findings;
use super::known::resource;
use super::names::Names;
use super::table::{Table, Value};
use crate::diagnostic::Code;
use crate::model::{
    After, Drain, ExistingShortfall, Failover, Goal, Movers, PlannedDemand, PlannedPeriods, Policy,
};
use crate::units::Milliseconds;

/// The goals do not begin with `unserved`.
pub(crate) const UNSERVED_NOT_FIRST: Code = Code("P5101");

/// The policy: the documented defaults, and what is written over them.
pub(super) fn read_policy(table: &Table, names: &Names<'_>, findings: &mut Findings) -> Policy {
    let failover = if names.inventory.has_replicas {
        Failover::Replicas
    } else {
        Failover::Anywhere
    };
    let mut policy = Policy::standard(names.inventory.resources.len(), failover);
    policy.max_latency = table.number("max_latency_ms").map(Milliseconds);
    policy.max_moved_users = table.number("max_moved_users");
    policy.headroom = read_headroom(table, names, findings);
    set(
        &mut policy.existing_shortfall,
        table.word(
            "existing_shortfall",
            &[
                ("keep", ExistingShortfall::Keep),
                ("repair", ExistingShortfall::Repair),
            ],
        ),
    );
    set(
        &mut policy.movers,
        table.word(
            "movers",
            &[("all", Movers::All), ("affected", Movers::Affected)],
        ),
    );
    set(
        &mut policy.drain,
        table.word(
            "drain",
            &[("replicas", Drain::Replicas), ("anywhere", Drain::Anywhere)],
        ),
    );
    set(
        &mut policy.failover,
        table.word(
            "failover",
            &[
                ("replicas", Failover::Replicas),
                ("anywhere", Failover::Anywhere),
            ],
        ),
    );
    set(
        &mut policy.after,
        table.word("after", &[("return", After::Return), ("stay", After::Stay)]),
    );
    set(
        &mut policy.demand,
        table.word(
            "demand",
            &[
                ("peak", PlannedDemand::Peak),
                ("hourly", PlannedDemand::Hourly),
            ],
        ),
    );
    set(
        &mut policy.periods,
        table.word(
            "periods",
            &[
                ("joint", PlannedPeriods::Joint),
                ("sequential", PlannedPeriods::Sequential),
            ],
        ),
    );
    set(
        &mut policy.reaction_minutes,
        table.number("reaction_minutes"),
    );
    set(
        &mut policy.freeze_onboarding,
        table.flag("freeze_onboarding"),
    );
    set(&mut policy.open_standby, table.flag("open_standby"));
    set(&mut policy.split_shards, table.flag("split_shards"));
    set(&mut policy.require_stable, table.flag("require_stable"));
    set(&mut policy.goals, read_goals(table, findings));
    policy
}

/// What is written replaces the default.
fn set<T>(value: &mut T, written: Option<T>) {
    if let Some(written) = written {
        *value = written;
    }
}

/// Headroom targets by resource.
fn read_headroom(table: &Table, names: &Names<'_>, findings: &mut Findings) -> Vec<Option<f64>> {
    let mut headroom = vec![None; names.inventory.resources.len()];
    for (name, field) in table.shares("headroom").into_iter().flatten() {
        let id = resource(name, names, &field.spot, findings);
        if let (Some(id), Some(Value::Number(share))) = (id, &field.value) {
            headroom[id.index()] = Some(*share);
        }
    }
    headroom
}

/// The goals in their order, `None` for the default order.
fn read_goals(table: &Table, findings: &mut Findings) -> Option<Vec<Goal>> {
    let goals: Vec<Goal> = table
        .list("goals")?
        .iter()
        .filter_map(|(word, _)| {
            let mut all = Goal::DEFAULT_ORDER.into_iter();
            all.find(|goal| goal.word() == word)
        })
        .collect();
    begins_with_unserved(&goals, table, findings);
    Some(goals)
}

/// Rule: nothing is more important than serving everyone.
fn begins_with_unserved(goals: &[Goal], table: &Table, findings: &mut Findings) {
    if goals.first() == Some(&Goal::Unserved) {
        return;
    }
    if let Some(field) = table.field("goals") {
        findings.error(
            UNSERVED_NOT_FIRST,
            &field.spot,
            format!("`{}`", field.quote),
            "`\"unserved\"` as the first goal",
            "put it first, and once",
        );
    }
}
