//! Touched: the cases through which the way to a period goes, and from which steering to which it turns in each.

use super::clock::{Clock, Stretch};
use super::conditions::Conditions;
use crate::naive;
use crate::naive::at_instant::{Believed, at_instant};
use jiff::{SignedDuration, Timestamp};
use plimsoll::ids::ComponentId;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan_files::{Timing, WaveRow, WrittenPlan};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A period, or the state before, and a slice of its hours.
pub(crate) type When = (Option<u32>, u32);

/// What holds from one instant to another.
pub(crate) struct Stand {
    clock: Clock,
    all_conditions: BTreeMap<u32, Conditions>,
}

impl Stand {
    fn new(
        (inventory, scenario): (&Inventory, &Scenario),
        clock: Clock,
        believed: impl Fn() -> Believed,
    ) -> Self {
        let conditions = |slice: u32| {
            let believed = believed();
            let factor = clock.factor((inventory, scenario), &believed, slice);
            (
                slice,
                Conditions::new((inventory, scenario), believed, factor),
            )
        };
        Self {
            all_conditions: clock.slices().into_iter().map(conditions).collect(),
            clock,
        }
    }

    pub(crate) fn start(&self) -> Timestamp {
        self.clock.from
    }

    pub(crate) fn end(&self) -> Timestamp {
        self.clock.to
    }

    /// By slice.
    pub(crate) fn all_conditions(&self) -> impl Iterator<Item = (u32, &Conditions)> {
        self.all_conditions
            .iter()
            .map(|(slice, conditions)| (*slice, conditions))
    }

    pub(crate) fn conditions(&self, slice: u32) -> &Conditions {
        &self.all_conditions[&slice]
    }

    /// What is the same in all slices: users, and members that carry.
    pub(crate) fn any(&self) -> &Conditions {
        let mut conditions = self.all_conditions.values();
        conditions.next().expect("hours have a slice")
    }
}

/// All that holds through a plan.
pub(crate) struct Stands {
    /// By period.
    pub(crate) periods: Vec<Stand>,
    pub(crate) quiet: Stand,
}

/// One slice of the hours that a way touches.
pub(crate) struct Case<'a> {
    pub(crate) when: When,
    pub(crate) conditions: Cow<'a, Conditions>,
    /// The steering of before, and the one to which waves turn.
    pub(crate) steering: [When; 2],
    /// It is one of a period behind the one to which the way leads.
    pub(crate) is_later: bool,
}

impl Stands {
    pub(crate) fn new(inventory: &Inventory, scenario: &Scenario, plan: &WrittenPlan) -> Self {
        let of = (inventory, scenario);
        let band = naive::Band::Expected;
        let summary = plan.summary.as_ref().expect("it is written");
        let periods = summary.periods.iter().map(|period| {
            let (start, end) = (instant(&period.start), instant(&period.end));
            let clock = Clock::read(plan, Some(period.period), (start, end));
            Stand::new(of, clock, || at_instant(inventory, scenario, start, band))
        });
        let clock = Clock::read(plan, None, (scenario.start, scenario.end));
        Self {
            periods: periods.collect(),
            quiet: Stand::new(of, clock, || {
                naive::before_instant(inventory, scenario, band)
            }),
        }
    }

    /// What holds in the period before one.
    pub(crate) fn earlier(&self, period: usize) -> &Stand {
        let earlier = period.checked_sub(1);
        earlier.map_or(&self.quiet, |index| &self.periods[index])
    }

    /// The steering with which the period before one ended.
    ///
    /// Decision: that of the state before ends where the scenario begins, with the slice that holds there.
    pub(crate) fn until(&self, period: usize) -> When {
        match period.checked_sub(1) {
            None => (None, self.quiet.clock.first()),
            Some(index) => (Some(number(index)), self.periods[index].clock.last()),
        }
    }

    /// The stretches of a period, those of one slice that follow each other as one.
    pub(crate) fn hours(&self, period: usize) -> Vec<Stretch> {
        let mut all: Vec<Stretch> = Vec::new();
        for stretch in self.periods[period].clock.within() {
            match all.last_mut().filter(|last| last.slice == stretch.slice) {
                Some(last) => last.to = stretch.to,
                None => all.push(stretch),
            }
        }
        all
    }

