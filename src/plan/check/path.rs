//! Paths: what a steering row says, the path of the inventory that it means, and whether those who take it may take it.

use super::context::RefereeContext;
use super::report::{At, Report, Rule, is_same};
use crate::diagnostic::amounts::rounded;
use crate::ids::{AccessPointId, ComponentId, LinkId, PoolId, SiteId};
use crate::model::LinkEnd;
use crate::plan_files::{BeforeRow, Lined, Row, SteeringRow, joined};
use crate::units::LATENCY_SLACK_MS;

/// A row of steering.csv or before.csv.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leg<'a> {
    pub(super) file: &'static str,
    pub(super) line: u64,
    pub(super) client_region: &'a str,
    pub(super) profile: &'a str,
    pub(super) limit: Option<f64>,
    pub(super) access_point: &'a str,
    pub(super) site: &'a str,
    pub(super) path: &'a str,
    pub(super) links: &'a str,
    pub(super) users: f64,
    pub(super) share: f64,
    pub(super) latency: f64,
    /// `None` is the only one.
    pub(super) slice: Option<u32>,
}

/// The columns that both files share.
macro_rules! leg {
    ($lined:expr, $row:ty) => {
        Self {
            file: <$row>::FILE,
            line: $lined.line,
            client_region: &$lined.row.client_region,
            profile: &$lined.row.profile,
            limit: $lined.row.max_latency_ms,
            access_point: &$lined.row.access_point,
            site: &$lined.row.site,
            path: &$lined.row.path,
            links: &$lined.row.links,
            users: $lined.row.users,
            share: $lined.row.share,
            latency: $lined.row.latency_ms,
            slice: $lined.row.slice,
        }
    };
}

impl<'a> From<&'a Lined<SteeringRow>> for Leg<'a> {
    fn from(lined: &'a Lined<SteeringRow>) -> Self {
        leg!(lined, SteeringRow)
    }
}

impl<'a> From<&'a Lined<BeforeRow>> for Leg<'a> {
    fn from(lined: &'a Lined<BeforeRow>) -> Self {
        leg!(lined, BeforeRow)
    }
}

impl<'a> Leg<'a> {
    /// A cell of the row.
    pub(super) fn at(&self, column: &'a str) -> At<'a> {
        At::cell(self.file, self.line, column)
    }
}

/// A path of the inventory.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Route {
    pub(super) links: Vec<LinkId>,
    /// From the client region to the site.
    pub(super) places: Vec<LinkEnd>,
    pub(super) access_point: AccessPointId,
    pub(super) site: SiteId,
    /// The sum of its links', in milliseconds.
    pub(super) latency: f64,
}

impl Route {
    /// Links, access point and elements that stand alone; neither the site nor pools.
    pub(super) fn components(&self, context: &RefereeContext) -> Vec<ComponentId> {
        let inventory = context.inventory;
        let links = self
            .links
            .iter()
            .map(|&link| inventory.link_component(link));
        let places = self.places.iter().filter_map(|place| match *place {
            LinkEnd::AccessPoint(id) => Some(inventory.access_point_component(id)),
            LinkEnd::Element(id) => Some(inventory.element_component(id)),
            _ => None,
        });
        links.chain(places).collect()
    }

    /// The pools that it passes.
    pub(super) fn pools(&self) -> impl Iterator<Item = PoolId> + '_ {
        self.places.iter().filter_map(|place| match *place {
            LinkEnd::Pool(id) => Some(id),
            _ => None,
        })
    }
}

/// Users of one group on one route in one slice of the hours.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Steered {
    pub(super) line: u64,
    pub(super) slice: usize,
    pub(super) group: usize,
    pub(super) route: Route,
    pub(super) users: f64,
}

impl Steered {
    /// Its group and site.
    pub(super) fn cell(&self) -> (usize, SiteId) {
        (self.group, self.route.site)
    }
}

/// The users and the route of a row; `None` if one of them does not exist, which is noted.
pub(super) fn resolve(
    context: &RefereeContext,
    leg: &Leg<'_>,
    report: &mut Report,
) -> Option<Steered> {
    let group = group_of(context, leg, report)?;
    let links = links_of(context, group, leg, report)?;
    let places = places_of(context, group, &links);
    let route = ends(context, leg, links, places, report)?;
    path_may_be_taken(context, leg, &route, group, report);
    Some(Steered {
        slice: leg.slice.unwrap_or(0) as usize,
        line: leg.line,
        group,
        route,
        users: leg.users,
    })
}

