//! What a case leaves of the plan that was in force, before anybody's takeover.

use super::super::defaults::Ways;
use super::cells::Cells;
use crate::units::LATENCY_SLACK_MS;

/// What becomes of the users of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// They stay on ways of the plan that are left.
    Stay,
    /// None is left; they find another one to the same site.
    Detour,
    /// They have lost their site.
    Displaced,
}

/// What is left in a case.
pub(super) struct Left<'c, 'w, 'a> {
    pub(super) cells: &'c Cells,
    pub(super) ways: &'c Ways<'w, 'a>,
    /// By flow.
    pub(super) is_open: Vec<bool>,
    /// By cell, users of the plan on ways that are left.
    pub(super) on_ways: Vec<f64>,
    /// By cell.
    pub(super) fates: Vec<Fate>,
}

impl<'c, 'w, 'a> Left<'c, 'w, 'a> {
    /// What is left in the case of some ways.
    pub(super) fn new(cells: &'c Cells, ways: &'c Ways<'w, 'a>) -> Self {
        let mut left = Self {
            cells,
            ways,
            is_open: vec![true; cells.flows.len()],
            on_ways: vec![0.0; cells.all.len()],
            fates: vec![Fate::Stay; cells.all.len()],
        };
        for (position, cell) in cells.all.iter().enumerate() {
            let kind = left.kind(cell.group);
            let mut has_lost = false;
            for flow in cell.flows.clone() {
                let own = &cells.flows[flow];
                let is_left = own.links().all(|link| ways.roads.may_pass(kind, link));
                left.is_open[flow] = is_left;
                has_lost |= !is_left;
                if is_left {
                    left.on_ways[position] += own.users;
                }
            }
            if has_lost && left.on_ways[position] <= 0.0 {
                let is_reached = left.latency(cell.group, cell.site).is_some();
                left.fates[position] = if is_reached {
                    Fate::Detour
                } else {
                    Fate::Displaced
                };
            }
        }
        left
    }

    fn kind(&self, group: usize) -> usize {
        let profile = self.ways.basis.ground.groups[group].profile;
        self.ways.roads.kind(profile)
    }

    /// A cell's flows that are left.
    pub(super) fn flows(&self, cell: usize) -> impl Iterator<Item = usize> + '_ {
        let all = self.cells.all[cell].flows.clone();
        all.filter(|flow| self.is_open[*flow])
    }

    /// The cell of a group at a site, if a way of it is left.
    pub(super) fn steered_to(&self, group: usize, site: usize) -> Option<usize> {
        let cell = self.cells.at(group, site)?;
        (self.on_ways[cell] > 0.0).then_some(cell)
    }

    /// Milliseconds and access point of the fastest way of a group to a site, if one within its limit is open.
    fn fastest(&self, group: usize, site: usize) -> Option<(f64, usize)> {
        let of_group = &self.ways.basis.ground.groups[group];
        let longest = of_group
            .limit
            .map_or(f64::MAX, |own| own + LATENCY_SLACK_MS);
        let fastest = &self.ways.fastest[self.kind(group)];
        let region = of_group.client_region.index();
        let way = fastest.search(region, site, |index| self.cells.is_open[index])?;
        (way.latency <= longest).then_some((way.latency, way.access_point as usize))
    }

    /// Milliseconds of that way.
    pub(super) fn latency(&self, group: usize, site: usize) -> Option<f64> {
        self.fastest(group, site).map(|(latency, _)| latency)
    }

    /// Calls `pass` with the link and the place at its end for every step of that way; its access point.
    pub(super) fn pass(
        &self,
        group: usize,
        site: usize,
        mut pass: impl FnMut(u32, u32),
    ) -> Option<usize> {
        let (_, entry) = self.fastest(group, site)?;
        let (roads, kind) = (self.ways.roads, self.kind(group));
        let region = self.ways.basis.ground.groups[group].client_region.index();
        roads.pass_to_entry(kind, (region, entry), &mut pass);
        roads.pass_to_site(kind, (entry, site), &mut pass);
        Some(entry)
    }
}
