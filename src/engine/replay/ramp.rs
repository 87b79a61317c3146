//! Ramp: a value that goes from 0 to 1 over time, in straight lines and jumps; and by such ramps, how many users a
//! shard has at any instant of a replay.

use crate::ids::ShardId;
use crate::model::{Inventory, Onboarding, Scenario, Surge};
use crate::scenario::{
    JOINING_HOURS, dates_of_growth, is_joining_evenly, still_to_come, users_of_shard,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// From the first instant to the second it goes evenly from one value to the other.
#[derive(Debug, Clone, Copy, PartialEq)]
struct RampStretch {
    instants: [Timestamp; 2],
    values: [f64; 2],
}

impl RampStretch {
    fn has_begun(&self, at: Timestamp, side: RampSide) -> bool {
        match side {
            RampSide::Before => self.instants[0] < at,
            RampSide::From => self.instants[0] <= at,
        }
    }
}

/// A value over time: 0 before the first stretch, constant between stretches.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TimeRamp {
    stretches: Vec<RampStretch>,
}

/// From which side a jump is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RampSide {
    /// What holds up to an instant.
    Before,
    /// What holds from it on.
    From,
}

impl TimeRamp {
    /// All of it at once.
    pub(super) fn jump(at: Timestamp) -> Self {
        let mut ramp = Self::default();
        ramp.go([at, at], 1.0);
        ramp
    }

    /// Goes on evenly to a value; between the same two instants it jumps.
    pub(super) fn go(&mut self, instants: [Timestamp; 2], value: f64) {
        let last = self
            .stretches
            .last()
            .map_or(0.0, |ramp_stretch| ramp_stretch.values[1]);
        self.stretches.push(RampStretch {
            instants,
            values: [last, value],
        });
    }

    pub(super) fn end(&self) -> f64 {
        self.stretches
            .last()
            .map_or(0.0, |ramp_stretch| ramp_stretch.values[1])
    }

    /// `true` once its first stretch has begun.
    pub(super) fn has_begun(&self, at: Timestamp, side: RampSide) -> bool {
        let first = self.stretches.first();
        first.is_some_and(|ramp_stretch| ramp_stretch.has_begun(at, side))
    }

    pub(super) fn at(&self, at: Timestamp, side: RampSide) -> f64 {
        let mut value = 0.0;
        for ramp_stretch in &self.stretches {
            let [start, end] = ramp_stretch.instants;
            if !ramp_stretch.has_begun(at, side) {
                break;
            }
            let whole = end.duration_since(start).as_secs_f64();
            value = if at >= end || whole <= 0.0 {
                ramp_stretch.values[1]
            } else {
                let share = at.duration_since(start).as_secs_f64() / whole;
                ramp_stretch.values[0] + share * (ramp_stretch.values[1] - ramp_stretch.values[0])
            };
        }
        value
    }

    /// Where its slope changes.
    pub(super) fn instants(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.stretches.iter().flat_map(|stretch| stretch.instants)
    }
}

/// Users who come and go over some time: with surges, and in their first day.
pub(super) struct Arrivals<'a> {
    inventory: &'a Inventory,
    surges: Vec<(&'a Surge, TimeRamp, TimeRamp)>,
    /// By shard: how many users join over which ramp.
    joining: Vec<Vec<(f64, TimeRamp)>>,
    /// When somebody of a shard is there again, who come while more have left than were.
    again: Vec<Timestamp>,
}

impl<'a> Arrivals<'a> {
    pub(super) fn new(inventory: &'a Inventory, scenario: &'a Scenario) -> Self {
        let surges = scenario.events.iter().filter_map(|event| {
            let surge = event.surge()?;
            // Nobody of it is there before the scenario begins.
            let first = event.start.max(scenario.start);
            let whole = after_minutes(first, surge.arrive_minutes);
            let gone = after_minutes(event.end, surge.arrive_minutes);
            let [mut comes, mut goes] = [TimeRamp::default(), TimeRamp::default()];
            comes.go([first, whole], 1.0);
            goes.go([event.end, gone], 1.0);
            Some((surge, comes, goes))
        });
        let mut joining: Vec<Vec<(f64, TimeRamp)>> = vec![Vec::new(); inventory.shards.len()];
        let rows = inventory.onboarding.iter();
        for row in rows.filter(|row| is_joining_evenly(row, scenario)) {
            let mut ramp = TimeRamp::default();
            ramp.go(
                [row.date, after_minutes(row.date, JOINING_HOURS * 60.0)],
                1.0,
            );
            let users = row.users as f64;
            joining[row.shard.index()].push((users, ramp));
        }
        Self {
            inventory,
            surges: surges.collect(),
            joining,
            again: again(inventory, scenario),
        }
    }