/// P7301: client region and profile exist, and some shard has these users.
fn group_of(context: &RefereeContext, leg: &Leg<'_>, report: &mut Report) -> Option<usize> {
    const RULE: Rule = Rule::new(
        "P7301",
        "steer users of shards.csv: a client region, profile and latency limit that some shard has",
    );
    let client_region = context.client_regions.get(leg.client_region);
    let profile = context.profiles.get(leg.profile);
    if client_region.is_none() {
        let found = format!("`{}`", leg.client_region);
        report.add(
            RULE,
            leg.at("client_region"),
            found,
            "a client region of the inventory",
        );
    }
    if profile.is_none() {
        let found = format!("`{}`", leg.profile);
        report.add(RULE, leg.at("profile"), found, "a profile of the inventory");
    }
    let group = context.group(*client_region?, *profile?, leg.limit);
    if group.is_none() {
        let limit = leg
            .limit
            .map_or_else(|| "no limit".to_owned(), |ms| format!("{} ms", rounded(ms)));
        let found = format!("`{}` and `{}` with {limit}", leg.client_region, leg.profile);
        report.add(RULE, leg.at("max_latency_ms"), found, "users of some shard");
    }
    group
}

/// The places that links pass, from the client region on.
fn places_of(context: &RefereeContext, group: usize, links: &[LinkId]) -> Vec<LinkEnd> {
    let region = LinkEnd::ClientRegion(context.groups[group].client_region);
    let ends = links
        .iter()
        .map(|link| context.inventory.links[link.index()].to);
    std::iter::once(region).chain(ends).collect()
}

/// P7303: the path ends in the row's site and passes the row's access point and no other.
fn ends(
    context: &RefereeContext,
    leg: &Leg<'_>,
    links: Vec<LinkId>,
    places: Vec<LinkEnd>,
    report: &mut Report,
) -> Option<Route> {
    const RULE: Rule = Rule::new(
        "P7303",
        "a path passes exactly one access point and ends in a site; name both in their columns",
    );
    let passed: Vec<AccessPointId> = places
        .iter()
        .filter_map(|place| match *place {
            LinkEnd::AccessPoint(id) => Some(id),
            _ => None,
        })
        .collect();
    let latency = links
        .iter()
        .map(|link| context.inventory.links[link.index()].latency.0)
        .sum();
    let site = match places.last() {
        Some(LinkEnd::Site(site)) => Some(*site),
        _ => None,
    };
    if site.is_none() {
        report.add(
            RULE,
            leg.at("links"),
            "a path that ends outside a site",
            "a path to a site",
        );
    } else if context.sites.get(leg.site).copied() != site {
        let found = format!("`{}`", leg.site);
        let expected = format!("`{}`, where the links end", context.site_name(site));
        report.add(RULE, leg.at("site"), found, expected);
    }
    let &[access_point] = passed.as_slice() else {
        let found = format!("a path through {} access points", passed.len());
        report.add(RULE, leg.at("links"), found, "a path through exactly one");
        return None;
    };
    if context.access_points.get(leg.access_point).copied() != Some(access_point) {
        let name = &context.inventory.access_points[access_point.index()].id;
        let found = format!("`{}`", leg.access_point);
        let expected = format!("`{name}`, which the links pass");
        report.add(RULE, leg.at("access_point"), found, expected);
    }
    Some(Route {
        links,
        places,
        access_point,
        site: site?,
        latency,
    })
}

/// The id of a place.
pub(super) fn place_name<'a>(context: &RefereeContext<'a>, place: LinkEnd) -> &'a str {
    let inventory = context.inventory;
    match place {
        LinkEnd::ClientRegion(id) => &inventory.client_regions[id.index()].id,
        LinkEnd::AccessPoint(id) => &inventory.access_points[id.index()].id,
        LinkEnd::Element(id) => &inventory.elements[id.index()].id,
        LinkEnd::Pool(id) => &inventory.pools[id.index()].id,
        LinkEnd::Site(id) => &inventory.sites[id.index()].id,
    }
}

/// P7304: the column `path` names what the links pass.
const NAMES: Rule = Rule::new(
    "P7304",
    "name all places from client region to site joined by `>`; a pool by its own id",
);
/// P7305: a path is simple.
const SIMPLE: Rule = Rule::new("P7305", "leave the loop out");
/// P7306: each link may be used by the profile.
const PROFILE: Rule = Rule::new("P7306", "use a path whose links allow the profile");
/// P7307: "latency equals the sum of its links'".
const SUM: Rule = Rule::new("P7307", "write the unrounded sum of the links' latencies");
/// P7308: a path's latency is within the limit of its users.
const LIMIT: Rule = Rule::new("P7308", "use a shorter path, or leave the users unserved");

