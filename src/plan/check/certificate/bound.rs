//! The bound that prices prove (`model.md` §7), with its rounding error taken off.

use super::super::context::RefereeContext;
use super::super::load::share_of_served;
use super::super::period::PeriodState;
use super::classes::{ClassHome, Classes};
use super::level::{Aim, Bound, ClaimedLevel, Vector};
use super::roads::Roads;
use super::rows::{Row, Stands};
use super::search::NetworkPrices;
use super::sum::CompensatedSum;
use super::toll::{Charges, Toll};
use super::view::View;
use crate::plan_files::KeptBy;
use std::collections::BTreeMap;

/// What bounds are computed from: who may go where, over which ways, past which rows.
#[derive(Clone, Copy)]
pub(in crate::plan::check) struct Scene<'a> {
    pub(in crate::plan::check) context: &'a RefereeContext<'a>,
    pub(in crate::plan::check) situation: &'a PeriodState<'a>,
    /// The same in every slice of the hours.
    pub(in crate::plan::check) slices: &'a [PeriodState<'a>],
    pub(in crate::plan::check) rows: &'a [Row],
    pub(in crate::plan::check) classes: &'a Classes,
    pub(in crate::plan::check) roads: &'a Roads<'a>,
    /// None until somebody claims some.
    pub(in crate::plan::check) stages: &'a [ClaimedLevel],
}

/// What a user or a share costs, the level at hand and the kept ones together.
#[derive(Debug, Clone, PartialEq, Default)]
struct Weights {
    /// By rank.
    unserved: Vec<f64>,
    relief: f64,
    copied: f64,
    moved: f64,
    latency: f64,
    worst: f64,
    total: f64,
}

impl Weights {
    fn add(&mut self, aim: Aim, weight: f64) {
        match aim {
            Aim::Unserved(Some(rank)) => self.unserved[rank] += weight,
            Aim::Relief => self.relief += weight,
            Aim::Copied => self.copied += weight,
            Aim::Moved => self.moved += weight,
            Aim::Latency => self.latency += weight,
            Aim::Worst => self.worst += weight,
            Aim::Total => self.total += weight,
            Aim::Unserved(None) | Aim::AccessPoints | Aim::Entry => {}
        }
    }
}

