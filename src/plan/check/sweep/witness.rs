//! Witness: who is not on his default path in the plan of a case, as a line of proofs.jsonl says.

use super::super::affected::Affected;
use super::super::certificate::{Rules, longest};
use super::super::ground::Ground;
use super::super::report::{At, Report, Rule};
use super::basis::{Defaults, Ways};
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
pub(super) struct Step {
    pub(super) link: u32,
    pub(super) place: u32,
}

/// A way of displaced users.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Route {
    /// One for all slices of the hours, or one for each.
    legs: Vec<Leg>,
    pub(super) site: usize,
    /// Milliseconds, the mean over the hours.
    pub(super) latency: f64,
}

impl Route {
    /// The way in a slice.
    pub(super) fn leg(&self, slice: usize) -> &Leg {
        &self.legs[if self.legs.len() == 1 { 0 } else { slice }]
    }
}

/// The way of one slice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leg {
    pub(super) steps: Vec<Step>,
    pub(super) access_point: usize,
    site: SiteId,
    /// Milliseconds.
    latency: f64,
}

/// Users who are not on their default path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Displaced {
    /// Position of those who are alike.
    pub(super) alike: usize,
    pub(super) tier: TierId,
    /// Of the shard that tells who they are, whether it has a latency limit of its own.
    pub(super) has_own_limit: bool,
    /// `None` is unserved.
    pub(super) route: Option<Route>,
    pub(super) users: f64,
}

/// Reads who is displaced, and checks that they are there and may go where they go. `start` are those who are displaced
/// without any failure: they are here too, unless the line tells otherwise of their shard.
pub(super) fn displaced(
    ways: &Ways<'_, '_>,
    defaults: &Defaults,
    affected: &mut Affected<'_>,
    (start, line): (&[Lined<DisplacedUsers>], &Lined<CaseProof>),
    report: &mut Report,
) -> Vec<Displaced> {
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
    let mut all = Vec::new();
    let mut counted: BTreeMap<(usize, TierId), f64> = BTreeMap::new();
    for (position, links, own) in of_start.chain(of_line) {
        let cell = Cell {
            line: line.line,
            position,
        };
        let Some(displaced) = cell.displaced(ways, defaults, affected, (links, own), report) else {
            continue;
        };
        let users = counted
            .entry((displaced.alike, displaced.tier))
            .or_default();
        *users += displaced.users;
        let there = ways.basis.users_of(displaced.alike, displaced.tier);
        if *users > there * (1.0 + AGREEMENT) + NOBODY {
            cell.users_are_there(*users, there, report);
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
            let expected = "a shard of displaced.jsonl";
            report.add(WHO, at, format!("`{}`", own.like), expected);
        }
    }
}

/// Users in a line of proofs.jsonl.
struct Cell {
    line: u64,
    /// Of the path among `displaced`, and of the users among its own; `None` are users of displaced.jsonl.
    position: Option<[usize; 2]>,
}

const WHO: Rule = Rule {
    code: "P7850",
    hint: "displace no more users than there are, each of a shard that is served by default",
};

const WHERE: Rule = Rule {
    code: "P7851",
    hint: "take a path that is open to them in the case, to a site where they may be",
};

impl Cell {
    fn add(&self, rule: Rule, column: &str, found: String, expected: &str, report: &mut Report) {
        let key = match self.position {
            Some([way, _]) if column == "links" => format!("displaced[{way}].links"),
            Some([way, position]) => format!("displaced[{way}].of[{position}].{column}"),
            None => "displaced".to_owned(),
        };
        report.add(
            rule,
            At::cell(PROOFS_FILE, self.line, &key),
            found,
            expected,
        );
    }

    /// P7850: no more users are displaced than there are.
    fn users_are_there(&self, users: f64, there: f64, report: &mut Report) {
        let found = format!("{} users displaced", decimal(users));
        let expected = format!("at most the {} that are like that shard", decimal(there));
        self.add(WHO, "users", found, &expected, report);
    }

    /// P7850: the users are of a shard that is served somewhere by default.
    fn displaced(
        &self,
        ways: &Ways<'_, '_>,
        defaults: &Defaults,
        affected: &mut Affected<'_>,
        (links, own): (Option<&Vec<String>>, &UsersOf),
        report: &mut Report,
    ) -> Option<Displaced> {
        let ground = ways.basis.ground;
        let who = &own.shard;
        let shard = ground.shards.get(&who.like).map(ShardId::index);
        let site = who
            .site
            .as_deref()
            .map(|site| ground.sites.get(site).copied());
        let alike = match site {
            // A site that there is none of is nobody's.
            Some(None) => None,
            site => shard.and_then(|shard| {
                let alike = ways.basis.alike_of(shard, site.flatten())?;
                Some((shard, alike))
            }),
        };
        let Some((shard, alike)) = alike else {
            let found = match &who.site {
                Some(site) => format!("`{}` at `{site}`", who.like),
                None => format!("`{}`", who.like),
            };
            let expected = "a shard that has users, and one of its sites if it is split";
            self.add(WHO, "like", found, expected, report);
            return None;
        };
        if defaults.stays[alike].is_none() {
            let found = format!("`{}`, whom nobody can serve", who.like);
            self.add(WHO, "like", found, "users who have a default path", report);
            return None;
        }
        if !(own.users.is_finite() && own.users > 0.0) {
            self.add(WHO, "users", decimal(own.users), "more than 0", report);
            return None;
        }
        let row = &ground.inventory.shards[shard];
        let route = match links {
            None => None,
            Some(links) => Some(self.route(ways, alike, affected, links, report)?),
        };
        Some(Displaced {
            alike,
            tier: row.tier,
            has_own_limit: row.max_latency.is_some(),
            route,
            users: own.users,
        })
    }

