//! Why users stay unserved, in words.

use super::plan::Part;
use crate::formulation::rows::RowId;
use crate::formulation::{ClassId, Problem, Rules};
use crate::ids::{ShardId, SiteId};
use crate::model::{Drain, Failover, Home, MoveRule};
use crate::solve::Outcome;
use std::collections::BTreeSet;

/// Most sites that a reason names.
const NAMED: usize = 3;

/// By shard with unserved users, how many and why, ascending.
pub fn unserved_reasons(
    problem: &Problem<'_>,
    outcome: &Outcome,
    parts: &[Part],
) -> Vec<(ShardId, f64, String)> {
    let mut all: Vec<(ShardId, f64, String)> = Vec::new();
    for part in parts {
        if part.site.is_some() || part.users <= 0.0 {
            continue;
        }
        let Some(class) = problem.classes.class_of.get(part.home()) else {
            continue;
        };
        let words = unserved_reason(problem, outcome, part.home(), class);
        match all.last_mut() {
            Some((shard, users, reason)) if *shard == part.shard => {
                *users += part.users;
                if *reason != words {
                    *reason = format!("{reason}; {words}");
                }
            }
            _ => all.push((part.shard, part.users, words)),
        }
    }
    all
}

/// Why users at a current home stay unserved.
fn unserved_reason(problem: &Problem<'_>, outcome: &Outcome, home: Home, class: ClassId) -> String {
    if problem.class(class).sites.is_empty() {
        trapped_reason(problem, home)
    } else {
        full_reason(problem, outcome, class)
    }
}

/// No allowed, open site is within reach.
fn trapped_reason(problem: &Problem<'_>, home: Home) -> String {
    let setting = &problem.setting;
    let inventory = setting.inventory;
    let row = &inventory.shards[home.shard.index()];
    let rules = Rules::new(*setting);
    let permitted: Vec<SiteId> = (0..inventory.sites.len())
        .map(SiteId::new)
        .filter(|&site| rules.is_permitted(home, site))
        .collect();
    let open: Vec<SiteId> = permitted
        .iter()
        .copied()
        .filter(|site| !setting.case.gone[site.index()])
        .collect();
    let names = |sites: &[SiteId]| -> String {
        sites
            .iter()
            .map(|site| format!("`{}`", inventory.sites[site.index()].id))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if !open.is_empty() {
        let limit = row.max_latency.or(setting.policy.max_latency);
        let within = limit.map_or_else(String::new, |limit| format!(" within {limit}"));
        let anywhere = match open.len() {
            1..=NAMED => names(&open),
            more => format!("any of {more} open sites"),
        };
        return format!(
            "no open path{within} leads from `{}` to {anywhere}",
            inventory.client_regions[row.client_region.index()].id,
        );
    }
    let has_failed = home
        .site
        .is_some_and(|site| setting.case.failed[site.index()]);
    let has_replicas = !inventory.replicas_of(home.shard).is_empty();
    let rule = match (row.move_rule, row.jurisdiction) {
        (MoveRule::Pinned, _) => "it is pinned".to_owned(),
        _ if has_failed && setting.policy.failover == Failover::Replicas => {
            "its site has failed, and it runs from a ready replica or not at all (`failover`)"
                .to_owned()
        }
        (MoveRule::Free, None) if has_replicas && setting.policy.drain == Drain::Replicas => {
            "it may only move to one of its replicas (`drain`)".to_owned()
        }
        (MoveRule::ReplicaOnly, _) => "it may only move to a replica".to_owned(),
        (MoveRule::Free, Some(jurisdiction)) => format!(
            "it must stay in `{}`",
            inventory.jurisdictions[jurisdiction.index()]
        ),
        (MoveRule::Free, None) => "its rules permit no other site".to_owned(),
    };
    if permitted.is_empty() {
        format!("{rule}, and no site is permitted")
    } else {
        format!("{rule}, and nothing is left of {}", names(&permitted))
    }
}

/// The load rows of its default path and of the sites where it may go.
fn rows_within_reach(problem: &Problem<'_>, class: ClassId) -> BTreeSet<RowId> {
    let at_sites = problem
        .class(class)
        .sites
        .iter()
        .flat_map(|&site| problem.loads_at_site(class, site));
    let by_default = problem.defaults[class].map_or_else(Vec::new, |default| {
        problem.loads(class, problem.paths.get(default.path))
    });
    at_sites.chain(by_default).map(|(row, _)| row).collect()
}

/// What binds where it may go.
fn full_reason(problem: &Problem<'_>, outcome: &Outcome, class: ClassId) -> String {
    let inventory = problem.setting.inventory;
    let within_reach = rows_within_reach(problem, class);
    let tightest = outcome
        .levels
        .iter()
        .filter(|level| level.level.goal() == crate::model::Goal::Unserved)
        .flat_map(|level| level.gains.iter().enumerate())
        .filter(|(row, gain)| **gain > 0.0 && within_reach.contains(row))
        .map(|(row, gain)| (row, gain * problem.rows.rows[row].capacity))
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    match tightest {
        Some((row, _)) => {
            let row = &problem.rows.rows[row];
            format!(
                "not enough {} is left; `{}` is full",
                inventory.resources[row.resource.index()].id,
                inventory.component_name(row.component)
            )
        }
        None if problem.setting.policy.max_moved_users.is_some() => {
            "no more users may move (max_moved_users)".to_owned()
        }
        None => "no room is left for a whole shard where it may go".to_owned(),
    }
}
