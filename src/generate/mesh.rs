//! Mesh: a backbone of routers between access points and sites, and the nearest paths through it.
//!
//! Every router is linked to some near ones in both directions, and parts of the world to each other by several
//! lines; so there are far more paths than anybody could list.

use super::fronts::{Front, LimitedLink, unlimited};
use super::geography::Geography;
use super::globe::round_trip;
use super::places::Place;
use super::places::nearest;
use super::random::Draws;
use crate::ids::{AccessPointId, ElementId};
use crate::model::LinkEnd;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// Nearest routers that each is linked to.
const NEIGHBOURS: usize = 3;

/// Lines between two parts of the world.
const LINES: usize = 2;

/// Longest line between two parts of the world, in km.
const LONGEST_LINE_KM: f64 = 11_000.0;

/// Routers that an access point or a site is linked to.
const ATTACHED: usize = 2;

/// What a line is built for at least, of what the smaller of its routers carries.
const LINE: f64 = 0.5;

/// What a router is built for beside its own load, of what the largest router carries that it is linked to.
const ROUTER: f64 = 0.5;

/// A backbone.
#[derive(Debug)]
pub(super) struct Mesh {
    routers: usize,
    /// Lines: two routers and the round trip, in hundredths of a millisecond.
    lines: Vec<(usize, usize, u32)>,
    /// By access point: its routers and the round trips to them.
    entries: Vec<Vec<(usize, u32)>>,
    /// By site: its routers and the round trips from them.
    exits: Vec<Vec<(usize, u32)>>,
    /// By site: the nearest paths of all routers to it.
    paths: Vec<Vec<Step>>,
}

/// The nearest path from a router to a site.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// Round trip in hundredths of a millisecond.
    latency: u32,
    /// `None` leads to the site.
    line: Option<Line>,
}

/// A line and the router at its other end.
type Line = (usize, usize);

/// What routers and lines carry, or are built for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MeshLoads {
    /// By router.
    pub(super) routers: Vec<f64>,
    /// By line, in the direction that carries more.
    pub(super) lines: Vec<f64>,
}

impl Mesh {
    /// The backbone of these places; there is at least one router.
    pub(super) fn of(
        access_points: &[Place],
        routers: &[Place],
        sites: &[Place],
        draws: &mut Draws,
    ) -> Self {
        let lines: Vec<(usize, usize, u32)> = pairs(routers)
            .into_iter()
            .map(|(a, b)| {
                (
                    a,
                    b,
                    round_trip(routers[a].point.km(routers[b].point), draws),
                )
            })
            .collect();
        let mut attached = |place: &Place| -> Vec<(usize, u32)> {
            let near = nearest(place, routers).into_iter().take(ATTACHED);
            near.map(|(km, router)| (router as usize, round_trip(km, draws)))
                .collect()
        };
        let entries = access_points.iter().map(&mut attached).collect();
        let exits: Vec<Vec<(usize, u32)>> = sites.iter().map(&mut attached).collect();
        let mut mesh = Self {
            routers: routers.len(),
            lines,
            entries,
            exits,
            paths: Vec::new(),
        };
        let leaving = mesh.leaving();
        mesh.paths = mesh
            .exits
            .iter()
            .map(|exits| paths(exits, &leaving))
            .collect();
        mesh
    }

    /// By router: lines, the routers at their other ends, and round trips.
    fn leaving(&self) -> Vec<Vec<(usize, usize, u32)>> {
        let mut leaving = vec![Vec::new(); self.routers];
        for (line, &(a, b, latency)) in self.lines.iter().enumerate() {
            leaving[a].push((line, b, latency));
            leaving[b].push((line, a, latency));
        }
        leaving
    }

    /// The nearest path from an access point to a site: its round trip and the router that it enters.
    fn entry(&self, access_point: usize, site: usize) -> (u32, usize) {
        let entries = self.entries[access_point].iter();
        entries
            .map(|(router, latency)| (latency + self.paths[site][*router].latency, *router))
            .min()
            .expect("invariant: every access point is linked to a router")
    }

    /// Round trips from access points to sites: access point × site.
    pub(super) fn round_trips(&self) -> Vec<u32> {
        let all = (0..self.entries.len())
            .flat_map(|from| (0..self.exits.len()).map(move |to| self.entry(from, to).0));
        all.collect()
    }

