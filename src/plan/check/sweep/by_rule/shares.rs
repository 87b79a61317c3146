//! Shares: what overloaded components serve of those who ask for them.

use super::super::super::certificate::{Row, Stands};
use super::super::super::ground::Ground;
use super::asking::Sent;
use super::left::Left;
use crate::ids::AccessPointId;
use crate::model::LinkEnd;
use crate::units::FEASIBILITY;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Where a share holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Where {
    Site(usize),
    Place(usize),
    Link(usize),
}

impl Where {
    fn of(ground: &Ground<'_>, row: &Row) -> Self {
        match row.stands {
            Stands::Site(site) => Self::Site(site),
            Stands::Place(place) => Self::Place(place),
            Stands::Link(link) => Self::Link(link),
            Stands::Entry(index) => {
                Self::Place(ground.place_index(LinkEnd::AccessPoint(AccessPointId::new(index))))
            }
        }
    }
}

/// `true` if more is asked for than there is.
pub(super) fn is_overloaded(row: &Row, load: f64) -> bool {
    load > row.capacity * (1.0 + FEASIBILITY)
}

/// Which share of the users is served who are sent somewhere.
pub(super) struct Shares {
    /// By cell.
    pub(super) of_cells: Vec<f64>,
    /// By group and site, on ways that the plan did not use.
    pub(super) of_detours: BTreeMap<(usize, usize), f64>,
}

impl Shares {
    /// The shares under what is asked of every row.
    pub(super) fn of(left: &Left<'_, '_, '_>, sent: &Sent, rows: &[Row], loads: &[f64]) -> Self {
        let ground = left.ways.basis.ground;
        let mut short: FxHashMap<Where, Vec<(usize, f64)>> = FxHashMap::default();
        for (row, load) in rows.iter().zip(loads) {
            if is_overloaded(row, *load) {
                let share = (row.capacity - row.fixed).max(0.0) / (load - row.fixed);
                let of = short.entry(Where::of(ground, row)).or_default();
                of.push((row.resource, share));
            }
        }
        let least = |group: usize, so_far: f64, at: Where| {
            let profile = ground.groups[group].profile;
            let demand = &ground.inventory.profiles[profile.index()].demand;
            let of = short.get(&at).into_iter().flatten();
            let of = of.filter(|(resource, _)| demand[*resource] > 0.0);
            of.fold(so_far, |least: f64, (_, share)| least.min(*share))
        };
        let step = |group: usize, so_far: f64, (link, place): (u32, u32)| {
            let so_far = least(group, so_far, Where::Link(link as usize));
            least(group, so_far, Where::Place(place as usize))
        };
        let of_cells = left.cells.all.iter().enumerate().map(|(position, cell)| {
            if short.is_empty() || left.on_ways[position] <= 0.0 {
                return 1.0;
            }
            let at_site = least(cell.group, 1.0, Where::Site(cell.site));
            let served = left.flows(position).map(|flow| {
                let own = &left.cells.flows[flow];
                let steps = own.steps.iter();
                let share = steps.fold(at_site, |share, own| {
                    step(cell.group, share, (own.link, own.place))
                });
                own.users * share
            });
            served.sum::<f64>() / left.on_ways[position]
        });
        let of_detours = sent.on_detours.keys().map(|&(group, site)| {
            let mut share = least(group, 1.0, Where::Site(site));
            left.pass(group, site, |link, place| {
                share = step(group, share, (link, place));
            });
            ((group, site), share)
        });
        Self {
            of_cells: of_cells.collect(),
            of_detours: of_detours.collect(),
        }
    }

    /// Of users of a group who are sent to a site.
    pub(super) fn at(&self, left: &Left<'_, '_, '_>, group: usize, site: usize) -> f64 {
        match left.steered_to(group, site) {
            Some(cell) => self.of_cells[cell],
            None => self.of_detours.get(&(group, site)).copied().unwrap_or(1.0),
        }
    }
}
