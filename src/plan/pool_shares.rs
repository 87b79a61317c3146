//! Pool shares: which share of a pool's users each of its members gets, from the state before to the last period.
//!
//! A pool divides equally among the members that carry its load as is believed. While steering turns a share λ of the transition
//! from one state to the next a member has `(1 − λ)·before + λ·after`, of the members alone that carry by then. While waves
//! go on after a period's start these are those of [`members_after`]. Waves before a period turn no pool through which
//! nobody is steered until then: an earlier period may begin with a fault of its members that nobody knows of yet.
//!
//! The changes of a pool stand in the change list in order of time ([`in_file_order`]).

mod share_run;

use super::plan::{PeriodPlan, Plan};
use super::transition::Timing;
use crate::formulation::{background_in, members_after, members_of_all};
use crate::ids::{ComponentId, ElementId, PoolId};
use crate::model::{Case, Inventory, LinkEnd};
use crate::units::ROUNDING;
use jiff::Timestamp;
use share_run::{Happens, MembersAfter, SharePlace, ShareRun};
pub(super) use share_run::{PoolPeriod, PoolWave};

/// A member of a pool whose share changes, other than by what it takes over from others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ShareChange {
    /// Leading to which period, by position.
    pub(super) period: usize,
    /// With which wave; `None` is at the period's start.
    pub(super) wave: Option<u32>,
    /// When it begins.
    pub(super) at: Timestamp,
    pub(super) pool: PoolId,
    pub(super) member: ElementId,
    /// Of the pool's users.
    pub(super) before: f64,
    pub(super) after: f64,
}

/// A member of a pool that gets less of its users at the end of a plan than before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct StillOut {
    pub(crate) pool: PoolId,
    pub(crate) member: ElementId,
    /// Of the pool's users.
    pub(crate) before: f64,
    pub(crate) after: f64,
}

/// The members of pools that are still out, in whole or in part, when the last period of a plan ends.
pub(crate) fn still_out(inventory: &Inventory, plan: &Plan) -> Vec<StillOut> {
    let Some(last) = plan.periods.last() else {
        return Vec::new();
    };
    let [before, after] = [&plan.before.case, &last.case]
        .map(|case| members_of_all(inventory, case, &background_in(inventory, case)));
    let mut all = Vec::new();
    for (index, row) in inventory.pools.iter().enumerate() {
        for &member in &row.members {
            let component = inventory.element_component(member);
            let share = |carrying: &[ComponentId]| {
                let carries = carrying.contains(&component);
                if carries {
                    1.0 / carrying.len() as f64
                } else {
                    0.0
                }
            };
            let [before, after] = [&before, &after].map(|components| share(&components[index]));
            if after < before - ROUNDING {
                all.push(StillOut {
                    pool: PoolId::new(index),
                    member,
                    before,
                    after,
                });
            }
        }
    }
    all
}

/// All changes of the shares of pools by a plan, in order of time.
pub(super) fn planned_share_changes(inventory: &Inventory, plan: &Plan) -> Vec<ShareChange> {
    let carrying = |case: &Case| members_of_all(inventory, case, &background_in(inventory, case));
    let before = carrying(&plan.before.case);
    let periods = plan.periods.iter().enumerate().map(|(index, period_plan)| {
        let to_it = plan.transitions.iter().filter(|to| to.period == index);
        let done = to_it.filter(|to| !to.waves.is_empty() && !plan.is_refused_in(index));
        let waves = done
            .clone()
            .flat_map(|to| to.waves.iter().map(|wave| (to.timing, wave)));
        let waves = waves.map(|(timing, wave)| PoolWave {
            number: wave.number,
            timing,
            start: wave.start,
            turned: wave.turned,
            steering_share: wave.steering_share,
        });
        PoolPeriod {
            start: period_plan.period.start,
            members: carrying(&period_plan.case),
            is_passed: passed(inventory, period_plan),
            waves: waves.collect(),
            after_until: done
                .filter(|to| to.timing == Timing::After)
                .map(|to| to.end)
                .max(),
        }
    });
    let periods: Vec<PoolPeriod> = periods.collect();
    let after = |states: [&[Vec<ComponentId>]; 2], [position, now]: [usize; 2]| {
        let [case, case_now] = [position, now].map(|index| &plan.periods[index].case);
        members_after(inventory, states, case, (case_now, &periods[now].members))
    };
    share_changes(inventory, &before, &periods, &after)
}

