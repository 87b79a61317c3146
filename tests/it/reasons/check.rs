//! One reason of explanations.json, looked at from the files alone.

use super::look::{Against, Look, Shift, component_of, resource_of, site_of};
use plimsoll::ids::SiteId;
use plimsoll::model::{Drain, Failover, Goal, MoveRule, Movers};
use plimsoll::plan_files::Reason as Word;
use plimsoll::plan_files::explanations::{
    ChoiceKind, ObstacleKind, Reason, ReasonKind, RuleKind, ShardFate, UselessSite,
};
use plimsoll::units::LATENCY_SLACK_MS;

/// What facts may be off by, as a share of the capacity.
const FACT: f64 = 1e-6;

/// A shard of a reason, with the row of assignment.csv that it is about.
struct Subject {
    shard: usize,
    users: f64,
    from: Option<SiteId>,
    to: Option<SiteId>,
}

/// What is not true of a reason.
pub(super) fn untrue(look: &Look<'_>, reason: &Reason) -> Vec<String> {
    let inventory = look.inventory;
    let mut found = Vec::new();
    let mut users = 0.0;
    let mut least: Option<[f64; 3]> = None;
    let ids: Vec<&str> = inventory.shard_ids.iter().collect();
    for id in &reason.shards {
        let rows: Vec<_> = look
            .assignment
            .iter()
            .filter(|row| row.shard == *id && is_about(reason, row))
            .collect();
        let [row] = rows.as_slice() else {
            found.push(format!("{id} has {} such rows", rows.len()));
            continue;
        };
        users += row.users;
        let subject = Subject {
            shard: ids.iter().position(|text| text == id).expect("a shard"),
            users: row.users,
            from: row.from_site.as_ref().map(|id| site_of(inventory, id)),
            to: row.to_site.as_ref().map(|id| site_of(inventory, id)),
        };
        if !is_true(look, reason, &subject, &mut least) {
            found.push(format!("{id}: {:?} is not so", reason.reason));
        }
        if !is_chosen_so(look, reason, &subject) {
            found.push(format!("{id}: chosen {:?} is not so", reason.choice));
        }
    }
    if (users - reason.users).abs() > 1e-6 * users.max(1.0) {
        found.push(format!("{users} users"));
    }
    if let Some([load, capacity, target]) = least {
        let facts = [
            (reason.short_by, load - capacity * (1.0 - target), capacity),
            (reason.headroom, 1.0 - load / capacity, 1.0),
            (reason.target, target, 1.0),
        ];
        for (written, true_fact, whole) in facts {
            let written = written.expect("a squeeze has facts");
            if (written - true_fact).abs() > FACT * whole {
                found.push(format!("{written} is written, {true_fact} is true"));
            }
        }
    }
    found
}

/// `true` if a row of assignment.csv is what a reason is about.
fn is_about(reason: &Reason, row: &plimsoll::plan_files::AssignmentRow) -> bool {
    let is_there = row.to_site.as_deref() == reason.to_site.as_deref() && row.users > 0.0;
    let is_from = row.from_site.as_deref() == reason.from_site.as_deref();
    is_there
        && match reason.kind {
            ShardFate::Moved => {
                is_from && [Word::Drained, Word::Failed, Word::Relief].contains(&row.reason)
            }
            ShardFate::Unserved => is_from && row.reason == Word::Unserved,
            ShardFate::Placed => is_from && row.reason == Word::Placed,
            ShardFate::Returned => row.reason == Word::Returned,
        }
}

/// Whether a reason is true for one shard; the squeeze of the shard that needs least is kept.
fn is_true(look: &Look<'_>, reason: &Reason, of: &Subject, least: &mut Option<[f64; 3]>) -> bool {
    match reason.kind {
        ShardFate::Returned => reason.reason == ReasonKind::Returned && of.from == of.to,
        ShardFate::Placed => reason.reason == ReasonKind::Placed && of.from.is_none(),
        ShardFate::Moved => has_left_so(look, reason, of, least),
        ShardFate::Unserved => is_unserved_so(look, reason, of),
    }
}

