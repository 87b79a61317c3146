//! Members: whether the change list takes members out of pools and puts them back where what is believed of them changes.
//!
//! A pool divides equally among the members that carry as is believed. While steering turns a share λ of the way from one
//! state to the next, a member has `(1 − λ)·before + λ·after` of its users, of those members alone that carry at the time.
//! The rows of a pool are in order of time, too: where they would not be they have no wave.

use super::clock::{Way, When, cell, is_instant, is_of_pool, time_is_true};
use super::ground::Ground;
use super::judge::judge_cells_of;
use super::leg::Steered;
use super::period::Situation;
use super::pools::carrying_behind;
use super::report::{At, Report, Rule};
use super::waves::Stepped;
use crate::ids::ComponentId;
use crate::plan_files::{Action, ChangeRow, Lined, StepSetting, Timing};
use crate::scenario::Period;
use crate::units::ROUNDING;
use jiff::Timestamp;
use std::collections::BTreeMap;

const RULE: Rule = Rule::new(
    "P7968",
    "take a member out when the planner counts with it no more, and put it back when it does again; with every wave \
           that turns steering in part its share changes in part",
);

/// What is believed of pools.
pub(super) struct Carrying {
    /// By pool, the members that carry.
    members: Vec<Vec<ComponentId>>,
    /// By component.
    gone: Vec<bool>,
}

impl Carrying {
    pub(super) fn new(situation: &Situation) -> Self {
        Self {
            members: situation.members.clone(),
            gone: situation.case.gone.clone(),
        }
    }
}

/// A step of a member.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    when: When,
    /// Of the pool's users, before and after.
    shares: [f64; 2],
}

/// Leading to which period, with which wave, and when; pool and member by position.
type Key = (usize, Option<u32>, Timestamp, usize, usize);

/// What happens to one period at one instant; in this order, but what has turned until then is first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Ahead(usize, usize),
    Start(usize),
    Behind(usize, usize),
    Over(usize),
}

/// Who passes a pool in a period.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Passing {
    /// Users when it begins.
    at_start: f64,
    /// Anybody at any hour.
    is_any: bool,
}

/// By pool, who passes it in a period.
pub(super) fn passing(
    ground: &Ground<'_>,
    situation: &Situation,
    period: &Period,
    steered: &[Steered],
) -> Vec<Passing> {
    let first = situation.case.hours.slice_at(period.start);
    let mut all = vec![Passing::default(); ground.inventory.pools.len()];
    for row in steered {
        for pool in row.route.pools() {
            let own = &mut all[pool.index()];
            own.is_any |= row.users > 0.0;
            if row.slice == first {
                own.at_start += row.users;
            }
        }
    }
    all
}

