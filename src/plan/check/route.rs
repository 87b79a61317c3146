//! Routes: whether a steering row names a path that exists, and may be taken by those who take it.

use super::ground::Ground;
use super::leg::{Leg, Route, Steered};
use super::links::links_of;
use super::report::{Report, Rule, is_same};
use crate::ids::{AccessPointId, LinkId};
use crate::model::LinkEnd;
use crate::plan_files::{decimal, joined};
use crate::units::LATENCY_SLACK_MS;

/// The users and the route of a row; `None` if one of them does not exist, which is noted.
pub(super) fn resolve(ground: &Ground<'_>, leg: &Leg<'_>, report: &mut Report) -> Option<Steered> {
    let group = group_of(ground, leg, report)?;
    let links = links_of(ground, group, leg, report)?;
    let places = places_of(ground, group, &links);
    let route = ends(ground, leg, links, places, report)?;
    path_names_the_places_of_its_links(ground, leg, &route, report);
    path_repeats_nothing(ground, leg, &route, report);
    links_are_open_to_the_profile(ground, leg, &route, group, report);
    latency_is_the_sum_of_the_links(leg, &route, report);
    latency_is_within_the_limit(leg, &route, report);
    Some(Steered {
        slice: leg.slice.unwrap_or(0) as usize,
        line: leg.line,
        group,
        route,
        users: leg.users,
    })
}

/// P7301: client region and profile exist, and some shard has these users.
fn group_of(ground: &Ground<'_>, leg: &Leg<'_>, report: &mut Report) -> Option<usize> {
    const RULE: Rule = Rule {
        code: "P7301",
        hint: "steer users whom shards.csv has: client region, profile and latency limit together",
    };
    let client_region = ground.client_regions.get(leg.client_region);
    let profile = ground.profiles.get(leg.profile);
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
    let group = ground.group(*client_region?, *profile?, leg.limit);
    if group.is_none() {
        let limit = leg
            .limit
            .map_or_else(|| "no limit".to_owned(), |ms| format!("{} ms", decimal(ms)));
        let found = format!("`{}` and `{}` with {limit}", leg.client_region, leg.profile);
        report.add(RULE, leg.at("max_latency_ms"), found, "users of some shard");
    }
    group
}

/// The places that links pass, from the client region on.
fn places_of(ground: &Ground<'_>, group: usize, links: &[LinkId]) -> Vec<LinkEnd> {
    let region = LinkEnd::ClientRegion(ground.groups[group].client_region);
    let ends = links
        .iter()
        .map(|link| ground.inventory.links[link.index()].to);
    std::iter::once(region).chain(ends).collect()
}

/// P7303: the path ends in the row's site and passes the row's access point and no other.
fn ends(
    ground: &Ground<'_>,
    leg: &Leg<'_>,
    links: Vec<LinkId>,
    places: Vec<LinkEnd>,
    report: &mut Report,
) -> Option<Route> {
    const RULE: Rule = Rule {
        code: "P7303",
        hint: "a path passes exactly one access point and ends in a site; name both in their columns",
    };
    let passed: Vec<AccessPointId> = places
        .iter()
        .filter_map(|place| match *place {
            LinkEnd::AccessPoint(id) => Some(id),
            _ => None,
        })
        .collect();
    let latency = links
        .iter()
        .map(|link| ground.inventory.links[link.index()].latency.0)
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
    } else if ground.sites.get(leg.site).copied() != site {
        let found = format!("`{}`", leg.site);
        let expected = format!("`{}`, where the links end", ground.site_name(site));
        report.add(RULE, leg.at("site"), found, expected);
    }
    let &[access_point] = passed.as_slice() else {
        let found = format!("a path through {} access points", passed.len());
        report.add(RULE, leg.at("links"), found, "a path through exactly one");
        return None;
    };
    if ground.access_points.get(leg.access_point).copied() != Some(access_point) {
        let name = &ground.inventory.access_points[access_point.index()].id;
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

/// P7304: the column `path` names what the links pass.
fn path_names_the_places_of_its_links(
    ground: &Ground<'_>,
    leg: &Leg<'_>,
    route: &Route,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7304",
        hint: "name all places from client region to site joined by `>`; a pool by its own id",
    };
    let expected = joined(route.places.iter().map(|place| place_name(ground, *place)));
    if leg.path != expected {
        report.add(
            RULE,
            leg.at("path"),
            format!("`{}`", leg.path),
            format!("`{expected}`"),
        );
    }
}

/// The id of a place.
pub(super) fn place_name<'a>(ground: &Ground<'a>, place: LinkEnd) -> &'a str {
    let inventory = ground.inventory;
    match place {
        LinkEnd::ClientRegion(id) => &inventory.client_regions[id.index()].id,
        LinkEnd::AccessPoint(id) => &inventory.access_points[id.index()].id,
        LinkEnd::Element(id) => &inventory.elements[id.index()].id,
        LinkEnd::Pool(id) => &inventory.pools[id.index()].id,
        LinkEnd::Site(id) => &inventory.sites[id.index()].id,
    }
}

/// P7305: a path is simple.
fn path_repeats_nothing(ground: &Ground<'_>, leg: &Leg<'_>, route: &Route, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7305",
        hint: "leave the loop out",
    };
    let mut sorted = route.places.clone();
    sorted.sort_unstable();
    if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        let found = format!("`{}` twice", place_name(ground, twice[0]));
        report.add(
            RULE,
            leg.at("links"),
            found,
            "a path that passes each place once",
        );
    }
}

/// P7306: each link may be used by the profile.
fn links_are_open_to_the_profile(
    ground: &Ground<'_>,
    leg: &Leg<'_>,
    route: &Route,
    group: usize,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7306",
        hint: "take a path whose links allow the profile",
    };
    let profile = ground.groups[group].profile;
    for link in &route.links {
        let of_link = &ground.inventory.links[link.index()];
        if of_link
            .profiles
            .as_ref()
            .is_some_and(|profiles| !profiles.contains(&profile))
        {
            let found = format!("link `{}`, closed to profile `{}`", of_link.id, leg.profile);
            report.add(
                RULE,
                leg.at("links"),
                found,
                "links that the profile may use",
            );
        }
    }
}

/// P7307: "latency equals the sum of its links'".
fn latency_is_the_sum_of_the_links(leg: &Leg<'_>, route: &Route, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7307",
        hint: "write the sum of the links' latencies, not rounded",
    };
    if !is_same(leg.latency, route.latency, 1.0) {
        let at = leg.at("latency_ms");
        report.add(RULE, at, decimal(leg.latency), decimal(route.latency));
    }
}

/// P7308: a path's latency is within the limit of its users.
fn latency_is_within_the_limit(leg: &Leg<'_>, route: &Route, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7308",
        hint: "take a shorter path, or leave them unserved",
    };
    if let Some(limit) = leg.limit
        && route.latency > limit + LATENCY_SLACK_MS
    {
        let found = format!("{} ms", decimal(route.latency));
        let expected = format!("at most {} ms", decimal(limit));
        report.add(RULE, leg.at("latency_ms"), found, expected);
    }
}
