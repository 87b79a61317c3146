//! The last solution as prices: for the next pricing pass, for bounds, and per unit of capacity.

use super::Master;
use crate::formulation::goals::{Level, Objective};
use crate::formulation::rows::RowId;
use crate::formulation::{ColumnKey, Scaling};
use crate::solve::options::MOST_PRICE;
use crate::solve::price::{Pass, Pricing, Slack};
use crate::solve::prices::{DualPrices, Multiplier};
use crate::units::{LAST_DIGITS, PROVEN};

impl<'a> Master<'a> {
    /// The bound that the last prices prove for an objective when other access points are closed or charged for.
    pub(in crate::solve) fn bound_at_last_prices(&mut self, entry: &[f64]) -> f64 {
        let Some(tariff) = &self.last_tariff else {
            return f64::NEG_INFINITY;
        };
        let mut tariff = DualPrices::clone(tariff);
        tariff.objective.entry = entry.iter().map(|price| price * self.scale).collect();
        // What classes have was found where others were open.
        tariff.classes.fill(0.0);
        let pass = self.price(&tariff);
        self.bound_of(&pass, &tariff)
    }

    /// The bound of a pass in the objective's unit; below everything where the prices are so far too large that rounding
    /// decides it.
    pub(super) fn bound_of(&self, pass: &Pass<'_>, tariff: &DualPrices) -> f64 {
        let bound = pass.bound / self.scale;
        let rows = self.problem.rows.rows.iter().zip(&tariff.rows);
        let of_rows = rows.map(|(row, price)| price * (row.capacity + row.fixed));
        let rounding = LAST_DIGITS * (of_rows.sum::<f64>() + tariff.held.abs()) / self.scale;
        if rounding <= PROVEN * bound.abs().max(1.0) {
            bound
        } else {
            f64::NEG_INFINITY
        }
    }

    /// The prices that proved the best bound of the last level, per user and unit of load.
    pub(in crate::solve) fn per_user(&self) -> Option<DualPrices> {
        let mut tariff = DualPrices::clone(self.best_tariff.as_deref()?);
        let mut objective = self.nothing();
        objective.add(&tariff.objective, 1.0 / self.scale);
        tariff.objective = objective;
        let prices = tariff.rows.iter_mut().chain(&mut tariff.target_rows);
        for price in prices.chain([&mut tariff.held, &mut tariff.moves]) {
            *price /= self.scale;
        }
        Some(tariff)
    }

