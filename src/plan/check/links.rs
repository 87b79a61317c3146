//! Links: the chain that a steering row names.

use super::ground::Ground;
use super::leg::Leg;
use super::report::{Report, Rule};
use crate::ids::LinkId;
use crate::model::LinkEnd;

/// P7302: the links exist, each starts where the one before ends, the first in the client region.
///
/// An id may itself contain `>`, so every way of reading the cell is followed.
pub(super) fn links_of(
    ground: &Ground<'_>,
    group: usize,
    leg: &Leg<'_>,
    report: &mut Report,
) -> Option<Vec<LinkId>> {
    const RULE: Rule = Rule {
        code: "P7302",
        hint: "name the links from the client region to the site in their order, joined by `>`",
    };
    /// Ids are no longer than this.
    const LONGEST: usize = 128 * 4;
    struct Reached {
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
    let mut reached = vec![Reached {
        end: 0,
        place: LinkEnd::ClientRegion(ground.groups[group].client_region),
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
            let Some(&link) = ground.links.get(&leg.links[starts[begin]..until]) else {
                continue;
            };
            let of_link = &ground.inventory.links[link.index()];
            let is_new = reached
                .iter()
                .rev()
                .take_while(|other| other.end > begin)
                .all(|other| other.end != end + 1 || other.place != of_link.to);
            if of_link.from == place && is_new {
                reached.push(Reached {
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
    let (found, expected) = if ground.links.contains_key(name) {
        (
            format!("link `{name}`, which does not start where the path has come to"),
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
