//! Touched: the cases through which the way to a period goes, and from which steering to which it turns in each.

use super::clock::{Clock, Stretch};
use super::ground::Ground;
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
    grounds: BTreeMap<u32, Ground>,
}

impl Stand {
    fn new(
        (inventory, scenario): (&Inventory, &Scenario),
        clock: Clock,
        believed: impl Fn() -> Believed,
    ) -> Self {
        let ground = |slice: u32| {
            let believed = believed();
            let factor = clock.factor((inventory, scenario), &believed, slice);
            (slice, Ground::new((inventory, scenario), believed, factor))
        };
        Self {
            grounds: clock.slices().into_iter().map(ground).collect(),
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
    pub(crate) fn grounds(&self) -> impl Iterator<Item = (u32, &Ground)> {
        self.grounds.iter().map(|(slice, own)| (*slice, own))
    }

    pub(crate) fn ground(&self, slice: u32) -> &Ground {
        &self.grounds[&slice]
    }

    /// What is the same in all slices: users, and members that carry.
    pub(crate) fn any(&self) -> &Ground {
        let mut grounds = self.grounds.values();
        grounds.next().expect("hours have a slice")
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
    pub(crate) ground: Cow<'a, Ground>,
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
        let periods = summary.periods.iter().map(|own| {
            let (start, end) = (instant(&own.start), instant(&own.end));
            let clock = Clock::read(plan, Some(own.period), (start, end));
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
        earlier.map_or(&self.quiet, |own| &self.periods[own])
    }

    /// The steering with which the period before one ended.
    ///
    /// Decision: that of the state before ends where the scenario begins, with the slice that holds there.
    pub(crate) fn until(&self, period: usize) -> When {
        match period.checked_sub(1) {
            None => (None, self.quiet.clock.first()),
            Some(own) => (Some(number(own)), self.periods[own].clock.last()),
        }
    }

    /// The stretches of a period, those of one slice that follow each other as one.
    pub(crate) fn hours(&self, period: usize) -> Vec<Stretch> {
        let mut all: Vec<Stretch> = Vec::new();
        for own in self.periods[period].clock.within() {
            match all.last_mut().filter(|last| last.slice == own.slice) {
                Some(last) => last.to = own.to,
                None => all.push(own),
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
    pub(crate) fn until_ground(&self, period: usize) -> &Ground {
        &self.earlier(period).grounds[&self.until(period).1]
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
            Timing::Behind => self.add_behind(period, rows, &mut all),
        }
        all.into_values().collect()
    }

    fn add_ahead<'a>(&'a self, period: usize, rows: &[&WaveRow], all: &mut Cases<'a>) {
        let after = self.from(period);
        let begins = rows.iter().map(|own| instant(&own.start)).min();
        let is_touched = |own: &Stretch| begins.is_some_and(|begins| own.to > begins);
        for (earlier, stand) in self.periods.iter().enumerate().take(period) {
            let stretches = stand.clock.within();
            for (position, own) in stretches.iter().enumerate() {
                let is_next = earlier + 1 == period && position + 1 == stretches.len();
                if is_touched(own) || is_next {
                    let when = (Some(number(earlier)), own.slice);
                    all.insert(when, Case::new(stand, when, [when, after]));
                }
            }
        }
        let scenario_begins = self.quiet.clock.from;
        if period == 0 || begins.is_some_and(|begins| begins < scenario_begins) {
            for slice in self.quiet.grounds.keys() {
                let when = (None, *slice);
                all.insert(when, Case::new(&self.quiet, when, [when, after]));
            }
        }
    }

    fn add_behind<'a>(&'a self, period: usize, rows: &[&WaveRow], all: &mut Cases<'a>) {
        let before = self.until(period);
        let ends = rows.iter().map(|own| {
            let gate = SignedDuration::from_secs_f64(own.gate_minutes * 60.0);
            instant(&own.end) + gate
        });
        let ends = ends.max();
        for (later, stand) in self.periods.iter().enumerate().skip(period) {
            for (position, own) in stand.clock.within().iter().enumerate() {
                let is_next = later == period && position == 0;
                if is_next || ends.is_some_and(|ends| own.from < ends) {
                    let when = (Some(number(later)), own.slice);
                    let after = if later == period {
                        when
                    } else {
                        (Some(number(period)), self.periods[period].clock.last())
                    };
                    let case = Case::new(stand, when, [before, after]);
                    let case = Case {
                        is_later: later > period,
                        ground: self.behind(period, case.ground),
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
    pub(crate) fn behind<'a>(&self, period: usize, ground: Cow<'a, Ground>) -> Cow<'a, Ground> {
        let (before, own) = (self.earlier(period).any(), self.periods[period].any());
        let is_open = |member: &ComponentId| {
            let both = [&own.believed, &ground.believed];
            !both.into_iter().any(|at| at.gone[member.index()])
        };
        let mut members = ground.members.clone();
        for (pool, here) in members.iter_mut().enumerate() {
            let both = here
                .iter()
                .copied()
                .filter(|one| own.members[pool].contains(one));
            let mut carrying: Vec<ComponentId> = both.collect();
            let is_left = |one: &&ComponentId| !own.members[pool].contains(*one) && is_open(one);
            carrying.extend(before.members[pool].iter().filter(is_left));
            carrying.sort_unstable();
            if !carrying.is_empty() {
                *here = carrying;
            }
        }
        if members == ground.members {
            return ground;
        }
        let mut changed = ground.into_owned();
        changed.members = members;
        Cow::Owned(changed)
    }
}

type Cases<'a> = BTreeMap<When, Case<'a>>;

impl<'a> Case<'a> {
    fn new(stand: &'a Stand, when: When, steering: [When; 2]) -> Self {
        Self {
            when,
            ground: Cow::Borrowed(&stand.grounds[&when.1]),
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
