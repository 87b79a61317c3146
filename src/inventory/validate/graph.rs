//! Rules about the graph as a whole: where places stand, what no path can use, and what no link names.

use super::lines::Lines;
use super::reach::Positions;
use crate::diagnostic::Code;
use crate::ids::{AccessPointId, ElementId, PoolId, SiteId};
use crate::inventory::findings::{Findings, place};
use crate::model::{Inventory, LinkEnd};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::mem::discriminant;

/// An element before access points and downstream of them.
pub(crate) const ON_BOTH_SIDES: Code = Code("P3106");
/// A client region without any path to any site (a warning: its users stay unserved).
pub(crate) const NO_PATH: Code = Code("P3401");
/// A link that no path can use (a warning).
pub(crate) const USELESS_LINK: Code = Code("P3107");
/// A site, access point, element or pool that no link names (a warning).
pub(crate) const UNLINKED: Code = Code("P3108");

/// Every client region has a path to some site: a link that a path can use. Returns those that have one.
pub(crate) fn client_regions_have_a_path(
    inventory: &Inventory,
    is_useful: &[bool],
    lines: &Lines,
    findings: &mut Findings,
) -> Vec<bool> {
    let mut has_path = vec![false; inventory.client_regions.len()];
    for (link, is_useful) in inventory.links.iter().zip(is_useful) {
        if let LinkEnd::ClientRegion(region) = link.from {
            has_path[region.index()] |= is_useful;
        }
    }
    for (index, region) in inventory.client_regions.iter().enumerate() {
        if !has_path[index] {
            findings.warning(
                NO_PATH,
                place(
                    "client_regions.csv",
                    lines.client_regions[index],
                    Some("client_region"),
                ),
                format!("`{}`, without a path to any site", region.id),
                "links over one access point to a site",
                "add the missing links: its users stay unserved",
            );
        }
    }
    has_path
}

/// An element stands before access points or downstream of them, never both: else a shortest path might pass it twice.
pub(crate) fn elements_stand_on_one_side(
    inventory: &Inventory,
    lines: &Lines,
    findings: &mut Findings,
) {
    let positions = Positions::of(inventory);
    let mut leaving = vec![Vec::new(); positions.len()];
    let mut entering = vec![Vec::new(); positions.len()];
    for link in &inventory.links {
        let (from, to) = (positions.position(link.from), positions.position(link.to));
        leaving[from].push(to);
        entering[to].push(from);
    }
    let after = nearest_access_points(positions, &leaving);
    let before = nearest_access_points(positions, &entering);
    let mut report = |end: LinkEnd, id: &str, line: u64, column: &str| {
        let position = positions.position(end);
        if let (Some(after), Some(before)) = (after[position], before[position]) {
            let name = |access_point: usize| &inventory.access_points[access_point].id;
            findings.error(
                ON_BOTH_SIDES,
                place("elements.csv", line, Some(column)),
                format!(
                    "`{id}` after access point `{}` and before `{}`",
                    name(after),
                    name(before)
                ),
                "each element before or after access points, not both",
                "correct the links around it, or write it as two elements",
            );
        }
    };
    for (index, element) in inventory.elements.iter().enumerate() {
        let end = LinkEnd::Element(ElementId::new(index));
        report(end, &element.id, lines.elements[index], "element");
    }
    for (index, pool) in inventory.pools.iter().enumerate() {
        let end = LinkEnd::Pool(PoolId::new(index));
        let members = pool.members.iter();
        let line = members.map(|member| lines.elements[member.index()]).min();
        report(end, &pool.id, line.unwrap_or(1), "pool");
    }
}

/// By place: the first access point from which `steps` lead to it over elements and pools alone.
fn nearest_access_points(positions: Positions, steps: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut nearest = vec![None; positions.len()];
    let mut open: VecDeque<(usize, usize)> = positions.access_points().zip(0..).collect();
    while let Some((place, access_point)) = open.pop_front() {
        for next in &steps[place] {
            if positions.elements_and_pools().contains(next) && nearest[*next].is_none() {
                nearest[*next] = Some(access_point);
                open.push_back((*next, access_point));
            }
        }
    }
    nearest
}