/// All changes of the shares of pools, in order of time, from the members that carry in the state before.
pub(super) fn share_changes(
    inventory: &Inventory,
    before: &[Vec<ComponentId>],
    periods: &[PoolPeriod],
    is_after: &MembersAfter<'_>,
) -> Vec<ShareChange> {
    let mut course = ShareRun {
        inventory,
        periods,
        after: is_after,
        members: std::iter::once(before)
            .chain(periods.iter().map(|period| period.members.as_slice()))
            .collect(),
        turned: vec![0.0; periods.len()],
        begun: 0,
        going_on: None,
    };
    if course.members.windows(2).all(|pair| pair[0] == pair[1]) {
        return Vec::new();
    }
    let mut by_pool: Vec<Vec<ChangedShares>> = vec![Vec::new(); inventory.pools.len()];
    let mut shares = course.shares();
    for (at, _, happens) in happenings(periods) {
        let place = course.go_on(at, happens);
        let next = course.shares();
        for (pool, (old, new)) in shares.iter().zip(&next).enumerate() {
            let known = by_pool[pool]
                .last()
                .map_or(0, |changed_shares| changed_shares.place.period);
            let mut old = old.clone();
            for (period, new) in course.put_off((pool, known), (place, happens), new) {
                if !changed(&old, &new).is_empty() {
                    by_pool[pool].push(ChangedShares {
                        place: SharePlace { period, ..place },
                        shares: [old, new.clone()],
                    });
                    old = new;
                }
            }
        }
        shares = next;
    }
    let start = |period: usize| periods[period].start;
    let pools = by_pool.into_iter().enumerate();
    let of_pool = pools.flat_map(|(pool, changes)| {
        let filed = in_file_order(changes, start).into_iter();
        filed.flat_map(move |changed_shares| steps(inventory, PoolId::new(pool), &changed_shares))
    });
    let mut all: Vec<ShareChange> = of_pool.collect();
    all.sort_by_key(|share_change| share_change.at);
    all
}

/// The shares of a pool's members before and after something happens.
#[derive(Debug, Clone)]
struct ChangedShares {
    place: SharePlace,
    shares: [Vec<f64>; 2],
}

/// The changes of a pool, which are given in order of time, at places of the change list that have the same order.
///
/// A wave that turns before an earlier period begins, or after a later one has, has steps in that period, without a wave, if
/// the pool changes there too. Changes of one instant and place are one.
fn in_file_order(
    mut changes: Vec<ChangedShares>,
    start: impl Fn(usize) -> Timestamp,
) -> Vec<ChangedShares> {
    let is_late = |pair: &[ChangedShares]| pair[0].place.rank() > pair[1].place.rank();
    while let Some(first) = changes.windows(2).position(is_late) {
        let [earlier, later] = [first, first + 1].map(|index| changes[index].place);
        let goes_on = matches!(later.wave, Some((Timing::After, _)));
        let period = if goes_on { earlier } else { later }.period;
        for changed_shares in &mut changes[first..=first + 1] {
            changed_shares.place.moved(period);
        }
        if goes_on {
            let at = &mut changes[first + 1].place.at;
            *at = start(period).max(*at);
        }
    }
    let mut all: Vec<ChangedShares> = Vec::new();
    for changed_shares in changes {
        match all
            .last_mut()
            .filter(|last| last.place == changed_shares.place)
        {
            Some(last) => {
                let [_, after] = changed_shares.shares;
                last.shares[1] = after;
            }
            None => all.push(changed_shares),
        }
    }
    all
}

