//! Cases that are answered by a rule, recomputed from the scenario's own plan by the sentences of `docs/model.md` §10.
//! Every number is that of the hour in which it is worst.

use super::super::affected::Affected;
use super::super::certificate::{Row, Stands};
use super::basis::{Basis, Ways};
use super::cells::{Cell, Cells};
use super::sent::{Left, Part, Sent, Way};
use super::traffic::{Outcome, number};
use crate::ids::AccessPointId;
use crate::model::{LinkEnd, Recovery};
use crate::units::FEASIBILITY;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What the case of some ways comes to under a rule.
pub(super) fn outcome(
    cells: &Cells,
    ways: &Ways<'_, '_>,
    affected: &mut Affected<'_>,
    rows: &[Row],
    recovery: Recovery,
) -> Outcome {
    let basis = ways.basis;
    let mut all = Outcome::nothing(basis, rows.len());
    for slice in 0..cells.hours.len() {
        let left = Left::new(cells, slice, ways);
        let sent = Sent::by(&left, recovery, affected);
        let traffic = sent.traffic(&left);
        let holds = |row: &Row| row.slice == slice || is_steady(basis, row);
        let loads = rows.iter().map(|row| {
            let in_slice = &ways.slices[row.slice];
            if holds(row) {
                traffic.load(row, in_slice, 0)
            } else {
                0.0
            }
        });
        let loads: Vec<f64> = loads.collect();
        let shares = Shares::new(&left, &sent, rows, &loads);
        let mut served = Served::default();
        for part in &sent.parts {
            served.add(&left, part, shares.of(part.way));
        }
        let levels = &mut all.levels;
        for (rank, users) in served.unserved {
            let most = levels.unserved.entry(rank).or_default();
            *most = most.max(users);
        }
        for (folk, users) in served.of_folks {
            let most = all.unserved.entry((number(folk), None)).or_default();
            *most = most.max(users);
        }
        levels.moved = levels.moved.max(served.moved);
        most(&mut all.loads, &loads);
        most(&mut all.entering, &traffic.entering);
    }
    let both = rows.iter().zip(&all.loads);
    let missing = both.map(|(row, load)| asked_beyond(row, *load)).collect();
    all.close(basis.ground.inventory, missing);
    all
}

/// The more of each of two numbers.
fn most(all: &mut [f64], others: &[f64]) {
    for (own, other) in all.iter_mut().zip(others) {
        *own = own.max(*other);
    }
}

/// `true` for a row that holds in all slices.
fn is_steady(basis: &Basis<'_>, row: &Row) -> bool {
    let varies = basis.ground.inventory.resources[row.resource].varies;
    matches!(row.stands, Stands::Site(_)) && !varies
}

/// The share of a target that is missing beyond what was missing before, of what is asked for: `1 − s⁰ − (1 − L/A)/h`.
fn asked_beyond(row: &Row, load: f64) -> f64 {
    if row.target <= 0.0 {
        return 0.0;
    }
    1.0 - row.kept - (1.0 - load / row.capacity) / row.target
}

/// `true` if more is asked for than there is.
fn is_overloaded(row: &Row, load: f64) -> bool {
    load > row.capacity * (1.0 + FEASIBILITY)
}

/// Who is served of those who are sent somewhere in a slice.
#[derive(Default)]
struct Served {
    /// By rank.
    unserved: BTreeMap<u32, f64>,
    /// By folk, where somebody is unserved.
    of_folks: BTreeMap<usize, f64>,
    moved: f64,
}

impl Served {
    /// Counts users of whom a share is served.
    fn add(&mut self, left: &Left<'_, '_, '_>, part: &Part, share: f64) {
        let basis = left.ways.basis;
        let folk = &left.cells.folks[part.folk];
        let unserved = part.users * (1.0 - share);
        let rank = basis.ground.inventory.tiers[folk.tier.index()].rank;
        *self.unserved.entry(rank).or_default() += unserved;
        if unserved > 0.0 {
            *self.of_folks.entry(part.folk).or_default() += unserved;
        }
        let current = basis.alike.all[folk.alike].current;
        if let (Some(site), Some(current)) = (part.site, current)
            && current.index() != site
        {
            self.moved += part.users * share;
        }
    }
}

/// Which share of the users is served who are sent somewhere.
struct Shares {
    /// By cell.
    of_cells: Vec<f64>,
    /// By group and site, on ways that the plan did not use.
    of_detours: BTreeMap<(usize, usize), f64>,
}

impl Shares {
    /// The shares under what is asked of every row.
    fn new(left: &Left<'_, '_, '_>, sent: &Sent, rows: &[Row], loads: &[f64]) -> Self {
        let ground = left.ways.basis.ground;
        let mut short: FxHashMap<Stands, Vec<(usize, f64)>> = FxHashMap::default();
        for (row, load) in rows.iter().zip(loads) {
            if is_overloaded(row, *load) {
                let share = (row.capacity - row.fixed).max(0.0) / (load - row.fixed);
                let at = match row.stands {
                    Stands::Entry(index) => {
                        let id = LinkEnd::AccessPoint(AccessPointId::new(index));
                        Stands::Place(ground.place_index(id))
                    }
                    at => at,
                };
                short.entry(at).or_default().push((row.resource, share));
            }
        }
        let least = |group: usize, so_far: f64, at: Stands| {
            let profile = ground.groups[group].profile;
            let demand = &ground.inventory.profiles[profile.index()].demand;
            let of = short.get(&at).into_iter().flatten();
            let of = of.filter(|(resource, _)| demand[*resource] > 0.0);
            of.fold(so_far, |least: f64, (_, share)| least.min(*share))
        };
        let step = |group: usize, so_far: f64, (link, place): (u32, u32)| {
            let so_far = least(group, so_far, Stands::Link(link as usize));
            least(group, so_far, Stands::Place(place as usize))
        };
        let of_cell = |(position, cell): (usize, &Cell)| {
            if short.is_empty() || left.on_ways[position] <= 0.0 {
                return 1.0;
            }
            let at_site = least(cell.group, 1.0, Stands::Site(cell.site));
            let served = left.flows[position].iter().map(|flow| {
                let steps = flow.steps.iter();
                let share = steps.fold(at_site, |share, own| {
                    step(cell.group, share, (own.link, own.place))
                });
                flow.users * share
            });
            served.sum::<f64>() / left.on_ways[position]
        };
        let of_detours = sent.on_detours.keys().map(|&(group, site)| {
            let mut share = least(group, 1.0, Stands::Site(site));
            left.pass((group, site), |link, place| {
                share = step(group, share, (link, place));
            });
            ((group, site), share)
        });
        Self {
            of_cells: left.cells.all.iter().enumerate().map(of_cell).collect(),
            of_detours: of_detours.collect(),
        }
    }

    /// Of users on a way.
    fn of(&self, way: Way) -> f64 {
        match way {
            Way::OfCell(cell) => self.of_cells[cell],
            Way::Detour(group, site) => self.of_detours[&(group, site)],
            Way::Nowhere => 0.0,
        }
    }
}
