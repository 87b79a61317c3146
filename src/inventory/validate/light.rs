//! Light: no round trip is shorter than that of light in fibre on the great circle.
//!
//! A wrong coordinate makes many links too fast at once. Where most links of a place are, the place is reported, not each link.

use super::distance::{great_circle_km, least_round_trip_ms, usual_round_trip_ms};
use super::lines::Lines;
use crate::diagnostic::Code;
use crate::diagnostic::amounts::rounded;
use crate::inventory::findings::{Findings, place};
use crate::inventory::table::SWAPPED;
use crate::model::{Coordinates, Inventory, LinkEnd};
use std::collections::BTreeMap;

/// A latency that light in fibre cannot reach (a warning).
pub(crate) const FASTER_THAN_LIGHT: Code = Code("P3105");

/// A link whose round trip is too short.
#[derive(Debug, Clone, Copy)]
struct FastLink {
    /// Its position.
    link: usize,
    ends: [LinkEnd; 2],
    km: f64,
}

/// Every latency is possible between the coordinates of its ends.
pub(crate) fn latencies_are_possible(
    inventory: &Inventory,
    lines: &Lines,
    findings: &mut Findings,
) {
    let mut measured: BTreeMap<LinkEnd, usize> = BTreeMap::new();
    let mut fast = Vec::new();
    for (index, link) in inventory.links.iter().enumerate() {
        let ends = [link.from, link.to];
        let [Some(from), Some(to)] = ends.map(|end| coordinates(inventory, end)) else {
            continue;
        };
        for end in ends {
            *measured.entry(end).or_default() += 1;
        }
        let km = great_circle_km(from, to);
        if link.latency.0 < least_round_trip_ms(km) * (1.0 - 1e-9) {
            fast.push(FastLink {
                link: index,
                ends,
                km,
            });
        }
    }
    // Coordinates in each other's column are reported already.
    let is_swapped = |end: &LinkEnd| findings.has(SWAPPED, file_of(*end));
    fast.retain(|link| !link.ends.iter().any(is_swapped));
    let mut places: Vec<(LinkEnd, Vec<FastLink>)> = Vec::new();
    while let Some(end) = misplaced(&fast, &measured) {
        let (of_end, others) = fast.into_iter().partition(|link| link.ends.contains(&end));
        places.push((end, of_end));
        fast = others;
    }
    let mut by_file: BTreeMap<&str, Vec<(LinkEnd, Vec<FastLink>)>> = BTreeMap::new();
    for entry in places {
        by_file.entry(file_of(entry.0)).or_default().push(entry);
    }
    for (file, mut of_file) in by_file {
        of_file.sort_by_key(|(end, _)| row_of(inventory, lines, *end));
        let placed = measured.keys().filter(|end| file_of(**end) == file).count();
        let is_whole = of_file.len() > 2 && 2 * of_file.len() > placed;
        let listed = if is_whole { 1 } else { of_file.len() };
        let others = of_file.len() - listed;
        for (end, links) in &of_file[..listed] {
            report_place(inventory, lines, (*end, links), (others, placed), findings);
        }
    }
    for link in fast {
        report_link(inventory, lines, link, findings);
    }
}

/// The place with most of these links, if it has more than one of them, and they are half of its links or more; `None` where the
/// place at their other ends could be it as well.
fn misplaced(fast: &[FastLink], measured: &BTreeMap<LinkEnd, usize>) -> Option<LinkEnd> {
    let mut counts: BTreeMap<LinkEnd, usize> = BTreeMap::new();
    for link in fast {
        for end in link.ends {
            *counts.entry(end).or_default() += 1;
        }
    }
    let share = |end: &LinkEnd, count: usize| {
        let all = measured.get(end).copied().unwrap_or(count);
        count as f64 / all as f64
    };
    let is_doubtful = |end: &LinkEnd, count: usize| {
        let others = fast.iter().filter(|link| link.ends.contains(end));
        let mut others = others
            .flat_map(|link| link.ends)
            .filter(|place| place != end);
        let Some(other) = others.next() else {
            return true;
        };
        let is_pair = others.all(|place| place == other);
        is_pair && counts.get(&other) == Some(&count) && share(&other, count) >= share(end, count)
    };
    let candidates = counts
        .iter()
        .filter(|&(end, &count)| count > 1 && share(end, count) >= 0.5 && !is_doubtful(end, count));
    let best = candidates.max_by(|(a, count), (b, other)| {
        let by_share = share(a, **count).total_cmp(&share(b, **other));
        count.cmp(other).then(by_share).then(b.cmp(a))
    });
    best.map(|(end, _)| *end)
}

