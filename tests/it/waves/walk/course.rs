//! Course: all waves of a written plan, one after the other, each under what holds while its way goes on.

use super::people::{Fate, People, people};
use super::roads::{Roads, Row, Steered, rows};
use super::touched::{Case, Stands, When};
use super::wave::{Reported, Scene, turned};
use crate::levels::read_back;
use jiff::{SignedDuration, Timestamp};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use plimsoll::plan_files::{Timing, WaveRow, WrittenPlan};
use std::collections::BTreeMap;

/// What instants that are written may differ by.
const A_MOMENT: SignedDuration = SignedDuration::from_millis(1);

/// What was found on the way.
#[derive(Debug, Default)]
pub(in crate::waves) struct Found {
    pub(in crate::waves) faults: Vec<String>,
    pub(in crate::waves) waves: usize,
    /// Parts of waves that were looked at.
    pub(in crate::waves) parts: usize,
    /// Slices of the hours that ways touch beyond one each.
    pub(in crate::waves) slices: usize,
    /// Waves that steer before anybody moves.
    pub(in crate::waves) steered: usize,
    /// Ways that are refused: what is written of them is not to be done.
    pub(in crate::waves) refused: usize,
}

/// A written plan to walk.
pub(in crate::waves) struct Course<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) scenario: &'a Scenario,
    pub(super) plan: WrittenPlan,
    pub(super) stands: Stands,
}

/// The waves of one way, in order, each with its rows.
type Transition<'a> = BTreeMap<u32, Vec<&'a WaveRow>>;

