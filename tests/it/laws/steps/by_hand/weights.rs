//! Weights: which hold at an instant, by the turns of a runbook.

use super::super::loads::{Weights, weights};
use super::read::{Named, Turn};
use crate::waves::walk::roads::{Group, Row, row_of, rows};
use jiff::Timestamp;
use plimsoll::ids::{ComponentId, PoolId, SiteId};
use plimsoll::model::Inventory;
use plimsoll::plan_files::WrittenPlan;
use std::collections::BTreeMap;

/// A group at a site.
pub(super) type Cell = (Group, SiteId);

/// What a path passes.
pub(super) type Path = (Vec<ComponentId>, Vec<PoolId>);

/// The share of the users of a cell on each path.
pub(super) type Mix = BTreeMap<Path, f64>;

/// A table of weights that a file has.
type Table = BTreeMap<Cell, Mix>;

/// Which table, by what names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Before,
    Steering(u32),
    Wave(u32, u32, Option<u32>),
}

/// All tables of a plan with one slice.
pub(super) struct Tables {
    all: BTreeMap<Key, Table>,
}

fn table(all: Weights) -> Table {
    let mix = |rows: Vec<Row>| {
        let mut mix = Mix::new();
        for row in rows {
            let path = (row.components, row.pools);
            *mix.entry(path).or_default() += row.users;
        }
        mix
    };
    all.into_iter()
        .map(|(cell, rows)| (cell, mix(rows)))
        .collect()
}

impl Tables {
    pub(super) fn new(inventory: &Inventory, plan: &WrittenPlan, periods: u32) -> Self {
        let users = |rows: Vec<Row>| -> Vec<Row> {
            let used = rows.into_iter().filter(|row| row.users > 0.0);
            used.collect()
        };
        let mut all = BTreeMap::new();
        let of = |period| table(weights(users(rows(inventory, plan, (period, 0)))));
        all.insert(Key::Before, of(None));
        for period in 0..periods {
            all.insert(Key::Steering(period), of(Some(period)));
        }
        let mut by_wave: BTreeMap<Key, Weights> = BTreeMap::new();
        for written in plan.wave_weights.iter().flatten() {
            let row = &written.row;
            let key = Key::Wave(row.period, row.wave, row.during);
            let of = (row.client_region.as_str(), row.profile.as_str());
            let path = row_of(inventory, of, row.max_latency_ms, (&row.links, row.weight));
            let cells = by_wave.entry(key).or_default();
            cells.entry((path.group, path.site)).or_default().push(path);
        }
        all.extend(
            by_wave
                .into_iter()
                .map(|(key, weights)| (key, table(weights))),
        );
        Self { all }
    }

    /// The weights of a cell that a name has at an instant.
    pub(super) fn mix(&self, named: &Named, cell: &Cell, at: Timestamp) -> Option<&Mix> {
        let key = match named {
            Named::Before => Key::Before,
            Named::Steering(period) => Key::Steering(*period),
            Named::Wave(period, wave, during) => {
                let begun = during.iter().rfind(|(from, _)| *from <= at);
                let (_, during) = begun.or(during.first())?;
                Key::Wave(*period, *wave, *during)
            }
        };
        self.all.get(&key)?.get(cell)
    }

    /// The cells of a table, of all that a wave has.
    pub(super) fn cells(&self, named: &Named) -> Vec<Cell> {
        let is_meant = |key: &Key| match (named, key) {
            (Named::Before, Key::Before) => true,
            (Named::Steering(period), Key::Steering(of)) => period == of,
            (Named::Wave(period, wave, during), Key::Wave(of, number, at)) => {
                (period, wave) == (of, number) && during.first().is_some_and(|first| first.1 == *at)
            }
            _ => false,
        };
        let tables = self.all.iter().filter(|(key, _)| is_meant(key));
        tables
            .flat_map(|(_, table)| table.keys().copied())
            .collect()
    }

    /// The weights of a wave's file.
    pub(super) fn of_wave(
        &self,
        (period, wave, during): (u32, u32, Option<u32>),
    ) -> Option<&Table> {
        self.all.get(&Key::Wave(period, wave, during))
    }

    pub(super) fn of_period(&self, period: u32) -> Option<&Table> {
        self.all.get(&Key::Steering(period))
    }

    /// The weights of a cell that hold at an instant, by turns that are in order of time; those of before where none has any.
    pub(super) fn in_force(&self, turns: &[Turn], cell: &Cell, at: Timestamp) -> Option<Mix> {
        let mut mix = self.mix(&Named::Before, cell, at).cloned();
        let begun = turns.iter().filter(|turn| turn.from <= at);
        for turn in begun {
            let Some(next) = self.mix(&turn.named, cell, at) else {
                continue;
            };
            mix = match mix {
                Some(mix) if turn.is_only_new && turn.there.contains(cell) => Some(mix),
                _ if turn.is_only_new => Some(next.clone()),
                Some(mix) if at < turn.turned => Some(between(&mix, next, turn, at)),
                _ => Some(next.clone()),
            };
        }
        mix
    }
}

fn between(from: &Mix, to: &Mix, turn: &Turn, at: Timestamp) -> Mix {
    let seconds = |to: Timestamp| to.duration_since(turn.from).as_secs_f64();
    let share = seconds(at) / seconds(turn.turned);
    let mut all = Mix::new();
    for (mix, times) in [(from, 1.0 - share), (to, share)] {
        for (path, weight) in mix {
            *all.entry(path.clone()).or_default() += times * weight;
        }
    }
    all
}

/// Weights that differ by more than this are others.
const SAME: f64 = 1e-7;

pub(super) fn are_same(a: &Mix, b: &Mix) -> bool {
    let weight = |of: &Mix, path: &Path| of.get(path).copied().unwrap_or(0.0);
    let mut paths = a.keys().chain(b.keys());
    paths.all(|path| (weight(a, path) - weight(b, path)).abs() <= SAME)
}
