//! The bound that prices prove (`model.md` §7), with its rounding error taken off.

use super::super::load::share_of_served;
use super::alike::PricedGroup;
use super::prices::{Bound, Scene, Vector};
use super::rows::LoadPlace;
use super::search::Charges;
use super::sum::CompensatedSum;
use super::toll::Toll;
use super::view::{Aim, LeavingCosts, View};
use crate::plan_files::KeptBy;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a user or a share costs, the level at hand and the kept ones together.
#[derive(Debug, Clone, PartialEq, Default)]
struct Weights {
    /// By rank.
    unserved: Vec<f64>,
    leaving: LeavingCosts,
    latency: f64,
    worst: f64,
    total: f64,
}

impl Weights {
    fn add(&mut self, aim: Aim, weight: f64) {
        match aim {
            Aim::Unserved(Some(rank)) => self.unserved[rank] += weight,
            Aim::Latency => self.latency += weight,
            Aim::Worst => self.worst += weight,
            Aim::Total => self.total += weight,
            _ => self.leaving.add(aim, weight),
        }
    }
}

/// What charges users: the prices of a level, what they come to, and what a user pays at every access point in addition.
struct Charging<'a> {
    vector: &'a Vector,
    weights: Weights,
    entry: &'a [f64],
}

impl<'a> Scene<'a> {
    /// What users may do while the kept levels are at their floors; else why there is no such view.
    fn view(&self, open: &[bool], vector: &Vector) -> Result<View<'a>, Bound> {
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

