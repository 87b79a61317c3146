//! Witness: who is not on their default path in the plan of a case, as a line of proofs.jsonl says.

use super::super::certificate::{Rules, longest};
use super::super::report::{At, Report, Rule};
use super::basis::{CasePaths, Defaults};
use crate::diagnostic::amounts::rounded;
use crate::ids::{AccessPointId, LinkId, ShardId, SiteId, TierId};
use crate::model::{Hours, LinkEnd};
use crate::plan_files::{CaseProof, DisplacedUsers, LikeShard, Lined, PROOFS_FILE, UsersOf};
use crate::units::{AGREEMENT, NOBODY};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// A path that is written for displaced users.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WitnessPath {
    pub(super) links: Vec<LinkId>,
    pub(super) access_point: AccessPointId,
    pub(super) site: SiteId,
    /// Milliseconds.
    pub(super) latency: f64,
}

/// Users who are not on their default path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DisplacedInCase {
    /// Position of those who are alike.
    pub(super) alike: usize,
    pub(super) tier: TierId,
    /// Whether the shard that tells who they are has a latency limit beside that of the policy.
    pub(super) has_limit: bool,
    /// Their paths to one site: one for all slices of the hours, or one for each; none are unserved.
    pub(super) legs: Vec<WitnessPath>,
    pub(super) users: f64,
}

/// Milliseconds of the paths of a route, the mean over the hours.
pub(super) fn mean_latency(legs: &[WitnessPath], hours: &Hours) -> f64 {
    let by_slice = legs.iter().enumerate();
    match legs {
        [only] => only.latency,
        _ => by_slice
            .map(|(slice, leg)| hours.weight(slice) * leg.latency)
            .sum(),
    }
}

const WHO: Rule = Rule::new(
    "P7850",
    "displace no more users than exist, each of a shard that has a default path",
);

const WHERE: Rule = Rule::new(
    "P7851",
    "use a path that is open to the users in the case, to a site that the rules permit",
);

/// Reads who is displaced, and checks that they are there and may go where they go. `start` are those who are displaced
/// without any failure: they are here too, unless the line tells otherwise of their shard.
pub(super) fn displaced(
    paths: &CasePaths<'_, '_>,
    defaults: &Defaults,
    (start, proof): (&[Lined<DisplacedUsers>], &Lined<CaseProof>),
    report: &mut Report,
) -> Vec<DisplacedInCase> {
    undisplaced_are_of_start(start, proof, report);
    let line = &proof.row;
    let flat_map = line
        .displaced
        .iter()
        .flat_map(|displaced_users| &displaced_users.of);
    let chain = flat_map
        .map(|users_of| &users_of.shard)
        .chain(&line.undisplaced);
    let like_shards: FxHashSet<&LikeShard> = chain.collect();
    let of_start = start.iter().flat_map(|lined| {
        let links = lined.row.links.as_ref();
        let of = lined.row.of.iter();
        let as_ever = of.filter(|users_of| !like_shards.contains(&users_of.shard));
        as_ever.map(move |users_of| (None, links, users_of))
    });
    let of_line = line.displaced.iter().enumerate().flat_map(|(path, on)| {
        let of = on.of.iter().enumerate();
        of.map(move |(position, users_of)| (Some([path, position]), on.links.as_ref(), users_of))
    });
    let mut all = Vec::new();
    let mut counted: BTreeMap<(usize, TierId), f64> = BTreeMap::new();
    for (position, links, users_of) in of_start.chain(of_line) {
        let mut wrong = |rule: Rule, column: &str, found: String, expected: String| {
            let key = match position {
                Some([path, _]) if column == "links" => format!("displaced[{path}].links"),
                Some([path, position]) => format!("displaced[{path}].of[{position}].{column}"),
                None => "displaced".to_owned(),
            };
            report.add(
                rule,
                At::cell(PROOFS_FILE, proof.line, &key),
                found,
                expected,
            );
        };
        let displaced = match displaced_of(paths, defaults, links, users_of) {
            Ok(displaced) => displaced,
            Err(Unfit(rule, column, found, expected)) => {
                wrong(rule, column, found, expected);
                continue;
            }
        };
        let users = counted
            .entry((displaced.alike, displaced.tier))
            .or_default();
        *users += displaced.users;
        let there = paths.basis.alike.users_of(displaced.alike, displaced.tier);
        if *users > there * (1.0 + AGREEMENT) + NOBODY {
            let found = format!("{} users displaced", rounded(*users));
            let expected = format!("at most the {} users of shards like it", rounded(there));
            wrong(WHO, "users", found, expected);
        }
        all.push(displaced);
    }
    all
}

