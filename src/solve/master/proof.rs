//! The prices of the last level as they are handed on, so that others can recompute its bound.

use super::Master;
use crate::formulation::goals::Level;
use crate::solve::outcome::LevelOutcome;
use crate::solve::prices::{DualPrices, Keeping, Kept, Prices, RowPrice};
use crate::units::NUMERICAL_NOISE;

impl Master<'_> {
    /// The prices that proved the best bound of the last level; `settled` are the levels before it.
    pub(in crate::solve) fn prices(&self, settled: &[LevelOutcome]) -> Prices {
        let best = self.best_tariff.as_deref();
        best.map_or_else(Prices::default, |tariff| self.prices_of(tariff, settled))
    }

    /// The prices of the last solution.
    pub(in crate::solve) fn last_prices(&self, settled: &[LevelOutcome]) -> Prices {
        let last = self.last_tariff.as_deref();
        last.map_or_else(Prices::default, |tariff| self.prices_of(tariff, settled))
    }

    fn prices_of(&self, tariff: &DualPrices, settled: &[LevelOutcome]) -> Prices {
        let prices = |of_row: &dyn Fn(usize) -> f64| -> Vec<RowPrice> {
            let rows = self.problem.rows.rows.iter().enumerate();
            let rows = rows.filter(|(_, row)| row.case.is_none());
            rows.filter_map(|(index, row)| {
                let price = of_row(index) / self.scale;
                (price > 0.0).then_some(RowPrice {
                    component: row.component,
                    resource: row.resource,
                    with_retries: row.with_retries,
                    slice: row.slice,
                    price,
                })
            })
            .collect()
        };
        Prices {
            target: prices(&|row| tariff.target_rows[row]),
            hard: prices(&|row| match self.hard_rows[row] {
                Some(_) => tariff.rows[row] - tariff.target_rows[row],
                None => 0.0,
            }),
            moves: tariff.moves / self.scale,
            kept: settled
                .iter()
                .filter_map(|outcome| {
                    let by = self.keeping(tariff, outcome)?;
                    let level = outcome.level;
                    Some(Kept { level, by })
                })
                .collect(),
        }
    }

    /// How a settled level is kept now; `None` if it adds nothing.
    fn keeping(&self, tariff: &DualPrices, outcome: &LevelOutcome) -> Option<Keeping> {
        let is_at_floor = match outcome.level {
            Level::Total => self.is_target_met(),
            Level::Worst => {
                let at = if outcome.value <= NUMERICAL_NOISE {
                    0.0
                } else {
                    outcome.value
                };
                return Some(Keeping::Limit { at });
            }
            level => self.closed.levels[level],
        };
        if is_at_floor {
            return Some(Keeping::Floor);
        }
        let objective = self.problem.objective(outcome.level);
        let row = tariff
            .multipliers
            .iter()
            .find(|multiplier| multiplier.objective == objective)?;
        (row.price > 0.0).then_some(Keeping::Row {
            at: row.limit,
            price: row.price / self.scale,
        })
    }
}