    /// What routers and lines carry if `flows` (access point × site) take the nearest paths.
    pub(super) fn loads(&self, flows: &[f64]) -> MeshLoads {
        let mut routers = vec![0.0; self.routers];
        let mut lines = vec![[0.0; 2]; self.lines.len()];
        for (site, paths) in self.paths.iter().enumerate() {
            let mut through = vec![0.0; self.routers];
            for access_point in 0..self.entries.len() {
                let (_, router) = self.entry(access_point, site);
                through[router] += flows[access_point * self.exits.len() + site];
            }
            // Farthest first: whatever comes through a router is known before it is passed on.
            let mut order: Vec<usize> = (0..self.routers).collect();
            order.sort_by_key(|router| (Reverse(paths[*router].latency), *router));
            for router in order {
                routers[router] += through[router];
                if let Some((line, to)) = paths[router].line {
                    through[to] += through[router];
                    let is_backward = self.lines[line].0 == to;
                    lines[line][usize::from(is_backward)] += through[router];
                }
            }
        }
        let lines = lines.into_iter().map(|[there, back]| there.max(back));
        MeshLoads {
            routers,
            lines: lines.collect(),
        }
    }

    /// What routers and lines are built for if they carry `loads`: traffic that comes from a neighbour that fails must
    /// find a path around it.
    pub(super) fn built_for(&self, loads: &MeshLoads) -> MeshLoads {
        let mut beside = vec![0.0_f64; self.routers];
        for &(a, b, _) in &self.lines {
            beside[a] = beside[a].max(loads.routers[b]);
            beside[b] = beside[b].max(loads.routers[a]);
        }
        let routers = loads.routers.iter().zip(beside);
        let lines = self.lines.iter().zip(&loads.lines);
        MeshLoads {
            routers: routers
                .map(|(value, beside)| value + ROUTER * beside)
                .collect(),
            lines: lines
                .map(|(&(a, b, _), value)| value.max(LINE * loads.routers[a].min(loads.routers[b])))
                .collect(),
        }
    }

    /// Its links: from access points to routers, lines in both directions with their `bandwidth`, and from routers
    /// to the fronts of sites. `position` finds an element by its id.
    pub(super) fn links(
        &self,
        access_points: &[Place],
        routers: &[Place],
        fronts: &[Front],
        bandwidth: &[f64],
        position: impl Fn(&str) -> Option<ElementId>,
    ) -> Vec<LimitedLink> {
        let ends: Vec<(&str, LinkEnd)> = routers
            .iter()
            .filter_map(|place| {
                let id = place.id.as_str();
                Some((id, LinkEnd::Element(position(id)?)))
            })
            .collect();
        let mut links = Vec::new();
        for (index, entries) in self.entries.iter().enumerate() {
            let from = (
                access_points[index].id.as_str(),
                LinkEnd::AccessPoint(AccessPointId::new(index)),
            );
            let entries = entries.iter();
            links.extend(entries.map(|(router, latency)| unlimited(from, ends[*router], *latency)));
        }
        for (&(a, b, latency), bandwidth) in self.lines.iter().zip(bandwidth) {
            for (from, to) in [(a, b), (b, a)] {
                links.push(LimitedLink {
                    bandwidth: Some(*bandwidth),
                    ..unlimited(ends[from], ends[to], latency)
                });
            }
        }
        for (front, exits) in fronts.iter().zip(&self.exits) {
            let to = (front.id.as_str(), front.end);
            let exits = exits.iter();
            links.extend(exits.map(|(router, latency)| unlimited(ends[*router], to, *latency)));
        }
        links
    }
}

/// The nearest paths of all routers to a site with these exits. Dijkstra's algorithm, from the site on.
fn paths(exits: &[(usize, u32)], leaving: &[Vec<(usize, usize, u32)>]) -> Vec<Step> {
    let mut steps: Vec<Option<Step>> = vec![None; leaving.len()];
    let mut queue: BinaryHeap<Reverse<(u32, usize, Option<Line>)>> = exits
        .iter()
        .map(|(router, latency)| Reverse((*latency, *router, None)))
        .collect();
    while let Some(Reverse((latency, router, line))) = queue.pop() {
        if steps[router].is_some() {
            continue;
        }
        steps[router] = Some(Step { latency, line });
        for &(line, from, more) in &leaving[router] {
            if steps[from].is_none() {
                queue.push(Reverse((latency + more, from, Some((line, router)))));
            }
        }
    }
    let steps: Option<Vec<Step>> = steps.into_iter().collect();
    steps.expect("invariant: a spanning tree joins all routers")
}

