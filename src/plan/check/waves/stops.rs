//! Stops: what is survived where one stops after a wave, recomputed from the homes and the steering there.

use super::super::assignment::{Assignment, Part};
use super::super::context::RefereeContext;
use super::super::path::Steered;
use super::super::period::PeriodState;
use super::super::report::{Report, Rule, cell_text};
use super::super::sweep::{InForceAt, lost_cases, unserved_by_rule};
use super::shares::weights;
use super::transition::WaveReferee;
use super::written::WrittenWave;
use crate::diagnostic::amounts::rounded;
use crate::ids::{ShardId, SiteId};
use crate::model::{Contingencies, Homes, Phase, Protect, Recovery, Scenario};
use crate::plan_files::{MOST_STOPS, Row, Status, Timing, WaveRow};
use crate::scenario::{Band, Knowledge, Period, case_at};
use crate::units::{AGREEMENT, NOBODY};
use std::collections::BTreeMap;

/// P7994: after a wave the file says how many of the failures that `[protect]` asks are not survived there.
const RULE: Rule = Rule::new(
    "P7994",
    "count the failures that a stop after this wave does not survive, and the users unserved in them; or plan again",
);

impl WaveReferee<'_> {
    /// Checks what is said of the end of every wave of one timing.
    pub(super) fn stops_are_true(
        &self,
        timing: Timing,
        waves: &[&WrittenWave<'_>],
        report: &mut Report,
    ) {
        let scenario = self.context.scenario;
        let protect = scenario.protect.as_ref();
        let protect =
            protect.filter(|protect| protect.failures > 0 && !scenario.policy.split_shards);
        // The last wave ends in the period's own state.
        let asked = protect.map_or(0, |_| waves.len().saturating_sub(1));
        for wave in &waves[asked..] {
            nothing_is_reported(wave, report);
        }
        let Some(protect) = protect.filter(|_| asked > 0) else {
            return;
        };
        let quiet = Scenario {
            events: Vec::new(),
            ..scenario.clone()
        };
        let quiet = RefereeContext::new(self.context.inventory, &quiet);
        for wave in &waves[..asked] {
            let Some(pair) = self.reported_of_stop(wave, waves.len(), report) else {
                continue;
            };
            let (context, period) = self.held_at(timing, &quiet, wave);
            self.stop_is_true((timing, protect), (context, period), (wave, pair), report);
        }
    }

    /// How many failures are not survived and how many users unserved then, as is said; `None` if nothing is said, and needs
    /// not be.
    ///
    /// A transition is not checked if it is refused or has more than sixty waves, or once a limit has ended the planning.
    fn reported_of_stop(
        &self,
        wave: &WrittenWave<'_>,
        waves: usize,
        report: &mut Report,
    ) -> Option<(usize, f64)> {
        let written = self.transition.written;
        if !written.lacking.of_file(WaveRow::FILE).is_empty() {
            return None;
        }
        let is_stopped =
            (written.summary.as_ref()).is_some_and(|summary| summary.status == Status::Stopped);
        let may_be_blank =
            is_stopped || self.transition.is_reported_refused() || waves > MOST_STOPS;
        let row = &wave.first.row;
        match (row.stop_failures, row.stop_unserved_users) {
            (Some(failures), Some(users)) => Some((failures as usize, users)),
            (None, None) if may_be_blank => None,
            (failures, _) => {
                let found = failures.map_or("a blank cell".to_owned(), |number| number.to_string());
                let expected = "the number of failures not survived, and of users unserved in them";
                report.add(RULE, wave.at("stop_failures"), found, expected);
                None
            }
        }
    }

    /// What holds in the period in which the wave ends; before a period what held before it; before the scenario no
    /// event is in force.
    fn held_at<'q>(
        &'q self,
        timing: Timing,
        quiet: &'q RefereeContext<'q>,
        wave: &WrittenWave<'_>,
    ) -> (&'q RefereeContext<'q>, Period) {
        let periods = self.transition.periods;
        let may_hold = match timing {
            Timing::Ahead => &periods[..self.transition.period.index],
            Timing::After => periods,
        };
        match may_hold.iter().rfind(|period| period.start <= wave.end) {
            Some(period) => (self.context, *period),
            None => (
                quiet,
                Period {
                    index: 0,
                    start: quiet.scenario.start,
                    end: quiet.scenario.end,
                    phase: Phase::Known,
                },
            ),
        }
    }

    /// Checks what is said of the end of one wave, and what holds there.
    fn stop_is_true(
        &self,
        (timing, protect): (Timing, &Protect),
        (context, period): (&RefereeContext<'_>, Period),
        (wave, pair): (&WrittenWave<'_>, (usize, f64)),
        report: &mut Report,
    ) {
        let (inventory, believed) = (context.inventory, Knowledge::Believed);
        let case = case_at(
            inventory,
            context.scenario,
            period.start,
            believed,
            Band::Expected,
        );
        let situation = PeriodState::new(context, case.at_most().into_owned());
        let asked = (protect.over, protect.failures as usize);
        let cases = Contingencies::left_in(inventory, &situation.case, asked, false, None);
        let Some(cases) = cases else {
            return;
        };
        let mut homes = self.transition.homes.clone();
        for (moved, number) in self.transition.moves.iter().zip(&self.wave_of) {
            if number.is_some_and(|number| number <= wave.number) {
                homes.settle(moved.shard, &[(moved.to, 1.0)]);
            }
        }
        let (assignment, steered) = self.carried(timing, &situation, &homes, wave.steering);
        let in_force = InForceAt {
            period,
            assignment: &assignment,
            steered: &steered,
            homes: &homes,
        };
        if protect.recovery == Recovery::Replan {
            let lost = lost_cases(context, &situation, &in_force, cases);
            bounds_hold(wave, pair, lost, situation.demanded.users, report);
        } else {
            let count = cases.count();
            let is_new: Vec<bool> = (0..count).map(|index| !cases.is_repeated(index)).collect();
            let asked = (cases, protect.recovery);
            let unserved = unserved_by_rule(&situation, &in_force, asked);
            let lost = (1..count).filter(|index| is_new[*index]).map(|index| {
                let both = unserved[index].values().zip(unserved[0].values());
                both.map(|(value, without)| (value - without).max(0.0))
                    .sum()
            });
            losses_are_reported(wave, pair, &lost.collect::<Vec<f64>>(), report);
        }
    }

    /// Who is served where and led how: everybody at home who has a path there, except for those that the period sheds, once
    /// it has begun.
    fn carried(
        &self,
        timing: Timing,
        situation: &PeriodState,
        homes: &Homes,
        steering: f64,
    ) -> (Assignment, Vec<Steered>) {
        let context = situation.context;
        let open = weights(
            situation,
            self.steered.map(|steering_state| steering_state.rows),
            steering,
        );
        let shards = context.inventory.shards.len();
        let (mut parts, mut shard_of) = (Vec::new(), Vec::new());
        let mut users: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        for shard in 0..shards {
            let all = situation.case.users(shard);
            let home = homes.main(ShardId::new(shard));
            let cell = home.map(|site| (context.group_of(shard), site));
            let cell = cell.filter(|cell| open.contains_key(cell));
            let served = cell.map_or(0.0, |_| 1.0 - self.shed(timing, shard));
            if let Some(cell) = cell {
                *users.entry(cell).or_default() += all * served;
            }
            for (is_served, share) in [(true, served), (false, 1.0 - served)] {
                if all * share > 0.0 {
                    parts.push(Part::standing(home, is_served, all * share, share));
                    shard_of.push(ShardId::new(shard));
                }
            }
        }
        let steered = users.into_iter().flat_map(|(cell, users)| {
            let paths = open[&cell].iter();
            let led = paths.filter(move |(_, weight)| users * weight > 0.0);
            led.map(move |(row, weight)| Steered {
                slice: 0,
                users: users * weight,
                ..(*row).clone()
            })
        });
        let steered = steered.collect();
        (Assignment::new(shards, parts, shard_of), steered)
    }

    /// The share of a shard that is not served any more.
    fn shed(&self, timing: Timing, shard: usize) -> f64 {
        let all = self.transition.situation.case.users(shard);
        if timing == Timing::Ahead || all <= 0.0 {
            return 0.0;
        }
        let parts = self.transition.assignment.of(shard).iter();
        let unserved = parts
            .filter(|part| part.to.is_none())
            .map(|part| part.users);
        (unserved.sum::<f64>() / all).min(1.0)
    }
}

/// The last wave ends in the period's own state, and without `[protect]` nothing is asked.
fn nothing_is_reported(wave: &WrittenWave<'_>, report: &mut Report) {
    let row = &wave.first.row;
    let pairs = [
        ("stop_failures", row.stop_failures.map(f64::from)),
        ("stop_unserved_users", row.stop_unserved_users),
    ];
    for (column, value) in pairs {
        if value.is_some() {
            report.add(RULE, wave.at(column), cell_text(value), "a blank cell");
        }
    }
}

/// What a rule leaves unserved, case by case, is what is written.
fn losses_are_reported(
    wave: &WrittenWave<'_>,
    (failures, users): (usize, f64),
    lost: &[f64],
    report: &mut Report,
) {
    // Hardly anybody may count or not.
    let surely = lost.iter().filter(|value| **value > 3.0 * NOBODY).count();
    let maybe = lost.iter().filter(|value| **value > NOBODY / 3.0).count();
    if failures < surely || failures > maybe {
        let at = wave.at("stop_failures");
        report.add(RULE, at, failures.to_string(), surely.to_string());
    }
    let all: f64 = lost.iter().sum();
    let same = AGREEMENT * all + 3.0 * NOBODY * (lost.len() as f64 + 1.0);
    if (users - all).abs() > same {
        let at = wave.at("stop_unserved_users");
        report.add(RULE, at, rounded(users), rounded(all));
    }
}

/// What is written lies between what is proven however one plans again.
fn bounds_hold(
    wave: &WrittenWave<'_>,
    (failures, lost): (usize, f64),
    bounds: Option<[usize; 2]>,
    users: f64,
    report: &mut Report,
) {
    if let Some([least, most]) = bounds
        && !(least..=most).contains(&failures)
    {
        let expected = format!("a count from {least} to {most}");
        let at = wave.at("stop_failures");
        report.add(RULE, at, failures.to_string(), expected);
    }
    let most = failures as f64 * users * (1.0 + AGREEMENT);
    if lost > most || failures > 0 && lost <= 0.0 {
        let expected = format!(
            "some of {} users in each of {failures} failures",
            rounded(users)
        );
        let at = wave.at("stop_unserved_users");
        report.add(RULE, at, rounded(lost), expected);
    }
}