/// P7850: users who are displaced no more were displaced without any failure.
fn undisplaced_are_of_start(
    start: &[Lined<DisplacedUsers>],
    proof: &Lined<CaseProof>,
    report: &mut Report,
) {
    if proof.row.undisplaced.is_empty() {
        return;
    }
    let of_start = start
        .iter()
        .flat_map(|displaced_users| &displaced_users.row.of);
    let of_start: FxHashSet<&LikeShard> = of_start.map(|users_of| &users_of.shard).collect();
    for (index, like_shard) in proof.row.undisplaced.iter().enumerate() {
        if !of_start.contains(like_shard) {
            let key = format!("undisplaced[{index}].like");
            let at = At::cell(PROOFS_FILE, proof.line, &key);
            let found = format!("`{}`", like_shard.like);
            report.add(WHO, at, found, "a shard of displaced.jsonl");
        }
    }
}

/// The rule that users of a line break, in which column, what is found there, and what is expected.
struct Unfit(Rule, &'static str, String, String);

/// A broken rule, instead of what is read.
fn unfit<T>(
    rule: Rule,
    column: &'static str,
    found: impl Into<String>,
    expected: impl Into<String>,
) -> Result<T, Unfit> {
    Err(Unfit(rule, column, found.into(), expected.into()))
}

/// P7850: the users are of a shard that is served somewhere by default.
fn displaced_of(
    paths: &CasePaths<'_, '_>,
    defaults: &Defaults,
    links: Option<&Vec<String>>,
    users_of: &UsersOf,
) -> Result<DisplacedInCase, Unfit> {
    let basis = paths.basis;
    let who = &users_of.shard;
    let shard = basis.context.shards.get(&who.like).map(ShardId::index);
    let site = who.site.as_deref();
    let alike = match site.map(|site| basis.context.sites.get(site).copied()) {
        // Nobody is at a site that the inventory does not have.
        Some(None) => None,
        site => shard.and_then(|shard| Some((shard, basis.alike_of(shard, site.flatten())?))),
    };
    let Some((shard, alike)) = alike else {
        let found = match site {
            Some(site) => format!("`{}` at `{site}`", who.like),
            None => format!("`{}`", who.like),
        };
        let expected = "a shard with users, and one of its sites if it is split";
        return unfit(WHO, "like", found, expected);
    };
    if defaults[alike].is_none() {
        let found = format!("`{}`, whose users no site can serve", who.like);
        return unfit(WHO, "like", found, "users who have a default path");
    }
    if !(users_of.users.is_finite() && users_of.users > 0.0) {
        return unfit(WHO, "users", rounded(users_of.users), "more than 0");
    }
    let row = &basis.context.inventory.shards[shard];
    let legs = links.map(|links| legs(paths, alike, links)).transpose()?;
    Ok(DisplacedInCase {
        alike,
        tier: row.tier,
        has_limit: row.max_latency.is_some(),
        legs: legs.unwrap_or_default(),
        users: users_of.users,
    })
}

/// P7851: the links make a path for all hours, or one for each slice of them, to one site.
fn legs(
    paths: &CasePaths<'_, '_>,
    alike: usize,
    links: &[String],
) -> Result<Vec<WitnessPath>, Unfit> {
    let context = paths.basis.context;
    let begins = |name: &String| {
        let link = context.links.get(name.as_str());
        let from = link.map(|link| context.inventory.links[link.index()].from);
        matches!(from, Some(LinkEnd::ClientRegion(_)))
    };
    let legs: Vec<&[String]> = links.chunk_by(|_, next| !begins(next)).collect();
    if legs.len() != 1 && legs.len() != paths.slices.len() {
        let found = format!("{} paths", legs.len());
        let expected = "one path for all hours, or one for each slice";
        return unfit(WHERE, "links", found, expected);
    }
    let legs = legs.into_iter().map(|leg| path(paths, alike, leg));
    let legs: Vec<WitnessPath> = legs.collect::<Result<_, _>>()?;
    if legs.iter().any(|leg| leg.site != legs[0].site) {
        let expected = "paths to one site: a home does not change between hours";
        return unfit(WHERE, "links", "paths to several sites", expected);
    }
    Ok(legs)
}

/// P7851: the links make a simple path over exactly one access point, open to these users, within their limit, to
/// a site where they may be.
fn path(paths: &CasePaths<'_, '_>, id: usize, names: &[String]) -> Result<WitnessPath, Unfit> {
    let (basis, roads) = (paths.basis, paths.roads);
    let (context, inventory) = (basis.context, basis.context.inventory);
    let group = basis.alike.group(id);
    let kind = roads.kind(basis.alike.demands[group.demand].profile);
    // Client regions are the first places.
    let mut at = group.region;
    let mut passed = vec![at];
    let mut links: Vec<LinkId> = Vec::with_capacity(names.len());
    let mut entries = Vec::new();
    let mut site = None;
    let mut latency = 0.0;
    for name in names {
        let wrong = |expected: &str| unfit(WHERE, "links", format!("link `{name}`"), expected);
        let link = context.links.get(name.as_str()).copied();
        let leads_on = |link: &LinkId| {
            let from = inventory.links[link.index()].from;
            context.place_index(from) == at && roads.may_pass(kind, *link)
        };
        let Some(link) = link.filter(leads_on) else {
            return wrong("links that follow one another and are open to the users in the case");
        };
        let row = &inventory.links[link.index()];
        at = context.place_index(row.to);
        if passed.contains(&at) {
            return wrong("a path that passes no place twice");
        }
        passed.push(at);
        links.push(link);
        latency += row.latency.0;
        site = None;
        match row.to {
            LinkEnd::AccessPoint(id) => entries.push(id),
            LinkEnd::Site(id) => site = Some(id),
            _ => {}
        }
    }
    let &[access_point] = entries.as_slice() else {
        let found = format!("a path over {} access points", entries.len());
        return unfit(WHERE, "links", found, "a path over exactly one");
    };
    if !roads.may_open[access_point.index()] {
        let name = &inventory.access_points[access_point.index()].id;
        let found = format!("a path over `{name}`");
        return unfit(WHERE, "links", found, "an access point that may be open");
    }
    let Some(site) = site else {
        let found = "a path that ends outside a site";
        return unfit(WHERE, "links", found, "a path to a site");
    };
    if latency > longest(group.limit) {
        let found = format!("{} ms", rounded(latency));
        let expected = format!("at most {} ms", rounded(group.limit.unwrap_or_default()));
        return unfit(WHERE, "links", found, expected);
    }
    let alike_shards = &basis.alike.all[id];
    let situation = paths.situation;
    let rules = Rules::new(
        context,
        situation,
        alike_shards.shard,
        alike_shards.current,
        paths.is_affected(id),
    );
    if situation.case.gone[site.index()] || !rules.permit(site) {
        let found = format!("a path to `{}`", context.site_name(Some(site)));
        let expected = "an open site that the rules permit";
        return unfit(WHERE, "links", found, expected);
    }
    Ok(WitnessPath {
        links,
        access_point,
        site,
        latency,
    })
}