impl<'a> Scene<'a> {
    /// What users may do while the kept levels are at their floors; else why there is no such view.
    pub(super) fn view(&self, open: &[bool], vector: &Vector) -> Result<View<'a>, Bound> {
        let mut view = View::new(self.classes, self.roads, open.to_vec());
        let nobody = self.classes.nobody();
        for &(level, by) in &vector.kept {
            let stage = &self.stages[level];
            match by {
                KeptBy::Floor => {
                    let floor = view.floor(stage.aim);
                    if stage.value < floor - nobody {
                        return Err(Bound::Impossible);
                    }
                    if stage.value > floor + nobody {
                        return Err(Bound::NotAtFloor(level));
                    }
                    view.keep_at_floor(stage.aim);
                }
                KeptBy::Limit { at } => view.worst = view.worst.min(at.max(stage.value).max(0.0)),
                KeptBy::Row { .. } => {}
            }
        }
        Ok(view)
    }

    /// The bound of an aim under prices with these access points open. `entry` is what a user pays at an access
    /// point besides.
    pub(super) fn bound(
        &self,
        aim: Aim,
        vector: &Vector,
        open: &[bool],
        entry: Option<&[f64]>,
    ) -> Bound {
        let view = match self.view(open, vector) {
            Ok(view) => view,
            Err(bound) => return bound,
        };
        let mut weights = Weights {
            unserved: vec![0.0; self.classes.crowds.ranks.len()],
            ..Weights::default()
        };
        weights.add(aim, 1.0);
        let mut sum = CompensatedSum::default();
        for &(level, by) in &vector.kept {
            if let KeptBy::Row { at, price } = by {
                let stage = &self.stages[level];
                weights.add(stage.aim, price);
                sum.add(-price * at.max(stage.value));
            }
        }
        if let Some(limit) = self.context.scenario.policy.max_moved_users {
            weights.moved += vector.moves;
            sum.add(-vector.moves * limit);
        }
        self.add_rows(vector, &mut sum);
        self.add_missing(vector, &weights, &view, &mut sum);
        if !self.add_users(vector, &weights, &view, entry, &mut sum) {
            return Bound::Impossible;
        }
        let bound = sum.lower(self.operations());
        Bound::AtLeast(if bound.is_finite() {
            bound.max(0.0)
        } else {
            0.0
        })
    }

    /// How many roundings any one term has behind it, at most: prices of every resource on every link and place
    /// of a way, and what is done with their sum.
    fn operations(&self) -> f64 {
        let resources = self.context.inventory.resources.len() as f64;
        // Where users count with their retries too, a place has two prices of a resource, and one more sum behind each.
        let has_both = self.rows.last().is_some_and(|row| row.with_retries);
        let resources = if has_both { 3.0 * resources } else { resources };
        let slices = self.slices.len() as f64;
        slices * ((2.0 * resources + 4.0) * 2.0 * self.roads.longest() + 4.0 * resources) + 32.0
    }

    /// `− Σ π·(A·(1 − h·(1 − s⁰)) − F) − Σ ρ·(A − F)`
    fn add_rows(&self, vector: &Vector, sum: &mut CompensatedSum) {
        for &(row, target, hard) in &vector.rows {
            let row = &self.rows[row];
            for (price, (room, size)) in [(target, row.room_within_target()), (hard, row.room())] {
                // What may be closed asks nothing of anybody then, and its fixed load vanishes.
                let room = if row.may_be_closed {
                    room.max(0.0)
                } else {
                    room
                };
                sum.add_of_size(-price * room, price * size);
            }
        }
    }

    /// `min over 0 ≤ t ≤ t_max, 0 ≤ s ≤ min(t, 1 − s⁰) of [ τ·t + Σ (σ − π·A·h)·s ]`: linear between the points
    /// where some `s` ends to grow with `t`, so the least of them is the least of all.
    fn add_missing(
        &self,
        vector: &Vector,
        weights: &Weights,
        view: &View<'_>,
        sum: &mut CompensatedSum,
    ) {
        let mut missing: Vec<(f64, f64, f64)> = Vec::new();
        // A missing share of a component and resource gives in all slices of the hours: their prices add up.
        let mut by_share: BTreeMap<(usize, usize), (usize, f64)> = BTreeMap::new();
        let of_targets = vector.rows.iter();
        // What counts retries has no target.
        for &(row, price, _) in of_targets.filter(|own| !self.rows[own.0].with_retries) {
            let key = (self.rows[row].component, self.rows[row].resource);
            by_share.entry(key).or_insert((row, 0.0)).1 += price;
        }
        for (row, price) in by_share.into_values() {
            let row = &self.rows[row];
            let mean = self.situation.demanded.mean[row.resource];
            let most = row.most_missing();
            if most <= 0.0 || view.is_total_met && mean > 0.0 {
                continue;
            }
            let of_target = row.capacity * row.target;
            let own = if mean > 0.0 {
                weights.total * of_target / mean
            } else {
                0.0
            };
            let gain = price * of_target;
            if own < gain {
                missing.push((most, own - gain, own + gain));
            }
        }
        let at = |worst: f64| {
            let mut sum = CompensatedSum::default();
            sum.add(weights.worst * worst);
            for &(most, cost, size) in &missing {
                let share = worst.min(most);
                sum.add_of_size(cost * share, size * share);
            }
            sum
        };
        let mut ends: Vec<f64> = missing.iter().map(|(most, ..)| *most).collect();
        ends.retain(|end| *end < view.worst);
        ends.push(view.worst);
        ends.sort_by(f64::total_cmp);
        ends.dedup();
        let least = ends
            .into_iter()
            .map(at)
            .min_by(|a, b| a.lower(8.0).total_cmp(&b.lower(8.0)));
        if let Some(least) = least.filter(|least| least.lower(8.0) < 0.0) {
            sum.add_all(&least);
        }
    }

    /// `Σ_c U_c · min(min_p […], υ + …)`; `false` if somebody may do nothing at all.
    fn add_users(
        &self,
        vector: &Vector,
        weights: &Weights,
        view: &View<'_>,
        entry: Option<&[f64]>,
        sum: &mut CompensatedSum,
    ) -> bool {
        let classes = self.classes;
        let at_sites: Vec<[Vec<f64>; 2]> = (0..classes.crowds.demands.len())
            .map(|demand| [false, true].map(|copy| self.charged_at_sites(vector, demand, copy)))
            .collect();
        let charges: Vec<Vec<Charges>> = (0..classes.crowds.demands.len())
            .map(|demand| {
                let slices = 0..self.slices.len();
                let of_slice = |slice| self.charges(vector, weights, (demand, slice), entry);
                slices.map(of_slice).collect()
            })
            .collect();
        let tolls = Tolls::new(self, &charges, view);
        let mut ways: Vec<Option<Vec<f64>>> = vec![None; classes.crowds.groups.len()];
        let is_free_at = |home: ClassHome| {
            let demand = classes.crowds.groups[home.group as usize].demand;
            let site = home.site as usize;
            tolls.of(demand).all(|toll| toll.is_free(site))
                && at_sites[demand][usize::from(home.has_copy)][site] <= 0.0
        };
        for (id, class) in classes.all.iter().enumerate() {
            // Nearly everybody stays where nothing is charged.
            if view.home(id).is_some_and(is_free_at) {
                continue;
            }
            let group = &classes.crowds.groups[class.group];
            let at_sites = &at_sites[group.demand];
            let mut least = f64::INFINITY;
            let mut has_site = false;
            for site in view.sites(id) {
                has_site = true;
                let is_free = tolls.of(group.demand).all(|toll| toll.is_free(site));
                let mut cost = if is_free {
                    0.0
                } else {
                    ways[class.group]
                        .get_or_insert_with(|| tolls.from(group.demand, group.region, group.limit))
                        [site]
                };
                if class.leaves_for(site) {
                    cost += weights.moved;
                    if !class.is_affected {
                        cost += weights.relief;
                    }
                    if !class.has_copy(site) {
                        cost += weights.copied;
                    }
                }
                cost += at_sites[usize::from(class.has_copy(site))][site];
                if cost < least {
                    least = cost;
                    if least <= 0.0 {
                        break;
                    }
                }
            }
            for (rank, users) in classes.users(id).iter().enumerate() {
                if *users <= 0.0 {
                    continue;
                }
                let own = if view.may_be_unserved(rank, has_site) {
                    least.min(weights.unserved[rank])
                } else {
                    least
                };
                if own.is_infinite() {
                    return false;
                }
                if own > 0.0 {
                    sum.add(users * own);
                }
            }
        }
        true
    }

    /// By site, what one user of a demand is charged who is served there.
    fn charged_at_sites(&self, vector: &Vector, demand: usize, has_copy: bool) -> Vec<f64> {
        let mut charged = vec![0.0; self.context.inventory.sites.len()];
        let demand = &self.classes.crowds.demands[demand];
        for &(row, target, hard) in &vector.rows {
            let row = &self.rows[row];
            if let Stands::Site(site) = row.stands {
                let in_slice = &self.slices[row.slice];
                let share = share_of_served(in_slice, site, row.resource, has_copy);
                let of_user = demand.of_user[row.slice][row.resource];
                charged[site] +=
                    (target + hard) * row.brought(self.context, (of_user, demand.profile), share);
            }
        }
        charged
    }

    /// What one user of a demand is charged on the way in a slice of the hours; what counts whatever the hour counts by
    /// the slice's share of the time.
    fn charges(
        &self,
        vector: &Vector,
        weights: &Weights,
        (demand, slice): (usize, usize),
        entry: Option<&[f64]>,
    ) -> Charges {
        let inventory = self.context.inventory;
        let demand = &self.classes.crowds.demands[demand];
        let of_user = &demand.of_user[slice];
        let of_time = self.situation.case.hours.weight(slice);
        let mut charges = Charges {
            prices: NetworkPrices::nothing(),
            entry: entry.map_or_else(
                || vec![0.0; inventory.access_points.len()],
                |entry| entry.iter().map(|own| own * of_time).collect(),
            ),
        };
        charges.prices.latency = weights.latency * of_time;
        for &(row, target, hard) in &vector.rows {
            let row = &self.rows[row];
            if row.slice != slice {
                continue;
            }
            let brought = row.brought(self.context, (of_user[row.resource], demand.profile), 1.0);
            let charge = (target + hard) * brought / row.shares;
            if charge <= 0.0 {
                continue;
            }
            match row.stands {
                Stands::Site(_) => {}
                Stands::Entry(index) => charges.entry[index] += charge,
                Stands::Link(link) => {
                    charges.prices.links.resize(inventory.links.len(), 0.0);
                    charges.prices.links[link] += charge;
                }
                Stands::Place(place) => {
                    let count = self.context.place_count();
                    charges.prices.places.resize(count, 0.0);
                    charges.prices.places[place] += charge;
                }
            }
        }
        charges
    }
}

