//! Witness: who is not on his default path in the plan of a case, as a line of proofs.jsonl says.

use super::super::affected::Affected;
use super::super::certificate::{Rules, longest};
use super::super::report::{At, Report, Rule};
use super::basis::{CaseWays, Defaults};
use crate::ids::{ShardId, SiteId, TierId};
use crate::model::LinkEnd;
use crate::plan_files::{
    CaseProof, DisplacedUsers, LikeShard, Lined, PROOFS_FILE, UsersOf, decimal,
};
use crate::units::{AGREEMENT, NOBODY};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// A link, and the place where it ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PathStep {
    pub(super) link: u32,
    pub(super) place: u32,
}

/// A way of displaced users.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RouteInCase {
    /// One for all slices of the hours, or one for each.
    legs: Vec<LegInCase>,
    pub(super) site: usize,
    /// Milliseconds, the mean over the hours.
    pub(super) latency: f64,
}

impl RouteInCase {
    /// The way in a slice.
    pub(super) fn leg(&self, slice: usize) -> &LegInCase {
        &self.legs[if self.legs.len() == 1 { 0 } else { slice }]
    }
}

/// The way of one slice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LegInCase {
    pub(super) steps: Vec<PathStep>,
    pub(super) access_point: usize,
    site: SiteId,
    /// Milliseconds.
    latency: f64,
}

/// Users who are not on their default path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DisplacedInCase {
    /// Position of those who are alike.
    pub(super) alike: usize,
    pub(super) tier: TierId,
    /// Whether the shard that tells who they are has a latency limit beside that of the policy.
    pub(super) has_limit: bool,
    /// `None` is unserved.
    pub(super) route: Option<RouteInCase>,
    pub(super) users: f64,
}

const WHO: Rule = Rule::new(
    "P7850",
    "displace no more users than there are, each of a shard that is served by default",
);

const WHERE: Rule = Rule::new(
    "P7851",
    "take a path that is open to them in the case, to a site where they may be",
);

/// Reads who is displaced, and checks that they are there and may go where they go. `start` are those who are displaced
/// without any failure: they are here too, unless the line tells otherwise of their shard.
pub(super) fn displaced(
    ways: &CaseWays<'_, '_>,
    defaults: &Defaults,
    affected: &mut Affected<'_>,
    (start, line): (&[Lined<DisplacedUsers>], &Lined<CaseProof>),
    report: &mut Report,
) -> Vec<DisplacedInCase> {
    let told = line.row.displaced.iter().flat_map(|own| &own.of);
    let told = told.map(|own| &own.shard).chain(&line.row.undisplaced);
    let told: FxHashSet<&LikeShard> = told.collect();
    undisplaced_are_of_start(start, line, report);
    let of_start = start.iter().flat_map(|lined| {
        let links = lined.row.links.as_ref();
        let of = lined.row.of.iter();
        let as_ever = of.filter(|own| !told.contains(&own.shard));
        as_ever.map(move |own| (None, links, own))
    });
    let of_line = line.row.displaced.iter().enumerate().flat_map(|(way, on)| {
        let of = on.of.iter().enumerate();
        of.map(move |(position, own)| (Some([way, position]), on.links.as_ref(), own))
    });
    let mut reader = WitnessReader {
        ways,
        defaults,
        affected,
        line: line.line,
        position: None,
        report,
    };
    let mut all = Vec::new();
    let mut counted: BTreeMap<(usize, TierId), f64> = BTreeMap::new();
    for (position, links, own) in of_start.chain(of_line) {
        reader.position = position;
        let Some(displaced) = reader.displaced(links, own) else {
            continue;
        };
        let key = (displaced.alike, displaced.tier);
        let users = counted.entry(key).or_default();
        *users += displaced.users;
        let there = ways.basis.users_of(displaced.alike, displaced.tier);
        if *users > there * (1.0 + AGREEMENT) + NOBODY {
            let found = format!("{} users displaced", decimal(*users));
            let expected = format!("at most the {} that are like that shard", decimal(there));
            reader.wrong::<()>(WHO, "users", found, &expected);
        }
        all.push(displaced);
    }
    all
}

