//! Rules of `client_regions.csv`.

use super::Lines;
use crate::diagnostic::Code;
use crate::inventory::findings::{Findings, Message, place};
use crate::model::{Inventory, LinkEnd};

/// A client region without any path to any site (a warning: its users stay unserved).
pub(crate) const NO_PATH: Code = Code("P3401");

/// Every client region has a path to some site: a link that a path can use. Returns those that have one.
pub(crate) fn have_a_path(
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
                Message {
                    found: format!("`{}`, from which no path leads to any site", region.id),
                    expected: "links over one access point to a site".to_owned(),
                    hint: "add the missing links: its users stay unserved".to_owned(),
                },
            );
        }
    }
    has_path
}