/// The tolls of all demands in all slices; those that are charged the same on the same ways share one.
struct Tolls<'r, 'a> {
    all: Vec<Toll<'r, 'a>>,
    /// By demand, those of the slices in which anything is charged.
    of_demand: Vec<Vec<usize>>,
    sites: usize,
}

impl<'r, 'a> Tolls<'r, 'a> {
    fn new(scene: &Scene<'a>, charges: &'r [Vec<Charges>], view: &View<'_>) -> Self
    where
        'a: 'r,
    {
        let mut all: Vec<Toll<'r, 'a>> = Vec::new();
        let mut known: Vec<(usize, &Charges)> = Vec::new();
        let of_demand = charges
            .iter()
            .enumerate()
            .map(|(demand, slices)| {
                let kind = scene
                    .roads
                    .kind(scene.classes.crowds.demands[demand].profile);
                let charged = slices.iter().filter(|own| !own.is_nothing());
                charged
                    .map(|own| {
                        let same = known.iter().position(|same| *same == (kind, own));
                        same.unwrap_or_else(|| {
                            all.push(scene.roads.toll(kind, own, &view.open));
                            known.push((kind, own));
                            all.len() - 1
                        })
                    })
                    .collect()
            })
            .collect();
        Self {
            all,
            of_demand,
            sites: scene.context.inventory.sites.len(),
        }
    }

    /// The tolls of a demand, one for each slice in which anything is charged.
    fn of(&self, demand: usize) -> impl Iterator<Item = &Toll<'r, 'a>> {
        self.of_demand[demand].iter().map(|toll| &self.all[*toll])
    }

    /// By site, the price of the cheapest ways of all slices within a limit; infinite without any.
    fn from(&self, demand: usize, region: usize, limit: Option<f64>) -> Vec<f64> {
        let mut sum = vec![0.0; self.sites];
        for toll in self.of(demand) {
            for (sum, own) in sum.iter_mut().zip(toll.from(region, limit)) {
                *sum += own;
            }
        }
        sum
    }
}