/// The routers that are linked, the lower position first.
fn pairs(routers: &[Place]) -> BTreeSet<(usize, usize)> {
    let ordered = |a: usize, b: usize| (a.min(b), a.max(b));
    let mut pairs = spanning_tree(routers);
    for (index, place) in routers.iter().enumerate() {
        let others = nearest(place, routers).into_iter();
        let others = others.map(|(_, other)| other as usize);
        let others = others.filter(|other| *other != index);
        pairs.extend(others.take(NEIGHBOURS).map(|other| ordered(index, other)));
    }
    for (index, from) in Geography::ALL.iter().enumerate() {
        for to in &Geography::ALL[index + 1..] {
            let of_part = |part: Geography| {
                (0..routers.len()).filter(move |index| routers[*index].centre.geography == part)
            };
            let mut lines: Vec<(f64, usize, usize)> = of_part(*from)
                .flat_map(|a| of_part(*to).map(move |b| (a, b)))
                .map(|(a, b)| (routers[a].point.km(routers[b].point), a, b))
                .filter(|(km, ..)| *km <= LONGEST_LINE_KM)
                .collect();
            lines.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
            // Lines share no end, so that no single router cuts a part of the world off.
            let mut used = BTreeSet::new();
            for (_, a, b) in lines {
                if used.len() < 2 * LINES && !used.contains(&a) && !used.contains(&b) {
                    used.extend([a, b]);
                    pairs.insert(ordered(a, b));
                }
            }
        }
    }
    pairs
}

/// The shortest tree that joins all routers (Prim 1957).
fn spanning_tree(routers: &[Place]) -> BTreeSet<(usize, usize)> {
    let mut tree = BTreeSet::new();
    let mut open: Vec<(f64, usize, usize)> = (1..routers.len())
        .map(|index| (routers[index].point.km(routers[0].point), index, 0))
        .collect();
    while let Some(next) = (0..open.len()).min_by(|a, b| {
        open[*a]
            .0
            .total_cmp(&open[*b].0)
            .then(open[*a].1.cmp(&open[*b].1))
    }) {
        let (_, index, from) = open.swap_remove(next);
        tree.insert((index.min(from), index.max(from)));
        for other in &mut open {
            let km = routers[other.1].point.km(routers[index].point);
            if km < other.0 {
                *other = (km, other.1, index);
            }
        }
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::places::near_users;
    use crate::generate::random::Purpose;
    use crate::units::{ROUNDING, is_close};

    fn mesh(routers: usize) -> (Mesh, usize, usize) {
        let mut draws = Draws::new(1, Purpose::Places);
        let sites = near_users(7, "", &mut draws);
        let access_points = near_users(11, "ap-", &mut draws);
        let routers = near_users(routers, "rtr-", &mut draws);
        let mesh = Mesh::of(&access_points, &routers, &sites, &mut draws);
        (mesh, access_points.len(), sites.len())
    }

    #[test]
    fn every_router_has_at_least_as_many_lines_as_near_routers_asked_for() {
        let (mesh, ..) = mesh(150);
        assert!(mesh.leaving().iter().all(|lines| lines.len() >= NEIGHBOURS));
    }

    #[test]
    fn one_router_carries_everything_and_a_line_no_more_than_its_ends() {
        for routers in [1, 2, 3, 40] {
            let (mesh, access_points, sites) = mesh(routers);
            let loads = mesh.loads(&vec![1.0; access_points * sites]);
            let all = (access_points * sites) as f64;
            if routers == 1 {
                assert!(is_close(loads.routers[0], all, ROUNDING));
            }
            for (&(a, b, _), load) in mesh.lines.iter().zip(&loads.lines) {
                assert!(*load <= loads.routers[a].min(loads.routers[b]) * (1.0 + ROUNDING));
            }
        }
    }

    #[test]
    fn paths_are_no_longer_than_over_any_neighbour() {
        let (mesh, ..) = mesh(60);
        for paths in &mesh.paths {
            for &(a, b, latency) in &mesh.lines {
                assert!(paths[a].latency <= paths[b].latency + latency);
                assert!(paths[b].latency <= paths[a].latency + latency);
            }
        }
    }
}
