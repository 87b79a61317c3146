//! `[scenario]`, `[policy]`, `[waves]` and `[replay]`: the span of time, what is permitted and preferred, and what is
//! assumed.

use super::findings::Findings;
use super::names::Names;
use super::table::{Table, require_keys};
use crate::diagnostic::Code;
use crate::ids::ResourceId;
use crate::model::{Failover, Goal, Policy, ReplayPolicy, WavePolicy};
use crate::units::Milliseconds;
use jiff::{Timestamp, tz::Offset};

/// The scenario ends before it starts.
pub(crate) const ENDS_TOO_EARLY: Code = Code("P5001");
/// The goals do not begin with `unserved`.
pub(crate) const UNSERVED_NOT_FIRST: Code = Code("P5101");

/// From when to when a scenario lasts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// First instant.
    pub(super) start: Timestamp,
    /// First instant after it.
    pub(super) end: Timestamp,
    /// The offset in which `start` is written.
    pub(super) offset: Offset,
}

/// The span, or `None` after a finding.
pub(super) fn read_span(table: &Table, findings: &mut Findings) -> Option<Span> {
    require_keys("scenario", table, findings);
    let (start, offset) = table.instant("start")?;
    let (end, _) = table.instant("end")?;
    let span = Span { start, end, offset };
    ends_after_start(span, table, findings).then_some(span)
}

/// Rule: a scenario ends after it starts.
fn ends_after_start(span: Span, table: &Table, findings: &mut Findings) -> bool {
    let is_later = span.start < span.end;
    if let Some(field) = table.field("end").filter(|_| !is_later) {
        findings.error(
            ENDS_TOO_EARLY,
            &field.spot,
            format!("`{}`", field.quote),
            format!("an instant after the start, {}", span.start),
            "the end is the first instant that no longer belongs to the scenario; compare the offsets",
        );
    }
    is_later
}

/// The policy: the documented defaults, and what is written over them.
pub(super) fn read_policy(table: &Table, names: &Names<'_>, findings: &mut Findings) -> Policy {
    let resources = names.inventory.resources.len();
    let failover = if names.inventory.has_replicas {
        Failover::Replicas
    } else {
        Failover::Anywhere
    };
    let standard = Policy::standard(resources, failover);
    let or = |key, standard: bool| table.flag(key).unwrap_or(standard);
    Policy {
        max_latency: table.number("max_latency_ms").map(Milliseconds),
        headroom: names.resources.shares(
            table,
            "headroom",
            (resources, ResourceId::index),
            findings,
        ),
        existing_shortfall: table.choice("existing_shortfall", standard.existing_shortfall),
        movers: table.choice("movers", standard.movers),
        drain: table.choice("drain", standard.drain),
        failover: table.choice("failover", standard.failover),
        after: table.choice("after", standard.after),
        demand: table.choice("demand", standard.demand),
        periods: table.choice("periods", standard.periods),
        reaction_minutes: table
            .number("reaction_minutes")
            .unwrap_or(standard.reaction_minutes),
        freeze_onboarding: or("freeze_onboarding", standard.freeze_onboarding),
        open_standby: or("open_standby", standard.open_standby),
        max_moved_users: table.number("max_moved_users"),
        split_shards: or("split_shards", standard.split_shards),
        require_stable: or("require_stable", standard.require_stable),
        goals: read_goals(table, findings).unwrap_or(standard.goals),
    }
}

/// The goals in their order, `None` for the default order.
fn read_goals(table: &Table, findings: &mut Findings) -> Option<Vec<Goal>> {
    let goals: Vec<Goal> = table
        .list("goals")?
        .iter()
        .filter_map(|(word, _)| Goal::of_word(word))
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

/// What moving users is bound to: the documented defaults, and what is written over them.
pub(super) fn read_waves(table: &Table) -> WavePolicy {
    let standard = WavePolicy::default();
    WavePolicy {
        minutes: table.number("minutes").unwrap_or(standard.minutes),
        gate_minutes: table
            .number("gate_minutes")
            .unwrap_or(standard.gate_minutes),
        turn_minutes: table
            .number("turn_minutes")
            .unwrap_or(standard.turn_minutes),
        not_before: table.instant("not_before").map(|(at, _)| at),
    }
}

/// What a replay assumes: the documented defaults, and what is written over them.
pub(super) fn read_replay(table: &Table) -> ReplayPolicy {
    let standard = ReplayPolicy::default();
    let or = |key, standard| table.number(key).unwrap_or(standard);
    ReplayPolicy {
        step_seconds: or("step_seconds", standard.step_seconds),
        backoff_seconds: or("backoff_seconds", standard.backoff_seconds),
        backoff_factor: or("backoff_factor", standard.backoff_factor),
        jitter: or("jitter", standard.jitter),
        return_seconds: or("return_seconds", standard.return_seconds),
        accept_queue_seconds: or("accept_queue_seconds", standard.accept_queue_seconds),
    }
}
