//! Rules of shards.csv that need the whole inventory.

use super::lines::Lines;
use super::reach::Reach;
use crate::diagnostic::{Code, Place, Severity};
use crate::ids::{ClientRegionId, JurisdictionId, ProfileId, ShardId, SiteId};
use crate::inventory::findings::{Findings, place};
use crate::model::{Inventory, MoveRule, ReplicaState, Shard};
use crate::units::LATENCY_SLACK_MS;
use std::collections::HashMap;

/// A jurisdiction that shards name and no site offers (a warning).
pub(crate) const NOT_OFFERED: Code = Code("P3402");
/// A shard homed at a site that does not list its jurisdiction (a warning: it may stay).
pub(crate) const AGAINST_JURISDICTION: Code = Code("P3403");
/// A shard that no site may hold (a warning: its users stay unserved).
pub(crate) const NOWHERE: Code = Code("P3404");
/// A replica where its shard may not run (a warning: it takes over for nobody).
pub(crate) const REPLICA_AGAINST_JURISDICTION: Code = Code("P3412");
/// More users than can be counted exactly.
pub(crate) const TOO_MANY_USERS: Code = Code("P3405");

const FILE: &str = "shards.csv";

/// Every jurisdiction that shards name is offered by a site; else the first shard that names it is reported.
pub(crate) fn jurisdictions_are_offered(
    inventory: &Inventory,
    lines: &Lines,
    findings: &mut Findings,
) {
    let mut shards = vec![(0_u64, u64::MAX); inventory.jurisdictions.len()];
    for (shard, line) in inventory.shards.iter().zip(&lines.shards) {
        if let Some(jurisdiction) = shard.jurisdiction {
            let (count, first) = &mut shards[jurisdiction.index()];
            *count += 1;
            *first = (*first).min(u64::from(*line));
        }
    }
    for (index, (count, line)) in shards.into_iter().enumerate() {
        if count == 0 || is_offered(inventory, JurisdictionId::new(index)) {
            continue;
        }
        let name = &inventory.jurisdictions[index];
        let known = inventory.jurisdictions.iter().enumerate();
        let offered = known
            .filter(|(other, _)| is_offered(inventory, JurisdictionId::new(*other)))
            .map(|(_, name)| name.as_str());
        let hint = match crate::diagnostic::nearest::likely(name, offered) {
            Some(other) => format!("write `{other}` if it is meant, or list `{name}` in sites.csv"),
            None => format!("list `{name}` at the sites that offer it, in sites.csv"),
        };
        findings.warning(
            NOT_OFFERED,
            place(FILE, line, Some("jurisdiction")),
            format!("`{name}`, which no site offers (shards that name it: {count})"),
            "a jurisdiction of sites.csv",
            hint,
        );
    }
}

fn is_offered(inventory: &Inventory, jurisdiction: JurisdictionId) -> bool {
    inventory
        .sites
        .iter()
        .any(|site| site.jurisdictions.contains(&jurisdiction))
}

/// Every shard is homed where its jurisdiction is offered.
pub(crate) fn homes_offer_their_jurisdiction(
    inventory: &Inventory,
    lines: &Lines,
    findings: &mut Findings,
) {
    for (shard, line) in inventory.shards.iter().zip(&lines.shards) {
        let (Some(site), Some(jurisdiction)) = (shard.site, shard.jurisdiction) else {
            continue;
        };
        let site = &inventory.sites[site.index()];
        if site.jurisdictions.contains(&jurisdiction) {
            continue;
        }
        if !findings.is_counted(Severity::Warning, AGAINST_JURISDICTION, FILE) {
            let jurisdiction = &inventory.jurisdictions[jurisdiction.index()];
            findings.warning(
                AGAINST_JURISDICTION,
                place(FILE, u64::from(*line), Some("site")),
                format!(
                    "`{}`, which does not list the shard's jurisdiction",
                    site.id
                ),
                format!("a site that offers `{jurisdiction}`"),
                "check both; the shard may stay, but not move to such a site",
            );
        }
    }
}

/// Every ready replica is at a site that offers its shard's jurisdiction, as the shard may not run elsewhere.
pub(crate) fn replicas_offer_their_jurisdiction(
    inventory: &Inventory,
    lines: &Lines,
    findings: &mut Findings,
) {
    let placed = inventory.replicas.iter().zip(&lines.replicas);
    let against = placed.filter(|(replica, _)| {
        let shard = &inventory.shards[replica.shard.index()];
        let is_there = shard.site == Some(replica.site);
        replica.state == ReplicaState::Ready && !is_there && !offers(inventory, replica.site, shard)
    });
    let against: Vec<_> = against.collect();
    let Some((first, line)) = against.iter().min_by_key(|(_, line)| **line) else {
        return;
    };
    let shard = &inventory.shards[first.shard.index()];
    let jurisdiction = shard.jurisdiction.map_or("", |jurisdiction| {
        &inventory.jurisdictions[jurisdiction.index()]
    });
    let more = match against.len() {
        0 | 1 => String::new(),
        rows => format!(" ({rows} rows like it)"),
    };
    findings.warning(
        REPLICA_AGAINST_JURISDICTION,
        place("replicas.csv", u64::from(**line), Some("site")),
        format!(
            "a ready replica of `{}` at `{}`, which does not offer `{jurisdiction}`{more}",
            inventory.shard_id(first.shard),
            inventory.sites[first.site.index()].id,
        ),
        "ready replicas at sites that offer the jurisdiction of their shard",
        "move the replica, or list the jurisdiction at the site; until then it takes over for nobody",
    );
}

