//! Course: all waves of a written plan, one after the other, each under what holds while it runs.

use super::ground::Ground;
use super::people::{Fate, People, people};
use super::roads::{Roads, Steered, rows};
use super::wave::{Scene, Told};
use crate::levels::read_back;
use jiff::Timestamp;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use plimsoll::plan_files::{Timing, WaveRow, WrittenPlan};
use std::collections::BTreeMap;

/// What was found on the way.
#[derive(Debug, Default)]
pub(in crate::waves) struct Found {
    pub(in crate::waves) faults: Vec<String>,
    pub(in crate::waves) waves: usize,
    /// Parts of waves that were looked at.
    pub(in crate::waves) parts: usize,
    /// Ways that are refused: what is written of them is not to be done.
    pub(in crate::waves) refused: usize,
}

/// A written plan to walk.
pub(in crate::waves) struct Course<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    plan: WrittenPlan,
    /// By period: when it begins and ends, and what holds in it.
    periods: Vec<(Timestamp, Timestamp, Ground)>,
    quiet: Ground,
}

impl<'a> Course<'a> {
    pub(in crate::waves) fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        plan: &Plan,
    ) -> Self {
        let plan = read_back(inventory, scenario, plan);
        let summary = plan.summary.as_ref().expect("it is written");
        let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let periods = summary.periods.iter().map(|own| {
            let start = instant(&own.start);
            (
                start,
                instant(&own.end),
                Ground::at(inventory, scenario, start),
            )
        });
        Self {
            inventory,
            scenario,
            periods: periods.collect(),
            quiet: Ground::quiet(inventory, scenario),
            plan,
        }
    }

    /// Looks at so many random parts of every wave.
    pub(in crate::waves) fn walked(&self, seed: u64, parts: usize) -> Found {
        let mut found = Found::default();
        for period in 0..self.periods.len() {
            self.period(period, (seed, parts), &mut found);
        }
        found
    }

    fn period(&self, period: usize, draws: (u64, usize), found: &mut Found) {
        let number = u32::try_from(period).expect("few periods");
        let mut by_wave: BTreeMap<u32, Vec<&WaveRow>> = BTreeMap::new();
        let of_waves = self.plan.waves.iter().flatten().map(|own| &own.row);
        for row in of_waves.filter(|own| own.period == number) {
            by_wave.entry(row.wave).or_default().push(row);
        }
        let summary = self.plan.summary.as_ref().expect("it is written");
        let way = summary.periods[period].way.as_ref();
        if way.is_some_and(|own| own.refused.is_some()) {
            found.refused += 1;
            return;
        }
        let earlier = period.checked_sub(1);
        let earlier_ground = earlier.map_or(&self.quiet, |own| &self.periods[own].2);
        let before = rows(self.inventory, &self.plan, number.checked_sub(1));
        let after = rows(self.inventory, &self.plan, Some(number));
        let people = people(
            (self.inventory, self.scenario),
            &self.plan,
            (number, &before),
            [earlier_ground, &self.periods[period].2],
        );
        let is_left = |own: &&People| own.fate == Fate::Move(None);
        if let Some(own) = people.iter().find(is_left) {
            let shard = self.inventory.shard_ids.get(own.shard);
            let fault = format!("period {period}: {shard} has no wave, and nothing is refused");
            found.faults.push(fault);
        }
        let steering = [
            Steered {
                rows: &before,
                members: &earlier_ground.members,
            },
            Steered {
                rows: &after,
                members: &self.periods[period].2.members,
            },
        ];
        let mut done = (0.0, 0.0);
        let mut is_behind = false;
        for (wave, of_wave) in by_wave {
            let first = of_wave[0];
            let is_first_behind = first.timing == Timing::Behind && !is_behind;
            is_behind |= is_first_behind;
            let told = told((wave, &of_wave), done, is_first_behind);
            found.waves += 1;
            for (ground, is_nearest) in self.touched(period, first) {
                let roads = Roads::new(self.inventory, ground, steering);
                let scene = Scene {
                    inventory: self.inventory,
                    scenario: self.scenario,
                    ground,
                    roads: &roads,
                    people: &people,
                };
                let seen = scene.seen(&told, draws);
                found.parts += seen.parts;
                // Further away the steering of the period before is not in force yet.
                let faults = seen.faults.into_iter();
                let faults = faults.filter(|own| is_nearest || !own.starts_with("no way"));
                found
                    .faults
                    .extend(faults.map(|own| format!("period {period}, wave {wave}: {own}")));
            }
            done = (first.steering_share, first.restored_share);
        }
    }

    /// What holds while a wave and its gate run, and whether that is what holds next to the boundary.
    fn touched(&self, period: usize, row: &WaveRow) -> Vec<(&Ground, bool)> {
        let instant =
            |text: &str| text.parse::<Timestamp>().expect("an instant").as_second() as f64;
        let (from, to) = (
            instant(&row.start),
            instant(&row.end) + row.gate_minutes * 60.0,
        );
        let spans = self.periods.iter().enumerate();
        let mut all: Vec<(&Ground, bool)> = Vec::new();
        match row.timing {
            Timing::Ahead => {
                let nearest = period.checked_sub(1);
                for (index, (start, end, ground)) in spans.take(period) {
                    let is_touched =
                        (start.as_second() as f64) < to && (end.as_second() as f64) > from;
                    let is_at_once = from >= to && Some(index) == nearest;
                    if is_touched || is_at_once {
                        all.push((ground, Some(index) == nearest));
                    }
                }
                if from < self.periods[0].0.as_second() as f64 || nearest.is_none() {
                    all.push((&self.quiet, nearest.is_none()));
                }
            }
            Timing::Behind => {
                for (index, (start, _, ground)) in spans.skip(period) {
                    if index == period || (start.as_second() as f64) < to {
                        all.push((ground, index == period));
                    }
                }
            }
        }
        all
    }
}

fn told<'a>(
    (number, rows): (u32, &[&'a WaveRow]),
    (steering, restored): (f64, f64),
    is_first_behind: bool,
) -> Told<'a> {
    let row = rows[0];
    let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
    let length = instant(&row.end).duration_since(instant(&row.start));
    Told {
        number,
        timing: row.timing,
        seconds: length.as_secs_f64(),
        steering: [steering, row.steering_share],
        restored: [restored, row.restored_share],
        is_first_behind,
        rows: rows.to_vec(),
    }
}