    /// P7851: the links make a way for all hours, or one for each slice of them, to one site.
    fn route(
        &self,
        ways: &Ways<'_, '_>,
        alike: usize,
        affected: &mut Affected<'_>,
        links: &[String],
        report: &mut Report,
    ) -> Option<Route> {
        let ground = ways.basis.ground;
        let begins = |name: &String| {
            let link = ground.links.get(name.as_str());
            link.is_some_and(|link| {
                let from = ground.inventory.links[link.index()].from;
                matches!(from, LinkEnd::ClientRegion(_))
            })
        };
        let legs: Vec<&[String]> = links.chunk_by(|_, next| !begins(next)).collect();
        let slices = ways.slices.len();
        if legs.len() != 1 && legs.len() != slices {
            let found = format!("{} paths", legs.len());
            let expected = "one path for all hours, or one for each slice of them";
            self.add(WHERE, "links", found, expected, report);
            return None;
        }
        let mut all = Vec::with_capacity(legs.len());
        for leg in legs {
            all.push(self.one_leg(ways, alike, affected, leg, report)?);
        }
        let site = all[0].site;
        if all.iter().any(|leg| leg.site != site) {
            let found = "paths to several sites".to_owned();
            let expected = "paths to one site: users are homed there at all hours";
            self.add(WHERE, "links", found, expected, report);
            return None;
        }
        let hours = &ways.situation.case.hours;
        let latency = if all.len() == 1 {
            all[0].latency
        } else {
            let by_slice = all.iter().enumerate();
            by_slice
                .map(|(slice, leg)| hours.weight(slice) * leg.latency)
                .sum()
        };
        Some(Route {
            legs: all,
            site: site.index(),
            latency,
        })
    }

    /// P7851: the links make a simple path over exactly one access point, open to these users, within their limit, to
    /// a site where they may be.
    fn one_leg(
        &self,
        ways: &Ways<'_, '_>,
        alike: usize,
        affected: &mut Affected<'_>,
        links: &[String],
        report: &mut Report,
    ) -> Option<Leg> {
        let (basis, roads) = (ways.basis, ways.roads);
        let (ground, crowds) = (basis.ground, &basis.crowds);
        let group = crowds.group(alike);
        let kind = roads.kind(crowds.demands[group.demand].profile);
        let start = place_of_region(group.region);
        let mut wrong = |found: String, expected: &str| {
            self.add(WHERE, "links", found, expected, report);
            None
        };
        let mut steps: Vec<Step> = Vec::with_capacity(links.len());
        let mut at = start;
        let mut latency = 0.0;
        for name in links {
            let id = ground.links.get(name.as_str());
            let Some(next) = id.and_then(|id| Some((id, roads.onward(kind, at, id.0)?))) else {
                let found = format!("link `{name}`");
                return wrong(
                    found,
                    "links that lead on, and that they may pass in the case",
                );
            };
            let (link, place) = next;
            if place == start || steps.iter().any(|step| step.place == place) {
                return wrong(
                    format!("link `{name}`"),
                    "a path that passes no place twice",
                );
            }
            latency += ground.inventory.links[link.index()].latency.0;
            steps.push(Step {
                link: link.0,
                place,
            });
            at = place;
        }
        let (entries, site) = ends(ground, &steps);
        let &[entry] = entries.as_slice() else {
            let found = format!("a path over {} access points", entries.len());
            return wrong(found, "a path over exactly one");
        };
        if !roads.may_open[entry] {
            let name = &ground.inventory.access_points[entry].id;
            return wrong(
                format!("a path over `{name}`"),
                "an access point that may be open",
            );
        }
        let Some(site) = site else {
            return wrong(
                "a path that ends outside a site".to_owned(),
                "a path to a site",
            );
        };
        if latency > longest(group.limit) {
            let found = format!("{} ms", decimal(latency));
            let expected = format!("at most {} ms", decimal(group.limit.unwrap_or_default()));
            return wrong(found, &expected);
        }
        let own = &basis.alike.all[alike];
        let is_affected = own.is_affected(affected);
        let rules = Rules::new(ground, ways.situation, own.shard, own.current, is_affected);
        if ways.situation.case.gone[site.index()] || !rules.permit(site) {
            let found = format!("a path to `{}`", ground.site_name(Some(site)));
            return wrong(found, "an open site where the rules let them be");
        }
        Some(Leg {
            steps,
            access_point: entry,
            site,
            latency,
        })
    }
}

/// The place of a client region: they stand first.
fn place_of_region(region: usize) -> u32 {
    u32::try_from(region).expect("invariant: a client region has an id of four bytes")
}

/// The access points that a way passes, and the site where it ends.
fn ends(ground: &Ground<'_>, steps: &[Step]) -> (Vec<usize>, Option<SiteId>) {
    let to = steps
        .iter()
        .map(|step| ground.inventory.links[step.link as usize].to);
    let mut entries = Vec::new();
    let mut last = None;
    for end in to {
        if let LinkEnd::AccessPoint(id) = end {
            entries.push(id.index());
        }
        last = match end {
            LinkEnd::Site(site) => Some(site),
            _ => None,
        };
    }
    (entries, last)
}
