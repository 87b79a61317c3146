//! Stops: what is survived where one stops behind a wave, recomputed from the homes and the steering there.

use super::super::ground::Ground;
use super::super::homes::Homes;
use super::super::leg::Steered;
use super::super::parts::{Assignment, Part};
use super::super::period::Situation;
use super::super::report::{Report, Rule, cell_text};
use super::super::sweep::{InForceAt, lost_cases, unserved_by_rule};
use super::shares::weights;
use super::way::Way;
use super::written::WrittenWave;
use crate::ids::{ShardId, SiteId};
use crate::model::{Case, Contingencies, Phase, Protect, Recovery, Scenario};
use crate::plan_files::{MOST_STOPS, Row, Status, Timing, WaveRow, decimal};
use crate::scenario::{Band, Knowledge, Period, case_at};
use crate::units::{AGREEMENT, NOBODY};
use std::collections::BTreeMap;

/// P7994: behind a wave is told how many of the failures that `[protect]` asks are not survived there.
const RULE: Rule = Rule {
    code: "P7994",
    hint: "count the failures that are not survived by who stops there, and who is unserved in them; plan again",
};

/// Waves whose ends are looked at.
pub(super) struct Stops<'a> {
    pub(super) ground: &'a Ground<'a>,
    pub(super) way: &'a Way<'a>,
    /// By move.
    pub(super) wave_of: &'a [Option<u32>],
    pub(super) steered: [&'a [Steered]; 2],
    pub(super) timing: Timing,
}

/// What holds where one stops.
struct Place<'a> {
    ground: &'a Ground<'a>,
    period: Period,
    situation: Situation,
}