/// The members with a step of their own.
fn steps(
    inventory: &Inventory,
    pool: PoolId,
    ChangedShares {
        place,
        shares: [before, after],
    }: &ChangedShares,
) -> Vec<ShareChange> {
    let members = changed(before, after).into_iter();
    let step = |member: usize| ShareChange {
        period: place.period,
        wave: place.wave.map(|(_, number)| number),
        at: place.at,
        pool,
        member: inventory.pools[pool.index()].members[member],
        before: before[member],
        after: after[member],
    };
    members.map(step).collect()
}

/// By pool, whether anybody is steered through it in a period.
fn passed(inventory: &Inventory, period: &PeriodPlan) -> Vec<bool> {
    let mut all = vec![false; inventory.pools.len()];
    for flow in period.flows.iter().filter(|flow| flow.users > 0.0) {
        for link in &flow.path.links {
            let row = &inventory.links[link.index()];
            for end in [row.from, row.to] {
                if let LinkEnd::Pool(pool) = end {
                    all[pool.index()] = true;
                }
            }
        }
    }
    all
}

/// What happens when, and to which period that leads; of one instant what has turned until then first, then the earlier period.
fn happenings(periods: &[PoolPeriod]) -> Vec<(Timestamp, usize, Happens)> {
    let mut all: Vec<(Timestamp, usize, Happens)> = Vec::new();
    for (period, pool_period) in periods.iter().enumerate() {
        all.push((pool_period.start, period, Happens::Begins(period)));
        all.extend(
            pool_period
                .waves
                .iter()
                .enumerate()
                .map(|(position, wave)| {
                    let happens = match wave.timing {
                        Timing::Ahead => Happens::Ahead(period, position),
                        Timing::After => Happens::After(period, position),
                    };
                    (wave.turned, period, happens)
                }),
        );
        all.extend(
            pool_period
                .after_until
                .map(|end| (end, period, Happens::Done(period))),
        );
    }
    let is_over = |happens: Happens| match happens {
        Happens::Ahead(period, position) => {
            let pool_wave = &periods[period].waves[position];
            pool_wave.start < pool_wave.turned
        }
        _ => false,
    };
    all.sort_by_key(|&(at, period, happens)| (at, !is_over(happens), period, happens));
    all
}

/// The members whose shares change; without those that had the most before and have the most afterwards, to which the others'
/// users go or from which they come.
fn changed(before: &[f64], after: &[f64]) -> Vec<usize> {
    let most = |shares: &[f64]| shares.iter().copied().fold(0.0, f64::max);
    let [most_before, most_after] = [most(before), most(after)];
    let is_full = |share: f64, most: f64| share > 0.0 && share >= most - ROUNDING;
    let members = 0..before.len();
    members
        .filter(|index| {
            let (old, new) = (before[*index], after[*index]);
            let shares_the_rest = is_full(old, most_before) && is_full(new, most_after);
            (old - new).abs() > ROUNDING && !shares_the_rest
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::changed;

    #[test]
    fn members_that_take_over_are_no_step() {
        let third = 1.0 / 3.0;
        assert_eq!(changed(&[third; 3], &[0.0, 0.5, 0.5]), [0]);
        // A member that leaves halfway, and one that comes.
        assert_eq!(changed(&[0.5, 0.5, 0.0], &[0.25, 0.5, 0.25]), [0, 2]);
        assert_eq!(changed(&[0.25, 0.5, 0.25], &[0.0, 0.5, 0.5]), [0, 2]);
        assert_eq!(changed(&[0.0, 0.5, 0.5], &[third; 3]), [0]);
        // The whole pool goes.
        assert_eq!(changed(&[0.5, 0.5], &[0.0, 0.0]), [0, 1]);
    }
}