/// Checks the rows of both files. `carrying` is that of the state before and then of every period, `changes` those of all
/// periods.
pub(super) fn check(
    (ground, passing): (&Ground<'_>, &[Vec<Passing>]),
    (carrying, changes): (&[Carrying], &[Stepped]),
    files: [Option<&[Lined<ChangeRow>]>; 2],
    report: &mut Report,
) {
    let wanted = wanted((ground, passing), carrying, changes);
    for (rows, way) in files.into_iter().zip([Way::There, Way::Back]) {
        if let Some(rows) = rows {
            rows_are_those((ground, passing), way, &wanted, rows, report);
        }
    }
}

fn rows_are_those(
    (ground, passing): (&Ground<'_>, &[Vec<Passing>]),
    way: Way,
    wanted: &BTreeMap<Key, Wanted>,
    rows: &[Lined<ChangeRow>],
    report: &mut Report,
) {
    let file = way.file();
    let inventory = ground.inventory;
    let name = |pool: usize, member: usize| {
        let of_pool = &inventory.pools[pool];
        let element = &inventory.elements[of_pool.members[member].index()];
        (of_pool.id.as_str(), element.id.as_str())
    };
    let mut left: Vec<(&Key, &Wanted)> = wanted.iter().collect();
    for row in rows.iter().filter(|own| is_of_pool(own.row.action)) {
        let own = &row.row;
        let is_its = |(key, wanted): &(&Key, &Wanted)| {
            let named = name(key.3, key.4);
            let is_at = way == Way::Back || is_instant(own.at.as_deref(), wanted.when.at);
            usize::try_from(own.period) == Ok(key.0)
                && own.wave == key.1
                && (own.pool.as_deref(), own.member.as_deref()) == (Some(named.0), Some(named.1))
                && is_at
        };
        let names_others = [
            &own.shard,
            &own.client_region,
            &own.access_point,
            &own.from_site,
            &own.to_site,
            &own.component,
        ];
        let is_bare = names_others.into_iter().all(Option::is_none)
            && own.share.is_none()
            && own.event.is_none();
        // Without times the last one comes first.
        let position = match way {
            Way::There => left.iter().position(is_its),
            Way::Back => left.iter().rposition(is_its),
        };
        let position = position.filter(|_| is_bare);
        let Some(position) = position else {
            let found = format!(
                "`{}` of `{}` of `{}`",
                own.action.word(),
                own.member.as_deref().unwrap_or_default(),
                own.pool.as_deref().unwrap_or_default()
            );
            let expected = "a member whose share changes then, once, and nothing else in the row";
            report.add(RULE, cell(file, row, "member"), found, expected);
            continue;
        };
        let (key, wanted) = left.remove(position);
        time_is_true(way, wanted.when, row, report);
        let [mut before, mut after] = wanted.shares;
        if way == Way::Back {
            std::mem::swap(&mut before, &mut after);
        }
        let expected = ChangeRow {
            action: if after < before {
                Action::TakeOut
            } else {
                Action::PutBack
            },
            before: Some(StepSetting::Share(before)),
            after: Some(StepSetting::Share(after)),
            users: after * passing[key.0][key.3].at_start,
            ..own.clone()
        };
        judge_cells_of(file, (row, Some(RULE)), &expected.into(), report);
    }
    for (key, _) in left {
        let (pool, member) = name(key.3, key.4);
        let found = format!("no step of `{member}` of `{pool}` in period {}", key.0);
        let expected = "a row for every member whose share changes";
        report.add(RULE, At::file(file), found, expected);
    }
}

fn wanted(
    (ground, passing): (&Ground<'_>, &[Vec<Passing>]),
    carrying: &[Carrying],
    changes: &[Stepped],
) -> BTreeMap<Key, Wanted> {
    let mut moments: Vec<(Timestamp, usize, Moment)> = Vec::new();
    for (period, own) in changes.iter().enumerate() {
        moments.push((own.start, period, Moment::Start(period)));
        for (index, wave) in own.done.waves.iter().enumerate() {
            let moment = match wave.timing {
                Timing::Ahead => Moment::Ahead(period, index),
                Timing::Behind => Moment::Behind(period, index),
            };
            moments.push((wave.turned, period, moment));
        }
        let until = own.done.behind_until();
        moments.extend(until.map(|until| (until, period, Moment::Over(period))));
    }
    // A turn that takes time is over when something begins at the instant at which it ends.
    let takes_time = |moment: Moment| match moment {
        Moment::Ahead(period, index) => {
            let wave = &changes[period].done.waves[index];
            wave.turned > wave.start
        }
        _ => false,
    };
    moments.sort_by_key(|&(at, period, moment)| (at, !takes_time(moment), period, moment));
    let mut turned = vec![0.0; changes.len()];
    let mut begun: usize = 0;
    let mut under_way: Option<usize> = None;
    let mut course: Vec<Vec<Turning>> = vec![Vec::new(); ground.inventory.pools.len()];
    let pools = ground.inventory.pools.len();
    let all_shares = |begun: usize, turned: &[f64], under_way: Option<usize>| -> Vec<Vec<f64>> {
        let now = now(ground, carrying, begun, under_way);
        let of = |pool: usize| {
            shares(
                (ground, passing),
                carrying,
                (pool, &now[pool]),
                (begun, turned, under_way),
            )
        };
        (0..pools).map(of).collect()
    };
    let mut known = all_shares(0, &turned, None);
    for (at, _, moment) in moments {
        let (period, when) = match moment {
            Moment::Ahead(period, index) | Moment::Behind(period, index) => {
                let wave = &changes[period].done.waves[index];
                turned[period] = wave.steering;
                let when = When {
                    wave: Some(wave.number),
                    at: wave.start,
                };
                (period, when)
            }
            Moment::Over(period) => {
                turned[period] = 1.0;
                under_way = under_way.filter(|own| *own != period);
                (begun.saturating_sub(1).max(period), When { wave: None, at })
            }
            Moment::Start(period) => {
                begun = period + 1;
                if changes[period].done.behind_until().is_some() {
                    under_way = Some(period);
                } else {
                    turned[period] = 1.0;
                }
                (period, When { wave: None, at })
            }
        };
        let now = all_shares(begun, &turned, under_way);
        let stage = match moment {
            Moment::Ahead(..) => Stage::Ahead,
            Moment::Start(_) | Moment::Over(_) => Stage::Start,
            Moment::Behind(..) => Stage::Behind,
        };
        for (pool, (known, now)) in known.iter_mut().zip(now).enumerate() {
            // Periods that began while waves went on get what they believe once these are over.
            let waited = match moment {
                Moment::Over(own) if under_way.is_none() => {
                    let last = course[pool].last().map_or(0, |own| own.period);
                    last.max(own + 1)..period
                }
                _ => period..period,
            };
            let nothing = vec![0.0; changes.len()];
            let of_waited = |own: usize| {
                let here = carrying[own + 1].members[pool].as_slice();
                let state = (own + 1, nothing.as_slice(), None);
                shares((ground, passing), carrying, (pool, here), state)
            };
            let waited = waited.map(|own| (own, of_waited(own)));
            for (period, next) in waited.chain([(period, now.clone())]) {
                if !steps(known, &next).is_empty() {
                    course[pool].push(Turning {
                        period,
                        stage,
                        when,
                        shares: [known.clone(), next.clone()],
                    });
                    *known = next;
                }
            }
            *known = now;
        }
    }
    let starts: Vec<Timestamp> = changes.iter().map(|own| own.start).collect();
    let mut all = BTreeMap::new();
    for (pool, own) in course.into_iter().enumerate() {
        for turning in in_order(own, &starts) {
            let [before, after] = &turning.shares;
            for member in steps(before, after) {
                let (when, shares) = (turning.when, [before[member], after[member]]);
                let key = (turning.period, when.wave, when.at, pool, member);
                all.insert(key, Wanted { when, shares });
            }
        }
    }
    all
}

/// When of a period a row is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Ahead,
    Start,
    Behind,
}

/// How the shares of a pool change with something that happens.
#[derive(Debug, Clone)]
struct Turning {
    period: usize,
    stage: Stage,
    when: When,
    shares: [Vec<f64>; 2],
}

/// Of what happens to a pool in order of time, two that follow each other and would stand in the list the other way round
/// are steps of one period without a wave: the later period if waves go on into it, else the earlier one. Those of one
/// instant are one.
fn in_order(mut course: Vec<Turning>, starts: &[Timestamp]) -> Vec<Turning> {
    let place = |own: &Turning| (own.period, own.stage, own.when.wave);
    let mut at = 0;
    while at + 1 < course.len() {
        let (before, after) = (&course[at], &course[at + 1]);
        if place(before) <= place(after) {
            at += 1;
            continue;
        }
        let is_behind = after.stage == Stage::Behind;
        let period = if is_behind {
            before.period.max(after.period)
        } else {
            before.period.min(after.period)
        };
        if is_behind && after.when.at < starts[period] {
            course[at + 1].when.at = starts[period];
        }
        for own in &mut course[at..at + 2] {
            own.period = period;
            own.stage = Stage::Start;
            own.when.wave = None;
        }
        // What stands before may be out of order now.
        at = at.saturating_sub(1);
    }
    course.dedup_by(|own, last| {
        let is_one = place(own) == place(last) && own.when == last.when;
        if is_one {
            last.shares[1].clone_from(&own.shares[1]);
        }
        is_one
    });
    course
}

/// By pool, who carries now: so many periods have begun, and the waves of one may be under way.
fn now(
    ground: &Ground<'_>,
    carrying: &[Carrying],
    begun: usize,
    under_way: Option<usize>,
) -> Vec<Vec<ComponentId>> {
    let now = &carrying[begun];
    match under_way {
        None => now.members.clone(),
        Some(period) => {
            let [before, own] = [&carrying[period], &carrying[period + 1]];
            let states = [&*before.members, &*own.members];
            carrying_behind(ground, states, [&own.gone, &now.gone], &now.members)
        }
    }
}

/// What each member of a pool gets, of which these carry now: so many periods have begun, steering has turned so far to each, and the waves of one
/// may be under way.
fn shares(
    (ground, passing): (&Ground<'_>, &[Vec<Passing>]),
    carrying: &[Carrying],
    (pool, here): (usize, &[ComponentId]),
    (begun, turned, under_way): (usize, &[f64], Option<usize>),
) -> Vec<f64> {
    let inventory = ground.inventory;
    let members: Vec<ComponentId> = inventory.pools[pool]
        .members
        .iter()
        .map(|own| inventory.element_component(*own))
        .collect();
    let divided = |state: usize| -> Vec<f64> {
        let own = &carrying[state].members[pool];
        let has_any = here.iter().any(|member| own.contains(member));
        let carries =
            |member: &ComponentId| here.contains(member) && (!has_any || own.contains(member));
        let count = members.iter().filter(|own| carries(own)).count();
        let part = |own| f64::from(carries(own)) / count.max(1) as f64;
        members.iter().map(part).collect()
    };
    let mix = |before: Vec<f64>, after: Vec<f64>, share: f64| -> Vec<f64> {
        let both = before.into_iter().zip(after);
        let mixed = both.map(|(before, after)| before + share * (after - before));
        mixed.collect()
    };
    let mut own = match under_way {
        Some(period) => mix(divided(period), divided(period + 1), turned[period]),
        None => divided(begun),
    };
    for (later, share) in turned.iter().enumerate().skip(begun) {
        // "Waves ahead of a period turn no pool through which nobody is steered until then."
        let mut until = passing[begun.saturating_sub(1)..=later].iter();
        let is_passed = begun == 0 || until.any(|own| own[pool].is_any);
        if *share > 0.0 && is_passed {
            own = mix(own, divided(later + 1), *share);
        }
    }
    own
}

/// The members with a step of their own: all that change but those that have as much as any before and afterwards.
fn steps(before: &[f64], after: &[f64]) -> Vec<usize> {
    let has_most = |all: &[f64], own: usize| {
        let least = all[own] - ROUNDING;
        all[own] > 0.0 && all.iter().all(|other| *other <= least + 2.0 * ROUNDING)
    };
    let members = 0..before.len();
    let changing = members.filter(|own| (before[*own] - after[*own]).abs() > ROUNDING);
    changing
        .filter(|own| !(has_most(before, *own) && has_most(after, *own)))
        .collect()
}