    /// How much the last level's value improves per unit of capacity left, by load row.
    pub(in crate::solve) fn gains(&self) -> Vec<f64> {
        let Some(tariff) = &self.last_tariff else {
            return vec![0.0; self.problem.rows.rows.len()];
        };
        let mut missing = vec![0.0; self.problem.rows.rows.len()];
        let mut worst = 0.0;
        for (key, &amount) in self.keys.iter().zip(&self.values.columns) {
            match *key {
                ColumnKey::Missing(row) => missing[row] = amount,
                ColumnKey::Worst => worst = amount,
                _ => {}
            }
        }
        self.problem
            .rows
            .rows
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let target = tariff.target_rows[index];
                let hard = tariff.rows[index] - target;
                let missing_here = missing[row.family];
                let used = self.target_limits[index] + row.target * (missing_here + worst);
                // What the target is worth grows once for all slices.
                let grown = if row.mean_demand > 0.0 && row.family == index {
                    tariff.objective.levels[Level::Total] * missing[index] * row.target
                        / row.mean_demand
                } else {
                    0.0
                };
                ((target * used + hard - grown) / self.scale).max(0.0)
            })
            .collect()
    }

    /// The price of a row, at least 0: whatever the solver says, the bound is one of prices.
    fn dual(&self, row: usize) -> f64 {
        let price = -self.values.row_duals.get(row).copied().unwrap_or(0.0);
        if price <= MOST_PRICE {
            price.max(0.0)
        } else {
            0.0
        }
    }

    /// The share of the prices of rows that is believed while they may be overloaded: together they are worth no more
    /// than an overload costs, or overloading would be a gain.
    fn believed(&self, rows: &[usize], overload: ColumnKey, objective: &Objective) -> f64 {
        if !self.is_overload_open {
            return 1.0;
        }
        let price: f64 = rows.iter().map(|row| self.dual(*row)).sum();
        let most = self.scaled_cost(overload, objective);
        if price > most * (1.0 + PROVEN) {
            most / price
        } else {
            1.0
        }
    }

    /// Lowers prices of survival rows to what a user who may be unserved in their case costs: together they are worth no
    /// more, or to leave them unserved would be a gain.
    fn believe_survival(&self, rows: &mut [f64], of_lost: f64) {
        let survival = &self.problem.rows.survival;
        if self.closed.levels[Level::Lost] || survival.case_count == 0 {
            return;
        }
        let mut of_case = vec![0.0; survival.case_count];
        let case_of = |row: usize| self.problem.rows.rows[row].case;
        for (row, price) in rows.iter().enumerate() {
            if let Some(case) = case_of(row) {
                of_case[case] += price;
            }
        }
        for (row, price) in rows.iter_mut().enumerate() {
            if let Some(case) = case_of(row).filter(|case| of_case[*case] > of_lost) {
                *price *= of_lost / of_case[case];
            }
        }
    }

    /// The prices of the last solution, scaled like the objective and counted per user.
    pub(super) fn tariff(&self, objective: &Objective) -> DualPrices {
        let unit = self.problem.unit;
        let dual = |row: usize| self.dual(row);
        let mut total = self.nothing();
        total.add(objective, self.scale);
        let (mut held, mut moves) = (0.0, 0.0);
        let mut multipliers = Vec::new();
        for hold in self.holds.iter().filter(|hold| hold.is_active) {
            let weight = dual(hold.row) * hold.scale * unit;
            total.add(&hold.objective, weight);
            held += weight * hold.limit;
            multipliers.push(Multiplier {
                objective: hold.objective.clone(),
                price: weight,
                limit: hold.limit,
            });
        }
        if let Some(row) = self.move_row {
            let price = dual(row) * self.believed(&[row], ColumnKey::MovedTooMany, objective);
            total.levels[Level::Moved] += price;
            moves = price;
            let limit = match self.scaling {
                Some(scaling) => scaling.moves.unwrap_or_default()[0],
                None => self.problem.setting.policy.max_moved_users.unwrap_or(0.0),
            };
            held += price * limit;
        }
        let load_rows = &self.problem.rows.rows;
        let believed: Vec<f64> = (0..load_rows.len())
            .map(|row| match self.hard_rows[row] {
                Some(hard) => self.believed(&[row, hard], ColumnKey::Overload(row), objective),
                None => self.believed(&[row], ColumnKey::Overload(row), objective),
            })
            .collect();
        let mut target_rows: Vec<f64> = load_rows
            .iter()
            .enumerate()
            .map(|(index, row)| dual(index) * believed[index] * unit / row.capacity)
            .collect();
        self.believe_survival(&mut target_rows, total.levels[Level::Lost]);
        let rows: Vec<f64> = load_rows
            .iter()
            .enumerate()
            .map(|(index, row)| {
                target_rows[index]
                    + self.hard_rows[index].map_or(0.0, |hard| {
                        dual(hard) * believed[index] * unit / row.capacity
                    })
            })
            .collect();
        let classes = (0..self.class_rows.len())
            .map(|class| {
                self.class_rows[class].map_or(0.0, |row| {
                    let price = -self.values.row_duals.get(row).copied().unwrap_or(0.0);
                    if !price.is_finite() {
                        0.0
                    } else if self.is_default_closed[class] || self.closed_anchors.contains(&class)
                    {
                        price
                    } else {
                        price.max(0.0)
                    }
                })
            })
            .collect();
        let mut tariff = DualPrices {
            objective: total,
            rows,
            target_rows,
            classes,
            held,
            multipliers,
            moves,
            scale: self.scaling.map_or(0.0, |scaling| {
                objective.scale * self.scale - self.worth_of_scale(scaling).iter().sum::<f64>()
            }),
        };
        for (class, _) in self.anchors.iter() {
            tariff.classes[class] += self.worth_of_anchor(class, &tariff);
        }
        tariff
    }

    /// By load row, then for the move limit: what a unit of `β` is worth there at the last prices.
    fn worth_of_scale(&self, scaling: &Scaling) -> Vec<f64> {
        let unit = self.problem.unit;
        let dual = |row: usize| self.dual(row);
        let rows = scaling.rows.iter().enumerate();
        let moves = self
            .move_row
            .map_or(0.0, |row| dual(row) * scaling.moves.unwrap_or_default()[1]);
        rows.map(|(index, row)| dual(index) * unit * row.per_scale)
            .chain([moves])
            .collect()
    }

    /// The load row at which `β` is worth most: what binds first. `None` where that is the move limit, or nothing is.
    pub(in crate::solve) fn binding_row(&self) -> Option<RowId> {
        let worth = self.worth_of_scale(self.scaling?);
        let first =
            (0..worth.len()).max_by(|&a, &b| worth[a].total_cmp(&worth[b]).then(b.cmp(&a)))?;
        (worth[first] > 0.0 && first < self.problem.rows.rows.len()).then_some(first)
    }

    /// The amount of one column of the last solution; 0 without such a column.
    fn amount_of(&self, key: ColumnKey) -> f64 {
        let position = self.keys.iter().position(|column_key| *column_key == key);
        position
            .and_then(|column| self.values.columns.get(column))
            .copied()
            .unwrap_or(0.0)
    }

    pub(super) fn price(&mut self, tariff: &DualPrices) -> Pass<'a> {
        let pricing = Pricing {
            problem: self.problem,
            closed: &self.closed,
            is_default_closed: &self.is_default_closed,
            stays: &self.stays,
            parked: &self.parked,
            known: &self.known,
            is_large: self.is_large,
        };
        pricing.pass(
            tariff,
            &Slack {
                missing: &self.missing,
                worst: self.worst,
                scale: self.amount_of(ColumnKey::Scale),
                target_limits: &self.target_limits,
            },
            &mut self.known_paths,
        )
    }
}