fn has_left_so(
    look: &Look<'_>,
    reason: &Reason,
    of: &Subject,
    least: &mut Option<[f64; 3]>,
) -> bool {
    let (Some(from), Some(to)) = (of.from, of.to) else {
        return false;
    };
    let shift = Shift {
        shard: of.shard,
        users: of.users,
        leaving: Some((to, of.users)),
    };
    let obstacle = look.obstacle(&shift, from, Against::Target);
    let expected = match &obstacle {
        Some((ObstacleKind::Drained, _)) => ReasonKind::Drained,
        Some((ObstacleKind::Failed, _)) => ReasonKind::Failed,
        Some((ObstacleKind::NothingLeft, _)) => ReasonKind::NothingLeft,
        Some((ObstacleKind::NoPath, _)) => ReasonKind::NoPath,
        Some((ObstacleKind::StandbyClosed, _)) => ReasonKind::StandbyClosed,
        Some((ObstacleKind::NoRoom, _)) => ReasonKind::NoRoom,
        Some((ObstacleKind::NoCopy, _)) => return false,
        None => {
            let goals = &look.scenario.policy.goals;
            let place = |goal| goals.iter().position(|candidate| *candidate == goal);
            let is_first = place(Goal::Latency)
                .is_some_and(|latency| place(Goal::Moves).is_none_or(|moves| latency < moves));
            let is_nearer = look.latency(of.shard, to) < look.latency(of.shard, from);
            if is_first && is_nearer {
                ReasonKind::Nearer
            } else if look.is_joint {
                ReasonKind::Ahead
            } else {
                ReasonKind::Together
            }
        }
    };
    let mut holds = reason.reason == expected;
    if expected == ReasonKind::NoPath {
        let alone = look.reopening(of.shard, from);
        let named: Vec<String> = reason.component.iter().cloned().collect();
        holds &= if alone.len() == 1 {
            named == alone
        } else {
            named.is_empty()
        };
    }
    if let Some((ObstacleKind::NoRoom, squeezes)) = obstacle {
        let (Some(component), Some(resource)) = (&reason.component, &reason.resource) else {
            return false;
        };
        let place = (
            component_of(look.inventory, component),
            resource_of(look.inventory, resource),
        );
        match squeezes.get(&place) {
            Some(squeeze) if least.is_none_or(|least| squeeze[0] < least[0]) => {
                *least = Some(*squeeze);
            }
            Some(_) => {}
            None => holds = false,
        }
    }
    holds
}

fn is_unserved_so(look: &Look<'_>, reason: &Reason, of: &Subject) -> bool {
    let policy = &look.scenario.policy;
    let sites = (0..look.inventory.sites.len()).map(SiteId::new);
    let permitted: Vec<SiteId> = sites
        .filter(|site| look.may_run_at(of.shard, *site))
        .collect();
    let is_reachable =
        |site: &SiteId| !look.believed.gone[site.index()] && look.is_reachable(of.shard, *site);
    let is_trapped = !permitted.iter().any(is_reachable);
    let mut rows = look.assignment.iter();
    let served = rows
        .find(|row| row.shard == *look.inventory.shard_ids.get(of.shard) && row.to_site.is_some());
    let served = served.map(|row| {
        let site = row.to_site.as_ref().expect("it is served");
        (site_of(look.inventory, site), row.users)
    });
    let rows = look.assignment.iter();
    let moved: f64 = rows
        .filter(|row| row.from_site.is_some() && row.to_site.is_some())
        .filter(|row| row.from_site != row.to_site)
        .map(|row| row.users)
        .sum();
    let mut has_room = false;
    let mut is_limited = false;
    let mut listed = 0;
    for &site in &permitted {
        let leaving = served.filter(|(one_site, _)| *one_site != site && !policy.split_shards);
        let shift = Shift {
            shard: of.shard,
            users: of.users + leaving.map_or(0.0, |(_, users)| users),
            leaving,
        };
        let obstacle = look.obstacle(&shift, site, Against::Capacity);
        let id = &look.inventory.sites[site.index()].id;
        let item = reason.sites.iter().find(|item| item.site == *id);
        match (&obstacle, item) {
            (Some((obstacle, squeezes)), Some(item)) => {
                if item.obstacle != *obstacle || !is_named(look, item, squeezes) {
                    return false;
                }
                listed += 1;
            }
            (None, None) => {
                let counted = leaving
                    .filter(|(site, _)| Some(*site) != of.from)
                    .map_or(0.0, |(_, users)| users);
                let is_move = of.from.is_some_and(|from| from != site);
                let is_beyond = policy.max_moved_users.is_some_and(|limit| {
                    is_move && moved - counted + shift.users > limit * (1.0 + 1e-6) + 1e-6
                });
                is_limited |= is_beyond;
                has_room |= !is_beyond;
            }
            _ => return false,
        }
    }
    let expected = match (is_trapped, has_room, is_limited) {
        (true, _, _) => ReasonKind::Trapped,
        (false, true, _) => ReasonKind::WholeShards,
        (false, false, true) => ReasonKind::MoveLimit,
        (false, false, false) => ReasonKind::Full,
    };
    let is_kept_away = permitted.len() < look.inventory.sites.len();
    reason.reason == expected
        && listed == reason.sites.len()
        && reason
            .rule
            .is_none_or(|rule| is_trapped && is_kept_away && keeps(look, reason, of, rule))
}