impl Stops<'_> {
    /// Checks what is told of the end of every wave.
    pub(super) fn are_true(&self, waves: &[&WrittenWave<'_>], report: &mut Report) {
        let scenario = self.ground.scenario;
        let protect = scenario.protect.as_ref();
        let protect = protect.filter(|own| own.failures > 0 && !scenario.policy.split_shards);
        let (last, others) = match waves.split_last() {
            Some((last, others)) if protect.is_some() => (Some(*last), others),
            _ => (None, &[][..]),
        };
        let untold = waves.iter().filter(|_| protect.is_none()).copied();
        for wave in untold.chain(last) {
            nothing_is_told(wave, report);
        }
        let Some(protect) = protect.filter(|_| !others.is_empty()) else {
            return;
        };
        let quiet = Scenario {
            events: Vec::new(),
            ..scenario.clone()
        };
        let quiet = Ground::new(self.ground.inventory, &quiet);
        for wave in others {
            self.end(protect, &quiet, (wave, waves.len()), report);
        }
    }

    /// "Nobody looks at a way that is refused or has more than sixty waves, or once a limit has ended the planning."
    fn must_be_told(&self, waves: usize) -> bool {
        let summary = self.way.written.summary.as_ref();
        let is_stopped = summary.is_some_and(|own| own.status == Status::Stopped);
        !is_stopped && !self.way.is_told_refused() && waves <= MOST_STOPS
    }

    fn end(
        &self,
        protect: &Protect,
        quiet: &Ground<'_>,
        (wave, waves): (&WrittenWave<'_>, usize),
        report: &mut Report,
    ) {
        if !self.way.written.lacking.of_file(WaveRow::FILE).is_empty() {
            return;
        }
        let row = &wave.first.row;
        let told = match (row.stop_failures, row.stop_unserved_users) {
            (Some(failures), Some(users)) => (failures as usize, users),
            (None, None) if !self.must_be_told(waves) => return,
            (failures, _) => {
                let found = failures.map_or("a blank cell".to_owned(), |own| own.to_string());
                let expected = "how many failures are not survived, and by how many users";
                report.add(RULE, wave.at("stop_failures"), found, expected);
                return;
            }
        };
        let place = self.place(quiet, wave);
        let ground = place.ground;
        let case = &place.situation.case;
        let asked = (protect.over, protect.failures as usize);
        let cases = Contingencies::left_in(ground.inventory, case, asked, false, None);
        let Some(cases) = cases else {
            return;
        };
        let mut homes = self.way.homes.clone();
        for (moved, own) in self.way.moves.iter().zip(self.wave_of) {
            if own.is_some_and(|own| own <= wave.number) {
                homes.stand(moved.shard, &[(moved.to, 1.0)]);
            }
        }
        let (assignment, steered) = self.carried(&place, &homes, row.steering_share);
        let in_force = InForceAt {
            period: place.period,
            assignment: &assignment,
            steered: &steered,
            homes: &homes,
        };
        if protect.recovery == Recovery::Replan {
            let lost = lost_cases(ground, &place.situation, &in_force, cases);
            bounds_hold(wave, told, lost, place.situation.demanded.users, report);
        } else {
            let count = cases.count();
            let is_new: Vec<bool> = (0..count).map(|own| !cases.is_repeated(own)).collect();
            let asked = (cases, protect.recovery);
            let unserved = unserved_by_rule(ground, &place.situation, &in_force, asked);
            let lost = (1..count).filter(|own| is_new[*own]).map(|own| {
                let both = unserved[own].values().zip(unserved[0].values());
                both.map(|(own, without)| (own - without).max(0.0)).sum()
            });
            losses_are_told(wave, told, &lost.collect::<Vec<f64>>(), report);
        }
    }

    /// "What holds in the period in which the wave ends; ahead of a period what held before it; before the scenario no
    /// event is in force."
    fn place<'a>(&'a self, quiet: &'a Ground<'a>, wave: &WrittenWave<'_>) -> Place<'a> {
        let periods = self.way.periods;
        let may_hold = match self.timing {
            Timing::Ahead => &periods[..self.way.period.index],
            Timing::Behind => periods,
        };
        let since = may_hold.iter().rfind(|own| own.start <= wave.end);
        let scenario = quiet.scenario;
        let (ground, period) = match since {
            Some(period) => (self.ground, *period),
            None => (
                quiet,
                Period {
                    index: 0,
                    start: scenario.start,
                    end: scenario.end,
                    phase: Phase::Known,
                },
            ),
        };
        let (inventory, scenario) = (ground.inventory, ground.scenario);
        let believed = Knowledge::Believed;
        let case = case_at(inventory, scenario, period.start, believed, Band::Expected);
        Place {
            situation: Situation::new(ground, case.at_most().into_owned()),
            ground,
            period,
        }
    }

    /// Who is served where and led how: everybody at home who has a path there, but for those whom the period sheds, once
    /// it has begun.
    fn carried(
        &self,
        place: &Place<'_>,
        homes: &Homes,
        steering: f64,
    ) -> (Assignment, Vec<Steered>) {
        let ground = place.ground;
        let open = weights(ground, &place.situation, self.steered, steering);
        let case = &place.situation.case;
        let shards = ground.inventory.shards.len();
        let (mut parts, mut shard_of) = (Vec::new(), Vec::new());
        let mut users: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        for shard in 0..shards {
            let all = case.users(shard);
            let home = homes.main(shard);
            let key = home.map(|site| (ground.group_of(shard), site));
            let key = key.filter(|key| open.contains_key(key));
            let served = key.map_or(0.0, |_| 1.0 - self.shed(shard));
            if let Some(key) = key {
                *users.entry(key).or_default() += all * served;
            }
            for (is_served, share) in [(true, served), (false, 1.0 - served)] {
                if all * share > 0.0 {
                    parts.push(Part::standing(home, is_served, all * share, share));
                    shard_of.push(ShardId::new(shard));
                }
            }
        }
        let mut steered = Vec::new();
        for (key, users) in users {
            let paths = open[&key].iter();
            let led = paths.filter(|(_, weight)| users * weight > 0.0);
            steered.extend(led.map(|(row, weight)| Steered {
                slice: 0,
                users: users * weight,
                ..(*row).clone()
            }));
        }
        (Assignment::new(shards, parts, shard_of), steered)
    }

    /// The share of a shard that is not served any more.
    fn shed(&self, shard: usize) -> f64 {
        let case: &Case = &self.way.situation.case;
        let all = case.users(shard);
        if self.timing == Timing::Ahead || all <= 0.0 {
            return 0.0;
        }
        let parts = self.way.assignment.of(shard).iter();
        let unserved = parts.filter(|own| own.to.is_none()).map(|own| own.users);
        (unserved.sum::<f64>() / all).min(1.0)
    }
}

/// The last wave ends in the period's own state, and without `[protect]` nothing is asked.
fn nothing_is_told(wave: &WrittenWave<'_>, report: &mut Report) {
    let row = &wave.first.row;
    let told = [
        ("stop_failures", row.stop_failures.map(f64::from)),
        ("stop_unserved_users", row.stop_unserved_users),
    ];
    for (column, told) in told {
        if told.is_some() {
            report.add(RULE, wave.at(column), cell_text(told), "a blank cell");
        }
    }
}

/// What a rule leaves unserved, case by case, is what is told.
fn losses_are_told(
    wave: &WrittenWave<'_>,
    (failures, users): (usize, f64),
    lost: &[f64],
    report: &mut Report,
) {
    // Hardly anybody may count or not.
    let surely = lost.iter().filter(|own| **own > 3.0 * NOBODY).count();
    let maybe = lost.iter().filter(|own| **own > NOBODY / 3.0).count();
    if failures < surely || failures > maybe {
        let at = wave.at("stop_failures");
        report.add(RULE, at, failures.to_string(), surely.to_string());
    }
    let all: f64 = lost.iter().sum();
    let same = AGREEMENT * all + 3.0 * NOBODY * (lost.len() as f64 + 1.0);
    if (users - all).abs() > same {
        let at = wave.at("stop_unserved_users");
        report.add(RULE, at, decimal(users), decimal(all));
    }
}

/// What is told lies between what is proven however one plans again.
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
            decimal(users)
        );
        let at = wave.at("stop_unserved_users");
        report.add(RULE, at, decimal(lost), expected);
    }
}
