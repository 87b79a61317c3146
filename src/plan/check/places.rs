//! Places: whether shards are served only where they may be.

use super::affected::Affected;
use super::ground::Ground;
use super::homes::Start;
use super::parts::cell;
use super::parts::{Assignment, Part};
use super::period::Situation;
use super::report::{At, Report, Rule};
use crate::ids::SiteId;
use crate::model::{Drain, Failover, MoveRule, Movers};
use crate::plan_files::{AssignmentRow, Row, decimal};
use crate::units::AGREEMENT;

/// A part that is served elsewhere than at its current site.
struct Change<'a> {
    shard: usize,
    part: &'a Part,
    to: SiteId,
}

/// Checks where the shards of one period are served.
pub(super) fn check(
    ground: &Ground<'_>,
    situation: &Situation,
    start: &Start<'_>,
    assignment: &Assignment,
    affected: &mut Affected<'_>,
    report: &mut Report,
) {
    let mut moved = 0.0;
    for (shard, part) in assignment.all() {
        let Some(to) = part.to else {
            continue;
        };
        site_is_open(ground, situation, part, to, report);
        let from = part.from;
        if from == Some(to) {
            continue;
        }
        let change = Change { shard, part, to };
        jurisdiction_is_offered(ground, &change, report);
        pinned_shards_stay(ground, &change, report);
        replica_only_shards_go_to_copies(ground, &change, report);
        let Some(from) = from else {
            continue;
        };
        moved += part.users;
        if situation.case.failed[from.index()] {
            failover_rule_is_kept(ground, &change, report);
        } else {
            drain_rule_is_kept(ground, &change, report);
        }
        only_affected_users_move(ground, &change, from, affected, report);
    }
    move_limit_is_kept(ground, situation, start.period, moved, report);
}

impl Change<'_> {
    /// Notes that the shard may not be where it is.
    fn add(&self, ground: &Ground<'_>, rule: Rule, why: &str, expected: &str, report: &mut Report) {
        let found = format!(
            "shard `{}` at `{}`, {why}",
            ground.shard_name(self.shard),
            ground.site_name(Some(self.to)),
        );
        report.add(rule, cell(self.part.line(), "to_site"), found, expected);
    }
}

/// P7201: nobody is served where nothing is left.
fn site_is_open(
    ground: &Ground<'_>,
    situation: &Situation,
    part: &Part,
    to: SiteId,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7201",
        hint: "serve them elsewhere, or leave to_site blank",
    };
    if situation.case.gone[to.index()] {
        let found = format!("`{}`, of which nothing is left", ground.site_name(Some(to)));
        report.add(RULE, cell(part.line(), "to_site"), found, "an open site");
    }
}

/// P7202: a shard may only move to a site that lists its jurisdiction. Where it is already it may stay.
fn jurisdiction_is_offered(ground: &Ground<'_>, change: &Change<'_>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7202",
        hint: "move it to a site that lists its jurisdiction",
    };
    let Some(needed) = ground.inventory.shards[change.shard].jurisdiction else {
        return;
    };
    let offered = &ground.inventory.sites[change.to.index()].jurisdictions;
    if !offered.contains(&needed) {
        let name = &ground.inventory.jurisdictions[needed.index()];
        let why = format!("which is not in `{name}`");
        change.add(ground, RULE, &why, &format!("a site in `{name}`"), report);
    }
}

/// P7203: a pinned shard is at its site or unserved.
fn pinned_shards_stay(ground: &Ground<'_>, change: &Change<'_>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7203",
        hint: "leave it unserved",
    };
    if ground.inventory.shards[change.shard].move_rule == MoveRule::Pinned {
        change.add(
            ground,
            RULE,
            "though it is pinned",
            "its own site, or none",
            report,
        );
    }
}

/// P7204: a `replica_only` shard goes to a site that holds a ready replica, or to that of shards.csv.
fn replica_only_shards_go_to_copies(ground: &Ground<'_>, change: &Change<'_>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7204",
        hint: "move it to one of its replicas, or leave it unserved",
    };
    let shard = &ground.inventory.shards[change.shard];
    let is_allowed =
        shard.site == Some(change.to) || ground.has_ready_copy(change.shard, change.to);
    if shard.move_rule == MoveRule::ReplicaOnly && !is_allowed {
        let why = "where it has no ready replica";
        change.add(ground, RULE, why, "a site with a ready replica", report);
    }
}

/// P7205: "planned moves: a shard with replicas goes to one of them".
fn drain_rule_is_kept(ground: &Ground<'_>, change: &Change<'_>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7205",
        hint: "move it to one of its replicas, or set drain = \"anywhere\" in the scenario",
    };
    if ground.scenario.policy.drain == Drain::Replicas
        && ground.has_replicas(change.shard)
        && !ground.has_ready_copy(change.shard, change.to)
    {
        let why = "where it has no ready replica";
        change.add(
            ground,
            RULE,
            why,
            "one of its replicas (drain = \"replicas\")",
            report,
        );
    }
}

/// P7206: "after a failure a shard without its site runs from a ready replica or not at all".
fn failover_rule_is_kept(ground: &Ground<'_>, change: &Change<'_>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7206",
        hint: "run it from a ready replica or leave it unserved, or set failover = \"anywhere\"",
    };
    if ground.scenario.policy.failover == Failover::Replicas
        && !ground.has_ready_copy(change.shard, change.to)
    {
        let why = "where it has no ready replica";
        change.add(
            ground,
            RULE,
            why,
            "a ready replica (failover = \"replicas\")",
            report,
        );
    }
}

/// P7207: with `movers = "affected"` users whom no event touches never move.
fn only_affected_users_move(
    ground: &Ground<'_>,
    change: &Change<'_>,
    from: SiteId,
    affected: &mut Affected<'_>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7207",
        hint: "leave it where it is, or set movers = \"all\" in the scenario",
    };
    if ground.scenario.policy.movers == Movers::Affected
        && change.part.users > 0.0
        && !affected.is_affected(change.shard, from)
    {
        let expected = format!("`{}`, as nothing touches it", ground.site_name(Some(from)));
        change.add(ground, RULE, "though nothing touches it", &expected, report);
    }
}

/// P7208: no more users move than the policy allows.
fn move_limit_is_kept(
    ground: &Ground<'_>,
    situation: &Situation,
    period: usize,
    moved: f64,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7208",
        hint: "move fewer, or raise max_moved_users in the scenario",
    };
    if let Some(limit) = ground.scenario.policy.max_moved_users
        && moved > limit + AGREEMENT * limit.max(1.0) + 1e-9 * situation.demanded.users
    {
        let found = format!("{} users moved in period {period}", decimal(moved));
        let at = At::file(AssignmentRow::FILE);
        report.add(RULE, at, found, format!("at most {}", decimal(limit)));
    }
}