    /// Where anybody begins or ceases to come or go.
    pub(super) fn instants(&self) -> impl Iterator<Item = Timestamp> + '_ {
        let of_surges = self
            .surges
            .iter()
            .flat_map(|(_, comes, goes)| [comes, goes]);
        let of_rows = self.joining.iter().flatten().map(|(_, ramp)| ramp);
        let evenly = of_surges.chain(of_rows).flat_map(TimeRamp::instants);
        evenly.chain(self.again.iter().copied())
    }

    /// Users of a shard at an instant, given how many it has once all who join by then are there, without surges.
    pub(super) fn users(&self, shard: usize, base: f64, at: Timestamp, side: RampSide) -> f64 {
        let rows = self.joining[shard].iter();
        let dated = rows.filter(|(_, ramp)| match side {
            RampSide::From => ramp.instants().any(|instant| instant <= at),
            RampSide::Before => ramp.instants().any(|instant| instant < at),
        });
        let missing: f64 = dated
            .map(|(users, ramp)| users * (1.0 - ramp.at(at, side)))
            .sum();
        let there = (base - missing).max(0.0);
        let row = &self.inventory.shards[shard];
        let on = self.surges.iter().filter(|(surge, ..)| surge.is_on(row));
        let factors = on.map(|(surge, comes, goes)| {
            1.0 + (surge.factor - 1.0) * (comes.at(at, side) - goes.at(at, side))
        });
        there * factors.product::<f64>()
    }
}

/// The instants from which on anybody of a shard is there again, who comes evenly while more have left than had come.
fn again(inventory: &Inventory, scenario: &Scenario) -> Vec<Timestamp> {
    let rows = &inventory.onboarding;
    let leaves = rows
        .iter()
        .filter(|row| row.users < 0 && row.date > scenario.start);
    let shards: BTreeSet<ShardId> = leaves.map(|row| row.shard).collect();
    let mut all = Vec::new();
    for shard in shards {
        let its = || rows.iter().filter(|row| row.shard == shard);
        let joining = its().filter(|row| is_joining_evenly(row, scenario));
        let joining: Vec<&Onboarding> = joining.collect();
        let over = |row: &&&Onboarding| after_minutes(row.date, JOINING_HOURS * 60.0);
        let dates = its()
            .map(|row| row.date)
            .chain(joining.iter().map(|row| over(&row)));
        let mut cuts: BTreeSet<Timestamp> = dates.filter(|date| *date > scenario.start).collect();
        cuts.insert(scenario.start);
        cuts.extend(dates_of_growth(inventory, scenario));
        let cuts: Vec<Timestamp> = cuts.into_iter().collect();
        for pair in cuts.windows(2) {
            let begun = |row: &&&Onboarding| row.date <= pair[0];
            let base = users_of_shard(inventory, scenario, shard, pair[0]);
            let coming: Vec<&Onboarding> = joining.iter().filter(begun).copied().collect();
            let [from, to] = [pair[0], pair[1]].map(|at| base - still_to_come(&coming, at));
            if from < 0.0 && to > 0.0 {
                let minutes = pair[1].duration_since(pair[0]).as_secs_f64() / 60.0;
                all.push(after_minutes(pair[0], minutes * from / (from - to)));
            }
        }
    }
    all
}

fn after_minutes(at: Timestamp, minutes: f64) -> Timestamp {
    let span = SignedDuration::try_from_secs_f64(minutes * 60.0).ok();
    let end = span.and_then(|duration| at.checked_add(duration).ok());
    end.unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::{RampSide, TimeRamp};
    use jiff::Timestamp;

    fn second(at: i64) -> Timestamp {
        Timestamp::from_second(at).expect("within the calendar")
    }

    #[test]
    fn it_goes_in_straight_lines_and_jumps() {
        let mut ramp = TimeRamp::default();
        ramp.go([second(10), second(20)], 0.5);
        ramp.go([second(30), second(30)], 1.0);
        let values = [
            (5, 0.0),
            (10, 0.0),
            (15, 0.25),
            (20, 0.5),
            (29, 0.5),
            (31, 1.0),
        ];
        for (at, value) in values {
            for side in [RampSide::Before, RampSide::From] {
                assert!((ramp.at(second(at), side) - value).abs() < 1e-12, "at {at}");
            }
        }
        assert!((ramp.at(second(30), RampSide::Before) - 0.5).abs() < 1e-12);
        assert!((ramp.at(second(30), RampSide::From) - 1.0).abs() < 1e-12);
    }
}