/// Reports a place from which several links would be too fast, and how many other places of its file are like it.
fn report_place(
    inventory: &Inventory,
    lines: &Lines,
    (end, links): (LinkEnd, &[FastLink]),
    (others, placed): (usize, usize),
    findings: &mut Findings,
) {
    let (Some(first), Some(at)) = (links.first(), coordinates(inventory, end)) else {
        return;
    };
    let link = &inventory.links[first.link];
    let (line, column) = row_of(inventory, lines, end);
    let and_more = match others {
        0 => String::new(),
        others => format!("; the like at {} of {placed} places", others + 1),
    };
    findings.warning(
        FASTER_THAN_LIGHT,
        place(file_of(end), line, Some(column)),
        format!(
            "`{}` at latitude {} and longitude {}, and {} of its links too fast for that, such as `{}` with {} ms for {:.0} km{and_more}",
            id_of(inventory, end),
            at.latitude,
            at.longitude,
            links.len(),
            link.id,
            rounded(link.latency.0),
            first.km
        ),
        format!(
            "coordinates that fit its latencies: light in a straight fibre takes {:.2} ms there",
            least_round_trip_ms(first.km)
        ),
        "check its latitude and longitude, and their signs; if both are right, correct the latencies of these links",
    );
}

/// Reports a link that is too fast.
fn report_link(inventory: &Inventory, lines: &Lines, fast: FastLink, findings: &mut Findings) {
    let (link, km) = (&inventory.links[fast.link], fast.km);
    findings.warning(
        FASTER_THAN_LIGHT,
        place("links.csv", lines.links[fast.link], Some("latency_ms")),
        format!("{} ms for {km:.0} km", rounded(link.latency.0)),
        format!(
            "at least {:.2} ms, the round trip of light in a straight fibre",
            least_round_trip_ms(km)
        ),
        format!(
            "check the latency and the coordinates; leave it blank for {:.2} ms",
            usual_round_trip_ms(km)
        ),
    );
}

/// Where an end of a link is; a pool where all its members are.
fn coordinates(inventory: &Inventory, end: LinkEnd) -> Option<Coordinates> {
    match end {
        LinkEnd::Site(site) => inventory.sites[site.index()].coordinates,
        LinkEnd::AccessPoint(access_point) => {
            inventory.access_points[access_point.index()].coordinates
        }
        LinkEnd::Element(element) => inventory.elements[element.index()].coordinates,
        LinkEnd::ClientRegion(region) => inventory.client_regions[region.index()].coordinates,
        LinkEnd::Pool(pool) => {
            let members = inventory.pools[pool.index()].members.iter();
            let mut all = members.map(|member| inventory.elements[member.index()].coordinates);
            let first = all.next()??;
            all.all(|other| other == Some(first)).then_some(first)
        }
    }
}

/// The file that an end of a link stands in.
fn file_of(end: LinkEnd) -> &'static str {
    match end {
        LinkEnd::Site(_) => "sites.csv",
        LinkEnd::AccessPoint(_) => "access_points.csv",
        LinkEnd::Element(_) | LinkEnd::Pool(_) => "elements.csv",
        LinkEnd::ClientRegion(_) => "client_regions.csv",
    }
}

/// The line and the column of its id.
fn row_of(inventory: &Inventory, lines: &Lines, end: LinkEnd) -> (u64, &'static str) {
    match end {
        LinkEnd::Site(site) => (lines.sites[site.index()], "site"),
        LinkEnd::AccessPoint(access_point) => {
            (lines.access_points[access_point.index()], "access_point")
        }
        LinkEnd::Element(element) => (lines.elements[element.index()], "element"),
        LinkEnd::ClientRegion(region) => (lines.client_regions[region.index()], "client_region"),
        LinkEnd::Pool(pool) => {
            let members = inventory.pools[pool.index()].members.iter();
            let first = members.map(|member| lines.elements[member.index()]).min();
            (first.unwrap_or(1), "pool")
        }
    }
}

/// Its id as the files spell it.
fn id_of(inventory: &Inventory, end: LinkEnd) -> &str {
    match end {
        LinkEnd::Site(site) => &inventory.sites[site.index()].id,
        LinkEnd::AccessPoint(access_point) => &inventory.access_points[access_point.index()].id,
        LinkEnd::Element(element) => &inventory.elements[element.index()].id,
        LinkEnd::ClientRegion(region) => &inventory.client_regions[region.index()].id,
        LinkEnd::Pool(pool) => &inventory.pools[pool.index()].id,
    }
}