/// A hundred times mankind.
const MOST_USERS: u128 = 1_000_000_000_000;

/// All users together are few enough for a plan to count each of them.
pub(crate) fn users_can_be_counted(inventory: &Inventory, findings: &mut Findings) {
    let shards = inventory.shards.iter().map(|shard| u128::from(shard.users));
    let onboarding = inventory.onboarding.iter().map(|row| {
        let most = row.users.max(row.low).max(row.high);
        u128::from(most.max(0).unsigned_abs())
    });
    let users: u128 = shards.chain(onboarding).sum();
    if users > MOST_USERS {
        findings.error(
            TOO_MANY_USERS,
            Place::whole(FILE),
            format!("{users} users, onboarding included"),
            format!("at most {MOST_USERS} users, the largest number that a plan counts exactly"),
            "check the users of the largest shards",
        );
    }
}

/// Every shard has a site that may hold it: by jurisdiction, move rule, replicas, and a path within its limit.
///
/// Shards of client regions without any path, and of jurisdictions that nobody offers, are reported there.
pub(crate) fn have_somewhere_to_be(
    inventory: &Inventory,
    reach: &mut Reach<'_>,
    has_path: &[bool],
    lines: &Lines,
    findings: &mut Findings,
) {
    let mut least = Least::default();
    for (index, (shard, line)) in inventory.shards.iter().zip(&lines.shards).enumerate() {
        if !has_path[shard.client_region.index()] {
            continue;
        }
        let Some((column, found)) = obstacle(inventory, index, shard, reach, &mut least) else {
            continue;
        };
        findings.warning(
            NOWHERE,
            place(FILE, u64::from(*line), Some(column)),
            found,
            "at least one site that may hold the shard",
            "relax its rules, or add the missing site, replica or link; its users stay unserved",
        );
    }
}

/// Least latency to any site that offers a jurisdiction, by client region, profile and jurisdiction.
#[derive(Default)]
struct Least {
    known: HashMap<(ClientRegionId, ProfileId, Option<JurisdictionId>), Option<f64>>,
}

impl Least {
    fn latency_to_offering(
        &mut self,
        inventory: &Inventory,
        shard: &Shard,
        reach: &mut Reach<'_>,
    ) -> Option<f64> {
        let (region, profile) = reach.key(shard.client_region, shard.profile);
        let key = (region, profile, shard.jurisdiction);
        *self.known.entry(key).or_insert_with(|| {
            let latencies = reach.latencies(region, profile);
            let offering = (0..inventory.sites.len())
                .filter(|site| offers(inventory, SiteId::new(*site), shard));
            offering
                .filter_map(|site| latencies[site])
                .min_by(f64::total_cmp)
        })
    }
}

fn offers(inventory: &Inventory, site: SiteId, shard: &Shard) -> bool {
    let offered = &inventory.sites[site.index()].jurisdictions;
    shard
        .jurisdiction
        .is_none_or(|jurisdiction| offered.contains(&jurisdiction))
}

/// Why no site may hold a shard, and the column that says so; `None` if one may.
fn obstacle(
    inventory: &Inventory,
    index: usize,
    shard: &Shard,
    reach: &mut Reach<'_>,
    least: &mut Least,
) -> Option<(&'static str, String)> {
    let is_within = |latency: Option<f64>| {
        let limit = shard.max_latency.map(|limit| limit.0 + LATENCY_SLACK_MS);
        latency.is_some_and(|latency| limit.is_none_or(|limit| latency <= limit))
    };
    // Nearly every shard passes here, at the cost of one look-up.
    let nearest = least.latency_to_offering(inventory, shard, reach);
    if shard.move_rule == MoveRule::Free && is_within(nearest) {
        return None;
    }
    let latencies = reach.latencies(shard.client_region, shard.profile);
    let replicas = || inventory.replicas_of(ShardId::new(index)).iter();
    let mut permitted: Vec<SiteId> = match shard.move_rule {
        MoveRule::Pinned => Vec::new(),
        MoveRule::Free => (0..inventory.sites.len()).map(SiteId::new).collect(),
        MoveRule::ReplicaOnly => replicas()
            .filter(|replica| replica.state == ReplicaState::Ready)
            .map(|replica| replica.site)
            .collect(),
    };
    if permitted.is_empty() && shard.site.is_none() {
        let found = match shard.move_rule {
            MoveRule::Pinned => "`pinned`, and the shard has no site",
            _ => "`replica_only`, and the shard has neither a site nor a ready replica",
        };
        return Some(("move", found.to_owned()));
    }
    permitted.retain(|site| offers(inventory, *site, shard));
    permitted.extend(shard.site);
    if permitted.is_empty() {
        let jurisdiction = shard.jurisdiction?;
        if shard.move_rule == MoveRule::Free {
            // Nobody offers it: reported once for all its shards.
            return None;
        }
        let name = &inventory.jurisdictions[jurisdiction.index()];
        let found = format!("`{name}`, offered by no site of a ready replica");
        return Some(("jurisdiction", found));
    }
    let reached = permitted.iter().filter_map(|site| latencies[site.index()]);
    let Some(nearest) = reached.min_by(f64::total_cmp) else {
        let region = &inventory.client_regions[shard.client_region.index()].id;
        let profile = &inventory.profiles[shard.profile.index()].id;
        let found = format!("`{region}`, without a path for `{profile}` to a permitted site");
        return Some(("client_region", found));
    };
    if is_within(Some(nearest)) {
        return None;
    }
    let limit = shard.max_latency?.0;
    let found = format!("{limit} ms, and the nearest permitted site is {nearest:.2} ms away");
    Some(("max_latency_ms", found))
}