/// P7304 to P7308: a path is named truly, simple, open to its users, and short enough for them.
fn path_may_be_taken(
    context: &RefereeContext,
    leg: &Leg<'_>,
    route: &Route,
    group: usize,
    report: &mut Report,
) {
    let expected = joined(route.places.iter().map(|place| place_name(context, *place)));
    if leg.path != expected {
        let [found, expected] = [leg.path, &*expected].map(|path| format!("`{path}`"));
        report.add(NAMES, leg.at("path"), found, expected);
    }
    let mut sorted = route.places.clone();
    sorted.sort_unstable();
    let links = leg.at("links");
    if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        let found = format!("`{}` twice", place_name(context, twice[0]));
        report.add(SIMPLE, links, found, "a path that passes each place once");
    }
    let profile = context.groups[group].profile;
    for link in &route.links {
        let link = &context.inventory.links[link.index()];
        let profiles = link.profiles.as_ref();
        if profiles.is_some_and(|profiles| !profiles.contains(&profile)) {
            let found = format!("link `{}`, closed to profile `{}`", link.id, leg.profile);
            report.add(PROFILE, links, found, "links that the profile may use");
        }
    }
    let at = leg.at("latency_ms");
    if !is_same(leg.latency, route.latency, 1.0) {
        report.add(SUM, at, rounded(leg.latency), rounded(route.latency));
    }
    if let Some(limit) = leg.limit
        && route.latency > limit + LATENCY_SLACK_MS
    {
        let found = format!("{} ms", rounded(route.latency));
        report.add(LIMIT, at, found, format!("at most {} ms", rounded(limit)));
    }
}

/// P7302: the links exist, each starts where the one before ends, the first in the client region.
///
/// An id may itself contain `>`, so every reading of the cell is followed.
fn links_of(
    context: &RefereeContext,
    group: usize,
    leg: &Leg<'_>,
    report: &mut Report,
) -> Option<Vec<LinkId>> {
    const RULE: Rule = Rule::new(
        "P7302",
        "name the links from the client region to the site in their order, joined by `>`",
    );
    /// Ids are no longer than this.
    const LONGEST: usize = 128 * 4;
    struct LinksRead {
        end: usize,
        place: LinkEnd,
        from: Option<usize>,
        link: Option<LinkId>,
    }
    let starts: Vec<usize> = std::iter::once(0)
        .chain(leg.links.match_indices('>').map(|(index, _)| index + 1))
        .collect();
    let ends: Vec<usize> = starts
        .iter()
        .skip(1)
        .map(|start| start - 1)
        .chain(std::iter::once(leg.links.len()))
        .collect();
    let mut reached = vec![LinksRead {
        end: 0,
        place: LinkEnd::ClientRegion(context.groups[group].client_region),
        from: None,
        link: None,
    }];
    let mut at = 0;
    let mut furthest = 0;
    while at < reached.len() {
        let (begin, place) = (reached[at].end, reached[at].place);
        if begin == starts.len() {
            let mut links = Vec::new();
            let mut step = &reached[at];
            while let (Some(from), Some(link)) = (step.from, step.link) {
                links.push(link);
                step = &reached[from];
            }
            links.reverse();
            return Some(links);
        }
        furthest = furthest.max(begin);
        for (end, &until) in ends.iter().enumerate().skip(begin) {
            if until - starts[begin] > LONGEST {
                break;
            }
            let Some(&link) = context.links.get(&leg.links[starts[begin]..until]) else {
                continue;
            };
            let of_link = &context.inventory.links[link.index()];
            let is_new = reached
                .iter()
                .rev()
                .take_while(|other| other.end > begin)
                .all(|other| other.end != end + 1 || other.place != of_link.to);
            if of_link.from == place && is_new {
                reached.push(LinksRead {
                    end: end + 1,
                    place: of_link.to,
                    from: Some(at),
                    link: Some(link),
                });
            }
        }
        at += 1;
    }
    let name = &leg.links[starts[furthest]..ends[furthest]];
    let (found, expected) = if context.links.contains_key(name) {
        (
            format!("link `{name}`, which does not start at the end of the link before"),
            "links that follow one another",
        )
    } else {
        (
            format!("link `{name}`, which does not exist"),
            "links of links.csv",
        )
    };
    report.add(RULE, leg.at("links"), found, expected);
    None
}
