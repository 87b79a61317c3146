//! Rules of elements.csv that need the graph.

use super::Lines;
use super::reach::Positions;
use crate::diagnostic::Code;
use crate::ids::{ElementId, PoolId};
use crate::inventory::findings::{Findings, Message, place};
use crate::model::{Inventory, LinkEnd};
use std::collections::VecDeque;

/// An element that stands before access points and behind them.
pub(crate) const ON_BOTH_SIDES: Code = Code("P3106");

/// An element stands before access points or behind them, never both: else a shortest path might pass it twice.
pub(crate) fn stand_on_one_side(inventory: &Inventory, lines: &Lines, findings: &mut Findings) {
    let positions = Positions::of(inventory);
    let mut leaving = vec![Vec::new(); positions.len()];
    let mut entering = vec![Vec::new(); positions.len()];
    for link in &inventory.links {
        let (from, to) = (positions.position(link.from), positions.position(link.to));
        leaving[from].push(to);
        entering[to].push(from);
    }
    let behind = nearest_access_points(positions, &leaving);
    let before = nearest_access_points(positions, &entering);
    let mut report = |end: LinkEnd, id: &str, line: u64, column: &str| {
        let position = positions.position(end);
        if let (Some(behind), Some(before)) = (behind[position], before[position]) {
            let name = |access_point: usize| &inventory.access_points[access_point].id;
            findings.error(
                ON_BOTH_SIDES,
                place("elements.csv", line, Some(column)),
                Message {
                    found: format!(
                        "`{id}` behind access point `{}` and before `{}`",
                        name(behind),
                        name(before)
                    ),
                    expected: "every element on one side of the access points".to_owned(),
                    hint: "mend the links around it, or write it as two elements".to_owned(),
                },
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