    /// The bound of an aim under prices with these access points open. `entry` is what a user pays at every access point
    /// in addition.
    pub(super) fn bound(&self, aim: Aim, vector: &Vector, open: &[bool], entry: &[f64]) -> Bound {
        let view = match self.view(open, vector) {
            Ok(view) => view,
            Err(bound) => return bound,
        };
        let mut weights = Weights {
            unserved: vec![0.0; self.classes.alike.ranks.len()],
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
        if let Some(limit) = self.situation.context.scenario.policy.max_moved_users {
            weights.leaving.moved += vector.moves;
            sum.add(-vector.moves * limit);
        }
        self.add_rows(vector, &mut sum);
        self.add_missing(vector, &weights, &view, &mut sum);
        let charging = Charging {
            vector,
            weights,
            entry,
        };
        if !self.add_users(&charging, &view, &mut sum) {
            return Bound::Impossible;
        }
        let bound = sum.lower(self.operations());
        Bound::AtLeast(if bound.is_finite() {
            bound.max(0.0)
        } else {
            0.0
        })
    }

    /// How many roundings any one term has gone through, at most: prices of every resource on every link and place
    /// of a path, and what is done with their sum.
    fn operations(&self) -> f64 {
        let resources = self.situation.context.inventory.resources.len() as f64;
        // Where users count with their retries too, a place has two prices of a resource, and one more sum after each.
        let has_both = self.rows.last().is_some_and(|row| row.with_retries);
        let resources = if has_both { 3.0 * resources } else { resources };
        let slices = self.slices.len() as f64;
        slices * ((2.0 * resources + 4.0) * 2.0 * self.roads.longest() + 4.0 * resources) + 32.0
    }

    /// `− Σ π·(A·(1 − h·(1 − s⁰)) − F) − Σ ρ·(A − F)`
    fn add_rows(&self, vector: &Vector, sum: &mut CompensatedSum) {
        for &(row, target, hard) in &vector.rows {
            let row = &self.rows[row];
            for (price, (spare, size)) in [(target, row.spare_within_target()), (hard, row.spare())]
            {
                // What may be closed asks nothing of anybody then, and its fixed load vanishes.
                let spare = if row.may_be_closed {
                    spare.max(0.0)
                } else {
                    spare
                };
                sum.add_of_size(-price * spare, price * size);
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
        for &(row, price, _) in of_targets.filter(|of_target| !self.rows[of_target.0].with_retries)
        {
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
            let value = if mean > 0.0 {
                weights.total * of_target / mean
            } else {
                0.0
            };
            let gain = price * of_target;
            if value < gain {
                missing.push((most, value - gain, value + gain));
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
        let ends = missing.iter().map(|(most, ..)| *most);
        let ends = ends.filter(|end| *end < view.worst);
        let mut ends: Vec<f64> = ends.chain([view.worst]).collect();
        ends.sort_by(f64::total_cmp);
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
        charging: &Charging<'_>,
        view: &View<'_>,
        sum: &mut CompensatedSum,
    ) -> bool {
        let (classes, alike) = (self.classes, self.classes.alike);
        let weights = &charging.weights;
        let demands = 0..alike.demands.len();
        let at_sites = demands.clone().map(|demand| {
            [false, true].map(|has_copy| self.charged_at_sites(charging, demand, has_copy))
        });
        let at_sites: Vec<[Vec<f64>; 2]> = at_sites.collect();
        let charges = demands.map(|demand| {
            let slices = (0..self.slices.len()).map(|slice| self.charges(charging, demand, slice));
            slices.filter(|charges| !charges.is_nothing()).collect()
        });
        let charges: Vec<Vec<Charges>> = charges.collect();
        let tolls = self.tolls(&charges, view);
        let is_free =
            |demand: usize, site: usize| tolls[demand].iter().all(|toll| toll.is_free(site));
        let sites = self.situation.context.inventory.sites.len();
        let mut paths: Vec<Option<Vec<f64>>> = vec![None; alike.groups.len()];
        for (id, class) in classes.all.iter().enumerate() {
            let group = &alike.groups[class.group];
            let at_site =
                |site: usize| at_sites[group.demand][usize::from(class.has_copy(site))][site];
            // Nearly everybody stays where nothing is charged.
            let is_free_at = |site: usize| is_free(group.demand, site) && at_site(site) <= 0.0;
            if view.home(id).is_some_and(is_free_at) {
                continue;
            }
            let mut least = f64::INFINITY;
            let mut has_site = false;
            for site in view.sites(id) {
                has_site = true;
                let path = if is_free(group.demand, site) {
                    0.0
                } else {
                    let of_group = &mut paths[class.group];
                    of_group.get_or_insert_with(|| paths_from(&tolls[group.demand], group, sites))
                        [site]
                };
                let cost = weights.leaving.on_top_of(path, class, site) + at_site(site);
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
                let value = if view.may_be_unserved(rank, has_site) {
                    least.min(weights.unserved[rank])
                } else {
                    least
                };
                if value.is_infinite() {
                    return false;
                }
                if value > 0.0 {
                    sum.add(users * value);
                }
            }
        }
        true
    }

    /// By site, what one user of a demand is charged who is served there.
    fn charged_at_sites(&self, charging: &Charging<'_>, demand: usize, has_copy: bool) -> Vec<f64> {
        let context = self.situation.context;
        let mut charged = vec![0.0; context.inventory.sites.len()];
        let demand = &self.classes.alike.demands[demand];
        for &(row, target, hard) in &charging.vector.rows {
            let row = &self.rows[row];
            if let LoadPlace::Site(site) = row.stands {
                let in_slice = &self.slices[row.slice];
                let share = share_of_served(in_slice, site, row.resource, has_copy);
                let of_user = demand.of_user[row.slice][row.resource];
                charged[site] +=
                    (target + hard) * row.brought(context, (of_user, demand.profile), share);
            }
        }
        charged
    }

    /// What one user of a demand is charged along the path in a slice of the hours; what counts whatever the hour counts by
    /// the slice's share of the time.
    fn charges(&self, charging: &Charging<'_>, demand: usize, slice: usize) -> Charges {
        let context = self.situation.context;
        let demand = &self.classes.alike.demands[demand];
        let of_user = &demand.of_user[slice];
        let of_time = self.situation.case.hours.weight(slice);
        let mut charges = Charges {
            entry: charging.entry.iter().map(|value| value * of_time).collect(),
            latency: charging.weights.latency * of_time,
            ..Charges::default()
        };
        for &(row, target, hard) in &charging.vector.rows {
            let row = &self.rows[row];
            if row.slice != slice {
                continue;
            }
            let brought = row.brought(context, (of_user[row.resource], demand.profile), 1.0);
            let charge = (target + hard) * brought / row.shares;
            if charge <= 0.0 {
                continue;
            }
            match row.stands {
                LoadPlace::Site(_) => {}
                LoadPlace::Entry(index) => charges.entry[index] += charge,
                LoadPlace::Link(link) => {
                    charges.links.resize(context.inventory.links.len(), 0.0);
                    charges.links[link] += charge;
                }
                LoadPlace::Place(place) => {
                    charges.places.resize(context.place_count(), 0.0);
                    charges.places[place] += charge;
                }
            }
        }
        charges
    }

    /// By demand, the tolls of the slices in which anything is charged; those that are charged the same on the same paths
    /// share one.
    fn tolls<'r>(
        &self,
        charges: &'r [Vec<Charges>],
        view: &'r View<'a>,
    ) -> Vec<Vec<Rc<Toll<'r, 'a>>>> {
        let mut known: Vec<Rc<Toll<'r, 'a>>> = Vec::new();
        let demands = charges.iter().zip(&self.classes.alike.demands);
        let tolls = demands.map(|(slices, demand)| {
            let kind = self.roads.kind(demand.profile);
            let of_slices = slices.iter().map(|charges| {
                if let Some(same) = known.iter().find(|toll| toll.is_of(kind, charges)) {
                    return Rc::clone(same);
                }
                let toll = Rc::new(Toll::new(self.roads, kind, charges, &view.open));
                known.push(Rc::clone(&toll));
                toll
            });
            of_slices.collect()
        });
        tolls.collect()
    }
}

/// By site, the price of the cheapest paths of a group in all slices; infinite without any.
fn paths_from(tolls: &[Rc<Toll<'_, '_>>], group: &PricedGroup, sites: usize) -> Vec<f64> {
    let mut sum = vec![0.0; sites];
    for toll in tolls {
        for (sum, value) in sum.iter_mut().zip(toll.from(group.region, group.limit)) {
            *sum += value;
        }
    }
    sum
}
