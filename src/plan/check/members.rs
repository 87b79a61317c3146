//! Members: whether the change list takes members out of pools and puts them back where what is believed of them changes.
//!
//! A pool divides equally among the members that carry as is believed. While steering turns a share λ of the transition from one
//! state to the next, a member has `(1 − λ)·before + λ·after` of its users, of those members alone that carry at the time.
//! The rows of a pool are in order of time, too: where they would not be they have no wave.

use super::clock::{StepTime, Way, cell, is_instant, is_of_pool, time_is_true};
use super::context::RefereeContext;
use super::judge::judge_cells_of;
use super::path::Steered;
use super::period::PeriodState;
use super::period::carrying_behind;
use super::report::{At, Report, Rule};
use super::waves::Stepped;
use crate::ids::ComponentId;
use crate::plan::pool_shares::{PoolPeriod, PoolWave, ShareChange, share_changes};
use crate::plan_files::{Action, ChangeRow, Lined, StepSetting};
use crate::scenario::Period;

const RULE: Rule = Rule::new(
    "P7968",
    "take a member out when the planner stops counting on it, and put it back when it counts on it again. A wave that \
     shifts part of the steering changes the share in part",
);

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
    context: &RefereeContext,
    situation: &PeriodState,
    period: &Period,
    steered: &[Steered],
) -> Vec<Passing> {
    let first = situation.case.hours.slice_at(period.start);
    let mut all = vec![Passing::default(); context.inventory.pools.len()];
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

/// Checks the rows of both files. `states` are the members that carry in the state before and what is gone in it, then those of
/// every period, `changes` those of all periods.
pub(super) fn check(
    (context, passing): (&RefereeContext, &[Vec<Passing>]),
    (states, changes): (&[Carrying], &[Stepped]),
    files: [Option<&[Lined<ChangeRow>]>; 2],
    report: &mut Report,
) {
    let periods = changes.iter().zip(&states[1..]).zip(passing);
    let periods = periods.map(|((own, carrying), passing)| {
        let waves = own.done.waves.iter().map(|wave| PoolWave {
            number: wave.number,
            timing: wave.timing,
            start: wave.start,
            turned: wave.turned,
            steering_share: wave.steering,
        });
        PoolPeriod {
            start: own.start,
            members: carrying.members.clone(),
            is_passed: passing.iter().map(|own| own.is_any).collect(),
            waves: waves.collect(),
            behind_until: own.done.behind_until(),
        }
    });
    let periods: Vec<PoolPeriod> = periods.collect();
    let behind = |members: [&[Vec<ComponentId>]; 2], [own, now]: [usize; 2]| {
        let gone = [own, now].map(|period| states[period + 1].gone.as_slice());
        carrying_behind(context, members, gone, &periods[now].members)
    };
    let wanted = share_changes(context.inventory, &states[0].members, &periods, &behind);
    for (rows, way) in files.into_iter().zip([Way::There, Way::Back]) {
        if let Some(rows) = rows {
            rows_are_those((context, passing), way, &wanted, rows, report);
        }
    }
}

/// What is believed of pools.
pub(super) struct Carrying {
    /// By pool, the members that carry.
    members: Vec<Vec<ComponentId>>,
    /// By component.
    gone: Vec<bool>,
}

impl Carrying {
    pub(super) fn new(situation: &PeriodState) -> Self {
        Self {
            members: situation.members.clone(),
            gone: situation.case.gone.clone(),
        }
    }
}

fn rows_are_those(
    (context, passing): (&RefereeContext, &[Vec<Passing>]),
    way: Way,
    wanted: &[ShareChange],
    rows: &[Lined<ChangeRow>],
    report: &mut Report,
) {
    let file = way.file();
    let inventory = context.inventory;
    let name = |own: &ShareChange| {
        let (pool, member) = (own.pool.index(), own.member.index());
        let pool = inventory.pools[pool].id.as_str();
        (pool, inventory.elements[member].id.as_str())
    };
    let mut left: Vec<&ShareChange> = wanted.iter().collect();
    left.sort_by_key(|own| (own.period, own.wave, own.at, own.pool, own.member));
    for row in rows.iter().filter(|own| is_of_pool(own.row.action)) {
        let own = &row.row;
        let is_its = |wanted: &&ShareChange| {
            let (pool, member) = name(wanted);
            let is_at = way == Way::Back || is_instant(own.at.as_deref(), wanted.at);
            usize::try_from(own.period) == Ok(wanted.period)
                && own.wave == wanted.wave
                && (own.pool.as_deref(), own.member.as_deref()) == (Some(pool), Some(member))
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
        let wanted = left.remove(position);
        let when = StepTime {
            wave: wanted.wave,
            at: wanted.at,
        };
        time_is_true(way, when, row, report);
        let (mut before, mut after) = (wanted.before, wanted.after);
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
            users: after * passing[wanted.period][wanted.pool.index()].at_start,
            ..own.clone()
        };
        judge_cells_of(file, (row, Some(RULE)), &expected.into(), report);
    }
    for own in left {
        let (pool, member) = name(own);
        let found = format!("no step of `{member}` of `{pool}` in period {}", own.period);
        let expected = "a row for every member whose share changes";
        report.add(RULE, At::file(file), found, expected);
    }
}
