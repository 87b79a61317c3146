//! Members: whether the change list takes members out of pools and puts them back where what is believed of them changes.
//!
//! A pool divides equally among the members that carry as is believed. While steering turns a share λ of the transition from one
//! state to the next, a member has `(1 − λ)·before + λ·after` of its users, of those members alone that carry at the time.
//! The rows of a pool are in order of time, too: where they would not be they have no wave.

use super::clock::{ListDirection, StepTime, cell, is_instant, is_of_pool, time_is_true};
use super::context::RefereeContext;
use super::judge::judge_cells_of;
use super::path::Steered;
use super::period::PeriodState;
use super::period::carrying_after;
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
            let passing = &mut all[pool.index()];
            passing.is_any |= row.users > 0.0;
            if row.slice == first {
                passing.at_start += row.users;
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
    let periods = periods.map(|((stepped, carrying), passing)| {
        let waves = stepped.done.waves.iter().map(|wave| PoolWave {
            number: wave.number,
            timing: wave.timing,
            start: wave.start,
            turned: wave.turned,
            steering_share: wave.steering,
        });
        PoolPeriod {
            start: stepped.start,
            members: carrying.members.clone(),
            is_passed: passing.iter().map(|passing| passing.is_any).collect(),
            waves: waves.collect(),
            after_until: stepped.done.after_until(),
        }
    });
    let periods: Vec<PoolPeriod> = periods.collect();
    let after = |members: [&[Vec<ComponentId>]; 2], [index, now]: [usize; 2]| {
        let gone = [index, now].map(|period| states[period + 1].gone.as_slice());
        carrying_after(context, members, gone, &periods[now].members)
    };
    let wanted = share_changes(context.inventory, &states[0].members, &periods, &after);
    for (rows, direction) in files
        .into_iter()
        .zip([ListDirection::There, ListDirection::Back])
    {
        if let Some(rows) = rows {
            rows_are_those((context, passing), direction, &wanted, rows, report);
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
    direction: ListDirection,
    wanted: &[ShareChange],
    rows: &[Lined<ChangeRow>],
    report: &mut Report,
) {
    let file = direction.file();
    let inventory = context.inventory;
    let name = |share_change: &ShareChange| {
        let (pool, member) = (share_change.pool.index(), share_change.member.index());
        let pool = inventory.pools[pool].id.as_str();
        (pool, inventory.elements[member].id.as_str())
    };
    let mut left: Vec<&ShareChange> = wanted.iter().collect();
    left.sort_by_key(|share_change| {
        (
            share_change.period,
            share_change.wave,
            share_change.at,
            share_change.pool,
            share_change.member,
        )
    });
    for row in rows.iter().filter(|row| is_of_pool(row.row.action)) {
        let change_row = &row.row;
        let is_its = |wanted: &&ShareChange| {
            let (pool, member) = name(wanted);
            let is_at =
                direction == ListDirection::Back || is_instant(change_row.at.as_deref(), wanted.at);
            usize::try_from(change_row.period) == Ok(wanted.period)
                && change_row.wave == wanted.wave
                && (change_row.pool.as_deref(), change_row.member.as_deref())
                    == (Some(pool), Some(member))
                && is_at
        };
        let names_others = [
            &change_row.shard,
            &change_row.client_region,
            &change_row.access_point,
            &change_row.from_site,
            &change_row.to_site,
            &change_row.component,
        ];
        let is_bare = names_others.into_iter().all(Option::is_none)
            && change_row.share.is_none()
            && change_row.event.is_none();
        // Without times the last one comes first.
        let position = match direction {
            ListDirection::There => left.iter().position(is_its),
            ListDirection::Back => left.iter().rposition(is_its),
        };
        let position = position.filter(|_| is_bare);
        let Some(position) = position else {
            let found = format!(
                "`{}` of `{}` of `{}`",
                change_row.action.word(),
                change_row.member.as_deref().unwrap_or_default(),
                change_row.pool.as_deref().unwrap_or_default()
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
        time_is_true(direction, when, row, report);
        let (mut before, mut after) = (wanted.before, wanted.after);
        if direction == ListDirection::Back {
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
            ..change_row.clone()
        };
        judge_cells_of(file, (row, Some(RULE)), &expected.into(), report);
    }
    for share_change in left {
        let (pool, member) = name(share_change);
        let found = format!(
            "no step of `{member}` of `{pool}` in period {}",
            share_change.period
        );
        let expected = "a row for every member whose share changes";
        report.add(RULE, At::file(file), found, expected);
    }
}
