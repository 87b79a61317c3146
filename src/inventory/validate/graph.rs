//! Rules about the graph as a whole: what no path can use, and what no link names.

use super::Lines;
use super::reach::Positions;
use crate::diagnostic::Code;
use crate::ids::{AccessPointId, ElementId, SiteId};
use crate::inventory::findings::{Findings, Message, place};
use crate::model::{Inventory, LinkEnd};

/// A link that no path can use (a warning).
pub(crate) const USELESS_LINK: Code = Code("P3107");
/// A site, access point, element or pool that no link names (a warning).
pub(crate) const UNLINKED: Code = Code("P3108");

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
                Message {
                    found: format!("`{id}`, which no path can use"),
                    expected:
                        "a link on a way from a client region over one access point to a site"
                            .to_owned(),
                    hint: "check its ends, and whether a link before or behind it is missing"
                        .to_owned(),
                },
            );
        }
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
    let mut report = |end: LinkEnd, id: &str, file: &str, line: u64, column: &str| {
        if !is_linked[positions.position(end)] {
            findings.warning(
                UNLINKED,
                place(file, line, Some(column)),
                Message {
                    found: format!("`{id}`, which no link names"),
                    expected: "a place of the graph".to_owned(),
                    hint: "add its links: no user can pass it".to_owned(),
                },
            );
        }
    };
    for (index, site) in inventory.sites.iter().enumerate() {
        let end = LinkEnd::Site(SiteId::new(index));
        report(end, &site.id, "sites.csv", lines.sites[index], "site");
    }
    for (index, own) in inventory.access_points.iter().enumerate() {
        let end = LinkEnd::AccessPoint(AccessPointId::new(index));
        let line = lines.access_points[index];
        report(end, &own.id, "access_points.csv", line, "access_point");
    }
    for (index, element) in inventory.elements.iter().enumerate() {
        let line = lines.elements[index];
        match element.pool {
            None => {
                let end = LinkEnd::Element(ElementId::new(index));
                report(end, &element.id, "elements.csv", line, "element");
            }
            Some(pool) => {
                let own = &inventory.pools[pool.index()];
                let is_first = own.members.first() == Some(&ElementId::new(index));
                if is_first {
                    report(LinkEnd::Pool(pool), &own.id, "elements.csv", line, "pool");
                }
            }
        }
    }
}