/// Whether a rule holds for a shard and keeps it from some site.
fn keeps(look: &Look<'_>, reason: &Reason, of: &Subject, rule: RuleKind) -> bool {
    let row = &look.inventory.shards[of.shard];
    let policy = &look.scenario.policy;
    let has_failed = of
        .from
        .is_some_and(|from| look.believed.failed[from.index()]);
    let without_copy =
        (0..look.inventory.sites.len()).any(|site| !look.has_copy(of.shard, SiteId::new(site)));
    match rule {
        RuleKind::Pinned => row.move_rule == MoveRule::Pinned,
        RuleKind::Movers => {
            policy.movers == Movers::Affected && !look.affected[of.shard] && of.from.is_some()
        }
        RuleKind::Failover => has_failed && policy.failover == Failover::Replicas && without_copy,
        RuleKind::ReplicaOnly => row.move_rule == MoveRule::ReplicaOnly,
        RuleKind::Drain => {
            policy.drain == Drain::Replicas && look.has_replicas(of.shard) && !has_failed
        }
        RuleKind::Jurisdiction => {
            let text = row
                .jurisdiction
                .map(|jurisdiction| &look.inventory.jurisdictions[jurisdiction.index()]);
            let offers = |site: &plimsoll::model::Site| {
                row.jurisdiction
                    .is_some_and(|jurisdiction| site.jurisdictions.contains(&jurisdiction))
            };
            text == reason.jurisdiction.as_ref() && !look.inventory.sites.iter().all(offers)
        }
    }
}

/// Whether what is named as without room is among what would be beyond its limit.
fn is_named(look: &Look<'_>, item: &UselessSite, squeezes: &super::look::Squeezes) -> bool {
    let (Some(component), Some(resource)) = (&item.component, &item.resource) else {
        return squeezes.is_empty();
    };
    let place = (
        component_of(look.inventory, component),
        resource_of(look.inventory, resource),
    );
    squeezes.contains_key(&place)
}

/// Whether the new site was chosen as a reason says.
fn is_chosen_so(look: &Look<'_>, reason: &Reason, of: &Subject) -> bool {
    let (Some(to), ShardFate::Moved | ShardFate::Placed) = (of.to, reason.kind) else {
        return reason.choice.is_none() && reason.nearer.is_empty();
    };
    let is_copy = look.has_copy(of.shard, to);
    if reason.takeover != Some(is_copy) {
        return false;
    }
    let sites = (0..look.inventory.sites.len()).map(SiteId::new);
    let others: Vec<SiteId> = sites
        .filter(|site| *site != to && Some(*site) != of.from)
        .filter(|site| look.may_run_at(of.shard, *site) && !look.believed.gone[site.index()])
        .filter(|site| look.is_reachable(of.shard, *site))
        .collect();
    let value = look.latency(of.shard, to).unwrap_or(f64::INFINITY);
    let is_nearer = |site: &&SiteId| {
        let latency = look.latency(of.shard, **site);
        latency.is_some_and(|latency| latency < value - LATENCY_SLACK_MS)
    };
    let shift = Shift {
        shard: of.shard,
        users: of.users,
        leaving: Some((to, of.users)),
    };
    let mut listed = 0;
    let (mut has_free, mut has_no_copy, mut count) = (false, false, 0);
    for &site in others.iter().filter(is_nearer) {
        count += 1;
        let id = &look.inventory.sites[site.index()].id;
        let item = reason.nearer.iter().find(|item| item.site == *id);
        listed += usize::from(item.is_some());
        match (look.obstacle(&shift, site, Against::Target), item) {
            (Some((obstacle, squeezes)), Some(item)) => {
                if item.obstacle != obstacle || !is_named(look, item, &squeezes) {
                    return false;
                }
            }
            (Some(_), None) => return false,
            (None, item) => {
                let is_without_copy = is_copy && !look.has_copy(of.shard, site);
                has_no_copy |= is_without_copy;
                has_free |= !is_without_copy;
                let is_no_copy =
                    |useless_site: &UselessSite| useless_site.obstacle == ObstacleKind::NoCopy;
                if item.is_some_and(|item| !is_no_copy(item) || !is_without_copy) {
                    return false;
                }
            }
        }
    }
    let expected = match (others.is_empty(), count, has_free, has_no_copy) {
        (true, ..) => ChoiceKind::Only,
        (false, 0, ..) => ChoiceKind::Nearest,
        (false, _, true, _) if look.is_joint => ChoiceKind::Ahead,
        (false, _, true, _) => ChoiceKind::Together,
        (false, _, false, true) => ChoiceKind::Copy,
        (false, _, false, false) => ChoiceKind::NearestWithRoom,
    };
    reason.choice == Some(expected) && listed == reason.nearer.len()
}