    /// A slice of a period, in which steering turns from that of one of its slices to that of another.
    pub(crate) fn between(&self, period: usize, slice: u32, ends: [u32; 2]) -> Case<'_> {
        let when = |slice: u32| (Some(number(period)), slice);
        Case::new(&self.periods[period], when(slice), ends.map(when))
    }

    /// What holds until a period begins.
    pub(crate) fn until_conditions(&self, period: usize) -> &Conditions {
        &self.earlier(period).all_conditions[&self.until(period).1]
    }

    /// The steering with which a period begins.
    pub(crate) fn from(&self, period: usize) -> When {
        (Some(number(period)), self.periods[period].clock.first())
    }

    /// The slices that a way to a period touches, whose waves have these rows; without any, those next to its start.
    pub(crate) fn touched(
        &self,
        period: usize,
        timing: Timing,
        rows: &[&WaveRow],
    ) -> Vec<Case<'_>> {
        let mut all = BTreeMap::new();
        match timing {
            Timing::Ahead => self.add_ahead(period, rows, &mut all),
            Timing::After => self.add_after(period, rows, &mut all),
        }
        all.into_values().collect()
    }

    fn add_ahead<'a>(&'a self, period: usize, rows: &[&WaveRow], all: &mut Cases<'a>) {
        let after = self.from(period);
        let begins = rows.iter().map(|row| instant(&row.start)).min();
        let is_touched = |stretch: &Stretch| begins.is_some_and(|begins| stretch.to > begins);
        for (earlier, stand) in self.periods.iter().enumerate().take(period) {
            let stretches = stand.clock.within();
            for (position, stretch) in stretches.iter().enumerate() {
                let is_next = earlier + 1 == period && position + 1 == stretches.len();
                if is_touched(stretch) || is_next {
                    let when = (Some(number(earlier)), stretch.slice);
                    all.insert(when, Case::new(stand, when, [when, after]));
                }
            }
        }
        let scenario_begins = self.quiet.clock.from;
        if period == 0 || begins.is_some_and(|begins| begins < scenario_begins) {
            for slice in self.quiet.all_conditions.keys() {
                let when = (None, *slice);
                all.insert(when, Case::new(&self.quiet, when, [when, after]));
            }
        }
    }

    fn add_after<'a>(&'a self, period: usize, rows: &[&WaveRow], all: &mut Cases<'a>) {
        let before = self.until(period);
        let ends = rows.iter().map(|row| {
            let gate = SignedDuration::from_secs_f64(row.gate_minutes * 60.0);
            instant(&row.end) + gate
        });
        let ends = ends.max();
        for (later, stand) in self.periods.iter().enumerate().skip(period) {
            for (position, stretch) in stand.clock.within().iter().enumerate() {
                let is_next = later == period && position == 0;
                if is_next || ends.is_some_and(|ends| stretch.from < ends) {
                    let when = (Some(number(later)), stretch.slice);
                    let after = if later == period {
                        when
                    } else {
                        (Some(number(period)), self.periods[period].clock.last())
                    };
                    let case = Case::new(stand, when, [before, after]);
                    let case = Case {
                        is_later: later > period,
                        conditions: self.after(period, case.conditions),
                        ..case
                    };
                    all.insert(when, case);
                }
            }
        }
    }
}

impl Stands {
    /// What holds while waves go on behind a period's start: of a pool those members carry that carry in the period and
    /// under the case, and those that carried before it, do not in it, and are open in it and under the case.
    pub(crate) fn after<'a>(
        &self,
        period: usize,
        conditions: Cow<'a, Conditions>,
    ) -> Cow<'a, Conditions> {
        let (before, one_conditions) = (self.earlier(period).any(), self.periods[period].any());
        let is_open = |member: &ComponentId| {
            let both = [&one_conditions.believed, &conditions.believed];
            !both.into_iter().any(|at| at.gone[member.index()])
        };
        let mut members = conditions.members.clone();
        for (pool, here) in members.iter_mut().enumerate() {
            let both = here
                .iter()
                .copied()
                .filter(|one| one_conditions.members[pool].contains(one));
            let mut carrying: Vec<ComponentId> = both.collect();
            let is_left =
                |one: &&ComponentId| !one_conditions.members[pool].contains(*one) && is_open(one);
            carrying.extend(before.members[pool].iter().filter(is_left));
            carrying.sort_unstable();
            if !carrying.is_empty() {
                *here = carrying;
            }
        }
        if members == conditions.members {
            return conditions;
        }
        let mut changed = conditions.into_owned();
        changed.members = members;
        Cow::Owned(changed)
    }
}

type Cases<'a> = BTreeMap<When, Case<'a>>;

impl<'a> Case<'a> {
    fn new(stand: &'a Stand, when: When, steering: [When; 2]) -> Self {
        Self {
            when,
            conditions: Cow::Borrowed(&stand.all_conditions[&when.1]),
            steering,
            is_later: false,
        }
    }
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn number(period: usize) -> u32 {
    u32::try_from(period).expect("few periods")
}
