//! Places: whether shards are served only where they may be.

use super::affected::Affected;
use super::assignment::Start;
use super::assignment::cell;
use super::assignment::{Assignment, Part};
use super::context::RefereeContext;
use super::period::PeriodState;
use super::report::{At, Report, Rule};
use crate::diagnostic::amounts::rounded;
use crate::ids::SiteId;
use crate::model::{Drain, Failover, MoveRule, Movers};
use crate::plan_files::{AssignmentRow, Row};
use crate::units::AGREEMENT;

/// P7201: nobody is served where nothing is left.
const OPEN: Rule = Rule::new("P7201", "serve them elsewhere, or leave to_site blank");
/// P7202: a shard may only move to a site that lists its jurisdiction. Where it is already it may stay.
const JURISDICTION: Rule = Rule::new("P7202", "move it to a site that lists its jurisdiction");
/// P7203: a pinned shard is at its site or unserved.
const PINNED: Rule = Rule::new("P7203", "leave it unserved");
/// P7204: a `replica_only` shard goes to a site that holds a ready replica, or to that of shards.csv.
const REPLICA_ONLY: Rule = Rule::new(
    "P7204",
    "move it to one of its replicas, or leave it unserved",
);
/// P7205: "planned moves: a shard with replicas goes to one of them".
const DRAIN: Rule = Rule::new(
    "P7205",
    "move it to one of its replicas, or set drain = \"anywhere\" in the scenario",
);
/// P7206: "after a failure a shard without its site runs from a ready replica or not at all".
const FAILOVER: Rule = Rule::new(
    "P7206",
    "run it from a ready replica or leave it unserved, or set failover = \"anywhere\" (its data come from a backup)",
);
/// P7207: with `movers = "affected"` users that no event touches never move.
const AFFECTED: Rule = Rule::new(
    "P7207",
    "leave the shard at its site, or set movers = \"all\" in the scenario",
);
/// P7208: no more users move than the policy allows.
const LIMIT: Rule = Rule::new(
    "P7208",
    "move fewer, or raise max_moved_users in the scenario",
);

/// Checks where the shards of one period are served.
pub(super) fn check(
    situation: &PeriodState,
    start: &Start<'_>,
    assignment: &Assignment,
    affected: &mut Affected<'_>,
    report: &mut Report,
) {
    let (context, case) = (situation.context, &situation.case);
    let mut moved = 0.0;
    for (shard, part) in assignment.all() {
        let Some(to) = part.to else {
            continue;
        };
        if case.gone[to.index()] {
            let found = format!(
                "`{}`, which has no capacity left",
                context.site_name(Some(to))
            );
            report.add(OPEN, cell(part.line(), "to_site"), found, "an open site");
        }
        if part.from == Some(to) {
            continue;
        }
        shard_may_be_there(context, (shard, part, to), report);
        if let Some(from) = part.from {
            moved += part.users;
            let is_failed = case.failed[from.index()];
            move_is_allowed(
                context,
                (shard, part, to),
                (from, is_failed),
                affected,
                report,
            );
        }
    }
    if let Some(limit) = context.scenario.policy.max_moved_users
        && moved > limit + AGREEMENT * limit.max(1.0) + 1e-9 * situation.demanded.users
    {
        let found = format!("{} users moved in period {}", rounded(moved), start.period);
        let at = At::file(AssignmentRow::FILE);
        report.add(LIMIT, at, found, format!("at most {}", rounded(limit)));
    }
}

/// Notes that a part may not be at the site where it is.
fn note(
    context: &RefereeContext,
    (shard, part, to): (usize, &Part, SiteId),
    rule: Rule,
    [why, expected]: [&str; 2],
    report: &mut Report,
) {
    let (shard, site) = (context.shard_name(shard), context.site_name(Some(to)));
    let found = format!("shard `{shard}` at `{site}`, {why}");
    report.add(rule, cell(part.line(), "to_site"), found, expected);
}

/// What is said of a site without a copy.
const NO_COPY: &str = "where it has no ready replica";

/// P7202 to P7204: a shard is served elsewhere than at its current site only where it may be.
fn shard_may_be_there(context: &RefereeContext, part: (usize, &Part, SiteId), report: &mut Report) {
    let (shard, _, to) = part;
    let inventory = context.inventory;
    let of_shard = &inventory.shards[shard];
    let offered = &inventory.sites[to.index()].jurisdictions;
    if let Some(needed) = of_shard.jurisdiction
        && !offered.contains(&needed)
    {
        let name = &inventory.jurisdictions[needed.index()];
        let why = format!("which is not in `{name}`");
        let words = [&*why, &*format!("a site in `{name}`")];
        note(context, part, JURISDICTION, words, report);
    }
    if of_shard.move_rule == MoveRule::Pinned {
        let words = ["though it is pinned", "its own site, or none"];
        note(context, part, PINNED, words, report);
    }
    let is_allowed = of_shard.site == Some(to) || context.has_ready_copy(shard, to);
    if of_shard.move_rule == MoveRule::ReplicaOnly && !is_allowed {
        let words = [NO_COPY, "a site with a ready replica"];
        note(context, part, REPLICA_ONLY, words, report);
    }
}

/// P7205 to P7207: a shard moves from one site to another only as the policy lets it.
fn move_is_allowed(
    context: &RefereeContext,
    part: (usize, &Part, SiteId),
    (from, is_failed): (SiteId, bool),
    affected: &mut Affected<'_>,
    report: &mut Report,
) {
    let policy = &context.scenario.policy;
    let (shard, moved, to) = part;
    let has_copy = context.has_ready_copy(shard, to);
    if is_failed {
        if policy.failover == Failover::Replicas && !has_copy {
            let words = [NO_COPY, "a ready replica (failover = \"replicas\")"];
            note(context, part, FAILOVER, words, report);
        }
    } else if policy.drain == Drain::Replicas && context.has_replicas(shard) && !has_copy {
        let words = [NO_COPY, "one of its replicas (drain = \"replicas\")"];
        note(context, part, DRAIN, words, report);
    }
    if policy.movers == Movers::Affected && moved.users > 0.0 && !affected.is_affected(shard, from)
    {
        let expected = format!("`{}`, as it is unaffected", context.site_name(Some(from)));
        let words = ["though it is unaffected", &*expected];
        note(context, part, AFFECTED, words, report);
    }
}