/// P7850: whoever is displaced no more was displaced without any failure.
fn undisplaced_are_of_start(
    start: &[Lined<DisplacedUsers>],
    line: &Lined<CaseProof>,
    report: &mut Report,
) {
    if line.row.undisplaced.is_empty() {
        return;
    }
    let of_start = start.iter().flat_map(|own| &own.row.of);
    let of_start: FxHashSet<&LikeShard> = of_start.map(|own| &own.shard).collect();
    for (index, own) in line.row.undisplaced.iter().enumerate() {
        if !of_start.contains(own) {
            let key = format!("undisplaced[{index}].like");
            let at = At::cell(PROOFS_FILE, line.line, &key);
            report.add(
                WHO,
                at,
                format!("`{}`", own.like),
                "a shard of displaced.jsonl",
            );
        }
    }
}

/// A reader of the users in a line of proofs.jsonl.
struct WitnessReader<'r, 'c, 'w, 'a, 'f> {
    ways: &'c CaseWays<'w, 'a>,
    defaults: &'c Defaults,
    affected: &'r mut Affected<'f>,
    line: u64,
    /// Of the path among `displaced`, and of the users among those on it; `None` are users of displaced.jsonl.
    position: Option<[usize; 2]>,
    report: &'r mut Report,
}

impl WitnessReader<'_, '_, '_, '_, '_> {
    /// Notes a broken rule; nothing is read then.
    fn wrong<T>(&mut self, rule: Rule, column: &str, found: String, expected: &str) -> Option<T> {
        let key = match self.position {
            Some([way, _]) if column == "links" => format!("displaced[{way}].links"),
            Some([way, position]) => format!("displaced[{way}].of[{position}].{column}"),
            None => "displaced".to_owned(),
        };
        let at = At::cell(PROOFS_FILE, self.line, &key);
        self.report.add(rule, at, found, expected);
        None
    }

    /// P7850: the users are of a shard that is served somewhere by default.
    fn displaced(&mut self, links: Option<&Vec<String>>, own: &UsersOf) -> Option<DisplacedInCase> {
        let basis = self.ways.basis;
        let who = &own.shard;
        let shard = basis.context.shards.get(&who.like).map(ShardId::index);
        let site = who.site.as_deref();
        let alike = match site.map(|site| basis.context.sites.get(site).copied()) {
            // A site that there is none of is nobody's.
            Some(None) => None,
            site => shard.and_then(|shard| Some((shard, basis.alike_of(shard, site.flatten())?))),
        };
        let Some((shard, alike)) = alike else {
            let found = match site {
                Some(site) => format!("`{}` at `{site}`", who.like),
                None => format!("`{}`", who.like),
            };
            let expected = "a shard that has users, and one of its sites if it is split";
            return self.wrong(WHO, "like", found, expected);
        };
        if self.defaults.stays[alike].is_none() {
            let found = format!("`{}`, whom nobody can serve", who.like);
            return self.wrong(WHO, "like", found, "users who have a default path");
        }
        if !(own.users.is_finite() && own.users > 0.0) {
            return self.wrong(WHO, "users", decimal(own.users), "more than 0");
        }
        let row = &basis.context.inventory.shards[shard];
        let route = match links {
            None => None,
            Some(links) => Some(self.route(alike, links)?),
        };
        Some(DisplacedInCase {
            alike,
            tier: row.tier,
            has_limit: row.max_latency.is_some(),
            route,
            users: own.users,
        })
    }

    /// P7851: the links make a way for all hours, or one for each slice of them, to one site.
    fn route(&mut self, alike: usize, links: &[String]) -> Option<RouteInCase> {
        let context = self.ways.basis.context;
        let begins = |name: &String| {
            let link = context.links.get(name.as_str());
            link.is_some_and(|link| {
                let from = context.inventory.links[link.index()].from;
                matches!(from, LinkEnd::ClientRegion(_))
            })
        };
        let legs: Vec<&[String]> = links.chunk_by(|_, next| !begins(next)).collect();
        if legs.len() != 1 && legs.len() != self.ways.slices.len() {
            let found = format!("{} paths", legs.len());
            let expected = "one path for all hours, or one for each slice of them";
            return self.wrong(WHERE, "links", found, expected);
        }
        let legs = legs.into_iter().map(|leg| self.leg(alike, leg));
        let legs: Vec<LegInCase> = legs.collect::<Option<_>>()?;
        let site = legs[0].site;
        if legs.iter().any(|leg| leg.site != site) {
            let found = "paths to several sites".to_owned();
            let expected = "paths to one site: users are homed there at all hours";
            return self.wrong(WHERE, "links", found, expected);
        }
        let hours = &self.ways.situation.case.hours;
        let by_slice = legs.iter().enumerate();
        let latency = match legs.as_slice() {
            [only] => only.latency,
            _ => by_slice
                .map(|(slice, leg)| hours.weight(slice) * leg.latency)
                .sum(),
        };
        Some(RouteInCase {
            legs,
            site: site.index(),
            latency,
        })
    }

    /// P7851: the links make a simple path over exactly one access point, open to these users, within their limit, to
    /// a site where they may be.
    fn leg(&mut self, alike: usize, links: &[String]) -> Option<LegInCase> {
        let (basis, roads) = (self.ways.basis, self.ways.roads);
        let (context, crowds) = (basis.context, &basis.crowds);
        let inventory = context.inventory;
        let group = crowds.group(alike);
        let kind = roads.kind(crowds.demands[group.demand].profile);
        // Client regions are the first places.
        let start = u32::try_from(group.region).expect("invariant: a region's id has four bytes");
        let mut steps: Vec<PathStep> = Vec::with_capacity(links.len());
        let mut entries = Vec::new();
        let mut site = None;
        let mut at = start;
        let mut latency = 0.0;
        for name in links {
            let id = context.links.get(name.as_str());
            let Some((link, place)) = id.and_then(|id| Some((id, roads.onward(kind, at, id.0)?)))
            else {
                let expected = "links that lead on, and that they may pass in the case";
                return self.wrong(WHERE, "links", format!("link `{name}`"), expected);
            };
            if place == start || steps.iter().any(|step| step.place == place) {
                let expected = "a path that passes no place twice";
                return self.wrong(WHERE, "links", format!("link `{name}`"), expected);
            }
            let row = &inventory.links[link.index()];
            latency += row.latency.0;
            steps.push(PathStep {
                link: link.0,
                place,
            });
            if let LinkEnd::AccessPoint(id) = row.to {
                entries.push(id.index());
            }
            site = match row.to {
                LinkEnd::Site(site) => Some(site),
                _ => None,
            };
            at = place;
        }
        let &[entry] = entries.as_slice() else {
            let found = format!("a path over {} access points", entries.len());
            return self.wrong(WHERE, "links", found, "a path over exactly one");
        };
        if !roads.may_open[entry] {
            let found = format!("a path over `{}`", inventory.access_points[entry].id);
            return self.wrong(WHERE, "links", found, "an access point that may be open");
        }
        let Some(site) = site else {
            let found = "a path that ends outside a site".to_owned();
            return self.wrong(WHERE, "links", found, "a path to a site");
        };
        if latency > longest(group.limit) {
            let found = format!("{} ms", decimal(latency));
            let expected = format!("at most {} ms", decimal(group.limit.unwrap_or_default()));
            return self.wrong(WHERE, "links", found, &expected);
        }
        let own = &basis.alike.all[alike];
        let is_affected = own.is_affected(self.affected);
        let situation = self.ways.situation;
        let rules = Rules::new(context, situation, own.shard, own.current, is_affected);
        if situation.case.gone[site.index()] || !rules.permit(site) {
            let found = format!("a path to `{}`", context.site_name(Some(site)));
            let expected = "an open site where the rules let them be";
            return self.wrong(WHERE, "links", found, expected);
        }
        Some(LegInCase {
            steps,
            access_point: entry,
            site,
            latency,
        })
    }
}