impl<'a> Course<'a> {
    pub(in crate::waves) fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        plan: &Plan,
    ) -> Self {
        let plan = read_back(inventory, scenario, plan);
        Self {
            inventory,
            scenario,
            stands: Stands::new(inventory, scenario, &plan),
            plan,
        }
    }

    /// Looks at so many random parts of every wave.
    pub(in crate::waves) fn walked(&self, seed: u64, parts: usize) -> Found {
        let mut found = Found::default();
        for period in 0..self.stands.periods.len() {
            self.period(period, (seed, parts), &mut found);
        }
        found
    }

    fn period(&self, period: usize, draws: (u64, usize), found: &mut Found) {
        let number = u32::try_from(period).expect("few periods");
        let summary = self.plan.summary.as_ref().expect("it is written");
        let path = summary.periods[period].way.as_ref();
        if path.is_some_and(|candidate| candidate.refused.is_some()) {
            found.refused += 1;
            return;
        }
        let of_waves = self
            .plan
            .waves
            .iter()
            .flatten()
            .map(|wave_row| &wave_row.row);
        let of_period: Vec<&WaveRow> = of_waves
            .filter(|wave_row| wave_row.period == number)
            .collect();
        let of = |timing: Timing| -> Transition<'_> {
            let mut path = Transition::new();
            for row in of_period
                .iter()
                .filter(|wave_row| wave_row.timing == timing)
            {
                path.entry(row.wave).or_default().push(row);
            }
            path
        };
        let (ahead, after) = (of(Timing::Ahead), of(Timing::After));
        let faults = self.out_of_order(period, [&ahead, &after]).into_iter();
        let named = |text: String| format!("period {period}: {text}");
        found.faults.extend(faults.map(named));
        let (earlier, now) = (self.stands.earlier(period), &self.stands.periods[period]);
        let people = people(
            (self.inventory, self.scenario),
            &self.plan,
            (number, &self.rows(self.stands.until(period))),
            [earlier.any(), now.any()],
        );
        let is_left = |people: &&People| people.fate == Fate::Move(None);
        if let Some(one_people) = people.iter().find(is_left) {
            let shard = self.inventory.shard_ids.get(one_people.shard);
            let fault = format!("{shard} has no wave, and nothing is refused");
            found.faults.push(named(fault));
        }
        let is_behind = !after.is_empty();
        let mut done = (0.0, 0.0);
        for (timing, path) in [(Timing::Ahead, ahead), (Timing::After, after)] {
            let rows: Vec<&WaveRow> = path.values().flatten().copied().collect();
            if path.is_empty() {
                continue;
            }
            let scenes = self.scenes(period, timing, &rows, &people);
            found.slices += scenes.len() - 1;
            let mut is_first_behind = timing == Timing::After;
            if is_first_behind {
                // Decision: nobody comes back before the period begins, whatever waves ahead of it say.
                done.1 = 0.0;
            }
            for (wave, rows) in path {
                let one_reported = reported((wave, rows), done, is_first_behind);
                is_first_behind = false;
                done = (one_reported.steering[1], one_reported.restored[1]);
                found.waves += 1;
                found.steered += usize::from(one_reported.seconds[0] > 0.0);
                let mut brought = 0.0_f64;
                for scene in &scenes {
                    let seen = scene.seen(&one_reported, draws);
                    found.parts += seen.parts;
                    brought = brought.max(seen.brought);
                    let faults = seen.faults.into_iter();
                    let (period_of, slice) = scene.case.when;
                    let case = format!("in slice {slice} of {period_of:?}");
                    let named = |text| format!("period {period}, wave {wave} {case}: {text}");
                    found.faults.extend(faults.map(named));
                }
                if one_reported.seconds[0] > 1e-3 && brought < 1e-9 {
                    let seconds = one_reported.seconds[0];
                    let fault = format!("wave {wave} steers {seconds} s, which brings nobody");
                    found.faults.push(named(fault));
                }
            }
        }
        if !is_behind {
            let faults = self.unsteered(period, done.0, &people).into_iter();
            found.faults.extend(faults.map(named));
        }
    }

    pub(super) fn rows(&self, (period, slice): When) -> Vec<Row> {
        rows(self.inventory, &self.plan, (period, slice))
    }

    /// Where the waves of a way happen, case by case.
    fn scenes<'b>(
        &'b self,
        period: usize,
        timing: Timing,
        rows: &[&WaveRow],
        people: &'b [People],
    ) -> Vec<Scene<'b>> {
        let cases = self.stands.touched(period, timing, rows);
        let now = self.stands.periods[period].any();
        let shards = 0..self.inventory.shards.len();
        let most = shards.map(|shard| {
            let touched = cases.iter().map(|case| case.conditions.users(shard));
            touched.fold(now.users(shard), f64::max)
        });
        let most: Vec<f64> = most.collect();
        let scene = |case: Case<'b>| {
            let [before, after] = case.steering.map(|pair| self.rows(pair));
            let steering = [
                Steered {
                    rows: &before,
                    members: &self.stands.earlier(period).any().members,
                },
                Steered {
                    rows: &after,
                    members: &now.members,
                },
            ];
            let until = self.stands.until_conditions(period);
            Scene {
                inventory: self.inventory,
                scenario: self.scenario,
                roads: Roads::new(self.inventory, &case.conditions, steering),
                until: Roads::of_those_open(self.inventory, &case.conditions, until, steering),
                people,
                most: most.clone(),
                case,
            }
        };
        cases.into_iter().map(scene).collect()
    }

    /// Who newly connects when a period begins, or is cut off then, although no wave follows its start.
    ///
    /// Decision: that is asked in the slice with which it begins.
    fn unsteered(&self, period: usize, steering: f64, people: &[People]) -> Vec<String> {
        let mut faults = Vec::new();
        let reported = Reported {
            number: u32::MAX,
            timing: Timing::After,
            seconds: [0.0; 2],
            steering: [steering, 1.0],
            restored: [0.0; 2],
            is_first_after: true,
            rows: Vec::new(),
        };
        let first = self.stands.from(period);
        for scene in self.scenes(period, Timing::After, &[], people) {
            let brought = scene.brought(&reported);
            if scene.case.when == first && brought > 1e-3 {
                faults.push(format!(
                    "{brought} newly connect when it begins, and no wave follows"
                ));
            }
        }
        faults
    }

    /// Waves that overlap, run into the period or begin before it, and steering that goes back or does not arrive.
    ///
    /// Decision: waves that follow the start go on with the steering of those ahead; where there are none, those ahead may
    /// end with less than all of it, if the rest brings nobody.
    fn out_of_order(&self, period: usize, paths: [&Transition<'_>; 2]) -> Vec<String> {
        let starts = self.stands.periods[period].start();
        let mut faults = Vec::new();
        let mut steering = None;
        for (path, timing) in paths.into_iter().zip([Timing::Ahead, Timing::After]) {
            let mut free = (timing == Timing::After).then_some(starts);
            for (wave, rows) in path {
                let row = rows[0];
                let [start, turned, end] = [&row.start, turned(row), &row.end].map(instant);
                let is_early = free.is_some_and(|free| start + A_MOMENT < free);
                if is_early || turned < start || end < turned {
                    faults.push(format!(
                        "wave {wave}: {start}, {turned}, {end} after {free:?}"
                    ));
                }
                if steering.is_some_and(|steering| row.steering_share < steering) {
                    faults.push(format!("wave {wave} steers back from {steering:?}"));
                }
                steering = Some(row.steering_share);
                free = Some(end + SignedDuration::from_secs_f64(row.gate_minutes * 60.0));
            }
            let ends = free.filter(|_| timing == Timing::Ahead);
            if let Some(ends) = ends.filter(|ends| *ends > starts + A_MOMENT) {
                faults.push(format!("waves ahead last until {ends}"));
            }
        }
        let ends = steering.filter(|steering| *steering < 1.0);
        if let Some(steering) = ends.filter(|_| !paths[1].is_empty()) {
            faults.push(format!("the last wave steers {steering} of the way"));
        }
        faults
    }
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn reported(
    (number, rows): (u32, Vec<&WaveRow>),
    (steering, restored): (f64, f64),
    is_first_behind: bool,
) -> Reported<'_> {
    let row = rows[0];
    let [start, turned, end] = [&row.start, turned(row), &row.end].map(instant);
    let seconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs_f64();
    Reported {
        number,
        timing: row.timing,
        seconds: [seconds(start, turned), seconds(turned, end)],
        steering: [steering, row.steering_share],
        restored: [restored, row.restored_share],
        is_first_after: is_first_behind,
        rows,
    }
}
