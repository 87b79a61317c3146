//! Share run: the shares of all pools while one thing after the other happens.

use crate::ids::ComponentId;
use crate::model::Inventory;
use crate::plan::transition::Timing;
use jiff::Timestamp;
use std::borrow::Cow;

/// A wave that turns steering, and with it the shares of pools.
#[derive(Debug, Clone, Copy)]
pub(in crate::plan) struct PoolWave {
    pub(in crate::plan) number: u32,
    pub(in crate::plan) timing: Timing,
    pub(in crate::plan) start: Timestamp,
    pub(in crate::plan) turned: Timestamp,
    pub(in crate::plan) steering_share: f64,
}

/// A period with what turns the shares of pools to it.
#[derive(Debug)]
pub(in crate::plan) struct PoolPeriod {
    pub(in crate::plan) start: Timestamp,
    /// By pool, the members that carry.
    pub(in crate::plan) members: Vec<Vec<ComponentId>>,
    /// By pool: whether anybody is steered through it at any hour.
    pub(in crate::plan) is_passed: Vec<bool>,
    /// The waves that are to be done, in order.
    pub(in crate::plan) waves: Vec<PoolWave>,
    /// When the last of those after its start is done.
    pub(in crate::plan) after_until: Option<Timestamp>,
}

/// What happens to the shares of pools at an instant; in the order in which it does if instants are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Happens {
    /// Steering has turned in a wave before a period: the period, and the position of the wave.
    Ahead(usize, usize),
    /// A period begins.
    Begins(usize),
    /// Steering has turned in a wave after a period's start.
    After(usize, usize),
    /// The waves after the start of a period are done.
    Done(usize),
}

/// Where a change of shares stands in the change list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SharePlace {
    pub(super) period: usize,
    /// `None` is at the period's start.
    pub(super) wave: Option<(Timing, u32)>,
    /// When it begins.
    pub(super) at: Timestamp,
}

impl SharePlace {
    /// Its place in the order of the list.
    pub(super) fn rank(&self) -> (usize, u8, u32) {
        match self.wave {
            Some((Timing::Ahead, wave)) => (self.period, 0, wave),
            None => (self.period, 1, 0),
            Some((Timing::After, wave)) => (self.period, 2, wave),
        }
    }

    /// The same without a wave, at the start of a period.
    pub(super) fn moved(&mut self, period: usize) {
        (self.period, self.wave) = (period, None);
    }
}

/// By pool, who carries while waves go on after a period's start: of the states before and in it, of that period and the one that
/// holds now.
pub(super) type MembersAfter<'a> =
    dyn Fn([&[Vec<ComponentId>]; 2], [usize; 2]) -> Vec<Vec<ComponentId>> + 'a;

/// By pool and member, its share of the pool's users.
pub(super) type Shares = Vec<Vec<f64>>;

pub(super) struct ShareRun<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) periods: &'a [PoolPeriod],
    pub(super) after: &'a MembersAfter<'a>,
    /// Of the state before, then of every period: by pool, the members that carry.
    pub(super) members: Vec<&'a [Vec<ComponentId>]>,
    /// By period: how far steering has turned to it.
    pub(super) turned: Vec<f64>,
    /// How many periods have begun.
    pub(super) begun: usize,
    /// The period whose waves go on after its start.
    pub(super) going_on: Option<usize>,
}

impl ShareRun<'_> {
    /// Lets something happen; the period and wave that it belongs to, and when that begins.
    pub(super) fn go_on(&mut self, at: Timestamp, happens: Happens) -> SharePlace {
        let (period, wave, at) = match happens {
            Happens::Ahead(period, position) | Happens::After(period, position) => {
                let wave = &self.periods[period].waves[position];
                self.turned[period] = wave.steering_share;
                (period, Some((wave.timing, wave.number)), wave.start)
            }
            Happens::Done(period) => {
                self.turned[period] = 1.0;
                self.going_on = self.going_on.filter(|index| *index != period);
                (self.begun.saturating_sub(1).max(period), None, at)
            }
            Happens::Begins(period) => {
                self.begun = period + 1;
                if self.periods[period].after_until.is_some() {
                    self.going_on = Some(period);
                } else {
                    self.turned[period] = 1.0;
                }
                (period, None, at)
            }
        };
        SharePlace { period, wave, at }
    }

    /// The shares of a pool once something has happened, with the period whose step that is: where waves are done after later
    /// periods have begun, what each of these asks for has waited for them. Steps up to a period are `known`.
    pub(super) fn put_off(
        &self,
        (pool, known): (usize, usize),
        (place, happens): (SharePlace, Happens),
        now: &[f64],
    ) -> Vec<(usize, Vec<f64>)> {
        let last = place.period;
        let first = match happens {
            Happens::Done(done) if self.going_on.is_none() => known.max(done + 1).min(last),
            _ => last,
        };
        let waited =
            (first..last).map(|index| (index, self.equal(pool, &self.members[index + 1][pool])));
        waited.chain([(last, now.to_vec())]).collect()
    }

    /// What holds now.
    pub(super) fn shares(&self) -> Shares {
        let here = self.carrying();
        let pools = here.iter().enumerate();
        pools.map(|(pool, here)| self.of_pool(pool, here)).collect()
    }

    /// By pool, the members that carry now.
    pub(super) fn carrying(&self) -> Cow<'_, [Vec<ComponentId>]> {
        let Some(period) = self.going_on else {
            return Cow::Borrowed(self.members[self.begun]);
        };
        let states = [self.members[period], self.members[period + 1]];
        Cow::Owned((self.after)(states, [period, self.begun - 1]))
    }

    fn of_pool(&self, pool: usize, here: &[ComponentId]) -> Vec<f64> {
        let of_state = |state: usize| self.equal(pool, &both(&self.members[state][pool], here));
        let mut values = match self.going_on {
            Some(period) => {
                let share = self.turned[period];
                mixed(&of_state(period), &of_state(period + 1), share)
            }
            None => self.equal(pool, here),
        };
        for (period, share) in self.turned.iter().enumerate().skip(self.begun) {
            if *share > 0.0 && self.is_passed_until(pool, period) {
                values = mixed(&values, &of_state(period + 1), *share);
            }
        }
        values
    }

    /// `true` if anybody is steered through a pool from now on until a later period; before the first one that is not asked.
    fn is_passed_until(&self, pool: usize, period: usize) -> bool {
        let Some(now) = self.begun.checked_sub(1) else {
            return true;
        };
        let mut periods = self.periods[now..=period].iter();
        periods.any(|period| period.is_passed[pool])
    }

    /// Equal shares of those that carry; none of anybody else.
    fn equal(&self, pool: usize, carrying: &[ComponentId]) -> Vec<f64> {
        let members = self.inventory.pools[pool].members.iter();
        let members = members.map(|element| self.inventory.element_component(*element));
        let share = 1.0 / carrying.len().max(1) as f64;
        members
            .map(|component| {
                if carrying.contains(&component) {
                    share
                } else {
                    0.0
                }
            })
            .collect()
    }
}

/// Those of a state's members that carry by now; all that carry by now where none of its own does.
fn both(components: &[ComponentId], here: &[ComponentId]) -> Vec<ComponentId> {
    let both: Vec<ComponentId> = here
        .iter()
        .filter(|one| components.contains(one))
        .copied()
        .collect();
    if both.is_empty() { here.to_vec() } else { both }
}

fn mixed(before: &[f64], after: &[f64], share: f64) -> Vec<f64> {
    let both = before.iter().zip(after);
    both.map(|(before, after)| (1.0 - share) * before + share * after)
        .collect()
}