/// Every link lies on some path from a client region over exactly one access point to a site.
pub(crate) fn links_are_useful(
    inventory: &Inventory,
    is_useful: &[bool],
    lines: &Lines,
    findings: &mut Findings,
) {
    for (index, is_useful) in is_useful.iter().enumerate() {
        if !is_useful {
            let id = &inventory.links[index].id;
            findings.warning(
                USELESS_LINK,
                place("links.csv", lines.links[index], Some("link")),
                format!("`{id}`, which no path can use"),
                "a link on a path from a client region over one access point to a site",
                "check its ends, and whether a link before or after it is missing",
            );
        }
    }
}

/// Links with the same two ends as an earlier one, each with that one: one of its ends may be wrong.
fn doubled(inventory: &Inventory) -> Vec<[usize; 2]> {
    let mut first = BTreeMap::new();
    let links = inventory.links.iter().enumerate();
    links
        .filter_map(|(index, link)| match first.entry((link.from, link.to)) {
            Entry::Vacant(free) => {
                free.insert(index);
                None
            }
            Entry::Occupied(known) => Some([index, *known.get()]),
        })
        .collect()
}

/// What to do about a place that no link names: perhaps a link that doubles another one was to end there.
fn unlinked_hint(
    inventory: &Inventory,
    lines: &Lines,
    end: LinkEnd,
    twice: &[[usize; 2]],
) -> String {
    let is_kind = |other: LinkEnd| discriminant(&other) == discriminant(&end);
    let suspect = twice.iter().find(|[later, _]| {
        let link = &inventory.links[*later];
        is_kind(link.from) || is_kind(link.to)
    });
    match suspect {
        Some([later, first]) => format!(
            "add its links, or correct `{}` (links.csv:{}), which has the same two ends as `{}`",
            inventory.links[*later].id, lines.links[*later], inventory.links[*first].id
        ),
        None => "add its links: no user can pass it".to_owned(),
    }
}

/// Every place but client regions, which have a rule of their own, is named by a link.
pub(crate) fn places_are_linked(inventory: &Inventory, lines: &Lines, findings: &mut Findings) {
    let positions = Positions::of(inventory);
    let mut is_linked = vec![false; positions.len()];
    for link in &inventory.links {
        is_linked[positions.position(link.from)] = true;
        is_linked[positions.position(link.to)] = true;
    }
    let twice = doubled(inventory);
    let mut report = |end: LinkEnd, id: &str, file: &str, line: u64, column: &str| {
        if !is_linked[positions.position(end)] {
            findings.warning(
                UNLINKED,
                place(file, line, Some(column)),
                format!("`{id}`, which no link names"),
                "a place of the graph",
                unlinked_hint(inventory, lines, end, &twice),
            );
        }
    };
    for (index, site) in inventory.sites.iter().enumerate() {
        let end = LinkEnd::Site(SiteId::new(index));
        report(end, &site.id, "sites.csv", lines.sites[index], "site");
    }
    for (index, access_point) in inventory.access_points.iter().enumerate() {
        let end = LinkEnd::AccessPoint(AccessPointId::new(index));
        let line = lines.access_points[index];
        report(
            end,
            &access_point.id,
            "access_points.csv",
            line,
            "access_point",
        );
    }
    for (index, element) in inventory.elements.iter().enumerate() {
        let line = lines.elements[index];
        match element.pool {
            None => {
                let end = LinkEnd::Element(ElementId::new(index));
                report(end, &element.id, "elements.csv", line, "element");
            }
            Some(pool) => {
                let one_pool = &inventory.pools[pool.index()];
                let is_first = one_pool.members.first() == Some(&ElementId::new(index));
                if is_first {
                    report(
                        LinkEnd::Pool(pool),
                        &one_pool.id,
                        "elements.csv",
                        line,
                        "pool",
                    );
                }
            }
        }
    }
}
