//! Why users of a shard are served nowhere.

use super::because::{Rule, Useless, Why};
use super::reasons::Written;
use super::room::{Against, Room, Shift};
use crate::formulation::{ClassId, Problem, Rules};
use crate::ids::SiteId;
use crate::model::{Drain, Failover, Home, MoveRule, Movers};
use crate::plan::plan::Part;
use crate::units::{FEASIBILITY, NOBODY};

/// Why users of a part stay unserved.
pub(super) fn why_unserved(
    written: &Written<'_>,
    room: &mut Room<'_>,
    part: &Part,
    class: ClassId,
) -> Why {
    let problem = written.problem;
    let permitted = permitted(problem, part.home());
    if problem.class(class).sites.is_empty() {
        let useless: Vec<Useless> = permitted
            .iter()
            .filter_map(|&site| Some((site, room.closed(class, site)?)))
            .collect();
        let is_kept_away = permitted.len() < problem.setting.inventory.sites.len();
        let rule = is_kept_away.then(|| rule(problem, part.home())).flatten();
        return Why::Trapped(rule, useless);
    }
    let mut useless: Vec<Useless> = Vec::new();
    let mut is_limited = false;
    let mut has_room = false;
    for &site in &permitted {
        let shift = shift(written, part, class, site);
        if let Some(obstacle) = room.obstacle_to_more(&shift, site, Against::Capacity) {
            useless.push((site, obstacle));
        } else if is_beyond_limit(written, part, &shift, site) {
            is_limited = true;
        } else {
            has_room = true;
        }
    }
    match (has_room, is_limited) {
        (true, _) => Why::WholeShards(useless),
        (false, true) => Why::MoveLimit(useless),
        (false, false) => Why::Full(useless),
    }
}

/// The sites where the rules let who is at a home be, ascending.
fn permitted(problem: &Problem<'_>, home: Home) -> Vec<SiteId> {
    let rules = Rules::new(problem.setting);
    (0..problem.setting.inventory.sites.len())
        .map(SiteId::new)
        .filter(|&site| rules.is_permitted(home, site))
        .collect()
}

/// Who would come to a site, were the unserved users of a part served there. A shard that is not split comes as a
/// whole: where else some of it is served, they would leave.
fn shift(written: &Written<'_>, part: &Part, class: ClassId, site: SiteId) -> Shift {
    let of_shard = written.parts.iter().filter(|other| {
        other.shard == part.shard && other.current == part.current && other.site.is_some()
    });
    let elsewhere = of_shard
        .filter(|_| !written.problem.setting.policy.split_shards)
        .find(|other| other.site != Some(site));
    let leaving = elsewhere.and_then(|other| Some((other.site?, other.users)));
    Shift {
        class,
        users: part.users + leaving.map_or(0.0, |(_, users)| users),
        leaving,
    }
}

/// `true` if so many more moves are beyond `max_moved_users`.
fn is_beyond_limit(written: &Written<'_>, part: &Part, shift: &Shift, site: SiteId) -> bool {
    let Some(limit) = written.problem.setting.policy.max_moved_users else {
        return false;
    };
    if part.current.is_none_or(|current| current == site) {
        return false;
    }
    let moved: f64 = written
        .parts
        .iter()
        .filter(|other| other.has_left())
        .map(|other| other.users)
        .sum();
    let are_counted = shift
        .leaving
        .is_some_and(|(from, _)| Some(from) != part.current);
    let counted = if are_counted {
        shift.leaving.map_or(0.0, |(_, users)| users)
    } else {
        0.0
    };
    moved - counted + shift.users > limit * (1.0 + FEASIBILITY) + NOBODY
}

/// The rule that keeps who is at a home from a site; `None` if he may be there.
pub(super) fn rule_against(problem: &Problem<'_>, home: Home, site: SiteId) -> Option<Rule> {
    let inventory = problem.setting.inventory;
    if Rules::new(problem.setting).is_permitted(home, site) {
        return None;
    }
    let asked = inventory.shards[home.shard.index()].jurisdiction;
    let offers = &inventory.sites[site.index()].jurisdictions;
    asked
        .filter(|jurisdiction| offers.binary_search(jurisdiction).is_err())
        .map(Rule::Jurisdiction)
        .or_else(|| rule(problem, home))
}

/// The rule that keeps who is at a home from other sites: the narrowest.
fn rule(problem: &Problem<'_>, home: Home) -> Option<Rule> {
    let setting = &problem.setting;
    let inventory = setting.inventory;
    let row = &inventory.shards[home.shard.index()];
    let has_failed = home
        .site
        .is_some_and(|site| setting.case.failed[site.index()]);
    let has_replicas = !inventory.replicas_of(home.shard).is_empty();
    let is_unaffected = home.site.is_some() && !setting.is_affected.get(home);
    Some(match row.move_rule {
        MoveRule::Pinned => Rule::Pinned,
        _ if setting.policy.movers == Movers::Affected && is_unaffected => Rule::Movers,
        _ if has_failed && setting.policy.failover == Failover::Replicas => Rule::Failover,
        MoveRule::ReplicaOnly => Rule::ReplicaOnly,
        MoveRule::Free
            if home.site.is_some()
                && !has_failed
                && has_replicas
                && setting.policy.drain == Drain::Replicas =>
        {
            Rule::Drain
        }
        MoveRule::Free => Rule::Jurisdiction(row.jurisdiction?),
    })
}
